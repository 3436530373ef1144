# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON Web Keys: validation, stored members, and signature verification."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from .errors import OktaError, invalid

MIN_BITS = 2048
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
# `alg` and certificate members are not returned.
KEPT_MEMBERS = {"RSA": ("kty", "kid", "use", "e", "n"), "EC": ("kty", "kid", "use", "crv", "x", "y")}
CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def _refuse(cause: str) -> OktaError:
    return invalid("JsonWebKey", cause)


def number(text: Any) -> int:
    """Parse a base64url number; ValueError if it is invalid."""
    if not isinstance(text, str) or not text or "=" in text or "+" in text or "/" in text:
        raise ValueError("not base64url without padding")
    try:
        return int.from_bytes(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True), "big")
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def thumbprint(key: dict[str, Any]) -> str:
    """Return the RFC 7638 thumbprint of an RSA or EC public key."""
    names = ("e", "kty", "n") if key.get("kty") == "RSA" else ("crv", "kty", "x", "y")
    text = json.dumps({name: key[name] for name in names}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def check_key(key: Any) -> dict[str, Any]:
    """Refuse a key that Okta refuses; return the members that Okta stores."""
    if not isinstance(key, dict):
        raise _refuse("Each of the 'jwks' must be an object.")
    if PRIVATE_MEMBERS & key.keys():
        raise _refuse("The 'jwks' must contain public keys only.")
    if key.get("kty") not in KEPT_MEMBERS:
        raise _refuse("The 'kty' of the given key must be 'RSA' or 'EC'.")
    if key.get("use") not in (None, "sig"):
        raise _refuse("The 'use' of the given key must be 'sig'.")
    if not isinstance(key.get("kid"), str) or not key["kid"]:
        raise _refuse("Each of the 'jwks' must have a 'kid'.")
    if key.get("status", "ACTIVE") not in ("ACTIVE", "INACTIVE"):
        raise _refuse("The 'status' of the given key must be 'ACTIVE' or 'INACTIVE'.")
    if key["kty"] == "EC":
        key = {**key, "crv": _curve(key)}
    else:
        _check_numbers(key)
    return {name: key.get(name) for name in KEPT_MEMBERS[key["kty"]]}


def material(key: dict[str, Any]) -> tuple[str, ...]:
    """Return the members that identify a key."""
    return (key["n"],) if key["kty"] == "RSA" else (key["x"], key["y"])


def _curve(key: dict[str, Any]) -> str:
    """Return the curve of an elliptic curve key. Okta returns null for `crv`, so it is derived from the coordinates if missing."""
    try:
        x, y = number(key.get("x")), number(key.get("y"))
    except ValueError as error:
        raise _refuse("The 'x' and 'y' of the given key must be base64url.") from error
    octets = max(len(key["x"]), len(key["y"])) * 3 // 4
    name = key.get("crv") or {(curve.key_size + 7) // 8: name for name, curve in CURVES.items()}.get(octets)
    if name not in CURVES:
        raise _refuse(f"The 'crv' of the given key must be one of {', '.join(CURVES)}.")
    try:
        ec.EllipticCurvePublicNumbers(x, y, CURVES[name]).public_key()
    except ValueError as error:
        raise _refuse("The point of the given key isn't on its curve.") from error
    return str(name)


def _check_numbers(key: dict[str, Any]) -> None:
    if "n" not in key:
        # Recorded: a key without a modulus is refused as too short.
        raise _refuse("RSA key length in the 'jwks' is less than '2,048' bits for the given key.")
    try:
        modulus, exponent = number(key["n"]), number(key.get("e"))
    except ValueError as error:
        raise _refuse("The 'n' and 'e' of the given key must be base64url.") from error
    if modulus.bit_length() < MIN_BITS:
        raise _refuse("RSA key length in the 'jwks' is less than '2,048' bits for the given key.")
    if exponent < 3 or exponent % 2 == 0:
        raise _refuse("The 'e' of the given key isn't an RSA exponent.")


def check_set(keys: list[dict[str, Any]], most: int) -> None:
    """Refuse a set with too many keys or duplicate key ids."""
    if len(keys) > most:
        raise _refuse(
            f"You can't create a new key. You have reached the maximum number of keys allowed ({most}). "
            "To add another key, you must first delete an existing one."
        )
    if len({key["kid"] for key in keys}) != len(keys):
        raise _refuse("All keys in the 'jwks' must have a unique `kid`.")
