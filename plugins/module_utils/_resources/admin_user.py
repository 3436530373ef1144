# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users with admin roles, such as the service user that owns a supplied API token."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import ApiError, InputError, NoResponseError, OktaError, StateError, maybe_done
from .._core.spec import Call, Outcome
from .._core.text import same_text
from .._okta.authentication import ApiToken
from .._okta.caller import SUPER_ADMIN, read_owner
from .._okta.client import NOT_FOUND, OktaClient, path_segment
from .._okta.connection import connect
from .resource import AddMember, DesiredSet, Members, Plan, RemoveMember, Resource, Step, converge, plan_set, removed
from .role_assignment import RoleAssignments, standard_types, user_path
from .usage import delete_unless_used, tokens_of_user

_USERS = "/api/v1/users"
_DEACTIVATED, _SUSPENDED, _STAGED, _PROVISIONED = "DEPROVISIONED", "SUSPENDED", "STAGED", "PROVISIONED"
_ID = re.compile(r"[A-Za-z0-9_-]+")
_LOGIN = re.compile(r"[^@/\s]+@[^@/\s]+")  # Okta finds no login with a slash in it (Okta: Users)
_LOGIN_TAKEN = "already exists"  # of a login that isn't unique; Okta's code for it, E0000001, stands for any invalid value


@dataclass(frozen=True)
class User:
    """A user; `id` is None until it is created, `created` is Okta's time."""

    id: str | None
    login: str
    email: str
    status: str
    created: str | None = None


