# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bootstrap credential: an OAuth client with the minimum scopes, and an API token that is revoked after use."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from helpers.ansible_run import ROOT
from helpers.run_history import RunHistories, bootstrap_client
from helpers.workspace import Workspace
from okta_emulator import Tenant

INTEGRATION, TOKEN = {"rezonate_method": "api_service_integration"}, {"rezonate_method": "api_token"}
# The rows of the table in docs/bootstrap.md: additional variables, and the row that a row extends.
ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "`oauth`": ({}, ""),
    "… with `rezonate_source_addresses`": ({"rezonate_source_addresses": ["127.0.0.0/8"]}, "`oauth`"),
    "… with `rezonate_remediation_resource_groups`": (
        {"rezonate_remediation": True, "rezonate_remediation_resource_groups": ["Contractors"]},
        "`oauth`",
    ),
    "`api_service_integration`": (INTEGRATION, ""),
    "`api_token`": (TOKEN, ""),
    "… with `rezonate_service_user`": ({**TOKEN, "rezonate_service_user": "rezonate@acme.example"}, "`api_token`"),
}


def documented() -> dict[str, list[str]]:
    """Read the table of the documentation."""
    text = (ROOT / "docs" / "bootstrap.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| ([`…].*?) \| (`okta.*?) \|$", text, re.MULTILINE)
    return {row: re.findall(r"okta\.\w+\.\w+", scopes) for row, scopes in found}


SCOPES = {row: list(dict.fromkeys([*documented().get(ROWS[row][1], []), *scopes])) for row, scopes in documented().items()}
WITHOUT = [(row, scope) for row, scopes in documented().items() for scope in scopes]
LATE = ("`oauth`", "okta.roles.read")
LESS = [(row, scope) for row, scope in WITHOUT if row != "`api_token`" and (row, scope) != LATE]


def test_every_row_is_tested() -> None:
    assert list(documented()) == list(ROWS)


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """One tenant per row, whose bootstrap client has exactly its scopes, and one per scope, whose client lacks it."""
    cases = {row: SCOPES[row] for row in ROWS}
    cases |= {f"{row} without {scope}": [one for one in SCOPES[row] if one != scope] for row, scope in WITHOUT}
    hosts, variables = {}, {}
    for case, scopes in cases.items():
        tenant = hosts[case] = new_tenant()
        tenant.add_group("Contractors")
        row = ROWS[case.partition(" without ")[0]][0]
        token = {"rezonate_readonly_api_token": tenant.add_api_token("auditor")}
        variables[case] = {**row, **token, **bootstrap_client(tenant, *scopes)}
    histories = RunHistories(new_workspace(), hosts, variables)
    histories.run("first")
    drifting = [" without ".join(LATE), *(row for row in ROWS if any(app["label"] == "Rezonate" for app in hosts[row].apps))]
    for case in drifting:
        hosts[case].revoke_grant("Rezonate", "okta.logs.read")
    hosts[drifting[0]].set_app("Rezonate", dpop_bound_access_tokens=True)
    histories.run("second", cases=[*ROWS, drifting[0]])
    return histories


@pytest.mark.parametrize("row", ROWS)
def test_onboarding_works_with_exactly_these_scopes(histories: RunHistories, row: str) -> None:
    assert histories.changed("first", row) != []
    assert "verified" in histories.report("first", row)


@pytest.mark.parametrize("row", ROWS)
def test_drift_is_corrected_with_these_scopes(histories: RunHistories, row: str) -> None:
    assert histories.changed("second", row) == ([] if "rezonate_method" in ROWS[row][0] else ["Grant the scopes"])


@pytest.mark.parametrize(("row", "scope"), LESS)
def test_without_one_of_them_a_message_names_it_and_nothing_is_created(histories: RunHistories, row: str, scope: str) -> None:
    case = f"{row} without {scope}"
    assert scope in histories.failure("first", case)
    assert histories.writes("first", case) == []


