# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with a service app: what is decided of it, what the modules are asked for, and what is stored."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.oauth import NOT_MADE, OAuth
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.transitions import Identity
from hypothesis import given
from hypothesis import strategies as st
from unit.tenant_plans import APP_ID, LATER, TIME, URL, VERIFIED, app, plan

KEY = {"key_id": "k1", "private_key": "made-up", "private_jwk": {"n": "AQAB", "kid": "k1"}}
STORED: dict[str, Any] = {"method": "oauth", **KEY, "application_id": APP_ID, "proven_at": TIME}
TAKE_OVER = {"take_over": True}  # in the record
ADOPT = {"adopt_existing": True}  # in the settings
GROUPS = {"remediation": True, "remediation_resource_groups": ["00g1"]}
CUSTOM = {"remediation": True, "remediation_custom_roles": [{"role": "cr09", "resource_set": "iam9"}]}
NEW = {"app": app(created=True)}


def wanted(known: Any = None, results: Any = None, options: Any = None, **members: Any) -> OAuth:
    """The desired state, of a tenant that is verified where nothing else is said."""
    return OAuth(plan("oauth", VERIFIED if known is None else known, results, options, **members))


# The app


def test_an_app_is_new_if_this_run_made_it() -> None:
    assert (wanted(results=NEW).is_new, wanted(results={"app": app()}).is_new, wanted().is_new) == (True, False, False)


def test_an_app_is_known_by_what_okta_said_else_by_the_record() -> None:
    found = wanted(results={"app": app(id="0oa8", client_id="c8")})
    assert (found.app_id, found.client_id) == ("0oa8", "c8")
    stored = wanted()
    assert (stored.app_id, stored.client_id) == (APP_ID, APP_ID)
    nothing = wanted({})
    assert (nothing.app_id, nothing.client_id) == (NOT_MADE, NOT_MADE) == ("not-made-in-check-mode", "not-made-in-check-mode")


def test_an_app_that_would_be_made_has_no_id() -> None:
    found = wanted({}, {"app": {**app(id=None, client_id=None), "created": True}})
    assert (found.app_id, found.client_id) == (NOT_MADE, NOT_MADE)


# Adopting: whether this run asks for it, or an earlier one; whether the app is new; what may go then.
ADOPTING: dict[str, tuple[Any, Any, Any, tuple[bool, bool, bool, bool]]] = {
    "nobody asks": ({}, {}, {}, (False, False, False, True)),
    "this run asks": ({}, {}, ADOPT, (True, True, True, False)),
    "an earlier one asked": (TAKE_OVER, {}, {}, (False, True, True, False)),
    "asked, but the app is new": ({}, NEW, ADOPT, (True, True, False, True)),
    "not exclusive": ({}, {}, {"exclusive": False}, (False, False, False, False)),
}


@pytest.mark.parametrize("case", ADOPTING)
def test_adopting_only_adds_until_the_app_is_new_or_the_flag_is_gone(case: str) -> None:
    known, results, options, expected = ADOPTING[case]
    found = wanted({**VERIFIED, **known}, results, options)
    assert (found.adopts, found.is_adopting, found.only_adds, found.is_exclusive) == expected


def test_a_key_that_is_given_means_to_adopt_an_app() -> None:
    assert wanted({}, options={"private_key": "made-up"}).means_to_adopt is True


MEANT: dict[str, tuple[Any, Any, bool]] = {
    "take over": ({}, ADOPT, True),
    "id": ({}, {"application_id": "0oa7"}, True),
    "nothing given": ({}, {}, False),
    "take over, id in the record": (VERIFIED, ADOPT, False),
    "key, id in the record": (VERIFIED, {"private_key": "made-up"}, False),
}


@pytest.mark.parametrize("case", MEANT)
def test_a_run_means_an_app_that_is_there_by_what_is_given_until_the_record_has_an_id(case: str) -> None:
    known, options, expected = MEANT[case]
    assert wanted(known, options=options).means_to_adopt is expected


def test_a_new_app_is_not_adopted() -> None:
    for known in ({}, {"adopted": True}):
        assert wanted(known, NEW, ADOPT).is_adopted is False


def test_an_app_with_an_id_in_the_record_is_not_adopted() -> None:
    assert wanted(VERIFIED, {"app": app(adopted=True)}).is_adopted is False


