# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The YAML of a vars file, edited node by node so that other variables remain as they were written.

No message may quote the document: only the names of its variables are not secret.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from .._core.errors import InputError, StateError

try:
    import yaml
except ImportError:
    # The declaration of the module names its libraries, which are checked before it runs.
    pass
else:

    class _Loader(yaml.SafeLoader):
        """Composes nodes, and records the names of the anchors, which the composer discards."""

        anchored: Mapping[str, yaml.Node] = {}

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            node = super().compose_node(parent, index)
            if parent is None:
                self.anchored = dict(self.anchors)
            return node

    class _Dumper(yaml.SafeDumper):
        """Writes nodes, with the original names of the anchors."""

        anchor_names: dict[int, str]

        def generate_anchor(self, node: yaml.Node) -> str:
            return self.anchor_names.get(id(node)) or super().generate_anchor(node)

    class _Representer(yaml.representer.SafeRepresenter):
        """Creates nodes from values; a text of several lines is written in block style, for readability."""

        def represent_str(self, data: str) -> yaml.ScalarNode:
            tame = "\n" in data and not data[0].isspace()
            return self.represent_scalar(_TAG + "str", data, style="|" if tame else None)

    _Representer.add_representer(str, _Representer.represent_str)


MAX_BYTES = 5 * 1024 * 1024
# Aliases can expand a small file without limit; without them a file can't expand beyond its own size. It is read twice at most.
_EXPANSION = 1024 * 1024
# The composer takes four frames of Python's stack per level.
MAX_DEPTH = 64

_LONGEST_NUMBER = 400  # a float in full has 325 characters
_LARGEST_BITS = 1300  # has fewer digits than that
_TAG = "tag:yaml.org,2002:"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _UnsupportedYamlError(Exception):
    """A value uses YAML features that JSON doesn't have."""


def _compose_yaml(text: str) -> tuple[yaml.Node | None, Mapping[str, yaml.Node]]:
    """The document, and the nodes that have an anchor, by its name.

    With libyaml, as Ansible does, if it is installed: that takes a tenth of the time. It discards the anchors, accepts deeper
    nesting than the rest of this file, and has other error messages.
    """
    if "&" not in text and hasattr(yaml, "CSafeLoader"):
        with contextlib.suppress(yaml.YAMLError):
            root = yaml.CSafeLoader(text).get_single_node()
            if _is_shallow(root):
                return root, {}
    loader = _Loader(text)
    return loader.get_single_node(), loader.anchored


def _is_shallow(root: yaml.Node | None) -> bool:
    level = [] if root is None else [root]
    for _depth in range(MAX_DEPTH):
        if not level:
            return True
        level = [inner for node in level if not isinstance(node, yaml.ScalarNode) for inner in _child_nodes(node)]
    return not level


def _child_nodes(node: yaml.Node) -> Iterator[yaml.Node]:
    for entry in node.value:
        yield from entry if isinstance(entry, tuple) else (entry,)


def json_value(value: Any, name: str, depth: int = 0) -> Any:
    """Convert a value to JSON's types, without the subclasses with which Ansible tags values.

    Args:
        value: the value that the user set.
        name: the variable that it belongs to.
        depth: its nesting level in the variable.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _unicode_text(value, name)
    if isinstance(value, int) and int.bit_length(value) <= _LARGEST_BITS:
        return int.__int__(value)
    if isinstance(value, float) and math.isfinite(value):
        return float.__float__(value)
    if depth < MAX_DEPTH:
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            return {_unicode_text(key, name): json_value(item, name, depth + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [json_value(item, name, depth + 1) for item in value]
    raise InputError(
        f"The variable {name} in 'variables' has to be made of text, numbers of less than {_LONGEST_NUMBER} digits, true, false, null,"
        f" lists and dictionaries with text as keys, at most {MAX_DEPTH} levels deep; put quotes around anything else, such as a date."
    )


def _unicode_text(value: str, name: str) -> str:
    try:
        # str() of a subclass can return the object itself; str.__str__ returns a plain copy.
        return str.__str__(value).encode().decode()
    except UnicodeError:
        raise InputError(
            f"The variable {name} in 'variables' holds text that isn't valid Unicode; encode it first, in Base64 for instance."
        ) from None


def check_variable_name(name: Any) -> str:
    """Return the name of a variable as plain text; refuse one that is invalid in Ansible."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        return str.__str__(name)
    raise InputError(f"{name!r} in 'variables' isn't a name for a variable; use letters, digits and underscores, no digit at the start.")


