# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP calls that each option adds, as a table. With each option, a second run changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.scope_access import scope_reads
from benchmarks.calls import TOO_MANY
from benchmarks.contenders import scopes
from helpers.ansible_run import Run
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace, named, own_token, private_jwk
from okta_emulator import Tenant

SCOPES = ["okta.users.read", "okta.logs.read"]
TASKS = (10, 3)
# Coverage reads the log; the verification reads users anyway.
COVERAGE = ["GET /api/v1/logs?limit=1"]
CUSTOM_DOMAIN = "id.rezonate-test.example"


@dataclass(frozen=True)
class Cost:
    """The cost of an option.

    Args:
        first: the calls of a first run, in addition to one per scope and those of the coverage.
        second: the calls of a second run.
        tenant: options of the tenant.
        variables: variables of the role.
        prepare: changes Okta before the first run; returns additional variables.
        per_scope: whether a first run makes one call per scope.
        tasks: the number of tasks of the first and the second run, including skipped ones.
    """

    first: int
    second: int
    tenant: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Tenant], dict[str, Any]] = own_token
    per_scope: bool = True
    tasks: tuple[int, int] = TASKS


def bootstrap_client(tenant: Tenant) -> dict[str, Any]:
    client = tenant.add_app("Bootstrap", [public_jwk("bootstrap")])
    tenant.grant(client, "okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage", "okta.roles.read")
    tenant.assign_role(client, "SUPER_ADMIN")
    return {"rezonate_okta_client_id": client, "rezonate_okta_private_key": json.dumps(private_jwk("bootstrap"))}


def a_late_super_admin(tenant: Tenant) -> dict[str, Any]:
    def add(org: Tenant, _request: Any) -> None:
        org.assign_role("Rezonate", "SUPER_ADMIN")

    tenant.emulator.fault("hook", tenant=tenant.name, path="/oauth2/v1/token", call=add)
    return own_token(tenant)


def an_app_without_keys(tenant: Tenant) -> dict[str, Any]:
    app = tenant.add_app("Made by hand", [public_jwk("lost")])
    tenant.remove_key(app, "lost")
    return own_token(tenant, rezonate_application_id=app, rezonate_app_label="Made by hand")


def an_app_with_a_key(tenant: Tenant) -> dict[str, Any]:
    tenant.add_app("Rezonate", [public_jwk("foreign")])
    return own_token(tenant, rezonate_adopt_existing=True)


def a_group(tenant: Tenant) -> dict[str, Any]:
    tenant.add_group("Contractors")
    return own_token(tenant)


def a_zone(tenant: Tenant) -> dict[str, Any]:
    tenant.add_zone("Here", "127.0.0.0/8")
    return own_token(tenant)


def a_token(tenant: Tenant) -> dict[str, Any]:
    return own_token(tenant, rezonate_readonly_api_token=tenant.add_api_token("auditor"))


OF_GROUPS = {"rezonate_remediation": True, "rezonate_remediation_resource_groups": ["Contractors"]}
COSTS = {
    "nothing": Cost(18, 7),
    "the org makes the app a super admin": Cost(20, 7, {"public_client_app_admins": True}),
    "the org makes the app a super admin late": Cost(19, 7, prepare=a_late_super_admin),
    "custom domain": Cost(31, 12, {"custom_domain": CUSTOM_DOMAIN}, {"rezonate_org_url": f"https://{CUSTOM_DOMAIN}/"}),
    "OAuth client as bootstrap": Cost(29, 11, prepare=bootstrap_client),
    "without verification": Cost(16, 5, variables={"rezonate_verify": False}),
    "not exclusive": Cost(18, 7, variables={"rezonate_exclusive": False}),
    "require compare": Cost(18, 7, variables={"rezonate_require_drift_check": True}),
    "a larger key": Cost(18, 7, variables={"rezonate_key_size": 3072}),
    "two roles": Cost(19, 7, variables={"rezonate_admin_roles": ["READ_ONLY_ADMIN", "APP_ADMIN"]}),
    "optional scopes that the org lacks": Cost(
        19,
        7,
        {"unavailable_scopes": ["okta.devices.read"]},
        {"rezonate_optional_scopes": ["okta.devices.read"]},
    ),
    "adopting an app": Cost(20, 7, prepare=an_app_without_keys),
    "adopting an app with a new key": Cost(20, 7, prepare=an_app_with_a_key),
    "remediation": Cost(22, 7, variables={"rezonate_remediation": True}),
    "remediation of groups": Cost(28, 13, variables=OF_GROUPS, prepare=a_group, tasks=(13, 3)),
    "DPoP": Cost(19, 8, variables={"rezonate_dpop": True}),
    "a network zone": Cost(19, 8, variables={"rezonate_network_zones": ["Here"]}, prepare=a_zone),
    "source addresses": Cost(20, 8, variables={"rezonate_source_addresses": ["127.0.0.0/8"]}, tasks=(12, 3)),
    "revoking the token": Cost(20, 8, variables={"rezonate_revoke_bootstrap_token": True}, tasks=(13, 6)),
    "API service integration": Cost(9, 4, variables={"rezonate_method": "api_service_integration"}, per_scope=False, tasks=(10, 3)),
    "API token": Cost(6, 6, variables={"rezonate_method": "api_token"}, prepare=a_token, per_scope=False, tasks=(5, 3)),
}