ADOPTED: dict[str, tuple[Any, Any, Any, bool]] = {
    "found, no id in the record": ({}, {"app": app(adopted=True)}, {}, True),
    "found, another id in the record": ({"application_id": "0oa0"}, {"app": app(adopted=True)}, {}, True),
    "found with our key": ({}, {"app": app()}, {}, False),
    "meant": ({}, {"app": app()}, ADOPT, True),
    "meant, not looked for yet": ({}, {}, ADOPT, True),
    "the record says so": ({**VERIFIED, "adopted": True}, {"app": app()}, {}, True),
    "the record says it isn't": ({"adopted": False}, {"app": app(adopted=True)}, ADOPT, False),
}


@pytest.mark.parametrize("case", ADOPTED)
def test_an_app_that_was_there_before_is_adopted_as_the_record_says_or_the_run_means(case: str) -> None:
    known, results, options, expected = ADOPTED[case]
    assert wanted(known, results, options).is_adopted is expected


KEY_FIRST: dict[str, tuple[Any, Any, bool]] = {
    "no id in the record": ({"key_id": "k1"}, {}, True),
    "id in the record": (VERIFIED, {}, False),
    "adopting anew": (VERIFIED, ADOPT, True),
    "adopting as before": ({**VERIFIED, **TAKE_OVER}, ADOPT, False),
    "adopted by an earlier run": ({**VERIFIED, **TAKE_OVER}, {}, False),
}


@pytest.mark.parametrize("case", KEY_FIRST)
def test_key_and_intent_are_stored_before_okta_hears_of_them(case: str) -> None:
    known, options, expected = KEY_FIRST[case]
    assert wanted(known, options=options).keeps_key_first is expected


ASKED_APP: dict[str, tuple[Any, Any, Any, dict[str, Any]]] = {
    "new tenant": ({}, {}, {}, {"id": None, "recreate": False}),
    "id given": ({}, {}, {"application_id": "0oa7"}, {"id": "0oa7", "recreate": False}),
    "id in the record beats the one given": (VERIFIED, {}, {"application_id": "0oa7"}, {"id": APP_ID}),
    "intent in the record": ({"app_requested_at": TIME}, {}, {}, {"id": None, "requested_at": TIME, "recreate": False}),
    "label": (VERIFIED, {}, {"app_label": "Acme"}, {"label": "Acme"}),
    "DPoP": (VERIFIED, {}, {"dpop": True}, {"app_dpop": True}),
    "not exclusive": (VERIFIED, {}, {"exclusive": False}, {"exclusive_keys": False}),
    "adopting": (VERIFIED, {}, ADOPT, {"exclusive_keys": False, "take_over": True, "only_add": True}),
    "adopted before": ({**VERIFIED, **TAKE_OVER}, {}, {}, {"exclusive_keys": False, "take_over": False, "only_add": True}),
    "limited": (VERIFIED, {}, {"network_zones": ["nzo1"]}, {"network_zones": ["nzo1"]}),
    "limited no more": ({**VERIFIED, "network_limited": True}, {}, {}, {"network_zones": []}),
    "limited to our zone": (VERIFIED, {"network_zone": {"zone": {"id": "nzo2"}}}, {}, {"network_zones": ["nzo2"]}),
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


@pytest.mark.parametrize("case", ASKED_APP)
def test_the_app_is_asked_for_by_record_and_settings(case: str) -> None:
    known, results, options, expected = ASKED_APP[case]
    assert wanted(known, results, options).app() == {**PLAIN_APP, **expected}


def test_a_key_has_the_size_and_the_name_that_are_given() -> None:
    assert wanted({}).key() == {"size": 2048, "key_id": None}
    assert wanted({}, options={"key_size": 4096, "key_id": "k9"}).key() == {"size": 4096, "key_id": "k9"}


# Scopes


def test_remediation_adds_its_scopes_and_each_scope_is_there_once() -> None:
    assert wanted().scopes == ["okta.users.read", "okta.apps.read"]
    added = wanted(options={"remediation": True, "remediation_scopes": ["okta.users.manage", "okta.users.read"]})
    assert added.scopes == ["okta.users.read", "okta.apps.read", "okta.users.manage"]
    assert wanted(options={"scopes": ["okta.logs.read"]}).scopes == ["okta.logs.read"]


KNOWN_MISSING = {**VERIFIED, "unavailable_scopes": ["okta.policies.read"]}
FOUND_MISSING = {"grants": {"unavailable": ["okta.devices.read"]}}
RETRY = {"retry_optional_scopes": True}
# What is left of the two optional scopes to grant, what is missing, what of them is verified.
OPTIONAL: dict[str, tuple[Any, Any, Any, list[str], list[str], list[str]]] = {
    "both there": (VERIFIED, {}, {}, ["devices", "policies"], [], ["devices", "policies"]),
    "one missing": (KNOWN_MISSING, {}, {}, ["devices"], ["policies"], ["devices"]),
    "the other missing too": (KNOWN_MISSING, FOUND_MISSING, {}, ["devices"], ["devices", "policies"], []),
    "one found missing": (VERIFIED, FOUND_MISSING, {}, ["devices", "policies"], ["devices"], ["policies"]),
    "retried": (KNOWN_MISSING, {}, RETRY, ["devices", "policies"], [], ["devices", "policies"]),
    "not verified": ({"unavailable_scopes": ["okta.policies.read"]}, {}, {}, ["devices", "policies"], [], ["devices", "policies"]),
    "none wanted": (VERIFIED, {}, {"optional_scopes": []}, [], [], []),
    "another one wanted": (VERIFIED, {}, {"optional_scopes": ["okta.logs.read"]}, ["logs"], [], ["logs"]),
}


@pytest.mark.parametrize("case", OPTIONAL)
def test_an_optional_scope_that_is_known_to_be_missing_is_neither_granted_nor_verified(case: str) -> None:
    known, results, options, granted, missing, verified = OPTIONAL[case]
    found = wanted(known, results, options)
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
ASKED_SCOPES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "app that was there": ({}, {}, {}),
    "new app": ({"created": True}, {}, {"new_app": True}),
    "adopting": ({}, ADOPT, {"exclusive": False, "absent_scopes": []}),
    "remediating": ({}, {"remediation": True, "remediation_scopes": []}, {"absent_scopes": []}),
}


