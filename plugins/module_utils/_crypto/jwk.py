# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RSA keys as users keep them and as Okta wants them: PEM, JWK, signed JWT.

No message and no representation of a key holds anything secret.
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
from .key_text import base64url, tidied

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from jwcrypto import jwk, jwt
    from jwcrypto.common import JWException
except ImportError:
    # This file can always be imported; a module says which library is missing by `ModuleSpec.needs`.
    pass

MIN_SIZE = 2048  # bits; Okta refuses less

_MIN_EXPONENT = 65537  # FIPS 186-5, A.1.1
_PUBLIC_NUMBERS = ("n", "e")
_PRIVATE_NUMBERS = ("d", "p", "q", "dp", "dq", "qi")  # RFC 7518, 6.3.2
_SECRET_MEMBERS = (*_PRIVATE_NUMBERS, "oth", "k")
_PEM_LABEL = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
# Types of other keys that a message may name; anything else in `kty` isn't repeated.
_OTHER_TYPES = ("EC", "OKP", "AKP")


@dataclass(frozen=True)
class RsaKey:
    """An RSA key pair; made by `generate` and `load`, equal if name and public key are.

    Args:
        key_id: the name under which Okta knows it, the ``kid``.
        size: bits of the modulus.
        thumbprint: RFC 7638, SHA-256: what the public key is recognised by, whatever its name.
    """

    key_id: str
    size: int
    thumbprint: str
    _jwk: jwk.JWK = field(repr=False, compare=False)

    def pem(self) -> str:
        """The private key as PKCS #8 PEM, unencrypted (RFC 5208)."""
        return str(self._jwk.export_to_pem(private_key=True, password=None).decode())

    def encrypted_pem(self, passphrase: str) -> str:
        """The private key as PKCS #8 PEM, encrypted; an unusable passphrase is an `InputError`."""
        try:
            return str(self._jwk.export_to_pem(private_key=True, password=_encoded(passphrase)).decode())
        except ValueError:
            raise InputError("'passphrase' can't be used: it has to have 1 to 1023 bytes.") from None

    def public_jwk(self) -> dict[str, str]:
        """The members that Okta is told (RFC 7517, 4; RFC 7518, 6.3.1)."""
        numbers = {name: str(self._jwk[name]) for name in _PUBLIC_NUMBERS}
        return {"kty": "RSA", **numbers, "kid": self.key_id, "alg": "RS256", "use": "sig"}

    def private_jwk(self) -> dict[str, str]:
        """The public members and the secret ones (RFC 7518, 6.3.2)."""
        return self.public_jwk() | {name: str(self._jwk[name]) for name in _PRIVATE_NUMBERS}

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, Any] | None = None) -> str:
        """Sign claims with RS256 (RFC 7519; RFC 7518, 3.3).

        Args:
            claims: the claims, as they are: nothing is added.
            headers: header parameters beside ``alg``, ``typ`` and ``kid``; these win over the last two.

        Returns:
            The JWT in compact form.
        """
        header = {"typ": "JWT", "kid": self.key_id, **(headers or {}), "alg": "RS256"}
        token = jwt.JWT(header=header, claims=dict(claims))
        token.make_signed_token(self._jwk)
        return str(token.serialize())


def generate(size: int, key_id: str | None = None) -> RsaKey:
    """Make a new key pair.

    Args:
        size: bits of the modulus.
        key_id: its name; the thumbprint if there is none.
    """
    if size < MIN_SIZE:
        raise InputError(f"'size' is {size} bits; Okta takes RSA keys of {MIN_SIZE} bits or more.")
    return _key(rsa.generate_private_key(public_exponent=_MIN_EXPONENT, key_size=size), key_id)


