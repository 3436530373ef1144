# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Created objects that others use are not removed, and are reported; check mode names the objects that would be removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from helpers.ansible_run import CONFIRMED, Run
from helpers.okta_client import Api, public_jwk
from helpers.workspace import Workspace, own_token, writes
from okta_emulator import Emulator, Tenant

PLAYBOOK = "rezonate.okta.offboard_rezonate"
FEW: dict[str, Any] = {"rezonate_scopes": ["okta.logs.read", "okta.users.read"], "rezonate_optional_scopes": []}
REMEDIATION = {"rezonate_remediation": True, "rezonate_remediation_resource_groups": ["Contractors"]}
ZONE = {"rezonate_source_addresses": ["198.51.100.0/24"], "rezonate_verify": False}
SERVICE_USER = {"rezonate_method": "api_token", "rezonate_service_user": "rezonate@acme.example"}


def offboard(workspace: Workspace, hosts: dict[str, dict[str, Any]], *args: str) -> Run:
    inventory = workspace.folder / "leaving.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {"rezonate_ca_path": workspace.okta.ca_file}}}), encoding="utf-8")
    return workspace.run("-i", inventory, PLAYBOOK, *args)


def report(run: Run, tenant: Tenant) -> str:
    return " ".join(run.result("Report the status of the tenant", tenant.name)["msg"])


def ids(tenant: Tenant) -> tuple[str, str]:
    return next(iter(tenant.state.iam_roles)), next(iter(tenant.state.resource_sets))


def assigned_to_an_app(tenant: Tenant, api: Api) -> None:
    role, resources = ids(tenant)
    app = tenant.add_app("Payroll", [public_jwk("foreign")])
    assert (
        api("POST", f"/oauth2/v1/clients/{app}/roles", json={"type": "CUSTOM", "role": role, "resource-set": resources}).status_code == 201
    )


def assigned_to_a_user(tenant: Tenant, api: Api) -> None:
    role, resources = ids(tenant)
    body = {"type": "CUSTOM", "role": role, "resource-set": resources}
    assert api("POST", f"/api/v1/users/{tenant.add_user('other')}/roles", json=body).status_code == 201


def role_elsewhere(tenant: Tenant, api: Api) -> None:
    role, _ours = ids(tenant)
    resources = [f"{api.base}/api/v1/users"]
    other = api("POST", "/api/v1/iam/resource-sets", json={"label": "Foreign", "description": "d", "resources": resources}).json()["id"]
    body = {"type": "CUSTOM", "role": role, "resource-set": other}
    assert api("POST", f"/api/v1/users/{tenant.add_user('other')}/roles", json=body).status_code == 201


def set_with_another_role(tenant: Tenant, api: Api) -> None:
    _ours, resources = ids(tenant)
    made = {"label": "Foreign", "description": "d", "permissions": ["okta.users.read"]}
    body = {"type": "CUSTOM", "role": api("POST", "/api/v1/iam/roles", json=made).json()["id"], "resource-set": resources}
    assert api("POST", f"/api/v1/users/{tenant.add_user('other')}/roles", json=body).status_code == 201


def more_permissions(tenant: Tenant, api: Api) -> None:
    assert api("POST", f"/api/v1/iam/roles/{ids(tenant)[0]}/permissions/okta.apps.manage").status_code == 204


def zone_of_another_app(tenant: Tenant, _api: Api) -> None:
    (zone,) = [zone for zone in tenant.state.zones.values() if not zone["system"]]
    tenant.add_app("Payroll", [public_jwk("foreign")], network={"connection": "ZONE", "include": [zone["id"]]})


def zone_of_a_token(tenant: Tenant, _api: Api) -> None:
    (zone,) = [zone for zone in tenant.state.zones.values() if not zone["system"]]
    tenant.add_api_token("other", ["READ_ONLY_ADMIN"], name="CI", network={"connection": "ZONE", "include": [zone["id"]]})


def user_with_another_role(tenant: Tenant, _api: Api) -> None:
    tenant.assign_user_role("rezonate@acme.example", "USER_ADMIN")


def user_with_another_token(tenant: Tenant, _api: Api) -> None:
    tenant.add_api_token("rezonate@acme.example", name="Other script")


