# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of tenants in a CSV file (RFC 4180), as spreadsheets write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ...module_utils._core.errors import InputError
from .row import LineError, Row, read_column_name

_Line = tuple[int, list[str]]


def read_csv(text: str, delimiter: str = ",") -> list[Row]:
    """Read all rows.

    Args:
        text: the content of the file, with its original line ends.
        delimiter: the character between cells.

    Raises:
        InputError: the delimiter is invalid.
        LineError: a line is invalid.
    """
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise InputError("delimiter must be one character, such as a comma or a semicolon.")
    lines = _lines(text, delimiter)
    line, header = next(lines, (1, []))
    if not header:
        raise LineError(line, "there is no header: name the columns in the first line, such as tenant,domain,token.")
    names = _columns(line, header)
    return [Row(line, _cells(line, names, cells)) for line, cells in lines]


def _lines(text: str, delimiter: str) -> Iterator[_Line]:
    """The lines that aren't empty, with the number of their first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1  # a quoted cell can span several lines
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise LineError(line, "this isn't valid CSV: a quote isn't closed, or there is text outside the quotes of a cell.") from None
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield line, stripped


def _columns(line: int, header: list[str]) -> list[str]:
    if len(header) == 1 and any(sign in header[0] for sign in ",;\t|"):
        raise LineError(line, "the header is a single column: set the delimiter of the file with the option delimiter.")
    names = [read_column_name(name, number, line) for number, name in enumerate(header, 1)]
    for number, name in enumerate(names, 1):
        if name in names[: number - 1]:
            raise LineError(line, f"column {number} has the name of column {names.index(name) + 1}, {name!r}: use each name once.")
    return names


def _cells(line: int, names: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(names):
        raise LineError(line, f"there are {len(cells)} cells for {len(names)} columns: quote cells that contain the delimiter.")
    return {name: cell for name, cell in zip(names, cells, strict=True) if cell}
