#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report what a run of the role has changed for a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_report
short_description: Report what a run of the role has changed for a tenant
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Prints what the role P(rezonate.okta.rezonate#role) has changed for a tenant, or would change in check mode, and what a person
    must do because of it, such as entering a new application id in the Rezonate console. The role calls it last.
  - What was changed is taken from the results that the role's tasks have registered. No secret is among it.
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
      - What the role did, C(onboard), C(offboard), or C(rotate) with its stage behind an underscore.
    type: str
    required: true
  method:
    description:
      - How Rezonate authenticates, C(rezonate_method).
    type: str
    default: oauth
  lines:
    description:
      - Sentences that begin the report.
    type: list
    elements: str
    default: []
  before:
    description:
      - What the stored record said before the run, without secrets. Without it, there was none.
    type: dict
  newly_handed_over:
    description:
      - Whether another API token was stored than before.
    type: bool
    default: false
  inventory:
    description:
      - The sources of the inventory, for commands in the report.
    type: list
    elements: str
  vault_id:
    description:
      - The label that the stored record is encrypted with, for commands in the report.
    type: str
"""

EXAMPLES = r"""
- name: Report the tenant's status
  rezonate.okta.tenant_report:
    work: onboard
    lines:
      - "Tenant acme (https://acme.okta.com): onboarded and proven."
    before:
      application_id: 0oas92c5r8A1EQacI5d7
      proven_at: "2026-01-31T12:00:00Z"
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
rezonate:
  description: The same for programs.
  returned: success
  type: dict
  contains:
    work:
      description: What the role did, as in O(work).
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

from ..module_utils._errors import InputError
from ..module_utils._module import run_module
from ..module_utils._spec import Call, ModuleSpec, Outcome


def run(_call: Call) -> Outcome:
    """Refuse: without its action the module knows no results."""
    raise InputError("tenant_report runs on the controller only.")


MODULE = ModuleSpec(
    options={
        "tenant": {"type": "dict"},
        "work": {"type": "str"},
        "method": {"type": "str", "default": "oauth"},
        "lines": {"type": "list", "elements": "str", "default": []},
        "before": {"type": "dict"},
        "newly_handed_over": {"type": "bool", "default": False},
        "inventory": {"type": "list", "elements": "str"},
        "vault_id": {"type": "str"},
    },
    run=run,
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
