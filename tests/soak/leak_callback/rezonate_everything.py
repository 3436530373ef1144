# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes down everything that callbacks are given, as the chattiest of them might."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: rezonate_everything
type: aggregate
short_description: Write all that a callback gets as lines of JSON
description:
  - To the file that E(REZONATE_EVERYTHING) names; results, the task's own arguments, statistics.
options: {}
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core ships no types
    """One line for each call, whatever it is."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "rezonate_everything"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stream = open(os.environ["REZONATE_EVERYTHING"], "a", encoding="utf-8")  # noqa: SIM115 - open as long as the run lasts

    def v2_on_any(self, *args: Any, **kwargs: Any) -> None:
        said = [_told(value) for value in (*args, *kwargs.values())]
        self._stream.write(json.dumps(said, default=str) + "\n")
        self._stream.flush()


def _told(value: Any) -> Any:
    """Everything that a callback may reach without effort."""
    if hasattr(value, "_result"):
        result = value._result  # before ansible-core 2.19 there is no other way
        return {"result": result, "repr": repr(result), "task": _told(getattr(value, "_task", None))}
    if hasattr(value, "args") and hasattr(value, "get_name"):
        return {"task": value.get_name(), "args": {str(name): str(entry) for name, entry in value.args.items()}}
    if hasattr(value, "processed"):
        return {"stats": [str(host) for host in value.processed]}
    return str(value)
