# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of the caller: an API token, or an OAuth client with its key or secret."""

from __future__ import annotations

import base64
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol
from urllib.parse import quote_plus, urlencode

from .._core.errors import RezonateError
from .._crypto.jwk import RsaKey
from .api_error import api_error, error_code
from .dpop import DpopProofs, send_with_challenges
from .server_clock import BACK_DATE, ServerClock
from .transport import Answer, Attempt, Request, Transport

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523, 2.2
_ASSERTION_LIFE = 300  # seconds; Okta accepts up to an hour
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_DPOP_ADVICE = {"invalid_dpop_proof": "The app demands DPoP: set dpop to true."}
_OK = 200


class Credential(Protocol):
    """The credential that authorizes a call."""

    def headers(self, transport: Transport, method: str, url: str) -> Mapping[str, str]:
        """The headers that authorize one attempt of a request."""

    def update_from(self, _answer: Answer) -> bool:
        """Store the challenge of a response, such as a nonce; return whether the request was refused only because of it."""
        return False


class Anonymous(Credential):
    """No credential, for public endpoints."""

    def headers(self, _transport: Transport, _method: str, _url: str) -> Mapping[str, str]:
        """No headers."""
        return {}


@dataclass(frozen=True)
class ApiToken(Credential):
    """An API token, sent with Okta's own scheme ``SSWS``."""

    token: str = field(repr=False)

    def headers(self, _transport: Transport, _method: str, _url: str) -> Mapping[str, str]:
        """The Authorization header."""
        return {"Authorization": f"SSWS {self.token}"}


@dataclass(frozen=True)
class AccessToken(Credential):
    """An access token from Okta.

    Args:
        token: the token itself.
        token_type: ``Bearer`` or ``DPoP``.
        scopes: its scopes, which may be fewer than requested.
        expires_in: its lifetime in seconds.
        proofs: signs the DPoP proofs of a token that is bound to a key.
    """

    token: str = field(repr=False)
    token_type: str
    scopes: tuple[str, ...]
    expires_in: int
    proofs: DpopProofs | None = field(default=None, repr=False, compare=False)

    def headers(self, _transport: Transport, method: str, url: str) -> Mapping[str, str]:
        """The Authorization header, and the DPoP proof of this attempt."""
        own = {"Authorization": f"{self.token_type} {self.token}"}
        return {**own, "DPoP": self.proofs.sign(method, url, self.token)} if self.proofs else own

    def update_from(self, answer: Answer) -> bool:
        """Store the nonce that the API requests."""
        return self.proofs is not None and self.proofs.update_from(answer)


class ClientAuthentication(Protocol):
    """The authentication of a client at the token endpoint.

    Attributes:
        advice: the remedies by error code.
        depends_on_clock: whether it holds times that the server validates by its own clock.
    """

    advice: ClassVar[Mapping[str, str]]
    depends_on_clock: ClassVar[bool]

    def attempt(self, client_id: str, token_url: str, form: Mapping[str, str], now: int) -> Attempt:
        """One attempt of a request with this form."""


@dataclass(frozen=True)
class KeyAuthentication:
    """Authentication of a service app with a JWT that its key signs (RFC 7523, 2.2)."""

    key: RsaKey
    advice: ClassVar[Mapping[str, str]] = {}
    depends_on_clock: ClassVar[bool] = True

    def attempt(self, client_id: str, token_url: str, form: Mapping[str, str], now: int) -> Attempt:
        """One attempt, with its own assertion: Okta accepts each only once."""
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": token_url,
            "iat": now - BACK_DATE,
            "exp": now + _ASSERTION_LIFE,
            "jti": str(uuid.uuid4()),
        }
        assertion = self.key.sign(claims)
        shown = {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion}
        return Attempt(_HEADERS, urlencode({**form, **shown}).encode(), (assertion,))


