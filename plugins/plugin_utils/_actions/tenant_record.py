# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_record``: a step of a run that changes the stored record and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.events import EVENTS
from ...module_utils._tenant.plan import Plan
from .._runner.in_process import ControllerAction
from .._runner.tenant_context import Context
from .._steps.step import Step, now


class TenantRecordAction(ControllerAction):
    """Stores what has happened, or is about to."""

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
        """What no module is asked for."""
        return {}

    def kept(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        """Store the record as it is after the event, or forget it."""
        after = EVENTS[self.name](self.plan, self.context.record.current, now())
        return self.told(outcome, self.context.forget(call)) if after is None else self.stored(outcome, after, call)
