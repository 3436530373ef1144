# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that an administrator can make to the app in Okta at any time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helpers.okta_client import public_jwk
from okta_emulator import Tenant

AppChange = Callable[[Tenant, str], None]


def _delete_key(tenant: Tenant, app: str) -> None:
    for key in tenant.keys(app):
        tenant.remove_key(app, key["id"])


def _deactivate_key(tenant: Tenant, app: str) -> None:
    for key in tenant.keys(app):
        tenant.set_key_status(app, key["id"], "INACTIVE")


def _add_key(tenant: Tenant, app: str) -> None:
    tenant.add_key(app, public_jwk("foreign"))


def _add_role(tenant: Tenant, app: str) -> None:
    tenant.assign_role(app, "SUPER_ADMIN")


def _all_at_once(tenant: Tenant, app: str) -> None:
    several = (
        "app renamed",
        "app deactivated",
        "managed key deactivated",
        "key added",
        "scope added",
        "scope removed",
        "role added",
    )
    for name in (*several, "custom role changed", "resource set changed"):
        APP_CHANGES[name](tenant, app)


def _change_custom_role(tenant: Tenant, _app: str) -> None:
    with tenant.lock:
        for role in tenant.state.iam_roles.values():
            role["permissions"] = ["okta.iam.read", "okta.users.manage"]


def _change_resource_set(tenant: Tenant, _app: str) -> None:
    with tenant.lock:
        for resources in tenant.state.resource_sets.values():
            resources["resources"].clear()


def _delete_custom_role(tenant: Tenant, app: str) -> None:
    with tenant.lock:
        tenant.remove_role(app, "CUSTOM")
        tenant.state.iam_roles.clear()


def _delete_resource_set(tenant: Tenant, app: str) -> None:
    with tenant.lock:
        tenant.remove_role(app, "CUSTOM")
        tenant.state.resource_sets.clear()


APP_CHANGES: Mapping[str, AppChange] = {
    "app renamed": lambda tenant, app: tenant.set_app(app, label="Renamed"),
    "app deactivated": lambda tenant, app: tenant.set_app_status(app, "INACTIVE"),
    "app deleted": lambda tenant, app: tenant.remove_app(app),
    "DPoP enabled": lambda tenant, app: tenant.set_app(app, dpop_bound_access_tokens=True),
    "managed key deleted": _delete_key,
    "managed key deactivated": _deactivate_key,
    "key added": _add_key,
    "scope added": lambda tenant, app: tenant.grant(app, "okta.apps.manage"),
    "scope removed": lambda tenant, app: tenant.revoke_grant(app, "okta.users.read"),
    "role added": _add_role,
    "role removed": lambda tenant, app: tenant.remove_role(app, "READ_ONLY_ADMIN"),
    "custom role removed": lambda tenant, app: tenant.remove_role(app, "CUSTOM"),
    "custom role changed": _change_custom_role,
    "resource set changed": _change_resource_set,
    "custom role deleted": _delete_custom_role,
    "resource set deleted": _delete_resource_set,
    "several changes at once": _all_at_once,
}