class Document:
    """The variables of a vars file.

    Args:
        root: the mapping of names to values.
        anchored: the nodes that have an anchor, by its name.
        origin: the file's path, for messages.
        size: the file's size.
    """

    def __init__(self, root: yaml.MappingNode, anchored: Mapping[str, yaml.Node], origin: str, size: int = 0) -> None:
        self.root = root
        self._anchored = anchored
        self._origin = origin
        self._most = self._budget = 2 * size + _EXPANSION

    @classmethod
    def parse(cls, text: str, origin: str) -> Document:
        """Read a document; an empty text is a document without variables."""
        try:
            root, anchored = _compose_yaml(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f" (line {mark.line + 1})" if mark else ""
            raise StateError(
                f"{origin} can be decrypted, but isn't one valid YAML document{line}; correct it with 'ansible-vault edit'."
            ) from None
        except RecursionError:
            raise StateError(f"{origin} can be decrypted, but is nested too deeply; correct it with 'ansible-vault edit'.") from None
        if root is None or root.tag == _TAG + "null":
            return cls(yaml.MappingNode(_TAG + "map", []), {}, origin)
        if not isinstance(root, yaml.MappingNode) or root.tag != _TAG + "map":
            raise StateError(f"{origin} can be decrypted, but isn't a mapping of names to values; correct it with 'ansible-vault edit'.")
        document = cls(root, anchored, origin, len(text))
        document.refuse_ambiguity()
        return document

    def refuse_ambiguity(self) -> None:
        """Refuse a document that is ambiguous."""
        seen = set()
        for key, _value in self.root.value:
            # Variables from a merge key can't be changed or removed in this mapping.
            if key.tag == _TAG + "merge":
                raise StateError(f"{self._origin} uses a merge key (<<) for its variables; write them out with 'ansible-vault edit'.")
            if not isinstance(key, yaml.ScalarNode):
                continue
            if (key.tag, key.value) in seen:
                raise StateError(f"{self._origin} sets {key.value} more than once; correct it with 'ansible-vault edit'.")
            seen.add((key.tag, key.value))

    def names(self) -> list[str]:
        """The names of the variables; keys that aren't text are ignored."""
        return sorted(key.value for key, _value in self.root.value if _is_text(key))

    def read(self, name: str) -> tuple[bool, Any]:
        """Return whether a variable can be represented in JSON's types, and its value."""
        node = self.root.value[self._find(name)][1]
        try:
            return True, self._value(node, 0)
        except _UnsupportedYamlError:
            return False, None

    def has(self, name: str, value: Any) -> bool:
        """Whether a variable has this value already; the order of a dictionary is ignored."""
        readable, current = self.read(name)
        # As text, since 1, 1.0 and True are equal in Python.
        return readable and json.dumps(current, sort_keys=True) == json.dumps(value, sort_keys=True)

    def set(self, name: str, value: Any) -> None:
        """Set a variable, in place or at the end."""
        node = _Representer(default_flow_style=False, sort_keys=False).represent_data(value)
        if name in self.names():
            index = self._find(name)
            self.root.value[index] = (self.root.value[index][0], node)
            return
        if not self.root.value:
            # An empty mapping is written as "{}", and new entries would keep that style.
            self.root.flow_style = False
        self.root.value.append((_Representer().represent_data(name), node))

    def remove(self, name: str) -> None:
        """Remove a variable."""
        del self.root.value[self._find(name)]

    def dump(self) -> str:
        """Write the document; comments are lost, all other content is verified."""
        stream = io.StringIO()
        dumper = _Dumper(stream, width=sys.maxsize, allow_unicode=True, explicit_start=True)
        dumper.anchor_names = {id(node): name for name, node in self._anchored.items()}
        try:
            dumper.open()
            dumper.serialize(self.root)
            dumper.close()
            written = Document.parse(stream.getvalue(), self._origin)
            faithful = _are_equal_nodes(self.root, written.root, set())
        except yaml.YAMLError:
            faithful = False
        if not faithful:
            raise StateError(f"{self._origin} holds YAML that can't be preserved; change it with 'ansible-vault edit'.")
        return stream.getvalue()

    def _find(self, name: str) -> int:
        return next(index for index, (key, _value) in enumerate(self.root.value) if _is_text(key) and key.value == name)

    def _value(self, node: yaml.Node, depth: int) -> Any:
        self._budget -= 1 + (len(node.value) if isinstance(node, yaml.ScalarNode) else 0)
        if self._budget < 0:
            raise StateError(
                f"{self._origin} expands to more than {self._most} bytes by its aliases; correct it with 'ansible-vault edit'."
            )
        if depth > MAX_DEPTH:
            raise _UnsupportedYamlError
        if isinstance(node, yaml.ScalarNode):
            return _scalar_value(node)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return [self._value(item, depth + 1) for item in node.value]
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self._mapping(node, depth)
        raise _UnsupportedYamlError

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        if not all(_is_text(key) for key, _value in node.value):
            raise _UnsupportedYamlError
        values = {key.value: self._value(value, depth + 1) for key, value in node.value}
        if len(values) < len(node.value):
            raise _UnsupportedYamlError
        return values


def _is_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _TAG + "str"


def _scalar_value(node: yaml.ScalarNode) -> Any:
    """The value of a scalar; a date is returned as text."""
    kind = node.tag.removeprefix(_TAG)
    if kind in ("str", "timestamp"):
        return node.value
    # parsing a very long number takes quadratic time, and Python refuses to convert it to text
    if kind not in ("null", "bool", "int", "float") or len(node.value) > _LONGEST_NUMBER:
        raise _UnsupportedYamlError
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node)
    except (LookupError, ValueError):
        # A tag that doesn't match the value, such as "!!int much".
        raise _UnsupportedYamlError from None
    if isinstance(value, float) and not math.isfinite(value):
        raise _UnsupportedYamlError
    return value


def _are_equal_nodes(one: yaml.Node, other: yaml.Node, met: set[tuple[int, int]]) -> bool:
    """Compare two trees; pairs that were compared already end loops and shared parts."""
    if (id(one), id(other)) in met:
        return True
    met.add((id(one), id(other)))
    if one.tag != other.tag or type(one) is not type(other):
        return False
    if isinstance(one, yaml.ScalarNode):
        return bool(one.value == other.value)
    if len(one.value) != len(other.value):
        return False
    if isinstance(one, yaml.SequenceNode):
        return all(_are_equal_nodes(left, right, met) for left, right in zip(one.value, other.value, strict=True))
    return all(
        _are_equal_nodes(left, right, met)
        for left_pair, right_pair in zip(one.value, other.value, strict=True)
        for left, right in zip(left_pair, right_pair, strict=True)
    )
