# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints that are read to verify an access token."""

from __future__ import annotations

from collections.abc import Collection

from .scope_access import ACCESS

# In order of preference: the endpoint of the first scope that the token has is read.
_SCOPES = ("okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read")


def verification_endpoints(scopes: Collection[str]) -> list[str]:
    """The endpoints to read with a token of these scopes: one, or none where no scope covers any of them."""
    return [endpoint for scope in _SCOPES if scope in scopes and (endpoint := ACCESS[scope].read)][:1]
