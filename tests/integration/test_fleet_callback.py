# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of the fleet callback, on the screen and in the summary file."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from helpers.ansible_run import COLLECTIONS, PLAYBOOK, Run, command
from helpers.run_history import FEW
from helpers.workspace import Workspace, own_token
from okta_emulator import Tenant

CALLBACK = {"ANSIBLE_STDOUT_CALLBACK": "rezonate.okta.fleet"}
# has the format of a token, and belongs to no tenant
DEAD = "00" + "deadTokenMadeUpForTheFleetsCallback_1234"


@dataclass(frozen=True)
class ReportedRun:
    """A run of five tenants, and its summary."""

    workspace: Workspace
    new: tuple[Tenant, Tenant]
    unchanged: Tenant
    unreachable: tuple[Tenant, Tenant]
    run: Run
    summary: dict[str, Any]


def summary_of(workspace: Workspace) -> dict[str, Any]:
    """Read the summary file."""
    return dict(json.loads((workspace.folder / "fleet.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def reported(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> ReportedRun:
    workspace, one, other, unchanged, unreachable = new_workspace(), new_tenant(), new_tenant(), new_tenant(), (new_tenant(), new_tenant())
    assert workspace.onboard(unchanged, "-e", json.dumps(FEW)).rc == 0
    hosts = {tenant.name: own_token(tenant, **FEW) for tenant in (one, other, unchanged)}
    hosts.update({tenant.name: {"rezonate_okta_api_token": f"{DEAD}{number}", **FEW} for number, tenant in enumerate(unreachable)})
    canary = f"made_up_token={unreachable[0].api_token}"
    run = workspace.fleet(hosts, "--limit", "all", "-e", canary, "-e", "rezonate_summary_file=fleet.json", env=CALLBACK)
    return ReportedRun(workspace, (one, other), unchanged, unreachable, run, summary_of(workspace))


def test_the_summary_counts_tenants(reported: ReportedRun) -> None:
    assert reported.run.rc == 2, reported.run.output
    assert reported.summary["tenants"] == {"total": 5, "onboarded": 2, "unchanged": 1, "failed": 2, "unfinished": 0}
    assert reported.summary["statuses"] == {"created": 2, "unchanged": 1, "failed": 2}
    assert reported.summary["interrupted"] is False
    assert reported.summary["playbook"] == PLAYBOOK
    statuses = {name: result["status"] for name, result in reported.summary["results"].items()}
    assert statuses[reported.unchanged.name] == "unchanged"
    assert [statuses[tenant.name] for tenant in reported.new] == ["created", "created"]


def test_the_screen_has_a_line_per_tenant_and_reports_changed_tenants(reported: ReportedRun) -> None:
    output = reported.run.output
    for tenant in reported.new:
        assert f"{tenant.name}: created, " in output
        assert f"    Tenant {tenant.name} ({tenant.org_url}): onboarded and verified." in output
    assert f"{reported.unchanged.name}: unchanged, " in output
    assert all(f"{tenant.name}: FAILED, " in output for tenant in reported.unreachable)
    assert "5 tenants in " in output
    assert "2 created, 1 unchanged, 2 failed, 0 not finished." in output
    assert "TASK [" not in output


def test_a_failure_is_a_complete_message_and_identical_ones_are_one_cause(reported: ReportedRun) -> None:
    (cause,) = reported.summary["causes"]
    assert sorted(cause["tenants"]) == sorted(tenant.name for tenant in reported.unreachable)
    assert "Okta answered 401 E0000011 Invalid token provided (error id <id>, request id <id>)" in cause["message"]
    assert cause["message"] in reported.run.output
    for tenant in reported.unreachable:
        assert reported.run.failure(tenant.name) in reported.summary["results"][tenant.name]["message"]
        assert reported.run.failure(tenant.name) in reported.run.output


def test_no_secret_is_printed(reported: ReportedRun) -> None:
    record = [reported.workspace.credentials(tenant)["private_key"] for tenant in reported.new]
    tokens = [tenant.api_token for tenant in (*reported.new, reported.unchanged, *reported.unreachable)]
    everything = reported.run.output + json.dumps(reported.summary)
    assert [secret for secret in (DEAD, *tokens, *record) if secret in everything] == []
    assert "Add -e yourself: only values that are known to hold no secret" in reported.run.output
    assert "made_up_token" not in reported.summary["repeat"]
    assert reported.summary["left_out"] == ["-e"]


def test_the_command_repeats_only_failed_tenants(reported: ReportedRun) -> None:
    assert f"    {reported.summary['repeat']}\n" in reported.run.output
    inventory = reported.workspace.folder / "tenants.json"
    corrected = json.loads(inventory.read_text(encoding="utf-8"))
    for tenant in reported.unreachable:
        corrected["all"]["hosts"][tenant.name].update(own_token(tenant))
    inventory.write_text(json.dumps(corrected), encoding="utf-8")
    name, *args = shlex.split(reported.summary["repeat"])
    assert name == "ansible-playbook"
    run = reported.workspace.run(*args, env=CALLBACK, vault=False)
    assert run.rc == 0, run.output
    assert sorted(run.stats) == sorted(tenant.name for tenant in reported.unreachable)
    again = summary_of(reported.workspace)
    assert again["tenants"] == {"total": 2, "onboarded": 2, "unchanged": 0, "failed": 0, "unfinished": 0}
    assert again["repeat"] is None


def test_with_v_the_usual_output_is_complete(workspace: Workspace, tenant: Tenant) -> None:
    # lines of a task contain times and ids; their beginnings do not
    def beginnings(run: Run) -> list[str]:
        usual = ("PLAY", "TASK", "ok:", "changed:", "skipping:", "included:", "fatal:", tenant.name)
        return [line.partition(" =>")[0].rstrip(" *") for line in run.output.splitlines() if line.startswith(usual)]

    lean = ("-v", "--check", "-e", json.dumps(FEW))
    usual, managed = workspace.onboard(tenant, *lean), workspace.onboard(tenant, *lean, env=CALLBACK)
    assert usual.rc == managed.rc == 0, managed.output
    assert beginnings(managed) == beginnings(usual)
    assert any(line.startswith("PLAY RECAP") for line in beginnings(managed))
    assert "1 would change, 0 failed, 0 not finished. Check mode: nothing was written." in managed.output


@pytest.fixture
def hung_run(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> Iterator[tuple[Workspace, subprocess.Popen[str], Tenant, Tenant]]:
    """Start a run whose first tenant completes and whose second hangs."""
    quick, slow = new_tenant(), new_tenant()
    workspace.okta.fault("pause", tenant=slow.name)
    variables = {"ca": workspace.okta.ca_file}
    inventory = {"all": {"hosts": {t.name: own_token(t, **FEW, rezonate_ca_path=variables["ca"]) for t in (quick, slow)}}}
    (workspace.folder / "t.json").write_text(json.dumps(inventory), encoding="utf-8")
    play = {"hosts": "all", "gather_facts": False, "strategy": "free", "roles": ["rezonate.okta.rezonate"]}
    (workspace.folder / "own.json").write_text(json.dumps([play]), encoding="utf-8")
    args = ("-i", "t.json", "own.json", "--vault-id", f"rz@{workspace.password_file}")
    env = {
        **workspace.env,
        **CALLBACK,
        "REZONATE_SUMMARY_FILE": "fleet.json",
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
    }
    process = subprocess.Popen(
        command("ansible-playbook", *args),
        cwd=workspace.folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield workspace, process, quick, slow
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    workspace.okta.clear_faults(tenant=slow.name)


def wait_for(path: Path) -> None:
    """Wait until a file exists."""
    deadline = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ctrl_c_leaves_a_summary_of_completed_tenants(hung_run: tuple[Workspace, subprocess.Popen[str], Tenant, Tenant]) -> None:
    workspace, process, quick, slow = hung_run
    wait_for(workspace.folder / "fleet.json")
    assert summary_of(workspace)["ended"] is None
    os.killpg(process.pid, signal.SIGINT)
    output = process.communicate(timeout=60)[0]
    summary = summary_of(workspace)
    assert summary["interrupted"] is True
    assert summary["ended"] is not None
    assert {name: result["status"] for name, result in summary["results"].items()} == {quick.name: "created", slow.name: "unfinished"}
    assert shlex.split(summary["repeat"])[-2:] == ["--limit", slow.name]
    assert "Interrupted. 2 tenants in" in output
