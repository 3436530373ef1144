#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage a network zone in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_network_zone
short_description: Manage a network zone in Okta
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Creates, updates, activates and deletes an IP network zone with exactly the gateways that the task names.
  - Only zones of type C(IP) and usage C(POLICY) are managed. System zones, which Okta creates, are refused.
  - Okta doesn't delete a zone that is in use. The module then fails with Okta's reason, and the status of the zone isn't changed.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.okta
  - rezonate.okta.okta.writer
  - rezonate.okta.resource.only_unused
  - rezonate.okta.resource.own_apps
seealso:
  - module: rezonate.okta.okta_service_app
  - name: Okta API, network zones
    description: The API that this module calls.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/NetworkZone/
options:
  state:
    description:
      - V(present) creates the zone if it is missing, updates it and activates it.
      - V(absent) deactivates and deletes it.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The zone's id. If the org has no such zone, the module fails, unless O(state=absent).
      - Without it, the zone is found by O(name).
    type: str
  name:
    description:
      - The zone's name, which is unique in the org. With O(id), the zone is renamed to it.
      - Without it, O(id) is required, and the name isn't changed.
    type: str
  gateways:
    description:
      - The addresses in the zone, each a single one (V(203.0.113.7)), a CIDR block (V(203.0.113.0/24)) or a range
        (V(203.0.113.4-203.0.113.9)). Others are removed. A block and a range of the same addresses are equal.
      - Required with O(state=present).
    type: list
    elements: str
  only_unused:
    description:
      - With O(state=absent), whether a zone that others use is left in place. RV(left) gives the reason. If Okta refuses to delete
        the zone, if its users can't be read, or if Okta shows the caller no apps, it is left in place too.
      - With V(false), usage isn't checked.
"""

EXAMPLES = r"""
- name: Create a zone of the addresses that the vendor calls from
  rezonate.okta.okta_network_zone:
    org_url: acme
    name: Rezonate
    gateways:
      - 203.0.113.7
      - 198.51.100.16/28
  register: rezonate_zone

- name: Limit the app to these addresses
  rezonate.okta.okta_service_app:
    org_url: acme
    id: 0oas92c5r8A1EQacI5d7
    network_zones:
      - "{{ rezonate_zone.zone.id }}"

- name: Set the connection once for several tasks
  module_defaults:
    group/rezonate.okta.okta:
      org_url: https://acme.okta.com
      api_token: "{{ okta_api_token }}"
  block:
    - name: Create the zone
      rezonate.okta.okta_network_zone:
        name: Rezonate
        gateways: [203.0.113.7]

# In an AWX job, a credential of the type Okta API token supplies org_url and api_token by its environment.
- name: Delete the zone
  rezonate.okta.okta_network_zone:
    name: Rezonate
    state: absent
"""

RETURN = r"""
zone:
  description: The zone after the change, or as it would be; C(null) if there is none.
  returned: success
  type: dict
  contains:
    id:
      description:
        - Okta's id of the zone, for M(rezonate.okta.okta_service_app); C(null) in check mode if the zone would be created.
      returned: always
      type: str
      sample: nzouagptWUz5DlLfM0g3
    name:
      description: The zone's name.
      returned: always
      type: str
      sample: Rezonate
    status:
      description: V(ACTIVE) or V(INACTIVE).
      returned: always
      type: str
      sample: ACTIVE
    gateways:
      description: The addresses in the zone, sorted, as CIDR blocks or, if that isn't possible, as ranges.
      returned: always
      type: list
      elements: str
      sample: [198.51.100.16/28, 203.0.113.7/32]
    created:
      description: Time of creation (ISO 8601); C(null) in check mode if the zone would be created.
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
changes:
  description: The steps of the change, or of the change that would be made.
  returned: success
  type: list
  elements: str
  sample: [replace gateways, activate]
created:
  description: Whether this task created the zone, or would.
  returned: success
  type: bool
  sample: true
left:
  description: Why the zone was not deleted; C(null) if it was.
  returned: when O(only_unused=true) and the zone exists
  type: str
  sample: "The network zone Office (nzo1q9z0lzNFYbm2B5d7) was left unchanged, since others use it: the app Payroll (0oas92c5r8A1EQacI5d7)."
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._okta.connection import LIBRARIES, WRITER_OPTIONS
from ..module_utils._resources.network_zone import manage_network_zone

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        **WRITER_OPTIONS,
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "id": {"type": "str"},
        "name": {"type": "str"},
        "gateways": {"type": "list", "elements": "str"},
        "only_unused": {"type": "bool", "default": False},
        "own_apps": {"type": "list", "elements": "str"},
    },
    run=manage_network_zone,
    needs=LIBRARIES,
    rules={"required_one_of": [["id", "name"]], "required_if": [["state", "present", ["gateways"]]]},
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
