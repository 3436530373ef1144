# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An encrypted result can be read only by the worker that sent the key."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._crypto.result_encryption import ResultKey, encrypt_result
from cryptography.exceptions import InvalidTag

VALUES = {"private_key": "made-up-key-é-8830175624", "nested": {"a": [1, None, True, "x"]}, "changed": True}


def test_an_encrypted_result_is_decrypted() -> None:
    key = ResultKey()
    assert key.decrypt(encrypt_result(VALUES, key.public)) == VALUES


def test_the_encrypted_result_contains_no_clear_text() -> None:
    encrypted = encrypt_result(VALUES, ResultKey().public)
    assert b"8830175624".hex() not in encrypted
    assert b"private_key".hex() not in encrypted


def test_no_two_encrypted_results_are_equal() -> None:
    key = ResultKey()
    assert encrypt_result(VALUES, key.public) != encrypt_result(VALUES, key.public)
    assert ResultKey().public != key.public


def test_another_key_cannot_decrypt_the_result() -> None:
    with pytest.raises(InvalidTag):
        ResultKey().decrypt(encrypt_result(VALUES, ResultKey().public))


@pytest.mark.parametrize("place", [1, 64, 66, -1])
def test_a_modified_result_is_refused(place: int) -> None:
    key = ResultKey()
    raw = bytearray.fromhex(encrypt_result(VALUES, key.public))
    raw[place] ^= 1
    with pytest.raises((InvalidTag, ValueError)):
        key.decrypt(raw.hex())
