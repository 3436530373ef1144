# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces the names of module options in messages by the role's variables: users of the role set these, not the options."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.errors import RezonateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.tokens import AUDIT_CLIENT

_CONNECTION = ("ca_path", "validate_certs", "timeout", "max_retries", "concurrency")
_CALLER = ("api_token", "client_id", "private_key", "key_id", "dpop")
_STORE = {
    "path": "rezonate_vault_file",
    "vault_id": "rezonate_vault_id",
    "ciphertext": "the credential store",
    "expected_revision": "revision",
}
_APP = {
    "id": "rezonate_application_id",
    "label": "rezonate_app_label",
    "take_over": "rezonate_adopt_existing",
    "recreate": "rezonate_recreate",
    "network_zones": "rezonate_network_zones",
}
_GRANTS = {"scopes": "rezonate_scopes", "optional_scopes": "rezonate_optional_scopes"}
_ROLES = {"roles": "rezonate_admin_roles", "custom_roles": "rezonate_remediation_custom_roles"}
# The stored credentials are no variables of the role.
_STORED = {
    "client_id": "the stored client id",
    "private_key": "the stored private key",
    "client_secret": "the stored client secret",
    "dpop": "rezonate_dpop",
    **_GRANTS,
}
# The variables of the options of a step in addition to those of the connection, by the name of the step in the plan.
_STEPS: Mapping[str, Mapping[str, str]] = {
    "app": _APP,
    "late_app": _APP,
    "grants": _GRANTS,
    "late_grants": _GRANTS,
    "roles": _ROLES,
    "late_roles": _ROLES,
    "verification": _STORED,
    "next_verification": _STORED,
    "key": {"private_key": "rezonate_private_key", "key_id": "rezonate_key_id", "size": "rezonate_key_size"},
    "network_zone": {"gateways": "rezonate_source_addresses", "name": "rezonate_network_zone_name"},
    "resource_set": {"groups": "rezonate_remediation_resource_groups"},
    "custom_role": {"permissions": "rezonate_remediation_permissions"},
    "integration": {
        "type": "rezonate_api_service_type",
        "scopes": "rezonate_scopes",
        "take_over": "rezonate_adopt_existing",
        "recreate": "rezonate_recreate",
    },
    "service_user": {"login": "rezonate_service_user"},
    "inspection": {"inspect_token": "rezonate_readonly_api_token", "allow_privileged": "rezonate_allow_privileged_token"},
}
# Names such as take_over are unambiguous; others, such as label, are options only in these contexts.
_UNAMBIGUOUS = re.compile(r"\w+_\w+")
_CONTEXT = r"(?:^|(?<=\b[Ss]et )|(?<=\b[Gg]ive )|(?<=\bby )|(?<=\banother )|(?<=\blower ))"
_QUOTED = (*_STORE, "private_key", "size")  # options that messages quote
_NAMES_VARIABLE = re.compile(r"\brezonate_(?!security\b)\w")  # rezonate_security is a type of API service integrations
_BOTH = re.compile(r"(?:\b\w+ \()?\b(rezonate_\w+) of the role\b\)?")  # a module that names its option and the variable


def with_variables(message: str, variables: Mapping[str, str]) -> str:
    """The message with variables in place of options.

    Args:
        message: the message of a module.
        variables: the names of the variables, or the texts, by option.
    """
    message = _BOTH.sub(r"\1", message)
    for option, variable in variables.items():
        start = "" if _UNAMBIGUOUS.fullmatch(option) else _CONTEXT
        message = re.sub(rf"{start}(?<![\w.'/-])\b{option}\b(?![\w.'/=(-]\w|'|\()", variable, message)
        message = message.replace(f"'{option}'", variable) if option in _QUOTED else message
    return message


def connection_variables(tenant: Mapping[str, Any]) -> dict[str, str]:
    """The variables of the options for the connection, the calling credential and the vault file.

    Args:
        tenant: the plan of the tenant, or its members C(credential) and C(options).
    """
    credential = tenant.get("credential") or {}
    source, name = credential.get("source"), str(credential.get("name", ""))
    prefix = "rezonate_audit" if name in (AUDIT_CLIENT, "rezonate_audit_api_token") else "rezonate_okta"
    caller = {option: f"{prefix}_{option}" for option in _CALLER}
    if source == "environment":
        caller["api_token" if credential.get("kind") == "api_token" else "client_id"] = name
    elif source in ("map", "lines", "json"):
        caller |= {"api_token": "rezonate_okta_api_tokens"}
    org_url = "rezonate_org_url" if (tenant.get("options") or {}).get("org_url") else "rezonate_tenant_id"
    return {"org_url": org_url, **{option: f"rezonate_{option}" for option in _CONNECTION}, **caller, **_STORE}


def run_step(step: str, call: Call, work: Callable[[Call], Outcome]) -> Outcome:
    """Do the work of a step; its warnings and errors name the role's variables.

    Args:
        step: the name of the step in the plan.
        call: the call of its module.
        work: does the work.

    Raises:
        RezonateError: the error of the work.
    """
    variables = _STEPS.get(step, {})
    try:
        return work(replace(call, warn=lambda text: call.warn(with_variables(text, variables))))
    except RezonateError as error:
        error.args = (with_variables(str(error), variables),)
        raise


def name_connection(message: str, tenant: Mapping[str, Any]) -> str:
    """The message with the role's variables for the connection; one that names variables already is not changed.

    Args:
        message: the message of a module.
        tenant: the plan of the tenant, or its members C(credential) and C(options).
    """
    return message if _NAMES_VARIABLE.search(message) else with_variables(message, connection_variables(tenant))


def name_variables(result: dict[str, Any], tenant: Any) -> None:
    """Name the role's variables for the connection in the message and the warnings of a result, which is changed in place.

    Args:
        result: the result of a task of the role.
        tenant: the plan of the tenant, or its members C(credential) and C(options); anything else counts as empty.
    """
    members = tenant if isinstance(tenant, Mapping) else {}
    if result.get("failed") and isinstance(result.get("msg"), str):
        result["msg"] = name_connection(result["msg"], members)
    if result.get("warnings"):
        result["warnings"] = [name_connection(text, members) if isinstance(text, str) else text for text in result["warnings"]]
