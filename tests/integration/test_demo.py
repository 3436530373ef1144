# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo` with each method completes and reports its results; the commands that `make okta` prints work."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.ansible_run import ROOT, environment
from helpers.terminal import Terminal

METHODS = ("oauth", "api_service_integration", "api_token")


def test_the_demo_reports_its_results_and_no_secret() -> None:
    for method in METHODS:  # sequentially, since they use the same directory
        command = [sys.executable, str(ROOT / "tests" / "demo" / "demo.py"), "--method", method]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert shown.returncode == 0, shown.stdout + shown.stderr
        assert "Second run:" in shown.stdout
        assert "changed=0" in shown.stdout.rpartition("Second run:")[2]
        assert "/api/v1/users?limit=1 was read" in shown.stdout
        assert "PRIVATE KEY" not in shown.stdout


@pytest.fixture
def printed() -> Iterator[list[str]]:
    """Return what `make okta` prints, while it runs; it ends at Ctrl-C."""
    process = subprocess.Popen([sys.executable, str(ROOT / "tests" / "demo" / "okta.py")], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines = []
    while not lines or not lines[-1].startswith("For both orgs"):
        lines.append(process.stdout.readline().rstrip())
        assert lines[-1] or process.poll() is None
    yield lines
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0


def documented(page: str, heading: str = "") -> list[str]:
    """Return the commands of a page, or of one of its sections, for a tenant."""
    text = (ROOT / page).read_text(encoding="utf-8").partition(heading)[2] if heading else (ROOT / page).read_text(encoding="utf-8")
    part = text.partition("\n## ")[0] if heading else text
    return [line.strip() for line in part.splitlines() if line.startswith(("    ansible-playbook -i acme,", "    ansible-vault view"))]


@pytest.mark.parametrize(
    ("page", "heading", "count"), [("", "", 2), ("README.md", "## Onboard a tenant\n", 2), ("docs/first-tenant.md", "", 5)]
)
def test_the_commands_work_against_the_stand_in(printed: list[str], tmp_path: Path, page: str, heading: str, count: int) -> None:
    begin, *commands = [line.strip() for line in printed if line.startswith(("  cd ", "  ansible-playbook "))]
    commands = documented(page, heading) if page else commands
    assert len(commands) == count
    script = "\n".join(["set -e", begin, *commands])
    terminal = Terminal(["/bin/bash", "-c", script], ROOT, environment(tmp_path / "home", PAGER="cat"))
    try:
        for _command in commands:
            terminal.wait_for("Vault password (rezonate): ")
            terminal.output = terminal.output.replace("Vault password", "")
            terminal.type("made-up-password\n")
        assert terminal.finish() == 0, terminal.output
    finally:
        terminal.close()
    assert "onboarded and verified" in terminal.output
    assert "clean" in terminal.output
    assert ("PRIVATE KEY" in terminal.output) is ("ansible-vault" in script)
