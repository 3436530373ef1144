# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with an API token that a person made: whose it may be, what the person reads, and what is stored."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.api_token import SuppliedToken
from unit.tenant_plans import LATER, TIME, URL, plan

TOKEN = "00made-up-token-7a6b5c4d3e2f"
IDENTITY = {"method": "api_token", "tenant_id": "acme", "org_url": URL}
LOGIN = "auditor@acme.example"
USER = {"service_user": LOGIN}
MADE = {"made": {"service_user": "00u2"}}


def wanted(known: Any = None, results: Any = None, options: Any = None) -> SuppliedToken:
    """The token of acme."""
    return SuppliedToken(plan("api_token", known, results, options))


def test_an_administrator_is_managed_where_one_is_named() -> None:
    assert (wanted(options=USER).wants_service_user, wanted().wants_service_user) == (True, False)


ADMINISTRATORS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "not ours": ({}, {}, {}),
    "not ours, who may do more": ({}, {"allow_privileged_token": True}, {"exclusive": False}),
    "ours": (MADE, {}, {"created_id": "00u2"}),
    "ours, whose token may do more": (MADE, {"allow_privileged_token": True}, {"created_id": "00u2"}),
}


@pytest.mark.parametrize("case", ADMINISTRATORS)
def test_an_administrator_has_one_role_unless_he_was_there_and_may_do_more(case: str) -> None:
    known, options, expected = ADMINISTRATORS[case]
    assert wanted(known, options={**USER, **options}).service_user() == {
        "login": LOGIN,
        "first_name": "Rezonate",
        "last_name": "Integration",
        "roles": ["READ_ONLY_ADMIN"],
        "exclusive": True,
        "keep_existing": True,
        "created_id": None,
        **expected,
    }


MADE_NOW: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "made": ({"created": True, "user": {"id": "00u2"}}, {"service_user": "00u2"}),
    "would be made": ({"created": True, "user": {"id": None}}, {}),
    "would be made, nothing told": ({"created": True}, {}),
    "was there": ({"created": False, "user": {"id": "00u2"}}, {}),
    "skipped": ({"skipped": True}, {}),
}


@pytest.mark.parametrize("case", MADE_NOW)
def test_an_administrator_is_ours_if_this_run_made_one(case: str) -> None:
    result, expected = MADE_NOW[case]
    assert wanted(results={"service_user": result}).made_now == expected


READ = ["/api/v1/users?limit=1"]
INSPECTED: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "anybody's": ({}, {}, {"allow_privileged": False, "expected_owner": "", "endpoints": READ}),
    "of the user named": (MADE, USER, {"allow_privileged": False, "expected_owner": LOGIN, "endpoints": READ}),
    "of the user we made": (MADE, {}, {"allow_privileged": False, "expected_owner": "00u2", "endpoints": READ}),
    "privileged": ({}, {"allow_privileged_token": True}, {"allow_privileged": True, "expected_owner": "", "endpoints": READ}),
    "not verified": ({}, {"verify": False}, {"allow_privileged": False, "expected_owner": "", "endpoints": []}),
}


@pytest.mark.parametrize("case", INSPECTED)
def test_a_token_has_to_be_that_of_the_administrator_named_or_made(case: str) -> None:
    known, options, expected = INSPECTED[case]
    assert wanted(known, options=options).inspection() == expected


SIGN_IN = f"No read-only API token for acme yet. Sign in to {URL} as {{}}, open the Admin Console, Security > API > Tokens > Create token."
INSTRUCTIONS: dict[str, tuple[Any, Any, str]] = {
    "anybody": ({}, {}, "a user who is read-only administrator and nothing more"),
    "named": ({"service_user": {"created": False}}, USER, LOGIN),
    "made": ({"service_user": {"created": True}}, USER, f"{LOGIN} (Okta has mailed an activation link)"),
}


@pytest.mark.parametrize("case", INSTRUCTIONS)
def test_a_person_reads_as_whom_to_sign_in_where(case: str) -> None:
    results, options, who = INSTRUCTIONS[case]
    assert wanted(results=results, options=options).instructions == SIGN_IN.format(who)


def test_an_administrator_that_this_run_made_is_stored() -> None:
    results = {"service_user": {"created": True, "user": {"id": "00u2"}}}
    assert wanted(results=results).with_user({}) == {**IDENTITY, **MADE}


@pytest.mark.parametrize(("verify", "time"), [(True, {"proven_at": LATER}), (False, {})])
def test_a_token_is_stored_as_verified_if_something_was_read_with_it(verify: bool, time: dict[str, str]) -> None:
    before = {**IDENTITY, "api_token": "other", "owner": LOGIN, "proven_at": TIME}
    found = wanted(options={"verify": verify}).with_token(before, TOKEN, owner=LOGIN, now=LATER)
    assert found == {**IDENTITY, "api_token": TOKEN, "owner": LOGIN, **time}
