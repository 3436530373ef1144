# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authentication methods with which Rezonate reads an Okta tenant."""

from __future__ import annotations

METHODS = ("oauth", "api_service_integration", "api_token")
