# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that is replaced atomically, by one process at a time. Only this file writes files.

The lock is the temporary file itself: it has a fixed name, and the process that holds an flock on the inode with this name
can rename it. The kernel releases the lock of an interrupted process, and the next run removes its temporary file.

Other users may be able to write to the directory. So an existing file is never written to: the temporary file is always
created (``O_EXCL``), a leftover is removed instead of used, and any other file with its name is not touched.
`trusted_path` decides which other entries of such a directory are trusted.
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
from .trusted_path import is_trusted_owner, resolve_trusted_path

ABSENT = "absent"
FILE_MODE = 0o600
PUBLIC_MODE = 0o644

_LOCK_SECONDS = 10.0
_POLL_SECONDS = 0.05
# Without O_NONBLOCK, a FIFO in place of the file would block the run forever.
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
        """The identifier of the content: its SHA-256 hash."""
        return ABSENT if self.data is None else hashlib.sha256(self.data).hexdigest()


@contextlib.contextmanager
def _translate_os_errors(action: str, file: LockedFile) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = f" ({error.filename})" if error.filename not in (None, file.path) else ""
        raise StateError(f"{file.path} can't be {action}: {reason}{where}; correct that or set another {file.option}.") from error


def _sync_directory(directory: str) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a directory.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _make_directories(directory: str, mode: int) -> None:
    """Create the missing directories of a path; ``os.makedirs`` would make the upper ones accessible to other users."""
    if os.path.isdir(directory):
        return
    parent = os.path.dirname(directory)
    _make_directories(parent, mode)
    # Another run may create the same directory.
    with contextlib.suppress(FileExistsError):
        os.mkdir(directory, mode)
        _sync_directory(parent)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class WriteLock:
    """The lock on a file, which permits replacing it.

    Args:
        file: the file.
        descriptor: the temporary file, created by this process, open and locked.
    """

    def __init__(self, file: LockedFile, descriptor: int) -> None:
        self._file = file
        self._descriptor = descriptor
        self.used = False

    def replace(self, data: bytes | None, expected: Snapshot, before_write: Callable[[], None]) -> Snapshot:
        """Replace the content of the file, or remove the file.

        Args:
            data: the content; None removes the file.
            expected: the file as it was read under the lock.
            before_write: called immediately before the change; can raise to prevent it.
        """
        with _translate_os_errors("written", self._file):
            if data is not None:
                self._write_temporary(data, expected.owner)
            # Editors ignore the lock; this reduces the window for conflicts from the time of the encryption to a moment.
            if self._file.read().data != expected.data:
                raise StateError(f"{self._file.path} was changed by another process just now; nothing was written, run again.")
            before_write()
            if data is None:
                os.unlink(self._file.real)
            else:
                self._rename_temporary()
            _sync_directory(self._file.directory)
        return Snapshot() if data is None else Snapshot(data, self._file.mode, expected.owner)

    def overwrite(self, data: bytes) -> None:
        """Replace the content of the file, regardless of its current content."""
        with _translate_os_errors("written", self._file):
            self._write_temporary(data, None)
            with contextlib.suppress(FileNotFoundError):
                self._file.check(os.lstat(self._file.real))
            self._rename_temporary()
            _sync_directory(self._file.directory)

    def _write_temporary(self, data: bytes, owner: tuple[int, int] | None) -> None:
        if self._file.mode == FILE_MODE:
            os.fchmod(self._descriptor, FILE_MODE)  # regardless of the umask
        # Root preserves the owner of the file; other users cannot, and need not.
        if owner and os.geteuid() == 0:
            os.fchown(self._descriptor, *owner)
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        _write_all(self._descriptor, data)
        os.fsync(self._descriptor)

    def _rename_temporary(self) -> None:
        """Rename the temporary file, if it still is the one that was written."""
        if not self._file.is_temporary(self._descriptor):
            raise StateError(f"{self._file.temporary} was replaced by another process just now; nothing was written, run again.")
        os.replace(self._file.temporary, self._file.real)
        self.used = True


