#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have the offboarding of a run's tenants confirmed."""

from __future__ import annotations

DOCUMENTATION = r"""
module: confirm_offboarding
short_description: Have the offboarding of a run's tenants confirmed
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Asks a person once for all hosts of the play, with their names and their number. The answer is that number or, of one host, its name.
    The role P(rezonate.okta.rezonate#role) calls it before it offboards.
  - The variable C(rezonate_confirm) answers it, as an extra variable, or as a variable of the play, the role or the task. A variable
    of the inventory doesn't, so that nobody has confirmed in advance.
  - Where nobody can be asked, such as without a terminal, in a job of AWX or below ansible-runner, nobody is waited for.
  - In check mode nothing is asked, since nothing is removed.
notes:
  - Runs on the controller only, whatever the host and the connection of the task.
  - The result of the task that asks has to be registered as C(rezonate__confirmation), where the other hosts look for it.
  - All hosts have to ask before one goes on, as they do with the strategy P(ansible.builtin.linear#strategy).
    With another one only the first host is sure to learn of the answer, and the others may be refused.
extends_documentation_fragment:
  - rezonate.okta.attributes
  - rezonate.okta.attributes.info
attributes:
  in_process:
    support: full
    details:
      - The module is never shipped; connection and privilege escalation of the task don't matter.
options:
  confirm:
    description:
      - The variable C(rezonate_confirm). V(true), V(yes), V(y), V(on) and V(1) confirm, whichever case they are in.
      - Without it, only a person can confirm.
    type: str
  ask:
    description:
      - V(true) asks, where that wasn't done yet. Only the first host of the play does.
      - V(false) fails unless there is an answer that confirms.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Ask once for all tenants
  rezonate.okta.confirm_offboarding:
    confirm: "{{ rezonate_confirm }}"
  register: rezonate__confirmation

- name: Go on only where it was confirmed
  rezonate.okta.confirm_offboarding:
    confirm: "{{ rezonate_confirm }}"
    ask: false
"""

RETURN = r"""
confirmed:
  description: Whether the offboarding is confirmed, as far as this host knows.
  returned: success
  type: bool
  sample: true
of:
  description: The hosts that a person was asked about, each with its tenant; empty where nobody was asked.
  returned: success
  type: dict
  sample: {acme: acme, globex: globex}
reason:
  description: What was wrong with the answer; C(null) where there was none, or nothing was wrong.
  returned: success
  type: str
  sample: "Nothing was taken back: the answer was not 3, the number of its tenants."
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.errors import InputError
from ..module_utils._core.spec import Call, ModuleSpec, Outcome


def run(_call: Call) -> Outcome:
    """Refuse: without its action the module knows no play."""
    raise InputError("confirm_offboarding runs on the controller only.")


MODULE = ModuleSpec(options={"confirm": {"type": "str"}, "ask": {"type": "bool", "default": True}}, run=run)


def main() -> None:
    """Run the module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