@pytest.mark.parametrize(
    ("told", "careful"),
    [({"makes_super_admins": False}, False), ({"makes_super_admins": True}, True), ({}, True), (None, True)],
)
def test_all_scopes_are_granted_at_once_only_where_the_org_says_that_it_makes_no_super_admins(told: Any, careful: bool) -> None:
    results = {"app": app(created=True), **({"org": told} if told is not None else {})}
    assert wanted(results=results).scope_grant()["one_first"] is careful


# What the plan saw of the label, the key, what is known, the options; whether the app is made without another look.
SEEN: dict[str, tuple[Any, Any, Any, Any, bool]] = {
    "no app": ([], True, {}, {}, True),
    "an app": ([{"id": "0oa5"}], True, {}, {}, False),
    "not looked": (None, True, {}, {}, False),
    "a key of an earlier run": ([], False, {"app_requested_at": TIME}, {}, False),
    "a key that is given": ([], True, {}, {"private_key": "made-up"}, False),
    "an id that is given": ([], True, {}, {"application_id": "0oa7"}, False),
    "adopting": ([], True, {}, ADOPT, False),
}


@pytest.mark.parametrize("case", SEEN)
def test_an_app_that_the_plan_did_not_see_is_not_looked_for_again(case: str) -> None:
    apps, generated, known, options, expected = SEEN[case]
    results = {"key": {"generated": generated}, **({"named": {"apps": apps}} if apps is not None else {})}
    asked = wanted(known, results, options=options)
    assert (asked.app()["assume_missing"], asked.late_app()["assume_missing"]) == (expected, False)


@pytest.mark.parametrize("case", ASKED_SCOPES)
def test_scopes_are_granted_by_settings_and_by_what_the_app_was(case: str) -> None:
    facts, options, expected = ASKED_SCOPES[case]
    results = {"app": app(client_id="c1", **facts), "roles": {"roles": ["READ_ONLY_ADMIN"]}}
    assert wanted(results=results, options=options).scope_grant() == {**SCOPE_GRANT, **expected}


def test_scopes_are_looked_at_once_more_but_for_those_that_the_org_does_not_have() -> None:
    results = {"app": app(client_id="c1", created=True), "roles": {"roles": ["READ_ONLY_ADMIN"]}, **FOUND_MISSING}
    late = {**SCOPE_GRANT, "optional_scopes": ["okta.policies.read"], "new_app": False, "roles_before": None}
    assert wanted(results=results).late_grants() == late


# What is known, what Okta said of the app, the options, and how the app is looked at once more.
LATE_APP: dict[str, tuple[Any, Any, Any, dict[str, Any]]] = {
    "not limited": (VERIFIED, {"app": app(network_zones=["nzo9"])}, {}, {}),
    "limited by a name": (VERIFIED, {"app": app(network_zones=["nzo1"])}, {"network_zones": ["Office"]}, {"network_zones": ["nzo1"]}),
    "limited no more": ({**VERIFIED, "network_limited": True}, {"app": app(network_zones=[])}, {}, {"network_zones": []}),
    "limited, but Okta tells no zones": (VERIFIED, {"app": app(network_zones=None)}, {"network_zones": ["Office"]}, {"network_zones": []}),
    "limited, and not made yet": ({}, {}, {"network_zones": ["Office"]}, {"id": NOT_MADE, "network_zones": []}),
    "made by this run": ({"app_requested_at": TIME}, {"app": app(id="0oa8", created=True)}, {}, {"id": "0oa8"}),
}


