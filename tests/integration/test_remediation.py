# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remediation: enabled, verified without changing any user or group, and disabled again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from emulator.contract import openapi
from helpers.okta_client import Api
from helpers.run_history import FEW, RunHistories
from helpers.workspace import Workspace, as_described
from okta_emulator import Emulator, Tenant

APP = "Rezonate"
READS = sorted(FEW["rezonate_scopes"])
ACTS = sorted([*READS, "okta.users.manage", "okta.groups.manage"])
LABEL = "Rezonate remediation (rezonate.okta)"
# The objects for privilege visibility, with and without remediation.
SEES = ["privilege_role", "privilege_set"]


def standard_role(_tenant: Tenant, _okta: Emulator) -> dict[str, Any]:
    return {}


def groups(tenant: Tenant, _okta: Emulator) -> dict[str, Any]:
    tenant.add_group("Contractors", "user1")
    return {"rezonate_remediation_resource_groups": ["Contractors"]}


def own_role(tenant: Tenant, okta: Emulator) -> dict[str, Any]:
    api = Api(okta, tenant)
    group = f"{tenant.org_url}/api/v1/groups/{tenant.add_group('Partners')}"
    role = api("POST", "/api/v1/iam/roles", json={"label": "Partners' keeper", "description": "x", "permissions": ["okta.users.manage"]})
    made = api("POST", "/api/v1/iam/resource-sets", json={"label": "Partners", "description": "x", "resources": [group]})
    return {"rezonate_remediation_custom_roles": [{"role": role.json()["id"], "resource_set": made.json()["id"]}]}


def not_exclusive(_tenant: Tenant, _okta: Emulator) -> dict[str, Any]:
    return {"rezonate_exclusive": False}


def not_exclusive_groups(tenant: Tenant, okta: Emulator) -> dict[str, Any]:
    return {**groups(tenant, okta), "rezonate_exclusive": False}


# The preparation, the variables, and the resulting roles of the app.
CASES: dict[str, tuple[Callable[[Tenant, Emulator], dict[str, Any]], list[str]]] = {
    "standard role": (standard_role, ["READ_ONLY_ADMIN", "USER_ADMIN"]),
    "groups": (groups, ["CUSTOM", "READ_ONLY_ADMIN"]),
    "own custom role": (own_role, ["CUSTOM", "READ_ONLY_ADMIN"]),
    "not exclusive": (not_exclusive, ["READ_ONLY_ADMIN", "USER_ADMIN"]),
    "not exclusive, groups": (not_exclusive_groups, ["CUSTOM", "READ_ONLY_ADMIN"]),
}


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant], okta: Emulator) -> RunHistories:
    """Onboard with remediation, then without."""
    hosts = {case: new_tenant() for case in CASES}
    histories = RunHistories(new_workspace(), hosts, {case: CASES[case][0](tenant, okta) for case, tenant in hosts.items()})
    histories.run("check", "--check", rezonate_remediation=True)
    histories.run("on", rezonate_remediation=True)
    assigned.update({case: (tenant.scopes(APP), tenant.roles(APP)) for case, tenant in hosts.items()})
    histories.run("on again", rezonate_remediation=True)
    histories.variables["groups"].pop("rezonate_remediation_resource_groups")
    histories.run("check off", "--check")
    histories.run("off")
    histories.run("off again")
    return histories


assigned: dict[str, tuple[list[str], list[str]]] = {}


@pytest.mark.parametrize("case", CASES)
def test_it_grants_the_scopes_and_a_role_that_makes_them_usable(histories: RunHistories, case: str) -> None:
    assert histories.changed("on", case)[-1] == "Verify the credentials and compare the tenant again"
    assert assigned[case] == (ACTS, sorted(["CUSTOM", *CASES[case][1]]))


@pytest.mark.parametrize("case", CASES)
def test_check_mode_predicts_which_tasks_change_something(histories: RunHistories, case: str) -> None:
    assert histories.changed("check", case) == histories.changed("on", case) != []
    assert histories.changed("check off", case) == histories.changed("off", case) != []
    assert histories.writes("check", case) == histories.writes("check off", case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("run", ["on again", "off again"])
def test_a_second_run_changes_nothing(histories: RunHistories, case: str, run: str) -> None:
    assert histories.changed(run, case) == []
    assert "matches the desired state" in histories.report(run, case)


@pytest.mark.parametrize("case", CASES)
def test_the_verification_changes_no_user_or_group(histories: RunHistories, case: str) -> None:
    tried = [entry for entry in histories.requests["on"][case] if entry.auth == "bearer" and entry.method != "GET"]
    assert all(entry.status in (400, 404) for entry in tried), [(entry.path, entry.status) for entry in tried]
    assert len(tried) == (0 if case == "own custom role" else 1)


@pytest.mark.parametrize("case", CASES)
def test_disabling_it_removes_all_created_objects_and_leaves_read_access(histories: RunHistories, case: str) -> None:
    tenant = histories.hosts[case]
    assert (tenant.scopes(APP), tenant.roles(APP)) == (READS, ["CUSTOM", "READ_ONLY_ADMIN"])
    assert [role["label"] for role in tenant.state.iam_roles.values() if role["label"] == LABEL] == []
    assert sorted(histories.records["off"][case]["made"]) == SEES


def test_created_objects_are_recorded(histories: RunHistories) -> None:
    assert sorted(histories.records["on"]["groups"]["made"]) == sorted(["custom_role", "resource_set", *SEES])
    assert sorted(histories.records["on"]["standard role"]["made"]) == SEES


def test_the_report_contains_the_managed_groups(histories: RunHistories) -> None:
    assert "Remediation: the app can manage users and groups of Contractors." in histories.report("on", "groups")
    assert "Remediation: the app can manage users and groups." in histories.report("on", "standard role")


@pytest.mark.parametrize("case", CASES)
def test_requests_match_okta_s_api_description(histories: RunHistories, case: str) -> None:
    for run in ("on", "off"):
        openapi.validate_logged(as_described([entry for entry in histories.requests[run][case] if entry.status and entry.status < 400]))
