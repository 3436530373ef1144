# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants with one drift each, and the findings that an audit must report for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.audit_samples import HOSTILE
from helpers.okta_client import Api, public_jwk
from helpers.workspace import Workspace, pem, private_jwk, stored_record
from okta_emulator import Tenant

SCOPES = ["okta.logs.read", "okta.users.read"]
APP = "Rezonate"
VERIFIED = {"proven_at": "2026-01-31T12:00:00Z"}
SERVICE = "rezonate_security"
WRONG_PASSWORD = "made-up-vault-password-that-nobody-gave-21aa"
Seeded = dict[str, Any]


def onboarded(workspace: Workspace, tenant: Tenant, **more: Any) -> str:
    """Create the state after onboarding, in Okta and in the file, with additional fields in the file."""
    app = workspace.create_onboarded(tenant, *SCOPES)
    workspace.store(tenant, {**workspace.credentials(tenant), **VERIFIED, **more})
    return app


def then(change: Callable[[Tenant], Any], **variables: Any) -> Callable[[Workspace, Tenant], Seeded]:
    """Create an onboarded tenant, and change something in Okta."""

    def seed(workspace: Workspace, tenant: Tenant) -> Seeded:
        onboarded(workspace, tenant)
        change(tenant)
        return variables

    return seed


def with_file(**more: Any) -> Callable[[Workspace, Tenant], Seeded]:
    """Create an onboarded tenant, with additional fields in its file."""

    def seed(workspace: Workspace, tenant: Tenant) -> Seeded:
        onboarded(workspace, tenant, **more)
        return {}

    return seed


def permit_more(tenant: Tenant) -> None:
    for role in tenant.state.iam_roles.values():
        role["permissions"].append("okta.users.manage")


def empty_the_resource_set(tenant: Tenant) -> None:
    for resources in tenant.state.resource_sets.values():
        resources["resources"].clear()


def delete_the_role(tenant: Tenant) -> None:
    tenant.remove_role(APP, "CUSTOM")
    tenant.state.iam_roles.clear()


def assign_elsewhere(tenant: Tenant) -> None:
    (role,), (resources,) = tenant.state.iam_roles, tenant.state.resource_sets
    tenant.assign_custom_role(tenant.add_app("Another", [public_jwk("another")]), role, resources)


def nothing(_tenant: Tenant) -> None:
    """Change nothing."""


def authenticated_by_secret(workspace: Workspace, tenant: Tenant) -> Seeded:
    app = tenant.add_app(APP)
    tenant.grant(app, *SCOPES)
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    workspace.store(tenant, stored_record(tenant, application_id=app, **VERIFIED))
    return {}


def rotating(workspace: Workspace, tenant: Tenant) -> Seeded:
    onboarded(workspace, tenant, next={"key_id": "next", "private_jwk": private_jwk("next"), "requested_at": "2026-02-01T12:00:00Z"})
    tenant.add_key(APP, public_jwk("next"))
    return {}


def adopted(workspace: Workspace, tenant: Tenant) -> Seeded:
    onboarded(workspace, tenant, take_over=True, adopted=True)
    tenant.add_key(APP, public_jwk("vendors"))
    tenant.grant(APP, "okta.groups.read")
    tenant.assign_role(APP, "APP_ADMIN")
    tenant.set_app(APP, label="Vendor's own", dpop_bound_access_tokens=True)
    return {}


def limited(workspace: Workspace, tenant: Tenant) -> Seeded:
    onboarded(workspace, tenant)
    tenant.add_zone("Office", "203.0.113.0/24")
    tenant.set_app(APP, network={"connection": "ZONE", "include": [tenant.add_zone("Home", "192.0.2.0/24")]})
    return OFFICE


def bootstrapped(workspace: Workspace, tenant: Tenant) -> Seeded:
    owner = tenant.find_user("owner")
    assert owner
    onboarded(workspace, tenant, bootstrap_owner=owner["id"])
    return {}


def installed(*scopes: str, secrets: int = 1, **more: Any) -> Callable[[Workspace, Tenant], Seeded]:
    """Create an integration and store its secret; it can have a second secret."""

    def seed(workspace: Workspace, tenant: Tenant) -> Seeded:
        made = tenant.add_service(SERVICE, *(scopes or SCOPES))
        path = f"/integrations/api/v1/api-services/{made['client_id']}/credentials/secrets"
        okta = Api(workspace.okta, tenant)
        (listed,) = okta("GET", path).json()
        for _more in range(1, secrets):
            okta("POST", path)
        credentials = {"method": "api_service_integration", "tenant_id": tenant.name, "org_url": tenant.org_url, **VERIFIED}
        workspace.store(tenant, {**credentials, **made, "secret_hash": listed["secret_hash"], **more})
        return {}

    return seed


def supplied(*roles: str, alive: bool = True) -> Callable[[Workspace, Tenant], Seeded]:
    """Store an API token of a user with these roles."""

    def seed(workspace: Workspace, tenant: Tenant) -> Seeded:
        made = tenant.add_api_token("reader", roles=list(roles))
        if not alive:
            tenant.revoke_api_token(made)
        workspace.store(tenant, {"method": "api_token", "tenant_id": tenant.name, "org_url": tenant.org_url, "api_token": made, **VERIFIED})
        return {}

    return seed


