# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which step of a tenant's plan a module's task is."""

from __future__ import annotations

from collections.abc import Mapping

from ..module_utils._errors import InputError
from ._oauth_steps import AppStep, CustomRoleStep, GrantsStep, KeyStep, NetworkZoneStep, ResourceSetStep, RolesStep, VerificationStep
from ._offboarding_steps import (
    AppReleaseStep,
    AppRemovalStep,
    CustomRoleRemovalStep,
    IntegrationRemovalStep,
    NetworkZoneRemovalStep,
    ResourceSetRemovalStep,
    RoleAssignmentRemovalStep,
    ServiceUserRemovalStep,
)
from ._tenant_step import Step

# The first of a module is the one that a task means that names none.
_STEPS: Mapping[str, Mapping[str, type[Step]]] = {
    "rsa_jwk": {"key": KeyStep},
    "okta_service_app": {"app": AppStep, "take_away": AppRemovalStep, "release": AppReleaseStep},
    "okta_client_role": {"roles": RolesStep, "take_custom_role": RoleAssignmentRemovalStep},
    "okta_scope_grant": {"grants": GrantsStep},
    "okta_network_zone": {"network_zone": NetworkZoneStep, "take_away": NetworkZoneRemovalStep},
    "okta_resource_set": {"resource_set": ResourceSetStep, "take_away": ResourceSetRemovalStep},
    "okta_custom_role": {"custom_role": CustomRoleStep, "take_away": CustomRoleRemovalStep},
    "okta_api_service_integration": {"take_away": IntegrationRemovalStep},
    "okta_admin_user": {"take_away": ServiceUserRemovalStep},
    "okta_access_token": {"verification": VerificationStep},
}


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
