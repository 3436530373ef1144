# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings about unknown variables: such a name is probably misspelled, and Ansible ignores it silently."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from .options import OPTIONS

# Other names with the prefix: internal variables, artifacts, the interface of stores, the example store, the playbooks.
_PREFIXES = (
    "rezonate__",
    "rezonate_tenant_result_",
    "rezonate_audit_result_",
    "rezonate_stored_credentials_",
    "rezonate_store_",
    "rezonate_hashi_vault_",
)
_OTHER_NAMES = frozenset(
    {"rezonate_stored", "rezonate_credentials", "rezonate_fleet_summary", "rezonate_waves", "rezonate_wave_max_fail_percentage"}
)
_NAME = re.compile(r"rezonate_\w*", re.IGNORECASE)


def unknown_names(names: Iterable[str]) -> list[str]:
    """Return a warning for each variable that has the role's prefix and is unknown.

    Args:
        names: the names of all variables of a host.
    """
    known = (*OPTIONS, *sorted(_OTHER_NAMES))
    found = sorted({name for name in names if _NAME.fullmatch(name) and name not in known and not name.startswith(_PREFIXES)})
    return [f"The variable {name} is unknown to the role rezonate.okta.rezonate and has no effect; {_nearest(name)}" for name in found]


def _nearest(name: str) -> str:
    (nearest,) = difflib.get_close_matches(name.lower(), OPTIONS, n=1, cutoff=0)
    return f"the closest known variable is {nearest}."
