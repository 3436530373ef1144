#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report what a run of the role has changed for a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_report
short_description: Report the status of a tenant, and what a run of the role has changed
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Prints the status of a tenant, what the role P(rezonate.okta.rezonate#role) has changed for it, or would change in check mode,
    where new credentials are, and what a person must do, such as entering a new application id in the Rezonate console.
    The role calls it last. Where nothing was to be done, and nothing has to be, the report is one line.
  - All of it comes from the plan. No secret is read.
notes:
  - The names of all verified scopes are printed with C(-v) only.
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
  tenant:
    description:
      - The plan of the tenant, as the last step returned it as C(plan).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Report the tenant's status
  rezonate.okta.tenant_report:
    tenant: "{{ verified.plan }}"
"""

RETURN = r"""
msg:
  description: The report, a sentence each.
  returned: success
  type: list
  elements: str
  sample:
    - "Tenant acme (https://acme.okta.com): onboarded and proven."
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
  description: The same for programs.
  returned: success
  type: dict
  contains:
    work:
      description: What the role did, C(onboard), C(offboard), or C(rotate_) with the stage of the rotation.
      returned: always
      type: str
      sample: onboard
    status:
      description: V(created), V(changed), V(unchanged), or V(would change) in check mode.
      returned: always
      type: str
      sample: created
    changed:
      description: What was changed, or would be, a phrase each.
      returned: always
      type: list
      elements: str
      sample: ["scopes added: okta.logs.read"]
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.errors import InputError
from ..module_utils._core.spec import Call, ModuleSpec, Outcome


def run(_call: Call) -> Outcome:
    """Refuse: without its action the module knows no results."""
    raise InputError("tenant_report runs on the controller only.")


MODULE = ModuleSpec(
    options={
        "tenant": {"type": "dict", "required": True},
    },
    run=run,
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
