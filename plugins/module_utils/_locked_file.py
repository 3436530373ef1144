# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private file that is replaced as a whole, by one process at a time.

The lock is the temporary file itself: it has one fixed name, and whoever holds an flock on the inode
that has this name may write it and rename it. The kernel frees the lock of a killed process, so what such
a process left behind is overwritten by the next writer, or swept by the next run that has nothing to write.
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

from ._errors import StateError

ABSENT = "absent"
FILE_MODE = 0o600

_DIRECTORY_MODE = 0o700
_LOCK_SECONDS = 10.0
_POLL_SECONDS = 0.05
# A fifo in place of the file would otherwise block us for good.
_OPEN_FLAGS = os.O_CLOEXEC | os.O_NONBLOCK


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
def _saying(what: str, path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = f" ({error.filename})" if error.filename not in (None, path) else ""
        raise StateError(f"{path} can't be {what}: {reason}{where}; put that right or set another 'path'.") from error


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


def _make_directories(directory: str) -> None:
    """Make what is missing of a directory's path, for its owner only; ``os.makedirs`` would open the upper ones."""
    if os.path.isdir(directory):
        return
    parent = os.path.dirname(directory)
    _make_directories(parent)
    # Another run may be making the same one.
    with contextlib.suppress(FileExistsError):
        os.mkdir(directory, _DIRECTORY_MODE)
        _sync_directory(parent)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class Slot:
    """The right to replace a file, for as long as the lock is held.

    Args:
        file: the file.
        descriptor: the temporary file, open and locked.
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
        with _saying("written", self._file.path):
            if data is not None:
                self._fill(data, expected.owner)
            # Editors don't know our lock; this leaves them a moment instead of the time that encrypting takes.
            if self._file.read().data != expected.data:
                raise StateError(f"{self._file.path} was changed by something else just now; nothing was written, run again.")
            before_write()
            if data is None:
                os.unlink(self._file.real)
            else:
                os.replace(self._file.temporary, self._file.real)
                self.used = True
            _sync_directory(self._file.directory)
        return Snapshot() if data is None else Snapshot(data, FILE_MODE, expected.owner)

    def _fill(self, data: bytes, owner: tuple[int, int] | None) -> None:
        os.fchmod(self._descriptor, FILE_MODE)
        # Root writing a user's file leaves it to that user; nobody else can, and needn't.
        if owner and os.geteuid() == 0:
            os.fchown(self._descriptor, *owner)
        os.ftruncate(self._descriptor, 0)
        _write_all(self._descriptor, data)
        os.fsync(self._descriptor)


class LockedFile:
    """A file by its path; links are followed, so that they stay.

    Args:
        path: the path, for messages and to be followed.
        max_bytes: a larger file isn't read.
    """

    def __init__(self, path: str, max_bytes: int) -> None:
        self.path = path
        self.real = os.path.realpath(path)
        self.directory, name = os.path.split(self.real)
        self.temporary = os.path.join(self.directory, f".{name}.rezonate-tmp")
        self._max_bytes = max_bytes

    def read(self) -> Snapshot:
        """Read the file; a missing one is no error."""
        with _saying("read", self.path):
            try:
                descriptor = os.open(self.real, os.O_RDONLY | _OPEN_FLAGS)
            except FileNotFoundError:
                return Snapshot()
            try:
                status = os.fstat(descriptor)
                self._check(status)
                with os.fdopen(descriptor, "rb", closefd=False) as stream:
                    data = stream.read(self._max_bytes + 1)
            finally:
                os.close(descriptor)
        if len(data) > self._max_bytes:
            raise StateError(f"{self.path} is larger than {self._max_bytes} bytes, too large for what it should hold; set another 'path'.")
        return Snapshot(data, stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid))

    def _check(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            kind = "is a directory" if stat.S_ISDIR(status.st_mode) else "isn't a regular file"
            raise StateError(f"{self.path} {kind}; set 'path' to a file.")

    def repair(self) -> None:
        """Give the file the permissions that it should have."""
        with _saying("made private to its owner", self.path):
            os.chmod(self.real, FILE_MODE)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Slot]:
        """Hold the lock; wait for it, but not for long."""
        with _saying("written", self.path):
            _make_directories(self.directory)
            descriptor = self._lock()
        slot = Slot(self, descriptor)
        try:
            yield slot
        finally:
            if not slot.used:
                with contextlib.suppress(OSError):
                    os.unlink(self.temporary)
            os.close(descriptor)

    def _lock(self) -> int:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            descriptor = self._try_lock(os.O_CREAT)
            if descriptor is not None:
                return descriptor
            if time.monotonic() > deadline:
                raise StateError(f"{self.path} is being written by another run; nothing was written, run again when that has ended.")
            time.sleep(_POLL_SECONDS)

    def _try_lock(self, flags: int) -> int | None:
        """Open and lock the temporary file; None if another has it, or had it a moment ago."""
        # Not truncated: as long as the lock isn't ours this may be another's, or by now the file itself.
        descriptor = os.open(self.temporary, os.O_RDWR | os.O_NOFOLLOW | _OPEN_FLAGS | flags, FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._is_named(descriptor):
                return descriptor
        except BlockingIOError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None

    def _is_named(self, descriptor: int) -> bool:
        """Say whether the open file still is the one with the temporary name; whoever held it may have renamed it."""
        mine = os.fstat(descriptor)
        try:
            named = os.stat(self.temporary, follow_symlinks=False)
        except FileNotFoundError:
            return False
        if (mine.st_dev, mine.st_ino) != (named.st_dev, named.st_ino):
            return False
        if not stat.S_ISREG(mine.st_mode) or mine.st_nlink != 1:
            # Writing to it would write to some other file as well.
            raise StateError(f"{self.temporary} isn't ours to use, though it has the name; remove it.")
        return True

    def sweep(self) -> None:
        """Remove what a killed run left, unless a living one is at work; nothing depends on it."""
        with contextlib.suppress(OSError, StateError):
            descriptor = self._try_lock(0)
            if descriptor is not None:
                try:
                    os.unlink(self.temporary)
                finally:
                    os.close(descriptor)
