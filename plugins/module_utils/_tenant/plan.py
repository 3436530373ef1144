# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run knows of its tenant, as one task hands it to the next: settings, the stored record without its secrets, and results so far.

Nothing in a plan is a secret: it is an Ansible variable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from .._core.errors import InputError
from .options import public_options

# The members of a task's result that later decisions and the report need; None is a text, a number, a flag, or a list of these.
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
# Those that are lists, of scopes mostly.
_LISTS = ("added", "newer", "newer_optional_scopes", "optional_scopes", "removed", "scopes", "surplus", "unavailable")


@dataclass(frozen=True)
class Plan:
    """What is to be done for a tenant, and what was done so far.

    Args:
        work: ``onboard``, ``rotate``, ``offboard`` or ``audit``.
        host: the host that stands for the tenant.
        tenant: the tenant's name.
        org_url: the org's URL.
        method: how Rezonate authenticates.
        options: the role's variables without ``rezonate_``, but for those that hold secrets.
        credential: where the credential is that the org is called with; empty where there is none.
        store: where the record is stored.
        known: the stored record when the run began, as that method finds it, without secrets.
        scopes: the default scopes: ``version``, ``newest``, ``scopes``, ``optional_scopes``, ``newer``, ``newer_optional_scopes``.
        results: what tasks returned so far, by step.
        steps: the files of tasks that the run includes.
        parts: where the bootstrap token is given back after them, the files of tasks before that.
        detour: a file of tasks that the task which is done made necessary; empty where there is none.
        compared: whether the tenant was compared with Okta.
        check: whether nothing may be changed.
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
        """Read what an earlier task returned as C(plan).

        Raises:
            InputError: it isn't that.
        """
        names = {one.name for one in fields(cls)}
        if not isinstance(value, Mapping) or set(value) != names:
            raise InputError("'tenant' is not the plan that an earlier task of the role returned.")
        options = {**public_options({}), **value["options"]}
        results = {step: _unpacked(result) for step, result in value["results"].items()}
        lists = {name: tuple(value[name]) for name in ("steps", "parts")}
        return cls(**{**value, **lists, "options": options, "results": results, "scopes": _unpacked(value["scopes"])})

    def as_dict(self) -> dict[str, Any]:
        """As a task returns it: short, for Ansible templates each value again in each task.

        Options that have their defaults are left out; a list of scopes is one text, as in a token request (RFC 6749, 3.3).
        """
        defaults = public_options({})
        options = {name: value for name, value in self.options.items() if value != defaults[name]}
        results = {step: _packed(result) for step, result in self.results.items()}
        lists = {name: list(getattr(self, name)) for name in ("steps", "parts")}
        whole = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**whole, **lists, "options": options, "results": results, "scopes": _packed(self.scopes)}

    def option(self, name: str) -> Any:
        """A variable of the role, by its name without ``rezonate_``."""
        return self.options[name]

    def result(self, step: str) -> Mapping[str, Any]:
        """What the task of a step returned; empty where it wasn't run."""
        return self.results.get(step, {})

    def of_result(self, step: str, member: str) -> Any:
        """A member of what the task of a step returned."""
        return self.result(step).get(member)

    def has_run(self, step: str) -> bool:
        """Whether the task of a step was run."""
        return step in self.results

    def with_result(self, step: str, values: Mapping[str, Any]) -> Plan:
        """The plan after a task."""
        return replace(self, results={**self.results, step: public(values)})

    def with_more(self, step: str, **members: Any) -> Plan:
        """The plan with more about a task that was run."""
        return replace(self, results={**self.results, step: {**self.result(step), **members}})

    @property
    def is_verified(self) -> bool:
        """Whether the stored credentials of the method were verified when the run began."""
        return bool(self.known.get("proven_at"))

    @property
    def has_credential(self) -> bool:
        """Whether there is a credential to call the org with."""
        return bool(self.credential)

    @property
    def is_shown(self) -> bool:
        """Whether the stored credentials were seen to work in this run, or would be, where check mode can't try them."""
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


def public(values: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a task's result that later decisions and the report need; none is a secret."""
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
    """The entries of all lists, each once, in their order."""
    return list(dict.fromkeys(entry for entries in lists for entry in entries))
