# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of a run, and the fields to update in the Rezonate console because of them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_changes import (
    change_phrases,
    change_sentence,
    change_status,
    console_entries,
    quantity,
    reported_changes,
    retained_objects,
)
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, StoredFacts

OLD, NEW = "0oaold00000000000001", "0oanew00000000000001"
TIME = "2026-01-31T12:00:00Z"
VERIFIED = StoredFacts(known={"application_id": OLD, "proven_at": TIME})
SERVICE = StoredFacts(method="api_service_integration", known={"client_id": OLD, "proven_at": TIME})
CREATED = {"changed": True, "created": True, "changes": ["create"], "app": {"id": NEW, "client_id": NEW, "label": "Rezonate"}}
THERE = {"changed": False, "created": False, "changes": [], "app": {"id": OLD, "client_id": OLD, "label": "Rezonate"}}
MADE = {"changed": True, "key_id": "k1"}
GRANTED = {"changed": True, "added": ["okta.logs.read", "okta.users.read"]}


def test_a_recreated_app_has_a_new_application_id_that_must_be_entered() -> None:
    facts = Facts("onboard", stored=VERIFIED, results={"app": CREATED})
    assert reported_changes(facts) == [f"the app Rezonate is created in place of {OLD}, application id {NEW}"]
    assert (console_entries(facts), change_status(facts)) == ([f"the application id {NEW} (before: {OLD})"], "created")


def test_in_check_mode_the_new_id_is_unknown() -> None:
    facts = Facts("onboard", check=True, stored=VERIFIED, results={"app": {**CREATED, "app": {"label": "Rezonate"}}})
    assert list(change_sentence(facts)) == [f"Would change: the app Rezonate is created in place of {OLD}."]
    assert console_entries(facts) == [f"the application id (known once the app is created) (before: {OLD})"]
    assert change_status(facts) == "would change"


def test_the_first_app_replaces_none() -> None:
    facts = Facts("onboard", results={"app": CREATED, "made": MADE})
    assert reported_changes(facts) == [f"the app Rezonate is created, application id {NEW}", "a key is created"]
    assert console_entries(facts) == [f"the application id {NEW}", "the private key (rezonate_credentials.private_key)"]
    assert change_status(facts) == "created"


@pytest.mark.parametrize(
    ("stored", "app", "phrase"),
    [(VERIFIED, THERE, "a new key is created"), (VERIFIED, CREATED, "a key is created"), (StoredFacts(), THERE, "a key is created")],
)
def test_a_key_is_new_where_there_was_one(stored: StoredFacts, app: dict[str, Any], phrase: str) -> None:
    assert reported_changes(Facts("onboard", stored=stored, results={"app": app, "made": MADE}))[-1] == phrase


def test_another_app_is_reported_with_both_ids() -> None:
    facts = Facts("onboard", stored=VERIFIED, results={"app": {**THERE, "app": {"id": NEW}}})
    assert reported_changes(facts) == [f"the application id is {NEW}, not {OLD}"]
    assert console_entries(facts) == [f"the application id {NEW} (before: {OLD})"]


@pytest.mark.parametrize(("stored", "app"), [(VERIFIED, THERE), (VERIFIED, {"okta": {}}), (StoredFacts(), {**THERE, "app": {"id": NEW}})])
def test_an_unchanged_app_is_not_reported(stored: StoredFacts, app: dict[str, Any]) -> None:
    facts = Facts("onboard", stored=stored, results={"app": app})
    assert (reported_changes(facts), console_entries(facts), list(change_sentence(facts)), change_status(facts)) == (
        [],
        [],
        [],
        "unchanged",
    )


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
def test_each_change_is_a_phrase_without_console_entries(results: dict[str, Any], phrase: str) -> None:
    facts = Facts("onboard", stored=VERIFIED, results=results)
    assert (reported_changes(facts), change_phrases(facts), console_entries(facts)) == ([phrase], [phrase], [])
    assert (list(change_sentence(facts)), change_status(facts)) == ([f"Changed: {phrase}."], "changed")


@pytest.mark.parametrize(("result", "named"), [("zone", "network zone nzo1"), ("custom_role", "custom role cr01")])
def test_a_removed_object_is_named_by_its_stored_id(result: str, named: str) -> None:
    stored = StoredFacts(known={"proven_at": TIME, "made": {"network_zone": "nzo1", "custom_role": "cr01"}})
    results = {result: {"changed": True, "changes": ["delete"]}}
    assert reported_changes(Facts("onboard", stored=stored, results=results)) == [f"the {named}: delete"]


def test_the_revoked_bootstrap_token_is_a_change_with_its_own_sentence() -> None:
    facts = Facts("onboard", stored=VERIFIED, results={"revoked": {"changed": True}})
    assert (reported_changes(facts), change_phrases(facts), list(change_sentence(facts))) == (
        ["the bootstrap API token is revoked"],
        [],
        [],
    )
    assert change_status(facts) == "changed"


