# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a tenant with what onboarding would make of it, and says which files of tasks the run needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...module_utils._core.errors import OktaError
from ...module_utils._core.spec import Call, ModuleSpec
from ...module_utils._resources.org_settings import MODULE as ORG_SETTINGS
from ...module_utils._resources.privilege_visibility import COMPARE as COMPARE_PRIVILEGES
from ...module_utils._resources.privilege_visibility import LOOK as LOOK_FOR_PRIVILEGES
from ...module_utils._tenant.api_token import SuppliedToken
from ...module_utils._tenant.integration import Integration
from ...module_utils._tenant.oauth import OAuth
from ...module_utils._tenant.onboarding import bootstrap_scopes, steps
from ...module_utils._tenant.plan import Plan
from ...modules.okta_access_token import MODULE as ACCESS_TOKEN
from ...modules.okta_admin_user import MODULE as ADMIN_USER
from ...modules.okta_api_service_integration import MODULE as INTEGRATION
from ...modules.okta_api_token_info import MODULE as TOKEN_INFO
from ...modules.okta_client_role import MODULE as CLIENT_ROLE
from ...modules.okta_custom_role import MODULE as CUSTOM_ROLE
from ...modules.okta_network_zone import MODULE as NETWORK_ZONE
from ...modules.okta_resource_set import MODULE as RESOURCE_SET
from ...modules.okta_scope_grant import MODULE as SCOPE_GRANT
from ...modules.okta_service_app import MODULE as SERVICE_APP
from ...modules.okta_service_app_info import MODULE as SERVICE_APP_INFO
from ...modules.rsa_jwk import MODULE as RSA_JWK
from .._runner.tenant_context import Context
from .._steps.api_token import ServiceUserStep, TokenInspectionStep, given_token
from .._steps.integration import IntegrationStep, SecretInspection, only_hash
from .._steps.oauth import AppStep, CustomRoleStep, GrantsStep, KeyStep, NetworkZoneStep, ResourceSetStep, RolesStep
from .._steps.step import Step, now
from .._steps.verification import VerificationStep, is_barred
from .comparison import Block, Compared, first_error, gave_up, raise_first, run_blocks, with_results

_BESIDE: Sequence[tuple[type[Step], ModuleSpec]] = (
    (NetworkZoneStep, NETWORK_ZONE),
    (ResourceSetStep, RESOURCE_SET),
    (CustomRoleStep, CUSTOM_ROLE),
)
_APP: Sequence[tuple[type[Step], ModuleSpec]] = ((AppStep, SERVICE_APP), (RolesStep, CLIENT_ROLE), (GrantsStep, SCOPE_GRANT))
_SERVICE_USER = "onboard/service_user"
_NAMED = "named"  # the look for apps with our label; what else is looked at beside the caller, nobody asks for again


def compare_onboarding(context: Context, call: Call) -> Plan:
    """Compare, unless there is nothing yet to compare with; then make sure that the caller may do what is to be done.

    Raises:
        RezonateError: Okta can't be asked, or the caller may not do it.
    """
    plan, has_drifted = _COMPARISONS[context.plan.method](context, call)
    plan = replace(plan, compared=plan.compared or has_drifted)
    chosen = steps(plan, has_drifted=has_drifted)
    only_hands_over = plan.method == "api_token" and _SERVICE_USER not in chosen
    if chosen and not only_hands_over:
        plan = with_caller(context.of(plan), call, bootstrap_scopes(chosen), _first_looks(context.of(plan)))
        if _may_find_app(plan):
            _check_app(context.of(plan), call)
    return replace(plan, steps=tuple(chosen))


def _is_comparable(plan: Plan, name: str) -> bool:
    """Whether there is an app in which there is nothing left to do but for what has drifted.

    One that is limited to other networks can't be verified from here, in no run.
    """
    return name in plan.known and bool(plan.is_verified or not plan.option("verify") or plan.known.get("network_limited"))


