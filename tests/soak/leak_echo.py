# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that repeat the request: Okta refuses a request, and its error text contains the request including the credential."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from typing import Any

from okta_emulator import Tenant
from okta_emulator.http import Request

# Requests of a first run: method, a pattern of path and query, and the number of matching requests before it.
STEPS: Mapping[str, tuple[str, str, int]] = {
    "identify the token": ("GET", "/users/me$", 0),
    "read the caller's roles": ("GET", "/users/[^/]+/roles", 0),
    "list the apps": ("GET", "/apps[?]q=", 0),
    "create the app": ("POST", "/apps$", 0),
    "list again": ("GET", "/apps[?]q=", 1),
    "create the first grant": ("POST", "/grants$", 0),
    "create a middle grant": ("POST", "/grants$", 5),
    "read the roles": ("GET", "/clients/[^/]+/roles", 0),
    "assign a role": ("POST", "/clients/[^/]+/roles", 0),
    "mint a token": ("POST", "/token$", 0),
    "read with it": ("GET", "/users[?]limit=1", 0),
}
# Requests of the other methods.
METHOD_STEPS: Mapping[str, Mapping[str, tuple[str, str, int]]] = {
    "api_service_integration": {
        "list the integrations": ("GET", "/api-services$", 0),
        "create the integration": ("POST", "/api-services$", 0),
        "mint by secret": ("POST", "/token$", 0),
        "read with it": ("GET", "/users[?]limit=1", 0),
        "list the secrets": ("GET", "/credentials/secrets$", 0),
    },
    "api_token": {
        "identify the given token": ("GET", "/users/me$", 1),
        "read the roles of its owner": ("GET", "/users/[^/]+/roles", 1),
        "read with the token": ("GET", "/users[?]limit=1", 0),
    },
}
# A shortened text must not end within a token.
_EDGES = (270, 285, 295)


def echo_requests(tenant: Tenant, where: tuple[str, str, int], status: int) -> None:
    """Inject the faults for a step."""
    method, path, skip = where
    body: dict[str, Any] = {"errorCode": "E0000001", "errorId": "oaeMadeUp"}
    if path == "/token$":
        body = {"error": "invalid_client"}

    def collect(_tenant: Tenant, request: Request) -> None:
        parts = _sent(request)
        body["errorSummary"] = body["error_description"] = " ".join(parts)
        body["errorCauses"] = [{"errorSummary": "x" * edge + text} for text in parts for edge in (0, *_EDGES)]
        body["errorId"] = parts[0]

    at: dict[str, Any] = {"tenant": tenant.name, "method": method, "path": path, "skip": skip, "times": None}
    tenant.emulator.fault("hook", call=collect, when="before", **at)
    tenant.emulator.fault("status", status=status, body=body, **at)


def _sent(request: Request) -> list[str]:
    """Return the parts of the request, the credential first."""
    text = request.body.decode("utf-8", "replace")
    form = urllib.parse.parse_qs(text) if "client_assertion=" in text else {}
    sent = [request.headers[name] for name in ("authorization", "dpop") if name in request.headers]
    return [*(sent or [""]), *form.get("client_assertion", []), text]
