# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in common notations: in quotes, on one line, from environment files; invalid texts remain invalid."""

from __future__ import annotations

import base64
import functools
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk
from ansible_collections.rezonate.okta.plugins.module_utils._crypto.key_text import normalize_key_text
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

PASSPHRASE = "made-up-passphrase-9c4e11d07a"
PKCS8, PKCS1 = pem.PrivateFormat.PKCS8, pem.PrivateFormat.TraditionalOpenSSL
NUMBERS = ("n", "e", "d", "p", "q", "dp", "dq", "qi")
Wrap = Callable[[str], str]


@functools.cache
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@functools.cache
def text(form: pem.PrivateFormat, encrypted: bool) -> str:
    cipher = pem.BestAvailableEncryption(PASSPHRASE.encode()) if encrypted else pem.NoEncryption()
    return private().private_bytes(pem.Encoding.PEM, form, cipher).decode()


@functools.cache
def key() -> jwk.RsaKey:
    return jwk.load_private_key(text(PKCS8, False))


def public_pem() -> str:
    return private().public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo).decode()


# Notations of a PEM of any form.
LINES: dict[str, Wrap] = {
    "unchanged": lambda value: value,
    "in double quotes": lambda value: f'"{value}"',
    "in single quotes": lambda value: f"'{value}'",
    "escaped line feeds": lambda value: value.replace("\n", "\\n"),
    "escaped line feeds, in quotes": lambda value: '"' + value.replace("\n", "\\n") + '"',
    "as JSON": json.dumps,
    "as JSON in JSON": lambda value: json.dumps(json.dumps(value)),
    "escaped CRLF": lambda value: value.replace("\n", "\\r\\n"),
    "CRLF": lambda value: value.replace("\n", "\r\n"),
    "CR": lambda value: value.replace("\n", "\r"),
    "from an env file": lambda value: f'OKTA_CLIENT_PRIVATEKEY="{value}"\n',
    "from an env file, escaped line feeds": lambda value: 'OKTA_CLIENT_PRIVATEKEY="' + value.replace("\n", "\\n") + '"\n',
    "exported": lambda value: f"export KEY='{value.strip()}'",
    "assigned without quotes": lambda value: "KEY=" + value.replace("\n", "\\n"),
    "indented": lambda value: "".join(f"    {line}\n" for line in value.splitlines()),
    "from a block of YAML": lambda value: "private_key: |\n" + "".join(f"  {line}\n" for line in value.splitlines()),
    "blanks at the ends of lines": lambda value: value.replace("\n", " \t\n"),
    "blanks around": lambda value: f"\n \t{value}\n\n",
    "byte order mark": lambda value: "\ufeff" + value,
    "no last line feed": str.rstrip,
    "blank lines": lambda value: value.replace("\n", "\n\n"),
    "each line in quotes": lambda value: "\n".join(f'"{line}\\n"' for line in value.splitlines()),
}
# Notations that lose the line ends, which the headers of an encrypted PKCS #1 key require.
FLAT: dict[str, Wrap] = {
    "blanks for line feeds": lambda value: value.replace("\n", " "),
    "no line feeds": lambda value: value.replace("\n", ""),
}
FORMS = {
    "PKCS 8": (PKCS8, False),
    "PKCS 1": (PKCS1, False),
    "PKCS 8 encrypted": (PKCS8, True),
    "PKCS 1 encrypted": (PKCS1, True),
}


# The headers of an encrypted PKCS #1 key require line ends.
NOTATIONS = [(form, wrap) for form in FORMS for wrap in (*LINES, *FLAT) if wrap in LINES or form != "PKCS 1 encrypted"]


@pytest.mark.parametrize(("form", "wrap"), NOTATIONS)
def test_a_pem_is_accepted_in_common_notations(form: str, wrap: str) -> None:
    kind, encrypted = FORMS[form]
    given_key = {**LINES, **FLAT}[wrap](text(kind, encrypted))
    assert jwk.load_private_key(given_key, PASSPHRASE if encrypted else None, is_in_use=True) == key()


