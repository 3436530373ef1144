# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writes that the transport may repeat after a lost response: a table with every write of every resource.

A request that creates something must not be repeated: Okta would create it twice.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils import _resources
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._okta.client import OktaClient
from ansible_collections.rezonate.okta.plugins.module_utils._resources import access_token
from helpers.fake_okta import APP_ID, SERVICE_ID, FakeOkta, params, raw_app, raw_key, raw_secret, raw_service, refusal, rsa_key

Answered = tuple[str, Any]


class Once(NamedTuple):
    """A write that must not be repeated."""

    call: str
    answer: Any = 204


class Repeatable(NamedTuple):
    """A write that may be repeated."""

    call: str
    answer: Any = 204


APP, SERVICE, USER = f"/api/v1/apps/{APP_ID}", f"/integrations/api/v1/api-services/{SERVICE_ID}", "/api/v1/users/00u1"
KEYS, GRANTS, CLIENT_ROLES = f"{APP}/credentials/jwks", f"{APP}/grants", f"/oauth2/v1/clients/{APP_ID}/roles"
ROLE, SET, ZONE = "/api/v1/iam/roles/cr01", "/api/v1/iam/resource-sets/iam1", "/api/v1/zones/nzo1"
SECRETS = f"{SERVICE}/credentials/secrets"
SERVICES = SERVICE.rpartition("/")[0]
SEARCH, FIND_USER = "GET /api/v1/apps?q=Rezonate&limit=200", "GET /api/v1/users/rezonate%40acme.example"
VISIBLE = ("GET /api/v1/apps?limit=1", [{"id": "0oasaasure0000000001", "name": "saasure"}])
MISSING = refusal(404, "E0000007", "Not found")
ORN = "orn:okta:directory:00o1:users"
READER, OTHER = {"id": "READER1", "type": "READ_ONLY_ADMIN"}, {"id": "OTHER1", "type": "APP_ADMIN"}
PROFILE = {"login": "rezonate@acme.example", "email": "rezonate@acme.example"}
RAW_USER = {"id": "00u1", "status": "ACTIVE", "profile": PROFILE}
RAW_ROLE, RAW_SET = {"id": "cr01", "label": "Rezonate", "description": "Text"}, {"id": "iam1", "label": "Rezonate", "description": "Text"}
NEW_USER = {"login": PROFILE["login"], "first_name": "Rezonate", "last_name": "Service"}
LABELED, ONE_KEY = {"label": "Rezonate"}, {"label": "Rezonate", "jwks": [rsa_key(1).public_jwk()]}
MANAGED_ZONE = {"name": "Rezonate", "gateways": ["203.0.113.7"]}
MANAGED_SECRET = {"id": SERVICE_ID, "secret_hash": "made-up-hash-2", "exclusive_secrets": True}
SCOPES = ["okta.logs.read", "okta.users.read"]
MINTED = {"access_token": "made-up-access-token-91827364", "token_type": "Bearer", "expires_in": 3600, "scope": SCOPES[0]}
NOBODY = "/api/v1/users/00u00000000000000000"
PROBES = [{"method": "POST", "path": NOBODY, "body": {"profile": {}}}, {"method": "DELETE", "path": NOBODY, "body": None}]
VERIFICATION = {"client_id": "0oa1", "private_key": rsa_key(1).pem(), "scopes": SCOPES[:1], "endpoints": [], "probes": PROBES}
ME = ("GET /api/v1/users/me", {"id": "00u9", "profile": {"login": "owner@acme.example"}})


def keys(**statuses: str) -> dict[str, Any]:
    """Return an app with these keys."""
    entries = [raw_key(int(name[-1]), status=status) for name, status in statuses.items()]
    return raw_app(settings={"jwks": {"keys": entries}})


def zone(**changes: Any) -> dict[str, Any]:
    plain = {"id": "nzo1", "name": "Rezonate", "type": "IP", "usage": "POLICY", "status": "ACTIVE"}
    return {**plain, "gateways": [{"type": "CIDR", "value": "203.0.113.7/32"}], **changes}


