# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that are templates in the installed Ansible, and those that remain strings."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.template_trust import mark_as_template, mark_as_text


def rendered(value: Any) -> Any:
    return Templar(loader=DataLoader(), variables={"value": value}).template(mark_as_template("{{ value }}"))


def test_a_marked_template_is_rendered() -> None:
    assert rendered(mark_as_template("{{ 'a' ~ 'b' }}")) == "ab"


@pytest.mark.parametrize(
    "value", ["{{ 'a' ~ 'b' }}", "{% if true %}x{% endif %}", "#jinja2: variable_start_string: '[['\n[[ 1 ]]", "acme", 7]
)
def test_a_value_of_a_file_is_not_changed(value: str | int) -> None:
    assert rendered(mark_as_text(value)) == value
