# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A strategy that a user sets for all playbooks changes neither the waves of a fleet nor the tasks that run once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers.ansible_run import COLLECTIONS, CONFIRMED, ROOT, Run
from helpers.run_history import FEW
from helpers.workspace import Workspace, own_token
from okta_emulator import Tenant

STRATEGIES = ["free", "host_pinned", "debug"]
EXAMPLE = ROOT / "docs" / "examples" / "awx-project"
NewTenant = Callable[..., Tenant]


def run_for(
    workspace: Workspace, hosts: dict[str, dict[str, Any]], strategy: str, playbook: str | Path, *args: str, **variables: Any
) -> Run:
    """Run a playbook for a fleet with a strategy and two workers, so that the hosts start at different times."""
    inventory = workspace.folder / "tenants.json"
    given = {"rezonate_ca_path": workspace.okta.ca_file, **FEW}
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": given}}), encoding="utf-8")
    env = {"ANSIBLE_STRATEGY": strategy, "ANSIBLE_FORKS": "2", "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    return workspace.run("-i", inventory, playbook, *args, "-e", json.dumps(variables), env=env, no_wait=True)


def onboarded(workspace: Workspace, new_tenant: NewTenant, count: int = 3) -> list[Tenant]:
    """Create tenants that are already onboarded."""
    tenants = [new_tenant() for _number in range(count)]
    for tenant in tenants:
        workspace.create_onboarded(tenant, *FEW["rezonate_scopes"])
    return tenants


@pytest.mark.parametrize(
    ("strategy", "playbook"),
    [*((strategy, "rezonate.okta.onboard_rezonate") for strategy in STRATEGIES), ("free", EXAMPLE / "onboard_rezonate.yml")],
    ids=[*STRATEGIES, "free, imported"],
)
def test_with_any_strategy_a_wave_with_too_many_failures_ends_the_run(
    workspace: Workspace, new_tenant: NewTenant, strategy: str, playbook: str | Path
) -> None:
    tenants = [new_tenant() for _number in range(4)]
    hosts = {tenant.name: own_token(tenant) for tenant in tenants}
    hosts[tenants[0].name]["rezonate_okta_api_token"] = "00" + "d" * 40
    run = run_for(workspace, hosts, strategy, playbook, rezonate_waves=[2, 2], rezonate_wave_max_fail_percentage=0)
    assert run.rc == 2, run.output
    assert [bool(tenant.requests) for tenant in tenants[2:]] == [False, False]
    assert [len(tenant.apps) for tenant in tenants] == [0, 0, 0, 0]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_with_any_strategy_an_audit_writes_one_report_of_all_and_fails_once(
    workspace: Workspace, new_tenant: NewTenant, strategy: str
) -> None:
    tenants = onboarded(workspace, new_tenant)
    tenants[1].assign_role(tenants[1].apps[0]["id"], "SUPER_ADMIN")
    hosts = {tenant.name: own_token(tenant) for tenant in tenants}
    hosts[tenants[0].name]["rezonate_okta_api_token"] = "00" + "d" * 40  # the first cannot be audited
    run = run_for(workspace, hosts, strategy, "rezonate.okta.audit_rezonate", rezonate_audit_fail_on="critical")
    assert run.rc == 2, run.output
    report = json.loads((workspace.folder / "rezonate-report" / "audit.json").read_text(encoding="utf-8"))
    assert {one["tenant"]: one["status"] for one in report["tenants"]}.keys() == {tenant.name for tenant in tenants}
    assert [event.host for event in run.events if event.status == "failed" and event.task == "Write the report"] == [tenants[0].name]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_with_any_strategy_all_playbooks_succeed(workspace: Workspace, new_tenant: NewTenant, strategy: str) -> None:
    tenants = [new_tenant() for _number in range(3)]
    hosts = {tenant.name: own_token(tenant) for tenant in tenants}
    publish = "rezonate.okta.publish_rezonate_results"
    run = run_for(workspace, hosts, strategy, "rezonate.okta.onboard_rezonate", "rezonate.okta.audit_rezonate", publish)
    assert run.rc == 0, run.output
    artifacts = {**run.artifacts, "rezonate_summary_file": "fleet.json"}
    assert run_for(workspace, hosts, strategy, "rezonate.okta.merge_rezonate_results", **artifacts).rc == 0
    summary = json.loads((workspace.folder / "fleet.json").read_text(encoding="utf-8"))
    assert (summary["tenants"]["total"], summary["tenants"]["unfinished"]) == (3, 0)
    rotate = ("rezonate.okta.rotate_rezonate", "-e", "rezonate_rotation=prepare")
    assert run_for(workspace, hosts, strategy, *rotate).rc == 0
    assert {len(tenant.apps[0]["settings"]["oauthClient"]["jwks"]["keys"]) for tenant in tenants} == {2}
    assert run_for(workspace, hosts, strategy, "rezonate.okta.offboard_rezonate", *CONFIRMED).rc == 0
    assert [len(tenant.apps) for tenant in tenants] == [0, 0, 0]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_with_any_strategy_the_role_runs_the_steps_of_each_host_in_order(
    workspace: Workspace, new_tenant: NewTenant, strategy: str
) -> None:
    tenants = [new_tenant() for _number in range(3)]
    more: list[dict[str, Any]] = [
        {"rezonate_source_addresses": ["203.0.113.0/24"]},
        {},
        {"rezonate_revoke_bootstrap_token": True},
    ]
    hosts = {tenant.name: own_token(tenant, **options) for tenant, options in zip(tenants, more, strict=True)}
    playbook = workspace.folder / "own.yml"
    play = {"hosts": "all", "gather_facts": False, "strategy": strategy, "roles": [{"role": "rezonate.okta.rezonate"}]}
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    run = run_for(workspace, hosts, strategy, playbook)
    assert run.rc == 0, run.output
    for tenant in tenants:
        assert workspace.credentials(tenant)["application_id"] == tenant.apps[0]["id"]
        assert sorted(tenant.scopes("Rezonate")) == sorted(FEW["rezonate_scopes"])


def test_every_playbook_for_tenants_sets_its_strategy() -> None:
    plays = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / "playbooks").glob("*.yml")}
    del plays["configure_awx.yml"]  # events of one host
    assert len(plays) == 6
    assert {play.get("strategy") for found in plays.values() for play in found} == {"linear"}
