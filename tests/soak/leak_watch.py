# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command and observes it: command lines, environments, and files including temporary ones."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_EVERY = 0.005  # seconds
_LARGEST = 4 * 1024 * 1024
_PROTECTED = (".vault", ".rezonate-tmp")
_READABLE = (".fleet.json.rezonate-tmp",)  # the summary of a fleet, which the plays write; others can read it
_LIMIT = 900.0  # seconds; a play of many transferred modules takes minutes while other runs are active
# The terminal must be the controlling terminal of the session. Otherwise Ansible considers itself a background process and doesn't prompt.
_AT_A_TERMINAL = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


@dataclass(frozen=True)
class TerminalInput:
    """Input at the terminal in response to a prompt."""

    prompt: bytes
    answer: str


@dataclass
class Observation:
    """The observations of a run; each content is stored once.

    Args:
        rc: the exit status.
        output: standard output and standard error.
        command_lines: the command lines of the command and its descendants.
        environments: the environments of these processes.
        files: names and contents of files, complete or partially written.
        open: vault files, complete or temporary, that others could read although they are encrypted.
        scans: the number of scans.
    """

    rc: int = -1
    output: bytes = b""
    command_lines: set[bytes] = field(default_factory=set)
    environments: set[bytes] = field(default_factory=set)
    files: dict[tuple[str, int, int], bytes] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    scans: int = 0

    def blobs(self) -> list[tuple[str, bytes]]:
        """Return all observations for a search, without environments."""
        named = [("the output", self.output), *((f"a command line ({line[:60]!r})", line) for line in self.command_lines)]
        return named + [(f"a file while it ran ({path})", content) for (path, _time, _size), content in self.files.items()]


class Watcher:
    """Scans a process and its descendants until it is stopped.

    Args:
        pid: the process.
        folders: the directories in which files can appear.
        observation: stores the observations.
    """

    def __init__(self, pid: int, folders: Sequence[Path], observation: Observation) -> None:
        self._observation = observation
        self._folders = folders
        self._family = {pid}
        self._others: set[int] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.wait(_EVERY):
            self._observation.scans += 1
            self._scan_processes()
            # a scan of the disk takes longer, and a file that exists for less than 50 ms is found in another run
            if self._observation.scans % 4 == 0:
                for folder in self._folders:
                    self._scan_files(folder)

    def _scan_processes(self) -> None:
        present = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        self._others &= present
        for pid in present - self._others:
            try:
                if pid not in self._family:
                    parent = int(_read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[1])
                    if parent not in self._family:
                        self._others.add(pid)
                        continue
                    self._family.add(pid)
                self._observation.command_lines.add(_read(f"/proc/{pid}/cmdline"))
                self._observation.environments.add(_read(f"/proc/{pid}/environ"))
            except (OSError, IndexError):
                continue

    def _scan_files(self, folder: Path) -> None:
        for root, _folders, names in os.walk(folder):
            for name in names:
                path = os.path.join(root, name)
                try:
                    status = os.lstat(path)
                    if name.endswith(_PROTECTED) and name not in _READABLE and status.st_mode & 0o077:
                        self._observation.open.add(path)
                    key = (path, status.st_mtime_ns, status.st_size)
                    if key not in self._observation.files and 0 < status.st_size < _LARGEST and os.path.isfile(path):
                        self._observation.files[key] = Path(path).read_bytes()
                except OSError:
                    continue


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as stream:
        return stream.read()


def watch(
    args: Sequence[str], folder: Path, env: Mapping[str, str], folders: Sequence[Path], typed: TerminalInput | None = None
) -> Observation:
    """Run a command to its end and observe it.

    Args:
        args: the command.
        folder: its working directory.
        env: its whole environment.
        folders: the directories in which files can appear.
        typed: the input at its terminal; without it the command has no terminal.
    """
    observation = Observation()
    near, far = os.openpty() if typed else (subprocess.PIPE, subprocess.DEVNULL)
    out = far if typed else subprocess.PIPE
    start = [sys.executable, "-c", _AT_A_TERMINAL] if typed else []
    process = subprocess.Popen(
        [*start, *args], cwd=folder, env=dict(env), stdin=far, stdout=out, stderr=subprocess.STDOUT, start_new_session=bool(typed)
    )
    with Watcher(process.pid, folders, observation):
        killer = threading.Timer(_LIMIT, process.kill)
        killer.start()
        if typed:
            os.close(far)
            observation.output = _answer_prompt(near, typed)
            os.close(near)
        else:
            observation.output = process.communicate()[0]
        observation.rc = process.wait()
        late = not killer.is_alive()
        killer.cancel()
    if late:
        observation.output += b"\nNOT DONE IN TIME\n"
    return observation


def _answer_prompt(terminal: int, typed: TerminalInput) -> bytes:
    """Read the output, and answer the prompt once."""
    output, answered = b"", False
    while True:
        try:
            output += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            return output
        if not answered and typed.prompt in output:
            answered = True
            time.sleep(1)  # wait until the echo is disabled
            os.write(terminal, f"{typed.answer}\r".encode())
