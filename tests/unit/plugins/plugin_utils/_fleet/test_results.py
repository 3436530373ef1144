# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results that Ansible passes to a callback, in older and newer releases."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.results import (
    TaskResult,
    failure_message,
    has_changed,
    is_in_rescued_block,
    report_lines,
    summary_path,
)

TASK = SimpleNamespace(_uuid="u1", action="ansible.builtin.debug", get_name=lambda: "rezonate.okta.rezonate : Mint a token")
HOST = SimpleNamespace(get_name=lambda: "acme")


def parts(**values: Any) -> TaskResult:
    """Return the parts of a result."""
    return TaskResult("acme", TASK, values)


@pytest.mark.parametrize("names", [("host", "task", "result"), ("_host", "_task", "_result")])
def test_attributes_of_old_and_new_releases_are_read(names: tuple[str, str, str]) -> None:
    result = SimpleNamespace(**dict(zip(names, (HOST, TASK, {"changed": True}), strict=True)))
    found = TaskResult.of(result)
    assert (found.host, found.task_id, has_changed(found)) == ("acme", "u1", True)
    assert TaskResult.of(found) is found


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"msg": "Okta answered 401."}, "Mint a token: Okta answered 401."),
        ({"msg": ["One.", "Two."]}, "Mint a token: One.\nTwo."),
        ({"censored": "the output has been hidden"}, "Mint a token: its result is hidden (no_log)."),
        ({}, "Mint a token: it failed."),
    ],
)
def test_a_failure_has_a_message(values: dict[str, Any], message: str) -> None:
    assert failure_message(parts(**values)) == message


@pytest.mark.parametrize(
    ("values", "report"),
    [
        ({"msg": ["a", "b"]}, ["a", "b"]),
        ({"msg": "a\nb"}, ["a", "b"]),
        ({"msg": "a", "skipped": True}, []),
        ({"censored": "hidden"}, []),
    ],
)
def test_a_debug_task_is_a_report(values: dict[str, Any], report: list[str]) -> None:
    assert report_lines(parts(**values)) == report


def test_other_tasks_have_no_report() -> None:
    other = SimpleNamespace(action="rezonate.okta.okta_service_app")
    assert report_lines(TaskResult("acme", other, {"msg": "a"})) == []


def test_a_failure_is_rescued_only_within_the_block_itself() -> None:
    inner, in_rescue = SimpleNamespace(_uuid="1"), SimpleNamespace(_uuid="2")
    block = SimpleNamespace(_uuid="3", block=[inner], rescue=[in_rescue], _parent=None)
    inner._parent = in_rescue._parent = block
    deep = SimpleNamespace(_uuid="4", _parent=inner)
    assert [is_in_rescued_block(task) for task in (inner, deep, in_rescue, SimpleNamespace(_uuid="5"))] == [True, True, False, False]


@pytest.mark.parametrize(("value", "path"), [(None, None), ("", None), ("out.json", "out.json")])
def test_the_variable_names_the_file(value: str | None, path: str | None) -> None:
    asked = SimpleNamespace(get_vars=lambda **_asked: {"rezonate_summary_file": value})
    play = SimpleNamespace(get_variable_manager=lambda: asked, get_loader=DataLoader)
    assert summary_path(play, []) == path


def test_the_callback_does_not_write_the_file_that_the_play_writes() -> None:
    asked = SimpleNamespace(get_vars=lambda **_asked: {"rezonate_summary_file": "out.json", "rezonate__writes_summary": True})
    play = SimpleNamespace(get_variable_manager=lambda: asked, get_loader=DataLoader)
    assert summary_path(play, []) == ""
