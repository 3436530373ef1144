# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An API service integration and its client secrets: what it is, what is wanted of it, and which changes lead there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from .._core.errors import InputError, NotOursError, StateError
from .._core.text import same_text
from .._okta.request_recovery import epoch
from .resource import Plan

ACTIVE = "ACTIVE"
MOST_SECRETS = 2  # Okta: API service integrations
CONSOLE = "Applications > API Service Integrations"
# Seconds by which our clock may be ahead of Okta's, which cuts its times to the second.
_SKEW = 10.0
_TYPE = re.compile(r"[A-Za-z0-9_.-]+")


class Claim(Enum):
    """Why an integration is the one that is meant."""

    KNOWN = "the caller knows its id"
    LOST = "an earlier run of the caller made it, and was cut off before anybody kept its secret"
    TAKEN = "it isn't the caller's, who said to take it over"


@dataclass(frozen=True)
class Secret:
    """A client secret as Okta tells of it: never the secret itself."""

    id: str | None
    hash: str | None = None
    status: str = ACTIVE
    created: str | None = None
    last_updated: str | None = field(default=None, compare=False)
    is_new: bool = field(default=False, compare=False)

    def facts(self) -> dict[str, Any]:
        """What is returned of it."""
        return {
            "id": self.id,
            "status": self.status,
            "secret_hash": self.hash,
            "created": self.created,
            "last_updated": self.last_updated,
        }

    def shown(self) -> str:
        """What diff mode shows of it."""
        return f"{'a new one' if self.is_new else self.id} ({self.status.lower()})"

    def listed(self) -> str:
        """What a sentence says of it."""
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
    claim: Claim = field(default=Claim.KNOWN, compare=False)

    def facts(self) -> dict[str, Any]:
        """What is returned of it."""
        return {
            "id": self.id,
            "type": self.type,
            "name": self.name,
            "scopes": list(self.scopes),
            "created_at": self.created_at,
            "created_by": self.created_by,
            "secrets": None if self.secrets is None else [secret.facts() for secret in self.secrets],
        }

    def shown(self) -> dict[str, Any]:
        """What diff mode shows of it."""
        shown: dict[str, Any] = {"type": self.type, "scopes": list(self.scopes)}
        return shown if self.secrets is None else {**shown, "secrets": [secret.shown() for secret in self.secrets]}

    def listed(self) -> str:
        """What a sentence says of it."""
        return f"{self.id} (made {self.created_at or 'at an unknown time'} by {self.created_by or 'an unknown user'})"


@dataclass(frozen=True)
class DesiredIntegration:
    """What an integration is to be.

    Args:
        state: ``present`` or ``absent``.
        id: the integration that the caller knows.
        type: its key in Okta's catalogue.
        scopes: what it may do; None leaves that alone.
        since: epoch seconds; what was made from then on, an earlier run of the caller made.
        take_over: one that isn't the caller's may be used.
        recreate: where the one with the id is gone, another is found or made.
        replace: one that has other scopes is deleted and made anew.
        new_secret: a secret is made beside the one in use.
        secret_hash: Okta's hash of the secret that the caller keeps.
        exclusive_secrets: all other secrets go.
        inspect: the secrets are read in any case.
        make_lost_secret: where the caller's secret isn't there any more, another is made.
        only_add: one that is there keeps all that it has: its secrets, and scopes beyond the desired ones.
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


def check_type(given: str | None) -> str | None:
    """The catalogue key of O(type).

    Raises:
        InputError: it isn't of the form of one.
    """
    if given and not _TYPE.fullmatch(given):
        raise InputError(f"type: {given!r} isn't of the form of a key in Okta's catalogue, such as my_log_integration.")
    return given or None


def integration_from(raw: Mapping[str, Any]) -> Integration:
    """An integration out of Okta's answer; what is missing or of a wrong type in it is taken as not there."""
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
    """A secret out of Okta's answer, without the secret itself."""
    return Secret(
        id=_str(raw, "id"),
        hash=_str(raw, "secret_hash"),
        status=_str(raw, "status") or ACTIVE,
        created=_str(raw, "created"),
        last_updated=_str(raw, "lastUpdated"),
        is_new=is_new,
    )


def creation(integration: Integration) -> dict[str, Any]:
    """The body that makes an integration (Okta: POST /integrations/api/v1/api-services)."""
    return {"type": integration.type, "grantedScopes": list(integration.scopes)}


