# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read to show that an access token works."""

from __future__ import annotations

from collections.abc import Collection, Mapping

# The first whose scope the token has is read.
_ENDPOINTS: Mapping[str, str] = {
    "okta.users.read": "/api/v1/users?limit=1",
    "okta.groups.read": "/api/v1/groups?limit=1",
    "okta.apps.read": "/api/v1/apps?limit=1",
    "okta.logs.read": "/api/v1/logs?limit=1",
}


def endpoints(scopes: Collection[str]) -> list[str]:
    """The endpoints to read with a token of these scopes: one, or none where no scope lets it read any of them."""
    return [endpoint for scope, endpoint in _ENDPOINTS.items() if scope in scopes][:1]
