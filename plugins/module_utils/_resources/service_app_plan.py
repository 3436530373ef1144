# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service app: its state, its desired state, and the plan of changes."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._core.errors import InputError, StateError
from .._core.text import same_text
from .._crypto.jwk import public_jwk_members, thumbprint
from .app_credentials import ACTIVE, BY_KEY, INACTIVE, Key, accesses, foreign_accesses, key_from, other_uses, same_key
from .resource import Activate, Create, Deactivate, Delete, Plan, Replace, Step

_ANYWHERE = {"connection": "ANYWHERE"}
# Read-only members by Okta's API description: of an app, of its settings, of a public key in it.
_READ_ONLY = ("id", "created", "lastUpdated", "_links", "_embedded", "orn", "status", "features", "universalLogout")
_READ_ONLY_SETTINGS = ("emOptInStatus", "universalLogout")
_READ_ONLY_OF_KEY = ("id", "created", "lastUpdated", "_links")
_NOT_IN_APP = "alg"  # a member of a key in the list of keys, not of a key within an app


@dataclass(frozen=True)
class App:
    """The managed members of a service app; ``raw`` holds all members, since PUT replaces everything."""

    label: str
    status: str = ACTIVE
    id: str | None = field(default=None, compare=False)
    client_id: str | None = field(default=None, compare=False)
    created: str | None = field(default=None, compare=False)
    keys: tuple[Key, ...] = ()
    dpop: bool = False
    network_zones: tuple[str, ...] = ()
    jwks_uri: str | None = None
    auth_method: str = field(default=BY_KEY, compare=False)
    grant_types: tuple[str, ...] = field(default=(), compare=False)
    redirect_uris: tuple[str, ...] = field(default=(), compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def facts(self) -> dict[str, Any]:
        """The members that a module returns."""
        return {
            "id": self.id,
            "client_id": self.client_id,
            "label": self.label,
            "status": self.status,
            "created": self.created,
            "dpop": self.dpop,
            "network_zones": list(self.network_zones),
            "jwks": [key.facts() for key in self.keys],
            "authentication": [access.facts() for access in accesses(self)],
        }

    def diff_facts(self) -> dict[str, Any]:
        """The members that diff mode shows."""
        return {
            "label": self.label,
            "status": self.status,
            "dpop": self.dpop,
            "network_zones": list(self.network_zones),
            "keys": sorted(f"{key.name} ({key.status.lower()})" for key in self.keys),
            **({"jwks_uri": self.jwks_uri} if self.jwks_uri else {}),
        }


@dataclass(frozen=True)
class DesiredApp:
    """The desired state of an app; None leaves Okta's value unchanged.

    Args:
        take_over: whether the keys are added to an app with unmanaged credentials; without it, such an app is refused.
        only_add: whether nothing of an existing app is changed or removed, and the keys are only added.
    """

    state: str = "present"
    create: bool = True
    label: str | None = None
    keys: tuple[Key, ...] | None = None
    exclusive_keys: bool = False
    absent_kids: tuple[str, ...] = ()
    take_over: bool = False
    only_add: bool = False
    dpop: bool | None = None
    network_zones: tuple[str, ...] | None = None


@dataclass(frozen=True)
class KeyStep(Step):
    """A change of one public key of an app."""

    key: Key

    @property
    def text(self) -> str:
        return f"{self.verb} {self.key.name}"


class AddKey(KeyStep):
    """Register the key."""

    verb = "add key"


class ActivateKey(KeyStep):
    """Activate the key."""

    verb = "activate key"


class RemoveKey(KeyStep):
    """Remove the key."""

    verb = "remove key"


def desired_keys(given: Sequence[Mapping[str, Any]] | None) -> tuple[Key, ...] | None:
    """The keys of the option ``jwks``.

    Raises:
        InputError: one isn't a public RSA key, or two have one key id.
    """
    if given is None:
        return None
    jwks = [public_jwk_members(jwk, "jwks") for jwk in given]
    keys = tuple(Key(str(jwk["kid"]), thumbprint(jwk), jwk=jwk) for jwk in jwks)
    if len({key.kid for key in keys}) != len(keys):
        raise InputError("jwks: two keys have the same kid; Okta needs a kid of its own for each.")
    return keys


def app_from(raw: Mapping[str, Any]) -> App:
    """Read an app from Okta's response; a member that is missing or of another type counts as unset."""
    client = _dict(_dict(raw, "settings"), "oauthClient")
    keys = _dict(client, "jwks").get("keys")
    network = _dict(client, "network")
    zones = network.get("include") if network.get("connection") == "ZONE" else None
    credentials = _dict(_dict(raw, "credentials"), "oauthClient")
    lists = {name: client.get(name) for name in ("grant_types", "redirect_uris")}
    grants, redirects = (tuple(map(str, found)) if isinstance(found, list) else () for found in lists.values())
    return App(
        label=str(raw.get("label", "")),
        status=str(raw.get("status", ACTIVE)),
        id=_str(raw, "id"),
        client_id=_str(credentials, "client_id") or _str(raw, "id"),
        created=_str(raw, "created"),
        keys=tuple(key_from(jwk) for jwk in keys if isinstance(jwk, dict)) if isinstance(keys, list) else (),
        dpop=client.get("dpop_bound_access_tokens") is True,
        network_zones=tuple(sorted(map(str, zones))) if isinstance(zones, list) else (),
        jwks_uri=_str(client, "jwks_uri") or None,
        auth_method=_str(credentials, "token_endpoint_auth_method") or BY_KEY,
        grant_types=grants,
        redirect_uris=redirects,
        raw=raw,
    )


def with_key_times(app: App, listed: Sequence[Key]) -> App:
    """The app with the times of its keys, which Okta shows only in the list of keys.

    Args:
        app: the app.
        listed: the list of its keys.
    """
    times = {key.id: key.created for key in listed if key.id}
    return replace(app, keys=tuple(replace(key, created=key.created or times.get(key.id or "")) for key in app.keys))


def is_service_app(raw: Mapping[str, Any]) -> bool:
    """Whether an app in a list is a service app."""
    client = _dict(_dict(raw, "settings"), "oauthClient")
    return raw.get("name") == "oidc_client" and client.get("application_type") == "service"


def holds_any(app: App, keys: Sequence[Key]) -> bool:
    """Whether one of the keys is registered with the app."""
    return any(same_key(managed, registered) for managed in keys for registered in app.keys)


def registered_kids(app: App | None, keys: Sequence[Key]) -> list[str]:
    """The key ids under which these keys are registered with the app, in their order; an adopted key may have another id there."""
    registered = [key for key in app.keys if key.kid] if app else []
    return [next((found.kid for found in registered if same_key(found, key)), key.kid) for key in keys]


def choose(apps: Sequence[App], label: str, keys: Sequence[Key]) -> App | None:
    """Choose the app among those with the label: the one with a desired key, or the only one.

    Raises:
        StateError: several are possible.
    """
    holding = [app for app in apps if holds_any(app, keys)]
    candidates = holding or apps
    if len(candidates) > 1:
        ids = ", ".join(sorted(str(app.id) for app in candidates))
        raise StateError(f"Several service apps have the label {label!r} ({ids}): set id to one of them, or delete the others.")
    return candidates[0] if candidates else None


def plan_app(app: App | None, desired: DesiredApp) -> Plan[App | None]:
    """Which changes bring an app to its desired state. Keys are added before others are removed.

    Raises:
        StateError: a change could break an integration that is in use.
    """
    if desired.state == "absent":
        return _plan_absent(app)
    if app is None:
        return _plan_new(desired)
    after, steps = app, list[Step]()
    after = _plan_keys(after, desired, steps)
    changes = {} if desired.only_add else _changes(app, desired)
    if changes:
        after = replace(after, **changes)
        steps.append(Replace(changes))
    status = INACTIVE if desired.state == "inactive" else ACTIVE
    if app.status != status:
        if desired.only_add:
            raise StateError(_inactive_error(app))
        after = replace(after, status=status)
        steps.append(Deactivate() if status == INACTIVE else Activate())
    return Plan(after, tuple(steps))


def describe_drift(app: App | None, desired: DesiredApp) -> list[str]:
    """The drift of an app from its desired state, for a report on an app of which nothing is changed or removed."""
    if app is None or desired.state == "absent":
        return []
    foreign = [key for key in app.keys if not any(same_key(key, managed) for managed in desired.keys or ())] if desired.keys else []
    keys = [f"the public key {key.description()}" for key in foreign]
    urls = [f"the keys at {app.jwks_uri}"] if app.jwks_uri and desired.keys else []
    return [
        *keys,
        *urls,
        *(_describe_difference(app, name, value) for name, value in _changes(replace(app, jwks_uri=None), desired).items()),
    ]


def _plan_absent(app: App | None) -> Plan[App | None]:
    if app is None:
        return Plan(None)
    return Plan(None, (Deactivate(), Delete()) if app.status == ACTIVE else (Delete(),))


def _plan_new(desired: DesiredApp) -> Plan[App | None]:
    if not desired.create or not desired.label:
        raise InputError("id: this org has no app with that id. To create one, set label instead, or set recreate.")
    if not desired.keys:
        raise InputError("jwks is missing: set at least one public key to create the app.")
    after = App(
        label=desired.label,
        keys=desired.keys,
        dpop=bool(desired.dpop),
        network_zones=desired.network_zones or (),
    )
    if desired.state == "inactive":
        return Plan(replace(after, status=INACTIVE), (Create(after), Deactivate()))
    return Plan(after, (Create(after),))


def _changes(app: App, desired: DesiredApp) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: value
        for name, value in (("dpop", desired.dpop), ("network_zones", desired.network_zones))
        if value not in (None, getattr(app, name))
    }
    if desired.label is not None and not same_text(desired.label, app.label):
        changes = {"label": desired.label, **changes}
    # whoever controls that URL can authenticate, as with a foreign key
    if app.jwks_uri and desired.exclusive_keys and holds_any(app, desired.keys or ()):
        changes["jwks_uri"] = None
    return changes


