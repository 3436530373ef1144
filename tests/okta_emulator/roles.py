# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Admin roles: their names and permissions."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from .state import Assignment, State

LABELS = {
    "ACCESS_CERTIFICATIONS_ADMIN": "Access Certifications Administrator",
    "ACCESS_REQUESTS_ADMIN": "Access Requests Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "APP_ADMIN": "Application Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "MOBILE_ADMIN": "Mobile Administrator",
    "ORG_ADMIN": "Organization Administrator",
    "READ_ONLY_ADMIN": "Read-only Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "SUPER_ADMIN": "Super Administrator",
    "USER_ADMIN": "User Administrator",
    "WORKFLOWS_ADMIN": "Workflows Administrator",
}
STANDARD = frozenset(LABELS)


class Need(Enum):
    """The requirements of an operation for its caller."""

    PUBLIC = "nobody"
    SELF = "anyone known"
    READ = "any admin"
    READ_APPS = "an admin who may see apps"
    READ_API_TOKENS = "an admin who may see API tokens"
    READ_SCHEMAS = "an admin who may see schemas"
    READ_ROLES = "a super admin, or a custom role over the org's IAM resources"
    READ_CERTIFICATIONS = "an admin of access certifications"
    READ_REQUESTS = "an admin of access requests"
    READ_GOVERNANCE = "an admin of Identity Governance"
    MANAGE_USERS = "an admin of users"
    MANAGE_GROUPS = "an admin of groups"
    MANAGE_APPS = "an admin of apps"
    MANAGE_ORG = "an admin of the org"
    SUPER = "a super admin"


_TOP = frozenset({"SUPER_ADMIN", "ORG_ADMIN"})
_GOVERNANCE = frozenset({"ACCESS_CERTIFICATIONS_ADMIN", "ACCESS_REQUESTS_ADMIN"})
_READERS = STANDARD - _GOVERNANCE - {"WORKFLOWS_ADMIN"}
_ALLOWED: dict[Need, frozenset[str]] = {
    Need.READ: _READERS,
    # Observed in live orgs: an org admin gets an empty list of apps, a report admin no API tokens, and a read-only admin no schemas.
    Need.READ_APPS: _READERS - {"ORG_ADMIN"},
    Need.READ_API_TOKENS: _READERS - {"REPORT_ADMIN"},
    Need.READ_SCHEMAS: _TOP | {"APP_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"},
    Need.READ_ROLES: frozenset({"SUPER_ADMIN"}),
    Need.READ_CERTIFICATIONS: frozenset({"SUPER_ADMIN", "ACCESS_CERTIFICATIONS_ADMIN"}),
    Need.READ_REQUESTS: frozenset({"SUPER_ADMIN", "ACCESS_REQUESTS_ADMIN"}),
    Need.READ_GOVERNANCE: _GOVERNANCE | {"SUPER_ADMIN"},
    Need.MANAGE_USERS: _TOP | {"USER_ADMIN"},
    Need.MANAGE_GROUPS: _TOP | {"USER_ADMIN"},
    Need.MANAGE_APPS: frozenset({"SUPER_ADMIN", "APP_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"}),
    Need.MANAGE_ORG: _TOP,
    Need.SUPER: frozenset({"SUPER_ADMIN"}),
}


def working(assignments: dict[str, Assignment], now: float) -> list[Assignment]:
    """Return the assignments that have taken effect."""
    return [item for item in assignments.values() if item.effective_from <= now]


def allows(assignments: list[Assignment], need: Need, scope: str, state: State, reaches: Callable[[Assignment], bool]) -> bool:
    """Return whether these roles permit an operation with `scope`; the resource set of a custom role must contain the target."""
    if any(item.type in _ALLOWED[need] for item in assignments):
        return True
    if need is Need.SUPER:
        return False
    wanted = {scope, scope.replace(".read", ".manage")}
    if need is Need.READ_ROLES:
        wanted = {"okta.iam.read"}
    return any(wanted & _permissions(item, state) and reaches(item) for item in assignments)


def _permissions(item: Assignment, state: State) -> set[str]:
    role = state.iam_roles.get(item.role or "")
    return set(role["permissions"]) if role else set()
