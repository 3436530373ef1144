# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API service integration and its client secrets: their state, their desired state, and the plan of changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from .._core.errors import InputError, StateError, UnmanagedResourceError
from .._core.text import same_text
from .._okta.request_recovery import parse_timestamp
from .resource import Create, Delete, Plan, Step

ACTIVE = "ACTIVE"
MAX_SECRETS = 2  # Okta: API service integrations
CONSOLE = "Applications > API Service Integrations"
# Seconds by which the local clock may be ahead of Okta's, whose times are whole seconds.
_SKEW = 10.0
_TYPE = re.compile(r"[A-Za-z0-9_.-]+")


class Ownership(Enum):
    """How an integration belongs to the caller."""

    KNOWN = "the caller knows its id"
    EARLIER_RUN = "an earlier run of the caller created it and was interrupted before its secret was saved"
    FOREIGN = "the caller didn't create it, and has set take_over"


@dataclass(frozen=True)
class Secret:
    """The metadata of a client secret, never the secret itself."""

    id: str | None
    hash: str | None = None
    status: str = ACTIVE
    created: str | None = None
    last_updated: str | None = field(default=None, compare=False)
    is_new: bool = field(default=False, compare=False)

    def facts(self) -> dict[str, Any]:
        """The members that a module returns."""
        return {
            "id": self.id,
            "status": self.status,
            "secret_hash": self.hash,
            "created": self.created,
            "last_updated": self.last_updated,
        }

    def diff_text(self) -> str:
        """The secret for diff mode."""
        return f"{'a new one' if self.is_new else self.id} ({self.status.lower()})"

    def description(self) -> str:
        """The text for a list in a message."""
        return f"{self.id} ({self.status.lower()}, made {self.created or 'at an unknown time'})"


@dataclass(frozen=True)
class Integration:
    """An API service integration; ``secrets`` is None where they weren't read."""

    type: str
    scopes: tuple[str, ...]
    id: str | None = None
    name: str | None = field(default=None, compare=False)
    created_at: str | None = field(default=None, compare=False)
    created_by: str | None = field(default=None, compare=False)
    secrets: tuple[Secret, ...] | None = None
    ownership: Ownership = field(default=Ownership.KNOWN, compare=False)

    def facts(self) -> dict[str, Any]:
        """The members that a module returns."""
        return {
            "id": self.id,
            "type": self.type,
            "name": self.name,
            "scopes": list(self.scopes),
            "created_at": self.created_at,
            "created_by": self.created_by,
            "secrets": None if self.secrets is None else [secret.facts() for secret in self.secrets],
        }

    def diff_facts(self) -> dict[str, Any]:
        """The members that diff mode shows."""
        members: dict[str, Any] = {"type": self.type, "scopes": list(self.scopes)}
        return members if self.secrets is None else {**members, "secrets": [secret.diff_text() for secret in self.secrets]}

    def description(self) -> str:
        """The text for a list in a message."""
        return f"{self.id} (made {self.created_at or 'at an unknown time'} by {self.created_by or 'an unknown user'})"


@dataclass(frozen=True)
class DesiredIntegration:
    """The desired state of an integration.

    Args:
        state: ``present`` or ``absent``.
        id: its id, where the caller knows it.
        type: its key in Okta's catalogue.
        scopes: its scopes; None leaves them unchanged.
        since: epoch seconds; an integration or secret created since then was created by an earlier run of the caller.
        take_over: whether an integration that the caller didn't create may be used.
        recreate: whether another one is found or created where none has the id.
        replace: whether one with other scopes is deleted and created again.
        new_secret: whether another secret is created.
        secret_hash: Okta's hash of the secret that the caller stores.
        exclusive_secrets: whether all other secrets are removed.
        inspect: whether the secrets are read in any case.
        make_lost_secret: whether another secret is created where the caller's secret no longer exists.
        only_add: whether an existing integration keeps all its secrets, and scopes beyond the desired ones.
    """

    state: str = "present"
    id: str | None = None
    type: str | None = None
    scopes: tuple[str, ...] | None = None
    since: float | None = None
    take_over: bool = False
    recreate: bool = False
    replace: bool = False
    new_secret: bool = False
    secret_hash: str | None = field(default=None, repr=False)
    exclusive_secrets: bool = False
    inspect: bool = False
    make_lost_secret: bool = True
    only_add: bool = False


class MakeSecret(Step):
    """Create a secret."""

    verb = "make secret"


@dataclass(frozen=True)
class SecretStep(Step):
    """A change of one secret."""

    secret: Secret

    @property
    def text(self) -> str:
        return f"{self.verb} {self.secret.id}"


class ActivateSecret(SecretStep):
    """Activate the secret."""

    verb = "activate secret"


class RemoveSecret(SecretStep):
    """Remove the secret."""

    verb = "remove secret"


def check_type(given: str | None) -> str | None:
    """The catalogue key of O(type).

    Raises:
        InputError: it isn't a valid key.
    """
    if given and not _TYPE.fullmatch(given):
        raise InputError(f"type: {given!r} isn't a valid key of Okta's catalogue, such as my_log_integration.")
    return given or None


