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
from .rotation import rotation
from .settings import Settings
from .transitions import Current

_SECRETS = {"own_private_key": "private_key", "own_client_secret": "client_secret", "own_api_token": "api_token"}
_NO_SECRETS = {"retiring_keys": "retiring", "secret_hash": "secret_hash"}


def unread(settings: Settings, problem: str) -> tuple[Record, dict[str, Any]]:
    """What a plan says of a record that can't be read: nothing but why.

    Args:
        settings: the tenant's settings.
        problem: the sentence that says why.
    """
    unknown: dict[str, Any] = dict.fromkeys(("exists", "revision", "view_command"))
    facts = {**unknown, "names": [], "vault_id": settings.text("vault_id") or None, "problem": problem}
    return Record({}, {}, settings.text("method")), facts


class TenantAudit:
    """What a tenant is compared with.

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
        """Whether there is a record, and it could be read."""
        return bool(self._store["holds_record"])

    @property
    def record_problem(self) -> str | None:
        """Why nothing is known of our credentials; None where they are known."""
        if self._store["problem"] or self.has_record:
            return self._store["problem"] or None
        return f"{self._store['path']} {'holds no credentials' if self._store['exists'] else 'does not exist'}."

    @property
    def is_onboarded(self) -> bool:
        """Whether credentials are stored; where that can't be told, they may be."""
        return self.has_record or bool(self._store["problem"])

    @property
    def _is_integration(self) -> bool:
        return self.plan.method == "api_service_integration"

    @property
    def app_id(self) -> str | None:
        """The id of the app or of the integration; None where it is unknown."""
        if self._is_integration:
            return self._known.get("client_id")
        return self._known.get("application_id") or self._options["application_id"] or None

    @property
    def _is_exclusive_of_keys(self) -> bool:
        """Whether keys and secrets that aren't ours are findings; Okta doesn't tell which of two secrets a rotation made."""
        return bool(self._options["exclusive"]) and not (self._is_integration and "next" in self._known)

    @property
    def network_zones(self) -> list[str] | None:
        """The network zones that the app has to be limited to; None where that doesn't matter."""
        ours = [self._made.get("network_zone") or self._options["network_zone_name"]] if self._options["source_addresses"] else []
        zones = [*self._options["network_zones"], *ours]
        return zones if zones or self._known.get("network_limited") else None

    @property
    def _makes_role(self) -> bool:
        return self.plan.method == "oauth" and self._oauth.makes_remediation_role

    @property
    def _made_roles(self) -> list[dict[str, str]]:
        """The custom roles that onboarding made, where the record knows both parts of them."""
        pairs = (role.pair(self._made) for role, is_wanted in self._wanted_roles.items() if is_wanted)
        return [pair for pair in pairs if pair]

    @property
    def _wanted_roles(self) -> dict[CustomRole, bool]:
        sees = self.plan.method == "oauth" and self._oauth.makes_privilege_role
        return {REMEDIATION: self._makes_role, PRIVILEGES: sees}

    @property
    def _knows_roles(self) -> bool:
        """Whether the record knows all custom roles of ours that the app is to hold."""
        return all(role.pair(self._made) for role, is_wanted in self._wanted_roles.items() if is_wanted)

    @property
    def _custom_roles(self) -> list[dict[str, str]]:
        given = self._options["remediation_custom_roles"] if self._options["remediation"] else []
        return [*given, *self._made_roles]

    def options(self) -> dict[str, Any]:
        """What the module is asked for; what is None isn't given."""
        return {**self._of_record(), **self._desired()}

    def _of_record(self) -> dict[str, Any]:
        known, found = self._known, rotation(self._known)
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

    def _desired(self) -> dict[str, Any]:
        return {
            "app_label": self._options["app_label"],
            "service_type": self._options["api_service_type"],
            "exclusive": self._options["exclusive"],
            "exclusive_keys": self._is_exclusive_of_keys,
            "app_dpop": self._options["dpop"],
            "network_zones": self.network_zones,
            "wanted_scopes": self._oauth.scopes,
            "optional_scopes": self._oauth.optional_scopes if self.plan.method == "oauth" else [],
            "roles": self._oauth.roles,
            "custom_roles": self._custom_roles,
            "custom_roles_known": self._knows_roles,
            "privileges": self._oauth.privileges() if self._wanted_roles[PRIVILEGES] else None,
            "coverage": self.plan.method == "oauth" and self._options["audit_coverage"],
            "key_max_age": self._options["audit_key_max_age"] or None,
        }


def own_credentials(current: Current) -> dict[str, Any]:
    """What of the stored record the module needs beyond the plan, secrets among it."""
    members = {**_SECRETS, **_NO_SECRETS}
    return {option: current[member] for option, member in members.items() if member in current}


def own_jwks(current: Current) -> list[Mapping[str, Any]]:
    """Our keys, and the next one while a rotation is under way; private parts among them."""
    return [jwk for jwk in (current.get("private_jwk"), current.get("next", {}).get("private_jwk")) if jwk]


def summary(tenant: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan keeps of an audit.

    Args:
        tenant: the tenant, as the module returned it.
    """
    return {**{name: tenant[name] for name in ("status", "error")}, "findings": [finding["id"] for finding in tenant["findings"]]}


def with_earlier(earlier: Any, tenant: Any) -> list[Any]:
    """All audits of a host: it may stand for several tenants, one after another.

    Args:
        earlier: the result of the audit before on this host, if there was one.
        tenant: the tenant of this one; None where it came to no result.
    """
    found: Sequence[Any] = earlier.get("audits") or () if isinstance(earlier, Mapping) else ()
    return [*found, *([tenant] if tenant is not None else [])]


def unplanned(given: Mapping[str, Any], host: str, problem: str | None) -> dict[str, Any]:
    """What the module is asked for where no plan could be made: the variables as they are, for one of them may be why.

    Args:
        given: the role's variables that are set.
        host: the host that stands for the tenant.
        problem: why no plan could be made, as far as is known.
    """
    method = given.get("rezonate_method")
    wanted = {
        "problem": problem or "The audit failed.",
        "tenant": given.get("rezonate_tenant_id") or host,
        "host": host,
        "org_url": given.get("rezonate_org_url"),
        "okta_domain": given.get("rezonate_okta_domain"),
        "method": method if method in METHODS else None,
    }
    return {name: value for name, value in wanted.items() if value}