@dataclass(frozen=True)
class SecretAuthentication:
    """Authentication of an API service integration with its secret."""

    secret: str = field(repr=False)
    advice: ClassVar[Mapping[str, str]] = {
        "invalid_client": "Check client_id and client_secret: the integration must be in this org and its secret active."
    }
    depends_on_clock: ClassVar[bool] = False

    def attempt(self, client_id: str, _token_url: str, form: Mapping[str, str], _now: int) -> Attempt:
        """One attempt, with HTTP Basic; client id and secret are form-encoded first (RFC 6749, 2.3.1)."""
        pair = f"{quote_plus(client_id)}:{quote_plus(self.secret)}"
        basic = base64.b64encode(pair.encode()).decode()
        secrets = (basic, self.secret, quote_plus(self.secret))
        return Attempt({**_HEADERS, "Authorization": f"Basic {basic}"}, urlencode(form).encode(), secrets)


class OAuthClient(Credential):
    """An OAuth client, which requests one access token at the first call and stores it in memory only.

    Args:
        org_url: the org's URL, without a trailing slash.
        client_id: its client id.
        authentication: how it authenticates at the token endpoint.
        scopes: the scopes to request.
        proofs: signs DPoP proofs, which bind the token to a key; None for a bearer token.
        clock: returns epoch seconds; replaced in tests.
    """

    def __init__(
        self,
        org_url: str,
        client_id: str,
        authentication: ClientAuthentication,
        scopes: tuple[str, ...],
        *,
        proofs: DpopProofs | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._token_url = f"{org_url}/oauth2/v1/token"
        self.client_id = client_id
        self._authentication = authentication
        self._scopes = scopes
        self._proofs = proofs
        self._clock = proofs.clock if proofs else ServerClock(clock)
        self._token: AccessToken | None = None
        self._lock = threading.Lock()

    def headers(self, transport: Transport, method: str, url: str) -> Mapping[str, str]:
        """The headers of the access token, which the first call requests."""
        return self.token(transport).headers(transport, method, url)

    def token(self, transport: Transport) -> AccessToken:
        """The access token; it is requested if there is none yet."""
        with self._lock:
            if self._token is None:
                self._token = self.mint(transport)
        return self._token

    def update_from(self, answer: Answer) -> bool:
        """Store the nonce that the API requests."""
        return self._token is not None and self._token.update_from(answer)

    def mint(self, transport: Transport) -> AccessToken:
        """Request an access token (RFC 6749, 4.4).

        Raises:
            ApiError: Okta refused.
            NoResponseError: no response arrived.
        """
        request = Request("POST", self._token_url, self._attempt, expect=dict, repeatable=True)
        answer = send_with_challenges(transport, request, self._update_from)
        if answer.status != _OK:
            advice = {**self._authentication.advice, **({} if self._proofs else _DPOP_ADVICE)}
            raise api_error(request, answer, "get an access token", advice)
        body = answer.body
        token, scope = body.get("access_token"), body.get("scope")
        if not isinstance(token, str) or not isinstance(scope, str):
            raise RezonateError(f"POST {self._token_url}: Okta's answer holds no access token.")
        lifetime = body.get("expires_in")
        token_type = str(body.get("token_type", "Bearer"))
        return AccessToken(
            token,
            token_type,
            tuple(scope.split()),
            lifetime if isinstance(lifetime, int) else 0,
            self._proofs.for_other_server() if self._proofs and token_type.lower() == "dpop" else None,
        )

    def _update_from(self, answer: Answer) -> bool:
        """Store the challenge of the token endpoint; return whether another attempt can answer it."""
        if self._authentication.depends_on_clock and error_code(answer) == "invalid_client" and self._clock.update_from(answer):
            return True
        return self._proofs is not None and self._proofs.update_from(answer)

    def _attempt(self) -> Attempt:
        form = {"grant_type": "client_credentials", "scope": " ".join(self._scopes)}
        attempt = self._authentication.attempt(self.client_id, self._token_url, form, self._clock.now())
        if self._proofs is None:
            return attempt
        proof = self._proofs.sign("POST", self._token_url)
        return replace(attempt, headers={**attempt.headers, "DPoP": proof}, secrets=(*attempt.secrets, proof))
