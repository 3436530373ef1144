# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker dies with the playbook that started it: an orphan would go on writing beside the next run."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys

from ...module_utils._core.errors import StateError

_PR_SET_PDEATHSIG = 1  # prctl(2), Linux


class OrphanGuard:
    """The process that forked this worker; none where this is no worker."""

    def __init__(self) -> None:
        parent = multiprocessing.parent_process()
        self._pid = parent.pid if parent else None
        if self._pid is not None:
            _die_with_parent()

    def check_parent(self) -> None:
        """Make sure that it is.

        Raises:
            StateError: it was killed.
        """
        if self._pid is not None and os.getppid() != self._pid:
            raise StateError("The playbook that started this task is gone; nothing more is written.")


def _die_with_parent() -> None:
    """Where the system can (Linux), be killed with the parent; elsewhere `check_parent` has to do."""
    if sys.platform != "linux":
        return  # nor load a library into a forked process
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    except (OSError, AttributeError):
        return
