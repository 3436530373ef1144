# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the headers of an answer say about a rate limit (Okta: Rate limits).

Okta limits groups of endpoints ("buckets") and names none of them. Two endpoints of the same area of the API whose answers
carry the same limit and the same end of the window are taken for members of one bucket.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from . import response_body
from .http_headers import MAX_WAIT, numbers, rate_limit_window

_UNKNOWN = -1  # a limit that the headers don't name
_WORD = re.compile(r"[a-z._-]*[0-9]?")  # of the API's own, such as oauth2 and v1; ids and names have capitals or more digits
_AREA = 3  # segments: /api/v1/apps, /oauth2/v1/clients


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
    """What is left of a bucket, until when.

    Args:
        limit: calls that a window allows; negative where that isn't known.
        reset: epoch seconds at which it ends, as the server says.
        left: calls that are left.
        ends: seconds at which it has surely ended, by the clock of the rate limiter.
        trusted: whether a remainder of 0 has to be waited for; not after it has turned out to be wrong.
    """

    limit: int
    reset: int
    left: int
    ends: float
    trusted: bool = True

    @property
    def is_used_up(self) -> bool:
        """Whether the server would refuse a call before the window ends."""
        return self.left == 0 and self.trusted


def endpoint(method: str, url: str) -> Endpoint:
    """The endpoint that a call goes to."""
    parts = urlsplit(url)
    segments = [part if _WORD.fullmatch(part) else "*" for part in parts.path.split("/")[1:]]
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    return Endpoint(method, "/".join((origin, *segments)), "/".join((origin, *segments[:_AREA])))


def window(headers: Mapping[str, str], epoch: float, now: float) -> Window | None:
    """The window that an answer belongs to; None where its headers don't say, or it has ended.

    Args:
        headers: the answer's headers; where a proxy has repeated one, the most cautious value counts.
        epoch: epoch seconds, for an answer without a date.
        now: seconds by the clock of the rate limiter.
    """
    wait = rate_limit_window(headers, epoch)
    left = numbers(headers.get("X-Rate-Limit-Remaining", ""))
    if wait is None or wait <= 0 or not left:
        return None
    limits = numbers(headers.get("X-Rate-Limit-Limit", ""))
    reset = max(numbers(headers["X-Rate-Limit-Reset"]))
    return Window(min(limits, default=_UNKNOWN), reset, max(0, min(left)), now + min(wait, MAX_WAIT))


def dumped(known: Mapping[Endpoint, Window]) -> dict[str, Any]:
    """Windows as JSON: no more in it than endpoints and numbers."""
    return {f"{one.method} {one.path}": [found.limit, found.reset, found.left, found.ends] for one, found in known.items()}


def loaded(content: bytes, now: float) -> dict[Endpoint, Window]:
    """Windows that haven't ended, from JSON; none where it isn't what `dumped` makes.

    Args:
        content: the JSON.
        now: seconds by the clock of the rate limiter; no window ends later than `MAX_WAIT` from then.
    """
    try:
        found = {endpoint(*name.split(" ", 1)): _window(values) for name, values in response_body.parse(content).items()}
    except (AttributeError, TypeError, ValueError):
        return {}
    return {one: replace(seen, ends=min(seen.ends, now + MAX_WAIT)) for one, seen in found.items() if seen.ends > now}


def _window(values: Any) -> Window:
    limit, reset, left, ends = values
    return Window(int(limit), int(reset), max(0, int(left)), float(ends))