@pytest.mark.parametrize("case", LATE_APP)
def test_the_app_is_looked_at_once_more_by_its_id_and_by_the_ids_of_its_zones(case: str) -> None:
    known, results, options, expected = LATE_APP[case]
    assert wanted(known, results, options).late_app() == {**PLAIN_APP, "recreate": False, **expected}


# Roles


MADE_ROLE = {"role": "cr01", "resource_set": "iam1"}
MADE = {
    "custom_role": {"role": {"id": "cr01"}},
    "resource_set": {"resource_set": {"id": "iam1"}, "groups": [{"id": "00g1"}, {"id": "00g2"}]},
}
# Options, standard roles, custom roles.
ROLES: dict[str, tuple[Any, list[str], list[dict[str, str]]]] = {
    "read only": ({}, ["READ_ONLY_ADMIN"], []),
    "remediation": ({"remediation": True}, ["READ_ONLY_ADMIN", "USER_ADMIN"], []),
    "remediation, limited to groups": (GROUPS, ["READ_ONLY_ADMIN"], [MADE_ROLE]),
    "remediation by own roles": (CUSTOM, ["READ_ONLY_ADMIN"], [{"role": "cr09", "resource_set": "iam9"}]),
    "both": ({**GROUPS, **CUSTOM}, ["READ_ONLY_ADMIN"], [{"role": "cr09", "resource_set": "iam9"}, MADE_ROLE]),
    "groups and roles without remediation": ({**GROUPS, **CUSTOM, "remediation": False}, ["READ_ONLY_ADMIN"], []),
}


@pytest.mark.parametrize("case", ROLES)
def test_remediation_has_the_roles_that_make_its_scopes_usable(case: str) -> None:
    options, roles, custom = ROLES[case]
    found = wanted(results=MADE, options=options)
    assert (found.roles, found.custom_roles, found.makes_remediation_role) == (roles, custom, MADE_ROLE in custom)


@pytest.mark.parametrize("made", [{}, {"custom_role": {"role": {"id": None}}, "resource_set": {"resource_set": {"id": None}}}])
def test_a_role_that_would_be_made_has_no_id(made: dict[str, Any]) -> None:
    assert wanted(results=made, options=GROUPS).custom_roles == [{"role": NOT_MADE, "resource_set": NOT_MADE}]


CLIENT_ROLE: dict[str, Any] = {
    "app_client_id": "c1",
    "roles": ["READ_ONLY_ADMIN"],
    "custom_roles": [],
    "absent_roles": ["USER_ADMIN"],
    "exclusive": True,
    "new_app": False,
    "roles_before": [],
}
ASKED_ROLES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "ours": ({}, {}, {}),
    "new app": ({"created": True}, {}, {"new_app": True}),
    "adopted": ({"adopted": True, "id": "0oa9"}, {}, {"roles_before": None}),
    "adopting": ({}, ADOPT, {"exclusive": False, "absent_roles": []}),
    "remediating": ({}, {"remediation": True}, {"roles": ["READ_ONLY_ADMIN", "USER_ADMIN"], "absent_roles": []}),
    "not exclusive": ({}, {"exclusive": False}, {"exclusive": False}),
}


@pytest.mark.parametrize("case", ASKED_ROLES)
def test_roles_are_assigned_by_settings_and_by_what_the_app_was(case: str) -> None:
    facts, options, expected = ASKED_ROLES[case]
    assert wanted(results={"app": app(client_id="c1", **facts)}, options=options).client_role() == {**CLIENT_ROLE, **expected}


def test_roles_are_looked_at_once_more_from_what_the_app_had() -> None:
    results = {"app": app(client_id="c1", created=True), "roles": {"roles": ["READ_ONLY_ADMIN"]}}
    assert wanted(results=results).late_roles() == {**CLIENT_ROLE, "new_app": False, "roles_before": ["READ_ONLY_ADMIN"]}


# What is made beside the app


def test_zone_resource_set_and_role_are_made_as_the_settings_say() -> None:
    options = {
        **GROUPS,
        "app_label": "Acme",
        "source_addresses": ["192.0.2.1"],
        "network_zone_name": "Zone",
        "remediation_permissions": ["p"],
    }
    found = wanted(options=options)
    label = "Acme remediation (rezonate.okta)"
    assert found.network_zone() == {"name": "Zone", "gateways": ["192.0.2.1"]}
    assert found.resource_set() == {"label": label, "groups": ["00g1"]}
    assert found.custom_role() == {"label": label, "permissions": ["p"]}


