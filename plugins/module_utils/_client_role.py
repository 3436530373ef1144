# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin roles that are assigned to an app."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._caller import SUPER_ADMIN
from ._client import OktaClient, segment
from ._connection import connect
from ._errors import ApiError, InputError
from ._flow import Member, Members, MemberSet, Plan, SetWanted, converge, id_of, with_id
from ._scopes import each_once
from ._spec import Call, Outcome

_CUSTOM = "CUSTOM"
_CONFLICT = 409
_TYPE = re.compile(r"[A-Z][A-Z0-9_]*")


class ClientRoles(MemberSet):
    """Role assignments of one client.

    Args:
        client_id: the client.
    """

    def __init__(self, client: OktaClient, wanted: SetWanted, *, client_id: str, is_new: bool = False) -> None:
        super().__init__(client, wanted, is_new=is_new)
        self._path = f"/oauth2/v1/clients/{segment(client_id)}/roles"

    def entries(self) -> Iterable[Member]:
        for role in self.client.pages(self._path, "read the app's admin roles"):
            yield Member(_key(role), role.get("id"))

    def add(self, member: Member) -> Member | None:
        kind, role, resource_set = _parts(member.key)
        body = {"type": kind, "role": role, "resource-set": resource_set} if role else {"type": kind}
        try:
            # may be repeated: Okta answers 409 to the second
            made = self.client.write("POST", self._path, f"assign the role {member.key}", body=body, expect=dict, repeatable=True)
        except ApiError as error:
            if error.status == _CONFLICT:
                return member
            raise
        return with_id(member, made)

    def remove(self, member: Member) -> None:
        self.client.remove(f"{self._path}/{id_of(member)}", f"take the role {member.key} away")

    def show(self, state: Members) -> Mapping[str, Any]:
        return {"roles": sorted(state)}

    def values(self, before: Members, after: Members, plan: Plan[Members]) -> Mapping[str, Any]:
        return {"roles": sorted(after), **super().values(before, after, plan)}


def run(call: Call) -> Outcome:
    """Do what the module `okta_client_role` is asked."""
    params = call.params
    wanted = SetWanted(
        _wanted_keys(params),
        present=params["state"] == "present",
        exclusive=params["exclusive"],
        unwanted=_standard(params["absent_roles"], "absent_roles"),
    )
    client = connect(call, ("okta.roles.manage",))
    roles = ClientRoles(client, wanted, client_id=params["app_client_id"], is_new=params["new_app"])
    outcome = converge(roles, check_mode=call.check_mode)
    if SUPER_ADMIN in outcome.values["removed"]:
        verb = "would be" if call.check_mode else "was"
        call.warn(f"The app held {SUPER_ADMIN}, by the org's own setting (Public client app admins) or by hand; it {verb} taken away.")
    return outcome


def _wanted_keys(params: Mapping[str, Any]) -> tuple[str, ...]:
    standard = _standard(params["roles"], "roles")
    custom = [f"{_CUSTOM}:{entry['role']}:{entry['resource_set']}" for entry in params["custom_roles"] or ()]
    return (*standard, *dict.fromkeys(custom))


def _standard(given: Sequence[str] | None, option: str) -> tuple[str, ...]:
    types = each_once(given or (), option)
    for role in types:
        if not _TYPE.fullmatch(role) or role == _CUSTOM:
            raise InputError(
                f"{option}: {role!r} isn't a standard role's type, such as READ_ONLY_ADMIN; custom ones belong in custom_roles."
            )
    return types


def _key(role: Mapping[str, Any]) -> str:
    if role.get("type") == _CUSTOM:
        return f"{_CUSTOM}:{role.get('role')}:{role.get('resource-set')}"
    return str(role.get("type"))


def _parts(key: str) -> tuple[str, str, str]:
    kind, _colon, rest = key.partition(":")
    role, _colon, resource_set = rest.partition(":")
    return kind, role, resource_set
