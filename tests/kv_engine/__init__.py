# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator of HashiCorp Vault: one KV engine, version 2, at `secret`, which requires check-and-set.

Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hvs.made-up-token-of-the-tests"
MISMATCH = "check-and-set parameter did not match the current version"
Answer = tuple[int, Any]


DELETED = "2026-02-01T12:00:00.123456789Z"


class KvEngine:
    """Secrets by path, each a list of versions; a deleted or destroyed version is None."""

    def __init__(self) -> None:
        self.secrets: dict[str, list[dict[str, Any] | None]] = {}
        self.destroyed: set[tuple[str, int]] = set()
        self.hides_metadata = False  # as a policy without access to it does
        self.writes: list[tuple[str, float]] = []
        self.rivals: set[str] = set()  # secrets that another client writes immediately after they were read
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    @contextlib.contextmanager
    def serving(self) -> Iterator[KvEngine]:
        """Serve requests during the block."""
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()

    def read(self, path: str) -> Answer:
        """Return the newest version."""
        versions = list(self.secrets.get(path, []))
        if path in self.rivals:
            self.secrets.setdefault(path, []).append({"ciphertext": "somebody else's"})
        if not versions:
            return 404, {"errors": []}
        metadata = {"version": len(versions), "custom_metadata": None, **self._state(path, len(versions))}
        if versions[-1] is None:
            return 404, {"data": {"data": None, "metadata": metadata}}
        return 200, {"data": {"data": versions[-1], "metadata": metadata}}

    def _state(self, path: str, version: int) -> dict[str, Any]:
        destroyed = (path, version) in self.destroyed
        deleted = self.secrets[path][version - 1] is None and not destroyed
        return {"created_time": "2026-01-31T12:00:00Z", "deletion_time": DELETED if deleted else "", "destroyed": destroyed}

    def metadata(self, path: str) -> Answer:
        """Return the metadata of all versions."""
        if self.hides_metadata:
            return 403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}
        versions = len(self.secrets.get(path, []))
        if not versions:
            return 404, {"errors": []}
        states = {str(version): self._state(path, version) for version in range(1, versions + 1)}
        return 200, {"data": {"current_version": versions, "custom_metadata": None, "cas_required": True, "versions": states}}

    def destroy(self, path: str, version: int) -> None:
        """Destroy a version, as an operator does."""
        self.secrets[path][version - 1] = None
        self.destroyed.add((path, version))

    def write(self, path: str, body: dict[str, Any]) -> Answer:
        """Add a version if the caller sends the number of the newest one."""
        versions = self.secrets.setdefault(path, [])
        if (body.get("options") or {}).get("cas") != len(versions):
            return 400, {"errors": [MISMATCH]}
        versions.append(dict(body["data"]))
        self.writes.append((path, time.time()))
        return 200, {"data": {"version": len(versions), "created_time": "2026-01-31T12:00:00Z", "deletion_time": "", "destroyed": False}}

    def delete(self, path: str, body: dict[str, Any]) -> Answer:
        """Delete versions."""
        for version in body["versions"]:
            self.secrets[path][int(version) - 1] = None
        return 204, None

    def answer(self, method: str, path: str, token: str | None, body: dict[str, Any]) -> Answer:
        """Process a request."""
        if token != TOKEN:
            return 403, {"errors": ["permission denied"]}
        engine, _slash, rest = path.removeprefix("/v1/secret/").partition("/")
        if path.startswith("/v1/secret/") and (method, engine) == ("GET", "data"):
            return self.read(rest)
        if path.startswith("/v1/secret/") and (method, engine) == ("GET", "metadata"):
            return self.metadata(rest)
        if path.startswith("/v1/secret/") and method in ("POST", "PUT") and engine in ("data", "delete"):
            return self.write(rest, body) if engine == "data" else self.delete(rest, body)
        return 404, {"errors": [f"no handler for route {path}"]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                status, value = engine.answer(self.command, self.path.partition("?")[0], self.headers.get("X-Vault-Token"), body)
                data = b"" if value is None else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = _any  # noqa: N815 - names that http.server requires

            def log_message(self, *_args: Any) -> None:
                pass

        return Handler
