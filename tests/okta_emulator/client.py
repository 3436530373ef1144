# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of the control API, for tests in another process than the emulator's."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


class ControlError(RuntimeError):
    """The control API refused."""


class ControlClient:
    """The emulator's verbs, over HTTP."""

    def __init__(self, control_url: str) -> None:
        self._base = control_url.rstrip("/")
        # Proxies of the environment lead to the emulator itself; this must go straight.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, timeout: float = 60) -> Any:
        """Send a control request; return its JSON answer."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self._base}/{path}", data, method=method)  # loopback
        request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=timeout) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise ControlError(f"{method} {path}: {error.read().decode()}") from error

    def info(self) -> dict[str, Any]:
        """Return pid, proxy_url, control_url, ca_file and tenants."""
        found: dict[str, Any] = self.call("GET", "")
        return found

    def tenant(self, name: str, **options: Any) -> dict[str, Any]:
        """Make a tenant, or set options of the one there is; return name, org_url, api_token."""
        found: dict[str, Any] = self.call("POST", "tenants", {"name": name, **options})
        return found

    def dump(self, name: str) -> dict[str, Any]:
        """Return all that a tenant holds."""
        found: dict[str, Any] = self.call("GET", f"tenants/{name}")
        return found

    def remove_tenant(self, name: str) -> None:
        """Forget a tenant."""
        self.call("DELETE", f"tenants/{name}")

    def set(self, name: str, **options: Any) -> None:
        """Turn a tenant's knobs."""
        self.call("PATCH", f"tenants/{name}", options)

    def reset(self, name: str) -> None:
        """Let a tenant start over."""
        self.do(name, "reset")

    def do(self, name: str, verb: str, *args: Any, **values: Any) -> Any:
        """Call one of `Tenant`'s methods."""
        return self.call("POST", f"tenants/{name}/do/{verb}", {"args": list(args), **values})["result"]

    def listen(self, name: str, tls: bool = True, port: int = 0) -> str:
        """Open a port of a tenant's own; return its URL."""
        return str(self.call("POST", f"tenants/{name}/listen", {"tls": tls, "port": port})["url"])

    def requests(self, tenant: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Return the request log."""
        query = {"since": str(since)} | ({"tenant": tenant} if tenant else {})
        found: list[dict[str, Any]] = self.call("GET", f"requests?{urllib.parse.urlencode(query)}")
        return found

    def clear_requests(self, tenant: str | None = None) -> None:
        """Empty the request log."""
        self.call("DELETE", f"requests?tenant={tenant}" if tenant else "requests")

    def fault(self, kind: str, **values: Any) -> int:
        """Lay a fault; return its id."""
        return int(self.call("POST", "faults", {"kind": kind, **values})["id"])

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults, with how often each was hit."""
        found: list[dict[str, Any]] = self.call("GET", "faults")
        return found

    def wait(self, fault_id: int, seconds: float = 10) -> bool:
        """Wait until a request has come to a fault."""
        return bool(self.call("GET", f"faults/{fault_id}/wait?seconds={seconds}", timeout=seconds + 10)["arrived"])

    def release(self, fault_id: int) -> None:
        """Let a paused request go on."""
        self.call("POST", f"faults/{fault_id}/release")

    def clear_faults(self, fault_id: int | None = None, tenant: str | None = None) -> None:
        """Take faults away."""
        query = f"?tenant={tenant}" if tenant else ""
        self.call("DELETE", (f"faults/{fault_id}" if fault_id else "faults") + query)

    def stop(self) -> None:
        """End the emulator's process."""
        self.call("POST", "stop")
