# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of the control API, for tests in another process than the emulator."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


class ControlError(RuntimeError):
    """An error of the control API."""


class ControlClient:
    """The methods of the emulator, over HTTP."""

    def __init__(self, control_url: str) -> None:
        self._base = control_url.rstrip("/")
        # Ignore the proxies of the environment, which lead to the emulator itself.
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
        """Create a tenant, or set options of an existing one; return name, org_url and api_token."""
        found: dict[str, Any] = self.call("POST", "tenants", {"name": name, **options})
        return found

    def dump(self, name: str) -> dict[str, Any]:
        """Return all objects of a tenant."""
        found: dict[str, Any] = self.call("GET", f"tenants/{name}")
        return found

    def remove_tenant(self, name: str) -> None:
        """Remove a tenant."""
        self.call("DELETE", f"tenants/{name}")

    def set(self, name: str, **options: Any) -> None:
        """Set options of a tenant."""
        self.call("PATCH", f"tenants/{name}", options)

    def reset(self, name: str) -> None:
        """Reset a tenant to its initial state."""
        self.do(name, "reset")

    def do(self, name: str, verb: str, *args: Any, **values: Any) -> Any:
        """Call a method of `Tenant`."""
        return self.call("POST", f"tenants/{name}/do/{verb}", {"args": list(args), **values})["result"]

    def listen(self, name: str, tls: bool = True, port: int = 0) -> str:
        """Open a port for a tenant; return its URL."""
        return str(self.call("POST", f"tenants/{name}/listen", {"tls": tls, "port": port})["url"])

    def requests(self, tenant: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Return the request log."""
        query = {"since": str(since)} | ({"tenant": tenant} if tenant else {})
        found: list[dict[str, Any]] = self.call("GET", f"requests?{urllib.parse.urlencode(query)}")
        return found

    def clear_requests(self, tenant: str | None = None) -> None:
        """Clear the request log."""
        self.call("DELETE", f"requests?tenant={tenant}" if tenant else "requests")

    def fault(self, kind: str, **values: Any) -> int:
        """Add a fault; return its id."""
        return int(self.call("POST", "faults", {"kind": kind, **values})["id"])

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults with the number of their hits."""
        found: list[dict[str, Any]] = self.call("GET", "faults")
        return found

    def wait(self, fault_id: int, seconds: float = 10) -> bool:
        """Wait until a request has reached a fault."""
        return bool(self.call("GET", f"faults/{fault_id}/wait?seconds={seconds}", timeout=seconds + 10)["arrived"])

    def release(self, fault_id: int) -> None:
        """Resume a paused request."""
        self.call("POST", f"faults/{fault_id}/release")

    def clear_faults(self, fault_id: int | None = None, tenant: str | None = None) -> None:
        """Remove faults."""
        query = f"?tenant={tenant}" if tenant else ""
        self.call("DELETE", (f"faults/{fault_id}" if fault_id else "faults") + query)

    def stop(self) -> None:
        """End the emulator's process."""
        self.call("POST", "stop")
