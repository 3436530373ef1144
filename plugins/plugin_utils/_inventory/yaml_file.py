# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of tenants in a YAML file."""

from __future__ import annotations

import math
from collections.abc import Iterator

import yaml

from .row import LineError, Row, Value, read_column_name

_SHAPE = "list the tenants as mappings below the key tenants."
_LONGEST_NUMBER = 400  # characters; a float in full has 325. Python takes quadratic time for more, and refuses to convert it to text.
_PLAIN = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp")}


def read_yaml(text: str) -> list[Row]:
    """Read all rows: the mappings of the list ``tenants``.

    Raises:
        LineError: a line is invalid.
    """
    try:
        return _rows(yaml.SafeLoader(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise LineError(mark.line + 1 if mark else 1, "this isn't valid YAML.") from None
    except yaml.reader.ReaderError as error:
        raise LineError(text.count("\n", 0, error.position) + 1, "there is a character that is invalid in YAML.") from None


def _rows(loader: yaml.SafeLoader) -> list[Row]:
    try:
        return [Row(_line(node), _cells(loader, node)) for node in _tenants(loader.get_single_node())]
    except RecursionError:
        raise LineError(loader.line + 1, f"lists or mappings are nested too deeply here: {_SHAPE}") from None


def _tenants(root: yaml.Node | None) -> list[yaml.Node]:
    found = [value for key, value in _pairs(root) if isinstance(key, yaml.ScalarNode) and key.value == "tenants"]
    if len(found) != 1 or not isinstance(found[0], yaml.SequenceNode):
        raise LineError(_line(root), _SHAPE)
    return list(found[0].value)


def _cells(loader: yaml.SafeLoader, node: yaml.Node) -> dict[str, Value]:
    cells: dict[str, Value] = {}
    for number, (key, value) in enumerate(_pairs(node), 1):
        name = read_column_name(key.value if isinstance(key, yaml.ScalarNode) else "", number, _line(key))
        if name in cells:
            raise LineError(_line(key), f"{name} is set twice.")
        cells[name] = _value(loader, name, value)
    return {name: value for name, value in cells.items() if value != ""}


def _value(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> Value:
    if not isinstance(node, yaml.ScalarNode) or node.tag not in _PLAIN:
        raise LineError(_line(node), f"{name} must be a plain value: a text, a number, true or false.")
    if node.tag.endswith((":int", ":float")) and len(node.value) > _LONGEST_NUMBER:
        raise LineError(
            _line(node), f"{name} is a number of more than {_LONGEST_NUMBER} digits: shorten it, or put it in quotes if it is a text."
        )
    try:
        found = loader.construct_object(node)
    except (ValueError, LookupError, AttributeError):  # an invalid date, or a tag such as "!!bool much"
        return str(node.value).strip()
    if found is None:
        return ""
    if isinstance(found, float) and not math.isfinite(found):
        return str(node.value).strip()
    return found if isinstance(found, bool | int | float) else str(node.value).strip()


def _pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise LineError(_line(node), _SHAPE)
    return iter(node.value)


def _line(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node is not None and node.start_mark else 1
