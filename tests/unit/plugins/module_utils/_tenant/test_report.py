# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed, and what a person must do because of it."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report import Command, Facts, changes, public, report, status

OLD, NEW = "0oaold00000000000001", "0oanew00000000000001"
PROVEN = {"application_id": OLD, "proven_at": "2026-01-31T12:00:00Z"}
CREATED = {"changed": True, "created": True, "changes": ["create"], "app": {"id": NEW, "client_id": NEW, "label": "Rezonate"}}
THERE = {"changed": False, "created": False, "changes": [], "app": {"id": OLD, "client_id": OLD, "label": "Rezonate"}}
ROLE = {"id": "cr01", "label": "R"}
STAYS = "To do: nothing; what was entered in the Rezonate console stays valid."


def said(facts: Facts) -> str:
    return " ".join(report(facts, []))


def test_a_recreated_app_has_a_new_application_id_that_must_be_entered() -> None:
    facts = Facts("onboard", before=PROVEN, results={"app": CREATED})
    assert report(facts, ["Tenant acme: onboarded and proven."]) == [
        "Tenant acme: onboarded and proven.",
        f"Changed: the app Rezonate is created in place of {OLD}, application id {NEW}.",
        f"To do: In the Rezonate console, the application id {NEW} (before: {OLD}) has to be entered anew.",
    ]
    assert status(facts) == "created"


def test_in_check_mode_the_new_id_is_not_known_yet() -> None:
    created = {**CREATED, "app": {"id": None, "client_id": None, "label": "Rezonate"}}
    facts = Facts("onboard", check=True, before=PROVEN, results={"app": created})
    assert f"Would change: the app Rezonate is created in place of {OLD}." in said(facts)
    assert "the application id (known once the app is made)" in said(facts)
    assert status(facts) == "would change"


def test_another_app_than_before_is_said_too() -> None:
    other = {**THERE, "app": {**THERE["app"], "id": NEW}}
    assert f"the application id {NEW} (before: {OLD}) has to be entered" in said(Facts("onboard", before=PROVEN, results={"app": other}))


@pytest.mark.parametrize(
    ("results", "phrase"),
    [
        ({"grants": {"changed": True, "added": ["okta.logs.read"]}}, "scopes added: okta.logs.read"),
        ({"grants": {"changed": True, "removed": ["okta.logs.read"]}}, "scopes removed: okta.logs.read"),
        ({"roles": {"changed": True, "added": ["READ_ONLY_ADMIN"]}}, "admin roles added: READ_ONLY_ADMIN"),
        ({"late_roles": {"changed": True, "removed": ["SUPER_ADMIN"]}}, "admin roles removed: SUPER_ADMIN"),
        ({"grants": {"changed": True, "roles_removed": ["SUPER_ADMIN"]}}, "admin roles removed: SUPER_ADMIN"),
        ({"app": {**THERE, "changed": True, "changes": ["add key k1"]}}, f"the app Rezonate ({OLD}): add key k1"),
        (
            {"zone": {"changed": True, "changes": ["replace gateways"], "zone": {"id": "nzo1", "name": "Office"}}},
            "the network zone Office (nzo1): replace gateways",
        ),
        (
            {"custom_role": {"changed": True, "changes": ["create"], "role": {"id": "cr01", "label": "R"}}},
            "the custom role R (cr01): create",
        ),
        ({"revoked": {"changed": True}}, "the bootstrap API token is revoked"),
    ],
)
def test_each_change_is_said_and_asks_nothing_of_a_person(results: dict[str, Any], phrase: str) -> None:
    facts = Facts("onboard", before=PROVEN, results=results)
    assert changes(facts) == [phrase]
    assert report(facts, []) == [f"Changed: {phrase}.", STAYS]
    assert status(facts) == "changed"


def test_a_new_integration_has_a_new_client_id_and_secret() -> None:
    before = {"client_id": OLD, "proven_at": "x"}
    made = {"changed": True, "created": True, "changes": ["delete", "create"], "client_id": NEW}
    facts = Facts("onboard", "api_service_integration", before=before, results={"integration": made})
    assert f"the client id {NEW} (before: {OLD}); the client secret (rezonate_credentials.client_secret) has to be entered" in said(facts)


