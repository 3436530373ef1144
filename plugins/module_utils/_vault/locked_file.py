# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that is replaced as a whole, by one process at a time; the one place that writes files.

The lock is the temporary file itself: it has one fixed name, and whoever holds an flock on the inode that has this name
may rename it. The kernel frees the lock of a killed process, and the next run removes what such a process left.

Other users may be able to write to the directory. So nothing is ever written into a file that was there before: the
temporary file is always created (``O_EXCL``), a leftover is removed instead of used, and what has its name but isn't a
leftover is left alone. `_trusted_path` says what else of such a directory is relied on.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .._core.errors import StateError
from .trusted_path import resolved, trusted

ABSENT = "absent"
FILE_MODE = 0o600
PUBLIC_MODE = 0o644

_LOCK_SECONDS = 10.0
_POLL_SECONDS = 0.05
# A fifo in place of the file would otherwise block the run for good.
_OPEN_FLAGS = os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW


@dataclass(frozen=True)
class Snapshot:
    """A file at one moment.

    Args:
        data: its bytes; None if there is no file.
        mode: its permissions; None if there is no file.
        owner: its user and group; None if there is no file.
    """

    data: bytes | None = None
    mode: int | None = None
    owner: tuple[int, int] | None = None

    @property
    def revision(self) -> str:
        """What the content is recognised by later."""
        return ABSENT if self.data is None else hashlib.sha256(self.data).hexdigest()


@contextlib.contextmanager
def _saying(what: str, file: LockedFile) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = f" ({error.filename})" if error.filename not in (None, file.path) else ""
        raise StateError(f"{file.path} can't be {what}: {reason}{where}; put that right or set another {file.option}.") from error


def _sync_directory(directory: str) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems have nothing to sync in a directory, and say so.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _make_directories(directory: str, mode: int) -> None:
    """Make what is missing of a directory's path; ``os.makedirs`` would open the upper ones to others."""
    if os.path.isdir(directory):
        return
    parent = os.path.dirname(directory)
    _make_directories(parent, mode)
    # Another run may be making the same one.
    with contextlib.suppress(FileExistsError):
        os.mkdir(directory, mode)
        _sync_directory(parent)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class Slot:
    """The right to replace a file, for as long as the lock is held.

    Args:
        file: the file.
        descriptor: the temporary file, made by this process, open and locked.
    """

    def __init__(self, file: LockedFile, descriptor: int) -> None:
        self._file = file
        self._descriptor = descriptor
        self.used = False

    def replace(self, data: bytes | None, expected: Snapshot, before_write: Callable[[], None]) -> Snapshot:
        """Give the file a new content, or take it away.

        Args:
            data: the content; None takes the file away.
            expected: the file as it was read under the lock.
            before_write: called last before the change; may raise to prevent it.
        """
        with _saying("written", self._file):
            if data is not None:
                self._fill(data, expected.owner)
            # Editors don't know our lock; this leaves them a moment instead of the time that encrypting takes.
            if self._file.read().data != expected.data:
                raise StateError(f"{self._file.path} was changed by something else just now; nothing was written, run again.")
            before_write()
            if data is None:
                os.unlink(self._file.real)
            else:
                self._put_in_place()
            _sync_directory(self._file.directory)
        return Snapshot() if data is None else Snapshot(data, self._file.mode, expected.owner)

    def overwrite(self, data: bytes) -> None:
        """Give the file a new content, whatever it holds now."""
        with _saying("written", self._file):
            self._fill(data, None)
            with contextlib.suppress(FileNotFoundError):
                self._file.check(os.lstat(self._file.real))
            self._put_in_place()
            _sync_directory(self._file.directory)

    def _fill(self, data: bytes, owner: tuple[int, int] | None) -> None:
        if self._file.mode == FILE_MODE:
            os.fchmod(self._descriptor, FILE_MODE)  # whatever the umask
        # Root writing a user's file leaves it to that user; nobody else can, and needn't.
        if owner and os.geteuid() == 0:
            os.fchown(self._descriptor, *owner)
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        _write_all(self._descriptor, data)
        os.fsync(self._descriptor)

    def _put_in_place(self) -> None:
        """Rename the temporary file, if it still is the one that was written."""
        if not self._file.is_named(self._descriptor):
            raise StateError(f"{self._file.temporary} was exchanged by something else just now; nothing was written, run again.")
        os.replace(self._file.temporary, self._file.real)
        self.used = True


