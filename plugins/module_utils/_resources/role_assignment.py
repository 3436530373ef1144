# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin roles of an app or a user: the same calls at different paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from .._core.errors import ApiError, InputError, RezonateError, StateError, add_sentence
from .._core.input_values import unique_values
from .._okta.caller import SUPER_ADMIN
from .._okta.client import OktaClient, path_segment
from .resource import DesiredSet, Member, Members, MemberSet, Plan, id_of, removed, with_id

CUSTOM = "CUSTOM"
_BY_GROUP = "GROUP"
_FORBIDDEN = 403
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds before each repetition of a change
_TYPE = re.compile(r"[A-Z][A-Z0-9_]*")


class RoleAssignments(MemberSet):
    """Role assignments of one holder; after a read, `inherited` contains those that a group assigns to a user.

    Args:
        path: `client_path` or `user_path`.
        holder: the holder in error messages: ``the app``, ``the user``.
    """

    def __init__(self, client: OktaClient, desired: DesiredSet, *, path: str, holder: str, is_new: bool = False) -> None:
        super().__init__(client, desired, is_new=is_new)
        self.inherited: set[str] = set()
        self._path = path
        self._holder = holder

    def read_state(self) -> Members:
        try:
            return super().read_state()
        except ApiError as error:
            if error.status == _FORBIDDEN:
                self.client.run_first_write_check()  # its error names the role that the caller lacks
            raise

    def list_members(self) -> Iterable[Member]:
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
        kind, role, resource_set = _key_parts(member.key)
        body = {"type": kind, "role": role, "resource-set": resource_set} if role else {"type": kind}
        # repeatable: Okta responds with 409 to the second request
        assignment = self.client.write("POST", self._path, f"assign the role {member.key}", body=body, expect=dict, repeatable=True)
        return with_id(member, assignment)

    def _unassign(self, member: Member) -> Member:
        self.client.remove(f"{self._path}/{id_of(member)}", f"remove the role {member.key}")
        return member

    def _change(self, change: Callable[[], Member], found_in: Callable[[Members], Member | None]) -> Member | None:
        """Make a change, and repeat it for at most 30 seconds while Okta refuses it because of a concurrent one.

        After a refusal, a change counts as made only if the assignments, read again, show it.

        Args:
            change: makes the change.
            found_in: returns the member if the given assignments show the change.

        Returns:
            The member; None where Okta confirms the change but the assignments don't show it.

        Raises:
            ApiError: Okta refused it permanently, or for the whole time.
        """
        refusal: ApiError | None = None
        for pause in (0.0, *_PAUSES):
            if pause:
                self.client.transport.sleep(pause)
            try:
                changed, refusal = change(), None
            except ApiError as error:
                if not (error.is_concurrent_role_change or error.is_already_assigned):
                    raise
                changed, refusal = None, error
            if changed and not pause:
                return changed
            if not (refusal and refusal.is_concurrent_role_change) and (found := found_in({one.key: one for one in self.list_members()})):
                return found
        if refusal and refusal.is_concurrent_role_change:
            add_sentence(refusal, f"It was repeated for {sum(_PAUSES):.0f} seconds.")
            raise refusal
        return None

    def _for_each(self, call: Callable[[Member], Any], members: Sequence[Member]) -> list[Any]:
        # sequential: Okta refuses concurrent changes of one holder's roles
        return [call(member) for member in members]

    def diff_state(self, state: Members) -> Mapping[str, Any]:
        return {"roles": sorted(state)}

    def values(self, before: Members, after: Members, plan: Plan[Members]) -> Mapping[str, Any]:
        return {"roles": sorted(after), **super().values(before, after, plan)}


class SuperAdminGuard:
    """Removes SUPER_ADMIN from an app that holds it because of an org setting.

    An org with the setting "Public client app admins" makes a service app a super admin as soon as the app holds a grant.

    Args:
        client: calls Okta.
        client_id: the app's client id.
        before: the roles that the app held before the run; SUPER_ADMIN is kept if it is among them.
    """

    def __init__(self, client: OktaClient, client_id: str, before: Collection[str]) -> None:
        self._unexpected = unexpected_roles(before)
        desired = DesiredSet((), forbidden=self._unexpected)
        self._roles = RoleAssignments(client, desired, path=client_path(client_id), holder="the app")
        self._client_id = client_id
        self.held: tuple[str, ...] | None = None
        self.removed: set[str] = set()

    def remove(self) -> None:
        """Remove the role if the app holds it now."""
        if self._unexpected:
            self._remove_unexpected()

    def _remove_unexpected(self) -> None:
        held = self._roles.read_state()
        self.held = tuple(sorted(held))
        plan = self._roles.plan(held)
        if plan.steps:
            self.held = tuple(sorted(self._roles.apply(held, plan)))
            self.removed.update(member.key for member in removed(plan))

    def after_failure(self, cause: RezonateError | None = None) -> str:
        """Remove the role after a failure, and describe in a sentence which roles the app holds then.

        Args:
            cause: the failure; its message isn't repeated.
        """
        self.held = None
        try:
            self._remove_unexpected()
        except RezonateError as error:
            return self._describe_held() if str(error) == str(cause) else f"{self._describe_held()} {error}"
        return self._describe_held()

    def _describe_held(self) -> str:
        if self.held is None:
            return f"The admin roles of the app {self._client_id} are unknown: check them in the Admin Console."
        warning = ", with all rights in the org: remove SUPER_ADMIN in the Admin Console" if SUPER_ADMIN in self.held else ""
        noun = "role" if len(self.held) == 1 else "roles"
        listed = f"the admin {noun} {', '.join(self.held)}" if self.held else "no admin role"
        return f"The app {self._client_id} holds {listed}{warning}."


def unexpected_roles(before: Collection[str] | None) -> tuple[str, ...]:
    """The roles that the app must not have gained since: SUPER_ADMIN, which an org setting may assign.

    Args:
        before: the roles that the app held before; None where that doesn't matter.
    """
    return () if before is None or SUPER_ADMIN in before else (SUPER_ADMIN,)


def super_admin_warning(verb: str) -> str:
    """A warning that SUPER_ADMIN was removed, or would be."""
    return f"The app held {SUPER_ADMIN}, by an org setting (Public client app admins) or by a manual assignment; it {verb} removed."


def client_path(client_id: str) -> str:
    """The path of an app's roles."""
    return f"/oauth2/v1/clients/{path_segment(client_id)}/roles"


def user_path(user_id: str) -> str:
    """The path of a user's roles."""
    return f"/api/v1/users/{path_segment(user_id)}/roles"


def role_key(role: Mapping[str, Any]) -> str:
    """The identity of an assignment: its type and, for a custom role, the role and its resource set."""
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
        instead: what the error says about custom roles.

    Raises:
        InputError: one isn't a valid type.
    """
    types = unique_values(given, option)
    for role in types:
        if not _TYPE.fullmatch(role) or role == CUSTOM:
            raise InputError(f"{option}: {role!r} isn't a standard role's type, such as READ_ONLY_ADMIN; {instead}.")
    return types


def _key_parts(key: str) -> tuple[str, str, str]:
    kind, _colon, rest = key.partition(":")
    role, _colon, resource_set = rest.partition(":")
    return kind, role, resource_set
