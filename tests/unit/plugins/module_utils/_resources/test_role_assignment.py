# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role assignments of an app or a user; ``test_client_role.py`` and ``test_admin_user.py`` test the modules."""

from __future__ import annotations

import time
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Request
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource import DesiredSet, Member, converge
from ansible_collections.rezonate.okta.plugins.module_utils._resources.role_assignment import (
    RoleAssignments,
    client_path,
    custom_key,
    role_key,
    standard_types,
    user_path,
)
from helpers.fake_okta import APP_ID, FakeOkta, client, forbidden, refusal, three_pages

PATH = "/api/v1/users/00u1/roles"
APP_PATH = f"/oauth2/v1/clients/{APP_ID}/roles"
LIST, POST = f"GET {APP_PATH}", f"POST {APP_PATH}"
READER, SUPER = {"id": "READER1", "type": "READ_ONLY_ADMIN"}, {"id": "SUPER1", "type": "SUPER_ADMIN"}
REMOVE = f"DELETE {APP_PATH}/SUPER1"
ASSIGNED = refusal(409, "E0000090", "Duplicate role assignment exception.")
BUSY = refusal(409, "E0000268", "Another request is making changes to the role assignments. Please try again.")
PAUSES = [1.0, 2.0, 4.0, 8.0, 15.0]


def assignments(okta: FakeOkta) -> RoleAssignments:
    return RoleAssignments(client(okta), DesiredSet(()), path=PATH, holder="the user")


def test_the_id_of_an_assignee_is_one_path_segment() -> None:
    assert (client_path("a/b"), user_path("a?b")) == ("/oauth2/v1/clients/a%2Fb/roles", "/api/v1/users/a%3Fb/roles")


@pytest.mark.parametrize(
    ("role", "key"),
    [
        ({"type": "READ_ONLY_ADMIN"}, "READ_ONLY_ADMIN"),
        ({"type": "WORKFLOWS_ADMIN", "role": "WORKFLOWS_ADMIN", "resource-set": "WORKFLOWS_IAM_POLICY"}, "WORKFLOWS_ADMIN"),
        ({"type": "CUSTOM", "role": "cr01", "resource-set": "iam1"}, custom_key("cr01", "iam1")),
    ],
)
def test_an_assignment_has_a_name(role: dict[str, Any], key: str) -> None:
    assert role_key(role) == key


def test_inherited_roles_are_read_from_every_page() -> None:
    roles = [{"id": f"R{n}", "type": f"ROLE_{n}", "assignmentType": "GROUP" if n % 2 else "USER"} for n in range(6)]
    okta = FakeOkta(*three_pages(PATH, roles))
    found = assignments(okta)
    assert sorted(found.read_state()) == [f"ROLE_{n}" for n in range(6)]
    assert (found.inherited, okta.left) == ({"ROLE_1", "ROLE_3", "ROLE_5"}, [])


def test_a_role_without_an_id_isn_t_removed() -> None:
    with pytest.raises(StateError, match="shows no id for ORG_ADMIN"):
        assignments(FakeOkta()).remove(Member("ORG_ADMIN"))


def test_standard_types_are_each_once() -> None:
    assert standard_types([" APP_ADMIN", "APP_ADMIN"], "roles", "x") == ("APP_ADMIN",)


@pytest.mark.parametrize("role", ["CUSTOM", "read_only_admin", "cr01"])
def test_an_invalid_standard_role_is_refused_with_advice(role: str) -> None:
    with pytest.raises(InputError) as caught:
        standard_types([role], "roles", "do otherwise")
    assert str(caught.value) == f"roles: {role!r} isn't a standard role's type, such as READ_ONLY_ADMIN; do otherwise."


def assigned(
    *script: tuple[str, Any], roles: tuple[str, ...] = ("READ_ONLY_ADMIN",), exclusive: bool = False
) -> tuple[list[str], FakeOkta]:
    """Converge the roles of an app; returns the resulting roles."""
    okta = FakeOkta(*script)
    desired = DesiredSet(roles, exclusive=exclusive)
    outcome = converge(RoleAssignments(client(okta), desired, path=APP_PATH, holder="the app"), check_mode=False)
    assert okta.left == []
    return outcome.values["roles"], okta


@pytest.mark.parametrize("code", ["E0000090", "E0000263"])
def test_an_existing_assignment_is_success_if_the_list_contains_it(code: str) -> None:
    roles, okta = assigned((LIST, []), (POST, refusal(409, code, "Assigned already.")), (LIST, [READER]))
    assert (roles, okta.slept) == (["READ_ONLY_ADMIN"], [])


