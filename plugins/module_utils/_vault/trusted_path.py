# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which entries of a directory can be trusted if other users can write to the directory.

Such a directory is not refused: groups of one user, shared project directories and mounted volumes have these permissions.
But a link or a file that another user may have created there is neither followed nor regarded as written by an earlier run.
"""

from __future__ import annotations

import os
import stat

from .._core.errors import StateError

_MAX_LINKS = 40  # the limit of Linux
_OTHER_WRITERS = stat.S_IWGRP | stat.S_IWOTH


def is_trusted_owner(owner: int, directory: str) -> bool:
    """Whether an entry of a directory was created by the owner of the directory, this user or root.

    If only its owner can write to the directory, no other user can have created the entry.

    Args:
        owner: the entry's owner.
        directory: the directory.
    """
    above = os.stat(directory)
    return owner in (os.geteuid(), 0, above.st_uid) or not above.st_mode & _OTHER_WRITERS


def resolve_trusted_path(path: str, option: str) -> str:
    """Follow the links of a path, as ``os.path.realpath`` does, except those that another user may have created.

    Args:
        path: the path.
        option: the name of the option, for messages.

    Raises:
        StateError: there is such a link, or a loop of links.
    """
    if "\0" in path:
        raise StateError(f"A path can't hold a NUL character; set another {option}.")
    links, found = 0, "/"
    rest = _reversed_segments(os.path.abspath(path))
    while rest:
        step = rest.pop()
        if step == "..":
            found = os.path.dirname(found)
            continue
        entry = os.path.join(found, step)
        owner = _link_owner(entry)
        if owner is None:
            found = entry
            continue
        links += 1
        if links > _MAX_LINKS:
            raise StateError(f"{path} has too many levels of symbolic links; set another {option}.")
        if not is_trusted_owner(owner, found):
            raise StateError(
                f"{entry} is a link that another user (uid {owner}) made; it is not followed: remove it, or set another {option}."
            )
        target = os.readlink(entry)
        found = "/" if target.startswith("/") else found
        rest += _reversed_segments(target)
    return found


def _reversed_segments(path: str) -> list[str]:
    """The segments of a path, the first one last."""
    return [step for step in reversed(path.split("/")) if step not in ("", ".")]


def _link_owner(entry: str) -> int | None:
    """The owner of a link; None if the entry isn't one. A missing or unreadable entry is reported when it is used."""
    try:
        status = os.lstat(entry)
    except OSError:
        return None
    return status.st_uid if stat.S_ISLNK(status.st_mode) else None
