#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a run for a tenant: settings and stored record, compared with the org."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_plan
short_description: Plan a run for a tenant, and compare the tenant with the plan
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Reads the variables of the role P(rezonate.okta.rezonate#role) that the host has, and the stored record of the tenant, and decides
    what the run is to do. What can't be used is refused in a sentence that names the variable. The role calls it first.
  - For C(work=onboard), it compares the tenant with what the building blocks would make of it, side by side, and verifies the stored
    credentials. Where something has to be changed, it makes sure that the calling credential may do it.
  - For C(work=rotate), it checks that there is something to rotate at this stage, that the app is there and in use, that the calling
    credential may change it, and that the credential which stays works.
  - For C(work=offboard), it finds the app, and makes sure that the calling credential may remove what the stored record names.
  - Changes nothing, in Okta or in the store.
  - No secret is returned, only where it is.
notes:
  - Runs on the controller only, whatever the host and the connection of the task.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
attributes:
  in_process:
    support: full
    details:
      - The module is never shipped; connection and privilege escalation of the task don't matter.
options:
  work:
    description:
      - What the run is for.
    type: str
    choices: [onboard, rotate, offboard, audit]
    default: onboard
  scope_sets:
    description:
      - The default scopes, C(scopes) and C(optional_scopes) of each version.
    type: dict
    required: true
  ciphertext:
    description:
      - What is stored of the tenant, encrypted, where C(rezonate_credential_store) is no C(file); empty where nothing is.
      - Without it, the only step of such a tenant's plan is C(load), which asks the store and plans again.
    type: str
"""

EXAMPLES = r"""
- name: Plan the run
  rezonate.okta.tenant_plan:
    work: onboard
    scope_sets:
      "1":
        scopes: [okta.users.read]
        optional_scopes: [okta.devices.read]
  register: planned

- name: Show what the run needs
  ansible.builtin.debug:
    var: planned.plan.steps
"""

RETURN = r"""
plan:
  description:
    - The tenant's plan; the next task takes it as O(rezonate.okta.tenant_comparison#module:tenant). It holds no secret.
  returned: success
  type: dict
  sample:
    tenant: acme
    org_url: https://acme.okta.com
    steps: [onboard/oauth]
plan_of_failure:
  description: The same, for what comes after a step that failed.
  returned: the bootstrap token is to be revoked
  type: dict
  sample:
    tenant: acme
    org_url: https://acme.okta.com
    failed: true
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.errors import StateError
from ..module_utils._core.spec import Call, ModuleSpec, Outcome


def refuse(_call: Call) -> Outcome:
    """Say why a task that was sent off can't be done; the work is in ``_plan_action``."""
    raise StateError(
        "tenant_plan works only in the controller's own process, where the variables are:"
        " call it as rezonate.okta.tenant_plan, without 'async'."
    )


MODULE = ModuleSpec(
    options={
        "work": {"type": "str", "choices": ["onboard", "rotate", "offboard", "audit"], "default": "onboard"},
        "scope_sets": {"type": "dict", "required": True},
        "ciphertext": {"type": "str"},
    },
    run=refuse,
    needs=("requests", "cryptography", "jwcrypto", "yaml"),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
