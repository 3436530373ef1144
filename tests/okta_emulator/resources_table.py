# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All operations."""

from __future__ import annotations

from .resources import (
    api_services,
    api_tokens,
    app_keys,
    app_secrets,
    apps,
    grants,
    groups,
    iam,
    iam_bindings,
    logs,
    org_settings,
    reads,
    role_assignments,
    tokens,
    users,
    zones,
)
from .routing import Route

_MODULES = (
    api_services, api_tokens, app_keys, app_secrets, apps, grants, groups,
    iam, iam_bindings, logs, org_settings, reads, role_assignments, tokens, users, zones,
)  # fmt: skip
ROUTES: list[Route] = [route for module in _MODULES for route in module.ROUTES]
