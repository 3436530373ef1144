# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the stored record changes with each step, and what of it stays."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant import transitions as step
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record import read_record
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.transitions import AppFacts, Identity, IntegrationFacts
from unit.tenant_plans import LATER, TIME, URL

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
SHOWN: dict[str, Any] = {
    "method": "api_service_integration",
    **NAMED,
    "requested_at": TIME,
    "client_id": "0oa2",
    "client_secret": SECRET,
    "secret_hash": "h1",
    "service_type": "rezonate_security",
    "proven_at": TIME,
}
HANDED: dict[str, Any] = {"method": "api_token", **NAMED, "api_token": SECRET, "owner": "auditor@acme.example", "proven_at": TIME}
NEXT = {**OTHER_KEY, "requested_at": TIME}


def key_made(
    current: dict[str, Any], key: dict[str, Any] | None = None, *, adopting: bool = False, adopted: bool = False
) -> dict[str, Any]:
    """The record with a key."""
    return step.key_made(current, OAUTH, KEY if key is None else key, scopes_version=2, adopting=adopting, adopted=adopted, now=LATER)


def app_known(current: dict[str, Any], facts: AppFacts = FACTS) -> dict[str, Any]:
    """The record with an app."""
    return step.app_known(current, OAUTH, facts, scopes_version=2)


def app_verified(current: dict[str, Any], facts: AppFacts | None = FACTS) -> dict[str, Any]:
    """The record of a verified app."""
    return step.app_verified(current, facts, scopes_version=2, unavailable=["okta.devices.read"], now=LATER)


def shown(*, adopting: bool = False, adopted: bool = False, secret_hash: str | None = "h2") -> IntegrationFacts:
    """An integration with another secret."""
    return IntegrationFacts("0oa3", f"{SECRET}2", secret_hash, "rezonate_security", adopting=adopting, adopted=adopted)


def taken(current: dict[str, Any], token: str = SECRET, *, verified: bool = True) -> dict[str, Any]:
    """The record with a token that a person handed over."""
    return step.token_taken(current, TOKEN, token, owner="new@acme.example", verified=verified, now=LATER)


