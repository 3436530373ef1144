# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calling credential is, and whether it may do what onboarding needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._auth import OAuthClient
from ._client import OktaClient, segment
from ._errors import ApiError, NoAnswerError, StateError

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
    """

    kind: str
    id: str
    name: str
    roles: tuple[str, ...] | None

    @property
    def is_super_admin(self) -> bool:
        """Whether it holds the super admin role. Not being allowed to ask means no."""
        return self.roles is not None and SUPER_ADMIN in self.roles


def read_caller(client: OktaClient) -> Caller:
    """Ask Okta whose credential this is: two calls with an API token, one with a service app."""
    credential = client.credential
    if isinstance(credential, OAuthClient):
        roles = _roles(client, f"/oauth2/v1/clients/{segment(credential.client_id)}/roles")
        return Caller("service_app", credential.client_id, credential.client_id, roles)
    user = client.get("/api/v1/users/me", "read whose API token this is")
    user_id = str(user.get("id") or "")
    if not user_id:
        raise NoAnswerError("GET /api/v1/users/me: Okta's answer names no user.")
    profile = user.get("profile")
    login = str(profile.get("login", "")) if isinstance(profile, dict) else ""
    return Caller("api_token", user_id, login, _roles(client, f"/api/v1/users/{segment(user_id)}/roles"))


def require_super_admin(client: OktaClient) -> Caller:
    """Make sure that the caller is a super admin, since only one may grant scopes, assign roles or change keys.

    Raises:
        StateError: it isn't.
    """
    caller = read_caller(client)
    if caller.is_super_admin:
        return caller
    whose = f"The API token belongs to {caller.name or caller.id}" if caller.kind == "api_token" else f"The service app {caller.id}"
    held = "may not even read its own roles" if caller.roles is None else f"holds {', '.join(caller.roles) or 'no admin role'}"
    link = ", who" if caller.kind == "api_token" else ""
    raise StateError(
        f"{whose}{link} {held}: only a super admin may create the app, grant scopes and assign roles; "
        "nothing was changed. Use a credential of a super admin (api_token, or client_id and private_key)."
    )


def _roles(client: OktaClient, path: str) -> tuple[str, ...] | None:
    try:
        entries: list[dict[str, Any]] = list(client.pages(path, "read the caller's admin roles"))
    except ApiError as error:
        if error.status == _FORBIDDEN:
            return None
        raise
    return tuple(sorted({str(entry.get("type")) for entry in entries}))
