# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report of a tenant is made of: settings, stored record and results of tasks; no key, secret or token is among it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# Results that say that something was changed; of `made` only the key id is read.
CHANGING = (
    "adopted_app", "app", "custom_role", "grants", "integration", "late_roles", "resource_set", "revoked", "roles", "saved",
    "saved_app", "saved_last", "saved_proof", "saved_retired", "secrets", "service_user", "zone",
)  # fmt: skip
# All that the report reads, by the names that the role registers without ``rezonate__``.
RESULTS = (*CHANGING, "found", "inspection", "made", "proof")

# The members of a result that may be reported; None is a text, number, flag, or a list of these.
_APP = {
    **dict.fromkeys(("id", "client_id", "label", "status", "network_zones")),
    "jwks": {"kid": None},
    "authentication": {"kid": None},
}
_TOKEN = {"name": None, "network": dict.fromkeys(("connection", "include", "exclude"))}
_INSPECTED = {
    **dict.fromkeys(("exact", "other_owner", "privileged", "roles", "verdict")),
    "owner": {"login": None},
    "proved": {"path": None},
    "tokens": _TOKEN,
}
_PUBLIC: Mapping[str, Any] = {
    **dict.fromkeys(("changed", "created", "changes", "added", "removed", "roles_removed", "left", "client_id", "key_id", "key_ids")),
    **dict.fromkeys(("backup_file", "beyond", "scopes", "surplus", "token_type", "unavailable")),
    "okta": dict.fromkeys(("status", "error_code")),
    "proved": {"path": None},
    "app": _APP,
    "apps": _APP,
    "inspected": _INSPECTED,
    "integration": {"id": None, "secrets": {"id": None}},
    "resource_set": dict.fromkeys(("id", "label")),
    "role": dict.fromkeys(("id", "label")),
    "user": dict.fromkeys(("id", "login")),
    "zone": dict.fromkeys(("id", "name")),
}


def public(result: Any) -> dict[str, Any]:
    """The members of a task's result that may be reported."""
    return _part(result, _PUBLIC) if isinstance(result, Mapping) else {}


def _part(value: Any, members: Mapping[str, Any] | None) -> Any:
    if isinstance(value, (list, tuple)):
        parts = [_part(entry, members) for entry in value]
        return [part for part in parts if part is not None]
    if members is None:
        return value if isinstance(value, (str, int, float)) else None
    if not isinstance(value, Mapping):
        return None
    found = {name: _part(value.get(name), inner) for name, inner in members.items()}
    return {name: part for name, part in found.items() if part is not None}


@dataclass(frozen=True)
class Stored:
    """The public part of the stored record, as the run found it.

    Args:
        path: what messages call the store.
        view_command: the command that shows what is stored.
        vault_id: the label that it is encrypted with.
        method: the authentication method that counts.
        moves: whether that is another method than the stored one.
        proven: whether the stored credentials of that method were verified.
        known: what is stored for that method.
        methods: what is stored, by method.
        rotation: the stage of a rotation, and since when.
        scopes_version: the version of the default scopes that counts.
    """

    path: str = ""
    view_command: str = ""
    vault_id: str | None = None
    method: str = "oauth"
    moves: bool = False
    proven: bool = False
    known: Mapping[str, Any] = field(default_factory=dict)
    methods: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rotation: Mapping[str, str] = field(default_factory=lambda: {"stage": "none", "since": ""})
    scopes_version: int = 1

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Stored:
        """Take the public members of what ``tenant_record`` returned."""
        return cls(**{name: result[name] for name in cls.__dataclass_fields__ if result.get(name) is not None})


