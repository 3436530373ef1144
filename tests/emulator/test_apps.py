# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apps and their keys: accepted and refused requests."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.okta_client import Api, app_body, assertion_of, ec_jwk, error_of, private_key, public_jwk
from okta_emulator import Emulator, Tenant


def with_method(method: str, **oauth: Any) -> dict[str, Any]:
    body = app_body("Other", **oauth)
    body["credentials"]["oauthClient"]["token_endpoint_auth_method"] = method
    return body


def test_an_app_is_returned_with_ids_and_without_members_that_are_not_stored(api: Api) -> None:
    app = api.app("Rezonate", public_jwk(alg="RS256", x5t="abc"))
    (key,) = app["settings"]["oauthClient"]["jwks"]["keys"]
    assert len(app["id"]) == 20
    assert app["id"].startswith("0oa")
    assert app["credentials"]["oauthClient"]["client_id"] == app["id"]
    assert "client_secret" not in app["credentials"]["oauthClient"]
    assert key["id"].startswith("pks")
    assert (key["status"], key["use"], key["kid"]) == ("ACTIVE", None, "one")
    assert not key.keys() & {"alg", "x5t"}


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no label", {**app_body(), "label": " "}, "blank"),
    ("long label", app_body("x" * 101), "too long"),
    ("unknown member", {**app_body(), "lable": "x"}, "unknown members"),
    ("unknown setting", app_body("x", dpop=True), "unknown members"),
    ("another kind of app", {**app_body(), "signOnMode": "SAML_2_0"}, "OIDC apps only"),
    ("no settings", {**app_body(), "settings": {}}, "blank"),
    ("no such method", with_method("magic"), "Invalid value"),
    ("service without authentication", with_method("none"), "must authenticate"),
    ("wrong grant type", app_body("x", grant_types=["authorization_code"]), "client_credentials"),
    ("wrong response type", app_body("x", response_types=["code"]), "client_credentials"),
    ("no key", app_body("x", jwks={"keys": []}), "at least one active key"),
    ("only an inactive key", app_body("x", public_jwk(status="INACTIVE")), "at least one active key"),
    ("short key", app_body("x", public_jwk("short", 1024)), "less than '2,048' bits"),
    ("private member", app_body("x", public_jwk(d="AQAB")), "public keys only"),
    ("no kid", app_body("x", {**public_jwk(), "kid": None}), "must have a 'kid'"),
    ("same kid twice", app_body("x", public_jwk(), public_jwk("two", kid="one")), "unique `kid`"),
    ("51 keys", app_body("x", *(public_jwk(kid=str(number)) for number in range(51))), "(50)"),
    ("not base64url", app_body("x", public_jwk(n="a+b=")), "base64url"),
    ("no such type of key", app_body("x", public_jwk(kty="OKP")), "'RSA' or 'EC'"),
    ("a point off the curve", app_body("x", {**ec_jwk(), "y": ec_jwk()["x"]}), "isn't on its curve"),
    ("another curve", app_body("x", {**ec_jwk(), "crv": "secp256k1"}), "'crv'"),
    ("even exponent", app_body("x", public_jwk(e="AQAC")), "exponent"),
    ("encryption key", app_body("x", public_jwk(use="enc")), "must be 'sig'"),
    ("zones without ZONE", app_body("x", network={"connection": "ANYWHERE", "include": ["nzo1"]}), "ZONE"),
    ("dpop is a word", app_body("x", dpop_bound_access_tokens="yes"), "boolean"),
]


