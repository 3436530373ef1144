# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds the tenant to warnings: Ansible prints them without the host, and repeated texts only once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ROLE = "rezonate.okta.rezonate"


def prefix_warnings(result: dict[str, Any], task: Any, variables: Mapping[str, Any]) -> None:
    """Prefix the warnings and deprecations of a task of the role with the tenant; those of other tasks are not changed.

    Args:
        result: the result of the task, changed in place.
        task: the task, after its options were templated.
        variables: its variables.
    """
    if not is_role_task(task) or not (result.get("warnings") or result.get("deprecations")):
        return
    tenant = task.args.get("tenant")
    url = task.args.get("org_url") or (tenant.get("org_url") if isinstance(tenant, Mapping) else variables.get("rezonate__org_url"))
    where = f" ({url})" if isinstance(url, str) and "{{" not in url and url else ""
    prefix = f"Tenant {variables.get('inventory_hostname')}{where}: "
    result["warnings"] = [_prefixed(warning, prefix) for warning in result.get("warnings") or ()]
    for deprecation in result.get("deprecations") or ():
        if isinstance(deprecation, dict) and isinstance(deprecation.get("msg"), str):
            deprecation["msg"] = _prefixed(deprecation["msg"], prefix)
    if not result["warnings"]:
        del result["warnings"]


def is_role_task(task: Any) -> bool:
    """Whether a task is one of the role."""
    role = getattr(task, "_role", None)
    return role is not None and role.get_name() == _ROLE


def _prefixed(warning: Any, prefix: str) -> Any:
    return f"{prefix}{warning}" if isinstance(warning, str) else warning
