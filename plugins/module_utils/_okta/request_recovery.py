# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of which nobody knows whether Okta did them: the answer was lost, or the run that sent them was cut off."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TypeVar

from .._core.errors import InputError

# Seconds that a list may lag behind what was made (Okta: Apps; told, not measured).
INDEX_LAG = 60.0
_SHORT_LAG = 10.0
# Seconds after which a request that was asked for surely isn't under way any more, waits for the rate limit included.
_UNDER_WAY = 960.0
_LOOK_EVERY = 5.0  # seconds
T = TypeVar("T")


def poll(find: Callable[[], T], until: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> T:
    """Look for something until it is found, or until the time given; once at least.

    Args:
        find: looks once; what it gives counts as found where it is true.
        until: epoch seconds.
    """
    while True:
        # the look that counts begins after that time; its answer may have taken long
        is_last = clock() >= until
        found = find()
        if found or is_last:
            return found
        sleep(min(_LOOK_EVERY, max(until - clock(), 0.1)))


def recovery_deadline(requested_at: str | None) -> float:
    """Until when what an earlier run asked for may still appear, in epoch seconds; 0 where none did.

    Raises:
        InputError: O(requested_at) is no time.
    """
    asked, now = requested(requested_at), time.time()
    if asked is None:
        return 0.0
    # it may have waited for the rate limit before it was sent, so look a little longer while that can be
    return max(asked + INDEX_LAG, now + _SHORT_LAG) if now - asked < _UNDER_WAY else asked + INDEX_LAG


def requested(requested_at: str | None) -> float | None:
    """O(requested_at) in epoch seconds; None where it isn't given.

    Raises:
        InputError: it is no time.
    """
    moment = epoch(requested_at)
    if moment is None and requested_at:
        raise InputError(f"requested_at {requested_at!r} is no time: give it like 2026-01-31T12:00:00Z.")
    return moment


def epoch(text: str | None) -> float | None:
    """An ISO 8601 time in epoch seconds, UTC where it names no zone; None where it can't be read."""
    try:
        moment = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except ValueError:
        return None
