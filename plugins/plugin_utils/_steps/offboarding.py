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
    """Deletes the managed app, or deactivates it."""

    name = "app"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).created_app()


class AppReleaseStep(Step):
    """Removes the managed keys from an adopted app, or deactivates the app if it has no others."""

    name = "adopted_app"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).adopted_app()


class IntegrationRemovalStep(Step):
    """Deletes the integration."""

    name = "integration"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).integration()


class RoleAssignmentRemovalStep(Step):
    """Removes the managed custom roles from an adopted app."""

    name = "role_assignment"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).role_assignment()


class CustomRoleRemovalStep(Step):
    """Deletes the custom role of remediation."""

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
    """Deletes the custom role for privilege visibility."""

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
    """Deactivates the administrator that owns the API token."""

    name = "service_user"

    def options(self) -> Mapping[str, Any]:
        return Offboarding(self.plan).service_user()
