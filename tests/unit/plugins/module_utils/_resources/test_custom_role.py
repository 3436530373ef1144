# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom admin roles: the exact calls."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, NoResponseError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.custom_role import manage_custom_role
from helpers.fake_okta import FakeOkta, forbidden, params, refusal, three_pages_within

ROLES = "/api/v1/iam/roles"
ID = "cr0madeupmadeupmade1"
ONE = f"{ROLES}/{ID}"
FIND, READ, LIST = f"GET {ROLES}/Rezonate%20role", f"GET {ONE}", f"GET {ONE}/permissions"
POST, PUT, DELETE = f"POST {ROLES}", f"PUT {ONE}", f"DELETE {ONE}"
USERS, GROUPS, APPS = "okta.users.manage", "okta.groups.manage", "okta.apps.read"
CREATED = "2026-01-06T19:50:57.000Z"
RAW = {"id": ID, "label": "Rezonate role", "description": "Text", "created": CREATED, "isCloneable": False}
FACTS = {"id": ID, "label": "Rezonate role", "description": "Text", "permissions": [GROUPS, USERS], "created": CREATED}
NOT_FOUND = refusal(404, "E0000007", "Not found: Resource not found: Rezonate role (CustomRole)")
LOST = NoResponseError(f"{POST}: no complete answer in time.", maybe_done=True)
TAKEN = refusal(400, "E0000001", "Api validation failed: label", "label: There is already an admin role with this name.")


