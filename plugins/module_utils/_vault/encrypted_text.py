# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The encrypted content of a vars file as a text that is stored elsewhere; it has the methods of `LockedFile`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from .._core.errors import InputError
from .locked_file import Snapshot


class EncryptedText:
    """An encrypted text.

    Args:
        text: the text; empty if nothing is stored.
        max_bytes: the maximum size.
    """

    def __init__(self, text: str, max_bytes: int) -> None:
        data = text.encode()
        if len(data) > max_bytes:
            raise InputError(f"'ciphertext' is larger than {max_bytes} bytes, too large for what it should hold.")
        self._now = _stripped_snapshot(data)

    def read(self) -> Snapshot:
        """Return the current text."""
        return self._now

    @contextlib.contextmanager
    def locked(self) -> Iterator[EncryptedText]:
        """Need no lock: no other process has this text."""
        yield self

    def replace(self, data: bytes | None, _expected: Snapshot, before_write: Callable[[], None]) -> Snapshot:
        """Replace the text; None removes it."""
        before_write()
        self._now = _stripped_snapshot(data or b"")
        return self._now

    def remove_leftovers(self) -> None:
        """Do nothing: a text has no temporary files."""

    def repair_permissions(self) -> None:
        """Do nothing: a text has no permissions."""


def _stripped_snapshot(data: bytes) -> Snapshot:
    """A snapshot without white space at both ends, which a store may add or remove."""
    return Snapshot(data.strip() or None)
