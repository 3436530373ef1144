# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes the default scopes usable, and the default scopes themselves."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.scope_access import ACCESS, missing_access, scope_reads
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[5]
SETS: dict[str, dict[str, list[str]]] = yaml.safe_load((ROOT / "roles/rezonate/vars/main/scopes.yml").read_text(encoding="utf-8"))[
    "rezonate__scope_sets"
]
EACH = {version: [*found["scopes"], *found["optional_scopes"]] for version, found in SETS.items()}
# The digest of each released set: a set that was released never changes, not even in the order of its scopes.
RELEASED = {"1": "5eaa6bc5b2f9969e9b7d52886b21248c7187aa06bd3f4947007f5348a4a274d9"}
DEFAULT = (["READ_ONLY_ADMIN"], ["okta.iam.read"])
UNKNOWN = "an admin role; Okta doesn't say which"
FAMILIES = """
users: okta.users.read=/api/v1/users?limit=1 okta.userTypes.read=/api/v1/meta/types/user okta.realms.read=/api/v1/realms?limit=1
  okta.realmAssignments.read=/api/v1/realm-assignments?limit=1 okta.identitySources.read okta.userRisk.read
groups: okta.groups.read=/api/v1/groups?limit=1
apps: okta.apps.read=/api/v1/apps?limit=1 okta.clients.read=/oauth2/v1/clients?limit=1
  okta.authorizationServers.read=/api/v1/authorizationServers?limit=1 okta.oauthIntegrations.read=/integrations/api/v1/api-services
  okta.profileMappings.read=/api/v1/mappings?limit=1 okta.serviceAccounts.read=/privileged-access/api/v1/service-accounts?limit=1
logs: okta.logs.read=/api/v1/logs?limit=1
settings: okta.policies.read=/api/v1/policies?type=OKTA_SIGN_ON okta.orgs.read=/api/v1/org okta.devices.read=/api/v1/devices?limit=1
  okta.agentPools.read=/api/v1/agentPools?limitPerPoolType=1 okta.apiTokens.read=/api/v1/api-tokens
  okta.authenticators.read=/api/v1/authenticators okta.behaviors.read=/api/v1/behaviors
  okta.deviceAssurance.read=/api/v1/device-assurances okta.domains.read=/api/v1/domains okta.eventHooks.read=/api/v1/eventHooks
  okta.features.read=/api/v1/features okta.idps.read=/api/v1/idps?limit=1 okta.inlineHooks.read=/api/v1/inlineHooks
  okta.networkZones.read=/api/v1/zones?limit=1 okta.securityEventsProviders.read=/api/v1/security-events-providers
  okta.threatInsights.read=/api/v1/threats/configuration okta.trustedOrigins.read=/api/v1/trustedOrigins?limit=1
schemas: okta.schemas.read=/api/v1/meta/schemas/user/default okta.linkedObjects.read=/api/v1/meta/schemas/user/linkedObjects
roles: okta.roles.read=/api/v1/iam/roles
super_admin: okta.logStreams.read=/api/v1/logStreams?limit=1
  okta.serviceAccounts.okta.read=/privileged-access/api/v1/okta-service-accounts?limit=1 okta.appGrants.read
agents: okta.aiAgents.read=/workload-principals/api/v1/ai-agents?limit=1
entitlements: okta.governance.collections.read=/governance/api/v1/collections?limit=1 okta.governance.entitlements.read
requests: okta.accessRequests.request.read=/governance/api/v2/requests?limit=1
  okta.governance.accessRequests.read=/governance/api/v1/requests?limit=1
  okta.accessRequests.condition.read=/governance/api/v2/request-settings
certifications: okta.governance.accessCertifications.read=/governance/api/v1/campaigns?limit=1
owners: okta.governance.resourceOwner.read
"""


def documented() -> dict[str, str]:
    """What each scope needs, in the table of the documentation."""
    text = (ROOT / "docs" / "privileges.md").read_text(encoding="utf-8").partition("| needs | scopes |")[2]
    rows = re.findall(r"^\| (.*) \| (`okta\..*`) \|$", text, re.MULTILINE)
    return {scope.strip("`"): need.replace("`", "") for need, scopes in rows for scope in scopes.split(", ")}


@pytest.mark.parametrize("version", EACH)
def test_each_default_scope_is_in_the_table(version: str) -> None:
    assert [scope for scope in EACH[version] if scope not in ACCESS] == []


def test_the_table_has_only_default_scopes() -> None:
    assert sorted(ACCESS) == sorted({scope for scopes in EACH.values() for scope in scopes})


@pytest.mark.parametrize("version", RELEASED)
def test_a_released_set_never_changes(version: str) -> None:
    assert hashlib.sha256(json.dumps(SETS[version], sort_keys=True).encode()).hexdigest() == RELEASED[version]


