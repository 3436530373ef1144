# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses with an invalid part: each module succeeds or fails quickly with one message."""

from __future__ import annotations

import copy
import json
import random
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.rezonate.okta.plugins.module_utils._ansible import execute_module
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import NoResponseError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, ModuleSpec
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection, transport
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Request
from ansible_collections.rezonate.okta.plugins.module_utils._resources import access_token, api_service_integration, service_app
from ansible_collections.rezonate.okta.plugins.modules import (
    okta_access_token,
    okta_admin_user,
    okta_api_service_integration,
    okta_api_token,
    okta_api_token_info,
    okta_client_role,
    okta_custom_role,
    okta_network_zone,
    okta_resource_set,
    okta_scope_grant,
    okta_service_app,
    okta_service_app_info,
)
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import ProtocolError

KEY, OTHER = jwk.generate_rsa_key(2048, "ours"), jwk.generate_rsa_key(2048, "theirs")
APP: dict[str, Any] = {
    "id": "0oa1",
    "name": "oidc_client",
    "label": "Rezonate",
    "status": "ACTIVE",
    "created": "2026-01-06T19:50:57.000Z",
    "credentials": {"oauthClient": {"client_id": "0oa1"}},
    "settings": {
        "oauthClient": {
            "application_type": "service",
            "network": {"connection": "ZONE", "include": ["nzo2"]},
            "jwks": {"keys": [{**key.public_jwk(), "id": f"pks-{key.key_id}", "status": "ACTIVE"} for key in (KEY, OTHER)]},
        }
    },
}
GRANT = {"id": "oag1", "scopeId": "okta.users.read", "status": "ACTIVE", "_links": {"app": {"href": "https://acme.okta.com"}}}
ROLE = {"id": "irb1", "type": "SUPER_ADMIN", "status": "ACTIVE"}
SERVICE = {"id": "0oa2", "type": "rezonate_security", "grantedScopes": ["okta.users.read"], "createdAt": "2026-01-06T19:50:57.000Z"}
SECRET = {"id": "ocs1", "status": "ACTIVE", "secret_hash": "made-up-hash", "created": "2026-01-06T19:50:57.000Z"}
CUSTOM_ROLE = {"id": "cr01", "label": "Rezonate", "description": "Text", "created": "2026-01-06T19:50:57.000Z"}
RESOURCES = {
    "resources": [
        {"id": "ire1", "orn": "orn:okta:directory:00o1:users"},
        {"id": "ire2", "_links": {"self": {"href": "https://acme.okta.com/api/v1/apps/0oa1"}}},
    ],
    "_links": {"next": {}},
}
ZONE = {
    "id": "nzo3",
    "name": "Rezonate",
    "type": "IP",
    "status": "INACTIVE",
    "gateways": [{"type": "CIDR", "value": "10.0.0.0/8"}, {"type": "RANGE", "value": "10.0.0.1-10.0.0.2"}],
    "proxies": None,
}
USER = {"id": "00u2", "status": "ACTIVE", "created": "2026-01-06T19:50:57.000Z", "profile": {"login": "r@acme.example", "email": "r@x.y"}}
API_TOKEN = {"id": "00T1", "name": "Old", "userId": "00u1", "expiresAt": "2026-01-16T06:23:05.000Z", "network": {"connection": "ANYWHERE"}}
# The first pattern that matches `METHOD path` has the valid response.
ANSWERS: list[tuple[str, Any]] = [
    (r"GET .*/credentials/secrets$", [SECRET, {**SECRET, "id": "ocs2", "secret_hash": "another"}]),
    (r"POST .*/credentials/secrets$", {**SECRET, "id": "ocs3", "client_secret": "made-up-secret"}),
    (r"GET /integrations/api/v1/api-services$", [SERVICE]),
    (r"(GET|POST) /integrations/api/v1/api-services", {**SERVICE, "clientSecret": "made-up-secret"}),
    (r"GET /api/v1/users/me", {"id": "00u1", "profile": {"login": "owner@acme.example"}}),
    (r"GET /api/v1/users/.*roles", [ROLE]),
    (r"POST /api/v1/users/.*roles", ROLE),
    (r"GET /api/v1/users\?limit", [USER]),
    (r"(GET|POST) /api/v1/users", USER),
    (r"GET /api/v1/api-tokens$", [API_TOKEN]),
    (r"GET /api/v1/api-tokens/", API_TOKEN),
    (r"GET /api/v1/apps/[^/]+/grants", [GRANT, {**GRANT, "id": "oag2", "scopeId": "okta.logs.read"}]),
    (r"POST /api/v1/apps/[^/]+/grants", GRANT),
    (r"POST .*/credentials/jwks$", {**OTHER.public_jwk(), "id": "pks9"}),
    (r"GET /api/v1/apps[?]", [APP]),
    (r"(GET|PUT|POST) /api/v1/apps", APP),
    (r"GET /oauth2/v1/clients/.*roles", [ROLE]),
    (r"POST /oauth2/v1/clients/.*roles", ROLE),
    (r"POST /oauth2/v1/token", {"access_token": "made-up", "scope": "okta.users.read", "token_type": "Bearer", "expires_in": 3600}),
    (r"GET /api/v1/zones$", [{"id": "nzo1", "name": "HQ"}, {"id": "nzo2", "name": "Branch"}, ZONE]),
    (r"(GET|POST|PUT) /api/v1/zones", ZONE),
    (r"GET /api/v1/iam/roles/.*permissions", {"permissions": [{"label": "okta.users.manage"}, {"label": "okta.apps.read"}]}),
    (r"GET /api/v1/iam/.*resources", RESOURCES),
    (r"(GET|POST|PUT) /api/v1/iam/", CUSTOM_ROLE),
    (r"GET /api/v1/groups", [{"id": "00g1", "profile": {"name": "Staff"}}]),
    (r"GET /.well-known/", {"id": "00o1", "_links": {"organization": {"href": "https://acme.okta.com"}}}),
    (r"", {}),
]
MODULES: dict[str, tuple[ModuleSpec, dict[str, Any]]] = {
    "app": (
        okta_service_app.MODULE,
        {"label": "Rezonate", "jwks": [KEY.public_jwk()], "exclusive_keys": True, "app_dpop": True, "network_zones": ["HQ"]},
    ),
    "app by id": (
        okta_service_app.MODULE,
        {"id": "0oa1", "label": "New", "recreate": True, "jwks": [KEY.public_jwk()], "require_super_admin": True},
    ),
    "no app": (okta_service_app.MODULE, {"label": "Rezonate", "state": "absent"}),
    "app info": (okta_service_app_info.MODULE, {"label": "Rezonate"}),
    "service": (
        okta_api_service_integration.MODULE,
        {"type": "rezonate_security", "scopes": ["okta.users.read"], "requested_at": "2026-01-06T00:00:00Z", "recreate": True},
    ),
    "service by id": (
        okta_api_service_integration.MODULE,
        {"id": "0oa2", "scopes": ["okta.logs.read"], "replace": True},
    ),
    "service secrets": (
        okta_api_service_integration.MODULE,
        {"id": "0oa2", "new_secret": True, "secret_hash": "made-up-hash", "exclusive_secrets": True, "inspect": True},
    ),
    "no service": (okta_api_service_integration.MODULE, {"type": "rezonate_security", "state": "absent"}),
    "grants": (
        okta_scope_grant.MODULE,
        {"app_id": "0oa1", "scopes": ["okta.users.read", "okta.groups.read"], "optional_scopes": ["okta.apps.read"], "exclusive": True},
    ),
    "grants, custom domain": (
        okta_scope_grant.MODULE,
        {"app_id": "0oa1", "scopes": ["okta.groups.read"], "org_url": "https://id.acme.example"},
    ),
    "roles": (okta_client_role.MODULE, {"app_client_id": "0oa1", "roles": ["READ_ONLY_ADMIN"], "exclusive": True}),
    "custom role": (okta_custom_role.MODULE, {"label": "Rezonate", "permissions": ["okta.users.manage", "okta.groups.read"]}),
    "custom role by id": (okta_custom_role.MODULE, {"id": "cr01", "label": "New", "permissions": ["okta.users.manage"]}),
    "no custom role": (okta_custom_role.MODULE, {"label": "Rezonate", "state": "absent"}),
    "resource set": (
        okta_resource_set.MODULE,
        {"label": "Rezonate", "groups": ["Staff"], "resources": ["https://acme.okta.com/api/v1/apps/0oa1"], "description": "New"},
    ),
    "resource set, custom domain": (
        okta_resource_set.MODULE,
        {"id": "cr01", "groups": ["Staff"], "org_url": "https://id.acme.example"},
    ),
    "zone": (okta_network_zone.MODULE, {"name": "Rezonate", "gateways": ["10.0.0.0/8"]}),
    "zone by id": (okta_network_zone.MODULE, {"id": "nzo3", "name": "New", "gateways": ["10.0.0.1"]}),
    "no zone": (okta_network_zone.MODULE, {"name": "Rezonate", "state": "absent"}),
    "caller": (okta_api_token_info.MODULE, {"require_super_admin": True}),
    "inspected token": (okta_api_token_info.MODULE, {"inspect_token": "00made-up-other", "allow_privileged": True}),
    "token by its name": (okta_api_token.MODULE, {"state": "absent", "name": "Old"}),
    "token by its id": (okta_api_token.MODULE, {"state": "absent", "id": "00T1"}),
    "calling token": (okta_api_token.MODULE, {"state": "absent", "current": True}),
    "user": (okta_admin_user.MODULE, {"login": "r@acme.example", "first_name": "R", "last_name": "S", "exclusive": True}),
    "no user": (okta_admin_user.MODULE, {"login": "r@acme.example", "state": "absent", "exclusive": True}),
    "verification": (
        okta_access_token.MODULE,
        {
            "client_id": "0oa1",
            "private_key": KEY.pem(),
            "scopes": ["okta.users.read"],
            "endpoints": ["/api/v1/users?limit=1"],
            "patience": 0,
        },
    ),
    "verification by a secret, with DPoP": (
        okta_access_token.MODULE,
        {
            "client_id": "0oa1",
            "client_secret": "made-up-client-secret",
            "dpop": True,
            "scopes": ["okta.users.read"],
            "probes": [{"method": "POST", "path": "/api/v1/users/00u0", "body": {}}, {"method": "DELETE", "path": "/api/v1/users/00u0"}],
            "patience": 0,
        },
    ),
}
JUNK: list[Any] = [
    *(None, True, False, 0, -1, 10**400, 1e308, float("nan"), "", "x", "é\x00\ud800", "A" * 20_000, "{{ 7*7 }}"),
    *([], {}, [None], [[]], [{}], {"id": 1}, {"id": "x"}, ["x"]),
]
# Members that Okta may add, including those of other responses and of Python.
EXTRA = ["", "x", "é", "id", "kid", "errorCode", "error", "jwks", "type", "status", "__class__", "{{ 7*7 }}", "next", "_embedded"]
STATUS = [*[200] * 8, 199, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503, 999]
HEADER = [
    "",
    "x",
    "-1",
    "0",
    "9" * 400,
    "1e9",
    "nan",
    "٣",
    'DPoP error="use_dpop_nonce"',
    "<///x>; rel=next",
    "<http://[>; rel=next",
    '<https://acme.okta.com/api/v1/x?after=1>; rel="next"',
]
HEADERS = ["Link", "X-Rate-Limit-Remaining", "X-Rate-Limit-Limit", "WWW-Authenticate", "DPoP-Nonce", "X-Okta-Request-Id", "Date"]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """All places in a JSON value."""
    yield path
    entries: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, entry in entries:
        yield from places(entry, (*path, name))


