#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect the audits of a run for its report."""

from __future__ import annotations

DOCUMENTATION = r"""
module: collect_audits
short_description: Collect the audits of a run for its report
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Collects what M(rezonate.okta.okta_audit_info) has returned in this run, for M(rezonate.okta.audit_report). The role
    P(rezonate.okta.rezonate#role) calls it after each audit and, on one host, before it writes the report.
  - An audit is found where the role registers it, as C(rezonate__audit). What was collected on a host is registered as
    C(rezonate__audited_here), since one host may stand for several tenants, one after another.
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
  of:
    description:
      - V(host) adds the last audit of the host to those that were collected on it.
      - V(run) gives those of all hosts of the inventory, also where an audit failed before it could be collected.
    type: str
    choices: [host, run]
    default: host
"""

EXAMPLES = r"""
- name: Collect the audits of all hosts
  rezonate.okta.collect_audits:
    of: run
  register: collected

- name: Write the report
  rezonate.okta.audit_report:
    path: rezonate-report
    tenants: "{{ collected.tenants }}"
"""

RETURN = r"""
tenants:
  description: The audits, in the order of the hosts. An audit may be among them twice.
  returned: success
  type: list
  elements: dict
  sample:
    - tenant: acme
      org_url: https://acme.okta.com
      status: clean
"""

from ..module_utils._errors import StateError
from ..module_utils._module import run_module
from ..module_utils._spec import Call, ModuleSpec, Outcome


def refuse(_call: Call) -> Outcome:
    """Say why a shipped task can't be done; the work is in ``_collect_action``."""
    raise StateError("collect_audits works only in the controller's own process: call it as rezonate.okta.collect_audits, without 'async'.")


MODULE = ModuleSpec(options={"of": {"type": "str", "choices": ["host", "run"], "default": "host"}}, run=refuse)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
