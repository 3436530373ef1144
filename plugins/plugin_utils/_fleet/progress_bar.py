# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live progress bar of a fleet's run, in the last lines of a terminal.

There is one lock, that of Ansible's Display. Ansible holds it while it forks a worker, prompts for input, or writes to
stdout or stderr. Drawing and erasing the bar requires the same lock and no other one. So no worker is forked while the bar is
drawn, and locks are never acquired in opposite orders.
"""

from __future__ import annotations

import os
import termios
import textwrap
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any, Protocol, TextIO

from .lines import format_current_counts, format_rate
from .tally import Counts

_REDRAW_SECONDS = 0.5  # seconds
_ERASE = "\r\x1b[J"  # from the start of this line to the end of the screen
_BARS, _PLAIN = ("━", "─"), ("#", "-")
_NO_CURSOR = ("", "dumb", "unknown")  # values of TERM of terminals without cursor movement


class Lock(AbstractContextManager[Any], Protocol):
    """The reentrant lock of Ansible's Display."""

    def acquire(self, blocking: bool = ...) -> bool:
        """Acquire the lock."""

    def release(self) -> None:
        """Release the lock."""


def render_bar(counts: Counts, width: int, bars: tuple[str, str] = _BARS) -> list[str]:
    """The bar and the figures below it, in lines shorter than the width."""
    head = f"{counts.done}/{counts.total} "
    room = max(width - len(head) - 1, 1)
    full = room * counts.done // counts.total if counts.total else 0
    first = f"{head}{bars[0] * full}{bars[1] * (room - full)}"
    parts = "; ".join(part for part in (format_current_counts(counts), format_rate(counts)) if part)
    narrow = max(width - 1, 1)
    return [first[:narrow], *textwrap.wrap(parts, narrow)]


def is_terminal(stream: TextIO | None, environment: dict[str, str] | os._Environ[str]) -> bool:
    """Whether this is a terminal whose cursor can be moved."""
    if environment.get("TERM", "") in _NO_CURSOR:
        return False
    try:
        return stream is not None and stream.isatty() and stream.fileno() >= 0
    except (OSError, ValueError):  # closed, or no file descriptor
        return False


class ProgressBar:
    """Shows the bar until it is stopped; other output is printed above it.

    Args:
        counts: returns the current figures.
        lock: the lock of Ansible's Display.
        stdout: the terminal.
        stderr: standard error, if it is the same terminal; else None.
    """

    def __init__(self, counts: Callable[[], Counts], lock: Lock, stdout: TextIO, stderr: TextIO | None = None) -> None:
        self._counts = counts
        self._lock = lock
        self._buffers: list[Any] = [stream.buffer for stream in (stdout, stderr) if stream is not None]
        self._writes = [buffer.write for buffer in self._buffers]
        self._terminal = stdout.fileno()
        self._bars = _BARS if "utf" in stdout.encoding.lower() else _PLAIN
        self._process = os.getpid()
        self._initial_modes = self._terminal_modes()
        self._is_drawn = False
        self._is_line_open = False
        self._is_stopped = threading.Event()
        # a thread, not signals or events: there are no events during waits for a rate limit, and Ansible itself uses SIGALRM
        self._thread = threading.Thread(target=self._redraw_regularly, daemon=True)

    def start(self) -> None:
        """Show the bar."""
        with self._lock:
            for buffer, write in zip(self._buffers, self._writes, strict=True):
                buffer.write = self._erase_before(write)
            self._draw()
        self._thread.start()

    def stop(self) -> None:
        """Erase the bar permanently."""
        if self._is_stopped.is_set():
            return
        self._is_stopped.set()
        if self._thread.is_alive():  # an interrupt may have prevented its start
            self._thread.join(timeout=2 * _REDRAW_SECONDS)
        with self._lock:
            self._erase()
            for buffer, write in zip(self._buffers, self._writes, strict=True):
                buffer.write = write

    def draw(self) -> None:
        """Redraw the bar, after other output."""
        with self._lock:
            self._draw()

    @property
    def is_possible(self) -> bool:
        """Whether the bar can be drawn: the size of the terminal is known, and this is a foreground job."""
        return self._size() is not None and self._is_foreground()

    def _redraw_regularly(self) -> None:
        while not self._is_stopped.wait(_REDRAW_SECONDS):
            # without waiting for the lock: its holder may be prompting the user, or joining this thread
            if self._lock.acquire(blocking=False):
                try:
                    self._draw()
                finally:
                    self._lock.release()

    def _erase_before(self, write: Callable[[Any], int]) -> Callable[[Any], int]:
        def erase_and_write(data: Any) -> int:
            if os.getpid() != self._process:  # a forked worker has no bar
                return write(data)
            with self._lock:
                self._erase()
                self._is_line_open = bytes(data[-1:]) != b"\n"
                return write(data)

        return erase_and_write

    def _draw(self) -> None:
        size = self._size()
        if (
            self._is_stopped.is_set()
            or self._is_line_open
            or size is None
            or not self._is_foreground()
            or self._terminal_modes() != self._initial_modes
        ):
            return
        lines = render_bar(self._counts(), size.columns, self._bars)[: max(size.lines - 1, 1)]
        # The cursor is left at the beginning of the bar: if the terminal is resized and wraps lines, erasing starts there.
        up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
        self._write(_ERASE + "\r\n".join(lines) + "\r" + up)
        self._is_drawn = True

    def _erase(self) -> None:
        if self._is_drawn and self._is_foreground():
            self._write(_ERASE)
        self._is_drawn = False

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the terminal was closed, which Ansible reports
            self._writes[0](text.encode("utf-8"))
            self._buffers[0].flush()

    def _size(self) -> os.terminal_size | None:
        try:
            size = os.get_terminal_size(self._terminal)
        except OSError:
            return None
        return size if size.columns > 0 and size.lines > 0 else None

    def _is_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self._terminal) == os.getpgrp()
        except OSError:  # a terminal without job control
            return True

    def _terminal_modes(self) -> int | None:
        """The terminal modes that differ during a prompt, such as that of a debugger."""
        try:
            return int(termios.tcgetattr(self._terminal)[3]) & (termios.ECHO | termios.ICANON)
        except (OSError, termios.error):
            return None
