# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery of requests with an unknown outcome: the response was lost, or the run was interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TypeVar

from .._core.errors import InputError

# Seconds by which a list can lag behind a creation (Okta: Apps; documented, not measured).
INDEX_LAG = 60.0
_SHORT_LAG = 10.0
# Seconds after which a request is certainly no longer in progress, including waits for the rate limit.
_MAX_UNDER_WAY = 960.0
_POLL_SECONDS = 5.0  # seconds
T = TypeVar("T")


def poll(find: Callable[[], T], until: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> T:
    """Search repeatedly until there is a result or the time is over; at least once.

    Args:
        find: searches once; a true value is a result.
        until: epoch seconds.
    """
    while True:
        # the last search begins after that time, since a response can take long
        is_last = clock() >= until
        found = find()
        if found or is_last:
            return found
        sleep(min(_POLL_SECONDS, max(until - clock(), 0.1)))


def recovery_deadline(requested_at: str | None) -> float:
    """Until when the resource that an earlier run requested can still appear, in epoch seconds; 0 if none was requested.

    Raises:
        InputError: O(requested_at) is invalid.
    """
    asked, now = requested_at_epoch(requested_at), time.time()
    if asked is None:
        return 0.0
    # the request may have waited for the rate limit before it was sent, so the search takes longer as long as that is possible
    return max(asked + INDEX_LAG, now + _SHORT_LAG) if now - asked < _MAX_UNDER_WAY else asked + INDEX_LAG


def requested_at_epoch(requested_at: str | None) -> float | None:
    """O(requested_at) in epoch seconds; None if it isn't set.

    Raises:
        InputError: it is invalid.
    """
    moment = parse_timestamp(requested_at)
    if moment is None and requested_at:
        raise InputError(f"requested_at {requested_at!r} is no time: give it like 2026-01-31T12:00:00Z.")
    return moment


def parse_timestamp(text: str | None) -> float | None:
    """An ISO 8601 time in epoch seconds, by default UTC; None if it is invalid."""
    try:
        moment = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except ValueError:
        return None
