# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_comparison``: verifies the credentials, and compares changed resources again before they are recorded as verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ...module_utils._core.errors import StateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.oauth import OAuth
from ...module_utils._tenant.plan import Plan
from ...modules.okta_access_token import MODULE as ACCESS_TOKEN
from ...modules.okta_client_role import MODULE as CLIENT_ROLE
from ...modules.okta_scope_grant import MODULE as SCOPE_GRANT
from ...modules.okta_service_app import MODULE as SERVICE_APP
from .._planning.comparison import Block, BlockResult, raise_first_error, run_blocks, with_results
from .._runner.in_process import ControllerAction
from .._runner.role_variables import run_step
from .._runner.tenant_context import Context
from .._steps.integration import SecretInspectionStep
from .._steps.oauth import AppStep
from .._steps.step import Step, record_time
from .._steps.verification import VerificationStep


class TenantComparisonAction(ControllerAction):
    """Verifies the credentials, and compares the tenant again."""

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        plan = Plan.of(call.params["tenant"])
        context = Context(plan, self._variables, self._templar.template, self._loader)
        if plan.method != "oauth":
            return SecretInspectionStep(context.with_plan(_with_verification(context, call))).run(call, lambda _call: Outcome())
        step = SecondComparison(context)
        step.plan = _with_verification(context, replace(call, parallel_task=partial(step.compare_again, call)))
        return step.run(call, lambda _call: Outcome())


def _with_verification(context: Context, call: Call) -> Plan:
    """The plan with the result of the verification; a refusal isn't a failure yet."""
    step = VerificationStep(context)
    if step.applies:
        block = Block(step.name, ACCESS_TOKEN, step.fill_options({}))
        step.run(call, lambda inner: run_step(step.name, replace(inner, params=block.params()), ACCESS_TOKEN.run))
    else:
        step.skipped_result()
    return step.plan


class SecondComparison(Step):
    """Compares the app again, corrects it, and stores that its credentials are verified."""

    name = "second_look"
    _compared: Mapping[str, BlockResult] = {}
    _has_corrected = False

    def options(self) -> Mapping[str, Any]:
        """No options, since the step has no module."""
        return {}

    def record_result(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        """Compare again, then store the result."""
        refused = self.plan.of_result("verification", "refused")
        if refused:
            raise StateError(f"{refused} {self._roles_after_failure(call)}".strip())
        if not self._compared:
            self.compare_again(call)
        raise_first_error(self._compared.values())
        self.plan = with_results(self.plan, self._compared)
        outcome = replace(outcome, changed=self._has_corrected)
        desired, current = OAuth(self.plan), self.context.record.current
        if self.plan.option("verify") and not self.plan.of_result("verification", "barred"):
            return self.save_record(outcome, desired.with_verification(current, now=record_time()), call)
        if call.check_mode and desired.stores_app:
            return self.result(outcome)  # the stored record doesn't include the changes of the app's task yet
        return self.save_record(outcome, desired.with_comparison(current), call)

    def compare_again(self, call: Call, _made: Mapping[str, Any] | None = None) -> None:
        """Compare the app with the desired state, and correct it, if this run made changes or the tenant isn't verified yet."""
        plan = self.context.plan
        if call.check_mode or not (plan.changed or not plan.is_verified):
            return
        desired = OAuth(plan)
        app = {**AppStep(self.context).fill_options({}), **desired.late_app()}
        common = {**self.context.connection(), **self.caller_options()}
        self._compared = run_blocks(
            [
                Block("late_roles", CLIENT_ROLE, {**common, **desired.late_roles()}),
                Block("late_app", SERVICE_APP, app),
                Block("late_grants", SCOPE_GRANT, {**common, **desired.late_grants()}),
            ],
            call,
        )
        self._has_corrected = self._has_corrected or any(one.has_drifted for one in self._compared.values())

    def _roles_after_failure(self, call: Call) -> str:
        """Remove roles that the org assigned automatically, and return which roles the app holds."""
        if call.check_mode:
            return ""
        warnings: list[str] = []
        options = {**self.context.connection(), **self.caller_options(), **OAuth(self.plan).late_roles(), "after_failure": True}
        compared: Mapping[str, BlockResult] = run_blocks([Block("late_roles", CLIENT_ROLE, options)], replace(call, warn=warnings.append))
        self.plan = with_results(self.plan, compared)
        for warning in warnings[:-1]:
            call.warn(warning)
        return warnings[-1] if warnings else ""
