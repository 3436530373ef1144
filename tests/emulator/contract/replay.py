# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send recorded requests to the emulator and compare its responses."""

from __future__ import annotations

from typing import Any

import requests
from helpers.okta_client import Api, proof
from okta_emulator import Emulator, Tenant

from . import load
from .recorded import error, type_name
from .stage import Stage

Json = dict[str, Any]

# Members that vary between the orgs and dates of the recordings, and so are optional on both sides.
LOOSE = {
    "client_secret": "shown by the recorder, masked: only on creation",
    "orn": "since 2024",
    "universalLogout": "since 2025",
    "extendedProperties": "only in 2020",
    "notes": "depends on the kind of app",
    "manualProvisioning": "since 2021",
    "implicitAssignment": "since 2021",
    "jwks": "only apps with keys",
    "autoLaunch": "since 2021",
    "issuer_mode": "not of Okta's own apps",
    "post_logout_redirect_uris": "only where set",
    "consent_method": "only where set",
    "network": "only where set",
    "idp_initiated_login": "since 2021",
    "wildcard_redirect": "since 2021",
    "dpop_bound_access_tokens": "since 2023",
    "pkce_required": "since 2021",
}
_LOOSE_LINKS = {"uploadLogo", "profileEnrollment", "policies", "accessPolicy", "clientCredentials", "appLinks"}


def facts() -> list[Json]:
    """Return the recorded requests."""
    found: list[Json] = load("recorded")
    return found


def replay(okta: Emulator, tenant: Tenant, fact: Json) -> list[str]:
    """Send a recorded request to an otherwise empty tenant; return the differences of the response."""
    stage = Stage(tenant, fact)
    stage.prepare()
    api = Api(okta, tenant)
    answer = _token(api, fact) if fact["path"] == "/oauth2/v1/token" else api(fact["method"], stage.path, json=stage.body())
    if answer.status_code != fact["status"]:
        return [f"status: {answer.status_code} {answer.text}"]
    return [*_headers(fact, answer), *_error(fact, answer, list(stage.ids.values())), *_body(fact, answer)]


def _token(api: Api, fact: Json) -> requests.Response:
    """Request a token as recorded, with a proof: the recordings lack assertions and proofs."""
    app = api.app(dpop_bound_access_tokens=True)
    scope = fact["request"]["scope"][1:]
    api.tenant.grant(app["id"], *scope.split())
    if fact["status"] == 200:
        return api.dpop_token(app["id"], scope)
    return api.token(app["id"], scope, {"DPoP": proof("POST", f"{api.base}/oauth2/v1/token")})


def _headers(fact: Json, answer: requests.Response) -> list[str]:
    return [f"header: {name}" for name in fact["headers"] if name not in answer.headers]


def _error(fact: Json, answer: requests.Response, ids: list[str]) -> list[str]:
    if "code" not in fact:
        return []
    actual = error(answer.json(), ids)
    return [f"{name}: {actual[name]}" for name in actual if actual[name] != fact[name]]


def _body(fact: Json, answer: requests.Response) -> list[str]:
    return differences(fact["answer"], answer.json()) if "answer" in fact else []


def differences(recorded: Any, actual: Any, where: str = "$") -> list[str]:
    """Return the members that only one side has, and those with different types."""
    if isinstance(recorded, list) and isinstance(actual, list):
        found = [min((differences(each, item, f"{where}[]") for each in recorded), key=len, default=[]) for item in actual]
        return [text for texts in found for text in texts]
    if isinstance(recorded, dict) and isinstance(actual, dict):
        return _of_members(recorded, actual, where)
    if isinstance(recorded, str) and _fits(recorded, actual):
        return []
    return [f"{where}: {type_name(actual)} for {recorded}"]


def _of_members(recorded: Json, actual: Json, where: str) -> list[str]:
    ignored = set(LOOSE) | (_LOOSE_LINKS if where.endswith("_links") else set())
    found = [f"{where}: {name}" for name in sorted((recorded.keys() ^ actual.keys()) - ignored)]
    for name in sorted(recorded.keys() & actual.keys()):
        found += differences(recorded[name], actual[name], f"{where}.{name}")
    return found


def _fits(recorded: str, actual: Any) -> bool:
    """Compare a type or a constant of the API. A value can be null at one time and not at another."""
    if recorded.startswith("="):
        return bool(recorded[1:] == actual)
    return "null" in (recorded, type_name(actual)) or recorded == type_name(actual)
