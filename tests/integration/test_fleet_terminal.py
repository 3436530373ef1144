# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet callback on a terminal: it does not hang, and it restores the state of the terminal."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from helpers.ansible_run import command, environment
from helpers.terminal import Terminal

HOSTS = [f"t{number:02}" for number in range(12)]
BAR = re.compile(r"\d+/12 [━─]+")
LIMIT = 240.0  # seconds; an idle machine needs a few
# Tasks with one module each, some of which print; each is one fork per host.
TASKS: list[dict[str, Any]] = [
    {"ansible.builtin.set_fact": {"a": "{{ inventory_hostname }}"}},
    {"ansible.builtin.debug": {"msg": "Here is {{ a }}."}},
    {"ansible.builtin.set_fact": {"b": 1}, "loop": [1, 2, 3]},
]


def start(folder: Path, tasks: Sequence[Mapping[str, Any]], *args: str, env: Mapping[str, str] | None = None, **how: Any) -> Terminal:
    """Start a play of twelve hosts."""
    return Terminal(prepared(folder, tasks, *args, play=how.pop("play", {})), folder, variables(folder, env), **how)


def prepared(folder: Path, tasks: Sequence[Mapping[str, Any]], *args: str, play: Mapping[str, Any] | None = None) -> list[str]:
    """Write a play of twelve hosts; return the command that runs it."""
    play = {"name": "Try", "hosts": "all", "gather_facts": False, **(play or {}), "tasks": list(tasks)}
    (folder / "play.json").write_text(json.dumps([play]), encoding="utf-8")
    return command("ansible-playbook", "-i", ",".join(HOSTS) + ",", "-c", "local", "play.json", *args)


def variables(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment."""
    variables_of_callback = {"ANSIBLE_STDOUT_CALLBACK": "rezonate.okta.fleet", "REZONATE_SUMMARY_FILE": "fleet.json", "ANSIBLE_FORKS": "12"}
    return environment(folder / "home", **variables_of_callback, **(more or {}))


def screen(output: str) -> str:
    """Return the remaining text of an infinitely long screen: erased progress bars are removed."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[\??[\d;]*[A-Za-z]|[^\x1b\r\n]+|.", output, re.DOTALL):
        if part in ("\r", "\n"):
            row, column = row + (part == "\n"), 0
            lines += [""] * (row + 1 - len(lines))
        elif part == "\x1b[J":
            lines[row:] = [lines[row][:column]]
        elif part.endswith("A") and part.startswith("\x1b"):
            row -= int(part[2:-1])
        elif not part.startswith("\x1b"):
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part) :]
            column += len(part)
    return "\n".join(lines)


def is_restored(terminal: Terminal) -> bool:
    """Whether the cursor is visible at the start of a line, no bar remains, and the terminal has its original modes."""
    shown = screen(terminal.output)
    return (
        shown.endswith("\n")
        and not BAR.search(shown)
        and terminal.output.count("\x1b[?25l") == terminal.output.count("\x1b[?25h")
        and "\x1b[?1049" not in terminal.output
        and terminal.modes_now() == terminal.modes
    )


@pytest.mark.parametrize("attempt", range(3))
def test_a_run_of_twelve_tenants_on_a_terminal_completes(tmp_path: Path, attempt: int) -> None:
    with closing(start(tmp_path, TASKS * (2 + attempt), "--diff")) as terminal:
        assert terminal.finish(LIMIT) == 0
        assert BAR.search(terminal.output)
        assert "12 tenants in " in screen(terminal.output)
        assert is_restored(terminal)
    assert json.loads((tmp_path / "fleet.json").read_text())["interrupted"] is False


def test_printed_lines_remain_and_the_bar_is_removed(tmp_path: Path) -> None:
    tasks = [{"ansible.builtin.debug": {"msg": "{{ inventory_hostname }} says so."}}, {"ansible.builtin.wait_for": {"timeout": 1}}]
    with closing(start(tmp_path, tasks)) as terminal:
        assert terminal.finish(LIMIT) == 0
        shown = screen(terminal.output)
    assert [name for name in HOSTS if f"\n[{name}] {name} says so.\n" not in shown] == []
    assert not BAR.search(shown)


