# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of a list of tenants, whatever file it was read from, and what no row may hold: a secret in clear."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...module_utils._core.errors import InputError
from .._runner.secret_patterns import NAME, OKTA_TOKENS

Value = str | int | float | bool

COLUMN = re.compile(r"[a-z][a-z0-9_]*\Z")
_SECRET_NAME = re.compile(NAME)
_SECRET_VALUE = re.compile(rf"{OKTA_TOKENS}|BEGIN [A-Z ]*PRIVATE KEY")


class LineError(InputError):
    """Something is wrong in a line of a file; no value of the file is repeated, it may be a secret.

    Args:
        line: the line, counted from 1.
        sentence: what is wrong, and what to do.
    """

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")


@dataclass(frozen=True)
class Row:
    """One tenant as a file has it.

    Args:
        line: where it begins, counted from 1.
        cells: its values by the names of the columns; no empty ones.
    """

    line: int
    cells: Mapping[str, Value]


def column(name: str, number: int, line: int) -> str:
    """Read the name of a column.

    Args:
        name: as the file has it; capitals and spaces around it don't matter.
        number: which column it is, for the error.
        line: where it stands, for the error.

    Raises:
        LineError: no variable could be called so.
    """
    found = name.strip().lower()
    if not COLUMN.match(found):
        raise LineError(line, f"the name of column {number} is no name of a variable: use letters, digits and underscores.")
    return found


def names_secret(name: str) -> bool:
    """Whether a column of this name is for secrets."""
    return _SECRET_NAME.search(name) is not None


def is_secret(value: Value) -> bool:
    """Whether a value looks like a secret, or has one in it."""
    return isinstance(value, str) and _SECRET_VALUE.search(value) is not None
