# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: how it travels from task to task, and what counts as verified, shown and changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan, public, union
from unit.tenant_plans import CREDENTIAL, SCOPES, TIME, URL, plan

SECRET = "made-up-secret-6d5e4f3a2b1c"


def test_a_plan_is_the_same_after_its_way_through_a_variable() -> None:
    sent = plan(steps=("onboard/oauth",), parts=("onboard/retire",), results={"app": {"changed": True}})
    received = Plan.of(json.loads(json.dumps(sent.as_dict())))
    assert received == sent
    assert (sent.as_dict()["steps"], sent.as_dict()["parts"]) == (["onboard/oauth"], ["onboard/retire"])


def test_what_ansible_would_template_again_in_each_task_is_short() -> None:
    words, phrases = ["okta.users.read", "okta.logs.read"], ["User Administrator", "READ_ONLY_ADMIN"]
    results = {"grants": {"added": words, "removed": [], "changes": words}, "roles": {"added": phrases, "removed": ["", "x"]}}
    defaults = {"concurrency": 15, "admin_roles": ["READ_ONLY_ADMIN"], "privilege_visibility": True}
    sent = plan(results=results, options={"timeout": 7, "app_label": "Okta reader", **defaults})
    told = sent.as_dict()
    assert told["options"] == {"timeout": 7, "app_label": "Okta reader"}
    assert told["results"]["grants"] == {"added": "okta.users.read okta.logs.read", "removed": "", "changes": words}
    assert told["results"]["roles"] == results["roles"]
    assert Plan.of(told).results == results
    assert (Plan.of(told).option("concurrency"), Plan.of(told).option("admin_roles")) == (15, ["READ_ONLY_ADMIN"])
    assert Plan.of(told).scopes == sent.scopes


WORDS = ["added", "newer", "newer_optional_scopes", "optional_scopes", "removed", "scopes", "surplus", "unavailable"]


@pytest.mark.parametrize("member", WORDS)
def test_a_list_of_words_is_one_text_on_its_way_and_a_list_again_after_it(member: str) -> None:
    sent = plan(results={"grants": {member: ["okta.users.read", "okta.logs.read"]}}, scopes={member: ["okta.apps.read"]})
    told = sent.as_dict()
    assert (told["results"]["grants"], told["scopes"]) == ({member: "okta.users.read okta.logs.read"}, {member: "okta.apps.read"})
    assert (Plan.of(told).results, Plan.of(told).scopes) == (sent.results, sent.scopes)


@pytest.mark.parametrize("result", [{"scopes": None}, {"added": [{"type": "x"}]}, {"verdict": "reads all"}])
def test_what_is_no_list_of_words_travels_as_it_is(result: dict[str, Any]) -> None:
    sent = plan(results={"grants": result})
    assert sent.as_dict()["results"]["grants"] == result
    assert Plan.of(sent.as_dict()).results == sent.results


def test_what_the_org_says_of_super_admins_is_kept() -> None:
    assert public({"makes_super_admins": False, "changed": False}) == {"makes_super_admins": False, "changed": False}


def test_a_plan_that_says_no_more_has_done_nothing_yet() -> None:
    bare = Plan("onboard", "acme", "acme", URL, "oauth", {})
    flags = (bare.compared, bare.check, bare.failed, bare.detour)
    assert (flags, bare.has_credential, bare.is_verified, bare.changed) == ((False, False, False, ""), False, False, False)
    assert [bare.credential, bare.store, bare.known, bare.scopes, bare.results, bare.steps, bare.parts] == [{}, {}, {}, {}, {}, (), ()]


NO_PLANS: dict[str, Any] = {
    "text": "plan",
    "names alone": list(plan().as_dict()),
    "nothing": None,
    "a member too few": {name: value for name, value in plan().as_dict().items() if name != "host"},
    "a member too many": {**plan().as_dict(), "more": 1},
}


@pytest.mark.parametrize("case", NO_PLANS)
def test_what_no_task_returned_is_no_plan(case: str) -> None:
    with pytest.raises(InputError, match=r"^'tenant' is not the plan that an earlier task of the role returned\.$"):
        Plan.of(NO_PLANS[case])


def test_a_plan_gives_options_and_results_by_their_names() -> None:
    found = plan(options={"app_label": "Rezonate"}, results={"grants": {"added": ["okta.users.read"]}})
    assert (found.option("app_label"), found.of_result("grants", "added")) == ("Rezonate", ["okta.users.read"])
    assert (found.result("grants"), found.result("roles")) == ({"added": ["okta.users.read"]}, {})
    assert (found.of_result("grants", "removed"), found.of_result("roles", "added")) == (None, None)
    assert (found.has_run("grants"), found.has_run("roles")) == (True, False)


def test_a_result_joins_those_of_other_steps_and_takes_the_place_of_its_own() -> None:
    first = plan(results={"app": {"changed": True}, "roles": {"changed": True}})
    second = first.with_result("roles", {"changed": False})
    assert second.results == {"app": {"changed": True}, "roles": {"changed": False}}
    assert first.results["roles"] == {"changed": True}


def test_more_about_a_step_joins_its_result_and_leaves_those_of_other_steps() -> None:
    first = plan(results={"app": {"changed": True}, "roles": {"changed": True, "added": ["x"]}})
    second = first.with_more("roles", added=["y"], skipped=True).with_more("grants", removed=[])
    roles = {"changed": True, "added": ["y"], "skipped": True}
    assert second.results == {"app": {"changed": True}, "roles": roles, "grants": {"removed": []}}
    assert first.results["roles"] == {"changed": True, "added": ["x"]}


