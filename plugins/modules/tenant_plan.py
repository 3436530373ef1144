#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a run for a tenant and compare the tenant with the plan."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_plan
short_description: Plan a run for a tenant, and compare the tenant with the plan
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Reads the host's variables of the role P(rezonate.okta.rezonate#role) and the stored record of the tenant, and decides
    what the run does. For invalid input it fails with a message that names the variable. The role runs it first.
  - With O(work=onboard), it compares the tenant with the desired state of all resources concurrently, and verifies the stored
    credentials. If something must be changed, it checks that the calling credential can change it.
  - With O(work=rotate), it checks that there is something to rotate at this stage, that the app exists and is active, that the
    calling credential can change it, and that the credential that remains works.
  - With O(work=offboard), it finds the app and checks that the calling credential can remove what the stored record names.
  - Changes nothing in Okta or in the credential store.
  - The result contains no secret, only where each is stored.
requirements:
  - requests
  - cryptography
  - jwcrypto
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.attributes.controller
seealso:
  - module: rezonate.okta.tenant_settings
  - module: rezonate.okta.tenant_comparison
options:
  work:
    description:
      - The work of the run.
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
      - The encrypted record of the tenant if C(rezonate_credential_store) isn't C(file); empty if there is none.
      - Without it, the only step of such a tenant's plan is C(load), which reads the record from the store and plans again.
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

- name: Show the steps of the run
  ansible.builtin.debug:
    var: planned.plan.steps

# In an AWX job, a dry run is the job type check.
- name: Plan an offboarding without removing anything
  module_defaults:
    rezonate.okta.tenant_plan:
      work: offboard
  rezonate.okta.tenant_plan:
    scope_sets:
      "1":
        scopes: [okta.users.read]
        optional_scopes: []
  check_mode: true
  register: planned
"""

RETURN = r"""
plan:
  description:
    - The plan of the tenant, for the next task. It contains no secret.
  returned: success
  type: dict
  sample:
    tenant: acme
    org_url: https://acme.okta.com
    steps: [onboard/oauth]
plan_of_failure:
  description: The plan for the tasks that run after a step has failed.
  returned: the bootstrap token is to be revoked
  type: dict
  sample:
    tenant: acme
    org_url: https://acme.okta.com
    failed: true
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec, controller_only

MODULE = ModuleSpec(
    options={
        "work": {"type": "str", "choices": ["onboard", "rotate", "offboard", "audit"], "default": "onboard"},
        "scope_sets": {"type": "dict", "required": True},
        "ciphertext": {"type": "str"},
    },
    run=controller_only("tenant_plan"),
    needs=("requests", "cryptography", "jwcrypto", "yaml"),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
