# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users with admin roles, such as the one to whom a handed-over API token belongs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import ApiError, InputError, NoAnswerError, OktaError, StateError, maybe_done
from .._core.spec import Call, Outcome
from .._core.text import same_text
from .._okta.authentication import ApiToken
from .._okta.caller import SUPER_ADMIN, read_owner
from .._okta.client import NOT_FOUND, OktaClient, segment
from .._okta.connection import connect
from .resource import DesiredSet, Member, Members, Plan, Resource, converge, plan_set
from .role_assignment import RoleAssignments, standard_types, user_path
from .usage import tokens_of_user, unless_used

_USERS = "/api/v1/users"
_DEACTIVATED, _SUSPENDED, _STAGED, _PROVISIONED = "DEPROVISIONED", "SUSPENDED", "STAGED", "PROVISIONED"
_ID = re.compile(r"[A-Za-z0-9_-]+")
_LOGIN = re.compile(r"[^@/\s]+@[^@/\s]+")  # Okta finds no login with a slash in it (Okta: Users)
_TAKEN = "already exists"  # of a login that isn't unique; Okta's code for it, E0000001, says only that something is wrong


@dataclass(frozen=True)
class User:
    """A user; `id` is None until it is made, `created` is Okta's time."""

    id: str | None
    login: str
    email: str
    status: str
    created: str | None = None


@dataclass(frozen=True)
class Holder:
    """A user with the roles that it holds.

    Args:
        user: None where there is none.
        roles: its roles.
        inherited: those of them that it holds by a group.
        is_caller: it is the very user whose API token calls; found out only where it matters.
        is_managed: an earlier run of the caller, or this one, created it.
    """

    user: User | None
    roles: Members
    inherited: frozenset[str] = frozenset()
    is_caller: bool = False
    is_managed: bool = False

    def facts(self) -> dict[str, Any] | None:
        """What the module returns of it."""
        if self.user is None:
            return None
        user = self.user
        return {
            "id": user.id,
            "login": user.login,
            "email": user.email,
            "status": user.status,
            "created": user.created,
            "roles": sorted(self.roles),
        }


@dataclass(frozen=True)
class DesiredUser:
    """What the user is to be.

    Args:
        present: whether it is to be there.
        id: its id, where that is known.
        login: its login; without an id it is found by it.
        profile: what Okta is told of a user that has to be made, which it can't be with a None in it.
        activate: whether a user that is made is activated.
        roles: the roles that are meant.
        exclusive: whether others go or, for a user that is to be absent, don't matter.
        keep_existing: a user that the caller didn't create is used as it is, or not at all.
        created_id: the id of a user that an earlier run of the caller created.
    """

    present: bool
    id: str | None
    login: str | None
    profile: Mapping[str, str | None]
    activate: bool
    roles: tuple[str, ...]
    exclusive: bool
    keep_existing: bool = False
    created_id: str | None = None