MEMBERS = (
    *("added", "adopted", "backup_file", "barred", "beyond", "changed", "changes", "client_id", "created", "generated", "is_new_token"),
    *("key_id", "key_ids", "left", "made_secret", "org_id", "refused", "removed", "roles", "roles_removed", "scopes", "secret_missing"),
    *("skipped", "surplus", "token_type", "unavailable"),
)


def test_of_a_result_only_listed_members_stay() -> None:
    values = dict.fromkeys(MEMBERS, False)
    secrets = ("client_secret", "private_key", "private_jwk", "access_token", "ciphertext", "variables", "msg")
    assert public({**values, **dict.fromkeys(secrets, SECRET)}) == values


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_that_is_a_mapping_where_none_is_expected_does_not_stay(name: str) -> None:
    assert public({name: {"private_key": SECRET}}) == {}


def test_a_member_without_a_value_does_not_stay() -> None:
    assert public({"surplus": None, "unavailable": []}) == {"unavailable": []}


ACCESS = {"kid": "k1", "method": "private_key_jwt", "status": "ACTIVE"}
APP = {"client_id": "c1", "label": "Rezonate", "status": "ACTIVE", "dpop": False, "network_zones": ["nzo1"], "authentication": [ACCESS]}
INSPECTED = {"exact": True, "other_owner": False, "privileged": False, "roles": ["A"], "verdict": "v", "owner": {"login": "l"}}
TOKENS = [{"name": "T", "network": {"connection": "ZONE", "include": ["nzo1"], "exclude": ["nzo2"]}}]
OBJECTS: dict[str, dict[str, Any]] = {
    "app": {**APP, "jwks": [{"kid": "k1"}]},
    "caller": {"kind": "client"},
    "groups": {},
    "inspected": {**INSPECTED, "proved": {"path": "/a"}, "tokens": TOKENS},
    "integration": {"secrets": [{"id": "ocs1", "status": "ACTIVE"}]},
    "proved": {"path": "/a"},
    "public_jwk": {"kty": "RSA", "n": "x", "e": "AQAB", "kid": "k1", "use": "sig", "alg": "RS256"},
    "resource_set": {"label": "R"},
    "role": {"label": "R"},
    "user": {"login": "l"},
    "zone": {"name": "Z"},
}


@pytest.mark.parametrize("name", OBJECTS)
def test_of_a_resource_only_listed_members_stay_and_all_of_them(name: str) -> None:
    own = {} if name in ("inspected", "proved", "public_jwk") else {"id": "x1"}
    values = {**OBJECTS[name], **own}
    assert public({name: {**values, "secret": SECRET, "d": SECRET, "private_key": SECRET}}) == {name: values}
    assert public({name: [{**values, "secret": SECRET}, None]}) == {name: [values]}
    assert public({name: SECRET}) == public({name: None}) == {}


def test_of_what_is_listed_only_listed_members_stay() -> None:
    nested = {"authentication": [{**ACCESS, "secret": SECRET}, {}], "jwks": [{"kid": "k1", "d": SECRET}, SECRET]}
    assert public({"apps": [nested]}) == {"apps": [{"authentication": [ACCESS, {}], "jwks": [{"kid": "k1"}]}]}
    assert public({"integration": {"secrets": [{"id": "ocs1", "client_secret": SECRET}]}}) == {"integration": {"secrets": [{"id": "ocs1"}]}}


def test_credentials_count_as_verified_by_their_time() -> None:
    assert (plan(known={"proven_at": TIME}).is_verified, plan(known={"key_id": "k1"}).is_verified) == (True, False)


def test_a_credential_to_call_with_is_a_reference() -> None:
    assert (plan(credential=CREDENTIAL).has_credential, plan(credential={}).has_credential) == (True, False)


SKIPPED = {"verification": {"skipped": True}}
SHOWN: dict[str, tuple[Plan, bool]] = {
    "token minted": (plan(results={"verification": {"proved": True}}), True),
    "verification refused": (plan(results={"verification": {"refused": "no"}}), False),
    "barred from here": (plan(results={"verification": {"barred": True}}), False),
    "nothing tried": (plan(), False),
    "check mode, skipped": (plan(results=SKIPPED, check=True), True),
    "real run, skipped": (plan(results=SKIPPED), False),
    "check mode, not wanted": (plan(results=SKIPPED, check=True, options={"verify": False}), False),
    "check mode, refused": (plan(results={"verification": {"refused": "no"}}, check=True), False),
    "integration": (plan("api_service_integration", results={"verification": {"proved": True}}), True),
    "token inspected": (plan("api_token", results={"inspection": {"inspected": {"owner": {}}}}), True),
    "token not inspected": (plan("api_token", results={"inspection": {"skipped": True}}), False),
    "token of another method": (plan("api_token", results={"verification": {"proved": True}}), False),
}


@pytest.mark.parametrize("case", SHOWN)
def test_credentials_are_shown_to_work_by_their_own_verification(case: str) -> None:
    found, expected = SHOWN[case]
    assert found.is_shown is expected


@pytest.mark.parametrize(("results", "expected"), [({"app": {"changed": False}, "roles": {"changed": True}}, True), ({"app": {}}, False)])
def test_a_run_has_changed_something_if_one_step_has(results: dict[str, Any], expected: bool) -> None:
    assert plan(results=results).changed is expected


def test_a_union_has_each_entry_once_in_the_order_of_its_first_place() -> None:
    assert union(["b", "a"], ["c", "a"], SCOPES["newer"], ("b",)) == ["b", "a", "c", "okta.users.read"]
