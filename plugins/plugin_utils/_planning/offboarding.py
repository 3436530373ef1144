# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the app of a tenant to offboard, and selects the task files of the run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._okta.request_recovery import poll
from ...module_utils._tenant.offboarding import Offboarding
from ...module_utils._tenant.plan import Plan
from ...modules.okta_service_app_info import MODULE as APP_INFO
from .._runner.tenant_context import Context
from .comparison import Block, raise_first_error, run_blocks
from .onboarding import with_checked_caller


def plan_offboarding(
    context: Context,
    call: Call,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Plan:
    """Check that the caller can remove the resources in the record, and find the app.

    Args:
        context: the tenant.
        call: the task.
        clock: returns epoch seconds; replaced in tests.
        sleep: waits for seconds; replaced in tests.

    Raises:
        RezonateError: a resource can't be removed as requested, a call fails, or the caller lacks permissions.
    """
    desired = Offboarding(context.plan)
    if desired.is_empty:
        return context.plan
    desired.check_keep_app()
    plan = with_checked_caller(context, call, desired.bootstrap_scopes)
    if desired.may_have_app:
        until = desired.recovery_deadline(clock())
        app = poll(lambda: _find_app(context, call, desired), until, clock, sleep)
        plan = plan.with_result("found", {"changed": False, "app": app or None})
    return replace(plan, steps=tuple(Offboarding(plan).steps))


def _find_app(context: Context, call: Call, desired: Offboarding) -> Mapping[str, Any]:
    """The managed app in Okta; empty if there is none.

    Raises:
        RezonateError: a call fails, or there are several apps.
    """
    block = Block("found", APP_INFO, {**context.connection(), **context.credential(), **desired.app_info()})
    read = run_blocks([block], replace(call, caller_sees_all=True))  # checked before
    raise_first_error(read.values())
    outcome = read["found"].outcome or Outcome()
    return desired.own_app(outcome.values["apps"])
