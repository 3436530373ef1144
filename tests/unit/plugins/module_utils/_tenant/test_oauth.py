# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with a service app: the decisions, the options of the modules, and the stored record."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.oauth import PLACEHOLDER_ID, OAuth
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record_updates import Identity
from helpers.tenant_plans import APP_ID, LATER, TIME, URL, VERIFIED, app, plan
from hypothesis import given
from hypothesis import strategies as st

KEY = {"key_id": "k1", "private_key": "made-up", "private_jwk": {"n": "AQAB", "kid": "k1"}}
STORED: dict[str, Any] = {"method": "oauth", **KEY, "application_id": APP_ID, "proven_at": TIME}
TAKE_OVER = {"take_over": True}  # in the record
ADOPT = {"adopt_existing": True}  # in the settings
GROUPS = {"remediation": True, "remediation_resource_groups": ["00g1"]}
CUSTOM = {"remediation": True, "remediation_custom_roles": [{"role": "cr09", "resource_set": "iam9"}]}
NEW = {"app": app(created=True)}


def desired(known: Any = None, results: Any = None, options: Any = None, **members: Any) -> OAuth:
    """The desired state of a tenant, by default a verified one."""
    return OAuth(plan("oauth", VERIFIED if known is None else known, results, options, **members))


# The app


def test_an_app_is_new_if_this_run_created_it() -> None:
    assert (desired(results=NEW).is_new, desired(results={"app": app()}).is_new, desired().is_new) == (True, False, False)


def test_the_ids_of_the_app_come_from_okta_or_else_from_the_record() -> None:
    found = desired(results={"app": app(id="0oa8", client_id="c8")})
    assert (found.app_id, found.client_id) == ("0oa8", "c8")
    stored = desired()
    assert (stored.app_id, stored.client_id) == (APP_ID, APP_ID)
    nothing = desired({})
    assert (
        (nothing.app_id, nothing.client_id)
        == (PLACEHOLDER_ID, PLACEHOLDER_ID)
        == ("not-created-in-check-mode", "not-created-in-check-mode")
    )


def test_an_app_that_would_be_created_has_no_id() -> None:
    found = desired({}, {"app": {**app(id=None, client_id=None), "created": True}})
    assert (found.app_id, found.client_id) == (PLACEHOLDER_ID, PLACEHOLDER_ID)


# Record, results, options; whether this run requests an adoption, one is under way, the run only adds, and it is exclusive.
ADOPTING: dict[str, tuple[Any, Any, Any, tuple[bool, bool, bool, bool]]] = {
    "not requested": ({}, {}, {}, (False, False, False, True)),
    "requested by this run": ({}, {}, ADOPT, (True, True, True, False)),
    "requested by an earlier run": (TAKE_OVER, {}, {}, (False, True, True, False)),
    "requested, but the app is new": ({}, NEW, ADOPT, (True, True, False, True)),
    "not exclusive": ({}, {}, {"exclusive": False}, (False, False, False, False)),
}


@pytest.mark.parametrize("case", ADOPTING)
def test_an_adoption_only_adds_unless_the_app_is_new_or_the_adoption_is_finished(case: str) -> None:
    known, results, options, expected = ADOPTING[case]
    found = desired({**VERIFIED, **known}, results, options)
    assert (found.adopts, found.is_adopting, found.only_adds, found.is_exclusive) == expected


def test_a_supplied_key_is_an_intent_to_adopt_an_app() -> None:
    assert desired({}, options={"private_key": "made-up"}).intends_to_adopt is True


INTENTS: dict[str, tuple[Any, Any, bool]] = {
    "adopt_existing": ({}, ADOPT, True),
    "id": ({}, {"application_id": "0oa7"}, True),
    "nothing set": ({}, {}, False),
    "adopt_existing, id in the record": (VERIFIED, ADOPT, False),
    "key, id in the record": (VERIFIED, {"private_key": "made-up"}, False),
}


@pytest.mark.parametrize("case", INTENTS)
def test_settings_express_the_intent_to_adopt_until_the_record_has_an_id(case: str) -> None:
    known, options, expected = INTENTS[case]
    assert desired(known, options=options).intends_to_adopt is expected


def test_a_new_app_is_not_adopted() -> None:
    for known in ({}, {"adopted": True}):
        assert desired(known, NEW, ADOPT).is_adopted is False


def test_an_app_with_an_id_in_the_record_is_not_adopted() -> None:
    assert desired(VERIFIED, {"app": app(adopted=True)}).is_adopted is False


ADOPTED: dict[str, tuple[Any, Any, Any, bool]] = {
    "found, no id in the record": ({}, {"app": app(adopted=True)}, {}, True),
    "found, another id in the record": ({"application_id": "0oa0"}, {"app": app(adopted=True)}, {}, True),
    "found with the managed key": ({}, {"app": app()}, {}, False),
    "intent to adopt": ({}, {"app": app()}, ADOPT, True),
    "intent to adopt, not searched yet": ({}, {}, ADOPT, True),
    "the record has it": ({**VERIFIED, "adopted": True}, {"app": app()}, {}, True),
    "the record denies it": ({"adopted": False}, {"app": app(adopted=True)}, ADOPT, False),
}


