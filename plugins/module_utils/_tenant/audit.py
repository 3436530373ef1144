# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of a tenant: the desired state that it is compared with, by settings and stored record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.methods import METHODS
from .custom_roles import PRIVILEGES, REMEDIATION, CustomRole
from .oauth import OAuth
from .plan import Plan
from .record import Record
from .record_updates import Current
from .rotation import rotation_stage
from .settings import Settings

_SECRETS = {"own_private_key": "private_key", "own_client_secret": "client_secret", "own_api_token": "api_token"}
_NO_SECRETS = {"retiring_keys": "retiring", "secret_hash": "secret_hash"}


def unreadable_record(settings: Settings, problem: str) -> tuple[Record, dict[str, Any]]:
    """The record and the store's facts for a record that can't be read: only the reason.

    Args:
        settings: the tenant's settings.
        problem: the sentence that gives the reason.
    """
    unknown: dict[str, Any] = dict.fromkeys(("exists", "revision", "view_command"))
    facts = {**unknown, "names": [], "vault_id": settings.text("vault_id") or None, "problem": problem}
    return Record({}, {}, settings.text("method")), facts


class TenantAudit:
    """The desired state that an audit compares a tenant with.

    Args:
        plan: the tenant's plan.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._options, self._known, self._store = plan.options, plan.known, plan.store
        self._oauth = OAuth(plan)
        self._made: Mapping[str, str] = plan.known.get("made", {})

    @property
    def has_record(self) -> bool:
        """Whether there is a record that could be read."""
        return bool(self._store["holds_record"])

    @property
    def record_problem(self) -> str | None:
        """Why the managed credentials are unknown; None where they are known."""
        if self._store["problem"] or self.has_record:
            return self._store["problem"] or None
        return f"{self._store['path']} {'holds no credentials' if self._store['exists'] else 'does not exist'}."

    @property
    def is_onboarded(self) -> bool:
        """Whether credentials are stored, or may be where the record can't be read."""
        return self.has_record or bool(self._store["problem"])

    @property
    def _is_integration(self) -> bool:
        return self.plan.method == "api_service_integration"

    @property
    def app_id(self) -> str | None:
        """The id of the app or the integration; None where it is unknown."""
        if self._is_integration:
            return self._known.get("client_id")
        return self._known.get("application_id") or self._options["application_id"] or None

    @property
    def _are_keys_exclusive(self) -> bool:
        """Whether unmanaged keys and secrets are findings. Okta doesn't report which of two secrets a rotation created."""
        return bool(self._options["exclusive"]) and not (self._is_integration and "next" in self._known)

    @property
    def network_zones(self) -> list[str] | None:
        """The network zones that the app must be limited to; None where its zones aren't managed."""
        managed = [self._made.get("network_zone") or self._options["network_zone_name"]] if self._options["source_addresses"] else []
        zones = [*self._options["network_zones"], *managed]
        return zones if zones or self._known.get("network_limited") else None

    @property
    def _manages_remediation_role(self) -> bool:
        return self.plan.method == "oauth" and self._oauth.manages_remediation_role

    @property
    def _created_roles(self) -> list[dict[str, str]]:
        """The custom roles that onboarding created, where the record has both the role and its resource set."""
        pairs = (role.assignment(self._made) for role, is_desired in self._desired_roles.items() if is_desired)
        return [pair for pair in pairs if pair]

    @property
    def _desired_roles(self) -> dict[CustomRole, bool]:
        shows_privileges = self.plan.method == "oauth" and self._oauth.manages_privilege_role
        return {REMEDIATION: self._manages_remediation_role, PRIVILEGES: shows_privileges}

    @property
    def _are_roles_recorded(self) -> bool:
        """Whether the record has all managed custom roles that the app must hold."""
        return all(role.assignment(self._made) for role, is_desired in self._desired_roles.items() if is_desired)

    @property
    def _custom_roles(self) -> list[dict[str, str]]:
        given = self._options["remediation_custom_roles"] if self._options["remediation"] else []
        return [*given, *self._created_roles]

    def options(self) -> dict[str, Any]:
        """The options of the module; those that are None aren't set."""
        return {**self._stored_options(), **self._desired_options()}

    def _stored_options(self) -> dict[str, Any]:
        known, found = self._known, rotation_stage(self._known)
        return {
            "host": self.plan.host,
            "method": self.plan.method,
            "own_credentials": not self.plan.has_credential,
            "vault_problem": self.record_problem,
            "vault_id": self._store["label"] or self._options["vault_id"] or None,
            "onboarded": self.is_onboarded,
            "adopting": bool(known.get("take_over")),
            "app_id": self.app_id,
            "own_key_id": known.get("key_id"),
            "own_dpop": bool(known.get("dpop")),
            "rotation": None if found["stage"] == "none" else found["stage"],
            "rotation_since": found["since"] or None,
            "proven_at": known.get("proven_at"),
            "bootstrap_owner": known.get("bootstrap_owner"),
        }

    def _desired_options(self) -> dict[str, Any]:
        return {
            "app_label": self._options["app_label"],
            "service_type": self._options["api_service_type"],
            "exclusive": self._options["exclusive"],
            "exclusive_keys": self._are_keys_exclusive,
            "app_dpop": self._options["dpop"],
            "network_zones": self.network_zones,
            "wanted_scopes": self._oauth.scopes,
            "optional_scopes": self._oauth.optional_scopes if self.plan.method == "oauth" else [],
            "roles": self._oauth.roles,
            "custom_roles": self._custom_roles,
            "custom_roles_known": self._are_roles_recorded,
            "privileges": self._oauth.privileges() if self._desired_roles[PRIVILEGES] else None,
            "coverage": self.plan.method == "oauth" and self._options["audit_coverage"],
            "key_max_age": self._options["audit_key_max_age"] or None,
        }