def wrong_password(workspace: Workspace, tenant: Tenant) -> Seeded:
    app = onboarded(workspace, tenant)
    workspace.store(tenant, stored_record(tenant, application_id=app, **VERIFIED), WRONG_PASSWORD)
    return {}


def revoked_auditor(workspace: Workspace, tenant: Tenant) -> Seeded:
    onboarded(workspace, tenant)
    dead = tenant.add_api_token("owner")
    tenant.revoke_api_token(dead)
    return {"rezonate_audit_api_token": dead}


OFFICE = {"rezonate_network_zones": ["Office"]}
# The drift of a tenant, and the exact findings with their severities.
SEEDS: dict[str, tuple[Callable[[Workspace, Tenant], Seeded], dict[str, str]]] = {
    "clean": (then(nothing), {}),
    "clean integration": (installed(), {}),
    "clean token": (supplied("READ_ONLY_ADMIN"), {}),
    "app deleted": (then(lambda t: t.remove_app(APP)), {"app_missing": "high"}),
    "app deactivated": (then(lambda t: t.set_app_status(APP, "INACTIVE")), {"app_inactive": "high"}),
    "second app with the label": (then(lambda t: t.add_app(APP, [public_jwk("twin")])), {"app_duplicate": "medium"}),
    "app renamed": (then(lambda t: t.set_app(APP, label=HOSTILE[:100])), {"app_renamed": "low"}),
    "app authenticated by secret": (authenticated_by_secret, {"app_by_secret": "high"}),
    "key deleted": (then(lambda t: t.remove_key(APP, t.name)), {"key_missing": "high"}),
    "key inactive": (then(lambda t: t.set_key_status(APP, t.name, "INACTIVE")), {"key_inactive": "high"}),
    "unknown key": (then(lambda t: t.add_key(APP, public_jwk("unknown"))), {"key_unknown": "high"}),
    "old key": (then(nothing, rezonate_audit_key_max_age="0h"), {"key_old": "medium"}),
    "adopted": (
        adopted,
        {
            "key_adopted": "medium",
            "role_surplus": "high",
            "rotation_unfinished": "low",
            "scope_surplus": "medium",
        },
    ),
    "rotation in progress": (rotating, {"rotation_unfinished": "low"}),
    "scope missing": (then(lambda t: t.revoke_grant(APP, SCOPES[0])), {"scope_missing": "medium"}),
    "additional scope": (then(lambda t: t.grant(APP, "okta.groups.read")), {"scope_surplus": "medium"}),
    "additional manage scope": (then(lambda t: t.grant(APP, "okta.users.manage")), {"scope_manage_surplus": "critical"}),
    "role missing": (then(lambda t: t.remove_role(APP, "READ_ONLY_ADMIN")), {"role_missing": "high"}),
    "additional role": (then(lambda t: t.assign_role(APP, "APP_ADMIN")), {"role_surplus": "high"}),
    "super admin": (then(lambda t: t.assign_role(APP, "SUPER_ADMIN")), {"super_admin": "critical"}),
    "no DPoP": (then(nothing, rezonate_dpop=True), {"dpop_off": "medium"}),
    "DPoP": (then(lambda t: t.set_app(APP, dpop_bound_access_tokens=True)), {"dpop_on": "medium"}),
    "no network restriction": (then(lambda t: t.add_zone("Office", "203.0.113.0/24"), **OFFICE), {"network_open": "medium"}),
    "other network restriction": (limited, {"network_changed": "medium", "credential_unknown": "unknown"}),
    "bootstrap token": (bootstrapped, {"bootstrap_token_alive": "medium"}),
    "another private key": (with_file(private_key=pem("other")), {"credential_dead": "high"}),
    "custom role with an additional permission": (then(permit_more), {"privileges_changed": "high"}),
    "empty resource set": (then(empty_the_resource_set), {"privileges_changed": "high"}),
    "custom role deleted": (then(delete_the_role), {"privileges_missing": "medium", "role_missing": "high"}),
    "custom role assigned elsewhere": (then(assign_elsewhere), {"privileges_elsewhere": "medium"}),
    "never verified": (with_file(proven_at=None), {"never_proven": "medium"}),
    "unknown secret": (installed(secrets=2), {"secret_unknown": "high"}),
    "secret deleted": (installed(secret_hash="made-up-hash"), {"secret_missing": "high", "secret_unknown": "high"}),
    "integration with a manage scope": (installed(*SCOPES, "okta.users.manage"), {"scope_manage_surplus": "critical"}),
    "privileged owner": (supplied("READ_ONLY_ADMIN", "APP_ADMIN"), {"owner_privileged": "high"}),
    "token of a super admin": (supplied("SUPER_ADMIN"), {"owner_privileged": "high", "super_admin": "critical"}),
    "token revoked": (supplied("READ_ONLY_ADMIN", alive=False), {"token_dead": "high"}),
    "wrong vault password": (wrong_password, {"vault_unread": "unknown", "roles_unknown": "unknown"}),
    "no vault file": (
        lambda _workspace, t: t.add_app(APP, [public_jwk("unknown")]) and {},
        {"vault_unread": "unknown", "role_missing": "high", "scope_missing": "medium"},
    ),
    "auditor token revoked": (revoked_auditor, {}),
}