@dataclass(frozen=True)
class Fleet:
    """Tenants with one option each, onboarded twice."""

    hosts: dict[str, Tenant]
    runs: tuple[Run, Run]
    calls: tuple[dict[str, list[str]], dict[str, list[str]]]


@pytest.fixture(scope="module")
def fleet(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Fleet:
    workspace = new_workspace()
    hosts = {option: new_tenant(**cost.tenant) for option, cost in COSTS.items()}
    common = {"rezonate_scopes": SCOPES, "rezonate_optional_scopes": []}
    inventory = {hosts[option].name: {**common, **cost.variables, **cost.prepare(hosts[option])} for option, cost in COSTS.items()}
    runs, calls = [], []
    for _unused in range(2):
        workspace.okta.clear_requests()
        runs.append(workspace.fleet(inventory))
        calls.append({option: named(tenant.requests) for option, tenant in hosts.items()})
    return Fleet(hosts, (runs[0], runs[1]), (calls[0], calls[1]))


@pytest.mark.parametrize("option", COSTS)
def test_a_first_run_makes_this_many_calls(fleet: Fleet, option: str) -> None:
    scopes = (len(SCOPES) + len(COSTS[option].variables.get("rezonate_optional_scopes", []))) * COSTS[option].per_scope
    calls = [call for call in fleet.calls[0][option] if call not in COVERAGE]
    assert len(calls) - scopes == COSTS[option].first, (calls, fleet.runs[0].output[-3000:])


@pytest.mark.parametrize("option", COSTS)
def test_a_second_run_makes_this_many_calls(fleet: Fleet, option: str) -> None:
    calls = fleet.calls[1][option]
    assert len(calls) == COSTS[option].second, calls


@pytest.mark.parametrize("option", COSTS)
def test_a_second_run_changes_nothing(fleet: Fleet, option: str) -> None:
    name = fleet.hosts[option].name
    assert fleet.runs[0].stats[name]["failures"] == 0, fleet.runs[0].failure(name)
    assert (fleet.runs[1].stats[name]["changed"], fleet.runs[1].stats[name]["failures"]) == (0, 0), fleet.runs[1].changed(name)


@pytest.mark.parametrize("option", ["the org makes the app a super admin", "the org makes the app a super admin late"])
def test_removing_super_admin_makes_two_calls_at_most(fleet: Fleet, option: str) -> None:
    usual, more = fleet.calls[0]["nothing"], fleet.calls[0][option]
    assert len(more) <= len(usual) + 2
    assert fleet.hosts[option].roles("Rezonate") == ["CUSTOM", "READ_ONLY_ADMIN"]
    assert "held SUPER_ADMIN" in fleet.runs[0].output


@pytest.mark.parametrize("option", COSTS)
def test_a_run_takes_this_many_tasks(fleet: Fleet, option: str) -> None:
    stats = [run.stats[fleet.hosts[option].name] for run in fleet.runs]
    assert tuple(one["ok"] + one["skipped"] + one["failures"] for one in stats) == COSTS[option].tasks


@pytest.mark.parametrize("grants", [17, 20], ids=["a window is full before the last check", "in between"])
def test_with_the_lowest_rate_limits_no_call_is_refused(workspace: Workspace, new_tenant: Callable[..., Tenant], grants: int) -> None:
    tenant = new_tenant(rate_limits="free_org", rate_window=2)
    variables = {"rezonate_scopes": scopes()[:grants], "rezonate_optional_scopes": []}
    run = workspace.onboard(tenant, "-e", json.dumps(variables))
    assert run.stats[tenant.name]["failures"] == 0, run.failure(tenant.name)
    assert [entry.path for entry in tenant.requests if entry.status == TOO_MANY] == []
    coverage = scope_reads(scopes()[:grants]).values()
    assert len(tenant.requests) == grants + COSTS["nothing"].first + len(coverage) - 1  # the verification reads users anyway