def _describe_difference(app: App, name: str, value: Any) -> str:
    if name == "label":
        return f"the label {app.label!r} instead of {value!r}"
    if name == "dpop":
        return f"access tokens {'that are' if app.dpop else 'that are not'} bound by DPoP"
    limits = ", ".join(app.network_zones)
    return f"a limit to the network zones {limits}" if limits else f"no limit to the network zones {', '.join(value)}"


def _plan_keys(app: App, desired: DesiredApp, steps: list[Step]) -> App:
    foreign = [key for key in app.keys if not any(same_key(key, managed) for managed in desired.keys or ())]
    removed = [key for key in foreign if key.kid and key.kid in desired.absent_kids]
    after = app if desired.keys is None else _plan_managed_keys(app, desired, desired.keys, steps)
    if desired.exclusive_keys and not desired.only_add and holds_any(app, desired.keys or ()):
        removed = foreign
    steps.extend(RemoveKey(key) for key in removed)
    return replace(after, keys=tuple(key for key in after.keys if key not in removed))


def _plan_managed_keys(app: App, desired: DesiredApp, managed_keys: Sequence[Key], steps: list[Step]) -> App:
    if app.auth_method != BY_KEY:
        raise StateError(_auth_method_error(app))
    if not holds_any(app, managed_keys) and not desired.take_over:
        _refuse_in_use(app, managed_keys)
    keys = list(app.keys)
    for key in managed_keys:
        # an assertion refers to its key by kid, so a key that is registered without one is registered again
        found = next((registered for registered in keys if registered.kid and same_key(registered, key)), None)
        if found is None:
            steps.append(AddKey(key))
            keys.append(key)
        elif found.status != ACTIVE:
            steps.append(ActivateKey(found))
            keys[keys.index(found)] = replace(found, status=ACTIVE)
    return replace(app, keys=tuple(keys))


