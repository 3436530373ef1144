# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fake transport with scripted calls, and a clock that only moves when `sleep` is called."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import ApiToken, Credential
from ansible_collections.rezonate.okta.plugins.module_utils._okta.client import OktaClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.connection import CONNECTION_OPTIONS
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import Org
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Answer, Request
from emulator.contract import openapi

URL = "https://acme.okta.com"
TOKEN = "00made-up-api-token-5b1f0c9e7d3a4862"
APP_ID = "0oamadeupapp0000001"
SERVICE_ID = "0oamadeupservice001"


class FakeOkta:
    """Responds to exactly the scripted calls, in their order.

    Args:
        script: pairs of ``METHOD /path`` and the response: JSON, a status code, an `Answer`, or an error to raise.
    """

    def __init__(self, *script: tuple[str, Any]) -> None:
        self._script = list(script)
        self.calls: list[str] = []
        self.bodies: list[Any] = []
        self.headers: list[Mapping[str, str]] = []
        self.secrets: list[tuple[str, ...]] = []
        self.repeatable: list[tuple[str, bool]] = []
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Replace `Transport.sleep`."""
        self.slept.append(seconds)

    def send(self, request: Request) -> Answer:
        """Replace `Transport.send`."""
        call = f"{request.method} {request.url.removeprefix(URL)}"
        attempt = request.prepare()
        self.calls.append(call)
        self.headers.append(attempt.headers)
        self.secrets.append(attempt.secrets)
        if request.method != "GET":
            self.repeatable.append((call, _is_repeatable(request)))
        if attempt.body is not None:
            is_json = attempt.headers["Content-Type"] == "application/json"
            self.bodies.append(json.loads(attempt.body) if is_json else dict(parse_qsl(attempt.body.decode())))
        self._check(request.method, request.url.removeprefix(URL), self.bodies[-1] if attempt.body is not None else None)
        if not self._script or self._script[0][0] != call:
            raise AssertionError(f"unexpected {call}; next would be {self._script[:1]}")
        found = self._script.pop(0)[1]
        if isinstance(found, BaseException):
            raise found
        answer = found if isinstance(found, Answer) else Answer(found, {}) if isinstance(found, int) else Answer(200, {}, found)
        if request.expect and answer.status < 300:
            assert isinstance(answer.body, request.expect), f"{call} wants {request.expect}"
        return answer

    def _check(self, method: str, path: str, body: Any) -> None:
        """Validate a call against Okta's API description, if it contains the call."""
        if path.startswith(("/api/", "/oauth2/", "/integrations/")) and openapi.find(method, path):
            openapi.validate_request(method, path, _as_described(body))

    @property
    def writes(self) -> list[str]:
        """The calls that change something."""
        return [call for call in self.calls if not call.startswith("GET ")]

    @property
    def left(self) -> list[str]:
        """The scripted calls that were not made."""
        return [call for call, _answer in self._script]


def _is_repeatable(request: Request) -> bool:
    """Whether the transport can repeat a request after a lost response."""
    return request.method not in ("POST", "PATCH") if request.repeatable is None else request.repeatable


def _as_described(body: Any) -> Any:
    """Return an app's body for validation. Okta's description of keys lacks ``use``, which its recorded responses have."""
    if not isinstance(body, dict) or "settings" not in body:
        return body
    body = copy.deepcopy(body)
    for key in body["settings"]["oauthClient"]["jwks"]["keys"]:
        key.pop("use", None)
    return body


class Clock:
    """A clock that moves only when `sleep` is called."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move the clock forward."""
        self.slept.append(seconds)
        self.now += seconds


def client(okta: FakeOkta, *, credential: Credential | None = None, **how: Any) -> OktaClient:
    """Return a client that sends its calls one at a time."""
    return OktaClient(Org(URL, is_custom=False), credential or ApiToken(TOKEN), okta, **{"concurrency": 1, **how})  # type: ignore[arg-type]  # a fake


def refusal(status: int, code: str = "E0000001", summary: str = "Api validation failed", *causes: str) -> Answer:
    """Return an error in Okta's format."""
    cause_list = [{"errorSummary": cause} for cause in causes]
    return Answer(
        status,
        {"X-Okta-Request-Id": "req-made-up-1"},
        {"errorCode": code, "errorSummary": summary, "errorId": "oae-made-up-1", "errorCauses": cause_list},
    )


