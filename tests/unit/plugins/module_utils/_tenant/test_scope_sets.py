# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the default scopes, which a new release never changes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.scope_sets import choose_scope_set
from hypothesis import given
from hypothesis import strategies as st

SETS: dict[str, dict[str, Any]] = {
    str(version): {"scopes": [f"okta.v{version}.read"], "optional_scopes": [f"okta.o{version}.read"]} for version in (1, 2, 9, 10)
}
CHOSEN: dict[str, tuple[int, int | None, int]] = {
    "requested": (2, 1, 2),
    "requested, new tenant": (1, None, 1),
    "stored": (0, 1, 1),
    "newest": (0, None, 10),
}


@pytest.mark.parametrize("case", CHOSEN)
def test_the_version_is_the_requested_one_or_the_stored_one_or_the_newest(case: str) -> None:
    requested, stored, version = CHOSEN[case]
    assert choose_scope_set(SETS, requested, stored) == {
        "version": version,
        "newest": 10,
        "scopes": [f"okta.v{version}.read"],
        "optional_scopes": [f"okta.o{version}.read"],
        "newer": ["okta.v10.read"],
        "newer_optional_scopes": ["okta.o10.read"],
    }


@given(st.sampled_from([1, 2, 9, 10]))
def test_a_newer_release_does_not_change_the_scopes_of_a_tenant(stored: int) -> None:
    older = {version: scopes for version, scopes in SETS.items() if int(version) <= stored}
    assert choose_scope_set(SETS, 0, stored)["scopes"] == choose_scope_set(older, 0, stored)["scopes"]


@pytest.mark.parametrize(
    ("requested", "stored", "origin"),
    [(3, 1, "rezonate_scopes_version is 3"), (0, 11, "The scopes_version of the stored record is 11")],
)
def test_an_unknown_version_is_refused_with_its_origin(requested: int, stored: int, origin: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(origin)}, .* one of 1, 2, 9, 10\\.$"):
        choose_scope_set(SETS, requested, stored)
