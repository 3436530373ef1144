# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the role's variables: converted to their types, or refused with the name of the variable."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.options import OPTIONS, Kind
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.values import convert, describe
from helpers.acceptance import accepts, either
from hypothesis import given
from hypothesis import strategies as st

OF_KIND = {kind: [name for name, option in OPTIONS.items() if option.kind is kind] for kind in Kind}
NO_TEXTS: dict[str, Any] = {
    "octal number": 0o123,
    "number": 12,
    "float": 1.5,
    "no": False,
    "yes": True,
    "null": None,
    "date": dt.date(2026, 1, 31),
    "list": ["acme"],
    "dictionary": {"acme": 1},
}
SECRET = "made-up-secret-7f3e0d5c1b9a"


@pytest.mark.parametrize("case", NO_TEXTS)
@pytest.mark.parametrize("name", OF_KIND[Kind.TEXT])
def test_other_types_are_refused_where_a_string_is_needed(name: str, case: str) -> None:
    with pytest.raises(InputError, match=rf"^{name} is .* where a string is needed, .*put it in quotes"):
        convert(name, OPTIONS[name], NO_TEXTS[case])


DESCRIBED: list[tuple[Any, str]] = [
    (None, "null"),
    (True, "true or false"),
    (5, "a number"),
    (1.5, "a number"),
    (dt.date(2026, 1, 31), "a date or time"),
    (dt.datetime(2026, 1, 31, tzinfo=dt.timezone.utc), "a date or time"),
    (dt.time(12), "a date or time"),
    ("x", "a string"),
    ({}, "a dictionary"),
    ([], "a list"),
    ((), "a list"),
    (b"x", "not a plain value"),
]


@pytest.mark.parametrize(("value", "expected"), DESCRIBED, ids=[str(type(value).__name__) for value, _words in DESCRIBED])
def test_a_value_is_described_by_its_type(value: Any, expected: str) -> None:
    assert describe(value) == expected


@pytest.mark.parametrize("name", [name for name in (*OF_KIND[Kind.TEXT], *OF_KIND[Kind.KEY]) if not OPTIONS[name].choices])
@pytest.mark.parametrize("value", ["", " 0123 ", "acme\n"])
def test_a_string_is_unchanged(name: str, value: str) -> None:
    assert convert(name, OPTIONS[name], value) == value


LISTS: dict[str, tuple[Any, list[str]]] = {
    "list": (["a", "b"], ["a", "b"]),
    "tuple": (("a", "b"), ["a", "b"]),
    "one string": ("READ_ONLY_ADMIN", ["READ_ONLY_ADMIN"]),
    "strings between commas": ("a, b,c", ["a", "b", "c"]),
    "strings with spaces": ("Head office, Rezonate", ["Head office", "Rezonate"]),
    "JSON": ('["a", "b"]', ["a", "b"]),
    "YAML": ("[a, b]", ["a", "b"]),
    "YAML of lines": ("- a\n- b\n", ["a", "b"]),
    "nothing": ("", []),
    "empty list as a string": ("[]", []),
}


@pytest.mark.parametrize("case", LISTS)
@pytest.mark.parametrize("name", [name for name in OF_KIND[Kind.LIST] if not OPTIONS[name].choices])
def test_a_list_can_be_a_string(name: str, case: str) -> None:
    value, expected = LISTS[case]
    assert convert(name, OPTIONS[name], value) == expected


NO_LISTS: dict[str, Any] = {
    "null": None,
    "number": 5,
    "dictionary": {"a": 1},
    "boolean": True,
    "number entry": ["a", 5],
    "number in YAML": "[0123]",
    "null entry": [None],
    "blank entry": ["a", " "],
    "nothing between commas": "a,,b",
    "broken": "[a",
}


@pytest.mark.parametrize("case", NO_LISTS)
@pytest.mark.parametrize("name", OF_KIND[Kind.LIST])
def test_other_types_are_refused_where_a_list_of_strings_is_needed(name: str, case: str) -> None:
    with pytest.raises(InputError, match=f"^{name} "):
        convert(name, OPTIONS[name], NO_LISTS[case])


FLAGS: dict[Any, bool] = {
    "true": True,
    "True": True,
    "yes": True,
    "on": True,
    "y": True,
    "T": True,
    " true ": True,
    "1": True,
    "false": False,
    "False": False,
    "no": False,
    "off": False,
    "n": False,
    "F": False,
    "0": False,
}


# Neither booleans nor whole numbers.
NO_FLAGS: list[tuple[Any, str]] = [(None, "null"), (0.5, "a number"), (["1"], "a list"), (Decimal(1), "not a plain value")]


