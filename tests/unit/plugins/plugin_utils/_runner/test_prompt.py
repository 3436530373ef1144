# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a user can answer a prompt: a terminal is not sufficient."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner import prompt

COLLECTIONS = Path(__file__).resolve().parents[5] / "playbooks" / "collections"
SHOW = f"""
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader([{str(COLLECTIONS)!r}])
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.prompt import is_attended
print(is_attended({{}}, {{}}))
"""
JOBS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "AWX": ({"awx_job_id": 7}, {"AWX_ISOLATED_DATA_DIR": "/runner/artifacts/7"}),
    "AWX, by its extra variable alone": ({"awx_job_id": 7}, {}),
    "AWX, the text of a number": ({"awx_job_id": "0"}, {}),
    "an older controller": ({"tower_job_id": 7}, {}),
    "ansible-runner": ({}, {"AWX_ISOLATED_DATA_DIR": "/tmp/artifacts/1"}),
}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_with_a_terminal_has_no_prompt(job: str) -> None:
    assert not prompt.is_attended(*JOBS[job], terminal=True)


@pytest.mark.parametrize("terminal", [True, False])
def test_elsewhere_the_terminal_decides(terminal: bool) -> None:
    assert prompt.is_attended({}, {"AWX_ISOLATED_DATA_DIR": ""}, terminal=terminal) is terminal


def shown(**options: Any) -> str:
    return subprocess.run([sys.executable, "-c", SHOW], stdout=subprocess.PIPE, text=True, check=True, timeout=60, **options).stdout.strip()


@pytest.mark.parametrize("controlling", [True, False])
def test_standard_input_is_read_when_ansible_starts(controlling: bool) -> None:
    controller, terminal = pty.openpty()
    # its own session, in which the terminal becomes the controlling one when it is opened
    take = (lambda: os.close(os.open(os.ttyname(terminal), os.O_RDWR))) if controlling else None
    assert shown(stdin=terminal, start_new_session=True, preexec_fn=take) == "True"
    os.close(controller)
    os.close(terminal)


def test_without_a_terminal_or_input_no_user_can_answer() -> None:
    assert shown(stdin=subprocess.DEVNULL) == "False"
    assert shown(preexec_fn=lambda: os.close(0)) == "False"


def test_a_prompt_without_a_user_returns_immediately() -> None:
    assert prompt.prompt_user("Are you there?", {"awx_job_id": 7}) is None
