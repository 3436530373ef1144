# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``okta_audit_info``; in the role, each result also contains the earlier audits of the same host, for the report.

In a job of AWX it publishes its result for the last node of a workflow: if rezonate_audit_fail_on ends the run for a host,
no later play includes the host.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._core.spec import Call
from ...module_utils._tenant.audit import append_audit, options_without_plan
from .._planning.planning import Planner
from .._runner.plain_values import plain_value
from .._runner.tenant_context import STORED_TEXT
from .._runner.tenant_warnings import is_role_task
from .publish_results import artifact_stats, host_artifacts

_REGISTERED = "rezonate__audit"
_SETS = "rezonate__scope_sets"
_NAMES = ("rezonate_method", "rezonate_tenant_id", "rezonate_org_url", "rezonate_okta_domain")


class AuditInfoAction(Planner):
    """Audits a tenant."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Audit, and add the earlier audits; also after a failure, since this result replaces theirs."""
        variables = task_vars or {}
        result = super().run(tmp, task_vars)
        if is_role_task(self._task):
            tenant = result.get("tenant")
            result["audits"] = append_audit(plain_value(variables.get(_REGISTERED)), tenant)
            if tenant and "awx_job_id" in variables:
                result["ansible_stats"] = artifact_stats(host_artifacts(variables, tenant))
        return result

    def additional_options(self) -> Mapping[str, Any]:
        """In the role the tenant's plan or, if there can't be one, the values of its variables."""
        given = self._task.args
        if not is_role_task(self._task) or isinstance(given.get("tenant"), Mapping):
            return {}
        if given.get("problem"):
            return self._unplanned(self._variables)
        call = Call({}, self._task.check_mode, self._early_warnings.append)
        sets, text = (plain_value(self._templar.template(self._variables.get(name))) for name in (_SETS, STORED_TEXT))
        return {"tenant": self.make_plan(call, "audit", sets, text or "").as_dict()}

    def _unplanned(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a tenant without a plan."""
        found = {name: plain_value(self._templar.template(variables[name])) for name in _NAMES if name in variables}
        given = {name: value for name, value in found.items() if value != variables.get("omit")}
        return options_without_plan(given, str(variables["inventory_hostname"]), plain_value(self._task.args.get("problem")))
