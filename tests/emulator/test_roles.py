# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may do what."""

from __future__ import annotations

import time
from typing import Any

import pytest
from okta_emulator import Emulator, Tenant

from .support import Api, app_body, error_of, public_jwk


@pytest.fixture
def app_id(acme: Tenant) -> str:
    return acme.add_app("Rezonate", [public_jwk()])


def as_user(okta: Emulator, acme: Tenant, *roles: str) -> Api:
    return Api(okta, acme, f"SSWS {acme.add_api_token(roles=list(roles))}")


def as_client(okta: Emulator, acme: Tenant, app_id: str, scope: str) -> Api:
    acme.grant(app_id, *scope.split())
    token = Api(okta, acme).token(app_id, scope).json()["access_token"]
    return Api(okta, acme, f"Bearer {token}")


def test_a_bad_api_token_is_refused_with_a_body(okta: Emulator, acme: Tenant) -> None:
    for value in ("SSWS 00wrong", "SSWS ", "Basic eDp5"):
        assert error_of(Api(okta, acme, value)("GET", "/api/v1/users/me")) == (401, "E0000011", "Invalid token provided")
    assert error_of(Api(okta, acme, None)("GET", "/api/v1/apps"))[:2] == (401, "E0000011")


def test_a_user_without_a_role_reads_nothing_but_itself(okta: Emulator, acme: Tenant) -> None:
    nobody = as_user(okta, acme)
    assert nobody("GET", "/api/v1/users/me").status_code == 200
    for path in ("/api/v1/apps", "/api/v1/users", "/api/v1/logs", "/api/v1/org"):
        assert error_of(nobody("GET", path))[:2] == (403, "E0000006")


def test_a_read_only_admin_reads_but_no_role_assignments(okta: Emulator, acme: Tenant, app_id: str) -> None:
    reader = as_user(okta, acme, "READ_ONLY_ADMIN")
    for path in ("/api/v1/apps", "/api/v1/users", f"/api/v1/apps/{app_id}/grants", "/api/v1/api-tokens"):
        assert reader("GET", path).status_code == 200, path
    me = reader("GET", "/api/v1/users/me").json()["id"]
    for path in (f"/api/v1/users/{me}/roles", f"/oauth2/v1/clients/{app_id}/roles"):
        assert error_of(reader("GET", path))[:2] == (403, "E0000006")
    assert error_of(reader("POST", "/api/v1/apps", json=app_body()))[:2] == (403, "E0000006")


@pytest.mark.parametrize("role", ["ORG_ADMIN", "APP_ADMIN", "READ_ONLY_ADMIN"])
def test_only_a_super_admin_grants_assigns_and_changes_keys(okta: Emulator, acme: Tenant, app_id: str, role: str) -> None:
    admin = as_user(okta, acme, role)
    app = f"/api/v1/apps/{app_id}"
    calls: list[tuple[str, str, Any]] = [
        ("POST", f"{app}/grants", {"issuer": acme.org_url, "scopeId": "okta.users.read"}),
        ("POST", f"/oauth2/v1/clients/{app_id}/roles", {"type": "READ_ONLY_ADMIN"}),
        ("POST", f"{app}/credentials/jwks", public_jwk("two")),
        ("PUT", app, app_body("Rezonate", public_jwk(), public_jwk("two"))),
        ("POST", "/api/v1/apps", app_body("New")),
        ("POST", "/integrations/api/v1/api-services", {"type": "x", "grantedScopes": ["okta.users.read"]}),
    ]
    for method, path, body in calls:
        assert error_of(admin(method, path, json=body))[:2] == (403, "E0000006"), path


def test_an_app_admin_may_rename_an_app(okta: Emulator, acme: Tenant, app_id: str) -> None:
    admin = as_user(okta, acme, "APP_ADMIN")
    assert admin("PUT", f"/api/v1/apps/{app_id}", json=app_body("Renamed", public_jwk())).status_code == 200


def test_a_scope_without_a_role_is_forbidden_with_a_body(okta: Emulator, acme: Tenant, app_id: str) -> None:
    client = as_client(okta, acme, app_id, "okta.users.read")
    assert error_of(client("GET", "/api/v1/users"))[:2] == (403, "E0000006")
    acme.assign_role(app_id, "READ_ONLY_ADMIN")
    assert client("GET", "/api/v1/users").status_code == 200
    acme.remove_role(app_id, "READ_ONLY_ADMIN")
    assert client("GET", "/api/v1/users").status_code == 403


