# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service app: what it is, what is wanted of it, and which changes lead there."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._core.errors import InputError, StateError
from .._core.text import same_text
from .._crypto.jwk import public_members, thumbprint
from .app_credentials import ACTIVE, BY_KEY, INACTIVE, Key, accesses, key_from, other_uses, others, same_key
from .resource import Plan

_ANYWHERE = {"connection": "ANYWHERE"}
# What Okta returns of an app but doesn't take back, by its API description: of the app, its settings and a public key in it.
_READ_ONLY = ("id", "created", "lastUpdated", "_links", "_embedded", "orn", "status", "features", "universalLogout")
_READ_ONLY_SETTINGS = ("emOptInStatus", "universalLogout")
_READ_ONLY_OF_KEY = ("id", "created", "lastUpdated", "_links")
_NOT_IN_APP = "alg"  # a member of a key that is registered by itself, not of one in an app


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
    jwks_uri: str | None = None
    auth_method: str = field(default=BY_KEY, compare=False)
    grant_types: tuple[str, ...] = field(default=(), compare=False)
    redirect_uris: tuple[str, ...] = field(default=(), compare=False)
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
            "authentication": [access.facts() for access in accesses(self)],
        }

    def shown(self) -> dict[str, Any]:
        """What diff mode shows of it."""
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
    """The desired state of an app; None leaves Okta's value alone.

    Args:
        take_over: an app that others can authenticate as gets our keys beside theirs; without it, it is refused.
        only_add: what an app that was there before has is neither changed nor removed: our keys are added, and no more.
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


def desired_keys(given: Sequence[Mapping[str, Any]] | None) -> tuple[Key, ...] | None:
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


def dated(app: App, listed: Sequence[Key]) -> App:
    """The app, its keys with the times that the list of its keys tells; within an app Okta shows none.

    Args:
        app: the app.
        listed: the keys that Okta lists by themselves.
    """
    times = {key.id: key.created for key in listed if key.id}
    return replace(app, keys=tuple(replace(key, created=key.created or times.get(key.id or "")) for key in app.keys))


def is_service_app(raw: Mapping[str, Any]) -> bool:
    """Whether an app in a list is a service app."""
    client = _dict(_dict(raw, "settings"), "oauthClient")
    return raw.get("name") == "oidc_client" and client.get("application_type") == "service"


def holds_any(app: App, keys: Sequence[Key]) -> bool:
    """Whether the app knows one of the keys."""
    return any(same_key(mine, theirs) for mine in keys for theirs in app.keys)


def known_as(app: App | None, keys: Sequence[Key]) -> list[str]:
    """The key ids by which the app knows these keys, in their order; an adopted one may have had another name before."""
    theirs = [key for key in app.keys if key.kid] if app else []
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


def plan_app(app: App | None, wanted: DesiredApp) -> Plan[App | None]:
    """Which changes bring an app to the desired state. Keys are added before others go.

    Raises:
        StateError: a change could break an integration that is in use.
    """
    if wanted.state == "absent":
        return _plan_absent(app)
    if app is None:
        return _plan_new(wanted)
    after, steps = app, list[tuple[str, Any]]()
    after = _plan_keys(after, wanted, steps)
    changes = {} if wanted.only_add else _changes(app, wanted)
    if changes:
        after = replace(after, **changes)
        steps.append(("replace", changes))
    status = INACTIVE if wanted.state == "inactive" else ACTIVE
    if app.status != status:
        if wanted.only_add:
            raise StateError(_inactive(app))
        after = replace(after, status=status)
        steps.append(("deactivate" if status == INACTIVE else "activate", None))
    return Plan(after, tuple(steps))


def beyond(app: App | None, wanted: DesiredApp) -> list[str]:
    """How an app differs from the desired state, for a report on an app of which nothing is changed or removed."""
    if app is None or wanted.state == "absent":
        return []
    foreign = [key for key in app.keys if not any(same_key(key, mine) for mine in wanted.keys or ())] if wanted.keys else []
    keys = [f"the public key {key.listed()}" for key in foreign]
    urls = [f"the keys at {app.jwks_uri}"] if app.jwks_uri and wanted.keys else []
    return [*keys, *urls, *(_difference(app, name, value) for name, value in _changes(replace(app, jwks_uri=None), wanted).items())]


def describe_step(verb: str, argument: Any) -> str:
    """A step of a plan, for a person."""
    if isinstance(argument, Key):
        return f"{verb.replace('_', ' ')} {argument.name}"
    return f"{verb} {', '.join(argument)}" if isinstance(argument, dict) else verb


def _plan_absent(app: App | None) -> Plan[App | None]:
    if app is None:
        return Plan(None)
    steps = [("deactivate", None)] if app.status == ACTIVE else []
    return Plan(None, (*steps, ("delete", None)))


def _plan_new(wanted: DesiredApp) -> Plan[App | None]:
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


def _changes(app: App, wanted: DesiredApp) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: value
        for name, value in (("dpop", wanted.dpop), ("network_zones", wanted.network_zones))
        if value not in (None, getattr(app, name))
    }
    if wanted.label is not None and not same_text(wanted.label, app.label):
        changes = {"label": wanted.label, **changes}
    # whoever serves that URL can authenticate, as with a key that isn't ours
    if app.jwks_uri and wanted.exclusive_keys and holds_any(app, wanted.keys or ()):
        changes["jwks_uri"] = None
    return changes


def _difference(app: App, name: str, value: Any) -> str:
    if name == "label":
        return f"the label {app.label!r} instead of {value!r}"
    if name == "dpop":
        return f"access tokens {'that are' if app.dpop else 'that are not'} bound by DPoP"
    limits = ", ".join(app.network_zones)
    return f"a limit to the network zones {limits}" if limits else f"no limit to the network zones {', '.join(value)}"


def _plan_keys(app: App, wanted: DesiredApp, steps: list[tuple[str, Any]]) -> App:
    strange = [key for key in app.keys if not any(same_key(key, mine) for mine in wanted.keys or ())]
    going = [key for key in strange if key.kid and key.kid in wanted.absent_kids]
    after = app if wanted.keys is None else _plan_ours(app, wanted, wanted.keys, steps)
    if wanted.exclusive_keys and not wanted.only_add and holds_any(app, wanted.keys or ()):
        going = strange
    steps.extend(("remove_key", key) for key in going)
    return replace(after, keys=tuple(key for key in after.keys if key not in going))


def _plan_ours(app: App, wanted: DesiredApp, ours: Sequence[Key], steps: list[tuple[str, Any]]) -> App:
    if app.auth_method != BY_KEY:
        raise StateError(_by_secret(app))
    if not holds_any(app, ours) and not wanted.take_over:
        _refuse_in_use(app, ours)
    kept = list(app.keys)
    for key in ours:
        # an assertion names its key, and one without a kid can't be named: ours is registered once more beside it
        found = next((theirs for theirs in kept if theirs.kid and same_key(theirs, key)), None)
        if found is None:
            steps.append(("add_key", key))
            kept.append(key)
        elif found.status != ACTIVE:
            steps.append(("activate_key", found))
            kept[kept.index(found)] = replace(found, status=ACTIVE)
    return replace(app, keys=tuple(kept))


def _refuse_in_use(app: App, ours: Sequence[Key]) -> None:
    listed = [*(access.text for access in others(app, ours)), *other_uses(app)]
    if listed:
        raise StateError(
            f"The app {app.label!r} ({app.id}) knows none of our keys but others, which a live integration may be using: "
            f"{', '.join(listed)}. Nothing was changed. "
            "Find the credentials file that belongs to them, or set take_over to add our key beside them."
        )


def _inactive(app: App) -> str:
    return (
        f"The app {app.label!r} ({app.id}) is {app.status.lower()}, and an app that is adopted keeps its status. Nothing was changed. "
        "Activate it in the Admin Console, or let another app be made by giving another label."
    )


def _by_secret(app: App) -> str:
    return (
        f"The app {app.label!r} ({app.id}) authenticates with {app.auth_method}, not with a key, and a live integration may be using it. "
        "Nothing was changed. Let another app be made by giving another label, or set the app to 'Public key / Private key' in the Admin "
        "Console when nobody needs its secret any more."
    )


def creation(app: App, wanted: DesiredApp | None = None) -> dict[str, Any]:
    """The body that creates an app (Okta: POST /api/v1/apps).

    Args:
        app: what is created.
        wanted: whatever it sets is sent, also where it equals Okta's default: an org may have another one.
    """
    client: dict[str, Any] = {
        "application_type": "service",
        "grant_types": ["client_credentials"],
        "response_types": ["token"],
        "jwks": {"keys": [_key_in_app(key.jwk) for key in app.keys]},
    }
    dpop, zones = (wanted.dpop, wanted.network_zones) if wanted else (None, None)
    _set_limits(client, dpop=app.dpop or dpop, zones=app.network_zones or zones)
    return {
        "name": "oidc_client",
        "label": app.label,
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": BY_KEY}},
        "settings": {"oauthClient": client},
    }


def replacement(raw: Mapping[str, Any], changes: Mapping[str, Any], without: Key | None = None) -> dict[str, Any]:
    """The body that changes an app: all that Okta has, with our changes (Okta: PUT replaces everything).

    Args:
        raw: the app as Okta returns it.
        changes: what is to be different.
        without: a public key to leave out.
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
        staying = [jwk for jwk in keys if isinstance(jwk, dict) and not (without and jwk.get("id") == without.id)]
        client["jwks"]["keys"] = [_key_in_app(jwk) for jwk in staying]
    return body


def _key_in_app(jwk: Mapping[str, Any]) -> dict[str, Any]:
    """A public key as an app's body has it."""
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
