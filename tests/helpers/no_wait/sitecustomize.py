# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces waiting in processes with this directory in PYTHONPATH: `sleep` returns immediately, and the clocks move forward instead."""

from __future__ import annotations

import importlib
import time
from contextlib import suppress

with suppress(ImportError):
    from module_handover import hand_over_module

    hand_over_module()
# these wait for other threads and processes, by the real clock, which they take when they are imported
for name in ("queue", "subprocess", "threading"):
    importlib.import_module(name)
_sleep, _time, _monotonic = time.sleep, time.time, time.monotonic
_waited = [0.0]


def _sleep_without_waiting(seconds: float) -> None:
    # short pauses of Ansible itself are real, so that other processes can work
    if seconds < 0.2:
        _sleep(seconds)
    else:
        _waited[0] += seconds


def _time_with_waits() -> float:
    return _time() + _waited[0]


def _monotonic_with_waits() -> float:
    return _monotonic() + _waited[0]


time.sleep, time.time, time.monotonic = _sleep_without_waiting, _time_with_waits, _monotonic_with_waits
