# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report of a tenant is made of."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, Stored
from unit.tenant_plans import HANDED_OVER, TIME, URL, VERIFIED, plan

STORE = {"path": "f"}
APP = {"app": {"id": "0oa1", "network_zones": []}}


def test_the_stored_record_comes_of_the_plan() -> None:
    known = {**VERIFIED, "take_over": True, "previous": {"api_token": HANDED_OVER}, "moved_from": "api_token"}
    found = Stored.of(plan(known=known, store={"path": "f", "view_command": "view f", "label": "rz"}))
    own = {**VERIFIED, "take_over": True}
    assert (found.path, found.view_command, found.vault_id, found.method) == ("f", "view f", "rz", "oauth")
    assert (found.moves, found.proven, found.known, found.scopes_version) == (True, True, known, 3)
    assert found.methods == {"oauth": own, "api_token": HANDED_OVER}
    assert found.rotation == {"stage": "taking over", "since": TIME}


def test_of_a_record_that_is_not_there_nothing_is_known() -> None:
    found = Stored.of(plan(store={"path": "f", "view_command": None}))
    assert found == Stored("f", scopes_version=3)
    assert (Stored().rotation, Stored().scopes_version, Stored().method) == ({"stage": "none", "since": ""}, 1, "oauth")


def test_a_plan_is_reported_as_it_is() -> None:
    made = plan(options={"app_label": "R"}, results={"app": {"changed": True}}, store=STORE, compared=True, check=True)
    facts = Facts.of_plan(made, verbose=True)
    assert (facts.work, facts.stage, facts.tenant, facts.org_url, facts.caller) == ("onboard", "", "acme", URL, "api_token")
    assert (facts.options, facts.stored, facts.results) == (made.options, Stored.of(made), made.results)
    assert (facts.compared, facts.check, facts.verbose, facts.new_token) == (True, True, True, False)
    assert facts.scope_sets == {
        3: ["okta.users.read", "okta.apps.read", "okta.devices.read", "okta.policies.read"],
        4: ["okta.users.read", "okta.realms.read"],
    }


@pytest.mark.parametrize(
    ("options", "sets"),
    [
        ({"scopes": ["okta.logs.read"]}, {3: ["okta.devices.read", "okta.policies.read"], 4: ["okta.realms.read"]}),
        ({"optional_scopes": []}, {3: ["okta.users.read", "okta.apps.read"], 4: ["okta.users.read"]}),
        ({"scopes": ["okta.logs.read"], "optional_scopes": []}, {3: [], 4: []}),
    ],
)
def test_a_list_of_the_tenant_s_own_stands_in_place_of_default_scopes(options: dict[str, Any], sets: dict[int, list[str]]) -> None:
    assert Facts.of_plan(plan(options=options, store=STORE)).scope_sets == sets


def test_a_run_that_did_nothing_is_nothing_of_all_that() -> None:
    facts = Facts.of_plan(plan(store=STORE, credential={}))
    assert (facts.caller, facts.results, facts.compared, facts.check, facts.verbose, facts.new_token) == (
        "",
        {},
        False,
        False,
        False,
        False,
    )


def test_a_rotation_comes_with_what_it_was_asked_for() -> None:
    assert Facts.of_plan(plan(work="rotate", options={"rotation": "finish"}, store=STORE)).stage == "finish"
    assert Facts.of_plan(plan(work="onboard", options={"rotation": "finish"}, store=STORE)).stage == ""


def test_the_plan_of_an_offboarding_has_no_scopes() -> None:
    facts = Facts.of_plan(plan(work="offboard", scopes={}, known=VERIFIED, store=STORE))
    assert (facts.scope_sets, facts.stored.methods, facts.stored.scopes_version) == ({}, {"oauth": VERIFIED}, 1)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("network_zone", "zone"),
        ("verification", "proof"),
        ("second_look", "saved_proof"),
        ("forgotten", "saved_last"),
        ("app", "app"),
        ("found", "found"),
    ],
)
def test_a_step_is_reported_under_the_name_of_its_result(step: str, name: str) -> None:
    assert Facts.of_plan(plan(results={step: {"changed": True}}, store=STORE)).results == {name: {"changed": True}}


def test_a_key_that_was_generated_is_made() -> None:
    made, given = ({"changed": True, "generated": generated, "key_id": "k1"} for generated in (True, False))
    assert Facts.of_plan(plan(results={"key": made}, store=STORE)).of("made", "key_id") == "k1"
    assert Facts.of_plan(plan(results={"key": given}, store=STORE)).of("made") is None


def test_another_api_token_is_one_that_the_inspection_found_new() -> None:
    assert Facts.of_plan(plan("api_token", results={"inspection": {"is_new_token": True}}, store=STORE)).new_token


def test_members_are_read_through_what_is_missing() -> None:
    facts = Facts("onboard", results={"app": APP, "grants": {"added": ["a"], "removed": None}})
    assert (facts.of("app", "app", "id"), facts.of("app", "role", "id"), facts.of("zone", "zone", "id")) == ("0oa1", None, None)
    assert (facts.of("grants", "added", "x"), facts.listed("grants", "added"), facts.listed("grants", "removed")) == (None, ["a"], [])