ZONES: dict[str, tuple[Any, Any, list[str]]] = {
    "none": ({}, {}, []),
    "given": ({"network_zones": ["nzo1"]}, {}, ["nzo1"]),
    "given and ours": ({"network_zones": ["nzo1"]}, {"network_zone": {"zone": {"id": "nzo2"}}}, ["nzo1", "nzo2"]),
    "ours would be made": ({}, {"network_zone": {"zone": {"id": None}}}, ["nzoNotMadeInCheckMode"]),
    "ours is skipped": ({}, {"network_zone": {"skipped": True}}, []),
}


@pytest.mark.parametrize("case", ZONES)
def test_an_app_is_limited_to_the_zones_given_and_to_ours(case: str) -> None:
    options, results, zones = ZONES[case]
    assert wanted(results=results, options=options).zones == zones


def test_the_limits_of_an_app_are_its_own_where_none_are_set() -> None:
    limited = {"app": app(network_zones=["nzo9"])}
    assert wanted(results=limited).limits == ["nzo9"]
    assert wanted(results=limited, options={"network_zones": ["nzo1"]}).limits == ["nzo1"]
    assert wanted(results={"app": app(network_zones=None)}).limits == wanted().limits == []


def test_what_this_run_made_beside_the_app_is_told_by_its_id() -> None:
    made = {"network_zone": ("zone", "nzo1"), "resource_set": ("resource_set", "iam1"), "custom_role": ("role", "cr01")}
    results = {step: {"created": True, member: {"id": value}} for step, (member, value) in made.items()}
    assert wanted(results=results).made_now == {step: value for step, (_member, value) in made.items()}
    found = {step: {**result, "created": False} for step, result in results.items()}
    predicted = {step: {"created": True, member: {"id": None}} for step, (member, _value) in made.items()}
    assert wanted(results=found).made_now == wanted().made_now == {}
    # in check mode they would be stored as well, though under ids that nobody knows yet
    assert wanted(results=predicted).made_now == dict.fromkeys(made, NOT_MADE)
    assert wanted(results={"network_zone": {"created": True}}).made_now == {"network_zone": NOT_MADE}


# The role that sees privileges

SEES, LABEL = {"privilege_visibility": True, "app_label": "Acme"}, "Acme privileges (rezonate.okta)"
SEEING = {"privilege_role": {"role": {"id": "cr07"}}, "privilege_set": {"resource_set": {"id": "iam7"}}}
SEEING_ROLE = {"role": "cr07", "resource_set": "iam7"}
SEEING_MADE = {**VERIFIED, "made": {"privilege_role": "cr07", "privilege_set": "iam7"}}
REFUSED = {**VERIFIED, "privileges_refused": True}
IAM = "orn:{partition}:iam:{orgId}:contained_resources"
REFUSAL = {"privilege_role": {"refused": "Okta answered 403"}}
# Record, results, options; whether it is made, the custom roles, whether the org refuses it.
PRIVILEGES: dict[str, tuple[Any, Any, Any, bool, list[dict[str, str]], bool]] = {
    "not wanted": (SEEING_MADE, {}, {}, False, [], False),
    "made by this run": (VERIFIED, SEEING, SEES, True, [SEEING_ROLE], False),
    "made by an earlier run": (SEEING_MADE, {}, SEES, True, [SEEING_ROLE], False),
    "made anew": ({**SEEING_MADE, "made": {"privilege_role": "cr0", "privilege_set": "iam0"}}, SEEING, SEES, True, [SEEING_ROLE], False),
    "would be made": (VERIFIED, {}, SEES, True, [{"role": NOT_MADE, "resource_set": NOT_MADE}], False),
    "refused before": (REFUSED, {}, SEES, False, [], True),
    "refused before, not wanted any more": (REFUSED, {}, {}, False, [], False),
    "refused before, tried again": (REFUSED, SEEING, {**SEES, "retry_optional_scopes": True}, True, [SEEING_ROLE], False),
    "refused before, never verified": ({"privileges_refused": True}, SEEING, SEES, True, [SEEING_ROLE], False),
    "refused in this run": (VERIFIED, REFUSAL, SEES, True, [], True),
}


@pytest.mark.parametrize("case", PRIVILEGES)
def test_the_role_that_sees_privileges_is_assigned_where_the_org_has_it(case: str) -> None:
    known, results, options, is_made, custom, refused = PRIVILEGES[case]
    found = wanted(known, results, options)
    assert (found.makes_privilege_role, found.custom_roles, found.privileges_refused) == (is_made, custom, refused)


