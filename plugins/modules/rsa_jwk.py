#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create or read an RSA key pair."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rsa_jwk
short_description: Create or read an RSA key pair, as PEM and as JWK
version_added: 1.0.0
author:
  - Rezonate (@rezonate)
description:
  - Returns an RSA key pair in the formats that an OAuth client needs to authenticate with C(private_key_jwt), the private key
    as PEM and as JWK, and the public JWK to register with Okta.
  - The key is that of O(private_key), that in the file O(path), or a new one.
  - A key is never replaced. If an existing key doesn't match the options, the module fails.
notes:
  - The result contains the private key. It is hidden in all output, and can be registered and used.
    In a loop, ansible-core before 2.19 doesn't hide it; set C(no_log=true) on such a task.
  - Without O(private_key) and O(path), each run creates another key and reports a change. Store it, for example with
    M(rezonate.okta.vault_vars_file).
  - In check mode nothing is written. A key that would be created is created in memory, so that later tasks can use it. The next run
    creates another one.
  - "These keys are refused: keys other than RSA, keys under 2048 bits, keys with a public exponent under 65537 (FIPS 186-5),
    keys of more than two primes, and sets of keys."
requirements:
  - cryptography
  - jwcrypto
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
  - rezonate.okta.attributes.writer
  - rezonate.okta.files
attributes:
  diff_mode:
    details:
      - Shows the public key, its file and the file's mode.
seealso:
  - module: rezonate.okta.okta_service_app
  - name: RFC 7517
    description: JSON Web Key.
    link: https://www.rfc-editor.org/rfc/rfc7517
  - name: Okta API, public keys of applications
    description: What Okta accepts as the key of an app.
    link: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOPublicKeys/
