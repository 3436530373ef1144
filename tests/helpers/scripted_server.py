# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that sends scripted bytes, one response for each connection, and records the requests."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

# Bytes to send before the connection is closed, or a function that uses the connection.
ScriptedResponse = bytes | Callable[[socket.socket], None]
LOST = b""


@dataclass(frozen=True)
class ReceivedRequest:
    """A received request; header names are in lowercase."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int = 200, body: Any = None, **headers: str) -> bytes:
    """Return an HTTP response; a body that is not bytes is sent as JSON. Underscores in header names become hyphens."""
    content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    given = {
        "Content-Length": str(len(content)),
        "Connection": "close",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status} Made-up\r\n{head}\r\n".encode() + content


def drip(pause: float, content: bytes) -> Callable[[socket.socket], None]:
    """Send byte after byte, with a pause after each."""

    def send(connection: socket.socket) -> None:
        for byte in content:
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return send


class ScriptedServer:
    """Responds in the order of its script; later requests get no response."""

    def __init__(self, *script: ScriptedResponse, tls: ssl.SSLContext | None = None) -> None:
        self._script = list(script)
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.requests: list[ReceivedRequest] = []
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        # close alone would not wake the accepting thread
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    @property
    def calls(self) -> list[str]:
        """The requests as `METHOD path`."""
        return [f"{request.method} {request.path}" for request in self.requests]

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._socket.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                method, path, _version = stream.readline().decode().split()
                headers = dict(iter(lambda: _header(stream.readline()), ("", "")))
                self.requests.append(ReceivedRequest(method, path, headers, stream.read(int(headers.get("content-length", 0)))))
                sent = self._script.pop(0) if self._script else LOST
                sent(connection) if callable(sent) else connection.sendall(sent)


def _header(line: bytes) -> tuple[str, str]:
    name, _colon, value = line.decode().strip().partition(": ")
    return name.lower(), value
