# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of a list of tenants, and the detection of plaintext secrets, which no row may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...module_utils._core.errors import InputError
from .._runner.secret_patterns import OKTA_TOKENS, SENSITIVE_NAME

Value = str | int | float | bool

COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_SECRET_NAME = re.compile(SENSITIVE_NAME)
_SECRET_VALUE = re.compile(rf"{OKTA_TOKENS}|BEGIN [A-Z ]*PRIVATE KEY")


class LineError(InputError):
    """A line of a file is invalid; its values aren't repeated in the message, since they may be secret.

    Args:
        line: the number of the line, from 1.
        sentence: the error and its remedy.
    """

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")


@dataclass(frozen=True)
class Row:
    """One tenant in a file.

    Args:
        line: the number of its first line, from 1.
        cells: its values by the names of the columns, without empty values.
    """

    line: int
    cells: Mapping[str, Value]


def read_column_name(name: str, number: int, line: int) -> str:
    """Read the name of a column.

    Args:
        name: the name in the file; its case and surrounding spaces are ignored.
        number: the number of the column, for the message.
        line: the number of the line, for the message.

    Raises:
        LineError: it isn't a valid name of a variable.
    """
    found = name.strip().lower()
    if not COLUMN_NAME.match(found):
        raise LineError(line, f"the name of column {number} isn't a valid name of a variable: use letters, digits and underscores.")
    return found


def is_secret_column(name: str) -> bool:
    """Whether the name of a column indicates that it holds secrets."""
    return _SECRET_NAME.search(name) is not None


def is_secret(value: Value) -> bool:
    """Whether a value looks like a secret, or contains one."""
    return isinstance(value, str) and _SECRET_VALUE.search(value) is not None
