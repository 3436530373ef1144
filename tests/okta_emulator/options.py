# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a tenant."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass, field
from typing import Any

# A free org: these groups of endpoints share one limit. The headers reported half of it to a token or an app: ten calls per minute.
FREE_ORG: dict[str, int | str] = {
    "apps.create": 20,
    "apps": "apps.create",
    "app.lifecycle": "apps.create",
    "app.credentials": "apps.create",
    "grants": "apps.create",
    "app": 100,
    "api_tokens": 100,
    "iam": 200,
    "token": 300,
}

# The share of a bucket that an API token or an app can use.
PRINCIPAL_SHARE = 0.5

# Medians, in seconds, of recorded calls.
RECORDED_LATENCY: dict[str, float] = {
    "apps.create": 1.7,
    "apps": 1.1,
    "app.read": 1.1,
    "app": 0.8,
    "app.delete": 1.3,
    "app.lifecycle": 0.8,
    "app.credentials": 0.6,
    "grants": 0.6,
    "client_roles": 0.7,
    "user_roles": 0.7,
    "api_services.create": 1.5,
    "default": 0.4,
}

# Features that an org can have or lack, some of which are licensed.
FEATURES = (
    "adaptive_mfa",
    "ai_agents",
    "api_access_management",
    "device_access",
    "governance",
    "identity_sources",
    "identity_threat_protection",
    "log_streams",
    "privileged_access",
    "realms",
)

# The initial users; the first owns the bootstrap token.
USERS: list[dict[str, Any]] = [
    {"login": "owner", "roles": ["SUPER_ADMIN"]},
    {"login": "auditor", "roles": ["READ_ONLY_ADMIN"]},
    *({"login": f"user{number}"} for number in range(1, 6)),
]

PRESETS: dict[str, dict[str, Any]] = {"rate_limits": {"free_org": FREE_ORG}, "latency": {"recorded": RECORDED_LATENCY}}


@dataclass
class Options:
    """The options of a tenant; each can be changed at any time."""

    domain: str = "okta.com"
    custom_domain: str | None = None
    hosts: list[str] = field(default_factory=list)
    users: list[dict[str, Any]] = field(default_factory=lambda: copy.deepcopy(USERS))
    public_client_app_admins: bool = False
    super_admin_delay: float = 0
    # Whether Okta repeats this with a later grant is unknown.
    super_admin_each_grant: bool = False
    role_delay: float = 0
    index_lag: float = 0
    # The forms in which texts such as labels are stored, applied in this order: NFC, NFD, trimmed, escaped.
    stored_text: list[str] = field(default_factory=list)
    # The default of a new service app without a value; the Admin Console enables it.
    dpop_default: bool = False
    # The value of Universal Logout in apps: an object on newer orgs.
    universal_logout: dict[str, str] | None = None
    # The endpoints of missing features are refused: 401 E0000015.
    features: list[str] = field(default_factory=lambda: list(FEATURES))
    unavailable_scopes: list[str] = field(default_factory=list)
    extra_scopes: list[str] = field(default_factory=list)
    # Types of the API service integrations in the org's catalog.
    catalogue: list[str] = field(default_factory=lambda: ["anzennaapiservice", "rezonate_security"])
    max_apps: int | None = None
    max_keys: int = 50
    # Limits by group of endpoints for the whole org; an API token or an app can use its share of each.
    rate_limits: dict[str, int | str] = field(default_factory=dict)
    principal_share: float = PRINCIPAL_SHARE
    default_rate_limit: int = 100_000
    rate_window: float = 60
    max_concurrent: int | None = None
    clock_skew: float = 0
    page_size: int | None = None
    link_host: str | None = None
    # Query parameters that links to the next page lack: `expand` until 2026.07.3.
    lost_in_links: list[str] = field(default_factory=list)
    grant_status: int = 201
    latency: dict[str, float] = field(default_factory=dict)
    jwks_list_wrapped: bool = False
    dpop_api_nonce: bool = False
    pipeline: str = "idx"

    def update(self, values: dict[str, Any]) -> None:
        """Set options by name; presets can be given by name."""
        names = {item.name for item in dataclasses.fields(self)}
        for name, value in values.items():
            if name not in names:
                raise ValueError(f"unknown tenant option {name!r}, one of: {', '.join(sorted(names))}")
            if name == "features" and set(value) - set(FEATURES):
                raise ValueError(f"unknown feature among {', '.join(value)}, all are: {', '.join(FEATURES)}")
            setattr(self, name, _preset(name, value))


def _preset(name: str, value: Any) -> Any:
    """Return the value of a named preset; other values unchanged."""
    if not isinstance(value, str) or name not in PRESETS:
        return value
    if value not in PRESETS[name]:
        raise ValueError(f"unknown preset {value!r} of {name}")
    return PRESETS[name][value]