def test_managing_roles_includes_reading_them(histories: RunHistories) -> None:
    case = " without ".join(LATE)
    assert "onboarded and verified" in histories.report("first", case)
    assert histories.changed("second", case) == ["Find or create the service app", "Grant the scopes"]


def test_without_the_scopes_an_api_token_is_verified_by_behavior(histories: RunHistories) -> None:
    assert "holds READ_ONLY_ADMIN and nothing more." in histories.report("first", "`api_token`")
    assert "as far as known" in histories.report("first", "`api_token` without okta.roles.read")
    assert "API tokens of that owner" not in histories.report("first", "`api_token` without okta.apiTokens.read")


def test_no_access_token_is_stored(histories: RunHistories) -> None:
    for row in ROWS:
        assert "access_token" not in histories.records["first"][row]


CLIENT_OPTIONS = {
    "DPoP": {"dpop_bound_access_tokens": True},
    "key id": {},
}


@pytest.fixture(scope="module")
def revoked(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Successful and failed runs that must revoke their token, and two bootstrap clients with special settings."""
    fails = {"rezonate_scopes": ["okta.nosuch.read"]}
    wrong = {"rezonate_tenant_id": "https://www.example.com/"}
    variables: dict[str, dict[str, Any]] = {
        "true": {"rezonate_revoke_bootstrap_token": True},
        "true, failed": {"rezonate_revoke_bootstrap_token": True, **fails},
        "always, failed": {"rezonate_revoke_bootstrap_token": "always", **fails},
        "always, refused": {"rezonate_revoke_bootstrap_token": "always", **wrong},
        "not verified": {"rezonate_revoke_bootstrap_token": True, "rezonate_verify": False},
    }
    hosts = {case: new_tenant() for case in [*variables, *CLIENT_OPTIONS]}
    scopes = SCOPES["`oauth`"]
    for case, oauth in CLIENT_OPTIONS.items():
        variables[case] = {**bootstrap_client(hosts[case], *scopes, **oauth), "rezonate_okta_dpop": case == "DPoP"}
    histories = RunHistories(new_workspace(), hosts, variables)
    histories.run("check", "--check", cases=["true"])
    histories.run("first")
    histories.run("second", cases=["true"], rezonate_okta_api_token="")
    return histories


def test_the_token_is_revoked_last_after_the_credentials_are_verified(revoked: RunHistories) -> None:
    assert revoked.calls("first", "true")[-2:] == ["GET /api/v1/users/me", "DELETE /api/v1/api-tokens/current"]
    assert "The bootstrap API token was revoked." in revoked.report("first", "true")
    assert revoked.hosts["true"].state.api_tokens == {}
    assert "verified; not compared with Okta" in revoked.report("second", "true")


def test_check_mode_reports_that_it_would_be_revoked(revoked: RunHistories) -> None:
    assert "The bootstrap API token would be revoked." in revoked.report("check", "true")
    assert revoked.changed("check", "true") == revoked.changed("first", "true") != []
    assert revoked.writes("check", "true") == []


@pytest.mark.parametrize(("case", "tokens"), [("true, failed", 1), ("always, failed", 0), ("always, refused", 1), ("not verified", 1)])
def test_after_a_run_without_verification_it_is_revoked_only_with_always(revoked: RunHistories, case: str, tokens: int) -> None:
    assert len(revoked.hosts[case].state.api_tokens) == tokens


def test_the_report_states_why_it_was_not_revoked(revoked: RunHistories) -> None:
    assert "was not revoked, since the credentials are not verified" in revoked.report("first", "not verified")


def test_a_refused_tenant_receives_no_request(revoked: RunHistories) -> None:
    assert revoked.calls("first", "always, refused") == []


@pytest.mark.parametrize("case", CLIENT_OPTIONS)
def test_a_bootstrap_client_can_require_dpop_and_have_any_key_id(revoked: RunHistories, case: str) -> None:
    assert "onboarded and verified" in revoked.report("first", case)
    used = {entry.auth for entry in revoked.requests["first"][case] if entry.path.startswith("/api/v1/apps")}
    assert used == {"dpop" if case == "DPoP" else "bearer"}