def integration_from(raw: Mapping[str, Any]) -> Integration:
    """Read an integration from Okta's response; a member that is missing or of another type counts as unset."""
    scopes = raw.get("grantedScopes")
    return Integration(
        type=str(raw.get("type", "")),
        scopes=_each_once(map(str, scopes)) if isinstance(scopes, list) else (),
        id=_str(raw, "id"),
        name=_str(raw, "name"),
        created_at=_str(raw, "createdAt"),
        created_by=_str(raw, "createdBy"),
    )


def secret_from(raw: Mapping[str, Any], *, is_new: bool = False) -> Secret:
    """Read a secret's metadata from Okta's response, without the secret itself."""
    return Secret(
        id=_str(raw, "id"),
        hash=_str(raw, "secret_hash"),
        status=_str(raw, "status") or ACTIVE,
        created=_str(raw, "created"),
        last_updated=_str(raw, "lastUpdated"),
        is_new=is_new,
    )


def creation(integration: Integration) -> dict[str, Any]:
    """The body that creates an integration (Okta: POST /integrations/api/v1/api-services)."""
    return {"type": integration.type, "grantedScopes": list(integration.scopes)}


def is_from_earlier_run(created: str | None, desired: DesiredIntegration) -> bool:
    """Whether something was created since the caller first requested it, so that an earlier run of the caller created it."""
    time = parse_timestamp(created)
    return time is not None and desired.since is not None and time >= desired.since - _SKEW


def choose(found: Sequence[Integration], desired: DesiredIntegration) -> Integration | None:
    """Choose the caller's integration among those of the type.

    Raises:
        UnmanagedResourceError: several are possible, or the only one isn't known to be the caller's.
    """
    from_earlier_run = [replace(one, ownership=Ownership.EARLIER_RUN) for one in found if is_from_earlier_run(one.created_at, desired)]
    is_present = desired.state == "present"
    others = [replace(one, ownership=Ownership.FOREIGN) for one in found] if is_present or desired.since is None else []
    candidates = from_earlier_run or others
    if len(candidates) > 1:
        raise UnmanagedResourceError(
            f"This org has several API service integrations of the type {desired.type!r}: {describe_all(candidates)}. "
            "Nothing was changed. Set id to one of them, or delete the others."
        )
    if is_present and candidates and not from_earlier_run and not desired.take_over:
        raise UnmanagedResourceError(
            f"This org has an unmanaged API service integration of the type {desired.type!r}, which may be in use: "
            f"{describe_all(candidates)}. Nothing was changed. If it belongs to this inventory, set its id, and new_secret if its secret "
            "is lost. To add a secret to it, set take_over."
        )
    return candidates[0] if candidates else None


def describe_all(integrations: Iterable[Integration]) -> str:
    """A list of integrations for a message."""
    return ", ".join(sorted(one.description() for one in integrations))


def needs_secrets(integration: Integration, desired: DesiredIntegration) -> bool:
    """Whether the secrets must be read, for the plan or for the return values."""
    if desired.state == "absent" or _has_other_scopes(integration, desired):
        return False
    needs_reading = desired.new_secret or desired.exclusive_secrets or desired.inspect or bool(desired.secret_hash)
    return needs_reading or integration.ownership is not Ownership.KNOWN


def plan_integration(integration: Integration | None, desired: DesiredIntegration) -> Plan[Integration | None]:
    """Which changes bring an integration to its desired state. A secret is created last, since Okta shows it only once.

    Raises:
        InputError: an option is missing or invalid.
        StateError: a change could break an integration that is in use, or Okta doesn't support it.
    """
    if integration and desired.type and not same_text(desired.type, integration.type, ignore_case=True):
        raise InputError(f"id: the API service integration {integration.id} is of the type {integration.type!r}, not {desired.type!r}.")
    if desired.state == "absent":
        return Plan(None, (Delete(),) if integration else ())
    if integration is None:
        if desired.id and not desired.recreate:
            raise InputError("id: this org has no API service integration with that id. To create one, set type instead, or set recreate.")
        new = _new_integration(desired, desired.type)
        return Plan(new, (Create(new),))
    if _has_other_scopes(integration, desired):
        if not desired.replace or desired.only_add or integration.ownership is Ownership.FOREIGN:
            raise StateError(_scope_drift_error(integration, desired.scopes or (), may_replace=not desired.only_add))
        new = _new_integration(desired, integration.type)
        return Plan(new, (Delete(), Create(new)))
    return _plan_secrets(integration, desired)


def _new_integration(desired: DesiredIntegration, type_key: str | None) -> Integration:
    if not type_key:
        raise InputError("type is missing: set it to the integration's key in Okta's catalogue to create it.")
    if not desired.scopes:
        raise InputError("scopes is missing: set at least one scope to create the API service integration.")
    return Integration(type=type_key, scopes=_each_once(desired.scopes))


def _has_other_scopes(integration: Integration, desired: DesiredIntegration) -> bool:
    if desired.scopes is None or (desired.only_add and set(desired.scopes) <= set(integration.scopes)):
        return False
    return set(desired.scopes) != set(integration.scopes)