# The variables, the change after onboarding, the kinds of objects that remain, and the reason.
Use = Callable[[Tenant, Api], None]
CASES: dict[str, tuple[dict[str, Any], Use | None, set[str], str]] = {
    "role and set assigned to an app": (REMEDIATION, assigned_to_an_app, {"role", "set"}, "others use it: the app 0oa"),
    "role and set assigned to a user": (REMEDIATION, assigned_to_a_user, {"role", "set"}, "others use it: the user 00u"),
    "role with another set": (REMEDIATION, role_elsewhere, {"role"}, "others use it: the user 00u"),
    "set with another role": (REMEDIATION, set_with_another_role, {"set"}, "others use it: the user 00u"),
    "changed role": (REMEDIATION, more_permissions, {"role"}, "it also has okta.apps.manage"),
    "zone of an app": (ZONE, zone_of_another_app, {"zone"}, "others use it: the app Payroll"),
    "zone of a token": (ZONE, zone_of_a_token, {"zone"}, "others use it: the API token CI"),
    "user with another role": (SERVICE_USER, user_with_another_role, {"user"}, "others use it: it holds USER_ADMIN"),
    "user with another token": (SERVICE_USER, user_with_another_token, {"user"}, "others use it: its API tokens are Other script"),
    "not in use": ({**REMEDIATION, **ZONE}, None, set(), ""),
}


@dataclass(frozen=True)
class InUse:
    """Tenants that were onboarded, whose objects were then used by others, and that were then offboarded."""

    tenants: dict[str, Tenant]
    made: dict[str, list[str]]
    check: Run
    checked: dict[str, list[str]]
    run: Run


def remains(tenant: Tenant) -> set[str]:
    state = tenant.state
    users = [
        user for user in state.users.values() if user["profile"]["login"] == "rezonate@acme.example" and user["status"] != "DEPROVISIONED"
    ]
    found = {
        "role": [role for role in state.iam_roles.values() if "rezonate.okta" in role["label"]],
        "set": [item for item in state.resource_sets.values() if "rezonate.okta" in item["label"]],
        "zone": [zone for zone in state.zones.values() if "rezonate.okta" in zone["name"] and zone["status"] == "ACTIVE"],
        "user": users,
    }
    return {kind for kind, things in found.items() if things}


@pytest.fixture(scope="module")
def history(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant], okta: Emulator) -> InUse:
    workspace, tenants = new_workspace(), {case: new_tenant() for case in CASES}
    hosts = {}
    for case, tenant in tenants.items():
        tenant.add_group("Contractors")
        hosts[tenant.name] = own_token(tenant, **FEW, **CASES[case][0])
        if "user" in CASES[case][2]:
            hosts[tenant.name]["rezonate_readonly_api_token"] = tenant.add_api_token("auditor", ["READ_ONLY_ADMIN"])
    assert workspace.fleet(hosts).rc == 0
    made = {}
    for case, tenant in tenants.items():
        made[case] = [*tenant.state.iam_roles, *tenant.state.resource_sets, *(app["id"] for app in tenant.apps)]
        use = CASES[case][1]
        if use:
            use(tenant, Api(okta, tenant))
    plain = {tenant.name: own_token(tenant) for tenant in tenants.values()}
    okta.clear_requests()
    check = offboard(workspace, plain, "--check")
    checked = {case: writes(tenant.requests) for case, tenant in tenants.items()}
    return InUse(tenants, made, check, checked, offboard(workspace, plain, *CONFIRMED))


@pytest.mark.parametrize("case", CASES)
def test_objects_in_use_remain_and_the_others_are_removed(history: InUse, case: str) -> None:
    tenant = history.tenants[case]
    assert history.run.stats[tenant.name]["failures"] == 0, history.run.failure(tenant.name)
    assert remains(tenant) == CASES[case][2]
    assert [app["label"] for app in tenant.apps if app["label"] == "Rezonate"] == []


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][3]])
def test_the_report_contains_the_remaining_objects_and_the_reason(history: InUse, case: str) -> None:
    for run in (history.check, history.run):
        assert CASES[case][3] in report(run, history.tenants[case])
        assert "was left unchanged, since" in report(run, history.tenants[case])


def test_check_mode_names_each_object_that_would_be_removed(history: InUse) -> None:
    assert all(not done for done in history.checked.values())
    checked = report(history.check, history.tenants["not in use"])
    assert "Would remove: the app Rezonate (" in checked
    assert [thing for thing in history.made["not in use"] if thing not in checked] == []
    assert all(kind in checked for kind in ("the custom role cr0", "the resource set iam", "the network zone nzo", "the credentials in "))
    assert "Removed: the app Rezonate (" in report(history.run, history.tenants["not in use"])
