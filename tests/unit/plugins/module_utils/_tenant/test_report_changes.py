# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run changed, and what has to be entered in Rezonate's console because of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_changes import (
    changed,
    changes,
    count,
    entries,
    left,
    status,
    steps,
)
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, Stored

OLD, NEW = "0oaold00000000000001", "0oanew00000000000001"
TIME = "2026-01-31T12:00:00Z"
PROVEN = Stored(known={"application_id": OLD, "proven_at": TIME})
SERVICE = Stored(method="api_service_integration", known={"client_id": OLD, "proven_at": TIME})
CREATED = {"changed": True, "created": True, "changes": ["create"], "app": {"id": NEW, "client_id": NEW, "label": "Rezonate"}}
THERE = {"changed": False, "created": False, "changes": [], "app": {"id": OLD, "client_id": OLD, "label": "Rezonate"}}
MADE = {"changed": True, "key_id": "k1"}
GRANTED = {"changed": True, "added": ["okta.logs.read", "okta.users.read"]}


def test_a_recreated_app_has_a_new_application_id_that_must_be_entered() -> None:
    facts = Facts("onboard", stored=PROVEN, results={"app": CREATED})
    assert changes(facts) == [f"the app Rezonate is created in place of {OLD}, application id {NEW}"]
    assert (entries(facts), status(facts)) == ([f"the application id {NEW} (before: {OLD})"], "created")


def test_in_check_mode_the_new_id_is_not_known_yet() -> None:
    facts = Facts("onboard", check=True, stored=PROVEN, results={"app": {**CREATED, "app": {"label": "Rezonate"}}})
    assert list(changed(facts)) == [f"Would change: the app Rezonate is created in place of {OLD}."]
    assert entries(facts) == [f"the application id (known once the app is made) (before: {OLD})"]
    assert status(facts) == "would change"


def test_the_first_app_takes_no_place() -> None:
    facts = Facts("onboard", results={"app": CREATED, "made": MADE})
    assert changes(facts) == [f"the app Rezonate is created, application id {NEW}", "a key is made"]
    assert entries(facts) == [f"the application id {NEW}", "the private key (rezonate_credentials.private_key)"]
    assert status(facts) == "created"


@pytest.mark.parametrize(
    ("stored", "app", "phrase"),
    [(PROVEN, THERE, "a new key is made"), (PROVEN, CREATED, "a key is made"), (Stored(), THERE, "a key is made")],
)
def test_a_key_is_new_where_there_was_one(stored: Stored, app: dict[str, Any], phrase: str) -> None:
    assert changes(Facts("onboard", stored=stored, results={"app": app, "made": MADE}))[-1] == phrase


def test_another_app_than_before_is_said_too() -> None:
    facts = Facts("onboard", stored=PROVEN, results={"app": {**THERE, "app": {"id": NEW}}})
    assert changes(facts) == [f"the application id is {NEW}, not {OLD}"]
    assert entries(facts) == [f"the application id {NEW} (before: {OLD})"]


@pytest.mark.parametrize(("stored", "app"), [(PROVEN, THERE), (PROVEN, {"okta": {}}), (Stored(), {**THERE, "app": {"id": NEW}})])
def test_an_app_that_is_as_it_was_is_no_change(stored: Stored, app: dict[str, Any]) -> None:
    facts = Facts("onboard", stored=stored, results={"app": app})
    assert (changes(facts), entries(facts), list(changed(facts)), status(facts)) == ([], [], [], "unchanged")


ROLE = {"id": "cr01", "label": "R"}
PHRASES: list[tuple[dict[str, Any], str]] = [
    ({"grants": {"changed": True, "added": ["okta.logs.read"]}}, "scopes added: okta.logs.read"),
    ({"grants": {"changed": True, "removed": ["okta.logs.read", "okta.users.read"]}}, "scopes removed: okta.logs.read, okta.users.read"),
    ({"roles": {"changed": True, "added": ["READ_ONLY_ADMIN"]}}, "admin roles added: READ_ONLY_ADMIN"),
    ({"roles": {"changed": True, "removed": ["USER_ADMIN", "ORG_ADMIN"]}}, "admin roles removed: ORG_ADMIN, USER_ADMIN"),
    ({"late_roles": {"changed": True, "removed": ["SUPER_ADMIN"]}}, "admin roles removed: SUPER_ADMIN"),
    ({"grants": {"changed": True, "roles_removed": ["SUPER_ADMIN"]}}, "admin roles removed: SUPER_ADMIN"),
    ({"app": {**THERE, "changed": True, "changes": ["add key k1", "switch on"]}}, f"the app Rezonate ({OLD}): add key k1, switch on"),
    (
        {"zone": {"changed": True, "changes": ["replace gateways"], "zone": {"id": "nzo1", "name": "Office"}}},
        "the network zone Office (nzo1): replace gateways",
    ),
    ({"custom_role": {"changed": True, "changes": ["create"], "role": ROLE}}, "the custom role R (cr01): create"),
    ({"resource_set": {"changed": True, "changes": ["a", "b"], "resource_set": {"label": "S"}}}, "the resource set S: a, b"),
    (
        {"service_user": {"changed": True, "changes": ["create"], "user": {"id": "00u1", "login": "rz"}}},
        "the service user rz (00u1): create",
    ),
]


