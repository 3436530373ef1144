# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a tenant's plan by module."""

from __future__ import annotations

from collections.abc import Mapping

from ...module_utils._core.errors import InputError
from . import api_token, integration, oauth, offboarding, rotation
from .audit import AuditStep
from .step import Step
from .verification import VerificationStep

# The first step of a module is the default.
_STEPS: Mapping[str, Mapping[str, type[Step]]] = {
    "rsa_jwk": {"key": oauth.KeyStep, "next_key": rotation.NextKeyStep},
    "okta_access_token": {"verification": VerificationStep, "next": rotation.NextVerificationStep},
    "okta_admin_user": {
        "service_user": api_token.ServiceUserStep,
        "remove": offboarding.ServiceUserRemovalStep,
    },
    "okta_api_service_integration": {
        "integration": integration.IntegrationStep,
        "next_secret": rotation.NextSecretStep,
        "retire": rotation.RetireSecretStep,
        "retire_previous": api_token.PreviousIntegrationStep,
        "replace_secret": integration.ReplacementSecretStep,
        "remove": offboarding.IntegrationRemovalStep,
    },
    "okta_api_token": {
        "revoke_bootstrap": api_token.RevocationStep,
        "retire_previous": api_token.PreviousTokenStep,
    },
    "okta_api_token_info": {"inspection": api_token.TokenInspectionStep},
    "okta_client_role": {
        "roles": oauth.RolesStep,
        "remove_remediation": oauth.ObsoleteRoleStep,
        "remove_privileges": oauth.ObsoletePrivilegesStep,
        "remove_assignment": offboarding.RoleAssignmentRemovalStep,
    },
    "okta_custom_role": {
        "custom_role": oauth.CustomRoleStep,
        "privileges": oauth.PrivilegesStep,
        "remove_remediation": oauth.ObsoleteCustomRoleStep,
        "remove_privileges": oauth.ObsoletePrivilegeRoleStep,
        "remove": offboarding.CustomRoleRemovalStep,
        "remove_privilege_role": offboarding.PrivilegeRoleRemovalStep,
    },
    "okta_network_zone": {
        "network_zone": oauth.NetworkZoneStep,
        "remove": offboarding.NetworkZoneRemovalStep,
    },
    "okta_resource_set": {
        "resource_set": oauth.ResourceSetStep,
        "remove_remediation": oauth.ObsoleteResourceSetStep,
        "remove_privileges": oauth.ObsoletePrivilegeSetStep,
        "remove": offboarding.ResourceSetRemovalStep,
        "remove_privilege_set": offboarding.PrivilegeSetRemovalStep,
    },
    "okta_scope_grant": {"grants": oauth.GrantsStep},
    "okta_service_app": {
        "app": oauth.AppStep,
        "next_key": rotation.NextKeyRegistrationStep,
        "release": offboarding.AppReleaseStep,
        "retire": rotation.RetireKeyStep,
        "retire_previous": api_token.PreviousAppStep,
        "remove": offboarding.AppRemovalStep,
    },
    "okta_audit_info": {"audit": AuditStep},
}


def has_steps(module: str) -> bool:
    """Whether a module's tasks can be steps of a plan."""
    return module in _STEPS


def step_class(module: str, name: str | None) -> type[Step]:
    """The step of a task.

    Args:
        module: the module's short name.
        name: the option O(step); None for the default.

    Raises:
        InputError: the module has no such step.
    """
    known = _STEPS.get(module, {})
    found = known.get(name) if name else next(iter(known.values()), None)
    if found is None:
        raise InputError(f"'step' is {name!r}, but {module} has only {', '.join(known) or 'none'}.")
    return found
