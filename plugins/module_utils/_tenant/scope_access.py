# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes the default scopes usable: which admin roles and permissions, and which read shows it.

A token with a scope reads nothing unless its app also holds an admin role that covers the resource. Okta answers 403, or an empty list.
A scope that isn't in the table is unknown, never refused. So is a role of which nothing says what it reads.

Sources: ``x-okta-iam-admin-roles`` and ``x-okta-iam-permissions`` of Okta's API description, release 2026.06.3, where an operation has
them; they list every role but SUPER_ADMIN. Otherwise Okta's documentation ("Standard administrator roles and permissions", "Permissions")
and what others saw in live orgs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

# What the app's custom roles permit is judged by their permissions.
_CUSTOM = "CUSTOM"
# The standard roles of the API description that could be enough for something; a later one isn't judged.
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
    """How a scope is read, and what makes it usable.

    Args:
        family: scopes of one family have one read: the first of them that the app has speaks for all. Those of which it is known what they
            need, need the same; the others are of the same area of the Admin Console.
        read: the path of a cheap GET; None where there is none without an id or a filter.
        never_empty: whether an empty list means that the app sees nothing, since each org has at least one.
        roles: the standard roles, beside SUPER_ADMIN, that are known to be enough, the least first.
        refuses: the standard roles that are known not to be enough.
        permissions: those that a custom role needs, all of them. The permission of the scope's own name is enough as well.
    """

    family: str
    read: str | None = None
    never_empty: bool = False
    roles: tuple[str, ...] = ()
    refuses: frozenset[str] = frozenset()
    permissions: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether it is known which roles are enough."""
        return bool(self.roles or self.refuses)

    @property
    def super_admin_only(self) -> bool:
        """Whether no role short of SUPER_ADMIN makes the scope usable, as far as is known."""
        return self.is_known and not self.roles and not self.permissions


def _listed(family: str, read: str | None = None, *roles: str, permissions: tuple[str, ...] = ()) -> Access:
    """Access of which every role that is enough is known."""
    return Access(family, read, roles=roles, refuses=_STANDARD - frozenset(roles), permissions=permissions)


# Others are enough for most of these, too. They aren't listed, since a role isn't judged that isn't refused.
_READER = ("READ_ONLY_ADMIN",)
_SCHEMAS = ("APP_ADMIN", "ORG_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN")
_REQUESTS = ("okta.governance.accessRequests.manage",)
_OWNERS = ("okta.apps.read", "okta.users.read", "okta.groups.read")

# In a family, those that have a read come first, in the order in which they are chosen.
ACCESS: Mapping[str, Access] = {
    # without a role, the list of users is 200 and empty
    "okta.users.read": Access("users", "/api/v1/users?limit=1", never_empty=True, roles=_READER),
    "okta.userTypes.read": Access("users", "/api/v1/meta/types/user", roles=_READER),
    "okta.realms.read": Access("users", "/api/v1/realms?limit=1"),
    "okta.realmAssignments.read": Access("users", "/api/v1/realm-assignments?limit=1"),
    "okta.identitySources.read": Access("users"),
    "okta.userRisk.read": Access("users"),
    "okta.groups.read": Access("groups", "/api/v1/groups?limit=1", roles=_READER),
    # with ORG_ADMIN alone, the list of apps is 200 and empty
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
    # "only super admins can view event hooks", says one page of Okta's; the table of roles has READ_ONLY_ADMIN, too
    "okta.eventHooks.read": Access("settings", "/api/v1/eventHooks"),
    "okta.features.read": Access("settings", "/api/v1/features"),
    "okta.idps.read": Access("settings", "/api/v1/idps?limit=1"),
    "okta.inlineHooks.read": Access("settings", "/api/v1/inlineHooks"),
    "okta.networkZones.read": Access("settings", "/api/v1/zones?limit=1"),
    "okta.securityEventsProviders.read": Access("settings", "/api/v1/security-events-providers"),
    "okta.threatInsights.read": Access("settings", "/api/v1/threats/configuration"),
    "okta.trustedOrigins.read": Access("settings", "/api/v1/trustedOrigins?limit=1"),
    # the description lists these roles for schemas of users and for linked objects; schemas of apps are open to READ_ONLY_ADMIN
    "okta.schemas.read": _listed("schemas", "/api/v1/meta/schemas/user/default", *_SCHEMAS, permissions=("okta.apps.manage",)),
    "okta.linkedObjects.read": _listed("schemas", "/api/v1/meta/schemas/user/linkedObjects", *_SCHEMAS, permissions=("okta.apps.manage",)),
    # "view administrators" is SUPER_ADMIN's in the table of roles; the permission is Okta's and other vendors'
    "okta.roles.read": _listed("roles", "/api/v1/iam/roles", permissions=("okta.iam.read",)),
    # grants: as far as anybody has seen; log streams: the description, for their schemas, and the table of roles
    "okta.logStreams.read": _listed("super_admin", "/api/v1/logStreams?limit=1"),
    "okta.serviceAccounts.okta.read": _listed("super_admin", "/privileged-access/api/v1/okta-service-accounts?limit=1"),
    "okta.appGrants.read": _listed("super_admin"),
    # a super admin or the role "AI agent admin", whose type isn't known; of other roles nothing is
    "okta.aiAgents.read": Access("agents", "/workload-principals/api/v1/ai-agents?limit=1"),
    "okta.governance.collections.read": _listed("entitlements", "/governance/api/v1/collections?limit=1", "APP_ADMIN"),
    # their list needs a filter that names an app
    "okta.governance.entitlements.read": _listed("entitlements", None, "APP_ADMIN"),
    "okta.accessRequests.request.read": _listed(
        "requests", "/governance/api/v2/requests?limit=1", "ACCESS_REQUESTS_ADMIN", permissions=_REQUESTS
    ),
    "okta.governance.accessRequests.read": _listed(
        "requests", "/governance/api/v1/requests?limit=1", "ACCESS_REQUESTS_ADMIN", permissions=_REQUESTS
    ),
    "okta.accessRequests.condition.read": _listed(
        "requests", "/governance/api/v2/request-settings", "ACCESS_REQUESTS_ADMIN", permissions=_REQUESTS
    ),
    "okta.governance.accessCertifications.read": _listed(
        "certifications", "/governance/api/v1/campaigns?limit=1", "ACCESS_CERTIFICATIONS_ADMIN"
    ),
    # their list needs a filter that names an app, too
    "okta.governance.resourceOwner.read": _listed("owners", permissions=_OWNERS),
}


def needs(scope: str, roles: Collection[str], permissions: Collection[str] | None) -> str | None:
    """What an app lacks for a scope, in words for the report.

    The words name what is least: ``needs READ_ONLY_ADMIN``, ``needs a custom role with okta.iam.read``, ``needs SUPER_ADMIN``.

    Args:
        scope: the scope that the app has.
        roles: the types of the standard admin roles that it holds.
        permissions: those of its custom roles, on whatever resources; None where they aren't all known.

    Returns:
        None where the roles or permissions are enough, and where nothing is known of the scope or of one of the roles.
    """
    access = ACCESS.get(scope)
    if access is None or not access.is_known:
        return None
    # one that isn't refused is enough, as SUPER_ADMIN always is, or nothing is known of it
    if set(roles) - access.refuses - {_CUSTOM} or _is_permitted(scope, access, permissions):
        return None
    if access.roles:
        return f"needs {_enumerated(access.roles, 'or')}"
    return f"needs a custom role with {_enumerated(access.permissions, 'and')}" if access.permissions else "needs SUPER_ADMIN"


def reads(scopes: Collection[str]) -> dict[str, str]:
    """The reads that show which of these scopes are usable, at most one for each family: the path by the scope that it needs."""
    chosen: dict[str, tuple[str, str]] = {}
    for scope, access in ACCESS.items():
        if scope in scopes and access.read:
            chosen.setdefault(access.family, (scope, access.read))
    return dict(chosen.values())


def _is_permitted(scope: str, access: Access, permissions: Collection[str] | None) -> bool:
    """Whether a custom role makes the scope usable, or may, as far as is known."""
    if permissions is None:
        return not access.super_admin_only
    ways = ((scope,), access.permissions)
    return any(wanted and all(_is_held(one, permissions) for one in wanted) for wanted in ways)


def _is_held(permission: str, permissions: Collection[str]) -> bool:
    """Whether a permission is held: by itself, or by the one to manage, which includes it."""
    return permission in permissions or f"{permission.removesuffix('.read')}.manage" in permissions


def _enumerated(words: Sequence[str], conjunction: str) -> str:
    *rest, last = words
    return f"{', '.join(rest)} {conjunction} {last}" if rest else last
