# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a caller gives: lists of scopes, permissions and roles, and texts that name something."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import InputError

# A form, never a list of known ones: Okta adds scopes all the time.
_SCOPE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+")


def text_of(params: Mapping[str, Any], option: str) -> str | None:
    """An option's text, stripped; None where it isn't given.

    Raises:
        InputError: it is blank, so that as a part of a path it would name nothing, and the path all of them.
    """
    value = params[option]
    if value is not None and not value.strip():
        raise InputError(f"{option} is empty: give it, or leave it out.")
    return None if value is None else str(value).strip()


def each_once(values: Sequence[str], option: str) -> tuple[str, ...]:
    """The values stripped, each once, in their order.

    Raises:
        InputError: one of them is empty.
    """
    stripped = [str(value).strip() for value in values]
    if not all(stripped):
        raise InputError(f"{option} holds an empty entry.")
    return tuple(dict.fromkeys(stripped))


def check_scopes(given: Sequence[str], option: str, noun: str = "scope") -> tuple[str, ...]:
    """The scopes, each once; or the permissions, which have the same form.

    Raises:
        InputError: one isn't of that form.
    """
    scopes = each_once(given, option)
    for scope in scopes:
        if not _SCOPE.fullmatch(scope):
            raise InputError(f"{option}: {scope!r} isn't of the form of a {noun}, such as okta.users.read.")
    return scopes
