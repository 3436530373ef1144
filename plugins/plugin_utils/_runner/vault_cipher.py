# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encryption with the vault secrets that the run was given; `_vars_file.Cipher` for Ansible."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import (
    AnsibleVaultFormatError,
    PromptVaultSecret,
    VaultLib,
    VaultSecret,
    format_vaulttext_envelope,
    is_encrypted,
    parse_vaulttext_envelope,
)

from ...module_utils._core.errors import InputError, StateError

Secrets = Sequence[tuple[str, VaultSecret]]


def run_secrets(loader: DataLoader) -> Secrets:
    """Give the vault secrets of a run, with their ids, in the order in which they were given."""
    # Since 2.12 at least it is this attribute; no public way to them works with 2.16 and 2.21 alike.
    return tuple(loader._vault.secrets or ())  # noqa: SLF001


def storable(vault_id: str) -> bool:
    """Whether the header of an encrypted file gives a vault id back, and ``--vault-id`` can name it."""
    try:
        header = format_vaulttext_envelope(b"00", "AES256", vault_id=vault_id)
        given_back = is_encrypted(header) and parse_vaulttext_envelope(header)[3] == vault_id
    except (AnsibleError, ValueError):
        return False
    return bool(given_back) and vault_id.isprintable() and "@" not in vault_id


class VaultSeal:
    """One vault secret, under the label that a file carries.

    Args:
        secret: the secret.
        vault_id: what users call it.
        label: what the file's header says; None for a header of version 1.1, which has no label.
    """

    def __init__(self, secret: VaultSecret, vault_id: str, label: str | None) -> None:
        self.vault_id = vault_id
        self.typed_once = isinstance(secret, PromptVaultSecret)
        self._secret = secret
        self._label = label

    def encrypt(self, plaintext: bytes) -> bytes:
        """Encrypt a whole file."""
        return bytes(VaultLib().encrypt(plaintext, secret=self._secret, vault_id=self._label))


class VaultCipher:
    """The vault secrets of a run.

    Args:
        secrets: the secrets with their ids.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def decrypt(self, ciphertext: bytes, path: str) -> tuple[bytes, VaultSeal]:
        """Decrypt a file; the very secret that opened it, and its label, are to encrypt it again."""
        self._require_secrets()
        if not ciphertext.split(b"\n", 1)[0].isascii():
            raise StateError(
                f"{path} can't be decrypted: the vault id at the end of its first line isn't ASCII, and Ansible can't read such a file;"
                " replace that id in the file by one in ASCII, such as the one that the run has now."
            )
        try:
            vault_id = str(parse_vaulttext_envelope(ciphertext)[3])
            plaintext, _id, secret = VaultLib(self._secrets).decrypt_and_get_vault_id(ciphertext)
        except AnsibleVaultFormatError:
            raise StateError(f"{path} is damaged: its vault format is broken; restore it from a backup.") from None
        except AnsibleError:
            raise StateError(
                f"{path} can't be decrypted with the vault secrets of this run (vault ids: {self._ids()}):"
                " give the right password with --vault-id or --ask-vault-pass; nothing was written."
            ) from None
        has_label = ciphertext.split(b"\n", 1)[0].count(b";") > 2
        return bytes(plaintext), VaultSeal(secret, vault_id, vault_id if has_label else None)

    def seal(self, vault_id: str | None) -> VaultSeal:
        """Choose the secret for a new file: the one asked for, the configured one, the first."""
        self._require_secrets()
        configured = constants.config.get_config_value("DEFAULT_VAULT_ENCRYPT_IDENTITY")
        wanted, origin = (vault_id, "'vault_id'") if vault_id else (configured, "the setting vault_encrypt_identity")
        for known, secret in self._secrets:
            if wanted in (None, known):
                return self._new_seal(str(known), secret)
        if "@" in str(wanted):
            raise InputError(f"{origin} is {wanted}, but a vault id has no @SOURCE: choose one of those that the run has: {self._ids()}.")
        raise InputError(
            f"No vault secret has the id {wanted}, which {origin} asks for: add --vault-id {shlex.quote(f'{wanted}@SOURCE')}"
            f" or choose one of those that the run has: {self._ids()}."
        )

    def _new_seal(self, known: str, secret: VaultSecret) -> VaultSeal:
        """Give a seal whose files this run could read again."""
        if not known:
            # `--vault-id @FILE`: Ansible writes a header without an id, and takes it for the default one.
            known = str(constants.config.get_config_value("DEFAULT_VAULT_IDENTITY"))
        elif not storable(known):
            raise InputError(
                f"The vault id {known!r} can't be stored in an encrypted file, which nobody could read again: name the secret otherwise,"
                " with printable ASCII characters, none of them ';' or '@' and no blank at the ends, such as --vault-id rezonate@SOURCE."
            )
        if constants.config.get_config_value("DEFAULT_VAULT_ID_MATCH") and known not in [vault_id for vault_id, _secret in self._secrets]:
            raise InputError(f"With the setting vault_id_match a secret needs a vault id: give it as --vault-id {known}@SOURCE.")
        return VaultSeal(secret, known, known)

    def _require_secrets(self) -> None:
        if not self._secrets:
            raise StateError("The run has no vault secret: add --vault-id or --ask-vault-pass; nothing was written.")

    def _ids(self) -> str:
        return ", ".join(dict.fromkeys(str(vault_id) for vault_id, _secret in self._secrets))
