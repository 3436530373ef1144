# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module ``rsa_jwk``: supplied, generated, stored and refused keys, and its results."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, RezonateError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk
from ansible_collections.rezonate.okta.plugins.module_utils._crypto.rsa_jwk import provide_rsa_key
from ansible_collections.rezonate.okta.plugins.modules.rsa_jwk import MODULE

PASSPHRASE = "made-up-passphrase-c04be2a915"
UNSET: dict[str, Any] = dict.fromkeys(MODULE.options)


@cache
def _key(_number: int = 1) -> jwk.RsaKey:
    return jwk.generate_rsa_key(2048)


def _run(*, check_mode: bool = False, **params: Any) -> Outcome:
    return provide_rsa_key(Call(UNSET | params, check_mode))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "key.pem"


@pytest.fixture
def stored_key(path: Path) -> Path:
    """A file with a stored key."""
    path.write_text(_key().pem())
    path.chmod(0o600)
    return path


def _state(path: Path) -> tuple[list[str], bytes, int]:
    return sorted(os.listdir(path.parent)), path.read_bytes(), path.stat().st_mode & 0o777


def test_a_supplied_key_is_returned_without_a_change() -> None:
    outcome = _run(private_key=_key().pem(), size=4096)
    assert not outcome.changed
    assert outcome.before == outcome.after
    assert outcome.values == {
        "key_id": _key().thumbprint,
        "size": 2048,
        "private_key": _key().pem(),
        "private_jwk": _key().private_jwk(),
        "public_jwk": _key().public_jwk(),
    }


def test_a_given_key_may_be_encrypted_and_named() -> None:
    outcome = _run(private_key=_key().encrypted_pem(PASSPHRASE), passphrase=PASSPHRASE, key_id="named")
    assert (outcome.values["key_id"], outcome.values["public_jwk"]["kid"]) == ("named", "named")
    assert outcome.values["private_key"] == _key().pem()


@pytest.mark.parametrize("check_mode", [False, True])
def test_without_a_key_one_is_generated(*, check_mode: bool) -> None:
    outcome = _run(check_mode=check_mode)
    assert outcome.changed
    assert outcome.before == {}
    assert outcome.values["size"] == 2048
    assert jwk.load_private_key(outcome.values["private_key"]).private_jwk() == outcome.values["private_jwk"]


def test_a_new_key_has_the_requested_size() -> None:
    assert _run(size=3072).values["size"] == 3072


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_key_is_generated_once_and_read_afterwards(path: Path, passphrase: str | None) -> None:
    first = _run(path=str(path), passphrase=passphrase)
    state = _state(path)
    second = _run(path=str(path), passphrase=passphrase)
    assert (first.changed, second.changed) == (True, False)
    assert first.values == second.values
    assert second.before == second.after == first.after
    assert _state(path) == state
    assert ("ENCRYPTED" in path.read_text()) == bool(passphrase)


def test_a_given_key_is_written_to_the_file_once(path: Path) -> None:
    options: dict[str, Any] = {"path": str(path), "private_key": _key().pem()}
    assert _run(**options).changed
    assert not _run(**options).changed
    assert _state(path) == (["key.pem"], _key().pem().encode(), 0o600)


@pytest.mark.parametrize("given", [False, True])
def test_check_mode_predicts_the_file_and_writes_none(path: Path, *, given: bool) -> None:
    outcome = _run(check_mode=True, path=str(path), private_key=_key().pem() if given else None)
    assert outcome.changed
    assert outcome.before == {}
    assert outcome.after
    assert (outcome.after["path"], outcome.after["mode"]) == (str(path), "0600")
    assert os.listdir(path.parent) == []


def test_a_file_open_to_others_is_made_private(stored_key: Path) -> None:
    stored_key.chmod(0o644)
    assert _run(check_mode=True, path=str(stored_key)).changed
    assert _state(stored_key)[2] == 0o644
    outcome = _run(path=str(stored_key))
    assert outcome.before
    assert outcome.after
    assert (outcome.changed, outcome.before["mode"], outcome.after["mode"]) == (True, "0644", "0600")
    assert _state(stored_key) == (["key.pem"], _key().pem().encode(), 0o600)
    assert not _run(path=str(stored_key)).changed


def test_a_read_only_file_is_private_enough(stored_key: Path) -> None:
    stored_key.chmod(0o400)
    assert not _run(path=str(stored_key)).changed
    assert _state(stored_key)[2] == 0o400


def test_leftovers_of_an_interrupted_run_are_removed_but_not_in_check_mode(stored_key: Path) -> None:
    left = stored_key.with_name(".key.pem.rezonate-tmp")
    left.write_text("half a key")
    assert not _run(check_mode=True, path=str(stored_key)).changed
    assert left.exists()
    assert not _run(path=str(stored_key)).changed
    assert not left.exists()


def test_the_size_of_the_key_in_the_file_matters_only_if_set(stored_key: Path) -> None:
    assert not _run(path=str(stored_key)).changed
    assert not _run(path=str(stored_key), size=2048).changed
    assert not _run(path=str(stored_key), size=4096, private_key=_key().pem()).changed


REFUSED = {
    "size": "{path} holds a key of 2048 bits, not of 3072; nothing was written, set another 'path', or 'size' to what the key has.",
    "private_key": "{path} holds another key ({stored}) than 'private_key' ({given}); nothing was written, "
    "set another 'path' or move the file away.",
    "passphrase": "'{path}' isn't encrypted although a passphrase is given; encrypt it, or leave out 'passphrase'.",
}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(("option", "sentence"), REFUSED.items(), ids=REFUSED)
def test_a_key_is_never_replaced(stored_key: Path, option: str, sentence: str, *, check_mode: bool) -> None:
    state = _state(stored_key)
    conflicting = {"size": 3072, "private_key": _key(2).pem(), "passphrase": PASSPHRASE}
    with pytest.raises(RezonateError) as refusal:
        _run(check_mode=check_mode, path=str(stored_key), **{option: conflicting[option]})
    assert str(refusal.value) == sentence.format(path=stored_key, stored=_key().thumbprint, given=_key(2).thumbprint)
    assert _state(stored_key) == state


def test_an_empty_passphrase_is_no_passphrase(path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        _run(path=str(path), passphrase="")
    assert str(refusal.value) == "'passphrase' is empty; give one, or leave the option out."
    assert not path.exists()


@pytest.mark.parametrize("there_is_a_file", [False, True])
def test_an_orphaned_run_writes_nothing(path: Path, *, there_is_a_file: bool) -> None:
    def orphaned() -> None:
        raise StateError("the playbook is gone")

    if there_is_a_file:
        path.write_text(_key().pem())
        path.chmod(0o644)
    with pytest.raises(StateError, match="the playbook is gone"):
        provide_rsa_key(Call({**UNSET, "path": str(path)}, before_write=orphaned))
    assert path.exists() == there_is_a_file
    assert not there_is_a_file or path.stat().st_mode & 0o777 == 0o644


def test_the_diff_contains_no_secret(path: Path) -> None:
    outcome = _run(path=str(path))
    shown = f"{outcome.before} {outcome.after}"
    assert outcome.values["key_id"] in shown
    assert "PRIVATE" not in shown
    assert not [name for name in ("d", "p", "q", "dp", "dq", "qi") if outcome.values["private_jwk"][name][:20] in shown]


def test_secret_options_and_return_values_are_declared() -> None:
    assert {name for name, option in MODULE.options.items() if option.get("no_log")} == {"private_key", "passphrase"}
    assert MODULE.secret_returns == ("private_key", "private_jwk")
