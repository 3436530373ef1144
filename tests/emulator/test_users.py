# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, from creation to deletion."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.okta_client import Api, error_of
from okta_emulator import Emulator, Tenant

LOGIN = "rezonate@acme.example"
PROFILE = {"firstName": "Rezonate", "lastName": "Service", "email": LOGIN, "login": LOGIN}
USERS = "/api/v1/users"


def make(api: Api, query: str = "", **changes: Any) -> Any:
    return api("POST", f"{USERS}{query}", json={"profile": {**PROFILE, **changes}})


@pytest.mark.parametrize(("query", "status"), [("", "PROVISIONED"), ("?activate=true", "PROVISIONED"), ("?activate=false", "STAGED")])
def test_a_user_without_a_password_is_pending(api: Api, query: str, status: str) -> None:
    made = make(api, query).json()
    assert (made["status"], made["profile"]["login"]) == (status, LOGIN)
    assert api("GET", f"{USERS}/{LOGIN}").json()["id"] == made["id"] == api("GET", f"{USERS}/{made['id']}").json()["id"]


TIMES = ("activated", "statusChanged", "passwordChanged", "lastLogin")


@pytest.mark.parametrize(
    ("query", "password", "status", "times"),
    [
        ("", None, "PROVISIONED", ("activated", "statusChanged")),
        ("", "made-up-password-1", "ACTIVE", ("activated", "statusChanged", "passwordChanged")),
        ("?activate=false", None, "STAGED", ()),
        ("?activate=false", "made-up-password-1", "STAGED", ("passwordChanged",)),
    ],
)
def test_a_user_s_times_are_set_as_recorded(api: Api, query: str, password: str | None, status: str, times: tuple[str, ...]) -> None:
    credentials = {"credentials": {"password": {"value": password}}} if password else {}
    made = api("POST", f"{USERS}{query}", json={"profile": PROFILE, **credentials}).json()
    assert made["status"] == status
    assert {name: made[name] for name in TIMES} == {name: made["created"] if name in times else None for name in TIMES}
    assert made["credentials"].get("password") == ({} if password else None)


def test_initial_users_have_a_password(api: Api) -> None:
    user = api("GET", f"{USERS}/owner").json()
    assert (user["status"], user["activated"], user["passwordChanged"]) == ("ACTIVE", user["created"], user["created"])


def test_times_are_whole_seconds_except_in_the_log(api: Api) -> None:
    user = make(api).json()
    assert {user[name][-5:] for name in ("created", "activated", "lastUpdated")} == {".000Z"}
    assert len({event["published"][-5:] for event in api("GET", "/api/v1/logs").json()}) > 1


@pytest.mark.parametrize("name", [LOGIN, LOGIN.upper(), "rezonate", "REZONATE@ACME.example", "rezonaté@acme.example"])
def test_a_login_is_found_without_case_and_accents(api: Api, name: str) -> None:
    made = make(api).json()
    assert api("GET", f"{USERS}/{name}").json()["id"] == made["id"]


@pytest.mark.parametrize("login", [LOGIN, LOGIN.upper(), "rézonate@acme.example"])
def test_a_login_is_unique(api: Api, login: str) -> None:
    make(api)
    taken = "login: An object with this field already exists in the current organization"
    assert error_of(make(api, login=login)) == (400, "E0000001", taken)


@pytest.mark.parametrize(
    "changes",
    [{"firstName": ""}, {"lastName": None}, {"login": "rezonate"}, {"email": "a b@c.example"}, {"login": "a@b"}, {"firstName": "x" * 51}],
)
def test_an_invalid_profile_is_refused(api: Api, changes: dict[str, Any]) -> None:
    assert error_of(make(api, **changes))[:2] == (400, "E0000001")


def test_an_unknown_member_of_a_user_is_refused(api: Api) -> None:
    assert error_of(api("POST", USERS, json={"profile": PROFILE, "roles": ["SUPER_ADMIN"]}))[:2] == (400, "E0000003")
    assert error_of(make(api, "?activate=yes"))[:2] == (400, "E0000001")


def test_the_first_deletion_deactivates_and_the_second_deletes(api: Api, acme: Tenant) -> None:
    one = f"{USERS}/{make(api).json()['id']}"
    assert api("DELETE", one).status_code == 204
    assert api("GET", one).json()["status"] == "DEPROVISIONED"
    assert error_of(make(api))[:2] == (400, "E0000001")
    assert api("DELETE", one).status_code == 204
    assert error_of(api("GET", one))[:2] == (404, "E0000007")
    assert make(api).status_code == 200


def test_a_deactivated_user_loses_tokens_and_roles(okta: Emulator, acme: Tenant, api: Api) -> None:
    token = acme.add_api_token("auditor")
    user = api("GET", f"{USERS}/auditor").json()["id"]
    assert api("DELETE", f"{USERS}/{user}").status_code == 204
    assert error_of(Api(okta, acme, f"SSWS {token}")("GET", "/api/v1/users/me"))[:2] == (401, "E0000011")
    assert user not in str(api("GET", "/api/v1/api-tokens").json())
    assert acme.user_roles(user) == []


def test_no_user_deactivates_itself_and_only_a_super_admin_an_admin(okta: Emulator, acme: Tenant, api: Api) -> None:
    owner = api("GET", f"{USERS}/me").json()["id"]
    assert error_of(api("DELETE", f"{USERS}/{owner}"))[:2] == (403, "E0000006")
    manager = Api(okta, acme, f"SSWS {acme.add_api_token(roles=['USER_ADMIN'])}")
    assert error_of(manager("DELETE", f"{USERS}/auditor"))[:2] == (403, "E0000006")
    assert manager("DELETE", f"{USERS}/user1").status_code == 204


def test_roles_of_users_and_clients_have_the_same_format(api: Api) -> None:
    roles = f"{USERS}/{make(api).json()['id']}/roles"
    made = api("POST", roles, json={"type": "READ_ONLY_ADMIN"})
    assert (made.status_code, made.json()["assignmentType"]) == (201, "USER")
    assert error_of(api("POST", roles, json={"type": "READ_ONLY_ADMIN"}))[:2] == (409, "E0000090")
    assert [role["id"] for role in api("GET", roles).json()] == [made.json()["id"]]
    assert api("DELETE", f"{roles}/{made.json()['id']}").status_code == 204
    assert api("GET", roles).json() == []


def test_a_token_has_its_allowed_networks(acme: Tenant, api: Api) -> None:
    zone = {"connection": "ZONE", "include": ["nzo1"]}
    acme.add_api_token("auditor", name="Limited", network=zone)
    listed = {token["name"]: token for token in api("GET", "/api/v1/api-tokens").json()}
    assert (listed["Limited"]["network"], listed["Bootstrap"]["network"]) == (zone, {"connection": "ANYWHERE"})
    bad = {"name": "Limited", "network": {"connection": "SOMEWHERE"}}
    assert error_of(api("PUT", f"/api/v1/api-tokens/{listed['Limited']['id']}", json=bad))[:2] == (400, "E0000001")
