# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Permissions of roles."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from helpers.okta_client import Api, app_body, error_of, public_jwk
from okta_emulator import Emulator, Tenant


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


def test_a_user_without_a_role_reads_only_itself(okta: Emulator, acme: Tenant) -> None:
    user = as_user(okta, acme)
    assert user("GET", "/api/v1/users/me").status_code == 200
    assert user("GET", "/api/v1/users").json() == []
    for path in ("/api/v1/apps", "/api/v1/groups", "/api/v1/logs", "/api/v1/org"):
        assert error_of(user("GET", path))[:2] == (403, "E0000006")


def test_a_read_only_admin_reads_everything_except_role_assignments(okta: Emulator, acme: Tenant, app_id: str) -> None:
    reader = as_user(okta, acme, "READ_ONLY_ADMIN")
    for path in ("/api/v1/apps", "/api/v1/users", f"/api/v1/apps/{app_id}", "/api/v1/api-tokens"):
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


def test_an_app_admin_can_rename_an_app(okta: Emulator, acme: Tenant, app_id: str) -> None:
    admin = as_user(okta, acme, "APP_ADMIN")
    assert admin("PUT", f"/api/v1/apps/{app_id}", json=app_body("Renamed", public_jwk())).status_code == 200


def test_a_scope_without_a_role_is_forbidden_with_a_body(okta: Emulator, acme: Tenant, app_id: str) -> None:
    client = as_client(okta, acme, app_id, "okta.groups.read")
    assert error_of(client("GET", "/api/v1/groups"))[:2] == (403, "E0000006")
    acme.assign_role(app_id, "READ_ONLY_ADMIN")
    assert client("GET", "/api/v1/groups").status_code == 200
    acme.remove_role(app_id, "READ_ONLY_ADMIN")
    assert client("GET", "/api/v1/groups").status_code == 403


def test_a_role_without_the_scope_is_forbidden_without_a_body(okta: Emulator, acme: Tenant, app_id: str) -> None:
    acme.assign_role(app_id, "SUPER_ADMIN")
    answer = as_client(okta, acme, app_id, "okta.users.read")("GET", "/api/v1/groups")
    assert (answer.status_code, answer.content) == (403, b"")
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert 'scope="okta.groups.read"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("role", "status"), [("READ_ONLY_ADMIN", 403), ("USER_ADMIN", 200)])
def test_writing_requires_a_role_that_manages(okta: Emulator, acme: Tenant, app_id: str, role: str, status: int) -> None:
    acme.assign_role(app_id, role)
    client = as_client(okta, acme, app_id, "okta.users.manage okta.groups.manage")
    profile = {"firstName": "A", "lastName": "B", "email": "a@b.example", "login": "a@b.example"}
    assert client("POST", "/api/v1/users", json={"profile": profile}).status_code == status
    assert client("POST", "/api/v1/groups", json={"profile": {"name": "New"}}).status_code == status


def custom_role(api: Api, app_id: str, permissions: list[str], *resources: str) -> None:
    made = {"label": uuid.uuid4().hex, "description": "d"}
    role = api("POST", "/api/v1/iam/roles", json={**made, "permissions": permissions}).json()
    group = api("POST", "/api/v1/iam/resource-sets", json={**made, "resources": list(resources)}).json()
    body = {"type": "CUSTOM", "role": role["id"], "resource-set": group["id"]}
    path = f"/oauth2/v1/clients/{app_id}/roles"
    assert api("POST", path, json=body).json()["role"] == role["id"]
    assert error_of(api("POST", path, json=body)) == (409, "E0000263", "The custom role is already assigned with this resource set.")


def test_a_custom_role_permits_only_its_permissions(okta: Emulator, api: Api, acme: Tenant, app_id: str) -> None:
    custom_role(api, app_id, ["okta.users.manage"], f"{acme.org_url}/api/v1/users", f"{acme.org_url}/api/v1/groups")
    client = as_client(okta, acme, app_id, "okta.users.read okta.groups.read")
    assert client("GET", "/api/v1/users").status_code == 200
    assert client("GET", "/api/v1/groups").status_code == 403


MANAGE = "okta.users.manage okta.groups.manage"
NO_USER, NO_GROUP = "/api/v1/users/00u00000000000000000", "/api/v1/groups/00g00000000000000000"


