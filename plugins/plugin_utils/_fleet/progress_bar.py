# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live bar of a fleet's run, in the last lines of a terminal.

There is one lock, that of Ansible's Display. Ansible holds it while it forks a worker, while it asks for input, and wherever it writes to
stdout or stderr. Whoever draws or erases the bar holds the same lock and takes no other one, so no worker is forked in the middle of
that, and no two locks are taken in opposite orders.
"""

from __future__ import annotations

import os
import termios
import textwrap
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any, Protocol, TextIO

from .lines import pace, standing
from .tally import Counts

_EVERY = 0.5  # seconds
_ERASE = "\r\x1b[J"  # from the start of this line to the end of the screen
_BARS, _PLAIN = ("━", "─"), ("#", "-")
_NO_CURSOR = ("", "dumb", "unknown")  # terminals, by TERM, whose cursor stays in its line


class Lock(AbstractContextManager[Any], Protocol):
    """The lock of Ansible's Display, which its owner can take again."""

    def acquire(self, blocking: bool = ...) -> bool:
        """Take it."""

    def release(self) -> None:
        """Give it back."""


def drawn(counts: Counts, width: int, bars: tuple[str, str] = _BARS) -> list[str]:
    """Draw the bar, and the figures below it, in lines that are narrower than that."""
    head = f"{counts.done}/{counts.total} "
    room = max(width - len(head) - 1, 1)
    full = room * counts.done // counts.total if counts.total else 0
    first = f"{head}{bars[0] * full}{bars[1] * (room - full)}"
    parts = "; ".join(part for part in (standing(counts), pace(counts)) if part)
    narrow = max(width - 1, 1)
    return [first[:narrow], *textwrap.wrap(parts, narrow)]


def is_terminal(stream: TextIO | None, environment: dict[str, str] | os._Environ[str]) -> bool:
    """Whether this is a terminal whose cursor can be moved."""
    if environment.get("TERM", "") in _NO_CURSOR:
        return False
    try:
        return stream is not None and stream.isatty() and stream.fileno() >= 0
    except (OSError, ValueError):  # closed, or no file
        return False


class ProgressBar:
    """Shows the bar until it is stopped; what is printed meanwhile goes above it.

    Args:
        counts: gives the figures of the moment.
        lock: that of Ansible's Display.
        stdout: the terminal.
        stderr: what else is written to the terminal; None if that is somewhere else.
    """

    def __init__(self, counts: Callable[[], Counts], lock: Lock, stdout: TextIO, stderr: TextIO | None = None) -> None:
        self._counts = counts
        self._lock = lock
        self._buffers: list[Any] = [stream.buffer for stream in (stdout, stderr) if stream is not None]
        self._writes = [buffer.write for buffer in self._buffers]
        self._terminal = stdout.fileno()
        self._bars = _BARS if "utf" in stdout.encoding.lower() else _PLAIN
        self._process = os.getpid()
        self._calm = self._modes()
        self._is_drawn = False
        self._is_line_open = False
        self._over = threading.Event()
        # not by signals or events: a fleet that waits for a rate limit has no events, and Ansible has its own use of SIGALRM
        self._thread = threading.Thread(target=self._keep_drawing, daemon=True)

    def start(self) -> None:
        """Show it from now on."""
        with self._lock:
            for buffer, write in zip(self._buffers, self._writes, strict=True):
                buffer.write = self._erasing(write)
            self._draw()
        self._thread.start()

    def stop(self) -> None:
        """Erase it for good."""
        if self._over.is_set():
            return
        self._over.set()
        if self._thread.is_alive():  # Ctrl-C may have come before its start
            self._thread.join(timeout=2 * _EVERY)
        with self._lock:
            self._erase()
            for buffer, write in zip(self._buffers, self._writes, strict=True):
                buffer.write = write

    def draw(self) -> None:
        """Draw it anew, for something was printed."""
        with self._lock:
            self._draw()

    @property
    def is_possible(self) -> bool:
        """Whether it can be drawn: the size of the terminal is known, and this is no background job."""
        return self._size() is not None and self._is_in_front()

    def _keep_drawing(self) -> None:
        while not self._over.wait(_EVERY):
            # never waiting for the lock: whoever holds it may be asking a person, or about to join this thread
            if self._lock.acquire(blocking=False):
                try:
                    self._draw()
                finally:
                    self._lock.release()

    def _erasing(self, write: Callable[[Any], int]) -> Callable[[Any], int]:
        def erase_and_write(data: Any) -> int:
            if os.getpid() != self._process:  # a worker that was forked has no bar
                return write(data)
            with self._lock:
                self._erase()
                self._is_line_open = bytes(data[-1:]) != b"\n"
                return write(data)

        return erase_and_write

    def _draw(self) -> None:
        size = self._size()
        if self._over.is_set() or self._is_line_open or size is None or not self._is_in_front() or self._modes() != self._calm:
            return
        lines = drawn(self._counts(), size.columns, self._bars)[: max(size.lines - 1, 1)]
        # The cursor stays at its beginning: wherever lines are broken anew by another width, erasing starts there.
        up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
        self._put(_ERASE + "\r\n".join(lines) + "\r" + up)
        self._is_drawn = True

    def _erase(self) -> None:
        if self._is_drawn and self._is_in_front():
            self._put(_ERASE)
        self._is_drawn = False

    def _put(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the terminal is gone, which Ansible says
            self._writes[0](text.encode("utf-8"))
            self._buffers[0].flush()

    def _size(self) -> os.terminal_size | None:
        try:
            size = os.get_terminal_size(self._terminal)
        except OSError:
            return None
        return size if size.columns > 0 and size.lines > 0 else None

    def _is_in_front(self) -> bool:
        try:
            return os.tcgetpgrp(self._terminal) == os.getpgrp()
        except OSError:  # a terminal without jobs
            return True

    def _modes(self) -> int | None:
        """What is set otherwise while somebody is asked for input, by a debugger for example."""
        try:
            return int(termios.tcgetattr(self._terminal)[3]) & (termios.ECHO | termios.ICANON)
        except (OSError, termios.error):
            return None