def test_it_is_looked_for_and_made_by_its_label() -> None:
    found = wanted(options=SEES)
    assert found.privileges_by_label() == {"label": LABEL, "resource": IAM}
    assert found.privilege_role() == {"label": LABEL, "permissions": ["okta.iam.read"], "assume_missing": False}
    assert found.privilege_set() == {"label": LABEL, "resources": [IAM], "assume_missing": False}


def test_what_was_seen_to_be_missing_is_made_without_another_look() -> None:
    found = wanted(results={"privileges": {"are_missing": True, "resource": "orn:okta:iam:00o1:contained_resources"}}, options=SEES)
    assert found.privilege_role()["assume_missing"] is found.privilege_set()["assume_missing"] is True
    assert found.privilege_set()["resources"] == ["orn:okta:iam:00o1:contained_resources"]


def test_it_is_compared_by_its_id() -> None:
    assert wanted(SEEING_MADE, options=SEES).privileges() == {**SEEING_ROLE, "permission": "okta.iam.read", "resource": IAM}
    assert wanted({**VERIFIED, "made": {"privilege_role": "cr07"}}, options=SEES).privileges() is None


def test_with_our_label_it_is_ours_whichever_run_made_it() -> None:
    assert wanted(VERIFIED, SEEING, SEES).made_now == {"privilege_role": "cr07", "privilege_set": "iam7"}
    assert wanted(SEEING_MADE, SEEING, SEES).made_now == {}
    assert wanted(SEEING_MADE, {"app": app(), **SEEING}, SEES).stores_app is False


@pytest.mark.parametrize(
    ("known", "results", "stores"),
    [
        (VERIFIED, REFUSAL, True),
        (REFUSED, REFUSAL, False),
        (REFUSED, {"privilege_role": {"role": {"id": None}}}, True),
        (REFUSED, {}, False),
    ],
)
def test_that_the_org_refuses_it_is_stored_once(known: Any, results: Any, stores: bool) -> None:
    assert wanted(known, {"app": app(), **results}, SEES).stores_app is stores


def test_the_record_says_whether_the_org_refuses_it() -> None:
    stored: dict[str, Any] = {"key_id": "k1", "private_jwk": {}}
    assert wanted(VERIFIED, {"app": app(), **REFUSAL}, SEES).with_comparison(stored)["privileges_refused"] is True
    kept = wanted(REFUSED, {"app": app(), **SEEING}, {**SEES, "retry_optional_scopes": True}).with_comparison(
        {**stored, "privileges_refused": True}
    )
    assert "privileges_refused" not in kept
    assert kept["made"] == {"privilege_role": "cr07", "privilege_set": "iam7"}


# Verification


def test_an_access_token_is_asked_for_with_all_scopes_that_the_org_has() -> None:
    found = wanted(KNOWN_MISSING, {"app": app(client_id="c1", dpop=True)}).verification()
    scopes = ["okta.users.read", "okta.apps.read", "okta.devices.read"]
    common = {"client_id": "c1", "dpop": True, "scopes": scopes, "endpoints": ["/api/v1/users?limit=1"], "probes": []}
    assert found == {**common, "coverage": []}


@pytest.mark.parametrize(
    ("known", "options", "reads"),
    [(VERIFIED, {}, False), ({"application_id": APP_ID}, {}, True), (VERIFIED, {"verify_coverage": True}, True)],
)
def test_coverage_is_read_where_the_credentials_are_new_or_it_is_asked_for(known: Any, options: Any, reads: bool) -> None:
    paths = [one["path"] for one in wanted(known, {"app": app()}, options).verification()["coverage"]]
    assert ("/api/v1/users?limit=1" in paths) is reads


def test_coverage_is_judged_by_the_roles_that_the_app_holds() -> None:
    shown = {"scopes": ["okta.users.read", "okta.roles.read"], "coverage": [{"path": "/api/v1/users?limit=1", "status": "usable"}]}
    results = {"verification": shown, "roles": {"roles": ["READ_ONLY_ADMIN", "CUSTOM:cr07:iam7"]}}
    without = wanted(VERIFIED, results).coverage
    assert [(one.status, one.needs) for one in without] == [
        ("usable", None),
        ("refused_by_role", "needs a custom role with okta.iam.read"),
    ]
    assert wanted(VERIFIED, {**results, **SEEING}, SEES).coverage[1].needs is None
    late = {**results, "late_roles": {"roles": ["READ_ONLY_ADMIN", "SUPER_ADMIN"]}}
    assert wanted(VERIFIED, late).coverage[1].needs is None
    assert wanted(VERIFIED).coverage == []


