# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource sets: the exact calls."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, NoResponseError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource_set import manage_resource_set
from helpers.fake_okta import URL, FakeOkta, forbidden, params, refusal, three_pages, three_pages_within

SETS = "/api/v1/iam/resource-sets"
ID = "iammadeupmadeupmade1"
ONE = f"{SETS}/{ID}"
APPS, APP = "GET /api/v1/apps?limit=1", {"orn": "orn:okta:idp:00o1:apps:saasure:0oa0"}
METADATA, READ, LIST = "GET /.well-known/okta-organization", f"GET {SETS}/Rezonate", f"GET {ONE}/resources"
POST, PATCH = f"POST {SETS}", f"PATCH {ONE}/resources"
ORG = {"id": "00o1", "_links": {"organization": {"href": URL}}}
GROUP = "00gmadeupmadeupmade1"
USERS = "orn:okta:directory:00o1:users"
OWN, INSIDE = f"orn:okta:directory:00o1:groups:{GROUP}", f"orn:okta:directory:00o1:groups:{GROUP}:contained_resources"
CREATED = "2026-01-06T19:50:57.000Z"
RAW = {"id": ID, "label": "Rezonate", "description": "Text", "created": CREATED, "lastUpdated": CREATED}
FACTS = {"id": ID, "label": "Rezonate", "description": "Text", "resources": [OWN, INSIDE], "created": CREATED}
GROUPS = [{"name": GROUP, "id": GROUP}]
NOT_FOUND = refusal(404, "E0000007", "Not found: Resource not found: Rezonate (IAMPolicy)")


def entry(number: int, orn: str | None = None, link: str | None = None) -> dict[str, Any]:
    """A resource in Okta's format."""
    links = {"_links": {"self": {"href": f"https://id.acme.example{link}"}}} if link else {}
    return {"id": f"ire{number}", "created": CREATED, **({"orn": orn} if orn else {}), **links}


