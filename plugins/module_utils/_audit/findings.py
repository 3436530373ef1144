# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the current and the desired state to findings: the plans of onboarding, reported and not applied. No HTTP here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._okta.caller import SUPER_ADMIN
from .._okta.request_recovery import parse_timestamp
from .._resources.api_service_integration_plan import (
    ActivateSecret,
    DesiredIntegration,
    Integration,
    RemoveSecret,
    Secret,
    plan_integration,
)
from .._resources.app_credentials import ACTIVE, BY_KEY, Key, same_key
from .._resources.privilege_visibility import PrivilegeSnapshot, covers_only
from .._resources.resource import Activate, DesiredSet, Members, Replace, Step, added, plan_set, removed
from .._resources.role_assignment import CUSTOM
from .._resources.service_app_plan import ActivateKey, AddKey, App, DesiredApp, RemoveKey, holds_any, plan_app
from .finding_types import FindingText
from .schema import Key as KeyRow

_DAY = 86400.0
# Findings that already explain why the credentials can't work.
DISABLING = frozenset({"app_missing", "app_inactive", "app_by_secret", "key_missing", "key_inactive", "secret_missing", "secret_inactive"})


@dataclass(frozen=True)
class Age:
    """How old a key may be.

    Args:
        now: epoch seconds.
        max_seconds: its maximum age; None for no limit.
        limit: the same as text.
    """

    now: float
    max_seconds: float | None = None
    limit: str = ""

    def days(self, created: str | None) -> int | None:
        """Its age in whole days."""
        created_at = parse_timestamp(created)
        return None if created_at is None else max(0, int((self.now - created_at) // _DAY))

    def exceeded(self, created: str | None) -> bool:
        """Whether it is too old."""
        created_at = parse_timestamp(created)
        return created_at is not None and self.max_seconds is not None and self.now - created_at > self.max_seconds


@dataclass(frozen=True)
class AppFound:
    """The managed app, and other apps with its label.

    Args:
        app: the managed app; None where there is none, or several are possible.
        others: the other apps; all apps where several are possible.
    """

    app: App | None
    others: tuple[App, ...] = ()


def find_app(apps: Sequence[App], app_id: str | None, keys: Sequence[Key]) -> AppFound:
    """Find the managed app: the one with the id, else the one with a managed key, else the only one."""
    matches = [app for app in apps if app.id == app_id] or [app for app in apps if not app_id and holds_any(app, keys)]
    candidates = matches or ([] if app_id else list(apps))
    app = candidates[0] if len(candidates) == 1 else None
    return AppFound(app, tuple(other for other in apps if other is not app))


def app_findings(found: AppFound, desired: DesiredApp, retiring: Sequence[str] = ()) -> Iterator[FindingText]:
    """The drift of the app and its keys.

    Args:
        found: the app, and others.
        desired: its desired state.
        retiring: ids of managed keys that a rotation has yet to remove.
    """
    if found.others:
        ids = ", ".join(sorted(f"{app.id} (made {app.created or 'at an unknown time'})" for app in found.others))
        yield FindingText("app_duplicate", f"{'Other' if found.app else 'Several'} service apps have the label {desired.label!r}: {ids}.")
    if found.app is None:
        if found.others and desired.keys is None:
            yield FindingText("app_unknown", "Several apps have the label, and it is unknown which one is managed.")
        else:
            yield FindingText("app_missing", f"The org has no managed service app with the label {desired.label!r}.")
        return
    app = replace(found.app, keys=tuple(key for key in found.app.keys if key.kid not in retiring))
    if app.auth_method != BY_KEY:
        yield FindingText("app_by_secret", f"The app {app.label!r} ({app.id}) authenticates with {app.auth_method}, not with a key.")
        desired = replace(desired, keys=None)
    # onboarding refuses an app with other credentials, which may be in use; an audit reports its drift
    plan = plan_app(app, replace(desired, take_over=True))
    for step in plan.steps:
        yield from _app_step(app, step)
    surplus = [step.key for step in plan.steps if isinstance(step, RemoveKey)]
    if desired.keys and desired.exclusive_keys and not holds_any(app, desired.keys):
        surplus = list(app.keys)
    if surplus:
        listed = ", ".join(f"{key.name} ({key.status.lower()}, added {key.created or 'at an unknown time'})" for key in surplus)
        yield FindingText("key_unknown", f"The app has unmanaged public keys: {listed}.")
    if desired.keys and desired.exclusive_keys and app.jwks_uri:
        yield FindingText("key_unknown", f"The app accepts all public keys at {app.jwks_uri}, which is unmanaged.")


def _app_step(app: App, step: Step) -> Iterator[FindingText]:
    """The drift that a step of onboarding's plan corrects; unmanaged keys and key sets are reported together elsewhere."""
    match step:
        case AddKey(key):
            yield FindingText("key_missing", f"The managed public key {key.kid} isn't registered with the app.")
        case ActivateKey(key):
            yield FindingText("key_inactive", f"The managed public key {key.kid} is inactive.")
        case Activate():
            yield FindingText("app_inactive", f"The app {app.label!r} ({app.id}) is {app.status.lower()}.")
        case Replace(changes):
            yield from (_changed(app, name, value) for name, value in changes.items() if name != "jwks_uri")


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


def key_rows(app: App, managed_keys: Sequence[Key] | None, age: Age, retiring: Sequence[str] = ()) -> list[KeyRow]:
    """The app's keys for the report; whether one is managed is null where the vault file couldn't be read."""
    return [
        {
            "kid": key.name,
            "status": key.status,
            "created": key.created,
            "age_days": age.days(key.created),
            "ours": None if managed_keys is None else key.kid in retiring or any(same_key(key, managed) for managed in managed_keys),
        }
        for key in app.keys
    ]


def key_age_findings(rows: Iterable[KeyRow], age: Age, verified: Mapping[str, str] | None = None) -> Iterator[FindingText]:
    """Which managed keys are too old, and which ages are unknown; unmanaged keys are another finding.

    Args:
        rows: the app's keys.
        age: how old a key may be.
        verified: by key id, the recorded time of its verification: the key is at least as old.
    """
    managed = [row for row in rows if row["status"] == ACTIVE and row["ours"] is not False]
    since = verified or {}
    yield from _age_findings([(f"the public key {row['kid']}", row["created"], since.get(row["kid"] or "")) for row in managed], age)


def _age_findings(credentials: Iterable[tuple[str, str | None, str | None]], age: Age) -> Iterator[FindingText]:
    """Which credentials are too old, and which ages are unknown: an unknown age never counts as young.

    Args:
        credentials: for each its name in messages, its time of creation by Okta, and a time at which it existed.
        age: how old they may be.
    """
    unknown = []
    for name, created, since in credentials:
        days = age.days(created)
        if age.exceeded(created):
            yield FindingText("key_old", f"{name[:1].upper()}{name[1:]} is {days} days old, more than {age.limit}.")
        elif days is None and age.exceeded(since):
            yield FindingText("key_old", f"{name[:1].upper()}{name[1:]} is at least {age.days(since)} days old, more than {age.limit}.")
        elif days is None and age.max_seconds is not None:
            unknown.append(name)
    if unknown:
        these, they = ("this was", "it") if len(unknown) == 1 else ("these were", "they")
        yield FindingText(
            "key_age_unknown",
            f"Okta doesn't show the credential of the audit when {these} added, so {they} may be older than {age.limit}: "
            f"{', '.join(unknown)}.",
        )


def scope_findings(current: Members, desired: DesiredSet, holder: str = "app") -> Iterator[FindingText]:
    """Which scopes are missing, and which are surplus."""
    plan = plan_set(current, desired)
    missing = sorted(member.key for member in added(plan))
    surplus = sorted(member.key for member in removed(plan))
    managing = [scope for scope in surplus if ".manage" in scope]
    reading = [scope for scope in surplus if scope not in managing]
    if missing:
        yield FindingText("scope_missing", f"The {holder} lacks {', '.join(missing)}.")
    if managing:
        yield FindingText("scope_manage_surplus", f"The {holder} has write access: it holds the undesired scopes {', '.join(managing)}.")
    if reading:
        yield FindingText("scope_surplus", f"The {holder} holds the undesired scopes {', '.join(reading)}.")


def role_findings(current: Members, desired: DesiredSet, *, knows_custom: bool = True) -> Iterator[FindingText]:
    """Which admin roles are missing, and which are surplus.

    Args:
        current: the roles.
        desired: the desired roles.
        knows_custom: whether it is known which custom role is managed.
    """
    plan = plan_set(current, replace(desired, forbidden=(*desired.forbidden, SUPER_ADMIN)))
    missing = sorted(member.key for member in added(plan))
    surplus = sorted(member.key for member in removed(plan))
    custom = [] if knows_custom else [key for key in surplus if key.startswith(f"{CUSTOM}:")]
    others = [key for key in surplus if key != SUPER_ADMIN and key not in custom]
    if missing:
        yield FindingText("role_missing", f"The app lacks the admin role {', '.join(missing)}.")
    if SUPER_ADMIN in surplus:
        yield FindingText(
            "super_admin", "The app is a super admin, by an org setting (Public client app admins) or by a manual assignment."
        )
    if others:
        yield FindingText("role_surplus", f"The app holds the undesired admin role {', '.join(others)}.")
    if custom:
        yield FindingText("roles_unknown", f"Whether the custom role {', '.join(custom)} is managed is unknown.")


def privilege_findings(snapshot: PrivilegeSnapshot, permission: str, resource: str) -> Iterator[FindingText]:
    """The drift of the custom role that can read privileges, and of its resource set.

    Args:
        snapshot: their current state.
        permission: the only desired permission of the role.
        resource: the only desired resource of the set, with ``{partition}`` and ``{orgId}``.
    """
    missing = [noun for noun, current in (("custom role", snapshot.permissions), ("resource set", snapshot.resources)) if current is None]
    if missing:
        yield FindingText(
            "privileges_missing",
            f"The {' and the '.join(missing)} for reading privileges {'does' if len(missing) == 1 else 'do'} not exist.",
        )
    if snapshot.permissions is not None and list(snapshot.permissions) != [permission]:
        yield FindingText(
            "privileges_changed", f"The custom role permits {', '.join(snapshot.permissions) or 'nothing'} instead of {permission}."
        )
    if snapshot.resources is not None and not covers_only(snapshot.resources, resource):
        yield FindingText(
            "privileges_changed", f"The resource set holds {', '.join(snapshot.resources) or 'nothing'} instead of {resource}."
        )
    if snapshot.others:
        yield FindingText("privileges_elsewhere", f"The custom role is also held by {', '.join(snapshot.others)}.")


def integration_findings(
    integration: Integration | None, others: Sequence[Integration], desired: DesiredIntegration
) -> Iterator[FindingText]:
    """The drift of an API service integration and of its secrets, where they were read and the managed one is known."""
    if others:
        listed = ", ".join(sorted(one.description() for one in others))
        yield FindingText(
            "app_duplicate", f"{'Other' if integration else 'Several'} integrations of the type {desired.type!r} exist: {listed}."
        )
    if integration is None:
        if others and not desired.id:
            yield FindingText("app_unknown", "Several integrations have the type, and it is unknown which one is managed.")
        else:
            yield FindingText("app_missing", f"The org has no managed API service integration of the type {desired.type!r}.")
    elif integration.secrets is not None and desired.secret_hash:
        yield from _secret_findings(integration, integration.secrets, desired)


def _secret_findings(integration: Integration, secrets: Sequence[Secret], desired: DesiredIntegration) -> Iterator[FindingText]:
    surplus = list(secrets)
    if any(secret.hash == desired.secret_hash for secret in secrets):
        plan = plan_integration(integration, replace(desired, type=None, scopes=None))
        if any(isinstance(step, ActivateSecret) for step in plan.steps):
            yield FindingText("secret_inactive", f"The managed secret of the integration {integration.id} is inactive.")
        surplus = [step.secret for step in plan.steps if isinstance(step, RemoveSecret)]
    else:
        yield FindingText("secret_missing", f"The integration {integration.id} doesn't hold the managed secret.")
    if surplus and desired.exclusive_secrets:
        yield FindingText(
            "secret_unknown", f"The integration holds unmanaged secrets: {', '.join(secret.description() for secret in surplus)}."
        )


def secret_age_findings(
    secrets: Iterable[Secret], managed_hash: str | None, age: Age, verified: str | None = None
) -> Iterator[FindingText]:
    """Whether the managed secret, or any secret where the managed one is unknown, is too old.

    Args:
        secrets: the integration's secrets.
        managed_hash: the hash of the managed secret; None where it is unknown.
        age: how old a secret may be.
        verified: the recorded time of its verification: the managed secret is at least as old.
    """
    known = [secret for secret in secrets if secret.status == ACTIVE and managed_hash in (None, secret.hash)]
    yield from _age_findings(
        [(f"the client secret {secret.id}", secret.created, verified if managed_hash else None) for secret in known], age
    )