@pytest.mark.parametrize(("results", "phrase"), PHRASES)
def test_each_change_is_a_phrase_and_asks_nothing_of_a_person(results: dict[str, Any], phrase: str) -> None:
    facts = Facts("onboard", stored=PROVEN, results=results)
    assert (changes(facts), steps(facts), entries(facts)) == ([phrase], [phrase], [])
    assert (list(changed(facts)), status(facts)) == ([f"Changed: {phrase}."], "changed")


@pytest.mark.parametrize(("result", "named"), [("zone", "network zone nzo1"), ("custom_role", "custom role cr01")])
def test_what_is_removed_is_named_by_its_stored_id(result: str, named: str) -> None:
    stored = Stored(known={"proven_at": TIME, "made": {"network_zone": "nzo1", "custom_role": "cr01"}})
    results = {result: {"changed": True, "changes": ["delete"]}}
    assert changes(Facts("onboard", stored=stored, results=results)) == [f"the {named}: delete"]


def test_the_revoked_bootstrap_token_is_a_change_that_has_its_own_sentence() -> None:
    facts = Facts("onboard", stored=PROVEN, results={"revoked": {"changed": True}})
    assert (changes(facts), steps(facts), list(changed(facts))) == (["the bootstrap API token is revoked"], [], [])
    assert status(facts) == "changed"


@pytest.mark.parametrize("result", ["zone", "custom_role"])
def test_what_stands_beside_the_app_is_no_change_where_nothing_was_done(result: str) -> None:
    assert changes(Facts("onboard", results={result: {"changed": False, "changes": ["create"], "role": ROLE}})) == []


def test_the_scopes_of_a_new_app_are_counted_unless_the_report_is_verbose() -> None:
    results = {"app": CREATED, "grants": GRANTED}
    assert next(changed(Facts("onboard", results=results))).endswith("; 2 scopes added.")
    named = "scopes added: okta.logs.read, okta.users.read"
    assert next(changed(Facts("onboard", results=results, verbose=True))).endswith(f"; {named}.")
    assert changes(Facts("onboard", results=results))[-1] == named


def test_the_scopes_that_an_app_gets_later_are_named() -> None:
    facts = Facts("onboard", results={"app": THERE, "grants": GRANTED})
    assert list(changed(facts)) == ["Changed: scopes added: okta.logs.read, okta.users.read."]


def test_no_scopes_are_not_counted() -> None:
    assert steps(Facts("onboard", results={"app": CREATED, "grants": {"added": []}}), short=True)[1:] == []


def test_a_new_integration_has_a_new_client_id_and_secret() -> None:
    made = {"changed": True, "created": True, "changes": ["delete", "create"], "client_id": NEW}
    facts = Facts("onboard", stored=SERVICE, results={"integration": made})
    assert changes(facts) == [f"the API service integration is created in place of {OLD}, client id {NEW}"]
    assert entries(facts) == [f"the client id {NEW} (before: {OLD})", "the client secret (rezonate_credentials.client_secret)"]
    assert status(facts) == "created"


def test_the_first_integration_takes_no_place_and_has_no_id_in_check_mode() -> None:
    facts = Facts("onboard", check=True, results={"integration": {"changed": True, "created": True}})
    assert changes(facts) == ["the API service integration is created"]
    assert entries(facts)[0] == "the client id (known once it is made) (before: None)"


def test_a_secret_that_was_made_anew_must_be_entered() -> None:
    made = {"changed": True, "created": False, "changes": ["make secret"], "client_id": OLD}
    facts = Facts("onboard", stored=SERVICE, results={"integration": made, "secrets": {"changes": ["delete secret"]}})
    assert changes(facts) == [f"the API service integration {OLD}: make secret, delete secret"]
    assert entries(facts) == ["the client secret (rezonate_credentials.client_secret)"]


def test_a_secret_that_was_only_removed_asks_nothing() -> None:
    facts = Facts("onboard", stored=SERVICE, results={"secrets": {"changed": True, "changes": ["delete secret"]}})
    assert (changes(facts), entries(facts)) == ([f"the API service integration {OLD}: delete secret"], [])


@pytest.mark.parametrize(("stored", "phrase"), [(PROVEN, "another API token is stored"), (Stored(), "the API token is stored")])
def test_another_api_token_must_be_entered(stored: Stored, phrase: str) -> None:
    facts = Facts("onboard", stored=stored, new_token=True)
    assert (changes(facts), entries(facts)) == ([phrase], ["the API key (rezonate_credentials.api_token)"])


@pytest.mark.parametrize(
    ("work", "stored", "results", "expected"),
    [
        ("onboard", PROVEN, {"saved_proof": {"changed": True}}, "changed"),
        ("onboard", Stored(), {"saved_proof": {"changed": True}}, "created"),
        ("rotate", Stored(), {"saved": {"changed": True}}, "changed"),
        ("onboard", PROVEN, {"integration": {"changed": True, "created": True}}, "created"),
        ("onboard", Stored(), {"proof": {"changed": False}, "made": {"changed": False}}, "unchanged"),
    ],
)
def test_the_status_of_a_run(work: str, stored: Stored, results: dict[str, Any], expected: str) -> None:
    assert status(Facts(work, stored=stored, results=results)) == expected


def test_what_others_use_is_left() -> None:
    sentence = "The custom role R (cr01) was left, since others use it: the user 00u1."
    assert left(Facts("offboard", results={"custom_role": {"left": sentence}, "zone": {"changed": True}})) == [sentence]


def test_one_thing_is_no_more_than_one() -> None:
    assert (count(1, "scope"), count(2, "scope"), count(0, "scope")) == ("1 scope", "2 scopes", "0 scopes")
