# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``okta_audit_info``; in the role, each result also has what was audited before on the same host, for the report.

In a job of AWX it publishes itself for the last node of a workflow: a host on which rezonate_audit_fail_on ends the run is in no
play after that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._core.spec import Call
from ...module_utils._tenant.audit import unplanned, with_earlier
from .._planning.planning import Planner
from .._runner.plain_values import plain
from .._runner.tenant_context import STORED
from .._runner.tenant_warnings import is_of_role
from .publish_results import published, results

_REGISTERED = "rezonate__audit"
_SETS = "rezonate__scope_sets"
_NAMES = ("rezonate_method", "rezonate_tenant_id", "rezonate_org_url", "rezonate_okta_domain")


class AuditInfoAction(Planner):
    """Audits a tenant."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Audit, and add the audits before; also where this one failed, since its result takes their place."""
        variables = task_vars or {}
        result = super().run(tmp, task_vars)
        if is_of_role(self._task):
            tenant = result.get("tenant")
            result["audits"] = with_earlier(plain(variables.get(_REGISTERED)), tenant)
            if tenant and "awx_job_id" in variables:
                result["ansible_stats"] = published(results(variables, tenant))
        return result

    def more_options(self) -> Mapping[str, Any]:
        """In the role the tenant's plan, or, where there can't be one, what its variables say."""
        given = self._task.args
        if not is_of_role(self._task) or isinstance(given.get("tenant"), Mapping):
            return {}
        if given.get("problem"):
            return self._unplanned(self._variables)
        call = Call({}, self._task.check_mode, self._early_warnings.append)
        sets, text = (plain(self._templar.template(self._variables.get(name))) for name in (_SETS, STORED))
        return {"tenant": self.planned(call, "audit", sets, text or "").as_dict()}

    def _unplanned(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a tenant for which no plan could be made."""
        found = {name: plain(self._templar.template(variables[name])) for name in _NAMES if name in variables}
        given = {name: value for name, value in found.items() if value != variables.get("omit")}
        return unplanned(given, str(variables["inventory_hostname"]), plain(self._task.args.get("problem")))
