# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversion of the values of the role's variables to their types.

An extra variable ``-e NAME=VALUE`` is always a string; YAML parses unquoted text as a number, a date, a boolean or null.
No message repeats a value, since it can be a secret.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import InputError
from .options import Kind, Option

# the module declares its requirements; a missing one is reported where the module runs
with contextlib.suppress(ImportError):
    import yaml

_TRUE, _FALSE = frozenset({"true", "yes", "on", "y", "t", "1"}), frozenset({"false", "no", "off", "n", "f", "0"})
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_QUOTES = "put it in quotes, or leave it out"


def convert(name: str, option: Option, value: Any) -> Any:
    """Convert the value of a variable.

    Args:
        name: the variable, for messages.
        option: its type.
        value: its value.

    Raises:
        InputError: the value is of another type.
    """
    converted = _CONVERTERS[option.kind](name, option, value)
    values = converted if option.kind is Kind.LIST else [converted]
    if option.choices and option.kind is not Kind.DICTIONARIES:
        wrong = [one for one in values if str(one) not in option.choices]
        if wrong:
            raise InputError(f"{name} {option.refusal.format(wrong[0])} {', '.join(option.choices)}.")
    return converted


def describe(value: Any) -> str:
    """Describe the type of a value, without the value."""
    if value is None:
        return "null"
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "true or false"),
        ((int, float), "a number"),
        ((dt.date, dt.time), "a date or time"),
        (str, "a string"),
        (Mapping, "a dictionary"),
        ((list, tuple), "a list"),
    )
    return next((noun for kind, noun in kinds if isinstance(value, kind)), "not a plain value")


def _text(name: str, _option: Option, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise InputError(f"{name} is {describe(value)} where a string is needed, as YAML parses it: {_QUOTES}.")


def _choice(name: str, option: Option, value: Any) -> str:
    return str(value).lower() if isinstance(value, (str, bool)) else _text(name, option, value)


def _key(name: str, option: Option, value: Any) -> str:
    if not isinstance(value, Mapping):
        return _text(name, option, value)
    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        raise InputError(
            f"{name} is a dictionary but not a JWK: set the private key as PEM, or as a JWK whose members are strings."
        ) from None


def _flag(name: str, _option: Option, value: Any) -> bool:
    text = str(value).strip().lower()
    if isinstance(value, (bool, int, str)) and text in _TRUE | _FALSE:
        return text in _TRUE
    raise InputError(f"{name} is neither true nor false, but {_other(value)}: use true or false.")


def _number(name: str, _option: Option, value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, (int, str)) and _NUMBER.fullmatch(text):
        return int(text)
    raise InputError(f"{name} is not a whole number, but {_other(value)}: set a whole number.")


def _other(value: Any) -> str:
    return "another string" if isinstance(value, str) else describe(value)


def _list(name: str, _option: Option, value: Any) -> list[str]:
    entries = _entries(name, value)
    for entry in entries:
        if not isinstance(entry, str):
            raise InputError(
                f"{name} has an entry that is {describe(entry)} where a string is needed, as YAML parses it: put it in quotes."
            )
        if not entry.strip():
            raise InputError(f"{name} has an empty entry: leave it out.")
    return [str(entry) for entry in entries]


def _names(name: str, option: Option, value: Any) -> list[str]:
    """A list of names; a number is the name that it is written as."""
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, str) and not value.strip().startswith("["):
        return re.findall(r"[^\s,]+", value)
    entries = _entries(name, value)
    return _list(name, option, [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in entries])


def _dictionaries(name: str, option: Option, value: Any) -> list[dict[str, str]]:
    entries = _entries(name, value)
    for entry in entries:
        if not isinstance(entry, Mapping) or set(entry) != set(option.choices):
            raise InputError(f"{name} has an entry that is not a dictionary of {' and '.join(option.choices)}.")
        for member in option.choices:
            _text(f"{name}: {member}", option, entry[member])
    return [{str(member): str(entry[member]) for member in option.choices} for entry in entries]


def _entries(name: str, value: Any) -> list[Any]:
    """A list; from a string, the list that it contains as JSON or YAML, or its parts between commas."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if not isinstance(value, str):
        raise InputError(f"{name} is {describe(value)} where a list is needed: set a list, such as [a, b].")
    if not value.strip().startswith(("[", "{", "- ")):
        return [entry.strip() for entry in value.split(",")] if value.strip() else []
    try:
        found = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError, RecursionError):
        found = None
    if isinstance(found, Mapping):
        found = [found]
    if isinstance(found, list):
        return found
    raise InputError(f"{name} is a string that is not a list: set a list, such as [a, b].")


def _tokens(name: str, _option: Option, value: Any) -> Any:
    if isinstance(value, (str, Mapping)):
        return value
    raise InputError(f"{name} is {describe(value)}: set a dictionary of names and tokens, or a string with a line 'name: token' for each.")


_CONVERTERS: Mapping[Kind, Callable[[str, Option, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.KEY: _key,
    Kind.FLAG: _flag,
    Kind.NUMBER: _number,
    Kind.LIST: _list,
    Kind.NAMES: _names,
    Kind.DICTIONARIES: _dictionaries,
    Kind.TOKENS: _tokens,
}
