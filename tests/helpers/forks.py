# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of ansible-playbook that are forked from one process that has loaded Ansible; see `forkserver`."""

from __future__ import annotations

import itertools
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
    """Starts runs; ends when its last reference is deleted.

    Args:
        env: the environment in which Ansible is loaded. A run can have other variables, but the same settings of Ansible and Python.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._server = subprocess.Popen(
            [sys.executable, _SERVER], env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self._started: list[Forked] = []
        # Runs in progress, by process id, which the system can reuse. Weak, so that an unreferenced run does not keep a server alive.
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
        request = {"args": list(args), "folder": str(folder), "env": dict(env), "output": str(output)}
        assert self._server.stdin
        os.write(self._server.stdin.fileno(), json.dumps(request).encode() + b"\n")
        while not self._started:
            self._read_reports(None)
        return self._started.pop()

    def status(self, run: Forked, seconds: float | None) -> int | None:
        """Return the status of a run after waiting up to so many seconds; None if it is still running."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while run.ended is None:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not self._read_reports(left):
                return None
        return run.ended

    def _read_reports(self, seconds: float | None) -> bool:
        """Read reports of the server for up to so many seconds; return whether there were any."""
        assert self._server.stdout
        out = self._server.stdout.fileno()
        if not select.select([out], [], [], seconds)[0]:
            return False
        read = os.read(out, 1 << 16)
        if not read:
            raise RuntimeError(f"The server of forks has ended: {self._server.wait()}.")
        *lines, self._buffer = (self._buffer + read).split(b"\n")
        for report in map(json.loads, lines):
            if "status" not in report:
                run = self._running[report["pid"]] = Forked(self, report["pid"])
                self._started.append(run)
            elif run := self._running.pop(report["pid"], None):
                run.ended = report["status"]
        return True


class ForkServers:
    """A server for each environment, without the variables that only a run reads."""

    _MOST = 6
    _OF_RUN = re.compile(r"HOME|TMPDIR|NO_PROXY|HTTPS_PROXY|SSL_CERT_FILE|(REZONATE|OKTA|SOAK|CONTROLLER|VAULT)_.*")

    def __init__(self) -> None:
        self._servers: dict[frozenset[tuple[str, str]], ForkServer] = {}
        self._numbers = itertools.count()

    @cached_property
    def _folder(self) -> Path:
        self._temporary = tempfile.TemporaryDirectory(prefix="forks-")
        folder = Path(self._temporary.name)
        (folder / "modules").mkdir()  # packed for transfer, by any run
        return folder

    def get(self, env: Mapping[str, str]) -> ForkServer:
        """Return the server for an environment; start it if there is none.

        Args:
            env: the whole environment.
        """
        key = self._key(env)
        server = self._servers.pop(key, None)
        if server is None:
            home = self._folder / f"home-{next(self._numbers)}"
            home.mkdir()
            server = ForkServer({**env, "HOME": str(home)})
        self._servers[key] = server
        if len(self._servers) > self._MOST:
            del self._servers[next(iter(self._servers))]  # the least recently used; it ends with its last run
        return server

    def _key(self, env: Mapping[str, str]) -> frozenset[tuple[str, str]]:
        return frozenset((name, value) for name, value in env.items() if not self._OF_RUN.fullmatch(name))


class Forked:
    """A run, with part of the interface of `subprocess.Popen`."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self._server = server
        self.pid = pid
        self.ended: int | None = None

    def poll(self) -> int | None:
        """Return its status; None if it is still running."""
        return self._server.status(self, 0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: the run did not end in time.
        """
        status = self._server.status(self, timeout)
        if status is None:
            raise subprocess.TimeoutExpired("ansible-playbook", timeout or 0.0)
        return status
