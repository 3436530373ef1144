# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_record``: a step that changes the stored record only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.plan import Plan
from ...module_utils._tenant.record_events import EVENTS
from .._runner.in_process import ControllerAction
from .._runner.tenant_context import Context
from .._steps.step import Step, record_time


class TenantRecordAction(ControllerAction):
    """Stores an event of the run in the record."""

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        plan = Plan.of(call.params["tenant"])
        step = _RecordStep(Context(plan, self._variables, self._templar.template, self._loader), str(call.params["event"]))
        return step.run(call, lambda _call: Outcome())


class _RecordStep(Step):
    """One change of the record."""

    def __init__(self, context: Context, event: str) -> None:
        super().__init__(context)
        self.name = event

    def options(self) -> Mapping[str, Any]:
        """No options, since the step has no module."""
        return {}

    def record_result(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        """Store the record after the event, or remove it."""
        after = EVENTS[self.name](self.plan, self.context.record.current, record_time())
        return self.result(outcome, self.context.remove_record(call)) if after is None else self.save_record(outcome, after, call)
