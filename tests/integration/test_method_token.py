# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The method API token: a manually created token is requested, inspected and stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from emulator.contract import openapi
from helpers.run_history import RunHistories, RunHistory
from helpers.workspace import Workspace, as_described, writes
from okta_emulator import Tenant

METHOD = {"rezonate_method": "api_token"}
KEEP = "Inspect and verify the API token"
USER = "rezonate@acme.example"
LOOK = ["GET /api/v1/users/me", "GET /api/v1/users/00u/roles"]


@pytest.fixture(scope="module")
def history(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistory:
    """Onboard a tenant without the token, with it, again, and without a bootstrap token."""
    history = RunHistory(new_workspace(), new_tenant(), METHOD)
    token = {"REZONATE_READONLY_API_TOKEN": history.tenant.add_api_token("auditor", name="For Rezonate")}
    history.run("missing", rezonate_service_user=USER)
    history.run("check", "--check", "--diff", env=token)
    history.run("first", "--diff", env=token)
    history.run("second")
    history.run("no bootstrap token", token="")
    return history


def test_without_the_token_one_message_contains_the_steps(history: RunHistory) -> None:
    message = history.failure("missing")
    name = history.tenant.name
    assert message == (
        f"No read-only API token for {name} yet. Sign in to https://{name}.okta.com as {USER} (Okta has mailed an activation link), "
        "open the Admin Console, Security > API > Tokens > Create token. "
        "Then run again with the token in rezonate_readonly_api_token or REZONATE_READONLY_API_TOKEN."
    )


def test_the_service_user_is_created_as_read_only_administrator_and_recorded(history: RunHistory) -> None:
    user = history.tenant.find_user(USER)
    assert user is not None
    assert history.tenant.user_roles(USER) == ["READ_ONLY_ADMIN"]
    for run in ("missing", "first", "second"):
        assert history.records[run]["made"] == {"service_user": user["id"]}


def test_a_token_of_another_owner_than_the_service_user_is_reported(history: RunHistory) -> None:
    owner = f"auditor@{history.tenant.name}.example"
    assert f"Warning: the token belongs to {owner}, not to the service user that was created for it." in history.report("first")
    assert history.runs["first"].result("Inspect and verify the API token", history.tenant.name)["plan"]["results"]["inspection"][
        "inspected"
    ]["other_owner"]


def test_each_run_makes_exactly_these_calls(history: RunHistory) -> None:
    exact = [*LOOK, *LOOK, "GET /api/v1/users?limit=1", "GET /api/v1/api-tokens"]
    assert [history.calls(name) for name in ("check", "first", "second")] == [exact] * 3
    assert history.calls("no bootstrap token") == [*LOOK, "GET /api/v1/users?limit=1"]


@pytest.mark.parametrize("name", ["missing", "first", "no bootstrap token"])
def test_requests_match_okta_s_api_description(history: RunHistory, name: str) -> None:
    openapi.validate_logged(as_described(history.requests[name]))


def test_check_mode_predicts_which_tasks_change_something(history: RunHistory) -> None:
    assert history.changed("check") == history.changed("first") == [KEEP]
    assert writes(history.requests["check"]) == []
    assert "api_token" not in history.records["check"]


@pytest.mark.parametrize("name", ["second", "no bootstrap token"])
def test_later_runs_change_nothing_and_need_no_variable(history: RunHistory, name: str) -> None:
    assert history.changed(name) == []
    assert history.records[name] == history.records["first"]


def test_the_file_contains_what_rezonate_needs(history: RunHistory) -> None:
    record = history.records["first"]
    assert sorted(record) == ["api_token", "bootstrap_owner", "made", "method", "org_url", "owner", "proven_at", "tenant_id"]
    assert record["owner"] == f"auditor@{history.tenant.name}.example"
    assert record["api_token"] in history.tenant.state.api_tokens


def test_the_token_is_not_printed(history: RunHistory) -> None:
    secret = history.records["first"]["api_token"]
    assert [name for name, run in history.runs.items() if secret in run.output] == []


def test_the_report_contains_the_verification_and_the_steps_in_the_console(history: RunHistory) -> None:
    report = history.report("first")
    assert f"Okta: domain {history.tenant.name}.okta.com, API key: rezonate_credentials.api_token of that file." in report
    assert "Verification: read with the token: /api/v1/users?limit=1." in report
    assert f"auditor@{history.tenant.name}.example holds READ_ONLY_ADMIN and nothing more." in report
    assert "holds no more than READ_ONLY_ADMIN, as far as known" in history.report("no bootstrap token")


Variables = dict[str, Any]


def supplied(user: str, **variables: Any) -> Callable[[Tenant], Variables]:
    return lambda tenant: {"rezonate_readonly_api_token": tenant.add_api_token(user), **variables}


def revoked(tenant: Tenant) -> Variables:
    value = tenant.add_api_token("auditor")
    tenant.revoke_api_token(value)
    return {"rezonate_readonly_api_token": value}


NO_BOOTSTRAP = {"rezonate_okta_api_token": ""}
REFUSED_ME = (
    r"rezonate_readonly_api_token: https://\S+ refused GET /api/v1/users/me \(401 E0000011\): the token is wrong, expired or revoked, .*"
)
# The given token, and the message with which the run ends.
REFUSED: dict[str, tuple[Callable[[Tenant], Variables], str]] = {
    "super admin": (
        supplied("owner"),
        r"rezonate_readonly_api_token: its owner owner@\S+ holds SUPER_ADMIN: .*rezonate_allow_privileged_token.*",
    ),
    "super admin, by behavior": (
        supplied("owner", **NO_BOOTSTRAP),
        r"rezonate_readonly_api_token: its owner owner@\S+ holds SUPER_ADMIN: the token may do more than read\. .*",
    ),
    "owner without a role": (
        supplied("user1"),
        r"rezonate_readonly_api_token: \S+ responded to GET /api/v1/users\?limit=1 with an empty list \(200\), .* no admin role\).*",
    ),
    "revoked": (revoked, REFUSED_ME),
    "none": (
        lambda _tenant: {},
        r"No read-only API token for \S+ yet\. Sign in to \S+ as a user whose only admin role is Read-only .* Create token\. Then .*",
    ),
    "the bootstrap token": (
        lambda tenant: {"rezonate_readonly_api_token": tenant.api_token},
        r"rezonate_readonly_api_token is the calling bootstrap token: .*",
    ),
    "remediation": (
        supplied("auditor", rezonate_remediation=True),
        r"rezonate_remediation cannot be used with rezonate_method api_token: .*",
    ),
}


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Tokens that are refused; then one privileged owner is allowed, and the others are corrected."""
    hosts = {case: new_tenant() for case in [*REFUSED, "network"]}
    histories = RunHistories(new_workspace(), hosts, {case: {**METHOD, **REFUSED[case][0](hosts[case])} for case in REFUSED})
    where = {"connection": "ZONE", "include": ["nzoMadeUp"], "exclude": []}
    hosts["network"].add_api_token("auditor", name="Limited", network=where)
    histories.variables["network"] = {**METHOD, **supplied("auditor")(hosts["network"])}
    histories.run("first")
    for case in ("super admin", "super admin, by behavior"):
        histories.variables[case]["rezonate_allow_privileged_token"] = True
    hosts["owner without a role"].assign_user_role("user1", "READ_ONLY_ADMIN")
    good = [case for case in histories.hosts if case in ("super admin", "super admin, by behavior", "owner without a role", "network")]
    histories.run("corrected", cases=good)
    record = histories.records["corrected"]["network"]["api_token"]
    hosts["network"].revoke_api_token(record)
    del histories.variables["network"]["rezonate_readonly_api_token"]
    histories.run("revoked", cases=["network"])
    histories.variables["network"].update(supplied("auditor")(hosts["network"]))
    histories.run("another", cases=["network"])
    return histories


@pytest.mark.parametrize("bad", REFUSED)
def test_a_refused_token_ends_in_one_message(histories: RunHistories, bad: str) -> None:
    message = histories.failure("first", bad)
    assert re.fullmatch(REFUSED[bad][1], message), message
    assert histories.writes("first", bad) == []
    assert bad not in histories.records["first"]


@pytest.mark.parametrize("case", ["super admin", "super admin, by behavior"])
def test_a_privileged_token_is_accepted_if_allowed_and_reported(histories: RunHistories, case: str) -> None:
    assert histories.changed("corrected", case) == [KEEP]
    assert "holds SUPER_ADMIN: the token may do more than read." in histories.report("corrected", case)


def test_a_token_is_accepted_after_its_owner_got_the_role(histories: RunHistories) -> None:
    assert histories.changed("corrected", "owner without a role") == [KEEP]


def test_the_report_contains_the_networks_of_the_owner_s_tokens(histories: RunHistories) -> None:
    assert "API tokens of that owner: Limited (only from the network zones nzoMadeUp), Test." in histories.report("first", "network")


def test_a_revoked_token_is_reported_and_can_be_replaced(histories: RunHistories) -> None:
    assert re.fullmatch(REFUSED_ME, histories.failure("revoked", "network"))
    assert histories.changed("another", "network") == [KEEP]
    before, after = (histories.records[run]["network"] for run in ("corrected", "another"))
    assert before["api_token"] != after["api_token"] == histories.variables["network"]["rezonate_readonly_api_token"]


def test_one_token_in_the_environment_is_not_used_for_several_orgs(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenants = [new_tenant(), new_tenant()]
    hosts = {tenant.name: {**METHOD, "rezonate_okta_api_token": tenant.api_token} for tenant in tenants}
    run = workspace.fleet(hosts, env={"REZONATE_READONLY_API_TOKEN": "made-up-readonly-token-3e9a7c55d2"})
    (message,) = {run.failure(tenant.name) for tenant in tenants}
    assert message.startswith("One API token in the environment (REZONATE_READONLY_API_TOKEN) and 2 tenants: ")
    assert [tenant.requests for tenant in tenants] == [[], []]


NAMED = "somebody@acme.example"
# The roles of an existing user, additional variables, and the message with which the run ends; None if it succeeds.
EXISTING: dict[str, tuple[list[str], Variables, str | None]] = {
    "fits": (["READ_ONLY_ADMIN"], {}, None),
    "super admin": (["SUPER_ADMIN"], {}, "also holds SUPER_ADMIN"),
    "both": (["READ_ONLY_ADMIN", "SUPER_ADMIN"], {}, "also holds SUPER_ADMIN"),
    "super admin, allowed": (["SUPER_ADMIN"], {"rezonate_allow_privileged_token": True}, None),
    "another role": (["READ_ONLY_ADMIN", "HELP_DESK_ADMIN"], {"rezonate_exclusive": False}, "also holds HELP_DESK_ADMIN"),
    "no role": ([], {}, "lacks READ_ONLY_ADMIN"),
}


@pytest.fixture(scope="module")
def existing(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Use existing users as service users."""
    hosts = {case: new_tenant() for case in EXISTING}
    variables = {}
    for case, (roles, more, _sentence) in EXISTING.items():
        hosts[case].add_user(NAMED, roles=roles)
        given = {"rezonate_readonly_api_token": hosts[case].add_api_token(NAMED if roles else "auditor")}
        variables[case] = {**METHOD, **given, "rezonate_service_user": NAMED.upper(), **more}
    histories = RunHistories(new_workspace(), hosts, variables)
    histories.run("check", "--check")
    histories.run("first")
    return histories


@pytest.mark.parametrize("run", ["check", "first"])
@pytest.mark.parametrize("case", EXISTING)
def test_an_existing_service_user_is_not_changed(existing: RunHistories, case: str, run: str) -> None:
    roles, _more, sentence = EXISTING[case]
    assert sorted(existing.hosts[case].user_roles(NAMED)) == sorted(roles)
    assert existing.writes(run, case) == []
    if sentence:
        assert f"existed before and {sentence}. Nothing was changed" in existing.failure(run, case)
    else:
        assert existing.changed(run, case) == [KEEP]
        assert "Warning: the token belongs to" not in existing.report(run, case)
    assert "made" not in existing.records["first"].get(case, {})
