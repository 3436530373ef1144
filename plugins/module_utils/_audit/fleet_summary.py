# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a fleet as a JSON file, written as a whole and never into a file of somebody else."""

from __future__ import annotations

import json
import os
from typing import Any

from .._core.errors import InputError
from .._core.spec import Call, Outcome
from .._vault.locked_file import PUBLIC_MODE, LockedFile, overwrite

_MAX_BYTES = 64 * 1024 * 1024  # a thousand tenants take less than 1 MB


def write_fleet_summary(call: Call) -> Outcome:
    """Do what the module `fleet_summary` is asked."""
    given = os.path.expanduser(call.params["path"])
    if not given or "\0" in given or given.startswith("~"):
        raise InputError("'path' has to be the path of a file, and a user named after '~' has to exist.")
    path = os.path.abspath(given)
    try:
        data = (json.dumps(call.params["summary"], indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    except (TypeError, ValueError, RecursionError):
        raise InputError("'summary' holds what JSON has no form for.") from None
    before = LockedFile(path, _MAX_BYTES, PUBLIC_MODE).read().data
    changed = before != data
    if changed and not call.check_mode:
        call.before_write()
        overwrite(path, data, "'path'")
    return Outcome(changed, {"path": path}, _shown(before), _shown(data))


def _shown(data: bytes | None) -> dict[str, Any]:
    """The file for the diff: none of its content, which may be long."""
    return {"exists": data is not None, "bytes": len(data or b"")}
