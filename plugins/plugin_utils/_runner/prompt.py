# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a person can be asked something in this run, and how it is asked.

A terminal alone proves nothing: ansible-runner, and so AWX, gives its jobs a pseudo-terminal at which nobody types.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsiblePromptNoninteractive
from ansible.utils.display import Display

# Extra variables and environment variables of jobs: AWX and Automation Controller set the former, ansible-runner the latter.
_JOB_VARIABLES = ("awx_job_id", "tower_job_id")
_JOB_ENVIRONMENT = ("AWX_ISOLATED_DATA_DIR",)


def _reads_terminal() -> bool:
    """Whether standard input is a terminal, and this process may read it: a background job would be stopped."""
    try:
        descriptor = sys.stdin.fileno()
        if not os.isatty(descriptor):
            return False
    except (AttributeError, OSError, ValueError):  # there is none, or it is closed
        return False
    try:
        return os.getpgrp() == os.tcgetpgrp(descriptor)
    except OSError:  # a terminal, but not the controlling one: there is no background then
        return True


# Read before the workers fork, since theirs is /dev/null: an action's imports are done in Ansible's main process.
_TERMINAL = _reads_terminal()


def is_attended(variables: Mapping[str, Any], environment: Mapping[str, str] | None = None, *, terminal: bool | None = None) -> bool:
    """Whether a person can be asked something in this run.

    Args:
        variables: the task's variables; only their names count.
        environment: the environment of the run; None is that of this process.
        terminal: whether standard input is a terminal; None is what it was when Ansible started.
    """
    names = os.environ if environment is None else environment
    is_job = any(name in variables for name in _JOB_VARIABLES) or any(names.get(name) for name in _JOB_ENVIRONMENT)
    return not is_job and (_TERMINAL if terminal is None else terminal)


def ask(prompt: str, variables: Mapping[str, Any], *, private: bool = False) -> str | None:
    """Ask the person at the terminal; None, at once, where there is none.

    Args:
        prompt: what is shown.
        variables: the task's variables.
        private: whether what is typed stays invisible.

    Raises:
        AnsibleError: the person interrupted the prompt.
    """
    if not is_attended(variables):
        return None
    try:
        typed: bytes = Display().prompt_until(prompt, private=private)
    except AnsiblePromptNoninteractive:
        return None
    return typed.decode(errors="replace").strip()
