# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks whether a tenant's credentials can be rotated, and selects the task files of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.spec import Call
from ...module_utils._tenant.plan import Plan
from ...module_utils._tenant.rotation import Rotation
from ...modules.okta_access_token import MODULE as ACCESS_TOKEN
from ...modules.okta_api_token_info import MODULE as TOKEN_INFO
from ...modules.okta_service_app import MODULE as SERVICE_APP
from ...modules.okta_service_app_info import MODULE as SERVICE_APP_INFO
from .._runner.tenant_context import Context
from .._steps.rotation import NextKeyRegistrationStep, NextVerificationStep, RemainingVerificationStep
from .._steps.step import record_time
from .comparison import Block, BlockResult, raise_first_error, run_blocks, with_results


def compare_rotation(context: Context, call: Call) -> Plan:
    """Check the app, the caller and the remaining credential in parallel. That credential is verified before any change.

    Raises:
        RezonateError: a call fails, or there is nothing that can be rotated.
    """
    rotation = Rotation(context.plan)
    rotation.check_record()
    if not rotation.has_work(record_time()):
        return context.plan
    quiet = replace(call, check_mode=True)
    blocks = [*_app_blocks(context), _verification_block(context), *([] if rotation.is_repeated else [_caller_block(context)])]
    compared = run_blocks(blocks, quiet)
    _raise_named(compared, "app")
    plan = _with_app(context.plan, compared)
    if Rotation(plan).client_id != rotation.client_id:
        compared.update(run_blocks([_verification_block(context.with_plan(plan))], quiet))
    _raise_named(compared)
    plan = replace(with_results(plan, compared), compared=True)
    if rotation.is_repeated:
        if _is_prepared(context.with_plan(plan), quiet):
            return plan
        caller = run_blocks([_caller_block(context)], quiet)
        _raise_named(caller)
        plan = with_results(plan, caller)
    return replace(plan, steps=tuple(rotation.steps))


def _app_blocks(context: Context) -> list[Block]:
    if context.plan.method != "oauth":
        return []
    return [Block("app", SERVICE_APP_INFO, {**_caller_options(context), "id": context.plan.known["application_id"]})]


def _verification_block(context: Context) -> Block:
    step = RemainingVerificationStep(context)
    return Block(step.name, ACCESS_TOKEN, step.fill_options({}))


def _caller_block(context: Context) -> Block:
    scopes = list(Rotation(context.plan).bootstrap_scopes)
    return Block("caller", TOKEN_INFO, {**_caller_options(context), "require_super_admin": True, "required_scopes": scopes})


def _caller_options(context: Context) -> Mapping[str, Any]:
    return {**context.connection(), **context.credential()}


def _with_app(plan: Plan, compared: dict[str, BlockResult]) -> Plan:
    """The plan with the app.

    Raises:
        StateError: its key can't be rotated.
    """
    found = compared.pop("app", None)
    if found is None or found.outcome is None:
        return plan
    return plan.with_result("app", {"app": Rotation(plan).check_app(found.outcome.values["apps"])})


def _is_prepared(context: Context, call: Call) -> bool:
    """Whether the next credential is still registered with Okta, and valid."""
    verification, registration = NextVerificationStep(context), NextKeyRegistrationStep(context)
    blocks = [Block(verification.name, ACCESS_TOKEN, {**verification.fill_options({}), "patience": 0})]
    if context.plan.method == "oauth":
        blocks.append(Block(registration.name, SERVICE_APP, registration.fill_options({})))
    compared = run_blocks(blocks, replace(call, warn=lambda _message: None))
    return not any(one.has_drifted or one.error for one in compared.values())


def _raise_named(compared: Mapping[str, BlockResult], *names: str) -> None:
    """Raise the first error of these blocks, or of all, if there is one."""
    raise_first_error(one for name, one in compared.items() if not names or name in names)