@dataclass(frozen=True)
class AdminUserState:
    """A user and its admin roles.

    Args:
        user: None where there is none.
        roles: its roles.
        inherited: the roles among them that a group assigns.
        is_caller: whether the calling API token belongs to this user; read only where roles are removed.
        is_managed: whether this run, or an earlier run of the caller, created it.
    """

    user: User | None
    roles: Members
    inherited: frozenset[str] = frozenset()
    is_caller: bool = False
    is_managed: bool = False

    def facts(self) -> dict[str, Any] | None:
        """The members that the module returns."""
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
    """The desired state of a user.

    Args:
        present: whether the user must exist and be active.
        id: its id, where that is known.
        login: its login, by which it is found without an id.
        profile: the profile of a new user; no value may be None then.
        activate: whether a new user is activated.
        roles: the desired roles.
        exclusive: whether other roles are removed; for an absent user, whether they are ignored.
        keep_existing: whether a user that the caller didn't create is never changed.
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


@dataclass(frozen=True)
class UserStep(Step):
    """A change of the user itself."""

    user: User

    @property
    def text(self) -> str:
        return f"{self.verb} {self.user.login}"


class CreateUser(UserStep):
    """Create the user."""

    verb = "create"


class DeactivateUser(UserStep):
    """Deactivate the user."""

    verb = "deactivate"


class AdminUser(Resource[AdminUserState]):
    """One user and its admin roles."""

    def __init__(self, client: OktaClient, desired: DesiredUser) -> None:
        self._client = client
        self._desired = desired
        self._role_set = DesiredSet(desired.roles, exclusive=desired.exclusive)
        self._created = False
        self._applied: tuple[Step, ...] | None = None

    def read_state(self) -> AdminUserState:
        return self._with_roles(self._find())

    def plan(self, state: AdminUserState) -> Plan[AdminUserState]:
        return plan_present(state, self._desired, self._role_set) if self._desired.present else plan_absent(state, self._desired)

    def apply(self, state: AdminUserState, plan: Plan[AdminUserState]) -> AdminUserState:
        if not self._desired.present:
            self._deactivate(state)
            return plan.after
        if state.user is None:
            # planned again, since another client may have created the user meanwhile
            user = self._create()
            state = self._with_roles(user)
            plan = self.plan(state)
            self._applied = (*([CreateUser(user)] if self._created else []), *plan.steps)
            if not plan.steps:
                return state
        return replace(state, roles=self._roles(state.user).apply(state.roles, Plan(plan.after.roles, plan.steps)))

    def diff_state(self, state: AdminUserState) -> Mapping[str, Any]:
        return state.facts() or {}

    def values(self, before: AdminUserState, after: AdminUserState, plan: Plan[AdminUserState]) -> Mapping[str, Any]:
        is_new = before.user is None and after.user is not None and (after.user.id is None or self._created)
        # where another client created the user meanwhile, other steps than the planned ones were applied
        steps = plan.steps if self._applied is None else self._applied
        return {
            "user": after.facts(),
            "created": is_new,
            "removed": sorted(set(before.roles) - set(after.roles)) if self._desired.present else [],
            "managed": is_new or after.is_managed,
            "changes": [_change_text(step) for step in steps],
        }

    def _find(self) -> User | None:
        desired = self._desired
        user = self._get(desired.id or desired.login or "")
        if user is None:
            if desired.id and desired.present:
                raise InputError(f"id: this org has no user {desired.id}. To create one, set login instead.")
            return None
        if desired.id and user.id != desired.id:
            raise InputError(f"id: {desired.id!r} isn't a user id, such as 00unwlw0tbo8E6aVj5d7; Okta interprets it as {user.login}.")
        if desired.login and not same_text(desired.login, user.login, ignore_case=True):
            raise StateError(f"login: Okta finds {user.login} ({user.id}) for {desired.login!r}; identify the user by id.")
        return user

    def _get(self, name: str) -> User | None:
        try:
            return user_from(self._client.get(f"{_USERS}/{path_segment(name)}", "read the user"))
        except ApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def _with_roles(self, user: User | None) -> AdminUserState:
        if user is None or user.status == _DEACTIVATED:
            return AdminUserState(user, {})
        roles = self._roles(user)
        is_managed = self._created or (user.id is not None and user.id == self._desired.created_id)
        state = AdminUserState(user, roles.read_state(), frozenset(roles.inherited), is_managed=is_managed)
        removes_roles = not self._desired.present or _removed_roles(state, self._role_set)
        return replace(state, is_caller=bool(removes_roles) and self._is_caller(user))

    def _roles(self, user: User | None) -> RoleAssignments:
        return RoleAssignments(self._client, self._role_set, path=user_path(_id_of(user)), holder="the user")

    def _is_caller(self, user: User) -> bool:
        return isinstance(self._client.credential, ApiToken) and read_owner(self._client, "read whose API token this is")[0] == user.id

    def _create(self) -> User:
        try:
            return self._post()
        except OktaError as error:
            is_taken = _is_login_taken(error)
            if not is_taken and not maybe_done(error):
                raise
            # logins are unique: this request, whose response was lost, or another client has created the user that exists now
            found = self._find()
            if is_taken and not found:
                raise
            self._created = found is not None and not is_taken
        return found or self._post()

    def _post(self) -> User:
        path = f"{_USERS}?activate={str(self._desired.activate).lower()}"
        body = {"profile": dict(self._desired.profile)}
        user = user_from(self._client.write("POST", path, f"create the user {self._desired.login}", body=body, expect=dict))
        self._created = True
        return user

    def _deactivate(self, state: AdminUserState) -> None:
        user_id = _id_of(state.user)
        try:
            # not repeatable: Okta permanently deletes a user that is already deactivated (Okta: Delete a user)
            self._client.write("DELETE", f"{_USERS}/{path_segment(user_id)}", "deactivate the user", repeatable=False)
        except OktaError as error:
            if isinstance(error, ApiError) and error.status == NOT_FOUND:
                return
            found = self._get(user_id) if maybe_done(error) else state.user
            if found and found.status != _DEACTIVATED:
                raise


def user_from(raw: Mapping[str, Any]) -> User:
    """Read a user from Okta's response. A user whose deactivation is in progress counts as deactivated."""
    profile = raw.get("profile")
    members = profile if isinstance(profile, dict) else {}
    if not isinstance(raw.get("id"), str) or not isinstance(members.get("login"), str):
        raise NoResponseError("Okta's response contains no user.", maybe_done=True)
    is_deactivating = raw.get("transitioningToStatus") == _DEACTIVATED
    status = _DEACTIVATED if is_deactivating else str(raw.get("status"))
    created = raw.get("created")
    return User(raw["id"], members["login"], str(members.get("email")), status, created if isinstance(created, str) else None)


