# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes that the modules of this collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """What a module supports and needs."""

    DOCUMENTATION = r"""
options: {}
requirements:
  - python >= 3.10
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would be changed, without changing anything.
  diff_mode:
    description: Returns details on what has changed, or would be changed in check mode, in diff mode. Secrets are never shown.
  in_process:
    description:
      - Runs in the controller's own process if the task targets the controller itself
        (connection V(local), no privilege escalation, no other Python interpreter, no C(async)).
        Otherwise it is transferred to the host as an ordinary module.
      - A transferred module encrypts a result that contains a secret for the worker that sent the module, so that no connection plugin
        prints it. The task is refused if its C(environment) may contain a secret, which Ansible would write to a command line.
      - In a loop with C(loop_control.extended), results of modules with secret options are hidden, because each of them repeats all items.
    support: full
"""

    # For modules that change something.
    WRITER = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
"""

    # For modules that only read.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module changes nothing in any mode.
  diff_mode:
    support: N/A
    details:
      - This module changes nothing.
"""

    # For modules that need what only the controller has.
    CONTROLLER = r"""
options: {}
attributes:
  in_process:
    details:
      - The module is never transferred to a host. The connection and the privilege escalation of the task have no effect.
notes:
  - Runs on the controller only, whatever the host and the connection of the task.
"""
