# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files of tasks an onboarding needs, and what they ask of a bootstrap client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .api_token import SuppliedToken
from .custom_roles import PRIVILEGES, REMEDIATION
from .oauth import OAuth
from .plan import Plan, union

_FOLDER = "onboard"
# What is stored has to be handed to a store that is no file after each of them; a skipped task costs as much as others.
_PARTS: Mapping[str, tuple[str, ...]] = {"oauth": ("oauth/key", "oauth/app", "oauth/access")}
_HAND_OVER = "hand_over"
_SCOPES: Mapping[str, tuple[str, ...]] = {
    "oauth": ("okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage"),
    "api_service_integration": ("okta.oauthIntegrations.manage",),
    "api_token": ("okta.roles.read", "okta.apiTokens.read"),
    "network_zone": ("okta.networkZones.manage",),
    "remediation": ("okta.roles.manage", "okta.groups.read"),
    "remediation_gone": ("okta.roles.manage",),
    "privileges": ("okta.roles.manage",),
    "privileges_gone": ("okta.roles.manage",),
    "service_user": ("okta.users.manage", "okta.roles.manage"),
    "retire": ("okta.apps.manage", "okta.oauthIntegrations.manage"),
}


def steps(plan: Plan, *, has_drifted: bool) -> list[str]:
    """The files of tasks, in their order; none where there is nothing to do.

    Args:
        plan: the tenant's plan.
        has_drifted: whether the tenant isn't as it should be, or that isn't known yet.
    """
    is_oauth = plan.method == "oauth"
    limits = is_oauth and bool(plan.option("source_addresses"))
    remediates = is_oauth and OAuth(plan).makes_remediation_role
    made = plan.known.get("made", {})
    before = [
        *(["network_zone"] if limits else []),
        *(["remediation"] if remediates else []),
        *(["privileges"] if is_oauth and OAuth(plan).makes_privilege_role else []),
        *(["service_user"] if plan.method == "api_token" and _manages_user(plan) else []),
    ]
    chain = [*before, plan.method] if has_drifted else []
    after = [
        *(["remediation_gone"] if not remediates and REMEDIATION.role in made else []),
        *(["privileges_gone"] if not (is_oauth and OAuth(plan).wants_privileges) and PRIVILEGES.role in made else []),
        *(["retire"] if plan.option("retire_previous") and plan.known.get("previous") else []),
    ]
    can_call = has_drifted or plan.compared
    holds_text = bool(plan.store.get("holds_text"))
    return [step for name in (*chain, *(after if can_call else ())) for step in _files(name, holds_text=holds_text)]


def _files(name: str, *, holds_text: bool) -> list[str]:
    if name not in _PARTS or not holds_text:
        return [f"{_FOLDER}/{name}"]
    return [step for part in _PARTS[name] for step in (f"{_FOLDER}/{part}", _HAND_OVER)]


def _manages_user(plan: Plan) -> bool:
    """Whether the administrator is looked after: a token that takes the place of a verified one needs no credential for that."""
    return SuppliedToken(plan).wants_service_user and (plan.has_credential or not plan.is_verified)


def retiring(plan: Plan) -> list[str]:
    """The methods used before whose credentials go: not those of an app or integration that was adopted."""
    previous = plan.known.get("previous", {})
    can_call = {"api_token": True, "oauth": plan.has_credential, "api_service_integration": plan.has_credential}
    return [method for method, entry in previous.items() if can_call[method] and not entry.get("adopted")]


def bootstrap_scopes(chosen: Sequence[str]) -> list[str]:
    """The scopes that an OAuth client needs to take the steps."""
    names = [step.split("/")[1] for step in chosen if step != _HAND_OVER]
    return union(*(_SCOPES[name] for name in names))
