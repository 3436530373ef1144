# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts, and whether a user can answer them in this run.

A terminal is not sufficient: ansible-runner, and so AWX, runs jobs with a pseudo-terminal without a user.
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
    """Whether standard input is a terminal that this process can read: a background job would be stopped."""
    try:
        descriptor = sys.stdin.fileno()
        if not os.isatty(descriptor):
            return False
    except (AttributeError, OSError, ValueError):  # standard input is missing or closed
        return False
    try:
        return os.getpgrp() == os.tcgetpgrp(descriptor)
    except OSError:  # not the controlling terminal, so there are no background jobs
        return True


# Read in Ansible's main process, which imports actions: standard input of the workers is /dev/null.
_TERMINAL = _reads_terminal()


def is_attended(variables: Mapping[str, Any], environment: Mapping[str, str] | None = None, *, terminal: bool | None = None) -> bool:
    """Whether a user can answer a prompt in this run.

    Args:
        variables: the task's variables; only their names are used.
        environment: the environment of the run; None for that of this process.
        terminal: whether standard input is a terminal; None for its state when Ansible started.
    """
    names = os.environ if environment is None else environment
    is_job = any(name in variables for name in _JOB_VARIABLES) or any(names.get(name) for name in _JOB_ENVIRONMENT)
    return not is_job and (_TERMINAL if terminal is None else terminal)


def prompt_user(prompt: str, variables: Mapping[str, Any], *, private: bool = False) -> str | None:
    """Prompt the user at the terminal; return None immediately if there is none.

    Args:
        prompt: the text of the prompt.
        variables: the task's variables.
        private: whether the input is not shown.

    Raises:
        AnsibleError: the user interrupted the prompt.
    """
    if not is_attended(variables):
        return None
    try:
        typed: bytes = Display().prompt_until(prompt, private=private)
    except AnsiblePromptNoninteractive:
        return None
    return typed.decode(errors="replace").strip()
