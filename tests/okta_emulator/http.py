# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP/1.1 messages, limited to what an API needs."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, BinaryIO

MAX_BODY = 4 * 1024 * 1024


class BadMessageError(Exception):
    """The peer does not use HTTP, or uses an unsupported form of it."""


@dataclass
class Request:
    """A received request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""
    scheme: str = "https"
    peer: str = "127.0.0.1"
    connection: int = 0

    @property
    def path(self) -> str:
        """Return the path without the query, percent-decoded."""
        return urllib.parse.unquote(self.target.partition("?")[0])

    @property
    def query(self) -> dict[str, str]:
        """Return the query parameters; the last value of repeated ones."""
        return dict(urllib.parse.parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def called_url(self) -> str:
        """Return scheme and host of the URL that the client called."""
        return f"{self.scheme}://{self.headers.get('host', '').removesuffix(':443')}"

    def content_type(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def parsed_body(self) -> Any:
        """Return the body, parsed if it is JSON or a form, for the log."""
        if not self.body:
            return None
        text = self.body.decode("utf-8", "replace")
        if self.content_type() == "application/x-www-form-urlencoded":
            return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
        try:
            return json.loads(text)
        except ValueError:
            return text


@dataclass
class Reply:
    """A response: `body` is a value for JSON, bytes, or None for an empty body."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def payload(self) -> bytes:
        """Return the bytes of the body."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()

    def head(self, length: int) -> bytes:
        """Return the status line and the headers."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [f"HTTP/1.1 {self.status} {phrase}"]
        headers = dict(self.headers)
        if length:
            headers.setdefault("Content-Type", self.content_type)
        if self.status != HTTPStatus.NO_CONTENT:
            headers.setdefault("Content-Length", str(length))
        lines += [f"{key}: {value}" for key, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def read_request(stream: BinaryIO, acknowledge: BinaryIO | None = None) -> Request | None:
    """Read a request; None if the peer has closed the connection."""
    line = stream.readline(65537)
    if not line.strip():
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadMessageError(f"not a request line: {line[:80]!r}")
    try:
        message = http.client.parse_headers(stream)
    except http.client.HTTPException as error:
        raise BadMessageError(str(error)) from error
    headers = {key.lower(): value for key, value in message.items()}
    if acknowledge and headers.get("expect", "").lower() == "100-continue":
        acknowledge.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        acknowledge.flush()
    return Request(parts[0], parts[1], headers, _read_body(stream, headers))


def _read_body(stream: BinaryIO, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _read_chunks(stream)
    length = int(headers.get("content-length") or 0)
    if not 0 <= length <= MAX_BODY:
        raise BadMessageError(f"a body of {length} bytes")
    body = stream.read(length)
    if len(body) != length:
        raise BadMessageError("the body ended early")
    return body


def _read_chunks(stream: BinaryIO) -> bytes:
    body = b""
    while True:
        size = int(stream.readline().partition(b";")[0].strip() or b"0", 16)
        if size + len(body) > MAX_BODY:
            raise BadMessageError("a body that is too long")
        body += stream.read(size)
        stream.readline()
        if not size:
            return body
