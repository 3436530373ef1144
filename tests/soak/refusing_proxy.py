# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy in front of the proxy of the emulator that can refuse connections."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self


class RefusingProxy:
    """Forwards connections to another proxy while it is open.

    Args:
        target: the URL of the other proxy.
    """

    def __init__(self, target: str) -> None:
        self._target = int(target.rpartition(":")[2])
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._serve(self._listener)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closed.set()
        self.refuse()

    @property
    def url(self) -> str:
        """Return the URL for HTTPS_PROXY."""
        return f"http://127.0.0.1:{self._port}"

    def refuse(self) -> None:
        """Refuse new connections; open connections remain."""
        with self._lock:
            listener, self._listener = self._listener, None
        if listener:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def open(self) -> None:
        """Accept connections again."""
        with self._lock:
            if self._listener is None:
                self._listener = socket.create_server(("127.0.0.1", self._port), backlog=128)
                self._serve(self._listener)

    def open_when(self, ready: Callable[[], bool], limit: float = 120) -> None:
        """Accept connections again as soon as a condition holds."""

        def watch() -> None:
            deadline = time.monotonic() + limit
            while not self._closed.wait(0.002):
                if ready() or time.monotonic() > deadline:
                    self.open()
                    return

        threading.Thread(target=watch, daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_forward, args=(source, sink), daemon=True).start()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
