# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DPoP proofs (RFC 9449)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import jwt

from .jwk import PRIVATE_MEMBERS
from .jwk import thumbprint as jwk_thumbprint

if TYPE_CHECKING:
    from .routing import Call

ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
LIFETIME = 300


def check_proof(call: Call, token: str | None = None, thumbprint: str | None = None) -> tuple[str, dict[str, Any]]:
    """Check the request's proof; return its key's thumbprint and its claims. Raises ValueError if it is invalid."""
    proof = call.request.headers.get("dpop", "")
    if not proof:
        raise ValueError("The DPoP proof JWT header is missing.")
    key, claims = _verify(proof)
    _check_claims(call, claims)
    found = jwk_thumbprint(key)
    if thumbprint and found != thumbprint:
        raise ValueError("The DPoP proof isn't signed by the key that the token is bound to.")
    if token is not None:
        digest = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")
        if claims.get("ath") != digest:
            raise ValueError("The 'ath' claim doesn't match the access token.")
    if not call.state.spend(f"dpop:{found}:{claims['jti']}", call.now + 2 * LIFETIME, call.now):
        raise ValueError("The DPoP proof JWT has already been used.")
    return found, claims


def _verify(proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        header = jwt.get_unverified_header(proof)
        key = header.get("jwk")
        if header.get("typ") != "dpop+jwt" or not isinstance(key, dict) or PRIVATE_MEMBERS & key.keys():
            raise ValueError("The DPoP proof JWT header is malformed.")
        options: Any = {"verify_iat": False, "verify_exp": False, "verify_nbf": False, "verify_aud": False}
        claims = jwt.decode(proof, jwt.PyJWK(key, header.get("alg")), algorithms=ALGORITHMS, options=options)
    except (jwt.PyJWTError, KeyError) as error:
        raise ValueError(f"The DPoP proof JWT is invalid: {error}") from error
    return key, claims


def _check_claims(call: Call, claims: dict[str, Any]) -> None:
    if claims.get("htm") != call.request.method:
        raise ValueError("The 'htm' claim doesn't match the HTTP method.")
    if claims.get("htu") != call.base + call.request.target.partition("?")[0]:
        raise ValueError("The 'htu' claim doesn't match the HTTP URI.")
    issued = claims.get("iat")
    if not isinstance(issued, int) or not call.now - LIFETIME <= issued <= call.now:
        raise ValueError("The 'iat' claim is missing or out of range.")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise ValueError("The 'jti' claim is missing.")
