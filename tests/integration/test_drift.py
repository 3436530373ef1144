# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift of onboarded tenants: the next run corrects it, and check mode predicts the changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from helpers.ansible_run import Run
from helpers.audit_seeds import delete_the_role, empty_the_resource_set, permit_more
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace, named, own_token, writes
from okta_emulator import Tenant

SCOPES = ["okta.logs.read", "okta.users.read"]
APP = "Rezonate"


def managed_key(tenant: Tenant) -> str:
    return str(tenant.keys(APP)[0]["kid"])


PRIVILEGES = "Create or update the custom role and resource set for privilege visibility"
VERIFY = "Verify the credentials and compare the tenant again"
# The drift, and the tasks that correct it.
DRIFTS: dict[str, tuple[Callable[[Tenant], Any], set[str]]] = {
    "scope added": (lambda t: t.grant(APP, "okta.apps.manage"), {"Grant the scopes"}),
    "scope removed": (lambda t: t.revoke_grant(APP, SCOPES[0]), {"Grant the scopes"}),
    "role added": (lambda t: t.assign_role(APP, "SUPER_ADMIN"), {"Assign the admin roles"}),
    "roles removed": (lambda t: t.remove_role(APP, "READ_ONLY_ADMIN"), {"Assign the admin roles"}),
    "custom role unassigned": (lambda t: t.remove_role(APP, "CUSTOM"), {"Assign the admin roles"}),
    "custom role changed": (permit_more, {PRIVILEGES}),
    "resource set emptied": (empty_the_resource_set, {PRIVILEGES}),
    "custom role deleted": (delete_the_role, {PRIVILEGES, "Find or create the service app", "Assign the admin roles", VERIFY}),
    "key added": (lambda t: t.add_key(APP, public_jwk("foreign")), {"Find or create the service app"}),
    "managed key removed": (lambda t: t.remove_key(APP, managed_key(t)), {"Find or create the service app"}),
    "managed key deactivated": (lambda t: t.set_key_status(APP, managed_key(t), "INACTIVE"), {"Find or create the service app"}),
    "app deactivated": (lambda t: t.set_app_status(APP, "INACTIVE"), {"Find or create the service app"}),
    "app changed": (lambda t: t.set_app(APP, label="Other", dpop_bound_access_tokens=True), {"Find or create the service app"}),
    "app deleted": (
        lambda t: t.remove_app(APP),
        {
            "Find or create the service app",
            "Grant the scopes",
            "Assign the admin roles",
            VERIFY,
        },
    ),
}


@dataclass(frozen=True)
class Drifted:
    """Tenants with drift, and the next runs: one in check mode and two real ones."""

    workspace: Workspace
    hosts: dict[str, Tenant]
    keys: dict[str, str]
    check: Run
    runs: tuple[Run, Run]
    checked: dict[str, list[str]]


