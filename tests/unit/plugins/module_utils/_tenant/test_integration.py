# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with an API service integration: what its module is asked for, and what is stored."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.integration import MAKING, Integration
from unit.tenant_plans import INTEGRATED, LATER, TIME, URL, plan

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


def wanted(known: Any = None, results: Any = None, options: Any = None, **members: Any) -> Integration:
    """The desired state, of a tenant that is verified where nothing else is said."""
    return Integration(plan("api_service_integration", INTEGRATED if known is None else known, results, options, **members))


def after(**members: Any) -> dict[str, Any]:
    """What the step ``integration`` returned."""
    return {"integration": {"client_id": "0oa2", "created": False, **members}}


def test_an_integration_is_known_by_what_okta_said_else_by_the_record() -> None:
    assert wanted(results=after(client_id="0oa8")).client_id == "0oa8"
    assert wanted().client_id == "0oa2"
    assert wanted({}).client_id == "not-made-in-check-mode"


def test_an_integration_is_new_if_this_run_made_it() -> None:
    assert (wanted(results=after(created=True)).is_new, wanted(results=after()).is_new, wanted().is_new) == (True, False, False)


def test_secrets_that_are_not_ours_stay_while_an_integration_is_being_adopted() -> None:
    assert (wanted(options=ADOPT).is_adopting, wanted(TAKE_OVER).is_adopting, wanted().is_adopting) == (True, True, False)


def test_the_record_tells_whether_there_is_a_secret_and_a_rotation() -> None:
    assert (wanted().has_secret, wanted(NO_SECRET).has_secret) == (True, False)
    assert (wanted({"next": {"requested_at": TIME}}).is_rotating, wanted().is_rotating) == (True, False)


def test_the_result_tells_whether_a_secret_was_made_or_everything_refused() -> None:
    assert (wanted(results=after(made_secret=True)).made_secret, wanted(results=after()).made_secret) == (True, False)
    assert (wanted(results=after(refused="in the way")).refused, wanted(results=after()).refused) == (True, False)


def test_remediation_adds_its_scopes_and_each_scope_is_there_once() -> None:
    assert wanted().scopes == ["okta.users.read", "okta.apps.read"]
    assert wanted(options={"scopes": ["okta.logs.read"]}).scopes == ["okta.logs.read"]
    added = wanted(options={"remediation": True, "remediation_scopes": ["okta.users.manage", "okta.users.read"]})
    assert added.scopes == ["okta.users.read", "okta.apps.read", "okta.users.manage"]


