# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read-only endpoints, one or more per family of scopes, as a table of path, scope, response, role and feature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import invalid, missing
from ..http import Reply
from ..ids import timestamp
from ..roles import Need
from ..routing import Call, Handler, Route
from ..state import App, Doc

_POLICY_TYPES = {"OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL", "IDP_DISCOVERY", "ACCESS_POLICY", "PROFILE_ENROLLMENT", "ENTITY_RISK"}
# Lists of Identity Governance and of AI agents.
_NO_DATA: Doc = {"data": [], "_links": {}}


@dataclass(frozen=True)
class Read:
    """An endpoint: `body` is the response body, or a function of the call that returns it."""

    path: str
    scope: str
    body: Any | Callable[[Call], Any]
    need: Need = Need.READ
    feature: str = ""

    @property
    def route(self) -> Route:
        """Return the operation."""
        return Route("GET", self.path, self._handler(), self.need, self.scope, feature=self.feature)

    def _handler(self) -> Handler:
        body = self.body
        return lambda call: Reply(200, body(call) if callable(body) else body)


def _policies(call: Call) -> list[Doc]:
    kind = call.request.query.get("type")
    if kind not in _POLICY_TYPES:
        raise invalid("type", "type: must be one of the types of policies")
    return [{"id": f"00p{kind.lower()}", "type": kind, "name": "Default Policy", "status": "ACTIVE", "system": True, "priority": 1}]


def _schema(kind: str) -> Callable[[Call], Doc]:
    def build(call: Call) -> Doc:
        if call.params["schema_id"] != "default":
            raise missing(call.params["schema_id"], f"{kind.title()}Schema")
        here = f"{call.base}/api/v1/meta/schemas/{kind}/default"
        return {"id": here, "name": kind, "title": kind.title(), "type": "object", "definitions": {}}

    return build


def _clients(call: Call) -> list[Doc]:
    return [_client(app) for app in call.state.apps.values()]


def _client(app: App) -> Doc:
    return {
        "client_id": app.client_id,
        "client_id_issued_at": int(app.created),
        "client_name": app.label,
        "token_endpoint_auth_method": app.auth_method,
        **{name: app.oauth[name] for name in ("application_type", "grant_types", "response_types", "redirect_uris")},
    }


def _risk(call: Call) -> Doc:
    user = call.tenant.find_user(call.params["user_id"])
    if user is None:
        raise missing(call.params["user_id"], "User")
    return {"riskLevel": "NONE", "_links": {"self": {"href": f"{call.base}/api/v1/users/{user['id']}/risk"}}}


def _org(call: Call) -> Doc:
    moment = timestamp(0)
    fixed = {"id": call.state.org_id, "status": "ACTIVE", "created": moment, "lastUpdated": moment, "expiresAt": None}
    return {**call.state.org, **fixed, "_links": {"preferences": {"href": f"{call.base}/api/v1/org/preferences"}}}


def _features(call: Call) -> list[Doc]:
    return [
        {
            "id": f"ftr{name.replace('_', '')[:17]:0<17}",
            "name": name.replace("_", " ").capitalize(),
            "description": "A feature of the org.",
            "stage": {"value": "EA", "state": "OPEN"},
            "status": "ENABLED",
            "type": "self-service",
            "_links": {"self": {"href": f"{call.base}/api/v1/features/{name}"}},
        }
        for name in call.tenant.options.features
    ]


def change_org(call: Call) -> Reply:
    """Change the org's settings; PUT replaces all of them."""
    stored = call.state.org if call.request.method == "POST" else {"subdomain": call.state.org["subdomain"]}
    call.state.org = stored | call.json()
    return Reply(200, _org(call))


