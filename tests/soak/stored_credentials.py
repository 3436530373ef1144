# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses the stored credentials of each authentication method, as Rezonate does."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import jwt
import requests
from helpers.okta_client import Api, proof
from okta_emulator import Emulator, Tenant

# The fields of the stored record for each method.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "oauth": ("private_key", "private_jwk", "key_id", "application_id"),
    "api_service_integration": ("client_id", "client_secret", "secret_hash"),
    "api_token": ("api_token", "owner"),
}
_READ = "/api/v1/users?limit=1"
# Seconds by which the clock of this client is behind: the clock of a tenant is slower between two requests, see `control_node.Clock`.
_BEHIND = 20


class Client:
    """A client with the stored credentials of a tenant.

    Args:
        okta: the emulator.
        tenant: the tenant.
        record: the stored record of one method.
    """

    def __init__(self, okta: Emulator, tenant: Tenant, record: Mapping[str, Any]) -> None:
        self._okta = okta
        self._tenant = tenant
        self._record = record

    def complaint(self, scopes: str) -> str:
        """Request a token for exactly these scopes, if the method has tokens, and read users; return the error, or an empty text."""
        if self._record["method"] == "api_token":
            return self._reading(f"SSWS {self._record['api_token']}")
        answer = self._signed(scopes) if self._record["method"] == "oauth" else self._by_secret(scopes)
        if answer.status_code != 200:
            return f"no token: {answer.status_code} {answer.text[:200]}"
        body = answer.json()
        if sorted(body["scope"].split()) != sorted(scopes.split()):
            return "the token lacks scopes"
        if (body["token_type"] == "DPoP") != bool(self._record.get("dpop")):
            return f"the token is a {body['token_type']} one"
        return self._reading(f"{body['token_type']} {body['access_token']}") if "okta.users.read" in scopes.split() else ""

    def get(self, path: str, scope: str) -> requests.Response:
        """Read something with a token of this scope, by the method `oauth`."""
        body = self._signed(scope).json()
        return Api(self._okta, self._tenant, f"{body['token_type']} {body['access_token']}")("GET", path)

    def _signed(self, scopes: str) -> requests.Response:
        answer = self._ask(scopes)
        nonce = answer.headers.get("dpop-nonce")
        return self._ask(scopes, nonce) if nonce else answer

    def _ask(self, scopes: str, nonce: str | None = None) -> requests.Response:
        now = int(self._tenant.now())
        url = f"{self._tenant.org_url}/oauth2/v1/token"
        client = self._record["application_id"]
        claims = {"iss": client, "sub": client, "aud": url, "iat": now - _BEHIND, "exp": now + 300, "jti": uuid.uuid4().hex}
        signed = jwt.encode(claims, self._record["private_key"], "RS256", headers={"kid": self._record["key_id"]})
        headers = {"DPoP": proof("POST", url, nonce=nonce, iat=now - _BEHIND)} if self._record.get("dpop") else {}
        return Api(self._okta, self._tenant).token(client, scopes, headers, signed=signed)

    def _by_secret(self, scopes: str) -> requests.Response:
        form = {"grant_type": "client_credentials", "scope": scopes}
        given = (self._record["client_id"], self._record["client_secret"])
        return Api(self._okta, self._tenant, None)("POST", "/oauth2/v1/token", data=form, auth=given)

    def _reading(self, authorization: str) -> str:
        api = Api(self._okta, self._tenant, authorization)
        kind, token = authorization.split()
        headers = (
            {"DPoP": proof("GET", f"{api.base}{_READ.partition('?')[0]}", token, iat=int(self._tenant.now()) - _BEHIND)}
            if kind == "DPoP"
            else {}
        )
        answer = api("GET", _READ, headers=headers)
        # without a role, Okta answers 200 and an empty list
        return "" if answer.status_code == 200 and answer.json() else f"reads nothing: {answer.status_code} {answer.text[:200]}"
