# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The custom admin roles of ours, each with the resource set that it is assigned with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# What lets the app read admin roles, who holds them, and resource sets (Okta: Permissions, and Roles, supported resources).
IAM_PERMISSION = "okta.iam.read"
IAM_RESOURCES = "orn:{partition}:iam:{orgId}:contained_resources"


@dataclass(frozen=True)
class CustomRole:
    """A custom role and its resource set.

    Args:
        role: what the steps of a plan and the record call the role.
        resource_set: what they call the resource set.
    """

    role: str
    resource_set: str

    @property
    def names(self) -> tuple[str, str]:
        """Both."""
        return self.role, self.resource_set

    def pair(self, made: Mapping[str, str]) -> dict[str, str] | None:
        """The role with its resource set, as an assignment names them; None where the record doesn't know both.

        Args:
            made: what the record says that we made.
        """
        if self.role not in made or self.resource_set not in made:
            return None
        return {"role": made[self.role], "resource_set": made[self.resource_set]}


REMEDIATION = CustomRole("custom_role", "resource_set")
PRIVILEGES = CustomRole("privilege_role", "privilege_set")
ALL = (REMEDIATION, PRIVILEGES)
