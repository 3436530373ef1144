# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that make a task a step of a tenant's plan."""

from __future__ import annotations


class ModuleDocFragment:
    """The plan of a tenant."""

    DOCUMENTATION = r"""
options:
  tenant:
    description:
      - The plan of a tenant, as M(rezonate.okta.tenant_plan) or an earlier step returned it as C(plan). The role
        P(rezonate.okta.rezonate#role) uses it. Without it, only the options of the task count.
      - It supplies all options that the task doesn't set, including the credential. What the module learns is stored in the record before
        the task ends. Secrets are read in the process that needs them, and no result contains them. The task returns C(plan), the updated
        plan, and C(ciphertext), the encrypted record, if the record changed and its credential store isn't a file.
      - A task with this option always runs on the controller, in its own process.
    type: dict
  step:
    description:
      - With O(tenant), the step of the plan that the task performs, for modules that have several. Without it, the first one.
    type: str
"""

    # For modules that do nothing without a plan.
    PLAN = r"""
options:
  tenant:
    description:
      - The plan of the tenant, as the previous step returned it as C(plan).
    type: dict
    required: true
"""
