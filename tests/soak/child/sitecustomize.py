# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For processes with this directory in PYTHONPATH: a clock that is shared with the emulator, and steps of file writing to stop at.

Waiting only moves the shared clock, which is otherwise slow. So a run that searches for a minute takes no time, list lag still applies,
and the load of the machine has no influence.
"""

from __future__ import annotations

import _thread
import datetime as dt
import fcntl
import os
import struct
import time
from typing import Any

_FORMAT = struct.Struct("3d")  # see `control_node.Clock`
_SHORT = 0.2  # seconds; short pauses of Ansible itself are real, so that other processes can work
_RECORD = 20
_sleep, _time, _monotonic = time.sleep, time.time, time.monotonic


class _Clock:
    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()

    def open(self) -> None:
        self._file = os.open(os.environ["REZONATE_SOAK_CLOCK"], os.O_RDWR | os.O_CLOEXEC)

    def read(self) -> tuple[float, ...]:
        return _FORMAT.unpack(os.pread(self._file, _FORMAT.size, 0))

    def sleep(self, seconds: float) -> None:
        if seconds < _SHORT:
            _sleep(seconds)
            return
        until = self.read()[2] + seconds
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            # concurrent processes wait at the same time
            start, pace, waited = self.read()
            os.pwrite(self._file, _FORMAT.pack(start, pace, max(waited, until)), 0)
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        _sleep(0.01)

    def time(self) -> float:
        start, pace, waited = self.read()
        return start + (_time() - start) * pace + waited

    def monotonic(self) -> float:
        return _monotonic() + self.read()[2]


def _share_clock(clock: _Clock) -> None:
    real = dt.datetime

    class _Kind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, real)

    class SharedDatetime(dt.datetime, metaclass=_Kind):
        """Ansible's `now()` calls this class, which uses the C library and not `time.time`."""

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(clock.time(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(clock.time(), dt.timezone.utc).replace(tzinfo=None)

    time.sleep, time.time, time.monotonic = clock.sleep, clock.time, clock.monotonic  # type: ignore[assignment]
    dt.datetime = SharedDatetime  # type: ignore[misc]


class _Steps:
    """Steps of writing a vault file, numbered across all processes of a run; stops at one of them."""

    def __init__(self, path: str, stop_at: int) -> None:
        self._path = path
        self._stop_at = stop_at
        self._open, self._write, self._fsync = os.open, os.write, os.fsync
        self._replace, self._mkdir = os.replace, os.mkdir

    def watch(self) -> None:
        os.open, os.write, os.fsync = self.open, self.write, self.fsync  # type: ignore[assignment]
        os.replace, os.mkdir = self.replace, self.mkdir  # type: ignore[assignment]

    def step(self, name: str) -> None:
        descriptor = self._open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._write(descriptor, name.ljust(_RECORD - 1).encode() + b"\n")
        number = os.fstat(descriptor).st_size // _RECORD
        os.close(descriptor)
        if number == self._stop_at:
            os.close(self._open(f"{self._path}.stopped", os.O_WRONLY | os.O_CREAT, 0o600))
            while not os.path.exists(f"{self._path}.go"):
                _sleep(0.02)

    def open(self, path: Any, flags: int, *args: Any, **options: Any) -> int:
        if flags & os.O_CREAT and _is_temporary(str(path)):
            self.step("open")
        return self._open(path, flags, *args, **options)

    def write(self, descriptor: int, data: Any) -> int:
        if not _is_temporary(_name(descriptor)):
            return self._write(descriptor, data)
        self.step("write")
        text = bytes(data)
        half = self._write(descriptor, text[: len(text) // 2])
        self.step("half written")
        return half + self._write(descriptor, text[half:])

    def fsync(self, descriptor: int) -> None:
        name = _name(descriptor)
        if _is_temporary(name):
            self.step("fsync")
        if _is_folder(name):
            self.step("sync directory")
        self._fsync(descriptor)
        if _is_folder(name):
            self.step("directory synced")

    def replace(self, source: Any, target: Any, **options: Any) -> None:
        if _is_temporary(str(source)):
            self.step("replace")
        self._replace(source, target, **options)

    def mkdir(self, path: Any, *args: Any, **options: Any) -> None:
        if _is_folder(str(path)):
            self.step("mkdir")
        self._mkdir(path, *args, **options)


def _name(descriptor: int) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return ""


def _is_temporary(path: str) -> bool:
    return path.endswith(".rezonate-tmp")


def _is_folder(path: str) -> bool:
    return "/host_vars" in path and not path.endswith((".vault", ".rezonate-tmp"))


def begin() -> None:
    """Use the clock of this run, and record its steps if its environment requests it."""
    _clock.open()
    if "REZONATE_SOAK_STEPS" in os.environ:
        _Steps(os.environ["REZONATE_SOAK_STEPS"], int(os.environ.get("REZONATE_SOAK_STOP_AT", "0"))).watch()


_clock = _Clock()
if "REZONATE_SOAK_CLOCK" in os.environ:
    _clock.open()
    _share_clock(_clock)
