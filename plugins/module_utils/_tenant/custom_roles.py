# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The managed custom admin roles, each with the resource set that it is assigned with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Lets the app read admin roles, their assignments and resource sets (Okta: Permissions, and Roles, supported resources).
IAM_PERMISSION = "okta.iam.read"
IAM_RESOURCES = "orn:{partition}:iam:{orgId}:contained_resources"


@dataclass(frozen=True)
class CustomRole:
    """A custom role and its resource set.

    Args:
        role: the name of the role in the steps of a plan and in the record.
        resource_set: the name of the resource set there.
    """

    role: str
    resource_set: str

    @property
    def record_names(self) -> tuple[str, str]:
        """Both names."""
        return self.role, self.resource_set

    def assignment(self, made: Mapping[str, str]) -> dict[str, str] | None:
        """The ids of the role and its resource set, as an assignment needs them; None where the record lacks one.

        Args:
            made: the created objects, as the record has them.
        """
        if self.role not in made or self.resource_set not in made:
            return None
        return {"role": made[self.role], "resource_set": made[self.resource_set]}


REMEDIATION = CustomRole("custom_role", "resource_set")
PRIVILEGES = CustomRole("privilege_role", "privilege_set")
CUSTOM_ROLES = (REMEDIATION, PRIVILEGES)