@given(st.lists(st.sampled_from([name for name in LINES if "block" not in name and "env" not in name]), max_size=3))
def test_a_pem_that_was_wrapped_several_times_is_accepted(wraps: list[str]) -> None:
    value = text(PKCS8, False)
    for wrap in wraps:
        value = LINES[wrap](value)
    assert jwk.load_private_key(value, is_in_use=True) == key()


def padded(members: dict[str, Any], alphabet: str = "url") -> dict[str, Any]:
    """Return a JWK whose numbers are encoded with padding."""
    numbers = {
        name: value + "=" * (-len(value) % 4) for name, value in members.items() if name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
    }
    if alphabet == "standard":
        numbers = {name: value.replace("-", "+").replace("_", "/") for name, value in numbers.items()}
    assert any(value.endswith("=") for value in numbers.values())
    return {**members, **numbers}


@pytest.mark.parametrize("alphabet", ["url", "standard"])
@pytest.mark.parametrize("half", ["private", "public"])
def test_a_jwk_with_padding_is_the_same_key(half: str, alphabet: str) -> None:
    if half == "private":
        assert jwk.load_private_key(padded(key().private_jwk(), alphabet)) == key()
        return
    members = padded(dict(key().public_jwk()), alphabet)
    assert jwk.public_jwk_members(members, "jwks") == key().public_jwk()
    assert jwk.thumbprint(members) == key().thumbprint


def test_a_jwk_whose_numbers_are_on_several_lines_is_the_same_key() -> None:
    number = base64.encodebytes(base64.urlsafe_b64decode(key().private_jwk()["n"] + "==")).decode()
    assert "\n" in number.strip()
    assert jwk.load_private_key({**key().private_jwk(), "n": number}) == key()


JSON_WRAPS: dict[str, Wrap] = {
    "in single quotes": lambda value: f"'{value}'",
    "from an env file": lambda value: f"OKTA_CLIENT_PRIVATEKEY='{value}'\n",
    "exported": lambda value: f"export KEY='{value}'",
    "assigned": lambda value: f"KEY={value}",
    "with its quotes escaped": json.dumps,
    "escaped, from an env file": lambda value: f"KEY={json.dumps(value)}",
    "byte order mark": lambda value: "\ufeff" + value,
}


@pytest.mark.parametrize("wrap", JSON_WRAPS)
def test_a_jwk_is_accepted_in_common_notations(wrap: str) -> None:
    assert jwk.load_private_key(JSON_WRAPS[wrap](json.dumps(key().private_jwk()))) == key()


@pytest.mark.parametrize("wrap", LINES)
def test_a_public_key_in_place_of_a_private_one_is_named(wrap: str) -> None:
    with pytest.raises(InputError, match="is a public key; the private key is needed"):
        jwk.load_private_key(LINES[wrap](public_pem()))


@pytest.mark.parametrize("number", ["=", "AQAB===", "AQ=AB", "A*", "é", ""])
def test_an_invalid_number_remains_invalid(number: str) -> None:
    with pytest.raises(InputError, match=r"^'private_key' is a JWK whose 'n' and 'e' aren't those of an RSA key"):
        jwk.load_private_key({**key().private_jwk(), "e": number})


NO_KEYS = {
    "is empty": [""],
    "is neither a private key in PEM nor a private JWK": ["'", '""', "KEY=", 'KEY=""', "a-secret", "-----BEGIN"],
    "begins like a JWK but isn't valid JSON": ["{", "'{'"],
    "is a PEM of another type": ["-----BEGIN X-----"],
}


@pytest.mark.parametrize(("message", "value"), [(message, value) for message, values in NO_KEYS.items() for value in values])
def test_a_text_without_a_key_remains_invalid(message: str, value: str) -> None:
    with pytest.raises(InputError, match=f"^'private_key' {message}"):
        jwk.load_private_key(value)


def test_a_truncated_key_remains_truncated() -> None:
    with pytest.raises(InputError, match="damaged, cut off"):
        jwk.load_private_key(f'KEY="{text(PKCS8, False)[:900]}"')


def test_many_pem_headers_are_parsed_quickly() -> None:
    start = time.process_time()
    normalize_key_text("-----BEGIN A-----" * 4000)
    assert time.process_time() - start < 5
