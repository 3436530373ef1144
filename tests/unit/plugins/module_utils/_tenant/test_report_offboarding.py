# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an offboarding."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, Stored
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_offboarding import offboarding, removals

ACME = "Tenant acme (https://acme.okta.com): "
OLD, SERVICE = "0oaold00000000000001", "0oaservice0000000001"
GONE = "offboarded; the credentials in acme.vault are removed."
APP: dict[str, Any] = {"application_id": OLD, "key_id": "k1", "has_key": True}
FOUND = {"id": OLD, "label": "Rezonate", "authentication": [{"kid": "k1"}], "network_zones": ["nzo1"]}
INTEGRATION = {"client_id": SERVICE, "requested_at": "2026-01-31T12:00:00Z", "has_secret": True}
TOKEN = {"owner": "auditor@acme.example", "has_token": True}


def facts(methods: dict[str, Any], results: dict[str, Any] | None = None, **members: Any) -> Facts:
    """A run that removed what is stored of some methods."""
    results = {"found": {"app": FOUND}, **(results or {})}
    stored = Stored("acme.vault", methods=methods)
    return Facts("offboard", tenant="acme", org_url="https://acme.okta.com", stored=stored, results=results, **members)


def lines(methods: dict[str, Any], results: dict[str, Any] | None = None, **members: Any) -> list[str]:
    """Its report."""
    return [line.removeprefix(ACME) for line in offboarding(facts(methods, results, **members))]


def test_a_tenant_of_which_nothing_is_stored_is_one_line() -> None:
    words = "nothing to take back, for acme.vault holds no credentials; what there is in Okta is not known to be ours."
    assert lines({}, {"saved_last": {"backup_file": "x~"}}) == [words]


@pytest.mark.parametrize(
    ("check", "keep_app", "words"),
    [
        (False, False, GONE),
        (True, False, "would be offboarded; the credentials in acme.vault would be removed."),
        (False, True, "switched off; all that was made is kept, and so is acme.vault."),
        (True, True, "would be switched off; all that was made is kept, and so is acme.vault."),
    ],
)
def test_the_status_of_the_tenant(check: bool, keep_app: bool, words: str) -> None:
    assert lines({"oauth": APP}, check=check, options={"keep_app": keep_app}) == [words]


MADE = {"custom_role": "cr01", "resource_set": "iam1", "network_zone": "nzo1"}
ALL = {
    "oauth": {**APP, "made": MADE},
    "api_service_integration": INTEGRATION,
    "api_token": {"made": {"service_user": "00u1"}},
}
CHANGED = {name: {"changed": True} for name in ("app", "integration", "custom_role", "resource_set", "zone", "service_user", "saved_last")}


@pytest.mark.parametrize(("check", "verb"), [(True, "Would remove"), (False, "Removed")])
def test_each_thing_is_named_by_kind_and_id(check: bool, verb: str) -> None:
    assert lines(ALL, CHANGED, check=check)[-1] == (
        f"{verb}: the app Rezonate ({OLD}); the API service integration {SERVICE}; the custom role cr01; the resource set iam1; "
        "the network zone nzo1; the service user 00u1 (deactivated); the credentials in acme.vault."
    )


def test_where_no_app_was_found_the_rest_is_named_all_the_same() -> None:
    results = {"found": {"app": None}, "integration": {"changed": True}}
    assert removals(facts({"oauth": {**APP, "adopted": True}, "api_service_integration": INTEGRATION}, results)) == [
        f"the API service integration {SERVICE}"
    ]


def test_an_app_that_is_kept_is_switched_off() -> None:
    assert removals(facts({"oauth": APP}, {"app": {"changed": True}}, options={"keep_app": True})) == [
        f"the app Rezonate ({OLD}) is switched off"
    ]


@pytest.mark.parametrize(("result", "name"), [({"client_id": SERVICE}, SERVICE), ({}, "made last")])
def test_an_integration_whose_id_was_not_stored(result: dict[str, Any], name: str) -> None:
    stored = {"api_service_integration": {"requested_at": "x"}}
    assert removals(facts(stored, {"integration": {"changed": True, **result}})) == [f"the API service integration {name}"]


def test_the_revoked_bootstrap_token_is_reported() -> None:
    revoked = {"revoked": {"changed": True}}
    assert lines({"oauth": APP}, revoked) == [GONE, "The bootstrap API token was revoked.", "Removed: the bootstrap API token."]


def test_what_others_use_is_reported() -> None:
    left = "The custom role R (cr01) was left, since others use it: the user 00u1."
    assert lines({"oauth": APP}, {"custom_role": {"changed": False, "left": left}}) == [GONE, left]


