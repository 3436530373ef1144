# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task files of an onboarding, the methods that it retires, and the scopes of a bootstrap client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.onboarding import bootstrap_scopes, methods_to_retire, onboarding_steps
from helpers.tenant_plans import INTEGRATED, SUPPLIED, VERIFIED, plan

TASKS = Path(__file__).resolve().parents[5] / "roles" / "rezonate" / "tasks"
PARTS = ("oauth/key", "oauth/app", "oauth/access")
GROUPS = {"remediation": True, "remediation_resource_groups": ["00g1"]}
USER = {"service_user": "auditor@acme.example"}
MADE = {**VERIFIED, "made": {"custom_role": "cr01"}}
MOVED = {**VERIFIED, "previous": {"api_token": {"has_token": True}}}
RETIRE = {"retire_previous": True}
VISIBILITY, LIMITED = {"privilege_visibility": True}, {"source_addresses": ["192.0.2.1"]}
WITH_PRIVILEGES = {**VERIFIED, "made": {"privilege_role": "cr7", "privilege_set": "iam7"}}
REFUSED = {**VERIFIED, "privileges_refused": True}
# Method, record, options; the steps after drift.
CHAINS: dict[str, tuple[str, Any, Any, list[str]]] = {
    "app": ("oauth", {}, {}, ["oauth"]),
    "limited to addresses": ("oauth", {}, {"source_addresses": ["192.0.2.1"]}, ["network_zone", "oauth"]),
    "remediation by groups": ("oauth", {}, GROUPS, ["remediation", "oauth"]),
    "addresses and groups": ("oauth", {}, {**GROUPS, "source_addresses": ["192.0.2.1"]}, ["network_zone", "remediation", "oauth"]),
    "remediation of all users": ("oauth", {}, {"remediation": True}, ["oauth"]),
    "remediation by groups removed": ("oauth", MADE, {}, ["oauth", "remove_remediation"]),
    "remediation by groups as before": ("oauth", MADE, GROUPS, ["remediation", "oauth"]),
    "a zone was created": ("oauth", {**VERIFIED, "made": {"network_zone": "nzo1"}}, {}, ["oauth"]),
    "method changed": ("oauth", MOVED, {}, ["oauth"]),
    "method changed, the previous one retires": ("oauth", MOVED, RETIRE, ["oauth", "retire"]),
    "nothing to retire": ("oauth", VERIFIED, RETIRE, ["oauth"]),
    "all removals": ("oauth", {**MADE, **MOVED, "made": MADE["made"]}, RETIRE, ["oauth", "remove_remediation", "retire"]),
    "privileges": ("oauth", {}, VISIBILITY, ["privileges", "oauth"]),
    "privileges and everything else": (
        "oauth",
        {},
        {**VISIBILITY, **GROUPS, **LIMITED},
        ["network_zone", "remediation", "privileges", "oauth"],
    ),
    "privileges removed": ("oauth", WITH_PRIVILEGES, {}, ["oauth", "remove_privileges"]),
    "privileges refused": ("oauth", {**VERIFIED, "privileges_refused": True}, VISIBILITY, ["oauth"]),
    "privileges refused, retried": ("oauth", REFUSED, {**VISIBILITY, "retry_optional_scopes": True}, ["privileges", "oauth"]),
    "privileges refused, never verified": ("oauth", {"privileges_refused": True}, VISIBILITY, ["privileges", "oauth"]),
    "privileges without an app": ("api_service_integration", INTEGRATED, VISIBILITY, ["api_service_integration"]),
    "integration": ("api_service_integration", INTEGRATED, {**GROUPS, "source_addresses": ["192.0.2.1"]}, ["api_service_integration"]),
    "token": ("api_token", SUPPLIED, {"source_addresses": ["192.0.2.1"]}, ["api_token"]),
    "token of a user": ("api_token", SUPPLIED, USER, ["service_user", "api_token"]),
    "user named, but an app": ("oauth", {}, USER, ["oauth"]),
}


@pytest.mark.parametrize("case", CHAINS)
def test_drift_requires_the_steps_of_the_method_in_order(case: str) -> None:
    method, known, options, names = CHAINS[case]
    assert onboarding_steps(plan(method, known, options=options), has_drifted=True) == [f"onboard/{name}" for name in names]