class AdminUser(Resource[Holder]):
    """One user and its admin roles."""

    def __init__(self, client: OktaClient, wanted: DesiredUser) -> None:
        self._client = client
        self._wanted = wanted
        self._role_set = DesiredSet(wanted.roles, exclusive=wanted.exclusive)
        self._created = False
        self._done: tuple[Any, ...] | None = None

    def read(self) -> Holder:
        return self._with_roles(self._find())

    def plan(self, state: Holder) -> Plan[Holder]:
        return plan_present(state, self._wanted, self._role_set) if self._wanted.present else plan_absent(state, self._wanted)

    def apply(self, state: Holder, plan: Plan[Holder]) -> Holder:
        if not self._wanted.present:
            self._deactivate(state)
            return plan.after
        if state.user is None:
            # planned anew, for it may have turned out that somebody else has made it meanwhile
            state = self._with_roles(self._create())
            plan = self.plan(state)
            self._done = (*([("create", state.user)] if self._created else []), *plan.steps)
            if not plan.steps:
                return state
        return replace(state, roles=self._roles(state.user).apply(state.roles, Plan(plan.after.roles, plan.steps)))

    def show(self, state: Holder) -> Mapping[str, Any]:
        return state.facts() or {}

    def values(self, before: Holder, after: Holder, plan: Plan[Holder]) -> Mapping[str, Any]:
        is_new = before.user is None and after.user is not None and (after.user.id is None or self._created)
        # where somebody else created the user meanwhile, the plan isn't what happened
        steps = plan.steps if self._done is None else self._done
        return {
            "user": after.facts(),
            "created": is_new,
            "removed": sorted(set(before.roles) - set(after.roles)) if self._wanted.present else [],
            "managed": is_new or after.is_managed,
            "changes": [_told(verb, argument) for verb, argument in steps],
        }

    def _find(self) -> User | None:
        wanted = self._wanted
        user = self._get(wanted.id or wanted.login or "")
        if user is None:
            if wanted.id and wanted.present:
                raise InputError(f"id: this org has no user {wanted.id}. To make one, give login instead.")
            return None
        if wanted.id and user.id != wanted.id:
            raise InputError(f"id: {wanted.id!r} is no user's id, such as 00unwlw0tbo8E6aVj5d7; Okta takes it for {user.login}.")
        if wanted.login and not same_text(wanted.login, user.login, ignore_case=True):
            raise StateError(f"login: Okta finds {user.login} ({user.id}) for {wanted.login!r}; name the user that is meant by id.")
        return user

    def _get(self, name: str) -> User | None:
        try:
            return user_from(self._client.get(f"{_USERS}/{segment(name)}", "read the user"))
        except ApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def _with_roles(self, user: User | None) -> Holder:
        if user is None or user.status == _DEACTIVATED:
            return Holder(user, {})
        roles = self._roles(user)
        is_managed = self._created or (user.id is not None and user.id == self._wanted.created_id)
        holder = Holder(user, roles.read(), frozenset(roles.inherited), is_managed=is_managed)
        takes = not self._wanted.present or _taken_away(holder, self._role_set)
        return replace(holder, is_caller=bool(takes) and self._is_caller(user))

    def _roles(self, user: User | None) -> RoleAssignments:
        return RoleAssignments(self._client, self._role_set, path=user_path(_id_of(user)), holder="the user")

    def _is_caller(self, user: User) -> bool:
        return isinstance(self._client.credential, ApiToken) and read_owner(self._client, "read whose API token this is")[0] == user.id

    def _create(self) -> User:
        try:
            return self._post()
        except OktaError as error:
            taken = _is_taken(error)
            if not taken and not maybe_done(error):
                raise
            # logins are unique: one that is there now was made by us, the answer being lost, or by somebody else meanwhile
            found = self._find()
            if taken and not found:
                raise
            self._created = found is not None and not taken
        return found or self._post()

    def _post(self) -> User:
        path = f"{_USERS}?activate={str(self._wanted.activate).lower()}"
        body = {"profile": dict(self._wanted.profile)}
        user = user_from(self._client.write("POST", path, f"create the user {self._wanted.login}", body=body, expect=dict))
        self._created = True
        return user

    def _deactivate(self, state: Holder) -> None:
        user_id = _id_of(state.user)
        try:
            # not to be repeated: Okta deletes a user for good that is deactivated already (Okta: Delete a user)
            self._client.write("DELETE", f"{_USERS}/{segment(user_id)}", "deactivate the user", repeatable=False)
        except OktaError as error:
            if isinstance(error, ApiError) and error.status == NOT_FOUND:
                return
            found = self._get(user_id) if maybe_done(error) else state.user
            if found and found.status != _DEACTIVATED:
                raise


def user_from(raw: Mapping[str, Any]) -> User:
    """Read Okta's answer. A user that is about to be deactivated counts as one that is."""
    profile = raw.get("profile")
    told = profile if isinstance(profile, dict) else {}
    if not isinstance(raw.get("id"), str) or not isinstance(told.get("login"), str):
        raise NoAnswerError("Okta's answer names no user.", maybe_done=True)
    leaving = raw.get("transitioningToStatus") == _DEACTIVATED
    status = _DEACTIVATED if leaving else str(raw.get("status"))
    created = raw.get("created")
    return User(raw["id"], told["login"], str(told.get("email")), status, created if isinstance(created, str) else None)


