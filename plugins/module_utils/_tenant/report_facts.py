# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report of a tenant is made of: settings, stored record and results of tasks; no key, secret or token is among it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from .coverage import sentences
from .oauth import OAuth
from .plan import Plan
from .rotation import rotation

# What the steps of a plan are called here, where that is something else. All that only stores is `saved`.
_NAMES: Mapping[str, str] = {
    "network_zone": "zone",
    "verification": "proof",
    "second_look": "saved_proof",
    "forgotten": "saved_last",
}
_DRIFTING = ("zone", "resource_set", "app", "integration", "custom_role", "privilege_role", "privilege_set", "grants", "roles")


def _of_app(plan: Plan) -> dict[str, Any]:
    """What only an OAuth app has."""
    if plan.method != "oauth" or plan.work != "onboard":
        return {}
    wanted = OAuth(plan)
    privileges = "off" if not wanted.wants_privileges else "refused" if wanted.privileges_refused else "seen"
    return {"coverage": sentences(wanted.coverage), "privileges": privileges}


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
    def of(cls, plan: Plan) -> Stored:
        """What the plan says of it."""
        own = {name: value for name, value in plan.known.items() if name not in ("previous", "moved_from")}
        methods = {**plan.known.get("previous", {}), **({plan.method: own} if own else {})}
        return cls(
            path=str(plan.store["path"]),
            view_command=str(plan.store.get("view_command") or ""),
            vault_id=plan.store.get("label"),
            method=plan.method,
            moves="moved_from" in plan.known,
            proven=plan.is_verified,
            known=plan.known,
            methods=methods,
            rotation=rotation(plan.known),
            scopes_version=int(plan.scopes.get("version", 1)),
        )


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
        results: what the run's tasks returned, by step.
        compared: whether the tenant was compared with Okta.
        scope_sets: the default scopes that count for the tenant, by version.
        check: whether this was check mode.
        verbose: whether the names of all scopes, and the rest of the details, are reported too.
        new_token: whether another API token was stored than before.
        coverage: which scopes are usable, by what this run has read.
        privileges: whether the app is to see privileges, ``refused`` where the org takes no such role, ``off`` where it isn't.
    """

    work: str
    stage: str = ""
    tenant: str = ""
    org_url: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    caller: str = ""
    stored: Stored = field(default_factory=Stored)
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    compared: bool = False
    scope_sets: Mapping[int, Sequence[str]] = field(default_factory=dict)
    check: bool = False
    verbose: bool = False
    new_token: bool = False
    coverage: Sequence[str] = ()
    privileges: str = ""

    @classmethod
    def of_plan(cls, plan: Plan, *, verbose: bool = False) -> Facts:
        """What a plan holds at the end of its run."""
        results = {_NAMES.get(step, step): result for step, result in plan.results.items()}
        if plan.of_result("key", "generated"):
            results["made"] = plan.result("key")
        return cls(
            plan.work,
            str(plan.option("rotation")) if plan.work == "rotate" else "",
            tenant=plan.tenant,
            org_url=plan.org_url,
            options=plan.options,
            caller=str(plan.credential.get("kind", "")),
            stored=Stored.of(plan),
            results=results,
            compared=plan.compared,
            scope_sets=_scope_sets(plan),
            check=plan.check,
            verbose=verbose,
            new_token=bool(plan.of_result("inspection", "is_new_token")),
            **_of_app(plan),
        )

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
        return any(result.get("changed") for result in self.results.values())

    @property
    def changes_tenant(self) -> bool:
        """The same, the bootstrap token left out."""
        return any(result.get("changed") for name, result in self.results.items() if name != "revoked")

    @property
    def was_onboarded(self) -> bool:
        """Whether Rezonate may have been given credentials of this method before."""
        return bool(self.known.get("proven_at"))

    @property
    def is_compared(self) -> bool:
        """Whether the tenant was compared with Okta; without a live credential it isn't."""
        return self.method == "api_token" or self.compared

    @property
    def is_drifted(self) -> bool:
        """Whether what is in Okta wasn't the desired state."""
        return any(self.of(name, "changed") for name in _DRIFTING)

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
        return bool(self.of("proof", "barred"))

    @property
    def is_adopting(self) -> bool:
        """Whether what was there before is left as it is, until a rotation is finished."""
        return self.flag("adopt_existing") or bool(self.known.get("take_over"))

    @property
    def revokes_bootstrap_token(self) -> bool:
        """Whether the calling API token is to be revoked at the end."""
        return self.options.get("revoke_bootstrap_token") in ("true", "always") and self.caller == "api_token"

    def revoked(self) -> Iterator[str]:
        """That the calling API token no longer exists."""
        if self.of("revoked", "changed"):
            yield f"The bootstrap API token {'would be' if self.check else 'was'} revoked."


def _scope_sets(plan: Plan) -> dict[int, Sequence[str]]:
    """The default scopes that count for the tenant, by version: those for which it has no list of its own.

    The plan of an offboarding has none.
    """
    scopes = plan.scopes
    if not scopes:
        return {}
    versions = {int(scopes["newest"]): ("newer", "newer_optional_scopes"), int(scopes["version"]): ("scopes", "optional_scopes")}
    default = [plan.options.get(option) is None for option in ("scopes", "optional_scopes")]
    return {version: [scope for name in compress(names, default) for scope in scopes[name]] for version, names in versions.items()}