ADOPTED = {**APP, "adopted": True}
STAYS = f"The app {OLD} was there before us and stays"
TWO_KEYS = {**FOUND, "authentication": [{"kid": "k1"}, {"kid": "script"}]}


@pytest.mark.parametrize(
    ("entry", "app", "options", "how"),
    [
        (ADOPTED, FOUND, {}, ", switched off, since our key is its only one."),
        (ADOPTED, TWO_KEYS, {}, ", without our key."),
        (ADOPTED, {**FOUND, "authentication": [{}]}, {}, ", without our key."),
        (ADOPTED, TWO_KEYS, {"keep_app": True}, ", as it is."),
        ({**APP, "take_over": True}, FOUND, {}, ", switched off, since our key is its only one."),
        ({**ADOPTED, "retiring": True, "retiring_keys": ["script"]}, TWO_KEYS, {}, ", switched off, since our key is its only one."),
        ({**ADOPTED, "next": {"key_id": "script"}}, TWO_KEYS, {}, ", switched off, since our key is its only one."),
    ],
)
def test_an_app_that_existed_before_stays(entry: dict[str, Any], app: dict[str, Any], options: dict[str, Any], how: str) -> None:
    assert lines({"oauth": entry}, {"found": {"app": app}}, options=options)[1:] == [f"{STAYS}{how}"]


@pytest.mark.parametrize("entry", [APP, {**APP, "adopted": False, "take_over": True}])
def test_an_app_that_was_made_does_not_stay(entry: dict[str, Any]) -> None:
    assert lines({"oauth": entry}) == [GONE]


def test_an_app_that_no_longer_exists_does_not_stay() -> None:
    assert lines({"oauth": ADOPTED}, {"found": {"app": {}}}) == [GONE]


def test_our_key_of_an_adopted_app_is_removed() -> None:
    assert removals(facts({"oauth": ADOPTED}, {"adopted_app": {"changed": True}})) == [f"our key of the app Rezonate ({OLD})"]


ZONE = {"made": {"network_zone": "nzo1"}}
LIMITED = "The network zone nzo1 stays, since that app is limited to it."


@pytest.mark.parametrize(
    ("entry", "zones", "keep_app", "stays"),
    [
        ({**ADOPTED, **ZONE}, ["nzo1"], False, True),
        ({**ADOPTED, **ZONE}, ["nzo2"], False, False),
        ({**ADOPTED, **ZONE}, ["nzo1"], True, False),
        ({**APP, **ZONE}, ["nzo1"], False, False),
        (ADOPTED, ["nzo1"], False, False),
    ],
)
def test_the_zone_of_an_adopted_app_stays(entry: dict[str, Any], zones: list[str], keep_app: bool, stays: bool) -> None:
    results = {"found": {"app": {**FOUND, "network_zones": zones}}}
    assert (LIMITED in lines({"oauth": entry}, results, options={"keep_app": keep_app})) == stays


SECRET_STAYS = (
    f"The integration {SERVICE} was there before us and stays, our secret with it;"
    " delete that in the Admin Console, Applications > API Service Integrations."
)


@pytest.mark.parametrize(
    ("entry", "stays"), [(INTEGRATION, False), ({**INTEGRATION, "adopted": True}, True), ({"client_id": SERVICE}, True)]
)
def test_an_integration_that_existed_before_stays(entry: dict[str, Any], stays: bool) -> None:
    assert lines({"api_service_integration": entry})[1:] == ([SECRET_STAYS] if stays else [])


def test_an_adopted_integration_without_an_id_is_named_without() -> None:
    assert "The integration  was there" in lines({"api_service_integration": {"adopted": True}})[1]


def lives_on(owner: str) -> str:
    return f"The API token of {owner} was made by a person and lives on; revoke it in the Admin Console, Security > API > Tokens."


MADE_USER = {"made": {"service_user": "00u1"}}


@pytest.mark.parametrize(
    ("entry", "keep_app", "owner"),
    [
        (TOKEN, False, "auditor@acme.example"),
        ({"has_token": True}, False, "its owner"),
        ({**TOKEN, **MADE_USER}, False, ""),
        ({**TOKEN, **MADE_USER}, True, "auditor@acme.example"),
        ({**MADE_USER}, True, ""),
    ],
)
def test_an_api_token_that_a_person_made_remains(entry: dict[str, Any], keep_app: bool, owner: str) -> None:
    assert lines({"api_token": entry}, options={"keep_app": keep_app})[1:] == ([lives_on(owner)] if owner else [])


@pytest.mark.parametrize("check", [False, True])
def test_where_the_backup_is(check: bool) -> None:
    found = lines({"oauth": APP}, {"saved_last": {"backup_file": "acme.vault~"}}, check=check)
    assert found[1:] == ([] if check else ["The backup is acme.vault~."])
