# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encryption with the vault secrets of a run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ansible import constants
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import PromptVaultSecret, VaultLib, VaultSecret
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, StateError
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.vault_cipher import VaultCipher, vault_secrets
from helpers.acceptance import accepts, either
from hypothesis import given
from hypothesis import strategies as st

PASSWORD = b"made-up-vault-password-83650274"
PLAINTEXT = b"---\na: made-up-content-11223344\n"


def cipher(**passwords: bytes) -> VaultCipher:
    return VaultCipher([(vault_id, VaultSecret(password)) for vault_id, password in passwords.items()])


def header(ciphertext: bytes) -> bytes:
    return ciphertext.split(b"\n", 1)[0]


def encrypted(label: str | None = None, password: bytes = PASSWORD) -> bytes:
    return bytes(VaultLib().encrypt(PLAINTEXT, secret=VaultSecret(password), vault_id=label))


def test_a_file_is_decrypted_and_each_encryption_has_a_new_salt() -> None:
    seal = cipher(prod=PASSWORD).encryptor(None)
    one, other = seal.encrypt(PLAINTEXT), seal.encrypt(PLAINTEXT)
    assert one != other
    assert header(one) == b"$ANSIBLE_VAULT;1.2;AES256;prod"
    plaintext, again = cipher(prod=PASSWORD).decrypt(one, "/x")
    assert (plaintext, type(plaintext), again.vault_id) == (PLAINTEXT, bytes, "prod")


@pytest.mark.parametrize("label", [None, "default", "prod"])
def test_a_file_preserves_its_header_and_its_secret(label: str | None) -> None:
    many = cipher(first=b"another-made-up-password", second=PASSWORD)
    _plaintext, seal = many.decrypt(encrypted(label), "/x")
    again = seal.encrypt(b"---\nb: 1\n")
    assert header(again) == header(encrypted(label))
    assert seal.vault_id == (label or "default")
    assert cipher(only=PASSWORD).decrypt(again, "/x")[0] == b"---\nb: 1\n"


def test_ansible_vault_decrypts_the_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(PASSWORD)
    (tmp_path / "x.vault").write_bytes(cipher(prod=PASSWORD).encryptor("prod").encrypt(PLAINTEXT))
    command = [sys.executable, "-m", "ansible.cli.vault", "view", "--vault-id", f"prod@{tmp_path}/password"]
    shown = subprocess.run([*command, str(tmp_path / "x.vault")], capture_output=True, check=True)
    assert shown.stdout.strip() == PLAINTEXT.strip()


def test_a_new_file_gets_the_requested_id_or_the_configured_one_or_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    many = cipher(one=b"1", two=b"2", three=b"3")
    assert many.encryptor(None).vault_id == "one"
    monkeypatch.setenv("ANSIBLE_VAULT_ENCRYPT_IDENTITY", "two")
    assert many.encryptor(None).vault_id == "two"
    assert many.encryptor("three").vault_id == "three"


def test_an_unknown_id_is_refused_and_the_available_ids_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"id four, which 'vault_id' asks for: .* that the run has: one, two"):
        cipher(one=b"1", two=b"2").encryptor("four")
    monkeypatch.setenv("ANSIBLE_VAULT_ENCRYPT_IDENTITY", "five")
    with pytest.raises(InputError, match="id five, which the setting vault_encrypt_identity asks for"):
        cipher(one=b"1").encryptor(None)


def test_a_missing_vault_secret_is_reported() -> None:
    for call in (lambda: cipher().encryptor(None), lambda: cipher().decrypt(encrypted(), "/x")):
        with pytest.raises(StateError, match=r"The run has no vault secret: add --vault-id or --ask-vault-pass"):
            call()


def test_a_wrong_password_is_reported_without_the_password() -> None:
    with pytest.raises(StateError, match=r"/x can't be decrypted .*\(vault ids: a, b\)") as caught:
        cipher(a=PASSWORD, b=b"more").decrypt(encrypted(password=b"the-right-one"), "/x")
    assert PASSWORD.decode() not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "content",
    [
        b"$ANSIBLE_VAULT;", b"$ANSIBLE_VAULT;1.1;AES256", b"$ANSIBLE_VAULT;1.1;AES256\nno hex", b"$ANSIBLE_VAULT;1.1;XYZ\n00",
        b"$ANSIBLE_VAULT;1.1;AES256\n6162", b"$ANSIBLE_VAULT;1.1;AES256\n\xff", encrypted()[:-100], encrypted()[:-101] + b"\n",
        b"$ANSIBLE_VAULT;1.2;AES256;\xff\n00", encrypted() + encrypted(),
    ],
)  # fmt: skip
def test_a_damaged_file_is_reported(content: bytes) -> None:
    with pytest.raises(StateError, match=r"^/x (is damaged|can't be decrypted)"):
        cipher(prod=PASSWORD).decrypt(content, "/x")