def plan_present(state: Holder, wanted: DesiredUser, role_set: DesiredSet) -> Plan[Holder]:
    """What is to be done so that the user is there, with its roles.

    Raises:
        InputError: it can't be made of what is known.
        StateError: it can't be used, or what is to go can't be taken away.
    """
    user = state.user
    if user and user.status in (_DEACTIVATED, _SUSPENDED):
        word = "deactivated" if user.status == _DEACTIVATED else "suspended"
        raise StateError(
            f"The user {user.login} ({user.id}) is {word}: make it active again in the Admin Console, or choose another login."
        )
    if user and wanted.keep_existing and not state.is_managed:
        _refuse_misfit(user, state, wanted)
        return Plan(state)
    _refuse_removal(state, _taken_away(state, role_set))
    plan = plan_set(state.roles, role_set)
    if user:
        return Plan(replace(state, roles=plan.after), plan.steps)
    user = _new_user(wanted)
    return Plan(Holder(user, plan.after), (("create", user), *plan.steps))


def plan_absent(state: Holder, wanted: DesiredUser) -> Plan[Holder]:
    """What is to be done so that the user is of no use any more.

    Raises:
        StateError: it seems to be somebody else than was meant.
    """
    user = state.user
    if user is None or user.status == _DEACTIVATED:
        return Plan(state)
    if state.is_caller:
        raise StateError(f"The user {user.login} ({user.id}) owns the API token that calls, so it can't deactivate itself.")
    others = sorted(set(state.roles) - set(wanted.roles))
    if others and not wanted.exclusive:
        raise StateError(
            f"The user {user.login} ({user.id}) also holds {', '.join(others)}, so it may be somebody else than was meant. "
            "To deactivate it all the same, list that in roles, or set exclusive."
        )
    return Plan(Holder(replace(user, status=_DEACTIVATED), {}), (("deactivate", user),))


def _new_user(wanted: DesiredUser) -> User:
    missing = [option for option, name in (("first_name", "firstName"), ("last_name", "lastName")) if not wanted.profile[name]]
    if missing:
        raise InputError(f"Give {' and '.join(missing)}: there is no user {wanted.login} yet, and Okta makes none without a name.")
    status = _PROVISIONED if wanted.activate else _STAGED
    return User(None, wanted.login or "", wanted.profile["email"] or "", status)


def _taken_away(state: Holder, role_set: DesiredSet) -> Sequence[str]:
    return [member.key for verb, member in plan_set(state.roles, role_set).steps if verb == "remove"]


def _refuse_misfit(user: User, state: Holder, wanted: DesiredUser) -> None:
    """Refuse a user that was there before and whose roles aren't the desired ones: nothing of it is changed."""
    beyond = sorted(set(state.roles) - set(wanted.roles)) if wanted.exclusive else []
    lacking = [] if SUPER_ADMIN in state.roles else sorted(set(wanted.roles) - set(state.roles))
    if not beyond and not lacking:
        return
    holds = f"also holds {', '.join(beyond)}" if beyond else f"lacks {', '.join(lacking)}"
    raise StateError(
        f"The user {user.login} ({user.id}) was there before and {holds}. Nothing was changed, for its roles may be needed. "
        "Give the login of a user that doesn't exist yet (rezonate_service_user of the role), or change its roles in the Admin Console"
        + ("; where the token may do more than read, set rezonate_allow_privileged_token of the role." if beyond else ".")
    )


def _refuse_removal(state: Holder, roles: Sequence[str]) -> None:
    """Refuse what Okta can't do, or what would saw off the branch that we sit on."""
    if not roles or state.user is None:
        return
    if state.is_caller:
        raise StateError(
            f"The user {state.user.login} owns the API token that calls, so it can't take {', '.join(roles)} from itself: "
            "call with another credential, or list that in roles."
        )
    inherited = [role for role in roles if role in state.inherited]
    if inherited:
        raise StateError(
            f"The user {state.user.login} holds {', '.join(inherited)} by a group, which exclusive can't take away: "
            "take the user out of that group, or list that in roles."
        )


