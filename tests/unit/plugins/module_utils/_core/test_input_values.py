# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of values in options."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._core.input_values import check_scopes, optional_text, unique_values


def test_each_value_occurs_once_and_in_order() -> None:
    assert unique_values([" b", "a", "b ", "a"], "roles") == ("b", "a")


@pytest.mark.parametrize("values", [[""], ["a", " "], ["\n"]])
def test_an_empty_entry_is_refused(values: list[str]) -> None:
    with pytest.raises(InputError, match=r"^roles holds an empty entry\.$"):
        unique_values(values, "roles")


@pytest.mark.parametrize("scope", ["okta.users.read", "okta.appGrants.manage", "okta.a-b_c.d.read", "new.thing", "ssf.read"])
def test_any_scope_of_the_form_is_accepted(scope: str) -> None:
    assert check_scopes([scope], "scopes") == (scope,)


# A text that isn't a scope, and the nearest one that is.
NO_SCOPES = {
    "openid": "open.id",
    "okta users": "okta.users",
    "okta.users.read okta.groups.read": "okta.users.read-okta.groups.read",
    "okta.users.": "okta.users._",
    ".read": "o.read",
    "okta..read": "okta.-.read",
    "okta.üsers": "okta.users",
    "1okta.users": "o1kta.users",
}


@pytest.mark.parametrize("scope", NO_SCOPES.values())
def test_the_nearest_valid_scope_is_accepted(scope: str) -> None:
    assert check_scopes([f" {scope} "], "scopes") == (scope,)


@pytest.mark.parametrize("scope", NO_SCOPES)
def test_a_malformed_scope_is_refused(scope: str) -> None:
    with pytest.raises(InputError) as caught:
        check_scopes([scope], "optional_scopes")
    assert str(caught.value) == f"optional_scopes: {scope!r} isn't of the form of a scope, such as okta.users.read."


def test_permissions_have_the_same_form_and_their_own_name() -> None:
    assert check_scopes(["okta.users.manage"], "permissions", "permission") == ("okta.users.manage",)
    with pytest.raises(InputError, match=r"^permissions: 'x' isn't of the form of a permission, such as okta\.users\.read\.$"):
        check_scopes(["x"], "permissions", "permission")


@pytest.mark.parametrize(("given", "text"), [(None, None), (" a b\n", "a b")])
def test_a_string_is_stripped_or_unset(given: str | None, text: str | None) -> None:
    assert optional_text({"label": given}, "label") == text


@pytest.mark.parametrize("given", ["", " ", "\n"])
def test_a_blank_text_is_refused(given: str) -> None:
    with pytest.raises(InputError, match=r"^label is empty: give it, or leave it out\.$"):
        optional_text({"label": given}, "label")