def test_a_terminal_can_be_resized_at_any_time(tmp_path: Path) -> None:
    with closing(start(tmp_path, TASKS * 3, "-v")) as terminal:
        terminal.wait_for("/12 ")
        for size in ((20, 10), (200, 60), (1, 1), (0, 0), (80, 24)):
            terminal.resize(*size)
            terminal.read_for(0.7)
        assert terminal.finish(LIMIT) == 0
        assert "12 tenants in " in terminal.output
        assert terminal.modes_now() == terminal.modes


@pytest.mark.parametrize("attempt", range(2))
def test_ctrl_c_prints_the_summary_and_restores_the_terminal(tmp_path: Path, attempt: int) -> None:
    with closing(start(tmp_path, [TASKS[0], {"ansible.builtin.wait_for": {"timeout": 300}}])) as terminal:
        terminal.wait_for("12 waiting" if attempt else "0/12 ")
        terminal.type("\x03")
        assert terminal.finish(LIMIT) != 0
        assert "Interrupted. 12 tenants in " in screen(terminal.output)
        assert is_restored(terminal)
    assert json.loads((tmp_path / "fleet.json").read_text())["interrupted"] is True


@pytest.mark.parametrize(
    ("env", "size"),
    [({"TERM": "dumb"}, (80, 24)), ({"TERM": ""}, (80, 24)), ({}, (0, 0))],
    ids=["dumb", "no TERM", "no size"],
)
def test_a_terminal_without_bar_support_shows_only_lines(tmp_path: Path, env: dict[str, str], size: tuple[int, int]) -> None:
    with closing(start(tmp_path, TASKS, env=env, size=size)) as terminal:
        assert terminal.finish(LIMIT) == 0
        assert not BAR.search(terminal.output)
        assert "\x1b[J" not in terminal.output
        assert "12 tenants in " in terminal.output


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"ANSIBLE_FORCE_COLOR": "1", "ANSIBLE_NOCOLOR": "0"}, {"LC_ALL": "C", "LANG": "C"}])
def test_colors_and_locales_are_supported(tmp_path: Path, env: dict[str, str]) -> None:
    with closing(start(tmp_path, TASKS, env={"LC_ALL": "C.UTF-8", **env} if "LC_ALL" not in env else env, size=(20, 8))) as terminal:
        assert terminal.finish(LIMIT) in (0, 1)  # Ansible refuses a locale that isn't UTF-8
        assert terminal.modes_now() == terminal.modes


def test_there_is_no_bar_during_a_prompt(tmp_path: Path) -> None:
    prompt = {"vars_prompt": [{"name": "word", "prompt": "Which word", "private": False}]}
    tasks = [*TASKS, {"ansible.builtin.pause": {"prompt": "Go on"}}, {"ansible.builtin.debug": {"msg": "{{ word }}"}}]
    with closing(start(tmp_path, tasks, play=prompt)) as terminal:
        terminal.wait_for("Which word")
        terminal.type("hello\n")
        terminal.wait_for("Go on")
        assert "/12 " not in terminal.read_for(3)  # otherwise drawn twice a second
        terminal.type("\r")
        assert terminal.finish(LIMIT) == 0
        assert "hello" in terminal.output
        assert is_restored(terminal)


def test_in_a_pipe_and_with_stdout_closed_there_is_no_bar(tmp_path: Path) -> None:
    words = prepared(tmp_path, TASKS)
    run = subprocess.run(words, cwd=tmp_path, env=variables(tmp_path), capture_output=True, text=True, timeout=LIMIT, check=True)
    assert "12 tenants in " in run.stdout
    assert "\x1b" not in run.stdout
    closed = ["/bin/sh", "-c", '"$@" >&-', "sh", *words]
    ended = subprocess.run(closed, cwd=tmp_path, env=variables(tmp_path), stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False)
    assert "fleet.py" not in ended.stderr  # the status is up to Ansible
