# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each writer in a directory with a file of another user: it never writes into that file, and that user gets no file."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultSecret
from ansible_collections.rezonate.okta.plugins.module_utils._audit import fleet_summary, report_files
from ansible_collections.rezonate.okta.plugins.module_utils._audit.html_page import PageSource
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import RezonateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import rsa_jwk
from ansible_collections.rezonate.okta.plugins.module_utils._crypto.jwk import generate_rsa_key
from ansible_collections.rezonate.okta.plugins.module_utils._vault import vars_file
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.summary import RunInfo, SummaryFile
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.tally import Tally
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.vault_cipher import VaultCipher

OTHER = 12345  # another user
CONTENT = b"made-up-and-precious"
Write = Callable[[Path], object]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file of another user")


@cache
def _key() -> str:
    return generate_rsa_key(2048).pem()


def _vault_file(folder: Path) -> object:
    params = {"path": str(folder / "x.vault"), "ciphertext": None, "variables": {"a": 1}, "state": "present"}
    params |= {"names": None, "expected_revision": None, "vault_id": None}
    return vars_file.manage_vars_file(Call(params), VaultCipher([("rz", VaultSecret(b"made-up-password"))]))


def _key_file(folder: Path) -> object:
    params = {"path": str(folder / "key.pem"), "private_key": _key(), "passphrase": None, "key_id": None, "size": None}
    return rsa_jwk.provide_rsa_key(Call(params))


def _report(folder: Path) -> object:
    params = {"path": str(folder), "tenants": [{"tenant": "acme", "status": "clean"}], "merge": None, "generated_at": None}
    return report_files.write_audit_reports(Call(params), PageSource("@title@ @data@", "", ""))


def _summary(folder: Path, failed: int = 0) -> object:
    tally = Tally(0.0)
    for number in range(failed):
        tally.begin(f"t{number}", 0.0)
        tally.fail(f"t{number}", "made-up", 1.0)
    warnings: list[str] = []
    SummaryFile(folder / "fleet.json", RunInfo(("ansible-playbook", "p.yml"), "p.yml", ""), warnings.append).write(
        tally, 1.0, ended=None, interrupted=False
    )
    if warnings:
        raise RezonateError(warnings[0])
    return None


def _merged_summary(folder: Path) -> object:
    return fleet_summary.write_fleet_summary(Call({"path": str(folder / "merged.json"), "summary": {"tenants": {"total": 1}}}))


WRITERS: dict[str, tuple[Write, str]] = {
    "vault file": (_vault_file, "x.vault"),
    "key file": (_key_file, "key.pem"),
    "page of the report": (_report, "audit.html"),
    "data of the report": (_report, "audit.json"),
    "JUnit of the report": (_report, "audit.junit.xml"),
    "summary": (_summary, "fleet.json"),
    "merged summary": (_merged_summary, "merged.json"),
    "limit": (lambda folder: _summary(folder, 30), "fleet.limit"),
}
writers = pytest.mark.parametrize("writer", WRITERS)


def _regular(place: Path, _victim: Path) -> None:
    place.write_bytes(CONTENT)


def _socket(place: Path, _victim: Path) -> None:
    # by its relative name, since the name of a socket must be short
    before = Path.cwd()
    os.chdir(place.parent)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(place.name)
    finally:
        os.chdir(before)


