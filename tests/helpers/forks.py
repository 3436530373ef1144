# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of ansible-playbook that are forked from one process which has Ansible loaded: see `forkserver`."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from weakref import WeakValueDictionary

_SERVER = Path(__file__).resolve().with_name("forkserver.py")


class ForkServer:
    """Starts runs; ends with the last reference to it.

    Args:
        env: the environment that Ansible is loaded with; that of a run may have more, but no other setting of Ansible's.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._server = subprocess.Popen(
            [sys.executable, _SERVER], env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._started: list[Forked] = []
        # Those that go on; the system uses a number again. Weak, so that a run that nobody asks for keeps no server.
        self._running: WeakValueDictionary[int, Forked] = WeakValueDictionary()
        self._buffer = b""

    def __del__(self) -> None:
        for pipe in (self._server.stdin, self._server.stdout):
            if pipe:
                pipe.close()
        self._server.wait()

    def start(self, args: Sequence[str], folder: Path, env: Mapping[str, str], output: Path) -> Forked:
        """Start ``ansible-playbook``.

        Args:
            args: its arguments.
            folder: its working directory.
            env: its whole environment.
            output: the file that it writes to.
        """
        asked = {"args": list(args), "folder": str(folder), "env": dict(env), "output": str(output)}
        assert self._server.stdin
        os.write(self._server.stdin.fileno(), json.dumps(asked).encode() + b"\n")
        while not self._started:
            self._hear(None)
        return self._started.pop()

    def status(self, run: Forked, seconds: float | None) -> int | None:
        """Return what a run ended with, waiting so long for it; None where it goes on."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while run.ended is None:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not self._hear(left):
                return None
        return run.ended

    def _hear(self, seconds: float | None) -> bool:
        """Take what the server says within so many seconds; whether it said something."""
        assert self._server.stdout
        out = self._server.stdout.fileno()
        if not select.select([out], [], [], seconds)[0]:
            return False
        read = os.read(out, 1 << 16)
        if not read:
            raise RuntimeError(f"The server of forks has ended: {self._server.wait()}.")
        *lines, self._buffer = (self._buffer + read).split(b"\n")
        for told in map(json.loads, lines):
            if "status" not in told:
                run = self._running[told["pid"]] = Forked(self, told["pid"])
                self._started.append(run)
            elif run := self._running.pop(told["pid"], None):
                run.ended = told["status"]
        return True


class ForkServers:
    """A server for each environment, but for what a run reads by itself."""

    _MOST = 3
    _ANY = re.compile(r"HOME|(REZONATE|OKTA)_.*")

    def __init__(self) -> None:
        self._servers: dict[frozenset[tuple[str, str]], ForkServer] = {}

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="forks-")

    def get(self, folder: Path, env: Mapping[str, str]) -> ForkServer | None:
        """Return the server whose runs are like those of the command; None where there would be too many, or settings are in files.

        Args:
            folder: the working directory.
            env: the whole environment.
        """
        if (folder / "ansible.cfg").exists() or (Path(env["HOME"]) / ".ansible.cfg").exists():
            return None
        common = {name: value for name, value in env.items() if not self._ANY.fullmatch(name)}
        key = frozenset(common.items())
        if key not in self._servers and len(self._servers) < self._MOST:
            home = Path(self._folder.name) / f"home-{len(self._servers)}"
            home.mkdir()
            self._servers[key] = ForkServer({**common, "HOME": str(home)})
        return self._servers.get(key)


class Forked:
    """A run, with what `subprocess.Popen` offers of it."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self._server = server
        self.pid = pid
        self.ended: int | None = None

    def poll(self) -> int | None:
        """Return its status; None where it goes on."""
        return self._server.status(self, 0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: it didn't come.
        """
        status = self._server.status(self, timeout)
        if status is None:
            raise subprocess.TimeoutExpired("ansible-playbook", timeout or 0.0)
        return status
