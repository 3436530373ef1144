# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private file that is replaced as a whole."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import StateError
from ansible_collections.rezonate.okta.plugins.module_utils._vault import locked_file as _locked_file
from ansible_collections.rezonate.okta.plugins.module_utils._vault.locked_file import LockedFile, Snapshot, WriteLock


def nothing() -> None:
    """A hook that does nothing."""


def interrupt() -> None:
    """End the process without any clean-up, as an interrupted run does."""
    os.kill(os.getpid(), signal.SIGKILL)


def locked_file(path: Path) -> LockedFile:
    return LockedFile(str(path), 1000)


def write(path: Path, data: bytes | None, hook: Callable[[], None] = nothing) -> Snapshot:
    file = locked_file(path)
    with file.locked() as slot:
        return slot.replace(data, file.read(), hook)


def in_child(work: Callable[[], object]) -> int:
    """Run something in its own process; return its exit status."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.vault"


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    return tmp_path / ".x.vault.rezonate-tmp"


@pytest.fixture
def short_lock_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_locked_file, "_LOCK_SECONDS", 0.2)


def test_a_missing_file_has_the_revision_absent(path: Path) -> None:
    assert locked_file(path).read() == Snapshot()
    assert Snapshot().revision == "absent"


def test_written_files_are_private_regardless_of_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "x.vault"
    before = os.umask(0)
    try:
        snapshot = write(path, b"one")
    finally:
        os.umask(before)
    now = locked_file(path).read()
    assert (snapshot.revision, snapshot.mode) == (now.revision, now.mode)
    assert [mode(part) for part in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]
    assert sorted(os.listdir(path.parent)) == ["x.vault"]


def test_the_temporary_file_is_never_open_to_others(path: Path, temporary: Path) -> None:
    temporary.write_bytes(b"left by a killed run, longer than what follows")
    temporary.chmod(0o644)
    seen: list[int] = []
    write(path, b"new", lambda: seen.append(mode(temporary)))
    assert seen == [0o600]
    assert path.read_bytes() == b"new"


def test_a_link_is_followed_and_preserved(tmp_path: Path, path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("x.vault")
    write(link, b"one")
    assert (link.is_symlink(), path.read_bytes()) == (True, b"one")
    write(link, None)
    assert (link.is_symlink(), path.exists()) == (True, False)


@pytest.mark.parametrize("old", [b"old", None])
def test_an_interruption_before_the_replacement_leaves_the_old_file(path: Path, temporary: Path, old: bytes | None) -> None:
    if old is not None:
        write(path, old)
    assert os.WTERMSIG(in_child(lambda: write(path, b"new", interrupt))) == signal.SIGKILL
    assert locked_file(path).read().data == old
    assert temporary.read_bytes() == b"new"
    locked_file(path).remove_leftovers()
    assert not temporary.exists()
    assert locked_file(path).read().data == old


def test_an_interruption_after_the_replacement_leaves_the_new_file(path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, b"old")
    monkeypatch.setattr(_locked_file, "_sync_directory", lambda _directory: interrupt())
    assert os.WTERMSIG(in_child(lambda: write(path, b"new"))) == signal.SIGKILL
    assert (path.read_bytes(), temporary.exists()) == (b"new", False)


def test_the_temporary_file_of_a_running_writer_is_not_removed(path: Path, temporary: Path) -> None:
    with locked_file(path).locked():
        locked_file(path).remove_leftovers()
        assert temporary.exists()
    assert not temporary.exists()


@pytest.mark.usefixtures("short_lock_timeout")
def test_a_second_writer_waits_for_a_limited_time(path: Path) -> None:
    with locked_file(path).locked(), pytest.raises(StateError, match=r"x\.vault is being written by another run"):
        write(path, b"two")


def test_a_writer_that_waited_for_a_lock_does_not_write_into_the_finished_file(path: Path, temporary: Path) -> None:
    file = locked_file(path)
    with file.locked() as slot:
        waiting = os.open(temporary, os.O_RDWR)
        slot.replace(b"one", Snapshot(), nothing)
    fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert not file.is_temporary(waiting)
    os.close(waiting)
    assert path.read_bytes() == b"one"


def test_a_change_by_an_editor_under_the_lock_is_not_overwritten(path: Path, temporary: Path) -> None:
    file = locked_file(path)
    with file.locked() as slot:
        path.write_bytes(b"edited")
        with pytest.raises(StateError, match="changed by another process just now"):
            slot.replace(b"ours", Snapshot(), nothing)
    assert (path.read_bytes(), temporary.exists()) == (b"edited", False)


def test_a_hook_that_fails_prevents_the_change(path: Path, temporary: Path) -> None:
    def fail() -> None:
        raise StateError("The playbook has ended.")

    write(path, b"old")
    for data in (b"new", None):
        with pytest.raises(StateError, match=r"The playbook has ended\."):
            write(path, data, fail)
    assert (path.read_bytes(), temporary.exists()) == (b"old", False)


def test_concurrent_writers_lose_no_change(path: Path) -> None:
    def add() -> None:
        file = locked_file(path)
        with file.locked() as slot:
            now = file.read()
            slot.replace((now.data or b"") + b"x", now, nothing)

    children = []
    for _child in range(8):
        children.append(os.fork())
        if children[-1] == 0:
            try:
                add()
            finally:
                os._exit(0)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
    assert path.read_bytes() == b"x" * 8


@pytest.mark.parametrize("planted", ["symlink", "hard link", "fifo", "directory"])
def test_a_planted_temporary_file_is_not_written_to(tmp_path: Path, path: Path, planted: str) -> None:
    victim, temporary = tmp_path / "victim", tmp_path / ".x.vault.rezonate-tmp"
    victim.write_bytes(b"precious")
    if planted == "symlink":
        temporary.symlink_to(victim)
    elif planted == "hard link":
        temporary.hardlink_to(victim)
    elif planted == "fifo":
        os.mkfifo(temporary)
    else:
        temporary.mkdir()
    with pytest.raises(StateError, match=r"\.x\.vault\.rezonate-tmp"):
        write(path, b"new")
    locked_file(path).remove_leftovers()
    assert (victim.read_bytes(), path.exists(), os.path.lexists(temporary)) == (b"precious", False, True)


@pytest.mark.parametrize("kind", ["directory", "fifo", "large", "below a file"])
def test_an_invalid_vars_file_is_refused(tmp_path: Path, path: Path, kind: str) -> None:
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.write_bytes(b"x" * 1001)
    below = {"below a file": path / "y"}.get(kind, path)
    words = {"directory": "is a directory", "fifo": "isn't a regular file", "large": "larger than", "below a file": "Not a"}
    with pytest.raises(StateError, match=f"^{tmp_path}/x.vault.*{words[kind]}.*'path'"):
        locked_file(below).read()


def test_a_full_disk_leaves_the_old_file(path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    write(path, b"old")
    monkeypatch.setattr(_locked_file, "_write_all", full)
    with pytest.raises(StateError, match=r"x\.vault can't be written: No space left on device"):
        write(path, b"new")
    assert (path.read_bytes(), temporary.exists()) == (b"old", False)


def fail_directory_sync(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Let the sync of a directory fail, but not that of a file."""
    sync = os.fsync

    def failing(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, os.strerror(code))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)


