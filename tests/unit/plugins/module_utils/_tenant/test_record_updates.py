# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The updates of the stored record, and the members that they retain."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant import record_updates as step
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record import read_record
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record_updates import AppFacts, Identity, IntegrationFacts
from helpers.tenant_plans import LATER, TIME, URL

SECRET = "made-up-secret-4b5c6d7e8f90"
JWK = {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "k1"}
KEY: dict[str, Any] = {"key_id": "k1", "private_key": SECRET, "private_jwk": JWK}
OTHER_KEY: dict[str, Any] = {"key_id": "k2", "private_key": f"{SECRET}2", "private_jwk": {**JWK, "kid": "k2"}}
OAUTH, INTEGRATION, TOKEN = (Identity(name, "acme", URL) for name in ("oauth", "api_service_integration", "api_token"))
OWNED = Identity("oauth", "acme", URL, "00u1")
NAMED = {"tenant_id": "acme", "org_url": URL}
FACTS = AppFacts("0oa1", "k1")
ALL_FACTS = AppFacts(
    "0oa1", "k9", adopting=True, adopted=True, dpop=True, network_limited=True, made={"network_zone": "nzo1"}, org_id="00o1"
)
APP: dict[str, Any] = {"method": "oauth", **NAMED, "scopes_version": 1, **KEY, "application_id": "0oa1", "proven_at": TIME}
INTEGRATED: dict[str, Any] = {
    "method": "api_service_integration",
    **NAMED,
    "requested_at": TIME,
    "client_id": "0oa2",
    "client_secret": SECRET,
    "secret_hash": "h1",
    "service_type": "rezonate_security",
    "proven_at": TIME,
}
SUPPLIED: dict[str, Any] = {"method": "api_token", **NAMED, "api_token": SECRET, "owner": "auditor@acme.example", "proven_at": TIME}
NEXT = {**OTHER_KEY, "requested_at": TIME}


def key_created(
    current: dict[str, Any], key: dict[str, Any] | None = None, *, adopting: bool = False, adopted: bool = False
) -> dict[str, Any]:
    """The record with a key."""
    return step.key_created(current, OAUTH, KEY if key is None else key, scopes_version=2, adopting=adopting, adopted=adopted, now=LATER)


def app_identified(current: dict[str, Any], facts: AppFacts = FACTS) -> dict[str, Any]:
    """The record with an app."""
    return step.app_identified(current, OAUTH, facts, scopes_version=2)


def app_verified(current: dict[str, Any], facts: AppFacts | None = FACTS) -> dict[str, Any]:
    """The record of a verified app."""
    return step.app_verified(current, facts, scopes_version=2, unavailable=["okta.devices.read"], now=LATER)


def other_secret(*, adopting: bool = False, adopted: bool = False, secret_hash: str | None = "h2") -> IntegrationFacts:
    """An integration with another secret."""
    return IntegrationFacts("0oa3", f"{SECRET}2", secret_hash, "rezonate_security", adopting=adopting, adopted=adopted)


def token_supplied(current: dict[str, Any], token: str = SECRET, *, verified: bool = True) -> dict[str, Any]:
    """The record with a supplied token."""
    return step.token_supplied(current, TOKEN, token, owner="new@acme.example", verified=verified, now=LATER)


