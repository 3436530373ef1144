# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scopes that are granted to an app."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from .._core.errors import ApiError, InputError, RezonateError, add_sentence
from .._core.input_values import check_scopes
from .._core.spec import Call, Outcome
from .._okta.client import OktaClient, path_segment
from .._okta.connection import connect
from .resource import DesiredSet, Member, Members, MemberSet, Plan, converge, id_of, with_id
from .role_assignment import SuperAdminGuard, super_admin_warning

_BAD_REQUEST, _CONFLICT = 400, 409


class ScopeGrants(MemberSet):
    """Grants of one app.

    Args:
        app_id: the app.
        optional: scopes that may be unknown to the org.
        warn: reports the optional scopes that are.
        guard: removes SUPER_ADMIN after the first grant, with which the org may assign it; None where that isn't needed.
    """

    def __init__(
        self,
        client: OktaClient,
        desired: DesiredSet,
        *,
        app_id: str,
        optional: Sequence[str] = (),
        warn: Callable[[str], None],
        guard: SuperAdminGuard | None = None,
        is_new: bool = False,
    ) -> None:
        super().__init__(client, desired, is_new=is_new)
        self._path = f"/api/v1/apps/{path_segment(app_id)}/grants"
        self._optional = frozenset(optional)
        self._warn = warn
        self._guard = guard
        self.unavailable: list[str] = []
        self._refused: dict[str, ApiError] = {}

    def list_members(self) -> Iterable[Member]:
        for grant in self.client.pages(self._path, "read the granted scopes"):
            if isinstance(grant.get("scopeId"), str) and grant.get("status", "ACTIVE") == "ACTIVE":
                yield Member(grant["scopeId"], grant.get("id"))

    def add_all(self, members: Sequence[Member]) -> list[Member | None]:
        # with a guard, one grant first: a run that is interrupted here leaves a super admin with one scope, not with all of them
        first: list[Member | None] = []
        while self._guard and len(first) < len(members):
            member = members[len(first)]
            first += super().add_all([member])
            if member.key not in self._refused:
                self._guard.remove()
                break
        return [*first, *super().add_all(members[len(first) :])]

    def add(self, member: Member) -> Member | None:
        # repeatable: Okta refuses the second grant of a scope
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
        self.client.remove(f"{self._path}/{id_of(member)}", f"revoke the scope {member.key}")

    @cached_property
    def _issuer(self) -> str:
        return self.client.issuer()

    def finish_adding(self, after: dict[str, Member]) -> None:
        """A refused scope may already be granted. Okta's code for that isn't documented, so read the grants once."""
        if not self._refused:
            return
        held = {member.key: member for member in self.list_members()}
        for scope, error in self._refused.items():
            if scope in held:
                after[scope] = held[scope]
            else:
                self._report_refusal(scope, error)
                del after[scope]

    def _report_refusal(self, scope: str, error: ApiError) -> None:
        if "scopeid" not in str(error).lower():
            raise error
        if scope not in self._optional:
            raise InputError(
                f"scopes: this org doesn't know the scope {scope}; correct it, or list it in optional_scopes. {error}"
            ) from error
        self.unavailable.append(scope)
        self._warn(f"This org doesn't have the optional scope {scope}; it was skipped.")

    def diff_state(self, state: Members) -> Mapping[str, Any]:
        return {"scopes": sorted(state)}

    def values(self, before: Members, after: Members, plan: Plan[Members]) -> Mapping[str, Any]:
        return {"scopes": sorted(after), "unavailable": sorted(self.unavailable), **super().values(before, after, plan)}


def manage_scope_grants(call: Call) -> Outcome:
    """Run the module `okta_scope_grant`."""
    desired, optional = _desired_scopes(call.params)
    scopes = ("okta.appGrants.manage", *(["okta.roles.manage"] if call.params.get("roles_before") is not None else []))
    client = connect(call, scopes, only_these=True)
    guard = _guard(call, client)
    grants = ScopeGrants(
        client,
        desired,
        app_id=call.params["app_id"],
        optional=optional,
        warn=call.warn,
        guard=guard if call.params.get("one_first", True) else None,
        is_new=call.params["new_app"],
    )
    try:
        outcome = converge(grants, check_mode=call.check_mode)
    except RezonateError as error:
        if guard:
            add_sentence(error, guard.after_failure(error))
            _warn(call, guard)
        raise
    if guard:
        _warn(call, guard)
    if call.params.get("roles_before") is None:
        return outcome
    return replace(outcome, values={**outcome.values, "roles_removed": sorted(guard.removed) if guard else []})


def _desired_scopes(params: Mapping[str, Any]) -> tuple[DesiredSet, list[str]]:
    """The desired scopes, and the optional ones among them."""
    scopes = check_scopes(params["scopes"], "scopes")
    optional = check_scopes(params["optional_scopes"] or (), "optional_scopes")
    desired = DesiredSet(
        tuple(dict.fromkeys((*scopes, *optional))),
        present=params["state"] == "present",
        exclusive=params["exclusive"],
        forbidden=check_scopes(params["absent_scopes"] or (), "absent_scopes"),
    )
    return desired, [scope for scope in optional if scope not in scopes]


def _guard(call: Call, client: OktaClient) -> SuperAdminGuard | None:
    before = call.params.get("roles_before")
    if call.check_mode or before is None:
        return None
    return SuperAdminGuard(client, call.params.get("app_client_id") or call.params["app_id"], before)


def _warn(call: Call, guard: SuperAdminGuard) -> None:
    if guard.removed:
        call.warn(super_admin_warning("was"))
