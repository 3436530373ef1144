# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of HTTP headers, as servers and proxies really send them: repeated, in several lines, out of range."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator, Mapping
from datetime import timezone

MAX_WAIT = 120.0  # seconds; Okta's rate limit windows last 60 s
_LEAST_WAIT = 1.0  # seconds
_MILLISECONDS = 1e11  # epoch seconds don't reach this before the year 5138
_LONGEST = 4000  # characters of a header that are read
_NUMBER = re.compile(r"[-+]?\d{1,40}", re.ASCII)
# The date of RFC 9110, 5.6.7, in its three forms, without the name of the day: a comma stands in it and between repetitions.
_DATE = re.compile(
    r"\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d(?: (?:[A-Z]{1,5}|[+-]\d{4}))?|[A-Za-z]{3} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}",
    re.ASCII,
)
_LINK = re.compile(r"<([^<>]{1,4000})>([^<]*)")
_RELATION = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]+))', re.IGNORECASE)
_PARAMETER = re.compile(r'([A-Za-z_][A-Za-z0-9_-]{0,60})\s{0,9}=\s{0,9}(?:"([^"]{0,500})"|([^\s",]{1,200}))')


def numbers(text: str) -> list[int]:
    """The whole numbers of a header; a proxy that repeats a header makes a list of it. What isn't a number is left out."""
    return [int(part) for part in map(str.strip, text[:_LONGEST].split(",")) if _NUMBER.fullmatch(part)]


def moment(text: str) -> float | None:
    """The first date of a header, in epoch seconds; None where it holds none."""
    return next(_moments(text), None)


def _moments(text: str) -> Iterator[float]:
    for found in _DATE.findall(text[:_LONGEST]):
        try:
            when = email.utils.parsedate_to_datetime(found)
            yield (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp()
        except (TypeError, ValueError, OverflowError):
            continue


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that ``Retry-After`` asks for, in seconds or as a date; of several the longest, within bounds."""
    text = headers.get("Retry-After", "")
    sent = _sent(headers, now)
    return _bounded([*map(float, numbers(text)), *(when - sent for when in _moments(text))])


def rate_limit_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until a request refused for its rate can be sent again, by the server's own clock; None where nothing says that.

    Args:
        headers: the headers of the refusal.
        now: epoch seconds, for an answer without a date.
    """
    asked = retry_after(headers, now)
    window = rate_limit_window(headers, now)
    return _bounded([wait for wait in (asked, window) if wait is not None])


def rate_limit_window(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until the window of the rate limit ends, by the server's own clock, of several the longest; None where nothing says that.

    Args:
        headers: the headers of any answer.
        now: epoch seconds, for an answer without a date.
    """
    # a limit of 0 is Okta's "too many at once": the window of the rate limit has nothing to do with it
    if 0 in numbers(headers.get("X-Rate-Limit-Limit", "")):
        return None
    resets = (value / 1000 if value > _MILLISECONDS else float(value) for value in numbers(headers.get("X-Rate-Limit-Reset", "")))
    sent = _sent(headers, now)
    return max((reset - sent + 1.0 for reset in resets), default=None)


def _sent(headers: Mapping[str, str], now: float) -> float:
    date = moment(headers.get("Date", ""))
    return now if date is None else date


def _bounded(waits: list[float]) -> float | None:
    return min(max(*waits, _LEAST_WAIT), MAX_WAIT) if waits else None


def next_link(text: str) -> str | None:
    """The target of the ``Link`` with the relation *next* (RFC 8288), whatever else stands in it; None where there is none."""
    for target, parameters in _LINK.findall(text):
        if any("next" in (quoted or plain).lower().split() for quoted, plain in _RELATION.findall(parameters)):
            return str(target)
    return None


def nonce(text: str) -> str:
    """The value of ``DPoP-Nonce``, once: a nonce can hold a comma, but no blank (RFC 9449, 8.1)."""
    parts = [part.strip() for part in text.split(",")]
    return parts[0] if len(set(parts)) == 1 else re.split(r",\s+", text.strip())[-1].strip()


def challenge(text: str) -> dict[str, str]:
    """The parameters of the ``WWW-Authenticate`` challenge that says why a token was refused (RFC 6750, 3).

    Of several challenges it is the one that can be answered, which asks for a nonce; else the first one that names an error.
    """
    challenges: list[dict[str, str]] = [{}]
    for name, quoted, plain in _PARAMETER.findall(text[:_LONGEST]):
        if name in challenges[-1]:
            challenges.append({})
        challenges[-1][name] = quoted or plain
    errors = [found for found in challenges if "error" in found]
    return next((found for found in errors if found["error"] == "use_dpop_nonce"), errors[0] if errors else challenges[0])