DPOP: dict[str, tuple[Any, Any, Any, bool]] = {
    "the app says so": ({**VERIFIED, "dpop": False}, {"app": app(dpop=True)}, {}, True),
    "the app says no": ({**VERIFIED, "dpop": True}, {"app": app()}, {"dpop": True}, False),
    "the record says so": ({**VERIFIED, "dpop": True}, {}, {}, True),
    "the record says no": ({**VERIFIED, "dpop": False}, {}, {"dpop": True}, False),
    "the settings say so": (VERIFIED, {}, {"dpop": True}, True),
}


@pytest.mark.parametrize("case", DPOP)
def test_whether_a_token_is_bound_is_said_by_the_app_else_the_record_else_the_settings(case: str) -> None:
    known, results, options, expected = DPOP[case]
    assert wanted(known, results, options).verification()["dpop"] is expected


BODY = {"body": {"profile": {}}}
PROBES: dict[str, tuple[Any, Any, list[Any]]] = {
    "read only": ({"app": app()}, {}, []),
    "remediation": ({"app": app()}, {"remediation": True}, [{"method": "POST", "path": "/api/v1/users/00u00000000000000000", **BODY}]),
    "app not compared": ({}, {"remediation": True}, []),
    "own roles": ({"app": app(), **MADE}, {**CUSTOM, **GROUPS}, []),
    "groups": ({"app": app(), **MADE}, GROUPS, [{"method": "PUT", "path": "/api/v1/groups/00g1", **BODY}]),
    "groups not found": ({"app": app()}, GROUPS, []),
    "groups without remediation": ({"app": app(), **MADE}, {**GROUPS, "remediation": False}, []),
}


@pytest.mark.parametrize("case", PROBES)
def test_remediation_is_tried_by_calls_that_are_refused_for_what_they_ask(case: str) -> None:
    results, options, expected = PROBES[case]
    assert wanted(results=results, options=options).verification()["probes"] == expected


# What is beyond the desired state


SURPLUS = {"grants": {"surplus": ["okta.logs.read"]}, "roles": {"surplus": ["APP_ADMIN"]}}


def test_what_an_adopted_app_has_beyond_the_desired_state_is_named() -> None:
    found = wanted(results={"app": app(beyond=["the key k0"]), **SURPLUS})
    assert found.beyond == ["the key k0", "the scope okta.logs.read", "the admin role APP_ADMIN"]
    assert wanted(results={"app": app(beyond=None)}).beyond == wanted().beyond == []


NOTHING_BEYOND = {"grants": {"surplus": []}}
STAYS: dict[str, tuple[Any, Any, bool]] = {
    "something beyond": ({"app": app(), **SURPLUS}, ADOPT, True),
    "nothing beyond": ({"app": app(), **NOTHING_BEYOND}, ADOPT, False),
    "a key beyond": ({"app": app(beyond=["the key k0"]), **NOTHING_BEYOND}, ADOPT, True),
    "not known": ({"app": app()}, ADOPT, True),
    "a new app": ({"app": app(created=True), **SURPLUS}, ADOPT, False),
    "not adopting": ({"app": app(), **SURPLUS}, {}, False),
}


@pytest.mark.parametrize("case", STAYS)
def test_the_record_says_that_an_app_is_being_adopted_while_something_is_beyond_or_may_be(case: str) -> None:
    results, options, expected = STAYS[case]
    assert wanted(results=results, options=options).stays_adopting is expected


# What is stored


def test_the_record_is_that_of_the_tenant_and_names_whose_token_onboards() -> None:
    assert wanted().identity == Identity("oauth", "acme", URL, None)
    assert wanted(results={"caller": {"caller": {"id": "00u1", "kind": "api_token"}}}).identity == Identity("oauth", "acme", URL, "00u1")
    assert wanted(results={"caller": {"caller": {"id": "0oa5", "kind": "client"}}}).identity.bootstrap_owner is None


def test_a_key_is_stored_with_the_intent_of_the_run() -> None:
    stored = wanted({}, options=ADOPT).with_key({}, KEY, now=LATER)
    identity = {"method": "oauth", "tenant_id": "acme", "org_url": URL}
    assert stored == {**identity, **KEY, "scopes_version": 3, "take_over": True, "adopted": True, "app_requested_at": LATER}
    assert wanted({}).with_key({}, KEY, now=LATER) == {**identity, **KEY, "scopes_version": 3, "app_requested_at": LATER}


