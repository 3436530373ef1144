# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DPoP: access tokens that are bound to a key (RFC 9449)."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import time
import uuid
from collections.abc import Callable
from typing import Any

from .api_error import error_code
from .http_headers import dpop_nonce
from .server_clock import ServerClock
from .transport import Answer, Request, Transport

with contextlib.suppress(ImportError):
    # reported before anything here is called (`_ansible.require_libraries`)
    from jwcrypto import jwk, jwt

_ALGORITHM = "ES256"  # listed in Okta's metadata; generating its key is fast
_MAX_CHALLENGES = 2  # in a row: the time and a nonce, or two nonces, since Okta replaces its nonce once a day
_CHALLENGE_STATUSES = (400, 401)  # of Okta's token endpoint; of a resource server (RFC 9449, 8 and 9)


class DpopProofs:
    """Signs DPoP proofs for one server, which has its own nonces.

    Args:
        clock: returns epoch seconds; replaced in tests.
        key: the key; the default is a new one, which exists as long as this object.

    Attributes:
        clock: the server's time, which the client assertion requires too.
    """

    def __init__(self, clock: Callable[[], float] | ServerClock = time.time, key: jwk.JWK | None = None) -> None:
        self.clock = clock if isinstance(clock, ServerClock) else ServerClock(clock)
        self._key = key or jwk.JWK.generate(kty="EC", crv="P-256")
        self._nonce: str | None = None

    def for_other_server(self) -> DpopProofs:
        """The same key with another server, which has its own nonces."""
        return DpopProofs(self.clock, self._key)

    def sign(self, method: str, url: str, token: str | None = None) -> str:
        """Sign a proof for one attempt of one request (RFC 9449, 4.2).

        Args:
            method: the HTTP method.
            url: the full URL; its query and fragment aren't part of the proof.
            token: the access token of the request.
        """
        claims: dict[str, Any] = {
            "jti": str(uuid.uuid4()),
            "htm": method,
            "htu": url.partition("#")[0].partition("?")[0],
            "iat": self.clock.issue_time(),
        }
        if token is not None:
            claims["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")
        if self._nonce is not None:
            claims["nonce"] = self._nonce
        proof = jwt.JWT(header={"typ": "dpop+jwt", "alg": _ALGORITHM, "jwk": self._key.export_public(as_dict=True)}, claims=claims)
        proof.make_signed_token(self._key)
        return str(proof.serialize())

    def update_from(self, answer: Answer) -> bool:
        """Store the nonce and the time of a response; return whether the request was refused only because of one (RFC 9449, 8)."""
        code = error_code(answer)
        brought = dpop_nonce(answer.headers.get("DPoP-Nonce", ""))
        self._nonce = brought or self._nonce
        if code == "invalid_dpop_proof":
            return self.clock.update_from(answer)
        return bool(brought) and answer.status in _CHALLENGE_STATUSES and code == "use_dpop_nonce"


def send_with_challenges(transport: Transport, request: Request, update: Callable[[Answer], bool]) -> Answer:
    """Send a request, and repeat it if the response holds a challenge that can be answered.

    Args:
        transport: sends it.
        request: the request, prepared for each attempt. Even a POST can be repeated, since it was refused.
        update: stores the challenge of a response; returns whether another attempt can answer it.
    """
    answer = transport.send(request)
    for _again in range(_MAX_CHALLENGES):
        if not update(answer):
            break
        answer = transport.send(request)
    return answer
