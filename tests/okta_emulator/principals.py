# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The principal of a call before authentication: an API token or an app."""

from __future__ import annotations

from .events import Actor
from .log import auth_of
from .routing import Call

NOBODY = Actor("", "unknown", "User")


def principal_of(call: Call) -> Actor:
    """Return the API token of a call, or the client of its access token or assertion."""
    kind, claimed = auth_of(call.request)
    value = call.request.headers.get("authorization", "").partition(" ")[2].strip()
    if kind == "ssws":
        token = call.state.api_tokens.get(value)
        return Actor(token.id, token.name, "Token") if token else NOBODY
    access = call.state.access_tokens.get(value)
    client = access.client_id if access else claimed
    return Actor(client, client, "PublicClientApp") if client else NOBODY