@pytest.mark.parametrize("case", ADOPTED)
def test_an_existing_app_is_adopted_according_to_record_or_settings(case: str) -> None:
    known, results, options, expected = ADOPTED[case]
    assert desired(known, results, options).is_adopted is expected


KEY_FIRST: dict[str, tuple[Any, Any, bool]] = {
    "no id in the record": ({"key_id": "k1"}, {}, True),
    "id in the record": (VERIFIED, {}, False),
    "newly adopting": (VERIFIED, ADOPT, True),
    "adopting as before": ({**VERIFIED, **TAKE_OVER}, ADOPT, False),
    "adopted by an earlier run": ({**VERIFIED, **TAKE_OVER}, {}, False),
}


@pytest.mark.parametrize("case", KEY_FIRST)
def test_key_and_intent_are_stored_before_the_request_to_okta(case: str) -> None:
    known, options, expected = KEY_FIRST[case]
    assert desired(known, options=options).stores_key_first is expected


APP_OPTIONS: dict[str, tuple[Any, Any, Any, dict[str, Any]]] = {
    "new tenant": ({}, {}, {}, {"id": None, "recreate": False}),
    "id set": ({}, {}, {"application_id": "0oa7"}, {"id": "0oa7", "recreate": False}),
    "id in the record before the one set": (VERIFIED, {}, {"application_id": "0oa7"}, {"id": APP_ID}),
    "intent in the record": ({"app_requested_at": TIME}, {}, {}, {"id": None, "requested_at": TIME, "recreate": False}),
    "label": (VERIFIED, {}, {"app_label": "Acme"}, {"label": "Acme"}),
    "DPoP": (VERIFIED, {}, {"dpop": True}, {"app_dpop": True}),
    "not exclusive": (VERIFIED, {}, {"exclusive": False}, {"exclusive_keys": False}),
    "adopting": (VERIFIED, {}, ADOPT, {"exclusive_keys": False, "take_over": True, "only_add": True}),
    "adopted before": ({**VERIFIED, **TAKE_OVER}, {}, {}, {"exclusive_keys": False, "take_over": False, "only_add": True}),
    "limited": (VERIFIED, {}, {"network_zones": ["nzo1"]}, {"network_zones": ["nzo1"]}),
    "no longer limited": ({**VERIFIED, "network_limited": True}, {}, {}, {"network_zones": []}),
    "limited to the managed zone": (VERIFIED, {"network_zone": {"zone": {"id": "nzo2"}}}, {}, {"network_zones": ["nzo2"]}),
}
PLAIN_APP: dict[str, Any] = {
    "id": APP_ID,
    "label": "Rezonate",
    "recreate": True,
    "exclusive_keys": True,
    "take_over": False,
    "only_add": False,
    "app_dpop": False,
    "network_zones": None,
    "requested_at": None,
    "assume_missing": False,
}


@pytest.mark.parametrize("case", APP_OPTIONS)
def test_the_options_of_the_app_come_from_record_and_settings(case: str) -> None:
    known, results, options, expected = APP_OPTIONS[case]
    assert desired(known, results, options).app() == {**PLAIN_APP, **expected}


def test_a_key_has_the_size_and_the_id_of_the_settings() -> None:
    assert desired({}).key() == {"size": 2048, "key_id": None}
    assert desired({}, options={"key_size": 4096, "key_id": "k9"}).key() == {"size": 4096, "key_id": "k9"}


# Scopes


def test_remediation_adds_its_scopes_without_duplicates() -> None:
    assert desired().scopes == ["okta.users.read", "okta.apps.read"]
    added = desired(options={"remediation": True, "remediation_scopes": ["okta.users.manage", "okta.users.read"]})
    assert added.scopes == ["okta.users.read", "okta.apps.read", "okta.users.manage"]
    assert desired(options={"scopes": ["okta.logs.read"]}).scopes == ["okta.logs.read"]


