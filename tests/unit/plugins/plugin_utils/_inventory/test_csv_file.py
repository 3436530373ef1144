# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of tenants as spreadsheets export them."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.csv_file import read_csv
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.row import Row


def test_each_row_knows_its_line() -> None:
    text = 'tenant,notes\r\nacme,"one\r\ntwo"\r\n\r\n , \r\nglobex,\r\n'
    assert read_csv(text) == [Row(2, {"tenant": "acme", "notes": "one\r\ntwo"}), Row(6, {"tenant": "globex"})]


def test_another_delimiter() -> None:
    assert read_csv("Tenant;Owner\nacme;a,b\n", ";") == [Row(2, {"tenant": "acme", "owner": "a,b"})]


def test_a_header_alone_is_an_empty_list() -> None:
    assert read_csv("tenant\n") == []


def test_text_with_jinja_is_not_changed() -> None:
    assert read_csv("tenant,a\nacme,{{ 1 }}\n")[0].cells["a"] == "{{ 1 }}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: there is no header"),
        ("\n\n", "line 1: there is no header"),
        ("tenant;owner\nacme;x\n", "line 1: the header is a single column: set the delimiter of the file with the option delimiter"),
        ("tenant,,x\n", "line 1: the name of column 2 isn't a valid name"),
        ("tenant,x,X\n", "line 1: column 3 has the name of column 2, 'x'"),
        ("tenant,x\n\nacme,made-up-cell,y\n", "line 3: there are 3 cells for 2 columns"),
        ("tenant,x\nacme\n", "line 2: there are 1 cells for 2 columns"),
        ('tenant,x\nacme,y\nglobex,"made-up-cell\n\n\n', "line 3: this isn't valid CSV"),
        ('tenant,x\nacme,"made-up-cell"y\n', "line 2: this isn't valid CSV"),
    ],
)
def test_an_invalid_line_is_reported_and_not_repeated(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_csv(text)
    assert str(caught.value).startswith(message)
    assert "made-up-cell" not in str(caught.value)


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n"])
def test_a_delimiter_is_one_character(delimiter: str) -> None:
    with pytest.raises(InputError, match=r"^delimiter must be one character"):
        read_csv("tenant\n", delimiter)