def test_the_caller_is_checked_before_the_request(okta: Emulator, acme: Tenant, app_id: str) -> None:
    group = acme.add_group("Team")
    client = as_client(okta, acme, app_id, MANAGE)
    probes = [("POST", NO_USER, 404), ("DELETE", NO_USER, 404), ("PUT", NO_GROUP, 404), ("PUT", f"/api/v1/groups/{group}", 400)]
    acme.assign_role(app_id, "READ_ONLY_ADMIN")
    for method, path, _status in probes:
        assert error_of(client(method, path, json={"profile": {}}))[:2] == (403, "E0000006"), path
    acme.assign_role(app_id, "USER_ADMIN")
    for method, path, status in probes:
        assert client(method, path, json={"profile": {}}).status_code == status, path
    refused = as_client(okta, acme, app_id, "okta.users.read")("POST", NO_USER, json={"profile": {}})
    assert (refused.status_code, refused.content) == (403, b"")


def test_a_group_name_is_unique(acme: Tenant, api: Api) -> None:
    group, _other = acme.add_group("Team"), acme.add_group("Others")
    path = f"/api/v1/groups/{group}"
    assert error_of(api("PUT", path, json={"profile": {}})) == (400, "E0000001", "name: The field cannot be left blank")
    assert error_of(api("PUT", path, json={"profile": {"name": "Others"}}))[:2] == (400, "E0000001")
    assert api("PUT", path, json={"profile": {"name": "Team", "description": "d"}}).json()["profile"]["description"] == "d"
    assert api("GET", path).json()["profile"]["name"] == "Team"


def reached(acme: Tenant, group: str, form: str) -> tuple[str, str]:
    """Return a group and its users as resources."""
    base, users = {
        "orn": (f"orn:okta:directory:{acme.state.org_id}:groups:{group}", ":contained_resources"),
        "url": (f"{acme.org_url}/api/v1/groups/{group}", "/users"),
    }[form]
    return base, base + users


@pytest.mark.parametrize("form", ["orn", "url"])
def test_a_role_applies_only_to_its_resource_set(okta: Emulator, acme: Tenant, api: Api, app_id: str, form: str) -> None:
    team, other = acme.add_group("Team", "user1", "user2"), acme.add_group("Others", "user3")
    custom_role(api, app_id, MANAGE.split(), *reached(acme, team, form))
    client = as_client(okta, acme, app_id, MANAGE)
    assert [group["id"] for group in client("GET", "/api/v1/groups").json()] == [team]
    assert [user["profile"]["firstName"] for user in client("GET", "/api/v1/users").json()] == ["User1", "User2"]
    change = {"profile": {"name": "Renamed", "nickName": "x"}}
    inside = [("PUT", f"/api/v1/groups/{team}"), ("POST", "/api/v1/users/user1"), ("GET", "/api/v1/users/user2")]
    outside = [("PUT", f"/api/v1/groups/{other}"), ("POST", "/api/v1/users/user3"), ("GET", "/api/v1/users/user3"), ("POST", NO_USER)]
    outside += [("POST", "/api/v1/groups"), ("POST", "/api/v1/users"), ("PUT", NO_GROUP)]
    assert {client(method, path, json=change).status_code for method, path in inside} == {200}
    assert {error_of(client(method, path, json=change))[:2] for method, path in outside} == {(403, "E0000006")}


