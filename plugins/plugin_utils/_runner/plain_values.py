# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversion of Ansible's values to Python's own types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def plain_value(value: Any) -> Any:
    """A value in Python's own types: without Ansible's tags, lazy containers and deferred decryption."""
    if isinstance(value, Mapping):
        return {plain_value(name): plain_value(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain_value(entry) for entry in value]
    if value is None or isinstance(value, (bool, bytes)):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # a plain str, also of a subclass
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    return str(value)
