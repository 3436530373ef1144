# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_report``: prints the report of the plan."""

from __future__ import annotations

from typing import Any

from ansible.utils.display import Display

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.plan import Plan
from ...module_utils._tenant.report import Command, report_lines, report_summary
from ...module_utils._tenant.report_facts import Facts
from .._runner.in_process import InProcessAction
from .._runner.plain_values import plain_value


class TenantReportAction(InProcessAction):
    """Reports as the module debug does: the result is printed at any verbosity."""

    can_ship = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run as other actions; the result is always printed."""
        result = super().run(tmp, task_vars)
        result["_ansible_verbose_always"] = True
        return result

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        plan = Plan.of(call.params["tenant"])
        facts = Facts.of_plan(plan, verbose=Display().verbosity > 0)
        sources = plain_value(self._variables.get("ansible_inventory_sources")) or []
        lines = report_lines(facts, Command(sources, plan.host, plan.store.get("label")))
        work = f"rotate_{facts.stage}" if plan.work == "rotate" else plan.work
        status = {"work": work, **report_summary(facts)}
        return Outcome(values={"msg": lines, "tenant": plan.tenant, "org_url": plan.org_url, "rezonate": status})
