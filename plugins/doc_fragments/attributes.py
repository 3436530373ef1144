# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes that the modules of this collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """What a module can do besides its work."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and predict what would be changed, without changing anything.
  diff_mode:
    description: Returns what has changed, or would be changed in check mode, when in diff mode. Secrets never show.
  in_process:
    description:
      - Runs inside the controller's own process when the task is bound for the controller itself
        (connection V(local), no privilege escalation, no other Python interpreter, no C(async)),
        and is shipped to the host as an ordinary module otherwise.
      - A shipped module encrypts a result that holds a secret for the worker that shipped it, so that no connection plugin prints it.
        It is refused with an C(environment) that may hold a secret, which Ansible would write into a command line.
      - In a loop with C(loop_control.extended), results of modules with secret options are hidden, since each repeats all items.
"""

    # For modules that look at things only.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module changes nothing, whatever the mode.
  diff_mode:
    support: N/A
    details:
      - This module changes nothing.
"""