KNOWN_UNAVAILABLE = {**VERIFIED, "unavailable_scopes": ["okta.policies.read"]}
FOUND_UNAVAILABLE = {"grants": {"unavailable": ["okta.devices.read"]}}
RETRY = {"retry_optional_scopes": True}
# Record, results, options; the optional scopes to grant, the unavailable ones, and those to verify.
OPTIONAL: dict[str, tuple[Any, Any, Any, list[str], list[str], list[str]]] = {
    "both available": (VERIFIED, {}, {}, ["devices", "policies"], [], ["devices", "policies"]),
    "one unavailable": (KNOWN_UNAVAILABLE, {}, {}, ["devices"], ["policies"], ["devices"]),
    "both unavailable": (KNOWN_UNAVAILABLE, FOUND_UNAVAILABLE, {}, ["devices"], ["devices", "policies"], []),
    "one found unavailable": (VERIFIED, FOUND_UNAVAILABLE, {}, ["devices", "policies"], ["devices"], ["policies"]),
    "retried": (KNOWN_UNAVAILABLE, {}, RETRY, ["devices", "policies"], [], ["devices", "policies"]),
    "not verified": ({"unavailable_scopes": ["okta.policies.read"]}, {}, {}, ["devices", "policies"], [], ["devices", "policies"]),
    "none desired": (VERIFIED, {}, {"optional_scopes": []}, [], [], []),
    "another one desired": (VERIFIED, {}, {"optional_scopes": ["okta.logs.read"]}, ["logs"], [], ["logs"]),
}


@pytest.mark.parametrize("case", OPTIONAL)
def test_an_unavailable_optional_scope_is_neither_granted_nor_verified(case: str) -> None:
    known, results, options, granted, missing, verified = OPTIONAL[case]
    found = desired(known, results, options)
    assert found.optional_scopes == [f"okta.{name}.read" for name in granted]
    assert found.unavailable == [f"okta.{name}.read" for name in missing]
    assert found.scopes_to_verify == [*found.scopes, *(f"okta.{name}.read" for name in verified)]


SCOPE_GRANT: dict[str, Any] = {
    "app_id": APP_ID,
    "app_client_id": "c1",
    "scopes": ["okta.users.read", "okta.apps.read"],
    "optional_scopes": ["okta.devices.read", "okta.policies.read"],
    "absent_scopes": ["okta.users.manage", "okta.groups.manage"],
    "exclusive": True,
    "new_app": False,
    "roles_before": ["READ_ONLY_ADMIN"],
    "one_first": True,
}
GRANT_OPTIONS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "existing app": ({}, {}, {}),
    "new app": ({"created": True}, {}, {"new_app": True}),
    "adopting": ({}, ADOPT, {"exclusive": False, "absent_scopes": []}),
    "remediating": ({}, {"remediation": True, "remediation_scopes": []}, {"absent_scopes": []}),
}


@pytest.mark.parametrize(
    ("setting", "careful"),
    [({"makes_super_admins": False}, False), ({"makes_super_admins": True}, True), ({}, True), (None, True)],
)
def test_all_scopes_are_granted_at_once_only_where_the_org_assigns_no_super_admin(setting: Any, careful: bool) -> None:
    results = {"app": app(created=True), **({"org": setting} if setting is not None else {})}
    assert desired(results=results).scope_grant()["one_first"] is careful


# The apps with the label, whether the key is new, record, options; whether the app is created without another search.
SEARCHES: dict[str, tuple[Any, Any, Any, Any, bool]] = {
    "no app": ([], True, {}, {}, True),
    "an app": ([{"id": "0oa5"}], True, {}, {}, False),
    "not searched": (None, True, {}, {}, False),
    "a key of an earlier run": ([], False, {"app_requested_at": TIME}, {}, False),
    "a key is set": ([], True, {}, {"private_key": "made-up"}, False),
    "an id is set": ([], True, {}, {"application_id": "0oa7"}, False),
    "adopting": ([], True, {}, ADOPT, False),
}


@pytest.mark.parametrize("case", SEARCHES)
def test_an_app_that_the_plan_did_not_find_is_not_searched_again(case: str) -> None:
    apps, generated, known, options, expected = SEARCHES[case]
    results = {"key": {"generated": generated}, **({"named": {"apps": apps}} if apps is not None else {})}
    found = desired(known, results, options=options)
    assert (found.app()["assume_missing"], found.late_app()["assume_missing"]) == (expected, False)


@pytest.mark.parametrize("case", GRANT_OPTIONS)
def test_the_options_of_the_grants_come_from_settings_and_the_app(case: str) -> None:
    facts, options, expected = GRANT_OPTIONS[case]
    results = {"app": app(client_id="c1", **facts), "roles": {"roles": ["READ_ONLY_ADMIN"]}}
    assert desired(results=results, options=options).scope_grant() == {**SCOPE_GRANT, **expected}


def test_scopes_are_checked_again_without_the_unavailable_ones() -> None:
    results = {"app": app(client_id="c1", created=True), "roles": {"roles": ["READ_ONLY_ADMIN"]}, **FOUND_UNAVAILABLE}
    late = {**SCOPE_GRANT, "optional_scopes": ["okta.policies.read"], "new_app": False, "roles_before": None}
    assert desired(results=results).late_grants() == late


