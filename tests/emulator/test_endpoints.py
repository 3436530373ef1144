# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An endpoint for each family of scopes: it responds, or refuses a missing scope, role or feature."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.okta_client import Api, error_of, public_jwk
from okta_emulator import Emulator, Tenant
from okta_emulator.options import FEATURES

# The endpoint that a coverage check reads, by scope; {user} is the owner's id.
ENDPOINTS = {
    "okta.users.read": "/api/v1/users",
    "okta.groups.read": "/api/v1/groups",
    "okta.apps.read": "/api/v1/apps",
    "okta.logs.read": "/api/v1/logs",
    "okta.roles.read": "/api/v1/iam/assignees/users",
    "okta.userTypes.read": "/api/v1/meta/types/user",
    "okta.linkedObjects.read": "/api/v1/meta/schemas/user/linkedObjects",
    "okta.schemas.read": "/api/v1/meta/schemas/user/default",
    "okta.profileMappings.read": "/api/v1/mappings",
    "okta.orgs.read": "/api/v1/org",
    "okta.features.read": "/api/v1/features",
    "okta.policies.read": "/api/v1/policies?type=OKTA_SIGN_ON",
    "okta.clients.read": "/oauth2/v1/clients",
    "okta.apiTokens.read": "/api/v1/api-tokens",
    "okta.oauthIntegrations.read": "/integrations/api/v1/api-services",
    "okta.authorizationServers.read": "/api/v1/authorizationServers",
    "okta.idps.read": "/api/v1/idps",
    "okta.networkZones.read": "/api/v1/zones",
    "okta.trustedOrigins.read": "/api/v1/trustedOrigins",
    "okta.behaviors.read": "/api/v1/behaviors",
    "okta.threatInsights.read": "/api/v1/threats/configuration",
    "okta.eventHooks.read": "/api/v1/eventHooks",
    "okta.inlineHooks.read": "/api/v1/inlineHooks",
    "okta.authenticators.read": "/api/v1/authenticators",
    "okta.devices.read": "/api/v1/devices",
    "okta.deviceAssurance.read": "/api/v1/device-assurances",
    "okta.logStreams.read": "/api/v1/logStreams",
    "okta.realms.read": "/api/v1/realms",
    "okta.realmAssignments.read": "/api/v1/realm-assignments",
    "okta.domains.read": "/api/v1/domains",
    "okta.agentPools.read": "/api/v1/agentPools",
    "okta.identitySources.read": "/api/v1/identity-sources",
    "okta.securityEventsProviders.read": "/api/v1/security-events-providers",
    "okta.userRisk.read": "/api/v1/users/{user}/risk",
    "okta.serviceAccounts.read": "/privileged-access/api/v1/service-accounts",
    "okta.governance.accessCertifications.read": "/governance/api/v1/campaigns",
    "okta.governance.entitlements.read": "/governance/api/v1/entitlements",
    "okta.governance.collections.read": "/governance/api/v1/collections",
    "okta.accessRequests.request.read": "/governance/api/v2/requests",
    "okta.aiAgents.read": "/workload-principals/api/v1/ai-agents",
}
# The feature to which an endpoint belongs.
PARTS = {
    "adaptive_mfa": ["okta.behaviors.read"],
    "ai_agents": ["okta.aiAgents.read"],
    "api_access_management": ["okta.authorizationServers.read"],
    "device_access": ["okta.devices.read", "okta.deviceAssurance.read"],
    "governance": [
        "okta.governance.accessCertifications.read",
        "okta.governance.entitlements.read",
        "okta.governance.collections.read",
        "okta.accessRequests.request.read",
    ],
    "identity_sources": ["okta.identitySources.read"],
    "identity_threat_protection": ["okta.userRisk.read", "okta.securityEventsProviders.read"],
    "log_streams": ["okta.logStreams.read"],
    "privileged_access": ["okta.serviceAccounts.read"],
    "realms": ["okta.realms.read", "okta.realmAssignments.read"],
}
NO_FEATURE = (401, "E0000015", "You do not have permission to access the feature you are requesting")


@pytest.fixture
def app_id(acme: Tenant) -> str:
    app = acme.add_app("Rezonate", [public_jwk()])
    acme.grant(app, *ENDPOINTS)
    return app


def as_client(okta: Emulator, acme: Tenant, app_id: str, scopes: str) -> Api:
    return Api(okta, acme, f"Bearer {Api(okta, acme).token(app_id, scopes).json()['access_token']}")


def path_of(acme: Tenant, scope: str) -> str:
    return ENDPOINTS[scope].format(user=next(iter(acme.state.users)))


@pytest.mark.parametrize("scope", ENDPOINTS)
def test_its_scope_and_super_admin_permit_reading_it(okta: Emulator, acme: Tenant, app_id: str, scope: str) -> None:
    acme.assign_role(app_id, "SUPER_ADMIN")
    answer = as_client(okta, acme, app_id, scope)("GET", path_of(acme, scope))
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json(), (list, dict))


