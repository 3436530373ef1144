# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Privilege visibility: by default Rezonate can read privileges, and the report lists scopes that are not usable."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from helpers.run_history import FEW, RunHistories, RunHistory
from helpers.workspace import Workspace, writes
from okta_emulator import Tenant
from soak.stored_credentials import Client

PRIVILEGES = "Create or update the custom role and resource set for privilege visibility"
BLIND = "Rezonate cannot read admin role assignments, custom roles and resource sets"
APP = "Rezonate"
# The scopes, of 45 default scopes, that are not usable with READ_ONLY_ADMIN and the custom role.
UNUSABLE = {
    "okta.accessRequests.condition.read": "ACCESS_REQUESTS_ADMIN",
    "okta.accessRequests.request.read": "ACCESS_REQUESTS_ADMIN",
    "okta.appGrants.read": "SUPER_ADMIN",
    "okta.governance.accessCertifications.read": "ACCESS_CERTIFICATIONS_ADMIN",
    "okta.governance.accessRequests.read": "ACCESS_REQUESTS_ADMIN",
    "okta.governance.collections.read": "APP_ADMIN",
    "okta.governance.entitlements.read": "APP_ADMIN",
    "okta.governance.resourceOwner.read": "a custom role with okta.apps.read, okta.users.read and okta.groups.read",
    "okta.linkedObjects.read": "APP_ADMIN, ORG_ADMIN or API_ACCESS_MANAGEMENT_ADMIN",
    "okta.logStreams.read": "SUPER_ADMIN",
    "okta.schemas.read": "APP_ADMIN, ORG_ADMIN or API_ACCESS_MANAGEMENT_ADMIN",
    "okta.serviceAccounts.okta.read": "SUPER_ADMIN",
}


@pytest.fixture(scope="module")
def history(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistory:
    """Onboard with default settings, onboard again, and disable and enable privilege visibility."""
    history = RunHistory(new_workspace(), new_tenant())
    history.run("first")
    history.run("second")
    history.run("covered", rezonate_verify_coverage=True)
    history.run("check off", "--check", rezonate_privilege_visibility=False)
    history.run("off", rezonate_privilege_visibility=False)
    history.run("off again", rezonate_privilege_visibility=False)
    return history


@pytest.fixture(scope="module")
def onboarded(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistory:
    """Onboard with default settings."""
    history = RunHistory(new_workspace(), new_tenant())
    history.tenant.add_group("Everyone", "owner")
    history.run("first")
    return history


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/api/v1/users/{user}/roles", "okta.roles.read"),
        ("/api/v1/iam/assignees/users", "okta.roles.read"),
        ("/api/v1/iam/roles", "okta.roles.read"),
        ("/api/v1/iam/resource-sets", "okta.roles.read"),
        ("/api/v1/users", "okta.users.read"),
        ("/api/v1/groups", "okta.groups.read"),
        ("/api/v1/apps", "okta.apps.read"),
        ("/api/v1/logs", "okta.logs.read"),
    ],
)
def test_the_saved_credentials_read(onboarded: RunHistory, path: str, scope: str) -> None:
    tenant = onboarded.tenant
    owner = tenant.find_user("owner")
    assert owner
    answer = Client(onboarded.workspace.okta, tenant, onboarded.workspace.credentials(tenant)).get(path.format(user=owner["id"]), scope)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    (things,) = [body] if isinstance(body, list) else [body[name] for name in ("roles", "value", "resource-sets") if name in body]
    assert things


def test_the_report_names_what_is_not_usable(history: RunHistory) -> None:
    report = history.report("first")
    assert "Usable: 32 of 45 scopes." in report
    (line,) = [line for line in report.splitlines() if line.startswith("Not usable with these roles: ")]
    named = dict(re.findall(r"(okta\.[\w.]+) \(needs ([^)]+)\)", line))
    assert named == UNUSABLE
    # the required role is unknown
    assert "okta.aiAgents.read (refused)" in line


def test_a_second_run_changes_nothing_and_tests_no_scope(history: RunHistory) -> None:
    assert history.changed("second") == []
    assert "Usable:" not in history.report("second")
    assert len(history.requests["second"]) <= 7


def test_usability_is_tested_again_on_request(history: RunHistory) -> None:
    assert history.changed("covered") == []
    assert "Usable: 32 of 45 scopes." in history.report("covered")


def test_if_disabled_it_is_removed_and_the_report_lists_what_is_not_readable(history: RunHistory) -> None:
    tenant = history.tenant
    assert history.changed("check off") == history.changed("off")
    assert writes(history.requests["check off"]) == []
    assert (tenant.roles(APP), tenant.state.iam_roles, tenant.state.resource_sets) == (["READ_ONLY_ADMIN"], {}, {})
    assert "made" not in history.records["off"]
    assert f"rezonate_privilege_visibility is false: {BLIND}." in history.report("off")
    assert history.changed("off again") == []


def lacks_feature(tenant: Tenant) -> None:
    body = {"errorCode": "E0000015", "errorSummary": "You do not have permission to access the feature you are requesting"}
    tenant.emulator.fault("status", tenant=tenant.name, method="POST", path="/iam/", status=401, body=body, times=None)


def refuses(tenant: Tenant) -> None:
    body = {"errorCode": "E0000006", "errorSummary": "You do not have permission to perform the requested action"}
    tenant.emulator.fault("status", tenant=tenant.name, method="POST", path="/iam/", status=403, body=body, times=None)


