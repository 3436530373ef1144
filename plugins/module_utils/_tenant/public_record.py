# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of a rotation, by the stored record without its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