# A module, its options, and its requests to Okta.
WRITES: dict[str, tuple[str, dict[str, Any], list[Answered | Once | Repeatable]]] = {
    "an app is created": (
        "okta_service_app",
        ONE_KEY,
        [
            (SEARCH, []),
            VISIBLE,
            Once("POST /api/v1/apps", raw_app(status="INACTIVE")),
            (SEARCH, []),
            Repeatable(f"POST {APP}/lifecycle/activate"),
        ],
    ),
    "an app is changed": (
        "okta_service_app",
        {**ONE_KEY, "app_dpop": True},
        [(SEARCH, [raw_app()]), (f"GET {APP}", raw_app()), Repeatable(f"PUT {APP}", raw_app())],
    ),
    "an app is deleted": (
        "okta_service_app",
        {**LABELED, "state": "absent"},
        [(SEARCH, [raw_app()]), Repeatable(f"POST {APP}/lifecycle/deactivate"), Repeatable(f"DELETE {APP}")],
    ),
    "a key is registered, and another removed": (
        "okta_service_app",
        {"id": APP_ID, "jwks": [rsa_key(1).public_jwk(), rsa_key(3).public_jwk()], "exclusive_keys": True},
        [
            (f"GET {APP}", raw_app(keys=(1, 2))),
            Repeatable(f"POST {KEYS}", raw_key(3)),
            Repeatable(f"POST {KEYS}/pks2/lifecycle/deactivate"),
            Repeatable(f"DELETE {KEYS}/pks2"),
        ],
    ),
    "a key is activated": (
        "okta_service_app",
        ONE_KEY,
        [(SEARCH, [keys(key1="INACTIVE")]), Repeatable(f"POST {KEYS}/pks1/lifecycle/activate")],
    ),
    "an integration is created": (
        "okta_api_service_integration",
        {"type": "rezonate_security", "scopes": SCOPES},
        [
            (f"GET {SERVICES}", []),
            Once(f"POST {SERVICES}", raw_service(clientSecret="made-up")),
        ],
    ),
    "an integration is deleted": (
        "okta_api_service_integration",
        {"id": SERVICE_ID, "state": "absent"},
        [(f"GET {SERVICE}", raw_service()), Repeatable(f"DELETE {SERVICE}")],
    ),
    "a secret is created": (
        "okta_api_service_integration",
        {"id": SERVICE_ID, "new_secret": True, "secret_hash": "made-up-hash-1"},
        [
            (f"GET {SERVICE}", raw_service()),
            (f"GET {SECRETS}", [raw_secret(1)]),
            Once(f"POST {SECRETS}", raw_secret(2, client_secret="made-up")),
        ],
    ),
    "a secret is activated, and another removed": (
        "okta_api_service_integration",
        MANAGED_SECRET,
        [
            (f"GET {SERVICE}", raw_service()),
            (f"GET {SECRETS}", [raw_secret(1), raw_secret(2, status="INACTIVE")]),
            Repeatable(f"POST {SECRETS}/ocs2/lifecycle/activate"),
            Repeatable(f"POST {SECRETS}/ocs1/lifecycle/deactivate"),
            Repeatable(f"DELETE {SECRETS}/ocs1"),
        ],
    ),
    "scopes are granted and revoked": (
        "okta_scope_grant",
        {"app_id": APP_ID, "scopes": SCOPES[:1], "exclusive": True},
        [
            (f"GET {GRANTS}", [{"id": "oag2", "scopeId": SCOPES[1], "status": "ACTIVE"}]),
            Repeatable(f"POST {GRANTS}", {"id": "oag1", "scopeId": SCOPES[0]}),
            Repeatable(f"DELETE {GRANTS}/oag2"),
        ],
    ),
    "roles are assigned and removed": (
        "okta_client_role",
        {"app_client_id": APP_ID, "roles": ["READ_ONLY_ADMIN"], "exclusive": True},
        [(f"GET {CLIENT_ROLES}", [OTHER]), Repeatable(f"POST {CLIENT_ROLES}", READER), Repeatable(f"DELETE {CLIENT_ROLES}/OTHER1")],
    ),
    "a user is created": (
        "okta_admin_user",
        {**NEW_USER, "roles": []},
        [(FIND_USER, MISSING), Once("POST /api/v1/users?activate=true", RAW_USER), (f"GET {USER}/roles", [])],
    ),
    "a user is deactivated": (
        "okta_admin_user",
        {"login": PROFILE["login"], "state": "absent"},
        [(FIND_USER, RAW_USER), (f"GET {USER}/roles", []), ME, Once(f"DELETE {USER}")],
    ),
    "a custom role is created": (
        "okta_custom_role",
        {**LABELED, "permissions": ["okta.users.manage"]},
        [("GET /api/v1/iam/roles/Rezonate", MISSING), Once("POST /api/v1/iam/roles", RAW_ROLE)],
    ),
    "a custom role is changed": (
        "okta_custom_role",
        {**LABELED, "description": "New", "permissions": ["okta.users.manage"]},
        [
            ("GET /api/v1/iam/roles/Rezonate", RAW_ROLE),
            (f"GET {ROLE}/permissions", {"permissions": [{"label": "okta.apps.read"}]}),
            Repeatable(f"PUT {ROLE}", RAW_ROLE),
            Repeatable(f"POST {ROLE}/permissions/okta.users.manage"),
            Repeatable(f"DELETE {ROLE}/permissions/okta.apps.read"),
        ],
    ),
    "a custom role is deleted": (
        "okta_custom_role",
        {**LABELED, "state": "absent"},
        [("GET /api/v1/iam/roles/Rezonate", RAW_ROLE), (f"GET {ROLE}/permissions", {"permissions": []}), Repeatable(f"DELETE {ROLE}")],
    ),
    "a resource set is created": (
        "okta_resource_set",
        {**LABELED, "resources": [ORN]},
        [("GET /api/v1/iam/resource-sets/Rezonate", MISSING), Once("POST /api/v1/iam/resource-sets", RAW_SET)],
    ),
    "a resource set is changed": (
        "okta_resource_set",
        {**LABELED, "resources": [ORN]},
        [
            ("GET /api/v1/iam/resource-sets/Rezonate", RAW_SET),
            (f"GET {SET}/resources", {"resources": [{"id": "ire2", "orn": "orn:okta:directory:00o1:groups"}]}),
            Repeatable(f"PATCH {SET}/resources", {}),
            Repeatable(f"DELETE {SET}/resources/ire2"),
        ],
    ),
    "a network zone is created": (
        "okta_network_zone",
        MANAGED_ZONE,
        [("GET /api/v1/zones", []), Once("POST /api/v1/zones", zone(status="INACTIVE")), Repeatable(f"POST {ZONE}/lifecycle/activate", {})],
    ),
    "a network zone is changed": (
        "okta_network_zone",
        MANAGED_ZONE,
        [("GET /api/v1/zones", [zone(gateways=[])]), Repeatable(f"PUT {ZONE}", zone())],
    ),
    "a network zone is deleted": (
        "okta_network_zone",
        {"name": "Rezonate", "state": "absent"},
        [("GET /api/v1/zones", [zone()]), Repeatable(f"POST {ZONE}/lifecycle/deactivate", {}), Repeatable(f"DELETE {ZONE}")],
    ),
    "an API token is revoked": (
        "okta_api_token",
        {"id": "00T1", "state": "absent"},
        [("GET /api/v1/api-tokens/00T1", {"id": "00T1", "name": "Old"}), Repeatable("DELETE /api/v1/api-tokens/00T1")],
    ),
    "the calling API token is revoked": (
        "okta_api_token",
        {"current": True, "state": "absent"},
        [ME, Repeatable("DELETE /api/v1/api-tokens/current")],
    ),
    "a new access token is verified": (
        "okta_access_token",
        VERIFICATION,
        [
            Repeatable("POST /oauth2/v1/token", MINTED),
            Once(f"POST {NOBODY}", MISSING),
            Repeatable(f"DELETE {NOBODY}", MISSING),
        ],
    ),
}


