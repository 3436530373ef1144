# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: its serialization between tasks, and when a tenant is verified or changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan, public_members, union
from helpers.tenant_plans import CREDENTIAL, SCOPES, TIME, URL, plan

SECRET = "made-up-secret-6d5e4f3a2b1c"


def test_a_plan_survives_the_round_trip_through_a_variable() -> None:
    sent = plan(steps=("onboard/oauth",), parts=("onboard/retire",), results={"app": {"changed": True}})
    received = Plan.of(json.loads(json.dumps(sent.as_dict())))
    assert received == sent
    assert (sent.as_dict()["steps"], sent.as_dict()["parts"]) == (["onboard/oauth"], ["onboard/retire"])


def test_the_serialized_plan_is_short() -> None:
    words, phrases = ["okta.users.read", "okta.logs.read"], ["User Administrator", "READ_ONLY_ADMIN"]
    results = {"grants": {"added": words, "removed": [], "changes": words}, "roles": {"added": phrases, "removed": ["", "x"]}}
    defaults = {"concurrency": 15, "admin_roles": ["READ_ONLY_ADMIN"], "privilege_visibility": True}
    sent = plan(results=results, options={"timeout": 7, "app_label": "Okta reader", **defaults})
    serialized = sent.as_dict()
    assert serialized["options"] == {"timeout": 7, "app_label": "Okta reader"}
    assert serialized["results"]["grants"] == {"added": "okta.users.read okta.logs.read", "removed": "", "changes": words}
    assert serialized["results"]["roles"] == results["roles"]
    assert Plan.of(serialized).results == results
    assert (Plan.of(serialized).option("concurrency"), Plan.of(serialized).option("admin_roles")) == (15, ["READ_ONLY_ADMIN"])
    assert Plan.of(serialized).scopes == sent.scopes


WORDS = ["added", "newer", "newer_optional_scopes", "optional_scopes", "removed", "scopes", "surplus", "unavailable"]


@pytest.mark.parametrize("member", WORDS)
def test_a_list_of_scopes_is_serialized_as_one_string(member: str) -> None:
    sent = plan(results={"grants": {member: ["okta.users.read", "okta.logs.read"]}}, scopes={member: ["okta.apps.read"]})
    serialized = sent.as_dict()
    assert (serialized["results"]["grants"], serialized["scopes"]) == (
        {member: "okta.users.read okta.logs.read"},
        {member: "okta.apps.read"},
    )
    assert (Plan.of(serialized).results, Plan.of(serialized).scopes) == (sent.results, sent.scopes)


@pytest.mark.parametrize("result", [{"scopes": None}, {"added": [{"type": "x"}]}, {"verdict": "reads all"}])
def test_other_values_are_serialized_unchanged(result: dict[str, Any]) -> None:
    sent = plan(results={"grants": result})
    assert sent.as_dict()["results"]["grants"] == result
    assert Plan.of(sent.as_dict()).results == sent.results


def test_the_super_admin_setting_of_the_org_is_retained() -> None:
    assert public_members({"makes_super_admins": False, "changed": False}) == {"makes_super_admins": False, "changed": False}


def test_a_minimal_plan_has_no_results() -> None:
    bare = Plan("onboard", "acme", "acme", URL, "oauth", {})
    flags = (bare.compared, bare.check, bare.failed, bare.detour)
    assert (flags, bare.has_credential, bare.is_verified, bare.changed) == ((False, False, False, ""), False, False, False)
    assert [bare.credential, bare.store, bare.known, bare.scopes, bare.results, bare.steps, bare.parts] == [{}, {}, {}, {}, {}, (), ()]


NO_PLANS: dict[str, Any] = {
    "string": "plan",
    "only names": list(plan().as_dict()),
    "nothing": None,
    "a missing member": {name: value for name, value in plan().as_dict().items() if name != "host"},
    "an additional member": {**plan().as_dict(), "more": 1},
}


@pytest.mark.parametrize("case", NO_PLANS)
def test_an_invalid_plan_is_refused(case: str) -> None:
    with pytest.raises(InputError, match=r"^'tenant' is not the plan that an earlier task of the role returned\.$"):
        Plan.of(NO_PLANS[case])


def test_options_and_results_are_found_by_name() -> None:
    found = plan(options={"app_label": "Rezonate"}, results={"grants": {"added": ["okta.users.read"]}})
    assert (found.option("app_label"), found.of_result("grants", "added")) == ("Rezonate", ["okta.users.read"])
    assert (found.result("grants"), found.result("roles")) == ({"added": ["okta.users.read"]}, {})
    assert (found.of_result("grants", "removed"), found.of_result("roles", "added")) == (None, None)
    assert (found.has_run("grants"), found.has_run("roles")) == (True, False)


def test_a_result_is_added_and_replaces_the_previous_one_of_its_step() -> None:
    first = plan(results={"app": {"changed": True}, "roles": {"changed": True}})
    second = first.with_result("roles", {"changed": False})
    assert second.results == {"app": {"changed": True}, "roles": {"changed": False}}
    assert first.results["roles"] == {"changed": True}


