# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a fleet as a JSON file, written atomically and never into another user's file."""

from __future__ import annotations

import json
import os
from typing import Any

from .._core.errors import InputError
from .._core.spec import Call, Outcome
from .._vault.locked_file import PUBLIC_MODE, LockedFile, overwrite_file

_MAX_BYTES = 64 * 1024 * 1024  # a thousand tenants take less than 1 MB


def write_fleet_summary(call: Call) -> Outcome:
    """Run the module `fleet_summary`."""
    given = os.path.expanduser(call.params["path"])
    if not given or "\0" in given or given.startswith("~"):
        raise InputError("'path' must be the path of a file, and a user named after '~' must exist.")
    path = os.path.abspath(given)
    try:
        data = (json.dumps(call.params["summary"], indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    except (TypeError, ValueError, RecursionError):
        raise InputError("'summary' contains values that JSON can't represent.") from None
    before = LockedFile(path, _MAX_BYTES, PUBLIC_MODE).read().data
    changed = before != data
    if changed and not call.check_mode:
        call.before_write()
        overwrite_file(path, data, "'path'")
    return Outcome(changed, {"path": path}, _diff_facts(before), _diff_facts(data))


def _diff_facts(data: bytes | None) -> dict[str, Any]:
    """The file for diff mode, without its content, which may be long."""
    return {"exists": data is not None, "bytes": len(data or b"")}
