# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of the tenant acme, from its role variables, its stored record and the results so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import resolve_settings

URL = "https://acme.okta.com"
TIME, LATER = "2026-01-31T12:00:00Z", "2026-02-01T09:30:00Z"
SCOPES: dict[str, Any] = {
    "version": 3,
    "newest": 4,
    "scopes": ["okta.users.read", "okta.apps.read"],
    "optional_scopes": ["okta.devices.read", "okta.policies.read"],
    "newer": ["okta.users.read"],
    "newer_optional_scopes": ["okta.realms.read"],
}
APP_ID = "0oa1"
VERIFIED: dict[str, Any] = {"application_id": APP_ID, "key_id": "k1", "proven_at": TIME, "has_key": True}
INTEGRATED: dict[str, Any] = {"client_id": "0oa2", "requested_at": TIME, "proven_at": TIME, "has_secret": True, "has_secret_hash": True}
SUPPLIED: dict[str, Any] = {"owner": "auditor@acme.example", "proven_at": TIME, "has_token": True}
_WITHOUT = {"privilege_visibility": False}
CREDENTIAL = {"kind": "api_token", "source": "environment", "name": "OKTA_API_TOKEN", "line": None}


def plan(
    method: str = "oauth",
    known: Mapping[str, Any] | None = None,
    results: Mapping[str, Mapping[str, Any]] | None = None,
    options: Mapping[str, Any] | None = None,
    **members: Any,
) -> Plan:
    """Return a plan.

    Args:
        method: how Rezonate authenticates.
        known: the stored record when the run began, without secrets.
        results: what tasks returned, by step.
        options: role variables without ``rezonate_``. The role for reading privileges is omitted by default.
        members: other members of the plan.
    """
    settings = resolve_settings({f"rezonate_{name}": value for name, value in {**_WITHOUT, **(options or {})}.items()}, "acme")
    given: dict[str, Any] = {"work": "onboard", "credential": CREDENTIAL, "scopes": SCOPES, **members}
    return Plan(
        host="acme",
        tenant="acme",
        org_url=URL,
        method=method,
        options=settings.public(),
        known=known or {},
        results=results or {},
        **given,
    )


def app(**members: Any) -> dict[str, Any]:
    """Return the result of the step ``app`` for the app of `VERIFIED`."""
    found = {"id": APP_ID, "client_id": APP_ID, "dpop": False, "network_zones": []}
    own = {name: value for name, value in members.items() if name not in found}
    return {
        "app": {**found, **{name: value for name, value in members.items() if name in found}},
        "created": False,
        "adopted": False,
        **own,
    }
