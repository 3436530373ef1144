# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command and looks at everything that can be seen of it meanwhile: command lines, environments, files that come and go."""

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
_OURS = (".vault", ".rezonate-tmp")
_FOR_ALL = (".fleet.json.rezonate-tmp",)  # the summary of a fleet, which the plays write, may be read by others
_LIMIT = 900.0  # seconds; a play of many shipped modules takes minutes where other runs go on beside it
# The terminal has to be the session's own, or Ansible takes itself for a background process and doesn't ask.
_AT_A_TERMINAL = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


@dataclass(frozen=True)
class Typed:
    """What somebody types, once the terminal shows a text."""

    asked: bytes
    answer: str


@dataclass
class Observation:
    """What was seen, each content once.

    Args:
        rc: the exit status.
        output: standard output and standard error.
        command_lines: of the command and all that came from it.
        environments: likewise.
        files: name and content of files, whole or as far as they were written just then.
        open: vault files, whole or temporary, that others could read, encrypted though they are.
        looks: how often was looked.
    """

    rc: int = -1
    output: bytes = b""
    command_lines: set[bytes] = field(default_factory=set)
    environments: set[bytes] = field(default_factory=set)
    files: dict[tuple[str, int, int], bytes] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    looks: int = 0

    def blobs(self) -> list[tuple[str, bytes]]:
        """Give all of it, for a search; environments left out."""
        named = [("the output", self.output), *((f"a command line ({line[:60]!r})", line) for line in self.command_lines)]
        return named + [(f"a file while it ran ({path})", content) for (path, _time, _size), content in self.files.items()]


class Watcher:
    """Looks at a process and its descendants until told to stop.

    Args:
        pid: the process.
        folders: where files may appear.
        seen: takes what is seen.
    """

    def __init__(self, pid: int, folders: Sequence[Path], seen: Observation) -> None:
        self._seen = seen
        self._folders = folders
        self._family = {pid}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.wait(_EVERY):
            self._seen.looks += 1
            self._look_at_processes()
            # each look at the disk takes longer, and a file that is there for less than 50 ms is met by another run
            if self._seen.looks % 4 == 0:
                for folder in self._folders:
                    self._look_at_files(folder)

    def _look_at_processes(self) -> None:
        for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
            try:
                if pid not in self._family:
                    parent = int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
                    if parent not in self._family:
                        continue
                    self._family.add(pid)
                self._seen.command_lines.add(Path(f"/proc/{pid}/cmdline").read_bytes())
                self._seen.environments.add(Path(f"/proc/{pid}/environ").read_bytes())
            except (OSError, IndexError):
                continue

    def _look_at_files(self, folder: Path) -> None:
        for root, _folders, names in os.walk(folder):
            for name in names:
                path = os.path.join(root, name)
                try:
                    status = os.lstat(path)
                    if name.endswith(_OURS) and name not in _FOR_ALL and status.st_mode & 0o077:
                        self._seen.open.add(path)
                    key = (path, status.st_mtime_ns, status.st_size)
                    if key not in self._seen.files and 0 < status.st_size < _LARGEST and os.path.isfile(path):
                        self._seen.files[key] = Path(path).read_bytes()
                except OSError:
                    continue


def watch(args: Sequence[str], folder: Path, env: Mapping[str, str], folders: Sequence[Path], typed: Typed | None = None) -> Observation:
    """Run a command to its end, watched.

    Args:
        args: the command.
        folder: its working directory.
        env: its whole environment.
        folders: where files may appear; what is there before is left out.
        typed: what is typed at its terminal; without it there is no terminal.
    """
    seen = Observation()
    near, far = os.openpty() if typed else (subprocess.PIPE, subprocess.DEVNULL)
    out = far if typed else subprocess.PIPE
    start = [sys.executable, "-c", _AT_A_TERMINAL] if typed else []
    process = subprocess.Popen(
        [*start, *args], cwd=folder, env=dict(env), stdin=far, stdout=out, stderr=subprocess.STDOUT, start_new_session=bool(typed)
    )
    with Watcher(process.pid, folders, seen):
        killer = threading.Timer(_LIMIT, process.kill)
        killer.start()
        if typed:
            os.close(far)
            seen.output = _talk(near, typed)
            os.close(near)
        else:
            seen.output = process.communicate()[0]
        seen.rc = process.wait()
        late = not killer.is_alive()
        killer.cancel()
    if late:
        seen.output += b"\nNOT DONE IN TIME\n"
    return seen


def _talk(terminal: int, typed: Typed) -> bytes:
    """Read what comes, and answer once when asked."""
    said, answered = b"", False
    while True:
        try:
            said += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            return said
        if not answered and typed.asked in said:
            answered = True
            time.sleep(1)  # nobody types before the echo is off
            os.write(terminal, f"{typed.answer}\r".encode())
