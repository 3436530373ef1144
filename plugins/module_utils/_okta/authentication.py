# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: an API token, or a client with its key or its secret."""

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
from .dpop import Proofs, send
from .server_clock import BACK_DATE, ServerClock
from .transport import Answer, Attempt, Request, Transport

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523, 2.2
_ASSERTION_LIFE = 300  # seconds; Okta takes up to an hour
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_NO_PROOF = {"invalid_dpop_proof": "The app demands DPoP: set dpop to true."}
_OK = 200


class Credential(Protocol):
    """What a call is authorized with."""

    def headers(self, transport: Transport, method: str, url: str) -> Mapping[str, str]:
        """The headers that authorize one try of one request."""

    def learn(self, _answer: Answer) -> bool:
        """Take what an answer brings; tells whether the request was refused only for the lack of it."""
        return False


class Anonymous(Credential):
    """No credential: for what Okta tells everybody."""

    def headers(self, _transport: Transport, _method: str, _url: str) -> Mapping[str, str]:
        """None at all."""
        return {}


@dataclass(frozen=True)
class ApiToken(Credential):
    """An API token, sent by Okta's own scheme ``SSWS``."""

    token: str = field(repr=False)

    def headers(self, _transport: Transport, _method: str, _url: str) -> Mapping[str, str]:
        """The Authorization header."""
        return {"Authorization": f"SSWS {self.token}"}


@dataclass(frozen=True)
class AccessToken(Credential):
    """An access token that Okta gave.

    Args:
        token: the token itself.
        token_type: ``Bearer`` or ``DPoP``.
        scopes: what it was given for, which may be less than was asked for.
        expires_in: seconds that it lives.
        proofs: what has to go with it, where it is bound to a key.
    """

    token: str = field(repr=False)
    token_type: str
    scopes: tuple[str, ...]
    expires_in: int
    proofs: Proofs | None = field(default=None, repr=False, compare=False)

    def headers(self, _transport: Transport, method: str, url: str) -> Mapping[str, str]:
        """The Authorization header, and the proof that belongs to this one try."""
        own = {"Authorization": f"{self.token_type} {self.token}"}
        return {**own, "DPoP": self.proofs.sign(method, url, self.token)} if self.proofs else own

    def learn(self, answer: Answer) -> bool:
        """Take the nonce that the API asks for."""
        return self.proofs is not None and self.proofs.learn(answer)


class Identity(Protocol):
    """How a client shows the token endpoint who it is.

    Attributes:
        advice: what to do, by error code, where Okta doesn't believe it.
        is_timed: whether it is believed for a time only, by the server's clock.
    """

    advice: ClassVar[Mapping[str, str]]
    is_timed: ClassVar[bool]

    def attempt(self, client_id: str, token_url: str, form: Mapping[str, str], now: int) -> Attempt:
        """One try of a request with this form."""


@dataclass(frozen=True)
class KeyIdentity:
    """A service app, by a JWT that its key signs (RFC 7523, 2.2)."""

    key: RsaKey
    advice: ClassVar[Mapping[str, str]] = {}
    is_timed: ClassVar[bool] = True

    def attempt(self, client_id: str, token_url: str, form: Mapping[str, str], now: int) -> Attempt:
        """One try, with an assertion of its own: Okta takes each but once."""
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
class SecretIdentity:
    """An API service integration, by its secret."""

    secret: str = field(repr=False)
    advice: ClassVar[Mapping[str, str]] = {
        "invalid_client": "Check client_id and client_secret: the integration must be in this org and its secret active."
    }
    is_timed: ClassVar[bool] = False

    def attempt(self, client_id: str, _token_url: str, form: Mapping[str, str], _now: int) -> Attempt:
        """One try, with HTTP Basic; name and secret are encoded like a form's values first (RFC 6749, 2.3.1)."""
        pair = f"{quote_plus(client_id)}:{quote_plus(self.secret)}"
        basic = base64.b64encode(pair.encode()).decode()
        secrets = (basic, self.secret, quote_plus(self.secret))
        return Attempt({**_HEADERS, "Authorization": f"Basic {basic}"}, urlencode(form).encode(), secrets)


class OAuthClient(Credential):
    """An OAuth client: gets itself one access token, at the first call, and keeps it in memory alone.

    Args:
        org_url: the org's URL, without a trailing slash.
        client_id: its client id.
        identity: how it shows who it is.
        scopes: the scopes to ask for.
        proofs: what binds the token to a key (DPoP); None for a bearer token.
        clock: gives epoch seconds; replaced in tests.
    """

    def __init__(
        self,
        org_url: str,
        client_id: str,
        identity: Identity,
        scopes: tuple[str, ...],
        *,
        proofs: Proofs | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._token_url = f"{org_url}/oauth2/v1/token"
        self.client_id = client_id
        self._identity = identity
        self._scopes = scopes
        self._proofs = proofs
        self._clock = proofs.clock if proofs else ServerClock(clock)
        self._token: AccessToken | None = None
        self._lock = threading.Lock()

    def headers(self, transport: Transport, method: str, url: str) -> Mapping[str, str]:
        """The headers of the access token; the first call mints it."""
        return self.token(transport).headers(transport, method, url)

    def token(self, transport: Transport) -> AccessToken:
        """The one token, minted where that hasn't been done yet."""
        with self._lock:
            if self._token is None:
                self._token = self.mint(transport)
        return self._token

    def learn(self, answer: Answer) -> bool:
        """Take the nonce that the API asks for."""
        return self._token is not None and self._token.learn(answer)

    def mint(self, transport: Transport) -> AccessToken:
        """Ask for an access token (RFC 6749, 4.4).

        Raises:
            ApiError: Okta refused.
            NoAnswerError: no answer came.
        """
        request = Request("POST", self._token_url, self._attempt, expect=dict, repeatable=True)
        answer = send(transport, request, self._learn)
        if answer.status != _OK:
            advice = {**self._identity.advice, **({} if self._proofs else _NO_PROOF)}
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
            self._proofs.elsewhere() if self._proofs and token_type.lower() == "dpop" else None,
        )

    def _learn(self, answer: Answer) -> bool:
        """Take what the token endpoint's answer brings; returns whether another try has what this one lacked."""
        if self._identity.is_timed and error_code(answer) == "invalid_client" and self._clock.learn(answer):
            return True
        return self._proofs is not None and self._proofs.learn(answer)

    def _attempt(self) -> Attempt:
        form = {"grant_type": "client_credentials", "scope": " ".join(self._scopes)}
        attempt = self._identity.attempt(self.client_id, self._token_url, form, self._clock.now())
        if self._proofs is None:
            return attempt
        proof = self._proofs.sign("POST", self._token_url)
        return replace(attempt, headers={**attempt.headers, "DPoP": proof}, secrets=(*attempt.secrets, proof))
