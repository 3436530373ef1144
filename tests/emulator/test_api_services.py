# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API service integrations and their secrets."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from helpers.okta_client import Api, error_of
from okta_emulator import ControlClient, Emulator, Tenant

ALL = "/integrations/api/v1/api-services"
BODY = {"type": "rezonate_security", "grantedScopes": ["okta.users.read"]}


@pytest.fixture
def made(api: Api) -> dict[str, Any]:
    """Create an integration; return the response."""
    answer: dict[str, Any] = api("POST", ALL, json=BODY).json()
    return answer


@pytest.fixture
def secrets(made: dict[str, Any]) -> str:
    return f"{ALL}/{made['id']}/credentials/secrets"


def token(api: Api, client_id: str, secret: str) -> requests.Response:
    form = {"grant_type": "client_credentials", "scope": "okta.users.read okta.logs.read"}
    return api.session.post(api.base + "/oauth2/v1/token", data=form, auth=(client_id, secret))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "no_such_integration"}, "type"),
        ({"type": None}, "type"),
        ({"type": ["rezonate_security"]}, "type"),
        ({"grantedScopes": []}, "grantedScopes"),
        ({"grantedScopes": ["okta.nosuch.read"]}, "grantedScopes"),
    ],
)
def test_unknown_types_and_scopes_are_refused(api: Api, acme: Tenant, changes: dict[str, Any], field: str) -> None:
    answer = api("POST", ALL, json={**BODY, **changes})
    assert error_of(answer)[:2] == (400, "E0000001")
    assert answer.json()["errorSummary"] == f"Api validation failed: {field}"
    assert acme.services == []


def test_each_org_has_its_own_catalog(api: Api, acme: Tenant) -> None:
    acme.set(catalogue=["rezonate"])
    assert error_of(api("POST", ALL, json=BODY))[0] == 400
    assert api("POST", ALL, json={**BODY, "type": "rezonate"}).status_code == 201


def test_a_secret_is_returned_once_and_then_only_its_end(api: Api, made: dict[str, Any], secrets: str) -> None:
    (listed,) = api("GET", secrets).json()
    assert listed["client_secret"] == f"***{made['clientSecret'][-4:]}"
    second = api("POST", secrets).json()
    later = [api("GET", path).text for path in (ALL, f"{ALL}/{made['id']}", secrets)]
    later.append(api("POST", f"{secrets}/{second['id']}/lifecycle/deactivate").text)
    assert [text for text in later if made["clientSecret"] in text or second["client_secret"] in text] == []


def test_at_most_two_secrets_exist_and_both_work(api: Api, made: dict[str, Any], secrets: str) -> None:
    second = api("POST", secrets).json()
    assert error_of(api("POST", secrets))[:2] == (400, "E0000001")
    for secret in (made["clientSecret"], second["client_secret"]):
        answer = token(api, made["id"], secret)
        assert (answer.status_code, answer.json()["scope"]) == (200, "okta.users.read")


def test_an_active_secret_cannot_be_deleted_and_the_last_one_cannot_be_deactivated(api: Api, made: dict[str, Any], secrets: str) -> None:
    first, second = api("GET", secrets).json()[0]["id"], api("POST", secrets).json()["id"]
    assert "Deactivate the secret" in error_of(api("DELETE", f"{secrets}/{first}"))[2]
    assert api("POST", f"{secrets}/{first}/lifecycle/deactivate").json()["status"] == "INACTIVE"
    assert error_of(api("POST", f"{secrets}/{second}/lifecycle/deactivate"))[0] == 400
    assert token(api, made["id"], made["clientSecret"]).json()["error"] == "invalid_client"
    assert api("DELETE", f"{secrets}/{first}").status_code == 204
    assert [item["id"] for item in api("GET", secrets).json()] == [second]


def test_access_depends_on_granted_scopes_without_a_role(okta: Emulator, acme: Tenant, api: Api, made: dict[str, Any]) -> None:
    client = Api(okta, acme, f"Bearer {token(api, made['id'], made['clientSecret']).json()['access_token']}")
    assert client("GET", "/api/v1/users").status_code == 200
    assert 'error="insufficient_scope"' in client("GET", "/api/v1/logs").headers["WWW-Authenticate"]


def test_credentials_of_a_deleted_integration_are_refused(
    okta: Emulator, acme: Tenant, api: Api, made: dict[str, Any], secrets: str
) -> None:
    client = Api(okta, acme, f"Bearer {token(api, made['id'], made['clientSecret']).json()['access_token']}")
    assert api("DELETE", f"{ALL}/{made['id']}").status_code == 204
    assert client("GET", "/api/v1/users").status_code == 401
    assert token(api, made["id"], made["clientSecret"]).json()["error"] == "invalid_client"
    assert [error_of(api("GET", path))[0] for path in (f"{ALL}/{made['id']}", secrets)] == [404, 404]
    assert error_of(api("DELETE", f"{ALL}/{made['id']}"))[0] == 404


def test_the_list_is_paged(api: Api, acme: Tenant) -> None:
    acme.set(page_size=1)
    ids = [acme.add_service("rezonate_security", "okta.users.read")["client_id"] for _unused in range(3)]
    found, path = [], ALL
    while path:
        answer = api("GET", path)
        found += [item["id"] for item in answer.json()]
        path = answer.links.get("next", {}).get("url", "").removeprefix(api.base)
    assert found == ids


def test_the_age_of_an_integration_can_be_set(okta: Emulator, acme: Tenant) -> None:
    ControlClient(okta.control_url).do(acme.name, "add_service", "rezonate_security", "okta.users.read", age=3600)
    (service,) = acme.services
    assert acme.now() - service["created"] >= 3600
    assert (service["type"], service["scopes"], len(service["secrets"])) == ("rezonate_security", ["okta.users.read"], 1)
