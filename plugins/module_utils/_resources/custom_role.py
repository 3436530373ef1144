# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom admin roles: sets of permissions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from .._core.errors import InputError
from .._core.input_values import check_scopes
from .._core.spec import Call, Outcome
from .._okta.client import OktaClient, segment
from .._okta.connection import connect
from .labeled_resource import LabeledResource, LabeledState, delete_labeled, desired_labeled_state
from .resource import Member, Members, converge
from .usage import uses_of_role


class CustomRole(LabeledState):
    """A custom admin role."""

    NOUN: ClassVar[str] = "custom role"
    PARTS: ClassVar[str] = "permissions"


class CustomRoleResource(LabeledResource):
    """One custom role in Okta."""

    name = "role"
    kind = CustomRole
    path = "/api/v1/iam/roles"

    def parts(self, whole: str) -> Members:
        entries = self._client.pages(f"/api/v1/iam/roles/{whole}/permissions", "read the role's permissions", within="permissions")
        return {entry["label"]: Member(entry["label"]) for entry in entries if entry.get("label") and isinstance(entry["label"], str)}

    def add(self, whole: str, parts: tuple[Member, ...]) -> None:
        # one permission a call (Okta: RoleECustomPermission)
        self._client.side_by_side([partial(self._permit, whole, part.key) for part in parts])

    def remove(self, whole: str, part: Member) -> None:
        self._client.remove(_permission(whole, part.key), f"take the permission {part.key} from the role")

    def _permit(self, whole: str, permission: str) -> None:
        self._client.write("POST", _permission(whole, permission), f"add the permission {permission} to the role", repeatable=True)


def _permission(whole: str, permission: str) -> str:
    return f"/api/v1/iam/roles/{whole}/permissions/{segment(permission)}"


def manage_custom_role(call: Call) -> Outcome:
    """Do what the module `okta_custom_role` is asked."""
    permissions = check_scopes(call.params["permissions"] or (), "permissions", "permission")
    wanted = desired_labeled_state(call.params, permissions)
    if wanted.present and not permissions:
        raise InputError("permissions is empty: a role needs at least one. To take the role away, set state to absent.")
    client = connect(call, ("okta.roles.manage",))
    role = CustomRoleResource(client, wanted)
    if wanted.present:
        return converge(role, check_mode=call.check_mode)
    return delete_labeled(call, role, partial(_uses, client, call.params, permissions))


def _uses(client: OktaClient, params: Mapping[str, Any], permissions: tuple[str, ...], role: LabeledState) -> list[str]:
    """Who holds a role; and what somebody has added to it, where the task says what we gave it."""
    added = sorted(set(role.parts) - set(permissions)) if permissions else []
    return [*(f"somebody gave it {permission}" for permission in added), *uses_of_role(client, role.id or "", params.get("own_apps") or ())]
