# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""States before the interrupted run for the other methods, and for migration, hardening and token revocation."""

from __future__ import annotations

from typing import Any

from okta_emulator import Tenant

from .control_node import ControlNode
from .findings import DesiredState
from .inspection import OLD
from .scenarios import FEW, Scenario, ago, few_scopes, onboarded

SERVICE = "rezonate_security"
GROUP = "Contractors"
# The requests come from these addresses, so an app that is limited to them can be verified.
ADDRESSES = "127.0.0.0/8"
REMEDIATION = ("okta.groups.manage", "okta.users.manage")


def service_record(tenant: Tenant, **more: Any) -> dict[str, Any]:
    """Return the stored record of an integration after the intent to create it is stored."""
    name = {"method": "api_service_integration", "tenant_id": tenant.name, "org_url": tenant.org_url}
    return {**name, "requested_at": ago(minutes=30), **more}


def onboarded_service(node: ControlNode, tenant: Tenant, *scopes: str) -> str:
    """Create a verified integration without a run; return its id."""
    made = tenant.add_service(SERVICE, *(scopes or FEW), age=600)
    known = {"service_type": SERVICE, "secret_hash": tenant.services[0]["secrets"][0]["secret_hash"], "proven_at": ago(minutes=5)}
    node.workspace.store(tenant, service_record(tenant, **made, **known))
    return made["client_id"]


def token_record(tenant: Tenant, **more: Any) -> dict[str, Any]:
    """Create an API token in the tenant; return the stored record of the token."""
    name = {"method": "api_token", "tenant_id": tenant.name, "org_url": tenant.org_url}
    return {**name, "api_token": tenant.add_api_token("auditor"), "owner": f"auditor@{tenant.name}.example", **more}


def service_variables(**more: Any) -> dict[str, Any]:
    """Return the variables for an integration."""
    return {**few_scopes(), "rezonate_method": "api_service_integration", **more}


def hardened(tenant: Tenant) -> dict[str, Any]:
    """Return the variables for all restrictions of an app."""
    tenant.add_group(GROUP)
    acting = {"rezonate_remediation": True, "rezonate_remediation_resource_groups": [GROUP]}
    return {**few_scopes(), **acting, "rezonate_dpop": True, "rezonate_source_addresses": [ADDRESSES]}


def _service(_node: ControlNode, _tenant: Tenant) -> dict[str, Any]:
    return service_variables()


def _secret_lost(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    # Okta had responded, and the run was killed before it stored the secret
    tenant.add_service(SERVICE, *FEW, age=600)
    node.workspace.store(tenant, service_record(tenant))
    return service_variables()


def _service_second(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    onboarded_service(node, tenant)
    return service_variables()


def _secret_deleted(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    tenant.state.services[onboarded_service(node, tenant)].secrets.clear()
    return service_variables()


def _other_scopes(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    onboarded_service(node, tenant, *FEW[:2])
    return service_variables(rezonate_recreate=True)


def _service_deleted(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    del tenant.state.services[onboarded_service(node, tenant)]
    return service_variables()


def _adopting(_node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    tenant.add_service(SERVICE, *FEW, age=OLD)
    return service_variables(rezonate_adopt_existing=True)


def _token(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_method": "api_token", "rezonate_readonly_api_token": node.secret(tenant.add_api_token("auditor"))}


def _token_second(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    node.workspace.store(tenant, token_record(tenant, proven_at=ago(hours=1)))
    return {"rezonate_method": "api_token"}


def _hardened(_node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    return hardened(tenant)


def _migrating(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    node.workspace.store(tenant, token_record(tenant, proven_at=ago(hours=1)))
    return few_scopes()


def _retiring(node: ControlNode, tenant: Tenant) -> dict[str, Any]:
    onboarded_service(node, tenant)
    previous = {"api_service_integration": node.workspace.credentials(tenant), "api_token": token_record(tenant, proven_at=ago(hours=2))}
    onboarded(node, tenant)
    node.workspace.store(tenant, {**node.workspace.credentials(tenant), "previous": previous})
    return {**few_scopes(), "rezonate_retire_previous": True}


def _revoking(_node: ControlNode, _tenant: Tenant) -> dict[str, Any]:
    return {**few_scopes(), "rezonate_revoke_bootstrap_token": True}


_SERVICE = DesiredState(FEW, method="api_service_integration")
_TOKEN = DesiredState((), method="api_token")
_HARDENED = DesiredState((*FEW, *REMEDIATION), dpop=True, addresses=(ADDRESSES,), groups=(GROUP,))
METHOD_SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("integration, first run", 9, 24, _service, _SERVICE),
        Scenario("integration, secret lost", 12, 14, _secret_lost, _SERVICE),
        Scenario("integration, second run", 4, 0, _service_second, _SERVICE),
        Scenario("integration without the managed secret", 15, 21, _secret_deleted, _SERVICE),
        Scenario("integration with other scopes", 13, 14, _other_scopes, _SERVICE),
        Scenario("run without the integration", 24, 14, _service_deleted, _SERVICE),
        Scenario("integration, adopting", 10, 24, _adopting, DesiredState(FEW, method="api_service_integration", foreign_secrets=1)),
        Scenario("token, first run", 6, 10, _token, _TOKEN),
        Scenario("token, second run", 6, 0, _token_second, _TOKEN),
        Scenario("hardened first run", 38, 24, _hardened, _HARDENED),
        Scenario("migration from a token", 25, 21, _migrating, DesiredState(FEW, previous=("api_token",))),
        Scenario("retiring the previous method", 13, 7, _retiring, DesiredState(FEW)),
        Scenario("revoking the bootstrap token", 27, 24, _revoking, DesiredState(FEW)),
    )
}