def plan_present(state: AdminUserState, desired: DesiredUser, role_set: DesiredSet) -> Plan[AdminUserState]:
    """Plan a user that exists and holds its roles.

    Raises:
        InputError: a value that a new user needs is missing.
        StateError: the user can't be used, or a role can't be removed.
    """
    user = state.user
    if user and user.status in (_DEACTIVATED, _SUSPENDED):
        word = "deactivated" if user.status == _DEACTIVATED else "suspended"
        raise StateError(f"The user {user.login} ({user.id}) is {word}: activate it again in the Admin Console, or choose another login.")
    if user and desired.keep_existing and not state.is_managed:
        _refuse_other_roles(user, state, desired)
        return Plan(state)
    _refuse_removal(state, _removed_roles(state, role_set))
    plan = plan_set(state.roles, role_set)
    if user:
        return Plan(replace(state, roles=plan.after), plan.steps)
    user = _new_user(desired)
    return Plan(AdminUserState(user, plan.after), (CreateUser(user), *plan.steps))


def plan_absent(state: AdminUserState, desired: DesiredUser) -> Plan[AdminUserState]:
    """Plan a user that is deactivated.

    Raises:
        StateError: the user may be another one than intended, or owns the calling API token.
    """
    user = state.user
    if user is None or user.status == _DEACTIVATED:
        return Plan(state)
    if state.is_caller:
        raise StateError(f"The user {user.login} ({user.id}) owns the calling API token, so it can't deactivate itself.")
    others = sorted(set(state.roles) - set(desired.roles))
    if others and not desired.exclusive:
        raise StateError(
            f"The user {user.login} ({user.id}) also holds {', '.join(others)}, so it may be another user than intended. "
            "To deactivate it anyway, list these roles in roles, or set exclusive."
        )
    return Plan(AdminUserState(replace(user, status=_DEACTIVATED), {}), (DeactivateUser(user),))


def _new_user(desired: DesiredUser) -> User:
    missing = [option for option, name in (("first_name", "firstName"), ("last_name", "lastName")) if not desired.profile[name]]
    if missing:
        raise InputError(
            f"{' and '.join(missing)} must be set: there is no user {desired.login} yet, and Okta creates none without a name."
        )
    status = _PROVISIONED if desired.activate else _STAGED
    return User(None, desired.login or "", desired.profile["email"] or "", status)


def _removed_roles(state: AdminUserState, role_set: DesiredSet) -> Sequence[str]:
    return [member.key for member in removed(plan_set(state.roles, role_set))]


def _refuse_other_roles(user: User, state: AdminUserState, desired: DesiredUser) -> None:
    """Refuse an existing user that doesn't hold the desired roles and must not be changed."""
    surplus = sorted(set(state.roles) - set(desired.roles)) if desired.exclusive else []
    lacked = [] if SUPER_ADMIN in state.roles else sorted(set(desired.roles) - set(state.roles))
    if not surplus and not lacked:
        return
    holds = f"also holds {', '.join(surplus)}" if surplus else f"lacks {', '.join(lacked)}"
    raise StateError(
        f"The user {user.login} ({user.id}) existed before and {holds}. Nothing was changed, since its roles may be in use. "
        "Set login (rezonate_service_user of the role) to a user that doesn't exist yet, or change its roles in the Admin Console"
        + ("; where the token may do more than read, set rezonate_allow_privileged_token of the role." if surplus else ".")
    )


def _refuse_removal(state: AdminUserState, roles: Sequence[str]) -> None:
    """Refuse a removal that Okta can't carry out, or that would remove the caller's own access."""
    if not roles or state.user is None:
        return
    if state.is_caller:
        raise StateError(
            f"The user {state.user.login} owns the calling API token, so it can't remove {', '.join(roles)} from itself: "
            "use another credential, or list these roles in roles."
        )
    inherited = [role for role in roles if role in state.inherited]
    if inherited:
        raise StateError(
            f"The user {state.user.login} holds {', '.join(inherited)} through a group, which exclusive can't remove: "
            "remove the user from that group, or list these roles in roles."
        )