PLANTED: dict[str, Callable[[Path, Path], None]] = {
    "a file": _regular,
    "a hard link": lambda place, victim: place.hardlink_to(victim),
    "a link": lambda place, victim: place.symlink_to(victim),
    "a dangling link": lambda place, victim: place.symlink_to(victim.with_name("nothing")),
    "a fifo": lambda place, _victim: os.mkfifo(place),
    "a directory": lambda place, _victim: place.mkdir(),
    "a socket": _socket,
}


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A directory that is writable by a group."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o775)
    return folder


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A file in another directory."""
    path = tmp_path / "victim"
    path.write_bytes(CONTENT)
    path.chmod(0o640)
    return path


def _properties(path: Path) -> tuple[Any, ...]:
    """All properties of a directory entry that a write could change."""
    status = os.lstat(path)
    content = path.read_bytes() if stat.S_ISREG(status.st_mode) else os.readlink(path) if path.is_symlink() else b""
    return status.st_ino, status.st_mode, status.st_uid, content


def _written(writer: str, folder: Path) -> str:
    """Write the file; return the error message, if any."""
    try:
        WRITERS[writer][0](folder)
    except RezonateError as error:
        return str(error)
    return ""


@as_root
@writers
@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("form", [".{}.rezonate-tmp", f".{{}}.{os.getpid()}"], ids=["fixed", "guessed"])
def test_another_user_s_file_in_place_of_the_temporary_file_is_not_changed(
    shared: Path, victim: Path, writer: str, kind: str, form: str
) -> None:
    name = WRITERS[writer][1]
    place = shared / form.format(name)
    PLANTED[kind](place, victim)
    os.chown(place, OTHER, OTHER, follow_symlinks=False)
    before = [_properties(place), _properties(victim)]
    message = _written(writer, shared)
    assert [_properties(place), _properties(victim)] == before
    assert sorted(victim.parent.iterdir()) == [shared, victim]
    assert (str(place) in message and "remove it" in message) if form.endswith("tmp") else message == ""
    if message:
        assert not (shared / name).exists()
    else:
        assert (shared / name).stat().st_uid == os.geteuid()


@writers
@pytest.mark.parametrize("kind", sorted(set(PLANTED) - {"a file"}))
def test_this_user_s_file_in_place_of_the_temporary_file_is_not_changed(shared: Path, victim: Path, writer: str, kind: str) -> None:
    place = shared / f".{WRITERS[writer][1]}.rezonate-tmp"
    PLANTED[kind](place, victim)
    before = [_properties(place), _properties(victim)]
    assert "remove it" in _written(writer, shared)
    assert [_properties(place), _properties(victim)] == before


@writers
def test_a_leftover_of_this_user_is_removed_and_not_written_into(shared: Path, writer: str) -> None:
    name = WRITERS[writer][1]
    place = shared / f".{name}.rezonate-tmp"
    place.write_bytes(CONTENT)
    descriptor = os.open(place, os.O_RDONLY)
    assert _written(writer, shared) == ""
    assert os.read(descriptor, 100) == CONTENT
    assert os.fstat(descriptor).st_nlink == 0
    os.close(descriptor)
    assert (shared / name).read_bytes() != CONTENT
    assert [entry for entry in os.listdir(shared) if entry.endswith("-tmp")] == []


@as_root
@writers
@pytest.mark.parametrize("kind", PLANTED)
def test_an_entry_of_another_user_in_place_of_the_file_is_not_followed_and_gets_no_content(
    shared: Path, victim: Path, writer: str, kind: str
) -> None:
    place = shared / WRITERS[writer][1]
    PLANTED[kind](place, victim)
    if kind != "a hard link":
        os.chown(place, OTHER, OTHER, follow_symlinks=False)
    before = [_properties(place), _properties(victim)]
    message = _written(writer, shared)
    assert _properties(victim) == before[1]
    assert sorted(victim.parent.iterdir()) == [shared, victim]
    if message:
        assert _properties(place) == before[0]
    else:
        # a file that others can read contains no secret, and is replaced by a file of this user
        assert (place.stat().st_uid, place.is_symlink(), place.stat().st_nlink) == (os.geteuid(), False, 1)
        assert kind in ("a file", "a hard link")


@as_root
@writers
def test_a_directory_that_another_user_linked_elsewhere_is_not_followed(shared: Path, tmp_path: Path, writer: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (shared / "acme").symlink_to(elsewhere)
    os.chown(shared / "acme", OTHER, OTHER, follow_symlinks=False)
    assert "is a link that another user (uid 12345) made" in _written(writer, shared / "acme")
    assert list(elsewhere.iterdir()) == []


@writers
def test_a_link_of_this_user_is_followed_and_retained(shared: Path, tmp_path: Path, writer: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (shared / "acme").symlink_to("../elsewhere")
    assert _written(writer, shared / "acme") == ""
    assert (shared / "acme").is_symlink()
    assert (tmp_path / "elsewhere" / WRITERS[writer][1]).is_file()


@as_root
@writers
def test_root_writes_through_links_in_a_users_own_directory(tmp_path: Path, writer: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, OTHER, OTHER)
    (home / "there").mkdir()
    (home / "there").chmod(0o775)
    (home / "here").symlink_to("there")
    for path in (home / "there", home / "here"):
        os.chown(path, OTHER, OTHER, follow_symlinks=False)
    assert _written(writer, home / "here") == ""
    assert (home / "there" / WRITERS[writer][1]).is_file()


def test_secrets_and_findings_are_private_and_a_summary_is_not(shared: Path) -> None:
    before = os.umask(0o022)
    try:
        modes = {writer: _mode(writer, shared) for writer in WRITERS}
    finally:
        os.umask(before)
    assert modes == {writer: 0o644 if writer in ("summary", "merged summary", "limit") else 0o600 for writer in WRITERS}


def _mode(writer: str, folder: Path) -> int:
    assert _written(writer, folder) == ""
    return stat.S_IMODE((folder / WRITERS[writer][1]).stat().st_mode)
