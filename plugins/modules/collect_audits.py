#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect the audits of a run for its report."""

from __future__ import annotations

DOCUMENTATION = r"""
module: collect_audits
short_description: Collect the audits of a run for its report
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Collects the results of M(rezonate.okta.okta_audit_info) in this run for all hosts of the inventory, for
    M(rezonate.okta.audit_report). The role P(rezonate.okta.rezonate#role) runs it on one host before it writes the report.
  - The results are read from C(rezonate__audit), which the role registers for each host. One host can represent several tenants.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.attributes.controller
seealso:
  - module: rezonate.okta.audit_report
options: {}
"""

EXAMPLES = r"""
- name: Collect the audits of all hosts
  rezonate.okta.collect_audits:
  register: collected

- name: Write the report
  rezonate.okta.audit_report:
    path: rezonate-report
    tenants: "{{ collected.tenants }}"

# In an AWX job, the module runs on one host for all hosts of the slice.
- name: Collect the audits once
  module_defaults:
    rezonate.okta.collect_audits: {}
  rezonate.okta.collect_audits:
  run_once: true
"""

RETURN = r"""
tenants:
  description: The audits, in the order of the hosts.
  returned: success
  type: list
  elements: dict
  sample:
    - tenant: acme
      org_url: https://acme.okta.com
      status: clean
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec, controller_only

MODULE = ModuleSpec(options={}, run=controller_only("collect_audits"))


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
