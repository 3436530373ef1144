# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calling credential, and whether it has the permissions for onboarding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import ApiError, NoResponseError, StateError
from .authentication import OAuthClient
from .client import OktaClient, path_segment

SUPER_ADMIN = "SUPER_ADMIN"
_FORBIDDEN = 403


@dataclass(frozen=True)
class Caller:
    """The calling credential.

    Args:
        kind: ``api_token`` or ``service_app``.
        id: the id of the token's owner or of the app.
        name: the owner's login or the app's client id.
        roles: its admin roles; None if it has no permission to read them.
        scopes: the scopes of its access token; None for an API token, which has all permissions of its owner.
    """

    kind: str
    id: str
    name: str
    roles: tuple[str, ...] | None
    scopes: tuple[str, ...] | None = None

    @property
    def is_super_admin(self) -> bool:
        """Whether it holds the super admin role; False if its roles are unknown."""
        return self.roles is not None and SUPER_ADMIN in self.roles

    @property
    def role_description(self) -> str:
        """Its roles, to follow "the caller" in a sentence."""
        if self.roles is None:
            lacking = ", which requires the scope okta.roles.read" if self.missing_scopes(["okta.roles.read"]) else ""
            return f"has no permission to read its own roles{lacking}"
        return f"holds {', '.join(self.roles) or 'no admin role'}"

    @property
    def description(self) -> str:
        """The owner of the credential and its roles, as the beginning of a sentence."""
        if self.kind == "api_token":
            return f"The API token belongs to {self.name or self.id}, who {self.role_description}"
        return f"The service app {self.id} {self.role_description}"

    def missing_scopes(self, scopes: Sequence[str]) -> tuple[str, ...]:
        """The scopes that its access token lacks; a scope to manage includes the scope to read."""
        if self.scopes is None:
            return ()
        return tuple(scope for scope in scopes if not {scope, _manage_scope(scope)} & set(self.scopes))


@dataclass(frozen=True)
class _PrivilegedCall:
    """A call of onboarding that requires admin roles.

    Args:
        action: what it does.
        call: method and path.
        scope: the scope that a service app requires for it.
        allowed: the types of the roles that permit it.
    """

    action: str
    call: str
    scope: str
    allowed: frozenset[str] = frozenset({SUPER_ADMIN})


# Okta: Standard administrator roles, and OAuth for Okta. A custom role can include apps, which its type doesn't show.
_APP_ADMINS = frozenset({SUPER_ADMIN, "APP_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN", "CUSTOM"})
_PRIVILEGED_CALLS = (
    _PrivilegedCall("creating the app", "POST /api/v1/apps", "okta.apps.manage", _APP_ADMINS),
    _PrivilegedCall("changing the app's keys", "POST /api/v1/apps/{id}/credentials/jwks", "okta.apps.manage"),
    _PrivilegedCall("granting scopes", "POST /api/v1/apps/{id}/grants", "okta.appGrants.manage"),
    _PrivilegedCall("assigning admin roles", "POST /oauth2/v1/clients/{id}/roles", "okta.roles.manage"),
)


def read_caller(client: OktaClient) -> Caller:
    """Read the caller from Okta: two calls with an API token; with a service app one, and one for its access token."""
    credential = client.credential
    if isinstance(credential, OAuthClient):
        roles = _read_admin_roles(client, f"/oauth2/v1/clients/{path_segment(credential.client_id)}/roles")
        # after that call, which first verifies that a custom domain is an Okta org
        scopes = credential.token(client.transport).scopes
        return Caller("service_app", credential.client_id, credential.client_id, roles, tuple(sorted(scopes)))
    user_id, login = read_owner(client, "read whose API token this is")
    return Caller("api_token", user_id, login, _read_admin_roles(client, f"/api/v1/users/{path_segment(user_id)}/roles"))


def read_owner(client: OktaClient, purpose: str) -> tuple[str, str]:
    """The id and the login of the owner of the calling API token."""
    user = client.get("/api/v1/users/me", purpose)
    user_id = str(user.get("id") or "")
    if not user_id:
        raise NoResponseError("GET /api/v1/users/me: Okta's answer names no user.")
    profile = user.get("profile")
    return user_id, str(profile.get("login", "")) if isinstance(profile, dict) else ""


def failing_calls(caller: Caller, scopes: Sequence[str]) -> tuple[str, ...]:
    """The calls of onboarding that would fail, with the reasons, in a sentence each.

    Args:
        scopes: the required scopes.
    """
    missing = caller.missing_scopes(scopes)
    sentences = [f"{_capitalized(step.action)} ({step.call}) would fail: {reasons}." for step, reasons in _failing_calls(caller, missing)]
    others = [scope for scope in missing if scope not in {step.scope for step in _PRIVILEGED_CALLS}]
    return (*sentences, *(f"Calls that need {scope} would fail: {_missing_scopes_reason([scope])}." for scope in others))


def require_super_admin(client: OktaClient, scopes: Sequence[str] = ()) -> Caller:
    """Check that the caller is a super admin, which granting scopes, assigning roles and changing keys require.

    Args:
        scopes: the scopes that the access token of a service app must have.

    Raises:
        StateError: it isn't a super admin, or lacks scopes.
    """
    caller = read_caller(client)
    missing = caller.missing_scopes(scopes)
    if caller.is_super_admin and not missing:
        return caller
    actions = _joined([step.action for step, _reasons in _failing_calls(caller, missing)])
    only = "" if caller.is_super_admin else ": only a super admin may onboard"
    reasons = [*([f"{actions} would fail"] if actions else []), *([_missing_scopes_reason(missing)] if missing else [])]
    raise StateError(
        f"{caller.description}{only}; {'; '.join(reasons)}; nothing was changed. "
        + ("Grant the scopes to the app, or use" if caller.is_super_admin else "Use")
        + " a credential of a super admin (api_token, or client_id and private_key)."
    )


def _failing_calls(caller: Caller, missing: Sequence[str]) -> Iterable[tuple[_PrivilegedCall, str]]:
    """The calls that would fail, each with its reasons."""
    for step in _PRIVILEGED_CALLS:
        reasons = []
        if not step.allowed & set(caller.roles or ()):
            who = "a super admin" if len(step.allowed) == 1 else "an app admin or a super admin"
            reasons.append(f"it requires {who}, and the caller {caller.role_description}")
        if step.scope in missing:
            reasons.append(_missing_scopes_reason([step.scope]))
        if reasons:
            yield step, "; ".join(reasons)


def _missing_scopes_reason(scopes: Sequence[str]) -> str:
    return f"Okta gave an access token without {_joined(scopes)}"


def _manage_scope(scope: str) -> str:
    """The scope to manage, which includes the scope to read."""
    stem, _dot, verb = scope.rpartition(".")
    return f"{stem}.manage" if verb == "read" else scope


def _joined(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _read_admin_roles(client: OktaClient, path: str) -> tuple[str, ...] | None:
    try:
        entries: list[dict[str, Any]] = list(client.pages(path, "read the caller's admin roles"))
    except ApiError as error:
        if error.status == _FORBIDDEN:
            return None
        raise
    return tuple(sorted({str(entry.get("type")) for entry in entries}))
