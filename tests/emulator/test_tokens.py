# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token endpoint, access tokens and DPoP."""

from __future__ import annotations

import base64
import time
import uuid
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from helpers.okta_client import ASSERTION_TYPE, Api, app_body, assertion, private_key, proof, public_jwk
from jwt.algorithms import ECAlgorithm
from okta_emulator import Emulator, Tenant


@pytest.fixture
def app_id(acme: Tenant) -> str:
    app = acme.add_app("Rezonate", [public_jwk(), public_jwk("two")])
    acme.grant(app, "okta.users.read", "okta.apps.read")
    acme.assign_role(app, "READ_ONLY_ADMIN")
    return app


def bearer(okta: Emulator, acme: Tenant, token: str, scheme: str = "Bearer") -> Api:
    return Api(okta, acme, f"{scheme} {token}")


def test_a_token_reads_what_its_scopes_permit(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    answer = api.token(app_id, "okta.users.read").json()
    assert {**answer, "access_token": ""} == {
        "token_type": "Bearer", "expires_in": 3600, "access_token": "", "scope": "okta.users.read",
    }  # fmt: skip
    assert bearer(okta, acme, answer["access_token"])("GET", "/api/v1/users").status_code == 200
    assert (acme.requests[-1].auth, acme.requests[-1].who) == ("bearer", "Rezonate")


NOW = int(time.time())
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("unknown kid", {"kid": "three"}, "kid is invalid"),
    ("no kid where there are two keys", {"kid": None}, "kid is invalid"),
    ("another's key", {"key": "three"}, "signature is invalid"),
    ("audience is the org", {"aud": "https://acme.okta.com"}, "audience claim"),
    ("issuer differs", {"iss": "someone"}, "must both be the client id"),
    ("unknown client", {"iss": "0oanobody", "sub": "0oanobody"}, "'client_id'"),
    ("expired", {"exp": NOW - 1}, "expired"),
    ("two hours", {"exp": NOW + 7200}, "too far into the future"),
    ("no exp", {"exp": None}, "must have an 'exp'"),
    ("issued in the future", {"iat": NOW + 3000, "exp": NOW + 3500}, "must be issued before the current time"),
    ("no jti", {"jti": None}, "must have a 'jti'"),
]


@pytest.mark.parametrize(("claims", "text"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_wrong_assertion_is_refused(api: Api, app_id: str, claims: dict[str, Any], text: str) -> None:
    answer = api.token(app_id, "okta.users.read", **claims)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert text in answer.json()["error_description"]


@pytest.mark.parametrize("algorithm", ["RS384", "RS512"])
def test_longer_digests_are_accepted(api: Api, app_id: str, algorithm: str) -> None:
    claims = jwt.decode(assertion(app_id, api.base + "/oauth2/v1/token"), options={"verify_signature": False})
    signed = jwt.encode(claims, private_key(), algorithm, headers={"kid": "one"})
    assert api.token(app_id, "okta.users.read", signed=signed).status_code == 200


@pytest.mark.parametrize("algorithm", ["none", "HS256", "PS256"])
def test_other_algorithms_are_refused(api: Api, app_id: str, algorithm: str) -> None:
    claims = jwt.decode(assertion(app_id, api.base + "/oauth2/v1/token"), options={"verify_signature": False})
    key: Any = {"none": None, "HS256": "x" * 64, "PS256": private_key()}[algorithm]
    signed = jwt.encode(claims, key, algorithm, headers={"kid": "one"})
    assert "alg" in api.token(app_id, "okta.users.read", signed=signed).json()["error_description"]


def test_an_assertion_works_once(api: Api, app_id: str) -> None:
    signed = assertion(app_id, api.base + "/oauth2/v1/token")
    assert api.token(app_id, "okta.users.read", signed=signed).status_code == 200
    assert "already been used" in api.token(app_id, "okta.users.read", signed=signed).json()["error_description"]


def test_the_key_must_be_active(api: Api, acme: Tenant, app_id: str) -> None:
    acme.set_key_status(app_id, "one", "INACTIVE")
    assert "kid is invalid" in api.token(app_id, "okta.users.read").json()["error_description"]


def test_a_single_key_needs_no_kid(api: Api, acme: Tenant, app_id: str) -> None:
    acme.remove_key(app_id, "two")
    assert api.token(app_id, "okta.users.read", kid=None).status_code == 200


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("okta.users.read okta.logs.read", "okta.users.read"),
        ("okta.logs.read", "consent_required"),
        ("okta.users.read okta.nonsense.read", "invalid_scope"),
        ("", "invalid_scope"),
    ],
)
def test_some_granted_scopes_are_sufficient(api: Api, app_id: str, scope: str, granted: str) -> None:
    body = api.token(app_id, scope).json()
    assert granted in (body.get("scope"), body.get("error"))


