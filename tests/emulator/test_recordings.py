# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator answers recorded requests as Okta did: the same status, the same members."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from okta_emulator import Emulator, Tenant
from okta_emulator.ids import timestamp
from okta_emulator.resources.app_secrets import add_secret
from okta_emulator.state import ApiToken, Service

from .support import Api, shared

Json = dict[str, Any]
_FOLDER = shared("okta-recordings")
_RECORDINGS: list[Json] = json.loads((_FOLDER / "recordings.json").read_text(encoding="utf-8")) if _FOLDER else []

pytestmark = pytest.mark.skipif(not _RECORDINGS, reason="the recordings aren't here: set REZONATE_SHARED")

# Why a recording isn't replayed as it stands.
NOT_REPLAYED = {
    "POST /oauth2/v1/token": "the assertions were left out of the recordings: test_dpop_tokens asks as they did",
}

# Members that come and go between the orgs and years of the recordings, so neither side must have them.
LOOSE = {
    "client_secret": "shown by the recorder, masked: only on creation",
    "orn": "since 2024",
    "universalLogout": "since 2025",
    "extendedProperties": "only in 2020",
    "notes": "depends on the kind of app",
    "manualProvisioning": "since 2021",
    "implicitAssignment": "since 2021",
    "jwks": "only apps with keys",
    "autoLaunch": "since 2021",
    "issuer_mode": "not of Okta's own apps",
    "post_logout_redirect_uris": "only where set",
    "consent_method": "only where set",
    "network": "only where set",
    "redirect_uris": "not of service apps",
}
_LOOSE_LINKS = {"uploadLogo", "profileEnrollment", "policies", "accessPolicy", "clientCredentials", "appLinks"}
_SINCE_2020 = {"idp_initiated_login", "wildcard_redirect", "dpop_bound_access_tokens", "pkce_required"}


def _name(recording: Json) -> str:
    return f"{recording['request']['method']} {recording['request']['path']} {recording['response']['status']}"


class Stage:
    """Prepares the tenant so that what a recording names is there."""

    def __init__(self, tenant: Tenant, recording: Json) -> None:
        self.tenant = tenant
        self.method = recording["request"]["method"]
        self.path = recording["request"]["path"].partition("?")[0]
        self.status = recording["response"]["status"]
        self.body = recording["response"]["body"]
        self.request = recording["request"]["body"] or {}

    def app(self, app_id: str, *rest: str) -> None:
        """Put the app there, its secrets and grants included."""
        made = self.tenant.add_app("Recorded")
        app = self.tenant.state.apps.pop(made)
        client_id = self.body.get("clientId") if isinstance(self.body, dict) else None
        app.id, app.client_id = app_id, client_id or app_id
        app.doc["credentials"]["oauthClient"]["client_id"] = app.client_id
        wanted_inactive = rest[-1:] == ("activate",) or (self.method == "DELETE" and self.status == 204 and not rest)
        app.status = "INACTIVE" if wanted_inactive else "ACTIVE"
        self.tenant.state.apps[app_id] = app
        if rest[:2] == ("credentials", "secrets"):
            self._secrets(app.secrets, rest[2:])
        if rest[:1] == ("grants",) and self.method != "POST":
            self._grants(app.client_id, rest[1:])

    def _secrets(self, secrets: list[Json], rest: tuple[str, ...]) -> None:
        add_secret(secrets, self.tenant.now())
        if rest:
            secret = add_secret(secrets, self.tenant.now())
            secret["id"] = rest[0]
            gone = self.method == "DELETE" or rest[-1] == "activate"
            secret["status"] = "INACTIVE" if gone else "ACTIVE"

    def _grants(self, client_id: str, rest: tuple[str, ...]) -> None:
        self.tenant.grant(client_id, "okta.users.read")
        grant_id, grant = self.tenant.state.grants[client_id].popitem()
        grant["id"] = rest[0] if rest else grant_id
        self.tenant.state.grants[client_id][grant["id"]] = grant

    def user(self, user_id: str, *_rest: str) -> None:
        """Put the user there, with the roles that are read."""
        user = self.tenant.state.users.pop(self.tenant.add_user("recorded"))
        user["id"] = user_id
        self.tenant.state.users[user_id] = user
        if self.method == "GET":
            for role in self.body:
                self.tenant.assign_user_role(user_id, role["type"])

    def client(self, client_id: str, *rest: str) -> None:
        """Put the client there, with the roles that are read."""
        self.app(client_id)
        if rest[1:] and isinstance(self.body, dict):
            self.tenant.assign_role(client_id, self.body["type"])
        elif rest[1:]:
            for role in ("HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"):
                self.tenant.assign_role(client_id, role)

    def token(self, token_id: str = "", *_rest: str) -> None:
        """Put the API token there, unless it wasn't."""
        if self.status == 200 and token_id:
            owner = next(iter(self.tenant.state.users))
            self.tenant.state.api_tokens["x"] = ApiToken(token_id, "x", "Recorded", owner, 0, 0)

    def iam(self, kind: str, name: str = "", *_rest: str) -> None:
        """Put the custom role or resource set there, unless it wasn't."""
        items = self.tenant.state.iam_roles if kind == "roles" else self.tenant.state.resource_sets
        duplicate = self.method == "POST" and self.status == 400 and "label" in self.request
        if (name and self.status != 404) or duplicate:
            item_id = name if name.startswith(("cr0", "iam")) else "cr0recorded000000000"
            label = self.request.get("label") if duplicate else "Test-Custom-Role"
            moment = timestamp(0)
            item = {"id": item_id, "label": label, "description": "d", "created": moment, "lastUpdated": moment}
            items[item_id] = {**item, "permissions": [], "resources": [], **({"isCloneable": False} if kind == "roles" else {})}

    def service(self, service_id: str = "", *_rest: str) -> None:
        """Put the API service integration there."""
        if service_id:
            made = Service(service_id, "anzennaapiservice", ["okta.users.read"], 0, "00u", 1)
            self.tenant.state.services[service_id] = made

    def set(self) -> None:
        """Prepare by what the path names."""
        table: list[tuple[str, Callable[..., None]]] = [
            (r"/api/v1/apps/(.+)", self.app),
            (r"/api/v1/users/(.+)", self.user),
            (r"/oauth2/v1/clients/(.+)", self.client),
            (r"/api/v1/api-tokens/(.*)", self.token),
            (r"/api/v1/iam/(.+)", self.iam),
            (r"/integrations/api/v1/api-services/(.+)", self.service),
        ]
        for pattern, prepare in table:
            match = re.fullmatch(pattern, self.path)
            if match:
                prepare(*match[1].split("/"))
        causes = json.dumps(self.body)
        self.tenant.set(max_apps=0 if "Maximum number" in causes else None, grant_status=200)
        if self.path == "/api/v1/apps" and self.method == "GET":
            self.tenant.state.apps.clear()


