# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of calls: an API token, or a client that authenticates with its key or its secret."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import jwt
import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, RezonateError
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import (
    AccessToken,
    Anonymous,
    ApiToken,
    KeyAuthentication,
    OAuthClient,
    SecretAuthentication,
)
from ansible_collections.rezonate.okta.plugins.module_utils._okta.dpop import DpopProofs
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Attempt, Request
from helpers.fake_okta import URL, Clock, refusal, rsa_key

ACCESS = "made-up-access-token-48201957"
SECRET = "made-up-client-secret-31830988618379"
TOKEN_URL = f"{URL}/oauth2/v1/token"
GIVEN = {"access_token": ACCESS, "token_type": "Bearer", "scope": "okta.users.read", "expires_in": 3600}


class TokenEndpoint:
    """Returns the same response to each request after the first ones, and records the requests."""

    def __init__(self, status: int = 200, body: Any = None, first: tuple[Answer, ...] = ()) -> None:
        self.answer = Answer(status, {}, GIVEN if body is None else body)
        self.first = list(first)
        self.requests: list[Request] = []
        self.attempts: list[Attempt] = []

    def send(self, request: Request) -> Answer:
        """Stand in for `Transport.send`, with a first attempt that fails."""
        self.requests.append(request)
        self.attempts += [request.prepare(), request.prepare()]
        return self.first.pop(0) if self.first else self.answer

    def assertions(self) -> list[str]:
        """The client assertions that were sent."""
        return [parse_qs((attempt.body or b"").decode())["client_assertion"][0] for attempt in self.attempts]


def app(clock: Clock | None = None, scopes: tuple[str, ...] = ("okta.users.read", "okta.groups.read")) -> OAuthClient:
    return OAuthClient(URL, "0oamadeup", KeyAuthentication(rsa_key(1)), scopes, clock=clock or Clock())


def bound(proofs: DpopProofs) -> OAuthClient:
    return OAuthClient(URL, "0oamadeup", KeyAuthentication(rsa_key(1)), ("okta.users.read",), proofs=proofs, clock=Clock())


def integration(client_id: str = "0oamadeup", secret: str = SECRET) -> OAuthClient:
    return OAuthClient(URL, client_id, SecretAuthentication(secret), ("okta.users.read",), clock=Clock())


def claims(assertion: str) -> dict[str, Any]:
    public = jwt.PyJWK(rsa_key(1).public_jwk())
    options = {"verify_exp": False, "verify_iat": False, "require": ["iss", "sub", "aud", "iat", "exp", "jti"]}
    found: dict[str, Any] = jwt.decode(assertion, public, algorithms=["RS256"], audience=TOKEN_URL, options=options)
    return found


def test_the_assertion_has_the_required_claims() -> None:
    okta = TokenEndpoint()
    app().mint(okta)  # type: ignore[arg-type]  # a stand-in
    found = claims(okta.assertions()[0])
    jti = found.pop("jti")
    now = int(Clock().now)
    assert found == {"iss": "0oamadeup", "sub": "0oamadeup", "aud": TOKEN_URL, "iat": now - 20, "exp": now + 300}
    assert len(jti) >= 32
    assert jwt.get_unverified_header(okta.assertions()[0]) == {"alg": "RS256", "typ": "JWT", "kid": "made-up-kid-1"}


def test_each_attempt_has_a_new_assertion() -> None:
    okta = TokenEndpoint()
    app().mint(okta)  # type: ignore[arg-type]  # a stand-in
    one, other = okta.assertions()
    assert claims(one)["jti"] != claims(other)["jti"]


