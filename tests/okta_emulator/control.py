# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API of the emulator: plain HTTP and JSON below /_emulator."""

from __future__ import annotations

import json
import os
import threading
import urllib.parse
from typing import TYPE_CHECKING, Any

from .http import Reply, Request
from .tenant_view import plain

if TYPE_CHECKING:
    from .emulator import Emulator
    from .tenant import Tenant

# The methods that `POST tenants/NAME/do/VERB` can call.
VERBS = frozenset(
    [
        "add_user",
        "add_group",
        "add_api_token",
        "add_app",
        "add_key",
        "remove_key",
        "set_key_status",
        "revoke_api_token",
        "assign_user_role",
        "remove_user_role",
        "assign_role",
        "remove_role",
        "grant",
        "revoke_grant",
        "remove_app",
        "set_app",
        "set_app_status",
        "expire_access_tokens",
        "rotate_nonce",
        "clear_rate_limits",
        "reset",
        "scopes",
        "roles",
        "user_roles",
        "keys",
        "app",
        "add_zone",
        "add_service",
    ]
)


class Control:
    """Answers control requests."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def answer(self, request: Request) -> Reply:
        """Process a control request."""
        parts = [urllib.parse.unquote(part) for part in request.target.partition("?")[0].split("/")[2:] if part]
        body = request.parsed_body()
        try:
            handler = getattr(self, f"_{request.method.lower()}_{parts[0] if parts else 'index'}", None)
            if handler is None:
                return Reply(404, {"error": f"no control request {request.method} {request.target}"})
            result = handler(parts[1:], body if isinstance(body, dict) else {}, request.query)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            return Reply(400, {"error": f"{type(error).__name__}: {error}"})
        return Reply(200, json.dumps(plain(result)).encode())

    def _get_index(self, _parts: list[str], _body: Any, _query: dict[str, str]) -> Any:
        return self.info()

    def info(self) -> dict[str, Any]:
        """Return what another process needs to use the emulator."""
        tenants = {name: self._brief(tenant) for name, tenant in self._emulator.tenants().items()}
        return {
            "pid": os.getpid(),
            "proxy_url": self._emulator.proxy_url,
            "control_url": self._emulator.control_url,
            "ca_file": self._emulator.ca_file,
            "tenants": tenants,
            "bugs": self._emulator.bugs,
        }

    def _brief(self, tenant: Tenant) -> dict[str, str]:
        return {"name": tenant.name, "org_url": tenant.org_url, "api_token": tenant.api_token}

    def _post_stop(self, _parts: list[str], _body: Any, _query: dict[str, str]) -> Any:
        # after a short delay, so that this response is still sent
        threading.Timer(0.2, self._emulator.stopping.set).start()
        return {}

    # Tenants.

    def _get_tenants(self, parts: list[str], _body: Any, _query: dict[str, str]) -> Any:
        if not parts:
            return self.info()["tenants"]
        return self._tenant(parts[0]).dump()

    def _post_tenants(self, parts: list[str], body: dict[str, Any], _query: dict[str, str]) -> Any:
        if not parts:
            return self._brief(self._emulator.tenant(**body))
        tenant = self._tenant(parts[0])
        if parts[1:] == ["listen"]:
            return {"url": self._emulator.listen(tenant.name, **body)}
        if len(parts) == 3 and parts[1] == "do" and parts[2] in VERBS:
            return {"result": getattr(tenant, parts[2])(*body.pop("args", []), **body)}
        raise ValueError(f"no such thing to do: {'/'.join(parts)}")

    def _patch_tenants(self, parts: list[str], body: dict[str, Any], _query: dict[str, str]) -> Any:
        self._tenant(parts[0]).set(**body)
        return {}

    def _delete_tenants(self, parts: list[str], _body: Any, _query: dict[str, str]) -> Any:
        self._emulator.remove_tenant(parts[0])
        return {}

    def _tenant(self, name: str) -> Tenant:
        return self._emulator.tenants()[name]

    # Requests.

    def _get_requests(self, _parts: list[str], _body: Any, query: dict[str, str]) -> Any:
        return self._emulator.requests(query.get("tenant"), int(query.get("since", "0")))

    def _delete_requests(self, _parts: list[str], _body: Any, query: dict[str, str]) -> Any:
        self._emulator.clear_requests(query.get("tenant"))
        return {}

    # Faults.

    def _get_faults(self, parts: list[str], _body: Any, query: dict[str, str]) -> Any:
        if parts[1:] == ["wait"]:
            found = self._emulator.faults.get(int(parts[0]))
            return {"arrived": found.wait(float(query.get("seconds", "10")))}
        return [fault.as_dict() for fault in self._emulator.faults.all()]

    def _post_faults(self, parts: list[str], body: dict[str, Any], _query: dict[str, str]) -> Any:
        if parts[1:] == ["release"]:
            self._emulator.faults.get(int(parts[0])).release()
            return {}
        if body.get("kind") in ("edit", "hook"):
            raise ValueError("edit and hook take a callable: in-process only")
        return self._emulator.fault(**body).as_dict()

    def _delete_faults(self, parts: list[str], _body: Any, query: dict[str, str]) -> Any:
        self._emulator.clear_faults(int(parts[0]) if parts else None, query.get("tenant"))
        return {}
