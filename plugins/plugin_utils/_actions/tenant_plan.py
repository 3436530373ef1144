# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_plan``: creates the plan of a run from settings, the stored record and the comparison with the org."""

from __future__ import annotations

from dataclasses import replace

from ...module_utils._core.errors import RezonateError, add_sentence
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.plan import Plan
from ...module_utils._tenant.revocation import is_revocation_due, is_revocation_requested
from ...modules.okta_api_token import MODULE as API_TOKEN
from .._planning.comparison import Block, run_blocks
from .._planning.offboarding import plan_offboarding
from .._planning.onboarding import compare_onboarding
from .._planning.planning import Planner
from .._planning.rotation import compare_rotation
from .._steps.api_token import RevocationStep

_COMPARE = {"onboard": compare_onboarding, "rotate": compare_rotation, "offboard": plan_offboarding}


class TenantPlanAction(Planner):
    """Creates the plan, and compares the tenant with it."""

    can_ship = False

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        work = str(call.params["work"])
        plan = self.make_plan(call, work, call.params["scope_sets"], call.params["ciphertext"])
        if work not in _COMPARE or plan.steps:
            return Outcome(values={"plan": plan.as_dict()})
        plan = self._compared(plan, call)
        if is_revocation_requested(plan):
            plan = replace(plan, steps=("revoke_bootstrap_token",), parts=plan.steps)
            failed = replace(plan, failed=True)
            return Outcome(values={"plan": plan.as_dict(), "plan_of_failure": failed.as_dict()})
        return Outcome(values={"plan": plan.as_dict()})

    def _compared(self, plan: Plan, call: Call) -> Plan:
        """The plan after the comparison; if that fails, the bootstrap token is revoked if that is always requested."""
        try:
            return _COMPARE[plan.work](self.context(plan), call)
        except RezonateError as error:
            failed = replace(plan, failed=True)
            if is_revocation_requested(failed) and is_revocation_due(failed):
                self._revoke(failed, call, error)
            raise

    def _revoke(self, plan: Plan, call: Call, error: RezonateError) -> None:
        step = RevocationStep(self.context(plan))
        revoked = run_blocks([Block(step.name, API_TOKEN, step.fill_options({}))], call)[step.name]
        if revoked.error:
            add_sentence(error, f"The bootstrap API token could not be revoked: {revoked.error}")
        elif revoked.has_drifted:
            add_sentence(error, f"The bootstrap API token {'would be' if call.check_mode else 'was'} revoked.")
