# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service app: what it is, what is wanted of it, and which changes lead there."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ._errors import InputError, StateError
from ._flow import Plan
from ._jwk import public_members, thumbprint

ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
BY_KEY = "private_key_jwt"  # Okta's token_endpoint_auth_method for a client that signs (RFC 7523)
_ANYWHERE = {"connection": "ANYWHERE"}
# What Okta tells of an app but doesn't take back.
_READ_ONLY = ("id", "created", "lastUpdated", "_links", "_embedded", "orn", "status")


@dataclass(frozen=True)
class Key:
    """A public key as the app has it."""

    kid: str
    thumbprint: str | None
    id: str | None = field(default=None, compare=False)
    status: str = ACTIVE
    created: str | None = field(default=None, compare=False)
    jwk: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def facts(self) -> dict[str, Any]:
        """What is returned of it."""
        return {"id": self.id, "kid": self.kid, "status": self.status, "thumbprint": self.thumbprint, "created": self.created}


@dataclass(frozen=True)
class App:
    """A service app as far as we look after it; ``raw`` keeps the rest, for PUT replaces everything."""

    label: str
    status: str = ACTIVE
    id: str | None = field(default=None, compare=False)
    client_id: str | None = field(default=None, compare=False)
    created: str | None = field(default=None, compare=False)
    keys: tuple[Key, ...] = ()
    dpop: bool = False
    network_zones: tuple[str, ...] = ()
    auth_method: str = field(default=BY_KEY, compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def facts(self) -> dict[str, Any]:
        """What is returned of it."""
        return {
            "id": self.id,
            "client_id": self.client_id,
            "label": self.label,
            "status": self.status,
            "created": self.created,
            "dpop": self.dpop,
            "network_zones": list(self.network_zones),
            "jwks": [key.facts() for key in self.keys],
        }

    def shown(self) -> dict[str, Any]:
        """What diff mode shows of it."""
        return {
            "label": self.label,
            "status": self.status,
            "dpop": self.dpop,
            "network_zones": list(self.network_zones),
            "keys": sorted(f"{key.kid} ({key.status.lower()})" for key in self.keys),
        }


@dataclass(frozen=True)
class AppWanted:
    """What an app is to be; None leaves Okta's value alone."""

    state: str = "present"
    create: bool = True
    label: str | None = None
    keys: tuple[Key, ...] | None = None
    exclusive_keys: bool = False
    absent_kids: tuple[str, ...] = ()
    take_over: bool = False
    dpop: bool | None = None
    network_zones: tuple[str, ...] | None = None


def wanted_keys(given: Sequence[Mapping[str, Any]] | None) -> tuple[Key, ...] | None:
    """The keys of the option ``jwks``.

    Raises:
        InputError: one isn't a public RSA key, or two have one key id.
    """
    if given is None:
        return None
    jwks = [public_members(jwk, "jwks") for jwk in given]
    keys = tuple(Key(str(jwk["kid"]), thumbprint(jwk), jwk=jwk) for jwk in jwks)
    if len({key.kid for key in keys}) != len(keys):
        raise InputError("jwks: two keys have the same kid; Okta needs a kid of its own for each.")
    return keys


def app_from(raw: Mapping[str, Any]) -> App:
    """An app out of Okta's answer; what is missing or of a wrong type in it is taken as not there."""
    client = _dict(_dict(raw, "settings"), "oauthClient")
    keys = _dict(client, "jwks").get("keys")
    network = _dict(client, "network")
    zones = network.get("include") if network.get("connection") == "ZONE" else None
    credentials = _dict(_dict(raw, "credentials"), "oauthClient")
    return App(
        label=str(raw.get("label", "")),
        status=str(raw.get("status", ACTIVE)),
        id=_str(raw, "id"),
        client_id=_str(credentials, "client_id") or _str(raw, "id"),
        created=_str(raw, "created"),
        keys=tuple(key_from(jwk) for jwk in keys if isinstance(jwk, dict)) if isinstance(keys, list) else (),
        dpop=client.get("dpop_bound_access_tokens") is True,
        network_zones=tuple(sorted(map(str, zones))) if isinstance(zones, list) else (),
        auth_method=_str(credentials, "token_endpoint_auth_method") or BY_KEY,
        raw=raw,
    )


def key_from(jwk: Mapping[str, Any]) -> Key:
    """A public key out of Okta's answer."""
    return Key(str(jwk.get("kid", "")), thumbprint(jwk), _str(jwk, "id"), str(jwk.get("status") or ACTIVE), _str(jwk, "created"), jwk)


def is_service_app(raw: Mapping[str, Any]) -> bool:
    """Whether an app in a list is a service app."""
    client = _dict(_dict(raw, "settings"), "oauthClient")
    return raw.get("name") == "oidc_client" and client.get("application_type") == "service"


def same_key(one: Key, other: Key) -> bool:
    """Whether two keys are the same numbers; where Okta doesn't tell them, the same key id."""
    if one.thumbprint and other.thumbprint:
        return one.thumbprint == other.thumbprint
    return one.kid == other.kid


def holds_any(app: App, keys: Sequence[Key]) -> bool:
    """Whether the app knows one of the keys."""
    return any(same_key(mine, theirs) for mine in keys for theirs in app.keys)


def known_as(app: App | None, keys: Sequence[Key]) -> list[str]:
    """The key ids by which the app knows these keys, in their order; an adopted one may have had another name before."""
    theirs = app.keys if app else ()
    return [next((found.kid for found in theirs if same_key(found, key)), key.kid) for key in keys]


def choose(apps: Sequence[App], label: str, keys: Sequence[Key]) -> App | None:
    """The one app that is meant, of those with the label.

    Raises:
        StateError: it can't be told which.
    """
    holding = [app for app in apps if holds_any(app, keys)]
    candidates = holding or apps
    if len(candidates) > 1:
        ids = ", ".join(sorted(str(app.id) for app in candidates))
        raise StateError(f"Several service apps have the label {label!r} ({ids}): name the one you mean by id, or delete the others.")
    return candidates[0] if candidates else None


def plan_app(app: App | None, wanted: AppWanted) -> Plan[App | None]:
    """Which changes bring an app to the wanted state. Keys are added before others go.

    Raises:
        StateError: a change could break an integration that is in use.
    """
    if wanted.state == "absent":
        return _plan_absent(app)
    if app is None:
        return _plan_new(wanted)
    after, steps = app, list[tuple[str, Any]]()
    after = _plan_keys(after, wanted, steps)
    changes: dict[str, Any] = {
        name: value
        for name, value in (("label", wanted.label), ("dpop", wanted.dpop), ("network_zones", wanted.network_zones))
        if value is not None and value != getattr(app, name)
    }
    if changes:
        after = replace(after, **changes)
        steps.append(("replace", changes))
    status = INACTIVE if wanted.state == "inactive" else ACTIVE
    if app.status != status:
        after = replace(after, status=status)
        steps.append(("deactivate" if status == INACTIVE else "activate", None))
    return Plan(after, tuple(steps))


def told(verb: str, argument: Any) -> str:
    """A step of a plan, for a person."""
    if isinstance(argument, Key):
        return f"{verb.replace('_', ' ')} {argument.kid}"
    return f"{verb} {', '.join(argument)}" if isinstance(argument, dict) else verb


def _plan_absent(app: App | None) -> Plan[App | None]:
    if app is None:
        return Plan(None)
    steps = [("deactivate", None)] if app.status == ACTIVE else []
    return Plan(None, (*steps, ("delete", None)))


def _plan_new(wanted: AppWanted) -> Plan[App | None]:
    if not wanted.create or not wanted.label:
        raise InputError("id: this org has no app with that id. To make one, give label instead, or set recreate.")
    if not wanted.keys:
        raise InputError("jwks is needed to make the app: give at least one public key.")
    after = App(
        label=wanted.label,
        keys=wanted.keys,
        dpop=bool(wanted.dpop),
        network_zones=wanted.network_zones or (),
    )
    if wanted.state == "inactive":
        return Plan(replace(after, status=INACTIVE), (("create", after), ("deactivate", None)))
    return Plan(after, (("create", after),))


def _plan_keys(app: App, wanted: AppWanted, steps: list[tuple[str, Any]]) -> App:
    strange = [key for key in app.keys if not any(same_key(key, mine) for mine in wanted.keys or ())]
    going = [key for key in strange if key.kid in wanted.absent_kids]
    after = app if wanted.keys is None else _plan_ours(app, wanted, wanted.keys, strange, steps)
    if wanted.exclusive_keys and holds_any(app, wanted.keys or ()):
        going = strange
    steps.extend(("remove_key", key) for key in going)
    return replace(after, keys=tuple(key for key in after.keys if key not in going))


def _plan_ours(app: App, wanted: AppWanted, ours: Sequence[Key], strange: Sequence[Key], steps: list[tuple[str, Any]]) -> App:
    if app.auth_method != BY_KEY:
        raise StateError(_by_secret(app))
    if strange and not holds_any(app, ours) and not wanted.take_over:
        raise StateError(_in_use(app, strange))
    kept = list(app.keys)
    for key in ours:
        found = next((theirs for theirs in kept if same_key(theirs, key)), None)
        if found is None:
            steps.append(("add_key", key))
            kept.append(key)
        elif found.status != ACTIVE:
            steps.append(("activate_key", found))
            kept[kept.index(found)] = replace(found, status=ACTIVE)
    return replace(app, keys=tuple(kept))


def _in_use(app: App, strange: Sequence[Key]) -> str:
    listed = ", ".join(f"{key.kid} (added {key.created or 'at an unknown time'})" for key in strange)
    return (
        f"The app {app.label!r} ({app.id}) knows none of our keys but others, which a live integration may be using: {listed}. "
        "Nothing was changed. Find the credentials file that belongs to them, or set take_over to add our key beside them."
    )


def _by_secret(app: App) -> str:
    return (
        f"The app {app.label!r} ({app.id}) authenticates with {app.auth_method}, not with a key, and a live integration may be using it. "
        "Nothing was changed. Let another app be made by giving another label, or set the app to 'Public key / Private key' in the Admin "
        "Console when nobody needs its secret any more."
    )


def creation(app: App) -> dict[str, Any]:
    """The body that creates an app (Okta: POST /api/v1/apps)."""
    client: dict[str, Any] = {
        "application_type": "service",
        "grant_types": ["client_credentials"],
        "response_types": ["token"],
        "jwks": {"keys": [dict(key.jwk) for key in app.keys]},
    }
    _set_limits(client, dpop=app.dpop or None, zones=app.network_zones or None)
    return {
        "name": "oidc_client",
        "label": app.label,
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": BY_KEY}},
        "settings": {"oauthClient": client},
    }


def replacement(raw: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The body that changes an app: all that Okta has, with our changes (Okta: PUT replaces everything)."""
    body = {name: copy.deepcopy(value) for name, value in raw.items() if name not in _READ_ONLY}
    if "label" in changes:
        body["label"] = changes["label"]
    client = body.setdefault("settings", {}).setdefault("oauthClient", {})
    _set_limits(client, dpop=changes.get("dpop"), zones=changes.get("network_zones"))
    keys = _dict(client, "jwks").get("keys")
    for jwk in (entry for entry in keys if isinstance(entry, dict)) if isinstance(keys, list) else ():
        for name in ("id", "created", "lastUpdated", "_links"):
            jwk.pop(name, None)
    return body


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
