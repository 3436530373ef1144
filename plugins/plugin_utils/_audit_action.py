# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``okta_audit_info``; in the role, each result also has what was audited before on the same host, for the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils._tenant.audit import unplanned, with_earlier
from ._in_process import InProcessAction
from ._plain import plain
from ._tenant_warnings import is_of_role

_REGISTERED = "rezonate__audit"
_NAMES = ("rezonate_method", "rezonate_tenant_id", "rezonate_org_url", "rezonate_okta_domain")


class AuditInfoAction(InProcessAction):
    """Audits a tenant."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Audit, and add the audits before; also where this one failed, since its result takes their place."""
        variables = task_vars or {}
        if not is_of_role(self._task):
            return super().run(tmp, task_vars)
        if not isinstance(self._task.args.get("tenant"), Mapping):
            self._task.args = self._unplanned(variables)
        result = super().run(tmp, task_vars)
        result["audits"] = with_earlier(plain(variables.get(_REGISTERED)), result.get("tenant"))
        return result

    def _unplanned(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a tenant for which no plan could be made."""
        found = {name: plain(self._templar.template(variables[name])) for name in _NAMES if name in variables}
        given = {name: value for name, value in found.items() if value != variables.get("omit")}
        return unplanned(given, str(variables["inventory_hostname"]), plain(self._task.args.get("problem")))
