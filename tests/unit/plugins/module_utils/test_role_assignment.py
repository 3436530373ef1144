# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role assignments, of an app or a user; whole runs of them are in ``test_client_role.py`` and ``test_admin_user.py``."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._errors import InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._flow import Member, SetWanted
from ansible_collections.rezonate.okta.plugins.module_utils._role_assignment import (
    RoleAssignments,
    client_path,
    custom_key,
    role_key,
    standard_types,
    user_path,
)
from unit.fake_okta import FakeOkta, client, three_pages

PATH = "/api/v1/users/00u1/roles"


def assignments(okta: FakeOkta) -> RoleAssignments:
    return RoleAssignments(client(okta), SetWanted(()), path=PATH, holder="the user")


def test_a_holder_s_id_is_one_segment() -> None:
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


def test_what_comes_by_a_group_is_known_from_every_page() -> None:
    roles = [{"id": f"R{n}", "type": f"ROLE_{n}", "assignmentType": "GROUP" if n % 2 else "USER"} for n in range(6)]
    okta = FakeOkta(*three_pages(PATH, roles))
    found = assignments(okta)
    assert sorted(found.read()) == [f"ROLE_{n}" for n in range(6)]
    assert (found.inherited, okta.left) == ({"ROLE_1", "ROLE_3", "ROLE_5"}, [])


def test_a_role_without_an_id_isn_t_taken_away() -> None:
    with pytest.raises(StateError, match="tells no id for ORG_ADMIN"):
        assignments(FakeOkta()).remove(Member("ORG_ADMIN"))


def test_standard_types_are_each_once() -> None:
    assert standard_types([" APP_ADMIN", "APP_ADMIN"], "roles", "x") == ("APP_ADMIN",)


@pytest.mark.parametrize("role", ["CUSTOM", "read_only_admin", "cr01"])
def test_what_is_none_is_refused_with_what_to_do_instead(role: str) -> None:
    with pytest.raises(InputError) as caught:
        standard_types([role], "roles", "do otherwise")
    assert str(caught.value) == f"roles: {role!r} isn't a standard role's type, such as READ_ONLY_ADMIN; do otherwise."