_SCHEMAS = "/api/v1/meta/schemas"
_THREATS = {"action": "audit", "excludeZones": [], "created": timestamp(0), "lastUpdated": timestamp(0)}
READS = [
    Read("/api/v1/org", "okta.orgs.read", _org),
    Read("/api/v1/features", "okta.features.read", _features),
    # the directory
    Read("/api/v1/meta/types/user", "okta.userTypes.read", [{"id": "oty1", "name": "user", "default": True}]),
    Read(f"{_SCHEMAS}/user/linkedObjects", "okta.linkedObjects.read", [], Need.READ_SCHEMAS),
    Read(f"{_SCHEMAS}/user/{{schema_id}}", "okta.schemas.read", _schema("user"), Need.READ_SCHEMAS),
    Read(f"{_SCHEMAS}/group/{{schema_id}}", "okta.schemas.read", _schema("group"), Need.READ_SCHEMAS),
    Read("/api/v1/mappings", "okta.profileMappings.read", []),
    Read("/api/v1/realms", "okta.realms.read", [], feature="realms"),
    Read("/api/v1/realm-assignments", "okta.realmAssignments.read", [], feature="realms"),
    Read("/api/v1/identity-sources", "okta.identitySources.read", [], feature="identity_sources"),
    Read("/api/v1/agentPools", "okta.agentPools.read", []),
    Read("/api/v1/users/{user_id}/risk", "okta.userRisk.read", _risk, feature="identity_threat_protection"),
    # sign-in and authentication
    Read("/oauth2/v1/clients", "okta.clients.read", _clients),
    Read("/api/v1/policies", "okta.policies.read", _policies),
    Read("/api/v1/idps", "okta.idps.read", []),
    Read("/api/v1/authenticators", "okta.authenticators.read", [{"id": "aut1", "key": "okta_password", "status": "ACTIVE"}]),
    Read(
        "/api/v1/authorizationServers",
        "okta.authorizationServers.read",
        [{"id": "default", "name": "default"}],
        feature="api_access_management",
    ),
    Read("/api/v1/trustedOrigins", "okta.trustedOrigins.read", []),
    Read("/api/v1/behaviors", "okta.behaviors.read", [], feature="adaptive_mfa"),
    Read("/api/v1/threats/configuration", "okta.threatInsights.read", _THREATS),
    Read("/api/v1/domains", "okta.domains.read", {"domains": []}),
    Read("/api/v1/devices", "okta.devices.read", [], feature="device_access"),
    Read("/api/v1/device-assurances", "okta.deviceAssurance.read", [], feature="device_access"),
    # events and hooks
    Read("/api/v1/eventHooks", "okta.eventHooks.read", []),
    Read("/api/v1/inlineHooks", "okta.inlineHooks.read", []),
    # the description lists no role for their schemas; the table of roles restricts them to super admins
    Read("/api/v1/logStreams", "okta.logStreams.read", [], Need.SUPER, "log_streams"),
    Read(
        "/api/v1/security-events-providers",
        "okta.securityEventsProviders.read",
        [],
        feature="identity_threat_protection",
    ),
    # separate products
    Read("/privileged-access/api/v1/service-accounts", "okta.serviceAccounts.read", [], Need.SUPER, "privileged_access"),
    Read("/governance/api/v1/campaigns", "okta.governance.accessCertifications.read", _NO_DATA, Need.READ_CERTIFICATIONS, "governance"),
    Read("/governance/api/v1/entitlements", "okta.governance.entitlements.read", _NO_DATA, Need.READ_GOVERNANCE, "governance"),
    Read("/governance/api/v1/collections", "okta.governance.collections.read", _NO_DATA, Need.READ_GOVERNANCE, "governance"),
    Read("/governance/api/v2/requests", "okta.accessRequests.request.read", _NO_DATA, Need.READ_REQUESTS, "governance"),
    Read("/workload-principals/api/v1/ai-agents", "okta.aiAgents.read", _NO_DATA, Need.SUPER, "ai_agents"),
]
ROUTES = [
    *(read.route for read in READS),
    Route("POST", "/api/v1/org", change_org, Need.MANAGE_ORG, "okta.orgs.manage"),
    Route("PUT", "/api/v1/org", change_org, Need.MANAGE_ORG, "okta.orgs.manage"),
]
