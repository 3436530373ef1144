# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The usability of scopes: the classification of Okta's responses."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import NoResponseError
from ansible_collections.rezonate.okta.plugins.module_utils._resources.scope_usability import classify_read
from helpers.fake_okta import FakeOkta, client, forbidden, refusal

PATH = "/api/v1/users?limit=1"


@pytest.mark.parametrize(
    ("answer", "never_empty", "status", "expected"),
    [
        ([{"id": "00u1"}], True, "usable", "200"),
        ({"id": "x"}, True, "usable", "200"),
        ([], False, "usable", "200"),
        ([], True, "empty", "200"),
        (forbidden(), True, "refused_by_role", "403 E0000006"),
        (refusal(403, "insufficient_scope"), True, "refused_by_scope", "403 insufficient_scope"),
        (refusal(401, "E0000015"), False, "feature_not_available", "401 E0000015"),
        (refusal(404, "E0000007"), False, "feature_not_available", "404 E0000007"),
        (refusal(400, "E0000001"), False, "feature_not_available", "400 E0000001"),
        (refusal(405, "E0000022"), False, "feature_not_available", "405 E0000022"),
        (refusal(401, "E0000011"), False, "unknown", "401 E0000011"),
        (refusal(500, "E0000009"), False, "unknown", "500 E0000009"),
        (NoResponseError("lost"), False, "unknown", None),
    ],
)
def test_a_response_is_classified(answer: Any, never_empty: bool, status: str, expected: str | None) -> None:
    okta = FakeOkta((f"GET {PATH}", answer))
    assert classify_read(client(okta), PATH, never_empty=never_empty) == {"path": PATH, "status": status, "answer": expected}
    assert okta.left == []