# Record, results, options; the options of the second check of the app.
LATE_APP: dict[str, tuple[Any, Any, Any, dict[str, Any]]] = {
    "not limited": (VERIFIED, {"app": app(network_zones=["nzo9"])}, {}, {}),
    "limited by a name": (VERIFIED, {"app": app(network_zones=["nzo1"])}, {"network_zones": ["Office"]}, {"network_zones": ["nzo1"]}),
    "no longer limited": ({**VERIFIED, "network_limited": True}, {"app": app(network_zones=[])}, {}, {"network_zones": []}),
    "limited, but Okta returns no zones": (
        VERIFIED,
        {"app": app(network_zones=None)},
        {"network_zones": ["Office"]},
        {"network_zones": []},
    ),
    "limited, not created yet": ({}, {}, {"network_zones": ["Office"]}, {"id": PLACEHOLDER_ID, "network_zones": []}),
    "created by this run": ({"app_requested_at": TIME}, {"app": app(id="0oa8", created=True)}, {}, {"id": "0oa8"}),
}


@pytest.mark.parametrize("case", LATE_APP)
def test_the_app_is_checked_again_by_its_id_and_the_ids_of_its_zones(case: str) -> None:
    known, results, options, expected = LATE_APP[case]
    assert desired(known, results, options).late_app() == {**PLAIN_APP, "recreate": False, **expected}


# Roles


CREATED_ROLE = {"role": "cr01", "resource_set": "iam1"}
CREATED = {
    "custom_role": {"role": {"id": "cr01"}},
    "resource_set": {"resource_set": {"id": "iam1"}, "groups": [{"id": "00g1"}, {"id": "00g2"}]},
}
# Options, standard roles, custom roles.
ROLES: dict[str, tuple[Any, list[str], list[dict[str, str]]]] = {
    "read only": ({}, ["READ_ONLY_ADMIN"], []),
    "remediation": ({"remediation": True}, ["READ_ONLY_ADMIN", "USER_ADMIN"], []),
    "remediation, limited to groups": (GROUPS, ["READ_ONLY_ADMIN"], [CREATED_ROLE]),
    "remediation by own roles": (CUSTOM, ["READ_ONLY_ADMIN"], [{"role": "cr09", "resource_set": "iam9"}]),
    "both": ({**GROUPS, **CUSTOM}, ["READ_ONLY_ADMIN"], [{"role": "cr09", "resource_set": "iam9"}, CREATED_ROLE]),
    "groups and roles without remediation": ({**GROUPS, **CUSTOM, "remediation": False}, ["READ_ONLY_ADMIN"], []),
}


@pytest.mark.parametrize("case", ROLES)
def test_remediation_has_the_roles_that_make_its_scopes_usable(case: str) -> None:
    options, roles, custom = ROLES[case]
    found = desired(results=CREATED, options=options)
    assert (found.roles, found.custom_roles, found.manages_remediation_role) == (roles, custom, CREATED_ROLE in custom)


@pytest.mark.parametrize("made", [{}, {"custom_role": {"role": {"id": None}}, "resource_set": {"resource_set": {"id": None}}}])
def test_a_role_that_would_be_created_has_no_id(made: dict[str, Any]) -> None:
    assert desired(results=made, options=GROUPS).custom_roles == [{"role": PLACEHOLDER_ID, "resource_set": PLACEHOLDER_ID}]


CLIENT_ROLE: dict[str, Any] = {
    "app_client_id": "c1",
    "roles": ["READ_ONLY_ADMIN"],
    "custom_roles": [],
    "absent_roles": ["USER_ADMIN"],
    "exclusive": True,
    "new_app": False,
    "roles_before": [],
}
ROLE_OPTIONS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "managed": ({}, {}, {}),
    "new app": ({"created": True}, {}, {"new_app": True}),
    "adopted": ({"adopted": True, "id": "0oa9"}, {}, {"roles_before": None}),
    "adopting": ({}, ADOPT, {"exclusive": False, "absent_roles": []}),
    "remediating": ({}, {"remediation": True}, {"roles": ["READ_ONLY_ADMIN", "USER_ADMIN"], "absent_roles": []}),
    "not exclusive": ({}, {"exclusive": False}, {"exclusive": False}),
}


@pytest.mark.parametrize("case", ROLE_OPTIONS)
def test_the_options_of_the_roles_come_from_settings_and_the_app(case: str) -> None:
    facts, options, expected = ROLE_OPTIONS[case]
    assert desired(results={"app": app(client_id="c1", **facts)}, options=options).client_role() == {**CLIENT_ROLE, **expected}


def test_roles_are_checked_again_against_those_before() -> None:
    results = {"app": app(client_id="c1", created=True), "roles": {"roles": ["READ_ONLY_ADMIN"]}}
    assert desired(results=results).late_roles() == {**CLIENT_ROLE, "new_app": False, "roles_before": ["READ_ONLY_ADMIN"]}


# Related objects


