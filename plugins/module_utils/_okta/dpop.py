# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DPoP: access tokens that are of use to nobody but the holder of a key (RFC 9449)."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import time
import uuid
from collections.abc import Callable
from typing import Any

from .api_error import error_code
from .http_headers import nonce
from .server_clock import ServerClock
from .transport import Answer, Request, Transport

with contextlib.suppress(ImportError):
    # told in one sentence before anything here is called (`_module.missing_library`)
    from jwcrypto import jwk, jwt

_ALGORITHM = "ES256"  # among those that Okta's metadata lists; its key is made in no time
_MAX_LESSONS = 2  # in a row: the time and a nonce, or two nonces, of which Okta replaces one once a day
_ASKING = (400, 401)  # of Okta's token endpoint; of a resource server (RFC 9449, 8 and 9)


class Proofs:
    """Proofs of having a key, for one server: a nonce is good for nobody but its giver.

    Args:
        clock: gives epoch seconds; replaced in tests.
        key: the key; without it, one is made, which lives as long as this object.

    Attributes:
        clock: the server's time, which an assertion that goes with a proof needs too.
    """

    def __init__(self, clock: Callable[[], float] | ServerClock = time.time, key: jwk.JWK | None = None) -> None:
        self.clock = clock if isinstance(clock, ServerClock) else ServerClock(clock)
        self._key = key or jwk.JWK.generate(kty="EC", crv="P-256")
        self._nonce: str | None = None

    def elsewhere(self) -> Proofs:
        """Proofs of having the same key, for another server."""
        return Proofs(self.clock, self._key)

    def sign(self, method: str, url: str, token: str | None = None) -> str:
        """A proof for one try of one request (RFC 9449, 4.2).

        Args:
            method: the HTTP method.
            url: the full URL; its query and fragment aren't part of the proof.
            token: the access token that goes with the request.
        """
        claims: dict[str, Any] = {
            "jti": str(uuid.uuid4()),
            "htm": method,
            "htu": url.partition("#")[0].partition("?")[0],
            "iat": self.clock.issued(),
        }
        if token is not None:
            claims["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")
        if self._nonce is not None:
            claims["nonce"] = self._nonce
        proof = jwt.JWT(header={"typ": "dpop+jwt", "alg": _ALGORITHM, "jwk": self._key.export_public(as_dict=True)}, claims=claims)
        proof.make_signed_token(self._key)
        return str(proof.serialize())

    def learn(self, answer: Answer) -> bool:
        """Take nonce and time that an answer brings; returns whether the request was refused for the lack of one (RFC 9449, 8)."""
        code = error_code(answer)
        brought = nonce(answer.headers.get("DPoP-Nonce", ""))
        self._nonce = brought or self._nonce
        if code == "invalid_dpop_proof":
            return self.clock.learn(answer)
        return bool(brought) and answer.status in _ASKING and code == "use_dpop_nonce"


def send(transport: Transport, request: Request, learn: Callable[[Answer], bool]) -> Answer:
    """Send a request, and again where all that it lacked is in the answer.

    Args:
        transport: sends it.
        request: the request, made anew for each try. Even a POST may go again, for it was refused.
        learn: takes what the answer brings; tells whether another try has what this one lacked.
    """
    answer = transport.send(request)
    for _again in range(_MAX_LESSONS):
        if not learn(answer):
            break
        answer = transport.send(request)
    return answer