def test_a_role_without_the_scope_is_forbidden_without_a_body(okta: Emulator, acme: Tenant, app_id: str) -> None:
    acme.assign_role(app_id, "SUPER_ADMIN")
    answer = as_client(okta, acme, app_id, "okta.users.read")("GET", "/api/v1/groups")
    assert (answer.status_code, answer.content) == (403, b"")
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert 'scope="okta.groups.read"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("role", "status"), [("READ_ONLY_ADMIN", 403), ("USER_ADMIN", 200)])
def test_managing_needs_a_role_that_manages(okta: Emulator, acme: Tenant, app_id: str, role: str, status: int) -> None:
    acme.assign_role(app_id, role)
    client = as_client(okta, acme, app_id, "okta.users.manage okta.groups.manage")
    profile = {"firstName": "A", "lastName": "B", "email": "a@b.example", "login": "a@b.example"}
    assert client("POST", "/api/v1/users", json={"profile": profile}).status_code == status
    assert client("POST", "/api/v1/groups", json={"profile": {"name": "New"}}).status_code == status


def test_a_custom_role_covers_what_it_permits(okta: Emulator, api: Api, acme: Tenant, app_id: str) -> None:
    made = {"label": "Manager", "description": "d", "permissions": ["okta.users.manage"]}
    role = api("POST", "/api/v1/iam/roles", json=made).json()
    resources = {"label": "All", "description": "d", "resources": [f"{api.base}/api/v1/users"]}
    group = api("POST", "/api/v1/iam/resource-sets", json=resources).json()
    path = f"/oauth2/v1/clients/{app_id}/roles"
    body = {"type": "CUSTOM", "role": role["id"], "resource-set": group["id"]}
    assert api("POST", path, json=body).json()["role"] == role["id"]
    assert error_of(api("POST", path, json=body))[:2] == (409, "E0000090")
    client = as_client(okta, acme, app_id, "okta.users.read okta.groups.read")
    assert client("GET", "/api/v1/users").status_code == 200
    assert client("GET", "/api/v1/groups").status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "NO_SUCH_ADMIN"}, 400),
        ({}, 400),
        ({"type": "CUSTOM"}, 400),
        ({"type": "CUSTOM", "role": "cr0x", "resource-set": "iamx"}, 404),
        ({"type": "USER_ADMIN", "role": "cr0x"}, 400),
    ],
)
def test_a_role_that_is_not_there_is_refused(api: Api, app_id: str, body: dict[str, str], status: int) -> None:
    assert api("POST", f"/oauth2/v1/clients/{app_id}/roles", json=body).status_code == status


def test_a_role_twice_is_a_conflict(api: Api, app_id: str) -> None:
    path = f"/oauth2/v1/clients/{app_id}/roles"
    assert api("POST", path, json={"type": "READ_ONLY_ADMIN"}).status_code == 201
    answer = error_of(api("POST", path, json={"type": "READ_ONLY_ADMIN"}))
    assert answer == (409, "E0000090", "The role specified is already assigned to the user.")


def test_a_client_that_is_not_there_has_no_roles(api: Api) -> None:
    assert error_of(api("GET", "/oauth2/v1/clients/0oanobody/roles"))[:2] == (404, "E0000007")


def test_roles_take_time_to_work(okta: Emulator, api: Api, acme: Tenant, app_id: str) -> None:
    acme.set(role_delay=0.3)
    api("POST", f"/oauth2/v1/clients/{app_id}/roles", json={"type": "READ_ONLY_ADMIN"})
    client = as_client(okta, acme, app_id, "okta.users.read")
    assert client("GET", "/api/v1/users").status_code == 403
    time.sleep(0.35)
    assert client("GET", "/api/v1/users").status_code == 200


def test_revoking_the_current_token_ends_it(okta: Emulator, acme: Tenant, api: Api) -> None:
    assert api("DELETE", "/api/v1/api-tokens/current").status_code == 204
    assert error_of(api("GET", "/api/v1/users/me"))[:2] == (401, "E0000011")


def test_a_token_dies_of_thirty_days_without_use(api: Api, acme: Tenant) -> None:
    acme.set(clock_skew=29 * 24 * 3600)
    assert api("GET", "/api/v1/users/me").status_code == 200
    acme.set(clock_skew=60 * 24 * 3600)
    assert api("GET", "/api/v1/users/me").status_code == 401


def test_tokens_are_listed_and_revoked_by_id(okta: Emulator, acme: Tenant, api: Api) -> None:
    value = acme.add_api_token(roles=["READ_ONLY_ADMIN"], name="Hand over")
    listed = {token["name"]: token for token in api("GET", "/api/v1/api-tokens").json()}
    assert value not in str(listed)
    assert api("DELETE", f"/api/v1/api-tokens/{listed['Hand over']['id']}").status_code == 204
    assert Api(okta, acme, f"SSWS {value}")("GET", "/api/v1/users/me").status_code == 401


def test_a_client_has_no_user_and_no_current_api_token(okta: Emulator, acme: Tenant, app_id: str) -> None:
    acme.assign_role(app_id, "SUPER_ADMIN")
    client = as_client(okta, acme, app_id, "okta.users.read okta.apiTokens.manage")
    assert error_of(client("GET", "/api/v1/users/me"))[:2] == (404, "E0000007")
    assert error_of(client("DELETE", "/api/v1/api-tokens/current"))[:2] == (403, "E0000006")
