# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator: tenants behind one port."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .control import Control
from .engine import Engine
from .faults import Fault, Faults
from .faulty import Outcome
from .http import Reply, Request
from .log import Entry, Log
from .server import Connection, Listener
from .tenant import Tenant
from .tls import Certificates, is_okta_host

if TYPE_CHECKING:
    from typing_extensions import Self


class Emulator:
    """An emulator of Okta in this process. Use it with `with`, or call `start` and `stop`."""

    def __init__(self, port: int = 0, ca_file: str | None = None) -> None:
        self._port = port
        self._stopping = threading.Event()
        self._lock = threading.RLock()
        self._tenants: dict[str, Tenant] = {}
        self._hosts: dict[str, Tenant] = {}
        self._listeners: list[Listener] = []
        self._certificates = Certificates(ca_file)
        self._engine = Engine(self, self._stopping)
        self._control = Control(self)
        self.log = Log()
        self.faults = Faults()
        self.bugs: list[str] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Open the port."""
        listener = Listener(self._serve_proxy, self._port, self._stopping)
        self._port = listener.port
        self._listeners.append(listener)

    def stop(self) -> None:
        """Close all connections and end paused requests."""
        self._stopping.set()
        self.faults.clear()
        for listener in self._listeners:
            listener.close()
        self._certificates.close()

    @property
    def stopping(self) -> threading.Event:
        """Return the event that is set when the emulator ends."""
        return self._stopping

    @property
    def proxy_url(self) -> str:
        """Return the URL for HTTPS_PROXY."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def control_url(self) -> str:
        """Return the URL of the control API."""
        return f"{self.proxy_url}/_emulator"

    @property
    def ca_file(self) -> str:
        """Return the path of the certificate authority's PEM file."""
        return self._certificates.ca_file

    # Tenants.

    def tenant(self, name: str, api_token: str | None = None, **options: Any) -> Tenant:
        """Return a new tenant with these options, or the existing one after setting them."""
        with self._lock:
            tenant = self._tenants.get(name)
            if tenant is None:
                tenant = self._tenants[name] = Tenant(self, name, api_token, options)
                self.name_hosts(tenant)
            else:
                if api_token not in (None, tenant.api_token):
                    raise ValueError(f"the tenant {name!r} has another API token already")
                tenant.set(**options)
            return tenant

    def tenants(self) -> dict[str, Tenant]:
        """Return all tenants by name."""
        with self._lock:
            return dict(self._tenants)

    def remove_tenant(self, name: str) -> None:
        """Remove a tenant."""
        with self._lock:
            tenant = self._tenants.pop(name)
            self._hosts = {host: other for host, other in self._hosts.items() if other is not tenant}

    def name_hosts(self, tenant: Tenant) -> None:
        """Register the host names of a tenant."""
        with self._lock:
            for host in tenant.hosts:
                self._hosts[host.lower()] = tenant

    # Requests and faults.

    def requests(self, tenant: str | None = None, since: int = 0) -> list[Entry]:
        """Return the request log of all tenants or of one."""
        return self.log.entries(tenant, since)

    def clear_requests(self, tenant: str | None = None) -> None:
        """Clear the request log of all tenants or of one."""
        self.log.clear(tenant)

    def fault(
        self,
        kind: str,
        *,
        tenant: str | None = None,
        method: str | None = None,
        path: str | None = None,
        skip: int = 0,
        times: int | None = 1,
        **params: Any,
    ) -> Fault:
        """Add a fault; see `faults.py` for the kinds, `faulty.py` for their parameters."""
        return self.faults.add(Fault(kind, tenant, method, path, skip, times, params))

    def clear_faults(self, fault_id: int | None = None, tenant: str | None = None) -> None:
        """Remove faults and resume the requests that they pause."""
        self.faults.clear(fault_id, tenant)

    # Serving.

    def listen(self, tenant: str, tls: bool = True, port: int = 0) -> str:
        """Open a port for a tenant, for calls without a proxy; return the URL, which is the org URL for these calls."""
        scheme = "https" if tls else "http"
        found = self._tenants[tenant]

        def handle(connection: Connection) -> None:
            if tls:
                connection.secure(self._certificates.context("127.0.0.1"))
            own = f"{scheme}://127.0.0.1:{listener.port}"
            connection.serve(lambda request: self._engine.answer(found, request, own))

        listener = Listener(handle, port, self._stopping)
        with self._lock:
            self._listeners.append(listener)
        return f"{scheme}://127.0.0.1:{listener.port}"

    def _serve_proxy(self, connection: Connection) -> None:
        while not self._stopping.is_set():
            request = connection.read()
            if request is None:
                return
            if request.method == "CONNECT":
                self._tunnel(connection, request.target)
                return
            connection.send(self._plain(request))

    def _plain(self, request: Request) -> Reply:
        if request.target.startswith("/_emulator") and request.peer == "127.0.0.1":
            return self._control.answer(request)
        return Reply(502, b"This proxy leads to emulated Okta orgs only, by CONNECT.\n", content_type="text/plain")

    def _tunnel(self, connection: Connection, target: str) -> None:
        host = target.rpartition(":")[0].lower()
        with self._lock:
            known = host in self._hosts or is_okta_host(host)
        if not known or not target.endswith(":443"):
            connection.send(Reply(502, b"No such host here; nothing is forwarded.\n", content_type="text/plain"))
            return
        connection.raw(b"HTTP/1.1 200 Connection established\r\n\r\n")
        connection.secure(self._certificates.context(host))
        connection.serve(lambda request: self._route(host, request))

    def _route(self, host: str, request: Request) -> Outcome:
        name = request.headers.get("host", host).lower().removesuffix(":443")
        first, dot, rest = name.partition(".")
        with self._lock:
            tenant = self._hosts.get(name)
            admin = self._hosts.get(first.removesuffix("-admin") + dot + rest) if first.endswith("-admin") else None
        return self._engine.answer(tenant or admin, request, tenant.org_url if tenant else None)