def test_the_request_is_a_form_that_may_be_repeated() -> None:
    okta = TokenEndpoint()
    app().mint(okta)  # type: ignore[arg-type]  # a stand-in
    (request,), attempt = okta.requests, okta.attempts[0]
    assert (request.method, request.url, request.repeatable) == ("POST", TOKEN_URL, True)
    form = parse_qs((attempt.body or b"").decode())
    del form["client_assertion"]
    assert form == {
        "grant_type": ["client_credentials"],
        "scope": ["okta.users.read okta.groups.read"],
        "client_assertion_type": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
    }
    assert attempt.headers == {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


def nonce(attempt: Attempt) -> str | None:
    found = jwt.decode(attempt.headers["DPoP"], options={"verify_signature": False})
    assert (found["htm"], found["htu"], "ath" in found) == ("POST", TOKEN_URL, False)
    return found.get("nonce")


def test_a_requested_nonce_requires_a_new_assertion_and_a_new_proof() -> None:
    demand = Answer(400, {"DPoP-Nonce": "nonce-1"}, {"error": "use_dpop_nonce"})
    okta = TokenEndpoint(200, {**GIVEN, "token_type": "DPoP"}, (demand,))
    assert bound(DpopProofs(Clock())).mint(okta).token_type == "DPoP"  # type: ignore[arg-type]  # a stand-in
    assert [nonce(attempt) for attempt in okta.attempts] == [None, None, "nonce-1", "nonce-1"]
    assert len(set(okta.assertions())) == len({attempt.headers["DPoP"] for attempt in okta.attempts}) == 4
    shown = [(assertion, attempt.headers["DPoP"]) for assertion, attempt in zip(okta.assertions(), okta.attempts, strict=True)]
    assert [attempt.secrets for attempt in okta.attempts] == shown


def test_each_attempt_with_a_bound_token_has_a_proof_of_the_same_key() -> None:
    okta, credential = TokenEndpoint(200, {**GIVEN, "token_type": "DPoP"}), bound(DpopProofs(Clock()))
    one, other = (credential.headers(okta, "GET", f"{URL}/x?y=z") for _try in range(2))  # type: ignore[arg-type]  # a stand-in
    assert one["Authorization"] == f"DPoP {ACCESS}"
    assert one["DPoP"] != other["DPoP"]
    found = jwt.decode(one["DPoP"], options={"verify_signature": False})
    assert (found["htm"], found["htu"], "ath" in found, "nonce" in found) == ("GET", f"{URL}/x", True, False)
    keys = [jwt.get_unverified_header(proof)["jwk"] for proof in (one["DPoP"], okta.attempts[0].headers["DPoP"])]
    assert keys[0] == keys[1]


def test_the_api_has_its_own_nonce() -> None:
    okta, credential = TokenEndpoint(200, {**GIVEN, "token_type": "DPoP"}), bound(DpopProofs(Clock()))
    demand = Answer(400, {"DPoP-Nonce": "nonce-2", "WWW-Authenticate": 'DPoP error="use_dpop_nonce"'})
    assert not credential.update_from(demand)
    credential.headers(okta, "GET", URL)  # type: ignore[arg-type]  # a stand-in
    assert credential.update_from(demand)
    proof = credential.headers(okta, "GET", URL)["DPoP"]  # type: ignore[arg-type]  # a stand-in
    assert jwt.decode(proof, options={"verify_signature": False})["nonce"] == "nonce-2"
    credential.mint(okta)  # type: ignore[arg-type]  # a stand-in
    assert nonce(okta.attempts[-1]) is None


def test_okta_may_issue_a_bearer_token_despite_dpop() -> None:
    token = bound(DpopProofs(Clock())).mint(TokenEndpoint())  # type: ignore[arg-type]  # a stand-in
    assert token.headers(None, "GET", URL) == {"Authorization": f"Bearer {ACCESS}"}  # type: ignore[arg-type]  # not used


@pytest.mark.parametrize(
    ("proofs", "advice"), [(None, "The app demands DPoP: set dpop to true."), (DpopProofs(), "Check this machine's clock")]
)
def test_a_missing_proof_is_a_challenge_and_an_invalid_one_is_not(proofs: DpopProofs | None, advice: str) -> None:
    okta = TokenEndpoint(400, {"error": "invalid_dpop_proof", "error_description": "No."})
    credential = bound(proofs) if proofs else app()
    with pytest.raises(ApiError, match=advice) as caught:
        credential.mint(okta)  # type: ignore[arg-type]  # a stand-in
    assert caught.value.code == "invalid_dpop_proof"


@pytest.mark.parametrize(("client_id", "secret"), [("0oamadeup", SECRET), ("a:b c", "d e+f:ü%/&")])
def test_a_secret_is_sent_with_http_basic_and_form_encoding(client_id: str, secret: str) -> None:
    okta = TokenEndpoint()
    integration(client_id, secret).mint(okta)  # type: ignore[arg-type]  # a stand-in
    attempt = okta.attempts[0]
    scheme, value = attempt.headers["Authorization"].split()
    pair = base64.b64decode(value).decode()
    assert pair.isascii()
    assert (scheme, [unquote_plus(part) for part in pair.split(":")]) == ("Basic", [client_id, secret])
    assert parse_qs((attempt.body or b"").decode()) == {"grant_type": ["client_credentials"], "scope": ["okta.users.read"]}
    assert {value, secret} <= set(attempt.secrets)


def test_a_rejected_secret_is_named_and_not_shown() -> None:
    okta = TokenEndpoint(401, {"error": "invalid_client", "error_description": f"The secret {SECRET} is wrong."})
    okta.answer = replace(okta.answer, secrets=(SECRET,))
    with pytest.raises(ApiError, match="Check client_id and client_secret") as caught:
        integration().mint(okta)  # type: ignore[arg-type]  # a stand-in
    assert SECRET not in str(caught.value)


def test_concurrent_calls_of_one_client_share_one_token() -> None:
    okta, credential = TokenEndpoint(), app()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: credential.headers(okta, "GET", URL), range(40)))  # type: ignore[arg-type]  # a stand-in
    assert found == [{"Authorization": f"Bearer {ACCESS}"}] * 40
    assert len(okta.requests) == 1


