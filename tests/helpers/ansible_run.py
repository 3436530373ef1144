# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the commands of the installed Ansible as a user would, and returns their results."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.forks import ForkServer, ForkServers

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT / "playbooks" / "collections"
PLAYBOOK = "rezonate.okta.onboard_rezonate"
# Confirms the offboarding of all tenants of a run, for tests of something else.
CONFIRMED = ("-e", "rezonate_confirm=true", "-e", '{"rezonate_offboard_tenants": "{{ ansible_play_hosts_all }}"}')
_CALLBACKS = Path(__file__).resolve().parent / "callback"
_PROBE = _CALLBACKS.with_name("probe")
# Enables the callback that writes the events for `read_run`.
EVENTS_CALLBACK = {"ANSIBLE_CALLBACK_PLUGINS": str(_CALLBACKS), "ANSIBLE_CALLBACKS_ENABLED": "rezonate_events"}
SERVERS = ForkServers()


def environment(home: Path, **additions: str) -> dict[str, str]:
    """Create a new environment, without the caller's settings of Ansible, Okta and proxies."""
    home.mkdir(parents=True, exist_ok=True)
    folders = [str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]
    base = {"HOME": str(home), "PATH": os.pathsep.join(folders), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return {**base, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_NOCOWS": "1", **additions}


def command(name: str, *args: str | Path) -> list[str]:
    """Return a command of the Ansible that belongs to this Python interpreter."""
    return [sys.executable, str(Path(sys.executable).parent / name), *map(str, args)]


@dataclass(frozen=True)
class Event:
    """The result of one task on one host.

    Args:
        status: ``ok``, ``failed``, ``ignored`` (a failure), ``skipped`` or ``unreachable``.
        result: the result as callbacks receive it; a hidden result has only ``censored``.
        started: epoch seconds.
        ended: epoch seconds.
    """

    host: str
    task: str
    status: str
    result: dict[str, Any]
    started: float
    ended: float

    @property
    def changed(self) -> bool:
        """Whether the task changed something, or would change it in check mode."""
        return bool(self.result.get("changed"))

    @property
    def failed(self) -> bool:
        """Whether the task failed, including ignored failures."""
        return self.status in ("failed", "ignored")


@dataclass(frozen=True)
class Run:
    """The result of a run of a playbook.

    Args:
        artifacts: the values that its tasks set with `set_stats`.
    """

    rc: int
    output: str
    events: tuple[Event, ...]
    stats: Mapping[str, Mapping[str, int]]
    seconds: float
    artifacts: Mapping[str, Any] = field(default_factory=dict)

    def tasks(self, host: str) -> list[Event]:
        """Return a host's tasks, including skipped ones."""
        return [event for event in self.events if event.host == host]

    def changed(self, host: str) -> list[str]:
        """Return the names of a host's tasks that changed something."""
        return [event.task.rpartition(" : ")[2] for event in self.tasks(host) if event.changed]

    def failure(self, host: str) -> str:
        """Return the message of the one task that failed on a host."""
        messages = [str(event.result.get("msg")) for event in self.tasks(host) if event.status == "failed"]
        assert len(messages) == 1, (messages, self.output[-3000:])
        return messages[0]

    def result(self, task: str, host: str) -> dict[str, Any]:
        """Return the result of a task, selected by the end of its name."""
        found = [event.result for event in self.tasks(host) if event.task.endswith(task)]
        assert found, f"no task {task!r}: {self.output[-3000:]}"
        return found[-1]


def run_playbook(folder: Path, *args: str | Path, env: Mapping[str, str], quiet: bool = True, timeout: float = 600) -> Run:
    """Run `ansible-playbook` in a directory.

    Args:
        folder: the working directory.
        args: arguments of `ansible-playbook`.
        env: the whole environment.
        quiet: whether the output is captured; otherwise it goes to this process's output.
        timeout: seconds after which the run is killed.
    """
    events = Path(env["HOME"]) / f".events-{time.monotonic_ns()}"
    extra = {"REZONATE_EVENTS": str(events), **EVENTS_CALLBACK}
    if "REZONATE_VARIABLES" in env:
        extra["ANSIBLE_CALLBACK_PLUGINS"] += f"{os.pathsep}{_PROBE}"
        extra["ANSIBLE_CALLBACKS_ENABLED"] += ",rezonate_variables"
    start = time.monotonic()
    whole = {**env, **extra}
    settings = (folder / "ansible.cfg", Path(env["HOME"]) / ".ansible.cfg")
    server = SERVERS.get(whole) if quiet and not any(map(Path.exists, settings)) else None
    rc, output = _forked(server, args, folder, whole, timeout) if server else _executed(args, folder, whole, timeout, quiet=quiet)
    run = read_run(events, rc, output, time.monotonic() - start)
    events.unlink(missing_ok=True)
    return run


def _forked(server: ForkServer, args: Sequence[str | Path], folder: Path, env: Mapping[str, str], timeout: float) -> tuple[int, str]:
    output = Path(env["HOME"]) / f".output-{time.monotonic_ns()}"
    process = server.start([str(arg) for arg in args], folder, env, output)
    try:
        rc = process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(f"not done after {timeout} s: {output.read_text(encoding='utf-8', errors='replace')[-5000:]}") from None
    text = output.read_text(encoding="utf-8")
    output.unlink()
    return rc, text


def _executed(args: Sequence[str | Path], folder: Path, env: Mapping[str, str], timeout: float, *, quiet: bool) -> tuple[int, str]:
    process = subprocess.Popen(
        command("ansible-playbook", *args),
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        start_new_session=True,
    )
    try:
        output = process.communicate(timeout=timeout)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise AssertionError(f"not done after {timeout} s: {(process.communicate()[0] or '')[-5000:]}") from None
    return process.returncode, output or ""


def read_run(events: Path, rc: int, output: str, seconds: float) -> Run:
    """Return a run from the events of the callback `rezonate_events`. The statistics are those of the last playbook."""
    lines = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()] if events.exists() else []
    end: dict[str, Any] = next((line for line in reversed(lines) if "stats" in line), {"stats": {}, "artifacts": {}})
    return Run(rc, output, tuple(Event(**line) for line in lines if "stats" not in line), end["stats"], seconds, end["artifacts"])


def view(path: Path, password_file: Path, env: Mapping[str, str]) -> str:
    """Show a vault file with `ansible-vault view`."""
    args: Sequence[str | Path] = ("view", "--vault-password-file", password_file, path)
    return subprocess.run(command("ansible-vault", *args), env=env, capture_output=True, text=True, check=True, timeout=60).stdout