def is_ours(created: str | None, wanted: DesiredIntegration) -> bool:
    """Whether something was made after the caller meant to make it, so that an earlier run of the caller made it."""
    made = epoch(created)
    return made is not None and wanted.since is not None and made >= wanted.since - _SKEW


def choose(found: Sequence[Integration], wanted: DesiredIntegration) -> Integration | None:
    """The one that is meant, of those that the org has of the type.

    Raises:
        StateError: it can't be told which, or it isn't the caller's.
    """
    ours = [replace(one, claim=Claim.LOST) for one in found if is_ours(one.created_at, wanted)]
    is_present = wanted.state == "present"
    others = [replace(one, claim=Claim.TAKEN) for one in found] if is_present or wanted.since is None else []
    candidates = ours or others
    if len(candidates) > 1:
        raise NotOursError(
            f"This org has several API service integrations of the type {wanted.type!r}: {listing(candidates)}. "
            "Nothing was changed. Name the one you mean by id, or delete the others."
        )
    if is_present and candidates and not ours and not wanted.take_over:
        raise NotOursError(
            f"This org has an API service integration of the type {wanted.type!r} that isn't known to be ours, and which may serve "
            f"a live integration: {listing(candidates)}. Nothing was changed. Give its id if it is ours, with new_secret if its secret "
            "is lost, or set take_over to add a secret beside those that it has."
        )
    return candidates[0] if candidates else None


def listing(integrations: Iterable[Integration]) -> str:
    """Integrations, for a sentence."""
    return ", ".join(sorted(one.listed() for one in integrations))


def needs_secrets(mine: Integration, wanted: DesiredIntegration) -> bool:
    """Whether the secrets have to be read to know what is to be done, or to tell of them."""
    if wanted.state == "absent" or _other_scopes(mine, wanted):
        return False
    asked = wanted.new_secret or wanted.exclusive_secrets or wanted.inspect or bool(wanted.secret_hash)
    return asked or mine.claim is not Claim.KNOWN


def plan_integration(mine: Integration | None, wanted: DesiredIntegration) -> Plan[Integration | None]:
    """Which changes bring an integration to the wanted state. Making a secret comes last, since Okta shows it only once.

    Raises:
        InputError: an option is missing, or doesn't fit.
        StateError: a change could break an integration that is in use, or Okta doesn't know it.
    """
    if mine and wanted.type and not same_text(wanted.type, mine.type, ignore_case=True):
        raise InputError(f"id: the API service integration {mine.id} is of the type {mine.type!r}, not {wanted.type!r}.")
    if wanted.state == "absent":
        return Plan(None, (("delete", None),) if mine else ())
    if mine is None:
        if wanted.id and not wanted.recreate:
            raise InputError("id: this org has no API service integration with that id. To make one, give type instead, or set recreate.")
        new = _new(wanted, wanted.type)
        return Plan(new, (("create", new),))
    if _other_scopes(mine, wanted):
        if not wanted.replace or wanted.only_add or mine.claim is Claim.TAKEN:
            raise StateError(_scopes_differ(mine, wanted.scopes or (), may_replace=not wanted.only_add))
        new = _new(wanted, mine.type)
        return Plan(new, (("delete", None), ("create", new)))
    return _plan_secrets(mine, wanted)


def describe_step(verb: str, argument: Any) -> str:
    """A step of a plan, for a person."""
    if isinstance(argument, Secret):
        return f"{verb.replace('_', ' ')} {argument.id}"
    return verb.replace("_", " ")


def _new(wanted: DesiredIntegration, kind: str | None) -> Integration:
    if not kind:
        raise InputError("type is needed to make the API service integration: give its key in Okta's catalogue.")
    if not wanted.scopes:
        raise InputError("scopes is needed to make the API service integration: give at least one.")
    return Integration(type=kind, scopes=_each_once(wanted.scopes))


def _other_scopes(mine: Integration, wanted: DesiredIntegration) -> bool:
    if wanted.scopes is None or (wanted.only_add and set(wanted.scopes) <= set(mine.scopes)):
        return False
    return set(wanted.scopes) != set(mine.scopes)


def beyond(mine: Integration | None, wanted: DesiredIntegration) -> list[str]:
    """What an integration has beyond the desired state, for a report on one of which nothing is removed."""
    if mine is None or wanted.state == "absent":
        return []
    scopes = sorted(set(mine.scopes) - set(wanted.scopes)) if wanted.scopes is not None else []
    known = wanted.secret_hash or any(secret.is_new for secret in mine.secrets or ())
    foreign = [secret for secret in mine.secrets or () if known and not secret.is_new and secret.hash != wanted.secret_hash]
    return [*(f"the scope {scope}" for scope in scopes), *(f"the client secret {secret.listed()}" for secret in foreign)]