class LockedFile:
    """A file by its path; links are followed, so that they stay.

    Args:
        path: the path, for messages and to be followed.
        max_bytes: a larger file isn't read.
        mode: the permissions of a new file; those that others share are subject to the umask.
        option: what the user calls the path, for messages.
    """

    def __init__(self, path: str, max_bytes: int, mode: int = FILE_MODE, option: str = "'path'") -> None:
        self.path = path
        self.option = option
        self.real = resolved(path, option)
        self.directory, name = os.path.split(self.real)
        self.temporary = os.path.join(self.directory, f".{name}.rezonate-tmp")
        self.mode = mode
        self._max_bytes = max_bytes

    def read(self) -> Snapshot:
        """Read the file; a missing one is no error."""
        with _saying("read", self):
            try:
                descriptor = os.open(self.real, os.O_RDONLY | _OPEN_FLAGS)
            except FileNotFoundError:
                return Snapshot()
            try:
                status = os.fstat(descriptor)
                self.check(status)
                self._check_owner(status)
                with os.fdopen(descriptor, "rb", closefd=False) as stream:
                    data = stream.read(self._max_bytes + 1)
            finally:
                os.close(descriptor)
        if len(data) > self._max_bytes:
            raise StateError(
                f"{self.path} is larger than {self._max_bytes} bytes, too large for what it should hold; set another {self.option}."
            )
        return Snapshot(data, stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid))

    def check(self, status: os.stat_result) -> None:
        """Refuse what isn't a file."""
        if not stat.S_ISREG(status.st_mode):
            kind = "is a directory" if stat.S_ISDIR(status.st_mode) else "isn't a regular file"
            raise StateError(f"{self.path} {kind}; set {self.option} to a file.")

    def _check_owner(self, status: os.stat_result) -> None:
        if not trusted(status.st_uid, self.directory):
            raise StateError(
                f"{self.path} belongs to another user (uid {status.st_uid}), and others can write to its directory:"
                " it is neither read nor written; make it yours with chown if you know where it is from,"
                f" or set another {self.option}."
            )

    def repair(self) -> None:
        """Give the file the permissions that it should have."""
        with _saying("made private to its owner", self):
            descriptor = os.open(self.real, os.O_RDONLY | _OPEN_FLAGS)
            try:
                self.check(os.fstat(descriptor))
                os.fchmod(descriptor, FILE_MODE)
            finally:
                os.close(descriptor)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Slot]:
        """Hold the lock; wait for it, but not for long."""
        with _saying("written", self):
            # who may read a file may enter its directory
            _make_directories(self.directory, 0o700 | (self.mode & 0o044) | (self.mode & 0o044) >> 2)
            descriptor = self._lock()
        slot = Slot(self, descriptor)
        try:
            yield slot
        finally:
            if not slot.used:
                with contextlib.suppress(OSError):
                    if self.is_named(descriptor):
                        os.unlink(self.temporary)
            os.close(descriptor)

    def _lock(self) -> int:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            descriptor = self._create()
            if descriptor is not None:
                return descriptor
            if time.monotonic() > deadline:
                raise StateError(f"{self.path} is being written by another run; nothing was written, run again when that has ended.")
            if not self._remove_leftover():
                time.sleep(_POLL_SECONDS)

    def _create(self) -> int | None:
        """Make the temporary file and lock it; None if there is one, or another run took the new one for a leftover."""
        try:
            descriptor = os.open(self.temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _OPEN_FLAGS, self.mode)
        except FileExistsError:
            return None
        if self._holds(descriptor):
            return descriptor
        os.close(descriptor)
        return None

    def _remove_leftover(self) -> bool:
        """Remove what a killed run left; say whether there is nothing in the way now. A run that lives keeps its file."""
        try:
            self._check_leftover(os.lstat(self.temporary))
            # For writing, since NFS locks nothing else; it isn't written to.
            descriptor = os.open(self.temporary, os.O_RDWR | _OPEN_FLAGS)
        except FileNotFoundError:
            return True
        try:
            if not self._holds(descriptor):
                return False
            self._check_leftover(os.fstat(descriptor))
            os.unlink(self.temporary)
        finally:
            os.close(descriptor)
        return True

    def _holds(self, descriptor: int) -> bool:
        """Lock an open file; say whether that worked, and it still is the one with the temporary name."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return self.is_named(descriptor)

    def is_named(self, descriptor: int) -> bool:
        """Say whether an open file is the one with the temporary name; whoever held it may have renamed it."""
        mine = os.fstat(descriptor)
        try:
            named = os.lstat(self.temporary)
        except FileNotFoundError:
            return False
        return (mine.st_dev, mine.st_ino) == (named.st_dev, named.st_ino)

    def _check_leftover(self, status: os.stat_result) -> None:
        """Refuse what has the temporary name, but wasn't left by a run of this user."""
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or status.st_uid not in self._writers():
            raise StateError(
                f"{self.temporary} is in the way: it isn't a file that a run of this user left"
                f" (owner: uid {status.st_uid}). Nothing was written; remove it, and look who else can write to {self.directory}."
            )

    def _writers(self) -> tuple[int, ...]:
        """Whose files a run leaves: its own, and as root those of the user whose file it writes."""
        owners = [os.geteuid()]
        if owners == [0]:
            with contextlib.suppress(FileNotFoundError):
                owners.append(os.lstat(self.real).st_uid)
        return tuple(owners)

    def sweep(self) -> None:
        """Remove what a killed run left, unless a living one is at work; nothing depends on it."""
        with contextlib.suppress(OSError, StateError):
            self._remove_leftover()


def overwrite(path: str, data: bytes, option: str) -> None:
    """Write a file that others may read, as a whole and safely, whatever it holds now.

    Args:
        path: the path.
        data: the content.
        option: what the user calls the path, for messages.

    Raises:
        StateError: it can't be written.
    """
    with LockedFile(path, 0, PUBLIC_MODE, option).locked() as slot:
        slot.overwrite(data)