@pytest.mark.parametrize("version", [version for version in EACH if version != "1"])
def test_a_set_includes_the_previous_one(version: str) -> None:
    before = SETS[str(int(version) - 1)]
    assert set(before["scopes"]) <= set(SETS[version]["scopes"])
    assert set(before["optional_scopes"]) <= set(EACH[version])


@pytest.mark.parametrize("version", EACH)
def test_a_set_has_distinct_read_scopes(version: str) -> None:
    assert len(EACH[version]) == len(set(EACH[version]))
    assert [scope for scope in EACH[version] if not re.fullmatch(r"okta(\.[a-zA-Z]+)+\.read", scope)] == []


def test_each_scope_has_a_reason() -> None:
    lines = (ROOT / "roles/rezonate/vars/main/scopes.yml").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.strip().startswith("- ") and not re.search(r"\.read # .+", line)] == []


def test_only_scopes_for_super_admins_are_marked_in_the_newest_set() -> None:
    newest = (ROOT / "roles/rezonate/vars/main/scopes.yml").read_text(encoding="utf-8").rpartition('  "')[2]
    marked = re.findall(r"- (\S+) # .*usable with SUPER_ADMIN only", newest)
    assert sorted(marked) == sorted(scope for scope, access in ACCESS.items() if access.super_admin_only)


def test_the_documentation_lists_the_requirements_of_each_scope() -> None:
    found = {scope: need.removeprefix("needs ") if (need := missing_access(scope, (), ())) else UNKNOWN for scope in ACCESS}
    assert documented() == found


def test_each_scope_has_its_family_and_read() -> None:
    lines = [line.partition(": ") for line in FAMILIES.replace("\n  ", " ").strip().splitlines()]
    listed = [(family, *pair.partition("=")[::2]) for family, _colon, pairs in lines for pair in pairs.split()]
    assert {scope: (family, read or None) for family, scope, read in listed} == {
        scope: (access.family, access.read) for scope, access in ACCESS.items()
    }


def test_each_family_has_one_read_and_all_have_twelve() -> None:
    chosen = scope_reads(ACCESS)
    assert sorted(ACCESS[scope].family for scope in chosen) == sorted({access.family for access in ACCESS.values() if access.read})
    assert len(chosen) == 12
    first = ("users", "groups", "apps", "logs", "policies", "schemas", "roles", "logStreams", "aiAgents")
    assert list(chosen)[:9] == [f"okta.{name}.read" for name in first]
    assert list(chosen)[9:] == [
        "okta.governance.collections.read",
        "okta.accessRequests.request.read",
        "okta.governance.accessCertifications.read",
    ]


@pytest.mark.parametrize("family", sorted({access.family for access in ACCESS.values()}))
def test_known_requirements_are_the_same_within_a_family(family: str) -> None:
    found = {missing_access(scope, (), ()) for scope, access in ACCESS.items() if access.family == family and access.is_known}
    assert len(found) <= 1


def test_a_read_is_chosen_among_the_granted_scopes() -> None:
    assert scope_reads(["okta.userTypes.read", "okta.realms.read", "okta.appGrants.read", "okta.new.read", "okta.orgs.read"]) == {
        "okta.userTypes.read": "/api/v1/meta/types/user",
        "okta.orgs.read": "/api/v1/org",
    }
    assert scope_reads(["okta.userRisk.read", "okta.realms.read"]) == {"okta.realms.read": "/api/v1/realms?limit=1"}
    assert scope_reads([]) == {}


def test_the_reads_for_which_an_empty_list_means_no_access() -> None:
    never_empty = [scope for scope, access in ACCESS.items() if access.never_empty]
    assert never_empty == ["okta.users.read", "okta.apps.read", "okta.logs.read"]


def test_the_scopes_that_the_default_roles_leave_unusable() -> None:
    lacking = {scope: need for scope in ACCESS if (need := missing_access(scope, *DEFAULT))}
    three = ("okta.appGrants.read", "okta.logStreams.read", "okta.serviceAccounts.okta.read")
    assert [scope for scope, need in lacking.items() if need == "needs SUPER_ADMIN"] == sorted(three, key=list(ACCESS).index)
    assert [scope for scope in lacking if "roles" in scope or ACCESS[scope].roles == ("READ_ONLY_ADMIN",)] == []
    assert len(lacking) == 12


