# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an offboarding."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, StoredFacts
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_offboarding import offboarding_report, removals

ACME = "Tenant acme (https://acme.okta.com): "
OLD, SERVICE = "0oaold00000000000001", "0oaservice0000000001"
OFFBOARDED = "offboarded; the credentials in acme.vault are removed."
APP: dict[str, Any] = {"application_id": OLD, "key_id": "k1", "has_key": True}
FOUND = {"id": OLD, "label": "Rezonate", "authentication": [{"kid": "k1"}], "network_zones": ["nzo1"]}
INTEGRATION = {"client_id": SERVICE, "requested_at": "2026-01-31T12:00:00Z", "has_secret": True}
TOKEN = {"owner": "auditor@acme.example", "has_token": True}


def facts(methods: dict[str, Any], results: dict[str, Any] | None = None, **members: Any) -> Facts:
    """A run that removed the stored objects of some methods."""
    results = {"found": {"app": FOUND}, **(results or {})}
    stored = StoredFacts("acme.vault", methods=methods)
    return Facts("offboard", tenant="acme", org_url="https://acme.okta.com", stored=stored, results=results, **members)


def lines(methods: dict[str, Any], results: dict[str, Any] | None = None, **members: Any) -> list[str]:
    """Its report."""
    return [line.removeprefix(ACME) for line in offboarding_report(facts(methods, results, **members))]


def test_a_tenant_without_a_record_is_one_line() -> None:
    words = "nothing to remove, since acme.vault holds no credentials; objects in Okta that are not recorded there are left unchanged."
    assert lines({}, {"removed_record": {"backup_file": "x~"}}) == [words]


@pytest.mark.parametrize(
    ("check", "keep_app", "words"),
    [
        (False, False, OFFBOARDED),
        (True, False, "would be offboarded; the credentials in acme.vault would be removed."),
        (False, True, "deactivated; everything that was created and acme.vault are retained."),
        (True, True, "would be deactivated; everything that was created and acme.vault are retained."),
    ],
)
def test_the_status_of_the_tenant(check: bool, keep_app: bool, words: str) -> None:
    assert lines({"oauth": APP}, check=check, options={"keep_app": keep_app}) == [words]


CREATED = {"custom_role": "cr01", "resource_set": "iam1", "network_zone": "nzo1"}
ALL = {
    "oauth": {**APP, "made": CREATED},
    "api_service_integration": INTEGRATION,
    "api_token": {"made": {"service_user": "00u1"}},
}
CHANGED = {
    name: {"changed": True} for name in ("app", "integration", "custom_role", "resource_set", "zone", "service_user", "removed_record")
}


@pytest.mark.parametrize(("check", "verb"), [(True, "Would remove"), (False, "Removed")])
def test_each_object_is_named_by_kind_and_id(check: bool, verb: str) -> None:
    assert lines(ALL, CHANGED, check=check)[-1] == (
        f"{verb}: the app Rezonate ({OLD}); the API service integration {SERVICE}; the custom role cr01; the resource set iam1; "
        "the network zone nzo1; the service user 00u1 (deactivated); the credentials in acme.vault."
    )


def test_without_an_app_the_other_objects_are_still_named() -> None:
    results = {"found": {"app": None}, "integration": {"changed": True}}
    assert removals(facts({"oauth": {**APP, "adopted": True}, "api_service_integration": INTEGRATION}, results)) == [
        f"the API service integration {SERVICE}"
    ]


def test_with_keep_app_the_app_is_deactivated() -> None:
    assert removals(facts({"oauth": APP}, {"app": {"changed": True}}, options={"keep_app": True})) == [
        f"the app Rezonate ({OLD}) is deactivated"
    ]


@pytest.mark.parametrize(("result", "name"), [({"client_id": SERVICE}, SERVICE), ({}, "created last")])
def test_an_integration_whose_id_was_not_stored(result: dict[str, Any], name: str) -> None:
    stored = {"api_service_integration": {"requested_at": "x"}}
    assert removals(facts(stored, {"integration": {"changed": True, **result}})) == [f"the API service integration {name}"]


def test_the_revoked_bootstrap_token_is_reported() -> None:
    revoked = {"revoked": {"changed": True}}
    assert lines({"oauth": APP}, revoked) == [OFFBOARDED, "The bootstrap API token was revoked.", "Removed: the bootstrap API token."]


def test_objects_in_use_are_reported() -> None:
    left = "The custom role R (cr01) was left unchanged, since others use it: the user 00u1."
    assert lines({"oauth": APP}, {"custom_role": {"changed": False, "left": left}}) == [OFFBOARDED, left]


ADOPTED = {**APP, "adopted": True}
REMAINS = f"The app {OLD} existed before onboarding and remains"
TWO_KEYS = {**FOUND, "authentication": [{"kid": "k1"}, {"kid": "script"}]}


