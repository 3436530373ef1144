# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time as the server has it: signed statements with a time in them are judged by the server's clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from .transport import Answer

# Seconds by which a statement's issue time lies back: Okta refuses one that is issued after "now", and clocks differ a little.
BACK_DATE = 20
NOTICEABLE = 5.0  # seconds; a Date header is cut to whole seconds, and as old as its way was long
_REFUSED = (400, 401)


class ServerClock:
    """Our own clock until the server refuses what it signs; then corrected by the server's ``Date``.

    Args:
        clock: gives epoch seconds; replaced in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._offset = 0.0

    def now(self) -> int:
        """Epoch seconds."""
        return int(self._clock() + self._offset)

    def issued(self) -> int:
        """The issue time of a statement that is signed now."""
        return self.now() - BACK_DATE

    def learn(self, answer: Answer) -> bool:
        """Take the server's time from a refusal; returns whether it differs so that another try makes sense.

        Only from a refusal: a proxy's ``Date`` must not put a clock wrong that is right.
        """
        if answer.status not in _REFUSED or answer.skew is None or abs(answer.skew - self._offset) < NOTICEABLE:
            return False
        self._offset = answer.skew
        return True
