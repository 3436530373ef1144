# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Authentication and authorization of callers of the management API."""

from __future__ import annotations

from dataclasses import dataclass

from .dpop import check_proof
from .errors import AccessTokenError, OktaError, forbidden, unlicensed
from .events import Actor
from .reach import reaches
from .roles import Need, allows, working
from .routing import Call, Route
from .scopes import covers
from .state import UNUSED_LIFETIME, AccessToken, ApiToken, Assignment


@dataclass
class Caller:
    """A user with an API token, or a client with an access token."""

    kind: str
    id: str
    label: str
    api_token: ApiToken | None = None
    access: AccessToken | None = None

    @property
    def creator(self) -> dict[str, str]:
        """Return the `createdBy` of objects that this caller creates."""
        return {"id": self.id, "type": "User" if self.api_token else "Client"}

    @property
    def actor(self) -> Actor:
        """Return the actor for the system log."""
        return Actor(self.id, self.label, "User" if self.api_token else "PublicClientApp")


def authenticate(call: Call) -> Caller:
    """Authenticate the caller."""
    scheme, _unused, value = call.request.headers.get("authorization", "").partition(" ")
    if scheme.upper() == "SSWS":
        return _by_api_token(call, value.strip())
    if scheme.lower() in ("bearer", "dpop"):
        return _by_access_token(call, scheme.lower(), value.strip())
    raise _bad_api_token()


def authorize(call: Call, route: Route) -> None:
    """Refuse callers without the scope or the role, and features that the org does not have."""
    caller = call.caller
    if caller.access is not None and not covers(caller.access.scopes, route.scope):
        error = AccessTokenError(403, "insufficient_scope", "The access token provided does not contain the required scopes.")
        error.scope = route.scope
        raise error
    if route.feature and route.feature not in call.tenant.options.features:
        raise unlicensed()
    if not may(call, route.need, route.scope):
        raise forbidden()


def may(call: Call, need: Need, scope: str = "", target: str | None = None) -> bool:
    """Return whether the caller's roles cover a need. `target` is the id of a user or group, if the path does not name it."""
    access = call.caller.access
    if need is Need.SELF or (access is not None and not access.needs_role):
        return True
    return allows(_roles(call), need, scope, call.state, lambda item: reaches(call, item, scope, target))


def _roles(call: Call) -> list[Assignment]:
    holders = call.state.user_roles if call.caller.api_token else call.state.client_roles
    return working(holders.get(call.caller.id, {}), call.now)


def _bad_api_token() -> OktaError:
    return OktaError(401, "E0000011", "Invalid token provided")


def _by_api_token(call: Call, value: str) -> Caller:
    token = call.state.api_tokens.get(value)
    user = call.state.users.get(token.user_id) if token else None
    if token is None or user is None or user["status"] != "ACTIVE" or token.used + UNUSED_LIFETIME < call.now:
        raise _bad_api_token()
    token.used = call.now
    return Caller("ssws", token.user_id, user["profile"]["login"], api_token=token)


def _by_access_token(call: Call, scheme: str, value: str) -> Caller:
    token = call.state.access_tokens.get(value)
    name = "DPoP" if scheme == "dpop" else "Bearer"
    if token is None:
        raise AccessTokenError(401, "invalid_token", "The access token is invalid.", name)
    if token.expires <= call.now:
        raise AccessTokenError(401, "invalid_token", "The access token is expired.", name)
    if bool(token.thumbprint) != (scheme == "dpop"):
        raise AccessTokenError(400, "invalid_request", "The authorization scheme doesn't fit the token's type.", "DPoP")
    if token.thumbprint:
        _check_bound(call, value, token.thumbprint)
    app = call.state.app_of_client(token.client_id)
    return Caller(scheme, token.client_id, app.label if app else token.client_id, access=token)


def _check_bound(call: Call, value: str, thumbprint: str) -> None:
    try:
        _found, claims = check_proof(call, token=value, thumbprint=thumbprint)
    except ValueError as error:
        raise AccessTokenError(400, "invalid_dpop_proof", str(error), "DPoP") from error
    # Okta's guide: the API does not require a nonce at present. RFC 9449, section 9, applies if it does.
    if call.tenant.options.dpop_api_nonce and claims.get("nonce") != call.state.api_nonce:
        text = "Resource server requires nonce in DPoP proof."
        raise AccessTokenError(400, "use_dpop_nonce", text, "DPoP", {"dpop-nonce": call.state.api_nonce})