def permissions_of_role(*permissions: str) -> dict[str, Any]:
    """A role's permissions in Okta's format."""
    return {"permissions": [{"label": permission, "created": CREATED} for permission in permissions]}


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; returns the outcome and the stand-in for Okta."""

    def run_module(*script: tuple[str, Any], check: bool = False, **options: Any) -> tuple[Outcome, FakeOkta]:
        okta = FakeOkta(*script)
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        defaults = {"state": "present", "id": None, "label": "Rezonate role", "description": None, "permissions": [USERS, GROUPS]}
        outcome = manage_custom_role(Call(params(**{**defaults, **options}), check))
        assert okta.left == []
        return outcome, okta

    return run_module


def test_a_missing_role_is_created(module: Any) -> None:
    outcome, okta = module((FIND, NOT_FOUND), (POST, RAW), description="Text")
    assert okta.bodies == [{"label": "Rezonate role", "description": "Text", "permissions": [USERS, GROUPS]}]
    assert outcome.values == {"role": FACTS, "created": True, "changes": ["create"]}
    assert (outcome.changed, outcome.before) == (True, {})


def test_check_mode_predicts_a_new_role_except_its_id(module: Any) -> None:
    outcome, okta = module((FIND, NOT_FOUND), check=True, description="Text")
    assert okta.writes == []
    assert outcome.values == {"role": {**FACTS, "id": None, "created": None}, "created": True, "changes": ["create"]}


def test_a_repetition_only_reads(module: Any) -> None:
    outcome, okta = module((FIND, RAW), (LIST, permissions_of_role(USERS, GROUPS)))
    assert okta.calls == [FIND, LIST]
    assert outcome.values == {"role": FACTS, "created": False, "changes": []}
    assert not outcome.changed


CHANGES = (
    (PUT, {**RAW, "description": "New"}),
    (f"POST {ONE}/permissions/{GROUPS}", 204),
    (f"DELETE {ONE}/permissions/{APPS}", 204),
)


def test_permissions_are_exactly_the_desired_ones(module: Any) -> None:
    outcome, okta = module((FIND, RAW), (LIST, permissions_of_role(USERS, APPS)), *CHANGES, description="New")
    assert okta.bodies == [{"label": "Rezonate role", "description": "New"}]
    assert outcome.values["changes"] == ["replace description", f"add {GROUPS}", f"remove {APPS}"]
    assert outcome.values["role"] == {**FACTS, "description": "New"}
    shown = {"label": "Rezonate role", "description": "Text", "permissions": [APPS, USERS]}
    assert (outcome.before, outcome.after) == (shown, {**shown, "description": "New", "permissions": [GROUPS, USERS]})


def test_check_mode_reads_and_predicts_the_result(module: Any) -> None:
    real, _okta = module((FIND, RAW), (LIST, permissions_of_role(USERS, APPS)), *CHANGES, description="New")
    predicted, okta = module((FIND, RAW), (LIST, permissions_of_role(USERS, APPS)), description="New", check=True)
    assert okta.writes == []
    assert predicted == real


def test_a_role_is_found_by_id_and_renamed(module: Any) -> None:
    script = ((READ, RAW), (LIST, permissions_of_role(USERS, GROUPS)), (PUT, {**RAW, "label": "New"}))
    outcome, okta = module(*script, id=ID, label="New")
    assert okta.bodies == [{"label": "New", "description": "Text"}]
    assert outcome.values["role"]["label"] == "New"


@pytest.mark.parametrize("answer", [refusal(404, "E0000007"), {**RAW, "label": ID, "id": "cr0other"}])
def test_an_unknown_id_is_an_error(module: Any, answer: Any) -> None:
    with pytest.raises(InputError, match=r"^id: this org has no custom role with that id\."):
        module((READ, answer), id=ID)


def test_a_label_is_found_and_corrected_in_another_case(module: Any) -> None:
    outcome, okta = module((FIND, {**RAW, "label": "REZONATE ROLE"}), (LIST, permissions_of_role(USERS, GROUPS)), (PUT, RAW))
    assert okta.bodies == [{"label": "Rezonate role", "description": "Text"}]
    assert outcome.values["changes"] == ["replace label"]


def test_the_permissions_are_read_to_their_last_page(module: Any) -> None:
    labels = [f"okta.thing{number}.read" for number in range(6)]
    pages = three_pages_within("permissions", f"{ONE}/permissions", permissions_of_role(*labels)["permissions"])
    outcome, _okta = module((FIND, RAW), *pages, permissions=labels)
    assert not outcome.changed


def test_absent_deletes_by_id(module: Any) -> None:
    outcome, _okta = module((FIND, RAW), (LIST, permissions_of_role(USERS)), (DELETE, 204), state="absent", permissions=None)
    assert outcome.values == {"role": None, "created": False, "changes": ["delete"]}
    assert (outcome.changed, outcome.after) == (True, {})


def test_absent_without_a_resource_is_no_change(module: Any) -> None:
    outcome, okta = module((FIND, NOT_FOUND), state="absent", permissions=None)
    assert (outcome.changed, okta.writes) == (False, [])


def test_after_a_lost_response_the_role_is_found_and_corrected(module: Any) -> None:
    found = ((FIND, RAW), (LIST, permissions_of_role(USERS)), (f"POST {ONE}/permissions/{GROUPS}", 204))
    outcome, _okta = module((FIND, NOT_FOUND), (POST, LOST), *found)
    assert outcome.values == {"role": FACTS, "created": True, "changes": ["create"]}


@pytest.mark.parametrize("lost", [LOST, refusal(502)])
def test_a_role_that_doesn_t_exist_after_a_lost_response_is_created_again(module: Any, lost: Any) -> None:
    outcome, _okta = module((FIND, NOT_FOUND), (POST, lost), (FIND, NOT_FOUND), (POST, RAW), description="Text")
    assert outcome.values["role"] == FACTS


@pytest.mark.parametrize("more", [{}, {"assume_missing": True}])
def test_a_role_that_another_run_created_concurrently_is_used_unchanged(module: Any, more: dict[str, Any]) -> None:
    search = [] if more else [(FIND, NOT_FOUND)]
    outcome, _okta = module(*search, (POST, TAKEN), (FIND, RAW), (LIST, permissions_of_role(USERS, GROUPS)), **more)
    assert (outcome.changed, outcome.values["created"], outcome.values["role"]) == (False, False, FACTS)


def test_a_refused_role_that_does_not_exist_is_an_okta_error(module: Any) -> None:
    with pytest.raises(ApiError, match=r"There is already an admin role with this name"):
        module((FIND, NOT_FOUND), (POST, TAKEN), (FIND, NOT_FOUND))


def test_a_permission_that_exists_after_a_refusal_is_success(module: Any) -> None:
    refused = (f"POST {ONE}/permissions/{GROUPS}", refusal(400, "E0000001"))
    outcome, _okta = module((FIND, RAW), (LIST, permissions_of_role(USERS)), refused, (LIST, permissions_of_role(USERS, GROUPS)))
    assert outcome.values["role"]["permissions"] == [GROUPS, USERS]


def test_a_permission_that_okta_refuses_is_named(module: Any) -> None:
    refused = (f"POST {ONE}/permissions/{GROUPS}", refusal(400, "E0000001"))
    with pytest.raises(ApiError, match=rf"^Couldn't add the permission {GROUPS} to the role \(POST "):
        module((FIND, RAW), (LIST, permissions_of_role(USERS)), refused, (LIST, permissions_of_role(USERS)))


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_missing_permission_of_the_caller_is_an_okta_error(module: Any, at: int) -> None:
    script: list[tuple[str, Any]] = [(FIND, RAW), (LIST, permissions_of_role(USERS, GROUPS)), (DELETE, 204)][: at + 1]
    script[at] = (script[at][0], forbidden())
    with pytest.raises(ApiError, match=r"lacks an admin role for this; onboarding needs a super admin\.$"):
        module(*script, state="absent")


@pytest.mark.parametrize("permission", ["users", "okta users", "okta.users.manage,okta.groups.manage", "okta..manage"])
def test_a_malformed_permission_is_refused_before_any_call(module: Any, permission: str) -> None:
    with pytest.raises(InputError) as caught:
        module(permissions=[permission])
    assert str(caught.value) == f"permissions: {permission!r} isn't of the form of a permission, such as okta.users.read."


@pytest.mark.parametrize("permission", ["okta.users", "okta.users.manage", "okta.users.credentials.reset-password"])
def test_a_permission_next_to_a_refused_one_is_accepted(module: Any, permission: str) -> None:
    outcome, _okta = module((FIND, refusal(404, "E0000007")), permissions=[permission], check=True)
    assert outcome.values["role"]["permissions"] == [permission]


def test_a_role_without_permissions_is_refused(module: Any) -> None:
    with pytest.raises(InputError, match=r"^permissions is empty: a role needs at least one\."):
        module(permissions=[])


@pytest.mark.parametrize("answer", [{}, {"id": ""}, {"id": 7}])
def test_a_response_without_a_role_is_an_error(module: Any, answer: Any) -> None:
    with pytest.raises(NoResponseError, match=rf"^{ROLES}: Okta's response contains no custom role\.$"):
        module((FIND, answer))