ASKED: dict[str, Any] = {
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
    "made anew": (INTEGRATED, {"recreate": True}, "h1", {"replace": True}),
    "no secret stored": (NO_SECRET, {}, "h1", {"new_secret": True}),
    "hash not known": (INTEGRATED, {}, None, {"secret_hash": None, "exclusive_secrets": False, "make_lost_secret": True}),
    "hash not learned": (INTEGRATED, {}, "", {"secret_hash": "", "exclusive_secrets": False}),
    "secret requested": ({**INTEGRATED, "secret_requested_at": LATER}, {}, "h1", {"requested_at": LATER, "make_lost_secret": True}),
    "rotation under way": ({**INTEGRATED, "next": {"requested_at": TIME}}, {}, "h1", {"exclusive_secrets": False}),
    "not exclusive": (INTEGRATED, {"exclusive": False}, "h1", {"exclusive_secrets": False}),
    "adopting with a secret of ours": (
        INTEGRATED,
        ADOPT,
        "h1",
        {"take_over": True, "only_add": True, "exclusive_secrets": False, "requested_at": None},
    ),
    "adopting without one": (
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
def test_an_integration_is_asked_for_by_record_and_settings(case: str) -> None:
    known, options, secret_hash, expected = CASES[case]
    assert wanted(known, options=options).converge(secret_hash=secret_hash) == {**ASKED, **expected}


@pytest.mark.parametrize("take_over", [True, False])
def test_a_secret_is_made_in_place_of_one_that_is_gone(take_over: bool) -> None:
    found = wanted(options={"adopt_existing": take_over}).make_secret(secret_hash="h1")
    assert found == {"id": "0oa2", "take_over": take_over, "secret_hash": "h1"}


LOOKS: dict[str, tuple[Any, Any, str | None, bool, bool]] = {
    "verified, ours known": (INTEGRATED, {}, "h1", True, True),
    "ours not known": (INTEGRATED, {}, None, True, False),
    "not verified": (INTEGRATED, {}, "h1", False, False),
    "not exclusive": (INTEGRATED, {"exclusive": False}, "h1", True, False),
    "adopting": (INTEGRATED, ADOPT, "h1", True, False),
    "rotation under way": ({**INTEGRATED, "next": {"requested_at": TIME}}, {}, "h1", True, False),
}


@pytest.mark.parametrize("case", LOOKS)
def test_a_secret_that_nobody_knows_goes_only_once_ours_is_seen_to_work(case: str) -> None:
    known, options, secret_hash, is_verified, goes = LOOKS[case]
    found = wanted(known, options=options).inspect_secrets(secret_hash=secret_hash, is_verified=is_verified)
    assert found == {"id": "0oa2", "inspect": True, "secret_hash": secret_hash, "exclusive_secrets": goes}


def test_an_access_token_is_asked_for_with_all_scopes() -> None:
    scopes = ["okta.users.read", "okta.apps.read"]
    assert wanted().verification() == {"client_id": "0oa2", "scopes": scopes, "endpoints": ["/api/v1/users?limit=1"]}


def test_what_shows_a_secret_is_a_creation_or_a_secret_made_anew() -> None:
    assert {"create", "make secret"} == MAKING


# What is stored


def test_an_intent_is_stored_once() -> None:
    assert (wanted({}).keeps_intent, wanted().keeps_intent) == (True, False)
    assert wanted({}).with_intent({}, now=LATER) == {**IDENTITY, "requested_at": LATER}


def test_a_refused_intent_leaves_the_method_that_the_record_had() -> None:
    oauth = {"method": "oauth", "application_id": "0oa1"}
    moved = wanted({"moved_from": "oauth"})
    assert moved.without_intent(moved.with_intent({"previous": {"oauth": oauth}}, now=LATER)) == oauth
    assert wanted({}).without_intent(wanted({}).with_intent({}, now=LATER)) is None


def test_the_intent_to_make_a_secret_is_stored() -> None:
    assert wanted().with_secret_intent(STORED, now=LATER) == {**STORED, "secret_requested_at": LATER}


def test_a_secret_is_stored_with_the_integration_which_is_not_verified_yet() -> None:
    known = {**INTEGRATED, "secret_requested_at": TIME}
    found = wanted(known, after(client_id="0oa8")).with_secret({**STORED, "secret_requested_at": TIME}, "s2", "h2", now=LATER)
    unverified = {name: value for name, value in STORED.items() if name != "proven_at"}
    assert found == {**unverified, "client_id": "0oa8", "client_secret": "s2", "secret_hash": "h2"}


# What is known, the result, the options, the record: whether it is being adopted, and whether it is adopted.
ADOPTED: dict[str, tuple[Any, Any, Any, Any, tuple[bool, bool]]] = {
    "ours": (INTEGRATED, after(), {}, {}, (False, False)),
    "found without an id in the record, but not meant": ({}, after(), {}, {}, (False, False)),
    "meant": ({}, after(), ADOPT, {}, (True, True)),
    "meant, but made by this run": ({}, after(created=True), ADOPT, {}, (False, False)),
    "taken over with an id in the record": (INTEGRATED, after(), ADOPT, {}, (True, False)),
    "adopted before": (INTEGRATED, after(), {}, {"adopted": True}, (False, True)),
    "adopted before, made anew by this run": ({**INTEGRATED, **TAKE_OVER}, after(created=True), {}, {"adopted": True}, (False, False)),
    "being adopted": ({**INTEGRATED, **TAKE_OVER}, after(), {}, {"adopted": True}, (True, True)),
}


@pytest.mark.parametrize("case", ADOPTED)
def test_an_integration_that_was_there_before_is_adopted_as_the_record_says_or_the_run_means(case: str) -> None:
    known, results, options, current, expected = ADOPTED[case]
    found = wanted(known, results, options).with_secret(current, SECRET, None, now=LATER)
    assert (found.get("take_over", False), found.get("adopted", False)) == expected


def test_the_hash_is_stored_without_a_verification_too() -> None:
    assert wanted().with_hash(STORED, "h2") == {**STORED, "secret_hash": "h2"}


@pytest.mark.parametrize(
    ("check", "made", "expected"), [(True, True, LATER), (False, True, TIME), (True, False, TIME), (False, False, TIME)]
)
def test_check_mode_predicts_that_another_secret_is_verified_anew(check: bool, made: bool, expected: str) -> None:
    found = wanted(results=after(made_secret=made), check=check).with_verification(STORED, "h2", now=LATER)
    assert found == {**STORED, "secret_hash": "h2", "proven_at": expected}