def test_members_are_added_to_the_result_of_a_step() -> None:
    first = plan(results={"app": {"changed": True}, "roles": {"changed": True, "added": ["x"]}})
    second = first.with_members("roles", added=["y"], skipped=True).with_members("grants", removed=[])
    roles = {"changed": True, "added": ["y"], "skipped": True}
    assert second.results == {"app": {"changed": True}, "roles": roles, "grants": {"removed": []}}
    assert first.results["roles"] == {"changed": True, "added": ["x"]}


MEMBERS = (
    *("added", "adopted", "backup_file", "barred", "beyond", "changed", "changes", "client_id", "created", "generated", "is_new_token"),
    *("key_id", "key_ids", "left", "made_secret", "org_id", "refused", "removed", "roles", "roles_removed", "scopes", "secret_missing"),
    *("skipped", "surplus", "token_type", "unavailable"),
)


def test_a_result_retains_only_listed_members() -> None:
    values = dict.fromkeys(MEMBERS, False)
    secrets = ("client_secret", "private_key", "private_jwk", "access_token", "ciphertext", "variables", "msg")
    assert public_members({**values, **dict.fromkeys(secrets, SECRET)}) == values


@pytest.mark.parametrize("name", MEMBERS)
def test_an_unexpected_mapping_is_dropped(name: str) -> None:
    assert public_members({name: {"private_key": SECRET}}) == {}


def test_a_member_without_a_value_is_dropped() -> None:
    assert public_members({"surplus": None, "unavailable": []}) == {"unavailable": []}


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
def test_a_resource_retains_exactly_its_listed_members(name: str) -> None:
    own = {} if name in ("inspected", "proved", "public_jwk") else {"id": "x1"}
    values = {**OBJECTS[name], **own}
    assert public_members({name: {**values, "secret": SECRET, "d": SECRET, "private_key": SECRET}}) == {name: values}
    assert public_members({name: [{**values, "secret": SECRET}, None]}) == {name: [values]}
    assert public_members({name: SECRET}) == public_members({name: None}) == {}


def test_entries_of_lists_retain_only_listed_members() -> None:
    nested = {"authentication": [{**ACCESS, "secret": SECRET}, {}], "jwks": [{"kid": "k1", "d": SECRET}, SECRET]}
    assert public_members({"apps": [nested]}) == {"apps": [{"authentication": [ACCESS, {}], "jwks": [{"kid": "k1"}]}]}
    assert public_members({"integration": {"secrets": [{"id": "ocs1", "client_secret": SECRET}]}}) == {
        "integration": {"secrets": [{"id": "ocs1"}]}
    }


def test_credentials_with_a_verification_time_are_verified() -> None:
    assert (plan(known={"proven_at": TIME}).is_verified, plan(known={"key_id": "k1"}).is_verified) == (True, False)


def test_a_calling_credential_is_a_reference() -> None:
    assert (plan(credential=CREDENTIAL).has_credential, plan(credential={}).has_credential) == (True, False)


SKIPPED = {"verification": {"skipped": True}}
SHOWN: dict[str, tuple[Plan, bool]] = {
    "token issued": (plan(results={"verification": {"proved": True}}), True),
    "verification refused": (plan(results={"verification": {"refused": "no"}}), False),
    "barred from this address": (plan(results={"verification": {"barred": True}}), False),
    "no verification": (plan(), False),
    "check mode, skipped": (plan(results=SKIPPED, check=True), True),
    "real run, skipped": (plan(results=SKIPPED), False),
    "check mode, not requested": (plan(results=SKIPPED, check=True, options={"verify": False}), False),
    "check mode, refused": (plan(results={"verification": {"refused": "no"}}, check=True), False),
    "integration": (plan("api_service_integration", results={"verification": {"proved": True}}), True),
    "token inspected": (plan("api_token", results={"inspection": {"inspected": {"owner": {}}}}), True),
    "token not inspected": (plan("api_token", results={"inspection": {"skipped": True}}), False),
    "token of another method": (plan("api_token", results={"verification": {"proved": True}}), False),
}


@pytest.mark.parametrize("case", SHOWN)
def test_credentials_are_verified_by_the_result_of_their_own_method(case: str) -> None:
    found, expected = SHOWN[case]
    assert found.is_verified_now is expected


@pytest.mark.parametrize(("results", "expected"), [({"app": {"changed": False}, "roles": {"changed": True}}, True), ({"app": {}}, False)])
def test_a_run_is_changed_if_one_step_is(results: dict[str, Any], expected: bool) -> None:
    assert plan(results=results).changed is expected


def test_a_union_has_distinct_entries_in_order() -> None:
    assert union(["b", "a"], ["c", "a"], SCOPES["newer"], ("b",)) == ["b", "a", "c", "okta.users.read"]
