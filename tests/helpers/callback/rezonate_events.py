# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the events of a run to a file as lines of JSON, in addition to the usual output."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: rezonate_events
type: aggregate
short_description: Write the results of all tasks as lines of JSON
description:
  - Results are as any callback receives them, so hidden results are hidden here too.
options: {}
"""


class CallbackModule(CallbackBase):
    """One line for each result, one for the statistics."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "rezonate_events"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._started: dict[str, float] = {}
        self._stream = open(os.environ["REZONATE_EVENTS"], "a", encoding="utf-8")  # noqa: SIM115 - open for the duration of the run

    def v2_runner_on_start(self, host: Any, _task: Any) -> None:
        self._started[host.get_name()] = time.time()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._result(result, "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._result(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._result(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._result(result, "unreachable")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._write({"stats": {host: stats.summarize(host) for host in stats.processed}, "artifacts": stats.custom.get("_run", {})})

    def _result(self, result: Any, status: str) -> None:
        host = _part(result, "host").get_name()
        values = dict(_part(result, "result"))
        now = time.time()
        event = {"host": host, "task": _part(result, "task").name, "status": status, "result": values}
        self._write({**event, "started": self._started.get(host, now), "ended": now})

    def _write(self, value: dict[str, Any]) -> None:
        self._stream.write(json.dumps(value, default=str) + "\n")
        self._stream.flush()


def _part(result: Any, name: str) -> Any:
    """Return an attribute of a result; ansible-core before 2.19 has it only with an underscore."""
    return getattr(result, name) if hasattr(result, name) else getattr(result, f"_{name}")
