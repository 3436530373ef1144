# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a tenant with its desired state, and selects the task files of onboarding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...module_utils._core.errors import OktaError
from ...module_utils._core.spec import Call, ModuleSpec
from ...module_utils._resources.org_settings import MODULE as ORG_SETTINGS
from ...module_utils._resources.privilege_visibility import COMPARE as COMPARE_PRIVILEGES
from ...module_utils._resources.privilege_visibility import FIND as FIND_PRIVILEGES
from ...module_utils._tenant.api_token import SuppliedToken
from ...module_utils._tenant.integration import Integration
from ...module_utils._tenant.oauth import OAuth
from ...module_utils._tenant.onboarding import bootstrap_scopes, onboarding_steps
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
from .._steps.api_token import ServiceUserStep, TokenInspectionStep, supplied_token
from .._steps.integration import IntegrationStep, SecretInspectionStep, single_secret_hash
from .._steps.oauth import AppStep, CustomRoleStep, GrantsStep, KeyStep, NetworkZoneStep, ResourceSetStep, RolesStep
from .._steps.step import Step, record_time
from .._steps.verification import VerificationStep, is_network_denied
from .comparison import Block, BlockResult, first_error, is_rate_limited, raise_first_error, run_blocks, with_results

_PREREQUISITES: Sequence[tuple[type[Step], ModuleSpec]] = (
    (NetworkZoneStep, NETWORK_ZONE),
    (ResourceSetStep, RESOURCE_SET),
    (CustomRoleStep, CUSTOM_ROLE),
)
_APP_BLOCKS: Sequence[tuple[type[Step], ModuleSpec]] = ((AppStep, SERVICE_APP), (RolesStep, CLIENT_ROLE), (GrantsStep, SCOPE_GRANT))
_SERVICE_USER = "onboard/service_user"
_NAMED = "named"  # the search for apps with the label; no later step repeats it


def compare_onboarding(context: Context, call: Call) -> Plan:
    """Compare, if there is something to compare; then check that the caller has the permissions for the work.

    Raises:
        RezonateError: a call fails, or the caller lacks permissions.
    """
    plan, has_drifted = _COMPARISONS[context.plan.method](context, call)
    plan = replace(plan, compared=plan.compared or has_drifted)
    chosen = onboarding_steps(plan, has_drifted=has_drifted)
    only_stores_token = plan.method == "api_token" and _SERVICE_USER not in chosen
    if chosen and not only_stores_token:
        plan = with_checked_caller(context.with_plan(plan), call, bootstrap_scopes(chosen), _initial_reads(context.with_plan(plan)))
        if _may_find_app(plan):
            _check_existing_app(context.with_plan(plan), call)
    return replace(plan, steps=tuple(chosen))


def _is_comparable(plan: Plan, name: str) -> bool:
    """Whether the tenant is onboarded completely, so that only drift remains to be corrected.

    An app that is limited to other networks can't be verified from here in any run.
    """
    return name in plan.known and bool(plan.is_verified or not plan.option("verify") or plan.known.get("network_limited"))


def _compare_app(context: Context, call: Call) -> tuple[Plan, bool]:
    """The plan, with the results of the comparison if there is no drift; and whether there is drift, or no app yet."""
    plan = context.plan
    if not _is_comparable(plan, "application_id"):
        return plan, True
    if not plan.has_credential and plan.is_verified:
        return _verify_only(context, call), False
    warnings: list[str] = []
    quiet = replace(call, check_mode=True, warn=warnings.append)
    remediates = OAuth(plan).manages_remediation_role
    prerequisites = [*([_PREREQUISITES[0]] if plan.option("source_addresses") else []), *(_PREREQUISITES[1:] if remediates else [])]
    desired = OAuth(plan).privileges()
    if OAuth(plan).manages_privilege_role and desired is None:
        return plan, True
    compared = run_blocks([_step_block(kind, module, context) for kind, module in prerequisites], quiet)
    found = with_results(plan, compared)
    if not any(one.has_drifted or one.error for one in compared.values()):
        blocks = [_step_block(kind, module, context.with_plan(found)) for kind, module in _APP_BLOCKS]
        if desired and OAuth(plan).manages_privilege_role:
            blocks.append(Block("privileges", COMPARE_PRIVILEGES, {**context.connection(), **context.credential(), **desired}))
        compared.update(run_blocks([*blocks, *_verification_blocks(context.with_plan(found))], quiet))
        found = with_results(plan, compared)
    if _has_other_client_id(found, plan):
        compared.update(run_blocks([_step_block(RolesStep, CLIENT_ROLE, context.with_plan(found))], quiet))
    verification = compared.pop("verification", None)
    if _can_skip_comparison(plan, compared):
        return _verify_only(context, call, verification), False
    return _evaluate(context, compared, verification, warnings, call)


