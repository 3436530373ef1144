# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An org that makes each app with a grant a super admin: no run leaves the role, and a failed run reports the roles of the app."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from helpers.okta_client import public_jwk
from helpers.run_history import RunHistories
from helpers.workspace import Workspace
from okta_emulator import Tenant

ADMINS = {"public_client_app_admins": True}
REFUSED = {"status": 403, "body": {"errorCode": "E0000006", "errorSummary": "Refused", "errorCauses": []}}
KEPT_OUT = {"rezonate_exclusive": False}


def refuse(tenant: Tenant, method: str, path: str, skip: int = 0, times: int | None = 1) -> None:
    tenant.emulator.fault("status", tenant=tenant.name, method=method, path=path, skip=skip, times=times, **REFUSED)


def adopted(tenant: Tenant) -> dict[str, Any]:
    app = tenant.add_app("Made before", [public_jwk("foreign")])
    tenant.assign_role(app, "SUPER_ADMIN")
    return {"rezonate_application_id": app, "rezonate_adopt_existing": True, **KEPT_OUT}


def adopted_without(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": tenant.add_app("Made before", [public_jwk("foreign")]), "rezonate_adopt_existing": True, **KEPT_OUT}


# Options of the org, variables, and the call that fails in the first run.
Fails = Callable[[Tenant], Any]
CASES: dict[str, tuple[dict[str, Any], Callable[[Tenant], dict[str, Any]] | dict[str, Any], Fails | None]] = {
    "second grant": (ADMINS, KEPT_OUT, lambda t: refuse(t, "POST", "/grants$", skip=1)),
    "second grant, exclusive": (ADMINS, {}, lambda t: refuse(t, "POST", "/grants$", skip=1)),
    "roles not readable": (ADMINS, KEPT_OUT, lambda t: refuse(t, "GET", "/oauth2/v1/clients/.*/roles", times=2)),
    "role not removable": (ADMINS, KEPT_OUT, lambda t: refuse(t, "DELETE", "/roles/", times=2)),
    "verification": ({**ADMINS, "super_admin_delay": 0.2}, KEPT_OUT, lambda t: refuse(t, "POST", "/token$", times=None)),
    "nothing": (ADMINS, KEPT_OUT, None),
    "again with each grant": ({**ADMINS, "super_admin_each_grant": True}, KEPT_OUT, None),
    "requested": (ADMINS, {"rezonate_admin_roles": ["SUPER_ADMIN", "READ_ONLY_ADMIN"]}, None),
    "remediation": (ADMINS, {**KEPT_OUT, "rezonate_remediation": True}, None),
    "adopted, assigned before": (ADMINS, adopted, None),
    "adopted": (ADMINS, adopted_without, None),
}
FAIL = [case for case, (_org, _given, fails) in CASES.items() if fails]
READER = r"holds the admin roles CUSTOM:\w+:\w+, READ_ONLY_ADMIN\."
MESSAGES = {
    "second grant": READER,
    "second grant, exclusive": READER,
    "roles not readable": "are unknown: check them in the Admin Console.",
    "role not removable": r"READ_ONLY_ADMIN, SUPER_ADMIN, with all rights in the org: remove SUPER_ADMIN in",
}


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Onboard in orgs that make apps super admins, with failing runs."""
    hosts = {case: new_tenant(**org) for case, (org, _given, _fails) in CASES.items()}
    variables = {case: given(hosts[case]) if callable(given) else given for case, (_org, given, _fails) in CASES.items()}
    histories = RunHistories(new_workspace(), hosts, variables)
    for case in FAIL:
        fails = CASES[case][2]
        assert fails
        fails(hosts[case])
    histories.run("first")
    left.update({case: roles(tenant) for case, tenant in hosts.items()})
    for tenant in hosts.values():
        tenant.emulator.faults.clear(tenant=tenant.name)
    histories.run("second")
    histories.run("third")
    return histories


left: dict[str, list[str]] = {}


def roles(tenant: Tenant) -> list[str]:
    (app,) = tenant.apps
    return sorted(tenant.roles(app["id"]))


@pytest.mark.parametrize("case", [*FAIL[:2], "verification"])
def test_a_failed_run_leaves_no_super_admin(histories: RunHistories, case: str) -> None:
    assert histories.runs["first"].stats[histories.hosts[case].name]["failures"] == 1
    assert left[case] == ["CUSTOM", "READ_ONLY_ADMIN"]


@pytest.mark.parametrize("case", MESSAGES)
def test_a_run_that_fails_between_grants_reports_the_roles_of_the_app(histories: RunHistories, case: str) -> None:
    (app,) = histories.hosts[case].apps
    assert f"the app {app['id']} ".casefold() in histories.failure("first", case).casefold()
    assert re.search(MESSAGES[case], histories.failure("first", case))


def test_a_run_that_fails_after_the_grants_reports_the_roles_of_the_app(histories: RunHistories) -> None:
    (app,) = histories.hosts["verification"].apps
    assert "/oauth2/v1/token" in histories.failure("first", "verification")
    assert re.search(f"The app {app['id']} {READER}", histories.failure("first", "verification"))


@pytest.mark.parametrize("case", ["nothing", "again with each grant", "remediation", "adopted"])
def test_the_role_is_removed_regardless_of_exclusive(histories: RunHistories, case: str) -> None:
    assert "SUPER_ADMIN" not in left[case]
    assert "admin roles removed: SUPER_ADMIN" in histories.report("first", case)


def test_the_role_is_removed_before_the_second_grant(histories: RunHistories) -> None:
    calls = histories.calls("first", "nothing")
    first = next(number for number, call in enumerate(calls) if call.endswith("/grants"))
    assert [call.split()[0] + " " + call.rpartition("/")[2] for call in calls[first : first + 2]] == ["POST grants", "GET roles"]
    assert calls[first + 2].startswith("DELETE ")
    assert [call.startswith("POST") and call.endswith("/grants") for call in calls[first + 3 :]].count(True) == 1


def test_each_warning_names_the_tenant(histories: RunHistories) -> None:
    for case in ("nothing", "second grant"):
        tenant = histories.hosts[case]
        warnings = [text for event in histories.runs["first"].tasks(tenant.name) for text in event.result.get("warnings") or ()]
        assert warnings
        assert all(text.startswith(f"Tenant {tenant.name} ({tenant.org_url}): ") for text in warnings), warnings


@pytest.mark.parametrize("case", CASES)
def test_the_next_run_succeeds_and_the_run_after_it_changes_nothing(histories: RunHistories, case: str) -> None:
    histories.changed("second", case)
    assert histories.changed("third", case) == []
    stays = case in ("requested", "adopted, assigned before")
    assert ("SUPER_ADMIN" in roles(histories.hosts[case])) == stays
