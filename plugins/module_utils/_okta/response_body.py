# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The body of a response: decompressed within limits, and parsed as JSON that is safe to process."""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

CHUNK_BYTES = 65536  # bytes that are read, and decompressed, at a time
_MAX_CODINGS = 2  # a proxy can compress a compressed body; more is an attack (CVE-2025-66418)
_MAX_MEMBERS = 100  # of a gzip body
_MAX_DIGITS = 100  # of a whole number
_MAX_DEPTH = 200  # of lists and objects; the deepest response of Okta has about 10 levels
_MAX_TITLE = 100  # characters
_GZIP, _ZLIB, _DEFLATE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_TITLE = re.compile(r"<title[^<>]{0,100}>([^<>]{1,500})", re.IGNORECASE)
# In a text without control characters: an escaped surrogate pair, half of one, any other escape.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)")
ACCEPT_ENCODING = "gzip"  # the value of Accept-Encoding, independent of the release of urllib3


class BodyError(ValueError):
    """A body that can't be read; a retry may succeed."""


class BodyRefusedError(BodyError):
    """A body that is refused; a retry can't succeed."""


def read_body(pieces: Iterable[bytes], encoding: str, most: int) -> bytes:
    """Read and decompress a body; memory use is limited to little more than ``most`` bytes.

    Args:
        pieces: the received body, in chunks.
        encoding: the value of ``Content-Encoding``.
        most: the maximum number of bytes, before and after each decompression.

    Raises:
        BodyError: it can't be decompressed.
        BodyRefusedError: it is too large, or has a compression that wasn't requested.
    """
    codings = [name for name in map(str.strip, encoding.lower().split(",")) if name not in ("", "identity")]
    unknown = [name for name in codings if name not in ("gzip", "x-gzip", "deflate")]
    if unknown or len(codings) > _MAX_CODINGS:
        raise BodyRefusedError(f"the answer has a compression that wasn't requested ({', '.join(codings)[:_MAX_TITLE]})")
    stream = _limited(pieces, most)
    for name in reversed(codings):
        stream = _limited(_decompressed(stream, is_gzip=name != "deflate"), most)
    try:
        return b"".join(stream)
    except zlib.error:
        raise BodyError(f"the answer can't be decompressed ({', '.join(codings)})") from None


def _limited(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise BodyRefusedError(f"the answer is larger than {most} bytes")
        yield piece


def _decompressed(pieces: Iterable[bytes], *, is_gzip: bool) -> Iterator[bytes]:
    """The decompressed chunks, of at most `CHUNK_BYTES` each.

    Raises:
        BodyError: the body is incomplete, or has too many members.
        zlib.error: the body is invalid.
    """
    engine, members = None, 0
    for piece in pieces:
        rest = piece
        while rest:
            if engine is None or engine.eof:
                # a body can have several members (RFC 1952, 2.2); thousands of empty ones would consume CPU time
                engine, members = zlib.decompressobj(_zlib_window(rest, is_gzip=is_gzip)), members + 1
                if members > _MAX_MEMBERS:
                    raise BodyRefusedError("the answer is compressed in too many parts")
            found = engine.decompress(rest, CHUNK_BYTES)
            rest = engine.unused_data if engine.eof else engine.unconsumed_tail
            yield found
            while len(found) == CHUNK_BYTES and not rest and not engine.eof:
                found = engine.decompress(b"", CHUNK_BYTES)  # the rest of the output
                yield found
                rest = engine.unused_data
    if engine is not None and not engine.eof:
        raise BodyError("the compressed answer ends too early")


def _zlib_window(start: bytes, *, is_gzip: bool) -> int:
    """The window parameter of zlib; "deflate" is the zlib format, but some servers omit its header (RFC 9110, 8.4.1.2)."""
    if is_gzip:
        return _GZIP
    has_frame = len(start) < 2 or (start[0] & 0x0F == zlib.DEFLATED and (start[0] << 8 | start[1]) % 31 == 0)
    return _ZLIB if has_frame else _DEFLATE


def parse_json(content: bytes) -> Any:
    """Parse the JSON of a body.

    Half a surrogate pair is replaced by the replacement character, since files, terminals and requests can't encode it.

    Raises:
        ValueError: it is no JSON (RFC 8259), or can't be processed safely: duplicate names in an object, a number
            that is not finite or has thousands of digits, excessive nesting, bytes that are no text.
    """
    text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    if "\\ud" in text or "\\uD" in text:
        text = _ESCAPE.sub(lambda found: "\\ufffd" if found[1] else found[0], text)
    try:
        body = json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant)
    except RecursionError:
        raise ValueError("lists or objects within each other, too deep") from None
    _check_depth(body)
    return body


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object with a name twice")  # ambiguous
    return found


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError("a number that is too long")
    return int(text)


def _decimal(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number that is too large")
    return value


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _check_depth(body: Any) -> None:
    level = [body]
    for _depth in range(_MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise ValueError("lists or objects within each other, too deep")


def page_title(content: bytes) -> str | None:
    """The title of a web page, which identifies its origin; None if there is none."""
    found = _TITLE.search(content[:CHUNK_BYTES].decode(errors="replace"))
    return " ".join(found[1].split())[:_MAX_TITLE] or None if found else None
