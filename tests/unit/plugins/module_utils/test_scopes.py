# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that a caller gives."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._scopes import check_scopes, each_once


def test_each_value_comes_once_and_in_its_place() -> None:
    assert each_once([" b", "a", "b ", "a"], "roles") == ("b", "a")


@pytest.mark.parametrize("values", [[""], ["a", " "], ["\n"]])
def test_an_empty_entry_is_refused(values: list[str]) -> None:
    with pytest.raises(InputError, match=r"^roles holds an empty entry\.$"):
        each_once(values, "roles")


@pytest.mark.parametrize("scope", ["okta.users.read", "okta.appGrants.manage", "okta.a-b_c.d.read", "new.thing", "ssf.read"])
def test_any_scope_of_the_form_is_taken_known_or_not(scope: str) -> None:
    assert check_scopes([scope], "scopes") == (scope,)


@pytest.mark.parametrize(
    "scope", ["openid", "okta users", "okta.users.read okta.groups.read", "okta.users.", ".read", "okta..read", "okta.üsers"]
)
def test_what_isn_t_of_the_form_is_refused(scope: str) -> None:
    with pytest.raises(InputError) as caught:
        check_scopes([scope], "optional_scopes")
    assert str(caught.value) == f"optional_scopes: {scope!r} isn't of the form of a scope, such as okta.users.read."
