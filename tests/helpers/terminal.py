# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command on its own terminal, as an interactive user does."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

# Makes the terminal the controlling terminal of the session, and lets Ctrl-C end the process: a background shell starts processes that
# ignore SIGINT.
_ON_TERMINAL = (
    "import fcntl, os, signal, sys, termios; signal.signal(signal.SIGINT, signal.SIG_DFL);"
    " fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """A command that has a pseudo-terminal.

    Args:
        command: the command.
        cwd: its working directory.
        env: its whole environment.
        size: columns and lines.
    """

    def __init__(self, command: Sequence[str], cwd: Path, env: Mapping[str, str], size: tuple[int, int] = (80, 24)) -> None:
        self.output = ""
        self.fd, self._slave = pty.openpty()
        self.modes = termios.tcgetattr(self._slave)
        self.resize(*size)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ON_TERMINAL, *command],
            cwd=cwd,
            env={"TERM": "xterm-256color", **env},
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
        )

    def close(self) -> None:
        """End the command if it is still running."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._slave)
        os.close(self.fd)

    def resize(self, columns: int, lines: int) -> None:
        """Set the size, which sends SIGWINCH."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.fd, text.encode())

    def wait_for(self, text: str, seconds: float = 120) -> None:
        """Read until a text was printed."""
        deadline = time.monotonic() + seconds
        while text not in self.output:
            assert time.monotonic() < deadline, f"{text!r} wasn't printed: {self.output[-3000:]}"
            assert self._read(1.0), f"ended before {text!r} was printed: {self.output[-3000:]}"

    def read_for(self, seconds: float) -> str:
        """Read for some time; return the output of that time."""
        begin, deadline = len(self.output), time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self._read(left):
            pass
        return self.output[begin:]

    def finish(self, seconds: float = 120) -> int:
        """Read until the command ends; return its exit status."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None:
            assert time.monotonic() < deadline, f"not done after {seconds} s: {self.output[-3000:]}"
            self._read(0.2)
        while self._read(0.2, more=False):
            pass
        return self._process.returncode

    def modes_now(self) -> list[object]:
        """Return the current settings of the terminal."""
        return termios.tcgetattr(self._slave)

    def _read(self, seconds: float, *, more: bool = True) -> bool:
        if not select.select([self.fd], [], [], seconds)[0]:
            return more
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.output += data.decode("utf-8", "replace")
        return bool(data)
