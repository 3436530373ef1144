# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request log."""

from __future__ import annotations

import base64
import binascii
import json
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

from .http import Request

_UNSHOWN = {"authorization", "dpop", "cookie"}


@dataclass
class Entry:
    """A received request; `status` is None until a response is sent, and remains None if none is sent."""

    n: int
    tenant: str | None
    time: float
    method: str
    path: str
    auth: str
    who: str | None
    body: Any
    connection: int
    status: int | None = None
    fault: str | None = None
    processed: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as JSON."""
        return asdict(self)


class Log:
    """All requests in the order of their arrival, in total and by tenant."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._by_tenant: dict[str | None, list[Entry]] = {}
        self._count = 0

    def add(self, tenant: str | None, request: Request, now: float) -> Entry:
        """Log a request before it is processed."""
        kind, who = auth_of(request)
        headers = {key: value for key, value in request.headers.items() if key not in _UNSHOWN}
        with self._lock:
            self._count += 1
            entry = Entry(
                self._count,
                tenant,
                now,
                request.method,
                request.target,
                kind,
                who,
                request.parsed_body(),
                request.connection,
                headers=headers,
            )
            self._entries.append(entry)
            self._by_tenant.setdefault(tenant, []).append(entry)
        return entry

    def entries(self, tenant: str | None = None, since: int = 0) -> list[Entry]:
        """Return the entries of one tenant or of all, with numbers above `since`."""
        with self._lock:
            found = self._entries if tenant is None else self._by_tenant.get(tenant, [])
            return [entry for entry in found if entry.n > since]

    def clear(self, tenant: str | None = None) -> None:
        """Remove the entries of one tenant or of all; the numbering continues."""
        with self._lock:
            if tenant is None:
                self._entries, self._by_tenant = [], {}
                return
            self._by_tenant.pop(tenant, None)
            self._entries = [entry for entry in self._entries if entry.tenant != tenant]


def auth_of(request: Request) -> tuple[str, str | None]:
    """Return how a request authenticates, and the client if the request names it."""
    scheme, _unused, value = request.headers.get("authorization", "").partition(" ")
    kind = scheme.lower()
    if kind == "basic":
        return kind, _first_part(value + "===", ":")
    if not kind:
        return "none", _claimed_client(request)
    return (kind if kind in ("ssws", "bearer", "dpop") else "other"), None


def _first_part(text: str, separator: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text).decode("utf-8", "replace").partition(separator)[0]
    except binascii.Error:
        return None


def _claimed_client(request: Request) -> str | None:
    """Return the client of an assertion without verifying it."""
    body = request.parsed_body()
    parts = str(body.get("client_assertion", "")).split(".") if isinstance(body, dict) else []
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "==="))
    except (ValueError, IndexError):
        return None
    return str(claims.get("sub")) if isinstance(claims, dict) else None