STORES: dict[str, tuple[Any, Any, Any, bool]] = {
    "as before": (VERIFIED, {"app": app()}, {}, False),
    "new app": (VERIFIED, NEW, {}, True),
    "another app": ({**VERIFIED, "application_id": "0oa0"}, {"app": app()}, {}, True),
    "no id yet": ({}, {"app": app()}, {}, True),
    "adopting anew": (VERIFIED, {"app": app()}, ADOPT, True),
    "a zone was made": (VERIFIED, {"app": app(), "network_zone": {"created": True, "zone": {"id": "nzo1"}}}, {}, True),
}


@pytest.mark.parametrize("case", STORES)
def test_the_app_is_stored_where_the_record_lacks_something_of_it(case: str) -> None:
    known, results, options, expected = STORES[case]
    assert wanted(known, results, options).stores_app is expected


def test_a_stored_app_is_not_verified_yet() -> None:
    results = {
        "app": app(id="0oa8", key_ids=["k7", "k8"], dpop=True, org_id="00o1"),
        "network_zone": {"zone": {"id": "nzo1"}, "created": True},
    }
    assert wanted(results=results).with_app(STORED) == {
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


def test_an_app_without_a_name_for_our_key_knows_it_by_the_stored_one() -> None:
    assert wanted(results={"app": app()}).with_app(STORED)["key_id"] == "k1"
    assert wanted({}, {"app": app(key_ids=[])}).with_app({})["key_id"] == NOT_MADE


def test_an_adopted_app_is_stored_as_adopted_and_as_being_adopted() -> None:
    found = wanted({}, {"app": app(adopted=True)}, ADOPT).with_app({})
    assert (found["adopted"], found["take_over"]) == (True, True)


LIMITED: dict[str, tuple[Any, Any, bool]] = {
    "zones given": ({}, {"network_zones": ["nzo1"]}, True),
    "none given any more": ({"network_limited": True}, {}, False),
    "adopting, limited by us before": ({"network_limited": True}, ADOPT, True),
    "adopting, not limited by us": ({}, {**ADOPT, "network_zones": ["nzo1"]}, False),
}


@pytest.mark.parametrize("case", LIMITED)
def test_the_record_says_whether_we_limit_the_app(case: str) -> None:
    known, options, expected = LIMITED[case]
    found = wanted({**VERIFIED, **known}, {"app": app()}, options).with_app(STORED)
    assert found.get("network_limited", False) is expected


def test_a_verified_app_keeps_its_time_and_learns_which_scopes_are_missing() -> None:
    found = wanted(results={"app": app(dpop=True), **FOUND_MISSING}, compared=True).with_verification(STORED, now=LATER)
    assert found == {**STORED, "scopes_version": 3, "dpop": True, "unavailable_scopes": ["okta.devices.read"]}


def test_what_the_comparison_found_is_stored_without_a_verification_too() -> None:
    before = {name: value for name, value in STORED.items() if name != "proven_at"}
    found = wanted(results={"app": app(dpop=True), **FOUND_MISSING}, compared=True).with_comparison({**before, "take_over": True})
    assert found == {**before, "dpop": True}


def test_an_app_that_was_not_compared_is_verified_and_nothing_else_is_stored() -> None:
    before = {**STORED, "dpop": True}
    assert wanted(compared=False).with_verification(before, now=LATER) == {**before, "scopes_version": 3}


@pytest.mark.parametrize(
    ("check", "results", "expected"),
    [
        (True, NEW, LATER),
        (False, NEW, TIME),
        (True, {"app": app()}, TIME),
        (True, {}, TIME),
    ],
)
def test_check_mode_predicts_that_another_app_is_verified_anew(check: bool, results: dict[str, Any], expected: str) -> None:
    assert wanted(results=results, compared=True, check=check).with_verification(STORED, now=LATER)["proven_at"] == expected


def test_check_mode_predicts_nothing_of_an_app_that_was_not_looked_at() -> None:
    assert wanted({"key_id": "k1"}, check=True).with_verification(STORED, now=LATER)["proven_at"] == TIME


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_nothing_is_removed_from_an_app_that_is_being_adopted(asks: bool, asked: bool, exclusive: bool, remediation: bool) -> None:
    options = {"adopt_existing": asks, "exclusive": exclusive, "remediation": remediation}
    found = wanted({**VERIFIED, "take_over": asked}, {"app": app()}, options)
    removing = [
        *(found.app()["exclusive_keys"], found.client_role()["exclusive"], found.scope_grant()["exclusive"]),
        *(found.client_role()["absent_roles"], found.scope_grant()["absent_scopes"]),
    ]
    assert not (asks or asked) or not any(removing)