@pytest.mark.parametrize("result", ["zone", "custom_role"])
def test_an_unchanged_object_beside_the_app_is_not_reported(result: str) -> None:
    assert reported_changes(Facts("onboard", results={result: {"changed": False, "changes": ["create"], "role": ROLE}})) == []


def test_the_scopes_of_a_new_app_are_counted_unless_the_report_is_verbose() -> None:
    results = {"app": CREATED, "grants": GRANTED}
    assert next(change_sentence(Facts("onboard", results=results))).endswith("; 2 scopes added.")
    named = "scopes added: okta.logs.read, okta.users.read"
    assert next(change_sentence(Facts("onboard", results=results, verbose=True))).endswith(f"; {named}.")
    assert reported_changes(Facts("onboard", results=results))[-1] == named


def test_scopes_that_are_added_to_an_existing_app_are_named() -> None:
    facts = Facts("onboard", results={"app": THERE, "grants": GRANTED})
    assert list(change_sentence(facts)) == ["Changed: scopes added: okta.logs.read, okta.users.read."]


def test_an_empty_list_of_scopes_is_not_reported() -> None:
    assert change_phrases(Facts("onboard", results={"app": CREATED, "grants": {"added": []}}), short=True)[1:] == []


def test_a_new_integration_has_a_new_client_id_and_secret() -> None:
    made = {"changed": True, "created": True, "changes": ["delete", "create"], "client_id": NEW}
    facts = Facts("onboard", stored=SERVICE, results={"integration": made})
    assert reported_changes(facts) == [f"the API service integration is created in place of {OLD}, client id {NEW}"]
    assert console_entries(facts) == [f"the client id {NEW} (before: {OLD})", "the client secret (rezonate_credentials.client_secret)"]
    assert change_status(facts) == "created"


def test_the_first_integration_replaces_none_and_has_no_id_in_check_mode() -> None:
    facts = Facts("onboard", check=True, results={"integration": {"changed": True, "created": True}})
    assert reported_changes(facts) == ["the API service integration is created"]
    assert console_entries(facts)[0] == "the client id (known once it is created) (before: None)"


def test_a_new_secret_must_be_entered() -> None:
    made = {"changed": True, "created": False, "changes": ["make secret"], "client_id": OLD}
    facts = Facts("onboard", stored=SERVICE, results={"integration": made, "secrets": {"changes": ["delete secret"]}})
    assert reported_changes(facts) == [f"the API service integration {OLD}: make secret, delete secret"]
    assert console_entries(facts) == ["the client secret (rezonate_credentials.client_secret)"]


def test_a_removed_secret_needs_no_entry() -> None:
    facts = Facts("onboard", stored=SERVICE, results={"secrets": {"changed": True, "changes": ["delete secret"]}})
    assert (reported_changes(facts), console_entries(facts)) == ([f"the API service integration {OLD}: delete secret"], [])


@pytest.mark.parametrize(("stored", "phrase"), [(VERIFIED, "another API token is stored"), (StoredFacts(), "the API token is stored")])
def test_another_api_token_must_be_entered(stored: StoredFacts, phrase: str) -> None:
    facts = Facts("onboard", stored=stored, new_token=True)
    assert (reported_changes(facts), console_entries(facts)) == ([phrase], ["the API key (rezonate_credentials.api_token)"])


@pytest.mark.parametrize(
    ("work", "stored", "results", "expected"),
    [
        ("onboard", VERIFIED, {"saved_verification": {"changed": True}}, "changed"),
        ("onboard", StoredFacts(), {"saved_verification": {"changed": True}}, "created"),
        ("rotate", StoredFacts(), {"saved": {"changed": True}}, "changed"),
        ("onboard", VERIFIED, {"integration": {"changed": True, "created": True}}, "created"),
        ("onboard", StoredFacts(), {"verification": {"changed": False}, "made": {"changed": False}}, "unchanged"),
    ],
)
def test_the_status_of_a_run(work: str, stored: StoredFacts, results: dict[str, Any], expected: str) -> None:
    assert change_status(Facts(work, stored=stored, results=results)) == expected


def test_objects_in_use_are_retained() -> None:
    sentence = "The custom role R (cr01) was left unchanged, since others use it: the user 00u1."
    assert retained_objects(Facts("offboard", results={"custom_role": {"left": sentence}, "zone": {"changed": True}})) == [sentence]


def test_a_quantity_of_one_is_singular() -> None:
    assert (quantity(1, "scope"), quantity(2, "scope"), quantity(0, "scope")) == ("1 scope", "2 scopes", "0 scopes")
