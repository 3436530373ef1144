# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that change the stored record and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.events import EVENTS
from ansible_collections.rezonate.okta.plugins.modules.tenant_record import MODULE
from unit.tenant_plans import INTEGRATED, LATER, TIME, URL, VERIFIED, plan

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


def test_a_refused_request_leaves_what_was_stored_before() -> None:
    moved = {**IDENTITY, "requested_at": LATER, "previous": {"oauth": OAUTH}}
    assert after("request_refused", moved, {"moved_from": "oauth"}) == OAUTH
    assert after("request_refused", {**IDENTITY, "requested_at": LATER}, {}) is None


def test_a_refused_request_leaves_the_intent_of_an_earlier_run() -> None:
    assert after("request_refused", STORED, INTEGRATED) == STORED


def test_the_intent_to_make_a_secret_is_stored() -> None:
    assert after("secret_requested", STORED, INTEGRATED) == {**STORED, "secret_requested_at": LATER}


def test_of_what_was_made_only_that_of_remediation_is_forgotten_with_it() -> None:
    made = {"custom_role": "cr01", "resource_set": "iam1", "network_zone": "nzo1"}
    found = after("remediation_taken_away", {**OAUTH, "made": made}, VERIFIED, "oauth")
    assert found == {**OAUTH, "made": {"network_zone": "nzo1"}}


def test_of_what_was_made_only_what_sees_privileges_is_forgotten_with_it() -> None:
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
def test_the_intent_to_make_the_next_secret_is_stored_once(current: dict[str, Any], since: str) -> None:
    following = {**current.get("next", {}), "requested_at": since}
    assert after("next_secret_requested", current, INTEGRATED) == {**STORED, "next": following}


def test_the_next_secret_becomes_the_current_one_and_the_one_before_is_left_to_retire() -> None:
    current = {**STORED, "secret_hash": "h1", "next": {"requested_at": TIME, "secret_hash": "h2", "proven_at": LATER}}
    found = after("promoted", current, {**INTEGRATED, "next": {"proven_at": LATER}}, options={"rotation": "finish"})
    assert found == {**STORED, "secret_hash": "h2", "proven_at": LATER, "retiring": ["h1"]}


def test_of_a_record_that_is_forgotten_nothing_is_left() -> None:
    assert after("forgotten", STORED, INTEGRATED) is None


@pytest.mark.parametrize(("results", "left"), [({"verification": {"proved": True}}, False), ({"verification": {"refused": "no"}}, True)])
def test_a_method_used_before_is_forgotten_only_if_the_new_credentials_are_shown_to_work(results: dict[str, Any], left: bool) -> None:
    current = {**OAUTH, "previous": {"api_token": TOKEN}}
    found = after("previous_retired", current, {**VERIFIED, "previous": {"api_token": {"has_token": True}}}, "oauth", results=results)
    assert found == (current if left else OAUTH)
