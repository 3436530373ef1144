# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read permissions of each admin role, as in responses of live orgs."""

from __future__ import annotations

import uuid

import pytest
import requests
from helpers.okta_client import Api, error_of, public_jwk
from okta_emulator import Emulator, Tenant

FORBIDDEN = (403, "E0000006")
DIRECTORY = ["/api/v1/users", "/api/v1/groups", "/api/v1/apps", "/api/v1/logs"]
ROLES = ["/api/v1/iam/assignees/users", "/api/v1/iam/roles", "/api/v1/iam/resource-sets"]
SCHEMAS = ["/api/v1/meta/schemas/user/default", "/api/v1/meta/schemas/group/default", "/api/v1/meta/schemas/user/linkedObjects"]
SCOPES = "okta.users.read okta.groups.read okta.apps.read okta.logs.read okta.roles.read okta.appGrants.read okta.apiTokens.read"
SCOPES += " okta.schemas.read okta.linkedObjects.read okta.orgs.read"


@pytest.fixture
def app_id(acme: Tenant) -> str:
    app = acme.add_app("Rezonate", [public_jwk()])
    acme.grant(app, *SCOPES.split())
    return app


def as_user(okta: Emulator, acme: Tenant, *roles: str) -> Api:
    return Api(okta, acme, f"SSWS {acme.add_api_token(roles=list(roles))}")


def as_client(okta: Emulator, acme: Tenant, app_id: str, *roles: str) -> Api:
    for role in roles:
        acme.assign_role(app_id, role)
    return Api(okta, acme, f"Bearer {Api(okta, acme).token(app_id, SCOPES).json()['access_token']}")


def refused(answer: requests.Response) -> bool:
    return error_of(answer)[:2] == FORBIDDEN


def role_paths(api: Api, app_id: str) -> list[str]:
    owner = api("GET", "/api/v1/users/me").json()["id"]
    return [*ROLES, f"/api/v1/users/{owner}/roles", f"/oauth2/v1/clients/{app_id}/roles"]


@pytest.mark.parametrize("kind", [as_user, as_client])
def test_without_a_role_the_list_of_users_is_empty_and_the_others_are_refused(
    okta: Emulator, acme: Tenant, app_id: str, kind: object
) -> None:
    client = as_user(okta, acme) if kind is as_user else as_client(okta, acme, app_id)
    answer = client("GET", "/api/v1/users")
    assert (answer.status_code, answer.json()) == (200, [])
    for path in ("/api/v1/groups", "/api/v1/apps", "/api/v1/logs", "/api/v1/org", f"/api/v1/users/{acme.name}"):
        assert refused(client("GET", path)), path


def test_a_read_only_admin_reads_the_directory_and_the_log(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    client = as_client(okta, acme, app_id, "READ_ONLY_ADMIN")
    for path in [*DIRECTORY, "/api/v1/api-tokens"]:
        assert client("GET", path).status_code == 200, path
    unseen = [*role_paths(api, app_id), *SCHEMAS, f"/api/v1/apps/{app_id}/grants"]
    assert [path for path in unseen if not refused(client("GET", path))] == []


@pytest.mark.parametrize("role", ["READ_ONLY_ADMIN", "REPORT_ADMIN", "ORG_ADMIN", "APP_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"])
def test_only_a_super_admin_reads_grants(okta: Emulator, acme: Tenant, api: Api, app_id: str, role: str) -> None:
    path = f"/api/v1/apps/{app_id}/grants"
    (grant, *_others) = api("GET", path).json()
    reader = as_user(okta, acme, role)
    assert refused(reader("GET", path))
    assert refused(reader("GET", f"{path}/{grant['id']}"))
    assert as_client(okta, acme, app_id, "SUPER_ADMIN")("GET", path).status_code == 200


def test_a_report_admin_reads_the_log_and_no_api_tokens(okta: Emulator, acme: Tenant) -> None:
    reader = as_user(okta, acme, "REPORT_ADMIN")
    assert reader("GET", "/api/v1/logs").status_code == 200
    assert refused(reader("GET", "/api/v1/api-tokens"))


def test_an_org_admin_gets_an_empty_list_of_apps_and_no_roles(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    admin = as_user(okta, acme, "ORG_ADMIN")
    answer = admin("GET", "/api/v1/apps")
    assert (answer.status_code, answer.json()) == (200, [])
    assert refused(admin("GET", f"/api/v1/apps/{app_id}"))
    assert refused(admin("GET", f"/api/v1/apps/{app_id}/credentials/jwks"))
    assert [path for path in role_paths(api, app_id) if not refused(admin("GET", path))] == []


@pytest.mark.parametrize("role", ["APP_ADMIN", "ORG_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN", "SUPER_ADMIN"])
def test_schemas_and_linked_objects_need_one_of_four_roles(okta: Emulator, acme: Tenant, role: str) -> None:
    reader = as_user(okta, acme, role)
    assert [reader("GET", path).status_code for path in SCHEMAS] == [200, 200, 200]


def iam_role(api: Api, app_id: str, *resources: str) -> None:
    made = {"label": uuid.uuid4().hex, "description": "d"}
    role = api("POST", "/api/v1/iam/roles", json={**made, "permissions": ["okta.iam.read"]}).json()["id"]
    group = api("POST", "/api/v1/iam/resource-sets", json={**made, "resources": list(resources)}).json()["id"]
    body = {"type": "CUSTOM", "role": role, "resource-set": group}
    assert api("POST", f"/oauth2/v1/clients/{app_id}/roles", json=body).status_code == 201


def test_iam_resources_permit_a_custom_role_to_read_roles(okta: Emulator, acme: Tenant, api: Api, app_id: str) -> None:
    iam_role(api, app_id, f"orn:okta:iam:{acme.state.org_id}:contained_resources")
    client = as_client(okta, acme, app_id)
    assert [client("GET", path).status_code for path in role_paths(api, app_id)] == [200] * 5
    assert refused(client("GET", f"/api/v1/apps/{app_id}/grants"))
    answer = client("POST", f"/oauth2/v1/clients/{app_id}/roles", json={"type": "SUPER_ADMIN"})
    assert (answer.status_code, "insufficient_scope" in answer.headers["WWW-Authenticate"]) == (403, True)


@pytest.mark.parametrize(
    "name",
    [
        "orn:okta:directory:{}:users",
        "orn:okta:directory:{}:groups",
        "orn:okta:idp:{}:apps",
        "orn:okta:iam:{}x:contained_resources",
        "orn:oktapreview:iam:{}:contained_resources",
    ],
)
def test_other_resources_do_not_permit_a_custom_role_to_read_roles(okta: Emulator, acme: Tenant, api: Api, app_id: str, name: str) -> None:
    iam_role(api, app_id, name.format(acme.state.org_id))
    client = as_client(okta, acme, app_id)
    assert [path for path in role_paths(api, app_id) if not refused(client("GET", path))] == []


def test_assignees_are_the_users_with_roles(acme: Tenant, api: Api) -> None:
    acme.set(page_size=1)
    path, found = "/api/v1/iam/assignees/users", list[str]()
    while path:
        body = api("GET", path).json()
        found += [user["id"] for user in body["value"]]
        path = body["_links"].get("next", {}).get("href", "").removeprefix(api.base)
    users = {user["profile"]["login"].partition("@")[0]: user["id"] for user in acme.state.users.values()}
    assert found == [users["owner"], users["auditor"]]
