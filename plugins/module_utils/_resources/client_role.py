# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin roles that are assigned to an app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.errors import RezonateError, add_sentence
from .._core.spec import Call, Outcome
from .._okta.caller import SUPER_ADMIN
from .._okta.client import OktaClient
from .._okta.connection import connect
from .resource import DesiredSet, converge
from .role_assignment import (
    RoleAssignments,
    SuperAdminGuard,
    client_path,
    custom_key,
    standard_types,
    super_admin_warning,
    unexpected_roles,
)


def manage_client_roles(call: Call) -> Outcome:
    """Run the module `okta_client_role`."""
    before = call.params.get("roles_before")
    desired = _desired_roles(call.params, before)
    client = connect(call, ("okta.roles.manage",))
    if before is None or call.check_mode:
        return _converge(call, client, desired)
    # SUPER_ADMIN is kept where the task itself assigns it
    guard = SuperAdminGuard(client, call.params["app_client_id"], [*before, *desired.keys])
    if call.params.get("after_failure"):
        return _after_failure(call, guard)
    try:
        return _converge(call, client, desired)
    except RezonateError as error:
        add_sentence(error, guard.after_failure(error))
        if guard.removed:
            call.warn(super_admin_warning("was"))
        raise


def _converge(call: Call, client: OktaClient, desired: DesiredSet) -> Outcome:
    path = client_path(call.params["app_client_id"])
    roles = RoleAssignments(client, desired, path=path, holder="the app", is_new=call.params["new_app"])
    outcome = converge(roles, check_mode=call.check_mode)
    if SUPER_ADMIN in outcome.values["removed"]:
        call.warn(super_admin_warning("would be" if call.check_mode else "was"))
    return outcome


def _after_failure(call: Call, guard: SuperAdminGuard) -> Outcome:
    """Only remove SUPER_ADMIN; the run has failed already, so nothing fails here."""
    sentence = guard.after_failure()
    if guard.removed:
        call.warn(super_admin_warning("was"))
    call.warn(sentence)
    return Outcome(bool(guard.removed), {"roles": list(guard.held or ()), "added": [], "removed": sorted(guard.removed)})


def _desired_roles(params: Mapping[str, Any], before: Sequence[str] | None) -> DesiredSet:
    return DesiredSet(
        _desired_keys(params),
        present=params["state"] == "present",
        exclusive=params["exclusive"],
        forbidden=(*_standard(params["absent_roles"], "absent_roles"), *unexpected_roles(before)),
    )


def _desired_keys(params: Mapping[str, Any]) -> tuple[str, ...]:
    standard = _standard(params["roles"], "roles")
    custom = [custom_key(entry["role"], entry["resource_set"]) for entry in params["custom_roles"] or ()]
    return (*standard, *dict.fromkeys(custom))


def _standard(given: Sequence[str] | None, option: str) -> tuple[str, ...]:
    return standard_types(given or (), option, "custom ones belong in custom_roles")