@pytest.mark.parametrize(
    ("entry", "app", "options", "how"),
    [
        (ADOPTED, FOUND, {}, ", deactivated, since the managed key is its only key."),
        (ADOPTED, TWO_KEYS, {}, ", without the managed key."),
        (ADOPTED, {**FOUND, "authentication": [{}]}, {}, ", without the managed key."),
        (ADOPTED, TWO_KEYS, {"keep_app": True}, ", unchanged."),
        ({**APP, "take_over": True}, FOUND, {}, ", deactivated, since the managed key is its only key."),
        ({**ADOPTED, "retiring": True, "retiring_keys": ["script"]}, TWO_KEYS, {}, ", deactivated, since the managed key is its only key."),
        ({**ADOPTED, "next": {"key_id": "script"}}, TWO_KEYS, {}, ", deactivated, since the managed key is its only key."),
    ],
)
def test_an_app_that_existed_before_remains(entry: dict[str, Any], app: dict[str, Any], options: dict[str, Any], how: str) -> None:
    assert lines({"oauth": entry}, {"found": {"app": app}}, options=options)[1:] == [f"{REMAINS}{how}"]


@pytest.mark.parametrize("entry", [APP, {**APP, "adopted": False, "take_over": True}])
def test_an_app_that_onboarding_created_does_not_remain(entry: dict[str, Any]) -> None:
    assert lines({"oauth": entry}) == [OFFBOARDED]


def test_an_app_that_no_longer_exists_does_not_remain() -> None:
    assert lines({"oauth": ADOPTED}, {"found": {"app": {}}}) == [OFFBOARDED]


def test_the_managed_key_of_an_adopted_app_is_removed() -> None:
    assert removals(facts({"oauth": ADOPTED}, {"adopted_app": {"changed": True}})) == [f"the managed key of the app Rezonate ({OLD})"]


ZONE = {"made": {"network_zone": "nzo1"}}
LIMITED = "The network zone nzo1 remains, since that app is limited to it."


@pytest.mark.parametrize(
    ("entry", "zones", "keep_app", "remains"),
    [
        ({**ADOPTED, **ZONE}, ["nzo1"], False, True),
        ({**ADOPTED, **ZONE}, ["nzo2"], False, False),
        ({**ADOPTED, **ZONE}, ["nzo1"], True, False),
        ({**APP, **ZONE}, ["nzo1"], False, False),
        (ADOPTED, ["nzo1"], False, False),
    ],
)
def test_the_zone_of_an_adopted_app_remains(entry: dict[str, Any], zones: list[str], keep_app: bool, remains: bool) -> None:
    results = {"found": {"app": {**FOUND, "network_zones": zones}}}
    assert (LIMITED in lines({"oauth": entry}, results, options={"keep_app": keep_app})) == remains


SECRET_REMAINS = (
    f"The integration {SERVICE} existed before onboarding and remains, with the managed secret;"
    " delete that secret in the Admin Console, Applications > API Service Integrations."
)


@pytest.mark.parametrize(
    ("entry", "remains"), [(INTEGRATION, False), ({**INTEGRATION, "adopted": True}, True), ({"client_id": SERVICE}, True)]
)
def test_an_integration_that_existed_before_remains(entry: dict[str, Any], remains: bool) -> None:
    assert lines({"api_service_integration": entry})[1:] == ([SECRET_REMAINS] if remains else [])


def test_an_adopted_integration_without_an_id_is_named_without_it() -> None:
    assert "The integration  existed before" in lines({"api_service_integration": {"adopted": True}})[1]


def token_remains(owner: str) -> str:
    return f"The API token of {owner} was created manually and remains valid; revoke it in the Admin Console, Security > API > Tokens."


CREATED_USER = {"made": {"service_user": "00u1"}}


@pytest.mark.parametrize(
    ("entry", "keep_app", "owner"),
    [
        (TOKEN, False, "auditor@acme.example"),
        ({"has_token": True}, False, "its owner"),
        ({**TOKEN, **CREATED_USER}, False, ""),
        ({**TOKEN, **CREATED_USER}, True, "auditor@acme.example"),
        ({**CREATED_USER}, True, ""),
    ],
)
def test_a_manually_created_api_token_remains(entry: dict[str, Any], keep_app: bool, owner: str) -> None:
    assert lines({"api_token": entry}, options={"keep_app": keep_app})[1:] == ([token_remains(owner)] if owner else [])


@pytest.mark.parametrize("check", [False, True])
def test_the_path_of_the_backup(check: bool) -> None:
    found = lines({"oauth": APP}, {"removed_record": {"backup_file": "acme.vault~"}}, check=check)
    assert found[1:] == ([] if check else ["The backup is acme.vault~."])
