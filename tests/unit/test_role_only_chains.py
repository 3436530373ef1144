# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The YAML of the role rezonate and of the playbooks only chains modules, without decisions (design: Who decides)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "rezonate"
STORES = ROLE / "tasks" / "store"  # they call other collections
FILES = sorted(path for folder in (ROLE, ROOT / "playbooks") for path in folder.rglob("*.yml") if STORES not in path.parents)
READ = [path for path in FILES if "meta" not in path.relative_to(ROOT).parts and "collections" not in path.relative_to(ROOT).parts]
CONDITIONS = frozenset({"when", "failed_when", "changed_when", "until"})
LONGEST = 100
MOST_LINES_OF_VARS = 60
DECIDING = re.compile(
    r"\b(if|else|combine|map|select|reject|selectattr|rejectattr|dict2items|items2dict|regex_\w+|query|q|lookup|union|difference|zip)\b"
)
EXPRESSION = re.compile(r"{{(.*?)}}|{%(.*?)%}", re.DOTALL)
# An attribute, its negation, or a comparison with a literal; an unset value may default to an empty one.
ATTRIBUTE = r"[a-z_][\w.]*(\[\d+\])?( \| default\(('[^']*'|\d+|omit|false|true|\[\]|{}|\w[\w.]*)(, true)?\))?( \| (bool|length|int))?"
LITERAL = r"('[^']*'|\"[^\"]*\"|\d+|true|false|none)"
CONDITION = re.compile(rf"(not )?{ATTRIBUTE}( (==|!=|>|<|is|is not) ({LITERAL}|defined|string))?")
# All hosts must choose the same host for the tasks of the fleet before that host can fail.
FIRST_HOST = tuple(f"inventory_hostname {operator} ansible_play_hosts[0]" for operator in ("==", "!="))


def expressions(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Return each expression, and its key."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from expressions(name)
            yield from expressions(value, str(name))
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value, key)
    elif key in CONDITIONS and not isinstance(node, bool):
        yield key, str(node)
    elif isinstance(node, str):
        for found in EXPRESSION.finditer(node):
            yield key, (found[1] or found[2] or "").strip()


def all_expressions(path: Path) -> list[tuple[str, str]]:
    return [found for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) for found in expressions(document)]


@pytest.mark.parametrize("path", READ, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_expression_decides(path: Path) -> None:
    assert [text for _key, text in all_expressions(path) if DECIDING.search(text)] == []


@pytest.mark.parametrize("path", READ, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_expression_is_long(path: Path) -> None:
    assert [text for _key, text in all_expressions(path) if len(text) > LONGEST] == []


@pytest.mark.parametrize("path", READ, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_condition_is_an_attribute_or_a_comparison_with_a_literal(path: Path) -> None:
    conditions = [text for key, text in all_expressions(path) if key in CONDITIONS]
    assert [text for text in conditions if text not in FIRST_HOST and not CONDITION.fullmatch(text)] == []


def test_variables_of_the_role_are_data() -> None:
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROLE / "vars").rglob("*.yml")}
    assert sum(count for name, count in lines.items() if name != "scopes.yml") <= MOST_LINES_OF_VARS, lines
    assert [found for path in (ROLE / "vars").rglob("*.yml") for found in all_expressions(path)] == []


def test_the_rules_detect_forbidden_expressions() -> None:
    bad = yaml.safe_load('{a: "{{ \'x\' if y else z }}", when: "a and b", b: ["{{ c | map(\'d\') }}"]}')
    found = list(expressions(bad))
    assert [text for _key, text in found if DECIDING.search(text)] == ["'x' if y else z", "c | map('d')"]
    assert [text for key, text in found if key in CONDITIONS and not CONDITION.fullmatch(text)] == ["a and b"]