def _compare_app(context: Context, call: Call) -> tuple[Plan, bool]:
    """The plan, with what was found where nothing has drifted; and whether something has, or nothing is there yet."""
    plan = context.plan
    if not _is_comparable(plan, "application_id"):
        return plan, True
    if not plan.has_credential and plan.is_verified:
        return _verified_only(context, call), False
    told: list[str] = []
    quiet = replace(call, check_mode=True, warn=told.append)
    remediates = OAuth(plan).makes_remediation_role
    beside = [*([_BESIDE[0]] if plan.option("source_addresses") else []), *(_BESIDE[1:] if remediates else [])]
    wanted = OAuth(plan).privileges()
    if OAuth(plan).makes_privilege_role and wanted is None:
        return plan, True
    compared = run_blocks([_block(kind, module, context) for kind, module in beside], quiet)
    found = with_results(plan, compared)
    if not any(one.drifted or one.error for one in compared.values()):
        blocks = [_block(kind, module, context.of(found)) for kind, module in _APP]
        if wanted and OAuth(plan).makes_privilege_role:
            blocks.append(Block("privileges", COMPARE_PRIVILEGES, {**context.connection(), **context.credential(), **wanted}))
        compared.update(run_blocks([*blocks, *_verification(context.of(found))], quiet))
        found = with_results(plan, compared)
    if _other_client(found, plan):
        compared.update(run_blocks([_block(RolesStep, CLIENT_ROLE, context.of(found))], quiet))
    verification = compared.pop("verification", None)
    if _may_go_without(plan, compared):
        return _verified_only(context, call, verification), False
    return _judged(context, compared, verification, told, call)


def _compare_integration(context: Context, call: Call) -> tuple[Plan, bool]:
    plan = context.plan
    if not _is_comparable(plan, "client_id") or not plan.known.get("has_secret"):
        return plan, True
    if not plan.has_credential and plan.is_verified:
        return _verified_only(context, call), False
    told: list[str] = []
    lacks_hash = bool(plan.option("verify")) and not plan.known.get("has_secret_hash")
    look = [Block("secrets", INTEGRATION, SecretInspection(context).filled({}))] if lacks_hash else []
    blocks = [_block(IntegrationStep, INTEGRATION, context), *look, *_verification(context)]
    compared = run_blocks(blocks, replace(call, check_mode=True, warn=told.append))
    verification = compared.pop("verification", None)
    if _may_go_without(plan, compared):
        return _verified_only(context, call, verification), False
    outcome = compared["integration"].outcome
    if (outcome and outcome.values["secret_missing"]) or (lacks_hash and only_hash(compared["secrets"])):
        return plan, True
    return _judged(context, compared, verification, told, call)


def _compare_token(context: Context, call: Call) -> tuple[Plan, bool]:
    plan, stored = context.plan, context.record.current.get("api_token")
    if not stored or given_token(context) not in ("", stored):
        return plan, True
    told: list[str] = []
    quiet = replace(call, check_mode=True, warn=told.append)
    with_user = plan.has_credential and SuppliedToken(plan).wants_service_user
    user = [_block(ServiceUserStep, ADMIN_USER, context)] if with_user else []
    compared = run_blocks([_block(TokenInspectionStep, TOKEN_INFO, context), *user], quiet)
    return _judged(context, compared, None, told, call)


_COMPARISONS = {"oauth": _compare_app, "api_service_integration": _compare_integration, "api_token": _compare_token}


def _may_go_without(plan: Plan, compared: Mapping[str, Compared]) -> bool:
    """Whether the calling credential is dead, and a tenant that was verified before need not be compared."""
    return plan.is_verified and not plan.option("require_drift_check") and any(one.is_refused for one in compared.values())


def _judged(
    context: Context, compared: dict[str, Compared], verification: Compared | None, told: list[str], call: Call
) -> tuple[Plan, bool]:
    """The plan by what was found, and whether there is something to do.

    Raises:
        RezonateError: Okta could not be asked, and nothing has drifted as far as is known.
    """
    plan = context.plan
    if any(one.drifted for one in compared.values()):
        return plan, True
    error = first_error(compared.values())
    if error and not isinstance(error, OktaError):
        return plan, True  # what the building block will say in its own task, or mend
    raise_first(compared.values())
    found = with_results(replace(plan, compared=True), compared)
    if verification and is_barred(verification.error, found):
        found = found.with_result("verification", {"barred": True})
    elif verification:
        if verification.error:
            return plan, True
        found = with_results(found, {"verification": verification})
    if _would_store(context.of(found)):
        return plan, True
    for warning in told:
        call.warn(warning)
    return found, False


