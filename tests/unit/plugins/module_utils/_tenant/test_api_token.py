# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with a supplied API token: its owner, the instructions, and the stored record."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.api_token import SuppliedToken
from helpers.tenant_plans import LATER, TIME, URL, plan

TOKEN = "00made-up-token-7a6b5c4d3e2f"
IDENTITY = {"method": "api_token", "tenant_id": "acme", "org_url": URL}
LOGIN = "auditor@acme.example"
USER = {"service_user": LOGIN}
MADE = {"made": {"service_user": "00u2"}}


def desired(known: Any = None, results: Any = None, options: Any = None) -> SuppliedToken:
    """The token of acme."""
    return SuppliedToken(plan("api_token", known, results, options))


def test_an_administrator_is_managed_where_one_is_named() -> None:
    assert (desired(options=USER).manages_service_user, desired().manages_service_user) == (True, False)


ADMINISTRATORS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "unmanaged": ({}, {}, {}),
    "unmanaged, more roles allowed": ({}, {"allow_privileged_token": True}, {"exclusive": False}),
    "managed": (MADE, {}, {"created_id": "00u2"}),
    "managed, more roles allowed": (MADE, {"allow_privileged_token": True}, {"created_id": "00u2"}),
}


@pytest.mark.parametrize("case", ADMINISTRATORS)
def test_an_administrator_has_one_role_unless_it_existed_and_more_are_allowed(case: str) -> None:
    known, options, expected = ADMINISTRATORS[case]
    assert desired(known, options={**USER, **options}).service_user() == {
        "login": LOGIN,
        "first_name": "Rezonate",
        "last_name": "Integration",
        "roles": ["READ_ONLY_ADMIN"],
        "exclusive": True,
        "keep_existing": True,
        "created_id": None,
        **expected,
    }


CREATED: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "created": ({"created": True, "user": {"id": "00u2"}}, {"service_user": "00u2"}),
    "would be created": ({"created": True, "user": {"id": None}}, {}),
    "would be created, no user returned": ({"created": True}, {}),
    "existing": ({"created": False, "user": {"id": "00u2"}}, {}),
    "skipped": ({"skipped": True}, {}),
}


@pytest.mark.parametrize("case", CREATED)
def test_an_administrator_is_managed_if_this_run_created_it(case: str) -> None:
    result, expected = CREATED[case]
    assert desired(results={"service_user": result}).created_objects == expected


READ = ["/api/v1/users?limit=1"]
INSPECTED: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "of any user": ({}, {}, {"allow_privileged": False, "expected_owner": "", "endpoints": READ}),
    "of the named user": (MADE, USER, {"allow_privileged": False, "expected_owner": LOGIN, "endpoints": READ}),
    "of the created user": (MADE, {}, {"allow_privileged": False, "expected_owner": "00u2", "endpoints": READ}),
    "privileged": ({}, {"allow_privileged_token": True}, {"allow_privileged": True, "expected_owner": "", "endpoints": READ}),
    "not verified": ({}, {"verify": False}, {"allow_privileged": False, "expected_owner": "", "endpoints": []}),
}


@pytest.mark.parametrize("case", INSPECTED)
def test_a_token_must_belong_to_the_named_or_created_administrator(case: str) -> None:
    known, options, expected = INSPECTED[case]
    assert desired(known, options=options).inspection() == expected


SIGN_IN = f"No read-only API token for acme yet. Sign in to {URL} as {{}}, open the Admin Console, Security > API > Tokens > Create token."
INSTRUCTIONS: dict[str, tuple[Any, Any, str]] = {
    "any user": ({}, {}, "a user whose only admin role is Read-only Administrator"),
    "named": ({"service_user": {"created": False}}, USER, LOGIN),
    "created": ({"service_user": {"created": True}}, USER, f"{LOGIN} (Okta has mailed an activation link)"),
}


@pytest.mark.parametrize("case", INSTRUCTIONS)
def test_the_instructions_name_the_user_and_the_org(case: str) -> None:
    results, options, who = INSTRUCTIONS[case]
    assert desired(results=results, options=options).instructions == SIGN_IN.format(who)


def test_an_administrator_that_this_run_created_is_stored() -> None:
    results = {"service_user": {"created": True, "user": {"id": "00u2"}}}
    assert desired(results=results).with_user({}) == {**IDENTITY, **MADE}


@pytest.mark.parametrize(("verify", "time"), [(True, {"proven_at": LATER}), (False, {})])
def test_a_token_is_stored_as_verified_if_an_endpoint_was_read_with_it(verify: bool, time: dict[str, str]) -> None:
    before = {**IDENTITY, "api_token": "other", "owner": LOGIN, "proven_at": TIME}
    found = desired(options={"verify": verify}).with_token(before, TOKEN, owner=LOGIN, now=LATER)
    assert found == {**IDENTITY, "api_token": TOKEN, "owner": LOGIN, **time}