@pytest.fixture(scope="module")
def drifted(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Drifted:
    workspace = new_workspace()
    hosts = {drift: new_tenant() for drift in DRIFTS}
    inventory = {tenant.name: own_token(tenant, rezonate_scopes=SCOPES, rezonate_optional_scopes=[]) for tenant in hosts.values()}
    for tenant in hosts.values():
        workspace.create_onboarded(tenant, *SCOPES)
    keys = {drift: managed_key(tenant) for drift, tenant in hosts.items()}
    for drift, tenant in hosts.items():
        DRIFTS[drift][0](tenant)
    workspace.okta.clear_requests()
    check = workspace.fleet(inventory, "--check", "--diff", no_wait=True)
    checked = {drift: writes(tenant.requests) for drift, tenant in hosts.items()}
    return Drifted(workspace, hosts, keys, check, (workspace.fleet(inventory, no_wait=True), workspace.fleet(inventory)), checked)


@pytest.mark.parametrize("drift", DRIFTS)
def test_the_next_run_corrects_only_the_drift(drifted: Drifted, drift: str) -> None:
    name = drifted.hosts[drift].name
    assert drifted.runs[0].stats[name]["failures"] == 0, drifted.runs[0].failure(name)
    assert set(drifted.runs[0].changed(name)) == DRIFTS[drift][1]


@pytest.mark.parametrize("drift", DRIFTS)
def test_check_mode_predicts_the_changes(drifted: Drifted, drift: str) -> None:
    name = drifted.hosts[drift].name
    assert drifted.check.stats[name]["failures"] == 0, drifted.check.failure(name)
    assert set(drifted.check.changed(name)) == DRIFTS[drift][1]
    assert drifted.checked[drift] == []


@pytest.mark.parametrize("drift", DRIFTS)
def test_the_original_state_is_restored(drifted: Drifted, drift: str) -> None:
    tenant = drifted.hosts[drift]
    (app,) = tenant.apps
    assert (app["label"], app["status"]) == (APP, "ACTIVE")
    assert app["settings"]["oauthClient"].get("dpop_bound_access_tokens") is not True
    assert [(key["kid"], key["status"]) for key in tenant.keys(APP)] == [(drifted.keys[drift], "ACTIVE")]
    assert (tenant.scopes(APP), tenant.roles(APP)) == (SCOPES, ["CUSTOM", "READ_ONLY_ADMIN"])
    ((role,), (resources,)) = tenant.state.iam_roles.values(), tenant.state.resource_sets.values()
    members = [resource["orn"] for resource in resources["resources"]]
    assert (role["permissions"], members) == (["okta.iam.read"], [tenant.orn("iam", "contained_resources")])
    assert drifted.workspace.credentials(tenant)["application_id"] == app["id"]


@pytest.mark.parametrize("drift", DRIFTS)
def test_the_run_after_that_changes_nothing(drifted: Drifted, drift: str) -> None:
    tenant = drifted.hosts[drift]
    assert drifted.runs[1].changed(tenant.name) == []
    assert len(named(tenant.requests)) > 0


def test_the_owner_of_the_token_is_read_before_the_first_write(drifted: Drifted) -> None:
    tenant = drifted.hosts["scope removed"]
    calls = named(tenant.requests)
    first_write = calls.index("POST /api/v1/apps/0oa/grants")
    assert "GET /api/v1/users/00u/roles" in calls[:first_write]


def test_a_recreated_app_has_a_new_id_that_must_be_entered(drifted: Drifted) -> None:
    tenant = drifted.hosts["app deleted"]
    new = drifted.workspace.credentials(tenant)["application_id"]
    result = drifted.runs[0].result("Report the status of the tenant", tenant.name)
    (to_do,) = [line for line in result["msg"] if line.startswith("To do: ")]
    assert f"the application id {new} (before: 0oa" in to_do
    assert result["rezonate"]["status"] == "created"
    assert any(f"application id {new}" in change for change in result["rezonate"]["changed"])


@pytest.mark.parametrize("drift", [drift for drift in DRIFTS if drift != "app deleted"])
def test_changes_are_reported_and_nothing_must_be_entered(drifted: Drifted, drift: str) -> None:
    for run, verb, status in ((drifted.check, "Would change: ", "would change"), (drifted.runs[0], "Changed: ", "changed")):
        result = run.result("Report the status of the tenant", drifted.hosts[drift].name)
        assert [line for line in result["msg"] if line.startswith(verb)], result["msg"]
        assert "To do: nothing; the entries in the Rezonate console remain valid." in result["msg"]
        assert result["rezonate"]["status"] == status
    again = drifted.runs[1].result("Report the status of the tenant", drifted.hosts[drift].name)
    assert again["rezonate"] == {"work": "onboard", "status": "unchanged", "changed": []}


def test_a_weak_token_writes_nothing_to_a_drifted_tenant(workspace: Workspace, tenant: Tenant) -> None:
    assert workspace.onboard(tenant).rc == 0
    tenant.revoke_grant(APP, "okta.logs.read")
    tenant.emulator.clear_requests(tenant.name)
    weak = tenant.add_api_token("auditor")
    run = workspace.onboard(tenant, token=weak)
    message = run.failure(tenant.name)
    assert "onboarding needs a super admin" in message
    assert writes(tenant.requests) == []