def holding(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resources": list(entries), "_links": {}}


BOTH = holding(entry(1, INSIDE), entry(2, OWN))


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; returns the outcome and the stand-in for Okta."""

    def run_module(*script: tuple[str, Any], check: bool = False, **options: Any) -> tuple[Outcome, FakeOkta]:
        okta = FakeOkta(*script)
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        defaults = {"state": "present", "id": None, "label": "Rezonate", "description": None, "resources": None, "groups": None}
        outcome = manage_resource_set(Call(params(**{**defaults, **options}), check))
        assert okta.left == []
        return outcome, okta

    return run_module


def test_a_set_of_a_group_and_its_users_is_created(module: Any) -> None:
    outcome, okta = module((APPS, [APP]), (READ, NOT_FOUND), (POST, RAW), groups=[GROUP], description="Text")
    assert okta.bodies == [{"label": "Rezonate", "description": "Text", "resources": [OWN, INSIDE]}]
    assert outcome.values == {"resource_set": FACTS, "groups": GROUPS, "created": True, "changes": ["create"]}


def test_check_mode_predicts_a_new_set_except_its_id(module: Any) -> None:
    outcome, okta = module((APPS, [APP]), (READ, NOT_FOUND), groups=[GROUP], description="Text", check=True)
    assert okta.writes == []
    new = {**FACTS, "id": None, "created": None}
    assert outcome.values == {"resource_set": new, "groups": GROUPS, "created": True, "changes": ["create"]}


def test_a_repetition_only_reads(module: Any) -> None:
    outcome, okta = module((APPS, [APP]), (READ, RAW), (LIST, BOTH), groups=[GROUP], description="Text")
    assert (outcome.changed, okta.writes) == (False, [])
    assert outcome.values == {"resource_set": FACTS, "groups": GROUPS, "created": False, "changes": []}


CHANGES = ((PATCH, {}), (f"DELETE {ONE}/resources/ire2", 204), (f"DELETE {ONE}/resources/ire3", 204))


def test_resources_are_exactly_the_desired_ones(module: Any) -> None:
    have = holding(entry(1, INSIDE), entry(2, OWN), entry(3, USERS))
    outcome, okta = module((READ, RAW), (LIST, have), *CHANGES, resources=[INSIDE, "orn:okta:idp:00o1:apps"])
    assert okta.bodies == [{"additions": ["orn:okta:idp:00o1:apps"]}]
    assert outcome.values["changes"] == ["add orn:okta:idp:00o1:apps", f"remove {OWN}, {USERS}"]
    shown = {"label": "Rezonate", "description": "Text", "resources": [OWN, INSIDE, USERS]}
    assert (outcome.before, outcome.after) == (shown, {**shown, "resources": [INSIDE, "orn:okta:idp:00o1:apps"]})


def test_check_mode_reads_and_predicts_the_result(module: Any) -> None:
    have = holding(entry(1, INSIDE), entry(2, OWN), entry(3, USERS))
    options = {"resources": [INSIDE, "orn:okta:idp:00o1:apps"]}
    real, _okta = module((READ, RAW), (LIST, have), *CHANGES, **options)
    predicted, okta = module((READ, RAW), (LIST, have), **options, check=True)
    assert okta.writes == []
    assert predicted == real


def test_duplicate_resources_are_sent_once(module: Any) -> None:
    resources = [f"{URL}/api/v1/groups/{GROUP}/users", OWN, OWN.replace("okta", "oktapreview")]
    outcome, _okta = module((APPS, [APP]), (READ, RAW), (LIST, BOTH), resources=resources, groups=[GROUP])
    assert not outcome.changed


IAM = "orn:{partition}:iam:{orgId}:contained_resources"


@pytest.mark.parametrize(
    ("script", "partition"),
    [
        (((APPS, [{"orn": "orn:okta-emea:idp:00o1:apps:saasure:0oa0"}]),), "okta-emea"),
        (((APPS, [{"id": "0oa0"}]), (METADATA, ORG)), "okta"),
        (((APPS, []), (METADATA, ORG)), "okta"),
        (((APPS, forbidden()), (METADATA, ORG)), "okta"),
    ],
)
def test_placeholders_are_read_from_the_org(module: Any, script: Any, partition: str) -> None:
    outcome, okta = module(*script, (READ, NOT_FOUND), (POST, RAW), resources=[IAM])
    assert okta.bodies[0]["resources"] == [f"orn:{partition}:iam:00o1:contained_resources"]
    assert outcome.changed


def test_a_failure_to_read_the_names_of_the_org_is_an_error(module: Any) -> None:
    with pytest.raises(ApiError, match="read how the org names its resources"):
        module((APPS, refusal(400, "E0000031", "Invalid search criteria.")), resources=[IAM])


def test_a_set_that_is_known_to_be_missing_is_created_without_a_search(module: Any) -> None:
    outcome, _okta = module((POST, RAW), resources=[OWN], description="Text", assume_missing=True)
    assert outcome.values["created"]


def test_after_a_lost_response_such_a_set_is_searched(module: Any) -> None:
    lost = NoResponseError("lost", maybe_done=True)
    outcome, _okta = module((POST, lost), (READ, RAW), (LIST, holding(entry(1, OWN))), resources=[OWN], assume_missing=True)
    assert outcome.values["resource_set"]["id"] == RAW["id"]


def test_a_set_with_an_id_is_read_whatever_is_assumed(module: Any) -> None:
    module((f"GET {ONE}", RAW), (LIST, BOTH), resources=[OWN, INSIDE], id=RAW["id"], label=None, assume_missing=True, check=True)


def test_the_partition_is_ignored_in_comparisons(module: Any) -> None:
    preview = USERS.replace("okta", "oktapreview")
    outcome, _okta = module((READ, RAW), (LIST, holding(entry(1, USERS))), resources=[preview])
    assert (outcome.changed, outcome.values["resource_set"]["resources"]) == (False, [preview])


def test_a_url_without_an_orn_is_found_by_okta_s_link(module: Any) -> None:
    app = f"{URL}/api/v1/apps/0oa1"
    have = holding(entry(1, "orn:okta:idp:00o1:apps:oidc_client:0oa1", "/api/v1/apps/0oa1"))
    outcome, _okta = module((APPS, [APP]), (READ, RAW), (LIST, have), resources=[app])
    assert (outcome.changed, outcome.values["resource_set"]["resources"]) == (False, [app])


def test_a_link_that_okta_returns_twice_is_one_resource(module: Any) -> None:
    realm = f"{URL}/api/v1/realms/guo1/users"
    duplicates = holding(
        entry(1, "orn:okta:x:00o1:realms:guo1", "/api/v1/realms/guo1/users"),
        entry(2, "orn:okta:x:00o1:realms:guo1:users", "/api/v1/realms/guo1/users"),
    )
    outcome, _okta = module((APPS, [APP]), (READ, RAW), (LIST, duplicates), resources=[realm], check=True)
    assert outcome.values["changes"] == ["remove orn:okta:x:00o1:realms:guo1:users"]


def test_the_list_is_read_to_its_last_page(module: Any) -> None:
    orns = [f"orn:okta:directory:00o1:groups:00g{number}" for number in range(6)]
    pages = three_pages_within("resources", f"{ONE}/resources", [entry(number, orn) for number, orn in enumerate(orns)])
    outcome, _okta = module((READ, RAW), *pages, resources=orns)
    assert not outcome.changed


def test_an_entry_on_two_pages_is_one_resource(module: Any) -> None:
    have = holding(entry(1, INSIDE), entry(2, OWN), entry(1, INSIDE))
    outcome, _okta = module((READ, RAW), (LIST, have), resources=[OWN, INSIDE])
    assert not outcome.changed


def test_a_duplicate_resource_is_removed_once(module: Any) -> None:
    have = holding(entry(1, OWN), entry(2, OWN))
    outcome, _okta = module((READ, RAW), (LIST, have), (f"DELETE {ONE}/resources/ire2", 204), resources=[OWN])
    assert outcome.values["changes"] == ["remove resource 2"]


def test_a_resource_without_an_orn_is_identified_by_its_link(module: Any) -> None:
    have = holding(entry(1, None, f"/api/v1/groups/{GROUP}/users"), entry(2, None, "/api/v1/users"))
    script = ((READ, RAW), (LIST, have), (APPS, [APP]), (f"DELETE {ONE}/resources/ire2", 204))
    outcome, _okta = module(*script, resources=[INSIDE])
    assert outcome.values["changes"] == [f"remove {USERS}"]


def search(name: str) -> str:
    return f"/api/v1/groups?q={name}&limit=200"


def group(number: int, name: Any) -> dict[str, Any]:
    return {"id": f"00gmadeupmadeupmade{number}", "profile": {"name": name}}


def test_a_group_is_found_by_its_exact_name_on_any_page(module: Any) -> None:
    names = ["Staff one", "Staff two", "staff", "Staff", "Staff three", None]
    pages = three_pages(search("Staff"), [group(number, name) for number, name in enumerate(names)], "&")
    outcome, _okta = module(*pages, (APPS, [APP]), (READ, NOT_FOUND), groups=["Staff"], check=True)
    assert outcome.values["groups"] == [{"name": "Staff", "id": "00gmadeupmadeupmade3"}]
    assert outcome.values["resource_set"]["resources"][0].endswith(":groups:00gmadeupmadeupmade3")


def test_a_missing_group_is_reported(module: Any) -> None:
    with pytest.raises(InputError, match=r"^groups: this org has no group named 'Staff'\.$"):
        module((f"GET {search('Staff')}", [group(1, "Staff one")]), groups=["Staff"])


def test_an_ambiguous_group_name_is_reported(module: Any) -> None:
    duplicates = [group(2, "Staff"), group(1, "Staff")]
    ids = r"00gmadeupmadeupmade1, 00gmadeupmadeupmade2"
    with pytest.raises(InputError, match=rf"^groups: several groups are named 'Staff' \({ids}\): set the id of one of them\.$"):
        module((f"GET {search('Staff')}", duplicates), groups=["Staff"])


def test_absent_deletes_and_searches_for_no_group(module: Any) -> None:
    script = ((READ, RAW), (LIST, BOTH), (f"DELETE {ONE}", 204))
    outcome, _okta = module(*script, state="absent", groups=["Staff"])
    assert outcome.values == {"resource_set": None, "groups": [], "created": False, "changes": ["delete"]}


def test_absent_without_a_resource_is_no_change(module: Any) -> None:
    outcome, okta = module((READ, NOT_FOUND), state="absent")
    assert (outcome.changed, okta.writes) == (False, [])


def test_after_a_lost_response_the_set_is_found_and_corrected(module: Any) -> None:
    lost = NoResponseError(f"{POST}: no complete answer in time.", maybe_done=True)
    found = ((READ, RAW), (LIST, holding(entry(2, OWN))), (PATCH, {}))
    outcome, okta = module((APPS, [APP]), (READ, NOT_FOUND), (POST, lost), *found, groups=[GROUP])
    assert okta.bodies[-1] == {"additions": [INSIDE]}
    assert outcome.values["resource_set"] == FACTS


def test_resources_that_exist_after_a_refusal_are_success(module: Any) -> None:
    script = ((READ, RAW), (LIST, holding(entry(2, OWN))), (PATCH, refusal(400)), (LIST, BOTH))
    outcome, _okta = module((APPS, [APP]), *script, groups=[GROUP])
    assert outcome.values["resource_set"] == FACTS


def test_a_resource_that_okta_refuses_is_an_error(module: Any) -> None:
    script = ((READ, RAW), (LIST, BOTH), (PATCH, refusal(400)), (LIST, BOTH))
    with pytest.raises(ApiError, match=r"^Couldn't add resources to the set \(PATCH "):
        module(*script, resources=[OWN, INSIDE, USERS])


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_missing_permission_is_an_okta_error(module: Any, at: int) -> None:
    script: list[tuple[str, Any]] = [(READ, RAW), (LIST, BOTH), (f"DELETE {ONE}", 204)][: at + 1]
    script[at] = (script[at][0], forbidden())
    with pytest.raises(ApiError, match=r"lacks an admin role for this; onboarding needs a super admin\.$"):
        module(*script, state="absent")


def test_a_surplus_resource_without_an_id_is_reported(module: Any) -> None:
    have = holding({"orn": USERS, "id": 7}, entry(2, OWN))
    with pytest.raises(StateError, match=rf"^Okta's list shows no id for {USERS}, so it can't be removed\.$"):
        module((READ, RAW), (LIST, have), resources=[OWN])


def test_an_empty_set_is_refused_before_any_call(module: Any) -> None:
    with pytest.raises(InputError, match=r"^resources and groups are both empty: a set needs at least one\."):
        module(resources=[], groups=[])


def test_an_invalid_resource_is_refused_before_any_call(module: Any) -> None:
    with pytest.raises(InputError, match=r"^resources: 'users' is no resource"):
        module(resources=["users"], groups=["Staff"])


@pytest.mark.parametrize(("groups", "scopes"), [([GROUP], ["okta.apps.read"]), (["Staff"], ["okta.groups.read", "okta.apps.read"])])
def test_only_a_group_name_requires_an_additional_scope(monkeypatch: pytest.MonkeyPatch, groups: list[str], scopes: list[str]) -> None:
    asked: list[tuple[str, ...]] = []

    def connect(_call: Call, desired: tuple[str, ...]) -> Any:
        asked.append(desired)
        raise StateError("far enough")

    monkeypatch.setattr("ansible_collections.rezonate.okta.plugins.module_utils._resources.resource_set.connect", connect)
    options = {"state": "present", "id": None, "label": "x", "description": None, "resources": None, "groups": groups}
    with pytest.raises(StateError, match="far enough"):
        manage_resource_set(Call(params(**options)))
    assert asked == [("okta.roles.manage", *scopes)]
