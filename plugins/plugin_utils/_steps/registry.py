# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which step of a tenant's plan a module's task is."""

from __future__ import annotations

from collections.abc import Mapping

from ...module_utils._core.errors import InputError
from . import api_token, integration, oauth, offboarding, rotation
from .audit import AuditStep
from .step import Step
from .verification import VerificationStep

# The first of a module is the one that a task means that names none.
_STEPS: Mapping[str, Mapping[str, type[Step]]] = {
    "rsa_jwk": {"key": oauth.KeyStep, "next_key": rotation.NextKeyStep},
    "okta_access_token": {"verification": VerificationStep, "next": rotation.NextVerificationStep},
    "okta_admin_user": {
        "service_user": api_token.ServiceUserStep,
        "take_away": offboarding.ServiceUserRemovalStep,
    },
    "okta_api_service_integration": {
        "integration": integration.IntegrationStep,
        "next_secret": rotation.NextSecretStep,
        "retire": rotation.RetireSecretStep,
        "retire_previous": api_token.PreviousIntegrationStep,
        "secret_anew": integration.ReplacementSecretStep,
        "take_away": offboarding.IntegrationRemovalStep,
    },
    "okta_api_token": {
        "revoke_bootstrap": api_token.RevocationStep,
        "retire_previous": api_token.PreviousTokenStep,
    },
    "okta_api_token_info": {"inspection": api_token.TokenInspectionStep},
    "okta_client_role": {
        "roles": oauth.RolesStep,
        "remediation_gone": oauth.LostRoleStep,
        "privileges_gone": oauth.LostPrivilegesStep,
        "take_custom_role": offboarding.RoleAssignmentRemovalStep,
    },
    "okta_custom_role": {
        "custom_role": oauth.CustomRoleStep,
        "privileges": oauth.PrivilegesStep,
        "remediation_gone": oauth.LostCustomRoleStep,
        "privileges_gone": oauth.LostPrivilegeRoleStep,
        "take_away": offboarding.CustomRoleRemovalStep,
        "take_privileges": offboarding.PrivilegeRoleRemovalStep,
    },
    "okta_network_zone": {
        "network_zone": oauth.NetworkZoneStep,
        "take_away": offboarding.NetworkZoneRemovalStep,
    },
    "okta_resource_set": {
        "resource_set": oauth.ResourceSetStep,
        "remediation_gone": oauth.LostResourceSetStep,
        "privileges_gone": oauth.LostPrivilegeSetStep,
        "take_away": offboarding.ResourceSetRemovalStep,
        "take_privileges": offboarding.PrivilegeSetRemovalStep,
    },
    "okta_scope_grant": {"grants": oauth.GrantsStep},
    "okta_service_app": {
        "app": oauth.AppStep,
        "next_key": rotation.NextKeyRegistrationStep,
        "release": offboarding.AppReleaseStep,
        "retire": rotation.RetireKeyStep,
        "retire_previous": api_token.PreviousAppStep,
        "take_away": offboarding.AppRemovalStep,
    },
    "okta_audit_info": {"audit": AuditStep},
}


def has_steps(module: str) -> bool:
    """Whether a module's tasks can be steps of a plan."""
    return module in _STEPS


def step_class(module: str, name: str | None) -> type[Step]:
    """The step that a task of a module is.

    Args:
        module: the module's short name.
        name: what the option O(step) says; None where it says nothing.

    Raises:
        InputError: the module has no such step.
    """
    known = _STEPS.get(module, {})
    found = known.get(name) if name else next(iter(known.values()), None)
    if found is None:
        raise InputError(f"'step' is {name!r}, but {module} has only {', '.join(known) or 'none'}.")
    return found
