# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A control node whose runs share a clock with the emulator, start in the background, and can be killed."""

from __future__ import annotations

import itertools
import json
import os
import struct
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.ansible_run import EVENTS_CALLBACK, PLAYBOOK, SERVERS, Run, read_run
from helpers.forks import ForkServer
from okta_emulator import Tenant
from okta_emulator.http import Request

from .case import CaseContext
from .processes import descendants, kill, wait_for_end

CHILD = Path(__file__).resolve().parent / "child"
# Seconds for one run of a few tenants. A run takes about 3 s on an idle machine, but up to 100 s where five processes share a
# core. The timeouts of the collection itself use the shared clock.
LIMIT = 300.0


class HangError(Exception):
    """A run did not end by itself, or did not reach the point of interruption."""


class Clock:
    """A clock that the runs and the emulator share. It starts at the current time; waiting in a run moves it forward.

    Args:
        path: the file that stores it.
        pace: its speed relative to the wall clock. With a slow clock, list lag does not depend on the load of the machine. Of two
            concurrent requests, the one that is processed later can have a time that is earlier by milliseconds.
    """

    def __init__(self, path: Path, pace: float = 0.05) -> None:
        self.path = path
        path.write_bytes(struct.pack("3d", time.time(), pace, 0.0))

    def waited(self) -> float:
        """Return the seconds that the runs have waited."""
        return float(struct.unpack("3d", self.path.read_bytes())[2])

    def time(self) -> float:
        """Return the time, in epoch seconds."""
        start, pace, waited = struct.unpack("3d", self.path.read_bytes())
        return float(start + (time.time() - start) * pace + waited)

    def move(self, seconds: float) -> None:
        """Move the clock forward."""
        start, pace, waited = struct.unpack("3d", self.path.read_bytes())
        self.path.write_bytes(struct.pack("3d", start, pace, waited + seconds))


class Gate:
    """Pauses one request in the emulator."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._opened = threading.Event()
        self._dropped = False

    def __call__(self, _tenant: Tenant, _request: Request) -> None:
        """Pause the request, as a hook of the emulator."""
        self._arrived.set()
        self._opened.wait(2 * LIMIT)
        if self._dropped:
            raise ConnectionResetError  # closes the connection: the request or its response is lost

    def wait(self, seconds: float = LIMIT) -> bool:
        """Wait until the request has arrived."""
        return self._arrived.wait(seconds)

    def open(self) -> None:
        """Resume the request or its response."""
        self._opened.set()

    def drop(self) -> None:
        """Drop the request or its response."""
        self._dropped = True
        self._opened.set()


class StartedRun:
    """A run in progress."""

    def __init__(self, server: ForkServer, folder: Path, args: list[str], env: Mapping[str, str], name: str) -> None:
        self.output = folder / f".output-{name}"
        self._events = folder / f".events-{name}"
        self._start = time.monotonic()
        self._process = server.start(args, folder, {**env, "REZONATE_EVENTS": str(self._events)}, self.output)

    def kill(self, *, parent_only: bool) -> list[int]:
        """Kill all processes of the run or only the parent; return the processes that are still running after some seconds."""
        below = descendants(self._process.pid)
        kill([self._process.pid, *([] if parent_only else below)])
        self._process.wait()
        orphans = wait_for_end(below, 5)
        kill(orphans)
        return orphans

    def over(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def finish(self, limit: float = LIMIT) -> Run:
        """Wait for the end.

        Raises:
            HangError: the run did not end in time.
        """
        try:
            rc = self._process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill(parent_only=False)
            raise HangError(f"not done after {limit:.0f} s: {self.text()[-2000:]}") from None
        return read_run(self._events, rc, self.text(), time.monotonic() - self._start)

    def text(self) -> str:
        """Return the output so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")