def test_a_group_resource_does_not_include_its_users(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    group = acme.add_group("Team", "user1")
    custom_role(api, app_id, MANAGE.split(), f"{acme.org_url}/api/v1/groups/{group}")
    client = as_client(okta, acme, app_id, MANAGE)
    assert client("GET", f"/api/v1/groups/{group}").status_code == 200
    assert client("GET", "/api/v1/users").json() == []
    assert client("GET", "/api/v1/users/user1").status_code == 403


@pytest.mark.parametrize("resource", ["orn:okta:directory:{}x:users", "orn:oktapreview:directory:{}:users"])
def test_users_of_another_org_are_not_included(okta: Emulator, acme: Tenant, api: Api, app_id: str, resource: str) -> None:
    custom_role(api, app_id, ["okta.users.manage"], resource.format(acme.state.org_id))
    assert as_client(okta, acme, app_id, MANAGE)("GET", "/api/v1/users").json() == []


def test_a_url_of_another_org_is_not_a_resource(api: Api) -> None:
    body = {"label": "Elsewhere", "description": "d", "resources": ["https://other/api/v1/users"]}
    assert error_of(api("POST", "/api/v1/iam/resource-sets", json=body))[:2] == (400, "E0000001")


def test_all_users_include_those_of_each_group(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    custom_role(api, app_id, ["okta.users.manage"], f"orn:okta:directory:{acme.state.org_id}:users")
    client = as_client(okta, acme, app_id, MANAGE)
    assert len(client("GET", "/api/v1/users").json()) == len(api("GET", "/api/v1/users").json())
    assert error_of(client("POST", NO_USER, json={"profile": {}}))[:2] == (404, "E0000007")


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
def test_an_unknown_role_is_refused(api: Api, app_id: str, body: dict[str, str], status: int) -> None:
    assert api("POST", f"/oauth2/v1/clients/{app_id}/roles", json=body).status_code == status


def test_a_role_twice_is_a_conflict(api: Api, app_id: str) -> None:
    path = f"/oauth2/v1/clients/{app_id}/roles"
    assert api("POST", path, json={"type": "READ_ONLY_ADMIN"}).status_code == 201
    answer = api("POST", path, json={"type": "READ_ONLY_ADMIN"})
    assert error_of(answer) == (409, "E0000090", "The role specified is already assigned to the user.")
    assert answer.json()["errorCauses"] == []


def test_only_a_service_app_can_have_a_role(acme: Tenant, api: Api, app_id: str) -> None:
    acme.set_app(app_id, application_type="web")
    answer = api("POST", f"/oauth2/v1/clients/{app_id}/roles", json={"type": "READ_ONLY_ADMIN"})
    assert (error_of(answer)[:2], answer.json()["errorCauses"]) == ((400, "E0000227"), [])
    assert acme.roles(app_id) == []


def assigned(api: Api, acme: Tenant, role: str) -> set[str]:
    paths = [f"/oauth2/v1/clients/{acme.add_app(role, [public_jwk()])}/roles", f"/api/v1/users/{acme.add_user('other')}/roles"]
    return {api("POST", path, json={"type": role}).json()["id"] for path in paths}


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("USER_ADMIN", "KVJUKUS7IFCE2SKO"),
        ("HELP_DESK_ADMIN", "JBCUYUC7IRCVGS27IFCE2SKO"),
        ("GROUP_MEMBERSHIP_ADMIN", "I5JE6VKQL5GUKTKCIVJFGSCJKBPUCRCNJFHA"),
        ("APP_ADMIN", "IFIFAX2BIRGUSTQ"),
    ],
)
def test_a_role_that_can_have_targets_has_one_id_for_all(api: Api, acme: Tenant, role: str, shown: str) -> None:
    assert assigned(api, acme, role) == {shown}


@pytest.mark.parametrize("role", ["SUPER_ADMIN", "READ_ONLY_ADMIN", "ORG_ADMIN", "REPORT_ADMIN"])
def test_the_assignment_of_another_role_has_its_own_id(api: Api, acme: Tenant, role: str) -> None:
    found = assigned(api, acme, role)
    assert [len(found), *{(shown[:3], len(shown)) for shown in found}] == [2, ("ra1", 20)]


def test_an_unknown_client_has_no_roles(api: Api) -> None:
    assert error_of(api("GET", "/oauth2/v1/clients/0oanobody/roles"))[:2] == (404, "E0000007")


def test_roles_take_effect_after_a_delay(okta: Emulator, api: Api, acme: Tenant, app_id: str) -> None:
    acme.set(role_delay=0.3)
    api("POST", f"/oauth2/v1/clients/{app_id}/roles", json={"type": "READ_ONLY_ADMIN"})
    client = as_client(okta, acme, app_id, "okta.groups.read")
    assert client("GET", "/api/v1/groups").status_code == 403
    time.sleep(0.35)
    assert client("GET", "/api/v1/groups").status_code == 200


def test_revoking_the_current_token_ends_it(okta: Emulator, acme: Tenant, api: Api) -> None:
    assert api("DELETE", "/api/v1/api-tokens/current").status_code == 204
    assert error_of(api("GET", "/api/v1/users/me"))[:2] == (401, "E0000011")


def test_a_token_expires_after_thirty_days_without_use(api: Api, acme: Tenant) -> None:
    acme.set(clock_skew=29 * 24 * 3600)
    assert api("GET", "/api/v1/users/me").status_code == 200
    acme.set(clock_skew=60 * 24 * 3600)
    assert api("GET", "/api/v1/users/me").status_code == 401


def test_tokens_are_listed_and_revoked_by_id(okta: Emulator, acme: Tenant, api: Api) -> None:
    value = acme.add_api_token(roles=["READ_ONLY_ADMIN"], name="Rotation")
    listed = {token["name"]: token for token in api("GET", "/api/v1/api-tokens").json()}
    assert value not in str(listed)
    assert api("DELETE", f"/api/v1/api-tokens/{listed['Rotation']['id']}").status_code == 204
    assert Api(okta, acme, f"SSWS {value}")("GET", "/api/v1/users/me").status_code == 401


def test_a_client_has_no_user_and_no_current_api_token(okta: Emulator, acme: Tenant, app_id: str) -> None:
    acme.assign_role(app_id, "SUPER_ADMIN")
    client = as_client(okta, acme, app_id, "okta.users.read okta.apiTokens.manage")
    assert error_of(client("GET", "/api/v1/users/me"))[:2] == (404, "E0000007")
    assert error_of(client("DELETE", "/api/v1/api-tokens/current"))[:2] == (403, "E0000006")
