#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verify the credentials of a tenant, compare it with its plan once more after a change, and store that they are verified."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_comparison
short_description: Verify the credentials of a tenant, compare it once more, and store that
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Mints an access token with the stored credentials, and reads with it, as M(rezonate.okta.okta_access_token) does.
  - After a change it looks once more, side by side, at what the run has changed. What the org did by itself meanwhile, such as
    making the app a super admin, is taken back.
  - Then it stores that the credentials are verified. Where they weren't, it fails, and the sentence says which admin roles the app
    holds.
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
"""

EXAMPLES = r"""
- name: Compare once more, and store that the credentials are verified
  rezonate.okta.tenant_comparison:
    tenant: "{{ verified.plan }}"
"""

RETURN = r"""
plan:
  description:
    - The tenant's plan; the next task takes it as O(rezonate.okta.tenant_comparison#module:tenant). It holds no secret.
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


def refuse(_call: Call) -> Outcome:
    """Say why a task that was sent off can't be done; the work is in ``_comparison_action``."""
    raise StateError(
        "tenant_comparison works only in the controller's own process, where the variables are:"
        " call it as rezonate.okta.tenant_comparison, without 'async'."
    )


MODULE = ModuleSpec(
    options={
        "tenant": {"type": "dict", "required": True},
    },
    run=refuse,
    needs=("requests", "cryptography", "jwcrypto", "yaml"),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
