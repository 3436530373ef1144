# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin roles and permissions that make the default scopes usable, and the test read of each scope.

A token with a scope reads nothing unless its app also holds an admin role that covers the resource: Okta returns 403, or an empty list.
A scope that isn't in the table is unknown, never refused. So is a role without documented permissions.

Sources: ``x-okta-iam-admin-roles`` and ``x-okta-iam-permissions`` of Okta's API description, release 2026.06.3, where an operation has
them; they list every role but SUPER_ADMIN. Otherwise Okta's documentation ("Standard administrator roles and permissions", "Permissions")
and observations in live orgs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

# Custom roles are evaluated by their permissions.
_CUSTOM = "CUSTOM"
# The standard roles of the API description that can be sufficient for a scope; a later role is unknown.
_STANDARD = frozenset(
    {
        "ACCESS_CERTIFICATIONS_ADMIN",
        "ACCESS_REQUESTS_ADMIN",
        "API_ACCESS_MANAGEMENT_ADMIN",
        "APP_ADMIN",
        "GROUP_MEMBERSHIP_ADMIN",
        "HELP_DESK_ADMIN",
        "MOBILE_ADMIN",
        "ORG_ADMIN",
        "READ_ONLY_ADMIN",
        "REPORT_ADMIN",
        "USER_ADMIN",
        "WORKFLOWS_ADMIN",
    }
)


