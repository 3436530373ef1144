# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offboarding: what the stored record of all methods says that we made, and what each building block is asked for to remove it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.errors import InputError, StateError
from .._okta.request_recovery import INDEX_LAG, epoch
from .api_token import ROLE
from .custom_roles import ALL, IAM_PERMISSION, PRIVILEGES, REMEDIATION, CustomRole
from .plan import Plan, union

_FOLDER = "offboard"
_ACTIVE = "ACTIVE"
# What is made beside an app, and the scopes that an OAuth client needs to remove it.
_BESIDE: Mapping[str, tuple[str, ...]] = {
    **{name: ("okta.roles.manage",) for role in ALL for name in role.names},
    "network_zone": ("okta.networkZones.manage",),
    "service_user": ("okta.users.manage", "okta.roles.manage"),
}


class Offboarding:
    """What there is to remove for a tenant.

    Args:
        plan: the tenant's plan, with the results so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._options = plan.options
        self._leaving = leaving(plan)
        self._app_record: Mapping[str, Any] = self._leaving.get("oauth", {})
        self._integration: Mapping[str, Any] = self._leaving.get("api_service_integration", {})

    # what is decided

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored: what there is in Okta isn't known to be ours then."""
        return not self._leaving

    @property
    def is_finished(self) -> bool:
        """Whether all is removed and the record forgotten, in check mode whether it would be."""
        return self.plan.has_run("forgotten")

    @property
    def keeps_app(self) -> bool:
        """Whether the app is switched off, and all is kept."""
        return bool(self._options["keep_app"])

    @property
    def looks_for_app(self) -> bool:
        """Whether Okta may have an app that knows a key of ours."""
        return "key_id" in self._app_record

    @property
    def app_id(self) -> str | None:
        """The app's id; None where a run was interrupted before it was stored."""
        return self._app_record.get("application_id")

    @property
    def key_ids(self) -> list[str]:
        """Our keys: the one in use, the one that a rotation prepared, and those that a rotation hasn't removed yet."""
        found = [self._app_record.get("key_id"), self._app_record.get("next", {}).get("key_id")]
        return [*(key_id for key_id in found if key_id), *self._app_record.get("retiring_keys", ())]

    @property
    def app(self) -> Mapping[str, Any]:
        """The app as it was found; empty where there is none."""
        return self.plan.of_result("found", "app") or {}

    @property
    def is_adopted(self) -> bool:
        """Whether the app was there before us, and so isn't ours to delete."""
        return bool(self._app_record.get("adopted", self._app_record.get("take_over", False)))

    @property
    def has_other_access(self) -> bool:
        """Whether anybody else can authenticate as the app; an inactive key doesn't let anybody."""
        return any(access.get("kid") not in self.key_ids for access in self.app.get("authentication") or ())

    @property
    def removes_integration(self) -> bool:
        """Whether the integration is ours: Okta was asked for it, and it wasn't there before us."""
        return "requested_at" in self._integration and not self._integration.get("adopted")

    @property
    def made(self) -> dict[str, str]:
        """The id of each kind that we made beside app or integration, by whichever method."""
        return {kind: made for record in self._leaving.values() for kind, made in record.get("made", {}).items()}

    @property
    def removes_zone(self) -> bool:
        """Whether the zone goes. An app that was there before us goes on being limited to it."""
        zone = self.made.get("network_zone")
        return zone is not None and not (self.is_adopted and zone in (self.app.get("network_zones") or ()))

    @property
    def removes_role_assignment(self) -> bool:
        """Whether our custom roles are taken from an app that stays."""
        return bool(self.app) and self.is_adopted and bool(self._assigned)

    @property
    def _assigned(self) -> list[dict[str, str]]:
        """Our custom roles, each with its resource set."""
        return [pair for pair in (role.pair(self.made) for role in ALL) if pair]

    @property
    def steps(self) -> list[str]:
        """The files of tasks, in their order. The record goes last, so that an interrupted run can be repeated."""
        app = [] if not self.app else ["adopted_app"] if self.is_adopted else ["app"]
        if self.keeps_app:
            names = [name for name in app if name == "app"]
        else:
            rest = {
                "api_service_integration": self.removes_integration,
                "role_assignment": self.removes_role_assignment,
                **{name: name in self.made for role in ALL for name in role.names},
                "network_zone": self.removes_zone,
                "service_user": "service_user" in self.made,
            }
            names = [*app, *(name for name, is_needed in rest.items() if is_needed), "credentials"]
        return [f"{_FOLDER}/{name}" for name in names]

    @property
    def bootstrap_scopes(self) -> list[str]:
        """The scopes that an OAuth client needs to remove what the record says."""
        app = ("okta.apps.manage", "okta.apps.read") if self._app_record else ()
        integration = ("okta.oauthIntegrations.manage",) if self._integration else ()
        return union(app, integration, *(scopes for kind, scopes in _BESIDE.items() if kind in self.made))

    # what is refused

    def refuse_keeping(self) -> None:
        """Make sure that there is an app where one is to be kept.

        Raises:
            InputError: there is none.
        """
        if self.keeps_app and not self.looks_for_app:
            raise InputError(
                "rezonate_keep_app: Okta can not switch an API service integration off; nothing was taken back."
                " Leave the option out to delete it."
            )

    def own_app(self, apps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Our app among those that Okta lists; empty where there is none.

        Without a stored id, it is the one with a key of ours, which nobody but an interrupted run of ours had.

        Raises:
            StateError: there are several.
        """
        own = [app for app in apps if self.app_id or any(key["kid"] in self.key_ids for key in app["jwks"])]
        if len(own) > 1:
            label, ids = shlex.quote(self._options["app_label"]), ", ".join(app["id"] for app in own)
            raise StateError(
                f"Several apps named {label} hold our key ({ids}), and {self.plan.store['path']} doesn't tell which is ours; nothing was"
                " taken back. Delete in the Admin Console those that nobody uses, then run again."
            )
        return own[0] if own else {}

    # what the building blocks are asked for

    def app_info(self) -> dict[str, Any]:
        """The app, or those with our label."""
        return {"id": self.app_id} if self.app_id else {"label": self._options["app_label"]}

    def recovery_deadline(self, now: float) -> float:
        """Until when the app is looked for, in epoch seconds, since the list of apps lags.

        Args:
            now: the time; a stored one that is later, by a clock that was wrong, makes nobody wait longer.
        """
        requested = None if self.app_id else epoch(self._app_record.get("app_requested_at"))
        return 0.0 if requested is None else min(requested, now) + INDEX_LAG

    def own(self) -> dict[str, Any]:
        """The app that we made."""
        return {"id": self.app["id"], "state": "inactive" if self.keeps_app else "absent"}

    def adopted(self) -> dict[str, Any]:
        """The app that was there before us: it loses our keys, or is switched off where it has no others. It is never switched on."""
        stays_active = self.has_other_access and self.app["status"] == _ACTIVE
        keys = self.key_ids if self.has_other_access else []
        return {"id": self.app["id"], "state": "present" if stays_active else "inactive", "absent_keys": keys}

    def integration(self) -> dict[str, Any]:
        """The integration; without a stored id, the only one that was made since we asked for it."""
        client_id = self._integration.get("client_id")
        return {
            "state": "absent",
            "id": client_id,
            "type": self._integration.get("service_type", self._options["api_service_type"]),
            "requested_at": None if client_id else self._integration["requested_at"],
        }

    def role_assignment(self) -> dict[str, Any]:
        """Our custom roles, on the app."""
        return {"state": "absent", "app_client_id": self.app["client_id"], "custom_roles": self._assigned}

    def custom_role(self, custom: CustomRole) -> dict[str, Any]:
        """A custom role."""
        given = {REMEDIATION: list(self._options["remediation_permissions"]), PRIVILEGES: [IAM_PERMISSION]}
        return {**self._absent(custom.role, self._own_clients), "permissions": given[custom]}

    def resource_set(self, custom: CustomRole) -> dict[str, Any]:
        """Its resource set."""
        return self._absent(custom.resource_set, self._own_clients)

    @property
    def _own_clients(self) -> list[str]:
        return [self.app["client_id"]] if self.app else []

    def network_zone(self) -> dict[str, Any]:
        """The network zone."""
        return self._absent("network_zone", [self.app["id"]] if self.app and not self.is_adopted else [])

    def service_user(self) -> dict[str, Any]:
        """The administrator whom the API token belongs to."""
        owner = self._leaving.get("api_token", {}).get("owner")
        return {"state": "absent", "id": self.made["service_user"], "roles": [ROLE], "only_unused": True, "known_owner": owner}

    def _absent(self, kind: str, own_apps: Sequence[str]) -> dict[str, Any]:
        return {"state": "absent", "id": self.made[kind], "only_unused": True, "own_apps": list(own_apps)}


def leaving(plan: Plan) -> dict[str, Mapping[str, Any]]:
    """What the stored record says of each method, the one in use last; empty where nothing is stored."""
    current = {name: value for name, value in plan.known.items() if name != "previous"}
    return {**plan.known.get("previous", {}), **({plan.method: current} if "method" in current else {})}
