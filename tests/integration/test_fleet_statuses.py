# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of the fleet callback: audits, check mode, rotations and offboarding."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from helpers.ansible_run import CONFIRMED, PLAYBOOK, Run
from helpers.run_history import FEW
from helpers.workspace import Workspace, own_token
from okta_emulator import Tenant

CALLBACK = {"ANSIBLE_STDOUT_CALLBACK": "rezonate.okta.fleet", "REZONATE_SUMMARY_FILE": "fleet.json"}
AUDIT, ROTATE, OFFBOARD = "rezonate.okta.audit_rezonate", "rezonate.okta.rotate_rezonate", "rezonate.okta.offboard_rezonate"
NewTenant = Callable[..., Tenant]


def run_for(
    workspace: Workspace, tenants: list[Tenant], *args: str, more: dict[str, dict[str, Any]] | None = None
) -> tuple[Run, dict[str, Any]]:
    """Run playbooks for tenants; return the run and its summary."""
    given = more or {}
    hosts = {tenant.name: {**own_token(tenant, **FEW), **given.get(tenant.name, {})} for tenant in tenants}
    inventory = workspace.folder / "tenants.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {"rezonate_ca_path": workspace.okta.ca_file}}}), encoding="utf-8")
    run = workspace.run("-i", inventory, *args, env=CALLBACK, no_wait=True)
    return run, json.loads((workspace.folder / "fleet.json").read_text(encoding="utf-8"))


def statuses(summary: dict[str, Any]) -> list[str]:
    """Return the statuses of the tenants, in order."""
    return [result["status"] for result in summary["results"].values()]


@dataclass(frozen=True)
class Audited:
    """An audit of three tenants: one that cannot be audited, one with a critical finding, and a clean one."""

    workspace: Workspace
    tenants: list[Tenant]
    run: Run
    summary: dict[str, Any]


@pytest.fixture(scope="module")
def audited(new_workspace: Callable[[], Workspace], new_tenant: NewTenant) -> Audited:
    workspace, tenants = new_workspace(), [new_tenant() for _number in range(3)]
    for tenant in tenants:
        workspace.create_onboarded(tenant, *FEW["rezonate_scopes"])
    tenants[1].assign_role(tenants[1].apps[0]["id"], "SUPER_ADMIN")
    dead = {tenants[0].name: {"rezonate_okta_api_token": "00" + "deadTokenMadeUpForTheFleetsStatuses_1234"}}
    run, summary = run_for(workspace, tenants, AUDIT, "-e", "rezonate_audit_fail_on=critical", more=dead)
    return Audited(workspace, tenants, run, summary)


def test_an_audit_has_the_statuses_of_an_audit(audited: Audited) -> None:
    assert audited.run.rc == 2, audited.run.output
    assert statuses(audited.summary) == ["failed", "findings", "clean"]
    assert audited.summary["statuses"] == {"clean": 1, "findings": 1, "failed": 1}
    assert audited.summary["findings"]["critical"] == audited.summary["results"][audited.tenants[1].name]["findings"]["critical"] == 1
    assert audited.summary["tenants"] == {"total": 3, "onboarded": 0, "unchanged": 0, "failed": 1, "unfinished": 0}


def test_the_recap_and_the_lines_have_the_statuses(audited: Audited) -> None:
    output = audited.run.output
    assert ": 1 clean, 1 with findings (1 critical" in output
    assert f"{audited.tenants[1].name}: findings (1 critical" in output
    assert f"{audited.tenants[2].name}: clean, " in output
    assert "unchanged" not in output


def test_a_report_that_fails_the_run_is_not_a_failure_of_the_host_that_writes_it(audited: Audited) -> None:
    assert audited.summary["verdict"].startswith("Write the report: Tenants: 3, of these 1 clean")
    assert "The run failed:\n    Write the report: Tenants: 3" in audited.run.output
    (cause,) = audited.summary["causes"]
    assert cause["tenants"] == [audited.tenants[0].name]


def test_a_repeated_audit_does_not_remove_the_other_tenants_from_the_report(audited: Audited) -> None:
    name, *args = shlex.split(audited.summary["repeat"])
    assert (name, args[-2:]) == ("ansible-playbook", ["--limit", audited.tenants[0].name])
    run = audited.workspace.run(*args, env=CALLBACK, no_wait=True, vault=False)
    report = json.loads((audited.workspace.folder / "rezonate-report" / "audit.json").read_text(encoding="utf-8"))
    assert sorted(one["tenant"] for one in report["tenants"]) == sorted(tenant.name for tenant in audited.tenants), run.output


def test_check_mode_reports_what_would_change(workspace: Workspace, tenant: Tenant) -> None:
    run, summary = run_for(workspace, [tenant], PLAYBOOK, "--check")
    assert (statuses(summary), summary["statuses"], summary["tenants"]["onboarded"]) == (["would change"], {"would change": 1}, 0)
    assert f"{tenant.name}: would change, " in run.output
    assert "1 would change, 0 failed, 0 not finished. Check mode: nothing was written." in run.output


def test_each_kind_of_work_has_its_own_status(workspace: Workspace, tenant: Tenant) -> None:
    works = [
        ("created", (PLAYBOOK,)),
        ("unchanged", (PLAYBOOK,)),
        ("prepared", (ROTATE, "-e", "rezonate_rotation=prepare")),
        ("aborted", (ROTATE, "-e", "rezonate_rotation=abort")),
        ("unchanged", (ROTATE, "-e", "rezonate_rotation=status")),
        ("prepared", (ROTATE, "-e", "rezonate_rotation=prepare")),
        ("finished", (ROTATE, "-e", "rezonate_rotation=finish")),
        ("would change", (OFFBOARD, *CONFIRMED, "--check")),
        ("offboarded", (OFFBOARD, *CONFIRMED)),
    ]
    found = [statuses(run_for(workspace, [tenant], *args)[1]) for _word, args in works]
    assert found == [[word] for word, _args in works]


def test_corrected_drift_has_the_status_changed(workspace: Workspace, tenant: Tenant) -> None:
    workspace.create_onboarded(tenant, *FEW["rezonate_scopes"])
    tenant.grant(tenant.apps[0]["id"], "okta.groups.manage")
    _run, summary = run_for(workspace, [tenant], PLAYBOOK)
    assert statuses(summary) == ["changed"]
