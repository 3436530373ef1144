# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks whether a tenant's credentials can be rotated, and says which files of tasks that needs."""

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
from .._steps.rotation import NextKeyRegistrationStep, NextVerificationStep, StayingVerificationStep
from .._steps.step import now
from .comparison import Block, Compared, raise_first, run_blocks, with_results


def compare_rotation(context: Context, call: Call) -> Plan:
    """Check app, caller and the credential that stays, side by side. Nothing is removed, and nothing added, before that one is verified.

    Raises:
        RezonateError: Okta can't be asked, or there is nothing that can be rotated.
    """
    rotation = Rotation(context.plan)
    rotation.check()
    if not rotation.has_work(now()):
        return context.plan
    quiet = replace(call, check_mode=True)
    blocks = [*_app(context), _verification(context), *([] if rotation.is_repeated else [_caller(context)])]
    compared = run_blocks(blocks, quiet)
    _raise(compared, "app")
    plan = _with_app(context.plan, compared)
    if Rotation(plan).client_id != rotation.client_id:
        compared.update(run_blocks([_verification(context.of(plan))], quiet))
    _raise(compared)
    plan = replace(with_results(plan, compared), compared=True)
    if rotation.is_repeated:
        if _is_prepared(context.of(plan), quiet):
            return plan
        caller = run_blocks([_caller(context)], quiet)
        _raise(caller)
        plan = with_results(plan, caller)
    return replace(plan, steps=tuple(rotation.steps))


def _app(context: Context) -> list[Block]:
    if context.plan.method != "oauth":
        return []
    return [Block("app", SERVICE_APP_INFO, {**_calling(context), "id": context.plan.known["application_id"]})]


def _verification(context: Context) -> Block:
    step = StayingVerificationStep(context)
    return Block(step.name, ACCESS_TOKEN, step.filled({}))


def _caller(context: Context) -> Block:
    scopes = list(Rotation(context.plan).bootstrap_scopes)
    return Block("caller", TOKEN_INFO, {**_calling(context), "require_super_admin": True, "required_scopes": scopes})


def _calling(context: Context) -> Mapping[str, Any]:
    return {**context.connection(), **context.credential()}


def _with_app(plan: Plan, compared: dict[str, Compared]) -> Plan:
    """The plan with the app.

    Raises:
        StateError: its key can't be rotated.
    """
    found = compared.pop("app", None)
    if found is None or found.outcome is None:
        return plan
    return plan.with_result("app", {"app": Rotation(plan).check_app(found.outcome.values["apps"])})


def _is_prepared(context: Context, call: Call) -> bool:
    """Whether Okta still has the next credential, and it works."""
    verification, registration = NextVerificationStep(context), NextKeyRegistrationStep(context)
    blocks = [Block(verification.name, ACCESS_TOKEN, {**verification.filled({}), "patience": 0})]
    if context.plan.method == "oauth":
        blocks.append(Block(registration.name, SERVICE_APP, registration.filled({})))
    compared = run_blocks(blocks, replace(call, warn=lambda _message: None))
    return not any(one.drifted or one.error for one in compared.values())


def _raise(compared: Mapping[str, Compared], *names: str) -> None:
    """Raise the first failure, of these blocks or of all, if there is one."""
    raise_first(one for name, one in compared.items() if not names or name in names)
