# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a worker together with its playbook: an orphaned worker would write concurrently with the next run."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys

from ...module_utils._core.errors import StateError

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux


class OrphanGuard:
    """Checks that the parent process of this worker exists; does nothing in other processes."""

    def __init__(self) -> None:
        parent = multiprocessing.parent_process()
        self._pid = parent.pid if parent else None
        if self._pid is not None:
            _die_with_parent()

    def check_parent(self) -> None:
        """Check that the parent process exists.

        Raises:
            StateError: it has ended.
        """
        if self._pid is not None and os.getppid() != self._pid:
            raise StateError("The playbook that started this task has ended; nothing more is written.")


def _die_with_parent() -> None:
    """On Linux, let the kernel kill this process with its parent; on other systems only `check_parent` applies."""
    if sys.platform != "linux":
        return  # do not load a library into a forked process
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    except (OSError, AttributeError):
        return