class OddOkta:
    """A stand-in for the transport: valid responses with random changes."""

    # hypothesis draws the seed only: draws from several threads aren't reproducible
    chance = random.Random()

    def __init__(self, _settings: Any, **_more: Any) -> None:
        self.calls = 0

    def send(self, request: Request) -> Answer:
        """Respond once; a response of another form is an error, as in the real transport."""
        self.calls += 1
        assert self.calls < 3000, "it never ends"
        attempt = request.prepare()
        call = f"{request.method} /{request.url.partition('://')[2].partition('/')[2]}"
        body = next(copy.deepcopy(answer) for pattern, answer in ANSWERS if re.match(pattern, call))
        if self.calls > 40 or self.chance.random() < 0.6:
            return self._answer(request, 200, body, {}, attempt.secrets)
        for _unused in range(self.chance.randint(0, 3)):
            body = self._changed(body)
        headers = {name: self.chance.choice(HEADER) for name in HEADERS if self.chance.random() < 0.2}
        return self._answer(request, self.chance.choice(STATUS), body, headers, attempt.secrets)

    def _changed(self, body: Any) -> Any:
        place = self.chance.choice(list(places(body)))
        junk = copy.deepcopy(self.chance.choice(JUNK))
        if not place:
            return junk
        inside = body
        for name in place[:-1]:
            inside = inside[name]
        if isinstance(inside, dict) and self.chance.random() < 0.2:
            inside[self.chance.choice(EXTRA)] = junk
        elif self.chance.random() < 0.4:
            del inside[place[-1]]
        else:
            inside[place[-1]] = junk
        return body

    def _answer(self, request: Request, status: int, body: Any, headers: dict[str, str], secrets: tuple[str, ...]) -> Answer:
        try:
            return Answer(status, headers, transport._parse_body(request, status, json.dumps(body).encode()), None, secrets)
        except ProtocolError as error:
            raise NoResponseError(str(error), maybe_done=True) from None


