# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key file: private, written as a whole, read as it is, never replaced."""

from __future__ import annotations

import errno
import os
import re
import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, RezonateError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk
from ansible_collections.rezonate.okta.plugins.module_utils._crypto.key_file import KeyFile

PASSPHRASE = "made-up-passphrase-77ab01c9d3"


@cache
def _key() -> jwk.RsaKey:
    return jwk.generate_rsa_key(2048)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "key.pem"


def _file(path: Path, passphrase: str | None = None) -> KeyFile:
    return KeyFile(str(path), passphrase)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.rezonate-tmp")


def _nothing() -> None:
    """A hook before a write that does nothing."""


def _in_a_child(work: Callable[[], None]) -> int:
    """Run something in its own process; return the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def test_there_is_no_key_without_a_file(path: Path) -> None:
    assert _file(path).read(None) is None
    assert not path.parent.exists()


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_written_key_is_read_back(path: Path, passphrase: str | None) -> None:
    _file(path, passphrase).create(_key(), _nothing)
    stored = _file(path, passphrase).read("named")
    assert stored
    assert (stored.key.private_jwk(), stored.mode) == (jwk.load_private_key(_key().pem(), key_id="named").private_jwk(), 0o600)
    assert not stored.is_exposed
    assert ("ENCRYPTED" in path.read_text()) == bool(passphrase)


def test_only_the_owner_can_read_it_regardless_of_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        _file(path).create(_key(), _nothing)
    finally:
        os.umask(before)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert os.listdir(path.parent) == ["key.pem"]


@pytest.mark.parametrize(("mode", "exposed"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_a_file_open_to_others_is_exposed_until_repaired(path: Path, mode: int, *, exposed: bool) -> None:
    _file(path).create(_key(), _nothing)
    path.chmod(mode)
    stored = _file(path).read(None)
    assert stored
    assert stored.is_exposed is exposed
    _file(path).repair_permissions()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_exists_is_never_replaced(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("made meanwhile")
    with pytest.raises(StateError) as refusal:
        _file(path).create(_key(), _nothing)
    assert str(refusal.value) == f"{path} was created by another process just now; nothing was written, run again."
    assert path.read_text() == "made meanwhile"
    assert os.listdir(path.parent) == ["key.pem"]


def test_an_interrupted_write_leaves_no_key_file_and_the_next_one_succeeds(path: Path) -> None:
    assert _in_a_child(lambda: _file(path).create(_key(), lambda: os.kill(os.getpid(), signal.SIGKILL))) == signal.SIGKILL
    assert os.listdir(path.parent) == [_temporary(path).name]
    assert _temporary(path).stat().st_mode & 0o777 == 0o600
    assert _file(path).read(None) is None
    _file(path).create(_key(), _nothing)
    assert os.listdir(path.parent) == ["key.pem"]


def test_the_leftovers_of_an_interrupted_write_are_removed(path: Path) -> None:
    path.parent.mkdir()
    _temporary(path).write_text("half a key")
    _file(path).remove_leftovers()
    assert os.listdir(path.parent) == []


def test_a_canceled_write_leaves_no_file(path: Path) -> None:
    def orphaned() -> None:
        raise StateError("the playbook is gone")

    with pytest.raises(StateError, match="the playbook is gone"):
        _file(path).create(_key(), orphaned)
    assert os.listdir(path.parent) == []


def test_a_full_disk_leaves_no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path.parent.mkdir()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RezonateError, match="No space left on device"):
        _file(path).create(_key(), _nothing)
    assert os.listdir(path.parent) == []


def test_a_link_in_place_of_the_temporary_file_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    _temporary(path).symlink_to(victim)
    with pytest.raises(RezonateError, match=rf"^{re.escape(str(_temporary(path)))} .*Nothing was written"):
        _file(path).create(_key(), _nothing)
    assert victim.read_text() == "precious"
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "passphrase", "sentence"),
    [
        (b"", None, "'{path}' is empty; give a private key in PEM or a private JWK."),
        (b"\x30\x82\x04\xa4\xff", None, "'{path}' is neither a private key in PEM nor a private JWK."),
        ("plain", PASSPHRASE, "'{path}' isn't encrypted although a passphrase is given; encrypt it, or leave out 'passphrase'."),
        ("sealed", None, "'{path}' is encrypted and no passphrase is given; give that too, or the key unencrypted."),
        ("sealed", "another", "'{path}' can't be decrypted with the passphrase given."),
    ],
    ids=["empty", "DER", "not encrypted", "no passphrase", "wrong passphrase"],
)
def test_refuses_a_file_with_one_message(path: Path, content: bytes | str, passphrase: str | None, sentence: str) -> None:
    pems = {"plain": _key().pem(), "sealed": _key().encrypted_pem(PASSPHRASE)}
    path.parent.mkdir()
    path.write_bytes(content if isinstance(content, bytes) else pems[content].encode())
    before = path.read_bytes()
    with pytest.raises(InputError) as refusal:
        _file(path, passphrase).read(None)
    assert str(refusal.value) == sentence.format(path=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("path", ["", "a\0b"])
def test_refuses_an_invalid_path(path: str) -> None:
    with pytest.raises(InputError, match="must be the path of a file"):
        KeyFile(path, None)


def test_a_relative_path_starts_at_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert KeyFile("key.pem", None).path == str(tmp_path / "key.pem")
