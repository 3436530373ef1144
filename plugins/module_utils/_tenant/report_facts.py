# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts for the report of a tenant: settings, stored record and results of tasks. They contain no key, secret or token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from .coverage import coverage_sentences
from .oauth import OAuth
from .plan import Plan
from .rotation import rotation_stage

# The names of steps here, where they differ from the names in the plan.
_RESULT_NAMES: Mapping[str, str] = {
    "network_zone": "zone",
    "second_look": "saved_verification",
    "forgotten": "removed_record",
}
_DESIRED_OBJECTS = ("zone", "resource_set", "app", "integration", "custom_role", "privilege_role", "privilege_set", "grants", "roles")


def _of_app(plan: Plan) -> dict[str, Any]:
    """The facts that only an OAuth app has."""
    if plan.method != "oauth" or plan.work != "onboard":
        return {}
    desired = OAuth(plan)
    privileges = "off" if not desired.shows_privileges else "refused" if desired.privileges_refused else "seen"
    return {"coverage": coverage_sentences(desired.coverage), "privileges": privileges}


@dataclass(frozen=True)
class StoredFacts:
    """The public part of the stored record before the run.

    Args:
        path: the name of the store in messages.
        view_command: the command that shows the stored credentials.
        vault_id: the vault id that it is encrypted with.
        method: the authentication method of the run.
        changes_method: whether the stored method is another one.
        verified: whether the stored credentials of that method were verified.
        known: the stored record of that method.
        methods: the stored records by method.
        rotation: the stage of the rotation, and its start.
        scopes_version: the version of the default scopes of the tenant.
    """

    path: str = ""
    view_command: str = ""
    vault_id: str | None = None
    method: str = "oauth"
    changes_method: bool = False
    verified: bool = False
    known: Mapping[str, Any] = field(default_factory=dict)
    methods: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rotation: Mapping[str, str] = field(default_factory=lambda: {"stage": "none", "since": ""})
    scopes_version: int = 1

    @classmethod
    def of(cls, plan: Plan) -> StoredFacts:
        """The stored record of a plan."""
        own = {name: value for name, value in plan.known.items() if name not in ("previous", "moved_from")}
        methods = {**plan.known.get("previous", {}), **({plan.method: own} if own else {})}
        return cls(
            path=str(plan.store["path"]),
            view_command=str(plan.store.get("view_command") or ""),
            vault_id=plan.store.get("label"),
            method=plan.method,
            changes_method="moved_from" in plan.known,
            verified=plan.is_verified,
            known=plan.known,
            methods=methods,
            rotation=rotation_stage(plan.known),
            scopes_version=int(plan.scopes.get("version", 1)),
        )


