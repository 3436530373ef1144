# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with an API service integration: the options of its module, and the stored record."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.integration import SECRET_CHANGES, Integration
from helpers.tenant_plans import INTEGRATED, LATER, TIME, URL, plan

SECRET = "made-up-secret-2c3d4e5f6071"
IDENTITY = {"method": "api_service_integration", "tenant_id": "acme", "org_url": URL}
STORED: dict[str, Any] = {
    **IDENTITY,
    "client_id": "0oa2",
    "client_secret": SECRET,
    "secret_hash": "h1",
    "requested_at": TIME,
    "proven_at": TIME,
    "service_type": "rezonate_security",
}
TAKE_OVER = {"take_over": True}  # in the record
ADOPT = {"adopt_existing": True}  # in the settings
NO_SECRET = {name: value for name, value in INTEGRATED.items() if name not in ("has_secret", "has_secret_hash")}


def desired(known: Any = None, results: Any = None, options: Any = None, **members: Any) -> Integration:
    """The desired state of a tenant, by default a verified one."""
    return Integration(plan("api_service_integration", INTEGRATED if known is None else known, results, options, **members))


def after(**members: Any) -> dict[str, Any]:
    """The result of the step ``integration``."""
    return {"integration": {"client_id": "0oa2", "created": False, **members}}


def test_the_client_id_comes_from_okta_or_else_from_the_record() -> None:
    assert desired(results=after(client_id="0oa8")).client_id == "0oa8"
    assert desired().client_id == "0oa2"
    assert desired({}).client_id == "not-created-in-check-mode"


def test_an_integration_is_new_if_this_run_created_it() -> None:
    assert (desired(results=after(created=True)).is_new, desired(results=after()).is_new, desired().is_new) == (True, False, False)


def test_unmanaged_secrets_are_retained_during_an_adoption() -> None:
    assert (desired(options=ADOPT).is_adopting, desired(TAKE_OVER).is_adopting, desired().is_adopting) == (True, True, False)


def test_the_record_determines_whether_there_is_a_secret_and_a_rotation() -> None:
    assert (desired().has_secret, desired(NO_SECRET).has_secret) == (True, False)
    assert (desired({"next": {"requested_at": TIME}}).is_rotating, desired().is_rotating) == (True, False)


def test_the_result_determines_whether_a_secret_was_created_or_the_request_refused() -> None:
    assert (desired(results=after(made_secret=True)).made_secret, desired(results=after()).made_secret) == (True, False)
    assert (desired(results=after(refused="in the way")).refused, desired(results=after()).refused) == (True, False)


def test_remediation_adds_its_scopes_without_duplicates() -> None:
    assert desired().scopes == ["okta.users.read", "okta.apps.read"]
    assert desired(options={"scopes": ["okta.logs.read"]}).scopes == ["okta.logs.read"]
    added = desired(options={"remediation": True, "remediation_scopes": ["okta.users.manage", "okta.users.read"]})
    assert added.scopes == ["okta.users.read", "okta.apps.read", "okta.users.manage"]


