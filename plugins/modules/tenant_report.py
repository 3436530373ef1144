#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report the status of a tenant and the changes of a run."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_report
short_description: Report the status of a tenant and the changes of a run
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Prints the status of a tenant, what the role P(rezonate.okta.rezonate#role) has changed, or would change in check mode,
    where new credentials are stored, and what a person must do, such as entering a new application id in the Rezonate console.
    The role runs it last. If nothing was changed and nothing needs to be done, the report is one line.
  - All of it is taken from the plan. No secret is read.
notes:
  - The names of all verified scopes are printed with C(-v) only.
extends_documentation_fragment:
  - rezonate.okta.tenant.plan
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.attributes.controller
seealso:
  - module: rezonate.okta.tenant_comparison
"""

EXAMPLES = r"""
- name: Report the tenant's status
  rezonate.okta.tenant_report:
    tenant: "{{ verified.plan }}"

- name: Report in a play that sets its own defaults
  module_defaults:
    rezonate.okta.tenant_report: {}
  rezonate.okta.tenant_report:
    tenant: "{{ compared.plan }}"
  register: reported

# In an AWX job, the report is part of the job's output.
- name: Report the result of a plan without steps
  rezonate.okta.tenant_report:
    tenant: "{{ planned.plan }}"
"""

RETURN = r"""
msg:
  description: The report, one sentence per entry.
  returned: success
  type: list
  elements: str
  sample:
    - "Tenant acme (https://acme.okta.com): onboarded and verified."
    - "Changed: the app Rezonate is created in place of 0oas92c5r8A1EQacI5d7, application id 0oaqrl2q6yhNhvne61d7."
tenant:
  description: The tenant's name.
  returned: success
  type: str
  sample: acme
org_url:
  description: The URL of its org.
  returned: success
  type: str
  sample: https://acme.okta.com
rezonate:
  description: The report for programs.
  returned: success
  type: dict
  contains:
    work:
      description: The work of the role, C(onboard), C(offboard), or C(rotate_) with the stage of the rotation.
      returned: always
      type: str
      sample: onboard
    status:
      description: V(created), V(changed), V(unchanged), or V(would change) in check mode.
      returned: always
      type: str
      sample: created
    changed:
      description: The changes, or the changes that would be made.
      returned: always
      type: list
      elements: str
      sample: ["scopes added: okta.logs.read"]
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec, controller_only

MODULE = ModuleSpec(
    options={
        "tenant": {"type": "dict", "required": True},
    },
    run=controller_only("tenant_report"),
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
