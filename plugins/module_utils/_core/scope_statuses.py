# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of a granted scope, as found by reads with an access token."""

from __future__ import annotations

USABLE, EMPTY, NO_ROLE, NO_SCOPE, NO_FEATURE, UNKNOWN = STATUSES = (
    "usable",
    "empty",
    "refused_by_role",
    "refused_by_scope",
    "feature_not_available",
    "unknown",
)