@dataclass(frozen=True)
class Facts:
    """The facts at the end of a run.

    Args:
        work: ``onboard``, ``rotate`` or ``offboard``.
        stage: the command of a rotation: ``prepare``, ``finish``, ``abort`` or ``status``.
        tenant: the tenant's name.
        org_url: the URL of its org.
        options: the role's variables that aren't secrets, by their names without ``rezonate_``.
        caller: the kind of the credential for calls to the org; empty where there is none.
        stored: the stored record before the run.
        results: the results of the tasks, by step.
        compared: whether the tenant was compared with Okta.
        scope_sets: the default scopes of the tenant, by version.
        check: whether the run was in check mode.
        verbose: whether the report includes all details, such as the names of all scopes.
        new_token: whether a new API token was stored.
        coverage: the sentences about usable scopes, according to test reads of this run.
        privileges: whether the app can read admin roles: ``seen``, ``refused`` where the org doesn't support such a role, or ``off``.
    """

    work: str
    stage: str = ""
    tenant: str = ""
    org_url: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    caller: str = ""
    stored: StoredFacts = field(default_factory=StoredFacts)
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
        """The facts of a plan at the end of its run."""
        results = {_RESULT_NAMES.get(step, step): result for step, result in plan.results.items()}
        if plan.of_result("key", "generated"):
            results["made"] = plan.result("key")
        return cls(
            plan.work,
            str(plan.option("rotation")) if plan.work == "rotate" else "",
            tenant=plan.tenant,
            org_url=plan.org_url,
            options=plan.options,
            caller=str(plan.credential.get("kind", "")),
            stored=StoredFacts.of(plan),
            results=results,
            compared=plan.compared,
            scope_sets=_scope_sets(plan),
            check=plan.check,
            verbose=verbose,
            new_token=bool(plan.of_result("inspection", "is_new_token")),
            **_of_app(plan),
        )

    def of(self, name: str, *members: str) -> Any:
        """A member of a result, by its path; None where there is none."""
        found: Any = self.results.get(name)
        for member in members:
            found = found.get(member) if isinstance(found, Mapping) else None
        return found

    def listed(self, name: str, *members: str) -> list[Any]:
        """A list in a result, by its path; empty where there is none."""
        return list(self.of(name, *members) or ())

    def flag(self, name: str) -> bool:
        """Whether an option is true."""
        return bool(self.options.get(name))

    def words(self, name: str) -> list[str]:
        """An option that is a list; empty where it isn't set."""
        return list(self.options.get(name) or ())

    @property
    def method(self) -> str:
        """The authentication method of Rezonate."""
        return self.stored.method

    @property
    def known(self) -> Mapping[str, Any]:
        """The record of that method before the run."""
        return self.stored.known

    @property
    def subject(self) -> str:
        """The subject of the report's first sentence."""
        return f"Tenant {self.tenant} ({self.org_url})"

    @property
    def credential(self) -> str:
        """The noun for the credential of the method."""
        return "key" if self.method == "oauth" else "client secret"

    @property
    def is_changed(self) -> bool:
        """Whether the run changed something, or would change it."""
        return any(result.get("changed") for result in self.results.values())

    @property
    def changes_tenant(self) -> bool:
        """Whether it changed something beside the bootstrap token."""
        return any(result.get("changed") for name, result in self.results.items() if name != "revoked")

    @property
    def was_onboarded(self) -> bool:
        """Whether Rezonate may already use credentials of this method."""
        return bool(self.known.get("proven_at"))

    @property
    def is_compared(self) -> bool:
        """Whether the tenant was compared with Okta, which needs a valid credential."""
        return self.method == "api_token" or self.compared

    @property
    def is_drifted(self) -> bool:
        """Whether Okta had drifted from the desired state."""
        return any(self.of(name, "changed") for name in _DESIRED_OBJECTS)

    @property
    def is_verified(self) -> bool:
        """Whether the credentials were verified in this run or, in check mode, would be after the change."""
        would_be = self.flag("verify") and self.check and self.is_drifted
        return would_be or self.of("verification", "proved") is not None or self.of("inspection", "inspected") is not None

    @property
    def allowed_zones(self) -> list[str]:
        """The network zones that the app is limited to; empty where it isn't limited."""
        managed = self.of("zone", "zone", "id")
        return [*self.words("network_zones"), *([managed] if managed else [])] or self.listed("app", "app", "network_zones")

    @property
    def is_barred(self) -> bool:
        """Whether the credentials can't be verified from this address, since the app is limited to other networks."""
        return bool(self.of("verification", "barred"))

    @property
    def is_adopting(self) -> bool:
        """Whether existing access is retained until a rotation is finished."""
        return self.flag("adopt_existing") or bool(self.known.get("take_over"))

    @property
    def revokes_bootstrap_token(self) -> bool:
        """Whether the bootstrap API token is to be revoked at the end."""
        return self.options.get("revoke_bootstrap_token") in ("true", "always") and self.caller == "api_token"

    def revocation_sentence(self) -> Iterator[str]:
        """The sentence about the revocation of the bootstrap API token."""
        if self.of("revoked", "changed"):
            yield f"The bootstrap API token {'would be' if self.check else 'was'} revoked."


def _scope_sets(plan: Plan) -> dict[int, Sequence[str]]:
    """The default scopes of the tenant by version, without the lists that a variable replaces.

    The plan of an offboarding has none.
    """
    scopes = plan.scopes
    if not scopes:
        return {}
    versions = {int(scopes["newest"]): ("newer", "newer_optional_scopes"), int(scopes["version"]): ("scopes", "optional_scopes")}
    default = [plan.options.get(option) is None for option in ("scopes", "optional_scopes")]
    return {version: [scope for name in compress(names, default) for scope in scopes[name]] for version, names in versions.items()}
