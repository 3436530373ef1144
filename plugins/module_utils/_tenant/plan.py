# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a tenant, which tasks pass on: settings, the stored record without its secrets, and the results so far.

A plan holds no secret, since it is an Ansible variable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from .._core.errors import InputError
from .options import public_options

# The members of a task's result that later decisions and the report need; None is a string, a number, a boolean, or a list of these.
_APP: Mapping[str, Any] = {
    **dict.fromkeys(("id", "client_id", "label", "status", "dpop", "network_zones")),
    "jwks": {"kid": None},
    "authentication": dict.fromkeys(("kid", "method", "status")),
}
_INSPECTED: Mapping[str, Any] = {
    **dict.fromkeys(("exact", "other_owner", "privileged", "roles", "verdict")),
    "owner": {"login": None},
    "proved": {"path": None},
    "tokens": {"name": None, "network": dict.fromkeys(("connection", "include", "exclude"))},
}
_MEMBERS: Mapping[str, Any] = {
    **dict.fromkeys(("changed", "created", "changes", "added", "removed", "roles", "roles_removed", "scopes", "surplus", "unavailable")),
    **dict.fromkeys(("adopted", "backup_file", "barred", "beyond", "left", "org_id", "refused", "skipped", "token_type")),
    **dict.fromkeys(("client_id", "generated", "is_new_token", "key_id", "key_ids", "made_secret", "makes_super_admins", "secret_missing")),
    **dict.fromkeys(("are_missing", "resource")),
    "app": _APP,
    "apps": _APP,
    "caller": dict.fromkeys(("id", "kind")),
    "groups": {"id": None},
    "inspected": _INSPECTED,
    "integration": {"id": None, "secrets": dict.fromkeys(("id", "status"))},
    "proved": {"path": None},
    "coverage": dict.fromkeys(("path", "status")),
    "public_jwk": dict.fromkeys(("kty", "n", "e", "kid", "use", "alg")),
    "resource_set": dict.fromkeys(("id", "label")),
    "role": dict.fromkeys(("id", "label")),
    "user": dict.fromkeys(("id", "login")),
    "zone": dict.fromkeys(("id", "name")),
}
# The members that are lists, mostly of scopes.
_LISTS = ("added", "newer", "newer_optional_scopes", "optional_scopes", "removed", "scopes", "surplus", "unavailable")


@dataclass(frozen=True)
class Plan:
    """The work for a tenant, and its results so far.

    Args:
        work: ``onboard``, ``rotate``, ``offboard`` or ``audit``.
        host: the host of the tenant.
        tenant: the tenant's name.
        org_url: the org's URL.
        method: the authentication method of Rezonate.
        options: the role's variables that hold no secrets, by their names without ``rezonate_``.
        credential: a reference to the credential for the calls to the org; empty where there is none.
        store: where the record is stored.
        known: the stored record of that method at the start of the run, without secrets.
        scopes: the default scopes: ``version``, ``newest``, ``scopes``, ``optional_scopes``, ``newer``, ``newer_optional_scopes``.
        results: the results of the tasks so far, by step.
        steps: the task files that the run includes.
        parts: the task files that run before the bootstrap token is revoked, where it is to be revoked.
        detour: an additional task file that the last task requires; empty where there is none.
        compared: whether the tenant was compared with Okta.
        check: whether the run is in check mode.
        failed: whether the last task failed.
    """

    work: str
    host: str
    tenant: str
    org_url: str
    method: str
    options: Mapping[str, Any]
    credential: Mapping[str, Any] = field(default_factory=dict)
    store: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    scopes: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    detour: str = ""
    compared: bool = False
    check: bool = False
    failed: bool = False

    @classmethod
    def of(cls, value: Any) -> Plan:
        """Parse a plan that an earlier task returned as C(plan).

        Raises:
            InputError: it isn't a plan.
        """
        names = {one.name for one in fields(cls)}
        if not isinstance(value, Mapping) or set(value) != names:
            raise InputError("'tenant' is not the plan that an earlier task of the role returned.")
        options = {**public_options({}), **value["options"]}
        results = {step: _unpacked(result) for step, result in value["results"].items()}
        lists = {name: tuple(value[name]) for name in ("steps", "parts")}
        return cls(**{**value, **lists, "options": options, "results": results, "scopes": _unpacked(value["scopes"])})

    def as_dict(self) -> dict[str, Any]:
        """The plan as a task returns it. It is short, since Ansible templates each value in each task.

        Options with default values are omitted; a list of scopes is one string, as in a token request (RFC 6749, 3.3).
        """
        defaults = public_options({})
        options = {name: value for name, value in self.options.items() if value != defaults[name]}
        results = {step: _packed(result) for step, result in self.results.items()}
        lists = {name: list(getattr(self, name)) for name in ("steps", "parts")}
        members = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**members, **lists, "options": options, "results": results, "scopes": _packed(self.scopes)}

    def option(self, name: str) -> Any:
        """A variable of the role, by its name without ``rezonate_``."""
        return self.options[name]

    def result(self, step: str) -> Mapping[str, Any]:
        """The result of the task of a step; empty where it wasn't run."""
        return self.results.get(step, {})

    def of_result(self, step: str, member: str) -> Any:
        """A member of the result of the task of a step."""
        return self.result(step).get(member)

    def has_run(self, step: str) -> bool:
        """Whether the task of a step was run."""
        return step in self.results

    def with_result(self, step: str, values: Mapping[str, Any]) -> Plan:
        """The plan after a task."""
        return replace(self, results={**self.results, step: public_members(values)})

    def with_members(self, step: str, **members: Any) -> Plan:
        """The plan with additional members in the result of a step."""
        return replace(self, results={**self.results, step: {**self.result(step), **members}})

    @property
    def is_verified(self) -> bool:
        """Whether the stored credentials of the method were verified before the run."""
        return bool(self.known.get("proven_at"))

    @property
    def has_credential(self) -> bool:
        """Whether there is a credential for calls to the org."""
        return bool(self.credential)

    @property
    def is_verified_now(self) -> bool:
        """Whether the stored credentials were verified in this run, or would be where check mode can't verify them."""
        if self.method == "api_token":
            return bool(self.of_result("inspection", "inspected"))
        verification = self.result("verification")
        return "proved" in verification or (self.check and bool(self.option("verify")) and bool(verification.get("skipped")))

    @property
    def changed(self) -> bool:
        """Whether a task changed something, or would have."""
        return any(result.get("changed") for result in self.results.values())


def _packed(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: " ".join(value) if name in _LISTS and _are_words(value) else value for name, value in members.items()}


def _unpacked(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.split() if name in _LISTS and isinstance(value, str) else value for name, value in members.items()}


def _are_words(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(entry, str) and entry.split() == [entry] for entry in value)


def public_members(values: Mapping[str, Any]) -> dict[str, Any]:
    """The public members of a task's result, which later decisions and the report need."""
    found: dict[str, Any] = _part(values, _MEMBERS)
    return found


def _part(value: Any, members: Mapping[str, Any] | None) -> Any:
    if isinstance(value, (list, tuple)):
        return [part for part in (_part(entry, members) for entry in value) if part is not None]
    if members is None:
        return value if isinstance(value, (str, int, float)) else None
    if not isinstance(value, Mapping):
        return None
    found = {name: _part(value.get(name), inner) for name, inner in members.items()}
    return {name: part for name, part in found.items() if part is not None}


def union(*lists: Sequence[str]) -> list[str]:
    """The distinct entries of all lists, in order."""
    return list(dict.fromkeys(entry for entries in lists for entry in entries))
