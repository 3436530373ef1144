# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API service integrations in Okta: found, made once, given secrets, taken away."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._core.errors import ApiError, InputError, NoAnswerError, OktaError, RezonateError, StateError, maybe_done
from .._core.input_values import check_scopes
from .._core.spec import Call, Outcome
from .._core.text import matching
from .._okta.client import NOT_FOUND, OktaClient, segment
from .._okta.connection import connect
from .._okta.request_recovery import INDEX_LAG, poll, recovery_deadline, requested
from .api_service_integration_plan import (
    ACTIVE,
    CONSOLE,
    DesiredIntegration,
    Integration,
    Secret,
    beyond,
    check_type,
    choose,
    creation,
    describe_step,
    integration_from,
    is_ours,
    lacks_secret,
    listing,
    needs_secrets,
    plan_integration,
    secret_from,
)
from .resource import Plan, Resource, converge

_SERVICES = "/integrations/api/v1/api-services"
_BAD_REQUEST = 400


class ApiService(Resource["Integration | None"]):
    """One API service integration.

    Args:
        client: calls Okta.
        wanted: what it is to be.
        recovery_deadline: epoch seconds until which one that an earlier run asked for may still appear in the list.
        warn: tells of other integrations of the same type.
        clock: gives epoch seconds; replaced in tests.
        sleep: waits for seconds; replaced in tests.
    """

    def __init__(
        self,
        client: OktaClient,
        wanted: DesiredIntegration,
        *,
        recovery_deadline: float = 0.0,
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._wanted = wanted
        self._recovery_deadline = recovery_deadline
        self._warn = warn
        self._clock = clock
        self._sleep = sleep
        self._listed: Sequence[Integration] | None = None
        self._done_besides: list[str] = []
        self._client_secret: str | None = None

    def read(self) -> Integration | None:
        mine = self._find()
        if mine and self._wanted.inspect and self._listed is None:
            self._listed = self._of_type(mine.type)
        self._tell_of_others(mine)
        return self._with_secrets(mine) if mine and needs_secrets(mine, self._wanted) else mine

    def plan(self, state: Integration | None) -> Plan[Integration | None]:
        return plan_integration(state, self._wanted)

    def apply(self, state: Integration | None, plan: Plan[Integration | None]) -> Integration | None:
        self._client.ready_to_write()
        if self._listed is None and plan.after and ("create", plan.after) in plan.steps:
            # after a lost answer, what isn't in this list is what we asked for
            self._listed = self._of_type(plan.after.type)
        mine = state
        try:
            for verb, argument in plan.steps:
                mine = getattr(self, f"_{verb}")(mine, argument)
        except RezonateError:
            if state and mine is None:
                self._warn(f"The API service integration {state.id} was deleted, and no other could be made in its place yet.")
            raise
        return mine

    def show(self, state: Integration | None) -> Mapping[str, Any]:
        return state.shown() if state else {}

    def values(self, _before: Integration | None, after: Integration | None, plan: Plan[Integration | None]) -> Mapping[str, Any]:
        new = [secret for secret in (after.secrets or () if after else ()) if secret.is_new]
        return {
            "integration": after.facts() if after else None,
            "client_id": after.id if after else None,
            "client_secret": self._client_secret,
            "secret_hash": new[0].hash if new else None,
            "secret_missing": after is not None and lacks_secret(after, self._wanted),
            "beyond": beyond(after, self._wanted),
            "created": any(verb == "create" for verb, _argument in plan.steps),
            "changes": [*(describe_step(verb, argument) for verb, argument in plan.steps), *self._done_besides],
        }

    def _find(self) -> Integration | None:
        wanted, until = self._wanted, self._recovery_deadline
        if wanted.id:
            mine = _read(self._client, wanted.id)
            if mine or not wanted.recreate or not wanted.type or wanted.state == "absent":
                return mine
            # a run that found it gone may have made another, and been cut off before anybody kept its id
            until = max(until, self._clock() + INDEX_LAG)
        poll(self._lost, until, self._clock, self._sleep)
        return choose(self._listed or (), wanted)

    def _lost(self) -> Sequence[Integration]:
        """Those that an earlier run of ours made; the list is kept."""
        self._listed = self._of_type(self._wanted.type or "")
        return [one for one in self._listed if is_ours(one.created_at, self._wanted)]

    def _of_type(self, kind: str) -> Sequence[Integration]:
        """The org's integrations of a type, without the one that the caller knows: the list may still show it when it is gone."""
        return [one for one in list_services(self._client, kind) if one.id != self._wanted.id]

    def _tell_of_others(self, mine: Integration | None) -> None:
        others = [one for one in self._listed or () if mine is None or one.id != mine.id]
        if others:
            self._warn(
                f"This org has more API service integrations of the type {others[0].type!r} than ours: {listing(others)}. Somebody made "
                "them by hand, or another run at the same time; they were left alone. Delete those that nobody uses."
            )

    def _with_secrets(self, mine: Integration) -> Integration:
        return replace(mine, secrets=read_secrets(self._client, mine))

    def _create(self, _gone: Integration | None, new: Integration) -> Integration:
        try:
            return self._post(new)
        except OktaError as error:
            if not maybe_done(error):
                raise
        # it may have been made although the answer was lost
        before = {one.id for one in self._listed or ()}
        found = poll(
            lambda: [one for one in self._of_type(new.type) if one.id not in before],
            self._clock() + INDEX_LAG,
            self._clock,
            self._sleep,
        )
        if not found:
            return self._post(new)
        if len(found) > 1:
            raise StateError(
                f"Okta's answer was lost, and meanwhile several API service integrations of the type {new.type!r} were made: "
                f"{listing(found)}. Delete all but one of them, and name that one by id with new_secret."
            )
        self._done_besides.append("make secret")
        return self._make_secret(self._with_secrets(found[0]), None)

    def _post(self, new: Integration) -> Integration:
        """Make it. What Okta shows of it comes once, so no call may follow."""
        purpose = f"make the API service integration {new.type!r}"
        try:
            body = self._client.write("POST", _SERVICES, purpose, body=creation(new), expect=dict)
        except ApiError as error:
            if error.status in (_BAD_REQUEST, NOT_FOUND):
                raise InputError(_explained(error, new.type)) from error
            raise
        made = integration_from(body)
        if not made.id:
            raise NoAnswerError(f"POST {_SERVICES}: Okta's answer names no API service integration.", maybe_done=True)
        self._client_secret = _secret_in(body, "clientSecret", f"POST {_SERVICES}")
        return made

    def _delete(self, mine: Integration, _argument: None) -> None:
        self._client.remove(_path(mine), "delete the API service integration")

    def _make_secret(self, mine: Integration, _argument: None) -> Integration:
        try:
            return self._post_secret(mine)
        except OktaError as error:
            if not maybe_done(error):
                raise
        return self._post_secret(self._without_unknown(mine))

    def _post_secret(self, mine: Integration) -> Integration:
        """Make a secret. Okta shows it once, so no call may follow."""
        path = f"{_path(mine)}/credentials/secrets"
        body = self._client.write("POST", path, "make a client secret", expect=dict)
        self._client_secret = _secret_in(body, "client_secret", f"POST {path}")
        return replace(mine, secrets=(*(mine.secrets or ()), secret_from(body, is_new=True)))

    def _without_unknown(self, mine: Integration) -> Integration:
        """A secret may have been made although the answer that showed it was lost: nobody knows it, so it goes."""
        known = mine.secrets or ()
        now = self._with_secrets(mine)
        for secret in now.secrets or ():
            is_known = any(one.id == secret.id for one in known) or (secret.hash and secret.hash == self._wanted.secret_hash)
            # where it is the only active one it can't be deactivated, and needn't be: there is a place left
            if not is_known and any(one.status == ACTIVE for one in known):
                self._done_besides.append(describe_step("remove_secret", secret))
                now = self._remove_secret(now, secret)
        return now

    def _activate_secret(self, mine: Integration, secret: Secret) -> Integration:
        self._client.write("POST", f"{_path(mine, secret)}/lifecycle/activate", f"activate the secret {secret.id}", repeatable=True)
        secrets = (replace(one, status=ACTIVE) if one == secret else one for one in mine.secrets or ())
        return replace(mine, secrets=tuple(secrets))

    def _remove_secret(self, mine: Integration, secret: Secret) -> Integration:
        # only an inactive secret can be deleted
        path = _path(mine, secret)
        if secret.status == ACTIVE:
            self._client.write("POST", f"{path}/lifecycle/deactivate", f"deactivate the secret {secret.id}", repeatable=True)
        self._client.remove(path, f"delete the secret {secret.id}")
        return replace(mine, secrets=tuple(one for one in mine.secrets or () if one != secret))


def _path(mine: Integration, secret: Secret | None = None) -> str:
    """The path of an integration, or of one of its secrets.

    Raises:
        StateError: Okta told no id, and without it the path would mean all of them.
    """
    if not mine.id or (secret and not secret.id):
        raise StateError("Okta's answer tells no id for the API service integration or its secret, so it can't be changed.")
    path = f"{_SERVICES}/{segment(mine.id)}"
    return f"{path}/credentials/secrets/{segment(secret.id or '')}" if secret else path


def _secret_in(body: Mapping[str, Any], member: str, call: str) -> str:
    found = body.get(member)
    if not isinstance(found, str) or not found:
        raise NoAnswerError(f"{call}: Okta's answer shows no client secret.", maybe_done=True)
    return found


def _explained(error: ApiError, kind: str) -> str:
    """Why Okta makes no such integration, which its error alone doesn't tell everybody."""
    if "scope" in str(error).lower():
        return f"scopes: Okta doesn't grant these to an API service integration of the type {kind!r}. {error}"
    return (
        f"type: this org makes no API service integration of the type {kind!r}. Where its catalogue calls it otherwise, look the key up "
        f"in the Admin Console: {CONSOLE} > Add Integration; it is in the address of the integration's page, or, after an installation "
        f"by hand, in what GET {_SERVICES} lists. {error}"
    )


def list_services(client: OktaClient, kind: str) -> list[Integration]:
    """The org's integrations of a type."""
    found = [integration_from(raw) for raw in client.pages(_SERVICES, "list the API service integrations")]
    return [one for one in matching(kind, found, lambda one: one.type, ignore_case=True) if one.id]


def read_secrets(client: OktaClient, mine: Integration) -> tuple[Secret, ...]:
    """The client secrets of an integration, as Okta tells of them."""
    return tuple(secret_from(raw) for raw in client.pages(f"{_path(mine)}/credentials/secrets", "list the client secrets"))


def _read(client: OktaClient, service_id: str) -> Integration | None:
    try:
        raw = client.get(f"{_SERVICES}/{segment(service_id)}", "read the API service integration")
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    return replace(integration_from(raw), id=service_id)


def _scopes(given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    if not given:
        raise InputError("scopes is empty: name at least one, or leave the option out.")
    return check_scopes(given, "scopes")


def manage_api_service_integration(call: Call) -> Outcome:
    """Do what the module `okta_api_service_integration` is asked."""
    params = call.params
    if not params["id"] and not params["type"]:
        raise InputError("type is missing: give the integration's key in Okta's catalogue, or id.")
    if params["exclusive_secrets"] and not params["secret_hash"]:
        raise InputError("secret_hash is missing: exclusive_secrets has to know which secret stays.")
    wanted = DesiredIntegration(
        state=params["state"],
        id=params["id"] or None,
        type=check_type(params["type"]),
        scopes=_scopes(params["scopes"]),
        since=requested(params["requested_at"]),
        take_over=params["take_over"],
        recreate=params["recreate"],
        replace=params["replace"],
        new_secret=params["new_secret"],
        secret_hash=params["secret_hash"] or None,
        exclusive_secrets=params["exclusive_secrets"],
        inspect=params["inspect"],
        make_lost_secret=params["make_lost_secret"],
        only_add=params["only_add"] or params["take_over"],
    )
    until = recovery_deadline(params["requested_at"])
    client = connect(call, ("okta.oauthIntegrations.manage",), only_these=True)
    return converge(ApiService(client, wanted, recovery_deadline=until, warn=call.warn), check_mode=call.check_mode)
