# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof: an access token minted with given credentials, and read with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._auth import AccessToken
from ._client import OktaClient
from ._connection import Options, service_app
from ._errors import ApiError, InputError, StateError
from ._org import Org, parse
from ._scopes import check_scopes
from ._spec import Call, Outcome
from ._transport import Transport

_TRY_EVERY = 3.0  # seconds
_FORBIDDEN = 403


def prove(
    org: Org,
    transport: Transport,
    token: AccessToken,
    endpoints: Sequence[str],
    *,
    patience: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[dict[str, Any]]:
    """Read each endpoint with the token.

    A 403 may pass: an admin role takes some seconds to arrive.

    Args:
        patience: seconds to wait for it.

    Raises:
        ApiError: Okta refused for good.
    """
    client = OktaClient(org, token, transport, check_mode=True)
    until = clock() + patience
    proved = []
    for endpoint in endpoints:
        while True:
            try:
                client.get(endpoint, "read with the new access token", expect=object)
            except ApiError as error:
                if error.status != _FORBIDDEN or clock() >= until:
                    raise
                sleep(_TRY_EVERY)
            else:
                proved.append({"method": "GET", "path": endpoint, "status": 200})
                break
    return proved


def run(call: Call) -> Outcome:
    """Do what the module `okta_access_token` is asked."""
    options = Options(call.params)
    scopes = check_scopes(options.words("scopes"), "scopes")
    if not scopes:
        raise InputError("scopes is missing: name the scopes to ask for.")
    endpoints = check_endpoints(call.params["endpoints"])
    org = parse(options.required("org_url"))
    transport = Transport(options.settings())
    token = service_app(options, org.url, scopes).mint(transport)
    missing = [scope for scope in scopes if scope not in token.scopes]
    if missing:
        raise StateError(f"scopes: Okta gave an access token without {', '.join(missing)}; grant them to the app first.")
    proved = prove(org, transport, token, endpoints, patience=float(call.params["patience"]))
    return Outcome(values=_values(token, proved, return_token=call.params["return_token"]))


def _values(token: AccessToken, proved: list[dict[str, Any]], *, return_token: bool) -> Mapping[str, Any]:
    values: dict[str, Any] = {
        "token_type": token.token_type,
        "scopes": sorted(token.scopes),
        "expires_in": token.expires_in,
        "proved": proved,
    }
    return {**values, "access_token": token.token} if return_token else values


def check_endpoints(endpoints: Sequence[str]) -> Sequence[str]:
    """The endpoints, if each is a path.

    Raises:
        InputError: one could lead elsewhere, and the token with it.
    """
    for endpoint in endpoints:
        if not endpoint.startswith("/") or endpoint.startswith("//") or not endpoint.isprintable() or " " in endpoint:
            raise InputError(f"endpoints: {endpoint!r} isn't a path below the org, such as /api/v1/users?limit=1.")
    return endpoints
