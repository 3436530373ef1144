# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator in a separate process, so that its CPU time is counted separately."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.ansible_run import ROOT
from okta_emulator import ControlClient


@dataclass(frozen=True)
class Okta:
    """The emulator with its process and its tenants with API tokens."""

    control: ControlClient
    pid: int
    proxy_url: str
    ca_file: str
    tokens: dict[str, str]

    def cpu(self) -> float:
        """Return the CPU seconds of the process; 0 if the system has no /proc."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            return 0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(folder: Path, tenants: int, options: dict[str, Any]) -> Iterator[Okta]:
    """Run an emulator with tenants with these options."""
    ready = folder / "emulator.json"
    command = [sys.executable, "-m", "okta_emulator", "--die-with-parent", "--ready-file", str(ready)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT / "tests")})
    try:
        while not ready.exists():
            if process.poll() is not None:
                raise RuntimeError(f"the emulator ended at once, with {process.returncode}")
            time.sleep(0.05)
        info = json.loads(ready.read_text(encoding="utf-8"))
        control = ControlClient(info["control_url"])
        tokens = {name: str(control.tenant(name, **options)["api_token"]) for name in names(tenants)}
        yield Okta(control, process.pid, info["proxy_url"], info["ca_file"], tokens)
        if bugs := control.info()["bugs"]:
            raise RuntimeError(f"the emulator is at fault: {bugs[0]}")
    finally:
        process.terminate()
        process.wait(20)


def names(tenants: int) -> Sequence[str]:
    """Return tenant names that no real org has."""
    return [f"rezonate-bench-{number}" for number in range(1, tenants + 1)]
