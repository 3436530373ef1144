# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is and what is wanted to what is to be said: the plans of onboarding, told and not applied. No HTTP here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._okta.caller import SUPER_ADMIN
from .._okta.request_recovery import epoch
from .._resources.api_service_integration_plan import DesiredIntegration, Integration, Secret, plan_integration
from .._resources.app_credentials import ACTIVE, BY_KEY, Key, same_key
from .._resources.privilege_visibility import PrivilegeSnapshot, covers_only
from .._resources.resource import DesiredSet, Members, plan_set
from .._resources.role_assignment import CUSTOM
from .._resources.service_app_plan import App, DesiredApp, holds_any, plan_app
from .finding_types import FindingText
from .schema import Key as KeyRow

_DAY = 86400.0
# Findings that say already why the credentials can't work.
DISABLING = frozenset({"app_missing", "app_inactive", "app_by_secret", "key_missing", "key_inactive", "secret_missing", "secret_inactive"})


@dataclass(frozen=True)
class Age:
    """How old a key may be.

    Args:
        now: epoch seconds.
        most: seconds; None for as old as it likes.
        limit: the same, as it was given.
    """

    now: float
    most: float | None = None
    limit: str = ""

    def days(self, created: str | None) -> int | None:
        """Whole days since then."""
        made = epoch(created)
        return None if made is None else max(0, int((self.now - made) // _DAY))

    def exceeded(self, created: str | None) -> bool:
        """Whether that is too long ago."""
        made = epoch(created)
        return made is not None and self.most is not None and self.now - made > self.most


@dataclass(frozen=True)
class AppFound:
    """The app that was found, and others of its label.

    Args:
        app: the one that is meant; None where there is none, or it can't be told which.
        others: those that aren't meant, or all where it can't be told.
    """

    app: App | None
    others: tuple[App, ...] = ()


def find_app(apps: Sequence[App], app_id: str | None, keys: Sequence[Key]) -> AppFound:
    """Tell the app that is meant from others: the one with the id, else the one with our key, else the only one."""
    meant = [app for app in apps if app.id == app_id] or [app for app in apps if not app_id and holds_any(app, keys)]
    candidates = meant or ([] if app_id else list(apps))
    app = candidates[0] if len(candidates) == 1 else None
    return AppFound(app, tuple(other for other in apps if other is not app))


def app_findings(found: AppFound, wanted: DesiredApp, retiring: Sequence[str] = ()) -> Iterator[FindingText]:
    """What is wrong with the app and its keys.

    Args:
        found: the app, and others.
        wanted: what onboarding would make of it.
        retiring: key ids of keys of ours that a rotation has still to take away.
    """
    if found.others:
        ids = ", ".join(sorted(f"{app.id} (made {app.created or 'at an unknown time'})" for app in found.others))
        yield FindingText("app_duplicate", f"{'Other' if found.app else 'Several'} service apps have the label {wanted.label!r}: {ids}.")
    if found.app is None:
        if found.others and wanted.keys is None:
            yield FindingText("app_unknown", "Which of the apps with the label is ours can't be told.")
        else:
            yield FindingText("app_missing", f"The org has no service app of ours; its label would be {wanted.label!r}.")
        return
    app = replace(found.app, keys=tuple(key for key in found.app.keys if key.kid not in retiring))
    if app.auth_method != BY_KEY:
        yield FindingText("app_by_secret", f"The app {app.label!r} ({app.id}) authenticates with {app.auth_method}, not with a key.")
        wanted = replace(wanted, keys=None)
    # what a live integration may be using, onboarding refuses to touch; an audit says what it would be about
    plan = plan_app(app, replace(wanted, take_over=True))
    for verb, argument in plan.steps:
        if verb != "remove_key":
            yield from _app_step(app, verb, argument)
    going = [argument for verb, argument in plan.steps if verb == "remove_key"]
    if wanted.keys and wanted.exclusive_keys and not holds_any(app, wanted.keys):
        going = list(app.keys)
    if going:
        listed = ", ".join(f"{key.name} ({key.status.lower()}, added {key.created or 'at an unknown time'})" for key in going)
        yield FindingText("key_unknown", f"The app knows public keys that aren't ours: {listed}.")
    if wanted.keys and wanted.exclusive_keys and app.jwks_uri:
        yield FindingText("key_unknown", f"The app takes all public keys that it reads from {app.jwks_uri}, which is none of ours.")


def _app_step(app: App, verb: str, argument: Any) -> Iterator[FindingText]:
    """What a step of onboarding's plan would mend."""
    if verb == "add_key":
        yield FindingText("key_missing", f"The app doesn't know our public key {argument.kid}.")
    elif verb == "activate_key":
        yield FindingText("key_inactive", f"Our public key {argument.kid} is inactive.")
    elif verb == "activate":
        yield FindingText("app_inactive", f"The app {app.label!r} ({app.id}) is {app.status.lower()}.")
    for name, value in argument.items() if verb == "replace" else ():
        if name == "jwks_uri":
            continue  # reported with the keys, whether or not ours is registered
        yield _changed(app, name, value)


def _changed(app: App, name: str, value: Any) -> FindingText:
    if name == "label":
        return FindingText("app_renamed", f"The app {app.id} has the label {app.label!r} instead of {value!r}.")
    if name == "dpop":
        kind, text = ("dpop_off", "aren't") if value else ("dpop_on", "are")
        return FindingText(kind, f"The app's access tokens {text} bound by DPoP.")
    zones = ", ".join(app.network_zones)
    if not app.network_zones:
        return FindingText(
            "network_open", f"The app can be used from anywhere; it should be limited to the network zones {', '.join(value)}."
        )
    return FindingText(
        "network_changed", f"The app is limited to the network zones {zones}; it should be: {', '.join(value) or 'not at all'}."
    )


def key_rows(app: App, ours: Sequence[Key] | None, age: Age, retiring: Sequence[str] = ()) -> list[KeyRow]:
    """The app's keys for the report; whose they are is null where the vault file couldn't be read."""
    return [
        {
            "kid": key.name,
            "status": key.status,
            "created": key.created,
            "age_days": age.days(key.created),
            "ours": None if ours is None else key.kid in retiring or any(same_key(key, mine) for mine in ours),
        }
        for key in app.keys
    ]


def key_age_findings(rows: Iterable[KeyRow], age: Age, verified: Mapping[str, str] | None = None) -> Iterator[FindingText]:
    """Which keys are too old, and of which that isn't known; those of others are a finding of their own.

    Args:
        rows: the app's keys.
        age: how old a key may be.
        verified: by key id, when it was verified by what the record says: it is at least as old.
    """
    ours = [row for row in rows if row["status"] == ACTIVE and row["ours"] is not False]
    since = verified or {}
    yield from _age_findings([(f"the public key {row['kid']}", row["created"], since.get(row["kid"] or "")) for row in ours], age)


def _age_findings(credentials: Iterable[tuple[str, str | None, str | None]], age: Age) -> Iterator[FindingText]:
    """Which credentials are too old, and of which that isn't known: an unknown age is never a young one.

    Args:
        credentials: what a sentence calls each, when Okta says that it was made, and since when it is there at least.
        age: how old they may be.
    """
    unknown = []
    for name, created, since in credentials:
        days = age.days(created)
        if age.exceeded(created):
            yield FindingText("key_old", f"{name[:1].upper()}{name[1:]} is {days} days old, more than {age.limit}.")
        elif days is None and age.exceeded(since):
            yield FindingText("key_old", f"{name[:1].upper()}{name[1:]} is at least {age.days(since)} days old, more than {age.limit}.")
        elif days is None and age.most is not None:
            unknown.append(name)
    if unknown:
        these, they = ("this was", "it") if len(unknown) == 1 else ("these were", "they")
        yield FindingText(
            "key_age_unknown",
            f"Okta doesn't tell the credential of the audit when {these} added, so {they} may be older than {age.limit}: "
            f"{', '.join(unknown)}.",
        )


def scope_findings(have: Members, wanted: DesiredSet, holder: str = "app") -> Iterator[FindingText]:
    """Which scopes are missing, and which nobody asked for."""
    steps = plan_set(have, wanted).steps
    missing = sorted(member.key for verb, member in steps if verb == "add")
    surplus = sorted(member.key for verb, member in steps if verb == "remove")
    managing = [scope for scope in surplus if ".manage" in scope]
    reading = [scope for scope in surplus if scope not in managing]
    if missing:
        yield FindingText("scope_missing", f"The {holder} lacks {', '.join(missing)}.")
    if managing:
        yield FindingText(
            "scope_manage_surplus", f"The {holder} may change things: it holds {', '.join(managing)}, which nobody asked for."
        )
    if reading:
        yield FindingText("scope_surplus", f"The {holder} holds {', '.join(reading)}, which nobody asked for.")


def role_findings(have: Members, wanted: DesiredSet, *, knows_custom: bool = True) -> Iterator[FindingText]:
    """Which admin roles are missing, and which nobody asked for.

    Args:
        have: the roles.
        wanted: what they are to be.
        knows_custom: whether it is known which custom role is ours.
    """
    steps = plan_set(have, replace(wanted, unwanted=(*wanted.unwanted, SUPER_ADMIN))).steps
    missing = sorted(member.key for verb, member in steps if verb == "add")
    surplus = sorted(member.key for verb, member in steps if verb == "remove")
    custom = [] if knows_custom else [key for key in surplus if key.startswith(f"{CUSTOM}:")]
    others = [key for key in surplus if key != SUPER_ADMIN and key not in custom]
    if missing:
        yield FindingText("role_missing", f"The app lacks the admin role {', '.join(missing)}.")
    if SUPER_ADMIN in surplus:
        yield FindingText("super_admin", "The app is a super admin, by the org's own setting (Public client app admins) or by hand.")
    if others:
        yield FindingText("role_surplus", f"The app holds the admin role {', '.join(others)}, which nobody asked for.")
    if custom:
        yield FindingText("roles_unknown", f"Whether the custom role {', '.join(custom)} is ours can't be told.")


def privilege_findings(seen: PrivilegeSnapshot, permission: str, resource: str) -> Iterator[FindingText]:
    """What is wrong with the custom role that sees privileges, and with its resource set.

    Args:
        seen: what is there.
        permission: the only one that the role is to have.
        resource: the only one that the set is to hold, with ``{partition}`` and ``{orgId}``.
    """
    gone = [noun for noun, have in (("custom role", seen.permissions), ("resource set", seen.resources)) if have is None]
    if gone:
        yield FindingText(
            "privileges_missing", f"The {' and the '.join(gone)} by which the app sees privileges {'is' if len(gone) == 1 else 'are'} gone."
        )
    if seen.permissions is not None and list(seen.permissions) != [permission]:
        yield FindingText(
            "privileges_changed", f"The custom role permits {', '.join(seen.permissions) or 'nothing'} instead of {permission}."
        )
    if seen.resources is not None and not covers_only(seen.resources, resource):
        yield FindingText("privileges_changed", f"The resource set holds {', '.join(seen.resources) or 'nothing'} instead of {resource}.")
    if seen.others:
        yield FindingText("privileges_elsewhere", f"The custom role is also held by {', '.join(seen.others)}.")


def integration_findings(mine: Integration | None, others: Sequence[Integration], wanted: DesiredIntegration) -> Iterator[FindingText]:
    """What is wrong with an API service integration and its secrets; those are judged where they were read and ours is known."""
    if others:
        listed = ", ".join(sorted(one.listed() for one in others))
        yield FindingText(
            "app_duplicate", f"{'Other' if mine else 'Several'} integrations of the type {wanted.type!r} are there: {listed}."
        )
    if mine is None:
        if others and not wanted.id:
            yield FindingText("app_unknown", "Which of the integrations is ours can't be told.")
        else:
            yield FindingText("app_missing", f"The org has no API service integration of ours, of the type {wanted.type!r}.")
    elif mine.secrets is not None and wanted.secret_hash:
        yield from _secret_findings(mine, mine.secrets, wanted)


def _secret_findings(mine: Integration, secrets: Sequence[Secret], wanted: DesiredIntegration) -> Iterator[FindingText]:
    going = list(secrets)
    if any(secret.hash == wanted.secret_hash for secret in secrets):
        plan = plan_integration(mine, replace(wanted, type=None, scopes=None))
        if any(verb == "activate_secret" for verb, _argument in plan.steps):
            yield FindingText("secret_inactive", f"Our secret of the integration {mine.id} is inactive.")
        going = [argument for verb, argument in plan.steps if verb == "remove_secret"]
    else:
        yield FindingText("secret_missing", f"The integration {mine.id} doesn't hold our secret.")
    if going and wanted.exclusive_secrets:
        yield FindingText(
            "secret_unknown", f"The integration holds secrets that aren't ours: {', '.join(secret.listed() for secret in going)}."
        )


def secret_age_findings(secrets: Iterable[Secret], ours: str | None, age: Age, verified: str | None = None) -> Iterator[FindingText]:
    """Whether our secret, or any where it isn't known which is ours, is too old.

    Args:
        secrets: the integration's secrets.
        ours: the hash of ours; None where it isn't known.
        age: how old a secret may be.
        verified: when ours was verified by what the record says: it is at least as old.
    """
    known = [secret for secret in secrets if secret.status == ACTIVE and ours in (None, secret.hash)]
    yield from _age_findings([(f"the client secret {secret.id}", secret.created, verified if ours else None) for secret in known], age)