OPTIONS: dict[str, Any] = {
    "id": "0oa2",
    "type": "rezonate_security",
    "scopes": ["okta.users.read", "okta.apps.read"],
    "requested_at": TIME,
    "take_over": False,
    "only_add": False,
    "recreate": True,
    "replace": False,
    "new_secret": False,
    "secret_hash": "h1",
    "exclusive_secrets": True,
    "make_lost_secret": False,
}
CASES: dict[str, tuple[Any, Any, str | None, dict[str, Any]]] = {
    "as stored": (INTEGRATED, {}, "h1", {}),
    "new tenant": (
        {},
        {},
        None,
        {"id": None, "requested_at": None, "recreate": False, "exclusive_secrets": False, "secret_hash": None, "make_lost_secret": True},
    ),
    "type": (INTEGRATED, {"api_service_type": "other"}, "h1", {"type": "other"}),
    "recreated": (INTEGRATED, {"recreate": True}, "h1", {"replace": True}),
    "no secret stored": (NO_SECRET, {}, "h1", {"new_secret": True}),
    "hash unknown": (INTEGRATED, {}, None, {"secret_hash": None, "exclusive_secrets": False, "make_lost_secret": True}),
    "hash not stored": (INTEGRATED, {}, "", {"secret_hash": "", "exclusive_secrets": False}),
    "secret requested": ({**INTEGRATED, "secret_requested_at": LATER}, {}, "h1", {"requested_at": LATER, "make_lost_secret": True}),
    "rotation under way": ({**INTEGRATED, "next": {"requested_at": TIME}}, {}, "h1", {"exclusive_secrets": False}),
    "not exclusive": (INTEGRATED, {"exclusive": False}, "h1", {"exclusive_secrets": False}),
    "adopting with a managed secret": (
        INTEGRATED,
        ADOPT,
        "h1",
        {"take_over": True, "only_add": True, "exclusive_secrets": False, "requested_at": None},
    ),
    "adopting without a managed secret": (
        NO_SECRET,
        ADOPT,
        "h1",
        {"take_over": True, "only_add": True, "exclusive_secrets": False, "new_secret": True},
    ),
    "adopting, secret requested": (
        {**INTEGRATED, "secret_requested_at": LATER},
        ADOPT,
        "h1",
        {"take_over": True, "only_add": True, "exclusive_secrets": False, "requested_at": LATER, "make_lost_secret": True},
    ),
    "adopted by an earlier run": ({**INTEGRATED, **TAKE_OVER}, {}, "h1", {"only_add": True, "exclusive_secrets": False}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_options_of_the_integration_come_from_record_and_settings(case: str) -> None:
    known, options, secret_hash, expected = CASES[case]
    assert desired(known, options=options).converge(secret_hash=secret_hash) == {**OPTIONS, **expected}


@pytest.mark.parametrize("take_over", [True, False])
def test_a_deleted_secret_is_replaced(take_over: bool) -> None:
    found = desired(options={"adopt_existing": take_over}).make_secret(secret_hash="h1")
    assert found == {"id": "0oa2", "take_over": take_over, "secret_hash": "h1"}


INSPECTIONS: dict[str, tuple[Any, Any, str | None, bool, bool]] = {
    "verified, managed secret known": (INTEGRATED, {}, "h1", True, True),
    "managed secret unknown": (INTEGRATED, {}, None, True, False),
    "not verified": (INTEGRATED, {}, "h1", False, False),
    "not exclusive": (INTEGRATED, {"exclusive": False}, "h1", True, False),
    "adopting": (INTEGRATED, ADOPT, "h1", True, False),
    "rotation under way": ({**INTEGRATED, "next": {"requested_at": TIME}}, {}, "h1", True, False),
}


@pytest.mark.parametrize("case", INSPECTIONS)
def test_an_unknown_secret_is_removed_only_after_the_managed_one_is_verified(case: str) -> None:
    known, options, secret_hash, is_verified, removes = INSPECTIONS[case]
    found = desired(known, options=options).inspect_secrets(secret_hash=secret_hash, is_verified=is_verified)
    assert found == {"id": "0oa2", "inspect": True, "secret_hash": secret_hash, "exclusive_secrets": removes}


def test_an_access_token_is_requested_with_all_scopes() -> None:
    scopes = ["okta.users.read", "okta.apps.read"]
    assert desired().verification() == {"client_id": "0oa2", "scopes": scopes, "endpoints": ["/api/v1/users?limit=1"]}


def test_okta_returns_a_secret_after_a_creation_or_a_new_secret() -> None:
    assert {"create", "make secret"} == SECRET_CHANGES


# The stored record


def test_an_intent_is_stored_once() -> None:
    assert (desired({}).stores_intent, desired().stores_intent) == (True, False)
    assert desired({}).with_intent({}, now=LATER) == {**IDENTITY, "requested_at": LATER}


def test_a_refused_intent_restores_the_previous_method() -> None:
    oauth = {"method": "oauth", "application_id": "0oa1"}
    moved = desired({"moved_from": "oauth"})
    assert moved.without_intent(moved.with_intent({"previous": {"oauth": oauth}}, now=LATER)) == oauth
    assert desired({}).without_intent(desired({}).with_intent({}, now=LATER)) is None


def test_the_intent_to_create_a_secret_is_stored() -> None:
    assert desired().with_secret_intent(STORED, now=LATER) == {**STORED, "secret_requested_at": LATER}


def test_a_secret_is_stored_with_the_unverified_integration() -> None:
    known = {**INTEGRATED, "secret_requested_at": TIME}
    found = desired(known, after(client_id="0oa8")).with_secret({**STORED, "secret_requested_at": TIME}, "s2", "h2", now=LATER)
    unverified = {name: value for name, value in STORED.items() if name != "proven_at"}
    assert found == {**unverified, "client_id": "0oa8", "client_secret": "s2", "secret_hash": "h2"}


# Public record, results, options, current record; whether the adoption is under way, and whether it is adopted.
ADOPTED: dict[str, tuple[Any, Any, Any, Any, tuple[bool, bool]]] = {
    "managed": (INTEGRATED, after(), {}, {}, (False, False)),
    "found without an id in the record, no intent": ({}, after(), {}, {}, (False, False)),
    "intent to adopt": ({}, after(), ADOPT, {}, (True, True)),
    "intent to adopt, but created by this run": ({}, after(created=True), ADOPT, {}, (False, False)),
    "adopting with an id in the record": (INTEGRATED, after(), ADOPT, {}, (True, False)),
    "adopted before": (INTEGRATED, after(), {}, {"adopted": True}, (False, True)),
    "adopted before, recreated by this run": ({**INTEGRATED, **TAKE_OVER}, after(created=True), {}, {"adopted": True}, (False, False)),
    "being adopted": ({**INTEGRATED, **TAKE_OVER}, after(), {}, {"adopted": True}, (True, True)),
}


@pytest.mark.parametrize("case", ADOPTED)
def test_an_existing_integration_is_adopted_according_to_record_or_settings(case: str) -> None:
    known, results, options, current, expected = ADOPTED[case]
    found = desired(known, results, options).with_secret(current, SECRET, None, now=LATER)
    assert (found.get("take_over", False), found.get("adopted", False)) == expected


def test_the_hash_is_also_stored_without_a_verification() -> None:
    assert desired().with_hash(STORED, "h2") == {**STORED, "secret_hash": "h2"}


@pytest.mark.parametrize(
    ("check", "made", "expected"), [(True, True, LATER), (False, True, TIME), (True, False, TIME), (False, False, TIME)]
)
def test_check_mode_predicts_the_verification_of_a_new_secret(check: bool, made: bool, expected: str) -> None:
    found = desired(results=after(made_secret=made), check=check).with_verification(STORED, "h2", now=LATER)
    assert found == {**STORED, "secret_hash": "h2", "proven_at": expected}
