# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task files that an onboarding includes, and the scopes that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .api_token import SuppliedToken
from .custom_roles import PRIVILEGES, REMEDIATION
from .oauth import OAuth
from .plan import Plan, union

_FOLDER = "onboard"
# A store other than a file must save the record after each of them; a skipped task costs as much as any other.
_PARTS: Mapping[str, tuple[str, ...]] = {"oauth": ("oauth/key", "oauth/app", "oauth/access")}
_SAVE_TO_STORE = "save_to_store"
_SCOPES: Mapping[str, tuple[str, ...]] = {
    "oauth": ("okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage"),
    "api_service_integration": ("okta.oauthIntegrations.manage",),
    "api_token": ("okta.roles.read", "okta.apiTokens.read"),
    "network_zone": ("okta.networkZones.manage",),
    "remediation": ("okta.roles.manage", "okta.groups.read"),
    "remove_remediation": ("okta.roles.manage",),
    "privileges": ("okta.roles.manage",),
    "remove_privileges": ("okta.roles.manage",),
    "service_user": ("okta.users.manage", "okta.roles.manage"),
    "retire": ("okta.apps.manage", "okta.oauthIntegrations.manage"),
}


def onboarding_steps(plan: Plan, *, has_drifted: bool) -> list[str]:
    """The task files, in order; empty where there is nothing to do.

    Args:
        plan: the tenant's plan.
        has_drifted: whether the tenant has drifted, or that is unknown yet.
    """
    is_oauth = plan.method == "oauth"
    limits = is_oauth and bool(plan.option("source_addresses"))
    has_remediation_role = is_oauth and OAuth(plan).manages_remediation_role
    made = plan.known.get("made", {})
    related_objects = [
        *(["network_zone"] if limits else []),
        *(["remediation"] if has_remediation_role else []),
        *(["privileges"] if is_oauth and OAuth(plan).manages_privilege_role else []),
        *(["service_user"] if plan.method == "api_token" and _manages_user(plan) else []),
    ]
    chain = [*related_objects, plan.method] if has_drifted else []
    removals = [
        *(["remove_remediation"] if not has_remediation_role and REMEDIATION.role in made else []),
        *(["remove_privileges"] if not (is_oauth and OAuth(plan).shows_privileges) and PRIVILEGES.role in made else []),
        *(["retire"] if plan.option("retire_previous") and plan.known.get("previous") else []),
    ]
    can_call = has_drifted or plan.compared
    holds_text = bool(plan.store.get("holds_text"))
    return [step for name in (*chain, *(removals if can_call else ())) for step in _files(name, holds_text=holds_text)]


def _files(name: str, *, holds_text: bool) -> list[str]:
    if name not in _PARTS or not holds_text:
        return [f"{_FOLDER}/{name}"]
    return [step for part in _PARTS[name] for step in (f"{_FOLDER}/{part}", _SAVE_TO_STORE)]


def _manages_user(plan: Plan) -> bool:
    """Whether the administrator is managed. A token that replaces a verified one needs no credential for that."""
    return SuppliedToken(plan).manages_service_user and (plan.has_credential or not plan.is_verified)


def methods_to_retire(plan: Plan) -> list[str]:
    """The previous methods whose credentials are removed: all but those of an adopted app or integration."""
    previous = plan.known.get("previous", {})
    can_call = {"api_token": True, "oauth": plan.has_credential, "api_service_integration": plan.has_credential}
    return [method for method, entry in previous.items() if can_call[method] and not entry.get("adopted")]


def bootstrap_scopes(chosen: Sequence[str]) -> list[str]:
    """The scopes that an OAuth client needs for the steps."""
    names = [step.split("/")[1] for step in chosen if step != _SAVE_TO_STORE]
    return union(*(_SCOPES[name] for name in names))