def own_credentials(current: Current) -> dict[str, Any]:
    """The members of the stored record that the module needs and the plan lacks, secrets included."""
    members = {**_SECRETS, **_NO_SECRETS}
    return {option: current[member] for option, member in members.items() if member in current}


def own_jwks(current: Current) -> list[Mapping[str, Any]]:
    """The managed keys: the current one, and the next one during a rotation, private members included."""
    return [jwk for jwk in (current.get("private_jwk"), current.get("next", {}).get("private_jwk")) if jwk]


def audit_summary(tenant: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an audit that a plan holds.

    Args:
        tenant: the tenant, as the module returned it.
    """
    return {**{name: tenant[name] for name in ("status", "error")}, "findings": [finding["id"] for finding in tenant["findings"]]}


def append_audit(earlier: Any, tenant: Any) -> list[Any]:
    """All audits of a host, since it can stand for several tenants in turn.

    Args:
        earlier: the result of the previous audit of this host, if there was one.
        tenant: the tenant of this audit; None where it has no result.
    """
    found: Sequence[Any] = earlier.get("audits") or () if isinstance(earlier, Mapping) else ()
    return [*found, *([tenant] if tenant is not None else [])]


def options_without_plan(given: Mapping[str, Any], host: str, problem: str | None) -> dict[str, Any]:
    """The options of the module where planning failed: the variables as they are set, since one of them can be the reason.

    Args:
        given: the role's variables that are set.
        host: the host that stands for the tenant.
        problem: why planning failed; None where that is unknown.
    """
    method = given.get("rezonate_method")
    options = {
        "problem": problem or "The audit failed.",
        "tenant": given.get("rezonate_tenant_id") or host,
        "host": host,
        "org_url": given.get("rezonate_org_url"),
        "okta_domain": given.get("rezonate_okta_domain"),
        "method": method if method in METHODS else None,
    }
    return {name: value for name, value in options.items() if value}
