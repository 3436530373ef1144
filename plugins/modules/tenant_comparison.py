#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verify the credentials of a tenant, compare it with its plan again after a change, and record the verification."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_comparison
short_description: Verify the credentials of a tenant, compare it again, and record the verification
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Requests an access token with the stored credentials and reads with it, as M(rezonate.okta.okta_access_token) does.
  - After a change, it reads what the run has changed again. Changes that the org made by itself meanwhile, such as
    making the app a super admin, are removed.
  - It then records that the credentials are verified. If they can't be verified, it fails, and the message names the admin roles that
    the app holds.
requirements:
  - requests
  - cryptography
  - jwcrypto
extends_documentation_fragment:
  - rezonate.okta.tenant.plan
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.attributes.controller
seealso:
  - module: rezonate.okta.tenant_plan
  - module: rezonate.okta.tenant_report
"""

EXAMPLES = r"""
- name: Compare again and record the verification
  rezonate.okta.tenant_comparison:
    tenant: "{{ verified.plan }}"

- name: Compare in a play that sets its own defaults
  module_defaults:
    rezonate.okta.tenant_comparison: {}
  rezonate.okta.tenant_comparison:
    tenant: "{{ granted.plan }}"
  register: verified

# In an AWX job, the stored credentials come from the credential store of the controller.
- name: Verify the stored credentials
  rezonate.okta.tenant_comparison:
    tenant: "{{ planned.plan }}"
  register: verified
"""

RETURN = r"""
plan:
  description:
    - The updated plan of the tenant, for the next task. It contains no secret.
  returned: success
  type: dict
  sample:
    tenant: acme
    org_url: https://acme.okta.com
    steps: [onboard/oauth]
ciphertext:
  description: The encrypted record, for a credential store other than a file.
  returned: the record changed, and isn't stored in a file
  type: str
  sample: $ANSIBLE_VAULT;1.2;AES256;rezonate ...
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec, controller_only

MODULE = ModuleSpec(
    options={
        "tenant": {"type": "dict", "required": True},
    },
    run=controller_only("tenant_comparison"),
    needs=("requests", "cryptography", "jwcrypto", "yaml"),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