def takes_only_sets(tenant: Tenant) -> None:
    body = {"errorCode": "E0000006", "errorSummary": "You do not have permission to perform the requested action"}
    tenant.emulator.fault("status", tenant=tenant.name, method="POST", path="/iam/roles$", status=403, body=body, times=None)


def breaks_down(tenant: Tenant) -> None:
    tenant.emulator.fault("status", tenant=tenant.name, method="POST", path="/iam/roles$", status=500, times=None)


def as_before(_tenant: Tenant) -> None:
    """Do not change the org."""


# The change of the org, and the variables.
CASES: dict[str, tuple[Callable[[Tenant], None], dict[str, Any]]] = {
    "no such feature": (lacks_feature, {}),
    "refused": (refuses, {}),
    "resource sets only": (takes_only_sets, {}),
    "failing": (breaks_down, {}),
    "super admin": (as_before, {"rezonate_admin_roles": ["SUPER_ADMIN"], "rezonate_privilege_visibility": False}),
    "no role": (as_before, {"rezonate_admin_roles": [], "rezonate_privilege_visibility": False}),
    "apps only": (
        as_before,
        {"rezonate_admin_roles": ["ORG_ADMIN"], "rezonate_privilege_visibility": False, "rezonate_scopes": ["okta.apps.read"]},
    ),
}
REFUSED = ("no such feature", "refused", "resource sets only")


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Onboard in orgs that do not support the custom role, and with other roles; then the orgs support it, and it is tested again."""
    hosts = {case: new_tenant() for case in CASES}
    histories = RunHistories(new_workspace(), hosts, {case: given for case, (_prepare, given) in CASES.items()})
    for case, (prepare, _given) in CASES.items():
        prepare(hosts[case])
    histories.run("first")
    histories.run("second")
    for tenant in hosts.values():
        tenant.emulator.faults.clear(tenant=tenant.name)
    histories.run("third")
    histories.run("again", rezonate_retry_optional_scopes=True)
    return histories


@pytest.mark.parametrize("case", REFUSED)
def test_an_org_without_support_for_the_custom_role_is_onboarded_without_it(histories: RunHistories, case: str) -> None:
    histories.changed("first", case)
    assert f"this org does not support custom admin roles, so {BLIND}" in histories.report("first", case)
    assert f"this org does not support custom admin roles, so {BLIND}" in histories.report("second", case)
    assert histories.changed("second", case) == histories.changed("third", case) == []
    assert histories.records["first"][case]["privileges_refused"] is True
    assert "made" not in histories.records["first"][case]


@pytest.mark.parametrize("case", REFUSED)
def test_the_custom_role_is_tested_again_on_request(histories: RunHistories, case: str) -> None:
    assert PRIVILEGES in histories.changed("again", case)
    assert histories.hosts[case].roles(APP) == ["CUSTOM", "READ_ONLY_ADMIN"]
    assert "privileges_refused" not in histories.records["again"][case]
    assert sorted(histories.records["again"][case]["made"]) == ["privilege_role", "privilege_set"]


def test_a_server_error_is_not_treated_as_a_refusal(histories: RunHistories) -> None:
    assert "Couldn't create the custom role" in histories.failure("first", "failing")
    assert histories.changed("third", "failing")
    assert "privileges_refused" not in histories.records["third"]["failing"]


def test_a_requested_super_admin_role_remains(histories: RunHistories) -> None:
    assert histories.hosts["super admin"].roles(APP) == ["SUPER_ADMIN"]
    assert histories.changed("second", "super admin") == []
    assert "Usable: 2 of 2 scopes." in histories.report("first", "super admin")
    assert "Not usable" not in histories.report("first", "super admin")


@pytest.mark.parametrize(("case", "read"), [("no role", "users"), ("apps only", "apps")])
def test_an_empty_list_does_not_verify_the_role(histories: RunHistories, case: str, read: str) -> None:
    message = histories.failure("first", case)
    assert f"GET /api/v1/{read}?limit=1" in message
    assert "answered 200 with an empty list" in message
    assert "READ_ONLY_ADMIN" in message
    assert "proven_at" not in histories.records["first"][case]


def test_the_audit_accepts_a_requested_super_admin_and_reports_coverage(histories: RunHistories) -> None:
    hosts = {case: histories.hosts[case] for case in ("super admin", "no such feature")}
    inventory = {
        tenant.name: {**CASES[case][1], "rezonate_audit_api_token": tenant.add_api_token("auditing", roles=["SUPER_ADMIN"])}
        for case, tenant in hosts.items()
    }
    common = {**FEW, "rezonate_audit_coverage": True, "rezonate_ca_path": histories.workspace.okta.ca_file}
    file = histories.workspace.folder / "audited.json"
    file.write_text(json.dumps({"all": {"hosts": inventory, "vars": common}}), encoding="utf-8")
    run = histories.workspace.run("-i", file, "rezonate.okta.audit_rezonate")
    assert run.rc == 0, run.output[-3000:]
    report = json.loads((histories.workspace.folder / "rezonate-report" / "audit.json").read_text(encoding="utf-8"))
    for one in report["tenants"]:
        assert (one["findings"], one["status"]) == ([], "clean")
        assert [(scope["scope"], scope["status"]) for scope in one["coverage"]] == [
            ("okta.logs.read", "usable"),
            ("okta.users.read", "usable"),
        ]
