# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States of tenants before the run that is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from helpers.okta_client import public_jwk
from helpers.workspace import add_privileges, pem, private_jwk
from okta_emulator import Tenant

from .control_node import ControlNode
from .findings import DesiredState

ROLE = Path(__file__).resolve().parents[2] / "roles" / "rezonate"
FEW = ("okta.apps.read", "okta.groups.read", "okta.logs.read", "okta.users.read")
# Seconds for which a new app is missing from the list.
LAG = 10.0
MAKES_ADMINS = "first run, org that makes apps super admins"


@cache
def default_scopes() -> tuple[str, ...]:
    """Return the scopes of a new tenant, including the optional ones."""
    content = yaml.safe_load((ROLE / "vars" / "main" / "scopes.yml").read_text(encoding="utf-8"))
    sets = content["rezonate__scope_sets"]
    newest = sets[max(sets, key=int)]
    return tuple(sorted([*newest["scopes"], *newest["optional_scopes"]]))


def few_scopes() -> dict[str, Any]:
    """Return the variables for few scopes."""
    return {"rezonate_scopes": list(FEW), "rezonate_optional_scopes": []}


def stored_record(tenant: Tenant, key: str = "managed", **more: Any) -> dict[str, Any]:
    """Return the stored record after the key is stored."""
    name = {"method": "oauth", "tenant_id": tenant.name, "org_url": tenant.org_url, "scopes_version": 1}
    return {**name, "key_id": key, "private_key": pem(key), "private_jwk": private_jwk(key), **more}


def ago(**span: float) -> str:
    """Return a time in the past, in the format of the record."""
    return (datetime.now(timezone.utc) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def onboarded(node: ControlNode, tenant: Tenant, *scopes: str, role: str = "READ_ONLY_ADMIN") -> str:
    """Create the state after a successful onboarding without a run; return the app's id."""
    app = tenant.add_app("Rezonate", [public_jwk("managed")])
    tenant.grant(app, *(scopes or FEW))
    tenant.assign_role(app, role)
    made = add_privileges(tenant, app)
    node.workspace.store(tenant, stored_record(tenant, application_id=app, proven_at=ago(hours=1), unavailable_scopes=[], made=made))
    return app


Prepare = Callable[[ControlNode, Tenant], dict[str, Any]]


@dataclass(frozen=True)
class Scenario:
    """A run that is interrupted.

    Args:
        name: the name of the scenario.
        requests: the number of requests of the run; a case checks it.
        steps: the number of steps of writing the vault file; a case checks it.
        prepare: prepares the tenant; returns the host's variables.
        desired: the desired state of the tenant.
        options: the options of the tenant in the emulator.
    """

    name: str
    requests: int
    steps: int
    prepare: Prepare
    desired: DesiredState
    options: dict[str, Any] = field(default_factory=lambda: {"index_lag": LAG})


def _first(_node: ControlNode, _tenant: Tenant) -> dict[str, Any]:
    return {}


def _app_exists(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    app = tenant.add_app("Rezonate", [public_jwk("managed")])
    tenant.state.apps[app].created -= 3600
    node.workspace.store(tenant, stored_record(tenant, app_requested_at=ago(hours=1)))
    return few_scopes()


def _adopting(_node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    app = tenant.add_app("Rezonate", [public_jwk("vendors")])
    return {**few_scopes(), "rezonate_application_id": app, "rezonate_adopt_existing": True}


def _shared(_node: ControlNode, _tenant: Tenant) -> dict[str, Any]:
    return {**few_scopes(), "rezonate_exclusive": False}


def _second(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    onboarded(node, tenant)
    return few_scopes()


def _drifted(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    app = onboarded(node, tenant, *FEW[:2], "okta.apps.manage", role="SUPER_ADMIN")
    tenant.add_key(app, public_jwk("foreign"))
    tenant.set_app(app, label="Renamed")
    tenant.set_app_status(app, "INACTIVE")
    return few_scopes()


def _key_deleted(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    tenant.remove_key(onboarded(node, tenant), "managed")
    return few_scopes()


def _app_deleted(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    tenant.remove_app(onboarded(node, tenant))
    return few_scopes()


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("first run", 74, 24, _first, DesiredState(default_scopes())),
        Scenario("first run, app exists", 25, 21, _app_exists, DesiredState(FEW)),
        Scenario("first run, adopting", 27, 24, _adopting, DesiredState(FEW, others=("vendors",))),
        Scenario(MAKES_ADMINS, 27, 24, _shared, DesiredState(FEW), {"index_lag": LAG, "public_client_app_admins": True}),
        Scenario("second run", 7, 0, _second, DesiredState(FEW)),
        Scenario("drifted run", 32, 0, _drifted, DesiredState(FEW)),
        Scenario("run without the managed key", 22, 0, _key_deleted, DesiredState(FEW)),
        Scenario("run without the app", 44, 14, _app_deleted, DesiredState(FEW)),
    )
}
