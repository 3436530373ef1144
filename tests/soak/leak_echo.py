# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Okta that shouts: it refuses, and repeats in its refusal all that it was sent, the credential too."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from typing import Any

from okta_emulator import Tenant
from okta_emulator.http import Request

# Each request of a first run: method, a pattern of path and query, how many before it.
STEPS: Mapping[str, tuple[str, str, int]] = {
    "whose token": ("GET", "/users/me$", 0),
    "the caller's roles": ("GET", "/users/[^/]+/roles", 0),
    "list the apps": ("GET", "/apps[?]q=", 0),
    "create the app": ("POST", "/apps$", 0),
    "list again": ("GET", "/apps[?]q=", 1),
    "first grant": ("POST", "/grants$", 0),
    "middle grant": ("POST", "/grants$", 5),
    "roles": ("GET", "/clients/[^/]+/roles", 0),
    "assign a role": ("POST", "/clients/[^/]+/roles", 0),
    "mint a token": ("POST", "/token$", 0),
    "prove it": ("GET", "/users[?]limit=1", 0),
}
# Those that the other methods have, each with its method.
METHOD_STEPS: Mapping[str, Mapping[str, tuple[str, str, int]]] = {
    "api_service_integration": {
        "list the integrations": ("GET", "/api-services$", 0),
        "make the integration": ("POST", "/api-services$", 0),
        "mint by secret": ("POST", "/token$", 0),
        "read with it": ("GET", "/users[?]limit=1", 0),
        "list the secrets": ("GET", "/credentials/secrets$", 0),
    },
    "api_token": {
        "whose token is handed over": ("GET", "/users/me$", 1),
        "what its owner may": ("GET", "/users/[^/]+/roles", 1),
        "read with the token": ("GET", "/users[?]limit=1", 0),
    },
}
# A shortened text must not end in half a token.
_EDGES = (270, 285, 295)


def shout(tenant: Tenant, where: tuple[str, str, int], status: int) -> None:
    """Lay the faults for a step."""
    method, path, skip = where
    body: dict[str, Any] = {"errorCode": "E0000001", "errorId": "oaeMadeUp"}
    if path == "/token$":
        body = {"error": "invalid_client"}

    def listen(_tenant: Tenant, request: Request) -> None:
        said = _said(request)
        body["errorSummary"] = body["error_description"] = " ".join(said)
        body["errorCauses"] = [{"errorSummary": "x" * edge + text} for text in said for edge in (0, *_EDGES)]
        body["errorId"] = said[0]

    at: dict[str, Any] = {"tenant": tenant.name, "method": method, "path": path, "skip": skip, "times": None}
    tenant.emulator.fault("hook", call=listen, when="before", **at)
    tenant.emulator.fault("status", status=status, body=body, **at)


def _said(request: Request) -> list[str]:
    """What came in, piece by piece, the credential first."""
    text = request.body.decode("utf-8", "replace")
    form = urllib.parse.parse_qs(text) if "client_assertion=" in text else {}
    sent = [request.headers[name] for name in ("authorization", "dpop") if name in request.headers]
    return [*(sent or [""]), *form.get("client_assertion", []), text]
