# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preflight: what the calling credential is and may do."""

from __future__ import annotations

from ._caller import read_caller, require_super_admin
from ._connection import connect
from ._spec import Call, Outcome


def run_info(call: Call) -> Outcome:
    """Do what the module `okta_api_token_info` is asked."""
    client = connect(call, ("okta.roles.read",))
    caller = require_super_admin(client) if call.params["require_super_admin"] else read_caller(client)
    return Outcome(
        values={
            "caller": {
                "kind": caller.kind,
                "id": caller.id,
                "name": caller.name,
                "roles": None if caller.roles is None else list(caller.roles),
                "is_super_admin": caller.is_super_admin,
            },
        },
    )