@pytest.mark.parametrize("name", OF_KIND[Kind.FLAG])
def test_a_boolean_can_be_a_string_or_a_number(name: str) -> None:
    for value, expected in [*FLAGS.items(), (True, True), (False, False), (1, True), (0, False)]:
        assert convert(name, OPTIONS[name], value) is expected
    for value, called in (*NO_FLAGS, ("maybe", "another string"), ("", "another string"), (2, "a number")):
        with pytest.raises(InputError, match=f"^{name} is neither true nor false, but {called}: use true or false"):
            convert(name, OPTIONS[name], value)


@pytest.mark.parametrize("name", OF_KIND[Kind.NUMBER])
def test_a_number_can_be_a_string(name: str) -> None:
    number = int((OPTIONS[name].choices or ("7",))[0])
    assert (convert(name, OPTIONS[name], str(number)), convert(name, OPTIONS[name], number)) == (number, number)
    for value, called in (
        *NO_FLAGS,
        (True, "true or false"),
        ("many", "another string"),
        ("", "another string"),
        ("9" * 10, "another string"),
        ("7.0", "another string"),
        ("-", "another string"),
    ):
        with pytest.raises(InputError, match=f"^{name} is not a whole number, but {called}: set a whole number"):
            convert(name, OPTIONS[name], value)


ROLES = {"role": "cr0made-up", "resource_set": "iammade-up"}


@pytest.mark.parametrize("value", [[ROLES], json.dumps([ROLES]), json.dumps(ROLES), "[{role: cr0made-up, resource_set: iammade-up}]"])
def test_custom_roles_can_be_a_string(value: Any) -> None:
    name = "rezonate_remediation_custom_roles"
    assert convert(name, OPTIONS[name], value) == [ROLES]


NO_ROLES: list[Any] = ["cr0made-up", [{"role": "cr0made-up"}], [{**ROLES, "role": 5}], [{**ROLES, "more": "x"}], [list(ROLES)], 5, None]


@pytest.mark.parametrize("value", NO_ROLES)
def test_invalid_custom_roles_are_refused(value: Any) -> None:
    name = "rezonate_remediation_custom_roles"
    with pytest.raises(InputError, match=f"^{name}"):
        convert(name, OPTIONS[name], value)


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option.choices and option.kind is Kind.TEXT])
def test_a_value_outside_the_choices_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name} .*: (use|choose one of) {OPTIONS[name].choices[0]}"):
        convert(name, OPTIONS[name], "../../evil")


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option.choices and option.kind is Kind.TEXT])
def test_each_choice_is_accepted(name: str) -> None:
    assert [convert(name, OPTIONS[name], choice) for choice in OPTIONS[name].choices] == list(OPTIONS[name].choices)


@pytest.mark.parametrize("name", [name for name in OF_KIND[Kind.NUMBER] if OPTIONS[name].choices])
def test_a_number_next_to_a_choice_is_refused(name: str) -> None:
    for choice in OPTIONS[name].choices:
        assert convert(name, OPTIONS[name], choice) == int(choice)
        with pytest.raises(InputError, match=f"^{name} .*: use {OPTIONS[name].choices[0]}"):
            convert(name, OPTIONS[name], int(choice) + 1)


@pytest.mark.parametrize("name", [name for name in OF_KIND[Kind.NUMBER] if not OPTIONS[name].choices])
@pytest.mark.parametrize("value", ["9" * 9, "+7", "-7", " 7 ", "007"])
def test_a_string_of_a_number_is_a_number(name: str, value: str) -> None:
    assert convert(name, OPTIONS[name], value) == int(value)


@pytest.mark.parametrize("name", OF_KIND[Kind.CHOICE])
def test_an_unquoted_true_is_accepted_as_a_choice(name: str) -> None:
    assert (convert(name, OPTIONS[name], True), convert(name, OPTIONS[name], "TRUE")) == ("true", "true")


@pytest.mark.parametrize("name", OF_KIND[Kind.KEY])
def test_a_private_key_can_be_a_dictionary(name: str) -> None:
    assert json.loads(convert(name, OPTIONS[name], {"kty": "RSA"})) == {"kty": "RSA"}


@pytest.mark.parametrize("name", OF_KIND[Kind.KEY])
def test_a_private_key_is_neither_a_dictionary_of_other_types_nor_a_list(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name} is a dictionary but not a JWK: "):
        convert(name, OPTIONS[name], {"kty": dt.date(2026, 1, 31)})
    with pytest.raises(InputError, match=f"^{name} is a list where a string is needed, "):
        convert(name, OPTIONS[name], ["made-up"])