STEPS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], dict[str, Any] | None]]] = {
    "key made": ({}, key_made),
    "app known": ({**APP, "app_requested_at": TIME, "made": {"network_zone": "nzo1"}}, lambda current: app_known(current, ALL_FACTS)),
    "app compared": (APP, lambda current: step.app_compared(current, ALL_FACTS)),
    "app verified": (APP, lambda current: app_verified(current, ALL_FACTS)),
    "integration requested": ({}, lambda current: step.integration_requested(current, INTEGRATION, now=LATER)),
    "integration refused": (
        {**SHOWN, "previous": {"oauth": APP}},
        lambda current: step.request_refused(current, INTEGRATION, moved_from="oauth"),
    ),
    "secret requested": (SHOWN, lambda current: step.secret_requested(current, now=LATER)),
    "integration known": (SHOWN, lambda current: step.integration_known(current, INTEGRATION, shown(), now=LATER)),
    "hash learned": (SHOWN, lambda current: step.hash_learned(current, secret_hash="h2")),
    "integration verified": (SHOWN, lambda current: step.integration_verified(current, secret_hash="h2", now=LATER)),
    "user made": (HANDED, lambda current: step.user_made(current, TOKEN, "00u2")),
    "token taken": (HANDED, taken),
    "next key made": (APP, lambda current: step.next_key_made(current, OTHER_KEY, now=LATER)),
    "next secret requested": (SHOWN, lambda current: step.next_secret_requested(current, now=LATER)),
    "next secret made": (SHOWN, lambda current: step.next_secret_made(current, client_secret="s", secret_hash="h2", now=LATER)),
    "next verified": ({**APP, "next": NEXT}, lambda current: step.next_verified(current, now=LATER)),
    "promoted": ({**APP, "next": NEXT}, lambda current: step.promoted(current, retiring=["k1"])),
    "retired": ({**APP, "retiring": ["k0"]}, step.retired),
    "aborted": ({**APP, "next": NEXT}, step.aborted),
    "taken away": ({**APP, "made": {"custom_role": "cr01"}}, lambda current: step.taken_away(current, ["custom_role"])),
    "previous retired": ({**APP, "previous": {"api_token": HANDED}}, lambda current: step.previous_retired(current, ["api_token"])),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_leaves_the_record_before_it_as_it_was(name: str) -> None:
    before, change = STEPS[name]
    given = copy.deepcopy(before)
    change(given)
    assert given == before


@pytest.mark.parametrize("name", STEPS)
def test_the_record_after_a_step_can_be_read(name: str) -> None:
    before, change = STEPS[name]
    after = change(before)
    assert read_record(after, "rezonate.vault", None)[0].stored == after


@pytest.mark.parametrize("name", [name for name in STEPS if name != "integration refused"])
def test_a_step_leaves_members_of_a_newer_release_and_methods_used_before(name: str) -> None:
    before, change = STEPS[name]
    others = {"later": {"x": 1}, "previous": {"api_token": HANDED, "api_service_integration": SHOWN}}
    after = change({**before, **others})
    assert after is not None
    assert after["later"] == {"x": 1}
    assert after["previous"]["api_service_integration"] == SHOWN


# OAuth service app


def test_a_key_is_stored_with_the_time_at_which_okta_is_asked_for_the_app() -> None:
    assert key_made({}) == {"method": "oauth", **NAMED, "scopes_version": 2, **KEY, "app_requested_at": LATER}


def test_a_record_tells_whose_api_token_onboards_where_that_is_known() -> None:
    owned = step.key_made({}, OWNED, KEY, scopes_version=1, adopting=False, adopted=False, now=TIME)
    assert owned["bootstrap_owner"] == "00u1"
    assert "bootstrap_owner" not in key_made({})
    assert key_made({"bootstrap_owner": "00u1"})["bootstrap_owner"] == "00u1"


@pytest.mark.parametrize(("adopting", "adopted"), [(True, False), (False, True), (True, True)])
def test_the_intent_to_adopt_is_stored_with_the_key(adopting: bool, adopted: bool) -> None:
    found = key_made({}, adopting=adopting, adopted=adopted)
    expected = {**({"take_over": True} if adopting else {}), **({"adopted": True} if adopted else {})}
    assert {name: value for name, value in found.items() if name in ("take_over", "adopted")} == expected


def test_a_key_that_is_stored_stays_when_its_app_is_asked_for_again() -> None:
    found = key_made({**APP, "take_over": True}, {})
    assert (found["private_key"], found["proven_at"], found["take_over"], found["app_requested_at"]) == (SECRET, TIME, True, LATER)


def test_the_record_loses_proven_at_when_its_app_changes() -> None:
    found = app_known({**APP, "app_requested_at": TIME}, AppFacts("0oa9", "k1"))
    assert found == {"method": "oauth", **NAMED, "scopes_version": 2, **KEY, "application_id": "0oa9"}


def test_the_record_takes_the_name_that_the_app_has_for_our_key() -> None:
    found = app_known(APP, AppFacts("0oa1", "k9"))
    assert (found["key_id"], found["private_jwk"]) == ("k9", {**JWK, "kid": "k9"})
    assert app_known({}, AppFacts("0oa1", "k9"))["private_jwk"] == {"kid": "k9"}


FLAGS = {"take_over": True, "adopted": True, "dpop": True, "network_limited": True}


@pytest.mark.parametrize("change", [app_known, app_verified])
def test_what_is_known_of_an_app_is_stored_anew(change: Callable[[dict[str, Any], AppFacts], dict[str, Any]]) -> None:
    assert change(APP, ALL_FACTS).items() >= {**FLAGS, "made": {"network_zone": "nzo1"}}.items()
    assert set(change({**APP, **FLAGS}, FACTS)) & {*FLAGS, "made"} == set()


def test_what_a_run_made_joins_what_was_made_before() -> None:
    before = {**APP, "made": {"custom_role": "cr01", "network_zone": "nzo0"}}
    assert app_known(before, ALL_FACTS)["made"] == {"custom_role": "cr01", "network_zone": "nzo1"}
    assert app_verified(before, FACTS)["made"] == before["made"]
    assert "made" not in app_known({**APP, "made": {}})


def test_the_id_of_the_org_is_stored_where_okta_told_it() -> None:
    assert app_known(APP, ALL_FACTS)["org_id"] == "00o1"
    assert app_known({**APP, "org_id": "00o0"})["org_id"] == "00o0"
    assert "org_id" not in app_known(APP)


def test_a_record_that_was_verified_keeps_its_time() -> None:
    assert app_verified(APP) == {**APP, "scopes_version": 2, "unavailable_scopes": ["okta.devices.read"]}


def test_a_record_is_verified_at_the_time_of_the_first_verification() -> None:
    assert app_verified(app_known(APP))["proven_at"] == LATER


def test_where_the_app_was_not_compared_only_the_verification_is_stored() -> None:
    before = {**APP, **FLAGS, "unavailable_scopes": []}
    assert app_verified(before, None) == {**before, "scopes_version": 2}


# API service integration


def test_the_intent_is_stored_before_okta_is_asked_for_an_integration() -> None:
    found = step.integration_requested({}, INTEGRATION, now=LATER)
    assert found == {"method": "api_service_integration", **NAMED, "requested_at": LATER}


def intended(before: dict[str, Any], method: str = "api_service_integration") -> tuple[dict[str, Any], str | None]:
    """A stored record with the intent, and the method that it moved from."""
    record = read_record(before, "rezonate.vault", method)[0]
    return step.integration_requested(record.current, INTEGRATION, now=LATER), str(before["method"]) if record.moves else None


BEFORE: dict[str, dict[str, Any]] = {
    "of the same method": {name: value for name, value in SHOWN.items() if name != "requested_at"},
    "of another method": APP,
    "of another method, this one before": {
        **APP,
        "previous": {"api_service_integration": {name: value for name, value in SHOWN.items() if name != "requested_at"}},
    },
    "of another method, a third before": {**APP, "previous": {"api_token": HANDED}},
    "of the same method, another before": {"method": "api_service_integration", **NAMED, "client_id": "0oa2", "previous": {"oauth": APP}},
}


@pytest.mark.parametrize("case", BEFORE)
def test_an_intent_that_was_refused_leaves_no_trace(case: str) -> None:
    current, moved_from = intended(BEFORE[case])
    assert step.request_refused(current, INTEGRATION, moved_from=moved_from) == BEFORE[case]


def test_an_intent_that_was_refused_leaves_no_record_where_there_was_none() -> None:
    assert step.request_refused(step.integration_requested({}, INTEGRATION, now=LATER), INTEGRATION, moved_from=None) is None


def test_an_intent_that_was_refused_leaves_methods_used_before_where_there_was_no_record() -> None:
    current = step.integration_requested({"previous": {"oauth": APP}}, INTEGRATION, now=LATER)
    assert step.request_refused(current, INTEGRATION, moved_from=None) == {"previous": {"oauth": APP}}


def test_the_intent_to_make_a_secret_is_stored_before_okta_is_asked() -> None:
    assert step.secret_requested(SHOWN, now=LATER) == {**SHOWN, "secret_requested_at": LATER}


def test_a_secret_is_stored_with_its_integration_and_takes_the_place_of_another() -> None:
    before = {**SHOWN, "secret_requested_at": TIME, "take_over": True, "adopted": True}
    found = step.integration_known(before, INTEGRATION, shown(), now=LATER)
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
    found = step.integration_known({}, INTEGRATION, shown(secret_hash=None), now=LATER)
    assert found["requested_at"] == LATER
    assert "secret_hash" not in found


def test_the_hash_of_another_secret_goes_with_it_where_okta_tells_none_of_the_new_one() -> None:
    assert "secret_hash" not in step.integration_known(SHOWN, INTEGRATION, shown(secret_hash=None), now=LATER)


def test_an_integration_of_which_no_more_is_said_is_not_adopted() -> None:
    found = step.integration_known({}, INTEGRATION, IntegrationFacts("0oa3", SECRET, None, "rezonate_security"), now=LATER)
    assert {"take_over", "adopted"} & set(found) == set()


@pytest.mark.parametrize(("adopting", "adopted"), [(True, False), (False, True)])
def test_an_integration_that_was_there_is_stored_as_such(adopting: bool, adopted: bool) -> None:
    found = step.integration_known(SHOWN, INTEGRATION, shown(adopting=adopting, adopted=adopted), now=LATER)
    assert (found.get("take_over", False), found.get("adopted", False)) == (adopting, adopted)


def test_a_verified_integration_keeps_its_time_and_learns_its_hash() -> None:
    assert step.hash_learned(SHOWN, secret_hash="h2") == {**SHOWN, "secret_hash": "h2"}
    assert step.integration_verified(SHOWN, secret_hash="h2", now=LATER) == {**SHOWN, "secret_hash": "h2"}
    assert step.integration_verified(SHOWN, secret_hash=None, now=LATER) == SHOWN
    assert step.integration_verified({}, secret_hash=None, now=LATER) == {"proven_at": LATER}


# API token


def test_an_administrator_that_was_made_is_stored_beside_what_else_was_made() -> None:
    found = step.user_made({"made": {"network_zone": "nzo1"}}, TOKEN, "00u2")
    assert found == {"method": "api_token", **NAMED, "made": {"network_zone": "nzo1", "service_user": "00u2"}}
    assert step.user_made({}, TOKEN, "00u2")["made"] == {"service_user": "00u2"}


def test_the_same_token_keeps_the_time_at_which_it_was_verified() -> None:
    assert taken(HANDED) == {**HANDED, "owner": "new@acme.example"}
    assert taken(HANDED, verified=False) == {**HANDED, "owner": "new@acme.example"}


def test_another_token_is_verified_anew_or_not_at_all() -> None:
    assert taken(HANDED, "other") == {**HANDED, "owner": "new@acme.example", "api_token": "other", "proven_at": LATER}
    assert "proven_at" not in taken(HANDED, "other", verified=False)
    assert taken({}) == {**HANDED, "owner": "new@acme.example", "proven_at": LATER}


# Rotation


def test_the_next_key_is_stored_beside_the_current_one() -> None:
    assert step.next_key_made(APP, OTHER_KEY, now=LATER) == {**APP, "next": {**OTHER_KEY, "requested_at": LATER}}


def test_the_next_secret_is_stored_with_the_time_at_which_it_was_requested() -> None:
    requested = step.next_secret_requested(SHOWN, now=TIME)
    assert requested == {**SHOWN, "next": {"requested_at": TIME}}
    made = {"client_secret": "s2", "secret_hash": "h2"}
    assert step.next_secret_made(requested, **made, now=LATER) == {**SHOWN, "next": {"requested_at": TIME, **made}}
    assert step.next_secret_made(SHOWN, **made, now=LATER)["next"]["requested_at"] == LATER


def test_the_next_credential_keeps_the_time_of_its_first_verification() -> None:
    once = step.next_verified({**APP, "next": NEXT}, now=TIME)
    assert once == {**APP, "next": {**NEXT, "proven_at": TIME}}
    assert step.next_verified(once, now=LATER) == once


def test_the_next_credential_becomes_the_current_one_and_the_old_ones_are_left_to_retire() -> None:
    found = step.promoted({**APP, "next": {**NEXT, "proven_at": LATER}}, retiring=("k1", "k0"))
    assert found == {**APP, **OTHER_KEY, "proven_at": LATER, "retiring": ["k1", "k0"]}


def test_the_take_over_flag_goes_when_one_key_is_left() -> None:
    assert step.retired({**APP, "retiring": ["k0"], "take_over": True, "adopted": True}) == {**APP, "adopted": True}


def test_a_rotation_that_is_aborted_leaves_the_current_credential() -> None:
    assert step.aborted({**APP, "next": NEXT}) == APP


# What else


def test_what_was_taken_away_is_no_longer_in_the_record() -> None:
    before = {**APP, "made": {"custom_role": "cr01", "resource_set": "iam1", "network_zone": "nzo1"}}
    assert step.taken_away(before, ("custom_role", "resource_set")) == {**APP, "made": {"network_zone": "nzo1"}}
    assert step.taken_away(before, list(before["made"])) == APP
    assert step.taken_away(APP, ["custom_role"]) == APP


def test_methods_that_are_retired_are_no_longer_in_the_record() -> None:
    before = {**APP, "previous": {"api_token": HANDED, "api_service_integration": SHOWN}}
    assert step.previous_retired(before, ["api_token"]) == {**APP, "previous": {"api_service_integration": SHOWN}}
    assert step.previous_retired(before, ["api_token", "api_service_integration"]) == APP
    assert step.previous_retired(APP, ["api_token"]) == APP
