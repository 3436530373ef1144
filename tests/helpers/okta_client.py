# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys, assertions, DPoP proofs and a small API client, independent of the collection."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from okta_emulator import Emulator, Tenant

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# Curves with their signature algorithms.
CURVES: dict[str, tuple[ec.EllipticCurve, str]] = {
    "P-256": (ec.SECP256R1(), "ES256"),
    "P-384": (ec.SECP384R1(), "ES384"),
    "P-521": (ec.SECP521R1(), "ES512"),
}
_KEYS: dict[tuple[str, int], rsa.RSAPrivateKey] = {}
_EC_KEYS: dict[str, ec.EllipticCurvePrivateKey] = {}


def shared(name: str) -> Path | None:
    """Return a folder of the recordings and API descriptions beside the repository, if it exists."""
    root = os.environ.get("REZONATE_SHARED") or Path(__file__).resolve().parents[2].parent / "shared"
    path = Path(root) / name
    return path if path.exists() else None


def private_key(name: str = "one", bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return a key, generated once per name and size."""
    if (name, bits) not in _KEYS:
        _KEYS[name, bits] = rsa.generate_private_key(65537, bits)
    return _KEYS[name, bits]


def public_jwk(name: str = "one", bits: int = 2048, **members: Any) -> dict[str, Any]:
    """Return the public JWK of a key; its kid is its name."""
    numbers = json.loads(RSAAlgorithm.to_jwk(private_key(name, bits).public_key()))
    return {"kty": "RSA", "kid": name, "n": numbers["n"], "e": numbers["e"], **members}


def ec_key(curve: str = "P-256") -> ec.EllipticCurvePrivateKey:
    """Return an elliptic curve key, generated once per curve."""
    if curve not in _EC_KEYS:
        _EC_KEYS[curve] = ec.generate_private_key(CURVES[curve][0])
    return _EC_KEYS[curve]


def ec_jwk(curve: str = "P-256", **members: Any) -> dict[str, Any]:
    """Return the public JWK of an elliptic curve key; its kid is its curve."""
    return {"kid": curve, **ECAlgorithm.to_jwk(ec_key(curve).public_key(), as_dict=True), **members}


def assertion_of(client_id: str, audience: str, curve: str) -> str:
    """Sign a client assertion with an elliptic curve key."""
    claims = jwt.decode(assertion(client_id, audience), options={"verify_signature": False})
    return jwt.encode(claims, ec_key(curve), CURVES[curve][1], headers={"kid": curve})


def app_body(label: str = "Rezonate", *keys: dict[str, Any], **oauth: Any) -> dict[str, Any]:
    """Return the request body for a service app."""
    settings = {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}
    return {
        "name": "oidc_client",
        "label": label,
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {"oauthClient": {**settings, "jwks": {"keys": list(keys or (public_jwk(),))}, **oauth}},
    }


def assertion(client_id: str, audience: str, key: str = "one", kid: str | None = "one", **claims: Any) -> str:
    """Sign a client assertion."""
    now = int(time.time())
    base = {"iss": client_id, "sub": client_id, "aud": audience, "iat": now, "exp": now + 300, "jti": uuid.uuid4().hex}
    payload = {name: value for name, value in {**base, **claims}.items() if value is not None}
    return jwt.encode(payload, private_key(key), "RS256", headers={"kid": kid} if kid else None)


def proof(method: str, url: str, token: str | None = None, nonce: str | None = None, key: str = "proof", **claims: Any) -> str:
    """Sign a DPoP proof."""
    payload: dict[str, Any] = {"htm": method, "htu": url, "iat": int(time.time()), "jti": uuid.uuid4().hex}
    if token:
        payload["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")
    if nonce:
        payload["nonce"] = nonce
    jwk = {name: value for name, value in public_jwk(key).items() if name != "kid"}
    return jwt.encode({**payload, **claims}, private_key(key), "RS256", headers={"typ": "dpop+jwt", "jwk": jwk})


class Api:
    """Calls a tenant through the emulator's proxy."""

    def __init__(self, okta: Emulator, tenant: Tenant, authorization: str | None = "", base: str = "") -> None:
        self.tenant = tenant
        self.base = base or tenant.org_url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.proxies = {"https": okta.proxy_url}
        self.session.verify = okta.ca_file
        if authorization is not None:
            self.session.headers["Authorization"] = authorization or f"SSWS {tenant.api_token}"

    def __call__(self, method: str, path: str, **values: Any) -> requests.Response:
        """Send a request."""
        return self.session.request(method, self.base + path, timeout=20, **values)

    def app(self, label: str = "Rezonate", *keys: dict[str, Any], **oauth: Any) -> dict[str, Any]:
        """Create a service app with the API."""
        answer = self("POST", "/api/v1/apps", json=app_body(label, *keys, **oauth))
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def token(self, client_id: str, scope: str, headers: dict[str, str] | None = None, **values: Any) -> requests.Response:
        """Request an access token."""
        url = self.base + "/oauth2/v1/token"
        signed = values.pop("signed", None) or assertion(client_id, values.pop("audience", url), **values)
        form = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": signed,
        }
        # Do not send the session's API token.
        given: dict[str, Any] = {"Authorization": None, **(headers or {})}
        return self.session.post(url, data=form, headers=given, timeout=20)

    def dpop_token(self, client_id: str, scope: str, **values: Any) -> requests.Response:
        """Request a DPoP access token, including the request for the nonce."""
        url = self.base + "/oauth2/v1/token"
        first = self.token(client_id, scope, {"DPoP": proof("POST", url)}, **values)
        assert first.json()["error"] == "use_dpop_nonce", first.text
        return self.token(client_id, scope, {"DPoP": proof("POST", url, nonce=first.headers["dpop-nonce"])}, **values)


def error_of(answer: requests.Response) -> tuple[int, str, str]:
    """Return status, code and first cause (or summary) of an error."""
    body = answer.json()
    causes = [cause["errorSummary"] for cause in body["errorCauses"]]
    return answer.status_code, body["errorCode"], (causes or [body["errorSummary"]])[0]
