# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The events that change only the stored record."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.record_events import EVENTS
from ansible_collections.rezonate.okta.plugins.modules.tenant_record import MODULE
from helpers.tenant_plans import INTEGRATED, LATER, TIME, URL, VERIFIED, plan

IDENTITY = {"method": "api_service_integration", "tenant_id": "acme", "org_url": URL}
STORED: dict[str, Any] = {**IDENTITY, "client_id": "0oa2", "requested_at": TIME}
OAUTH = {"method": "oauth", "application_id": "0oa1"}
TOKEN = {"method": "api_token", "api_token": "made-up"}


def after(event: str, current: dict[str, Any], known: Any, method: str = "api_service_integration", **members: Any) -> Any:
    """The record after an event."""
    return EVENTS[event](plan(method, known, **members), current, LATER)


def test_the_module_has_these_events() -> None:
    assert sorted(MODULE.options["event"]["choices"]) == sorted(EVENTS)


def test_an_intent_is_stored_once() -> None:
    assert after("integration_requested", {}, {}) == {**IDENTITY, "requested_at": LATER}
    assert after("integration_requested", STORED, INTEGRATED) == STORED


def test_a_refused_request_restores_the_previous_record() -> None:
    moved = {**IDENTITY, "requested_at": LATER, "previous": {"oauth": OAUTH}}
    assert after("request_refused", moved, {"moved_from": "oauth"}) == OAUTH
    assert after("request_refused", {**IDENTITY, "requested_at": LATER}, {}) is None


def test_a_refused_request_retains_the_intent_of_an_earlier_run() -> None:
    assert after("request_refused", STORED, INTEGRATED) == STORED


def test_the_intent_to_create_a_secret_is_stored() -> None:
    assert after("secret_requested", STORED, INTEGRATED) == {**STORED, "secret_requested_at": LATER}


def test_only_the_objects_of_remediation_are_removed_with_it() -> None:
    made = {"custom_role": "cr01", "resource_set": "iam1", "network_zone": "nzo1"}
    found = after("remediation_taken_away", {**OAUTH, "made": made}, VERIFIED, "oauth")
    assert found == {**OAUTH, "made": {"network_zone": "nzo1"}}


def test_only_the_objects_of_the_privilege_role_are_removed_with_it() -> None:
    made = {"custom_role": "cr01", "privilege_role": "cr07", "privilege_set": "iam7"}
    assert after("privileges_taken_away", {**OAUTH, "made": made}, VERIFIED, "oauth") == {**OAUTH, "made": {"custom_role": "cr01"}}


@pytest.mark.parametrize(
    ("current", "since"),
    [
        (STORED, LATER),
        ({**STORED, "next": {}}, LATER),
        ({**STORED, "next": {"requested_at": TIME, "client_secret": "made-up"}}, TIME),
    ],
)
def test_the_intent_to_create_the_next_secret_is_stored_once(current: dict[str, Any], since: str) -> None:
    following = {**current.get("next", {}), "requested_at": since}
    assert after("next_secret_requested", current, INTEGRATED) == {**STORED, "next": following}


def test_the_next_secret_becomes_the_current_one_and_the_previous_one_is_retiring() -> None:
    current = {**STORED, "secret_hash": "h1", "next": {"requested_at": TIME, "secret_hash": "h2", "proven_at": LATER}}
    found = after("promoted", current, {**INTEGRATED, "next": {"proven_at": LATER}}, options={"rotation": "finish"})
    assert found == {**STORED, "secret_hash": "h2", "proven_at": LATER, "retiring": ["h1"]}


def test_a_deleted_record_is_empty() -> None:
    assert after("forgotten", STORED, INTEGRATED) is None


@pytest.mark.parametrize(("results", "left"), [({"verification": {"proved": True}}, False), ({"verification": {"refused": "no"}}, True)])
def test_a_previous_method_is_removed_only_if_the_new_credentials_are_verified(results: dict[str, Any], left: bool) -> None:
    current = {**OAUTH, "previous": {"api_token": TOKEN}}
    found = after("previous_retired", current, {**VERIFIED, "previous": {"api_token": {"has_token": True}}}, "oauth", results=results)
    assert found == (current if left else OAUTH)