def forbidden() -> Answer:
    """Return the error for a credential without the permission."""
    return refusal(403, "E0000006", "You do not have permission to perform the requested action")


def three_pages(path: str, entries: list[dict[str, Any]], join: str = "?") -> list[tuple[str, Answer]]:
    """Return a list in three pages, whose links name another host, as Okta's links can."""
    third = -(-len(entries) // 3)
    urls = [path, f"{path}{join}after=second", f"{path}{join}after=third"]
    links = [{"Link": f'<https://id.acme.example{url}>; rel="next"'} for url in urls[1:]]
    parts = [entries[:third], entries[third : 2 * third], entries[2 * third :]]
    return [(f"GET {url}", Answer(200, link, part)) for url, link, part in zip(urls, [*links, {}], parts, strict=True)]


def three_pages_within(name: str, path: str, entries: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return a list in three pages, with the list and the links in the response bodies."""
    pages = three_pages(path, entries)
    links = [{"next": {"href": f"https://id.acme.example{call.removeprefix('GET ')}"}} for call, _answer in pages[1:]]
    return [(call, {name: answer.body, "_links": link}) for (call, answer), link in zip(pages, [*links, {}], strict=True)]


@functools.cache
def rsa_key(number: int) -> jwk.RsaKey:
    """Return a key pair by number, generated once."""
    return jwk.generate_rsa_key(2048, f"made-up-kid-{number}")


def params(**given: Any) -> dict[str, Any]:
    """Return a module's options: the connection options and the given ones."""
    defaults = {name: option.get("default") for name, option in CONNECTION_OPTIONS.items()}
    return {**defaults, "org_url": URL, "api_token": TOKEN, "concurrency": 1, "require_super_admin": False, **given}


def raw_app(**changes: Any) -> dict[str, Any]:
    """Return a service app in Okta's format; its public keys have no timestamps."""
    keys = [raw_key_in_app(number) for number in changes.pop("keys", (1,))]
    flow = {"grant_types": ["client_credentials"], "response_types": ["token"]}
    settings = {"application_type": "service", **flow, "jwks": {"keys": keys}, **changes.pop("settings", {})}
    return {
        "id": APP_ID,
        "name": "oidc_client",
        "label": "Rezonate",
        "signOnMode": "OPENID_CONNECT",
        "status": "ACTIVE",
        "created": "2026-01-06T19:50:57.000Z",
        "credentials": {"oauthClient": {"client_id": changes.get("id", APP_ID), "token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {"oauthClient": settings},
        **changes,
    }


def raw_key(number: int, **changes: Any) -> dict[str, Any]:
    """Return a public key in Okta's list format: with additional members, and without some members of the request."""
    numbers = {name: value for name, value in rsa_key(number).public_jwk().items() if name not in ("alg", "use")}
    return {**numbers, "use": None, "id": f"pks{number}", "status": "ACTIVE", "created": "2026-01-06T19:50:58.000Z", **changes}


def raw_key_in_app(number: int, **changes: Any) -> dict[str, Any]:
    """Return a public key in the format of an app."""
    return {name: value for name, value in raw_key(number, **changes).items() if name != "created"}


def raw_service(**changes: Any) -> dict[str, Any]:
    """Return an API service integration in Okta's format."""
    return {
        "id": SERVICE_ID,
        "type": "rezonate_security",
        "name": "Rezonate Security",
        "createdAt": "2026-01-06T19:50:57.000Z",
        "createdBy": "00umadeupuser000001",
        "grantedScopes": ["okta.users.read", "okta.logs.read"],
        "properties": {},
        **changes,
    }


def raw_secret(number: int, **changes: Any) -> dict[str, Any]:
    """Return a client secret in Okta's list format."""
    return {
        "id": f"ocs{number}",
        "status": "ACTIVE",
        "client_secret": f"***{number:04d}",
        "secret_hash": f"made-up-hash-{number}",
        "created": f"2026-01-06T19:5{number}:57.000Z",
        "lastUpdated": f"2026-01-06T19:5{number}:58.000Z",
        **changes,
    }
