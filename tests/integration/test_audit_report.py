# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet, written by a playbook whose hosts are unreachable: the module runs only on the controller."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from helpers.ansible_run import Event, Run
from helpers.audit_samples import fleet, hostile
from helpers.workspace import Workspace

TENANTS = [*fleet(12), hostile()]
COLLECTED = "{{ ansible_play_hosts | map('extract', hostvars, 'audited') | list }}"
NAMES = ["audit.html", "audit.json", "audit.junit.xml"]


@dataclass(frozen=True)
class Runs:
    """Runs of a playbook that writes a report: in check mode, twice for real, and for a slice into the same report."""

    folder: Path
    check: Run
    existed: bool
    first: Run
    again: Run
    slice: Run

    def event(self, run: str) -> Event:
        """Return the result of the one task."""
        (event,) = getattr(self, run).events
        return event


@pytest.fixture(scope="module")
def runs(new_workspace: Callable[[], Workspace]) -> Runs:
    workspace = new_workspace()
    report = workspace.folder / "rezonate-report"

    def run(*args: str, tenants: Any = COLLECTED, **options: Any) -> Run:
        inventory, playbook = workspace.folder / "fleet.json", workspace.folder / "report.json"
        hosts = {f"host-{number}": {"audited": tenant, "ansible_connection": "ssh"} for number, tenant in enumerate(TENANTS)}
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        task = {"rezonate.okta.audit_report": {"path": report.name, "tenants": tenants, **options}, "run_once": True}
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
        return workspace.run("-i", inventory, playbook, *args)

    check = run("--check", "--diff")
    existed = report.exists()
    slice_of_it = {
        "tenants": [{**TENANTS[0], "audited_at": "2026-02-02T00:00:00Z", "error": "later"}],
        "merge": ["rezonate-report/audit.json"],
    }
    return Runs(report, check, existed, run("--diff"), run("-vvvv"), run(**slice_of_it))


@pytest.mark.parametrize(("run", "changed"), [("check", True), ("first", True), ("again", False), ("slice", True)])
def test_a_run_reports_changes_correctly(runs: Runs, run: str, changed: bool) -> None:
    assert (getattr(runs, run).rc, runs.event(run).changed) == (0, changed), getattr(runs, run).output


def test_check_mode_writes_nothing_and_predicts_the_changes(runs: Runs) -> None:
    check, first = runs.event("check").result, runs.event("first").result
    assert not runs.existed
    assert all(check[name] == first[name] for name in ("summary", "files", "diff"))


def test_the_files_are_private_and_in_the_reported_paths(runs: Runs) -> None:
    assert runs.event("first").result["files"] == [str(runs.folder / name) for name in NAMES]
    assert {path.name: path.stat().st_mode & 0o777 for path in runs.folder.iterdir()} == dict.fromkeys(NAMES, 0o600)


def test_all_three_files_contain_all_tenants(runs: Runs) -> None:
    names = {tenant["tenant"] for tenant in TENANTS}
    assert {tenant["tenant"] for tenant in json.loads((runs.folder / "audit.json").read_bytes())["tenants"]} == names
    assert {suite.get("name") for suite in ET.parse(runs.folder / "audit.junit.xml").getroot()} == names
    assert f"<title>Okta audit: {len(names)} tenants" in (runs.folder / "audit.html").read_text(encoding="utf-8")


def test_a_slice_changes_only_its_own_tenants(runs: Runs) -> None:
    found = {tenant["tenant"]: tenant["error"] for tenant in json.loads((runs.folder / "audit.json").read_bytes())["tenants"]}
    assert found[TENANTS[0]["tenant"]] == "later"
    assert list(found.values()).count("later") == 1


def test_the_output_does_not_repeat_the_findings(runs: Runs) -> None:
    kid = TENANTS[1]["keys"][0]["kid"]
    assert kid in (runs.folder / "audit.json").read_text(encoding="utf-8")
    assert [run for run in (runs.check, runs.first, runs.again) if kid in run.output] == []
