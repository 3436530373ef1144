# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sockets: listeners, connections, the CONNECT proxy."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import BinaryIO, cast

from .faulty import Outcome
from .http import BadMessageError, Reply, Request, read_request

IDLE = 120
Serve = Callable[[Request], Outcome]


class Connection:
    """A client's connection, plain or with TLS."""

    def __init__(self, sock: socket.socket, number: int, stopping: threading.Event) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(IDLE)
        self.number = number
        self.peer = str(sock.getpeername()[0])
        self._sock = sock
        self._stopping = stopping
        self._stream = self._open()
        self.scheme = "http"

    def _open(self) -> BinaryIO:
        return cast("BinaryIO", self._sock.makefile("rb"))

    def secure(self, context: ssl.SSLContext) -> None:
        """Start TLS as the server."""
        self._stream.close()
        self._sock = context.wrap_socket(self._sock, server_side=True)
        self._stream = self._open()
        self.scheme = "https"

    def read(self) -> Request | None:
        """Read the next request, None at the end."""
        request = read_request(self._stream, cast("BinaryIO", self._sock.makefile("wb")))
        if request:
            request.scheme, request.peer, request.connection = self.scheme, self.peer, self.number
        return request

    def send(self, reply: Reply) -> None:
        """Send a response."""
        payload = reply.payload()
        self._sock.sendall(reply.head(len(payload)) + payload)

    def raw(self, data: bytes) -> None:
        """Send bytes."""
        self._sock.sendall(data)

    def deliver(self, outcome: Outcome) -> bool:
        """Send the outcome; return whether the connection continues."""
        reply = outcome.reply
        if reply is None:
            return False
        if outcome.cut:
            payload = reply.payload()
            self._sock.sendall(reply.head(len(payload)) + payload[: len(payload) // 2])
            return False
        if outcome.drip:
            return self._drip(reply, outcome.drip)
        self.send(reply)
        return True

    def _drip(self, reply: Reply, seconds: float) -> bool:
        payload = reply.payload()
        self._sock.sendall(reply.head(len(payload)))
        for position in range(len(payload)):
            if self._stopping.wait(seconds):
                return False
            self._sock.sendall(payload[position : position + 1])
        return True

    def serve(self, serve: Serve) -> None:
        """Process requests until one side closes the connection."""
        while not self._stopping.is_set():
            request = self.read()
            if request is None:
                return
            if not self.deliver(serve(request)):
                self.abort()
                return
            if request.headers.get("connection", "").lower() == "close":
                return

    def abort(self) -> None:
        """Reset the connection, as a crashed peer does."""
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(OSError, ValueError):
            self._sock.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError, ValueError):
            self._stream.close()
            self._sock.close()


class Listener:
    """A port on the loopback interface; each connection has a thread."""

    numbers = itertools.count(1)

    def __init__(self, handle: Callable[[Connection], None], port: int, stopping: threading.Event) -> None:
        self._handle = handle
        self._stopping = stopping
        self._open: set[Connection] = set()
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", port), backlog=1024)
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, name=f"okta-emulator-{self.port}", daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _address = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._run, args=(sock,), daemon=True).start()

    def _run(self, sock: socket.socket) -> None:
        try:
            connection = Connection(sock, next(self.numbers), self._stopping)
        except OSError:
            sock.close()
            return
        with self._lock:
            self._open.add(connection)
        try:
            with contextlib.suppress(OSError, ssl.SSLError, BadMessageError, ValueError):
                self._handle(connection)
        finally:
            connection.close()
            with self._lock:
                self._open.discard(connection)

    def close(self) -> None:
        """Close the port and all its connections."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            connection.close()
        self._thread.join(5)
