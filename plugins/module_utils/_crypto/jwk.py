# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RSA keys in the formats of users and of Okta: PEM, JWK, signed JWT.

No message and no representation of a key holds a secret.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InputError
from .key_text import normalize_base64url, normalize_key_text

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from jwcrypto import jwk, jwt
    from jwcrypto.common import JWException
except ImportError:
    # This file can always be imported; `ModuleSpec.needs` reports a missing library.
    pass

MIN_SIZE = 2048  # bits, the minimum of Okta

_MIN_EXPONENT = 65537  # FIPS 186-5, A.1.1
_PUBLIC_NUMBERS = ("n", "e")
_PRIVATE_NUMBERS = ("d", "p", "q", "dp", "dq", "qi")  # RFC 7518, 6.3.2
_SECRET_MEMBERS = (*_PRIVATE_NUMBERS, "oth", "k")
_PEM_LABEL = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
# Types of other keys that a message can name; other values of `kty` aren't repeated, since they may be secret.
_OTHER_TYPES = ("EC", "OKP", "AKP")


@dataclass(frozen=True)
class RsaKey:
    """An RSA key pair, created by `generate_rsa_key` and `load_private_key`; equal if name and public key are equal.

    Args:
        key_id: its name in Okta, the ``kid``.
        size: bits of the modulus.
        thumbprint: RFC 7638, SHA-256: identifies the public key, regardless of its name.
    """

    key_id: str
    size: int
    thumbprint: str
    _jwk: jwk.JWK = field(repr=False, compare=False)

    def pem(self) -> str:
        """The private key as PKCS #8 PEM, unencrypted (RFC 5208)."""
        return str(self._jwk.export_to_pem(private_key=True, password=None).decode())

    def encrypted_pem(self, passphrase: str) -> str:
        """The private key as PKCS #8 PEM, encrypted; an invalid passphrase is an `InputError`."""
        try:
            return str(self._jwk.export_to_pem(private_key=True, password=_encode_text(passphrase)).decode())
        except ValueError:
            raise InputError("'passphrase' can't be used: it must have 1 to 1023 bytes.") from None

    def public_jwk(self) -> dict[str, str]:
        """The members that are registered with Okta (RFC 7517, 4; RFC 7518, 6.3.1)."""
        numbers = {name: str(self._jwk[name]) for name in _PUBLIC_NUMBERS}
        return {"kty": "RSA", **numbers, "kid": self.key_id, "alg": "RS256", "use": "sig"}

    def private_jwk(self) -> dict[str, str]:
        """The public and the secret members (RFC 7518, 6.3.2)."""
        return self.public_jwk() | {name: str(self._jwk[name]) for name in _PRIVATE_NUMBERS}

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, Any] | None = None) -> str:
        """Sign claims with RS256 (RFC 7519; RFC 7518, 3.3).

        Args:
            claims: the complete claims.
            headers: header parameters in addition to ``alg``, ``typ`` and ``kid``; they override the last two.

        Returns:
            The JWT in compact form.
        """
        header = {"typ": "JWT", "kid": self.key_id, **(headers or {}), "alg": "RS256"}
        token = jwt.JWT(header=header, claims=dict(claims))
        token.make_signed_token(self._jwk)
        return str(token.serialize())


def generate_rsa_key(size: int, key_id: str | None = None) -> RsaKey:
    """Generate a key pair.

    Args:
        size: bits of the modulus.
        key_id: its name; the default is the thumbprint.
    """
    if size < MIN_SIZE:
        raise InputError(f"'size' is {size} bits; Okta accepts RSA keys of {MIN_SIZE} bits or more.")
    return _make_rsa_key(rsa.generate_private_key(public_exponent=_MIN_EXPONENT, key_size=size), key_id)


def load_private_key(
    value: str | Mapping[str, Any],
    passphrase: str | None = None,
    key_id: str | None = None,
    option: str = "private_key",
    *,
    is_in_use: bool = False,
) -> RsaKey:
    """Read a private key.

    Args:
        value: PEM (PKCS #8 or PKCS #1), or a private JWK as JSON text or mapping; normalized by `key_text`.
        passphrase: of an encrypted PEM; ignored if the PEM isn't encrypted.
        key_id: the name of the key; the default is the ``kid`` of the JWK or else the thumbprint.
        option: the name of the option, for messages.
        is_in_use: whether the key is in use already; then the primality tests are skipped, which take 28 ms at 2048 bits.

    Raises:
        InputError: the key can't be used; the message has the reason.
    """
    if isinstance(value, str):
        value = _normalized(value, option)
        if not value.startswith("{"):
            return _make_rsa_key(_from_pem(value, passphrase, option, is_in_use), key_id)
        value = _parse_jwk(value, option)
    if not isinstance(value, Mapping):
        raise InputError(f"'{option}' is neither a private key in PEM nor a private JWK.")
    return _make_rsa_key(_from_jwk(value, option, is_in_use), key_id or _key_id_of(value, option))


