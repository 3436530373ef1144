#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merge the results that the jobs of a fleet have published."""

from __future__ import annotations

DOCUMENTATION = r"""
module: merge_results
short_description: Merge the results that the jobs of a fleet have published
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Merges the artifacts that M(rezonate.okta.publish_results) published for the tenants of a fleet. They are extra variables in the last
    job of a workflow. The role P(rezonate.okta.rezonate#role) runs it in its entry point C(merge), on one host.
  - All variables of the play's hosts whose names begin with C(rezonate_tenant_result_) or C(rezonate_audit_result_) are artifacts.
    Those of a host are found by its settings, which M(rezonate.okta.tenant_settings) must have registered as C(rezonate__settings).
  - Publishes the summary of the fleet as the artifact C(rezonate_fleet_summary).
  - Fails if one of these variables isn't an artifact of M(rezonate.okta.publish_results).
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.attributes.controller
seealso:
  - module: rezonate.okta.publish_results
  - module: rezonate.okta.fleet_summary
options:
  required:
    description:
      - The results that must be published for each tenant.
      - If empty, the work that was published last and, if an audit of any tenant was published, V(audit).
    type: list
    elements: str
    choices: [onboard, rotate_prepare, rotate_finish, rotate_abort, rotate_status, offboard, audit]
    default: []
"""

EXAMPLES = r"""
- name: Resolve the settings of the tenant
  rezonate.okta.tenant_settings:
    work: merge
  register: rezonate__settings

- name: Merge the results of all tenants
  rezonate.okta.merge_results:
    required: [onboard, audit]
  register: merged
  when: inventory_hostname == ansible_play_hosts[0]

- name: Fail for tenants without results
  ansible.builtin.fail:
    msg: "{{ merged.failure }}"
  when:
    - merged.failure is defined
    - merged.failure != ''

# In an AWX workflow, the job after the slices gets their artifacts as extra variables.
- name: Merge the results of the slices
  module_defaults:
    rezonate.okta.merge_results:
      required: [audit]
  rezonate.okta.merge_results:
  register: merged
"""

RETURN = r"""
msg:
  description: The numbers of the results, and the sentence of RV(failure).
  returned: success
  type: list
  elements: str
  sample:
    - "Tenants: 3, of these 2 created, 0 that could not be audited, 1 without results."
    - "No results for 1 tenant (onboard): their jobs failed or were cancelled. Repeat only these: --limit dire"
failure:
  description: The tenants without results, and how to repeat their jobs; empty if there are none.
  returned: success
  type: str
  sample: "No results for 1 tenant (onboard): their jobs failed or were cancelled. Repeat only these: --limit dire"
summary:
  description: The summary of the fleet, in the format of the callback P(rezonate.okta.fleet#callback).
  returned: success
  type: dict
  sample:
    tenants:
      total: 3
      onboarded: 2
      unchanged: 0
      failed: 0
      unfinished: 1
    statuses:
      created: 2
      unfinished: 1
audited:
  description: Whether an audit of any tenant was published.
  returned: success
  type: bool
  sample: true
audits:
  description: The published audits, for the option O(rezonate.okta.audit_report#module:tenants) of M(rezonate.okta.audit_report).
  returned: success
  type: list
  elements: dict
  sample:
    - tenant: acme
      org_url: https://acme.okta.com
      status: clean
ansible_stats:
  description: The artifacts of the job, as M(ansible.builtin.set_stats) returns them.
  returned: success
  type: dict
  contains:
    data:
      description: The artifact C(rezonate_fleet_summary), which is RV(summary).
      returned: always
      type: dict
      sample:
        rezonate_fleet_summary:
          tenants:
            total: 3
    per_host:
      description: Always V(false), because AWX ignores artifacts of hosts.
      returned: always
      type: bool
      sample: false
    aggregate:
      description: Always V(false).
      returned: always
      type: bool
      sample: false
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec, controller_only

_WORKS = ["onboard", "rotate_prepare", "rotate_finish", "rotate_abort", "rotate_status", "offboard", "audit"]


MODULE = ModuleSpec(
    options={"required": {"type": "list", "elements": "str", "choices": _WORKS, "default": []}},
    run=controller_only("merge_results"),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
