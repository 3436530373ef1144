# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RSA keys: what is taken, what is refused and in which words, and that nothing secret shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jwt
import pytest
from ansible_collections.rezonate.okta.plugins.module_utils import _jwk
from ansible_collections.rezonate.okta.plugins.module_utils._errors import InputError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import NameOID

PASSPHRASE = "made-up-passphrase-1f0d6c62b7"

# The example of RFC 7638, section 3.1.
RFC_7638_KEY = {
    "kty": "RSA",
    "n": (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
        "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
        "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
        "nqDKgw"
    ),
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}
RFC_7638_THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@cache
def _rsa(size: int = 2048, exponent: int = 65537) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(exponent, size)


def _pem(key: Any, form: pem.PrivateFormat = pem.PrivateFormat.PKCS8, passphrase: str | None = None) -> str:
    cipher = pem.BestAvailableEncryption(passphrase.encode()) if passphrase else pem.NoEncryption()
    return str(key.private_bytes(pem.Encoding.PEM, form, cipher).decode())


def _public_pem() -> str:
    return _rsa().public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo).decode()


def _certificate() -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made.up.example")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(_rsa(), hashes.SHA256())
    return request.public_bytes(pem.Encoding.PEM).decode()


@cache
def _key() -> _jwk.RsaKey:
    return _jwk.load(_pem(_rsa()))


def _private(**changes: Any) -> dict[str, Any]:
    return {**_key().private_jwk(), **changes}


def _without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in _private().items() if name not in names}


def test_thumbprint_is_that_of_the_rfc() -> None:
    assert _jwk.thumbprint(RFC_7638_KEY) == RFC_7638_THUMBPRINT


@pytest.mark.parametrize(
    "members",
    [
        {"n": RFC_7638_KEY["n"], "e": "AQAB"},
        {**RFC_7638_KEY, "n": "AADS" + RFC_7638_KEY["n"][2:]} and {**RFC_7638_KEY, "e": "AAEAAQ"},
        {**RFC_7638_KEY, "use": None, "status": "ACTIVE", "id": "pksMadeUp"},
    ],
    ids=["no kty", "leading zero", "what Okta adds"],
)
def test_thumbprint_is_the_same_however_the_key_is_written(members: dict[str, Any]) -> None:
    assert _jwk.thumbprint(members) == RFC_7638_THUMBPRINT