def _compare_integration(context: Context, call: Call) -> tuple[Plan, bool]:
    plan = context.plan
    if not _is_comparable(plan, "client_id") or not plan.known.get("has_secret"):
        return plan, True
    if not plan.has_credential and plan.is_verified:
        return _verify_only(context, call), False
    warnings: list[str] = []
    lacks_hash = bool(plan.option("verify")) and not plan.known.get("has_secret_hash")
    inspection = [Block("secrets", INTEGRATION, SecretInspectionStep(context).fill_options({}))] if lacks_hash else []
    blocks = [_step_block(IntegrationStep, INTEGRATION, context), *inspection, *_verification_blocks(context)]
    compared = run_blocks(blocks, replace(call, check_mode=True, warn=warnings.append))
    verification = compared.pop("verification", None)
    if _can_skip_comparison(plan, compared):
        return _verify_only(context, call, verification), False
    outcome = compared["integration"].outcome
    if (outcome and outcome.values["secret_missing"]) or (lacks_hash and single_secret_hash(compared["secrets"])):
        return plan, True
    return _evaluate(context, compared, verification, warnings, call)


def _compare_token(context: Context, call: Call) -> tuple[Plan, bool]:
    plan, stored = context.plan, context.record.current.get("api_token")
    if not stored or supplied_token(context) not in ("", stored):
        return plan, True
    warnings: list[str] = []
    quiet = replace(call, check_mode=True, warn=warnings.append)
    with_user = plan.has_credential and SuppliedToken(plan).manages_service_user
    user = [_step_block(ServiceUserStep, ADMIN_USER, context)] if with_user else []
    compared = run_blocks([_step_block(TokenInspectionStep, TOKEN_INFO, context), *user], quiet)
    return _evaluate(context, compared, None, warnings, call)


_COMPARISONS = {"oauth": _compare_app, "api_service_integration": _compare_integration, "api_token": _compare_token}


def _can_skip_comparison(plan: Plan, compared: Mapping[str, BlockResult]) -> bool:
    """Whether Okta rejects the calling credential, and the tenant was verified before and need not be compared."""
    return plan.is_verified and not plan.option("require_drift_check") and any(one.is_unauthorized for one in compared.values())


def _evaluate(
    context: Context, compared: dict[str, BlockResult], verification: BlockResult | None, warnings: list[str], call: Call
) -> tuple[Plan, bool]:
    """The plan with the results of the comparison, and whether there is work.

    Raises:
        RezonateError: a call failed, and no drift is known.
    """
    plan = context.plan
    if any(one.has_drifted for one in compared.values()):
        return plan, True
    error = first_error(compared.values())
    if error and not isinstance(error, OktaError):
        return plan, True  # the task of the building block reports or corrects it
    raise_first_error(compared.values())
    found = with_results(replace(plan, compared=True), compared)
    if verification and is_network_denied(verification.error, found):
        found = found.with_result("verification", {"barred": True})
    elif verification:
        if verification.error:
            return plan, True
        found = with_results(found, {"verification": verification})
    if _changes_record(context.with_plan(found)):
        return plan, True
    for warning in warnings:
        call.warn(warning)
    return found, False


def _changes_record(context: Context) -> bool:
    """Whether the run would change the stored record; also in check mode, since no task has changed it yet."""
    plan, record = replace(context.plan, check=False), context.record
    if plan.method == "api_token":
        owner = str(plan.of_result("inspection", "inspected")["owner"]["login"])
        after = SuppliedToken(plan).with_token(record.current, str(record.current["api_token"]), owner=owner, now=record_time())
    elif plan.method == "oauth":
        verifies = plan.option("verify") and not plan.of_result("verification", "barred")
        desired = OAuth(plan)
        after = desired.with_verification(record.current, now=record_time()) if verifies else desired.with_comparison(record.current)
    elif not plan.option("verify"):
        return False
    else:
        after = Integration(plan).with_verification(record.current, record.current.get("secret_hash"), now=record_time())
    return after != record.stored


