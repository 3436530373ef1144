# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the default scopes of a tenant, so that a new release never extends access by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import InputError


def choose_scope_set(sets: Mapping[str, Mapping[str, Any]], requested: int, stored: int | None) -> dict[str, Any]:
    """Choose the version: the requested one, else the stored one, else the newest.

    Args:
        sets: ``scopes`` and ``optional_scopes`` of each version.
        requested: the version in rezonate_scopes_version; 0 where it isn't set.
        stored: the version in the stored record; None where there is none.

    Returns:
        ``version``, ``newest``, ``scopes``, ``optional_scopes``, and those of the newest version, ``newer`` and ``newer_optional_scopes``.

    Raises:
        InputError: there is no such version.
    """
    newest = max(map(int, sets))
    version = requested or stored or newest
    if str(version) not in sets:
        origin = "rezonate_scopes_version" if requested else "The scopes_version of the stored record"
        raise InputError(
            f"{origin} is {version}, which this release doesn't have: set rezonate_scopes_version to one of {', '.join(sets)}."
        )
    chosen = sets[str(version)]
    return {
        "version": version,
        "newest": newest,
        "scopes": list(chosen["scopes"]),
        "optional_scopes": list(chosen["optional_scopes"]),
        "newer": list(sets[str(newest)]["scopes"]),
        "newer_optional_scopes": list(sets[str(newest)]["optional_scopes"]),
    }