def _scopes_differ(mine: Integration, wanted: Sequence[str], *, may_replace: bool) -> str:
    lacks = ", ".join(sorted(set(wanted) - set(mine.scopes))) or "none"
    more = ", ".join(sorted(set(mine.scopes) - set(wanted))) or "none"
    another = "to delete it and make another, with a client id and a secret of its own"
    instead = f", or its id and replace (rezonate_recreate of the role) {another}" if may_replace else ""
    return (
        f"scopes: the API service integration {mine.listed()} has other scopes (it lacks: {lacks}; it has more: {more}), and Okta can't "
        f"change them. Nothing was changed. Give the scopes that it has{instead}."
    )


def _plan_secrets(mine: Integration, wanted: DesiredIntegration) -> Plan[Integration | None]:
    if mine.secrets is None:
        return Plan(mine)
    kept = next((secret for secret in mine.secrets if wanted.secret_hash and secret.hash == wanted.secret_hash), None)
    _refuse_strangers(mine, wanted, kept)
    steps: list[tuple[str, Any]] = []
    secrets = list(mine.secrets)
    if kept and kept.status != ACTIVE:
        steps.append(("activate_secret", kept))
        active = replace(kept, status=ACTIVE)
        secrets[secrets.index(kept)] = active
        kept = active
    if kept and wanted.exclusive_secrets and not wanted.only_add:
        steps.extend(("remove_secret", secret) for secret in secrets if secret != kept)
        secrets = [kept]
    lost = kept is None and (mine.claim is not Claim.KNOWN or (bool(wanted.secret_hash) and wanted.make_lost_secret))
    if wanted.new_secret or lost:
        while len(secrets) >= MOST_SECRETS:
            victim = _victim(mine, secrets, wanted, kept)
            steps.append(("remove_secret", victim))
            secrets.remove(victim)
        steps.append(("make_secret", None))
        secrets.append(Secret(None, is_new=True))
    return Plan(replace(mine, secrets=tuple(secrets)), tuple(steps))


def lacks_secret(mine: Integration, wanted: DesiredIntegration) -> bool:
    """Whether the caller's secret isn't there any more, and no other was made."""
    asked = mine.claim is Claim.KNOWN and wanted.secret_hash and mine.secrets is not None
    return bool(asked) and not any(secret.is_new or secret.hash == wanted.secret_hash for secret in mine.secrets or ())


def _refuse_strangers(mine: Integration, wanted: DesiredIntegration, kept: Secret | None) -> None:
    """Make sure that a caller whose secret isn't there meant it so: somebody else may be using those that are."""
    meant = wanted.new_secret or wanted.take_over or mine.claim is not Claim.KNOWN
    # those that a run of the caller asked for and lost are nobody's
    meant = meant or (wanted.make_lost_secret and all(is_ours(secret.created, wanted) for secret in mine.secrets or ()))
    if wanted.secret_hash and mine.secrets and kept is None and not meant:
        raise StateError(
            f"secret_hash: the API service integration {mine.id} doesn't hold our secret but others, which a live integration may be "
            f"using: {_secrets(mine.secrets)}. Nothing was changed. Find the credentials file that belongs to them, "
            "or set take_over to add a secret beside them."
        )


def _victim(mine: Integration, secrets: Sequence[Secret], wanted: DesiredIntegration, kept: Secret | None) -> Secret:
    """The secret that makes place: one that a run of ours made and nobody knows; of two, an inactive or the younger one."""
    lost = [secret for secret in secrets if secret != kept and is_ours(secret.created, wanted)]
    if not lost:
        raise StateError(
            f"The API service integration {mine.id} holds {len(secrets)} secrets, as many as Okta allows, and none that is known to be "
            f"lost: {_secrets(secrets)}. Nothing was changed. Deactivate and delete the one that nobody uses ({CONSOLE}), or name the "
            "one to keep in secret_hash and set exclusive_secrets."
        )
    return max(lost, key=lambda secret: (secret.status != ACTIVE, epoch(secret.created) or 0.0))


def _secrets(secrets: Iterable[Secret]) -> str:
    return ", ".join(secret.listed() for secret in secrets)


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def _str(value: Mapping[str, Any], name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) else None
