# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of columns, and the detection of secrets."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.row import LineError, is_secret, is_secret_column, read_column_name

TOKEN = "00MadeUpTokenForTenantRows_0123456789-abcd"


@pytest.mark.parametrize(("name", "found"), [("tenant", "tenant"), (" Owner_2 ", "owner_2")])
def test_case_and_surrounding_spaces_of_a_name_are_ignored(name: str, found: str) -> None:
    assert read_column_name(name, 1, 1) == found


@pytest.mark.parametrize("name", ["", "two words", "2nd", "_own", "größe", "a-b", "a\nb", TOKEN])
def test_an_invalid_variable_name_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(LineError, match=r"^line 7: the name of column 3 isn't a valid name of a variable") as caught:
        read_column_name(name, 3, 7)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "value", [TOKEN, f"SSWS {TOKEN}", f"see {TOKEN}.", "-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----"]
)
def test_a_token_or_key_is_detected_anywhere_in_a_value(value: str) -> None:
    assert is_secret(value)


@pytest.mark.parametrize("value", [TOKEN[:-1], f"{TOKEN}x", f"x{TOKEN}", "0oas92c5r8A1EQacI5d7", "acme", 42, True])
def test_other_values_are_not_secrets(value: str | int) -> None:
    assert not is_secret(value)


@pytest.mark.parametrize("name", ["token", "client_secret", "admin_password", "passwd", "private_key", "privatekey", "api_key"])
def test_columns_for_secrets_are_detected_by_name(name: str) -> None:
    assert is_secret_column(name)


@pytest.mark.parametrize("name", ["tenant", "owner", "group", "key_age"])
def test_other_columns_are_not_for_secrets(name: str) -> None:
    assert not is_secret_column(name)
