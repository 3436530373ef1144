# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offboarding removes the objects in the stored record, for each method; earlier objects remain, and check mode predicts the changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from helpers.ansible_run import CONFIRMED, Run
from helpers.okta_client import Api, public_jwk
from helpers.workspace import Workspace, own_token, stored_record, writes
from okta_emulator import Emulator, Tenant

SCOPES = ["okta.logs.read", "okta.users.read"]


def offboard(workspace: Workspace, hosts: dict[str, dict[str, Any]], *args: str) -> Run:
    inventory = workspace.folder / "leaving.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {"rezonate_ca_path": workspace.okta.ca_file}}}), encoding="utf-8")
    return workspace.run("-i", inventory, "rezonate.okta.offboard_rezonate", *args)


def ago(**span: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(tenant: Tenant, method: str, **members: Any) -> dict[str, Any]:
    return {"method": method, "tenant_id": tenant.name, "org_url": tenant.org_url, **members}


def custom_role(api: Api, tenant: Tenant, app: str) -> dict[str, str]:
    """Create a managed custom role and its resource set, and assign them to an app."""
    permissions = ["okta.users.manage", "okta.groups.manage"]
    role = api("POST", "/api/v1/iam/roles", json={"label": "Managed", "description": "d", "permissions": permissions}).json()["id"]
    body = {"label": "Managed", "description": "d", "resources": [f"{tenant.org_url}/api/v1/users"]}
    resource_set = api("POST", "/api/v1/iam/resource-sets", json=body).json()["id"]
    assigned = {"type": "CUSTOM", "role": role, "resource-set": resource_set}
    assert api("POST", f"/oauth2/v1/clients/{app}/roles", json=assigned).status_code == 201
    return {"custom_role": role, "resource_set": resource_set}


def integration(workspace: Workspace, tenant: Tenant, _api: Api) -> None:
    made = tenant.add_service("rezonate_security", *SCOPES)
    workspace.store(tenant, record(tenant, "api_service_integration", **made, requested_at=ago(hours=1), proven_at=ago(hours=1)))


def migrated_to_a_token(workspace: Workspace, tenant: Tenant, _api: Api) -> None:
    user = tenant.add_user("rezonate@acme.example", roles=["READ_ONLY_ADMIN"])
    token = tenant.add_api_token("rezonate@acme.example")
    app = tenant.add_app("Rezonate", [public_jwk(tenant.name)])
    now = record(tenant, "api_token", api_token=token, owner="rezonate@acme.example", made={"service_user": user})
    workspace.store(tenant, {**now, "previous": {"oauth": stored_record(tenant, application_id=app)}})


def adopted_with_a_role_and_a_zone(workspace: Workspace, tenant: Tenant, api: Api) -> None:
    zone = tenant.add_zone("Rezonate (rezonate.okta)", "198.51.100.0/24")
    network = {"connection": "ZONE", "include": [zone]}
    app = tenant.add_app("Vendor", [public_jwk(tenant.name), public_jwk("vendors")], network=network)
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    made = {**custom_role(api, tenant, app), "network_zone": zone}
    workspace.store(tenant, stored_record(tenant, application_id=app, take_over=True, made=made))


def adopted_during_a_rotation(workspace: Workspace, tenant: Tenant, _api: Api) -> None:
    app = tenant.add_app("Vendor", [public_jwk(name) for name in (tenant.name, "older", "vendors")])
    tenant.set_key_status(app, "vendors", "INACTIVE")
    workspace.store(tenant, stored_record(tenant, application_id=app, adopted=True, retiring=["older"]))


def adopted_and_inactive(workspace: Workspace, tenant: Tenant, _api: Api) -> None:
    app = tenant.add_app("Vendor", [public_jwk(tenant.name), public_jwk("vendors")])
    tenant.set_app_status(app, "INACTIVE")
    workspace.store(tenant, stored_record(tenant, application_id=app, adopted=True))


def of_a_newer_release(workspace: Workspace, tenant: Tenant, _api: Api) -> None:
    workspace.store(tenant, stored_record(tenant, application_id=tenant.add_app("Rezonate", [public_jwk(tenant.name)]), scopes_version=99))


CASES = (
    integration,
    migrated_to_a_token,
    adopted_with_a_role_and_a_zone,
    adopted_during_a_rotation,
    adopted_and_inactive,
    of_a_newer_release,
)
Case = Callable[[Workspace, Tenant, Api], None]


@dataclass(frozen=True)
class Offboarded:
    """Tenants that were offboarded, first in check mode."""

    workspace: Workspace
    tenants: dict[Case, Tenant]
    check: Run
    checked: dict[Case, list[str]]
    run: Run

    def app(self, case: Case) -> tuple[str, list[str], list[str]]:
        """Return the status, keys and roles of the remaining app."""
        tenant = self.tenants[case]
        (app,) = [found["id"] for found in tenant.apps]
        return tenant.app(app)["status"], [key["kid"] for key in tenant.keys(app)], tenant.roles(app)


@pytest.fixture(scope="module")
def offboarded(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant], okta: Emulator) -> Offboarded:
    workspace, tenants = new_workspace(), {case: new_tenant() for case in CASES}
    for case, tenant in tenants.items():
        case(workspace, tenant, Api(okta, tenant))
    hosts = {tenant.name: own_token(tenant) for tenant in tenants.values()}
    okta.clear_requests()
    check = offboard(workspace, hosts, "--check")
    checked = {case: writes(tenant.requests) for case, tenant in tenants.items()}
    return Offboarded(workspace, tenants, check, checked, offboard(workspace, hosts, *CONFIRMED))


