# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the resolved variables of a host that are new or changed, after each of its tasks, as a line of JSON."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.callback import CallbackBase
from ansible.template import Templar

DOCUMENTATION = r"""
name: rezonate_variables
type: aggregate
short_description: Write the new and changed variables of a host after each task as a line of JSON
description:
  - Each variable is resolved separately; a variable that cannot be resolved is omitted.
options: {}
"""
# Variables of all hosts, which are written per host.
_OF_OTHERS = ("hostvars", "vars", "groups", "environment")
# Marks of templates; resolving other values would take most of the time.
_MARKS = ("{{", "{%", "{#")


class CallbackModule(CallbackBase):
    """One line for each result."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "rezonate_variables"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._path = os.environ["REZONATE_VARIABLES"]
        self._play: Any = None
        self._templar = Templar(loader=DataLoader())  # one, since it compiles each template once
        self._written: dict[tuple[str, str], str] = {}

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._play = play

    def v2_runner_on_ok(self, result: Any) -> None:
        self._probe(result)

    def v2_runner_on_failed(self, result: Any, **_options: Any) -> None:
        self._probe(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._probe(result)

    def _probe(self, result: Any) -> None:
        task, host = _part(result, "task"), _part(result, "host")
        found = self._play.get_variable_manager().get_vars(play=self._play, host=host, task=task)
        self._templar.available_variables = found
        registered = {task.register: _part(result, "result")} if task.register else {}
        line = {"host": host.get_name(), "task": task.name, "registered": registered, "variables": {}}
        for name, value in found.items():
            if name in _OF_OTHERS:
                continue
            try:
                text = json.dumps(value, default=str)
                if any(mark in text for mark in _MARKS):
                    text = json.dumps(self._templar.template(value), default=str)
            except Exception:  # noqa: BLE001 - a variable that cannot be resolved has no value
                continue
            if self._written.get((line["host"], name)) != text:
                self._written[line["host"], name] = text
                line["variables"][str(name)] = json.loads(text)
        with open(self._path, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, default=str) + "\n")


def _part(result: Any, name: str) -> Any:
    """Return an attribute of a result; ansible-core before 2.19 has it only with an underscore."""
    return getattr(result, name) if hasattr(result, name) else getattr(result, f"_{name}")
