# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RSA keys: the accepted and refused formats, the messages, and that no secret is shown."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from pathlib import Path
from typing import Any

import jwt
import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk
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
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(_rsa().public_key()).serial_number(1)
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(_rsa(), hashes.SHA256()).public_bytes(pem.Encoding.PEM).decode()


@cache
def _key() -> jwk.RsaKey:
    return jwk.load_private_key(_pem(_rsa()))


def _private(**changes: Any) -> dict[str, Any]:
    return {**_key().private_jwk(), **changes}


def _without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in _private().items() if name not in names}


def test_thumbprint_is_that_of_the_rfc() -> None:
    assert jwk.thumbprint(RFC_7638_KEY) == RFC_7638_THUMBPRINT


@pytest.mark.parametrize(
    "members",
    [
        {"n": RFC_7638_KEY["n"], "e": "AQAB"},
        {**RFC_7638_KEY, "e": "AAEAAQ"},
        {**RFC_7638_KEY, "use": None, "status": "ACTIVE", "id": "pksMadeUp"},
    ],
    ids=["no kty", "leading zero", "what Okta adds"],
)
def test_thumbprint_is_the_same_however_the_key_is_written(members: dict[str, Any]) -> None:
    assert jwk.thumbprint(members) == RFC_7638_THUMBPRINT


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"kty": "RSA", "e": "AQAB"},
        {**RFC_7638_KEY, "n": None},
        {**RFC_7638_KEY, "n": "not base64url!"},
        {**RFC_7638_KEY, "e": "Ag"},
        {**RFC_7638_KEY, "kty": "EC"},
        {**RFC_7638_KEY, "kty": ["RSA"]},
    ],
    ids=["empty", "no n", "null", "garbage", "even exponent", "other type", "type is a list"],
)
def test_an_unusable_key_has_no_thumbprint(members: dict[str, Any]) -> None:
    assert jwk.thumbprint(members) is None


@pytest.mark.parametrize(
    ("write", "passphrase"),
    [
        (lambda: _pem(_rsa()), None),
        (lambda: _pem(_rsa(), pem.PrivateFormat.TraditionalOpenSSL), None),
        (lambda: _pem(_rsa(), passphrase=PASSPHRASE), PASSPHRASE),
        (lambda: _pem(_rsa(), pem.PrivateFormat.TraditionalOpenSSL, PASSPHRASE), PASSPHRASE),
        (lambda: _pem(_rsa()), PASSPHRASE),
        (lambda: f"\n\t{_pem(_rsa())}  \n", None),
        (lambda: _pem(_rsa()).replace("\n", "\\n"), None),
        (lambda: _pem(_rsa()).replace("\n", "\\r\\n"), None),
        (lambda: _pem(_rsa()).replace("\n", "\r\n"), None),
        (_private, None),
        (lambda: json.dumps(_private(), indent=2), None),
        (lambda: str(_private()), None),
        (lambda: _private(e="AAEAAQ", key_ops=["sign"]), None),
        (lambda: _key().pem(), None),
        (lambda: _key().encrypted_pem(PASSPHRASE), PASSPHRASE),
    ],
    ids=[
        "PKCS 8",
        "PKCS 1",
        "PKCS 8 encrypted",
        "PKCS 1 encrypted",
        "superfluous passphrase",
        "white space around",
        "\\n written out",
        "\\r\\n written out",
        "CRLF",
        "JWK",
        "JWK as text",
        "JWK in Python's notation",
        "JWK written otherwise",
        "own PEM",
        "own encrypted PEM",
    ],
)
@pytest.mark.parametrize("is_in_use", [False, True])
def test_a_key_is_accepted_in_any_format(write: Callable[[], Any], passphrase: str | None, is_in_use: bool) -> None:
    key = jwk.load_private_key(write(), passphrase, is_in_use=is_in_use)
    assert key == _key()
    assert key.private_jwk() == _private()