options:
  private_key:
    description:
      - The private key in PEM (PKCS#8 or PKCS#1, encrypted or not) or as a JWK (JSON or a dictionary). It is only read, which is no
        change.
      - In PEM, white space, quotes and text around the key, such as the name of a variable in an
        environment file, are ignored, and C(\n) can replace line ends. The numbers of a JWK can have padding (C(=)).
      - Without it, the key is read from O(path), or created.
    type: str
  passphrase:
    description:
      - Decrypts O(private_key) and the file O(path), and encrypts that file when it is written. It has 1 to 1023 bytes.
      - It is ignored if O(private_key) isn't encrypted. If an existing file isn't encrypted, the module fails.
      - Without it, the file is written unencrypted, and an encrypted key can't be read.
      - RV(private_key) and RV(private_jwk) are not encrypted.
    type: str
  size:
    description:
      - The size of a new key in bits. The module fails if O(path) exists and contains a key of another size.
      - It has no effect with O(private_key).
      - Without it, a new key has 2048 bits, and an existing one any size from 2048 bits.
    type: int
    choices: [2048, 3072, 4096]
  key_id:
    description:
      - The key id, the C(kid) of the JWK. Okta requires it to be unique among the keys of an app.
      - Without it, the C(kid) of a given JWK is used, or the thumbprint of the public key (RFC 7638,
        SHA-256), which is always the same for the same key.
    type: str
  path:
    description:
      - A file for the key, as PEM in PKCS#8. If it exists, the key is read from it, and the file is not written.
      - It is written with the mode V(0600), and missing directories are created with V(0700).
        If others than the owner have any permission on an existing file, its mode becomes V(0600), which is a change.
      - If O(private_key) is set and the file contains another key, the module fails.
      - A relative path starts at the working directory. A symbolic link is followed.
      - Without it, the key is only in the result.
    type: path
"""

EXAMPLES = r"""
# The result is hidden in all output, and can be used nevertheless.
- name: Create a key in memory
  rezonate.okta.rsa_jwk:
    size: 3072
  register: pair

- name: Show the public key to register with Okta
  ansible.builtin.debug:
    var: pair.public_jwk

- name: Create a key in an encrypted file, or read it if it exists
  rezonate.okta.rsa_jwk:
    path: "{{ lookup('ansible.builtin.env', 'HOME') }}/keys/acme.pem"
    passphrase: "{{ lookup('ansible.builtin.env', 'ACME_KEY_PASSPHRASE') }}"
  register: stored

- name: Read the key id and the public JWK of a private key
  rezonate.okta.rsa_jwk:
    private_key: "{{ stored.private_key }}"

- name: Use one size for all keys
  module_defaults:
    rezonate.okta.rsa_jwk:
      size: 4096
  block:
    - name: Create a key
      rezonate.okta.rsa_jwk:
      register: large

# In an AWX job, which deletes its files with its container, create the key in memory.
- name: Create a key for the next tasks of the job
  rezonate.okta.rsa_jwk:
  register: pair
"""

RETURN = r"""
key_id:
  description: The key id, the C(kid) of the JWK.
  type: str
  returned: success
  sample: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
size:
  description: The key's size in bits.
  type: int
  returned: success
  sample: 2048
private_key:
  description: The private key in PEM, PKCS#8, not encrypted.
  type: str
  returned: success
  sample: "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\n-----END PRIVATE KEY-----\n"
private_jwk:
  description: The private key as JWK.
  type: dict
  returned: success
  contains:
    kty:
      description: The key type, always V(RSA).
      type: str
      returned: success
      sample: RSA
    n:
      description: The modulus.
      type: str
      returned: success
      sample: 0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxu
    e:
      description: The public exponent.
      type: str
      returned: success
      sample: AQAB
    kid:
      description: The same as RV(key_id).
      type: str
      returned: success
      sample: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
    alg:
      description: The signature algorithm, always V(RS256).
      type: str
      returned: success
      sample: RS256
    use:
      description: The use of the key, always V(sig).
      type: str
      returned: success
      sample: sig
    d:
      description: The private exponent.
      type: str
      returned: success
      sample: X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoVH
    p:
      description: The first prime.
      type: str
      returned: success
      sample: 83i-7IvMGXoMXCskv73TKr8637FiO7Z27zv8oj6pbWUQyL
    q:
      description: The second prime.
      type: str
      returned: success
      sample: 3dfOR9cuYq-0S-mkFLzgItgMEfFzB2q3hWehMuG0oCuqnb
    dp:
      description: The first prime's exponent.
      type: str
      returned: success
      sample: G4sPXkc6Ya9y8oJW9_ILj4xuppu0lzi_H7VTkS8xj5SdX3
    dq:
      description: The second prime's exponent.
      type: str
      returned: success
      sample: s9lAH9fggBsoFR8Oac2R_E2gw282rT2kGOAhvIllETE1ef
    qi:
      description: The coefficient.
      type: str
      returned: success
      sample: GyM_p6JrXySiz1toFgKbWV-JdI3jQ4ypu9rbMWx3rQJBfm
public_jwk:
  description: The public key as JWK, to register with Okta.
  type: dict
  returned: success
  contains:
    kty:
      description: The key type, always V(RSA).
      type: str
      returned: success
      sample: RSA
    n:
      description: The modulus.
      type: str
      returned: success
      sample: 0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxu
    e:
      description: The public exponent.
      type: str
      returned: success
      sample: AQAB
    kid:
      description: The same as RV(key_id).
      type: str
      returned: success
      sample: NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs
    alg:
      description: The signature algorithm, always V(RS256).
      type: str
      returned: success
      sample: RS256
    use:
      description: The use of the key, always V(sig).
      type: str
      returned: success
      sample: sig
path:
  description: The absolute path of the file.
  type: str
  returned: success and O(path) is set
  sample: /home/jane/keys/acme.pem
"""

from ..module_utils._ansible import run_module
from ..module_utils._core.spec import TENANT_OPTIONS, ModuleSpec
from ..module_utils._crypto.rsa_jwk import provide_rsa_key

MODULE = ModuleSpec(
    options={
        **TENANT_OPTIONS,
        "private_key": {"type": "str", "no_log": True},
        "passphrase": {"type": "str", "no_log": True},
        "size": {"type": "int", "choices": [2048, 3072, 4096]},
        "key_id": {"type": "str", "no_log": False},
        "path": {"type": "path"},
    },
    run=provide_rsa_key,
    needs=("cryptography", "jwcrypto"),
    secret_returns=("private_key", "private_jwk"),
)


def main() -> None:
    """Run as an ordinary module."""
    run_module(MODULE)


if __name__ == "__main__":
    main()
