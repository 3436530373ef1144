# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Custom roles, their permissions, resource sets and their resources."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.okta_client import Api, error_of, public_jwk
from okta_emulator import Emulator, Tenant

ROLES, SETS = "/api/v1/iam/roles", "/api/v1/iam/resource-sets"
USERS, GROUPS = "okta.users.manage", "okta.groups.manage"


def make_role(api: Api, *permissions: str, label: str = "Manager of users") -> dict[str, Any]:
    answer = api("POST", ROLES, json={"label": label, "description": "d", "permissions": list(permissions or (USERS,))})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def make_set(api: Api, *resources: str, label: str = "All") -> dict[str, Any]:
    given = list(resources or (f"{api.base}/api/v1/users",))
    answer = api("POST", SETS, json={"label": label, "description": "d", "resources": given})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def permissions(api: Api, role: dict[str, Any]) -> list[str]:
    return [entry["label"] for entry in api("GET", f"{ROLES}/{role['id']}/permissions").json()["permissions"]]


def resources(api: Api, item: dict[str, Any], query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = api("GET", f"{SETS}/{item['id']}/resources{query}").json()
    return found


@pytest.mark.parametrize("kind", [ROLES, SETS])
def test_a_path_accepts_an_id_or_a_label(api: Api, kind: str) -> None:
    made = make_role(api) if kind == ROLES else make_set(api, label="Manager of users")
    for name in (made["id"], "Manager of users", "Manager%20of%20users"):
        assert api("GET", f"{kind}/{name}").json()["id"] == made["id"]


def test_a_label_is_unique(api: Api) -> None:
    make_set(api)
    again = api("POST", SETS, json={"label": "All", "description": "d", "resources": ["orn:okta:directory:00o1:users"]})
    assert error_of(again)[:2] == (400, "E0000001")


def test_permissions_are_added_and_removed_one_by_one(api: Api) -> None:
    role = make_role(api)
    one = f"{ROLES}/{role['id']}/permissions/{GROUPS}"
    assert api("POST", one).status_code == 204
    assert api("GET", one).json()["label"] == GROUPS
    assert permissions(api, role) == [USERS, GROUPS]
    assert api("DELETE", one).status_code == 204
    assert permissions(api, role) == [USERS]


def test_a_permission_is_unique_and_a_role_has_at_least_one(api: Api) -> None:
    one = f"{ROLES}/{make_role(api)['id']}/permissions"
    assert error_of(api("POST", f"{one}/{USERS}"))[:2] == (400, "E0000001")
    assert error_of(api("DELETE", f"{one}/{USERS}"))[:2] == (400, "E0000001")
    assert error_of(api("DELETE", f"{one}/{GROUPS}"))[:2] == (404, "E0000007")


@pytest.mark.parametrize("permission", ["users.manage", "okta", "okta.", "okta.users manage"])
def test_an_invalid_permission_is_refused(api: Api, permission: str) -> None:
    made = api("POST", ROLES, json={"label": "x", "description": "d", "permissions": [permission]})
    added = api("POST", f"{ROLES}/{make_role(api)['id']}/permissions/{permission}")
    assert [error_of(made)[:2], error_of(added)[:2]] == [(400, "E0000001")] * 2


@pytest.mark.parametrize(
    ("path", "orn"),
    [
        ("users", "directory:{}:users"),
        ("groups", "directory:{}:groups"),
        ("groups/00g1", "directory:{}:groups:00g1"),
        ("groups/00g1/users", "directory:{}:groups:00g1:contained_resources"),
        ("apps", "idp:{}:apps"),
        ('apps?filter=name eq "workday"', "idp:{}:apps:workday"),
        ("authorizationServers/aus1", "idp:{}:authorization_servers:aus1"),
    ],
)
def test_a_url_is_returned_as_orn_and_link(api: Api, acme: Tenant, path: str, orn: str) -> None:
    url = f"{api.base}/api/v1/{path}"
    (shown,) = resources(api, make_set(api, url))["resources"]
    assert shown["orn"] == f"orn:okta:{orn.format(acme.state.org_id)}"
    assert shown["_links"]["self"]["href"] == url


def test_the_orn_of_an_app_contains_its_type(api: Api, acme: Tenant) -> None:
    app = acme.add_app("Rezonate", [public_jwk()])
    (shown,) = resources(api, make_set(api, f"{api.base}/api/v1/apps/{app}"))["resources"]
    assert shown["orn"] == f"orn:okta:idp:{acme.state.org_id}:apps:oidc_client:{app}"
    assert shown["_links"]["self"]["href"] == f"{api.base}/api/v1/apps/{app}"


def test_a_resource_without_an_api_has_no_link(api: Api) -> None:
    (shown,) = resources(api, make_set(api, "orn:okta:idp:00o1:customizations"))["resources"]
    assert "self" not in shown["_links"]


def test_resources_of_a_preview_org_have_its_orns(okta: Emulator) -> None:
    tenant = okta.tenant("preview-of-resources", domain="oktapreview.com")
    (shown,) = resources(Api(okta, tenant), make_set(Api(okta, tenant)))["resources"]
    assert shown["orn"] == f"orn:oktapreview:directory:{tenant.state.org_id}:users"


@pytest.mark.parametrize("resource", ["orn:x", "users", "https://other.okta.com/api/v1/users", "{}/api/v1/nothing", "{}/users", 7])
def test_an_invalid_resource_is_refused(api: Api, resource: Any) -> None:
    given = resource.format(api.base) if isinstance(resource, str) else resource
    answer = api("POST", SETS, json={"label": "x", "description": "d", "resources": [given]})
    assert error_of(answer)[:2] == (400, "E0000001")


def test_resources_are_added_and_removed(api: Api) -> None:
    item = make_set(api)
    path = f"{SETS}/{item['id']}/resources"
    users, groups = (f"{api.base}/api/v1/{name}" for name in ("users", "groups"))
    assert api("PATCH", path, json={"additions": [groups, users]}).status_code == 200
    first, second = resources(api, item)["resources"]
    assert [first["_links"]["self"]["href"], second["_links"]["self"]["href"]] == [users, groups]
    assert api("GET", f"{path}/{second['id']}").json() == second
    assert api("DELETE", f"{path}/{first['id']}").status_code == 204
    assert error_of(api("DELETE", f"{path}/{first['id']}"))[:2] == (404, "E0000007")
    assert resources(api, item)["resources"] == [second]


def test_resources_are_paged_in_the_body_without_a_header(api: Api) -> None:
    item = make_set(api, *(f"orn:okta:directory:00o1:groups:00g{number}" for number in range(5)))
    path, found = f"{SETS}/{item['id']}/resources?limit=2", list[str]()
    for left in (3, 1, -1):
        answer = api("GET", path)
        body = answer.json()
        found += [entry["orn"][-1] for entry in body["resources"]]
        assert "Link" not in answer.headers
        assert ("next" in body["_links"]) == (left > 0)
        path = body["_links"].get("next", {}).get("href", "").removeprefix(api.base)
    assert found == ["0", "1", "2", "3", "4"]


def test_a_set_has_at_most_a_thousand_resources(api: Api) -> None:
    item = make_set(api, *(f"orn:okta:directory:00o1:groups:00g{number}" for number in range(1000)))
    more = api("PATCH", f"{SETS}/{item['id']}/resources", json={"additions": ["orn:okta:directory:00o1:users"]})
    assert error_of(more)[:2] == (400, "E0000001")


@pytest.fixture
def assigned(api: Api, acme: Tenant) -> tuple[str, str, str]:
    """Return an app's path of roles, and the role and the set that are assigned to it."""
    path = f"/oauth2/v1/clients/{acme.add_app('Rezonate', [public_jwk()])}/roles"
    role, item = make_role(api)["id"], make_set(api)["id"]
    assert api("POST", path, json={"type": "CUSTOM", "role": role, "resource-set": item}).status_code == 201
    return path, role, item


def test_an_assigned_role_cannot_be_deleted(api: Api, assigned: tuple[str, str, str]) -> None:
    path, role, _item = assigned
    assert error_of(api("DELETE", f"{ROLES}/{role}"))[:2] == (400, "E0000001")
    (assignment,) = api("GET", path).json()
    api("DELETE", f"{path}/{assignment['id']}")
    assert api("DELETE", f"{ROLES}/{role}").status_code == 204


def test_the_deletion_of_a_set_removes_its_assignments(api: Api, assigned: tuple[str, str, str]) -> None:
    path, role, item = assigned
    assert api("DELETE", f"{SETS}/{item}").status_code == 204
    assert api("GET", path).json() == []
    assert api("DELETE", f"{ROLES}/{role}").status_code == 204


def test_only_a_super_admin_changes_roles_and_sets(okta: Emulator, api: Api, acme: Tenant) -> None:
    role, item = make_role(api)["id"], make_set(api)
    (resource,) = resources(api, item)["resources"]
    admin = Api(okta, acme, f"SSWS {acme.add_api_token(roles=['ORG_ADMIN'])}")
    for method, path in (
        ("POST", f"{ROLES}/{role}/permissions/{GROUPS}"),
        ("DELETE", f"{ROLES}/{role}/permissions/{USERS}"),
        ("DELETE", f"{SETS}/{item['id']}/resources/{resource['id']}"),
    ):
        assert error_of(admin(method, path))[:2] == (403, "E0000006")
    assert api("GET", f"{ROLES}/{role}/permissions").status_code == 200
