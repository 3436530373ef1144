#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publish the results of a tenant as artifacts of the job."""

from __future__ import annotations

DOCUMENTATION = r"""
module: publish_results
short_description: Publish the results of a tenant as artifacts of the job
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Publishes the results of onboarding, rotating, offboarding and auditing a tenant, for M(rezonate.okta.merge_results) in the last job
    of a workflow. The role P(rezonate.okta.rezonate#role) runs it in its entry point C(publish).
  - The results are read from the variables that the role registers for the host. They contain no secret.
  - Text from Okta can't become a template in extra variables. A space separates braces that would start one.
  - Fails if there is nothing to publish.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.attributes.controller
seealso:
  - module: rezonate.okta.merge_results
options: {}
"""

EXAMPLES = r"""
- name: Onboard the tenant
  ansible.builtin.include_role:
    name: rezonate.okta.rezonate

- name: Publish the results
  rezonate.okta.publish_results:

# In an AWX job, the results become artifacts of the job, which the next node of the workflow gets.
- name: Publish the results of an audit as artifacts
  module_defaults:
    rezonate.okta.publish_results: {}
  rezonate.okta.publish_results:
"""

RETURN = r"""
ansible_stats:
  description: The artifacts of the job, as M(ansible.builtin.set_stats) returns them.
  returned: success
  type: dict
  contains:
    data:
      description: The artifacts by name. Each name ends in the key of the tenant, so that AWX can merge the artifacts of slices.
      returned: always
      type: dict
      sample:
        rezonate_tenant_result_acme:
          host: acme
          tenant: acme
          org_url: https://acme.okta.com
          work: onboard
          changed: true
          status: created
          says: "Tenant acme (https://acme.okta.com): onboarded and verified."
          at: "2026-01-31T12:00:00Z"
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

MODULE = ModuleSpec(options={}, run=controller_only("publish_results"))


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