def load(
    value: str | Mapping[str, Any],
    passphrase: str | None = None,
    key_id: str | None = None,
    option: str = "private_key",
    *,
    only_signs: bool = False,
) -> RsaKey:
    """Read a private key.

    Args:
        value: PEM (PKCS #8 or PKCS #1), or a private JWK as JSON text or mapping; as people have it (`_key_text`).
        passphrase: of an encrypted PEM; ignored where nothing is encrypted.
        key_id: the key's name; else the JWK's own ``kid``, else the thumbprint.
        option: what the user calls the key, for messages.
        only_signs: whether the key is in use already, so that its primes aren't tested once more: 28 ms at 2048 bits.

    Raises:
        InputError: the key can't be used; says why.
    """
    if isinstance(value, str):
        value = _tidied(value, option)
        if not value.startswith("{"):
            return _key(_from_pem(value, passphrase, option, only_signs), key_id)
        value = _parsed(value, option)
    if not isinstance(value, Mapping):
        raise InputError(f"'{option}' is neither a private key in PEM nor a private JWK.")
    return _key(_from_jwk(value, option, only_signs), key_id or _kid(value, option))


def public_members(members: Mapping[str, Any], option: str) -> dict[str, str]:
    """Check a public JWK that is to be sent to Okta, and give what is to be sent.

    Args:
        members: the JWK as the user wrote it.
        option: what the user calls it, for messages.

    Returns:
        ``kty``, ``n``, ``e``, ``kid`` (the thumbprint if it has no name), and ``alg`` and ``use`` where given.

    Raises:
        InputError: it holds something private, or can't be used.
    """
    secret = [name for name in _SECRET_MEMBERS if name in members]
    if secret:
        raise InputError(f"'{option}' has private members ({', '.join(secret)}); give the public key, nothing was sent.")
    key = _canonical(_public_key(members, option))
    texts = {name: members[name] for name in ("alg", "use") if members.get(name) is not None}
    if not all(isinstance(text, str) for text in texts.values()):
        raise InputError(f"'{option}' has an 'alg' or 'use' that isn't a text.")
    return {"kty": "RSA", "n": key["n"], "e": key["e"], "kid": _kid(members, option) or str(key.thumbprint()), **texts}


def thumbprint(members: Mapping[str, Any]) -> str | None:
    """The RFC 7638 SHA-256 thumbprint of an RSA key that Okta returned; None if it isn't one.

    The way the numbers are written (leading zeros, say) makes no difference.
    """
    try:
        return str(_canonical(_public_numbers(members)).thumbprint())
    except (ValueError, JWException):
        return None


def _encoded(text: str) -> bytes:
    # What an environment variable holds needn't be UTF-8.
    return text.encode("utf-8", "surrogateescape")


def _key(private: rsa.RSAPrivateKey, key_id: str | None) -> RsaKey:
    key = _canonical(private)
    # cryptography has just checked these numbers or made them; checking again costs 35 ms at 2048 bits, 240 ms at 4096.
    key.unsafe_skip_rsa_key_validation = True
    name = str(key.thumbprint())
    return RsaKey(key_id or name, private.key_size, name, key)


def _canonical(key: rsa.RSAPrivateKey | rsa.RSAPublicKey) -> jwk.JWK:
    """The key's JWK in the one way to write it, so with the thumbprint that all agree on."""
    canonical: jwk.JWK = jwk.JWK.from_pyca(key)
    return canonical


def _tidied(text: str, option: str) -> str:
    text = tidied(text)
    if not text:
        raise InputError(f"'{option}' is empty; give a private key in PEM or a private JWK.")
    return text


def _parsed(text: str, option: str) -> Any:
    for parse in (json.loads, ast.literal_eval):
        # ansible-core before 2.19 makes a mapping of a template's JSON, and of that Python's notation for a text option.
        with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            return parse(text)
    raise InputError(f"'{option}' begins like a JWK but isn't valid JSON.")


