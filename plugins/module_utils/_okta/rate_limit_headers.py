# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rate limit in the headers of a response (Okta: Rate limits).

Okta limits groups of endpoints ("buckets"), which have no names. Two endpoints of the same area of the API whose responses
have the same limit and the same end of the window are regarded as members of one bucket.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from . import response_body
from .http_headers import MAX_WAIT, parse_integers, rate_limit_window

_UNKNOWN_LIMIT = -1  # a limit that the headers don't hold
_WORD = re.compile(r"[a-z._-]*[0-9]?")  # a fixed segment of the API, such as oauth2 and v1; ids and names have capitals or more digits
_AREA_SEGMENTS = 3  # segments: /api/v1/apps, /oauth2/v1/clients


class Endpoint(NamedTuple):
    """An operation of one org's API.

    Args:
        method: the HTTP method.
        path: the URL without its query, ids replaced by ``*``.
        area: the part of the API that it belongs to.
    """

    method: str
    path: str
    area: str


@dataclass
class Window:
    """A rate limit window of a bucket.

    Args:
        limit: calls that the window allows; negative if unknown.
        reset: epoch seconds at which it ends, by the server's clock.
        remaining: calls that remain.
        ends_at: seconds at which it has certainly ended, by the clock of the rate limiter.
        is_trusted: whether calls must wait if none remain; False after the value turned out to be wrong.
    """

    limit: int
    reset: int
    remaining: int
    ends_at: float
    is_trusted: bool = True

    @property
    def is_used_up(self) -> bool:
        """Whether the server would refuse calls until the window ends."""
        return self.remaining == 0 and self.is_trusted


def endpoint_of(method: str, url: str) -> Endpoint:
    """The endpoint of a call."""
    parts = urlsplit(url)
    segments = [part if _WORD.fullmatch(part) else "*" for part in parts.path.split("/")[1:]]
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    return Endpoint(method, "/".join((origin, *segments)), "/".join((origin, *segments[:_AREA_SEGMENTS])))


def read_window(headers: Mapping[str, str], epoch: float, now: float) -> Window | None:
    """The window that a response reports; None if there is none, or it has ended.

    Args:
        headers: the headers of the response; of repeated values the most restrictive is used.
        epoch: epoch seconds, for a response without a date.
        now: seconds by the clock of the rate limiter.
    """
    wait = rate_limit_window(headers, epoch)
    left = parse_integers(headers.get("X-Rate-Limit-Remaining", ""))
    if wait is None or wait <= 0 or not left:
        return None
    limits = parse_integers(headers.get("X-Rate-Limit-Limit", ""))
    reset = max(parse_integers(headers["X-Rate-Limit-Reset"]))
    return Window(min(limits, default=_UNKNOWN_LIMIT), reset, max(0, min(left)), now + min(wait, MAX_WAIT))


def windows_to_json(known: Mapping[Endpoint, Window]) -> dict[str, Any]:
    """Windows as JSON, which holds only endpoints and numbers."""
    return {f"{one.method} {one.path}": [found.limit, found.reset, found.remaining, found.ends_at] for one, found in known.items()}


def windows_from_json(content: bytes, now: float) -> dict[Endpoint, Window]:
    """Windows that haven't ended, from JSON; none if it isn't the output of `windows_to_json`.

    Args:
        content: the JSON.
        now: seconds by the clock of the rate limiter; windows end at most `MAX_WAIT` later.
    """
    try:
        found = {endpoint_of(*name.split(" ", 1)): _window_from_json(values) for name, values in response_body.parse_json(content).items()}
    except (AttributeError, TypeError, ValueError):
        return {}
    return {one: replace(seen, ends_at=min(seen.ends_at, now + MAX_WAIT)) for one, seen in found.items() if seen.ends_at > now}


def _window_from_json(values: Any) -> Window:
    limit, reset, left, ends = values
    return Window(int(limit), int(reset), max(0, int(left)), float(ends))
