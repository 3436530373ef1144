# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that create the app and assign admin roles, and those that remove obsolete custom roles."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.plugin_utils._steps.oauth import (
    ObsoleteCustomRoleStep,
    ObsoleteResourceSetStep,
    ObsoleteRoleStep,
    RolesStep,
)
from ansible_collections.rezonate.okta.plugins.plugin_utils._steps.step import Step
from helpers.tenant_plans import VERIFIED, app, plan

MADE = {"custom_role": "cr01", "resource_set": "iam1"}
TAKE_OVER = {"take_over": True}  # in the record
ADOPT = {"adopt_existing": True}  # in the settings


def remediated(made: Any = None, results: Any = None, options: Any = None, **known: Any) -> Plan:
    """The plan of a tenant whose remediation was limited to groups."""
    return plan("oauth", {**VERIFIED, "made": MADE if made is None else made, **known}, results, options)


def step(kind: type[Step], of: Plan) -> Step:
    """A step of a tenant."""
    context: Any = SimpleNamespace(plan=of)
    return kind(context)


UNASSIGNED: dict[str, tuple[Plan, bool]] = {
    "being adopted": (remediated(results={"app": app()}, options=ADOPT), True),
    "adopted by an earlier run": (remediated(results={"app": app()}, **TAKE_OVER), True),
    "not exclusive": (remediated(options={"exclusive": False}), True),
    "exclusive": (remediated(results={"app": app()}), False),
    "recreated, exclusive": (remediated(results={"app": app(created=True)}, options=ADOPT), False),
}


@pytest.mark.parametrize("case", UNASSIGNED)
def test_the_managed_custom_role_is_unassigned_from_an_adopted_app(case: str) -> None:
    of, applies = UNASSIGNED[case]
    assert step(ObsoleteRoleStep, of).applies is applies


def test_the_managed_custom_role_is_removed_from_the_app_by_its_pair() -> None:
    of = remediated(results={"app": app(client_id="c1")}, options=ADOPT)
    pair = {"role": "cr01", "resource_set": "iam1"}
    assert step(ObsoleteRoleStep, of).options() == {"state": "absent", "app_client_id": "c1", "custom_roles": [pair]}
    alone = step(ObsoleteRoleStep, remediated({"custom_role": "cr01"})).options()
    assert alone["custom_roles"] == [{"role": "cr01", "resource_set": "not-created-in-check-mode"}]


def test_the_managed_custom_role_and_resource_set_are_deleted_unless_others_use_them() -> None:
    of = remediated(options={"remediation_permissions": ["okta.users.manage"]})
    common = {"state": "absent", "only_unused": True, "own_apps": ["0oa1"]}
    assert step(ObsoleteCustomRoleStep, of).options() == {**common, "id": "cr01", "permissions": ["okta.users.manage"]}
    assert step(ObsoleteResourceSetStep, of).options() == {**common, "id": "iam1"}


def test_a_resource_set_is_deleted_only_if_a_run_created_one() -> None:
    assert step(ObsoleteResourceSetStep, remediated()).applies is True
    assert step(ObsoleteResourceSetStep, remediated({"custom_role": "cr01"})).applies is False


def assigned_before(**roles: Any) -> Step:
    """The step after another step that has assigned the roles, or has failed to."""
    return step(RolesStep, plan("oauth", VERIFIED, {"app": app(created=True), "roles": roles}, store={"path": "acme.vault"}))


def never(_call: Call) -> Outcome:
    raise AssertionError("Okta is asked again")


def test_roles_that_were_assigned_during_the_creation_of_the_app_are_not_assigned_again() -> None:
    outcome = assigned_before(changed=True, roles=["READ_ONLY_ADMIN"]).run(Call({}), never)
    assert (outcome.changed, outcome.before, outcome.after) == (True, {"roles": []}, {"roles": ["READ_ONLY_ADMIN"]})
    assert outcome.values["plan"]["results"]["roles"] == {"changed": True, "roles": ["READ_ONLY_ADMIN"]}


def test_a_failed_assignment_is_not_repeated() -> None:
    with pytest.raises(StateError, match=r"^Okta answered 429$"):
        assigned_before(refused="Okta answered 429").run(Call({}), never)