def test_options_that_are_not_set_are_false_or_empty() -> None:
    facts = Facts("onboard", options={"verify": True, "scopes": ["a"], "optional_scopes": None})
    assert (facts.flag("verify"), facts.flag("adopt_existing")) == (True, False)
    assert (facts.words("scopes"), facts.words("optional_scopes"), facts.words("network_zones")) == (["a"], [], [])


def test_what_the_report_is_about() -> None:
    facts = Facts("onboard", tenant="acme", org_url="https://acme.okta.com", stored=Stored(known={"proven_at": "t"}))
    assert (facts.subject, facts.method, facts.credential) == ("Tenant acme (https://acme.okta.com)", "oauth", "key")
    assert (facts.known, facts.was_onboarded, Facts("onboard").was_onboarded) == ({"proven_at": "t"}, True, False)
    assert Facts("onboard", stored=Stored(method="api_service_integration")).credential == "client secret"


def test_a_run_is_verbose_in_no_way_unless_it_is_said() -> None:
    facts = Facts("onboard")
    assert (facts.check, facts.verbose, facts.new_token, facts.stage, facts.tenant, facts.org_url, facts.caller) == (False,) * 3 + ("",) * 4
    assert (facts.options, facts.results, facts.scope_sets, facts.stored) == ({}, {}, {}, Stored())


DRIFTING = ("zone", "resource_set", "app", "integration", "custom_role", "grants", "roles")
RESULTS = (*DRIFTING, "late_roles", "service_user", "secrets", "adopted_app", "saved", "saved_proof", "saved_last", "revoked")


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_that_was_changed_counts(name: str) -> None:
    facts = Facts("onboard", results={"proof": {}, name: {"changed": True}})
    assert (facts.is_changed, facts.changes_tenant, facts.is_drifted) == (True, name != "revoked", name in DRIFTING)
    same = Facts("onboard", results={name: {"changed": False}})
    assert (same.is_changed, same.changes_tenant, same.is_drifted) == (False, False, False)


@pytest.mark.parametrize(("method", "without"), [("oauth", False), ("api_service_integration", False), ("api_token", True)])
def test_a_tenant_is_compared_where_the_plan_says_so(method: str, without: bool) -> None:
    stored = Stored(method=method)
    assert (Facts("onboard", stored=stored, compared=True).is_compared, Facts("onboard", stored=stored).is_compared) == (True, without)


@pytest.mark.parametrize(
    ("verify", "check", "results", "verified"),
    [
        (True, False, {}, False),
        (True, False, {"proof": {"proved": []}}, True),
        (True, False, {"inspection": {"inspected": {}}}, True),
        (True, True, {"app": {"changed": True}}, True),
        (True, True, {}, False),
        (True, False, {"app": {"changed": True}}, False),
        (False, True, {"app": {"changed": True}}, False),
    ],
)
def test_credentials_are_verified_or_would_be(verify: bool, check: bool, results: dict[str, Any], verified: bool) -> None:
    assert Facts("onboard", options={"verify": verify}, check=check, results=results).is_verified == verified


@pytest.mark.parametrize(
    ("options", "results", "zones"),
    [
        ({}, {"app": APP}, []),
        ({}, {"app": {"app": {"network_zones": ["nzo3"]}}}, ["nzo3"]),
        ({"network_zones": ["nzo1"]}, {"app": {"app": {"network_zones": ["nzo3"]}}}, ["nzo1"]),
        ({"network_zones": ["nzo1"]}, {"app": APP, "zone": {"zone": {"id": "nzo2"}}}, ["nzo1", "nzo2"]),
        ({}, {"app": APP, "zone": {"zone": {"name": "Z"}}}, []),
    ],
)
def test_from_which_networks_the_app_may_be_used(options: dict[str, Any], results: dict[str, Any], zones: list[str]) -> None:
    assert Facts("onboard", options=options, results=results).limits == zones


@pytest.mark.parametrize(("proof", "barred"), [({"barred": True}, True), ({"barred": False}, False), ({"proved": []}, False)])
def test_credentials_are_barred_where_the_verification_says_so(proof: dict[str, Any], barred: bool) -> None:
    assert Facts("onboard", results={"proof": proof}).is_barred is barred
    assert not Facts("onboard").is_barred


@pytest.mark.parametrize(
    ("option", "known", "adopting"),
    [(False, {}, False), (True, {}, True), (False, {"take_over": True}, True), (False, {"adopted": True}, False)],
)
def test_who_adopts(option: bool, known: dict[str, Any], adopting: bool) -> None:
    assert Facts("onboard", options={"adopt_existing": option}, stored=Stored(known=known)).is_adopting == adopting


@pytest.mark.parametrize(
    ("option", "caller", "revokes"),
    [
        ("true", "api_token", True),
        ("always", "api_token", True),
        ("false", "api_token", False),
        ("true", "client", False),
        ("true", "", False),
    ],
)
def test_when_the_bootstrap_token_is_revoked(option: str, caller: str, revokes: bool) -> None:
    assert Facts("onboard", options={"revoke_bootstrap_token": option}, caller=caller).revokes_bootstrap_token == revokes


def test_that_the_bootstrap_token_is_revoked_is_a_sentence() -> None:
    results = {"revoked": {"changed": True}}
    assert list(Facts("onboard", results=results).revoked()) == ["The bootstrap API token was revoked."]
    assert list(Facts("onboard", results=results, check=True).revoked()) == ["The bootstrap API token would be revoked."]
    assert list(Facts("onboard", results={"revoked": {"changed": False}}).revoked()) == []
