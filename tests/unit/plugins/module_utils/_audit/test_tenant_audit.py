# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option key_max_age of an audit."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._audit.tenant_audit import age_limit
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError


@pytest.mark.parametrize(
    ("given", "seconds"), [("90d", 7776000.0), ("12h", 43200.0), ("2w", 1209600.0), ("0h", 0.0), ("", None), (None, None)]
)
def test_an_age_is_a_number_and_a_unit(given: str | None, seconds: float | None) -> None:
    assert age_limit(given) == seconds


@pytest.mark.parametrize("given", ["90", "d", "90 d", "-1d", "90m", "90d\n", "٩d"])
def test_another_text_isn_t_an_age(given: str) -> None:
    with pytest.raises(InputError, match="use a number and h, d or w, such as 90d"):
        age_limit(given)
