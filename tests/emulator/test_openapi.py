# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator's responses match Okta's API description, and the validator is strict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from helpers.okta_client import Api, app_body, public_jwk
from okta_emulator import Tenant
from okta_emulator.engine import ROUTER

from emulator.contract import openapi

# Described operations that the emulator lacks, and the reason.
LEFT_OUT = {
    "/oauth2/v1/clients/{clientId}": "apps are managed through the apps API",
    "/oauth2/v1/introspect": "nothing introspects",
    "/oauth2/v1/revoke": "nothing revokes access tokens",
}


class Walk:
    """Calls operations, validates their responses, and records the called operations."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.called: set[tuple[str, str]] = set()

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.api(method, path, json=body)
        found = answer.json() if answer.content else None
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        openapi.validate_answer(method, path, answer.status_code, found)
        operation = openapi.find(method, path)
        assert operation
        self.called.add((operation.method, operation.template))
        return found


@pytest.fixture
def walk(api: Api) -> Walk:
    return Walk(api)


def walk_apps(walk: Walk) -> None:
    app = walk("POST", "/api/v1/apps", app_body())
    one = f"/api/v1/apps/{app['id']}"
    walk("GET", "/api/v1/apps?q=rez")
    walk("PUT", one, walk("GET", one))
    key = walk("POST", f"{one}/credentials/jwks", public_jwk("two", use="sig"))
    here = f"{one}/credentials/jwks/{key['id']}"
    walk("GET", f"{one}/credentials/jwks")
    walk("GET", here)
    for verb in ("deactivate", "activate", "deactivate"):
        walk("POST", f"{here}/lifecycle/{verb}")
    walk("DELETE", here)
    grant = walk("POST", f"{one}/grants", {"issuer": walk.api.base, "scopeId": "okta.users.read"})
    walk("GET", f"{one}/grants")
    walk("GET", f"{one}/grants/{grant['id']}")
    walk("DELETE", f"{one}/grants/{grant['id']}")
    for verb in ("deactivate", "activate", "deactivate"):
        walk("POST", f"{one}/lifecycle/{verb}")
    walk("DELETE", one)


def walk_secrets(walk: Walk) -> None:
    body = app_body("With a secret")
    body["credentials"]["oauthClient"]["token_endpoint_auth_method"] = "client_secret_basic"
    app = walk("POST", "/api/v1/apps", body)
    service = walk("POST", "/integrations/api/v1/api-services", {"type": "rezonate_security", "grantedScopes": ["okta.logs.read"]})
    walk("GET", "/integrations/api/v1/api-services")
    walk("GET", f"/integrations/api/v1/api-services/{service['id']}")
    for base in (f"/api/v1/apps/{app['id']}", f"/integrations/api/v1/api-services/{service['id']}"):
        secret = walk("POST", f"{base}/credentials/secrets")
        walk("GET", f"{base}/credentials/secrets")
        one = f"{base}/credentials/secrets/{secret['id']}"
        if "apps" in base:
            walk("GET", one)
        for verb in ("deactivate", "activate", "deactivate"):
            walk("POST", f"{one}/lifecycle/{verb}")
        walk("DELETE", one)
    walk("DELETE", f"/integrations/api/v1/api-services/{service['id']}")


def walk_roles(walk: Walk) -> None:
    permissions = ["okta.users.read"]
    role = walk("POST", "/api/v1/iam/roles", {"label": "Reader", "description": "Reads", "permissions": permissions})
    body = {"label": "Everyone", "description": "All users", "resources": [f"{walk.api.base}/api/v1/users"]}
    group = walk("POST", "/api/v1/iam/resource-sets", body)
    app = walk("POST", "/api/v1/apps", app_body())
    assignments = f"/oauth2/v1/clients/{app['id']}/roles"
    walk("POST", assignments, {"type": "READ_ONLY_ADMIN"})
    custom = walk("POST", assignments, {"type": "CUSTOM", "role": role["id"], "resource-set": group["id"]})
    walk("GET", assignments)
    walk("GET", f"{assignments}/{custom['id']}")
    walk("GET", f"{assignments}/{custom['id']}/targets/groups")
    walk("GET", f"{assignments}/{custom['id']}/targets/catalog/apps")
    bindings = f"/api/v1/iam/resource-sets/{group['id']}/bindings"
    walk("GET", bindings)
    walk("DELETE", f"{assignments}/{custom['id']}")
    user = walk("GET", "/api/v1/users/me")
    other = walk("POST", "/api/v1/iam/roles", {"label": "Other", "description": "Reads", "permissions": permissions})
    walk("POST", bindings, {"role": other["id"], "members": [f"{walk.api.base}/api/v1/users/{user['id']}"]})
    walk("GET", "/api/v1/iam/roles")
    one = f"/api/v1/iam/roles/{role['id']}"
    walk("GET", one)
    walk("GET", f"{one}/permissions")
    walk("PUT", one, {"label": "Reader", "description": "Reads more"})
    walk("DELETE", one)
    walk_resource_set(walk, f"/api/v1/iam/resource-sets/{group['id']}")


def walk_resource_set(walk: Walk, one: str) -> None:
    walk("GET", "/api/v1/iam/resource-sets")
    walk("GET", one)
    walk("PUT", one, {"label": "Everyone", "description": "All of them"})
    walk("PATCH", f"{one}/resources", {"additions": [f"{walk.api.base}/api/v1/groups"]})
    walk("POST", f"{one}/resources", {"resourceOrnOrUrl": f"{walk.api.base}/api/v1/apps", "conditions": {}})
    walk("GET", f"{one}/resources")
    walk("DELETE", one)


def walk_users(walk: Walk) -> None:
    profile = {"firstName": "A", "lastName": "B", "email": "a@b.example", "login": "a@b.example"}
    user = walk("POST", "/api/v1/users", {"profile": profile})
    one = f"/api/v1/users/{user['id']}"
    walk("GET", "/api/v1/users?limit=3")
    walk("GET", "/api/v1/users/me")
    walk("GET", one)
    walk("POST", one, {"profile": {"firstName": "C"}})
    walk("PUT", one, {"profile": profile})
    role = walk("POST", f"{one}/roles", {"type": "USER_ADMIN"})
    walk("GET", f"{one}/roles")
    walk("GET", f"{one}/roles/{role['id']}")
    walk("DELETE", f"{one}/roles/{role['id']}")
    walk("DELETE", one)


def walk_org(walk: Walk) -> None:
    for path in ("/.well-known/okta-organization", "/.well-known/openid-configuration", "/oauth2/v1/keys"):
        walk("GET", path)
    for path in ("/api/v1/org", "/api/v1/features", "/api/v1/logs?limit=5", "/api/v1/groups", "/oauth2/v1/clients"):
        walk("GET", path)
    walk("POST", "/api/v1/org", {"companyName": "Acme"})
    walk("PUT", "/api/v1/org", {"companyName": "Acme"})
    walk("POST", "/api/v1/groups", {"profile": {"name": "Everybody"}})
    gateways = [{"type": "CIDR", "value": "10.0.0.0/8"}]
    zone = walk("POST", "/api/v1/zones", {"type": "IP", "name": "Office", "gateways": gateways})
    one = f"/api/v1/zones/{zone['id']}"
    walk("GET", "/api/v1/zones")
    walk("PUT", one, walk("GET", one))
    for verb in ("deactivate", "activate", "deactivate"):
        walk("POST", f"{one}/lifecycle/{verb}")
    walk("DELETE", one)


def walk_tokens(walk: Walk) -> None:
    tenant = walk.api.tenant
    tenant.add_api_token(roles=["READ_ONLY_ADMIN"], name="Other")
    tokens = walk("GET", "/api/v1/api-tokens")
    other = next(token for token in tokens if token["name"] == "Other")
    one = f"/api/v1/api-tokens/{other['id']}"
    walk("GET", one)
    walk("PUT", one, {"name": "Renamed"})
    walk("DELETE", one)
    app = walk("POST", "/api/v1/apps", app_body("Token"))
    tenant.grant("Token", "okta.users.read")
    answer = walk.api.token(app["id"], "okta.users.read")
    openapi.validate_answer("POST", "/oauth2/v1/token", answer.status_code, answer.json())
    walk.called.add(("post", "/oauth2/v1/token"))
    walk("DELETE", "/api/v1/api-tokens/current")


def test_every_response_matches_the_description(walk: Walk) -> None:
    for part in (walk_apps, walk_secrets, walk_roles, walk_users, walk_org, walk_tokens):
        part(walk)
    described = {(item.method, item.template) for item in openapi.operations() if item.template not in LEFT_OUT}
    missing = described - walk.called - {("post", "/oauth2/v1/clients")}
    assert missing == set()


def test_the_requests_of_the_walk_match_the_description(walk: Walk, acme: Tenant) -> None:
    walk_roles(walk)
    walk_secrets(walk)
    openapi.validate_logged(entry for entry in acme.requests if entry.method != "PUT")


def test_the_scopes_are_the_described_ones() -> None:
    for operation in openapi.operations():
        path = operation.template.replace("{", "x").replace("}", "x")
        if operation.template in LEFT_OUT or not operation.facts["scopes"] or path == "/oauth2/v1/clients":
            continue
        route, _params = ROUTER.find(operation.method.upper(), path)
        assert [route.scope] == operation.facts["scopes"], operation.template


@pytest.mark.parametrize(
    ("shape", "value", "found"),
    [
        ("string", 1, ["$: 1 is no string"]),
        ("integer", True, ["$: True is no integer"]),
        ("string?", None, []),
        ("=A|B", "C", ["$: 'C' is none of A|B"]),
        ("=A|B?", None, []),
        (["integer"], [1, "x"], ["$[1]: 'x' is no integer"]),
        ({"?": ["string"]}, None, []),
        ({"id!": "string"}, {}, ["$: id is missing"]),
        ({"id": "string"}, {"id": None}, ["$.id: None is no string"]),
        ({"use": "=sig"}, {"use": None}, []),
        ({"id": "string"}, {"more": 1}, ["$: more isn't described"]),
        ({"*": "integer"}, {"more": "x"}, ["$.more: 'x' is no integer"]),
        ({"|": ["string", {"id": "string"}]}, {"id": "x"}, []),
        ({"^": "type", "IP": {"type": "string", "n": "integer"}, "": {"type": "string"}}, {"type": "IP", "n": 1}, []),
        ({"^": "type", "IP": {"type": "string"}, "": {"type": "string"}}, {"type": "X", "n": 1}, ["$: n isn't described"]),
    ],
)
def test_a_mismatch_is_found(shape: Any, value: Any, found: list[str]) -> None:
    assert list(openapi.mismatches(shape, value, closed=True)) == found


def refusals() -> Iterator[tuple[str, str, Any]]:
    body = app_body()
    yield "POST", "/api/v1/apps", {**body, "lable": "typo"}
    yield "POST", "/api/v1/apps", {name: value for name, value in body.items() if name != "settings"}
    yield "POST", "/api/v1/apps", app_body("x", dpop="yes")
    yield "POST", "/api/v1/apps/0oa1/grants", {"issuer": "https://acme.okta.com"}
    yield "POST", "/oauth2/v1/clients/0oa1/roles", {"type": "NO_SUCH_ADMIN"}
    yield "GET", "/api/v1/apps?query=x", None
    yield "GET", "/api/v1/apps?limit=500", None
    yield "GET", "/api/v1/app", None
    yield "DELETE", "/api/v1/apps/0oa1", {"body": "none described"}


@pytest.mark.parametrize(("method", "path", "body"), list(refusals()))
def test_the_validator_refuses(method: str, path: str, body: Any) -> None:
    with pytest.raises(openapi.MismatchError):
        openapi.validate_request(method, path, body)


def test_the_validator_accepts_described_values() -> None:
    openapi.validate_request("POST", "/api/v1/apps", app_body("Fine", dpop_bound_access_tokens=True))
    openapi.validate_request("POST", "/api/v1/apps/0oa1/credentials/jwks", public_jwk(use="sig"))
    openapi.validate_request("POST", "/api/v1/apps/0oa1/grants", {"issuer": "https://a.okta.com", "scopeId": "x"})
