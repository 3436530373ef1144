# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The org's settings, and endpoints that are only read: a path, its scope, a sample of what it lists."""

from __future__ import annotations

from typing import Any

from ..errors import missing
from ..http import Reply
from ..ids import timestamp
from ..roles import Need
from ..routing import Call, Handler, Route

_SAMPLES: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("/api/v1/policies", "okta.policies.read", [{"id": "00p1", "type": "OKTA_SIGN_ON", "name": "Default Policy"}]),
    ("/api/v1/idps", "okta.idps.read", []),
    ("/api/v1/authenticators", "okta.authenticators.read", [{"id": "aut1", "key": "okta_password", "status": "ACTIVE"}]),
    ("/api/v1/devices", "okta.devices.read", []),
    ("/api/v1/device-assurances", "okta.deviceAssurance.read", []),
    ("/api/v1/authorizationServers", "okta.authorizationServers.read", [{"id": "default", "name": "default"}]),
    ("/api/v1/eventHooks", "okta.eventHooks.read", []),
    ("/api/v1/inlineHooks", "okta.inlineHooks.read", []),
    ("/api/v1/trustedOrigins", "okta.trustedOrigins.read", []),
    ("/api/v1/behaviors", "okta.behaviors.read", []),
    ("/api/v1/domains", "okta.domains.read", []),
    ("/api/v1/logStreams", "okta.logStreams.read", []),
    ("/api/v1/mappings", "okta.profileMappings.read", []),
    ("/api/v1/realms", "okta.realms.read", []),
    ("/api/v1/meta/types/user", "okta.userTypes.read", [{"id": "oty1", "name": "user", "default": True}]),
    ("/api/v1/meta/schemas/user/linkedObjects", "okta.linkedObjects.read", []),
    ("/oauth2/v1/clients", "okta.clients.read", []),
]


def _lister(sample: list[dict[str, Any]]) -> Handler:
    return lambda _call: Reply(200, sample)


def org(call: Call) -> Reply:
    settings = call.state.org
    if call.request.method != "GET":
        kept = settings if call.request.method == "POST" else {"subdomain": settings["subdomain"]}
        settings = call.state.org = kept | call.json()
    moment = timestamp(0)
    fixed = {"id": call.state.org_id, "status": "ACTIVE", "created": moment, "lastUpdated": moment, "expiresAt": None}
    links = {"preferences": {"href": f"{call.base}/api/v1/org/preferences"}}
    return Reply(200, {**settings, **fixed, "_links": links})


def features(call: Call) -> Reply:
    found = {
        "id": "ftr1samplefeature001",
        "name": "Sample feature",
        "description": "A feature of the org.",
        "stage": {"value": "EA", "state": "OPEN"},
        "status": "ENABLED",
        "type": "self-service",
        "_links": {"self": {"href": f"{call.base}/api/v1/features/ftr1samplefeature001"}},
    }
    return Reply(200, [found])


def user_schema(call: Call) -> Reply:
    if call.params["schema_id"] != "default":
        raise missing(call.params["schema_id"], "UserSchema")
    base = f"{call.base}/api/v1/meta/schemas/user/default"
    return Reply(200, {"id": base, "name": "user", "title": "User", "type": "object", "definitions": {}})


ROUTES = [
    Route("GET", "/api/v1/org", org, Need.READ, "okta.orgs.read", "org"),
    Route("POST", "/api/v1/org", org, Need.MANAGE_ORG, "okta.orgs.manage", "org"),
    Route("PUT", "/api/v1/org", org, Need.MANAGE_ORG, "okta.orgs.manage", "org"),
    Route("GET", "/api/v1/features", features, Need.READ, "okta.features.read", "features"),
    Route("GET", "/api/v1/meta/schemas/user/{schema_id}", user_schema, Need.READ, "okta.schemas.read"),
    *(Route("GET", path, _lister(sample), Need.READ, scope) for path, scope, sample in _SAMPLES),
]
