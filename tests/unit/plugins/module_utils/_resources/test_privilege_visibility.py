# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The custom role that can read privileges: found by its label, compared by its id."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.privilege_visibility import (
    compare_privilege_resources,
    covers_only,
    find_privilege_resources,
)
from helpers.fake_okta import FakeOkta, forbidden, params, refusal

IAM = "orn:{partition}:iam:{orgId}:contained_resources"
OWN = "orn:okta:iam:00o1:contained_resources"
NOT_FOUND = refusal(404, "E0000007")
ROLES, SETS = "GET /api/v1/iam/roles", "GET /api/v1/iam/resource-sets"
APPS = ("GET /api/v1/apps?limit=1", [{"orn": "orn:okta:idp:00o1:apps:saasure:0oa0"}])
ROLE, SET = {"id": "cr0", "label": "Ours", "description": "x"}, {"id": "iam0", "label": "Ours", "description": "x"}
PERMISSIONS = {"permissions": [{"label": "okta.iam.read"}]}
RESOURCES = {"resources": [{"id": "ire1", "orn": OWN}]}


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; its calls are parallel, so their order is arbitrary."""

    def run_module(work: Any, *script: tuple[str, Any], **options: Any) -> Outcome:
        okta = FakeOkta(*script)
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        outcome: Outcome = work(Call(params(**options, resource=IAM)))
        assert okta.left == []
        return outcome

    return run_module


@pytest.mark.parametrize(
    ("role", "resource_set", "missing"),
    [(NOT_FOUND, NOT_FOUND, True), (ROLE, NOT_FOUND, False), (NOT_FOUND, SET, False)],
)
def test_the_privilege_resources_are_missing_only_if_both_are(done: Any, role: Any, resource_set: Any, missing: bool) -> None:
    parts = [(f"{ROLES}/cr0/permissions", PERMISSIONS)] if role is ROLE else []
    more = [(f"{SETS}/iam0/resources", RESOURCES)] if resource_set is SET else []
    outcome = done(find_privilege_resources, (f"{ROLES}/Ours", role), *parts, (f"{SETS}/Ours", resource_set), *more, APPS, label="Ours")
    assert outcome.values == {"are_missing": missing, "resource": OWN}


# Permissions, resources; whether there is drift.
COMPARED: dict[str, tuple[Any, Any, bool]] = {
    "in the desired state": (PERMISSIONS, RESOURCES, False),
    "a surplus permission": ({"permissions": [{"label": "okta.iam.read"}, {"label": "okta.users.manage"}]}, RESOURCES, True),
    "no permission": ({"permissions": []}, RESOURCES, True),
    "no resource": (PERMISSIONS, {"resources": []}, True),
    "a surplus resource": (
        PERMISSIONS,
        {"resources": [*RESOURCES["resources"], {"id": "ire2", "orn": "orn:okta:directory:00o1:users"}]},
        True,
    ),
    "another resource": (PERMISSIONS, {"resources": [{"id": "ire2", "orn": "orn:okta:directory:00o1:users"}]}, True),
    "the role does not exist": (NOT_FOUND, RESOURCES, True),
    "the resource set does not exist": (PERMISSIONS, NOT_FOUND, True),
}


@pytest.mark.parametrize("case", COMPARED)
def test_role_and_set_are_compared_in_two_calls(done: Any, case: str) -> None:
    permissions, resources, differs = COMPARED[case]
    script = ((f"{ROLES}/cr0/permissions", permissions), (f"{SETS}/iam0/resources", resources))
    assert done(compare_privilege_resources, *script, role="cr0", resource_set="iam0", permission="okta.iam.read").changed is differs


def test_a_missing_permission_is_an_error(done: Any) -> None:
    with pytest.raises(ApiError, match="E0000006"):
        done(
            compare_privilege_resources,
            (f"{ROLES}/cr0/permissions", forbidden()),
            role="cr0",
            resource_set="iam0",
            permission="okta.iam.read",
        )


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([OWN], True),
        (["orn:oktapreview:iam:00o2:contained_resources"], True),
        ([], False),
        ([OWN, OWN.replace("00o1", "00o2")], False),
        (["orn:okta:directory:00o1:contained_resources"], False),
        (["orn:okta:iam:00o1:roles"], False),
        (["resource 1"], False),
    ],
)
def test_a_set_covers_exactly_the_required_resources(resources: list[str], expected: bool) -> None:
    assert covers_only(resources, IAM) is expected