def test_the_options_of_zone_resource_set_and_role_come_from_the_settings() -> None:
    options = {
        **GROUPS,
        "app_label": "Acme",
        "source_addresses": ["192.0.2.1"],
        "network_zone_name": "Zone",
        "remediation_permissions": ["p"],
    }
    found = desired(options=options)
    label = "Acme remediation (rezonate.okta)"
    assert found.network_zone() == {"name": "Zone", "gateways": ["192.0.2.1"]}
    assert found.resource_set() == {"label": label, "groups": ["00g1"]}
    assert found.custom_role() == {"label": label, "permissions": ["p"]}


ZONES: dict[str, tuple[Any, Any, list[str]]] = {
    "none": ({}, {}, []),
    "set": ({"network_zones": ["nzo1"]}, {}, ["nzo1"]),
    "set and managed": ({"network_zones": ["nzo1"]}, {"network_zone": {"zone": {"id": "nzo2"}}}, ["nzo1", "nzo2"]),
    "managed zone would be created": ({}, {"network_zone": {"zone": {"id": None}}}, ["nzoNotCreatedInCheckMode"]),
    "managed zone skipped": ({}, {"network_zone": {"skipped": True}}, []),
}


@pytest.mark.parametrize("case", ZONES)
def test_an_app_is_limited_to_the_zones_of_the_settings_and_the_managed_zone(case: str) -> None:
    options, results, zones = ZONES[case]
    assert desired(results=results, options=options).zones == zones


def test_the_allowed_zones_are_those_of_the_app_where_none_are_set() -> None:
    limited = {"app": app(network_zones=["nzo9"])}
    assert desired(results=limited).allowed_zones == ["nzo9"]
    assert desired(results=limited, options={"network_zones": ["nzo1"]}).allowed_zones == ["nzo1"]
    assert desired(results={"app": app(network_zones=None)}).allowed_zones == desired().allowed_zones == []


def test_the_ids_of_created_objects_are_reported() -> None:
    made = {"network_zone": ("zone", "nzo1"), "resource_set": ("resource_set", "iam1"), "custom_role": ("role", "cr01")}
    results = {step: {"created": True, member: {"id": value}} for step, (member, value) in made.items()}
    assert desired(results=results).created_objects == {step: value for step, (_member, value) in made.items()}
    found = {step: {**result, "created": False} for step, result in results.items()}
    predicted = {step: {"created": True, member: {"id": None}} for step, (member, _value) in made.items()}
    assert desired(results=found).created_objects == desired().created_objects == {}
    # in check mode they would be stored as well, with placeholders for their ids
    assert desired(results=predicted).created_objects == dict.fromkeys(made, PLACEHOLDER_ID)
    assert desired(results={"network_zone": {"created": True}}).created_objects == {"network_zone": PLACEHOLDER_ID}


# The privilege role

VISIBLE, LABEL = {"privilege_visibility": True, "app_label": "Acme"}, "Acme privileges (rezonate.okta)"
PRIVILEGES_CREATED = {"privilege_role": {"role": {"id": "cr07"}}, "privilege_set": {"resource_set": {"id": "iam7"}}}
PRIVILEGE_ROLE = {"role": "cr07", "resource_set": "iam7"}
PRIVILEGES_RECORDED = {**VERIFIED, "made": {"privilege_role": "cr07", "privilege_set": "iam7"}}
REFUSED = {**VERIFIED, "privileges_refused": True}
IAM = "orn:{partition}:iam:{orgId}:contained_resources"
REFUSAL = {"privilege_role": {"refused": "Okta answered 403"}}
# Record, results, options; whether the role is managed, the custom roles, and whether the org refuses it.
PRIVILEGES: dict[str, tuple[Any, Any, Any, bool, list[dict[str, str]], bool]] = {
    "not desired": (PRIVILEGES_RECORDED, {}, {}, False, [], False),
    "created by this run": (VERIFIED, PRIVILEGES_CREATED, VISIBLE, True, [PRIVILEGE_ROLE], False),
    "created by an earlier run": (PRIVILEGES_RECORDED, {}, VISIBLE, True, [PRIVILEGE_ROLE], False),
    "recreated": (
        {**PRIVILEGES_RECORDED, "made": {"privilege_role": "cr0", "privilege_set": "iam0"}},
        PRIVILEGES_CREATED,
        VISIBLE,
        True,
        [PRIVILEGE_ROLE],
        False,
    ),
    "would be created": (VERIFIED, {}, VISIBLE, True, [{"role": PLACEHOLDER_ID, "resource_set": PLACEHOLDER_ID}], False),
    "refused before": (REFUSED, {}, VISIBLE, False, [], True),
    "refused before, no longer desired": (REFUSED, {}, {}, False, [], False),
    "refused before, retried": (REFUSED, PRIVILEGES_CREATED, {**VISIBLE, "retry_optional_scopes": True}, True, [PRIVILEGE_ROLE], False),
    "refused before, never verified": ({"privileges_refused": True}, PRIVILEGES_CREATED, VISIBLE, True, [PRIVILEGE_ROLE], False),
    "refused in this run": (VERIFIED, REFUSAL, VISIBLE, True, [], True),
}


