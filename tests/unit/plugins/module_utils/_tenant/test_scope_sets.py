# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the default scopes: a release never widens anybody's access by itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.scope_sets import choose
from hypothesis import given
from hypothesis import strategies as st

SETS: dict[str, dict[str, Any]] = {
    str(version): {"scopes": [f"okta.v{version}.read"], "optional_scopes": [f"okta.o{version}.read"]} for version in (1, 2, 9, 10)
}
CHOSEN: dict[str, tuple[int, int | None, int]] = {
    "asked for": (2, 1, 2),
    "asked for, new tenant": (1, None, 1),
    "stored": (0, 1, 1),
    "newest": (0, None, 10),
}


@pytest.mark.parametrize("case", CHOSEN)
def test_the_version_asked_for_counts_else_the_stored_one_else_the_newest(case: str) -> None:
    asked, stored, version = CHOSEN[case]
    assert choose(SETS, asked, stored) == {
        "version": version,
        "newest": 10,
        "scopes": [f"okta.v{version}.read"],
        "optional_scopes": [f"okta.o{version}.read"],
        "newer": ["okta.v10.read"],
        "newer_optional_scopes": ["okta.o10.read"],
    }


@given(st.sampled_from([1, 2, 9, 10]))
def test_a_newer_release_leaves_a_tenant_its_scopes(stored: int) -> None:
    older = {version: scopes for version, scopes in SETS.items() if int(version) <= stored}
    assert choose(SETS, 0, stored)["scopes"] == choose(older, 0, stored)["scopes"]


@pytest.mark.parametrize(
    ("asked", "stored", "origin"),
    [(3, 1, "rezonate_scopes_version is 3"), (0, 11, "The scopes_version of the stored record is 11")],
)
def test_a_version_that_the_release_lacks_is_refused_by_where_it_comes_from(asked: int, stored: int, origin: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(origin)}, .* one of 1, 2, 9, 10\\.$"):
        choose(SETS, asked, stored)