@pytest.mark.parametrize("value", [5, 1.5, None, ["true"], {}])
@pytest.mark.parametrize("name", OF_KIND[Kind.CHOICE])
def test_a_choice_is_a_string_or_a_boolean(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"^{name} is .* where a string is needed, "):
        convert(name, OPTIONS[name], value)


@pytest.mark.parametrize("name", [name for name in OF_KIND[Kind.LIST] if OPTIONS[name].choices])
def test_each_entry_of_a_list_is_one_of_its_choices(name: str) -> None:
    choices = list(OPTIONS[name].choices)
    assert convert(name, OPTIONS[name], choices) == convert(name, OPTIONS[name], ", ".join(choices)) == choices
    with pytest.raises(InputError, match=rf"^{name} is not one of its choices: use {', '.join(choices)}\.$"):
        convert(name, OPTIONS[name], [choices[0], "evil"])


@pytest.mark.parametrize("name", OF_KIND[Kind.TOKENS])
def test_tokens_are_a_dictionary_or_a_string(name: str) -> None:
    for value in ({"acme": SECRET}, f"acme: {SECRET}", {}, ""):
        assert convert(name, OPTIONS[name], value) == value
    for other, called in (([SECRET], "a list"), (None, "null"), (5, "a number")):
        with pytest.raises(InputError, match=f"^{name} is {called}: set a dictionary of names and tokens, "):
            convert(name, OPTIONS[name], other)


def refusal(name: str, value: Any) -> str:
    """The message that refuses a value; empty where it is accepted."""
    try:
        convert(name, OPTIONS[name], value)
    except InputError as error:
        return str(error)
    return ""


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


WORDS = st.from_regex(r"[A-Za-z0-9._-]{1,12}", fullmatch=True)
NUMBERS = st.integers(0, 999_999)
# Valid values of each kind, as variables files and the command line give them.
VALID: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: st.text(),
    Kind.CHOICE: st.booleans(),
    Kind.KEY: st.text() | st.dictionaries(WORDS, WORDS),
    Kind.FLAG: st.booleans() | st.sampled_from(["true", "No", " on ", "0", 1]),
    Kind.NUMBER: NUMBERS | NUMBERS.map(str),
    Kind.LIST: st.lists(WORDS) | st.lists(WORDS).map(", ".join) | st.lists(WORDS).map(json.dumps),
    Kind.NAMES: st.lists(WORDS) | st.lists(WORDS).map(" , ".join) | st.lists(WORDS).map(json.dumps) | NUMBERS,
    Kind.TOKENS: st.dictionaries(WORDS, WORDS) | st.text(),
}
TYPES = {Kind.FLAG: bool, Kind.NUMBER: int, Kind.LIST: list, Kind.NAMES: list, Kind.DICTIONARIES: list, Kind.TOKENS: (dict, str)}


@st.composite
def values(draw: st.DrawFn) -> tuple[str, Any]:
    """Generate a variable, and a value that is valid as often as not."""
    name = draw(st.sampled_from(sorted(OPTIONS)))
    option = OPTIONS[name]
    if option.kind is Kind.DICTIONARIES:
        valid: st.SearchStrategy[Any] = st.lists(st.fixed_dictionaries(dict.fromkeys(option.choices, WORDS)))
    elif not option.choices:
        valid = VALID[option.kind]
    else:
        valid = st.lists(st.sampled_from(option.choices)) if option.kind is Kind.LIST else st.sampled_from(option.choices)
    return name, draw(either(valid, PLAIN))


@accepts(0.25)
@given(values())
def test_any_value_is_converted_or_refused_with_the_name_of_its_variable(given_value: tuple[str, Any]) -> bool:
    name, value = given_value
    refused = refusal(name, value)
    if refused:
        assert refused.startswith(name)
        return False
    assert isinstance(convert(name, OPTIONS[name], value), TYPES.get(OPTIONS[name].kind, str))
    return True


@pytest.mark.parametrize("value", [["a", "b", "3"], "a b,3", " a,,b\n3 ", '["a", "b", 3]', ("a", "b", 3)])
def test_names_are_a_list_or_a_string_with_commas_or_blanks(value: Any) -> None:
    assert convert("rezonate_offboard_tenants", OPTIONS["rezonate_offboard_tenants"], value) == ["a", "b", "3"]


@pytest.mark.parametrize("value", [[SECRET, 5], {SECRET: SECRET}, SECRET])
def test_no_message_repeats_a_value(value: Any) -> None:
    # the name of a store is never a secret
    assert [name for name in OPTIONS if SECRET in refusal(name, value)] in ([], ["rezonate_credential_store"])
