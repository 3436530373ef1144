# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the file with the list of tenants."""

from __future__ import annotations

from pathlib import Path

from ...module_utils._core.errors import InputError
from . import csv_file, yaml_file
from .row import LineError, Row

# 1000 tenants are less than 1 MB; parsing 1 MB of YAML takes a second.
MAX_BYTES = 16 * 1024 * 1024


def read_tenant_file(path: Path, delimiter: str = ",") -> list[Row]:
    """Read all rows of a CSV or YAML file.

    Args:
        path: the file; its extension selects the format.
        delimiter: the character between cells of a CSV file.

    Raises:
        InputError: the file can't be read.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"path: {path} can't be read: {error.strerror}.") from None
    if len(content) > MAX_BYTES:
        raise InputError(f"path: {path} is larger than {MAX_BYTES} bytes: split the list, or set path to a file with the tenants only.")
    try:
        text = content.decode("utf-8-sig")  # Excel begins a file with a byte order mark
    except UnicodeDecodeError as error:
        raise LineError(content.count(b"\n", 0, error.start) + 1, "this isn't UTF-8: save the file as UTF-8.") from None
    return yaml_file.read_yaml(text) if path.suffix.lower() in (".yml", ".yaml") else csv_file.read_csv(text, delimiter)
