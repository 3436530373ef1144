# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command and measures it."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.ansible_run import ROOT

from .calls import summary
from .contenders import ALL, Stage
from .figures import Sample
from .server import serving

SETTINGS: dict[str, dict[str, Any]] = {"none": {}, "recorded": {"latency": "recorded"}, "limits": {"rate_limits": "free_org"}}
FOLDER = ROOT / ".build" / "bench"
MEGABYTE = 1024  # ru_maxrss counts in kilobytes on Linux


@dataclass(frozen=True)
class Case:
    """A case of a round: the phases of one peer in order, on the same tenants."""

    peer: str
    tenants: int
    forks: int = 5
    setting: str = "none"
    phases: tuple[str, ...] = ()
    rounds: int = 1

    @property
    def phases_to_run(self) -> tuple[str, ...]:
        """Return the phases to run, by default all phases of the peer."""
        return self.phases or ALL[self.peer].phases


def measured(command: Sequence[str], folder: Path, env: dict[str, str]) -> dict[str, float]:
    """Run a command; return wall time, CPU time and peak memory of it and all processes that it waited for."""
    output = folder / "output"
    with output.open("wb") as stream:
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT)
        # as counted by the kernel for this child only
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output.read_text(errors='replace')[-3000:]}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / MEGABYTE}


def samples(case: Case, number: int) -> Iterator[Sample]:
    """Run a case once, with a separate emulator and directory."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as name, serving(Path(name), case.tenants, SETTINGS[case.setting]) as okta:
        stage = Stage.set_up(Path(name), okta, case.forks)
        for phase in case.phases_to_run:
            command = ALL[case.peer].command(stage, phase)
            okta.control.clear_requests()
            before = okta.cpu()
            found = measured(command, stage.folder, stage.env)
            okta_cpu = okta.cpu() - before
            yield Sample(
                setting=case.setting,
                tenants=case.tenants,
                forks=case.forks,
                peer=case.peer,
                phase=phase,
                round=number,
                wall=found["wall"] / case.tenants,
                cpu=found["cpu"] / case.tenants,
                okta_cpu=okta_cpu / case.tenants,
                peak_mb=found["peak_mb"],
                **summary(okta.control.requests(), case.setting),
            )