def test_only_a_secret_from_a_prompt_counts_as_typed_once() -> None:
    assert not cipher(prod=PASSWORD).encryptor(None).is_typed_once
    assert VaultCipher([("prod", PromptVaultSecret(PASSWORD))]).encryptor(None).is_typed_once


def test_secrets_are_those_of_the_loader() -> None:
    loader = DataLoader()
    assert vault_secrets(loader) == ()
    secrets = [("prod", PromptVaultSecret(PASSWORD))]
    loader.set_vault_secrets(secrets)
    assert vault_secrets(loader) == tuple(secrets)


# Determined by experiment: Ansible writes all of them, and reads none of them back unchanged.
UNSTORABLE = ["clé", "ключ", "a;b", ";", " a", "a ", "\ta", "a\nb", "a\rb", "a\x00b", "a\x0b", "a\u00a0b", "a\ud800b", "a@b", "\x1b[31m"]
STORABLE = ["a b", "-x", "$(id)", "it's", '"', "1.2", "x" * 300, "a:b/c", "`", "#", "default"]


@pytest.mark.parametrize("vault_id", UNSTORABLE)
def test_a_vault_id_that_a_file_can_not_hold_is_refused(vault_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for many, requested in ((cipher(**{vault_id: PASSWORD}), None), (cipher(good=b"1", **{vault_id: PASSWORD}), vault_id)):
        with pytest.raises(InputError, match=r"can't be stored in an encrypted file"):
            many.encryptor(requested)
    monkeypatch.setattr(constants.config, "get_config_value", lambda name: vault_id if name.endswith("IDENTITY") else False)
    with pytest.raises(InputError, match=r"can't be stored in an encrypted file"):
        cipher(good=b"1", **{vault_id: PASSWORD}).encryptor(None)


@pytest.mark.parametrize("vault_id", STORABLE)
def test_a_vault_id_that_a_file_can_hold_is_read_back(vault_id: str) -> None:
    one = cipher(**{vault_id: PASSWORD})
    plaintext, again = one.decrypt(one.encryptor(None).encrypt(PLAINTEXT), "/x")
    assert (plaintext, again.vault_id) == (PLAINTEXT, vault_id)


@accepts(0.4)
@given(either(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ._:/$-]{0,8}[A-Za-z0-9]", fullmatch=True), st.text(max_size=6)))
def test_every_vault_id_is_refused_or_read_back(vault_id: str) -> bool:
    one = cipher(**{vault_id: PASSWORD})
    try:
        seal = one.encryptor(None)
    except InputError:
        return False
    plaintext, again = one.decrypt(seal.encrypt(PLAINTEXT), "/x")
    assert (plaintext, again.vault_id) == (PLAINTEXT, vault_id or "default")
    return True


def test_an_empty_vault_id_is_the_default_one() -> None:
    # --vault-id @FILE
    seal = cipher(**{"": PASSWORD}).encryptor(None)
    assert (seal.vault_id, header(seal.encrypt(PLAINTEXT))) == ("default", b"$ANSIBLE_VAULT;1.1;AES256")


def test_with_vault_id_match_an_empty_vault_id_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_VAULT_ID_MATCH", "true")
    with pytest.raises(InputError, match=r"vault_id_match .* --vault-id default@SOURCE"):
        cipher(**{"": PASSWORD}).encryptor(None)


def test_a_vault_id_with_a_source_has_its_own_message() -> None:
    with pytest.raises(InputError, match=r"^'vault_id' is prod@prompt, but a vault id has no @SOURCE: .* the run has: prod\.$"):
        cipher(prod=PASSWORD).encryptor("prod@prompt")


def test_a_file_whose_vault_id_is_not_ascii_is_reported_with_a_remedy() -> None:
    damaged = VaultLib().encrypt(PLAINTEXT, secret=VaultSecret(PASSWORD), vault_id="clé")
    with pytest.raises(StateError, match=r"^/x can't be decrypted: .* isn't ASCII"):
        cipher(prod=PASSWORD).decrypt(damaged, "/x")
    assert cipher(prod=PASSWORD).decrypt(damaged.replace("clé".encode(), b"prod"), "/x")[0] == PLAINTEXT
