# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scopes that are granted to an app."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from ._client import OktaClient, segment
from ._connection import connect
from ._errors import ApiError, InputError
from ._flow import Member, Members, MemberSet, Plan, SetWanted, converge, id_of, with_id
from ._scopes import check_scopes
from ._spec import Call, Outcome

_BAD_REQUEST, _CONFLICT = 400, 409


class ScopeGrants(MemberSet):
    """Grants of one app.

    Args:
        app_id: the app.
        optional: scopes that the org may not know.
        warn: tells of optional scopes that it doesn't.
    """

    def __init__(
        self,
        client: OktaClient,
        wanted: SetWanted,
        *,
        app_id: str,
        optional: Sequence[str] = (),
        warn: Callable[[str], None],
        is_new: bool = False,
    ) -> None:
        super().__init__(client, wanted, is_new=is_new)
        self._path = f"/api/v1/apps/{segment(app_id)}/grants"
        self._optional = frozenset(optional)
        self._warn = warn
        self.unavailable: list[str] = []
        self._refused: dict[str, ApiError] = {}

    def entries(self) -> Iterable[Member]:
        for grant in self.client.pages(self._path, "read the granted scopes"):
            if isinstance(grant.get("scopeId"), str) and grant.get("status", "ACTIVE") == "ACTIVE":
                yield Member(grant["scopeId"], grant.get("id"))

    def add(self, member: Member) -> Member | None:
        # may be repeated: Okta refuses the second grant of a scope
        body = {"issuer": self._issuer, "scopeId": member.key}
        try:
            grant = self.client.write("POST", self._path, f"grant the scope {member.key}", body=body, expect=dict, repeatable=True)
        except ApiError as error:
            if error.status in (_BAD_REQUEST, _CONFLICT):
                self._refused[member.key] = error
                return member
            raise
        return with_id(member, grant)

    def remove(self, member: Member) -> None:
        self.client.remove(f"{self._path}/{id_of(member)}", f"take the scope {member.key} away")

    @cached_property
    def _issuer(self) -> str:
        return self.client.issuer()

    def settle(self, after: dict[str, Member]) -> None:
        """What Okta refused may be granted already. Which code it sends then isn't known, so look, once for all."""
        if not self._refused:
            return
        held = {member.key: member for member in self.entries()}
        for scope, error in self._refused.items():
            if scope in held:
                after[scope] = held[scope]
            else:
                self._give_up(scope, error)
                del after[scope]

    def _give_up(self, scope: str, error: ApiError) -> None:
        if "scopeid" not in str(error).lower():
            raise error
        if scope not in self._optional:
            raise InputError(
                f"scopes: this org doesn't know the scope {scope}; correct it, or list it in optional_scopes. {error}"
            ) from error
        self.unavailable.append(scope)
        self._warn(f"This org doesn't have the optional scope {scope}; it was left out.")

    def show(self, state: Members) -> Mapping[str, Any]:
        return {"scopes": sorted(state)}

    def values(self, before: Members, after: Members, plan: Plan[Members]) -> Mapping[str, Any]:
        return {"scopes": sorted(after), "unavailable": sorted(self.unavailable), **super().values(before, after, plan)}


def run(call: Call) -> Outcome:
    """Do what the module `okta_scope_grant` is asked."""
    scopes = check_scopes(call.params["scopes"], "scopes")
    optional = check_scopes(call.params["optional_scopes"] or (), "optional_scopes")
    client = connect(call, ("okta.appGrants.manage",), only_these=True)
    grants = ScopeGrants(
        client,
        SetWanted(
            tuple(dict.fromkeys((*scopes, *optional))),
            present=call.params["state"] == "present",
            exclusive=call.params["exclusive"],
            unwanted=check_scopes(call.params["absent_scopes"] or (), "absent_scopes"),
        ),
        app_id=call.params["app_id"],
        optional=[scope for scope in optional if scope not in scopes],
        warn=call.warn,
        is_new=call.params["new_app"],
    )
    return converge(grants, check_mode=call.check_mode)
