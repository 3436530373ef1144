#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change the stored record of a tenant, step by step of a run."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_record
short_description: Change the stored record of a tenant
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Stores a step of a run that no other module stores, such as the intent to ask Okta for something, or that something is gone.
  - Fails if somebody else has changed the record since the plan was made.
notes:
  - Runs on the controller only, whatever the host and the connection of the task.
extends_documentation_fragment:
  - rezonate.okta.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  in_process:
    support: full
    details:
      - The module is never shipped; connection and privilege escalation of the task don't matter.
options:
  tenant:
    description:
      - The plan of the tenant, as the step before returned it as C(plan).
    type: dict
    required: true
  event:
    description:
      - What has happened, or is about to.
    type: str
    choices:
      - forgotten
      - integration_requested
      - next_secret_requested
      - previous_retired
      - privileges_taken_away
      - promoted
      - remediation_taken_away
      - request_refused
      - secret_requested
    required: true
"""

EXAMPLES = r"""
- name: Store the intent before Okta hears of it
  rezonate.okta.tenant_record:
    tenant: "{{ planned.plan }}"
    event: integration_requested
"""

RETURN = r"""
plan:
  description:
    - The tenant's plan; the next task takes it as O(rezonate.okta.tenant_record#module:tenant). It holds no secret.
  returned: success
  type: dict
  sample:
    tenant: acme
    org_url: https://acme.okta.com
    steps: [onboard/oauth]
ciphertext:
  description: The encrypted record, for a store that is no file.
  returned: the record changed, and is not stored in a file
  type: str
  sample: $ANSIBLE_VAULT;1.2;AES256;rezonate ...
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.errors import StateError
from ..module_utils._core.spec import Call, ModuleSpec, Outcome
from ..module_utils._tenant.events import EVENTS


def refuse(_call: Call) -> Outcome:
    """Say why a task that was sent off can't be done; the work is in ``_record_action``."""
    raise StateError(
        "tenant_record works only in the controller's own process, where the variables are:"
        " call it as rezonate.okta.tenant_record, without 'async'."
    )


MODULE = ModuleSpec(
    options={
        "tenant": {"type": "dict", "required": True},
        "event": {"type": "str", "choices": sorted(EVENTS), "required": True},
    },
    run=refuse,
    needs=("requests", "cryptography", "jwcrypto", "yaml"),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