def _mixed() -> str:
    """The PEM of a private key with one number of another key."""
    mine, other = _rsa().private_numbers(), rsa.generate_private_key(65537, 2048).private_numbers()
    numbers = rsa.RSAPrivateNumbers(mine.p, mine.q, other.d, mine.dmp1, mine.dmq1, mine.iqmp, mine.public_numbers)
    return _pem(numbers.private_key(unsafe_skip_rsa_key_validation=True))


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "empty": (lambda: " \n", "is empty; give a private key in PEM or a private JWK."),
    "garbage": (lambda: "a-secret-that-is-no-key", "is neither a private key in PEM nor a private JWK."),
    "number": (lambda: 42, "is neither a private key in PEM nor a private JWK."),
    "set in Python's notation": (lambda: "{'a-secret'}", "is neither a private key in PEM nor a private JWK."),
    "broken JSON": (lambda: json.dumps(_private())[:-9], "begins like a JWK but isn't valid JSON."),
    "deep JSON": (lambda: '{"a":' * 100_000, "begins like a JWK but isn't valid JSON."),
    "short PEM": (lambda: _pem(_rsa(1024)), "is an RSA key of 1024 bits; Okta accepts 2048 bits or more."),
    "exponent in PEM": (lambda: _pem(_rsa(2048, 3)), "is an RSA key with the public exponent 3; the minimum is 65537."),
    "EC": (lambda: _pem(ec.generate_private_key(ec.SECP256R1())), "is a key of type EC; give an RSA key."),
    "Ed25519": (lambda: _pem(ed25519.Ed25519PrivateKey.generate()), "is a key of type Ed25519; give an RSA key."),
    "DSA": (lambda: _pem(dsa.generate_private_key(2048)), "is a key of type DSA; give an RSA key."),
    "no passphrase": (
        lambda: _pem(_rsa(), passphrase=PASSPHRASE),
        "is encrypted and no passphrase is given; give that too, or the key unencrypted.",
    ),
    "public PEM": (_public_pem, "is a public key; the private key is needed."),
    "certificate": (_certificate, "is a certificate; the private key that belongs to it is needed."),
    "parameters": (
        lambda: "-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----",
        "is a PEM of another type; the private key is needed.",
    ),
    "OpenSSH": (
        lambda: _pem(_rsa(), pem.PrivateFormat.OpenSSH),
        "is in OpenSSH's own format; give it in PKCS #8 (ssh-keygen -p -m PKCS8 converts a file).",
    ),
    "PEM of two keys": (_mixed, "can't be read: it is damaged, cut off, or has more than two primes."),
    "truncated PEM": (lambda: _pem(_rsa())[:900], "can't be read: it is damaged, cut off, or has more than two primes."),
    "public JWK": (lambda: _key().public_jwk(), "is a public key; the private key is needed."),
    "JWK set": (lambda: {"keys": [_private()]}, "is a JWK set; give one key of it."),
    "symmetric": (lambda: {"kty": "oct", "k": "c2VjcmV0"}, "is a symmetric key; give an RSA key."),
    "EC JWK": (lambda: {"kty": "EC", "crv": "P-256", "d": "AA"}, "is a key of type EC; give an RSA key."),
    "unknown kty": (lambda: {"kty": "a-secret"}, "isn't a JWK of an RSA key: its 'kty' isn't RSA."),
    "no modulus": (lambda: _without("n"), "is a JWK whose 'n' and 'e' aren't those of an RSA key."),
    "short JWK": (lambda: {"kty": "RSA", "n": "_" * 171, "e": "AQAB"}, "is an RSA key of 1024 bits; Okta accepts 2048 bits or more."),
    "exponent in JWK": (lambda: _private(e="Aw"), "is an RSA key with the public exponent 3; the minimum is 65537."),
    "multi-prime": (lambda: _private(oth=[{"r": "AQ"}]), "is an RSA key with more than two primes; give one with two."),
    "only d": (lambda: _without("p", "q", "dp", "dq", "qi"), "is a private JWK without p, q, dp, dq, qi; give all its members."),
    "kid is a number": (lambda: _private(kid=7), "has a 'kid' that isn't a text."),
    **{
        f"wrong {name}": (partial(_private, **{name: "AQAB"}), "is a JWK whose numbers are inconsistent.")
        for name in ("d", "p", "q", "dp", "dq", "qi")
    },
    "null": (lambda: _private(d=None), "is a JWK whose numbers are inconsistent."),
}


