#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look after a network zone in Okta."""

from __future__ import annotations

DOCUMENTATION = r"""
module: okta_network_zone
short_description: Look after a network zone in Okta
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Creates, changes, activates and deletes an IP network zone. It holds exactly the gateways that the task names.
  - Only zones of type C(IP) and usage C(POLICY) are looked after. System zones, which Okta itself makes, are refused.
  - Okta doesn't delete a zone that is in use. Then the module fails with Okta's reason, and the zone is as active as before.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.okta
  - rezonate.okta.okta.oauth
  - rezonate.okta.okta.credential
  - rezonate.okta.okta.scopes
  - rezonate.okta.okta.writer
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  in_process:
    support: full
seealso:
  - module: rezonate.okta.okta_service_app
options:
  state:
    description:
      - V(present) makes the zone where it is missing, and activates it.
      - V(absent) deactivates and deletes it.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - The zone's id. Where the org has no such zone, the module fails, unless O(state=absent).
      - Without it, the zone is found by O(name).
    type: str
  name:
    description:
      - The zone's name, which no other zone of the org has. With O(id), the zone is renamed to it.
      - Without it, O(id) is needed, and the zone keeps its name.
    type: str
  gateways:
    description:
      - The addresses in the zone, each a single one (V(203.0.113.7)), a CIDR block (V(203.0.113.0/24)) or a range
        (V(203.0.113.4-203.0.113.9)). Others are taken out. A block, and a range of the same addresses, are the same.
      - Needed with O(state=present).
    type: list
    elements: str
  only_unused:
    description:
      - Only with O(state=absent). A zone that others use by then is left, and RV(left) says so. That Okta refuses to delete it likewise.
      - A zone is left too where who uses it can't be read, or where Okta shows the caller no apps.
      - Without it, whatever uses it isn't asked.
    type: bool
    default: false
  own_apps:
    description:
      - Client ids of apps that don't count as others for O(only_unused), such as one that is deleted in the same run.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Have a zone of the addresses that the vendor calls from
  rezonate.okta.okta_network_zone:
    org_url: acme
    name: Rezonate
    gateways:
      - 203.0.113.7
      - 198.51.100.16/28
  register: rezonate_zone

- name: Let the app be used from there alone
  rezonate.okta.okta_service_app:
    org_url: acme
    id: 0oas92c5r8A1EQacI5d7
    network_zones:
      - "{{ rezonate_zone.zone.id }}"
"""

RETURN = r"""
zone:
  description: The zone as it is now, or would be; C(null) where there is none.
  returned: success
  type: dict
  contains:
    id:
      description:
        - Okta's id of the zone, which M(rezonate.okta.okta_service_app) takes; C(null) in check mode where it would be made.
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
      description: The addresses in it, sorted, as CIDR blocks, and as ranges where they are none.
      returned: always
      type: list
      elements: str
      sample: [198.51.100.16/28, 203.0.113.7/32]
    created:
      description: When it was made (ISO 8601); C(null) in check mode where it would be made.
      returned: always
      type: str
      sample: "2026-01-06T19:50:57.000Z"
changes:
  description: What this run did, or would do, step by step.
  returned: success
  type: list
  elements: str
  sample: [replace gateways, activate]
created:
  description: Whether this run made it, or would.
  returned: success
  type: bool
  sample: true
left:
  description: Why it was left, a sentence; C(null) where it wasn't.
  returned: with O(only_unused), where it is there
  type: str
  sample: "The network zone Office (nzo1q9z0lzNFYbm2B5d7) was left, since others use it: the app Payroll (0oas92c5r8A1EQacI5d7)."
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
