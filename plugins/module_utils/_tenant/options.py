# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's variables: names, types and defaults, as `roles/rezonate/meta/argument_specs.yml` documents them; a test compares both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from .._core.methods import METHODS

STORES = ("file", "artifact", "controller", "custom")
_YES_NO = ("false", "true")


class Kind(Enum):
    """The type of a variable; a string from the command line is converted to it."""

    TEXT = auto()
    CHOICE = auto()  # a string that YAML may parse as a boolean
    KEY = auto()  # a private key: a string, or a JWK as a dictionary
    FLAG = auto()
    NUMBER = auto()
    LIST = auto()  # a list of strings
    NAMES = auto()  # a list of names; as a string, with commas or blanks between them
    DICTIONARIES = auto()  # a list of dictionaries
    TOKENS = auto()  # a dictionary, or a string of lines


@dataclass(frozen=True)
class Option:
    """One variable of the role.

    Args:
        kind: its type.
        default: its default value; None where it is computed.
        choices: the allowed values; empty where any value is allowed.
        refusal: the message for any other value. It may repeat the value only where that is never a secret.
    """

    kind: Kind
    default: Any = ""
    choices: tuple[str, ...] = ()
    refusal: str = "is not one of its choices: use"


def _text(default: str | None = "", *choices: str) -> Option:
    return Option(Kind.TEXT, default, choices)


def _flag(*, default: bool = False) -> Option:
    return Option(Kind.FLAG, default)


def _number(default: int, *choices: str) -> Option:
    return Option(Kind.NUMBER, default, choices)


def _list(*default: str) -> Option:
    return Option(Kind.LIST, default)


OPTIONS: Mapping[str, Option] = {
    "rezonate_method": _text("oauth", *METHODS),
    "rezonate_tenant_id": _text(None),
    "rezonate_okta_domain": _text("okta.com"),
    "rezonate_org_url": _text(None),
    "rezonate_okta_api_token": _text(None),
    "rezonate_okta_api_tokens": Option(Kind.TOKENS, {}),
    "rezonate_okta_client_id": _text(None),
    "rezonate_okta_private_key": Option(Kind.KEY, None),
    "rezonate_okta_key_id": _text(),
    "rezonate_okta_dpop": _flag(),
    "rezonate_revoke_bootstrap_token": Option(Kind.CHOICE, "false", (*_YES_NO, "always")),
    "rezonate_shared_token": _flag(),
    "rezonate_ca_path": _text(),
    "rezonate_validate_certs": _flag(default=True),
    "rezonate_timeout": _number(30),
    "rezonate_max_retries": _number(4),
    "rezonate_concurrency": _number(15),
    "rezonate_app_label": _text("Rezonate"),
    "rezonate_application_id": _text(),
    "rezonate_private_key": Option(Kind.KEY),
    "rezonate_key_id": _text(),
    "rezonate_adopt_existing": _flag(),
    "rezonate_recreate": _flag(),
    "rezonate_retire_previous": _flag(),
    "rezonate_api_service_type": _text("rezonate_security"),
    "rezonate_readonly_api_token": _text(None),
    "rezonate_allow_privileged_token": _flag(),
    "rezonate_service_user": _text(),
    "rezonate_scopes": Option(Kind.LIST, None),
    "rezonate_optional_scopes": Option(Kind.LIST, None),
    "rezonate_scopes_version": _number(0),
    "rezonate_retry_optional_scopes": _flag(),
    "rezonate_admin_roles": _list("READ_ONLY_ADMIN"),
    "rezonate_privilege_visibility": _flag(default=True),
    "rezonate_exclusive": _flag(default=True),
    "rezonate_key_size": _number(2048, "2048", "3072", "4096"),
    "rezonate_dpop": _flag(),
    "rezonate_network_zones": _list(),
    "rezonate_source_addresses": _list(),
    "rezonate_network_zone_name": _text("Rezonate (rezonate.okta)"),
    "rezonate_remediation": _flag(),
    "rezonate_remediation_scopes": _list("okta.users.manage", "okta.groups.manage"),
    "rezonate_remediation_admin_roles": _list("USER_ADMIN"),
    "rezonate_remediation_custom_roles": Option(Kind.DICTIONARIES, (), ("role", "resource_set")),
    "rezonate_remediation_resource_groups": _list(),
    "rezonate_remediation_permissions": _list("okta.users.manage", "okta.groups.manage"),
    "rezonate_credential_store": Option(Kind.TEXT, "file", STORES, "'{}' is not a credential store: choose one of"),
    "rezonate_credential_store_tasks": _text(),
    "rezonate_controller_organization": _text(),
    "rezonate_controller_credential_type": _text("Rezonate credentials"),
    "rezonate_vault_file": _text(None),
    "rezonate_vault_id": _text(),
    "rezonate_verify": _flag(default=True),
    "rezonate_verify_coverage": _flag(),
    "rezonate_require_drift_check": _flag(),
    "rezonate_rotation": _text("status", "prepare", "finish", "abort", "status"),
    "rezonate_rotation_max_age": _text(),
    "rezonate_confirm": Option(Kind.CHOICE, "false"),
    "rezonate_offboard_tenants": Option(Kind.NAMES, ()),
    "rezonate_keep_app": _flag(),
    "rezonate_backup": _flag(),
    "rezonate_audit_api_token": _text(),
    "rezonate_audit_client_id": _text(),
    "rezonate_audit_private_key": Option(Kind.KEY),
    "rezonate_audit_key_id": _text(),
    "rezonate_audit_dpop": _flag(),
    "rezonate_audit_key_max_age": _text("90d"),
    "rezonate_audit_coverage": _flag(),
    "rezonate_audit_fail_on": _text("never", "critical", "high", "medium", "low", "never"),
    "rezonate_report_dir": _text("rezonate-report"),
    "rezonate_report_merge": _list(),
    "rezonate_merge_expects": Option(
        Kind.LIST, (), ("onboard", "rotate_prepare", "rotate_finish", "rotate_abort", "rotate_status", "offboard", "audit")
    ),
    "rezonate_merge_fail": _flag(default=True),
    "rezonate_summary_file": _text(),
}

# Types and variables that can hold a secret.
_SECRET_KINDS = (Kind.KEY, Kind.TOKENS)
_TOKEN_OPTIONS = ("rezonate_okta_api_token", "rezonate_readonly_api_token", "rezonate_audit_api_token")
PUBLIC = tuple(name for name, option in OPTIONS.items() if option.kind not in _SECRET_KINDS and name not in _TOKEN_OPTIONS)


def public_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that hold no secret, by their names without ``rezonate_``, and whether a private key is set.

    Args:
        values: the variables by name; a missing one has its default.
    """
    found = {name: values.get(name, OPTIONS[name].default) for name in PUBLIC}
    shown = {name.removeprefix("rezonate_"): list(value) if isinstance(value, tuple) else value for name, value in found.items()}
    return {**shown, "private_key_given": bool(values.get("rezonate_private_key"))}