@pytest.mark.parametrize("case", PRIVILEGES)
def test_the_privilege_role_is_assigned_where_the_org_supports_it(case: str) -> None:
    known, results, options, is_made, custom, refused = PRIVILEGES[case]
    found = desired(known, results, options)
    assert (found.manages_privilege_role, found.custom_roles, found.privileges_refused) == (is_made, custom, refused)


def test_the_privilege_role_is_found_and_created_by_its_label() -> None:
    found = desired(options=VISIBLE)
    assert found.privileges_by_label() == {"label": LABEL, "resource": IAM}
    assert found.privilege_role() == {"label": LABEL, "permissions": ["okta.iam.read"], "assume_missing": False}
    assert found.privilege_set() == {"label": LABEL, "resources": [IAM], "assume_missing": False}


def test_a_missing_privilege_role_is_created_without_another_search() -> None:
    found = desired(results={"privileges": {"are_missing": True, "resource": "orn:okta:iam:00o1:contained_resources"}}, options=VISIBLE)
    assert found.privilege_role()["assume_missing"] is found.privilege_set()["assume_missing"] is True
    assert found.privilege_set()["resources"] == ["orn:okta:iam:00o1:contained_resources"]


def test_the_privilege_role_is_compared_by_its_id() -> None:
    assert desired(PRIVILEGES_RECORDED, options=VISIBLE).privileges() == {**PRIVILEGE_ROLE, "permission": "okta.iam.read", "resource": IAM}
    assert desired({**VERIFIED, "made": {"privilege_role": "cr07"}}, options=VISIBLE).privileges() is None


def test_a_privilege_role_with_the_managed_label_is_managed() -> None:
    assert desired(VERIFIED, PRIVILEGES_CREATED, VISIBLE).created_objects == {"privilege_role": "cr07", "privilege_set": "iam7"}
    assert desired(PRIVILEGES_RECORDED, PRIVILEGES_CREATED, VISIBLE).created_objects == {}
    assert desired(PRIVILEGES_RECORDED, {"app": app(), **PRIVILEGES_CREATED}, VISIBLE).stores_app is False


@pytest.mark.parametrize(
    ("known", "results", "stores"),
    [
        (VERIFIED, REFUSAL, True),
        (REFUSED, REFUSAL, False),
        (REFUSED, {"privilege_role": {"role": {"id": None}}}, True),
        (REFUSED, {}, False),
    ],
)
def test_the_refusal_of_the_privilege_role_is_stored_once(known: Any, results: Any, stores: bool) -> None:
    assert desired(known, {"app": app(), **results}, VISIBLE).stores_app is stores


def test_the_record_has_the_refusal_of_the_privilege_role() -> None:
    stored: dict[str, Any] = {"key_id": "k1", "private_jwk": {}}
    assert desired(VERIFIED, {"app": app(), **REFUSAL}, VISIBLE).with_comparison(stored)["privileges_refused"] is True
    record = desired(REFUSED, {"app": app(), **PRIVILEGES_CREATED}, {**VISIBLE, "retry_optional_scopes": True}).with_comparison(
        {**stored, "privileges_refused": True}
    )
    assert "privileges_refused" not in record
    assert record["made"] == {"privilege_role": "cr07", "privilege_set": "iam7"}


# Verification


def test_an_access_token_is_requested_with_all_available_scopes() -> None:
    found = desired(KNOWN_UNAVAILABLE, {"app": app(client_id="c1", dpop=True)}).verification()
    scopes = ["okta.users.read", "okta.apps.read", "okta.devices.read"]
    common = {"client_id": "c1", "dpop": True, "scopes": scopes, "endpoints": ["/api/v1/users?limit=1"], "probes": []}
    assert found == {**common, "coverage": []}


@pytest.mark.parametrize(
    ("known", "options", "reads"),
    [(VERIFIED, {}, False), ({"application_id": APP_ID}, {}, True), (VERIFIED, {"verify_coverage": True}, True)],
)
def test_coverage_is_read_where_the_credentials_are_new_or_it_is_requested(known: Any, options: Any, reads: bool) -> None:
    paths = [one["path"] for one in desired(known, {"app": app()}, options).verification()["coverage"]]
    assert ("/api/v1/users?limit=1" in paths) is reads


def test_coverage_depends_on_the_roles_that_the_app_holds() -> None:
    shown = {"scopes": ["okta.users.read", "okta.roles.read"], "coverage": [{"path": "/api/v1/users?limit=1", "status": "usable"}]}
    results = {"verification": shown, "roles": {"roles": ["READ_ONLY_ADMIN", "CUSTOM:cr07:iam7"]}}
    without = desired(VERIFIED, results).coverage
    assert [(one.status, one.needs) for one in without] == [
        ("usable", None),
        ("refused_by_role", "needs a custom role with okta.iam.read"),
    ]
    assert desired(VERIFIED, {**results, **PRIVILEGES_CREATED}, VISIBLE).coverage[1].needs is None
    late = {**results, "late_roles": {"roles": ["READ_ONLY_ADMIN", "SUPER_ADMIN"]}}
    assert desired(VERIFIED, late).coverage[1].needs is None
    assert desired(VERIFIED).coverage == []


