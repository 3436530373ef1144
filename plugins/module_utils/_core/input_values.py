# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validation of option values: texts, and lists of scopes, permissions and roles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import InputError

# The form only, not a list of known scopes: Okta adds scopes regularly.
_SCOPE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+")


def optional_text(params: Mapping[str, Any], option: str) -> str | None:
    """The text of an option, stripped; None if it isn't set.

    Raises:
        InputError: it is blank; in a URL path it would address the whole collection.
    """
    value = params[option]
    if value is not None and not value.strip():
        raise InputError(f"{option} is empty: give it, or leave it out.")
    return None if value is None else str(value).strip()


def unique_values(values: Sequence[str], option: str) -> tuple[str, ...]:
    """The values, stripped, without duplicates, in their order.

    Raises:
        InputError: one of them is empty.
    """
    stripped = [str(value).strip() for value in values]
    if not all(stripped):
        raise InputError(f"{option} holds an empty entry.")
    return tuple(dict.fromkeys(stripped))


def check_scopes(given: Sequence[str], option: str, noun: str = "scope") -> tuple[str, ...]:
    """The scopes, or the permissions, which have the same form, without duplicates.

    Raises:
        InputError: one has an invalid form.
    """
    scopes = unique_values(given, option)
    for scope in scopes:
        if not _SCOPE.fullmatch(scope):
            raise InputError(f"{option}: {scope!r} isn't of the form of a {noun}, such as okta.users.read.")
    return scopes
