# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts for the report of a tenant."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, StoredFacts
from helpers.tenant_plans import SUPPLIED, TIME, URL, VERIFIED, plan

STORE = {"path": "f"}
APP = {"app": {"id": "0oa1", "network_zones": []}}


def test_the_stored_facts_come_from_the_plan() -> None:
    known = {**VERIFIED, "take_over": True, "previous": {"api_token": SUPPLIED}, "moved_from": "api_token"}
    found = StoredFacts.of(plan(known=known, store={"path": "f", "view_command": "view f", "label": "rz"}))
    own = {**VERIFIED, "take_over": True}
    assert (found.path, found.view_command, found.vault_id, found.method) == ("f", "view f", "rz", "oauth")
    assert (found.changes_method, found.verified, found.known, found.scopes_version) == (True, True, known, 3)
    assert found.methods == {"oauth": own, "api_token": SUPPLIED}
    assert found.rotation == {"stage": "taking over", "since": TIME}


def test_a_missing_record_has_no_facts() -> None:
    found = StoredFacts.of(plan(store={"path": "f", "view_command": None}))
    assert found == StoredFacts("f", scopes_version=3)
    assert (StoredFacts().rotation, StoredFacts().scopes_version, StoredFacts().method) == ({"stage": "none", "since": ""}, 1, "oauth")


def test_the_facts_of_a_plan() -> None:
    made = plan(options={"app_label": "R"}, results={"app": {"changed": True}}, store=STORE, compared=True, check=True)
    facts = Facts.of_plan(made, verbose=True)
    assert (facts.work, facts.stage, facts.tenant, facts.org_url, facts.caller) == ("onboard", "", "acme", URL, "api_token")
    assert (facts.options, facts.stored, facts.results) == (made.options, StoredFacts.of(made), made.results)
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
def test_a_list_of_the_tenant_replaces_the_default_scopes(options: dict[str, Any], sets: dict[int, list[str]]) -> None:
    assert Facts.of_plan(plan(options=options, store=STORE)).scope_sets == sets


def test_a_run_without_results_has_default_facts() -> None:
    facts = Facts.of_plan(plan(store=STORE, credential={}))
    assert (facts.caller, facts.results, facts.compared, facts.check, facts.verbose, facts.new_token) == (
        "",
        {},
        False,
        False,
        False,
        False,
    )


def test_a_rotation_has_its_command() -> None:
    assert Facts.of_plan(plan(work="rotate", options={"rotation": "finish"}, store=STORE)).stage == "finish"
    assert Facts.of_plan(plan(work="onboard", options={"rotation": "finish"}, store=STORE)).stage == ""


def test_the_plan_of_an_offboarding_has_no_scopes() -> None:
    facts = Facts.of_plan(plan(work="offboard", scopes={}, known=VERIFIED, store=STORE))
    assert (facts.scope_sets, facts.stored.methods, facts.stored.scopes_version) == ({}, {"oauth": VERIFIED}, 1)


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("network_zone", "zone"),
        ("verification", "verification"),
        ("second_look", "saved_verification"),
        ("forgotten", "removed_record"),
        ("app", "app"),
        ("found", "found"),
    ],
)
def test_a_step_has_the_name_of_its_result(step: str, name: str) -> None:
    assert Facts.of_plan(plan(results={step: {"changed": True}}, store=STORE)).results == {name: {"changed": True}}


def test_a_generated_key_has_its_own_result() -> None:
    made, given = ({"changed": True, "generated": generated, "key_id": "k1"} for generated in (True, False))
    assert Facts.of_plan(plan(results={"key": made}, store=STORE)).of("made", "key_id") == "k1"
    assert Facts.of_plan(plan(results={"key": given}, store=STORE)).of("made") is None


def test_a_new_api_token_is_found_by_the_inspection() -> None:
    assert Facts.of_plan(plan("api_token", results={"inspection": {"is_new_token": True}}, store=STORE)).new_token


def test_missing_members_have_no_value() -> None:
    facts = Facts("onboard", results={"app": APP, "grants": {"added": ["a"], "removed": None}})
    assert (facts.of("app", "app", "id"), facts.of("app", "role", "id"), facts.of("zone", "zone", "id")) == ("0oa1", None, None)
    assert (facts.of("grants", "added", "x"), facts.listed("grants", "added"), facts.listed("grants", "removed")) == (None, ["a"], [])


