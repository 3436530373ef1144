# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's time: the times in a JWT are validated by the server's clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from .transport import Answer

# Seconds by which the issue time of a JWT is in the past: Okta refuses future times, and clocks differ slightly.
BACK_DATE = 20
MIN_SKEW = 5.0  # seconds; a Date header has whole seconds, and is as old as the latency
_REFUSAL_STATUSES = (400, 401)


class ServerClock:
    """The local clock; corrected by the ``Date`` of the server after it has refused a JWT.

    Args:
        clock: returns epoch seconds; replaced in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._offset = 0.0

    def now(self) -> int:
        """Epoch seconds."""
        return int(self._clock() + self._offset)

    def issue_time(self) -> int:
        """The issue time of a JWT that is signed now."""
        return self.now() - BACK_DATE

    def update_from(self, answer: Answer) -> bool:
        """Adopt the server's time from a refusal; return whether it differs enough for another attempt.

        Only from a refusal: the ``Date`` of a proxy must not change a correct clock.
        """
        if answer.status not in _REFUSAL_STATUSES or answer.skew is None or abs(answer.skew - self._offset) < MIN_SKEW:
            return False
        self._offset = answer.skew
        return True
