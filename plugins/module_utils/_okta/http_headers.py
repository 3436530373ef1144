# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses HTTP headers as servers and proxies send them: repeated, in several lines, out of range."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator, Mapping
from datetime import timezone

MAX_WAIT = 120.0  # seconds; Okta's rate limit windows last 60 s
_LEAST_WAIT = 1.0  # seconds
_MILLISECONDS = 1e11  # larger values are milliseconds: epoch seconds reach it in the year 5138
_MAX_HEADER = 4000  # characters of a header that are parsed
_NUMBER = re.compile(r"[-+]?\d{1,40}", re.ASCII)
# The three date formats of RFC 9110, 5.6.7, without the name of the day: its comma also separates repetitions.
_DATE = re.compile(
    r"\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d(?: (?:[A-Z]{1,5}|[+-]\d{4}))?|[A-Za-z]{3} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}",
    re.ASCII,
)
_LINK = re.compile(r"<([^<>]{1,4000})>([^<]*)")
_RELATION = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]+))', re.IGNORECASE)
_PARAMETER = re.compile(r'([A-Za-z_][A-Za-z0-9_-]{0,60})\s{0,9}=\s{0,9}(?:"([^"]{0,500})"|([^\s",]{1,200}))')


def parse_integers(text: str) -> list[int]:
    """The integers in a header; if a proxy repeats a header, it is a list. Other values are ignored."""
    return [int(part) for part in map(str.strip, text[:_MAX_HEADER].split(",")) if _NUMBER.fullmatch(part)]


def parse_date(text: str) -> float | None:
    """The first date in a header, in epoch seconds; None if there is none."""
    return next(_parse_dates(text), None)


def _parse_dates(text: str) -> Iterator[float]:
    for found in _DATE.findall(text[:_MAX_HEADER]):
        try:
            when = email.utils.parsedate_to_datetime(found)
            yield (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp()
        except (TypeError, ValueError, OverflowError):
            continue


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The wait that ``Retry-After`` requests, in seconds or as a date; the longest of several, within limits."""
    text = headers.get("Retry-After", "")
    sent = _response_time(headers, now)
    return _clamped([*map(float, parse_integers(text)), *(when - sent for when in _parse_dates(text))])


def rate_limit_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until a rate-limited request can be sent again, by the server's clock; None if unknown.

    Args:
        headers: the headers of the response.
        now: epoch seconds, for a response without a date.
    """
    asked = retry_after(headers, now)
    window = rate_limit_window(headers, now)
    return _clamped([wait for wait in (asked, window) if wait is not None])


def rate_limit_window(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until the rate limit window ends, by the server's clock, the longest of several; None if unknown.

    Args:
        headers: the headers of any response.
        now: epoch seconds, for a response without a date.
    """
    # a limit of 0 is Okta's concurrency limit, to which the rate limit window does not apply
    if 0 in parse_integers(headers.get("X-Rate-Limit-Limit", "")):
        return None
    resets = (value / 1000 if value > _MILLISECONDS else float(value) for value in parse_integers(headers.get("X-Rate-Limit-Reset", "")))
    sent = _response_time(headers, now)
    return max((reset - sent + 1.0 for reset in resets), default=None)


def _response_time(headers: Mapping[str, str], now: float) -> float:
    date = parse_date(headers.get("Date", ""))
    return now if date is None else date


def _clamped(waits: list[float]) -> float | None:
    return min(max(*waits, _LEAST_WAIT), MAX_WAIT) if waits else None


def next_link(text: str) -> str | None:
    """The target of the ``Link`` with the relation *next* (RFC 8288); None if there is none."""
    for target, parameters in _LINK.findall(text):
        if any("next" in (quoted or plain).lower().split() for quoted, plain in _RELATION.findall(parameters)):
            return str(target)
    return None


def dpop_nonce(text: str) -> str:
    """The value of ``DPoP-Nonce``, without repetition: a nonce can hold a comma, but no blank (RFC 9449, 8.1)."""
    parts = [part.strip() for part in text.split(",")]
    return parts[0] if len(set(parts)) == 1 else re.split(r",\s+", text.strip())[-1].strip()


def parse_challenge(text: str) -> dict[str, str]:
    """The parameters of the ``WWW-Authenticate`` challenge with the error of a token (RFC 6750, 3).

    Of several challenges it is the one that requests a nonce, which can be answered; else the first one with an error.
    """
    challenges: list[dict[str, str]] = [{}]
    for name, quoted, plain in _PARAMETER.findall(text[:_MAX_HEADER]):
        if name in challenges[-1]:
            challenges.append({})
        challenges[-1][name] = quoted or plain
    errors = [found for found in challenges if "error" in found]
    return next((found for found in errors if found["error"] == "use_dpop_nonce"), errors[0] if errors else challenges[0])