STEPS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], dict[str, Any] | None]]] = {
    "key created": ({}, key_created),
    "app identified": (
        {**APP, "app_requested_at": TIME, "made": {"network_zone": "nzo1"}},
        lambda current: app_identified(current, ALL_FACTS),
    ),
    "app compared": (APP, lambda current: step.app_compared(current, ALL_FACTS)),
    "app verified": (APP, lambda current: app_verified(current, ALL_FACTS)),
    "integration requested": ({}, lambda current: step.integration_requested(current, INTEGRATION, now=LATER)),
    "request refused": (
        {**INTEGRATED, "previous": {"oauth": APP}},
        lambda current: step.request_refused(current, INTEGRATION, moved_from="oauth"),
    ),
    "secret requested": (INTEGRATED, lambda current: step.secret_requested(current, now=LATER)),
    "integration identified": (INTEGRATED, lambda current: step.integration_identified(current, INTEGRATION, other_secret(), now=LATER)),
    "hash identified": (INTEGRATED, lambda current: step.secret_hash_identified(current, secret_hash="h2")),
    "integration verified": (INTEGRATED, lambda current: step.integration_verified(current, secret_hash="h2", now=LATER)),
    "user created": (SUPPLIED, lambda current: step.service_user_created(current, TOKEN, "00u2")),
    "token supplied": (SUPPLIED, token_supplied),
    "next key created": (APP, lambda current: step.next_key_created(current, OTHER_KEY, now=LATER)),
    "next secret requested": (INTEGRATED, lambda current: step.next_secret_requested(current, now=LATER)),
    "next secret created": (INTEGRATED, lambda current: step.next_secret_created(current, client_secret="s", secret_hash="h2", now=LATER)),
    "next verified": ({**APP, "next": NEXT}, lambda current: step.next_verified(current, now=LATER)),
    "next promoted": ({**APP, "next": NEXT}, lambda current: step.next_promoted(current, retiring=["k1"])),
    "rotation finished": ({**APP, "retiring": ["k0"]}, step.rotation_finished),
    "rotation aborted": ({**APP, "next": NEXT}, step.rotation_aborted),
    "objects removed": ({**APP, "made": {"custom_role": "cr01"}}, lambda current: step.objects_removed(current, ["custom_role"])),
    "previous methods removed": (
        {**APP, "previous": {"api_token": SUPPLIED}},
        lambda current: step.previous_methods_removed(current, ["api_token"]),
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_an_update_does_not_modify_its_input(name: str) -> None:
    before, change = STEPS[name]
    given = copy.deepcopy(before)
    change(given)
    assert given == before


@pytest.mark.parametrize("name", STEPS)
def test_the_record_after_an_update_is_valid(name: str) -> None:
    before, change = STEPS[name]
    after = change(before)
    assert read_record(after, "rezonate.vault", None)[0].stored == after


@pytest.mark.parametrize("name", [name for name in STEPS if name != "request refused"])
def test_an_update_retains_unknown_members_and_previous_methods(name: str) -> None:
    before, change = STEPS[name]
    others = {"later": {"x": 1}, "previous": {"api_token": SUPPLIED, "api_service_integration": INTEGRATED}}
    after = change({**before, **others})
    assert after is not None
    assert after["later"] == {"x": 1}
    assert after["previous"]["api_service_integration"] == INTEGRATED


# OAuth service app


def test_a_key_is_stored_with_the_time_of_the_request_for_the_app() -> None:
    assert key_created({}) == {"method": "oauth", **NAMED, "scopes_version": 2, **KEY, "app_requested_at": LATER}


def test_a_record_names_the_owner_of_the_bootstrap_token_if_known() -> None:
    owned = step.key_created({}, OWNED, KEY, scopes_version=1, adopting=False, adopted=False, now=TIME)
    assert owned["bootstrap_owner"] == "00u1"
    assert "bootstrap_owner" not in key_created({})
    assert key_created({"bootstrap_owner": "00u1"})["bootstrap_owner"] == "00u1"


@pytest.mark.parametrize(("adopting", "adopted"), [(True, False), (False, True), (True, True)])
def test_the_intent_to_adopt_is_stored_with_the_key(adopting: bool, adopted: bool) -> None:
    found = key_created({}, adopting=adopting, adopted=adopted)
    expected = {**({"take_over": True} if adopting else {}), **({"adopted": True} if adopted else {})}
    assert {name: value for name, value in found.items() if name in ("take_over", "adopted")} == expected


def test_a_stored_key_is_retained_when_its_app_is_requested_again() -> None:
    found = key_created({**APP, "take_over": True}, {})
    assert (found["private_key"], found["proven_at"], found["take_over"], found["app_requested_at"]) == (SECRET, TIME, True, LATER)


def test_the_record_loses_proven_at_when_its_app_changes() -> None:
    found = app_identified({**APP, "app_requested_at": TIME}, AppFacts("0oa9", "k1"))
    assert found == {"method": "oauth", **NAMED, "scopes_version": 2, **KEY, "application_id": "0oa9"}


def test_the_record_gets_the_key_id_of_the_app() -> None:
    found = app_identified(APP, AppFacts("0oa1", "k9"))
    assert (found["key_id"], found["private_jwk"]) == ("k9", {**JWK, "kid": "k9"})
    assert app_identified({}, AppFacts("0oa1", "k9"))["private_jwk"] == {"kid": "k9"}


FLAGS = {"take_over": True, "adopted": True, "dpop": True, "network_limited": True}


@pytest.mark.parametrize("change", [app_identified, app_verified])
def test_the_facts_about_an_app_are_replaced(change: Callable[[dict[str, Any], AppFacts], dict[str, Any]]) -> None:
    assert change(APP, ALL_FACTS).items() >= {**FLAGS, "made": {"network_zone": "nzo1"}}.items()
    assert set(change({**APP, **FLAGS}, FACTS)) & {*FLAGS, "made"} == set()


def test_created_objects_are_added_to_earlier_ones() -> None:
    before = {**APP, "made": {"custom_role": "cr01", "network_zone": "nzo0"}}
    assert app_identified(before, ALL_FACTS)["made"] == {"custom_role": "cr01", "network_zone": "nzo1"}
    assert app_verified(before, FACTS)["made"] == before["made"]
    assert "made" not in app_identified({**APP, "made": {}})


def test_the_id_of_the_org_is_stored_if_known() -> None:
    assert app_identified(APP, ALL_FACTS)["org_id"] == "00o1"
    assert app_identified({**APP, "org_id": "00o0"})["org_id"] == "00o0"
    assert "org_id" not in app_identified(APP)


def test_a_verified_record_retains_its_time() -> None:
    assert app_verified(APP) == {**APP, "scopes_version": 2, "unavailable_scopes": ["okta.devices.read"]}


def test_a_record_is_verified_at_the_time_of_the_first_verification() -> None:
    assert app_verified(app_identified(APP))["proven_at"] == LATER


def test_where_the_app_was_not_compared_only_the_verification_is_stored() -> None:
    before = {**APP, **FLAGS, "unavailable_scopes": []}
    assert app_verified(before, None) == {**before, "scopes_version": 2}


# API service integration


def test_the_intent_is_stored_before_an_integration_is_requested() -> None:
    found = step.integration_requested({}, INTEGRATION, now=LATER)
    assert found == {"method": "api_service_integration", **NAMED, "requested_at": LATER}


def intended(before: dict[str, Any], method: str = "api_service_integration") -> tuple[dict[str, Any], str | None]:
    """A stored record with the intent, and its previous method."""
    record = read_record(before, "rezonate.vault", method)[0]
    return step.integration_requested(record.current, INTEGRATION, now=LATER), str(before["method"]) if record.changes_method else None


BEFORE: dict[str, dict[str, Any]] = {
    "of the same method": {name: value for name, value in INTEGRATED.items() if name != "requested_at"},
    "of another method": APP,
    "of another method, this one before": {
        **APP,
        "previous": {"api_service_integration": {name: value for name, value in INTEGRATED.items() if name != "requested_at"}},
    },
    "of another method, a third before": {**APP, "previous": {"api_token": SUPPLIED}},
    "of the same method, another before": {"method": "api_service_integration", **NAMED, "client_id": "0oa2", "previous": {"oauth": APP}},
}


@pytest.mark.parametrize("case", BEFORE)
def test_a_refused_intent_leaves_no_trace(case: str) -> None:
    current, moved_from = intended(BEFORE[case])
    assert step.request_refused(current, INTEGRATION, moved_from=moved_from) == BEFORE[case]


def test_a_refused_intent_leaves_no_record_where_there_was_none() -> None:
    assert step.request_refused(step.integration_requested({}, INTEGRATION, now=LATER), INTEGRATION, moved_from=None) is None


def test_a_refused_intent_retains_previous_methods_without_a_current_record() -> None:
    current = step.integration_requested({"previous": {"oauth": APP}}, INTEGRATION, now=LATER)
    assert step.request_refused(current, INTEGRATION, moved_from=None) == {"previous": {"oauth": APP}}


def test_the_intent_to_create_a_secret_is_stored_before_the_request() -> None:
    assert step.secret_requested(INTEGRATED, now=LATER) == {**INTEGRATED, "secret_requested_at": LATER}


def test_a_secret_is_stored_with_its_integration_and_replaces_another() -> None:
    before = {**INTEGRATED, "secret_requested_at": TIME, "take_over": True, "adopted": True}
    found = step.integration_identified(before, INTEGRATION, other_secret(), now=LATER)
    assert found == {
        "method": "api_service_integration",
        **NAMED,
        "requested_at": TIME,
        "client_id": "0oa3",
        "client_secret": f"{SECRET}2",
        "service_type": "rezonate_security",
        "secret_hash": "h2",
    }


def test_an_integration_whose_intent_is_not_stored_is_requested_now() -> None:
    found = step.integration_identified({}, INTEGRATION, other_secret(secret_hash=None), now=LATER)
    assert found["requested_at"] == LATER
    assert "secret_hash" not in found


def test_the_hash_of_a_replaced_secret_is_removed_where_okta_returns_none() -> None:
    assert "secret_hash" not in step.integration_identified(INTEGRATED, INTEGRATION, other_secret(secret_hash=None), now=LATER)


def test_an_integration_is_not_adopted_by_default() -> None:
    found = step.integration_identified({}, INTEGRATION, IntegrationFacts("0oa3", SECRET, None, "rezonate_security"), now=LATER)
    assert {"take_over", "adopted"} & set(found) == set()


@pytest.mark.parametrize(("adopting", "adopted"), [(True, False), (False, True)])
def test_an_existing_integration_is_stored_as_adopted(adopting: bool, adopted: bool) -> None:
    found = step.integration_identified(INTEGRATED, INTEGRATION, other_secret(adopting=adopting, adopted=adopted), now=LATER)
    assert (found.get("take_over", False), found.get("adopted", False)) == (adopting, adopted)


def test_a_verified_integration_retains_its_time_and_gets_its_hash() -> None:
    assert step.secret_hash_identified(INTEGRATED, secret_hash="h2") == {**INTEGRATED, "secret_hash": "h2"}
    assert step.integration_verified(INTEGRATED, secret_hash="h2", now=LATER) == {**INTEGRATED, "secret_hash": "h2"}
    assert step.integration_verified(INTEGRATED, secret_hash=None, now=LATER) == INTEGRATED
    assert step.integration_verified({}, secret_hash=None, now=LATER) == {"proven_at": LATER}


# API token


def test_a_created_administrator_is_stored_beside_other_objects() -> None:
    found = step.service_user_created({"made": {"network_zone": "nzo1"}}, TOKEN, "00u2")
    assert found == {"method": "api_token", **NAMED, "made": {"network_zone": "nzo1", "service_user": "00u2"}}
    assert step.service_user_created({}, TOKEN, "00u2")["made"] == {"service_user": "00u2"}


def test_the_same_token_retains_its_verification_time() -> None:
    assert token_supplied(SUPPLIED) == {**SUPPLIED, "owner": "new@acme.example"}
    assert token_supplied(SUPPLIED, verified=False) == {**SUPPLIED, "owner": "new@acme.example"}


def test_another_token_gets_a_new_verification_time_or_none() -> None:
    assert token_supplied(SUPPLIED, "other") == {**SUPPLIED, "owner": "new@acme.example", "api_token": "other", "proven_at": LATER}
    assert "proven_at" not in token_supplied(SUPPLIED, "other", verified=False)
    assert token_supplied({}) == {**SUPPLIED, "owner": "new@acme.example", "proven_at": LATER}


# Rotation


def test_the_next_key_is_stored_beside_the_current_one() -> None:
    assert step.next_key_created(APP, OTHER_KEY, now=LATER) == {**APP, "next": {**OTHER_KEY, "requested_at": LATER}}


def test_the_next_secret_is_stored_with_the_time_at_which_it_was_requested() -> None:
    requested = step.next_secret_requested(INTEGRATED, now=TIME)
    assert requested == {**INTEGRATED, "next": {"requested_at": TIME}}
    made = {"client_secret": "s2", "secret_hash": "h2"}
    assert step.next_secret_created(requested, **made, now=LATER) == {**INTEGRATED, "next": {"requested_at": TIME, **made}}
    assert step.next_secret_created(INTEGRATED, **made, now=LATER)["next"]["requested_at"] == LATER


def test_the_next_credential_retains_its_first_verification_time() -> None:
    once = step.next_verified({**APP, "next": NEXT}, now=TIME)
    assert once == {**APP, "next": {**NEXT, "proven_at": TIME}}
    assert step.next_verified(once, now=LATER) == once


def test_the_next_credential_becomes_the_current_one_and_the_old_ones_are_retiring() -> None:
    found = step.next_promoted({**APP, "next": {**NEXT, "proven_at": LATER}}, retiring=("k1", "k0"))
    assert found == {**APP, **OTHER_KEY, "proven_at": LATER, "retiring": ["k1", "k0"]}


def test_the_take_over_flag_is_removed_with_the_other_keys() -> None:
    assert step.rotation_finished({**APP, "retiring": ["k0"], "take_over": True, "adopted": True}) == {**APP, "adopted": True}


def test_an_aborted_rotation_retains_the_current_credential() -> None:
    assert step.rotation_aborted({**APP, "next": NEXT}) == APP


# Removals


def test_removed_objects_are_removed_from_the_record() -> None:
    before = {**APP, "made": {"custom_role": "cr01", "resource_set": "iam1", "network_zone": "nzo1"}}
    assert step.objects_removed(before, ("custom_role", "resource_set")) == {**APP, "made": {"network_zone": "nzo1"}}
    assert step.objects_removed(before, list(before["made"])) == APP
    assert step.objects_removed(APP, ["custom_role"]) == APP


def test_retired_methods_are_removed_from_the_record() -> None:
    before = {**APP, "previous": {"api_token": SUPPLIED, "api_service_integration": INTEGRATED}}
    assert step.previous_methods_removed(before, ["api_token"]) == {**APP, "previous": {"api_service_integration": INTEGRATED}}
    assert step.previous_methods_removed(before, ["api_token", "api_service_integration"]) == APP
    assert step.previous_methods_removed(APP, ["api_token"]) == APP
