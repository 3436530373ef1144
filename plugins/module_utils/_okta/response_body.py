# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The body of an answer: decompressed within bounds, and read as JSON that nothing after it can stumble over."""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

PIECE = 65536  # bytes that are read, and decompressed, at a time
_MAX_CODINGS = 2  # a proxy may compress what is compressed already; more is an attack (CVE-2025-66418)
_MAX_MEMBERS = 100  # of a gzip body
_MAX_DIGITS = 100  # of a whole number
_MAX_DEPTH = 200  # of lists and objects; Okta's deepest answer has about ten
_MAX_TITLE = 100  # characters
_GZIP, _ZLIB, _DEFLATE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_TITLE = re.compile(r"<title[^<>]{0,100}>([^<>]{1,500})", re.IGNORECASE)
# Of a text without control characters: an escaped pair of surrogates, half of one, any other escape.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)")
ACCEPTED = "gzip"  # the value of Accept-Encoding: what is decompressed here, within bounds, whatever the release of urllib3


class BodyError(ValueError):
    """A body that can't be read; another try may bring a better one."""


class BodyRefusedError(BodyError):
    """A body that isn't read, however often it is sent."""


def read_body(pieces: Iterable[bytes], encoding: str, most: int) -> bytes:
    """All of a body, decompressed; never more than a little over ``most`` bytes are in memory, whatever they would become.

    Args:
        pieces: the body as it came, in pieces.
        encoding: the value of ``Content-Encoding``.
        most: how many bytes it may be, before and after each decompression.

    Raises:
        BodyError: it can't be decompressed.
        BodyRefusedError: it is too large, or compressed in a way that wasn't asked for.
    """
    codings = [name for name in map(str.strip, encoding.lower().split(",")) if name not in ("", "identity")]
    unknown = [name for name in codings if name not in ("gzip", "x-gzip", "deflate")]
    if unknown or len(codings) > _MAX_CODINGS:
        raise BodyRefusedError(f"the answer is compressed in a way that wasn't asked for ({', '.join(codings)[:_MAX_TITLE]})")
    stream = _bounded(pieces, most)
    for name in reversed(codings):
        stream = _bounded(_decompressed(stream, is_gzip=name != "deflate"), most)
    try:
        return b"".join(stream)
    except zlib.error:
        raise BodyError(f"the answer can't be decompressed ({', '.join(codings)})") from None


def _bounded(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise BodyRefusedError(f"the answer is larger than {most} bytes")
        yield piece


def _decompressed(pieces: Iterable[bytes], *, is_gzip: bool) -> Iterator[bytes]:
    """What compressed pieces hold, at most `PIECE` bytes at a time.

    Raises:
        BodyError: they end too early, or never.
        zlib.error: they are something else.
    """
    engine, members = None, 0
    for piece in pieces:
        rest = piece
        while rest:
            if engine is None or engine.eof:
                # several members make one body (RFC 1952, 2.2); empty ones by the thousand would keep us busy
                engine, members = zlib.decompressobj(_window(rest, is_gzip=is_gzip)), members + 1
                if members > _MAX_MEMBERS:
                    raise BodyRefusedError("the answer is compressed in too many parts")
            found = engine.decompress(rest, PIECE)
            rest = engine.unused_data if engine.eof else engine.unconsumed_tail
            yield found
            while len(found) == PIECE and not rest and not engine.eof:
                found = engine.decompress(b"", PIECE)  # what didn't fit
                yield found
                rest = engine.unused_data
    if engine is not None and not engine.eof:
        raise BodyError("the compressed answer ends too early")


def _window(start: bytes, *, is_gzip: bool) -> int:
    """How zlib is to read a body; "deflate" means its own format, but some servers leave the frame out (RFC 9110, 8.4.1.2)."""
    if is_gzip:
        return _GZIP
    has_frame = len(start) < 2 or (start[0] & 0x0F == zlib.DEFLATED and (start[0] << 8 | start[1]) % 31 == 0)
    return _ZLIB if has_frame else _DEFLATE


def parse(content: bytes) -> Any:
    """The JSON of a body.

    Half of a surrogate pair becomes the replacement character, for no file, terminal or request can hold it.

    Raises:
        ValueError: it is no JSON (RFC 8259), or holds what can't be worked with: a name twice in one object, a number
            that is none or has thousands of digits, lists within lists without end, bytes that are no text.
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
        raise ValueError("an object with a name twice")  # which of the values is meant, nobody can say
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


def title(content: bytes) -> str | None:
    """The title of a web page, which names whose page it is; None where there is none."""
    found = _TITLE.search(content[:PIECE].decode(errors="replace"))
    return " ".join(found[1].split())[:_MAX_TITLE] or None if found else None
