# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin roles that an app or a user holds: the same calls, at another path."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from .._core.errors import ApiError, InputError, RezonateError, StateError, add_sentence
from .._core.input_values import each_once
from .._okta.caller import SUPER_ADMIN
from .._okta.client import OktaClient, segment
from .resource import DesiredSet, Member, Members, MemberSet, Plan, id_of, with_id

CUSTOM = "CUSTOM"
_BY_GROUP = "GROUP"
_FORBIDDEN = 403
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds before each repetition of a change
_TYPE = re.compile(r"[A-Z][A-Z0-9_]*")


class RoleAssignments(MemberSet):
    """Role assignments of one holder; `inherited` tells which of those read a user holds by a group.

    Args:
        path: where they are: `client_path` or `user_path`.
        holder: who holds them, for the errors: ``the app``, ``the user``.
    """

    def __init__(self, client: OktaClient, wanted: DesiredSet, *, path: str, holder: str, is_new: bool = False) -> None:
        super().__init__(client, wanted, is_new=is_new)
        self.inherited: set[str] = set()
        self._path = path
        self._holder = holder

    def read(self) -> Members:
        try:
            return super().read()
        except ApiError as error:
            if error.status == _FORBIDDEN:
                self.client.ready_to_write()  # who may not even read them is told which role is lacking
            raise

    def entries(self) -> Iterable[Member]:
        for role in self.client.pages(self._path, f"read {self._holder}'s admin roles"):
            member = with_id(Member(role_key(role)), role)
            if role.get("assignmentType") == _BY_GROUP:
                self.inherited.add(member.key)
            yield member

    def add(self, member: Member) -> Member:
        assigned = self._change(partial(self._assign, member), lambda held: held.get(member.key))
        if assigned is None:
            raise StateError(
                f"Okta calls the role {member.key} assigned, but doesn't list it among {self._holder}'s admin roles: "
                "check them in the Admin Console, then run again."
            )
        return assigned

    def remove(self, member: Member) -> None:
        def missing_in(held: Members) -> Member | None:
            return None if any(other.id == member.id for other in held.values()) else member

        if self._change(partial(self._unassign, member), missing_in) is None:
            raise StateError(
                f"Okta calls the role {member.key} removed, but still lists it among {self._holder}'s admin roles: "
                "check them in the Admin Console, then run again."
            )

    def _assign(self, member: Member) -> Member:
        kind, role, resource_set = _parts(member.key)
        body = {"type": kind, "role": role, "resource-set": resource_set} if role else {"type": kind}
        # may be repeated: Okta answers 409 to the second
        made = self.client.write("POST", self._path, f"assign the role {member.key}", body=body, expect=dict, repeatable=True)
        return with_id(member, made)

    def _unassign(self, member: Member) -> Member:
        self.client.remove(f"{self._path}/{id_of(member)}", f"take the role {member.key} away")
        return member

    def _change(self, change: Callable[[], Member], found_in: Callable[[Members], Member | None]) -> Member | None:
        """Make a change, and repeat it for 30 seconds at most while Okta refuses it for another one that is under way.

        Once Okta has refused it, it counts only where the assignments, read again, show it.

        Args:
            change: makes it.
            found_in: the member, where these assignments show the change.

        Returns:
            The member; None where the assignments don't show what Okta calls done.

        Raises:
            ApiError: Okta refused it for good, or was busy all the time.
        """
        refusal: ApiError | None = None
        for pause in (0.0, *_PAUSES):
            if pause:
                self.client.transport.sleep(pause)
            try:
                made, refusal = change(), None
            except ApiError as error:
                if not (error.is_of_busy_roles or error.is_of_assigned_role):
                    raise
                made, refusal = None, error
            if made and not pause:
                return made
            if not (refusal and refusal.is_of_busy_roles) and (found := found_in({one.key: one for one in self.entries()})):
                return found
        if refusal and refusal.is_of_busy_roles:
            add_sentence(refusal, f"It was repeated for {sum(_PAUSES):.0f} seconds.")
            raise refusal
        return None

    def _all(self, work: Callable[[Member], Any], members: Sequence[Member]) -> list[Any]:
        # one after another: side by side, changes of one holder's roles are in each other's way
        return [work(member) for member in members]

    def show(self, state: Members) -> Mapping[str, Any]:
        return {"roles": sorted(state)}

    def values(self, before: Members, after: Members, plan: Plan[Members]) -> Mapping[str, Any]:
        return {"roles": sorted(after), **super().values(before, after, plan)}


class SuperAdminGuard:
    """Removes SUPER_ADMIN from an app that holds it by the org's own setting.

    An org with the setting "Public client app admins" makes a service app a super admin as soon as the app holds a grant.

    Args:
        client: calls Okta.
        client_id: the app's client id.
        before: the roles that the app held before the run; SUPER_ADMIN among them stays.
    """

    def __init__(self, client: OktaClient, client_id: str, before: Collection[str]) -> None:
        self._unwanted = unexpected_roles(before)
        wanted = DesiredSet((), unwanted=self._unwanted)
        self._roles = RoleAssignments(client, wanted, path=client_path(client_id), holder="the app")
        self._client_id = client_id
        self.held: tuple[str, ...] | None = None
        self.removed: set[str] = set()

    def remove(self) -> None:
        """Remove the role where the app holds it by now."""
        if self._unwanted:
            self._look()

    def _look(self) -> None:
        held = self._roles.read()
        self.held = tuple(sorted(held))
        plan = self._roles.plan(held)
        if plan.steps:
            self.held = tuple(sorted(self._roles.apply(held, plan)))
            self.removed.update(member.key for _verb, member in plan.steps)

    def after_failure(self, cause: RezonateError | None = None) -> str:
        """Remove the role after a failure, and describe in a sentence what the app holds then.

        Args:
            cause: the failure; what it says already isn't repeated.
        """
        self.held = None
        try:
            self._look()
        except RezonateError as error:
            return self._held_now() if str(error) == str(cause) else f"{self._held_now()} {error}"
        return self._held_now()

    def _held_now(self) -> str:
        if self.held is None:
            return f"Which admin roles the app {self._client_id} holds is not known: check them in the Admin Console."
        warning = ", with all rights in the org: remove SUPER_ADMIN in the Admin Console" if SUPER_ADMIN in self.held else ""
        noun = "role" if len(self.held) == 1 else "roles"
        listed = f"the admin {noun} {', '.join(self.held)}" if self.held else "no admin role"
        return f"The app {self._client_id} holds {listed}{warning}."


def unexpected_roles(before: Collection[str] | None) -> tuple[str, ...]:
    """Give the roles that an app must not have got since: SUPER_ADMIN, which an org may assign by itself.

    Args:
        before: the roles that the app held before; None where that doesn't matter.
    """
    return () if before is None or SUPER_ADMIN in before else (SUPER_ADMIN,)


def super_admin_warning(verb: str) -> str:
    """Describe that SUPER_ADMIN was removed, or would be."""
    return f"The app held {SUPER_ADMIN}, by the org's own setting (Public client app admins) or by hand; it {verb} taken away."


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
