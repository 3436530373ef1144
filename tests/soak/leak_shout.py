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
    "roles once more": ("GET", "/clients/[^/]+/roles", 1),
}
# A shortened text must not end in half a token.
_EDGES = (270, 285, 295)


def shout(tenant: Tenant, step: str, status: int) -> None:
    """Lay the faults for a step."""
    method, path, skip = STEPS[step]
    body: dict[str, Any] = {"errorCode": "E0000001", "errorId": "oaeMadeUp"}
    if step == "mint a token":
        body = {"error": "invalid_client"}

    def listen(_tenant: Tenant, request: Request) -> None:
        said = _said(request)
        body["errorSummary"] = body["error_description"] = " ".join(said)
        body["errorCauses"] = [{"errorSummary": "x" * edge + text} for text in said for edge in (0, *_EDGES)]
        body["errorId"] = said[0]

    where: dict[str, Any] = {"tenant": tenant.name, "method": method, "path": path, "skip": skip, "times": None}
    tenant.emulator.fault("hook", call=listen, when="before", **where)
    tenant.emulator.fault("status", status=status, body=body, **where)


def _said(request: Request) -> list[str]:
    """What came in, piece by piece, the credential first."""
    text = request.body.decode("utf-8", "replace")
    form = urllib.parse.parse_qs(text) if "client_assertion=" in text else {}
    return [request.headers.get("authorization", ""), *form.get("client_assertion", []), text]
