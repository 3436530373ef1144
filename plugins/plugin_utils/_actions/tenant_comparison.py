# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_comparison``: the credentials are verified, and what was changed is looked at once more before they count as that."""

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
from .._planning.comparison import Block, Compared, raise_first, run_blocks, with_results
from .._runner.in_process import ControllerAction
from .._runner.tenant_context import Context
from .._steps.integration import SecretInspection
from .._steps.oauth import AppStep
from .._steps.step import Step, now
from .._steps.verification import VerificationStep


class TenantComparisonAction(ControllerAction):
    """Verifies, and looks at the tenant once more."""

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        plan = Plan.of(call.params["tenant"])
        context = Context(plan, self._variables, self._templar.template, self._loader)
        if plan.method != "oauth":
            return SecretInspection(context.of(_verified(context, call))).run(call, lambda _call: Outcome())
        step = SecondComparison(context)
        step.plan = _verified(context, replace(call, beside=partial(step.look, call)))
        return step.run(call, lambda _call: Outcome())


def _verified(context: Context, call: Call) -> Plan:
    """The plan with what came of verifying the stored credentials; a refusal is no failure yet."""
    step = VerificationStep(context)
    if step.applies:
        block = Block(step.name, ACCESS_TOKEN, step.filled({}))
        step.run(call, lambda quiet: ACCESS_TOKEN.run(replace(quiet, params=block.params())))
    else:
        step.skipped()
    return step.plan


class SecondComparison(Step):
    """Compares the app again, corrects it, and stores that its credentials are verified."""

    name = "second_look"
    _compared: Mapping[str, Compared] = {}
    _has_corrected = False

    def options(self) -> Mapping[str, Any]:
        """What no module is asked for."""
        return {}

    def kept(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        """Look, then store."""
        refused = self.plan.of_result("verification", "refused")
        if refused:
            raise StateError(f"{refused} {self._roles_after_failure(call)}".strip())
        if not self._compared:
            self.look(call)
        raise_first(self._compared.values())
        self.plan = with_results(self.plan, self._compared)
        outcome = replace(outcome, changed=self._has_corrected)
        wanted, current = OAuth(self.plan), self.context.record.current
        if self.plan.option("verify") and not self.plan.of_result("verification", "barred"):
            return self.stored(outcome, wanted.with_verification(current, now=now()), call)
        if call.check_mode and wanted.stores_app:
            return self.told(outcome)  # what is stored isn't yet what the task that finds the app would have left
        return self.stored(outcome, wanted.with_comparison(current), call)

    def look(self, call: Call, _made: Mapping[str, Any] | None = None) -> None:
        """Compare the app with the desired state, and correct it, if this run changed something or nothing is verified yet."""
        plan = self.context.plan
        if call.check_mode or not (plan.changed or not plan.is_verified):
            return
        wanted = OAuth(plan)
        app = {**AppStep(self.context).filled({}), **wanted.late_app()}
        common = {**self.context.connection(), **self.caller()}
        self._compared = run_blocks(
            [
                Block("late_roles", CLIENT_ROLE, {**common, **wanted.late_roles()}),
                Block("late_app", SERVICE_APP, app),
                Block("late_grants", SCOPE_GRANT, {**common, **wanted.late_grants()}),
            ],
            call,
        )
        self._has_corrected = self._has_corrected or any(one.drifted for one in self._compared.values())

    def _roles_after_failure(self, call: Call) -> str:
        """Take away what the org gave by itself, and say what the app holds."""
        if call.check_mode:
            return ""
        said: list[str] = []
        options = {**self.context.connection(), **self.caller(), **OAuth(self.plan).late_roles(), "after_failure": True}
        compared: Mapping[str, Compared] = run_blocks([Block("late_roles", CLIENT_ROLE, options)], replace(call, warn=said.append))
        self.plan = with_results(self.plan, compared)
        for warning in said[:-1]:
            call.warn(warning)
        return said[-1] if said else ""
