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
from .._okta.client import OktaClient, path_segment
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

    def parts(self, path_id: str) -> Members:
        entries = self._client.pages(f"/api/v1/iam/roles/{path_id}/permissions", "read the role's permissions", within="permissions")
        return {entry["label"]: Member(entry["label"]) for entry in entries if entry.get("label") and isinstance(entry["label"], str)}

    def add(self, path_id: str, parts: tuple[Member, ...]) -> None:
        # one permission per call (Okta: RoleECustomPermission)
        self._client.in_parallel([partial(self._permit, path_id, part.key) for part in parts])

    def remove(self, path_id: str, part: Member) -> None:
        self._client.remove(_permission(path_id, part.key), f"remove the permission {part.key} from the role")

    def _permit(self, path_id: str, permission: str) -> None:
        self._client.write("POST", _permission(path_id, permission), f"add the permission {permission} to the role", repeatable=True)


def _permission(path_id: str, permission: str) -> str:
    return f"/api/v1/iam/roles/{path_id}/permissions/{path_segment(permission)}"


def manage_custom_role(call: Call) -> Outcome:
    """Run the module `okta_custom_role`."""
    permissions = check_scopes(call.params["permissions"] or (), "permissions", "permission")
    desired = desired_labeled_state(call.params, permissions)
    if desired.present and not permissions:
        raise InputError("permissions is empty: a role needs at least one. To delete the role, set state to absent.")
    client = connect(call, ("okta.roles.manage",))
    role = CustomRoleResource(client, desired)
    if desired.present:
        return converge(role, check_mode=call.check_mode)
    return delete_labeled(call, role, partial(_uses, client, call.params, permissions))


def _uses(client: OktaClient, params: Mapping[str, Any], permissions: tuple[str, ...], role: LabeledState) -> list[str]:
    """Who holds a role, and the permissions that it has besides those of the task."""
    added = sorted(set(role.parts) - set(permissions)) if permissions else []
    return [*(f"it also has {permission}" for permission in added), *uses_of_role(client, role.id or "", params.get("own_apps") or ())]