class LockedFile:
    """A file by its path; links are followed, so that they are preserved.

    Args:
        path: the path, also for messages.
        max_bytes: the maximum size of a file that is read.
        mode: the permissions of a new file; those of other users are subject to the umask.
        option: the name of the option that holds the path, for messages.
    """

    def __init__(self, path: str, max_bytes: int, mode: int = FILE_MODE, option: str = "'path'") -> None:
        self.path = path
        self.option = option
        self.real = resolve_trusted_path(path, option)
        self.directory, name = os.path.split(self.real)
        self.temporary = os.path.join(self.directory, f".{name}.rezonate-tmp")
        self.mode = mode
        self._max_bytes = max_bytes

    def read(self) -> Snapshot:
        """Read the file; a missing file is no error."""
        with _translate_os_errors("read", self):
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
        """Refuse anything but a regular file."""
        if not stat.S_ISREG(status.st_mode):
            kind = "is a directory" if stat.S_ISDIR(status.st_mode) else "isn't a regular file"
            raise StateError(f"{self.path} {kind}; set {self.option} to a file.")

    def _check_owner(self, status: os.stat_result) -> None:
        if not is_trusted_owner(status.st_uid, self.directory):
            raise StateError(
                f"{self.path} belongs to another user (uid {status.st_uid}), and others can write to its directory:"
                " it is neither read nor written; make yourself its owner with chown if you know its origin,"
                f" or set another {self.option}."
            )

    def repair_permissions(self) -> None:
        """Restrict the permissions of the file to its owner."""
        with _translate_os_errors("made private to its owner", self):
            descriptor = os.open(self.real, os.O_RDONLY | _OPEN_FLAGS)
            try:
                self.check(os.fstat(descriptor))
                os.fchmod(descriptor, FILE_MODE)
            finally:
                os.close(descriptor)

    @contextlib.contextmanager
    def locked(self) -> Iterator[WriteLock]:
        """Hold the lock; wait for it at most `_LOCK_SECONDS`."""
        with _translate_os_errors("written", self):
            # users who can read the file must be able to enter its directory
            _make_directories(self.directory, 0o700 | (self.mode & 0o044) | (self.mode & 0o044) >> 2)
            descriptor = self._lock()
        slot = WriteLock(self, descriptor)
        try:
            yield slot
        finally:
            if not slot.used:
                with contextlib.suppress(OSError):
                    if self.is_temporary(descriptor):
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
        """Create the temporary file and lock it; None if it exists, or if another run removed the new file as a leftover."""
        try:
            descriptor = os.open(self.temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _OPEN_FLAGS, self.mode)
        except FileExistsError:
            return None
        if self._acquire(descriptor):
            return descriptor
        os.close(descriptor)
        return None

    def _remove_leftover(self) -> bool:
        """Remove the temporary file of an interrupted run; return whether the name is free. That of an active run is not removed."""
        try:
            self._check_leftover(os.lstat(self.temporary))
            # For writing, which locks on NFS require; nothing is written.
            descriptor = os.open(self.temporary, os.O_RDWR | _OPEN_FLAGS)
        except FileNotFoundError:
            return True
        try:
            if not self._acquire(descriptor):
                return False
            self._check_leftover(os.fstat(descriptor))
            os.unlink(self.temporary)
        finally:
            os.close(descriptor)
        return True

    def _acquire(self, descriptor: int) -> bool:
        """Lock an open file; return whether that succeeded and the file still has the temporary name."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return self.is_temporary(descriptor)

    def is_temporary(self, descriptor: int) -> bool:
        """Whether an open file has the temporary name; the previous holder of the lock may have renamed it."""
        mine = os.fstat(descriptor)
        try:
            named = os.lstat(self.temporary)
        except FileNotFoundError:
            return False
        return (mine.st_dev, mine.st_ino) == (named.st_dev, named.st_ino)

    def _check_leftover(self, status: os.stat_result) -> None:
        """Refuse a file with the temporary name that wasn't created by a run of this user."""
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or status.st_uid not in self._leftover_owners():
            raise StateError(
                f"{self.temporary} exists, and was not created by a run of this user"
                f" (owner: uid {status.st_uid}). Nothing was written; remove it, and check who else can write to {self.directory}."
            )

    def _leftover_owners(self) -> tuple[int, ...]:
        """The owners of temporary files that a run can create: its user and, for root, the owner of the file."""
        owners = [os.geteuid()]
        if owners == [0]:
            with contextlib.suppress(FileNotFoundError):
                owners.append(os.lstat(self.real).st_uid)
        return tuple(owners)

    def remove_leftovers(self) -> None:
        """Remove the temporary file of an interrupted run, if there is one and no active run holds it; ignore errors."""
        with contextlib.suppress(OSError, StateError):
            self._remove_leftover()


def overwrite_file(path: str, data: bytes, option: str) -> None:
    """Write a file that other users can read, atomically, regardless of its current content.

    Args:
        path: the path.
        data: the content.
        option: the name of the option that holds the path, for messages.

    Raises:
        StateError: it can't be written.
    """
    with LockedFile(path, 0, PUBLIC_MODE, option).locked() as slot:
        slot.overwrite(data)
