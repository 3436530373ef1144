# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The YAML of a vars file."""

from __future__ import annotations

import math
from collections import UserString
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._vault.vars_document import Document, check_variable_name, json_value

SECRET = "correct-horse-battery-staple-4711"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n"
OTHERS = """---
plain: text
single: 'it''s'
double: "tab\\there"
octal: 0o14
yes_: yes
empty:
literal: |-
  one

  two
folded: >
  a long
  line
flow: {a: [1, 2], b: {}}
anchored: &shared_thing
  inner: 1
alias: *shared_thing
vaulted: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  6162
custom: !Thing {a: 1}
merged:
  <<: *shared_thing
  own: 2
"""


def parse(text: str) -> Document:
    return Document.parse(text, "/tmp/x.vault")


def roundtrip(value: Any) -> Any:
    document = parse("a: 1\n")
    document.set("b", json_value(value, "b"))
    return parse(document.dump()).read("b")[1]


def test_other_variables_preserve_tags_anchors_and_styles() -> None:
    document = parse(OTHERS)
    document.set("new", 1)
    assert document.dump().replace("folded: >\n  a long line", "folded: >\n  a long\n  line") == OTHERS + "new: 1\n"


def test_a_removed_anchor_moves_to_its_next_use() -> None:
    document = parse("a: &x {secret: 1}\nb: *x\nc: *x\n")
    document.remove("a")
    assert document.dump() == "---\nb: &x {secret: 1}\nc: *x\n"


def test_a_replaced_variable_keeps_its_position() -> None:
    document = parse("a: 1\nb: 2\nc: 3\n")
    document.set("b", [1, {"x": None}])
    assert document.dump() == "---\na: 1\nb:\n- 1\n- x: null\nc: 3\n"


def test_a_text_of_several_lines_is_written_as_a_block() -> None:
    document = parse("")
    document.set("key", PEM)
    assert document.dump() == "---\nkey: |\n" + "".join(f"  {line}\n" for line in PEM.splitlines())


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, -1, 2**80, 1.5, 1e300, "", " ", "yes", "null", "~", "1", "1e3", "0x10", "2026-01-01", "=", "<<",
        "a: b", "# no", "- x", "{{ template }}", "é \U0001f600", "\x07\x1b\x85\u2028\ufeff", PEM, " \n x\n", "\n\n", "x \ny ",
        "a\tb\n\tc", "x" * 5000, "two  blanks " * 50, [], {}, [[]], {"": ""}, {"yes": [None, {"1": 1}]}, "%d", "!x", "*a",
    ],
)  # fmt: skip
def test_every_json_value_is_read_back_unchanged(value: Any) -> None:
    back = roundtrip(value)
    assert (back, type(back)) == (value, type(value))


def test_subclasses_are_reduced_to_plain_types() -> None:
    class Tagged(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "not to be called"

    value = json_value({Tagged("k"): [Tagged("v")]}, "a")
    assert [type(key) for key in value] == [str]
    assert [(type(entry), entry) for entry in value["k"]] == [(str, "v")]


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), b"x", {1: 2}, {1, 2}, UserString("x"), "\ud800"])
def test_other_values_are_refused_by_name_without_the_value(value: Any) -> None:
    with pytest.raises(InputError, match="The variable my_name in 'variables'") as caught:
        json_value({"k": [SECRET, value]}, "my_name")
    assert SECRET not in str(caught.value)


def test_a_recursive_value_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(InputError, match="at most 64 levels"):
        json_value(value, "a")


@pytest.mark.parametrize("name", ["", "1a", "a b", "a-b", "é", "a\n", 1, None])
def test_a_name_that_is_invalid_in_ansible_is_refused(name: Any) -> None:
    with pytest.raises(InputError, match="isn't a name for a variable"):
        check_variable_name(name)


@pytest.mark.parametrize(
    ("text", "value", "has"),
    [
        ("a: yes", True, True), ("a: 1", True, False), ("a: 1", 1.0, False), ("a: 0x10", 16, True),
        ("a: '1'", 1, False), ("a: {x: 1, y: 2}", {"y": 2, "x": 1}, True), ("a: [1, 2]", [2, 1], False),
        ("a: !vault x", "x", False), ("a: 2026-01-01", "2026-01-01", True),
    ],
)  # fmt: skip
def test_values_are_compared_by_content_and_type(text: str, value: Any, has: bool) -> None:
    assert parse(text).has("a", value) is has


@pytest.mark.parametrize(
    "text",
    [
        "a: !vault x", "a: !!binary eA==", "a: !!set {x}", "a: {1: 2}", "a: {x: 1, x: 2}", "a: {<<: {x: 1}}", "a: .nan",
        "a: !!int much", "a: !!bool maybe", "a: &l [*l]", "a: [!x 1]", "a: " + "[" * 70 + "]" * 70, "a: =",
    ],
)  # fmt: skip
def test_values_that_json_cannot_represent_are_unreadable(text: str) -> None:
    assert parse(text).read("a") == (False, None)


def test_excessive_alias_expansion_is_refused_only_when_the_value_is_read() -> None:
    levels = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]" for level in range(1, 12)]
    document = parse("\n".join(["l0: &l0 [lol]", *levels, "harmless: 1"]))
    assert document.read("harmless") == (True, 1)
    document.set("harmless", 2)
    assert len(document.dump()) < 2000
    with pytest.raises(StateError, match="expands to more than"):
        document.read("l11")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"a: [{SECRET}", r"isn't one valid YAML document \(line 1\)"),
        (f"a: {SECRET}\n---\nb: 1", r"isn't one valid YAML document \(line 2\)"),
        (f"a: {SECRET}\x00", "isn't one valid YAML document"),
        (f"a: *{SECRET}", r"isn't one valid YAML document \(line 1\)"),
        (f"- {SECRET}", "isn't a mapping"),
        (SECRET, "isn't a mapping"),
        (f"!x {{a: {SECRET}}}", "isn't a mapping"),
        (f"a: {SECRET}\na: 2", "sets a more than once"),
        (f"a: &x {{b: {SECRET}}}\n<<: *x", "uses a merge key"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_an_invalid_document_is_reported_without_its_content(text: str, sentence: str) -> None:
    with pytest.raises(StateError, match=sentence) as caught:
        parse(text)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_an_empty_text_is_a_document_without_variables() -> None:
    assert [parse(text).names() for text in ("", "---\n", "# just a comment\n", "{}")] == [[]] * 4


def test_a_key_that_is_not_text_is_preserved() -> None:
    document = parse("1: one\ntrue: yes\na: 1\n")
    assert document.names() == ["a"]
    document.remove("a")
    assert document.dump() == "---\n1: one\ntrue: yes\n"


def test_the_last_variable_leaves_an_empty_mapping_that_fills_in_block_style() -> None:
    document = parse("a: 1")
    document.remove("a")
    assert document.dump() == "--- {}\n"
    document = parse(document.dump())
    document.set("b", {"x": 1})
    assert document.dump() == "---\nb:\n  x: 1\n"


@pytest.mark.parametrize(
    "value", [1 << 1301, -(1 << 200_000), [1 << 200_000], {"a": {"b": 1 << 200_000}}], ids=["1301 bits", "huge", "list", "deep"]
)
def test_a_number_that_could_not_be_read_again_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="The variable a in 'variables' has to be made of"):
        json_value(value, "a")


def test_the_largest_number_is_read_again() -> None:
    document = Document.parse("", "x")
    document.set("a", json_value((1 << 1300) - 1, "a"))
    assert Document.parse(document.dump(), "x").read("a") == (True, (1 << 1300) - 1)
