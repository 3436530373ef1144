# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The encrypted content of a vars file as a text in hand, which somebody else keeps; `LockedFile` without a file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from .._core.errors import InputError
from .locked_file import Snapshot


class EncryptedText:
    """An encrypted text.

    Args:
        text: the text; an empty one is a file that there isn't.
        max_bytes: a larger one is refused.
    """

    def __init__(self, text: str, max_bytes: int) -> None:
        data = text.encode()
        if len(data) > max_bytes:
            raise InputError(f"'ciphertext' is larger than {max_bytes} bytes, too large for what it should hold.")
        self._now = _bare(data)

    def read(self) -> Snapshot:
        """Give the text as it is now."""
        return self._now

    @contextlib.contextmanager
    def locked(self) -> Iterator[EncryptedText]:
        """Nobody else has this text."""
        yield self

    def replace(self, data: bytes | None, _expected: Snapshot, before_write: Callable[[], None]) -> Snapshot:
        """Put another text in its place, or none."""
        before_write()
        self._now = _bare(data or b"")
        return self._now

    def sweep(self) -> None:
        """Nothing lies about."""

    def repair(self) -> None:
        """A text has no permissions."""


def _bare(data: bytes) -> Snapshot:
    """Whoever keeps a text may add or lose white space at its ends, and it is the same text still."""
    return Snapshot(data.strip() or None)
