# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Okta answers and describes, as facts in a compact form of our own, and the emulator held against it.

`recorded.json` is what live orgs answered: a line per request, with method, path, status, error code, members and types.
`described.json` is what Okta's API description says of each operation: parameters, members, types, what is required.
Neither holds a text of Okta's; `extract.py` makes both of the folder `shared` beside the checkout. The shapes:

    "string", "integer", "number", "boolean", "null", "object", "any"    a value of this type
    "=ACTIVE|INACTIVE"                                                 one of these values
    "@Name"                                                            the shape of this name
    "string?", {"?": ...}                                              this, or null
    ["string"]                                                         a list of these; of any, where it is empty
    {"id!": "string", "name": "string"}                                members; "!" marks those that are required, "*" stands for all others
    {"|": [...]}                                                       one of these shapes
    {"^": "type", "IP": ..., "": ...}                                  the shape that a member's value chooses, "" for others
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@functools.cache
def load(name: str) -> Any:
    """Return one of the two files of facts."""
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
