# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each resource finds an object in whatever form Okta stores its text, and doesn't change it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources import (
    api_service_integration,
    api_token,
    custom_role,
    network_zone,
    resource_set,
    service_app,
)
from helpers.fake_okta import APP_ID, SERVICE_ID, FakeOkta, params, raw_app, raw_key, raw_service, refusal, rsa_key

TEXT, STORED, SENT = "R&D  'x'", "R&amp;D &#x27;x&#x27;", "R%26D%20%20%27x%27"
NOT_FOUND = refusal(404, "E0000007", "Not found")
CREATED = "2026-01-06T19:50:57.000Z"
ROLES, SETS = "/api/v1/iam/roles", "/api/v1/iam/resource-sets"
USERS = "orn:okta:directory:00o1:users"
GROUP = "00gmadeupmadeupmade1"
ORG = ("GET /api/v1/apps?limit=1", [{"orn": "orn:okta:idp:00o1:apps:saasure:0oa0"}])
LABELED = {"label": STORED, "description": STORED, "created": CREATED}
OTHER = {"id": "cr02", "label": "R&D", "description": "Other", "created": CREATED}
ZONE = {"type": "IP", "usage": "POLICY", "status": "ACTIVE", "gateways": [{"type": "CIDR", "value": "192.0.2.1/32"}]}
KEYS = {"jwks": [rsa_key(1).public_jwk()]}
APP = dict.fromkeys(("id", "app_dpop", "network_zones", "requested_at", "absent_keys"))
APP |= dict.fromkeys(("recreate", "exclusive_keys", "take_over", "only_add"), False)
SERVICE = dict.fromkeys(("id", "requested_at", "secret_hash"))
SERVICE |= dict.fromkeys(("take_over", "only_add", "recreate", "replace", "new_secret", "exclusive_secrets", "inspect"), False)
SERVICE |= {"make_lost_secret": True, "scopes": None}
SEARCH = "GET /api/v1/apps?q=R&limit=200"

Script = list[tuple[str, Any]]
# The function of a module, its options, and the reads that find the object; no write may follow.
FINDS: dict[str, tuple[Any, dict[str, Any], Script]] = {
    "app": (service_app.manage_service_app, {**APP, "label": TEXT, **KEYS}, [(SEARCH, [raw_app(label="R"), raw_app(label=STORED)])]),
    "app by id": (
        service_app.manage_service_app,
        {**APP, "id": APP_ID, "label": TEXT, **KEYS},
        [(f"GET /api/v1/apps/{APP_ID}", raw_app(label=STORED))],
    ),
    "zones of an app": (
        service_app.manage_service_app,
        {**APP, "id": APP_ID, "label": None, **KEYS, "network_zones": [TEXT]},
        [
            ("GET /api/v1/zones", [{"id": "nzo2", "name": "R"}, {"id": "nzo1", "name": STORED}]),
            (f"GET /api/v1/apps/{APP_ID}", raw_app(settings={"network": {"connection": "ZONE", "include": ["nzo1"]}})),
        ],
    ),
    "custom role": (
        custom_role.manage_custom_role,
        {"id": None, "label": TEXT, "description": TEXT, "permissions": ["okta.users.read"]},
        [
            (f"GET {ROLES}/{SENT}", NOT_FOUND),
            (f"GET {ROLES}", {"roles": [OTHER, {"id": "cr01", **LABELED}], "_links": {}}),
            (f"GET {ROLES}/cr01/permissions", {"permissions": [{"label": "okta.users.read"}]}),
        ],
    ),
    "resource set": (
        resource_set.manage_resource_set,
        {"id": None, "label": TEXT, "description": TEXT, "resources": [USERS], "groups": None},
        [
            (f"GET {SETS}/{SENT}", NOT_FOUND),
            (f"GET {SETS}", {"resource-sets": [{"id": "iam1", **LABELED}], "_links": {}}),
            (f"GET {SETS}/iam1/resources", {"resources": [{"id": "ire1", "orn": USERS}], "_links": {}}),
        ],
    ),
    "network zone": (
        network_zone.manage_network_zone,
        {"id": None, "name": TEXT, "gateways": ["192.0.2.1"]},
        [("GET /api/v1/zones", [{"id": "nzo1", "name": STORED, **ZONE}])],
    ),
    "integration": (
        api_service_integration.manage_api_service_integration,
        {**SERVICE, "id": SERVICE_ID, "type": "Rezonate_Security"},
        [(f"GET /integrations/api/v1/api-services/{SERVICE_ID}", raw_service())],
    ),
}


def run(monkeypatch: pytest.MonkeyPatch, work: Any, options: dict[str, Any], *script: tuple[str, Any]) -> tuple[Outcome, FakeOkta]:
    okta = FakeOkta(*script)
    monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
    outcome = work(Call(params(state="present", **options), caller_sees_all=True))
    assert okta.left == []
    return outcome, okta