def _refuse_in_use(app: App, managed_keys: Sequence[Key]) -> None:
    uses = [*(access.text for access in foreign_accesses(app, managed_keys)), *other_uses(app)]
    if uses:
        raise StateError(
            f"The app {app.label!r} ({app.id}) has none of the given keys but other credentials, which may be in use: "
            f"{', '.join(uses)}. Nothing was changed. "
            "Find the stored credentials that belong to them, or set take_over to add a key to the app."
        )


def _inactive_error(app: App) -> str:
    return (
        f"The app {app.label!r} ({app.id}) is {app.status.lower()}, and the status of an adopted app isn't changed. Nothing was changed. "
        "Activate it in the Admin Console, or set another label to create another app."
    )


def _auth_method_error(app: App) -> str:
    return (
        f"The app {app.label!r} ({app.id}) authenticates with {app.auth_method}, not with a key, and may be in use. Nothing was changed. "
        "Set another label to create another app, or set the app to 'Public key / Private key' in the Admin Console when its secret "
        "is no longer needed."
    )


def creation(app: App, desired: DesiredApp | None = None) -> dict[str, Any]:
    """The body that creates an app (Okta: POST /api/v1/apps).

    Args:
        app: the new app.
        desired: its values are sent even if they equal Okta's defaults: an org may have others.
    """
    client: dict[str, Any] = {
        "application_type": "service",
        "grant_types": ["client_credentials"],
        "response_types": ["token"],
        "jwks": {"keys": [_key_in_app(key.jwk) for key in app.keys]},
    }
    dpop, zones = (desired.dpop, desired.network_zones) if desired else (None, None)
    _set_limits(client, dpop=app.dpop or dpop, zones=app.network_zones or zones)
    return {
        "name": "oidc_client",
        "label": app.label,
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": BY_KEY}},
        "settings": {"oauthClient": client},
    }