def test_the_record_is_saved_to_a_text_store_after_each_step_of_an_app() -> None:
    found = onboarding_steps(plan(options={"source_addresses": ["192.0.2.1"]}, store={"holds_text": True}), has_drifted=True)
    assert found == ["onboard/network_zone", *(step for name in PARTS for step in (f"onboard/{name}", "save_to_store"))]
    assert bootstrap_scopes(found) == ["okta.networkZones.manage", *SCOPES["oauth"]]


@pytest.mark.parametrize("case", CHAINS)
def test_without_drift_only_additional_requests_are_done(case: str) -> None:
    method, known, options, names = CHAINS[case]
    after = [f"onboard/{name}" for name in names if name in ("remove_remediation", "remove_privileges", "retire")]
    assert onboarding_steps(plan(method, known, options=options, compared=True), has_drifted=False) == after


@pytest.mark.parametrize("case", CHAINS)
def test_a_tenant_that_was_not_compared_is_unchanged(case: str) -> None:
    method, known, options, _names = CHAINS[case]
    assert onboarding_steps(plan(method, known, options=options, compared=False), has_drifted=False) == []


def test_a_new_token_of_a_verified_tenant_needs_no_credential_for_its_user() -> None:
    for known, names in ((SUPPLIED, ["api_token"]), ({}, ["service_user", "api_token"])):
        found = onboarding_steps(plan("api_token", known, options=USER, credential={}), has_drifted=True)
        assert found == [f"onboard/{name}" for name in names]


PREVIOUS: dict[str, Any] = {
    "api_token": {"has_token": True},
    "oauth": {"application_id": "0oa1"},
    "api_service_integration": {"client_id": "0oa2"},
}


def test_all_previous_methods_are_retired() -> None:
    assert methods_to_retire(plan(known={"previous": PREVIOUS})) == ["api_token", "oauth", "api_service_integration"]
    assert methods_to_retire(plan()) == []


@pytest.mark.parametrize("method", ["oauth", "api_service_integration"])
def test_adopted_objects_are_not_retired(method: str) -> None:
    previous = {**PREVIOUS, method: {**PREVIOUS[method], "adopted": True}}
    assert methods_to_retire(plan(known={"previous": previous})) == [name for name in PREVIOUS if name != method]


def test_an_adopted_app_is_not_deleted() -> None:
    assert methods_to_retire(plan(known={"previous": {"oauth": {"application_id": "0oa1", "adopted": True}}})) == []
    assert methods_to_retire(plan(known={"previous": {"oauth": {"application_id": "0oa1", "adopted": False}}})) == ["oauth"]


def test_without_a_credential_only_a_token_is_retired() -> None:
    assert methods_to_retire(plan(known={"previous": PREVIOUS}, credential={})) == ["api_token"]


SCOPES = {
    "oauth": ["okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage"],
    "api_service_integration": ["okta.oauthIntegrations.manage"],
    "api_token": ["okta.roles.read", "okta.apiTokens.read"],
    "network_zone": ["okta.networkZones.manage"],
    "remediation": ["okta.roles.manage", "okta.groups.read"],
    "remove_remediation": ["okta.roles.manage"],
    "service_user": ["okta.users.manage", "okta.roles.manage"],
    "retire": ["okta.apps.manage", "okta.oauthIntegrations.manage"],
}


@pytest.mark.parametrize("name", SCOPES)
def test_a_step_needs_the_scopes_of_its_calls(name: str) -> None:
    assert bootstrap_scopes([f"onboard/{name}"]) == SCOPES[name]


def test_steps_need_each_scope_once() -> None:
    found = bootstrap_scopes(["onboard/remediation", "onboard/oauth"])
    assert found == ["okta.roles.manage", "okta.groups.read", "okta.apps.manage", "okta.appGrants.manage"]
    assert bootstrap_scopes([]) == []


@pytest.mark.parametrize("name", [*SCOPES, *PARTS])
def test_each_step_is_a_task_file(name: str) -> None:
    assert (TASKS / "onboard" / f"{name}.yml").is_file()
