# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that sends prepared bytes, one answer for each connection, and keeps what it was asked."""

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

# Bytes to send before the connection ends, or a function that does as it likes with it.
Sent = bytes | Callable[[socket.socket], None]
LOST = b""


@dataclass(frozen=True)
class Seen:
    """A request as it arrived; names of headers are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int = 200, body: Any = None, **headers: str) -> bytes:
    """An HTTP answer; a body that isn't bytes goes as JSON. Underscores in names of headers stand for hyphens."""
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
    """Answers in the order of its script; what comes after that is lost."""

    def __init__(self, *script: Sent, tls: ssl.SSLContext | None = None) -> None:
        self._script = list(script)
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.requests: list[Seen] = []
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        # a close alone wouldn't wake the thread that accepts
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    @property
    def calls(self) -> list[str]:
        """What was asked, in short."""
        return [f"{seen.method} {seen.path}" for seen in self.requests]

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
                self.requests.append(Seen(method, path, headers, stream.read(int(headers.get("content-length", 0)))))
                sent = self._script.pop(0) if self._script else LOST
                sent(connection) if callable(sent) else connection.sendall(sent)


def _header(line: bytes) -> tuple[str, str]:
    name, _colon, value = line.decode().strip().partition(": ")
    return name.lower(), value
