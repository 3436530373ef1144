# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which entries of a directory may be relied on where other users can write to the directory.

Such a directory is not refused: groups of one user, shared project directories and mounted volumes have these permissions.
But a link or a file that another user may have put there is neither followed nor taken for what the run has written before.
"""

from __future__ import annotations

import os
import stat

from .._core.errors import StateError

_MAX_LINKS = 40  # as Linux has it
_OTHER_WRITERS = stat.S_IWGRP | stat.S_IWOTH


def trusted(owner: int, directory: str) -> bool:
    """Whether an entry of a directory is what the directory's owner, this user or root wants there.

    Where nobody but its owner can write to the directory, nobody else can have put the entry there.

    Args:
        owner: the entry's owner.
        directory: the directory.
    """
    above = os.stat(directory)
    return owner in (os.geteuid(), 0, above.st_uid) or not above.st_mode & _OTHER_WRITERS


def resolved(path: str, option: str) -> str:
    """Follow the links of a path, as ``os.path.realpath`` does, but none that another user may have planted.

    Args:
        path: the path.
        option: what the user calls it, for messages.

    Raises:
        StateError: there is such a link, or a circle of links.
    """
    if "\0" in path:
        raise StateError(f"A path can't hold a NUL character; set another {option}.")
    links, found = 0, "/"
    rest = _steps(os.path.abspath(path))
    while rest:
        step = rest.pop()
        if step == "..":
            found = os.path.dirname(found)
            continue
        entry = os.path.join(found, step)
        owner = _owner_of_link(entry)
        if owner is None:
            found = entry
            continue
        links += 1
        if links > _MAX_LINKS:
            raise StateError(f"{path} leads from link to link without an end; set another {option}.")
        if not trusted(owner, found):
            raise StateError(
                f"{entry} is a link that another user (uid {owner}) made; it is not followed: remove it, or set another {option}."
            )
        target = os.readlink(entry)
        found = "/" if target.startswith("/") else found
        rest += _steps(target)
    return found


def _steps(path: str) -> list[str]:
    """The parts of a path, the first one last."""
    return [step for step in reversed(path.split("/")) if step not in ("", ".")]


def _owner_of_link(entry: str) -> int | None:
    """Give the owner of a link; None if it is none. What is missing or can't be read is reported where it is used."""
    try:
        status = os.lstat(entry)
    except OSError:
        return None
    return status.st_uid if stat.S_ISLNK(status.st_mode) else None