def _would_store(context: Context) -> bool:
    """Whether the stored record isn't as the run would leave it; in check mode too, since no task has begun to change it."""
    plan, record = replace(context.plan, check=False), context.record
    if plan.method == "api_token":
        owner = str(plan.of_result("inspection", "inspected")["owner"]["login"])
        after = SuppliedToken(plan).with_token(record.current, str(record.current["api_token"]), owner=owner, now=now())
    elif plan.method == "oauth":
        verifies = plan.option("verify") and not plan.of_result("verification", "barred")
        wanted = OAuth(plan)
        after = wanted.with_verification(record.current, now=now()) if verifies else wanted.with_comparison(record.current)
    elif not plan.option("verify"):
        return False
    else:
        after = Integration(plan).with_verification(record.current, record.current.get("secret_hash"), now=now())
    return after != record.stored


def _verified_only(context: Context, call: Call, verification: Compared | None = None) -> Plan:
    """The plan of a tenant that can't be compared: its stored credentials are verified, and that is all.

    Args:
        context: the tenant.
        call: the module's run.
        verification: what came of verifying them, where that was tried already.

    Raises:
        RezonateError: they don't work.
    """
    compared = {"verification": verification} if verification else run_blocks(_verification(context), call)
    raise_first(compared.values())
    return replace(with_results(context.plan, compared), compared=False)


def _verification(context: Context) -> list[Block]:
    if not context.plan.option("verify"):
        return []
    step = VerificationStep(context)
    return [Block(step.name, ACCESS_TOKEN, {**step.filled({}), "patience": 0})]


def _block(kind: type[Step], module: ModuleSpec, context: Context) -> Block:
    step = kind(context)
    # one that is gone is drift; whether another took its place, the building block looks for itself, which takes a while
    return Block(step.name, module, {**step.filled({}), **({"recreate": False} if "recreate" in module.options else {})})


def _other_client(found: Plan, plan: Plan) -> bool:
    """Whether the app has a client id that isn't its id, so that its roles were asked for under a wrong one."""
    return found.has_run("app") and OAuth(found).client_id != OAuth(plan).client_id


def _first_looks(context: Context) -> list[Block]:
    """What a run that is about to make an app can learn beside the look at its caller."""
    plan = context.plan
    # an OAuth client would need a token and scopes more for it
    if plan.method != "oauth" or plan.credential.get("kind") != "api_token":
        return []
    if OAuth(plan).means_to_adopt or {"application_id", "app_requested_at"} & plan.known.keys():
        return []
    options = {**context.connection(), **context.credential()}
    named = Block(_NAMED, SERVICE_APP_INFO, {**options, "label": plan.option("app_label")})
    found = [named, Block("org", ORG_SETTINGS, {**options, "max_retries": 0})]
    if OAuth(plan).makes_privilege_role:
        found.append(Block("privileges", LOOK_FOR_PRIVILEGES, {**options, **OAuth(plan).privileges_by_label()}))
    return found


def _may_find_app(plan: Plan) -> bool:
    """Whether the run may find an app that no run of ours is known to have asked for."""
    if plan.method != "oauth" or {"application_id", "app_requested_at"} & plan.known.keys():
        return False
    return OAuth(plan).means_to_adopt or plan.of_result("named", "apps") != []


def _check_app(context: Context, call: Call) -> None:
    """Make sure that an app that is there can be taken, before anything is made beside it.

    Raises:
        RezonateError: it can't.
    """
    quiet = replace(call, check_mode=True, warn=lambda _warning: None, caller_sees_all=True)
    key = Block(KeyStep.name, RSA_JWK, KeyStep(context).options())
    compared = run_blocks([key], quiet) if key.options else {}
    raise_first(compared.values())
    app = _block(AppStep, SERVICE_APP, context.of(with_results(context.plan, compared)))
    raise_first(run_blocks([app], quiet).values())


def with_caller(context: Context, call: Call, scopes: Sequence[str], beside: Sequence[Block] = ()) -> Plan:
    """The plan with whom the run calls as, who may do it.

    Args:
        context: the tenant.
        call: the module's run.
        scopes: those that the calling client needs.
        beside: what is asked meanwhile; what fails of it, a later step asks again, unless it has waited for the rate limit already.

    Raises:
        RezonateError: the caller may not, or the rate limit stays used up.
    """
    options: dict[str, Any] = {"require_super_admin": True, "required_scopes": list(scopes)}
    block = Block("caller", TOKEN_INFO, {**context.connection(), **context.credential(), **options})
    # what is read beside the check counts only where the caller passes it
    compared = run_blocks([block, *beside], replace(call, caller_sees_all=True))
    raise_first([compared["caller"]])
    raise_first(one for name, one in compared.items() if name == _NAMED and gave_up(one.error))
    return with_results(context.plan, compared)
