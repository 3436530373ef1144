# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calling credential is, and whether it may do what onboarding needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import ApiError, NoAnswerError, StateError
from .authentication import OAuthClient
from .client import OktaClient, segment

SUPER_ADMIN = "SUPER_ADMIN"
_FORBIDDEN = 403


@dataclass(frozen=True)
class Caller:
    """The calling credential.

    Args:
        kind: ``api_token`` or ``service_app``.
        id: the id of the token's owner or of the app.
        name: the owner's login or the app's client id.
        roles: its admin roles; None where it may not even ask.
        scopes: the scopes of its access token; None for an API token, which has all that its owner may do.
    """

    kind: str
    id: str
    name: str
    roles: tuple[str, ...] | None
    scopes: tuple[str, ...] | None = None

    @property
    def is_super_admin(self) -> bool:
        """Whether it holds the super admin role. Not being allowed to ask means no."""
        return self.roles is not None and SUPER_ADMIN in self.roles

    @property
    def held(self) -> str:
        """Its roles, to follow "the caller"."""
        if self.roles is None:
            lacking = ", which takes the scope okta.roles.read" if self.lacks(["okta.roles.read"]) else ""
            return f"may not even read its own roles{lacking}"
        return f"holds {', '.join(self.roles) or 'no admin role'}"

    @property
    def described(self) -> str:
        """Whose credential it is and what it holds, as the beginning of a sentence."""
        if self.kind == "api_token":
            return f"The API token belongs to {self.name or self.id}, who {self.held}"
        return f"The service app {self.id} {self.held}"

    def lacks(self, scopes: Sequence[str]) -> tuple[str, ...]:
        """Those of the scopes that its access token wasn't given, by themselves or in the scope to manage the same."""
        if self.scopes is None:
            return ()
        return tuple(scope for scope in scopes if not {scope, _managing(scope)} & set(self.scopes))


@dataclass(frozen=True)
class _Step:
    """One of onboarding's calls that not everybody may make.

    Args:
        doing: what it does.
        call: method and path.
        scope: the scope that a service app needs for it.
        allowed: types of the roles that it is allowed to.
    """

    doing: str
    call: str
    scope: str
    allowed: frozenset[str] = frozenset({SUPER_ADMIN})


# Okta: Standard administrator roles, and OAuth for Okta. A custom role may cover apps, which its type doesn't tell.
_APP_ADMINS = frozenset({SUPER_ADMIN, "APP_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN", "CUSTOM"})
_STEPS = (
    _Step("creating the app", "POST /api/v1/apps", "okta.apps.manage", _APP_ADMINS),
    _Step("changing the app's keys", "POST /api/v1/apps/{id}/credentials/jwks", "okta.apps.manage"),
    _Step("granting scopes", "POST /api/v1/apps/{id}/grants", "okta.appGrants.manage"),
    _Step("assigning admin roles", "POST /oauth2/v1/clients/{id}/roles", "okta.roles.manage"),
)


def read_caller(client: OktaClient) -> Caller:
    """Ask Okta whose credential this is: two calls with an API token; with a service app one, and one for its access token."""
    credential = client.credential
    if isinstance(credential, OAuthClient):
        roles = _roles(client, f"/oauth2/v1/clients/{segment(credential.client_id)}/roles")
        # after that call, which makes sure first that a custom domain is an Okta org
        scopes = credential.token(client.transport).scopes
        return Caller("service_app", credential.client_id, credential.client_id, roles, tuple(sorted(scopes)))
    user_id, login = read_owner(client, "read whose API token this is")
    return Caller("api_token", user_id, login, _roles(client, f"/api/v1/users/{segment(user_id)}/roles"))


def read_owner(client: OktaClient, purpose: str) -> tuple[str, str]:
    """The id and the login of the user whose API token calls."""
    user = client.get("/api/v1/users/me", purpose)
    user_id = str(user.get("id") or "")
    if not user_id:
        raise NoAnswerError("GET /api/v1/users/me: Okta's answer names no user.")
    profile = user.get("profile")
    return user_id, str(profile.get("login", "")) if isinstance(profile, dict) else ""


def would_fail(caller: Caller, scopes: Sequence[str]) -> tuple[str, ...]:
    """Which of onboarding's calls would fail, and why: a sentence each.

    Args:
        scopes: those that are needed; others aren't missed.
    """
    missing = caller.lacks(scopes)
    sentences = [f"{_capital(step.doing)} ({step.call}) would fail: {reasons}." for step, reasons in _failing(caller, missing)]
    others = [scope for scope in missing if scope not in {step.scope for step in _STEPS}]
    return (*sentences, *(f"Calls that need {scope} would fail: {_without([scope])}." for scope in others))


def require_super_admin(client: OktaClient, scopes: Sequence[str] = ()) -> Caller:
    """Make sure that the caller is a super admin, since only one may grant scopes, assign roles or change keys.

    Args:
        scopes: those that a service app's access token has to have.

    Raises:
        StateError: it isn't, or has not.
    """
    caller = read_caller(client)
    missing = caller.lacks(scopes)
    if caller.is_super_admin and not missing:
        return caller
    doing = _listed([step.doing for step, _reasons in _failing(caller, missing)])
    only = "" if caller.is_super_admin else ": only a super admin may onboard"
    reasons = [*([f"{doing} would fail"] if doing else []), *([_without(missing)] if missing else [])]
    raise StateError(
        f"{caller.described}{only}; {'; '.join(reasons)}; nothing was changed. "
        + ("Grant the scopes to the app, or use" if caller.is_super_admin else "Use")
        + " a credential of a super admin (api_token, or client_id and private_key)."
    )


def _failing(caller: Caller, missing: Sequence[str]) -> Iterable[tuple[_Step, str]]:
    """The steps that would fail, each with its reasons."""
    for step in _STEPS:
        reasons = []
        if not step.allowed & set(caller.roles or ()):
            who = "a super admin" if len(step.allowed) == 1 else "an app admin or a super admin"
            reasons.append(f"only {who} may, and the caller {caller.held}")
        if step.scope in missing:
            reasons.append(_without([step.scope]))
        if reasons:
            yield step, "; ".join(reasons)


def _without(scopes: Sequence[str]) -> str:
    return f"Okta gave an access token without {_listed(scopes)}"


def _managing(scope: str) -> str:
    """The scope that includes a scope to read."""
    stem, _dot, verb = scope.rpartition(".")
    return f"{stem}.manage" if verb == "read" else scope


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _roles(client: OktaClient, path: str) -> tuple[str, ...] | None:
    try:
        entries: list[dict[str, Any]] = list(client.pages(path, "read the caller's admin roles"))
    except ApiError as error:
        if error.status == _FORBIDDEN:
            return None
        raise
    return tuple(sorted({str(entry.get("type")) for entry in entries}))