@dataclass(frozen=True)
class Facts:
    """What is known at the end of a run.

    Args:
        work: ``onboard``, ``rotate`` or ``offboard``.
        stage: what a rotation did: ``prepare``, ``finish``, ``abort`` or ``status``.
        tenant: the tenant's name.
        org_url: the URL of its org.
        options: the role's variables that are no secrets, by their names without ``rezonate_``.
        caller: the kind of the credential that the org is called with; empty where there is none.
        stored: the stored record before the run.
        results: what the run's tasks returned, as `public` leaves it.
        scope_sets: the default scopes, by version.
        check: whether this was check mode.
        verbose: whether the names of all scopes, and the rest of the details, are reported too.
        new_token: whether another API token was stored than before.
    """

    work: str
    stage: str = ""
    tenant: str = ""
    org_url: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    caller: str = ""
    stored: Stored = field(default_factory=Stored)
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scope_sets: Mapping[int, Sequence[str]] = field(default_factory=dict)
    check: bool = False
    verbose: bool = False
    new_token: bool = False

    def of(self, name: str, *members: str) -> Any:
        """A member of a result, or a member of that; None where there is none."""
        found: Any = self.results.get(name)
        for member in members:
            found = found.get(member) if isinstance(found, Mapping) else None
        return found

    def listed(self, name: str, *members: str) -> list[Any]:
        """A member of a result that is a list; empty where there is none."""
        return list(self.of(name, *members) or ())

    def flag(self, name: str) -> bool:
        """Whether an option is true."""
        return bool(self.options.get(name))

    def words(self, name: str) -> list[str]:
        """An option that is a list; empty where it isn't set."""
        return list(self.options.get(name) or ())

    @property
    def method(self) -> str:
        """How Rezonate authenticates."""
        return self.stored.method

    @property
    def known(self) -> Mapping[str, Any]:
        """What was stored for that method before the run."""
        return self.stored.known

    @property
    def subject(self) -> str:
        """Whom the report is about."""
        return f"Tenant {self.tenant} ({self.org_url})"

    @property
    def credential(self) -> str:
        """What the method calls its credential."""
        return "key" if self.method == "oauth" else "client secret"

    @property
    def is_changed(self) -> bool:
        """Whether the run changed something, or would."""
        return any(self.of(name, "changed") for name in CHANGING)

    @property
    def changes_tenant(self) -> bool:
        """The same, the bootstrap token left out."""
        return any(self.of(name, "changed") for name in CHANGING if name != "revoked")

    @property
    def was_onboarded(self) -> bool:
        """Whether Rezonate may have been given credentials of this method before."""
        return bool(self.known.get("proven_at"))

    @property
    def is_compared(self) -> bool:
        """Whether the tenant was compared with Okta; without a live credential it isn't."""
        return self.method == "api_token" or self.of("app", "app") is not None or self.of("integration", "integration") is not None

    @property
    def is_drifted(self) -> bool:
        """Whether what is in Okta wasn't the desired state."""
        names = ("zone", "resource_set", "app", "integration", "custom_role", "grants", "roles")
        return any(self.of(name, "changed") for name in names)

    @property
    def is_verified(self) -> bool:
        """Whether the credentials were verified in this run; in check mode, or would be after the change."""
        would_be = self.flag("verify") and self.check and self.is_drifted
        return would_be or self.of("proof", "proved") is not None or self.of("inspection", "inspected") is not None

    @property
    def limits(self) -> list[str]:
        """The network zones that the app may be used from; empty means anywhere."""
        made = self.of("zone", "zone", "id")
        return [*self.words("network_zones"), *([made] if made else [])] or self.listed("app", "app", "network_zones")

    @property
    def is_barred(self) -> bool:
        """Whether the credentials can't be verified from here, since the app is limited to other networks."""
        refused = self.of("proof", "okta", "error_code") == "access_denied"
        return refused and self.of("app", "app") is not None and bool(self.limits)

    @property
    def is_adopting(self) -> bool:
        """Whether what was there before is left as it is, until a rotation is finished."""
        return self.flag("take_over") or bool(self.known.get("take_over"))

    @property
    def revokes_bootstrap_token(self) -> bool:
        """Whether the calling API token is to be revoked at the end."""
        return self.options.get("revoke_bootstrap_token") in ("true", "always") and self.caller == "api_token"

    def revoked(self) -> Iterator[str]:
        """That the calling API token no longer exists."""
        if self.of("revoked", "changed"):
            yield f"The bootstrap API token {'would be' if self.check else 'was'} revoked."
