# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DPoP: proofs of possession of a key."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import jwt
import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._okta.dpop import DpopProofs, send_with_challenges
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Attempt, Request
from helpers.fake_okta import URL, Clock
from jwcrypto import jwk

USERS = f"{URL}/api/v1/users"
TOKEN = "made-up-access-token-60221408"
CHALLENGE = {"WWW-Authenticate": 'DPoP realm="x", error="use_dpop_nonce", error_description="Needs a nonce"'}
REQUEST = Request("POST", f"{URL}/oauth2/v1/token", Attempt)


def read(proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Verify a proof with another library; return its header and its claims."""
    header = jwt.get_unverified_header(proof)
    options: Any = {"verify_iat": False, "require": ["jti", "htm", "htu", "iat"]}
    return header, jwt.decode(proof, jwt.PyJWK(header["jwk"]), algorithms=["ES256"], options=options)


def demand(nonce: str = "nonce-1", status: int = 400) -> Answer:
    return Answer(status, {"DPoP-Nonce": nonce}, {"error": "use_dpop_nonce"})


def test_a_proof_conforms_to_the_standard() -> None:
    header, claims = read(DpopProofs(Clock()).sign("GET", USERS))
    assert {**header, "jwk": sorted(header["jwk"])} == {"typ": "dpop+jwt", "alg": "ES256", "jwk": ["crv", "kty", "x", "y"]}
    assert len(claims.pop("jti")) >= 32
    assert claims == {"htm": "GET", "htu": USERS, "iat": int(Clock().now) - 20}


@pytest.mark.parametrize("rest", ["?limit=1", "#part", "?a=b#c", "#a?b", ""])
def test_query_and_fragment_are_not_part_of_the_htu_claim(rest: str) -> None:
    assert read(DpopProofs().sign("GET", USERS + rest))[1]["htu"] == USERS


def test_a_proof_names_the_access_token_by_its_digest() -> None:
    proof = DpopProofs().sign("GET", USERS, TOKEN)
    digest = base64.urlsafe_b64encode(hashlib.sha256(TOKEN.encode()).digest()).decode().rstrip("=")
    assert read(proof)[1]["ath"] == digest
    assert TOKEN not in proof


def test_each_proof_is_unique_and_signed_with_the_same_key() -> None:
    proofs = DpopProofs()
    (one, first), (other, second) = read(proofs.sign("GET", USERS)), read(proofs.sign("GET", USERS))
    assert one["jwk"] == other["jwk"]
    assert first["jti"] != second["jti"]


@pytest.mark.parametrize("answer", [demand(), demand(status=401), Answer(400, {**CHALLENGE, "DPoP-Nonce": "nonce-1"})])
def test_a_requested_nonce_is_in_the_next_proof(answer: Answer) -> None:
    proofs = DpopProofs()
    assert proofs.update_from(answer)
    assert read(proofs.sign("GET", USERS))[1]["nonce"] == "nonce-1"


@pytest.mark.parametrize(
    "answer", [Answer(200, {"DPoP-Nonce": "nonce-2"}, {}), Answer(400, {"DPoP-Nonce": "nonce-2"}, {"error": "invalid_scope"})]
)
def test_a_new_nonce_is_stored_from_any_response_without_a_repetition(answer: Answer) -> None:
    proofs = DpopProofs()
    proofs.update_from(demand())
    assert not proofs.update_from(answer)
    assert read(proofs.sign("GET", USERS))[1]["nonce"] == "nonce-2"


def test_a_nonce_request_without_a_nonce_is_ignored() -> None:
    proofs = DpopProofs()
    assert not proofs.update_from(Answer(400, {}, {"error": "use_dpop_nonce"}))
    assert "nonce" not in read(proofs.sign("GET", USERS))[1]


def test_another_server_gets_the_same_key_and_not_the_nonce() -> None:
    proofs = DpopProofs()
    proofs.update_from(demand())
    (here, _claims), (there, claims) = read(proofs.sign("GET", USERS)), read(proofs.for_other_server().sign("GET", USERS))
    assert here["jwk"] == there["jwk"]
    assert "nonce" not in claims


class Script:
    """Returns responses in order, and counts the requests."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def send(self, _request: Request) -> Answer:
        """Stand in for `Transport.send`."""
        return self.answers.pop(0)


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([Answer(200, {}, {})], 200),
        ([demand(), Answer(200, {}, {})], 200),
        ([demand("a"), demand("b"), Answer(200, {}, {})], 200),
        ([demand("a"), demand("b"), demand("c")], 400),
        ([Answer(400, {}, {"error": "invalid_scope"})], 400),
    ],
)
def test_a_request_is_repeated_for_a_nonce_a_limited_number_of_times(answers: list[Answer], status: int) -> None:
    script = Script(*answers)
    assert send_with_challenges(script, REQUEST, DpopProofs().update_from).status == status  # type: ignore[arg-type]  # a stand-in
    assert script.answers == []


def test_no_representation_shows_the_key() -> None:
    key = jwk.JWK.generate(kty="EC", crv="P-256")
    proofs = DpopProofs(key=key)
    shown = f"{proofs!r} {vars(proofs)!r} {proofs.sign('GET', USERS)}"
    assert key.export(as_dict=True)["d"] not in shown
