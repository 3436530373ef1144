# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API tokens: list and revoke them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .._core.errors import ApiError, InputError, StateError
from .._core.spec import Call, Outcome
from .._core.text import find_by_text
from .._okta.authentication import ApiToken
from .._okta.caller import read_owner
from .._okta.client import NOT_FOUND, OktaClient, path_segment
from .._okta.connection import connect
from .resource import Delete, Plan, Resource, converge

_TOKENS = "/api/v1/api-tokens"
_CURRENT = f"{_TOKENS}/current"
_ID = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Token:
    """The metadata of an API token, never the token itself.

    Args:
        id: None for the calling token, whose id Okta doesn't show.
        network: the networks that may use it: ``connection``, ``include``, ``exclude``.
    """

    id: str | None
    name: str | None
    user_id: str | None
    created: str | None = None
    expires_at: str | None = None
    network: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The members that a module returns."""
        return asdict(replace(self, network=dict(self.network)))


Tokens = tuple[Token, ...]


def token_from(raw: Mapping[str, Any]) -> Token:
    """Read an API token from Okta's response."""
    texts = {name: value for name, value in raw.items() if isinstance(value, str)}
    network = raw.get("network")
    limits = network if isinstance(network, dict) else {}
    return Token(
        texts.get("id"),
        texts.get("name"),
        texts.get("userId"),
        texts.get("created"),
        texts.get("expiresAt"),
        {name: limits[name] for name in ("connection", "include", "exclude") if name in limits},
    )


def list_tokens(client: OktaClient) -> Iterator[Token]:
    """All active API tokens of the org."""
    return map(token_from, raw_tokens(client))


def raw_tokens(client: OktaClient) -> Iterator[dict[str, Any]]:
    """All active API tokens of the org, as in Okta's response."""
    return client.pages(_TOKENS, "list the API tokens")


class Revocation(Resource[Tokens]):
    """The revocation of an API token.

    Args:
        token_id: its id.
        name: its name, where no id is given; with neither it is the calling token.
    """

    def __init__(self, client: OktaClient, *, token_id: str | None, name: str | None) -> None:
        self._client = client
        self._id = token_id
        self._name = name

    def read_state(self) -> Tokens:
        if self._id:
            return self._by_id(self._id)
        return self._by_name(self._name) if self._name else self._read_calling_token()

    def plan(self, state: Tokens) -> Plan[Tokens]:
        return Plan((), (Delete(),) if state else ())

    def apply(self, state: Tokens, plan: Plan[Tokens]) -> Tokens:
        for token in state:
            if token.id:
                self._client.remove(f"{_TOKENS}/{path_segment(token.id)}", f"revoke the API token {token.name!r}")
            else:
                self._revoke_calling_token()
        return plan.after

    def diff_state(self, state: Tokens) -> Mapping[str, Any]:
        return {"tokens": [token.facts() for token in state]}

    def values(self, before: Tokens, _after: Tokens, _plan: Plan[Tokens]) -> Mapping[str, Any]:
        return {"tokens": [token.facts() for token in before]}

    def _by_id(self, token_id: str) -> Tokens:
        try:
            raw = self._client.get(f"{_TOKENS}/{path_segment(token_id)}", "read the API token")
        except ApiError as error:
            if error.status == NOT_FOUND:
                return ()
            raise
        # with the requested id: without one, this would be the calling token
        return (replace(token_from(raw), id=token_id),)

    def _by_name(self, name: str) -> Tokens:
        found = tuple(find_by_text(name, list_tokens(self._client), lambda token: token.name))
        if len(found) > 1:
            which = ", ".join(f"{token.id} of the user {token.user_id}" for token in found)
            raise StateError(f"Several API tokens have the name {name!r} ({which}): identify one by id.")
        if found and not found[0].id:
            raise StateError(f"Okta's list shows no id for the API token {name!r}, so it can't be revoked.")
        return found

    def _read_calling_token(self) -> Tokens:
        try:
            user_id, _login = read_owner(self._client, "read whose API token this is")
        except ApiError as error:
            if error.is_unauthorized:
                return ()
            raise
        return (Token(None, None, user_id),)

    def _revoke_calling_token(self) -> None:
        try:
            self._client.write("DELETE", _CURRENT, "revoke the calling API token")
        except ApiError as error:
            # it was active before, so an earlier request revoked it and the response was lost
            if not error.is_unauthorized:
                raise


def manage_api_tokens(call: Call) -> Outcome:
    """Run the module `okta_api_token`."""
    given, name, current = call.params["id"], call.params["name"], call.params["current"]
    if sum(map(bool, (given, name, current))) != 1:
        raise InputError("Identify the API token by exactly one of current (true), id and name.")
    if given and (not _ID.fullmatch(given) or given == "current"):
        raise InputError(
            f"id: {given!r} isn't the id of an API token, such as 00T3kinb0wOUpDUdV5d7; for the calling token, set current to true."
        )
    client = connect(call, ("okta.apiTokens.manage",))
    if current and not isinstance(client.credential, ApiToken):
        raise InputError("current: only an API token can revoke itself, and the caller is a service app; identify the token by id or name.")
    outcome = converge(Revocation(client, token_id=given, name=name), check_mode=call.check_mode)
    if current and not outcome.changed:
        call.warn("current: Okta doesn't accept the API token, so nothing was revoked: it was revoked before, or belongs to another org.")
    return outcome
