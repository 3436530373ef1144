# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which step of a tenant's plan a module's task is."""

from __future__ import annotations

from collections.abc import Mapping

from ..module_utils._errors import InputError
from ._audit_step import AuditStep
from ._oauth_steps import AppStep, CustomRoleStep, GrantsStep, KeyStep, NetworkZoneStep, ResourceSetStep, RolesStep, VerificationStep
from ._tenant_step import Step

# The first of a module is the one that a task means that names none.
_STEPS: Mapping[str, Mapping[str, type[Step]]] = {
    "rsa_jwk": {"key": KeyStep},
    "okta_service_app": {"app": AppStep},
    "okta_client_role": {"roles": RolesStep},
    "okta_scope_grant": {"grants": GrantsStep},
    "okta_network_zone": {"network_zone": NetworkZoneStep},
    "okta_resource_set": {"resource_set": ResourceSetStep},
    "okta_custom_role": {"custom_role": CustomRoleStep},
    "okta_access_token": {"verification": VerificationStep},
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