CHANGES: dict[str, Callable[[WriteLock], object]] = {
    "replaced": lambda file: file.replace(b"new", Snapshot(b"old"), nothing),
    "removed": lambda file: file.replace(None, Snapshot(b"old"), nothing),
    "overwritten": lambda file: file.overwrite(b"new"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_directory_that_can_not_be_synced_is_an_error(path: Path, change: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, b"old")
    fail_directory_sync(monkeypatch, code)
    with locked_file(path).locked() as file, pytest.raises(StateError, match=rf"x\.vault can't be written: {os.strerror(code)}"):
        CHANGES[change](file)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_syncs_no_directories_is_no_error(path: Path, change: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, b"old")
    fail_directory_sync(monkeypatch, code)
    with locked_file(path).locked() as file:
        CHANGES[change](file)
    assert locked_file(path).read().data == (None if change == "removed" else b"new")


def test_a_new_directory_that_can_not_be_synced_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_directory_sync(monkeypatch, errno.EIO)
    with pytest.raises(StateError, match=r"x\.vault can't be written: Input/output error"):
        write(path.parent / "new" / path.name, b"new")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_inaccessible_directory_is_an_error(tmp_path: Path, path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StateError, match=r"x\.vault can't be written: Permission denied"):
            write(path, b"new")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a file to its owner")
def test_root_leaves_a_file_to_its_owner(path: Path) -> None:
    write(path, b"old")
    os.chown(path, 12345, 12346)
    write(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12346)