def describe_surplus(integration: Integration | None, desired: DesiredIntegration) -> list[str]:
    """What an integration has beyond its desired state, for a report on one of which nothing is removed."""
    if integration is None or desired.state == "absent":
        return []
    scopes = sorted(set(integration.scopes) - set(desired.scopes)) if desired.scopes is not None else []
    is_known = desired.secret_hash or any(secret.is_new for secret in integration.secrets or ())
    foreign = [secret for secret in integration.secrets or () if is_known and not secret.is_new and secret.hash != desired.secret_hash]
    return [*(f"the scope {scope}" for scope in scopes), *(f"the client secret {secret.description()}" for secret in foreign)]


def _scope_drift_error(integration: Integration, desired: Sequence[str], *, may_replace: bool) -> str:
    missing = ", ".join(sorted(set(desired) - set(integration.scopes))) or "none"
    surplus = ", ".join(sorted(set(integration.scopes) - set(desired))) or "none"
    another = "to delete it and create another one, with a new client id and secret"
    instead = f", or set its id and replace (rezonate_recreate of the role) {another}" if may_replace else ""
    return (
        f"scopes: the API service integration {integration.description()} has other scopes (missing: {missing}; surplus: {surplus}), and "
        f"Okta can't change them. Nothing was changed. Set scopes to those that it has{instead}."
    )


def _plan_secrets(integration: Integration, desired: DesiredIntegration) -> Plan[Integration | None]:
    if integration.secrets is None:
        return Plan(integration)
    stored = next((secret for secret in integration.secrets if desired.secret_hash and secret.hash == desired.secret_hash), None)
    _refuse_foreign_secrets(integration, desired, stored)
    steps: list[Step] = []
    secrets = list(integration.secrets)
    if stored and stored.status != ACTIVE:
        steps.append(ActivateSecret(stored))
        active = replace(stored, status=ACTIVE)
        secrets[secrets.index(stored)] = active
        stored = active
    if stored and desired.exclusive_secrets and not desired.only_add:
        steps.extend(RemoveSecret(secret) for secret in secrets if secret != stored)
        secrets = [stored]
    is_lost = stored is None and (integration.ownership is not Ownership.KNOWN or (bool(desired.secret_hash) and desired.make_lost_secret))
    if desired.new_secret or is_lost:
        while len(secrets) >= MAX_SECRETS:
            replaced = _secret_to_replace(integration, secrets, desired, stored)
            steps.append(RemoveSecret(replaced))
            secrets.remove(replaced)
        steps.append(MakeSecret())
        secrets.append(Secret(None, is_new=True))
    return Plan(replace(integration, secrets=tuple(secrets)), tuple(steps))


def lacks_secret(integration: Integration, desired: DesiredIntegration) -> bool:
    """Whether the caller's secret no longer exists, and no other was created."""
    is_known = integration.ownership is Ownership.KNOWN and desired.secret_hash and integration.secrets is not None
    return bool(is_known) and not any(secret.is_new or secret.hash == desired.secret_hash for secret in integration.secrets or ())


def _refuse_foreign_secrets(integration: Integration, desired: DesiredIntegration, stored: Secret | None) -> None:
    """Refuse an integration that holds other secrets only, since they may be in use, unless the caller accepts that."""
    is_intended = desired.new_secret or desired.take_over or integration.ownership is not Ownership.KNOWN
    # nobody knows the secrets that an earlier run requested and lost
    is_intended = is_intended or (
        desired.make_lost_secret and all(is_from_earlier_run(secret.created, desired) for secret in integration.secrets or ())
    )
    if desired.secret_hash and integration.secrets and stored is None and not is_intended:
        raise StateError(
            f"secret_hash: the API service integration {integration.id} doesn't hold this secret but others, which may be in use: "
            f"{_describe_secrets(integration.secrets)}. Nothing was changed. Find the credentials that belong to them, "
            "or set take_over to add another secret."
        )


def _secret_to_replace(integration: Integration, secrets: Sequence[Secret], desired: DesiredIntegration, stored: Secret | None) -> Secret:
    """The secret that a new one replaces: a lost one of an earlier run; of two, an inactive one, else the younger one."""
    lost = [secret for secret in secrets if secret != stored and is_from_earlier_run(secret.created, desired)]
    if not lost:
        raise StateError(
            f"The API service integration {integration.id} holds {len(secrets)} secrets, Okta's maximum, and none is known to be lost: "
            f"{_describe_secrets(secrets)}. Nothing was changed. Deactivate and delete the one that is not in use ({CONSOLE}), or set "
            "secret_hash to the hash of the one to keep, and exclusive_secrets."
        )
    return max(lost, key=lambda secret: (secret.status != ACTIVE, parse_timestamp(secret.created) or 0.0))


def _describe_secrets(secrets: Iterable[Secret]) -> str:
    return ", ".join(secret.description() for secret in secrets)


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def _str(value: Mapping[str, Any], name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) else None
