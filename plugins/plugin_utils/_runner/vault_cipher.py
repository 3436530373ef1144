# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encryption with the vault secrets of the run; the `vars_file.Cipher` for Ansible."""

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


def vault_secrets(loader: DataLoader) -> Secrets:
    """The vault secrets of a run, with their ids, in their order on the command line."""
    # No public interface works with 2.16 and 2.21 alike; this attribute exists since at least 2.12.
    return tuple(loader._vault.secrets or ())  # noqa: SLF001


def is_storable_vault_id(vault_id: str) -> bool:
    """Whether the header of an encrypted file preserves a vault id, and ``--vault-id`` accepts it."""
    try:
        header = format_vaulttext_envelope(b"00", "AES256", vault_id=vault_id)
        is_preserved = is_encrypted(header) and parse_vaulttext_envelope(header)[3] == vault_id
    except (AnsibleError, ValueError):
        return False
    return bool(is_preserved) and vault_id.isprintable() and "@" not in vault_id


class VaultEncryptor:
    """Encrypts with one vault secret and its label.

    Args:
        secret: the secret.
        vault_id: its vault id.
        label: the label in the header of the file; None for a header of version 1.1, which has no label.
    """

    def __init__(self, secret: VaultSecret, vault_id: str, label: str | None) -> None:
        self.vault_id = vault_id
        self.is_typed_once = isinstance(secret, PromptVaultSecret)
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

    def decrypt(self, ciphertext: bytes, path: str) -> tuple[bytes, VaultEncryptor]:
        """Decrypt a file; it must be encrypted again with the same secret and label."""
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
        return bytes(plaintext), VaultEncryptor(secret, vault_id, vault_id if has_label else None)

    def encryptor(self, vault_id: str | None) -> VaultEncryptor:
        """Choose the secret for a new file: the requested one, else the configured one, else the first."""
        self._require_secrets()
        configured = constants.config.get_config_value("DEFAULT_VAULT_ENCRYPT_IDENTITY")
        requested, origin = (vault_id, "'vault_id'") if vault_id else (configured, "the setting vault_encrypt_identity")
        for known, secret in self._secrets:
            if requested in (None, known):
                return self._new_seal(str(known), secret)
        if "@" in str(requested):
            raise InputError(
                f"{origin} is {requested}, but a vault id has no @SOURCE: choose one of those that the run has: {self._ids()}."
            )
        raise InputError(
            f"No vault secret has the id {requested}, which {origin} asks for: add --vault-id {shlex.quote(f'{requested}@SOURCE')}"
            f" or choose one of those that the run has: {self._ids()}."
        )

    def _new_seal(self, known: str, secret: VaultSecret) -> VaultEncryptor:
        """An encryptor for files that this run can read again."""
        if not known:
            # `--vault-id @FILE`: Ansible writes a header without an id, and regards it as the default id.
            known = str(constants.config.get_config_value("DEFAULT_VAULT_IDENTITY"))
        elif not is_storable_vault_id(known):
            raise InputError(
                f"The vault id {known!r} can't be stored in an encrypted file, which would be unreadable: use another id,"
                " with printable ASCII characters, none of them ';' or '@' and no blank at the ends, such as --vault-id rezonate@SOURCE."
            )
        if constants.config.get_config_value("DEFAULT_VAULT_ID_MATCH") and known not in [vault_id for vault_id, _secret in self._secrets]:
            raise InputError(f"With the setting vault_id_match a secret needs a vault id: give it as --vault-id {known}@SOURCE.")
        return VaultEncryptor(secret, known, known)

    def _require_secrets(self) -> None:
        if not self._secrets:
            raise StateError("The run has no vault secret: add --vault-id or --ask-vault-pass; nothing was written.")

    def _ids(self) -> str:
        return ", ".join(dict.fromkeys(str(vault_id) for vault_id, _secret in self._secrets))