def test_unset_options_are_false_or_empty() -> None:
    facts = Facts("onboard", options={"verify": True, "scopes": ["a"], "optional_scopes": None})
    assert (facts.flag("verify"), facts.flag("adopt_existing")) == (True, False)
    assert (facts.words("scopes"), facts.words("optional_scopes"), facts.words("network_zones")) == (["a"], [], [])


def test_the_subject_of_the_report() -> None:
    facts = Facts("onboard", tenant="acme", org_url="https://acme.okta.com", stored=StoredFacts(known={"proven_at": "t"}))
    assert (facts.subject, facts.method, facts.credential) == ("Tenant acme (https://acme.okta.com)", "oauth", "key")
    assert (facts.known, facts.was_onboarded, Facts("onboard").was_onboarded) == ({"proven_at": "t"}, True, False)
    assert Facts("onboard", stored=StoredFacts(method="api_service_integration")).credential == "client secret"


def test_optional_facts_are_off_by_default() -> None:
    facts = Facts("onboard")
    assert (facts.check, facts.verbose, facts.new_token, facts.stage, facts.tenant, facts.org_url, facts.caller) == (False,) * 3 + ("",) * 4
    assert (facts.options, facts.results, facts.scope_sets, facts.stored) == ({}, {}, {}, StoredFacts())


DRIFTING = ("zone", "resource_set", "app", "integration", "custom_role", "grants", "roles")
RESULTS = (*DRIFTING, "late_roles", "service_user", "secrets", "adopted_app", "saved", "saved_verification", "removed_record", "revoked")


@pytest.mark.parametrize("name", RESULTS)
def test_each_changed_result_counts_as_a_change(name: str) -> None:
    facts = Facts("onboard", results={"verification": {}, name: {"changed": True}})
    assert (facts.is_changed, facts.changes_tenant, facts.is_drifted) == (True, name != "revoked", name in DRIFTING)
    same = Facts("onboard", results={name: {"changed": False}})
    assert (same.is_changed, same.changes_tenant, same.is_drifted) == (False, False, False)


@pytest.mark.parametrize(("method", "without"), [("oauth", False), ("api_service_integration", False), ("api_token", True)])
def test_a_tenant_is_compared_according_to_the_plan(method: str, without: bool) -> None:
    stored = StoredFacts(method=method)
    assert (Facts("onboard", stored=stored, compared=True).is_compared, Facts("onboard", stored=stored).is_compared) == (True, without)


@pytest.mark.parametrize(
    ("verify", "check", "results", "verified"),
    [
        (True, False, {}, False),
        (True, False, {"verification": {"proved": []}}, True),
        (True, False, {"inspection": {"inspected": {}}}, True),
        (True, True, {"app": {"changed": True}}, True),
        (True, True, {}, False),
        (True, False, {"app": {"changed": True}}, False),
        (False, True, {"app": {"changed": True}}, False),
    ],
)
def test_credentials_are_verified_or_would_be_in_check_mode(verify: bool, check: bool, results: dict[str, Any], verified: bool) -> None:
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
def test_the_network_zones_that_the_app_is_limited_to(options: dict[str, Any], results: dict[str, Any], zones: list[str]) -> None:
    assert Facts("onboard", options=options, results=results).allowed_zones == zones


@pytest.mark.parametrize(("verification", "barred"), [({"barred": True}, True), ({"barred": False}, False), ({"proved": []}, False)])
def test_credentials_are_barred_according_to_the_verification(verification: dict[str, Any], barred: bool) -> None:
    assert Facts("onboard", results={"verification": verification}).is_barred is barred
    assert not Facts("onboard").is_barred


@pytest.mark.parametrize(
    ("option", "known", "adopting"),
    [(False, {}, False), (True, {}, True), (False, {"take_over": True}, True), (False, {"adopted": True}, False)],
)
def test_an_option_or_the_record_starts_an_adoption(option: bool, known: dict[str, Any], adopting: bool) -> None:
    assert Facts("onboard", options={"adopt_existing": option}, stored=StoredFacts(known=known)).is_adopting == adopting


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


def test_the_revocation_of_the_bootstrap_token_is_a_sentence() -> None:
    results = {"revoked": {"changed": True}}
    assert list(Facts("onboard", results=results).revocation_sentence()) == ["The bootstrap API token was revoked."]
    assert list(Facts("onboard", results=results, check=True).revocation_sentence()) == ["The bootstrap API token would be revoked."]
    assert list(Facts("onboard", results={"revoked": {"changed": False}}).revocation_sentence()) == []