def public_jwk_members(members: Mapping[str, Any], option: str) -> dict[str, str]:
    """Check a public JWK, and return the members to send to Okta.

    Args:
        members: the JWK of the user.
        option: the name of the option, for messages.

    Returns:
        ``kty``, ``n``, ``e``, ``kid`` (by default the thumbprint), and ``alg`` and ``use`` if they are set.

    Raises:
        InputError: it has private members, or can't be used.
    """
    secret = [name for name in _SECRET_MEMBERS if name in members]
    if secret:
        raise InputError(f"'{option}' has private members ({', '.join(secret)}); give the public key; nothing was sent.")
    key = _canonical_jwk(_check_public_key(members, option))
    texts = {name: members[name] for name in ("alg", "use") if members.get(name) is not None}
    if not all(isinstance(text, str) for text in texts.values()):
        raise InputError(f"'{option}' has an 'alg' or 'use' that isn't a text.")
    return {"kty": "RSA", "n": key["n"], "e": key["e"], "kid": _key_id_of(members, option) or str(key.thumbprint()), **texts}


def thumbprint(members: Mapping[str, Any]) -> str | None:
    """The RFC 7638 SHA-256 thumbprint of an RSA key that Okta returned; None for any other key.

    The notation of the numbers, such as leading zeros, makes no difference.
    """
    try:
        return str(_canonical_jwk(_parse_public_numbers(members)).thumbprint())
    except (ValueError, JWException):
        return None


def _encode_text(text: str) -> bytes:
    # The value of an environment variable may not be UTF-8.
    return text.encode("utf-8", "surrogateescape")


def _make_rsa_key(private: rsa.RSAPrivateKey, key_id: str | None) -> RsaKey:
    key = _canonical_jwk(private)
    # cryptography has just checked or generated these numbers; another check takes 35 ms at 2048 bits, 240 ms at 4096.
    key.unsafe_skip_rsa_key_validation = True
    name = str(key.thumbprint())
    return RsaKey(key_id or name, private.key_size, name, key)


def _canonical_jwk(key: rsa.RSAPrivateKey | rsa.RSAPublicKey) -> jwk.JWK:
    """The JWK of the key in canonical notation, and so with the canonical thumbprint."""
    canonical: jwk.JWK = jwk.JWK.from_pyca(key)
    return canonical


def _normalized(text: str, option: str) -> str:
    text = normalize_key_text(text)
    if not text:
        raise InputError(f"'{option}' is empty; give a private key in PEM or a private JWK.")
    return text


def _parse_jwk(text: str, option: str) -> Any:
    for parse in (json.loads, ast.literal_eval):
        # ansible-core before 2.19 converts the JSON of a template to a mapping, and that to Python notation for a text option.
        with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            return parse(text)
    raise InputError(f"'{option}' begins like a JWK but isn't valid JSON.")


def _from_pem(text: str, passphrase: str | None, option: str, is_in_use: bool) -> rsa.RSAPrivateKey:
    _check_label(text, option)
    try:
        password = _encode_text(passphrase) if passphrase else None
        key = load_pem_private_key(_encode_text(text), password, unsafe_skip_rsa_key_validation=is_in_use)
        if is_in_use and isinstance(key, rsa.RSAPrivateKey):
            _check_numbers(key)
    except TypeError:
        # cryptography raises it for a superfluous passphrase and for a missing one.
        if passphrase:
            return _from_pem(text, None, option, is_in_use)
        raise InputError(f"'{option}' is encrypted and no passphrase is given; give that too, or the key unencrypted.") from None
    except UnsupportedAlgorithm:
        raise InputError(f"'{option}' has a format that the installed cryptography library can't read.") from None
    except ValueError:
        if passphrase and "ENCRYPTED" in text:
            raise InputError(f"'{option}' can't be decrypted with the passphrase given.") from None
        raise InputError(f"'{option}' can't be read: it is damaged, cut off, or has more than two primes.") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        kind = type(key).__name__.strip("_").removesuffix("PrivateKey")
        raise InputError(f"'{option}' is a key of type {kind}; give an RSA key.")
    _check_strength(key.public_key(), option)
    return key


