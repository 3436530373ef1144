# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of offboarding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ...module_utils._tenant.custom_roles import PRIVILEGES, REMEDIATION, CustomRole
from ...module_utils._tenant.offboarding import Offboarding
from .step import Step


class AppRemovalStep(Step):
    """Deletes the app that we made, or switches it off."""

    name = "app"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).own()


class AppReleaseStep(Step):
    """Takes our keys from the app that was there before us, or switches it off where it has no others."""

    name = "adopted_app"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).adopted()


class IntegrationRemovalStep(Step):
    """Deletes the integration."""

    name = "integration"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).integration()


class RoleAssignmentRemovalStep(Step):
    """Takes our custom roles from the app that was there before us."""

    name = "role_assignment"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).role_assignment()


class CustomRoleRemovalStep(Step):
    """Deletes the custom role that was made for remediation."""

    name = REMEDIATION.role
    custom: ClassVar[CustomRole] = REMEDIATION

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).custom_role(self.custom)


class ResourceSetRemovalStep(Step):
    """Deletes its resource set."""

    name = REMEDIATION.resource_set
    custom: ClassVar[CustomRole] = REMEDIATION

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).resource_set(self.custom)


class PrivilegeRoleRemovalStep(CustomRoleRemovalStep):
    """Deletes the custom role that sees the privileges."""

    name = PRIVILEGES.role
    custom = PRIVILEGES


class PrivilegeSetRemovalStep(ResourceSetRemovalStep):
    """Deletes its resource set."""

    name = PRIVILEGES.resource_set
    custom = PRIVILEGES


class NetworkZoneRemovalStep(Step):
    """Deletes the network zone."""

    name = "network_zone"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).network_zone()


class ServiceUserRemovalStep(Step):
    """Deactivates the administrator whom the API token belongs to."""

    name = "service_user"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).service_user()
