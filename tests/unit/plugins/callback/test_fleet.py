# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the callback makes of single results; whole runs are in tests/integration/test_fleet_callback.py."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.callback.fleet import CallbackModule

NAME = "rezonate.okta.rezonate : Say how the tenant stands"


class Stage:
    """A callback in the middle of a play of three tenants, and what it displays."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.callback = CallbackModule()
        self.callback._display = SimpleNamespace(verbosity=0, display=lambda text, **_how: self.lines.append(text))
        self.callback._play = SimpleNamespace(any_errors_fatal=None)
        self.callback._batch = ["a", "b", "c"]
        for name in self.callback._batch:
            self.callback._tally.begin(name, 0.0)

    @property
    def status(self) -> dict[str, str]:
        """Each tenant's status once the batch has ended."""
        self.callback._end_batch()
        return {name: tenant.status for name, tenant in self.callback._tally.tenants.items()}


@pytest.fixture
def stage() -> Stage:
    return Stage()


def result(name: str = "Try it", action: str = "x", task: dict[str, Any] | None = None, **values: Any) -> Any:
    """Give a result of tenant a."""
    described = {"_uuid": "u1", "action": action, "get_name": lambda: name, "any_errors_fatal": None, "loop": None, **(task or {})}
    return SimpleNamespace(host=SimpleNamespace(get_name=lambda: "a"), task=SimpleNamespace(**described), result=values)


def test_the_roles_last_task_ends_a_tenant(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(result(changed=True))
    stage.callback.v2_runner_on_ok(result(NAME, "ansible.builtin.debug", msg=["Onboarded."]))
    assert stage.lines[-1].startswith("[1/3] a: onboarded, ")
    assert stage.lines[-1].endswith("\n    Onboarded.")


def test_what_another_debug_task_says_is_shown(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(result("Tell", "ansible.builtin.debug", msg="Here it is."))
    assert stage.lines == ["[a] Here it is."]


def test_an_ignored_failure_is_shown_and_no_failure(stage: Stage) -> None:
    stage.callback.v2_runner_on_failed(result(msg="Bad."), ignore_errors=True)
    assert stage.lines == ["[a] ignored: Try it: Bad."]
    assert stage.status["a"] == "unchanged"


def test_a_rescued_failure_is_shown_and_no_failure(stage: Stage) -> None:
    failed = result(msg="Bad.")
    failed.task._parent = SimpleNamespace(_uuid="b1", block=[failed.task], rescue=["something"], _parent=None)
    stage.callback.v2_runner_on_failed(failed)
    assert stage.lines == ["[a] failed, and the play goes on: Try it: Bad."]
    assert stage.status["a"] == "unchanged"


def test_a_loop_fails_with_its_first_items_sentence(stage: Stage) -> None:
    for text in ("First.", "Second."):
        stage.callback.v2_runner_item_on_failed(result(msg=text))
    stage.callback.v2_runner_on_failed(result(msg="One or more items failed"))
    assert stage.callback._tally.tenants["a"].failure == "Try it: First."


def test_one_out_of_reach_is_not_finished(stage: Stage) -> None:
    stage.callback.v2_runner_on_unreachable(result(msg="No way there."))
    assert "a: UNREACHABLE" in stage.lines[0]
    assert stage.status == {"a": "unfinished", "b": "unchanged", "c": "unchanged"}


@pytest.mark.parametrize("task", [{}, {"any_errors_fatal": True}])
def test_a_play_that_is_broken_off_leaves_the_others_unfinished(stage: Stage, task: dict[str, Any]) -> None:
    stage.callback.v2_runner_on_failed(result(task=task, msg="Bad."))
    if not task:
        stage.callback.v2_playbook_on_no_hosts_remaining()
    assert stage.status == {"a": "failed", "b": "unfinished", "c": "unfinished"}


def test_figures_are_printed_twice_a_minute(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(result())
    assert stage.lines == []
    stage.callback._progress_at -= 31
    for _time in range(2):
        stage.callback.v2_runner_on_ok(result())
    assert stage.lines == ["0 of 3 tenants done: 0 onboarded, 0 unchanged, 0 failed, 2 waiting."]
