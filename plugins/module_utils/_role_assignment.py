# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin roles that an app or a user holds: the same calls, at another path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._client import OktaClient, segment
from ._errors import ApiError, InputError
from ._flow import Member, Members, MemberSet, Plan, SetWanted, id_of, with_id
from ._scopes import each_once

CUSTOM = "CUSTOM"
_BY_GROUP = "GROUP"
_CONFLICT = 409
_TYPE = re.compile(r"[A-Z][A-Z0-9_]*")


class RoleAssignments(MemberSet):
    """Role assignments of one holder; `inherited` tells which of those read a user holds by a group.

    Args:
        path: where they are: `client_path` or `user_path`.
        holder: who holds them, for the errors: ``the app``, ``the user``.
    """

    def __init__(self, client: OktaClient, wanted: SetWanted, *, path: str, holder: str, is_new: bool = False) -> None:
        super().__init__(client, wanted, is_new=is_new)
        self.inherited: set[str] = set()
        self._path = path
        self._holder = holder

    def entries(self) -> Iterable[Member]:
        for role in self.client.pages(self._path, f"read {self._holder}'s admin roles"):
            member = with_id(Member(role_key(role)), role)
            if role.get("assignmentType") == _BY_GROUP:
                self.inherited.add(member.key)
            yield member

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


def client_path(client_id: str) -> str:
    """Where the roles of an app are."""
    return f"/oauth2/v1/clients/{segment(client_id)}/roles"


def user_path(user_id: str) -> str:
    """Where the roles of a user are."""
    return f"/api/v1/users/{segment(user_id)}/roles"


def role_key(role: Mapping[str, Any]) -> str:
    """What tells one assignment from another: its type and, for a custom role, the role and its resource set."""
    if role.get("type") == CUSTOM:
        return custom_key(str(role.get("role")), str(role.get("resource-set")))
    return str(role.get("type"))


def custom_key(role: str, resource_set: str) -> str:
    """The key of a custom role's assignment."""
    return f"{CUSTOM}:{role}:{resource_set}"


def standard_types(given: Sequence[str], option: str, instead: str) -> tuple[str, ...]:
    """The types of standard roles, each once.

    Args:
        given: the types.
        option: the option that they are from.
        instead: what to do with custom ones, for the error.

    Raises:
        InputError: one isn't of a type's form.
    """
    types = each_once(given, option)
    for role in types:
        if not _TYPE.fullmatch(role) or role == CUSTOM:
            raise InputError(f"{option}: {role!r} isn't a standard role's type, such as READ_ONLY_ADMIN; {instead}.")
    return types


def _parts(key: str) -> tuple[str, str, str]:
    kind, _colon, rest = key.partition(":")
    role, _colon, resource_set = rest.partition(":")
    return kind, role, resource_set