DPOP: dict[str, tuple[Any, Any, Any, bool]] = {
    "on for the app": ({**VERIFIED, "dpop": False}, {"app": app(dpop=True)}, {}, True),
    "off for the app": ({**VERIFIED, "dpop": True}, {"app": app()}, {"dpop": True}, False),
    "the record has it": ({**VERIFIED, "dpop": True}, {}, {}, True),
    "off in the record": ({**VERIFIED, "dpop": False}, {}, {"dpop": True}, False),
    "on in the settings": (VERIFIED, {}, {"dpop": True}, True),
}


@pytest.mark.parametrize("case", DPOP)
def test_dpop_comes_from_the_app_or_the_record_or_the_settings(case: str) -> None:
    known, results, options, expected = DPOP[case]
    assert desired(known, results, options).verification()["dpop"] is expected


BODY = {"body": {"profile": {}}}
PROBES: dict[str, tuple[Any, Any, list[Any]]] = {
    "read only": ({"app": app()}, {}, []),
    "remediation": ({"app": app()}, {"remediation": True}, [{"method": "POST", "path": "/api/v1/users/00u00000000000000000", **BODY}]),
    "app not compared": ({}, {"remediation": True}, []),
    "own roles": ({"app": app(), **CREATED}, {**CUSTOM, **GROUPS}, []),
    "groups": ({"app": app(), **CREATED}, GROUPS, [{"method": "PUT", "path": "/api/v1/groups/00g1", **BODY}]),
    "groups not found": ({"app": app()}, GROUPS, []),
    "groups without remediation": ({"app": app(), **CREATED}, {**GROUPS, "remediation": False}, []),
}


@pytest.mark.parametrize("case", PROBES)
def test_remediation_is_verified_with_invalid_requests(case: str) -> None:
    results, options, expected = PROBES[case]
    assert desired(results=results, options=options).verification()["probes"] == expected


# The surplus beyond the desired state


SURPLUS = {"grants": {"surplus": ["okta.logs.read"]}, "roles": {"surplus": ["APP_ADMIN"]}}


def test_the_surplus_of_an_adopted_app_is_named() -> None:
    found = desired(results={"app": app(beyond=["the key k0"]), **SURPLUS})
    assert found.surplus == ["the key k0", "the scope okta.logs.read", "the admin role APP_ADMIN"]
    assert desired(results={"app": app(beyond=None)}).surplus == desired().surplus == []


NO_SURPLUS = {"grants": {"surplus": []}}
UNFINISHED: dict[str, tuple[Any, Any, bool]] = {
    "a surplus": ({"app": app(), **SURPLUS}, ADOPT, True),
    "no surplus": ({"app": app(), **NO_SURPLUS}, ADOPT, False),
    "a surplus key": ({"app": app(beyond=["the key k0"]), **NO_SURPLUS}, ADOPT, True),
    "unknown": ({"app": app()}, ADOPT, True),
    "a new app": ({"app": app(created=True), **SURPLUS}, ADOPT, False),
    "not adopting": ({"app": app(), **SURPLUS}, {}, False),
}


@pytest.mark.parametrize("case", UNFINISHED)
def test_an_adoption_is_unfinished_while_there_is_or_may_be_a_surplus(case: str) -> None:
    results, options, expected = UNFINISHED[case]
    assert desired(results=results, options=options).is_still_adopting is expected


# The stored record


def test_the_record_names_the_tenant_and_the_owner_of_the_bootstrap_token() -> None:
    assert desired().identity == Identity("oauth", "acme", URL, None)
    assert desired(results={"caller": {"caller": {"id": "00u1", "kind": "api_token"}}}).identity == Identity("oauth", "acme", URL, "00u1")
    assert desired(results={"caller": {"caller": {"id": "0oa5", "kind": "client"}}}).identity.bootstrap_owner is None


def test_a_key_is_stored_with_the_intent_of_the_run() -> None:
    stored = desired({}, options=ADOPT).with_key({}, KEY, now=LATER)
    identity = {"method": "oauth", "tenant_id": "acme", "org_url": URL}
    assert stored == {**identity, **KEY, "scopes_version": 3, "take_over": True, "adopted": True, "app_requested_at": LATER}
    assert desired({}).with_key({}, KEY, now=LATER) == {**identity, **KEY, "scopes_version": 3, "app_requested_at": LATER}


