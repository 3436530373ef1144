# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a tenant: the role's variables, converted and validated, and the org that they identify."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InputError
from .._okta.org_url import parse_org_url
from .options import OPTIONS, public_options
from .values import convert

_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_TENANT = re.compile(_LABEL)
_DOMAIN = re.compile(rf"{_LABEL}([.]{_LABEL})*")
_SCOPE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*([.][A-Za-z0-9_-]+)+")
_AGE = re.compile(r"|[1-9][0-9]{0,4}[hdw]")


@dataclass(frozen=True)
class Settings:
    """The role's variables for one tenant.

    Args:
        tenant: the tenant's short name, in lower case.
        org_url: the org's URL.
        values: all variables by name, converted; secrets included.
    """

    tenant: str
    org_url: str
    values: Mapping[str, Any] = field(repr=False)

    def text(self, name: str) -> str:
        """A string, by the name of its variable without ``rezonate_``."""
        return str(self.values[f"rezonate_{name}"] or "")

    def flag(self, name: str) -> bool:
        """Whether a variable is true."""
        return bool(self.values[f"rezonate_{name}"])

    def words(self, name: str) -> list[str]:
        """A list of strings; empty where the default is computed later."""
        return list(self.values[f"rezonate_{name}"] or ())

    @property
    def holds_text(self) -> bool:
        """Whether the credentials are stored as encrypted text rather than in a file."""
        return self.text("credential_store") != "file"

    def public(self) -> dict[str, Any]:
        """The variables that hold no secret, by their names without ``rezonate_``, and whether a private key is set."""
        return public_options(self.values)


def resolve_settings(given: Mapping[str, Any], host: str) -> Settings:
    """Convert the variables of a host, and resolve the org that they identify.

    Args:
        given: the variables that are set, by name.
        host: the host's name in the inventory, which is the default of the tenant's name.

    Raises:
        InputError: a variable is invalid; the message names it.
    """
    values = {name: option.default for name, option in OPTIONS.items()}
    values.update({name: convert(name, OPTIONS[name], value) for name, value in given.items() if not _is_unset(name, value)})
    domain = _domain(str(values["rezonate_okta_domain"]))
    name = host if values["rezonate_tenant_id"] is None else str(values["rezonate_tenant_id"])
    tenant = _tenant_name(name, domain)
    url = str(values["rezonate_org_url"] or "").strip()
    if not url:
        _check_tenant(name, tenant, domain)
    org_url = parse_org_url(url or f"https://{tenant}.{domain}", "rezonate_org_url" if url else "rezonate_tenant_id").url
    return Settings(tenant, org_url, values)


def _is_unset(name: str, value: Any) -> bool:
    """Whether a variable isn't the role's, or is the empty string in place of a computed default."""
    return name not in OPTIONS or (OPTIONS[name].default is None and value == "" and name != "rezonate_tenant_id")


def _domain(given: str) -> str:
    domain = given.strip().lower().removeprefix("https://").strip("./")
    if not _DOMAIN.fullmatch(domain):
        raise InputError(f"rezonate_okta_domain {given!r} is not a domain: set it to one of Okta's domains, such as oktapreview.com.")
    return domain


def _tenant_name(name: str, domain: str) -> str:
    return name.lower().removeprefix("https://").removesuffix("/").removesuffix(f".{domain}")


def _check_tenant(name: str, tenant: str, domain: str) -> None:
    if tenant.endswith("-admin"):
        raise InputError(
            f"rezonate_tenant_id '{name}' is the Admin Console's name, which doesn't serve the API: use '{tenant.removesuffix('-admin')}'."
        )
    # without an inventory, a playbook runs for the host localhost, which isn't a tenant
    if tenant == "localhost" or not _TENANT.fullmatch(tenant):
        raise InputError(
            f"rezonate_tenant_id '{name}' is not the name of an Okta tenant below {domain}: set it to a name such as acme; for another Okta"
            " domain set rezonate_okta_domain, for a custom domain rezonate_org_url."
        )


def check_settings(settings: Settings, work: str, *, has_credential: bool) -> None:
    """Refuse settings that are invalid or contradict each other.

    Args:
        settings: the settings.
        work: ``onboard``, ``rotate``, ``offboard``, ``audit`` or ``merge``.
        has_credential: whether the run has a credential for calls to this org.

    Raises:
        InputError: they are.
    """
    problems = [_store_problem(settings), _scope_problem(settings)]
    problems += [_PROBLEMS[work](settings, has_credential=has_credential)] if work in _PROBLEMS else []
    for problem in problems:
        if problem:
            raise InputError(problem)


def _store_problem(settings: Settings) -> str:
    store = settings.text("credential_store")
    if store == "custom" and not settings.text("credential_store_tasks"):
        return "rezonate_credential_store custom needs rezonate_credential_store_tasks: the task file to load, save and remove credentials."
    if store == "controller" and not settings.text("controller_organization"):
        return (
            "rezonate_credential_store controller needs rezonate_controller_organization: the organization that the credentials belong to."
        )
    if settings.holds_text and settings.flag("backup"):
        return "rezonate_backup can be used with rezonate_credential_store file only: back up the credential store itself."
    return ""


def _scope_problem(settings: Settings) -> str:
    if settings.values["rezonate_scopes"] == []:
        return "rezonate_scopes is empty: set at least one scope, or leave it out for the default scopes."
    for name in ("scopes", "optional_scopes", "remediation_scopes"):
        for scope in settings.words(name):
            if not _SCOPE.fullmatch(scope):
                return f"rezonate_scopes, rezonate_optional_scopes: '{scope}' is not a valid scope, such as okta.users.read."
    return ""


def _onboard_problem(settings: Settings, *, has_credential: bool) -> str:
    method = settings.text("method")
    if method == "api_token" and settings.flag("remediation"):
        return "rezonate_remediation cannot be used with rezonate_method api_token: such a token has the rights of its owner. Use oauth."
    if method != "oauth" and (settings.text("application_id") or settings.text("private_key")):
        return "rezonate_application_id and rezonate_private_key can be used with rezonate_method oauth only."
    if settings.flag("require_drift_check") and not has_credential:
        return (
            "rezonate_require_drift_check is set, but there is no credential to compare with: "
            "set rezonate_okta_api_token or OKTA_API_TOKEN."
        )
    return ""


def _rotate_problem(settings: Settings, *, has_credential: bool) -> str:  # noqa: ARG001 - same signature for all kinds of work
    age = settings.text("rotation_max_age")
    if not _AGE.fullmatch(age):
        return f"rezonate_rotation_max_age '{age}' is not an age: set a number and a unit (h, d or w), such as 90d."
    return ""


def _audit_problem(settings: Settings, *, has_credential: bool) -> str:  # noqa: ARG001 - same signature for all kinds of work
    if settings.text("audit_client_id") and not settings.text("audit_private_key"):
        return "rezonate_audit_private_key is missing: set the key of rezonate_audit_client_id."
    return ""


_PROBLEMS = {"onboard": _onboard_problem, "rotate": _rotate_problem, "audit": _audit_problem}
