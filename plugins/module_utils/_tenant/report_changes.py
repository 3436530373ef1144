# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of a run for a tenant, and the fields to update in the Rezonate console because of them."""

from __future__ import annotations

from collections.abc import Iterator

from .report_facts import Facts

CONSOLE = "In the Rezonate console, "
# The objects that are created beside the app: result, member of the result, noun, and the member with the name.
CREATED_OBJECTS = (
    ("custom_role", "role", "custom role", "label"),
    ("resource_set", "resource_set", "resource set", "label"),
    ("privilege_role", "role", "custom role", "label"),
    ("privilege_set", "resource_set", "resource set", "label"),
    ("zone", "zone", "network zone", "name"),
    ("service_user", "user", "service user", "login"),
)


def change_status(facts: Facts) -> str:
    """The status of the tenant after the run: ``created``, ``changed`` or ``unchanged``, in check mode ``would change``."""
    if not facts.is_changed:
        return "unchanged"
    if facts.check:
        return "would change"
    is_new = facts.work == "onboard" and not facts.was_onboarded
    return "created" if is_new or facts.of("app", "created") or facts.of("integration", "created") else "changed"


def reported_changes(facts: Facts) -> list[str]:
    """The changes of the run, or in check mode the predicted ones, a phrase each."""
    return [*change_phrases(facts), *(["the bootstrap API token is revoked"] if facts.of("revoked", "changed") else [])]


def change_phrases(facts: Facts, *, short: bool = False) -> list[str]:
    """The changes without the bootstrap token, for which the report has a sentence.

    Args:
        facts: the facts at the end of the run.
        short: whether the scopes of a new app are counted instead of listed.
    """
    return [*_of_app(facts), *_of_access(facts, short=short), *_of_others(facts)]


def change_sentence(facts: Facts) -> Iterator[str]:
    """The changes as a sentence."""
    done = change_phrases(facts, short=not facts.verbose)
    if done:
        yield f"{'Would change' if facts.check else 'Changed'}: {'; '.join(done)}."


def retained_objects(facts: Facts) -> list[str]:
    """The objects that the run retained, since they are used elsewhere."""
    return [str(facts.of(result, "left")) for result, *_rest in CREATED_OBJECTS if facts.of(result, "left")]


def console_entries(facts: Facts) -> list[str]:
    """The fields to update in the Rezonate console."""
    return [
        *_app_entries(facts),
        *_integration_entries(facts),
        *(["the API key (rezonate_credentials.api_token)"] if facts.new_token else []),
    ]


def record_name(result: str) -> str:
    """The name in the stored record of an object that is created beside the app."""
    return "network_zone" if result == "zone" else result


def quantity(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _of_app(facts: Facts) -> Iterator[str]:
    before, new = facts.known.get("application_id"), facts.of("app", "app", "id")
    label = facts.of("app", "app", "label")
    if facts.of("app", "created"):
        instead = f" in place of {before}" if before else ""
        yield f"the app {label} is created{instead}" + (f", application id {new}" if new else "")
    elif before and new and before != new:
        yield f"the application id is {new}, not {before}"
    elif facts.of("app", "changes"):
        yield f"the app {label} ({new}): {', '.join(facts.of('app', 'changes'))}"
    if facts.of("made", "key_id"):
        yield "a key is created" if facts.of("app", "created") or not facts.was_onboarded else "a new key is created"


def _of_access(facts: Facts, *, short: bool) -> Iterator[str]:
    added = facts.listed("grants", "added")
    roles_removed = {*facts.listed("roles", "removed"), *facts.listed("late_roles", "removed"), *facts.listed("grants", "roles_removed")}
    if added and short and facts.of("app", "created"):
        yield f"{quantity(len(added), 'scope')} added"
    elif added:
        yield f"scopes added: {', '.join(added)}"
    for noun, verb, names in (
        ("scopes", "removed", facts.listed("grants", "removed")),
        ("admin roles", "added", facts.listed("roles", "added")),
        ("admin roles", "removed", sorted(roles_removed)),
    ):
        if names:
            yield f"{noun} {verb}: {', '.join(names)}"


def _of_others(facts: Facts) -> Iterator[str]:
    for result, member, noun, name in CREATED_OBJECTS:
        if facts.of(result, "changed"):
            found = facts.of(result, member) or {}
            where = f" ({found['id']})" if found.get("id") else ""
            # for a removed object only the stored id is known
            label = found.get(name) or facts.known.get("made", {}).get(record_name(result))
            yield f"the {noun} {label}{where}: {', '.join(facts.listed(result, 'changes'))}"
    before, new = facts.known.get("client_id"), facts.of("integration", "client_id")
    done = [*facts.listed("integration", "changes"), *facts.listed("secrets", "changes")]
    if facts.of("integration", "created"):
        instead = f" in place of {before}" if before else ""
        yield f"the API service integration is created{instead}" + (f", client id {new}" if new else "")
    elif done:
        yield f"the API service integration {new or before}: {', '.join(done)}"
    if facts.new_token:
        yield "another API token is stored" if facts.was_onboarded else "the API token is stored"


def _app_entries(facts: Facts) -> Iterator[str]:
    before, new = facts.known.get("application_id"), facts.of("app", "app", "id")
    if facts.of("app", "created") or (before and new and before != new):
        yield f"the application id {new or '(known once the app is created)'}" + (f" (before: {before})" if before else "")
    if facts.of("made", "key_id"):
        yield "the private key (rezonate_credentials.private_key)"


def _integration_entries(facts: Facts) -> Iterator[str]:
    is_new = facts.of("integration", "created")
    if is_new:
        new = facts.of("integration", "client_id") or "(known once it is created)"
        yield f"the client id {new} (before: {facts.known.get('client_id')})"
    if is_new or "make secret" in facts.listed("integration", "changes"):
        yield "the client secret (rezonate_credentials.client_secret)"
