# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of tenants as YAML."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._tenant_row import LineError, Row
from ansible_collections.rezonate.okta.plugins.plugin_utils._tenants_yaml import read


def test_each_row_knows_its_line_and_keeps_its_types() -> None:
    text = "---\nx: 1\ntenants:\n  - tenant: acme\n    Acts: true\n    wave: 2\n    since: 2026-01-31\n    x:\n  - tenant: ' globex '\n"
    assert read(text) == [Row(4, {"tenant": "acme", "acts": True, "wave": 2, "since": "2026-01-31"}), Row(9, {"tenant": "globex"})]


def test_a_day_that_is_in_no_calendar_is_a_text() -> None:
    assert read("tenants: [{tenant: acme, since: 2026-02-31}]")[0].cells["since"] == "2026-02-31"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: give the tenants as a list"),
        ("- tenant: acme\n", "line 1: give the tenants as a list"),
        ("\nother: []\n", "line 2: give the tenants as a list"),
        ("tenants:\n  acme: {}\n", "line 1: give the tenants as a list"),
        ("tenants:\n  - acme\n", "line 2: give the tenants as a list"),
        ("tenants:\n  - tenant: acme\n    a b: made-up-cell\n", "line 3: the name of column 2 is no name"),
        ("tenants:\n  - tenant: acme\n    [a]: made-up-cell\n", "line 3: the name of column 2 is no name"),
        ("tenants:\n  - tenant: acme\n    tenant: made-up-cell\n", "line 3: tenant is given twice"),
        ("tenants:\n  - tenant: acme\n    tags:\n      - made-up-cell\n", "line 4: tags has to be a plain value"),
        ("tenants:\n  - tenant: acme\n    tags: !vault made-up-cell\n", "line 3: tags has to be a plain value"),
        ("tenants:\n  - tenant: 'acme\n    made-up-cell\n", "line 4: this is no valid YAML"),
        ("tenants:\n  - tenant: *made-up-cell\n", "line 2: this is no valid YAML"),
        ("tenants:\n  - tenant: ac\x00me\n", "line 2: there is a character that YAML doesn't have"),
    ],
)
def test_what_can_not_be_read_is_told_with_its_line_and_not_repeated(text: str, message: str) -> None:
    with pytest.raises(LineError) as caught:
        read(text)
    assert str(caught.value).startswith(message)
    assert "made-up-cell" not in str(caught.value)
