# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypts the result of a shipped module for the worker that shipped it.

Connection plugins can print the output of a module, as ``ssh`` does at ``-vvv``, before Ansible knows whether the result
must be hidden. So the worker generates a key pair for each task and sends the public key with the options. The private key
never leaves its memory: the output of a connection plugin is not sufficient to decrypt the result.

The scheme is ECIES: an ephemeral P-256 key, HKDF-SHA256, AES-256-GCM. All of them are approved for FIPS mode.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

try:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError:
    pass  # the module fails before it has a result (`_ansible.require_libraries`)

_NONCE = bytes(12)  # each key encrypts one message
_POINT_BYTES = 65  # bytes of an uncompressed point of P-256
_PURPOSE = b"rezonate.okta: result of a shipped module"


class ResultKey:
    """A key pair for the result of one task."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self.public = _encoded_point(self._private).hex()

    def decrypt(self, encrypted: str) -> dict[str, Any]:
        """Decrypt the output of `encrypt_result`."""
        raw = bytes.fromhex(encrypted)
        point, ciphertext = raw[:_POINT_BYTES], raw[_POINT_BYTES:]
        peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        cipher = _derive_cipher(self._private, peer, point)
        values: dict[str, Any] = json.loads(cipher.decrypt(_NONCE, ciphertext, None))
        return values


def encrypt_result(values: Mapping[str, Any], public: str) -> str:
    """Encrypt values for the owner of a `ResultKey`."""
    peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(public))
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    point = _encoded_point(ephemeral)
    return (point + _derive_cipher(ephemeral, peer, point).encrypt(_NONCE, json.dumps(values).encode(), None)).hex()


def _derive_cipher(own: ec.EllipticCurvePrivateKey, peer: ec.EllipticCurvePublicKey, salt: bytes) -> AESGCM:
    secret = own.exchange(ec.ECDH(), peer)
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=_PURPOSE).derive(secret))


def _encoded_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
