# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private key in a file of its own: written once, read ever after, never replaced."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from .._core.errors import InputError, StateError
from .._vault.locked_file import FILE_MODE, LockedFile
from .jwk import RsaKey, load

_MAX_BYTES = 64 * 1024  # a PEM of 4096 bits has 3 KiB
_OTHERS = 0o077  # permissions of anybody but the owner


@dataclass(frozen=True)
class StoredKey:
    """What a key file holds.

    Args:
        key: the key.
        mode: the file's permissions.
    """

    key: RsaKey
    mode: int

    @property
    def exposed(self) -> bool:
        """Whether anybody but the owner may do anything with the file."""
        return bool(self.mode & _OTHERS)


class KeyFile:
    """A file that holds one private key.

    Args:
        path: where; a relative path starts at the working directory, links are followed.
        passphrase: what the key in it is encrypted with; None if it isn't.
    """

    def __init__(self, path: str, passphrase: str | None) -> None:
        if not path or "\0" in path:
            raise InputError("'path' has to be the path of a file.")
        self.path = os.path.abspath(path)
        self._passphrase = passphrase
        self._file = LockedFile(self.path, _MAX_BYTES)

    def read(self, key_id: str | None) -> StoredKey | None:
        """Read the key; None if there is no file.

        Args:
            key_id: the key's name; PEM has no place for it.

        Raises:
            InputError: what the file holds can't be used, or the passphrase doesn't fit.
            StateError: the file can't be read.
        """
        snapshot = self._file.read()
        if snapshot.data is None or snapshot.mode is None:
            return None
        # A key in DER isn't text at all; `load` then says that it is no PEM.
        text = snapshot.data.decode("utf-8", "replace")
        key = load(text, self._passphrase, key_id, self.path)
        if self._passphrase and "ENCRYPTED" not in text:
            raise InputError(f"'{self.path}' isn't encrypted though a passphrase is given; encrypt it, or leave out 'passphrase'.")
        return StoredKey(key, snapshot.mode)

    def create(self, key: RsaKey, before_write: Callable[[], None]) -> None:
        """Write a key into a file that doesn't exist yet, for its owner only; all of it or nothing.

        Args:
            key: the key; encrypted if there is a passphrase.
            before_write: called last before the file appears; may raise to prevent that.

        Raises:
            StateError: there is such a file by now, or it can't be written.
        """
        pem = key.encrypted_pem(self._passphrase) if self._passphrase else key.pem()
        with self._file.locked() as slot:
            now = self._file.read()
            if now.data is not None:
                raise StateError(f"{self.path} was made by something else just now; nothing was written, run again.")
            slot.replace(pem.encode("ascii"), now, before_write)

    def repair(self) -> None:
        """Take everybody else's permissions away."""
        self._file.repair()

    def sweep(self) -> None:
        """Remove what a killed run left."""
        self._file.sweep()


def shown_mode(mode: int = FILE_MODE) -> str:
    """Permissions as ``ls`` and Ansible's own modules are told them, such as ``0600``."""
    return f"{mode:04o}"
