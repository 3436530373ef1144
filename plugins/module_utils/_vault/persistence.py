# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells whether a file outlives the run: a job of AWX has a container that is thrown away, with all but what is mounted there.

AWX mounts the job's own directory too, and throws it away likewise.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

JOB_FOLDER = "AWX_ISOLATED_DATA_DIR"  # the job's artifacts, `<its own directory>/artifacts/<job>`
_FLEETING = ("overlay", "tmpfs", "ramfs", "devtmpfs", "aufs", "fuse.fuse-overlayfs")
_MOUNTS = "/proc/self/mountinfo"


def is_persistent(path: str, environment: Mapping[str, str] | None = None) -> bool:
    """Say whether a file stays when the job ends; outside AWX it always does.

    Args:
        path: its absolute path.
        environment: what tells that this is a job; the process's own unless given.
    """
    folder = (os.environ if environment is None else environment).get(JOB_FOLDER, "")
    if not folder:
        return True
    with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as stream:
        return stays(os.path.realpath(path), _own(os.path.realpath(folder)), stream.read().splitlines())


def _own(folder: str) -> str:
    """Give the job's own directory."""
    above = os.path.dirname(folder)
    return os.path.dirname(above) if os.path.basename(above) == "artifacts" else folder


def stays(path: str, own: str, mounts: Sequence[str]) -> bool:
    """Say whether a path is on something mounted that is no part of the job.

    Args:
        path: a real path.
        own: the job's own directory, a real path.
        mounts: lines of ``mountinfo``, see proc_pid_mountinfo(5).
    """
    best, kind = "", ""
    for line in mounts:
        before, _dash, after = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), before.split()[4])
        # the last of those at one place lies on top
        if _within(path, point) and len(point) >= len(best):
            best, kind = point, after.split()[0]
    return best not in ("", "/") and kind not in _FLEETING and not (_within(path, own) and _within(best, own))


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
