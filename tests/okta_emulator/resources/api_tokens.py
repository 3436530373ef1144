# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API tokens: metadata without their values."""

from __future__ import annotations

from typing import Any

from ..errors import OktaError, forbidden, invalid, missing
from ..http import Reply
from ..ids import timestamp
from ..roles import Need
from ..routing import Call, Route
from ..state import UNUSED_LIFETIME, ApiToken, Doc

_NETWORK = {"connection", "include", "exclude"}


def _body(call: Call, token: ApiToken) -> Doc:
    return {
        "id": token.id,
        "name": token.name,
        "userId": token.user_id,
        "clientName": "Okta API",
        "tokenWindow": "P30D",
        "network": token.network,
        "expiresAt": timestamp(token.used + UNUSED_LIFETIME),
        "created": timestamp(token.created),
        "lastUpdated": timestamp(token.used),
        "_links": {
            "self": {"href": f"{call.base}/api/v1/api-tokens/{token.id}", "hints": {"allow": ["GET", "DELETE"]}},
            "user": {"href": f"{call.base}/api/v1/users/{token.user_id}", "hints": {"allow": ["GET"]}},
        },
    }


def _token(call: Call) -> ApiToken:
    for token in call.state.api_tokens.values():
        if token.id == call.params["token_id"]:
            return token
    raise missing(call.params["token_id"], "Token")


def list_tokens(call: Call) -> Reply:
    return Reply(200, [_body(call, token) for token in call.state.api_tokens.values()])


def get(call: Call) -> Reply:
    return Reply(200, _body(call, _token(call)))


def _network(value: Any) -> Doc:
    if not isinstance(value, dict) or value.get("connection") not in ("ANYWHERE", "ZONE") or value.keys() - _NETWORK:
        raise invalid("network", "network: must say from where the token may be used")
    return value


def update(call: Call) -> Reply:
    token = _token(call)
    body = call.json()
    if not body.get("name"):
        raise invalid("name", "name: The field cannot be left blank")
    token.name, token.network = str(body["name"]), _network(body.get("network", token.network))
    return Reply(200, _body(call, token))


def revoke(call: Call) -> Reply:
    token = _token(call)
    del call.state.api_tokens[token.secret]
    call.tenant.note("system.api_token.revoke", call.caller.actor, token.id, token.name)
    return Reply(204)


def revoke_current(call: Call) -> Reply:
    token = call.caller.api_token
    if token is None:
        raise forbidden()
    del call.state.api_tokens[token.secret]
    call.tenant.note("system.api_token.revoke", call.caller.actor, token.id, token.name)
    return Reply(204)


def read_current(_call: Call) -> Reply:
    # The id `current` exists only for revocation.
    raise OktaError(404, "E0000007", "Not found: Resource not found: current (Token)")


_ALL, _ONE, _CURRENT = "/api/v1/api-tokens", "/api/v1/api-tokens/{token_id}", "/api/v1/api-tokens/current"
_READ, _MANAGE = "okta.apiTokens.read", "okta.apiTokens.manage"
ROUTES = [
    Route("GET", _ALL, list_tokens, Need.READ_API_TOKENS, _READ, "api_tokens"),
    Route("DELETE", _CURRENT, revoke_current, Need.SELF, _MANAGE, "api_token"),
    Route("GET", _CURRENT, read_current, Need.READ_API_TOKENS, _READ, "api_token"),
    Route("GET", _ONE, get, Need.READ_API_TOKENS, _READ, "api_token"),
    Route("PUT", _ONE, update, Need.SUPER, _MANAGE, "api_token"),
    Route("DELETE", _ONE, revoke, Need.SUPER, _MANAGE, "api_token"),
]