@pytest.fixture(autouse=True)
def odd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the transport, and skip all waits."""
    waited = [0.0]

    def sleep(seconds: float) -> None:
        waited[0] += seconds

    def clock() -> float:
        return time.time() + waited[0]

    for module in (connection, access_token):
        monkeypatch.setattr(module, "Transport", OddOkta)
    for function in (service_app.ServiceApp.__init__, api_service_integration.ApiServiceIntegration.__init__, access_token.verify):
        monkeypatch.setattr(function, "__kwdefaults__", {**(function.__kwdefaults__ or {}), "clock": clock, "sleep": sleep})


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("name", MODULES)
@given(seed=st.integers(0, 2**32))
def test_an_invalid_response_is_a_result_or_one_error(name: str, check_mode: bool, seed: int) -> None:
    spec, given_options = MODULES[name]
    credential = {} if {"private_key", "client_secret"} & given_options.keys() else {"api_token": "00made-up-token", "concurrency": 1}
    checked = ArgumentSpecValidator(dict(spec.options), **spec.rules).validate({"org_url": "acme", **credential, **given_options})
    assert not checked.errors.errors
    OddOkta.chance = random.Random(seed)
    call = Call(checked.validated_parameters, check_mode=check_mode)
    result = execute_module(spec, call, lambda: spec.run(call), {"00made-up-token"}, diff_mode=True)
    message = result.get("msg", "")
    assert not message.startswith("Unexpected"), message
    assert "please report this as a bug" not in message
    assert len(message) < 8000
    json.dumps(result)
