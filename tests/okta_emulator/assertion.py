# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client assertions (RFC 7523), verified as Okta does."""

from __future__ import annotations

from typing import Any

import jwt

from .errors import OAuthError
from .jwk import KEPT_MEMBERS
from .routing import Call
from .state import App

_RSA = ("RS256", "RS384", "RS512")
_EC = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
ALGORITHMS = (*_RSA, *_EC.values())
BY_KEY_ONLY = "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method."
SERVICES_ONLY = (
    "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server."
)
LONGEST = 3600


def _refuse(description: str) -> OAuthError:
    return OAuthError(401, "invalid_client", description)


def check_assertion(call: Call, assertion: str) -> App:
    """Verify an assertion and mark it as used; return the app that signed it."""
    try:
        header = jwt.get_unverified_header(assertion)
        unverified = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise _refuse("The client_assertion is malformed.") from error
    client_id = unverified.get("sub")
    if not client_id or unverified.get("iss") != client_id:
        raise _refuse("The client_assertion's 'iss' and 'sub' must both be the client id.")
    app = call.state.app_of_client(str(client_id))
    if app is None:
        raise _refuse("Invalid value for 'client_id' parameter.")
    if app.auth_method != "private_key_jwt":
        raise _refuse(BY_KEY_ONLY)
    if app.oauth["application_type"] != "service":
        raise _refuse(SERVICES_ONLY)
    if app.status != "ACTIVE":
        raise _refuse("The client is inactive.")
    claims = _verify(assertion, header, app)
    _check_times(claims, call.now)
    _check_target(call, claims)
    return app


def _verify(assertion: str, header: dict[str, Any], app: App) -> dict[str, Any]:
    if header.get("alg") not in ALGORITHMS:
        raise _refuse("The client_assertion JWT signature algorithm is invalid.")
    keys = [key for key in app.keys if key["status"] == "ACTIVE"]
    kid = header.get("kid")
    if kid is not None or len(keys) > 1:
        keys = [key for key in keys if key["kid"] == kid]
    if not keys:
        raise _refuse("The client_assertion JWT kid is invalid.")
    if header["alg"] not in ((_EC[keys[0]["crv"]],) if keys[0]["kty"] == "EC" else _RSA):
        raise _refuse("The client_assertion JWT signature algorithm is invalid.")
    options: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        return dict(jwt.decode(assertion, _public_key(keys[0], header["alg"]), algorithms=[header["alg"]], options=options))
    except jwt.PyJWTError as error:
        raise _refuse("The client_assertion signature is invalid.") from error


def _public_key(key: dict[str, Any], algorithm: str) -> jwt.PyJWK:
    return jwt.PyJWK({name: key[name] for name in KEPT_MEMBERS[key["kty"]] if name not in ("kid", "use")}, algorithm)


def _check_times(claims: dict[str, Any], now: float) -> None:
    expires, issued = claims.get("exp"), claims.get("iat", now)
    if not isinstance(expires, (int, float)):
        raise _refuse("The client_assertion token must have an 'exp'.")
    if expires <= now:
        raise _refuse("The client_assertion token is expired.")
    if expires > now + LONGEST:
        raise _refuse("The client_assertion token has an expiration too far into the future.")
    if not isinstance(issued, (int, float)) or issued > now or issued > expires:
        # Okta's guide to client authentication: a time before the request is received, without a documented tolerance
        raise _refuse("The client_assertion token must be issued before the current time.")


def _check_target(call: Call, claims: dict[str, Any]) -> None:
    audience = claims.get("aud")
    wanted = call.base + "/oauth2/v1/token"
    if audience not in (wanted, [wanted]):
        raise _refuse("The audience claim for client_assertion must be the endpoint invoked for the request.")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise _refuse("The client_assertion token must have a 'jti'.")
    if not call.state.spend(f"assertion:{claims['sub']}:{jti}", float(claims["exp"]), call.now):
        raise _refuse("The client_assertion token has already been used.")
