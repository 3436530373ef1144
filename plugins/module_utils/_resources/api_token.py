# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API tokens: what Okta tells of them, and revoking them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .._core.errors import ApiError, InputError, StateError
from .._core.spec import Call, Outcome
from .._core.text import matching
from .._okta.authentication import ApiToken
from .._okta.caller import read_owner
from .._okta.client import NOT_FOUND, OktaClient, segment
from .._okta.connection import connect
from .resource import Plan, Resource, converge

_TOKENS = "/api/v1/api-tokens"
_CURRENT = f"{_TOKENS}/current"
_ID = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Token:
    """An API token, as Okta tells of it; never what it says.

    Args:
        id: None for the calling one, which Okta names to nobody.
        network: from where it may be used: ``connection``, ``include``, ``exclude``.
    """

    id: str | None
    name: str | None
    user_id: str | None
    created: str | None = None
    expires_at: str | None = None
    network: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """What a module returns of it."""
        return asdict(replace(self, network=dict(self.network)))


Tokens = tuple[Token, ...]


def token_from(raw: Mapping[str, Any]) -> Token:
    """Read Okta's answer."""
    texts = {name: value for name, value in raw.items() if isinstance(value, str)}
    network = raw.get("network")
    told = network if isinstance(network, dict) else {}
    return Token(
        texts.get("id"),
        texts.get("name"),
        texts.get("userId"),
        texts.get("created"),
        texts.get("expiresAt"),
        {name: told[name] for name in ("connection", "include", "exclude") if name in told},
    )


def list_tokens(client: OktaClient) -> Iterator[Token]:
    """All API tokens of the org that live."""
    return map(token_from, raw_tokens(client))


def raw_tokens(client: OktaClient) -> Iterator[dict[str, Any]]:
    """All API tokens of the org that live, as Okta describes them."""
    return client.pages(_TOKENS, "list the API tokens")


class Revocation(Resource[Tokens]):
    """An API token that is to go.

    Args:
        token_id: its id.
        name: or its name; with neither it is the token that calls.
    """

    def __init__(self, client: OktaClient, *, token_id: str | None, name: str | None) -> None:
        self._client = client
        self._id = token_id
        self._name = name

    def read(self) -> Tokens:
        if self._id:
            return self._by_id(self._id)
        return self._by_name(self._name) if self._name else self._calling()

    def plan(self, state: Tokens) -> Plan[Tokens]:
        return Plan((), state)

    def apply(self, _state: Tokens, plan: Plan[Tokens]) -> Tokens:
        for token in plan.steps:
            if token.id:
                self._client.remove(f"{_TOKENS}/{segment(token.id)}", f"revoke the API token {token.name!r}")
            else:
                self._revoke_calling()
        return plan.after

    def show(self, state: Tokens) -> Mapping[str, Any]:
        return {"tokens": [token.facts() for token in state]}

    def values(self, before: Tokens, _after: Tokens, _plan: Plan[Tokens]) -> Mapping[str, Any]:
        return {"tokens": [token.facts() for token in before]}

    def _by_id(self, token_id: str) -> Tokens:
        try:
            raw = self._client.get(f"{_TOKENS}/{segment(token_id)}", "read the API token")
        except ApiError as error:
            if error.status == NOT_FOUND:
                return ()
            raise
        # by the id that was asked for: without one, the calling token would be meant
        return (replace(token_from(raw), id=token_id),)

    def _by_name(self, name: str) -> Tokens:
        found = tuple(matching(name, list_tokens(self._client), lambda token: token.name))
        if len(found) > 1:
            which = ", ".join(f"{token.id} of the user {token.user_id}" for token in found)
            raise StateError(f"Several API tokens have the name {name!r} ({which}): name the one you mean by id.")
        if found and not found[0].id:
            raise StateError(f"Okta's list tells no id for the API token {name!r}, so it can't be revoked.")
        return found

    def _calling(self) -> Tokens:
        try:
            user_id, _login = read_owner(self._client, "read whose API token this is")
        except ApiError as error:
            if error.is_of_credential:
                return ()
            raise
        return (Token(None, None, user_id),)

    def _revoke_calling(self) -> None:
        try:
            self._client.write("DELETE", _CURRENT, "revoke the API token that calls")
        except ApiError as error:
            # it lived a moment ago, so an earlier try has done it and its answer was lost
            if not error.is_of_credential:
                raise


def manage_api_tokens(call: Call) -> Outcome:
    """Do what the module `okta_api_token` is asked."""
    given, name, current = call.params["id"], call.params["name"], call.params["current"]
    if sum(map(bool, (given, name, current))) != 1:
        raise InputError("Say which API token is meant, by exactly one of current (true), id and name.")
    if given and (not _ID.fullmatch(given) or given == "current"):
        raise InputError(f"id: {given!r} is no API token's id, such as 00T3kinb0wOUpDUdV5d7; for the one that calls set current to true.")
    client = connect(call, ("okta.apiTokens.manage",))
    if current and not isinstance(client.credential, ApiToken):
        raise InputError("current: only an API token can revoke itself, and a service app calls; name the token by id or name.")
    outcome = converge(Revocation(client, token_id=given, name=name), check_mode=call.check_mode)
    if current and not outcome.changed:
        call.warn("current: Okta doesn't take the API token, so nothing was revoked: it is revoked already, or was never one of this org.")
    return outcome
