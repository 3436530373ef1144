# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The step that makes the app, and those that take away what remediation was limited by."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.plugin_utils._oauth_steps import (
    AppStep,
    LostCustomRoleStep,
    LostResourceSetStep,
    LostRoleStep,
)
from ansible_collections.rezonate.okta.plugins.plugin_utils._tenant_step import Step
from unit.tenant_plans import VERIFIED, app, plan

MADE = {"custom_role": "cr01", "resource_set": "iam1"}
TAKE_OVER = {"take_over": True}


def remediated(made: Any = None, results: Any = None, options: Any = None, **known: Any) -> Plan:
    """The plan of a tenant whose remediation was limited to groups."""
    return plan("oauth", {**VERIFIED, "made": MADE if made is None else made, **known}, results, options)


def step(kind: type[Step], of: Plan) -> Step:
    """A step of a tenant."""
    context: Any = SimpleNamespace(plan=of)
    return kind(context)


LEAVES: dict[str, tuple[Plan, bool]] = {
    "being adopted": (remediated(results={"app": app()}, options=TAKE_OVER), True),
    "adopted by an earlier run": (remediated(results={"app": app()}, **TAKE_OVER), True),
    "not exclusive": (remediated(options={"exclusive": False}), True),
    "exclusive": (remediated(results={"app": app()}), False),
    "made anew, exclusive": (remediated(results={"app": app(created=True)}, options=TAKE_OVER), False),
}


@pytest.mark.parametrize("case", LEAVES)
def test_our_custom_role_leaves_an_adopted_app(case: str) -> None:
    of, applies = LEAVES[case]
    assert step(LostRoleStep, of).applies is applies


def test_our_custom_role_is_taken_from_the_app_by_its_pair() -> None:
    of = remediated(results={"app": app(client_id="c1")}, options=TAKE_OVER)
    pair = {"role": "cr01", "resource_set": "iam1"}
    assert step(LostRoleStep, of).options() == {"state": "absent", "app_client_id": "c1", "custom_roles": [pair]}
    alone = step(LostRoleStep, remediated({"custom_role": "cr01"})).options()
    assert alone["custom_roles"] == [{"role": "cr01", "resource_set": "not-made-in-check-mode"}]


def test_our_custom_role_and_resource_set_are_deleted_unless_others_use_them() -> None:
    of = remediated(options={"remediation_permissions": ["okta.users.manage"]})
    common = {"state": "absent", "only_unused": True, "own_apps": ["0oa1"]}
    assert step(LostCustomRoleStep, of).options() == {**common, "id": "cr01", "permissions": ["okta.users.manage"]}
    assert step(LostResourceSetStep, of).options() == {**common, "id": "iam1"}


def test_a_resource_set_is_deleted_only_if_we_made_one() -> None:
    assert step(LostResourceSetStep, remediated()).applies is True
    assert step(LostResourceSetStep, remediated({"custom_role": "cr01"})).applies is False


@pytest.mark.parametrize(("results", "expected"), [({"caller": {"caller": {"id": "00u1", "kind": "api_token"}}}, True), ({}, False)])
def test_an_app_is_made_with_what_the_plan_knows_of_the_caller(results: Any, *, expected: bool) -> None:
    calls: list[Call] = []

    def work(call: Call) -> Outcome:
        calls.append(call)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        step(AppStep, plan("oauth", {}, results)).run(Call({}), work)
    assert [call.caller_sees_all for call in calls] == [expected]
