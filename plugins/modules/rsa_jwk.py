#!/usr/bin/python
# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rsa_jwk
short_description: Make or read an RSA key pair, as PEM and as JWK
version_added: 0.1.0
author:
  - Rezonate (@rezonate)
description:
  - Gives an RSA key pair in the forms that an OAuth client needs to authenticate with C(private_key_jwt), the private key
    as PEM and as JWK, and the public JWK to register with Okta.
  - The key is the one of O(private_key), or the one in the file O(path), or else a new one.
  - A key is never replaced. What doesn't fit what is there makes the module fail.
notes:
  - The result holds the private key. It is hidden in all output, and can be registered and used.
    In a loop, ansible-core before 2.19 doesn't hide it, so a task with a loop needs C(no_log=true) there.
  - Without O(private_key) and O(path) each run makes another key and reports a change. Keep it, with
    M(rezonate.okta.vault_vars_file) for example.
  - In check mode nothing is written. A key that would be made is made in memory, so that later tasks have one to plan
    with. The next run makes another one.
  - "Refused are other kinds of keys than RSA, keys under 2048 bits, keys with a public exponent under 65537 (FIPS 186-5),
    keys of more than two primes, and sets of keys."
  - The machine on which the task runs needs the Python libraries cryptography and jwcrypto.
extends_documentation_fragment:
  - rezonate.okta.tenant
  - rezonate.okta.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Shows the public half of the key, its file and the file's mode.
  in_process:
    support: full
options:
  private_key:
    description:
      - The private key, in PEM (PKCS#8 or PKCS#1, encrypted or not) or as a JWK (as JSON or as a dictionary). It is only
        taken over, which is no change.
      - It is taken as people have it. Of PEM, white space, quotes and what stands around it, such as the name of a variable in an
        environment file, are ignored, and C(\n) may be written out in place of the ends of lines. The numbers of a JWK may have
        padding (C(=)).
      - Without this option the key is read from O(path), or made.
    type: str
  passphrase:
    description:
      - Decrypts O(private_key) and the file O(path), and encrypts that file when it is written. It has 1 to 1023 bytes.
      - It is ignored where O(private_key) isn't encrypted. If a file that exists isn't encrypted, the module fails.
      - Without this option the file is written unencrypted, and an encrypted key can't be read.
      - RV(private_key) and RV(private_jwk) are not encrypted.
    type: str
  size:
    description:
      - The size of a new key in bits. The module fails if O(path) exists and holds a key of another size.
      - It doesn't matter to O(private_key).
      - Without this option a new key has 2048 bits, and one that exists may have any size from that on.
    type: int
    choices: [2048, 3072, 4096]
  key_id:
    description:
      - The key's name, the C(kid) of its JWK. Okta wants it unique among the keys of an app.
      - Without this option it is the C(kid) that a given JWK has, and else the thumbprint of the public key (RFC 7638,
        SHA-256), which is always the same for the same key.
    type: str
  path:
    description:
      - A file to keep the key in, as PEM in PKCS#8. If it exists the key is read from it, and the file is not written.
      - It is written at once as a whole, with the mode V(0600), and directories that are missing are made with V(0700).
        If others than the owner have any right to a file that exists, its mode becomes V(0600), which is a change.
      - If O(private_key) is given too and the file holds another key, the module fails.
      - While it is written, C(.NAME.rezonate-tmp) lies next to it. If a killed run leaves that behind, the next run
        removes it.
      - A relative path starts at the working directory. A symbolic link is followed.
      - Without this option the key is in the result only.
    type: path
"""

EXAMPLES = r"""
# The result is hidden in all output, and can be used nevertheless.
- name: Make a key in memory
  rezonate.okta.rsa_jwk:
    size: 3072
  register: pair

- name: Show what to register with Okta
  ansible.builtin.debug:
    var: pair.public_jwk

- name: Keep a key in an encrypted file; made once, read ever after
  rezonate.okta.rsa_jwk:
    path: "{{ lookup('ansible.builtin.env', 'HOME') }}/keys/acme.pem"
    passphrase: "{{ lookup('ansible.builtin.env', 'ACME_KEY_PASSPHRASE') }}"
  register: kept

- name: Learn the key id and the public JWK of the key at hand
  rezonate.okta.rsa_jwk:
    private_key: "{{ kept.private_key }}"
"""

RETURN = r"""
key_id:
  description: The key's name, the C(kid) of its JWK.
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
      description: What it signs with, always V(RS256).
      type: str
      returned: success
      sample: RS256
    use:
      description: What it is for, always V(sig).
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
  description: The public key as JWK, as it is to be registered with Okta.
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
      description: What it signs with, always V(RS256).
      type: str
      returned: success
      sample: RS256
    use:
      description: What it is for, always V(sig).
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
