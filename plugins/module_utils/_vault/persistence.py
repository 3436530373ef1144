# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a file persists after the run: the container of an AWX job is deleted, with all files that aren't on a mounted volume.

AWX mounts the job's own directory too, and deletes it as well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

JOB_FOLDER = "AWX_ISOLATED_DATA_DIR"  # the job's artifacts, `<its own directory>/artifacts/<job>`
_EPHEMERAL_FILE_SYSTEMS = ("overlay", "tmpfs", "ramfs", "devtmpfs", "aufs", "fuse.fuse-overlayfs")
_MOUNTS = "/proc/self/mountinfo"


def is_persistent(path: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether a file persists after the job; outside AWX it always does.

    Args:
        path: its absolute path.
        environment: environment variables, which identify a job; None for those of the process.
    """
    folder = (os.environ if environment is None else environment).get(JOB_FOLDER, "")
    if not folder:
        return True
    with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as stream:
        return is_on_persistent_mount(os.path.realpath(path), _job_directory(os.path.realpath(folder)), stream.read().splitlines())


def _job_directory(folder: str) -> str:
    """The job's own directory."""
    above = os.path.dirname(folder)
    return os.path.dirname(above) if os.path.basename(above) == "artifacts" else folder


def is_on_persistent_mount(path: str, own: str, mounts: Sequence[str]) -> bool:
    """Whether a path is on a mounted volume that is not part of the job.

    Args:
        path: a real path.
        own: the job's own directory, a real path.
        mounts: lines of ``mountinfo``, see proc_pid_mountinfo(5).
    """
    best, kind = "", ""
    for line in mounts:
        before, _dash, after = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), before.split()[4])
        # of several mounts at one path the last is effective
        if _is_within(path, point) and len(point) >= len(best):
            best, kind = point, after.split()[0]
    return best not in ("", "/") and kind not in _EPHEMERAL_FILE_SYSTEMS and not (_is_within(path, own) and _is_within(best, own))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
