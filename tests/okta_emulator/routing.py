# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations and their routes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import OktaError, malformed
from .http import Reply, Request
from .roles import Need
from .state import State

if TYPE_CHECKING:
    from .auth import Caller
    from .tenant import Tenant


@dataclass
class Call:
    """A request with its tenant and operation."""

    tenant: Tenant
    request: Request
    own_url: str
    params: dict[str, str] = field(default_factory=dict)
    who: Caller | None = None

    @property
    def state(self) -> State:
        """Return the objects of the tenant."""
        return self.tenant.state

    @property
    def caller(self) -> Caller:
        """Return the caller of an operation that is not public."""
        if self.who is None:
            raise RuntimeError("a public operation asked for its caller")
        return self.who

    @property
    def base(self) -> str:
        """Return the base URL of links in bodies: the called host."""
        return self.request.called_url

    @property
    def now(self) -> float:
        """Return the tenant's time."""
        return self.tenant.now()

    def json(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object with the content type of JSON."""
        body = self.request.parsed_body()
        if self.request.content_type() != "application/json":
            raise OktaError(400, "E0000021", "Bad request.  Accept and/or Content-Type headers likely do not match supported values.")
        if not isinstance(body, dict):
            raise malformed()
        return body


Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Route:
    """An operation: required scope and role, rate limit bucket, feature, and handler."""

    method: str
    path: str
    handler: Handler
    need: Need
    scope: str = ""
    bucket: str = "default"
    feature: str = ""


class Router:
    """Finds the route of a method and path without testing all routes."""

    def __init__(self, routes: list[Route]) -> None:
        self._by_length: dict[int, list[tuple[re.Pattern[str], Route]]] = {}
        # Fixed segments take precedence over placeholders (`users/me` before `users/{id}`).
        for route in sorted(routes, key=lambda item: item.path.count("{")):
            pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(route.path)))
            self._by_length.setdefault(route.path.count("/"), []).append((pattern, route))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Find the operation, or raise Okta's error for unknown paths and methods."""
        path = path.rstrip("/") or "/"
        known = False
        for pattern, route in self._by_length.get(path.count("/"), []):
            match = pattern.fullmatch(path)
            if match and route.method == method:
                return route, match.groupdict()
            known = known or bool(match)
        if known:
            raise OktaError(405, "E0000022", "The endpoint does not support the provided HTTP method")
        raise OktaError(404, "E0000007", "Not found: Resource not found: " + path + " (Endpoint)")
