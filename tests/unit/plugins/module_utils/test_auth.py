# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: an API token, or a service app that proves itself by its key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._auth import AccessToken, ApiToken, Nobody, OAuthClient
from ansible_collections.rezonate.okta.plugins.module_utils._errors import ApiError, RezonateError
from ansible_collections.rezonate.okta.plugins.module_utils._transport import Answer, Attempt, Request
from unit.fake_okta import URL, Clock, refusal, rsa_key

ACCESS = "made-up-access-token-48201957"
TOKEN_URL = f"{URL}/oauth2/v1/token"
GIVEN = {"access_token": ACCESS, "token_type": "Bearer", "scope": "okta.users.read", "expires_in": 3600}


class TokenEndpoint:
    """Answers each request alike, and keeps what was sent."""

    def __init__(self, status: int = 200, body: Any = None) -> None:
        self.answer = Answer(status, {}, GIVEN if body is None else body)
        self.requests: list[Request] = []
        self.attempts: list[Attempt] = []

    def send(self, request: Request) -> Answer:
        """Stand in for `Transport.send`, with a try that fails first."""
        self.requests.append(request)
        self.attempts += [request.prepare(), request.prepare()]
        return self.answer

    def assertions(self) -> list[str]:
        """The proofs that were sent."""
        return [parse_qs((attempt.body or b"").decode())["client_assertion"][0] for attempt in self.attempts]


def app(clock: Clock | None = None, scopes: tuple[str, ...] = ("okta.users.read", "okta.groups.read")) -> OAuthClient:
    return OAuthClient(URL, "0oamadeup", rsa_key(1), scopes, clock or Clock())


def claims(assertion: str) -> dict[str, Any]:
    public = jwt.PyJWK(rsa_key(1).public_jwk())
    options = {"verify_exp": False, "verify_iat": False, "require": ["iss", "sub", "aud", "iat", "exp", "jti"]}
    found: dict[str, Any] = jwt.decode(assertion, public, algorithms=["RS256"], audience=TOKEN_URL, options=options)
    return found


def test_the_assertion_is_what_okta_wants() -> None:
    okta = TokenEndpoint()
    app().mint(okta)  # type: ignore[arg-type]  # a stand-in
    found = claims(okta.assertions()[0])
    jti = found.pop("jti")
    now = int(Clock().now)
    assert found == {"iss": "0oamadeup", "sub": "0oamadeup", "aud": TOKEN_URL, "iat": now, "exp": now + 300}
    assert len(jti) >= 32
    assert jwt.get_unverified_header(okta.assertions()[0]) == {"alg": "RS256", "typ": "JWT", "kid": "made-up-kid-1"}


def test_each_try_proves_itself_anew() -> None:
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


def test_one_client_gets_one_token_however_many_ask_at_once() -> None:
    okta, credential = TokenEndpoint(), app()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: credential.headers(okta, "GET", URL), range(40)))  # type: ignore[arg-type]  # a stand-in
    assert found == [{"Authorization": f"Bearer {ACCESS}"}] * 40
    assert len(okta.requests) == 1


def test_what_was_given_is_told_not_what_was_asked_for() -> None:
    token = app().mint(TokenEndpoint())  # type: ignore[arg-type]  # a stand-in
    assert token == AccessToken(ACCESS, "Bearer", ("okta.users.read",), 3600)


def test_a_refusal_is_an_error_of_okta_s() -> None:
    okta = TokenEndpoint(401, {"error": "invalid_client", "error_description": "The client_assertion JWT kid is invalid."})
    with pytest.raises(
        ApiError, match=r"^Couldn't get an access token \(POST /oauth2/v1/token\): Okta answered 401 invalid_client "
    ) as caught:
        app().mint(okta)  # type: ignore[arg-type]  # a stand-in
    assert not any(assertion in str(caught.value) for assertion in okta.assertions())


def test_a_failed_first_call_leaves_no_token_behind() -> None:
    okta, credential = TokenEndpoint(), app()
    good, okta.answer = okta.answer, refusal(500)
    with pytest.raises(ApiError):
        credential.headers(okta, "GET", URL)  # type: ignore[arg-type]  # a stand-in
    okta.answer = good
    assert credential.headers(okta, "GET", URL) == {"Authorization": f"Bearer {ACCESS}"}  # type: ignore[arg-type]  # a stand-in


@pytest.mark.parametrize(
    "body", [{}, {"access_token": 7, "scope": "a"}, {"access_token": ACCESS}, {"access_token": ACCESS, "scope": ["a"]}]
)
def test_an_answer_without_a_token_is_a_sentence(body: dict[str, Any]) -> None:
    with pytest.raises(RezonateError) as caught:
        app().mint(TokenEndpoint(200, body))  # type: ignore[arg-type]  # a stand-in
    assert str(caught.value) == f"POST {TOKEN_URL}: Okta's answer holds no access token."


def test_a_lifetime_that_isn_t_told_is_none() -> None:
    body = {"access_token": ACCESS, "scope": "", "expires_in": "soon"}
    assert app().mint(TokenEndpoint(200, body)) == AccessToken(ACCESS, "Bearer", (), 0)  # type: ignore[arg-type]  # a stand-in


def test_an_api_token_goes_by_okta_s_own_scheme() -> None:
    assert ApiToken(ACCESS).headers(None, "GET", URL) == {"Authorization": f"SSWS {ACCESS}"}  # type: ignore[arg-type]  # not used


def test_nobody_sends_nothing() -> None:
    assert Nobody().headers(None, "GET", URL) == {}  # type: ignore[arg-type]  # not used


def test_no_representation_shows_a_token() -> None:
    credential = app()
    credential.headers(TokenEndpoint(), "GET", URL)  # type: ignore[arg-type]  # a stand-in
    shown = f"{ApiToken(ACCESS)!r} {AccessToken(ACCESS, 'Bearer', (), 1)!r} {credential!r} {Nobody()!r}"
    assert ACCESS not in shown
    assert rsa_key(1).private_jwk()["d"] not in repr(vars(credential))