@pytest.mark.parametrize("is_in_use", [False, True])
@pytest.mark.parametrize(("write", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refuses_a_key_with_one_message(write: Callable[[], Any], sentence: str, is_in_use: bool) -> None:
    with pytest.raises(InputError) as refusal:
        jwk.load_private_key(write(), option="an_option", is_in_use=is_in_use)
    assert str(refusal.value) == f"'an_option' {sentence}"
    assert "a-secret" not in str(refusal.value)


@pytest.mark.parametrize("form", [pem.PrivateFormat.PKCS8, pem.PrivateFormat.TraditionalOpenSSL])
def test_refuses_a_wrong_passphrase(form: pem.PrivateFormat) -> None:
    with pytest.raises(InputError) as refusal:
        jwk.load_private_key(_pem(_rsa(), form, PASSPHRASE), "another-made-up-passphrase")
    assert str(refusal.value) == "'private_key' can't be decrypted with the passphrase given."


def test_the_given_key_id_takes_precedence_over_that_of_the_jwk_and_that_over_the_thumbprint() -> None:
    assert jwk.load_private_key(_private(kid="own"), key_id="given").key_id == "given"
    assert jwk.load_private_key(_private(kid="own")).key_id == "own"
    assert jwk.load_private_key(_without("kid")).key_id == _key().thumbprint
    assert _key().key_id == _key().thumbprint == jwk.thumbprint(_key().public_jwk())


def test_a_new_key_has_the_requested_size_and_name() -> None:
    key = jwk.generate_rsa_key(2048, "named")
    assert (key.size, key.key_id) == (2048, "named")
    assert key != _key()
    assert len(key.thumbprint) == 43


def test_a_new_key_is_never_too_short() -> None:
    with pytest.raises(InputError) as refusal:
        jwk.generate_rsa_key(1024)
    assert str(refusal.value) == "'size' is 1024 bits; Okta accepts RSA keys of 2048 bits or more."


@pytest.mark.parametrize("passphrase", ["", "long" * 256])
def test_refuses_a_passphrase_that_cannot_encrypt(passphrase: str) -> None:
    with pytest.raises(InputError) as refusal:
        _key().encrypted_pem(passphrase)
    assert str(refusal.value) == "'passphrase' can't be used: it must have 1 to 1023 bytes."


def test_the_public_jwk_has_no_private_member() -> None:
    assert set(_key().public_jwk()) == {"kty", "n", "e", "kid", "alg", "use"}
    assert set(_key().private_jwk()) - set(_key().public_jwk()) == {"d", "p", "q", "dp", "dq", "qi"}


def test_the_representation_of_a_key_contains_no_secret() -> None:
    shown = f"{_key()!r} {_key()} {[_key()]}"
    assert shown.startswith(f"RsaKey(key_id='{_key().key_id}', size=2048, thumbprint='{_key().thumbprint}')")
    assert not [name for name in ("d", "p", "q", "dp", "dq", "qi") if _private()[name][:20] in shown]


def test_another_library_verifies_what_is_signed() -> None:
    claims: dict[str, Any] = {"iss": "0oaMadeUp", "aud": "https://acme.okta.com/oauth2/v1/token", "exp": 4102444800, "jti": "made-up"}
    token = _key().sign(claims)
    verifier = jwt.PyJWK(_key().public_jwk())
    assert jwt.decode(token, verifier.key, algorithms=["RS256"], audience=claims["aud"]) == claims
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT", "kid": _key().key_id}


def test_headers_are_added_but_the_algorithm_is_fixed() -> None:
    token = _key().sign({}, {"typ": "dpop+jwt", "jwk": _key().public_jwk(), "alg": "none"})
    header = jwt.get_unverified_header(token)
    assert (header["typ"], header["alg"], header["jwk"]) == ("dpop+jwt", "RS256", _key().public_jwk())


def test_public_members_are_those_that_okta_stores() -> None:
    members = {**RFC_7638_KEY, "e": "AAEAAQ", "x5t": "made-up", "status": "ACTIVE", "use": None}
    assert jwk.public_jwk_members(members, "jwks") == RFC_7638_KEY


def test_a_public_key_without_a_name_is_named_after_its_thumbprint() -> None:
    members = {name: value for name, value in RFC_7638_KEY.items() if name != "kid"}
    assert jwk.public_jwk_members(members, "jwks")["kid"] == RFC_7638_THUMBPRINT


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_refuses_a_public_key_with_a_private_member(name: str) -> None:
    with pytest.raises(InputError) as refusal:
        jwk.public_jwk_members({**RFC_7638_KEY, name: "a-secret"}, "jwks")
    assert str(refusal.value) == f"'jwks' has private members ({name}); give the public key; nothing was sent."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kty": "EC"}, "'jwks' is a key of type EC; give an RSA key."),
        ({"kty": None}, "'jwks' isn't a JWK of an RSA key: its 'kty' isn't RSA."),
        ({"n": "_" * 171}, "'jwks' is an RSA key of 1024 bits; Okta accepts 2048 bits or more."),
        ({"e": "Aw"}, "'jwks' is an RSA key with the public exponent 3; the minimum is 65537."),
        ({"n": "AQAB="}, "'jwks' is a JWK whose 'n' and 'e' aren't those of an RSA key."),
        ({"keys": []}, "'jwks' is a JWK set; give one key of it."),
        ({"use": 1}, "'jwks' has an 'alg' or 'use' that isn't a text."),
        ({"kid": 1}, "'jwks' has a 'kid' that isn't a text."),
    ],
)
def test_refuses_a_public_key_with_one_message(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as refusal:
        jwk.public_jwk_members({**RFC_7638_KEY, **changes}, "jwks")
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("library", ["cryptography", "jwcrypto"])
def test_the_file_can_be_imported_without_its_libraries(library: str) -> None:
    root = Path(jwk.__file__).resolve().parents[3]
    code = f"import sys; sys.modules['{library}'] = None; sys.path.insert(0, '{root}'); import plugins.module_utils._crypto.jwk"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
