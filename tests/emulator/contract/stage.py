# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prepare a tenant with the objects that a recorded request names, and build the request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from okta_emulator import Tenant
from okta_emulator.ids import new_id, timestamp
from okta_emulator.resources.app_secrets import add_secret
from okta_emulator.state import ApiToken

Json = dict[str, Any]
# Values for members that are not constants of the API.
_VALUES = {"resources": "orn:okta:directory:00o1:users", "redirect_uris": "https://example.com/callback", "kid": "recorded"}
_URL = "https://example.com/recorded"
_SCOPES = re.compile(r"okta\.\w+\.read")


class Stage:
    """The tenant of one recorded request; `ids` are the ids for its path."""

    def __init__(self, tenant: Tenant, fact: Json) -> None:
        self._tenant = tenant
        self._fact = fact
        self._method = fact["method"]
        self._path = fact["path"].partition("?")[0]
        self._status = fact["status"]
        self._answer = fact.get("answer")
        self.ids = {"q": "Recorded", "after": "00u1recorded", "label": "no-such-label"}
        for name, prefix in (("role", "cr0"), ("set", "iam"), ("token", "00T"), ("assignment", "ra1")):
            self.ids[name] = new_id(prefix)

    def prepare(self) -> None:
        """Create all objects."""
        table: list[tuple[str, Callable[[str], None]]] = [
            (r"/api/v1/apps/\{app\}(.*)", self._app),
            (r"/api/v1/users/\{user\}(.*)", self._user),
            (r"/oauth2/v1/clients/\{client\}(.*)", self._client),
            (r"/api/v1/api-tokens/(.*)", self._token),
            (r"/api/v1/iam/(.*)", self._iam),
            (r"/integrations/api/v1/api-services/\{service\}(.*)", self._service),
        ]
        for pattern, put in table:
            match = re.fullmatch(pattern, self._path)
            if match:
                put(match[1])
        # The recorded org had the maximum number of apps; its grants are of 2020, when Okta responded with 200.
        full = (self._method, self._path, self._status) == ("POST", "/api/v1/apps", 400)
        self._tenant.set(max_apps=0 if full else None, grant_status=200)

    @property
    def path(self) -> str:
        """Return the path to call."""
        return str(self._fact["path"]).format(**self.ids)

    def body(self) -> Any:
        """Return the body to send. The recordings lack those of grants and of users' roles."""
        asked = self._fact.get("request")
        if asked is not None:
            return _value(asked)
        if self._method == "POST" and self._path.endswith("/grants"):
            return {"issuer": self._tenant.org_url, "scopeId": self._answer["scopeId"][1:]}
        if self._method == "POST" and self._path.endswith("/roles"):
            return {"type": self._answer["type"][1:]}
        return None

    def _app(self, rest: str) -> None:
        app = self.ids["app"] = self._tenant.add_app("Recorded")
        if rest.endswith("/activate") or (self._method == "DELETE" and self._status == 204 and not rest):
            self._tenant.set_app_status(app, "INACTIVE")
        if rest.startswith("/credentials/secrets"):
            self._secrets(self._tenant.state.apps[app].secrets, rest)
        if rest.startswith("/grants") and self._method != "POST":
            scopes = _SCOPES.findall(str(self._answer)) or ["okta.users.read"]
            self._tenant.grant(app, *scopes)
            self.ids["grant"] = next(iter(self._tenant.state.grants[app]))

    def _secrets(self, secrets: list[Json], rest: str) -> None:
        add_secret(secrets, self._tenant.now())
        if "{secret}" in rest:
            secret = add_secret(secrets, self._tenant.now())
            self.ids["secret"] = secret["id"]
            unused = self._method == "DELETE" or rest.endswith("/activate")
            secret["status"] = "INACTIVE" if unused else "ACTIVE"

    def _user(self, _rest: str) -> None:
        self.ids["user"] = self._tenant.add_user("recorded")
        for role in self._answer if self._method == "GET" else ():
            self._tenant.assign_user_role(self.ids["user"], role["type"][1:])

    def _client(self, rest: str) -> None:
        app = self.ids["client"] = self._tenant.add_app("Recorded")
        if "{assignment}" in rest:
            role = (self._answer or {"type": "=HELP_DESK_ADMIN"})["type"][1:]
            self.ids["assignment"] = self._tenant.assign_role(app, role)

    def _token(self, rest: str) -> None:
        if rest and self._status == 200:
            owner = next(iter(self._tenant.state.users))
            token = ApiToken(self.ids["token"], "recorded", "Recorded", owner, self._tenant.now(), self._tenant.now())
            self._tenant.state.api_tokens["recorded"] = token

    def _iam(self, rest: str) -> None:
        kind, _slash, name = rest.partition("/")
        taken = self._method == "POST" and self._status == 400 and "label" in self._fact["request"]
        if not taken and not (name and self._status < 400):
            return
        items = self._tenant.state.iam_roles if kind == "roles" else self._tenant.state.resource_sets
        item_id = self.ids["role" if kind == "roles" else "set"]
        moment = timestamp(self._tenant.now())
        self.ids["label"] = label = _value("string", "label") if taken else "Recorded-Role"
        item = {"id": item_id, "label": label, "description": "d", "created": moment, "lastUpdated": moment}
        more: Json = {"permissions": [], "isCloneable": False} if kind == "roles" else {"resources": []}
        items[item_id] = {**item, **more}

    def _service(self, _rest: str) -> None:
        service = self._tenant.add_service("anzennaapiservice", "okta.users.read")
        self.ids["service"] = service["client_id"]


def _value(shape: Any, name: str = "") -> Any:
    """Return a value with a recorded shape."""
    if isinstance(shape, dict):
        return {key: _value(item, key) for key, item in shape.items()}
    if isinstance(shape, list):
        return [_value(item, name) for item in shape]
    if shape.startswith("="):
        return shape[1:]
    text = _VALUES.get(name) or (_URL if name.endswith(("uri", "uris")) else f"Recorded {name}")
    return {"boolean": True, "null": None}.get(shape, text)
