# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The body of a response: decompressed within limits, with any release of urllib3, and parsed as safe JSON."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._okta import response_body
from ansible_collections.rezonate.okta.plugins.module_utils._okta.response_body import (
    BodyError,
    BodyRefusedError,
    page_title,
    parse_json,
    read_body,
)
from hypothesis import given
from hypothesis import strategies as st

MOST = 1024 * 1024
BOMB = gzip.compress(bytes(64 * MOST))


def raw_deflate(content: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return engine.compress(content) + engine.flush()


def pieces(content: bytes, size: int = response_body.CHUNK_BYTES) -> Iterator[bytes]:
    stream = io.BytesIO(content)
    return iter(lambda: stream.read(size), b"")


ENCODINGS: dict[str, Any] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "GZip ": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    " Deflate": raw_deflate,
    "gzip, gzip": lambda content: gzip.compress(gzip.compress(content)),
    "deflate,gzip": lambda content: gzip.compress(zlib.compress(content)),
    "identity, gzip, ": gzip.compress,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(content=st.binary(max_size=300), times=st.sampled_from([1, 500]), size=st.sampled_from([3, 4096, response_body.CHUNK_BYTES]))
def test_a_compressed_body_is_decompressed(encoding: str, content: bytes, times: int, size: int) -> None:
    assert read_body(pieces(ENCODINGS[encoding](content * times), size), encoding, MOST) == content * times


def test_several_members_make_one_body() -> None:
    assert read_body(pieces(gzip.compress(b"[1,") + gzip.compress(b"") + gzip.compress(b"2]")), "gzip", MOST) == b"[1,2]"


@pytest.mark.parametrize(
    ("encoding", "content", "message"),
    [
        ("", bytes(64 * MOST), "is larger than"),
        ("gzip", BOMB, "is larger than"),
        ("deflate", zlib.compress(bytes(64 * MOST)), "is larger than"),
        ("deflate", raw_deflate(bytes(64 * MOST)), "is larger than"),
        ("gzip, gzip", gzip.compress(BOMB), "is larger than"),
        ("gzip", gzip.compress(b"") * 50_000, "in too many parts"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"") * 50_000), "in too many parts"),
        ("gzip, gzip, gzip", gzip.compress(gzip.compress(BOMB)), "a compression that wasn't requested"),
    ],
    ids=["plain", "gzip", "deflate", "raw deflate", "gzip in gzip", "empty members", "empty members in gzip", "three times"],
)
def test_a_decompression_bomb_is_refused_within_the_memory_limit(encoding: str, content: bytes, message: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BodyRefusedError, match=message):
            read_body(pieces(content), encoding, MOST)
        assert tracemalloc.get_traced_memory()[1] < 4 * MOST
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "encoding", ["br", "zstd", "compress", "gzip, br", "aes128gcm", ",".join(["gzip"] * 1000), "x" * 100_000], ids=lambda value: value[:20]
)
def test_a_content_coding_that_was_not_requested_is_refused(encoding: str) -> None:
    with pytest.raises(BodyRefusedError, match=r"^the answer has a compression that wasn't requested \(.{2,100}\)$"):
        read_body(pieces(b"x"), encoding, MOST)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b"abc")[:-3]),
        ("gzip", gzip.compress(b"abc") + b"more"),
        ("deflate", b"no deflate"),
        ("gzip, gzip", gzip.compress(b"abc")),
    ],
    ids=["no gzip", "truncated", "data after the end", "no deflate", "compressed only once"],
)
def test_an_invalid_compressed_body_is_reported(encoding: str, content: bytes) -> None:
    with pytest.raises(BodyError, match=r"can't be decompressed|ends too early"):
        read_body(pieces(content), encoding, MOST)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"NaN",
        b"[Infinity]",
        b'{"a": -Infinity}',
        b"1e400",
        b"1" * 50_000,
        b"[-" + b"9" * 50_000 + b"]",
        b"[" * 20_000 + b"]" * 20_000,
        b'{"a":' * 1000 + b"1" + b"}" * 1000,
        b'{"id": "0oa1", "id": "0oa2"}',
        b'[{"a": {"b": 1, "b": 1}}]',
        b'"\xed\xa0\x80"',
        b'"\xff"',
    ],
    ids=lambda value: repr(value[:20]),
)
def test_unusable_json_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(content)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "ü"}'.encode("utf-16"), {"a": "ü"}),
        (b'"\\ud800"', "\ufffd"),
        (b'"\\udc00\\ud800"', "\ufffd\ufffd"),
        (b'["\\uD83D\\uDE00"]', ["😀"]),
        (b'"\\\\ud800"', "\\ud800"),
        (b'"\\\\\\ud800 \\ud83d\\ude00"', "\\\ufffd 😀"),
        (b'{"\\ud800": 1}', {"\ufffd": 1}),
        (b"[1.5e3, -0, 12345678901234567890]", [1500.0, 0, 12345678901234567890]),
    ],
)
def test_unusual_but_unambiguous_content_is_read(content: bytes, found: Any) -> None:
    assert parse_json(content) == found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.booleans())
def test_ordinary_json_is_read_as_it_is(value: Any, is_ascii: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=is_ascii).encode()) == value


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<html><head><TITLE>\n Access  denied </TITLE>", "Access denied"),
        (b'<title lang="en">Zscaler</title>', "Zscaler"),
        (b"<html></html>", None),
        (b"<title></title>", None),
        (b"\xff<title>caf\xe9</title>", "caf\ufffd"),
        (b"<title" * 100_000, None),
    ],
)
def test_a_page_is_identified_by_its_title(content: bytes, found: str | None) -> None:
    assert page_title(content) == found
