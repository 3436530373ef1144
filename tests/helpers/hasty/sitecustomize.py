# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a process that has this directory in PYTHONPATH hasty: it doesn't wait, but thinks that it has waited."""

from __future__ import annotations

import time

_sleep, _time = time.sleep, time.time
_waited = [0.0]


def _hasty_sleep(seconds: float) -> None:
    # Ansible's own short pauses let other processes work
    if seconds < 0.2:
        _sleep(seconds)
    else:
        _waited[0] += seconds


def _hasty_time() -> float:
    return _time() + _waited[0]


time.sleep, time.time = _hasty_sleep, _hasty_time