def _from_pem(text: str, passphrase: str | None, option: str, only_signs: bool) -> rsa.RSAPrivateKey:
    _check_label(text, option)
    try:
        password = _encoded(passphrase) if passphrase else None
        key = load_pem_private_key(_encoded(text), password, unsafe_skip_rsa_key_validation=only_signs)
        if only_signs and isinstance(key, rsa.RSAPrivateKey):
            _check_numbers(key)
    except TypeError:
        # cryptography says so of a passphrase too many and of one too few.
        if passphrase:
            return _from_pem(text, None, option, only_signs)
        raise InputError(f"'{option}' is encrypted and its passphrase isn't given; give that too, or the key unencrypted.") from None
    except UnsupportedAlgorithm:
        raise InputError(f"'{option}' is of a kind that the installed cryptography library can't read.") from None
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
    """Refuse by its first lines what isn't a private key; the library would only say that it can't read it."""
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
    raise InputError(f"'{option}' is a PEM of something else; the private key is needed.")


def _check_numbers(key: rsa.RSAPrivateKey) -> None:
    """ValueError if the numbers don't belong together (RFC 8017, 3.2)."""
    private = key.private_numbers()
    p, q, d = private.p, private.q, private.d
    belong = min(p, q) > 1 and private.public_numbers.n == p * q and (private.iqmp * q) % p == 1
    belong = belong and all((private.public_numbers.e * d - 1) % (prime - 1) == 0 for prime in (p, q))
    if not belong or (private.dmp1, private.dmq1) != (d % (p - 1), d % (q - 1)):
        raise ValueError("its numbers don't belong together")


def _from_jwk(members: Mapping[str, Any], option: str, only_signs: bool) -> rsa.RSAPrivateKey:
    public = _public_key(members, option)
    if "oth" in members:
        raise InputError(f"'{option}' is an RSA key of more than two primes; give one of two.")
    if not any(name in members for name in _PRIVATE_NUMBERS):
        raise InputError(f"'{option}' is a public key; the private key is needed.")
    missing = [name for name in _PRIVATE_NUMBERS if name not in members]
    if missing:
        raise InputError(f"'{option}' is a private JWK without {', '.join(missing)}; give all its members.")
    try:
        numbers = {name: _base64url(members, name) for name in _PRIVATE_NUMBERS}
        whole = jwk.JWK(**_canonical(public) | numbers)
        whole.unsafe_skip_rsa_key_validation = only_signs
        key: rsa.RSAPrivateKey = whole.get_op_key("sign")
        if only_signs:
            _check_numbers(key)
    except (ValueError, JWException):
        raise InputError(f"'{option}' is a JWK whose numbers don't belong together.") from None
    return key


def _public_key(members: Mapping[str, Any], option: str) -> rsa.RSAPublicKey:
    """The public half of a JWK, checked."""
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
        key = _public_numbers(members)
    except (ValueError, JWException):
        raise InputError(f"'{option}' is a JWK whose 'n' and 'e' aren't those of an RSA key.") from None
    _check_strength(key, option)
    return key


def _public_numbers(members: Mapping[str, Any]) -> rsa.RSAPublicKey:
    """The public half of a JWK; ValueError or JWException if there is none. A missing ``kty`` does no harm."""
    if members.get("kty", "RSA") != "RSA":
        raise ValueError("not an RSA key")
    numbers = {name: _base64url(members, name) for name in _PUBLIC_NUMBERS}
    key: rsa.RSAPublicKey = jwk.JWK(kty="RSA", **numbers).get_op_key("verify")
    return key


def _base64url(members: Mapping[str, Any], name: str) -> str:
    """A member that is a number (RFC 7518, 2). Python's own decoder would drop foreign characters and go on."""
    text = members.get(name)
    found = base64url(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{name} isn't base64url")
    return found


def _check_strength(key: rsa.RSAPublicKey, option: str) -> None:
    if key.key_size < MIN_SIZE:
        raise InputError(f"'{option}' is an RSA key of {key.key_size} bits; Okta takes {MIN_SIZE} bits or more.")
    exponent = key.public_numbers().e
    if exponent < _MIN_EXPONENT:
        raise InputError(f"'{option}' is an RSA key with the public exponent {exponent}; {_MIN_EXPONENT} or more is taken.")


def _kid(members: Mapping[str, Any], option: str) -> str | None:
    kid = members.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise InputError(f"'{option}' has a 'kid' that isn't a text.")
    return kid or None