def test_another_scope_is_refused_without_a_body(okta: Emulator, acme: Tenant, app_id: str) -> None:
    acme.assign_role(app_id, "SUPER_ADMIN")
    names = list(ENDPOINTS)
    for scope, other in zip(names, names[1:] + names[:1], strict=True):
        answer = as_client(okta, acme, app_id, other)("GET", path_of(acme, scope))
        assert (answer.status_code, answer.content, "insufficient_scope" in answer.headers["WWW-Authenticate"]) == (403, b"", True), scope


def test_without_a_role_all_endpoints_except_users_are_refused_with_a_body(okta: Emulator, acme: Tenant, app_id: str) -> None:
    client = as_client(okta, acme, app_id, " ".join(ENDPOINTS))
    found = {scope: client("GET", path_of(acme, scope)) for scope in ENDPOINTS if scope != "okta.users.read"}
    assert {error_of(answer)[:2] for answer in found.values()} == {(403, "E0000006")}


@pytest.mark.parametrize("feature", sorted(PARTS))
def test_a_feature_that_the_org_lacks_is_refused(okta: Emulator, acme: Tenant, api: Api, feature: str) -> None:
    acme.set(features=[name for name in FEATURES if name != feature])
    lacking = [scope for scope in ENDPOINTS if error_of_any(api, path_of(acme, scope)) == NO_FEATURE]
    assert sorted(lacking) == sorted(PARTS[feature])
    acme.set(features=list(FEATURES))
    assert {api("GET", path_of(acme, scope)).status_code for scope in PARTS[feature]} == {200}


def error_of_any(api: Api, path: str) -> tuple[int, str, str] | None:
    answer = api("GET", path)
    return None if answer.status_code == 200 else error_of(answer)


def test_an_unknown_feature_is_refused_as_option(acme: Tenant) -> None:
    with pytest.raises(ValueError, match="unknown feature"):
        acme.set(features=["flying"])


@pytest.mark.parametrize(
    ("scope", "role"),
    [
        ("okta.governance.accessCertifications.read", "ACCESS_CERTIFICATIONS_ADMIN"),
        ("okta.accessRequests.request.read", "ACCESS_REQUESTS_ADMIN"),
    ],
)
def test_governance_requires_its_own_admin_roles(okta: Emulator, acme: Tenant, scope: str, role: str) -> None:
    for name, status in ((role, 200), ("READ_ONLY_ADMIN", 403)):
        reader = Api(okta, acme, f"SSWS {acme.add_api_token(roles=[name])}")
        assert reader("GET", path_of(acme, scope)).status_code == status, name


@pytest.mark.parametrize("query", ["", "?type=", "?type=NO_SUCH_TYPE"])
def test_policies_require_a_type(api: Api, query: str) -> None:
    assert error_of(api("GET", f"/api/v1/policies{query}"))[:2] == (400, "E0000001")


def test_the_clients_are_the_apps(acme: Tenant, api: Api, app_id: str) -> None:
    (client,) = api("GET", "/oauth2/v1/clients").json()
    assert (client["client_id"], client["client_name"], client["application_type"]) == (app_id, "Rezonate", "service")


def test_risk_belongs_to_a_user(api: Api) -> None:
    assert error_of(api("GET", "/api/v1/users/00unobody/risk"))[:2] == (404, "E0000007")


def event_types(api: Api) -> list[str]:
    return [event["eventType"] for event in api("GET", "/api/v1/logs").json()]


def test_the_log_of_an_org_begins_with_its_owner(api: Api) -> None:
    assert event_types(api) == ["user.session.start", "system.api_token.create"]


MADE: list[tuple[str, str, dict[str, Any]]] = [
    ("group.lifecycle.create", "/api/v1/groups", {"profile": {"name": "Team"}}),
    ("zone.create", "/api/v1/zones", {"type": "IP", "name": "Office", "gateways": [{"type": "CIDR", "value": "10.0.0.0/8"}]}),
    ("iam.role.create", "/api/v1/iam/roles", {"label": "x", "description": "d", "permissions": ["okta.users.read"]}),
    (
        "iam.resourceset.create",
        "/api/v1/iam/resource-sets",
        {"label": "x", "description": "d", "resources": ["orn:okta:directory:00o1:users"]},
    ),
]


@pytest.mark.parametrize(("event", "path", "body"), MADE, ids=[event for event, _path, _body in MADE])
def test_created_objects_are_in_the_log(api: Api, event: str, path: str, body: dict[str, Any]) -> None:
    assert api("POST", path, json=body).status_code == 200
    assert event_types(api)[-1] == event


def test_a_token_is_in_the_log(acme: Tenant, api: Api, app_id: str) -> None:
    assert api.token(app_id, "okta.users.read").status_code == 200
    (*_others, last) = api("GET", "/api/v1/logs").json()
    assert (last["eventType"], last["actor"]["id"]) == ("app.oauth2.token.grant.access_token", app_id)


def test_a_call_over_the_limit_is_in_the_log(acme: Tenant, api: Api) -> None:
    acme.set(rate_limits={"groups": 2})
    assert [api("GET", "/api/v1/groups").status_code for _unused in range(2)] == [200, 429]
    assert event_types(api)[-1] == "system.org.rate_limit.violation"