@pytest.mark.parametrize("kind", FINDS)
def test_a_text_that_okta_stores_in_another_form_is_found_and_not_changed(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    work, options, script = FINDS[kind]
    outcome, okta = run(monkeypatch, work, options, *script)
    assert (outcome.changed, okta.writes) == (False, [])


def test_a_group_is_found_in_whatever_form_its_name_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [{"id": "00gother", "profile": {"name": "R"}}, {"id": GROUP, "profile": {"name": STORED}}]
    options = {"id": None, "label": "Set", "description": None, "resources": None, "groups": [TEXT]}
    orns = [f"orn:okta:directory:00o1:groups:{GROUP}", f"orn:okta:directory:00o1:groups:{GROUP}:contained_resources"]
    resources = {"resources": [{"id": f"ire{number}", "orn": orn} for number, orn in enumerate(orns)], "_links": {}}
    found = {"id": "iam1", "label": "Set", "description": "Text", "created": CREATED}
    script = [("GET /api/v1/groups?q=R&limit=200", listed), ORG, (f"GET {SETS}/Set", found), (f"GET {SETS}/iam1/resources", resources)]
    outcome, _okta = run(monkeypatch, resource_set.manage_resource_set, options, *script)
    assert (outcome.changed, outcome.values["groups"]) == (False, [{"name": TEXT, "id": GROUP}])


def test_an_api_token_is_found_in_whatever_form_its_name_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = [{"id": "00T1", "name": STORED, "userId": "00u1"}, {"id": "00T2", "name": "R", "userId": "00u1"}]
    script = [("GET /api/v1/api-tokens", tokens), ("DELETE /api/v1/api-tokens/00T1", 204)]
    outcome, _okta = run(monkeypatch, api_token.manage_api_tokens, {"id": None, "name": TEXT, "current": False}, *script)
    assert outcome.changed


def test_a_text_is_sent_unescaped(monkeypatch: pytest.MonkeyPatch) -> None:
    one = f"/api/v1/apps/{APP_ID}"
    app = [(SEARCH, [raw_app(label=STORED)]), (f"GET {one}", raw_app(label=STORED)), (f"PUT {one}", raw_app(label=STORED))]
    _outcome, okta = run(monkeypatch, service_app.manage_service_app, {**APP, "label": TEXT, **KEYS, "app_dpop": True}, *app)
    assert okta.bodies[0]["label"] == TEXT
    zone = [("GET /api/v1/zones", [{"id": "nzo1", "name": STORED, **ZONE}]), ("PUT /api/v1/zones/nzo1", {})]
    _outcome, okta = run(monkeypatch, network_zone.manage_network_zone, {"id": None, "name": TEXT, "gateways": ["192.0.2.2"]}, *zone)
    assert okta.bodies[0]["name"] == TEXT
    role = [*FINDS["custom role"][2], (f"PUT {ROLES}/cr01", {})]
    options = {**FINDS["custom role"][1], "description": "New"}
    _outcome, okta = run(monkeypatch, custom_role.manage_custom_role, options, *role)
    assert okta.bodies == [{"label": TEXT, "description": "New"}]


@pytest.mark.parametrize(
    ("desired", "stored"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("192.0.2.1/32", "192.0.2.1-192.0.2.1"),
        ("192.0.2.0/30", "192.0.2.0 - 192.0.2.3"),
        ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
        ("2001:db8::1", "2001:DB8:0:0:0:0:0:1/128"),
        ("2001:DB8::/64", "2001:0db8:0000:0000::/64"),
    ],
)
def test_all_spellings_of_an_address_are_equal(monkeypatch: pytest.MonkeyPatch, desired: str, stored: str) -> None:
    kind = "RANGE" if "-" in stored else "CIDR"
    entry = {"id": "nzo1", "name": "Z", **ZONE, "gateways": [{"type": kind, "value": stored}]}
    outcome, _okta = run(
        monkeypatch, network_zone.manage_network_zone, {"id": None, "name": "Z", "gateways": [desired]}, ("GET /api/v1/zones", [entry])
    )
    assert not outcome.changed


def test_key_ids_are_compared_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = raw_app(settings={"jwks": {"keys": [raw_key(1), {**raw_key(2), "kid": "a&amp;b"}]}})
    options = {**APP, "label": "Rezonate", **KEYS, "absent_keys": ["a&b"]}
    outcome, _okta = run(monkeypatch, service_app.manage_service_app, options, ("GET /api/v1/apps?q=Rezonate&limit=200", [raw]))
    assert not outcome.changed


@pytest.mark.parametrize(("options", "sent"), [({"app_dpop": False}, {"dpop_bound_access_tokens": False}), ({}, {})])
def test_only_the_options_of_the_task_are_sent_at_creation(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], sent: dict[str, Any]
) -> None:
    search = "GET /api/v1/apps?q=Rezonate&limit=200"
    script = [(search, []), ("POST /api/v1/apps", raw_app()), (search, [raw_app()])]
    _outcome, okta = run(monkeypatch, service_app.manage_service_app, {**APP, "label": "Rezonate", **KEYS, **options}, *script)
    client = okta.bodies[0]["settings"]["oauthClient"]
    assert {name: value for name, value in client.items() if name in ("dpop_bound_access_tokens", "network")} == sent


def test_no_limit_is_sent_at_creation_where_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    search = "GET /api/v1/apps?q=Rezonate&limit=200"
    script = [(search, []), ("POST /api/v1/apps", raw_app()), (search, [raw_app()])]
    _outcome, okta = run(monkeypatch, service_app.manage_service_app, {**APP, "label": "Rezonate", **KEYS, "network_zones": []}, *script)
    assert okta.bodies[0]["settings"]["oauthClient"]["network"] == {"connection": "ANYWHERE"}


def test_a_new_app_that_the_org_gave_another_limit_is_brought_to_the_desired_state(monkeypatch: pytest.MonkeyPatch) -> None:
    search, one = "GET /api/v1/apps?q=Rezonate&limit=200", f"/api/v1/apps/{APP_ID}"
    bound = raw_app(settings={"dpop_bound_access_tokens": True})
    script = [(search, []), ("POST /api/v1/apps", bound), (search, [bound]), (f"GET {one}", bound), (f"PUT {one}", raw_app())]
    outcome, okta = run(monkeypatch, service_app.manage_service_app, {**APP, "label": "Rezonate", **KEYS, "app_dpop": False}, *script)
    assert okta.bodies[-1]["settings"]["oauthClient"]["dpop_bound_access_tokens"] is False
    assert outcome.values["app"]["dpop"] is False