@pytest.mark.parametrize(("body", "cause"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_malformed_app_is_refused(api: Api, acme: Tenant, body: dict[str, Any], cause: str) -> None:
    status, code, text = error_of(api("POST", "/api/v1/apps", json=body))
    assert (status, code) == (400, "E0000001")
    assert cause in text
    assert acme.apps == []


def test_keys_have_timestamps_in_their_list_and_not_in_the_app(api: Api) -> None:
    app = api.app()
    one = f"/api/v1/apps/{app['id']}"
    answers = [app, api("GET", one).json(), api("PUT", one, json=app_body()).json(), api("GET", "/api/v1/apps?q=rez").json()[0]]
    for body in answers:
        (key,) = body["settings"]["oauthClient"]["jwks"]["keys"]
        assert sorted(key) == ["e", "id", "kid", "kty", "n", "status", "use"]
    (listed,) = api("GET", f"{one}/credentials/jwks").json()
    assert listed["created"] == listed["lastUpdated"] == app["created"]


@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521"])
def test_an_elliptic_curve_key_is_accepted_and_its_curve_is_returned_as_null(api: Api, acme: Tenant, curve: str) -> None:
    app = api.app("Elliptic", ec_jwk(curve))
    (key,) = app["settings"]["oauthClient"]["jwks"]["keys"]
    assert (key["kty"], key["crv"], key["x"]) == ("EC", None, ec_jwk(curve)["x"])
    acme.grant(app["id"], "okta.users.read")
    signed = assertion_of(app["id"], f"{api.base}/oauth2/v1/token", curve)
    assert api.token(app["id"], "okta.users.read", signed=signed).status_code == 200
    again = api("PUT", f"/api/v1/apps/{app['id']}", json=app).json()
    assert again["settings"]["oauthClient"]["jwks"] == app["settings"]["oauthClient"]["jwks"]


def test_a_service_app_has_an_empty_list_of_redirect_uris(api: Api) -> None:
    assert api.app()["settings"]["oauthClient"]["redirect_uris"] == []
    given = ["https://a.example"]
    assert api.app("Other", redirect_uris=given)["settings"]["oauthClient"]["redirect_uris"] == given


def test_an_empty_client_secret_counts_as_none(api: Api) -> None:
    body = app_body()
    body["credentials"]["oauthClient"]["client_secret"] = ""
    app = api("POST", "/api/v1/apps", json=body).json()
    assert "client_secret" not in app["credentials"]["oauthClient"]


@pytest.mark.parametrize("credentials", [None, {}, {"oauthClient": {}}])
def test_an_app_without_credentials_gets_a_secret(api: Api, credentials: Any) -> None:
    body = {name: value for name, value in app_body().items() if name != "credentials"}
    made = api("POST", "/api/v1/apps", json=body if credentials is None else {**body, "credentials": credentials})
    assert made.status_code == 200, made.text
    client = made.json()["credentials"]["oauthClient"]
    assert (client["token_endpoint_auth_method"], len(client["client_secret"])) == ("client_secret_basic", 64)


def test_universal_logout_is_an_object_on_newer_orgs_and_is_not_accepted_in_requests(api: Api, acme: Tenant) -> None:
    assert api.app()["universalLogout"] is None
    acme.set(universal_logout={"status": "DISABLED"})
    app = api.app("Newer")
    assert app["universalLogout"] == {"status": "DISABLED"}
    path = f"/api/v1/apps/{app['id']}"
    assert error_of(api("PUT", path, json=app))[:2] == (400, "E0000001")
    assert api("PUT", path, json={name: value for name, value in app.items() if name != "universalLogout"}).status_code == 200


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi"])
def test_private_members_are_refused_everywhere(api: Api, member: str) -> None:
    key = {**public_jwk("two"), member: "AQAB"}
    app = api.app()
    body = app_body("Rezonate", public_jwk(), key)
    for method, path, sent in (
        ("PUT", f"/api/v1/apps/{app['id']}", body),
        ("POST", f"/api/v1/apps/{app['id']}/credentials/jwks", key),
    ):
        status, _code, cause = error_of(api(method, path, json=sent))
        assert (status, "public keys only" in cause) == (400, True)


def test_a_put_replaces_everything(api: Api, acme: Tenant) -> None:
    app = api.app("Old", public_jwk(use="sig"), public_jwk("two"), dpop_bound_access_tokens=True)
    old = {key["kid"]: key for key in app["settings"]["oauthClient"]["jwks"]["keys"]}
    changed = api("PUT", f"/api/v1/apps/{app['id']}", json=app_body("New", public_jwk())).json()
    (key,) = changed["settings"]["oauthClient"]["jwks"]["keys"]
    assert (key["id"], key["use"]) == (old["one"]["id"], None)
    assert changed["label"] == "New"
    assert changed["settings"]["oauthClient"]["dpop_bound_access_tokens"] is False
    assert api("GET", f"/api/v1/apps/{app['id']}").json() == changed


def test_a_read_app_can_be_sent_back(api: Api) -> None:
    app = api.app("Same", public_jwk(use="sig"))
    again = api("PUT", f"/api/v1/apps/{app['id']}", json=app).json()
    assert {**again, "lastUpdated": ""} == {**app, "lastUpdated": ""}


def test_the_client_id_cannot_change(api: Api) -> None:
    app = api.app()
    body = app_body()
    body["credentials"]["oauthClient"]["client_id"] = "another-client"
    assert error_of(api("PUT", f"/api/v1/apps/{app['id']}", json=body))[0] == 400


def test_an_active_app_cannot_be_deleted(api: Api, acme: Tenant) -> None:
    path = f"/api/v1/apps/{api.app()['id']}"
    assert error_of(api("DELETE", path))[:2] == (403, "E0000056")
    answer = api("POST", f"{path}/lifecycle/deactivate")
    assert (answer.status_code, answer.json()) == (200, {})
    assert api("DELETE", path).status_code == 204
    assert error_of(api("GET", path))[:2] == (404, "E0000007")


def test_q_matches_the_start_and_ignores_case(api: Api) -> None:
    for label in ("Rezonate", "rezonate two", "My Rezonate"):
        api.app(label)
    found = api("GET", "/api/v1/apps?q=REZ").json()
    assert [app["label"] for app in found] == ["Rezonate", "rezonate two"]
    builtin = api("GET", "/api/v1/apps?q=okta").json()
    assert [app["name"] for app in builtin] == ["saasure", "okta_enduser"]


def test_a_new_app_is_readable_by_id_before_it_is_listed(api: Api, acme: Tenant) -> None:
    acme.set(index_lag=60)
    app = api.app()
    assert api("GET", "/api/v1/apps?q=rezonate").json() == []
    assert api("GET", f"/api/v1/apps/{app['id']}").status_code == 200
    acme.set(index_lag=0)
    assert len(api("GET", "/api/v1/apps?q=rezonate").json()) == 1


def test_pages_of_a_list_are_stable_after_deletions(api: Api, acme: Tenant) -> None:
    acme.set(page_size=2)
    for number in range(6):
        acme.add_app(f"Rezonate {number}")
    first = api("GET", "/api/v1/apps?q=rez")
    acme.remove_app("Rezonate 1")
    second = api.session.get(first.links["next"]["url"])
    third = api.session.get(second.links["next"]["url"])
    labels = [app["label"][-1] for page in (first, second, third) for app in page.json()]
    assert labels == list("012345")
    assert "next" not in third.links


@pytest.mark.parametrize(
    ("query", "code"),
    [("limit=201", "E0000001"), ("limit=x", "E0000001"), ("after=bogus", "E0000029"), ("filter=label eq 1", "E0000031")],
)
def test_a_bad_query_is_refused(api: Api, query: str, code: str) -> None:
    assert error_of(api("GET", f"/api/v1/apps?{query}"))[:2] == (400, code)


def test_links_can_name_another_host(okta: Emulator, api: Api, acme: Tenant) -> None:
    acme.set(link_host="id.acme.example", page_size=1)
    assert api("GET", "/api/v1/apps").links["next"]["url"].startswith("https://id.acme.example/api/v1/apps?")


def test_an_org_with_the_maximum_number_of_apps_refuses_more(api: Api, acme: Tenant) -> None:
    acme.set(max_apps=0)
    assert "Maximum number of instances" in error_of(api("POST", "/api/v1/apps", json=app_body()))[2]


def test_single_keys_can_be_managed(api: Api, acme: Tenant) -> None:
    base = f"/api/v1/apps/{api.app()['id']}/credentials/jwks"
    added = api("POST", base, json=public_jwk("two", use="sig"))
    assert added.status_code == 201
    key = f"{base}/{added.json()['id']}"
    assert "unique `kid`" in error_of(api("POST", base, json=public_jwk("two")))[2]
    assert "active JSON Web Key" in error_of(api("DELETE", key))[2]
    assert api("POST", f"{key}/lifecycle/deactivate").json()["status"] == "INACTIVE"
    assert [item["status"] for item in api("GET", base).json()] == ["ACTIVE", "INACTIVE"]
    assert api("DELETE", key).status_code == 204
    assert [item["kid"] for item in acme.keys("Rezonate")] == ["one"]


def test_the_last_active_key_cannot_be_removed(api: Api, acme: Tenant) -> None:
    base = f"/api/v1/apps/{api.app()['id']}/credentials/jwks"
    key = f"{base}/{acme.keys('Rezonate')[0]['id']}"
    assert "only active" in error_of(api("POST", f"{key}/lifecycle/deactivate"))[2]


def test_the_list_of_keys_can_be_wrapped(api: Api, acme: Tenant) -> None:
    acme.set(jwks_list_wrapped=True)
    wrapped = api("GET", f"/api/v1/apps/{api.app()['id']}/credentials/jwks").json()
    assert wrapped["jwks"]["keys"][0]["kid"] == "one"


def test_an_app_with_private_key_jwt_has_no_secrets(api: Api) -> None:
    base = f"/api/v1/apps/{api.app()['id']}/credentials/secrets"
    assert api("GET", base).json() == []
    assert "private_key_jwt" in error_of(api("POST", base, json={}))[2]


def test_a_secret_is_returned_on_creation_and_not_on_reading_the_app(api: Api) -> None:
    app = api("POST", "/api/v1/apps", json=with_method("client_secret_basic")).json()
    assert len(app["credentials"]["oauthClient"]["client_secret"]) == 64
    read = api("GET", f"/api/v1/apps/{app['id']}").json()
    assert "client_secret" not in read["credentials"]["oauthClient"]


def test_keys_have_a_minimum_size() -> None:
    assert private_key("short", 1024).key_size == 1024
