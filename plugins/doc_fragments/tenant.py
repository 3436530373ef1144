# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """A task as a step of a tenant's plan."""

    DOCUMENTATION = r"""
options:
  tenant:
    description:
      - The plan of a tenant, as M(rezonate.okta.tenant_plan) or an earlier step returned it as C(plan). The role
        P(rezonate.okta.rezonate#role) uses it.
      - It gives all options that the task doesn't set, the credential among them, and what the module learns goes into the stored
        record before the task ends. Secrets are looked up in the process that needs them, and no result holds them. The task then
        returns C(plan), the plan that holds from there on, and C(ciphertext) where a store that is no file has to be handed one.
      - A task with this option always runs on the controller, in its own process.
    type: dict
  step:
    description:
      - With O(tenant), which step of the plan the task is, for modules that have several. Without it, the first one.
    type: str
"""