def differences(recorded: Any, ours: Any, where: str = "$") -> list[str]:
    """Give the members that only one side has."""
    if isinstance(recorded, list) and isinstance(ours, list):
        return differences(recorded[0], ours[0], where + "[0]") if recorded and ours else []
    if not isinstance(recorded, dict) or not isinstance(ours, dict):
        return []
    ignored = set(LOOSE) | (_LOOSE_LINKS if where.endswith("_links") else set()) | _SINCE_2020
    found = [f"{where}: {name}" for name in sorted((recorded.keys() ^ ours.keys()) - ignored)]
    for name in sorted(recorded.keys() & ours.keys()):
        found += differences(recorded[name], ours[name], f"{where}.{name}")
    return found


@pytest.mark.parametrize("recording", [item for item in _RECORDINGS if "/token" not in item["request"]["path"]], ids=_name)
def test_recorded_requests_get_recorded_answers(okta: Emulator, acme: Tenant, api: Api, recording: Json) -> None:
    stage = Stage(acme, recording)
    stage.set()
    request, response = recording["request"], recording["response"]
    body = _repaired(request, response, acme.org_url)
    answer = api(request["method"], request["path"], json=body)
    assert answer.status_code == response["status"], answer.text
    if response["body"]:
        assert differences(response["body"], answer.json()) == []
    expected = [name for name in response["headers"] if name != "dpop-nonce"]
    assert [name for name in expected if name not in answer.headers] == []


def _repaired(request: Json, response: Json, issuer: str) -> Any:
    """Fill in the bodies that the recordings lack: those of grants and of users' roles."""
    if re.search("/users/.*/roles$", request["path"]) and request["method"] == "POST":
        return {"type": response["body"]["type"]}
    if request["path"].endswith("/grants") and request["method"] == "POST":
        return {"issuer": issuer, "scopeId": response["body"]["scopeId"]}
    return request["body"]


def test_error_codes_and_causes_are_the_recorded_ones(okta: Emulator, acme: Tenant, api: Api) -> None:
    for recording in _RECORDINGS:
        body = recording["response"]["body"]
        if not isinstance(body, dict) or "errorCode" not in body:
            continue
        acme.reset()
        api.session.headers["Authorization"] = f"SSWS {acme.api_token}"
        Stage(acme, recording).set()
        request = recording["request"]
        ours = api(request["method"], request["path"], json=request["body"]).json()
        assert {**ours, "errorId": ""} == {**body, "errorId": ""}, _name(recording)


def test_dpop_tokens_come_as_recorded(acme: Tenant, api: Api) -> None:
    recorded = [item for item in _RECORDINGS if item["request"]["path"] == "/oauth2/v1/token"]
    scope = recorded[0]["request"]["body"]["scope"]
    app = api.app(dpop_bound_access_tokens=True)
    acme.grant("Rezonate", *scope.split())
    answer = api.dpop_token(app["id"], scope)
    granted = recorded[1]["response"]
    assert answer.status_code == granted["status"]
    assert answer.json().keys() == granted["body"].keys()
    assert answer.json()["scope"] == granted["body"]["scope"]
    assert answer.json()["token_type"] == granted["body"]["token_type"]
    assert "dpop-nonce" in answer.headers
    assert len(recorded) == len([item for item in _RECORDINGS if _name(item).startswith(tuple(NOT_REPLAYED))])