@pytest.mark.parametrize("case", CASES)
def test_each_record_is_removed_and_check_mode_predicts_the_tasks(offboarded: Offboarded, case: Case) -> None:
    name = offboarded.tenants[case].name
    assert offboarded.run.stats[name]["failures"] == 0, offboarded.run.failure(name)
    assert not offboarded.workspace.vault_file(name).exists()
    assert offboarded.check.changed(name) == offboarded.run.changed(name) != []
    assert offboarded.checked[case] == []


def test_an_integration_is_deleted(offboarded: Offboarded) -> None:
    assert offboarded.tenants[integration].services == []


def test_the_app_of_a_previous_method_is_deleted_and_the_service_user_deactivated(offboarded: Offboarded) -> None:
    tenant = offboarded.tenants[migrated_to_a_token]
    status = {user["profile"]["login"]: user["status"] for user in tenant.state.users.values()}["rezonate@acme.example"]
    assert (tenant.apps, status) == ([], "DEPROVISIONED")


def test_an_adopted_app_retains_its_own_role_and_zone(offboarded: Offboarded) -> None:
    assert offboarded.app(adopted_with_a_role_and_a_zone) == ("ACTIVE", ["vendors"], ["READ_ONLY_ADMIN"])
    state = offboarded.tenants[adopted_with_a_role_and_a_zone].state
    zones = [zone["name"] for zone in state.zones.values() if not zone["system"]]
    assert (zones, list(state.iam_roles), list(state.resource_sets)) == (["Rezonate (rezonate.okta)"], [], [])


def test_keys_of_an_unfinished_rotation_and_inactive_keys_do_not_count_as_other_access(offboarded: Offboarded) -> None:
    assert offboarded.app(adopted_during_a_rotation)[0] == "INACTIVE"


def test_an_inactive_adopted_app_remains_inactive(offboarded: Offboarded) -> None:
    assert offboarded.app(adopted_and_inactive)[:2] == ("INACTIVE", ["vendors"])


def test_a_record_with_unknown_scopes_can_be_removed(offboarded: Offboarded) -> None:
    assert offboarded.tenants[of_a_newer_release].apps == []


def test_the_bootstrap_token_and_the_record_remain_if_offboarding_failed(workspace: Workspace, tenant: Tenant) -> None:
    workspace.create_onboarded(tenant, *SCOPES)
    before = workspace.credentials(tenant)
    refusal = {"errorCode": "E0000001", "errorSummary": "refused", "errorId": "e", "errorCauses": []}
    tenant.emulator.fault("status", tenant=tenant.name, path=r"/lifecycle/deactivate$", status=400, body=refusal, times=None)
    run = offboard(workspace, {tenant.name: own_token(tenant)}, *CONFIRMED, "-e", "rezonate_revoke_bootstrap_token=true")
    assert (run.rc, list(tenant.state.api_tokens), workspace.credentials(tenant)) == (2, [tenant.api_token], before), run.output
