# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in an encrypted file."""

from __future__ import annotations

import base64
import os
import shlex
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._vault import vars_file
from ansible_collections.rezonate.okta.plugins.module_utils._vault.vars_file import manage_vars_file, read_vars_file

SECRET = "long-and-made-up-secret-29475629"
ABSENT: dict[str, Any] = {"variables": None, "state": "absent"}
HEADER = b"$ANSIBLE_VAULT;"


@dataclass
class FakeSeal:
    """Encodes with Base64 and a salt, in place of Ansible Vault."""

    vault_id: str = "default"
    is_typed_once: bool = False

    def encrypt(self, plaintext: bytes) -> bytes:
        return HEADER + b"\n".join([self.vault_id.encode(), os.urandom(8).hex().encode(), base64.b64encode(plaintext)])


@dataclass
class FakeCipher:
    """Accepts any vault id; that of a file is in its header."""

    is_typed_once: bool = False

    def decrypt(self, ciphertext: bytes, _path: str) -> tuple[bytes, FakeSeal]:
        vault_id, _salt, content = ciphertext.removeprefix(HEADER).split(b"\n")
        return base64.b64decode(content), FakeSeal(vault_id.decode())

    def encryptor(self, vault_id: str | None) -> FakeSeal:
        return FakeSeal(vault_id or "default", self.is_typed_once)


