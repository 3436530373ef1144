# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a tenant with what onboarding would make of it, and says which files of tasks the run needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..module_utils._spec import Call, ModuleSpec
from ..module_utils._tenant.api_token import HandedOverToken
from ..module_utils._tenant.oauth import OAuth
from ..module_utils._tenant.onboarding import bootstrap_scopes, steps
from ..module_utils._tenant.plan import Plan
from ..modules.okta_access_token import MODULE as ACCESS_TOKEN
from ..modules.okta_api_token_info import MODULE as TOKEN_INFO
from ..modules.okta_client_role import MODULE as CLIENT_ROLE
from ..modules.okta_custom_role import MODULE as CUSTOM_ROLE
from ..modules.okta_network_zone import MODULE as NETWORK_ZONE
from ..modules.okta_resource_set import MODULE as RESOURCE_SET
from ..modules.okta_scope_grant import MODULE as SCOPE_GRANT
from ..modules.okta_service_app import MODULE as SERVICE_APP
from ._comparison import Block, Compared, first_error, run_blocks, with_results
from ._oauth_steps import AppStep, CustomRoleStep, GrantsStep, NetworkZoneStep, ResourceSetStep, RolesStep, VerificationStep
from ._tenant_context import Context
from ._tenant_step import Step, now

_BESIDE: Sequence[tuple[type[Step], ModuleSpec]] = (
    (NetworkZoneStep, NETWORK_ZONE),
    (ResourceSetStep, RESOURCE_SET),
    (CustomRoleStep, CUSTOM_ROLE),
)
_APP: Sequence[tuple[type[Step], ModuleSpec]] = ((AppStep, SERVICE_APP), (RolesStep, CLIENT_ROLE), (GrantsStep, SCOPE_GRANT))


def compare_onboarding(context: Context, call: Call) -> Plan:
    """Compare, unless there is nothing yet to compare with; then make sure that the caller may do what is to be done.

    Raises:
        RezonateError: Okta can't be asked, or the caller may not do it.
    """
    plan = context.plan
    has_drifted = True
    if plan.method == "oauth" and _is_comparable(plan, "application_id"):
        plan, has_drifted = _compare_app(context, call)
    plan = replace(plan, compared=plan.compared or has_drifted)
    chosen = steps(plan, has_drifted=has_drifted)
    if chosen and not (plan.method == "api_token" and not HandedOverToken(plan).wants_service_user):
        plan = with_caller(context.of(plan), call, bootstrap_scopes(plan, chosen))
    return replace(plan, steps=tuple(chosen))


def _is_comparable(plan: Plan, name: str) -> bool:
    """Whether there is an app in which there is nothing left to do but for what has drifted."""
    return name in plan.known and (plan.is_verified or not plan.option("verify"))


def _compare_app(context: Context, call: Call) -> tuple[Plan, bool]:
    """The plan, with what was found where nothing has drifted; and whether something has."""
    plan = context.plan
    if not plan.has_credential and plan.is_verified:
        return _verified_only(context, call), False
    told: list[str] = []
    quiet = replace(call, check_mode=True, warn=told.append)
    wanted = OAuth(plan)
    beside = [
        *([_BESIDE[0]] if plan.option("source_addresses") else []),
        *(_BESIDE[1:] if wanted.makes_remediation_role else []),
    ]
    compared = run_blocks([_block(kind, module, context) for kind, module in beside], quiet)
    found = with_results(plan, compared)
    blocks = [_block(kind, module, context.of(found)) for kind, module in _APP]
    if not any(one.drifted or one.error for one in compared.values()):
        compared.update(run_blocks([*blocks, *_verification(context.of(found))], quiet))
    if any(one.is_refused for step, one in compared.items() if step != "verification"):
        if plan.is_verified and not plan.option("require_compare"):
            return _verified_only(context, call), False
        raise_first(compared)
    verification = compared.pop("verification", None)
    if not any(one.drifted for one in compared.values()):
        raise_first(compared)
    found = with_results(plan, compared)
    if _other_client(found, plan):
        compared.update(run_blocks([_block(RolesStep, CLIENT_ROLE, context.of(found))], quiet))
        found = with_results(plan, compared)
    if any(one.drifted for one in compared.values()) or (verification and verification.error):
        return plan, True
    found = replace(found, compared=True)
    found = with_results(found, {"verification": verification}) if verification else found
    current = context.record.current
    if plan.option("verify") and OAuth(found).with_verification(current, now=now()) != context.record.stored:
        return plan, True
    for warning in told:
        call.warn(warning)
    return found, False


def _verified_only(context: Context, call: Call) -> Plan:
    """The plan of a tenant that can't be compared: its stored credentials are verified, and that is all.

    Raises:
        RezonateError: they don't work.
    """
    compared = run_blocks(_verification(context), call)
    raise_first(compared)
    return replace(with_results(context.plan, compared), compared=False)


def _verification(context: Context) -> list[Block]:
    if not context.plan.option("verify"):
        return []
    step = VerificationStep(context)
    return [Block(step.name, ACCESS_TOKEN, {**step.filled({}), "patience": 0})]


def _block(kind: type[Step], module: ModuleSpec, context: Context) -> Block:
    step = kind(context)
    return Block(step.name, module, step.filled({}))


def _other_client(found: Plan, plan: Plan) -> bool:
    """Whether the app has a client id that isn't its id, so that its roles were asked for under a wrong one."""
    return found.has_run("app") and OAuth(found).client_id != OAuth(plan).client_id


def with_caller(context: Context, call: Call, scopes: Sequence[str]) -> Plan:
    """The plan with whom the run calls as, who may do it.

    Raises:
        RezonateError: the caller may not.
    """
    options: dict[str, Any] = {"require_super_admin": True, "required_scopes": list(scopes)}
    block = Block("caller", TOKEN_INFO, {**context.connection(), **context.credential(), **options})
    compared = run_blocks([block], call)
    raise_first(compared)
    return with_results(context.plan, compared)


def raise_first(compared: dict[str, Compared]) -> None:
    """Raise the first failure, if there is one."""
    if error := first_error(compared.values()):
        raise error