def test_a_secret_that_was_made_anew_must_be_entered() -> None:
    made = {"changed": True, "created": False, "changes": ["make secret"], "client_id": OLD}
    facts = Facts("onboard", "api_service_integration", before={"client_id": OLD, "proven_at": "x"}, results={"integration": made})
    assert "To do: In the Rezonate console, the client secret (rezonate_credentials.client_secret) has to be entered anew." in said(facts)


def test_another_api_token_must_be_entered() -> None:
    facts = Facts("onboard", "api_token", before={"proven_at": "x"}, results={"saved_proof": {"changed": True}}, new_token=True)
    assert "the API key (rezonate_credentials.api_token) has to be entered anew" in said(facts)


def test_the_first_time_what_is_to_be_entered_is_said_already() -> None:
    facts = Facts("onboard", results={"app": CREATED, "made": {"changed": True, "key_id": "k1"}})
    assert report(facts, []) == [f"Changed: the app Rezonate is created, application id {NEW}; a key is made."]
    assert status(facts) == "created"


def test_nothing_changed_adds_nothing() -> None:
    facts = Facts("onboard", before=PROVEN, results={"app": THERE})
    assert (report(facts, ["as it should be."]), status(facts)) == (["as it should be."], "unchanged")


LEAVING = {
    "app": {"id": OLD, "label": "Rezonate"},
    "made": {"custom_role": "cr01", "resource_set": "iam1", "network_zone": "nzo1", "service_user": "00u1"},
    "client_id": NEW,
    "place": "host_vars/acme/rezonate.vault",
}
GONE = {name: {"changed": True} for name in ("app", "integration", "custom_role", "resource_set", "zone", "service_user", "saved_last")}


@pytest.mark.parametrize(("check", "verb"), [(True, "Would remove"), (False, "Removed")])
def test_offboarding_names_each_thing_by_kind_and_id(check: bool, verb: str) -> None:
    (line,) = report(Facts("offboard", check=check, before=LEAVING, results=GONE), [])
    assert line == (
        f"{verb}: the app Rezonate ({OLD}); the API service integration {NEW}; the custom role cr01; the resource set iam1; "
        "the network zone nzo1; the service user 00u1 (deactivated); the credentials in host_vars/acme/rezonate.vault."
    )


def test_what_offboarding_left_is_said() -> None:
    left = "The custom role R (cr01) was left, since others use it: the user 00u1."
    assert report(Facts("offboard", before=LEAVING, results={"custom_role": {"changed": False, "left": left}}), ["x"]) == ["x", left]


def test_no_secret_comes_in() -> None:
    secret = {"client_secret": "s", "private_key": "s", "private_jwk": {"d": "s"}, "ciphertext": "s", "variables": {"a": "s"}}
    assert public({**secret, "client_id": NEW, "changed": True}) == {"client_id": NEW, "changed": True}
    assert public(None) == public("text") == {}


@pytest.mark.parametrize("label", ["rz", "clé d'or", None, "default"])
def test_a_command_works_when_pasted(label: str | None) -> None:
    command = Command(["/srv/my tenants.yml", "acme,"], "acme;rm -rf", label)
    lines = report(Facts("rotate"), ["Run it again: -e rezonate_rotation=prepare; or take it back: -e rezonate_rotation=abort"], command)
    words = shlex.split(lines[1].removeprefix("As a command: "))
    assert words[:6] == ["ansible-playbook", "-i", "/srv/my tenants.yml", "-i", "acme,", "rezonate.okta.rotate_rezonate_key"]
    given = f"{label if label not in (None, 'default') else ''}@prompt"
    assert words[6:] == ["--limit", "acme;rm -rf", "--vault-id", given, "-e", "rezonate_rotation=prepare"]
    assert lines[2].endswith("-e rezonate_rotation=abort")