def test_the_scopes_of_the_token_are_returned_not_the_requested_ones() -> None:
    token = app().mint(TokenEndpoint())  # type: ignore[arg-type]  # a stand-in
    assert token == AccessToken(ACCESS, "Bearer", ("okta.users.read",), 3600)


def test_a_refusal_is_an_okta_error() -> None:
    okta = TokenEndpoint(401, {"error": "invalid_client", "error_description": "The client_assertion JWT kid is invalid."})
    with pytest.raises(
        ApiError, match=r"^Couldn't get an access token \(POST /oauth2/v1/token\): Okta answered 401 invalid_client "
    ) as caught:
        app().mint(okta)  # type: ignore[arg-type]  # a stand-in
    assert not any(assertion in str(caught.value) for assertion in okta.assertions())


def test_a_failed_first_call_leaves_no_token_behind() -> None:
    okta, credential = TokenEndpoint(), app()
    good, okta.answer = okta.answer, refusal(500)
    with pytest.raises(ApiError, match=r"^Couldn't get an access token \(POST /oauth2/v1/token\): Okta answered 500 "):
        credential.headers(okta, "GET", URL)  # type: ignore[arg-type]  # a stand-in
    okta.answer = good
    assert credential.headers(okta, "GET", URL) == {"Authorization": f"Bearer {ACCESS}"}  # type: ignore[arg-type]  # a stand-in


@pytest.mark.parametrize(
    "body", [{}, {"access_token": 7, "scope": "a"}, {"access_token": ACCESS}, {"access_token": ACCESS, "scope": ["a"]}]
)
def test_a_response_without_a_token_is_an_error(body: dict[str, Any]) -> None:
    with pytest.raises(RezonateError) as caught:
        app().mint(TokenEndpoint(200, body))  # type: ignore[arg-type]  # a stand-in
    assert str(caught.value) == f"POST {TOKEN_URL}: Okta's answer holds no access token."


def test_a_missing_lifetime_is_zero() -> None:
    body = {"access_token": ACCESS, "scope": "", "expires_in": "soon"}
    assert app().mint(TokenEndpoint(200, body)) == AccessToken(ACCESS, "Bearer", (), 0)  # type: ignore[arg-type]  # a stand-in


def test_an_api_token_is_sent_with_okta_s_own_scheme() -> None:
    assert ApiToken(ACCESS).headers(None, "GET", URL) == {"Authorization": f"SSWS {ACCESS}"}  # type: ignore[arg-type]  # not used


def test_anonymous_calls_have_no_headers() -> None:
    assert Anonymous().headers(None, "GET", URL) == {}  # type: ignore[arg-type]  # not used


def test_no_representation_shows_a_token() -> None:
    credential = app()
    credential.headers(TokenEndpoint(), "GET", URL)  # type: ignore[arg-type]  # a stand-in
    shown = f"{ApiToken(ACCESS)!r} {AccessToken(ACCESS, 'Bearer', (), 1)!r} {credential!r} {Anonymous()!r} {vars(integration())!r}"
    assert ACCESS not in shown
    assert SECRET not in shown
    assert rsa_key(1).private_jwk()["d"] not in repr(vars(credential))