def _is_login_taken(error: OktaError) -> bool:
    return isinstance(error, ApiError) and error.status < 500 and any(_LOGIN_TAKEN in cause for cause in error.causes)


def _id_of(user: User | None) -> str:
    if user is None or not user.id:
        raise NoResponseError("Okta's response contains no user.")
    return user.id


def _change_text(step: Step) -> str:
    """A step as the return value C(changes) reports it: the members of this set are roles."""
    match step:
        case AddMember(member):
            return f"assign the role {member.key}"
        case RemoveMember(member):
            return f"take away the role {member.key}"
    return step.text


def manage_admin_user(call: Call) -> Outcome:
    """Run the module `okta_admin_user`."""
    desired = _desired_user(call.params)
    only_unused = not desired.present and call.params.get("only_unused")
    client = connect(call, ("okta.users.manage", "okta.roles.manage", *(["okta.apiTokens.read"] if only_unused else [])))
    if only_unused:
        return _deactivate_unused(call, client, desired)
    outcome = converge(AdminUser(client, desired), check_mode=call.check_mode)
    user = outcome.values["user"]
    # a new user may still be in this status
    if desired.present and desired.activate and user["status"] == _STAGED and not outcome.values["created"]:
        call.warn(f"The user {user['login']} exists, but was never activated: activate it in the Admin Console.")
    removed_roles = outcome.values["removed"]
    if removed_roles and not outcome.values["managed"]:
        verb = "would be" if call.check_mode else "were"
        call.warn(
            f"The user {user['login']} existed before this task and held {', '.join(removed_roles)}; "
            f"these roles {verb} removed (exclusive)."
        )
    return outcome


def _deactivate_unused(call: Call, client: OktaClient, desired: DesiredUser) -> Outcome:
    """Deactivate a user, unless it has roles or API tokens that the task doesn't name."""
    user = AdminUser(client, replace(desired, exclusive=True))
    current = user.read_state()
    if current.user is None or current.user.status == _DEACTIVATED:
        return converge(user, check_mode=call.check_mode)
    found = current.user
    unchanged = Outcome(False, user.values(current, current, Plan(current)), user.diff_state(current), user.diff_state(current))

    def uses() -> list[str]:
        names = tokens_of_user(client, found.id or "")
        # Okta doesn't identify the owner's tokens
        is_known_owner = (call.params.get("known_owner") or "").casefold() == found.login.casefold()
        others = len(names) > 1 if is_known_owner else bool(names)
        roles = sorted(set(current.roles) - set(desired.roles))
        return [*(f"it holds {role}" for role in roles), *([f"its API tokens are {', '.join(sorted(names))}"] if others else [])]

    return delete_unless_used(f"user {found.login} ({found.id})", uses, lambda: converge(user, check_mode=call.check_mode), unchanged)


def _desired_user(params: Mapping[str, Any]) -> DesiredUser:
    user_id, login = params["id"] or None, (params["login"] or "").strip() or None
    email = (params["email"] or "").strip() or login
    if not user_id and not login:
        raise InputError("login is missing: identify the user by login or by id.")
    if user_id and (not _ID.fullmatch(user_id) or user_id == "me"):
        raise InputError(f"id: {user_id!r} isn't a user id, such as 00unwlw0tbo8E6aVj5d7.")
    for option, value in (("login", login), ("email", email)):
        if value and not _LOGIN.fullmatch(value):
            raise InputError(f"{option}: {value!r} isn't an email address, such as rezonate@acme.example.")
    return DesiredUser(
        present=params["state"] == "present",
        id=user_id,
        login=login,
        profile={"login": login, "email": email, "firstName": params["first_name"], "lastName": params["last_name"]},
        activate=params["activate"],
        roles=standard_types(params["roles"], "roles", "this module doesn't manage custom roles"),
        exclusive=params["exclusive"],
        keep_existing=params["keep_existing"],
        created_id=params["created_id"] or None,
    )
