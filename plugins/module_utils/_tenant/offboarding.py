# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offboarding: the created objects in the stored record of all methods, and the options of the modules that remove them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.errors import InputError, StateError
from .._okta.request_recovery import INDEX_LAG, parse_timestamp
from .api_token import ROLE
from .custom_roles import CUSTOM_ROLES, IAM_PERMISSION, PRIVILEGES, REMEDIATION, CustomRole
from .plan import Plan, union

_FOLDER = "offboard"
_ACTIVE = "ACTIVE"
# The scopes that an OAuth client needs to remove the objects that are created beside an app.
_REMOVAL_SCOPES: Mapping[str, tuple[str, ...]] = {
    **{name: ("okta.roles.manage",) for role in CUSTOM_ROLES for name in role.record_names},
    "network_zone": ("okta.networkZones.manage",),
    "service_user": ("okta.users.manage", "okta.roles.manage"),
}


class Offboarding:
    """The objects to remove for a tenant.

    Args:
        plan: the tenant's plan, with the results so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._options = plan.options
        self._methods = stored_methods(plan)
        self._app_record: Mapping[str, Any] = self._methods.get("oauth", {})
        self._integration: Mapping[str, Any] = self._methods.get("api_service_integration", {})

    # decisions

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored, so that no object in Okta is known to be managed."""
        return not self._methods

    @property
    def is_finished(self) -> bool:
        """Whether everything including the record is removed, or would be in check mode."""
        return self.plan.has_run("forgotten")

    @property
    def keeps_app(self) -> bool:
        """Whether the app is only deactivated, and everything is retained."""
        return bool(self._options["keep_app"])

    @property
    def may_have_app(self) -> bool:
        """Whether Okta may have an app with a managed key."""
        return "key_id" in self._app_record

    @property
    def app_id(self) -> str | None:
        """The app's id; None where a run was interrupted before it stored the id."""
        return self._app_record.get("application_id")

    @property
    def key_ids(self) -> list[str]:
        """The managed keys: the current one, the one that a rotation prepared, and those that a rotation hasn't removed yet."""
        found = [self._app_record.get("key_id"), self._app_record.get("next", {}).get("key_id")]
        return [*(key_id for key_id in found if key_id), *self._app_record.get("retiring_keys", ())]

    @property
    def app(self) -> Mapping[str, Any]:
        """The app in Okta; empty where there is none."""
        return self.plan.of_result("found", "app") or {}

    @property
    def is_adopted(self) -> bool:
        """Whether the app existed before onboarding, so it isn't deleted."""
        return bool(self._app_record.get("adopted", self._app_record.get("take_over", False)))

    @property
    def has_other_access(self) -> bool:
        """Whether an unmanaged credential can authenticate as the app. Inactive keys don't count."""
        return any(access.get("kid") not in self.key_ids for access in self.app.get("authentication") or ())

    @property
    def removes_integration(self) -> bool:
        """Whether onboarding created the integration: it was requested, and isn't adopted."""
        return "requested_at" in self._integration and not self._integration.get("adopted")

    @property
    def made(self) -> dict[str, str]:
        """The ids of the objects that onboarding created beside app or integration, of all methods."""
        return {kind: made for record in self._methods.values() for kind, made in record.get("made", {}).items()}

    @property
    def removes_zone(self) -> bool:
        """Whether the zone is removed. An adopted app remains limited to it."""
        zone = self.made.get("network_zone")
        return zone is not None and not (self.is_adopted and zone in (self.app.get("network_zones") or ()))

    @property
    def removes_role_assignment(self) -> bool:
        """Whether the managed custom roles are unassigned from an adopted app."""
        return bool(self.app) and self.is_adopted and bool(self._assigned)

    @property
    def _assigned(self) -> list[dict[str, str]]:
        """The managed custom roles, each with its resource set."""
        return [found for found in (role.assignment(self.made) for role in CUSTOM_ROLES) if found]

    @property
    def steps(self) -> list[str]:
        """The task files, in order. The record is removed last, so that an interrupted run can be repeated."""
        app = [] if not self.app else ["adopted_app"] if self.is_adopted else ["app"]
        if self.keeps_app:
            names = [name for name in app if name == "app"]
        else:
            rest = {
                "api_service_integration": self.removes_integration,
                "role_assignment": self.removes_role_assignment,
                **{name: name in self.made for role in CUSTOM_ROLES for name in role.record_names},
                "network_zone": self.removes_zone,
                "service_user": "service_user" in self.made,
            }
            names = [*app, *(name for name, is_needed in rest.items() if is_needed), "credentials"]
        return [f"{_FOLDER}/{name}" for name in names]

    @property
    def bootstrap_scopes(self) -> list[str]:
        """The scopes that an OAuth client needs to remove the objects in the record."""
        app = ("okta.apps.manage", "okta.apps.read") if self._app_record else ()
        integration = ("okta.oauthIntegrations.manage",) if self._integration else ()
        return union(app, integration, *(scopes for kind, scopes in _REMOVAL_SCOPES.items() if kind in self.made))

    # refusals

    def check_keep_app(self) -> None:
        """Require an app where rezonate_keep_app is set.

        Raises:
            InputError: there is none.
        """
        if self.keeps_app and not self.may_have_app:
            raise InputError(
                "rezonate_keep_app: Okta cannot deactivate an API service integration, so nothing was removed."
                " Leave the variable out to delete the integration."
            )

    def own_app(self, apps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """The managed app among those that Okta lists; empty where there is none.

        Without a stored id, it is the one with a managed key, which only an interrupted run can have registered.

        Raises:
            StateError: there are several.
        """
        own = [app for app in apps if self.app_id or any(key["kid"] in self.key_ids for key in app["jwks"])]
        if len(own) > 1:
            label, ids = shlex.quote(self._options["app_label"]), ", ".join(app["id"] for app in own)
            raise StateError(
                f"Several apps named {label} hold the managed key ({ids}), and {self.plan.store['path']} doesn't record which one is"
                " managed; nothing was removed. Delete the unused apps in the Admin Console, then run again."
            )
        return own[0] if own else {}

    # options of the modules

    def app_info(self) -> dict[str, Any]:
        """The options to read the app by its id or, without one, the apps with the label."""
        return {"id": self.app_id} if self.app_id else {"label": self._options["app_label"]}

    def recovery_deadline(self, now: float) -> float:
        """When the search for the app ends, in epoch seconds; Okta's list of apps lags behind.

        Args:
            now: the time. A later stored time, from a clock that was wrong, doesn't extend the search.
        """
        requested = None if self.app_id else parse_timestamp(self._app_record.get("app_requested_at"))
        return 0.0 if requested is None else min(requested, now) + INDEX_LAG

    def created_app(self) -> dict[str, Any]:
        """The options for an app that onboarding created."""
        return {"id": self.app["id"], "state": "inactive" if self.keeps_app else "absent"}

    def adopted_app(self) -> dict[str, Any]:
        """The options for an adopted app: its managed keys are removed or, without other keys, it is deactivated. It is never activated."""
        stays_active = self.has_other_access and self.app["status"] == _ACTIVE
        keys = self.key_ids if self.has_other_access else []
        return {"id": self.app["id"], "state": "present" if stays_active else "inactive", "absent_keys": keys}

    def integration(self) -> dict[str, Any]:
        """The options for the integration; without a stored id, it is the only one that was created since the request."""
        client_id = self._integration.get("client_id")
        return {
            "state": "absent",
            "id": client_id,
            "type": self._integration.get("service_type", self._options["api_service_type"]),
            "requested_at": None if client_id else self._integration["requested_at"],
        }

    def role_assignment(self) -> dict[str, Any]:
        """The options to unassign the managed custom roles."""
        return {"state": "absent", "app_client_id": self.app["client_id"], "custom_roles": self._assigned}

    def custom_role(self, custom: CustomRole) -> dict[str, Any]:
        """The options for a custom role."""
        permissions = {REMEDIATION: list(self._options["remediation_permissions"]), PRIVILEGES: [IAM_PERMISSION]}
        return {**self._absent(custom.role, self._own_clients), "permissions": permissions[custom]}

    def resource_set(self, custom: CustomRole) -> dict[str, Any]:
        """The options for its resource set."""
        return self._absent(custom.resource_set, self._own_clients)

    @property
    def _own_clients(self) -> list[str]:
        return [self.app["client_id"]] if self.app else []

    def network_zone(self) -> dict[str, Any]:
        """The options for the network zone."""
        return self._absent("network_zone", [self.app["id"]] if self.app and not self.is_adopted else [])

    def service_user(self) -> dict[str, Any]:
        """The options for the administrator who owns the API token."""
        owner = self._methods.get("api_token", {}).get("owner")
        return {"state": "absent", "id": self.made["service_user"], "roles": [ROLE], "only_unused": True, "known_owner": owner}

    def _absent(self, kind: str, own_apps: Sequence[str]) -> dict[str, Any]:
        return {"state": "absent", "id": self.made[kind], "only_unused": True, "own_apps": list(own_apps)}


def stored_methods(plan: Plan) -> dict[str, Mapping[str, Any]]:
    """The stored record by method, the current one last; empty where nothing is stored."""
    current = {name: value for name, value in plan.known.items() if name != "previous"}
    return {**plan.known.get("previous", {}), **({plan.method: current} if "method" in current else {})}