def _is_taken(error: OktaError) -> bool:
    return isinstance(error, ApiError) and error.status < 500 and any(_TAKEN in cause for cause in error.causes)


def _id_of(user: User | None) -> str:
    if user is None or not user.id:
        raise NoAnswerError("Okta's answer names no user.")
    return user.id


def _told(verb: str, argument: User | Member) -> str:
    """A step of a plan, for a person."""
    words = {"add": "assign the role", "remove": "take away the role"}
    return f"{words.get(verb, verb)} {argument.login if isinstance(argument, User) else argument.key}"


def manage_admin_user(call: Call) -> Outcome:
    """Do what the module `okta_admin_user` is asked."""
    wanted = _wanted(call.params)
    only_unused = not wanted.present and call.params.get("only_unused")
    client = connect(call, ("okta.users.manage", "okta.roles.manage", *(["okta.apiTokens.read"] if only_unused else [])))
    if only_unused:
        return _deactivate_unused(call, client, wanted)
    outcome = converge(AdminUser(client, wanted), check_mode=call.check_mode)
    user = outcome.values["user"]
    # one that was made just now may still be on its way from there
    if wanted.present and wanted.activate and user["status"] == _STAGED and not outcome.values["created"]:
        call.warn(f"The user {user['login']} is there, but was never activated: activate it in the Admin Console.")
    removed = outcome.values["removed"]
    if removed and not outcome.values["managed"]:
        verb = "would be" if call.check_mode else "were"
        call.warn(
            f"The user {user['login']} was there before this task and held {', '.join(removed)}; these roles {verb} removed (exclusive)."
        )
    return outcome


def _deactivate_unused(call: Call, client: OktaClient, wanted: DesiredUser) -> Outcome:
    """Deactivate a user, unless it has got roles or API tokens that aren't those that the task names."""
    user = AdminUser(client, replace(wanted, exclusive=True))
    have = user.read()
    if have.user is None or have.user.status == _DEACTIVATED:
        return converge(user, check_mode=call.check_mode)
    found = have.user
    left = Outcome(False, user.values(have, have, Plan(have)), user.show(have), user.show(have))

    def uses() -> list[str]:
        names = tokens_of_user(client, found.id or "")
        # Okta doesn't say which of an owner's tokens is which
        ours = (call.params.get("known_owner") or "").casefold() == found.login.casefold()
        others = len(names) > 1 if ours else bool(names)
        roles = sorted(set(have.roles) - set(wanted.roles))
        return [*(f"it holds {role}" for role in roles), *([f"its API tokens are {', '.join(sorted(names))}"] if others else [])]

    return unless_used(f"user {found.login} ({found.id})", uses, lambda: converge(user, check_mode=call.check_mode), left)


def _wanted(params: Mapping[str, Any]) -> DesiredUser:
    user_id, login = params["id"] or None, (params["login"] or "").strip() or None
    email = (params["email"] or "").strip() or login
    if not user_id and not login:
        raise InputError("login is missing: say which user is meant, by login or by id.")
    if user_id and (not _ID.fullmatch(user_id) or user_id == "me"):
        raise InputError(f"id: {user_id!r} is no user's id, such as 00unwlw0tbo8E6aVj5d7.")
    for option, value in (("login", login), ("email", email)):
        if value and not _LOGIN.fullmatch(value):
            raise InputError(f"{option}: {value!r} isn't of the form of an email address, such as rezonate@acme.example.")
    return DesiredUser(
        present=params["state"] == "present",
        id=user_id,
        login=login,
        profile={"login": login, "email": email, "firstName": params["first_name"], "lastName": params["last_name"]},
        activate=params["activate"],
        roles=standard_types(params["roles"], "roles", "custom ones aren't looked after here"),
        exclusive=params["exclusive"],
        keep_existing=params["keep_existing"],
        created_id=params["created_id"] or None,
    )
