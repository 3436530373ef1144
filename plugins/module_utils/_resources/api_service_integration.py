# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API service integrations in Okta: find, create once, manage secrets, delete."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._core.errors import ApiError, InputError, NoResponseError, OktaError, RezonateError, StateError, maybe_done
from .._core.input_values import check_scopes
from .._core.spec import Call, Outcome
from .._core.text import find_by_text
from .._okta.client import NOT_FOUND, OktaClient, path_segment
from .._okta.connection import connect
from .._okta.request_recovery import INDEX_LAG, poll, recovery_deadline, requested_at_epoch
from .api_service_integration_plan import (
    ACTIVE,
    CONSOLE,
    ActivateSecret,
    DesiredIntegration,
    Integration,
    MakeSecret,
    RemoveSecret,
    Secret,
    check_type,
    choose,
    creation,
    describe_all,
    describe_surplus,
    integration_from,
    is_from_earlier_run,
    lacks_secret,
    needs_secrets,
    plan_integration,
    secret_from,
)
from .resource import Create, Delete, Plan, SingleResource, Step, converge

_SERVICES = "/integrations/api/v1/api-services"
_BAD_REQUEST = 400


class ApiServiceIntegration(SingleResource[Integration]):
    """One API service integration.

    Args:
        client: calls Okta.
        desired: the desired state.
        recovery_deadline: epoch seconds until which an integration that an earlier run requested may still appear in the list.
        warn: reports other integrations of the same type.
        clock: returns epoch seconds; replaced in tests.
        sleep: waits for seconds; replaced in tests.
    """

    name = "integration"

    def __init__(
        self,
        client: OktaClient,
        desired: DesiredIntegration,
        *,
        recovery_deadline: float = 0.0,
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(client)
        self._desired = desired
        self._recovery_deadline = recovery_deadline
        self._warn = warn
        self._clock = clock
        self._sleep = sleep
        self._existing: Sequence[Integration] | None = None
        self._deleted: Integration | None = None
        self._recovery_steps: list[Step] = []
        self._client_secret: str | None = None

    def read_state(self) -> Integration | None:
        integration = self._find()
        if integration and self._desired.inspect and self._existing is None:
            self._existing = self._list_type(integration.type)
        self._warn_of_others(integration)
        return self._with_secrets(integration) if integration and needs_secrets(integration, self._desired) else integration

    def plan(self, state: Integration | None) -> Plan[Integration | None]:
        return plan_integration(state, self._desired)

    def apply(self, state: Integration | None, plan: Plan[Integration | None]) -> Integration | None:
        self._client.run_first_write_check()
        if self._existing is None and plan.after and Create(plan.after) in plan.steps:
            # after a lost response, an integration that isn't in this list is the requested one
            self._existing = self._list_type(plan.after.type)
        try:
            return super().apply(state, plan)
        except RezonateError:
            if self._deleted:
                self._warn(f"The API service integration {self._deleted.id} was deleted, but its replacement could not be created yet.")
            raise

    def values(self, before: Integration | None, after: Integration | None, plan: Plan[Integration | None]) -> Mapping[str, Any]:
        new = [secret for secret in (after.secrets or () if after else ()) if secret.is_new]
        return {
            **super().values(before, after, plan),
            "client_id": after.id if after else None,
            "client_secret": self._client_secret,
            "secret_hash": new[0].hash if new else None,
            "secret_missing": after is not None and lacks_secret(after, self._desired),
            "beyond": describe_surplus(after, self._desired),
            "created": any(isinstance(step, Create) for step in plan.steps),
            "changes": [step.text for step in (*plan.steps, *self._recovery_steps)],
        }

    def _perform(self, state: Integration, step: Step) -> Integration | None:
        match step:
            case MakeSecret():
                return self._make_secret(state)
            case ActivateSecret(secret):
                return self._activate_secret(state, secret)
            case RemoveSecret(secret):
                return self._remove_secret(state, secret)
            case Delete():
                self._client.remove(_path(state), "delete the API service integration")
                self._deleted = state
                return None
        raise TypeError(step)

    def _find(self) -> Integration | None:
        desired, deadline = self._desired, self._recovery_deadline
        if desired.id:
            integration = _read_integration(self._client, desired.id)
            if integration or not desired.recreate or not desired.type or desired.state == "absent":
                return integration
            # a run that found it deleted may have created another one and been interrupted before its id was saved
            deadline = max(deadline, self._clock() + INDEX_LAG)
        poll(self._list_interrupted, deadline, self._clock, self._sleep)
        return choose(self._existing or (), desired)

    def _list_interrupted(self) -> Sequence[Integration]:
        """List the integrations of the type; returns those that an earlier run of the caller created."""
        self._existing = self._list_type(self._desired.type or "")
        return [one for one in self._existing if is_from_earlier_run(one.created_at, self._desired)]

    def _list_type(self, type_key: str) -> Sequence[Integration]:
        """The org's integrations of a type, except the known one: the list may still show it after its deletion."""
        return [one for one in list_integrations(self._client, type_key) if one.id != self._desired.id]

    def _warn_of_others(self, integration: Integration | None) -> None:
        others = [one for one in self._existing or () if integration is None or one.id != integration.id]
        if others:
            self._warn(
                f"This org has other API service integrations of the type {others[0].type!r}: {describe_all(others)}. They were created "
                "by hand, or by a concurrent run, and were not changed. Delete those that are not in use."
            )

    def _with_secrets(self, integration: Integration) -> Integration:
        return replace(integration, secrets=read_secrets(self._client, integration))

    def _create(self, new: Integration) -> Integration:
        try:
            return self._post(new)
        except OktaError as error:
            if not maybe_done(error):
                raise
        # it may have been created although the response was lost
        before = {one.id for one in self._existing or ()}
        found = poll(
            lambda: [one for one in self._list_type(new.type) if one.id not in before],
            self._clock() + INDEX_LAG,
            self._clock,
            self._sleep,
        )
        if not found:
            return self._post(new)
        if len(found) > 1:
            raise StateError(
                f"Okta's response was lost, and meanwhile several API service integrations of the type {new.type!r} were created: "
                f"{describe_all(found)}. Delete all but one of them, and set id to that one, with new_secret."
            )
        self._recovery_steps.append(MakeSecret())
        return self._make_secret(self._with_secrets(found[0]))

    def _post(self, new: Integration) -> Integration:
        """Create the integration. Okta shows its secret once, so no other call may follow."""
        purpose = f"create the API service integration {new.type!r}"
        try:
            body = self._client.write("POST", _SERVICES, purpose, body=creation(new), expect=dict)
        except ApiError as error:
            if error.status in (_BAD_REQUEST, NOT_FOUND):
                raise InputError(_creation_refusal(error, new.type)) from error
            raise
        created = integration_from(body)
        if not created.id:
            raise NoResponseError(f"POST {_SERVICES}: Okta's response contains no API service integration.", maybe_done=True)
        self._client_secret = _secret_in(body, "clientSecret", f"POST {_SERVICES}")
        return created

    def _make_secret(self, integration: Integration) -> Integration:
        try:
            return self._post_secret(integration)
        except OktaError as error:
            if not maybe_done(error):
                raise
        return self._post_secret(self._without_lost_secrets(integration))

    def _post_secret(self, integration: Integration) -> Integration:
        """Create a secret. Okta shows it once, so no other call may follow."""
        path = f"{_path(integration)}/credentials/secrets"
        body = self._client.write("POST", path, "create a client secret", expect=dict)
        self._client_secret = _secret_in(body, "client_secret", f"POST {path}")
        return replace(integration, secrets=(*(integration.secrets or ()), secret_from(body, is_new=True)))

    def _without_lost_secrets(self, integration: Integration) -> Integration:
        """Remove a secret that was created although the response that showed it was lost: it can't be used."""
        known_secrets = integration.secrets or ()
        current = self._with_secrets(integration)
        for secret in current.secrets or ():
            is_known = any(one.id == secret.id for one in known_secrets) or (secret.hash and secret.hash == self._desired.secret_hash)
            # where it is the only active one it can't be deactivated, and needn't be: Okta allows another one
            if not is_known and any(one.status == ACTIVE for one in known_secrets):
                self._recovery_steps.append(RemoveSecret(secret))
                current = self._remove_secret(current, secret)
        return current

    def _activate_secret(self, integration: Integration, secret: Secret) -> Integration:
        self._client.write("POST", f"{_path(integration, secret)}/lifecycle/activate", f"activate the secret {secret.id}", repeatable=True)
        secrets = (replace(one, status=ACTIVE) if one == secret else one for one in integration.secrets or ())
        return replace(integration, secrets=tuple(secrets))

    def _remove_secret(self, integration: Integration, secret: Secret) -> Integration:
        # only an inactive secret can be deleted
        path = _path(integration, secret)
        if secret.status == ACTIVE:
            self._client.write("POST", f"{path}/lifecycle/deactivate", f"deactivate the secret {secret.id}", repeatable=True)
        self._client.remove(path, f"delete the secret {secret.id}")
        return replace(integration, secrets=tuple(one for one in integration.secrets or () if one != secret))


def _path(integration: Integration, secret: Secret | None = None) -> str:
    """The path of an integration, or of one of its secrets.

    Raises:
        StateError: Okta returned no id, and without it the path would address all of them.
    """
    if not integration.id or (secret and not secret.id):
        raise StateError("Okta's response shows no id for the API service integration or its secret, so it can't be changed.")
    path = f"{_SERVICES}/{path_segment(integration.id)}"
    return f"{path}/credentials/secrets/{path_segment(secret.id or '')}" if secret else path


def _secret_in(body: Mapping[str, Any], member: str, call: str) -> str:
    found = body.get(member)
    if not isinstance(found, str) or not found:
        raise NoResponseError(f"{call}: Okta's response shows no client secret.", maybe_done=True)
    return found


def _creation_refusal(error: ApiError, type_key: str) -> str:
    """Why Okta creates no such integration, in more detail than its error."""
    if "scope" in str(error).lower():
        return f"scopes: Okta doesn't grant these to an API service integration of the type {type_key!r}. {error}"
    return (
        f"type: this org can't create an API service integration of the type {type_key!r}. If its catalogue uses another key, find the key "
        f"in the Admin Console: {CONSOLE} > Add Integration; it is part of the URL of the integration's page, or, after a manual "
        f"installation, part of the response to GET {_SERVICES}. {error}"
    )


def list_integrations(client: OktaClient, type_key: str) -> list[Integration]:
    """The org's integrations of a type."""
    found = [integration_from(raw) for raw in client.pages(_SERVICES, "list the API service integrations")]
    return [one for one in find_by_text(type_key, found, lambda one: one.type, ignore_case=True) if one.id]


def read_secrets(client: OktaClient, integration: Integration) -> tuple[Secret, ...]:
    """The client secrets of an integration, as Okta lists them."""
    return tuple(secret_from(raw) for raw in client.pages(f"{_path(integration)}/credentials/secrets", "list the client secrets"))


def _read_integration(client: OktaClient, service_id: str) -> Integration | None:
    try:
        raw = client.get(f"{_SERVICES}/{path_segment(service_id)}", "read the API service integration")
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    return replace(integration_from(raw), id=service_id)


def _scopes(given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    if not given:
        raise InputError("scopes is empty: name at least one, or omit the option.")
    return check_scopes(given, "scopes")


def manage_api_service_integration(call: Call) -> Outcome:
    """Run the module `okta_api_service_integration`."""
    params = call.params
    if not params["id"] and not params["type"]:
        raise InputError("type is missing: set it to the integration's key in Okta's catalogue, or set id.")
    if params["exclusive_secrets"] and not params["secret_hash"]:
        raise InputError("secret_hash is missing: exclusive_secrets must know which secret to keep.")
    desired = DesiredIntegration(
        state=params["state"],
        id=params["id"] or None,
        type=check_type(params["type"]),
        scopes=_scopes(params["scopes"]),
        since=requested_at_epoch(params["requested_at"]),
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
    deadline = recovery_deadline(params["requested_at"])
    client = connect(call, ("okta.oauthIntegrations.manage",), only_these=True)
    return converge(ApiServiceIntegration(client, desired, recovery_deadline=deadline, warn=call.warn), check_mode=call.check_mode)
