# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service apps in Okta: found, made once, changed, taken away."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from .._core.errors import ApiError, InputError, NoAnswerError, OktaError, StateError, maybe_done
from .._core.input_values import each_once
from .._core.spec import Call, Outcome
from .._core.text import matching, search_prefix
from .._okta.client import NOT_FOUND, OktaClient, inside, segment
from .._okta.connection import connect
from .._okta.request_recovery import INDEX_LAG, poll, recovery_deadline
from .._okta.resource_names import org_id_in
from .._okta.visibility import check_no_app
from .app_credentials import ACTIVE, INACTIVE, Key, key_from
from .resource import Plan, SingleResource, converge
from .service_app_plan import (
    App,
    DesiredApp,
    app_from,
    beyond,
    choose,
    creation,
    dated,
    describe_step,
    desired_keys,
    holds_any,
    is_service_app,
    known_as,
    plan_app,
    replacement,
)

_APPS = "/api/v1/apps"


class ServiceApp(SingleResource[App]):
    """One service app.

    Args:
        client: calls Okta.
        wanted: what the app is to be.
        app_id: the app's id, where it is known.
        recovery_deadline: epoch seconds until which an app that an earlier run asked for may still appear in the list; None where
            the caller knows that no app has the label.
        recreate: where no app has the id, another is found or made by its label.
        clock: gives epoch seconds; replaced in tests.
        sleep: waits for seconds; replaced in tests.
    """

    name = "app"

    def __init__(
        self,
        client: OktaClient,
        wanted: DesiredApp,
        *,
        app_id: str | None = None,
        recovery_deadline: float | None = 0.0,
        recreate: bool = False,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(client)
        self._wanted = wanted
        self._id = app_id
        self._recovery_deadline = recovery_deadline
        self._recreate = recreate
        self._check_missing: Callable[[], None] = lambda: None
        self._beside: Callable[[Mapping[str, Any]], None] = lambda _made: None
        self._clock = clock
        self._sleep = sleep

    def while_looking(self, beside: Callable[[Mapping[str, Any]], None]) -> ServiceApp:
        """Have something done with the facts of an app that was made, while it is looked for once more; it raises nothing."""
        self._beside = beside
        return self

    def checking_missing(self, check: Callable[[], None]) -> ServiceApp:
        """Have it checked, where Okta lists no app with the label, that there is none; the check raises where that can't be told."""
        self._check_missing = check
        return self

    def read(self) -> App | None:
        if not self._id:
            return None if self._recovery_deadline is None else self._look(self._recovery_deadline)
        app = read_app(self._client, self._id)
        if app or not self._recreate:
            return app
        # a run that found the app gone may have made another, and been cut off before anybody kept its id
        return self._look(max(self._recovery_deadline or 0.0, self._clock() + INDEX_LAG))

    def plan(self, state: App | None) -> Plan[App | None]:
        try:
            return plan_app(state, self._wanted)
        except StateError:
            if state is None or all(key.created for key in state.keys):
                raise
        # whose keys they are can be told by when they were added, which the app itself doesn't show
        return plan_app(dated(state, self._listed(state)), self._wanted)

    def _listed(self, app: App) -> Sequence[Key]:
        try:
            return list_keys(self._client, app.id or "")
        except ApiError:
            return ()

    def values(self, before: App | None, after: App | None, plan: Plan[App | None]) -> Mapping[str, Any]:
        return {
            **super().values(before, after, plan),
            "org_id": org_id_in(after.raw.get("orn")) if after else None,
            "key_ids": known_as(after, self._wanted.keys or ()),
            "adopted": before is not None and not holds_any(before, self._wanted.keys or ()),
            "beyond": beyond(after, self._wanted),
            "changes": [describe_step(verb, argument) for verb, argument in plan.steps],
        }

    def _look(self, until: float) -> App | None:
        """Find the app by its label; where one was asked for before, wait for the list to know it."""
        label, keys = self._wanted.label or "", self._wanted.keys or ()
        found = poll(lambda: choose(self._same_label(), label, keys), until, self._clock, self._sleep)
        if found is None:
            self._check_missing()
        return found

    def _create(self, _nothing: None, new: App) -> App:
        try:
            made = self._post(new)
        except OktaError as error:
            if not maybe_done(error):
                raise
            # it may have been made although the answer was lost; the list of apps lags, so one look isn't enough
            found = poll(self._ours, self._clock() + INDEX_LAG, self._clock, self._sleep)
            made = found[0] if found else self._post(new)
        self._client.side_by_side([partial(self._refuse_another, made), partial(self._beside, made.facts())])
        return self._with_limits(made)

    def _with_limits(self, made: App) -> App:
        """The new app, with the limits that the task sets, in case the org gave it others."""
        set_by_task = (("dpop", self._wanted.dpop), ("network_zones", self._wanted.network_zones))
        changes = {name: value for name, value in set_by_task if value not in (None, getattr(made, name))}
        made = self._replace(made, changes) if changes else made
        return self._activate(made, None) if made.status != ACTIVE else made

    def _post(self, new: App) -> App:
        body = self._client.write("POST", _APPS, f"create the app {new.label!r}", body=creation(new, self._wanted), expect=dict)
        made = app_from(body)
        if not made.id:
            raise NoAnswerError("POST /api/v1/apps: Okta's answer names no app.", maybe_done=True)
        return made

    def _ours(self) -> Sequence[App]:
        return [app for app in self._same_label() if holds_any(app, self._wanted.keys or ())]

    def _same_label(self) -> Sequence[App]:
        """The apps with our label, without the one that is gone: the list may still show it."""
        return [app for app in list_apps(self._client, self._wanted.label or "") if app.id != self._id]

    def _refuse_another(self, made: App) -> None:
        """Another run may have made the same app at the same time: the younger one goes.

        Raises:
            StateError: that is the one that was made.
        """
        others = [app for app in self._same_label() if app.id != made.id]
        first = min([made, *others], key=lambda app: (app.created or "", app.id or ""))
        if first.id == made.id:
            # Okta's times are whole seconds: one of the same second stays where its run had looked before ours was there
            same_time = [app for app in others if app.created == made.created]
            if not same_time or poll(partial(self._are_gone, same_time), self._clock() + INDEX_LAG, self._clock, self._sleep):
                return
            first = same_time[0]
        self._deactivate(made, None)
        self._delete(made, None)
        raise StateError(
            f"Another app with the label {made.label!r} ({first.id}) was made at the same time or just before; "
            f"ours ({made.id}) was taken away again. Run again when the other run has ended."
        )

    def _are_gone(self, apps: Sequence[App]) -> bool:
        return all(read_app(self._client, app.id or "") is None for app in apps)

    def _add_key(self, app: App, key: Key) -> App:
        body = {"status": ACTIVE, **key.jwk}
        path = f"{_path(app)}/credentials/jwks"
        try:
            added = self._client.write("POST", path, f"register the key {key.kid}", body=body, expect=dict, repeatable=True)
        except ApiError:
            # the answer to a first try may have been lost: then the key is there
            there = read_app(self._client, app.id or "")
            added = next((mine.jwk for mine in there.keys if mine == key), None) if there else None
            if added is None:
                raise
        return _with_key(app, key_from({**key.jwk, **added}))

    def _activate_key(self, app: App, key: Key) -> App:
        self._key_call(app, key, "lifecycle/activate", "activate")
        return _with_key(app, replace(key, status=ACTIVE))

    def _remove_key(self, app: App, key: Key) -> App:
        if app.jwks_uri and all(mine == key or mine.status != ACTIVE for mine in app.keys):
            # Okta deactivates no key that is the only active one; the keys at the URL remain, so a PUT may leave it out
            return self._without_key(app, key)
        # only an inactive key can be deleted
        if key.status == ACTIVE:
            self._key_call(app, key, "lifecycle/deactivate", "deactivate")
        self._client.remove(f"{_path(app)}/credentials/jwks/{segment(key.id or '')}", f"delete the key {key.kid}")
        return replace(app, keys=tuple(mine for mine in app.keys if mine != key))

    def _without_key(self, app: App, key: Key) -> App:
        return self._put(app, {}, without=key)

    def _key_call(self, app: App, key: Key, action: str, verb: str) -> None:
        path = f"{_path(app)}/credentials/jwks/{segment(key.id or '')}/{action}"
        self._client.write("POST", path, f"{verb} the key {key.kid}", repeatable=True)

    def _replace(self, app: App, changes: Mapping[str, Any]) -> App:
        # a label is sent as the task has it: one that Okta stores escaped would be escaped once more
        label = {"label": self._wanted.label} if self._wanted.label else {}
        return self._put(app, {**label, **changes})

    def _put(self, app: App, changes: Mapping[str, Any], without: Key | None = None) -> App:
        # read again, for PUT replaces everything and somebody may have changed it a moment ago
        current = read_app(self._client, app.id or "")
        if current is None:
            raise StateError(f"The app {app.id} was deleted while it was being changed; run again.")
        body = replacement(current.raw, changes, without)
        return app_from(self._client.write("PUT", _path(app), f"change the app {app.label!r}", body=body, expect=dict))

    def _activate(self, app: App, _argument: None) -> App:
        self._client.write("POST", f"{_path(app)}/lifecycle/activate", "activate the app", repeatable=True)
        return replace(app, status=ACTIVE)

    def _deactivate(self, app: App, _argument: None) -> App:
        self._client.write("POST", f"{_path(app)}/lifecycle/deactivate", "deactivate the app", repeatable=True)
        return replace(app, status=INACTIVE)

    def _delete(self, app: App, _argument: None) -> None:
        self._client.remove(_path(app), "delete the app")


def _path(app: App) -> str:
    return f"{_APPS}/{segment(app.id or '')}"


def _with_key(app: App, key: Key) -> App:
    others = tuple(mine for mine in app.keys if not mine.kid or mine.kid != key.kid)
    return replace(app, keys=(*others, key))


def read_app(client: OktaClient, app_id: str) -> App | None:
    """An app by its id; None where there is none."""
    try:
        raw = client.get(f"{_APPS}/{segment(app_id)}", "read the app")
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    if not is_service_app(raw):
        raise InputError(f"id: the app {app_id} ({raw.get('label')!r}) is no service app.")
    return app_from(raw)


def list_apps(client: OktaClient, label: str | None) -> list[App]:
    """The service apps, those with this label if one is given, in whatever form Okta stores it."""
    prefix = search_prefix(label or "")
    raws = client.pages(_APPS, "list the apps", params={**({"q": prefix} if prefix else {}), "limit": 200})
    found = [raw for raw in raws if is_service_app(raw)]
    return [app_from(raw) for raw in (matching(label, found, lambda raw: raw.get("label")) if label else found)]


def list_keys(client: OktaClient, app_id: str) -> tuple[Key, ...]:
    """The public keys of an app, with their times, which the app itself doesn't show."""
    found = client.get(f"{_APPS}/{segment(app_id)}/credentials/jwks", "list the app's public keys", expect=object)
    # an array by Okta's schema, a key set by its example
    entries = found if isinstance(found, list) else inside(found, "jwks", "keys")
    return tuple(key_from(entry) for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()


def manage_service_app(call: Call) -> Outcome:
    """Do what the module `okta_service_app` is asked."""
    params = call.params
    keys = desired_keys(params["jwks"])
    until = None if params.get("assume_missing") else recovery_deadline(params["requested_at"])
    recreate = params["recreate"] and params["state"] != "absent" and bool(params["label"])
    client = connect(call, ("okta.apps.manage",))
    wanted = DesiredApp(
        state=params["state"],
        create=not params["id"] or recreate,
        label=params["label"],
        keys=keys,
        exclusive_keys=params["exclusive_keys"],
        absent_kids=each_once(params["absent_keys"] or (), "absent_keys"),
        take_over=params["take_over"],
        only_add=params["only_add"] or params["take_over"],
        dpop=params["app_dpop"],
        network_zones=_zone_ids(client, params["network_zones"]),
    )
    app = ServiceApp(client, wanted, app_id=params["id"], recovery_deadline=until, recreate=recreate).while_looking(call.beside)
    return converge(app.checking_missing(partial(check_no_app, call, client, params["label"])), check_mode=call.check_mode)


def list_service_apps(call: Call) -> Outcome:
    """Do what the module `okta_service_app_info` is asked."""
    client = connect(call, ("okta.apps.read",))
    if call.params["id"]:
        app = read_app(client, call.params["id"])
        apps = [app] if app else []
    else:
        apps = list_apps(client, call.params["label"])
        if not apps:
            check_no_app(call, client, call.params["label"])
    return Outcome(values={"apps": [app.facts() for app in apps]})


def _zone_ids(client: OktaClient, zones: Sequence[str] | None) -> tuple[str, ...] | None:
    """Zones by id, or by name, which takes a read."""
    if zones is None:
        return None
    if all(zone.startswith("nzo") for zone in zones):
        return tuple(sorted(zones))
    entries = list(client.pages("/api/v1/zones", "list the network zones"))
    ids = {zone: zone_id(zone, entries) for zone in zones}
    missing = [zone for zone, found in ids.items() if found is None]
    if missing:
        raise InputError(f"network_zones: this org has no network zone {', '.join(missing)}.")
    return tuple(sorted({found for found in ids.values() if found}))


def zone_id(zone: str, entries: Sequence[Mapping[str, Any]]) -> str | None:
    """The id of the zone that is named by its id or its name, of those that Okta lists; None where there is none."""
    if any(entry.get("id") == zone for entry in entries):
        return zone
    named = matching(zone, entries, lambda entry: entry.get("name"))
    return str(named[0].get("id")) if named else None