def run(name: str, monkeypatch: pytest.MonkeyPatch) -> FakeOkta:
    """Run a row of the table."""
    module, options, script = WRITES[name]
    okta = FakeOkta(*((call, answer) for call, answer in script))
    for place in (connection, access_token):
        monkeypatch.setattr(place, "Transport", lambda _settings, **_more: okta)
    spec = importlib.import_module(f"ansible_collections.rezonate.okta.plugins.modules.{module}").MODULE
    defaults = {option: how.get("default") for option, how in spec.options.items()}
    spec.run(Call({**defaults, **params(), **options}))
    assert okta.left == []
    return okta


@pytest.mark.parametrize("name", WRITES)
def test_only_requests_that_create_nothing_are_repeated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [(step.call, isinstance(step, Repeatable)) for step in WRITES[name][2] if isinstance(step, Once | Repeatable)]
    assert run(name, monkeypatch).repeatable == expected


def recording(write: Callable[..., Any], made: set[tuple[str, int]]) -> Callable[..., Any]:
    """Wrap a method of the client, so that the file and the line that call it are recorded."""

    def call(*args: Any, **more: Any) -> Any:
        caller = sys._getframe(1)
        made.add((Path(caller.f_code.co_filename).name, caller.f_lineno))
        return write(*args, **more)

    return call


def test_every_write_is_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    made: set[tuple[str, int]] = set()
    monkeypatch.setattr(OktaClient, "write", recording(OktaClient.write, made))
    monkeypatch.setattr(OktaClient, "remove", recording(OktaClient.remove, made))
    for name in WRITES:
        run(name, monkeypatch)
    missing = [f"{file}:{lines.start}" for file, lines in write_calls() if not any((file, line) in made for line in lines)]
    assert missing == []


def write_calls() -> list[tuple[str, range]]:
    """The places in the resources that write by a client."""
    return [
        (path.name, range(node.lineno, (node.end_lineno or node.lineno) + 1))
        for path in sorted(Path(_resources.__path__[0]).glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("write", "remove") and ast.unparse(node.value).endswith("client")
    ]


def test_the_places_that_write_are_found() -> None:
    assert len(write_calls()) > 25
