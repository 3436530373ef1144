# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recorded responses and the API description of Okta as facts in a compact format, and the comparison of the emulator with them.

`recorded.json` contains the responses of live orgs: a line per request, with method, path, status, error code, members and types.
`described.json` contains the operations of Okta's API description: parameters, members, types, and required members.
Neither contains texts of Okta; `extract.py` generates both from the folder `shared` beside the checkout. The shapes:

    "string", "integer", "number", "boolean", "null", "object", "any"    a value of this type
    "=ACTIVE|INACTIVE"                                                 one of these values
    "@Name"                                                            the shape with this name
    "string?", {"?": ...}                                              this, or null
    ["string"]                                                         a list of these; of any values if it is empty
    {"id!": "string", "name": "string"}                                members; "!" marks required members, "*" stands for all others
    {"|": [...]}                                                       one of these shapes
    {"^": "type", "IP": ..., "": ...}                                  the shape by the value of a member, "" for others
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@functools.cache
def load(name: str) -> Any:
    """Read one of the two files of facts."""
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