def replacement(raw: Mapping[str, Any], changes: Mapping[str, Any], without: Key | None = None) -> dict[str, Any]:
    """The body that changes an app: all its members with the changes (Okta: PUT replaces everything).

    Args:
        raw: the app as Okta returns it.
        changes: the new values.
        without: a public key to omit.
    """
    body = {name: copy.deepcopy(value) for name, value in raw.items() if name not in _READ_ONLY}
    if "label" in changes:
        body["label"] = changes["label"]
    settings = body.setdefault("settings", {})
    client = settings.setdefault("oauthClient", {})
    for part in (settings, client):
        _drop(part, _READ_ONLY_SETTINGS)
    _set_limits(client, dpop=changes.get("dpop"), zones=changes.get("network_zones"))
    if "jwks_uri" in changes:
        client.pop("jwks_uri", None)
    keys = _dict(client, "jwks").get("keys")
    if isinstance(keys, list):
        remaining = [jwk for jwk in keys if isinstance(jwk, dict) and not (without and jwk.get("id") == without.id)]
        client["jwks"]["keys"] = [_key_in_app(jwk) for jwk in remaining]
    return body


def _key_in_app(jwk: Mapping[str, Any]) -> dict[str, Any]:
    """A public key for the body of an app."""
    unsent = (*_READ_ONLY_OF_KEY, _NOT_IN_APP, *(["use"] if jwk.get("use") is None else []))
    return {name: value for name, value in jwk.items() if name not in unsent}


def _drop(members: dict[str, Any], names: Sequence[str]) -> None:
    for name in names:
        members.pop(name, None)


def _set_limits(client: dict[str, Any], *, dpop: bool | None, zones: Sequence[str] | None) -> None:
    if dpop is not None:
        client["dpop_bound_access_tokens"] = dpop
    if zones is not None:
        client["network"] = {"connection": "ZONE", "include": list(zones)} if zones else dict(_ANYWHERE)


def _dict(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _str(value: Mapping[str, Any], name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) else None
