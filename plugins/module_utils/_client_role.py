# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin roles that are assigned to an app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._caller import SUPER_ADMIN
from ._connection import connect
from ._flow import SetWanted, converge
from ._role_assignment import RoleAssignments, client_path, custom_key, standard_types
from ._spec import Call, Outcome


def run(call: Call) -> Outcome:
    """Do what the module `okta_client_role` is asked."""
    params = call.params
    wanted = SetWanted(
        _wanted_keys(params),
        present=params["state"] == "present",
        exclusive=params["exclusive"],
        unwanted=_standard(params["absent_roles"], "absent_roles"),
    )
    client = connect(call, ("okta.roles.manage",))
    path = client_path(params["app_client_id"])
    roles = RoleAssignments(client, wanted, path=path, holder="the app", is_new=params["new_app"])
    outcome = converge(roles, check_mode=call.check_mode)
    if SUPER_ADMIN in outcome.values["removed"]:
        verb = "would be" if call.check_mode else "was"
        call.warn(f"The app held {SUPER_ADMIN}, by the org's own setting (Public client app admins) or by hand; it {verb} taken away.")
    return outcome


def _wanted_keys(params: Mapping[str, Any]) -> tuple[str, ...]:
    standard = _standard(params["roles"], "roles")
    custom = [custom_key(entry["role"], entry["resource_set"]) for entry in params["custom_roles"] or ()]
    return (*standard, *dict.fromkeys(custom))


def _standard(given: Sequence[str] | None, option: str) -> tuple[str, ...]:
    return standard_types(given or (), option, "custom ones belong in custom_roles")
