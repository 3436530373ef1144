# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of tenants as YAML."""

from __future__ import annotations

import time

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.row import LineError, Row
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.yaml_file import read_yaml


def test_each_row_knows_its_line_and_keeps_its_types() -> None:
    text = "---\nx: 1\ntenants:\n  - tenant: acme\n    Acts: true\n    wave: 2\n    since: 2026-01-31\n    x:\n  - tenant: ' globex '\n"
    assert read_yaml(text) == [Row(4, {"tenant": "acme", "acts": True, "wave": 2, "since": "2026-01-31"}), Row(9, {"tenant": "globex"})]


def test_an_invalid_date_is_a_string() -> None:
    assert read_yaml("tenants: [{tenant: acme, since: 2026-02-31}]")[0].cells["since"] == "2026-02-31"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: list the tenants as mappings"),
        ("- tenant: acme\n", "line 1: list the tenants as mappings"),
        ("\nother: []\n", "line 2: list the tenants as mappings"),
        ("tenants:\n  acme: {}\n", "line 1: list the tenants as mappings"),
        ("tenants:\n  - acme\n", "line 2: list the tenants as mappings"),
        ("tenants:\n  - tenant: acme\n    a b: made-up-cell\n", "line 3: the name of column 2 isn't a valid name"),
        ("tenants:\n  - tenant: acme\n    [a]: made-up-cell\n", "line 3: the name of column 2 isn't a valid name"),
        ("tenants:\n  - tenant: acme\n    tenant: made-up-cell\n", "line 3: tenant is set twice"),
        ("tenants:\n  - tenant: acme\n    tags:\n      - made-up-cell\n", "line 4: tags must be a plain value"),
        ("tenants:\n  - tenant: acme\n    tags: !vault made-up-cell\n", "line 3: tags must be a plain value"),
        ("tenants:\n  - tenant: 'acme\n    made-up-cell\n", "line 4: this isn't valid YAML"),
        ("tenants:\n  - tenant: *made-up-cell\n", "line 2: this isn't valid YAML"),
        ("tenants:\n  - tenant: ac\x00me\n", "line 2: there is a character that is invalid in YAML"),
    ],
)
def test_an_invalid_line_is_reported_and_not_repeated(text: str, message: str) -> None:
    with pytest.raises(LineError) as caught:
        read_yaml(text)
    assert str(caught.value).startswith(message)
    assert "made-up-cell" not in str(caught.value)


_LONG = "line 3: wave is a number of more than 400 digits"
BOMBS = {
    "a number of 50,000 digits": (
        "tenants:\n  - tenant: acme\n    wave: " + "9" * 50_000,
        _LONG,
    ),
    "a hexadecimal one": ("tenants:\n  - tenant: acme\n    wave: 0x" + "f" * 50_000, _LONG),
    "a binary one": ("tenants:\n  - tenant: acme\n    wave: 0b" + "1" * 50_000, _LONG),
    "an octal one": ("tenants:\n  - tenant: acme\n    wave: 0" + "7" * 50_000, _LONG),
    "a sexagesimal one": (
        "tenants:\n  - tenant: acme\n    wave: " + "1:" * 50_000 + "1",
        _LONG,
    ),
    "a float": ("tenants:\n  - tenant: acme\n    wave: 1." + "9" * 50_000, _LONG),
    "with a tag": ("tenants:\n  - tenant: acme\n    wave: !!int " + "9" * 50_000, _LONG),
    "the tenant's name": ("tenants:\n  - tenant: " + "9" * 50_000, "line 2: tenant is a number of more than 400 digits"),
    "a list 20,000 deep": ("tenants:\n  - tenant: acme\n    tags: " + "[" * 20_000 + "]" * 20_000, "line 3: lists or mappings are nested"),
    "a list that never ends": ("tenants:\n  - tags: " + "[" * 20_000, "line 2: lists or mappings are nested too deeply"),
    "a mapping 20,000 deep": ("tenants: " + "{a: " * 20_000 + "}" * 20_000, "line 1: lists or mappings are nested too deeply"),
    "blocks": ("tenants:\n" + "".join(" " * n + "-\n" for n in range(1, 1500)), "line "),
    "a billion laughs": (
        "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)) + "tenants: [*a39]",
        "line 40: list the tenants as mappings",
    ),
    "a loop": ("tenants: &t [*t]", "line 1: list the tenants as mappings"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_yaml_file_that_exhausts_the_parser_is_refused_with_a_message(name: str) -> None:
    text, message = BOMBS[name]
    start = time.process_time()
    with pytest.raises(LineError) as caught:
        read_yaml(text)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 250
    assert time.process_time() - start < 10


@pytest.mark.parametrize("value", [".inf", "-.inf", ".nan", "1e999", "!!bool much", "!!int much", "!!float much", "!!timestamp much"])
def test_an_invalid_value_of_a_type_is_a_string(value: str) -> None:
    assert read_yaml(f"tenants: [{{tenant: acme, wave: {value}}}]")[0].cells["wave"] == value.rpartition(" ")[2]


def test_the_longest_numbers_are_still_numbers() -> None:
    assert read_yaml("tenants: [{tenant: acme, wave: " + "9" * 400 + "}]")[0].cells["wave"] == 10**400 - 1