ENOUGH: dict[str, tuple[str, list[str], list[str]]] = {
    "a role": ("okta.users.read", ["READ_ONLY_ADMIN"], []),
    "one of several roles": ("okta.schemas.read", ["READ_ONLY_ADMIN", "ORG_ADMIN"], []),
    "a super admin": ("okta.appGrants.read", ["SUPER_ADMIN"], []),
    "a super admin, where a role is enough": ("okta.governance.entitlements.read", ["READ_ONLY_ADMIN", "SUPER_ADMIN"], []),
    "a permission": ("okta.roles.read", [], ["okta.iam.read"]),
    "a permission to manage": ("okta.roles.read", ["READ_ONLY_ADMIN"], ["okta.iam.manage"]),
    "the permission of the scope's name": ("okta.users.read", [], ["okta.users.read"]),
    "its permission to manage": ("okta.groups.read", ["CUSTOM"], ["okta.groups.manage"]),
    "all permissions": ("okta.governance.resourceOwner.read", [], ["okta.apps.read", "okta.users.manage", "okta.groups.read"]),
    "clients": ("okta.clients.read", [], ["okta.apps.clientCredentials.read"]),
    "authorization servers": ("okta.authorizationServers.read", [], ["okta.authzServers.read"]),
    "schemas": ("okta.schemas.read", [], ["okta.apps.manage"]),
    "linked objects": ("okta.linkedObjects.read", [], ["okta.apps.manage"]),
    "certifications": ("okta.governance.accessCertifications.read", [], ["okta.governance.accessCertifications.manage"]),
    "requests": ("okta.accessRequests.request.read", [], ["okta.governance.accessRequests.manage"]),
    "a role of which nothing is known": ("okta.users.read", ["MOBILE_ADMIN"], []),
    "a role that Okta adds": ("okta.schemas.read", ["READ_ONLY_ADMIN", "NEW_ADMIN"], []),
    "a scope of the user's own": ("okta.new.read", [], []),
    "a scope of which nothing is known": ("okta.networkZones.read", [], []),
    "a scope of which a permission is known": ("okta.agentPools.read", ["READ_ONLY_ADMIN"], []),
}
LACKING: dict[str, tuple[str, list[str], list[str], str]] = {
    "no role": ("okta.logs.read", [], [], "READ_ONLY_ADMIN"),
    "a custom role for something else": ("okta.users.read", ["CUSTOM"], ["okta.iam.read"], "READ_ONLY_ADMIN"),
    "a role that sees an empty list": ("okta.apps.read", ["ORG_ADMIN"], [], "READ_ONLY_ADMIN"),
    "admin roles": ("okta.roles.read", ["READ_ONLY_ADMIN", "ORG_ADMIN"], ["okta.users.read"], "a custom role with okta.iam.read"),
    "grants": ("okta.appGrants.read", ["READ_ONLY_ADMIN"], ["okta.iam.read"], "SUPER_ADMIN"),
    "schemas": ("okta.schemas.read", ["READ_ONLY_ADMIN"], ["okta.apps.read"], "APP_ADMIN, ORG_ADMIN or API_ACCESS_MANAGEMENT_ADMIN"),
    "requests": ("okta.accessRequests.request.read", ["ACCESS_CERTIFICATIONS_ADMIN"], [], "ACCESS_REQUESTS_ADMIN"),
    "one permission of three": (
        "okta.governance.resourceOwner.read",
        ["APP_ADMIN"],
        ["okta.apps.read", "okta.users.read"],
        "a custom role with okta.apps.read, okta.users.read and okta.groups.read",
    ),
}


@pytest.mark.parametrize("case", ENOUGH)
def test_nothing_is_missing_where_roles_are_sufficient_or_unknown(case: str) -> None:
    assert missing_access(*ENOUGH[case]) is None


@pytest.mark.parametrize("case", LACKING)
def test_missing_access_is_named(case: str) -> None:
    scope, roles, permissions, what = LACKING[case]
    assert missing_access(scope, roles, permissions) == f"needs {what}"


EVALUATED_ROLES = (
    "ACCESS_CERTIFICATIONS_ADMIN ACCESS_REQUESTS_ADMIN API_ACCESS_MANAGEMENT_ADMIN APP_ADMIN GROUP_MEMBERSHIP_ADMIN HELP_DESK_ADMIN"
    " MOBILE_ADMIN ORG_ADMIN READ_ONLY_ADMIN REPORT_ADMIN USER_ADMIN WORKFLOWS_ADMIN"
)


@pytest.mark.parametrize("role", EVALUATED_ROLES.split())
def test_no_standard_role_but_super_admin_reads_grants(role: str) -> None:
    assert missing_access("okta.appGrants.read", [role], []) == "needs SUPER_ADMIN"


@given(st.sampled_from(sorted(ACCESS)), st.lists(st.sampled_from(EVALUATED_ROLES.split())), st.lists(st.sampled_from(sorted(ACCESS))))
def test_a_super_admin_has_access_to_every_scope(scope: str, roles: list[str], permissions: list[str]) -> None:
    assert missing_access(scope, [*roles, "SUPER_ADMIN"], permissions) is None