def test_tokens_are_invalid_after_the_app_is_deleted(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    client = bearer(okta, acme, api.token(app_id, "okta.users.read").json()["access_token"])
    assert client("GET", "/api/v1/users").status_code == 200
    api("POST", f"/api/v1/apps/{app_id}/lifecycle/deactivate")
    answer = client("GET", "/api/v1/users")
    assert (answer.status_code, answer.content) == (401, b"")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert api.token(app_id, "okta.users.read").json()["error"] == "invalid_client"


def test_a_token_is_valid_for_an_hour(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    client = bearer(okta, acme, api.token(app_id, "okta.users.read").json()["access_token"])
    acme.set(clock_skew=3601)
    answer = client("GET", "/api/v1/users")
    assert (answer.status_code, "expired" in answer.headers["WWW-Authenticate"]) == (401, True)


def test_the_clock_of_the_org_is_used(api: Api, acme: Tenant, app_id: str) -> None:
    acme.set(clock_skew=600)
    assert "expired" in api.token(app_id, "okta.users.read").json()["error_description"]


@pytest.mark.parametrize("cidr", ["127.0.0.0/8", "10.0.0.0/8"])
def test_an_app_can_be_restricted_to_zones(api: Api, acme: Tenant, app_id: str, cidr: str) -> None:
    zone = acme.add_zone("Office", cidr)
    acme.set_app(app_id, network={"connection": "ZONE", "include": [zone]})
    answer = api.token(app_id, "okta.users.read")
    if cidr.startswith("127"):
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")
        assert "outside the client's permitted network zones" in answer.json()["error_description"]


@pytest.mark.parametrize(("status", "gateway"), [(200, {"type": "RANGE", "value": "127.0.0.1-127.0.0.1"}), (403, None)])
def test_a_zone_created_with_the_api_contains_its_gateways(api: Api, acme: Tenant, app_id: str, status: int, gateway: Any) -> None:
    gateways = [{"type": "CIDR", "value": "10.0.0.0/8"}, *([gateway] if gateway else [])]
    zone = api("POST", "/api/v1/zones", json={"type": "IP", "name": "Office", "gateways": gateways}).json()
    acme.set_app(app_id, network={"connection": "ZONE", "include": [zone["id"]]})
    assert api.token(app_id, "okta.users.read").status_code == status
    acme.set_app(app_id, network={"connection": "ZONE", "exclude": [zone["id"]]})
    assert api.token(app_id, "okta.users.read").status_code == (403 if status == 200 else 200)


def test_the_form_must_be_a_form(api: Api, app_id: str) -> None:
    url = api.base + "/oauth2/v1/token"
    body = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    assert api.session.post(url, json=body).json()["error"] == "invalid_request"
    assert api.session.post(url, data=body, headers={"Authorization": ""}).json()["error"] == "invalid_client"


# DPoP.


def test_a_nonce_is_required(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    acme.set_app(app_id, dpop_bound_access_tokens=True)
    assert api.token(app_id, "okta.users.read").json()["error"] == "invalid_dpop_proof"
    token = api.dpop_token(app_id, "okta.users.read").json()
    assert token["token_type"] == "DPoP"
    client = bearer(okta, acme, token["access_token"], "DPoP")
    url = api.base + "/api/v1/users"
    shown = proof("GET", url, token["access_token"])
    assert client("GET", "/api/v1/users?limit=1", headers={"DPoP": shown}).status_code == 200
    again = client("GET", "/api/v1/users?limit=1", headers={"DPoP": shown})
    assert (again.status_code, again.content) == (400, b"")
    assert "already been used" in again.headers["WWW-Authenticate"]


def test_the_assertion_is_used_up_by_the_response_with_a_nonce(acme: Tenant, api: Api, app_id: str) -> None:
    acme.set_app(app_id, dpop_bound_access_tokens=True)
    url = api.base + "/oauth2/v1/token"
    signed = assertion(app_id, url)
    first = api.token(app_id, "okta.users.read", {"DPoP": proof("POST", url)}, signed=signed)
    shown = proof("POST", url, nonce=first.headers["dpop-nonce"])
    second = api.token(app_id, "okta.users.read", {"DPoP": shown}, signed=signed)
    assert "already been used" in second.json()["error_description"]


@pytest.mark.parametrize(
    ("method", "path", "claims"),
    [
        ("POST", "/api/v1/users", {}),
        ("GET", "/api/v1/apps", {}),
        ("GET", "/api/v1/users", {"ath": "wrong"}),
        ("GET", "/api/v1/users", {"iat": NOW - 4000}),
        ("GET", "/api/v1/users", {"jti": ""}),
        ("GET", "/api/v1/users", {"key": "two"}),
    ],
)
def test_a_wrong_proof_is_refused(
    okta: Emulator, acme: Tenant, api: Api, app_id: str, method: str, path: str, claims: dict[str, Any]
) -> None:
    acme.set_app(app_id, dpop_bound_access_tokens=True)
    token = api.dpop_token(app_id, "okta.users.read").json()["access_token"]
    shown = proof(method, api.base + path, token, **claims)
    answer = bearer(okta, acme, token, "DPoP")("GET", "/api/v1/users", headers={"DPoP": shown})
    assert (answer.status_code, answer.content) == (400, b"")
    assert 'error="invalid_dpop_proof"' in answer.headers["WWW-Authenticate"]


def test_a_bound_token_is_refused_as_bearer_token(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    acme.set_app(app_id, dpop_bound_access_tokens=True)
    token = api.dpop_token(app_id, "okta.users.read").json()["access_token"]
    shown = proof("GET", api.base + "/api/v1/users", token)
    answer = bearer(okta, acme, token)("GET", "/api/v1/users", headers={"DPoP": shown})
    assert (answer.status_code, "scheme" in answer.headers["WWW-Authenticate"]) == (400, True)


def test_a_bearer_token_is_refused_as_bound_token(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    token = api.token(app_id, "okta.users.read").json()["access_token"]
    assert bearer(okta, acme, token, "DPoP")("GET", "/api/v1/users").status_code == 400


def test_a_new_nonce_must_be_requested_again(acme: Tenant, api: Api, app_id: str) -> None:
    acme.set_app(app_id, dpop_bound_access_tokens=True)
    url = api.base + "/oauth2/v1/token"
    nonce = api.token(app_id, "okta.users.read", {"DPoP": proof("POST", url)}).headers["dpop-nonce"]
    acme.rotate_nonce()
    again = api.token(app_id, "okta.users.read", {"DPoP": proof("POST", url, nonce=nonce)})
    assert again.json()["error"] == "use_dpop_nonce"
    assert again.headers["dpop-nonce"] != nonce


def test_a_proof_can_use_an_elliptic_curve_key(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    url = api.base + "/oauth2/v1/token"

    def signed(**more: Any) -> dict[str, str]:
        claims = {"htm": "POST", "htu": url, "iat": NOW, "jti": uuid.uuid4().hex, **more}
        return {"DPoP": jwt.encode(claims, key, "ES256", headers={"typ": "dpop+jwt", "jwk": public})}

    nonce = api.token(app_id, "okta.users.read", signed()).headers["dpop-nonce"]
    assert api.token(app_id, "okta.users.read", signed(nonce=nonce)).json()["token_type"] == "DPoP"


@pytest.mark.parametrize("members", [{"d": "x"}, {"kty": "oct", "k": "x"}, {"kty": "EC"}])
def test_the_key_of_a_proof_must_be_a_matching_public_key(api: Api, app_id: str, members: dict[str, str]) -> None:
    claims = {"htm": "POST", "htu": api.base + "/oauth2/v1/token", "iat": NOW, "jti": uuid.uuid4().hex}
    header = {"typ": "dpop+jwt", "jwk": {**public_jwk(), **members}}
    answer = api.token(app_id, "okta.users.read", {"DPoP": jwt.encode(claims, private_key(), "RS256", headers=header)})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


def test_the_api_can_require_its_own_nonce(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    acme.set(dpop_api_nonce=True)
    token = api.dpop_token(app_id, "okta.users.read").json()["access_token"]
    client, url = bearer(okta, acme, token, "DPoP"), api.base + "/api/v1/users"
    first = client("GET", "/api/v1/users", headers={"DPoP": proof("GET", url, token, acme.state.nonce)})
    assert (first.status_code, first.content) == (400, b"")
    assert 'error="use_dpop_nonce"' in first.headers["WWW-Authenticate"]
    shown = proof("GET", url, token, first.headers["dpop-nonce"])
    assert client("GET", "/api/v1/users", headers={"DPoP": shown}).status_code == 200


# API service integrations.


def test_an_integration_uses_its_secret(okta: Emulator, acme: Tenant, api: Api) -> None:
    body = {"type": "rezonate_security", "grantedScopes": ["okta.users.read"]}
    made = api("POST", "/integrations/api/v1/api-services", json=body).json()
    url = api.base + "/oauth2/v1/token"
    form = {"grant_type": "client_credentials", "scope": "okta.users.read"}
    token = api.session.post(url, data=form, auth=(made["id"], made["clientSecret"])).json()["access_token"]
    assert bearer(okta, acme, token)("GET", "/api/v1/users").status_code == 200
    wrong = api.session.post(url, data=form, auth=(made["id"], "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert acme.requests[-1].who == made["id"]


def test_name_and_secret_are_encoded_like_a_form(acme: Tenant, api: Api) -> None:
    made = acme.add_service("rezonate", "okta.users.read")
    form = {"grant_type": "client_credentials", "scope": "okta.users.read"}
    client_id, secret = (f"%{ord(text[0]):02X}{text[1:]}" for text in made.values())
    answer = api.session.post(api.base + "/oauth2/v1/token", data=form, auth=(client_id, secret))
    assert answer.status_code == 200


BY_KEY_ONLY = "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method."


@pytest.mark.parametrize("way", ["header", "body"])
def test_a_service_app_gets_no_token_with_its_secret(api: Api, way: str) -> None:
    body = app_body("By secret", grant_types=["client_credentials"])
    body["credentials"]["oauthClient"]["token_endpoint_auth_method"] = "client_secret_basic" if way == "header" else "client_secret_post"
    app = api("POST", "/api/v1/apps", json=body).json()
    api.tenant.grant(app["id"], "okta.users.read")
    pair = (app["id"], app["credentials"]["oauthClient"]["client_secret"])
    answer = ask(api, pair, way)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client", "error_description": BY_KEY_ONLY})
    assert "client secret" in ask(api, (app["id"], "wrong"), way).json()["error_description"]


def ask(api: Api, pair: tuple[str, str], way: str) -> requests.Response:
    form = {"grant_type": "client_credentials", "scope": "okta.users.read"}
    more: dict[str, Any] = {"auth": pair} if way == "header" else {"headers": {"Authorization": None}}
    if way == "body":
        form |= {"client_id": pair[0], "client_secret": pair[1]}
    return api.session.post(api.base + "/oauth2/v1/token", data=form, **more)


def test_an_app_that_is_not_a_service_app_gets_no_token(acme: Tenant, api: Api, app_id: str) -> None:
    acme.set_app(app_id, application_type="web")
    answer = api.token(app_id, "okta.users.read")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert "'application_type' of 'service'" in answer.json()["error_description"]


@pytest.mark.parametrize("more", [{"client_secret": "x"}, {"client_id": "x"}, {}])
def test_credentials_of_two_kinds_are_refused(api: Api, app_id: str, more: dict[str, str]) -> None:
    url = api.base + "/oauth2/v1/token"
    form = {"grant_type": "client_credentials", "scope": "okta.users.read", "client_assertion_type": ASSERTION_TYPE, **more}
    form["client_assertion"] = assertion(app_id, url)
    headers = {"Authorization": None if more else "Basic eDp5"}
    answer = api.session.post(url, data=form, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_request")
    assert answer.json()["error_description"].startswith("Cannot supply multiple client credentials.")


def test_no_granted_scope_and_a_wrong_kid_have_okta_s_texts(api: Api, app_id: str) -> None:
    none = api.token(app_id, "okta.logs.read okta.groups.read")
    assert (none.status_code, none.json()) == (
        400,
        {"error": "consent_required", "error_description": "You are not allowed any of the requested scopes."},
    )
    wrong = api.token(app_id, "okta.users.read", kid="three")
    assert (wrong.status_code, wrong.json()) == (
        401,
        {"error": "invalid_client", "error_description": "The client_assertion JWT kid is invalid."},
    )


def test_basic_authentication_requires_a_client_with_a_secret(api: Api, app_id: str) -> None:
    value = base64.b64encode(f"{app_id}:secret".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": "okta.users.read"}
    answer = api.session.post(api.base + "/oauth2/v1/token", data=form, headers={"Authorization": f"Basic {value}"})
    assert answer.json()["error"] == "invalid_client"
