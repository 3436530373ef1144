#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publish the results of a tenant as artifacts of the job."""

from __future__ import annotations

DOCUMENTATION = r"""
module: publish_results
short_description: Publish the results of a tenant as artifacts of the job
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Publishes the results of onboarding, rotating, offboarding and auditing a tenant, for M(rezonate.okta.merge_results) in the last job
    of a workflow. The role P(rezonate.okta.rezonate#role) calls it in its entry point C(tell).
  - The results are taken from what the role's tasks have registered for the host. No secret is among them.
  - Text from Okta never becomes a template where the artifacts are extra variables. Braces that would begin one get a space between them.
  - Fails if there is nothing to publish.
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
options: {}
"""

EXAMPLES = r"""
- name: Onboard the tenant
  ansible.builtin.include_role:
    name: rezonate.okta.rezonate

- name: Publish the results
  rezonate.okta.publish_results:
"""

RETURN = r"""
ansible_stats:
  description: The artifacts of the job, in the form in which M(ansible.builtin.set_stats) returns them.
  returned: success
  type: dict
  contains:
    data:
      description: The artifacts by name. Each name ends in the key of the tenant, by which AWX joins the artifacts of slices.
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
          says: "Tenant acme (https://acme.okta.com): onboarded and proven."
          at: "2026-01-31T12:00:00Z"
    per_host:
      description: Always V(false), since AWX drops the artifacts of hosts.
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
from ..module_utils._core.errors import StateError
from ..module_utils._core.spec import Call, ModuleSpec, Outcome


def refuse(_call: Call) -> Outcome:
    """Say why a shipped task can't be done; the work is in ``_publish_action``."""
    raise StateError(
        "publish_results works only in the controller's own process: call it as rezonate.okta.publish_results, without 'async'."
    )


MODULE = ModuleSpec(options={}, run=refuse)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
