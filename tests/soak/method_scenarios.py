# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tenants of the other methods stand before the run that is stopped, and those that move, are hardened, or give their token back."""

from __future__ import annotations

from typing import Any

from okta_emulator import Tenant

from .control_node import ControlNode
from .findings import Wanted
from .inspection import OLD
from .scenarios import FEW, Scenario, ago, few_scopes, proven

SERVICE = "rezonate_security"
GROUP = "Contractors"
# The emulator is asked from here, so the proof of an app that is limited to these can run.
ADDRESSES = "127.0.0.0/8"
REMEDIATION = ("okta.groups.manage", "okta.users.manage")


def service_kept(tenant: Tenant, **more: Any) -> dict[str, Any]:
    """Give what the file holds of an integration once it is meant to be made."""
    name = {"method": "api_service_integration", "tenant_id": tenant.name, "org_url": tenant.org_url}
    return {**name, "requested_at": ago(minutes=30), **more}


def service_proven(node: ControlNode, tenant: Tenant, *scopes: str) -> str:
    """Let a tenant have an integration that is proven, without a run; give its id."""
    made = tenant.add_service(SERVICE, *(scopes or FEW), age=600)
    known = {"service_type": SERVICE, "secret_hash": tenant.services[0]["secrets"][0]["secret_hash"], "proven_at": ago(minutes=5)}
    node.workspace.keep(tenant, service_kept(tenant, **made, **known))
    return made["client_id"]


def token_kept(tenant: Tenant, **more: Any) -> dict[str, Any]:
    """Give what the file holds of a token that was handed over, which the tenant has from now on."""
    name = {"method": "api_token", "tenant_id": tenant.name, "org_url": tenant.org_url}
    return {**name, "api_token": tenant.add_api_token("auditor"), "owner": f"auditor@{tenant.name}.example", **more}


def service_variables(**more: Any) -> dict[str, Any]:
    """Give the variables that ask for an integration."""
    return {**few_scopes(), "rezonate_method": "api_service_integration", **more}


def hardened(tenant: Tenant) -> dict[str, Any]:
    """Give the variables of everything that an app can be limited by."""
    tenant.add_group(GROUP)
    acting = {"rezonate_remediation": True, "rezonate_remediation_resource_groups": [GROUP]}
    return {**few_scopes(), **acting, "rezonate_dpop": True, "rezonate_source_addresses": [ADDRESSES]}


def _service(_node: ControlNode, _tenant: Tenant) -> dict[str, Any]:
    return service_variables()


def _secret_lost(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    # Okta had answered, and the run was killed before it wrote
    tenant.add_service(SERVICE, *FEW, age=600)
    node.workspace.keep(tenant, service_kept(tenant))
    return service_variables()


def _service_second(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    service_proven(node, tenant)
    return service_variables()


def _secret_deleted(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    tenant.state.services[service_proven(node, tenant)].secrets.clear()
    return service_variables()


def _other_scopes(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    service_proven(node, tenant, *FEW[:2])
    return service_variables(rezonate_recreate=True)


def _service_gone(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    del tenant.state.services[service_proven(node, tenant)]
    return service_variables()


def _taking_over(_node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    tenant.add_service(SERVICE, *FEW, age=OLD)
    return service_variables(rezonate_adopt_existing=True)


def _token(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_method": "api_token", "rezonate_readonly_api_token": node.secret(tenant.add_api_token("auditor"))}


def _token_second(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    node.workspace.keep(tenant, token_kept(tenant, proven_at=ago(hours=1)))
    return {"rezonate_method": "api_token"}


def _hardened(_node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    return hardened(tenant)


def _moving(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    node.workspace.keep(tenant, token_kept(tenant, proven_at=ago(hours=1)))
    return few_scopes()


def _retiring(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    service_proven(node, tenant)
    previous = {"api_service_integration": node.workspace.credentials(tenant), "api_token": token_kept(tenant, proven_at=ago(hours=2))}
    proven(node, tenant)
    node.workspace.keep(tenant, {**node.workspace.credentials(tenant), "previous": previous})
    return {**few_scopes(), "rezonate_retire_previous": True}


def _revoking(_node: ControlNode, _tenant: Tenant) -> dict[str, Any]:
    return {**few_scopes(), "rezonate_revoke_bootstrap_token": True}


_SERVICE = Wanted(FEW, method="api_service_integration")
_TOKEN = Wanted((), method="api_token")
_HARDENED = Wanted((*FEW, *REMEDIATION), dpop=True, addresses=(ADDRESSES,), groups=(GROUP,))
METHOD_SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("integration, first run", 9, 24, _service, _SERVICE),
        Scenario("integration, secret lost", 12, 14, _secret_lost, _SERVICE),
        Scenario("integration, second run", 4, 0, _service_second, _SERVICE),
        Scenario("integration without our secret", 15, 21, _secret_deleted, _SERVICE),
        Scenario("integration with other scopes", 13, 14, _other_scopes, _SERVICE),
        Scenario("run without the integration", 24, 14, _service_gone, _SERVICE),
        Scenario("integration, taking over", 10, 24, _taking_over, Wanted(FEW, method="api_service_integration", strange_secrets=1)),
        Scenario("token, first run", 6, 10, _token, _TOKEN),
        Scenario("token, second run", 6, 0, _token_second, _TOKEN),
        Scenario("hardened first run", 38, 24, _hardened, _HARDENED),
        Scenario("moving from a token", 25, 21, _moving, Wanted(FEW, previous=("api_token",))),
        Scenario("retiring what was before", 13, 7, _retiring, Wanted(FEW)),
        Scenario("giving the token back", 27, 24, _revoking, Wanted(FEW)),
    )
}
