# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged, random and malicious keys: the result is a key, or an `InputError` without any part of the key."""

from __future__ import annotations

import base64
import functools
import json
import time
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk
from helpers.acceptance import accepts, either
from hypothesis import example, given
from hypothesis import strategies as st

_NUMBERS = ("n", "e", "d", "p", "q", "dp", "dq", "qi")
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["", "AQAB", "AA", "=", "RSA", "A" * 6000, "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@functools.cache
def key() -> jwk.RsaKey:
    """The key from which all others are derived."""
    return jwk.generate_rsa_key(2048, "made-up-kid")


@functools.cache
def encrypted() -> str:
    return key().encrypted_pem("made-up-passphrase")


def loaded(value: Any, **options: Any) -> jwk.RsaKey | None:
    """Load a key; None where it is refused with a message that contains no part of it."""
    try:
        found = jwk.load_private_key(value, **options)
    except InputError as error:
        shown = str(error)
        assert len(shown) < 300
        assert not any(value[:24] in shown for value in key().private_jwk().values() if len(value) > 24)
        return None
    assert found.size >= 2048
    assert jwk.load_private_key(found.pem()).thumbprint == found.thumbprint
    return found


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """Change a few places of a text."""
    for _unused in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 80)))
        insert = draw(st.one_of(st.text(max_size=5), st.sampled_from(["\n", "=", "-----", "\x00", "\\n", "A" * 40])))
        text = text[:start] + insert + text[end:]
    return text


@st.composite
def broken_lines(draw: st.DrawFn, text: str) -> str:
    """Add white space to the lines of a text, as editors and forms do; a PEM remains valid."""
    lines = text.splitlines()
    for _unused in range(draw(st.integers(0, 4))):
        line = draw(st.integers(1, len(lines) - 2))
        at = draw(st.integers(0, len(lines[line])))
        lines[line] = lines[line][:at] + draw(st.sampled_from(["\n", " ", "\t", "\r\n"])) + lines[line][at:]
    return draw(st.sampled_from(["\n", "\r\n", "\\n", " "])).join(lines)


@accepts(0.3)
@given(st.data())
def test_a_damaged_pem(data: st.DataObject) -> bool:
    return loaded(data.draw(either(broken_lines(key().pem()), damaged(key().pem())))) is not None


@accepts(0.05)
@given(st.data(), st.just("made-up-passphrase") | st.sampled_from([None, "", "wrong", "\ud800"]))
def test_a_damaged_encrypted_pem(data: st.DataObject, passphrase: str | None) -> bool:
    return loaded(data.draw(either(broken_lines(encrypted()), damaged(encrypted()))), passphrase=passphrase) is not None


@given(
    st.binary(max_size=400),
    st.sampled_from(["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"]),
)
def test_random_content_in_pem(body: bytes, label: str) -> None:
    text = base64.encodebytes(body).decode()
    assert loaded(f"-----BEGIN {label}-----\n{text}-----END {label}-----\n", passphrase="x") is None


@given(st.text(max_size=200) | JUNK)
@example("{")
@example("{" * 100_000)
@example("[" * 100_000)
@example('{"a":' * 50_000)
@example("{'kty': 'RSA', 'n': 9" + "9" * 5000 + "}")
@example('{"n": 1e999999}')
@example("{1: 2}")
@example("{'a', 'b'}")
@example('{"kty": {"RSA": 1}, "n": [1]}')
def test_a_text_that_is_no_key(value: Any) -> None:
    assert loaded(value) is None


@st.composite
def odd_jwks(draw: st.DrawFn, whole: dict[str, Any]) -> dict[str, Any]:
    """Change, drop or add members of a JWK."""
    members = dict(whole)
    for _unused in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from([*whole, "oth", "k", "keys", "x5c", "kty", "kid"]))
        action = draw(st.sampled_from(["drop", "junk", "swap", "flip"]))
        if action == "drop":
            members.pop(name, None)
        elif action == "swap":
            members[name] = members.get(draw(st.sampled_from(_NUMBERS)))
        elif action == "flip" and isinstance(members.get(name), str) and members[name]:
            index = draw(st.integers(0, len(members[name]) - 1))
            members[name] = members[name][:index] + draw(st.sampled_from("A_-b")) + members[name][index + 1 :]
        else:
            members[name] = draw(JUNK)
    return members


@st.composite
def spelled_jwks(draw: st.DrawFn, whole: dict[str, Any]) -> dict[str, Any]:
    """Change a JWK so that it remains valid: its name, and optional or unknown members."""
    optional = {"kid": st.from_regex(r"[A-Za-z0-9._-]{1,40}", fullmatch=True), "alg": st.just("RS256"), "use": st.just("sig")}
    changed = draw(st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in optional.items()}))
    unknown = draw(st.dictionaries(st.sampled_from(["x5c", "x5t", "key_ops", "status", "created"]), JUNK, max_size=2))
    return {**{name: value for name, value in whole.items() if name not in optional}, **changed, **unknown}


@accepts(0.25)
@given(st.data(), st.booleans())
def test_an_odd_private_jwk(data: st.DataObject, as_text: bool) -> bool:
    whole = key().private_jwk()
    members = data.draw(either(spelled_jwks(whole), odd_jwks(whole)))
    return loaded(json.dumps(members) if as_text else members) is not None


@accepts(0.4)
@given(st.data())
def test_an_odd_public_jwk(data: st.DataObject) -> bool:
    whole = key().public_jwk()
    members = data.draw(either(spelled_jwks(whole), odd_jwks(whole)))
    jwk.thumbprint(members)
    try:
        members_read = jwk.public_jwk_members(members, "jwks")
    except InputError:
        return False
    assert set(members_read) <= {"kty", "n", "e", "kid", "alg", "use"}
    assert all(isinstance(value, str) for value in members_read.values())
    assert jwk.thumbprint(members_read) == jwk.thumbprint(members)
    assert jwk.thumbprint(members) is not None
    return True


@given(st.dictionaries(st.sampled_from(["kty", "n", "e", "kid", "alg", "use"]) | st.text(max_size=5), JUNK, max_size=6))
def test_any_response_with_a_key_is_read(members: dict[str, Any]) -> None:
    assert jwk.thumbprint(members) is None


@pytest.mark.parametrize(
    "text",
    ["-----BEGIN " * 30_000, "-----BEGIN PRIVATE KEY-----\n" + "A" * 500_000, "\\n" * 200_000, "{" + " " * 500_000],
    ids=lambda value: value[:8],
)
def test_a_huge_key_is_refused_at_once(text: str) -> None:
    start = time.monotonic()
    assert loaded(text) is None
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("size", [16_384, 100_000])
def test_a_huge_modulus_is_refused_quickly(size: int) -> None:
    """The check of such large numbers would take minutes."""
    number = base64.urlsafe_b64encode(b"\xff" * (size // 8)).rstrip(b"=").decode()
    start = time.monotonic()
    assert loaded({**key().private_jwk(), "n": number, "d": number}) is None
    jwk.thumbprint({"kty": "RSA", "n": number, "e": "AQAB"})
    assert time.monotonic() - start < 3