def _check_label(text: str, option: str) -> None:
    """Refuse a PEM that isn't a private key by its label, with a clear message; that of the library is generic."""
    labels = _PEM_LABEL.findall(text)
    kinds = " ".join(labels)
    if not labels:
        raise InputError(f"'{option}' is neither a private key in PEM nor a private JWK.")
    if "OPENSSH PRIVATE KEY" in kinds:
        raise InputError(f"'{option}' is in OpenSSH's own format; give it in PKCS #8 (ssh-keygen -p -m PKCS8 converts a file).")
    if "PRIVATE KEY" in kinds:
        return
    if "PUBLIC KEY" in kinds:
        raise InputError(f"'{option}' is a public key; the private key is needed.")
    if "CERTIFICATE" in kinds:
        raise InputError(f"'{option}' is a certificate; the private key that belongs to it is needed.")
    raise InputError(f"'{option}' is a PEM of another type; the private key is needed.")


def _check_numbers(key: rsa.RSAPrivateKey) -> None:
    """Check that the numbers are consistent (RFC 8017, 3.2); raises ValueError."""
    private = key.private_numbers()
    p, q, d = private.p, private.q, private.d
    is_consistent = min(p, q) > 1 and private.public_numbers.n == p * q and (private.iqmp * q) % p == 1
    is_consistent = is_consistent and all((private.public_numbers.e * d - 1) % (prime - 1) == 0 for prime in (p, q))
    if not is_consistent or (private.dmp1, private.dmq1) != (d % (p - 1), d % (q - 1)):
        raise ValueError("its numbers are inconsistent")


def _from_jwk(members: Mapping[str, Any], option: str, is_in_use: bool) -> rsa.RSAPrivateKey:
    public = _check_public_key(members, option)
    if "oth" in members:
        raise InputError(f"'{option}' is an RSA key with more than two primes; give one with two.")
    if not any(name in members for name in _PRIVATE_NUMBERS):
        raise InputError(f"'{option}' is a public key; the private key is needed.")
    missing = [name for name in _PRIVATE_NUMBERS if name not in members]
    if missing:
        raise InputError(f"'{option}' is a private JWK without {', '.join(missing)}; give all its members.")
    try:
        numbers = {name: _base64url_member(members, name) for name in _PRIVATE_NUMBERS}
        whole = jwk.JWK(**_canonical_jwk(public) | numbers)
        whole.unsafe_skip_rsa_key_validation = is_in_use
        key: rsa.RSAPrivateKey = whole.get_op_key("sign")
        if is_in_use:
            _check_numbers(key)
    except (ValueError, JWException):
        raise InputError(f"'{option}' is a JWK whose numbers are inconsistent.") from None
    return key


def _check_public_key(members: Mapping[str, Any], option: str) -> rsa.RSAPublicKey:
    """The validated public key of a JWK."""
    if "keys" in members:
        raise InputError(f"'{option}' is a JWK set; give one key of it.")
    kind = members.get("kty")
    if kind == "oct":
        raise InputError(f"'{option}' is a symmetric key; give an RSA key.")
    if kind in _OTHER_TYPES:
        raise InputError(f"'{option}' is a key of type {kind}; give an RSA key.")
    if kind != "RSA":
        raise InputError(f"'{option}' isn't a JWK of an RSA key: its 'kty' isn't RSA.")
    try:
        key = _parse_public_numbers(members)
    except (ValueError, JWException):
        raise InputError(f"'{option}' is a JWK whose 'n' and 'e' aren't those of an RSA key.") from None
    _check_strength(key, option)
    return key


def _parse_public_numbers(members: Mapping[str, Any]) -> rsa.RSAPublicKey:
    """The public key of a JWK; raises ValueError or JWException if it is invalid. ``kty`` may be missing."""
    if members.get("kty", "RSA") != "RSA":
        raise ValueError("not an RSA key")
    numbers = {name: _base64url_member(members, name) for name in _PUBLIC_NUMBERS}
    key: rsa.RSAPublicKey = jwk.JWK(kty="RSA", **numbers).get_op_key("verify")
    return key


def _base64url_member(members: Mapping[str, Any], name: str) -> str:
    """A member that is a number (RFC 7518, 2). Python's own decoder would ignore invalid characters."""
    text = members.get(name)
    found = normalize_base64url(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{name} isn't base64url")
    return found


def _check_strength(key: rsa.RSAPublicKey, option: str) -> None:
    if key.key_size < MIN_SIZE:
        raise InputError(f"'{option}' is an RSA key of {key.key_size} bits; Okta accepts {MIN_SIZE} bits or more.")
    exponent = key.public_numbers().e
    if exponent < _MIN_EXPONENT:
        raise InputError(f"'{option}' is an RSA key with the public exponent {exponent}; the minimum is {_MIN_EXPONENT}.")


def _key_id_of(members: Mapping[str, Any], option: str) -> str | None:
    kid = members.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise InputError(f"'{option}' has a 'kid' that isn't a text.")
    return kid or None
