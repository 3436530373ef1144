# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has changed for a tenant, and what a person must do because of it. Only public facts come in: no key, no secret, no token."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CONSOLE = "In the Rezonate console, "
# Of what the role registers: the members of a result that may be reported.
_PUBLIC = ("changed", "created", "changes", "added", "removed", "roles_removed", "left", "client_id", "key_id", "key_ids")
_OBJECTS = {
    "app": ("id", "client_id", "label"),
    "role": ("id", "label"),
    "resource_set": ("id", "label"),
    "zone": ("id", "name"),
    "user": ("id", "login"),
}
# Results that say that something was changed; the other names are only read.
RESULTS = (
    "adopted_app", "app", "custom_role", "grants", "integration", "late_roles", "made", "resource_set", "revoked", "roles", "saved",
    "saved_app", "saved_last", "saved_proof", "saved_retired", "secrets", "service_user", "zone",
)  # fmt: skip
# What is made beside the app: the result, the member of it, the noun, and its name.
_BESIDE = (
    ("custom_role", "role", "custom role", "label"),
    ("resource_set", "resource_set", "resource set", "label"),
    ("zone", "zone", "network zone", "name"),
    ("service_user", "user", "service user", "login"),
)
_MADE = {"zone": "network_zone"}  # what the stored record calls them
_OPTION = re.compile(r"-e (rezonate_(?:rotation|retire_previous|scopes_version)=[A-Za-z0-9]+)")


@dataclass(frozen=True)
class Facts:
    """What is known at the end of a run.

    Args:
        work: ``onboard``, ``rotate`` or ``offboard``, what follows an underscore left out.
        method: how Rezonate authenticates.
        check: whether this was check mode.
        before: what the stored record said before the run.
        results: what the run's tasks returned, as `public` leaves it.
        new_token: whether another API token was stored than before.
    """

    work: str
    method: str = "oauth"
    check: bool = False
    before: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    new_token: bool = False

    def of(self, name: str, member: str) -> Any:
        """A member of a result; None where there is none."""
        return self.results.get(name, {}).get(member)

    def id_of(self, name: str, member: str) -> str:
        """The id of the object in a result; empty where there is none."""
        return str((self.of(name, member) or {}).get("id") or "")

    @property
    def was_onboarded(self) -> bool:
        """Whether Rezonate may have been given credentials before."""
        return bool(self.before.get("proven_at"))


@dataclass(frozen=True)
class Command:
    """How the run was called, for commands that repeat it.

    Args:
        inventory: its sources.
        host: the host that stands for the tenant.
        vault_id: the label that its stored record is encrypted with.
    """

    inventory: Sequence[str]
    host: str
    vault_id: str | None = None

    def line(self, option: str) -> str:
        """The command for a shell that calls the playbook to which an option belongs."""
        playbook = "rotate_rezonate_key" if option.startswith("rezonate_rotation=") else "onboard_rezonate"
        label = "" if self.vault_id in (None, "default") else self.vault_id
        sources = [word for source in self.inventory for word in ("-i", source)]
        words = [*sources, f"rezonate.okta.{playbook}", "--limit", self.host, "--vault-id", f"{label}@prompt", "-e", option]
        return shlex.join(["ansible-playbook", *words])


def public(result: Any) -> dict[str, Any]:
    """The members of a task's result that may be reported."""
    if not isinstance(result, Mapping):
        return {}
    found = {name: result[name] for name in _PUBLIC if result.get(name) is not None}
    for name, members in _OBJECTS.items():
        if isinstance(result.get(name), Mapping):
            found[name] = {member: result[name].get(member) for member in members}
    return found


def status(facts: Facts) -> str:
    """How the run left the tenant: ``created``, ``changed`` or ``unchanged``, in check mode ``would change``."""
    if not any(facts.of(name, "changed") for name in RESULTS if name != "made"):
        return "unchanged"
    if facts.check:
        return "would change"
    is_new = facts.work == "onboard" and not facts.was_onboarded
    return "created" if is_new or facts.of("app", "created") or facts.of("integration", "created") else "changed"


def changes(facts: Facts) -> list[str]:
    """What the run changed, or would change, a phrase each."""
    return list(_removals(facts) if facts.work == "offboard" else (*_of_app(facts), *_of_access(facts), *_of_others(facts)))


def report(facts: Facts, lines: Sequence[str], command: Command | None = None) -> list[str]:
    """The sentences of the report: those that the run's tasks already gave, what changed, and what has to be done."""
    done = changes(facts)
    verb = ("Would remove" if facts.check else "Removed") if facts.work == "offboard" else "Would change" if facts.check else "Changed"
    commands = [command.line(option) for option in dict.fromkeys(_OPTION.findall(" ".join(lines)))] if command else []
    return [
        *lines,
        *_left(facts),
        *([f"{verb}: {'; '.join(done)}."] if done else []),
        *(_to_do(facts) if facts.work == "onboard" else []),
        *(f"As a command: {line}" for line in commands),
    ]