STORES: dict[str, tuple[Any, Any, Any, bool]] = {
    "as before": (VERIFIED, {"app": app()}, {}, False),
    "new app": (VERIFIED, NEW, {}, True),
    "another app": ({**VERIFIED, "application_id": "0oa0"}, {"app": app()}, {}, True),
    "no id yet": ({}, {"app": app()}, {}, True),
    "newly adopting": (VERIFIED, {"app": app()}, ADOPT, True),
    "a zone was created": (VERIFIED, {"app": app(), "network_zone": {"created": True, "zone": {"id": "nzo1"}}}, {}, True),
}


@pytest.mark.parametrize("case", STORES)
def test_the_app_is_stored_where_the_record_is_incomplete(case: str) -> None:
    known, results, options, expected = STORES[case]
    assert desired(known, results, options).stores_app is expected


def test_a_stored_app_is_not_verified_yet() -> None:
    results = {
        "app": app(id="0oa8", key_ids=["k7", "k8"], dpop=True, org_id="00o1"),
        "network_zone": {"zone": {"id": "nzo1"}, "created": True},
    }
    assert desired(results=results).with_app(STORED) == {
        "method": "oauth",
        "tenant_id": "acme",
        "org_url": URL,
        "scopes_version": 3,
        "private_key": "made-up",
        "private_jwk": {"n": "AQAB", "kid": "k7"},
        "key_id": "k7",
        "application_id": "0oa8",
        "dpop": True,
        "network_limited": True,
        "made": {"network_zone": "nzo1"},
        "org_id": "00o1",
    }


def test_the_stored_key_id_counts_where_the_app_reports_none() -> None:
    assert desired(results={"app": app()}).with_app(STORED)["key_id"] == "k1"
    assert desired({}, {"app": app(key_ids=[])}).with_app({})["key_id"] == PLACEHOLDER_ID


def test_an_adopted_app_is_stored_as_adopted_and_as_being_adopted() -> None:
    found = desired({}, {"app": app(adopted=True)}, ADOPT).with_app({})
    assert (found["adopted"], found["take_over"]) == (True, True)


LIMITED: dict[str, tuple[Any, Any, bool]] = {
    "zones set": ({}, {"network_zones": ["nzo1"]}, True),
    "no longer set": ({"network_limited": True}, {}, False),
    "adopting, limited before": ({"network_limited": True}, ADOPT, True),
    "adopting, not limited before": ({}, {**ADOPT, "network_zones": ["nzo1"]}, False),
}


@pytest.mark.parametrize("case", LIMITED)
def test_the_record_has_whether_onboarding_limits_the_app(case: str) -> None:
    known, options, expected = LIMITED[case]
    found = desired({**VERIFIED, **known}, {"app": app()}, options).with_app(STORED)
    assert found.get("network_limited", False) is expected


def test_a_verified_app_retains_its_time_and_gets_the_unavailable_scopes() -> None:
    found = desired(results={"app": app(dpop=True), **FOUND_UNAVAILABLE}, compared=True).with_verification(STORED, now=LATER)
    assert found == {**STORED, "scopes_version": 3, "dpop": True, "unavailable_scopes": ["okta.devices.read"]}


def test_the_result_of_the_comparison_is_also_stored_without_a_verification() -> None:
    before = {name: value for name, value in STORED.items() if name != "proven_at"}
    found = desired(results={"app": app(dpop=True), **FOUND_UNAVAILABLE}, compared=True).with_comparison({**before, "take_over": True})
    assert found == {**before, "dpop": True}


def test_an_app_that_was_not_compared_is_verified_and_nothing_else_is_stored() -> None:
    before = {**STORED, "dpop": True}
    assert desired(compared=False).with_verification(before, now=LATER) == {**before, "scopes_version": 3}


@pytest.mark.parametrize(
    ("check", "results", "expected"),
    [
        (True, NEW, LATER),
        (False, NEW, TIME),
        (True, {"app": app()}, TIME),
        (True, {}, TIME),
    ],
)
def test_check_mode_predicts_the_verification_of_a_new_app(check: bool, results: dict[str, Any], expected: str) -> None:
    assert desired(results=results, compared=True, check=check).with_verification(STORED, now=LATER)["proven_at"] == expected


def test_check_mode_predicts_nothing_for_an_app_that_was_not_compared() -> None:
    assert desired({"key_id": "k1"}, check=True).with_verification(STORED, now=LATER)["proven_at"] == TIME


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_nothing_is_removed_from_an_app_that_is_being_adopted(asks: bool, asked: bool, exclusive: bool, remediation: bool) -> None:
    options = {"adopt_existing": asks, "exclusive": exclusive, "remediation": remediation}
    found = desired({**VERIFIED, "take_over": asked}, {"app": app()}, options)
    removing = [
        *(found.app()["exclusive_keys"], found.client_role()["exclusive"], found.scope_grant()["exclusive"]),
        *(found.client_role()["absent_roles"], found.scope_grant()["absent_scopes"]),
    ]
    assert not (asks or asked) or not any(removing)
