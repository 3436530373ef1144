# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tenants stand before the run that is stopped."""

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
from .findings import Wanted

ROLE = Path(__file__).resolve().parents[2] / "roles" / "rezonate"
FEW = ("okta.apps.read", "okta.groups.read", "okta.logs.read", "okta.users.read")
# An app made a moment ago is missing from the list for so long.
LAG = 10.0
MAKES_ADMINS = "first run, org that makes apps super admins"


@cache
def default_scopes() -> tuple[str, ...]:
    """Give the scopes that a new tenant gets, the optional ones included."""
    content = yaml.safe_load((ROLE / "vars" / "main" / "scopes.yml").read_text(encoding="utf-8"))
    sets = content["rezonate__scope_sets"]
    newest = sets[max(sets, key=int)]
    return tuple(sorted([*newest["scopes"], *newest["optional_scopes"]]))


def few_scopes() -> dict[str, Any]:
    """Give the variables that ask for few scopes."""
    return {"rezonate_scopes": list(FEW), "rezonate_optional_scopes": []}


def kept(tenant: Tenant, key: str = "ours", **more: Any) -> dict[str, Any]:
    """Give what the file holds once the key is kept."""
    name = {"method": "oauth", "tenant_id": tenant.name, "org_url": tenant.org_url, "scopes_version": 1}
    return {**name, "key_id": key, "private_key": pem(key), "private_jwk": private_jwk(key), **more}


def ago(**span: float) -> str:
    """Give a moment as the file has it."""
    return (datetime.now(timezone.utc) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def proven(node: ControlNode, tenant: Tenant, *scopes: str, role: str = "READ_ONLY_ADMIN") -> str:
    """Let a tenant be onboarded and verified, without a run; give the app's id."""
    app = tenant.add_app("Rezonate", [public_jwk("ours")])
    tenant.grant(app, *(scopes or FEW))
    tenant.assign_role(app, role)
    made = add_privileges(tenant, app)
    node.workspace.keep(tenant, kept(tenant, application_id=app, proven_at=ago(hours=1), unavailable_scopes=[], made=made))
    return app


Prepare = Callable[[ControlNode, Tenant], dict[str, Any]]


@dataclass(frozen=True)
class Scenario:
    """A run to be stopped.

    Args:
        name: what it is called.
        requests: how many requests such a run sends; a case checks that.
        steps: how many steps of writing the vault file it takes; likewise.
        prepare: brings the tenant about; gives the host's variables.
        wanted: how the tenant is to stand in the end.
        options: the tenant's.
    """

    name: str
    requests: int
    steps: int
    prepare: Prepare
    wanted: Wanted
    options: dict[str, Any] = field(default_factory=lambda: {"index_lag": LAG})


def _first(_node: ControlNode, _tenant: Tenant) -> dict[str, Any]:
    return {}


def _app_there(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    app = tenant.add_app("Rezonate", [public_jwk("ours")])
    tenant.state.apps[app].created -= 3600
    node.workspace.keep(tenant, kept(tenant, app_requested_at=ago(hours=1)))
    return few_scopes()


def _adopting(_node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    app = tenant.add_app("Rezonate", [public_jwk("vendors")])
    return {**few_scopes(), "rezonate_application_id": app, "rezonate_adopt_existing": True}


def _shared(_node: ControlNode, _tenant: Tenant) -> dict[str, Any]:
    return {**few_scopes(), "rezonate_exclusive": False}


def _second(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    proven(node, tenant)
    return few_scopes()


def _drifted(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    app = proven(node, tenant, *FEW[:2], "okta.apps.manage", role="SUPER_ADMIN")
    tenant.add_key(app, public_jwk("strangers"))
    tenant.set_app(app, label="Renamed")
    tenant.set_app_status(app, "INACTIVE")
    return few_scopes()


def _key_gone(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    tenant.remove_key(proven(node, tenant), "ours")
    return few_scopes()


def _app_gone(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    tenant.remove_app(proven(node, tenant))
    return few_scopes()


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("first run", 74, 24, _first, Wanted(default_scopes())),
        Scenario("first run, app there", 25, 21, _app_there, Wanted(FEW)),
        Scenario("first run, adopting", 27, 24, _adopting, Wanted(FEW, others=("vendors",))),
        Scenario(MAKES_ADMINS, 27, 24, _shared, Wanted(FEW), {"index_lag": LAG, "public_client_app_admins": True}),
        Scenario("second run", 7, 0, _second, Wanted(FEW)),
        Scenario("drifted run", 32, 0, _drifted, Wanted(FEW)),
        Scenario("run without our key", 22, 0, _key_gone, Wanted(FEW)),
        Scenario("run without the app", 44, 14, _app_gone, Wanted(FEW)),
    )
}
