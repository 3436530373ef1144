# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service apps in Okta: find, create once, change, delete."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from .._core.errors import ApiError, InputError, NoResponseError, OktaError, StateError, maybe_done
from .._core.input_values import unique_values
from .._core.spec import Call, Outcome
from .._core.text import find_by_text, search_prefix
from .._okta.client import NOT_FOUND, OktaClient, nested_value, path_segment
from .._okta.connection import connect
from .._okta.request_recovery import INDEX_LAG, poll, recovery_deadline
from .._okta.resource_names import org_id_in
from .._okta.visibility import check_no_app
from .app_credentials import ACTIVE, INACTIVE, Key, key_from
from .resource import Activate, Deactivate, Delete, Plan, Replace, SingleResource, Step, converge
from .service_app_plan import (
    ActivateKey,
    AddKey,
    App,
    DesiredApp,
    RemoveKey,
    app_from,
    choose,
    creation,
    describe_drift,
    desired_keys,
    holds_any,
    is_service_app,
    plan_app,
    registered_kids,
    replacement,
    with_key_times,
)

_APPS = "/api/v1/apps"


class ServiceApp(SingleResource[App]):
    """One service app.

    Args:
        client: calls Okta.
        desired: the desired state.
        app_id: the app's id, where it is known.
        recovery_deadline: epoch seconds until which an app that an earlier run requested may still appear in the list; None where
            the caller knows that no app has the label.
        recreate: whether another app is found or created by its label where none has the id.
        clock: returns epoch seconds; replaced in tests.
        sleep: waits for seconds; replaced in tests.
    """

    name = "app"

    def __init__(
        self,
        client: OktaClient,
        desired: DesiredApp,
        *,
        app_id: str | None = None,
        recovery_deadline: float | None = 0.0,
        recreate: bool = False,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(client)
        self._desired = desired
        self._id = app_id
        self._recovery_deadline = recovery_deadline
        self._recreate = recreate
        self._check_missing: Callable[[], None] = lambda: None
        self._while_searching: Callable[[Mapping[str, Any]], None] = lambda _facts: None
        self._clock = clock
        self._sleep = sleep

    def while_searching(self, task: Callable[[Mapping[str, Any]], None]) -> ServiceApp:
        """Set a task that runs with a new app's facts while duplicates of the app are searched; it raises nothing."""
        self._while_searching = task
        return self

    def checking_missing(self, check: Callable[[], None]) -> ServiceApp:
        """Set a check that runs where Okta lists no app with the label; it raises where that doesn't mean that there is none."""
        self._check_missing = check
        return self

    def read_state(self) -> App | None:
        if not self._id:
            return None if self._recovery_deadline is None else self._find_by_label(self._recovery_deadline)
        app = read_app(self._client, self._id)
        if app or not self._recreate:
            return app
        # a run that found the app deleted may have created another one and been interrupted before its id was saved
        return self._find_by_label(max(self._recovery_deadline or 0.0, self._clock() + INDEX_LAG))

    def plan(self, state: App | None) -> Plan[App | None]:
        try:
            return plan_app(state, self._desired)
        except StateError:
            if state is None or all(key.created for key in state.keys):
                raise
        # the error lists when the keys were added, which the app itself doesn't show
        return plan_app(with_key_times(state, self._list_keys(state)), self._desired)

    def _list_keys(self, app: App) -> Sequence[Key]:
        try:
            return list_keys(self._client, app.id or "")
        except ApiError:
            return ()

    def values(self, before: App | None, after: App | None, plan: Plan[App | None]) -> Mapping[str, Any]:
        return {
            **super().values(before, after, plan),
            "org_id": org_id_in(after.raw.get("orn")) if after else None,
            "key_ids": registered_kids(after, self._desired.keys or ()),
            "adopted": before is not None and not holds_any(before, self._desired.keys or ()),
            "beyond": describe_drift(after, self._desired),
        }

    def _find_by_label(self, deadline: float) -> App | None:
        """Find the app by its label; where one was requested before, wait until the list may show it."""
        label, keys = self._desired.label or "", self._desired.keys or ()
        found = poll(lambda: choose(self._same_label(), label, keys), deadline, self._clock, self._sleep)
        if found is None:
            self._check_missing()
        return found

    def _perform(self, state: App, step: Step) -> App | None:
        after: App | None = None
        match step:
            case AddKey(key):
                after = self._add_key(state, key)
            case ActivateKey(key):
                after = self._activate_key(state, key)
            case RemoveKey(key):
                after = self._remove_key(state, key)
            case Replace(changes):
                after = self._replace(state, changes)
            case Activate():
                after = self._activate(state)
            case Deactivate():
                after = self._deactivate(state)
            case Delete():
                self._delete(state)
            case _:
                raise TypeError(step)
        return after

    def _create(self, new: App) -> App:
        try:
            new_app = self._post(new)
        except OktaError as error:
            if not maybe_done(error):
                raise
            # it may have been created although the response was lost; the list of apps lags, so it is read repeatedly
            found = poll(self._with_desired_key, self._clock() + INDEX_LAG, self._clock, self._sleep)
            new_app = found[0] if found else self._post(new)
        self._client.in_parallel([partial(self._resolve_duplicate, new_app), partial(self._while_searching, new_app.facts())])
        return self._with_limits(new_app)

    def _with_limits(self, new_app: App) -> App:
        """Set the limits of the task on a new app, where the org's defaults are others."""
        set_by_task = (("dpop", self._desired.dpop), ("network_zones", self._desired.network_zones))
        changes = {name: value for name, value in set_by_task if value not in (None, getattr(new_app, name))}
        new_app = self._replace(new_app, changes) if changes else new_app
        return self._activate(new_app) if new_app.status != ACTIVE else new_app

    def _post(self, new: App) -> App:
        body = self._client.write("POST", _APPS, f"create the app {new.label!r}", body=creation(new, self._desired), expect=dict)
        new_app = app_from(body)
        if not new_app.id:
            raise NoResponseError("POST /api/v1/apps: Okta's response contains no app.", maybe_done=True)
        return new_app

    def _with_desired_key(self) -> Sequence[App]:
        return [app for app in self._same_label() if holds_any(app, self._desired.keys or ())]

    def _same_label(self) -> Sequence[App]:
        """The apps with the desired label, except the deleted one: the list may still show it."""
        return [app for app in list_apps(self._client, self._desired.label or "") if app.id != self._id]

    def _resolve_duplicate(self, new_app: App) -> None:
        """Delete the new app if a concurrent run created the same app before it.

        Raises:
            StateError: the new app was deleted.
        """
        others = [app for app in self._same_label() if app.id != new_app.id]
        first = min([new_app, *others], key=lambda app: (app.created or "", app.id or ""))
        if first.id == new_app.id:
            # Okta's times are whole seconds: an app of the same second is kept if its run had searched before this one existed
            same_time = [app for app in others if app.created == new_app.created]
            if not same_time or poll(partial(self._are_deleted, same_time), self._clock() + INDEX_LAG, self._clock, self._sleep):
                return
            first = same_time[0]
        self._deactivate(new_app)
        self._delete(new_app)
        raise StateError(
            f"Another app with the label {new_app.label!r} ({first.id}) was created at the same time or just before; "
            f"the app of this run ({new_app.id}) was deleted. Run again when the other run has ended."
        )

    def _are_deleted(self, apps: Sequence[App]) -> bool:
        return all(read_app(self._client, app.id or "") is None for app in apps)

    def _add_key(self, app: App, key: Key) -> App:
        body = {"status": ACTIVE, **key.jwk}
        path = f"{_path(app)}/credentials/jwks"
        try:
            added = self._client.write("POST", path, f"register the key {key.kid}", body=body, expect=dict, repeatable=True)
        except ApiError:
            # the response to a first request may have been lost: then the key is registered
            current = read_app(self._client, app.id or "")
            added = next((held.jwk for held in current.keys if held == key), None) if current else None
            if added is None:
                raise
        return _with_key(app, key_from({**key.jwk, **added}))

    def _activate_key(self, app: App, key: Key) -> App:
        self._key_call(app, key, "lifecycle/activate", "activate")
        return _with_key(app, replace(key, status=ACTIVE))

    def _remove_key(self, app: App, key: Key) -> App:
        if app.jwks_uri and all(held == key or held.status != ACTIVE for held in app.keys):
            # Okta doesn't deactivate the only active key; the keys at the URL remain, so a PUT may omit it
            return self._without_key(app, key)
        # only an inactive key can be deleted
        if key.status == ACTIVE:
            self._key_call(app, key, "lifecycle/deactivate", "deactivate")
        self._client.remove(f"{_path(app)}/credentials/jwks/{path_segment(key.id or '')}", f"delete the key {key.kid}")
        return replace(app, keys=tuple(held for held in app.keys if held != key))

    def _without_key(self, app: App, key: Key) -> App:
        return self._put(app, {}, without=key)

    def _key_call(self, app: App, key: Key, action: str, verb: str) -> None:
        path = f"{_path(app)}/credentials/jwks/{path_segment(key.id or '')}/{action}"
        self._client.write("POST", path, f"{verb} the key {key.kid}", repeatable=True)

    def _replace(self, app: App, changes: Mapping[str, Any]) -> App:
        # a label is sent as in the task: one that Okta stores escaped would be escaped again
        label = {"label": self._desired.label} if self._desired.label else {}
        return self._put(app, {**label, **changes})

    def _put(self, app: App, changes: Mapping[str, Any], without: Key | None = None) -> App:
        # read again, since PUT replaces everything and the app may have changed
        current = read_app(self._client, app.id or "")
        if current is None:
            raise StateError(f"The app {app.id} was deleted while it was being changed; run again.")
        body = replacement(current.raw, changes, without)
        return app_from(self._client.write("PUT", _path(app), f"change the app {app.label!r}", body=body, expect=dict))

    def _activate(self, app: App) -> App:
        self._client.write("POST", f"{_path(app)}/lifecycle/activate", "activate the app", repeatable=True)
        return replace(app, status=ACTIVE)

    def _deactivate(self, app: App) -> App:
        self._client.write("POST", f"{_path(app)}/lifecycle/deactivate", "deactivate the app", repeatable=True)
        return replace(app, status=INACTIVE)

    def _delete(self, app: App) -> None:
        self._client.remove(_path(app), "delete the app")


def _path(app: App) -> str:
    return f"{_APPS}/{path_segment(app.id or '')}"


def _with_key(app: App, key: Key) -> App:
    others = tuple(held for held in app.keys if not held.kid or held.kid != key.kid)
    return replace(app, keys=(*others, key))


def read_app(client: OktaClient, app_id: str) -> App | None:
    """An app by its id; None where there is none."""
    try:
        raw = client.get(f"{_APPS}/{path_segment(app_id)}", "read the app")
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    if not is_service_app(raw):
        raise InputError(f"id: the app {app_id} ({raw.get('label')!r}) isn't a service app.")
    return app_from(raw)


def list_apps(client: OktaClient, label: str | None) -> list[App]:
    """The service apps; only those with this label if one is given, in any form in which Okta stores it."""
    prefix = search_prefix(label or "")
    raws = client.pages(_APPS, "list the apps", params={**({"q": prefix} if prefix else {}), "limit": 200})
    found = [raw for raw in raws if is_service_app(raw)]
    return [app_from(raw) for raw in (find_by_text(label, found, lambda raw: raw.get("label")) if label else found)]


def list_keys(client: OktaClient, app_id: str) -> tuple[Key, ...]:
    """The public keys of an app, with their times, which the app itself doesn't show."""
    found = client.get(f"{_APPS}/{path_segment(app_id)}/credentials/jwks", "list the app's public keys", expect=object)
    # an array by Okta's schema, a key set by its example
    entries = found if isinstance(found, list) else nested_value(found, "jwks", "keys")
    return tuple(key_from(entry) for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()


def manage_service_app(call: Call) -> Outcome:
    """Run the module `okta_service_app`."""
    params = call.params
    keys = desired_keys(params["jwks"])
    deadline = None if params.get("assume_missing") else recovery_deadline(params["requested_at"])
    recreate = params["recreate"] and params["state"] != "absent" and bool(params["label"])
    client = connect(call, ("okta.apps.manage",))
    desired = DesiredApp(
        state=params["state"],
        create=not params["id"] or recreate,
        label=params["label"],
        keys=keys,
        exclusive_keys=params["exclusive_keys"],
        absent_kids=unique_values(params["absent_keys"] or (), "absent_keys"),
        take_over=params["take_over"],
        only_add=params["only_add"] or params["take_over"],
        dpop=params["app_dpop"],
        network_zones=_zone_ids(client, params["network_zones"]),
    )
    app = ServiceApp(client, desired, app_id=params["id"], recovery_deadline=deadline, recreate=recreate)
    app.while_searching(call.parallel_task).checking_missing(partial(check_no_app, call, client, params["label"]))
    return converge(app, check_mode=call.check_mode)


def list_service_apps(call: Call) -> Outcome:
    """Run the module `okta_service_app_info`."""
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
    """The ids of zones that are given by id or name; names need a read."""
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
    """The id of the listed zone with this id or name; None where there is none."""
    if any(entry.get("id") == zone for entry in entries):
        return zone
    named = find_by_text(zone, entries, lambda entry: entry.get("name"))
    return str(named[0].get("id")) if named else None