@dataclass(frozen=True)
class Access:
    """The test read of a scope, and the roles that make it usable.

    Args:
        family: the group of scopes that share one read: that of the first scope that the app has. Scopes with known requirements have the
            same ones within a family; the others belong to the same area of the Admin Console.
        read: the path of a cheap GET; None where every read needs an id or a filter.
        never_empty: whether an empty list means that the app has no access, since each org has at least one entry.
        roles: the standard roles, beside SUPER_ADMIN, that are known to be sufficient, the least privileged first.
        refuses: the standard roles that are known to be insufficient.
        permissions: the permissions that a custom role needs, all of them. The permission with the scope's name is sufficient as well.
    """

    family: str
    read: str | None = None
    never_empty: bool = False
    roles: tuple[str, ...] = ()
    refuses: frozenset[str] = frozenset()
    permissions: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the sufficient roles are known."""
        return bool(self.roles or self.refuses)

    @property
    def super_admin_only(self) -> bool:
        """Whether only SUPER_ADMIN is known to make the scope usable."""
        return self.is_known and not self.roles and not self.permissions


def _exact_access(family: str, read: str | None = None, *roles: str, permissions: tuple[str, ...] = ()) -> Access:
    """The access to a scope whose sufficient roles are all known."""
    return Access(family, read, roles=roles, refuses=_STANDARD - frozenset(roles), permissions=permissions)


# Other roles are sufficient for most of these, too. They needn't be listed: a role is insufficient only if it is refused.
_READER = ("READ_ONLY_ADMIN",)
_SCHEMAS = ("APP_ADMIN", "ORG_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN")
_REQUESTS = ("okta.governance.accessRequests.manage",)
_OWNERS = ("okta.apps.read", "okta.users.read", "okta.groups.read")

# In a family, scopes with a read come first, in order of preference.
ACCESS: Mapping[str, Access] = {
    # without a role, the list of users is empty (status 200)
    "okta.users.read": Access("users", "/api/v1/users?limit=1", never_empty=True, roles=_READER),
    "okta.userTypes.read": Access("users", "/api/v1/meta/types/user", roles=_READER),
    "okta.realms.read": Access("users", "/api/v1/realms?limit=1"),
    "okta.realmAssignments.read": Access("users", "/api/v1/realm-assignments?limit=1"),
    "okta.identitySources.read": Access("users"),
    "okta.userRisk.read": Access("users"),
    "okta.groups.read": Access("groups", "/api/v1/groups?limit=1", roles=_READER),
    # with ORG_ADMIN alone, the list of apps is empty (status 200)
    "okta.apps.read": Access("apps", "/api/v1/apps?limit=1", never_empty=True, roles=_READER, refuses=frozenset({"ORG_ADMIN"})),
    "okta.clients.read": Access("apps", "/oauth2/v1/clients?limit=1", roles=_READER, permissions=("okta.apps.clientCredentials.read",)),
    "okta.authorizationServers.read": Access(
        "apps", "/api/v1/authorizationServers?limit=1", roles=_READER, permissions=("okta.authzServers.read",)
    ),
    "okta.oauthIntegrations.read": Access("apps", "/integrations/api/v1/api-services"),
    "okta.profileMappings.read": Access("apps", "/api/v1/mappings?limit=1"),
    "okta.serviceAccounts.read": Access("apps", "/privileged-access/api/v1/service-accounts?limit=1"),
    "okta.logs.read": Access("logs", "/api/v1/logs?limit=1", never_empty=True, roles=_READER),
    "okta.policies.read": Access("settings", "/api/v1/policies?type=OKTA_SIGN_ON", roles=_READER),
    "okta.orgs.read": Access("settings", "/api/v1/org", roles=_READER),
    "okta.devices.read": Access("settings", "/api/v1/devices?limit=1", roles=_READER),
    "okta.agentPools.read": Access("settings", "/api/v1/agentPools?limitPerPoolType=1"),
    "okta.apiTokens.read": Access("settings", "/api/v1/api-tokens"),
    "okta.authenticators.read": Access("settings", "/api/v1/authenticators"),
    "okta.behaviors.read": Access("settings", "/api/v1/behaviors"),
    "okta.deviceAssurance.read": Access("settings", "/api/v1/device-assurances"),
    "okta.domains.read": Access("settings", "/api/v1/domains"),
    # "only super admins can view event hooks" according to one page of Okta; the table of roles also has READ_ONLY_ADMIN
    "okta.eventHooks.read": Access("settings", "/api/v1/eventHooks"),
    "okta.features.read": Access("settings", "/api/v1/features"),
    "okta.idps.read": Access("settings", "/api/v1/idps?limit=1"),
    "okta.inlineHooks.read": Access("settings", "/api/v1/inlineHooks"),
    "okta.networkZones.read": Access("settings", "/api/v1/zones?limit=1"),
    "okta.securityEventsProviders.read": Access("settings", "/api/v1/security-events-providers"),
    "okta.threatInsights.read": Access("settings", "/api/v1/threats/configuration"),
    "okta.trustedOrigins.read": Access("settings", "/api/v1/trustedOrigins?limit=1"),
    # the description lists these roles for schemas of users and for linked objects; schemas of apps are open to READ_ONLY_ADMIN
    "okta.schemas.read": _exact_access("schemas", "/api/v1/meta/schemas/user/default", *_SCHEMAS, permissions=("okta.apps.manage",)),
    "okta.linkedObjects.read": _exact_access(
        "schemas", "/api/v1/meta/schemas/user/linkedObjects", *_SCHEMAS, permissions=("okta.apps.manage",)
    ),
    # only SUPER_ADMIN has "view administrators" in the table of roles; Okta and other vendors document the permission
    "okta.roles.read": _exact_access("roles", "/api/v1/iam/roles", permissions=("okta.iam.read",)),
    # grants: observed in live orgs; log streams: the API description of their schemas, and the table of roles
    "okta.logStreams.read": _exact_access("super_admin", "/api/v1/logStreams?limit=1"),
    "okta.serviceAccounts.okta.read": _exact_access("super_admin", "/privileged-access/api/v1/okta-service-accounts?limit=1"),
    "okta.appGrants.read": _exact_access("super_admin"),
    # a super admin or the role "AI agent admin", whose type is unknown; other roles are undocumented
    "okta.aiAgents.read": Access("agents", "/workload-principals/api/v1/ai-agents?limit=1"),
    "okta.governance.collections.read": _exact_access("entitlements", "/governance/api/v1/collections?limit=1", "APP_ADMIN"),
    # their list needs a filter that names an app
    "okta.governance.entitlements.read": _exact_access("entitlements", None, "APP_ADMIN"),
    "okta.accessRequests.request.read": _exact_access(
        "requests", "/governance/api/v2/requests?limit=1", "ACCESS_REQUESTS_ADMIN", permissions=_REQUESTS
    ),
    "okta.governance.accessRequests.read": _exact_access(
        "requests", "/governance/api/v1/requests?limit=1", "ACCESS_REQUESTS_ADMIN", permissions=_REQUESTS
    ),
    "okta.accessRequests.condition.read": _exact_access(
        "requests", "/governance/api/v2/request-settings", "ACCESS_REQUESTS_ADMIN", permissions=_REQUESTS
    ),
    "okta.governance.accessCertifications.read": _exact_access(
        "certifications", "/governance/api/v1/campaigns?limit=1", "ACCESS_CERTIFICATIONS_ADMIN"
    ),
    # their list needs a filter that names an app, too
    "okta.governance.resourceOwner.read": _exact_access("owners", permissions=_OWNERS),
}


def missing_access(scope: str, roles: Collection[str], permissions: Collection[str] | None) -> str | None:
    """The role or permission that an app lacks for a scope, as text for the report.

    The text names the least privileged one: ``needs READ_ONLY_ADMIN``, ``needs a custom role with okta.iam.read``, ``needs SUPER_ADMIN``.

    Args:
        scope: the scope that the app has.
        roles: the types of the standard admin roles that it holds.
        permissions: those of its custom roles, on any resources; None where some are unknown.

    Returns:
        None where the roles or permissions are sufficient, and where the scope or one of the roles is unknown.
    """
    access = ACCESS.get(scope)
    if access is None or not access.is_known:
        return None
    # a role that isn't refused is sufficient, as SUPER_ADMIN always is, or unknown
    if set(roles) - access.refuses - {_CUSTOM} or _is_permitted(scope, access, permissions):
        return None
    if access.roles:
        return f"needs {_joined(access.roles, 'or')}"
    return f"needs a custom role with {_joined(access.permissions, 'and')}" if access.permissions else "needs SUPER_ADMIN"


def scope_reads(scopes: Collection[str]) -> dict[str, str]:
    """The test reads for scopes, at most one for each family: the path by the scope that it needs."""
    chosen: dict[str, tuple[str, str]] = {}
    for scope, access in ACCESS.items():
        if scope in scopes and access.read:
            chosen.setdefault(access.family, (scope, access.read))
    return dict(chosen.values())


def _is_permitted(scope: str, access: Access, permissions: Collection[str] | None) -> bool:
    """Whether a custom role makes the scope usable, or can where its permissions are unknown."""
    if permissions is None:
        return not access.super_admin_only
    alternatives = ((scope,), access.permissions)
    return any(needed and all(_has_permission(one, permissions) for one in needed) for needed in alternatives)


def _has_permission(permission: str, permissions: Collection[str]) -> bool:
    """Whether a permission is granted, by itself or by the permission to manage, which includes it."""
    return permission in permissions or f"{permission.removesuffix('.read')}.manage" in permissions


def _joined(words: Sequence[str], conjunction: str) -> str:
    *rest, last = words
    return f"{', '.join(rest)} {conjunction} {last}" if rest else last
