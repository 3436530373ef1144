# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the role's variables, compared with their documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.options import OPTIONS, Kind

ROLE = Path(__file__).resolve().parents[5] / "roles" / "rezonate"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
DOCUMENTED: dict[str, Any] = {name: option for spec in SPECS.values() for name, option in spec["options"].items()}
TYPES = {
    Kind.TEXT: ("str", "path"),
    Kind.CHOICE: ("str",),
    Kind.KEY: ("str",),
    Kind.FLAG: ("bool",),
    Kind.NUMBER: ("int",),
    Kind.LIST: ("list",),
    Kind.DICTIONARIES: ("list",),
    Kind.NAMES: ("raw",),
    Kind.TOKENS: ("raw",),
}


def test_it_has_the_variables_that_the_role_documents() -> None:
    assert sorted(OPTIONS) == sorted(DOCUMENTED)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_variable_is_of_the_documented_type_default_and_choices(name: str) -> None:
    option, documented = OPTIONS[name], DOCUMENTED[name]
    assert documented["type"] in TYPES[option.kind]
    default = list(option.default) if isinstance(option.default, tuple) else option.default
    assert documented.get("default") == default or ("default" not in documented and default in ("", None))
    choices = (
        list(documented.get("options", {})) if option.kind is Kind.DICTIONARIES else [str(one) for one in documented.get("choices", [])]
    )
    assert sorted(choices) == sorted(option.choices)