def _of_app(facts: Facts) -> Iterator[str]:
    before, new = str(facts.before.get("application_id") or ""), facts.id_of("app", "app")
    label = (facts.of("app", "app") or {}).get("label")
    if facts.of("app", "created"):
        instead = f" in place of {before}" if before else ""
        yield f"the app {label} is created{instead}" + (f", application id {new}" if new else "")
    elif before and new and before != new:
        yield f"the application id is {new}, not {before}"
    elif facts.of("app", "changes"):
        yield f"the app {label} ({new}): {', '.join(facts.of('app', 'changes'))}"
    if facts.of("made", "key_id"):
        yield "a key is made" if facts.of("app", "created") or not facts.was_onboarded else "a new key is made"


def _of_access(facts: Facts) -> Iterator[str]:
    roles_removed = {name for result in ("roles", "late_roles") for name in facts.of(result, "removed") or ()}
    roles_removed.update(facts.of("grants", "roles_removed") or ())
    for noun, verb, names in (
        ("scopes", "added", facts.of("grants", "added")),
        ("scopes", "removed", facts.of("grants", "removed")),
        ("admin roles", "added", facts.of("roles", "added")),
        ("admin roles", "removed", sorted(roles_removed)),
    ):
        if names:
            yield f"{noun} {verb}: {', '.join(names)}"


def _of_others(facts: Facts) -> Iterator[str]:
    for result, member, noun, name in _BESIDE:
        if facts.of(result, "changed"):
            found = facts.of(result, member) or {}
            where = f" ({found['id']})" if found.get("id") else ""
            yield f"the {noun} {found.get(name)}{where}: {', '.join(facts.of(result, 'changes') or [])}"
    before, new = facts.before.get("client_id"), facts.of("integration", "client_id")
    done = [*(facts.of("integration", "changes") or ()), *(facts.of("secrets", "changes") or ())]
    if facts.of("integration", "created"):
        instead = f" in place of {before}" if before else ""
        yield f"the API service integration is created{instead}" + (f", client id {new}" if new else "")
    elif done:
        yield f"the API service integration {new}: {', '.join(done)}"
    if facts.new_token:
        yield "another API token is stored" if facts.was_onboarded else "the API token is stored"
    if facts.of("revoked", "changed"):
        yield "the bootstrap API token is revoked"


def _removals(facts: Facts) -> Iterator[str]:
    app, made = facts.before.get("app") or {}, facts.before.get("made") or {}
    named = f"the app {app.get('label')} ({app.get('id')})"
    if facts.of("app", "changed"):
        yield named + (" is switched off" if facts.before.get("keeps_app") else "")
    if facts.of("adopted_app", "changed"):
        yield f"our key of {named}"
    if facts.of("integration", "changed"):
        yield f"the API service integration {facts.before.get('client_id') or facts.of('integration', 'client_id') or 'made last'}"
    for result, _member, noun, _name in _BESIDE:
        if facts.of(result, "changed"):
            yield f"the {noun} {made.get(_MADE.get(result, result))}" + (" (deactivated)" if result == "service_user" else "")
    if facts.of("saved_last", "changed"):
        yield f"the credentials in {facts.before.get('place')}"
    if facts.of("revoked", "changed"):
        yield "the bootstrap API token"


def _left(facts: Facts) -> list[str]:
    return [str(facts.of(result, "left")) for result, *_rest in _BESIDE if facts.of(result, "left")]


def _to_do(facts: Facts) -> Iterator[str]:
    """What a person must do in Rezonate's console; what to enter the first time is said already."""
    if not facts.was_onboarded:
        return
    entries = list(_entries(facts))
    would = "would have to be" if facts.check else "has to be"
    if entries:
        yield f"To do: {CONSOLE}{'; '.join(entries)} {would} entered anew."
    elif status(facts) != "unchanged":
        yield "To do: nothing; what was entered in the Rezonate console stays valid."


def _entries(facts: Facts) -> Iterator[str]:
    before, new = facts.before.get("application_id"), facts.id_of("app", "app")
    if facts.of("app", "created") or (before and new and before != new):
        yield f"the application id {new or '(known once the app is made)'}" + (f" (before: {before})" if before else "")
    if facts.of("made", "key_id"):
        yield "the private key (rezonate_credentials.private_key)"
    if facts.of("integration", "created"):
        yield f"the client id {facts.of('integration', 'client_id') or '(known once it is made)'} (before: {facts.before.get('client_id')})"
    if facts.of("integration", "created") or "make secret" in (facts.of("integration", "changes") or ()):
        yield "the client secret (rezonate_credentials.client_secret)"
    if facts.new_token:
        yield "the API key (rezonate_credentials.api_token)"