class File:
    """A file, with methods that read it and run the module on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.temporary = path.parent / f".{path.name}.rezonate-tmp"
        self.warnings: list[str] = []

    def put(self, text: str, vault_id: str = "default") -> None:
        self.path.write_bytes(FakeSeal(vault_id).encrypt(text.encode()))
        self.path.chmod(0o600)

    def text(self) -> str:
        return FakeCipher().decrypt(self.path.read_bytes(), "")[0].decode()

    def run(self, *, check: bool = False, is_typed_once: bool = False, hook: Callable[[], None] = lambda: None, **options: Any) -> Outcome:
        params = {"variables": {"a": SECRET}, "state": "present", "names": None, "expected_revision": None}
        params |= {"path": str(self.path), "ciphertext": None, "vault_id": None, "backup": False, **options}
        return manage_vars_file(Call(params, check, self.warnings.append, hook), FakeCipher(is_typed_once))

    def read(self, **options: Any) -> Outcome:
        return self.run(state="read", variables=None, **options)

    def info(self, **options: Any) -> Outcome:
        params = {"path": str(self.path), "ciphertext": None, "names": None, "expected_revision": None, **options}
        return read_vars_file(Call(params, False, self.warnings.append), FakeCipher())


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "x.vault")


def test_a_new_file_contains_the_variables(file: File) -> None:
    outcome = file.run(vault_id="prod")
    assert outcome.changed
    assert file.text() == f"---\na: {SECRET}\n"
    values = dict(outcome.values)
    assert values.pop("revision") == file.read().values["revision"]
    assert values == {
        "path": str(file.path), "exists": True, "vault_id": "prod", "names": ["a"], "changed_names": ["a"],
        "view_command": f"ansible-vault view --vault-id prod@prompt {file.path}",
    }  # fmt: skip


def test_the_same_content_is_not_written_again(file: File) -> None:
    file.run()
    before = (file.path.read_bytes(), file.path.stat())
    outcome = file.run()
    assert (outcome.changed, outcome.values["changed_names"]) == (False, [])
    assert (file.path.read_bytes(), file.path.stat()) == before
    assert outcome.before == outcome.after


def test_a_value_is_replaced_and_others_are_retained(file: File) -> None:
    file.put("z: !vault 'x'\na: {old: 1}\n", "prod")
    outcome = file.run(variables={"a": {"new": 2}, "b": None}, vault_id="other")
    assert file.text() == "---\nz: !vault 'x'\na:\n  new: 2\nb: null\n"
    assert outcome.values["changed_names"] == ["a", "b"]
    assert outcome.values["vault_id"] == "prod"


def test_an_empty_request_creates_an_empty_file_once(file: File) -> None:
    assert file.run(variables={}).changed
    assert not file.run(variables={}).changed
    assert file.read().values["variables"] == {}


def test_names_are_removed(file: File) -> None:
    file.put("a: 1\nb: 2\n")
    outcome = file.run(**ABSENT, names=["a", "unknown"])
    assert (outcome.changed, file.text(), outcome.values["names"]) == (True, "---\nb: 2\n", ["b"])
    assert not file.run(**ABSENT, names=["a", "unknown"]).changed


def test_an_empty_list_of_names_removes_nothing(file: File) -> None:
    file.put("a: 1\n")
    assert not file.run(**ABSENT, names=[]).changed
    assert file.path.exists()


def test_the_file_is_removed(file: File) -> None:
    file.put("a: 1\n")
    outcome = file.run(**ABSENT)
    assert (outcome.changed, file.path.exists(), file.temporary.exists()) == (True, False, False)
    assert (outcome.values["exists"], outcome.values["revision"]) == (False, "absent")
    assert not file.run(**ABSENT).changed


@pytest.mark.parametrize("options", [{}, {**ABSENT, "names": ["a"]}, ABSENT, {**ABSENT, "state": "read"}])
@pytest.mark.parametrize("content", [b"a: plain\n", b"", b"\xff\x00"])
def test_a_file_that_is_not_encrypted_is_not_changed(file: File, options: dict[str, Any], content: bytes) -> None:
    file.path.write_bytes(content)
    with pytest.raises(StateError, match=r"isn't encrypted with Ansible Vault.*'ansible-vault encrypt /"):
        file.run(**options)
    assert file.path.read_bytes() == content


def test_a_missing_file_reads_as_empty(file: File) -> None:
    outcome = file.read(vault_id="prod")
    assert outcome.values == {
        "path": str(file.path), "exists": False, "revision": "absent", "vault_id": "prod", "names": [],
        "variables": {}, "unreadable": [], "lasts": True, "view_command": f"ansible-vault view --vault-id prod@prompt {file.path}",
    }  # fmt: skip


def test_a_file_is_read(file: File) -> None:
    file.put("a: 1\nb: [x]\n")
    outcome = file.read()
    assert (outcome.changed, outcome.values["variables"]) == (False, {"a": 1, "b": ["x"]})
    assert file.read(names=["b", "c"]).values["variables"] == {"b": ["x"]}
    assert file.read(names=[]).values["variables"] == {}


def test_an_unreadable_variable_is_reported_unless_it_is_requested(file: File) -> None:
    file.put("a: 1\nb: !vault x\n")
    outcome = file.read()
    assert (outcome.values["variables"], outcome.values["unreadable"]) == ({"a": 1}, ["b"])
    assert "sets b with YAML that only Ansible itself can read" in file.warnings[0]
    assert file.read(names=["a"]).values["unreadable"] == []
    with pytest.raises(StateError, match="sets b with YAML"):
        file.read(names=["a", "b"])


@pytest.mark.parametrize("options", [{}, {"variables": {"old": 2}}, {**ABSENT, "names": ["old"]}, ABSENT, {"variables": {"old": 1}}])
@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_check_mode_predicts_and_writes_nothing(file: File, options: dict[str, Any], mode: int) -> None:
    file.put("old: 1\n")
    file.path.chmod(mode)
    file.temporary.write_bytes(b"stale")
    before = (file.path.read_bytes(), file.path.stat())
    predicted = file.run(check=True, **options)
    assert (file.path.read_bytes(), file.path.stat(), file.temporary.exists()) == (*before, True)
    assert predicted.values["revision"] == file.read(check=True).values["revision"]
    done = file.run(**options)
    assert (predicted.changed, predicted.before, predicted.after) == (done.changed, done.before, done.after)
    assert predicted.values["changed_names"] == done.values["changed_names"]
    assert not file.run(**options).changed


def test_check_mode_creates_no_file(tmp_path: Path) -> None:
    file = File(tmp_path / "sub" / "x.vault")
    outcome = file.run(check=True)
    assert (outcome.changed, outcome.values["exists"], list(tmp_path.iterdir())) == (True, False, [])


def test_the_diff_contains_names_only(file: File) -> None:
    file.put("a: old-and-made-up-4711\nb: 1\n")
    outcome = file.run(variables={"a": SECRET, "c": 1}, check=True)
    where = {"path": str(file.path), "exists": True}
    assert outcome.before == where | {"variables": {"a": "hidden"}}
    assert outcome.after == where | {"variables": {"a": "hidden, changed", "c": "hidden, added"}}
    outcome = file.run(**ABSENT, names=["b"])
    assert (outcome.before, outcome.after) == (where | {"variables": {"b": "hidden"}}, where | {"variables": {}})


def test_an_open_file_is_made_private(file: File) -> None:
    file.put(f"a: {SECRET}\n")
    file.path.chmod(0o644)
    content = file.path.read_bytes()
    assert not file.read().changed
    outcome = file.run()
    assert (outcome.changed, file.path.read_bytes(), file.path.stat().st_mode & 0o777) == (True, content, 0o600)
    assert (outcome.before or {})["mode"] == "0644"


@pytest.mark.parametrize("options", [{}, {**ABSENT, "names": ["a"]}, ABSENT, {**ABSENT, "state": "read"}])
@pytest.mark.parametrize("check", [True, False])
def test_another_revision_is_refused(file: File, options: dict[str, Any], check: bool) -> None:
    file.put("a: 1\n")
    content = file.path.read_bytes()
    for revision in ("absent", "0" * 64):
        with pytest.raises(StateError, match=r"has changed since .*run again"):
            file.run(expected_revision=revision, check=check, **options)
    assert file.path.read_bytes() == content


def test_the_right_revision_is_accepted(file: File) -> None:
    first = file.run(expected_revision="absent")
    second = file.run(expected_revision=first.values["revision"], variables={"b": 1})
    assert file.run(expected_revision=second.values["revision"], **ABSENT).values["revision"] == "absent"


def test_a_change_between_plan_and_lock_causes_a_new_plan(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    encrypt = FakeSeal.encrypt

    def meanwhile(seal: FakeSeal, plaintext: bytes) -> bytes:
        monkeypatch.undo()
        file.put("b: theirs\n")
        return encrypt(seal, plaintext)

    file.put("a: 1\n")
    monkeypatch.setattr(FakeSeal, "encrypt", meanwhile)
    outcome = file.run()
    assert file.text() == f"---\nb: theirs\na: {SECRET}\n"
    assert outcome.values["names"] == ["a", "b"]


def race(file: File, revision: str | None) -> list[int]:
    """Let two processes write concurrently; return their exit codes, 3 for a refused revision."""
    start, release = os.pipe()
    children = []
    for name in ("one", "two"):
        children.append(os.fork())
        if children[-1]:
            continue
        code = 4
        try:
            os.close(release)
            os.read(start, 1)
            file.run(variables={name: name}, expected_revision=revision)
            code = 0
        except StateError as error:
            code = 3 if "has changed since" in str(error) else 5
        finally:
            os._exit(code)
    os.close(release)
    os.close(start)
    return sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def test_one_of_two_writers_that_expect_the_same_revision_succeeds(file: File) -> None:
    for _turn in range(10):
        file.put("zero: 0\n")
        assert race(file, file.read().values["revision"]) == [0, 3]
        assert len(file.read().values["names"]) == 2
        assert not file.temporary.exists()


def test_without_an_expected_revision_both_changes_are_preserved(file: File) -> None:
    for _turn in range(10):
        file.put("zero: 0\n")
        assert race(file, None) == [0, 0]
        assert file.read().values["names"] == ["one", "two", "zero"]


@pytest.mark.parametrize("state", ["present", "read"])
def test_the_leftovers_of_an_interrupted_run_are_removed_by_the_next(file: File, state: str) -> None:
    file.put("a: 1\n")
    content = file.path.read_bytes()
    child = os.fork()
    if child == 0:
        try:
            file.run(hook=lambda: os.kill(os.getpid(), signal.SIGKILL))
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert file.path.read_bytes() == content
    assert SECRET.encode() not in file.temporary.read_bytes()
    assert not file.run(state=state, variables={"a": 1} if state == "present" else None).changed
    assert (file.path.read_bytes(), file.temporary.exists()) == (content, False)


def test_a_password_typed_once_is_to_be_tried(file: File, tmp_path: Path) -> None:
    file.run(is_typed_once=True, vault_id="prod", check=True)
    assert file.warnings == []
    file.run(is_typed_once=True, vault_id="prod")
    assert f"ansible-vault view --vault-id prod@prompt {tmp_path}/x.vault" in file.warnings[0]
    file.run(is_typed_once=True, variables={"b": 1})
    assert len(file.warnings) == 1


@pytest.mark.parametrize("state", ["absent", "read"])
def test_variables_with_another_state_are_refused(file: File, state: str) -> None:
    file.put("a: 1\n")
    with pytest.raises(InputError, match="requires 'state: present'"):
        file.run(state=state)
    assert file.path.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"expected_revision": "sha"}, "'expected_revision' must be a 'revision'"),
        ({"path": ""}, "'path' must be the path of a file"),
        ({"path": "a\0b"}, "'path' must be the path of a file"),
        ({"path": "~no-such-user-here/x"}, "'path' must be the path of a file"),
        ({"variables": {"not a name": 1}}, "'not a name' in 'variables' isn't a name"),
        ({"variables": {"a": {1, 2}}}, "The variable a in 'variables' "),
    ],
)
def test_inconsistent_options_are_refused(file: File, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        file.run(**options)


def test_a_relative_path_starts_at_the_working_directory(file: File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert file.run(path="sub/../x.vault").values["path"] == str(file.path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not file.run(path="~/x.vault").changed


def test_a_file_that_is_too_large_to_be_read_back_is_not_written(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vars_file, "MAX_BYTES", 1000)
    with pytest.raises(InputError, match="would exceed 1000 bytes"):
        file.run(variables={"a": "x" * 1000})
    assert not file.path.exists()


@pytest.mark.parametrize("content", [SECRET + ": [", "a: \udcff" + SECRET])
def test_invalid_content_is_neither_changed_nor_shown(file: File, content: str) -> None:
    file.path.write_bytes(FakeSeal().encrypt(content.encode(errors="surrogateescape")))
    before = file.path.read_bytes()
    with pytest.raises(StateError, match="can be decrypted, but isn't") as caught:
        file.run()
    assert SECRET not in str(caught.value)
    assert file.path.read_bytes() == before


@pytest.mark.parametrize("damage", ["content", "label", "unreadable"])
def test_variables_that_cannot_be_read_back_are_not_written(tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def decrypt(_self: FakeCipher, _ciphertext: bytes, _path: str) -> tuple[bytes, FakeSeal]:
        if damage == "unreadable":
            raise StateError("It can't be decrypted.")
        return (b"other" if damage == "content" else b"---\na: " + SECRET.encode() + b"\n", FakeSeal("cl"))

    monkeypatch.setattr(FakeCipher, "decrypt", decrypt)
    file = File(tmp_path / "x.vault")
    with pytest.raises(StateError, match=r"What was encrypted for .*x\.vault.*read back.*nothing was written") as caught:
        file.run(vault_id="clé")
    assert SECRET not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_text_that_can_not_be_read_back_is_not_returned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeCipher, "decrypt", lambda *_args: (b"other", FakeSeal()))
    with pytest.raises(StateError, match="nothing was written"):
        File(tmp_path / "x.vault").run(ciphertext="")


# Vault id, name of the file, the arguments of `ansible-vault view`.
COMMANDS = {
    "default": ("default", "x.vault", []),
    "plain": ("rz", "x.vault", ["--vault-id", "rz@prompt"]),
    "blank": ("a b", "x y.vault", ["--vault-id", "a b@prompt"]),
    "shell": ("$(id)", "it's; $(id).vault", ["--vault-id", "$(id)@prompt"]),
    "dash": ("-x", "x.vault", ["--vault-id=-x@prompt"]),
    "at": ("a@b", "x.vault", ["--ask-vault-pass"]),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_the_command_that_shows_the_file_is_quoted_for_the_shell(tmp_path: Path, case: str) -> None:
    vault_id, name, words = COMMANDS[case]
    file = File(tmp_path / name)
    command = file.run(vault_id=vault_id, is_typed_once=True).values["view_command"]
    assert shlex.split(command) == ["ansible-vault", "view", *words, str(tmp_path / name)]
    assert file.warnings[0].endswith(command)
    assert file.run(state="read", variables=None).values["view_command"] == command


def test_a_text_is_shown_from_a_file_with_it(tmp_path: Path) -> None:
    command = File(tmp_path / "x").run(ciphertext="", vault_id="a b").values["view_command"]
    assert command == "ansible-vault view --vault-id 'a b@prompt' FILE, a file with that text"


def test_a_removed_file_has_no_view_command(tmp_path: Path) -> None:
    assert File(tmp_path / "x").run(**ABSENT).values["view_command"] is None


@pytest.mark.parametrize("options", [ABSENT, {"state": "absent", "variables": None, "names": ["a"]}, {"variables": {"b": 1}}])
def test_a_backup_has_the_content_before_the_change(file: File, options: dict[str, Any]) -> None:
    file.put(f"a: {SECRET}\nc: 1\n")
    before = file.path.read_bytes()
    checked = file.run(check=True, backup=True, **options)
    assert [entry.name for entry in file.path.parent.iterdir()] == [file.path.name]
    done = file.run(backup=True, **options)
    backup = Path(done.values["backup_file"])
    assert (backup.read_bytes(), backup.stat().st_mode & 0o777) == (before, 0o600)
    assert checked.values["backup_file"] == str(backup)


def test_without_a_change_there_is_no_backup(file: File) -> None:
    file.put(f"a: {SECRET}\n")
    assert "backup_file" not in file.run(backup=True).values
    assert [entry.name for entry in file.path.parent.iterdir()] == [file.path.name]


def test_a_backup_is_not_written_into_a_file_that_another_user_planted(file: File) -> None:
    file.put(f"a: {SECRET}\n")
    revision = file.read().values["revision"]
    planted = file.path.parent / f".{file.path.name}.{revision[:12]}.backup.rezonate-tmp"
    planted.symlink_to(file.path.parent / "elsewhere")
    with pytest.raises(StateError, match=r"rezonate-tmp exists, and"):
        file.run(backup=True, **ABSENT)
    assert file.path.exists()


def test_a_text_has_no_backup(file: File) -> None:
    with pytest.raises(InputError, match=r"^'backup' can't be used with 'ciphertext'"):
        file.run(ciphertext="", backup=True)


def test_the_info_module_returns_the_same_and_leaves_the_directory_unchanged(file: File) -> None:
    file.run(variables={"a": SECRET, "b": 1})
    file.temporary.write_bytes(b"of an interrupted run")
    assert file.info(names=["a"]).values == {**file.info().values, "variables": {"a": SECRET}}
    assert file.temporary.exists()
    assert file.info().values == file.read().values
    assert not file.temporary.exists()


def test_the_info_module_reads_a_missing_file_as_one_without_variables(file: File) -> None:
    assert (file.info().values["exists"], file.info().values["variables"]) == (False, {})
    with pytest.raises(StateError, match="has changed since its 'expected_revision' was read"):
        file.info(expected_revision="0" * 64)
