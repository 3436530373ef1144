#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask for confirmation before the tenants of a run are offboarded."""

from __future__ import annotations

DOCUMENTATION = r"""
module: confirm_offboarding
short_description: Ask for confirmation before tenants are offboarded
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Asks once for all hosts of the play, with their names and their number. The answer is that number or, for one host, its name.
    The role P(rezonate.okta.rezonate#role) runs it before it offboards.
  - The variables C(rezonate_confirm) and C(rezonate_offboard_tenants) together replace the answer if they are extra variables or variables
    of the play, the role or the task. A variable of the inventory doesn't, to prevent confirmation in advance.
  - Tenants that are named must be exactly the hosts of the play. Otherwise the run fails, also in check mode, and asks nobody.
  - If there is nobody to ask, such as without a terminal, in a job of AWX or under ansible-runner, it doesn't wait.
  - In check mode it doesn't ask, because nothing is removed.
notes:
  - The result of the task that asks must be registered as C(rezonate__confirmation), from which the other hosts read it.
  - All hosts must run this task before one continues, as with the strategy P(ansible.builtin.linear#strategy).
    With another strategy only the first host is certain to get the answer, and the others can be refused.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
  - rezonate.okta.attributes.controller
seealso:
  - module: rezonate.okta.tenant_plan
options:
  confirm:
    description:
      - The variable C(rezonate_confirm). V(true), V(yes), V(y), V(on) and V(1) confirm, in upper or lower case.
      - Without it, or without O(tenants), a person must confirm.
    type: str
  tenants:
    description:
      - The variable C(rezonate_offboard_tenants), the tenants to offboard. A list, or a string with commas or blanks, of names of hosts or
        of their tenants, in upper or lower case; or only their number.
      - Without it, a person must confirm.
    type: raw
  ask:
    description:
      - V(true) asks if nobody was asked yet, on the first host of the play only.
      - V(false) fails unless the offboarding is confirmed.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Ask once for all tenants
  rezonate.okta.confirm_offboarding:
    confirm: "{{ rezonate_confirm }}"
    tenants: "{{ rezonate_offboard_tenants }}"
  register: rezonate__confirmation

- name: Continue only after confirmation
  rezonate.okta.confirm_offboarding:
    confirm: "{{ rezonate_confirm }}"
    tenants: "{{ rezonate_offboard_tenants }}"
    ask: false

# In an AWX job, the survey asks for both variables.
- name: Confirm with the answers of the survey
  module_defaults:
    rezonate.okta.confirm_offboarding:
      ask: false
  rezonate.okta.confirm_offboarding:
    confirm: "{{ rezonate_confirm }}"
    tenants: "{{ rezonate_offboard_tenants }}"
"""

RETURN = r"""
confirmed:
  description: Whether the offboarding is confirmed for this host.
  returned: success
  type: bool
  sample: true
of:
  description: The hosts that the answer or the named tenants apply to, each with its tenant; empty without either.
  returned: success
  type: dict
  sample: {acme: acme, globex: globex}
reason:
  description: Why the answer doesn't confirm; C(null) without an answer, and if it confirms.
  returned: success
  type: str
  sample: "Nothing was removed: the answer was not 3, the number of tenants."
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import ModuleSpec, controller_only

MODULE = ModuleSpec(
    options={"confirm": {"type": "str"}, "tenants": {"type": "raw"}, "ask": {"type": "bool", "default": True}},
    run=controller_only("confirm_offboarding"),
)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
