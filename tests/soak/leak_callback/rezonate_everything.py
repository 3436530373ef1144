# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes everything that callbacks receive to a file."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: rezonate_everything
type: aggregate
short_description: Write everything that a callback receives as lines of JSON
description:
  - Writes results, task arguments and statistics to the file E(REZONATE_EVERYTHING).
options: {}
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core ships no types
    """One line for each call."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "rezonate_everything"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stream = open(os.environ["REZONATE_EVERYTHING"], "a", encoding="utf-8")  # noqa: SIM115 - open for the duration of the run

    def v2_on_any(self, *args: Any, **kwargs: Any) -> None:
        values = [_values(value) for value in (*args, *kwargs.values())]
        self._stream.write(json.dumps(values, default=str) + "\n")
        self._stream.flush()


def _values(value: Any) -> Any:
    """Return everything that a callback can easily access."""
    if hasattr(value, "_result"):
        result = value._result  # ansible-core before 2.19 has no public attribute
        return {"result": result, "repr": repr(result), "task": _values(getattr(value, "_task", None))}
    if hasattr(value, "args") and hasattr(value, "get_name"):
        return {"task": value.get_name(), "args": {str(name): str(entry) for name, entry in value.args.items()}}
    if hasattr(value, "processed"):
        return {"stats": [str(host) for host in value.processed]}
    return str(value)
