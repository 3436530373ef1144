# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The public part of a stored record: what it holds by method, and the status of a rotation. No secret is among it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECRET_MEMBERS = ("private_key", "client_secret", "api_token")
_NEXT = ("key_id", "requested_at", "proven_at")


def by_method(stored: Mapping[str, Any], open_members: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What is stored for each method; of its secrets only their names.

    Args:
        stored: the record, as it is stored.
        open_members: the names of the members that are no secrets.
    """
    entries = {str(name): entry for name, entry in stored.get("previous", {}).items()}
    if "method" in stored:
        entries[str(stored["method"])] = stored
    return {name: _public(entry, open_members) for name, entry in entries.items()}


def _public(entry: Mapping[str, Any], open_members: tuple[str, ...]) -> dict[str, Any]:
    found = {name: entry[name] for name in (*open_members, "owner", "retiring") if name in entry}
    if "next" in entry:
        found["next"] = {name: entry["next"][name] for name in _NEXT if name in entry["next"]}
    return {**found, "secret_members": [name for name in SECRET_MEMBERS if name in entry]}


def rotation(current: Mapping[str, Any]) -> dict[str, str]:
    """The stage of the rotation, and since when; without a rotation, when the credentials were verified.

    Args:
        current: the record of the method that counts.
    """
    following = current.get("next") or {}
    if following:
        stage = "prepared" if "proven_at" in following else "preparing"
    elif "retiring" in current:
        stage = "finishing"
    else:
        stage = "taking over" if current.get("take_over") else "none"
    times = (following.get("proven_at"), following.get("requested_at"), current.get("proven_at"))
    return {"stage": stage, "since": next((str(time) for time in times if time), "")}
