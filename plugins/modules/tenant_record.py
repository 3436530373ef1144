#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Update the stored record of a tenant."""

from __future__ import annotations

DOCUMENTATION = r"""
module: tenant_record
short_description: Update the stored record of a tenant
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Records an event of a run that no other module records, such as the intent to request something from Okta, or a removal.
  - Fails if the record was changed by another process since the plan was created.
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
options:
  event:
    description:
      - The event to record.
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
- name: Record the intent before the request to Okta
  rezonate.okta.tenant_record:
    tenant: "{{ planned.plan }}"
    event: integration_requested

- name: Record that the next key is the current one
  module_defaults:
    rezonate.okta.tenant_record:
      event: promoted
  rezonate.okta.tenant_record:
    tenant: "{{ planned.plan }}"

# In an AWX job, the record is saved to the credential store that rezonate_credential_store names.
- name: Record the intent to create an integration
  rezonate.okta.tenant_record:
    tenant: "{{ planned.plan }}"
    event: integration_requested
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
from ..module_utils._tenant.record_events import EVENTS

MODULE = ModuleSpec(
    options={
        "tenant": {"type": "dict", "required": True},
        "event": {"type": "str", "choices": sorted(EVENTS), "required": True},
    },
    run=controller_only("tenant_record"),
    needs=("requests", "cryptography", "jwcrypto", "yaml"),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
