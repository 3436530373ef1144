# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: an API token, or a service app with its key."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from ._api_error import api_error
from ._errors import RezonateError
from ._jwk import RsaKey
from ._transport import Attempt, Request, Transport

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523, 2.2
_ASSERTION_LIFE = 300  # seconds; Okta takes up to an hour
_OK = 200


class Credential(Protocol):
    """What a call is authorized with."""

    def headers(self, transport: Transport, method: str, url: str) -> Mapping[str, str]:
        """The headers that authorize one try of one request."""


class Nobody:
    """No credential: for what Okta tells everybody."""

    def headers(self, _transport: Transport, _method: str, _url: str) -> Mapping[str, str]:
        """None at all."""
        return {}


@dataclass(frozen=True)
class ApiToken:
    """An API token, sent by Okta's own scheme ``SSWS``."""

    token: str = field(repr=False)

    def headers(self, _transport: Transport, _method: str, _url: str) -> Mapping[str, str]:
        """The Authorization header."""
        return {"Authorization": f"SSWS {self.token}"}


@dataclass(frozen=True)
class AccessToken:
    """An access token that Okta gave.

    Args:
        token: the token itself.
        token_type: ``Bearer`` or ``DPoP``.
        scopes: what it was given for, which may be less than was asked for.
        expires_in: seconds that it lives.
    """

    token: str = field(repr=False)
    token_type: str
    scopes: tuple[str, ...]
    expires_in: int

    def headers(self, _transport: Transport, _method: str, _url: str) -> Mapping[str, str]:
        """The Authorization header."""
        return {"Authorization": f"{self.token_type} {self.token}"}


class OAuthClient:
    """A service app: gets itself one access token, at the first call, and keeps it in memory alone.

    Args:
        org_url: the org's URL, without a trailing slash.
        client_id: the app's client id.
        key: its private key.
        scopes: the scopes to ask for.
        clock: gives epoch seconds; replaced in tests.
    """

    def __init__(
        self,
        org_url: str,
        client_id: str,
        key: RsaKey,
        scopes: tuple[str, ...],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._token_url = f"{org_url}/oauth2/v1/token"
        self.client_id = client_id
        self._key = key
        self._scopes = scopes
        self._clock = clock
        self._token: AccessToken | None = None
        self._lock = threading.Lock()

    def headers(self, transport: Transport, method: str, url: str) -> Mapping[str, str]:
        """The Authorization header; the first call mints the token."""
        return self.token(transport).headers(transport, method, url)

    def token(self, transport: Transport) -> AccessToken:
        """The one token, minted where that hasn't been done yet."""
        with self._lock:
            if self._token is None:
                self._token = self.mint(transport)
        return self._token

    def mint(self, transport: Transport) -> AccessToken:
        """Ask for an access token (RFC 6749, 4.4, with RFC 7523 as the client's proof of itself).

        Raises:
            ApiError: Okta refused.
            NoAnswerError: no answer came.
        """
        request = Request("POST", self._token_url, self._attempt, expect=dict, repeatable=True)
        answer = transport.send(request)
        if answer.status != _OK:
            raise api_error(request, answer, "get an access token")
        body = answer.body
        token, scope = body.get("access_token"), body.get("scope")
        if not isinstance(token, str) or not isinstance(scope, str):
            raise RezonateError(f"POST {self._token_url}: Okta's answer holds no access token.")
        lifetime = body.get("expires_in")
        return AccessToken(
            token,
            str(body.get("token_type", "Bearer")),
            tuple(scope.split()),
            lifetime if isinstance(lifetime, int) else 0,
        )

    def _attempt(self) -> Attempt:
        now = int(self._clock())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self._token_url,
            "iat": now,
            "exp": now + _ASSERTION_LIFE,
            "jti": str(uuid.uuid4()),
        }
        assertion = self._key.sign(claims)
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(self._scopes),
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return Attempt(headers, urlencode(form).encode(), (assertion,))
