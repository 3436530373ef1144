# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody else may do to the app in Okta, at any moment."""

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
    tenant.add_key(app, public_jwk("meddlers"))


def _add_role(tenant: Tenant, app: str) -> None:
    tenant.assign_role(app, "SUPER_ADMIN")


def _all_at_once(tenant: Tenant, app: str) -> None:
    several = ("renames it", "deactivates it", "deactivates our key", "adds a key", "adds a scope", "takes a scope", "adds a role")
    for name in (*several, "changes the custom role", "changes the resource set"):
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
    "renames it": lambda tenant, app: tenant.set_app(app, label="Renamed"),
    "deactivates it": lambda tenant, app: tenant.set_app_status(app, "INACTIVE"),
    "deletes it": lambda tenant, app: tenant.remove_app(app),
    "turns DPoP on": lambda tenant, app: tenant.set_app(app, dpop_bound_access_tokens=True),
    "deletes our key": _delete_key,
    "deactivates our key": _deactivate_key,
    "adds a key": _add_key,
    "adds a scope": lambda tenant, app: tenant.grant(app, "okta.apps.manage"),
    "takes a scope": lambda tenant, app: tenant.revoke_grant(app, "okta.users.read"),
    "adds a role": _add_role,
    "takes the role": lambda tenant, app: tenant.remove_role(app, "READ_ONLY_ADMIN"),
    "takes the custom role": lambda tenant, app: tenant.remove_role(app, "CUSTOM"),
    "changes the custom role": _change_custom_role,
    "changes the resource set": _change_resource_set,
    "deletes the custom role": _delete_custom_role,
    "deletes the resource set": _delete_resource_set,
    "does all of that": _all_at_once,
}