class ControlNode:
    """A workspace for soak tests, with an inventory and a shared clock.

    Args:
        context: the environment of the case.
        name: the name of the workspace, if there is more than one.
        clock: the clock of another node, if the runs of both share it.
        proxy: the URL of the proxy, if it is not that of the emulator.
    """

    playbook = PLAYBOOK

    def __init__(self, context: CaseContext, name: str = "workspace", *, clock: Clock | None = None, proxy: str = "") -> None:
        self.workspace = context.workspace(name)
        self.okta = context.okta
        self.clock = clock or Clock(context.folder / "clock")
        self.temp = self.workspace.home.parent / "tmp"
        self.temp.mkdir()
        self._numbers = itertools.count(1)
        self._hosts: dict[str, dict[str, Any]] = {}
        soak_settings = {"TMPDIR": str(self.temp), "PYTHONPATH": str(CHILD), "REZONATE_SOAK_CLOCK": str(self.clock.path)}
        self._env = {**self.workspace.env, **EVENTS_CALLBACK, **soak_settings}
        if proxy:
            self._env["HTTPS_PROXY"] = proxy

    def add(self, tenant: Tenant, **variables: Any) -> Tenant:
        """Add a tenant to the inventory; it uses the shared clock from now on, plus its own skew."""
        skew = tenant.options.clock_skew
        if not any(fault.tenant == tenant.name for fault in self.okta.faults.all()):
            self.okta.fault("hook", tenant=tenant.name, times=None, call=lambda org, _request: self.set_clock(org, skew))
        self.set_clock(tenant, skew)
        token = self.secret(tenant.api_token)
        self._hosts[tenant.name] = {"rezonate_okta_api_token": token, "rezonate_ca_path": self.okta.ca_file, **variables}
        return tenant

    def secret(self, value: str) -> str:
        """Put a secret in the environment and return the lookup for a host's variables, so the inventory file does not contain it."""
        name = f"SOAK_SECRET_{next(self._numbers)}"
        self._env[name] = value
        return f"{{{{ lookup('ansible.builtin.env', '{name}') }}}}"

    def change(self, tenant: Tenant, **variables: Any) -> None:
        """Change a host's variables."""
        self._hosts[tenant.name].update(variables)

    def set_clock(self, tenant: Tenant, skew: float = 0) -> None:
        """Set the clock of a tenant to the shared clock."""
        tenant.options.clock_skew = skew + self.clock.time() - time.time()

    def start(self, *tenants: Tenant, args: tuple[str, ...] = (), env: Mapping[str, str] | None = None) -> StartedRun:
        """Start the playbook for some tenants."""
        number = f"{next(self._numbers)}"
        inventory = self.workspace.folder / f"tenants-{number}.json"
        hosts = {tenant.name: self._hosts[tenant.name] for tenant in tenants}
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        given = [
            "-i",
            str(inventory),
            "--vault-id",
            f"rz@{self.workspace.password_file}",
            "--forks",
            str(len(tenants)),
            self.playbook,
            *args,
        ]
        whole = {**self._env, **(env or {})}
        return StartedRun(SERVERS.get(whole), self.workspace.folder, given, whole, number)

    def run(self, *tenants: Tenant, args: tuple[str, ...] = (), env: Mapping[str, str] | None = None, limit: float = LIMIT) -> Run:
        """Run the playbook for some tenants and wait for its end."""
        return self.start(*tenants, args=args, env=env).finish(limit)

    def hold(self, tenant: Tenant, number: int = 1, *, when: str = "before", method: str | None = None, path: str | None = None) -> Gate:
        """Pause the tenant's n-th request with the method and the path."""
        gate = Gate()
        self.okta.fault("hook", tenant=tenant.name, skip=number - 1, when=when, method=method, path=path, call=gate)
        return gate

    def stop_at(self, step: int) -> Steps:
        """Prepare a run that stops at the n-th step of writing a vault file."""
        return Steps(self.workspace.folder.parent / f"steps-{next(self._numbers)}", step)


class Steps:
    """The steps in which a run writes vault files.

    Args:
        path: the file that the run logs them to.
        stop_at: the number of the step to stop at; 0 for none.
    """

    def __init__(self, path: Path, stop_at: int) -> None:
        self._path = path
        self.env = {"REZONATE_SOAK_STEPS": str(path), "REZONATE_SOAK_STOP_AT": str(stop_at)}

    def names(self) -> list[str]:
        """Return the names of the steps so far."""
        return [line.strip() for line in self._path.read_text(encoding="utf-8").splitlines()] if self._path.exists() else []

    def wait(self, started: StartedRun, seconds: float = LIMIT) -> bool:
        """Wait until the run has stopped."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not started.over():
            if Path(f"{self._path}.stopped").exists():
                return True
            time.sleep(0.02)
        return False

    def go(self) -> None:
        """Resume the run."""
        Path(f"{self._path}.go").touch()


def private(path: Path) -> bool:
    """Whether only the owner can access a file."""
    return not os.stat(path).st_mode & 0o077
