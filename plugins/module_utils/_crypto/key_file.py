# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private key in its own file: written once, then only read, never replaced."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from .._core.errors import InputError, StateError
from .._vault.locked_file import FILE_MODE, LockedFile
from .jwk import RsaKey, load_private_key

_MAX_BYTES = 64 * 1024  # a PEM of 4096 bits has 3 KiB
_OTHERS_PERMISSIONS = 0o077  # permissions of users other than the owner


@dataclass(frozen=True)
class StoredKey:
    """The content of a key file.

    Args:
        key: the key.
        mode: the file's permissions.
    """

    key: RsaKey
    mode: int

    @property
    def is_exposed(self) -> bool:
        """Whether users other than the owner have permissions on the file."""
        return bool(self.mode & _OTHERS_PERMISSIONS)


class KeyFile:
    """A file that holds one private key.

    Args:
        path: its path; a relative path starts at the working directory, links are followed.
        passphrase: the passphrase of the key; None if the key isn't encrypted.
    """

    def __init__(self, path: str, passphrase: str | None) -> None:
        if not path or "\0" in path:
            raise InputError("'path' must be the path of a file.")
        self.path = os.path.abspath(path)
        self._passphrase = passphrase
        self._file = LockedFile(self.path, _MAX_BYTES)

    def read(self, key_id: str | None) -> StoredKey | None:
        """Read the key; None if there is no file.

        Args:
            key_id: the name of the key, which PEM cannot hold.

        Raises:
            InputError: the content of the file can't be used, or the passphrase is wrong.
            StateError: the file can't be read.
        """
        snapshot = self._file.read()
        if snapshot.data is None or snapshot.mode is None:
            return None
        # A key in DER isn't text; `load_private_key` then reports that it isn't PEM.
        text = snapshot.data.decode("utf-8", "replace")
        key = load_private_key(text, self._passphrase, key_id, self.path)
        if self._passphrase and "ENCRYPTED" not in text:
            raise InputError(f"'{self.path}' isn't encrypted although a passphrase is given; encrypt it, or leave out 'passphrase'.")
        return StoredKey(key, snapshot.mode)

    def create(self, key: RsaKey, before_write: Callable[[], None]) -> None:
        """Create the file with the key, for its owner only; atomically.

        Args:
            key: the key; encrypted if there is a passphrase.
            before_write: called immediately before the file is created; can raise to prevent that.

        Raises:
            StateError: the file exists by now, or can't be written.
        """
        pem = key.encrypted_pem(self._passphrase) if self._passphrase else key.pem()
        with self._file.locked() as slot:
            now = self._file.read()
            if now.data is not None:
                raise StateError(f"{self.path} was created by another process just now; nothing was written, run again.")
            slot.replace(pem.encode("ascii"), now, before_write)

    def repair_permissions(self) -> None:
        """Remove the permissions of other users."""
        self._file.repair_permissions()

    def remove_leftovers(self) -> None:
        """Remove the temporary file of an interrupted run."""
        self._file.remove_leftovers()


def format_mode(mode: int = FILE_MODE) -> str:
    """Permissions in octal notation, such as ``0600``."""
    return f"{mode:04o}"
