# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OAuth scopes of an org."""

from __future__ import annotations

from .options import Options

_READ_AND_MANAGE = [
    "accessRequests.catalog",
    "accessRequests.condition",
    "accessRequests.request",
    "agentPools",
    "aiAgents",
    "apiTokens",
    "appGrants",
    "apps",
    "apps.interclientTrust",
    "authenticators",
    "authorizationServers",
    "behaviors",
    "botProtection",
    "brands",
    "captchas",
    "clients",
    "customTelephonyProvider",
    "deviceAssurance",
    "deviceIntegrations",
    "devicePostureChecks",
    "devices",
    "directories.groups",
    "domains",
    "dr",
    "emailDomains",
    "emailServers",
    "eventHooks",
    "factors",
    "features",
    "groups",
    "identitySources",
    "idps",
    "inlineHooks",
    "linkedObjects",
    "logStreams",
    "manifests",
    "networkZones",
    "oauthIntegrations",
    "orgs",
    "personal.adminSettings",
    "policies",
    "principalRateLimits",
    "privilegedResources",
    "profileMappings",
    "pushProviders",
    "rateLimits",
    "realmAssignments",
    "realms",
    "resourceSelectors",
    "roles",
    "schemas",
    "securityEventsProviders",
    "serviceAccounts",
    "serviceAccounts.okta",
    "sessions",
    "templates",
    "threatInsights",
    "trustedOrigins",
    "uischemas",
    "userRisk",
    "userTypes",
    "users",
    "workflows.invoke",
    "governance.accessCertifications",
    "governance.accessRequests",
    "governance.collections",
    "governance.entitlements",
    "governance.labels",
    "governance.resourceOwner",
]

_SINGLE = {
    "okta.logs.read",
    "okta.clients.register",
    "okta.myAccount.read",
    "okta.users.read.self",
    "okta.users.manage.self",
    "okta.reports.read",
    "ssf.read",
    "ssf.manage",
}

KNOWN_SCOPES = frozenset(_SINGLE | {f"okta.{name}.{verb}" for name in _READ_AND_MANAGE for verb in ("read", "manage")})


def is_known(scope: str, options: Options) -> bool:
    """Return whether an org with these options knows a scope."""
    if scope in options.unavailable_scopes:
        return False
    return scope in KNOWN_SCOPES or scope in options.extra_scopes


def covers(held: frozenset[str], needed: str) -> bool:
    """Return whether a scope is granted, directly or through the manage scope that includes it."""
    if needed in held:
        return True
    return needed.endswith(".read") and needed[: -len("read")] + "manage" in held