def _verify_only(context: Context, call: Call, verification: BlockResult | None = None) -> Plan:
    """The plan of a tenant that can't be compared: only its stored credentials are verified.

    Args:
        context: the tenant.
        call: the module's run.
        verification: the result of the verification, if it was done already.

    Raises:
        RezonateError: the verification failed.
    """
    compared = {"verification": verification} if verification else run_blocks(_verification_blocks(context), call)
    raise_first_error(compared.values())
    return replace(with_results(context.plan, compared), compared=False)


def _verification_blocks(context: Context) -> list[Block]:
    if not context.plan.option("verify"):
        return []
    step = VerificationStep(context)
    return [Block(step.name, ACCESS_TOKEN, {**step.fill_options({}), "patience": 0})]


def _step_block(kind: type[Step], module: ModuleSpec, context: Context) -> Block:
    step = kind(context)
    # a missing app is drift; the building block itself searches for a replacement, which takes time
    return Block(step.name, module, {**step.fill_options({}), **({"recreate": False} if "recreate" in module.options else {})})


def _has_other_client_id(found: Plan, plan: Plan) -> bool:
    """Whether the client id of the app differs from its id, so that its roles were read with a wrong client id."""
    return found.has_run("app") and OAuth(found).client_id != OAuth(plan).client_id


def _initial_reads(context: Context) -> list[Block]:
    """The reads of a run that creates an app, in parallel with the check of the caller."""
    plan = context.plan
    # an OAuth client would need another token and more scopes for them
    if plan.method != "oauth" or plan.credential.get("kind") != "api_token":
        return []
    if OAuth(plan).intends_to_adopt or {"application_id", "app_requested_at"} & plan.known.keys():
        return []
    options = {**context.connection(), **context.credential()}
    named = Block(_NAMED, SERVICE_APP_INFO, {**options, "label": plan.option("app_label")})
    found = [named, Block("org", ORG_SETTINGS, {**options, "max_retries": 0})]
    if OAuth(plan).manages_privilege_role:
        found.append(Block("privileges", FIND_PRIVILEGES, {**options, **OAuth(plan).privileges_by_label()}))
    return found


def _may_find_app(plan: Plan) -> bool:
    """Whether the run may find an app that isn't in the record."""
    if plan.method != "oauth" or {"application_id", "app_requested_at"} & plan.known.keys():
        return False
    return OAuth(plan).intends_to_adopt or plan.of_result("named", "apps") != []


def _check_existing_app(context: Context, call: Call) -> None:
    """Check that an existing app can be adopted, before other resources are created.

    Raises:
        RezonateError: it can't be adopted.
    """
    quiet = replace(call, check_mode=True, warn=lambda _warning: None, caller_sees_all=True)
    key = Block(KeyStep.name, RSA_JWK, KeyStep(context).options())
    compared = run_blocks([key], quiet) if key.options else {}
    raise_first_error(compared.values())
    app = _step_block(AppStep, SERVICE_APP, context.with_plan(with_results(context.plan, compared)))
    raise_first_error(run_blocks([app], quiet).values())


def with_checked_caller(context: Context, call: Call, scopes: Sequence[str], parallel_reads: Sequence[Block] = ()) -> Plan:
    """The plan with the caller, whose permissions are checked.

    Args:
        context: the tenant.
        call: the module's run.
        scopes: the scopes that a calling client must have.
        parallel_reads: reads in parallel; a later step repeats those that fail, unless they have waited for the rate limit.

    Raises:
        RezonateError: the caller lacks permissions, or the rate limit stays exhausted.
    """
    options: dict[str, Any] = {"require_super_admin": True, "required_scopes": list(scopes)}
    block = Block("caller", TOKEN_INFO, {**context.connection(), **context.credential(), **options})
    # the results of parallel reads are used only if the caller passes the check
    compared = run_blocks([block, *parallel_reads], replace(call, caller_sees_all=True))
    raise_first_error([compared["caller"]])
    raise_first_error(one for name, one in compared.items() if name == _NAMED and is_rate_limited(one.error))
    return with_results(context.plan, compared)
