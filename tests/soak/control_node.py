# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workspace whose runs share a clock with Okta, start in the background, and can be killed."""

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

from helpers.ansible_run import EVENTS_CALLBACK, PLAYBOOK, Run, told
from helpers.forks import ForkServer
from okta_emulator import Tenant
from okta_emulator.http import Request

from .case import CaseContext
from .processes import descendants, kill, wait_for_end

CHILD = Path(__file__).resolve().parent / "child"
# Seconds for one run of a few tenants. They take about three on an idle machine, but a hundred were seen where five processes
# shared a core; what hangs does so after five minutes too, and the limits of the product itself are reckoned by the shared clock.
LIMIT = 300.0


class HangError(Exception):
    """A run didn't end by itself, or never came to the point where it was to be stopped."""


class Clock:
    """A clock that the children and Okta share: it starts now, and moves on by what the children wait.

    Args:
        path: the file that it is in.
        pace: how fast it goes besides. A slow one lets lists lag whatever the machine has to do meanwhile; but Okta hears of the time
            with each request, so of two at once the one that is processed later may seem earlier by milliseconds.
    """

    def __init__(self, path: Path, pace: float = 0.05) -> None:
        self.path = path
        path.write_bytes(struct.pack("3d", time.time(), pace, 0.0))

    def waited(self) -> float:
        """Give the seconds that the children have waited, by their own account."""
        return float(struct.unpack("3d", self.path.read_bytes())[2])

    def time(self) -> float:
        """Give what it shows, in epoch seconds."""
        start, pace, waited = struct.unpack("3d", self.path.read_bytes())
        return float(start + (time.time() - start) * pace + waited)

    def move(self, seconds: float) -> None:
        """Let time pass."""
        start, pace, waited = struct.unpack("3d", self.path.read_bytes())
        self.path.write_bytes(struct.pack("3d", start, pace, waited + seconds))


class Gate:
    """Holds one request up in the emulator."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._opened = threading.Event()
        self._dropped = False

    def __call__(self, _tenant: Tenant, _request: Request) -> None:
        """Hold the request up, as a hook of the emulator's."""
        self._arrived.set()
        self._opened.wait(2 * LIMIT)
        if self._dropped:
            raise ConnectionResetError  # ends the connection: the request, or its answer, is lost

    def wait(self, seconds: float = LIMIT) -> bool:
        """Wait until the request has come."""
        return self._arrived.wait(seconds)

    def open(self) -> None:
        """Let the request, or its answer, go on."""
        self._opened.set()

    def drop(self) -> None:
        """Lose the request, or its answer."""
        self._dropped = True
        self._opened.set()


class Started:
    """A run under way."""

    def __init__(self, server: ForkServer, folder: Path, args: list[str], env: Mapping[str, str], name: str) -> None:
        self.output = folder / f".output-{name}"
        self._events = folder / f".events-{name}"
        self._start = time.monotonic()
        self._process = server.start(args, folder, {**env, "REZONATE_EVENTS": str(self._events)}, self.output)

    def kill(self, *, parent_only: bool) -> list[int]:
        """Kill the run, all of it or the parent alone; give the processes that lived on for seconds."""
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
            HangError: it didn't come.
        """
        try:
            rc = self._process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill(parent_only=False)
            raise HangError(f"not done after {limit:.0f} s: {self.text()[-2000:]}") from None
        return told(self._events, rc, self.text(), time.monotonic() - self._start)

    def text(self) -> str:
        """Give what it has printed."""
        return self.output.read_text(encoding="utf-8", errors="replace")


class ControlNode:
    """A user's workspace for a soak.

    Args:
        context: where it stands.
        name: the workspace's, where there is more than one.
        clock: another node's, where the runs of both are to agree.
        proxy: the way to Okta, where it isn't the emulator's own.
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
        of_soak = {"TMPDIR": str(self.temp), "PYTHONPATH": str(CHILD), "REZONATE_SOAK_CLOCK": str(self.clock.path)}
        self._env = {**self.workspace.env, **EVENTS_CALLBACK, **of_soak}
        if proxy:
            self._env["HTTPS_PROXY"] = proxy
        self._server = ForkServer(self._env)

    def add(self, tenant: Tenant, **variables: Any) -> Tenant:
        """Take a tenant into the inventory; its clock is the runs' from now on, plus its own skew."""
        skew = tenant.options.clock_skew
        if not any(fault.tenant == tenant.name for fault in self.okta.faults.all()):
            self.okta.fault("hook", tenant=tenant.name, times=None, call=lambda org, _request: self.tell(org, skew))
        self.tell(tenant, skew)
        token = self.secret(tenant.api_token)
        self._hosts[tenant.name] = {"rezonate_okta_api_token": token, "rezonate_ca_path": self.okta.ca_file, **variables}
        return tenant

    def secret(self, value: str) -> str:
        """Give what stands for a secret in a host's variables; it is in the environment: a search of files finds what runs left."""
        name = f"SOAK_SECRET_{next(self._numbers)}"
        self._env[name] = value
        return f"{{{{ lookup('ansible.builtin.env', '{name}') }}}}"

    def change(self, tenant: Tenant, **variables: Any) -> None:
        """Change a host's variables."""
        self._hosts[tenant.name].update(variables)

    def tell(self, tenant: Tenant, skew: float = 0) -> None:
        """Tell a tenant what time it is."""
        tenant.options.clock_skew = skew + self.clock.time() - time.time()

    def start(self, *tenants: Tenant, args: tuple[str, ...] = (), env: Mapping[str, str] | None = None) -> Started:
        """Start the playbook for tenants."""
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
        return Started(self._server, self.workspace.folder, given, {**self._env, **(env or {})}, number)

    def run(self, *tenants: Tenant, args: tuple[str, ...] = (), env: Mapping[str, str] | None = None, limit: float = LIMIT) -> Run:
        """Onboard tenants."""
        return self.start(*tenants, args=args, env=env).finish(limit)

    def hold(self, tenant: Tenant, number: int = 1, *, when: str = "before", method: str | None = None, path: str | None = None) -> Gate:
        """Hold the tenant's n-th request up, of those with the method and the path."""
        gate = Gate()
        self.okta.fault("hook", tenant=tenant.name, skip=number - 1, when=when, method=method, path=path, call=gate)
        return gate

    def stop_at(self, step: int) -> Steps:
        """Prepare for a run that stops at the n-th step of writing a vault file."""
        return Steps(self.workspace.folder.parent / f"steps-{next(self._numbers)}", step)


class Steps:
    """The steps of writing vault files that a run does.

    Args:
        path: where they are written down.
        stop_at: the number of the one to stop at; 0 for none.
    """

    def __init__(self, path: Path, stop_at: int) -> None:
        self._path = path
        self.env = {"REZONATE_SOAK_STEPS": str(path), "REZONATE_SOAK_STOP_AT": str(stop_at)}

    def names(self) -> list[str]:
        """Give the steps so far."""
        return [line.strip() for line in self._path.read_text(encoding="utf-8").splitlines()] if self._path.exists() else []

    def wait(self, started: Started, seconds: float = LIMIT) -> bool:
        """Wait until the run has stopped."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not started.over():
            if Path(f"{self._path}.stopped").exists():
                return True
            time.sleep(0.02)
        return False

    def go(self) -> None:
        """Let it go on."""
        Path(f"{self._path}.go").touch()


def private(path: Path) -> bool:
    """Whether nobody but the owner can get at a file."""
    return not os.stat(path).st_mode & 0o077