def test_a_busy_okta_is_retried_and_the_assignments_are_read() -> None:
    roles, okta = assigned((LIST, []), (POST, BUSY), (POST, BUSY), (POST, READER), (LIST, [READER]))
    assert (roles, okta.slept) == (["READ_ONLY_ADMIN"], PAUSES[:2])


def test_an_assignment_that_exists_after_a_busy_response_is_success() -> None:
    assert assigned((LIST, []), (POST, BUSY), (POST, ASSIGNED), (LIST, [READER]))[0] == ["READ_ONLY_ADMIN"]


def test_an_existing_assignment_that_the_list_lacks_is_assigned_again() -> None:
    roles, okta = assigned((LIST, []), (POST, ASSIGNED), (LIST, []), (POST, READER), (LIST, [READER]))
    assert (roles, okta.slept) == (["READ_ONLY_ADMIN"], PAUSES[:1])


def test_a_permanently_busy_okta_is_an_error_after_half_a_minute() -> None:
    okta = FakeOkta((LIST, []), *[(POST, BUSY)] * 6)
    roles = RoleAssignments(client(okta), DesiredSet(("READ_ONLY_ADMIN",)), path=APP_PATH, holder="the app")
    with pytest.raises(ApiError) as caught:
        converge(roles, check_mode=False)
    assert (okta.left, okta.slept, sum(okta.slept), caught.value.code) == ([], PAUSES, 30.0, "E0000268")
    assert str(caught.value).endswith(
        "Another request is making changes to the role assignments. Please try again. (error id oae-made-up-1, request id req-made-up-1). "
        "Run again when no other run or administrator is changing admin roles. It was repeated for 30 seconds."
    )


def test_an_assignment_that_the_list_never_contains_is_an_error() -> None:
    okta = FakeOkta((LIST, []), *[(POST, ASSIGNED), (LIST, [])] * 6)
    roles = RoleAssignments(client(okta), DesiredSet(("READ_ONLY_ADMIN",)), path=APP_PATH, holder="the app")
    with pytest.raises(StateError, match=r"^Okta calls the role READ_ONLY_ADMIN assigned, but doesn't list it among the app's admin roles"):
        converge(roles, check_mode=False)
    assert okta.left == []


@pytest.mark.parametrize("answer", [refusal(409, "E0000001"), refusal(409, "E0000007"), forbidden(), refusal(400, "E0000090")])
def test_another_refusal_is_an_error(answer: Any) -> None:
    with pytest.raises(ApiError, match="Couldn't assign the role READ_ONLY_ADMIN"):
        assigned((LIST, []), (POST, answer))


def test_an_app_that_is_no_service_app_is_reported() -> None:
    with pytest.raises(ApiError, match=r"Only a service app can hold admin roles: check that app_client_id belongs to one\.$"):
        assigned((LIST, []), (POST, refusal(400, "E0000227", "Roles can only be granted to service apps.")))


def test_a_removal_from_a_busy_okta_is_repeated_and_checked() -> None:
    script = ((LIST, [READER, SUPER]), (REMOVE, BUSY), (REMOVE, 204), (LIST, [READER]))
    roles, okta = assigned(*script, exclusive=True)
    assert (roles, okta.slept) == (["READ_ONLY_ADMIN"], PAUSES[:1])


def test_a_concurrent_removal_is_success() -> None:
    assert assigned((LIST, [READER, SUPER]), (REMOVE, BUSY), (REMOVE, 404), (LIST, [READER]), exclusive=True)[0] == ["READ_ONLY_ADMIN"]


def test_the_roles_of_one_assignee_are_changed_sequentially() -> None:
    """Okta refuses concurrent changes."""
    types = ("APP_ADMIN", "ORG_ADMIN", "READ_ONLY_ADMIN")
    underway: list[str] = []

    class Slow(FakeOkta):
        def send(self, request: Request) -> Answer:
            underway.append(request.method)
            time.sleep(0.02)
            assert underway.count("POST") <= 1
            underway.remove(request.method)
            return super().send(request)

    okta = Slow((LIST, []), *[(POST, {"id": f"{kind}1", "type": kind}) for kind in types])
    assignments = RoleAssignments(client(okta, concurrency=15), DesiredSet(types), path=APP_PATH, holder="the app")
    assert converge(assignments, check_mode=False).values["roles"] == list(types)
