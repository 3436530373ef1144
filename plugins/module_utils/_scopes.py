# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that a caller gives: scopes, roles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ._errors import InputError

# A form, never a list of known ones: Okta adds scopes all the time.
_SCOPE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+")


def each_once(values: Sequence[str], option: str) -> tuple[str, ...]:
    """The values stripped, each once, in their order.

    Raises:
        InputError: one of them is empty.
    """
    stripped = [str(value).strip() for value in values]
    if not all(stripped):
        raise InputError(f"{option} holds an empty entry.")
    return tuple(dict.fromkeys(stripped))


def check_scopes(given: Sequence[str], option: str) -> tuple[str, ...]:
    """The scopes, each once.

    Raises:
        InputError: one isn't of a scope's form.
    """
    scopes = each_once(given, option)
    for scope in scopes:
        if not _SCOPE.fullmatch(scope):
            raise InputError(f"{option}: {scope!r} isn't of the form of a scope, such as okta.users.read.")
    return scopes
