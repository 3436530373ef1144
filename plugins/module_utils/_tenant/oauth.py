# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with an OAuth service app: what each building block is asked for, by what is known so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .coverage import ScopeCoverage, asked, coverage
from .custom_roles import IAM_PERMISSION, IAM_RESOURCES, PRIVILEGES, REMEDIATION, CustomRole
from .plan import Plan, union
from .proofs import endpoints
from .transitions import AppFacts, Current, Identity, app_compared, app_known, app_verified, key_made, without

# What a block would make has no id in check mode.
NOT_MADE = "not-made-in-check-mode"
_NO_ZONE = "nzoNotMadeInCheckMode"
_NOBODY = "00u00000000000000000"
_MADE = (("network_zone", "zone"), ("resource_set", "resource_set"), ("custom_role", "role"))
# What has a label of ours is ours, also where a run that was killed made it.
_OURS = ((PRIVILEGES.resource_set, "resource_set"), (PRIVILEGES.role, "role"))


class OAuth:
    """The desired state of a service app.

    Args:
        plan: the tenant's plan, with the results so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._options, self._known = plan.options, plan.known
        self._app: Mapping[str, Any] = plan.result("app")

    # what is decided

    @property
    def is_new(self) -> bool:
        """Whether this run made the app."""
        return bool(self._app.get("created"))

    @property
    def app_id(self) -> str:
        """The app's id."""
        return str((self._app.get("app") or {}).get("id") or self._known.get("application_id") or NOT_MADE)

    @property
    def client_id(self) -> str:
        """The app's client id."""
        return str((self._app.get("app") or {}).get("client_id") or self.app_id)

    @property
    def adopts(self) -> bool:
        """Whether the run asks for adopting an app."""
        return bool(self._options["adopt_existing"])

    @property
    def is_adopting(self) -> bool:
        """Whether the app is being adopted, by this run or an earlier one."""
        return self.adopts or bool(self._known.get("take_over"))

    @property
    def only_adds(self) -> bool:
        """Whether what the app has is neither changed nor removed: it was there before, and is being adopted."""
        return self.is_adopting and not self.is_new

    @property
    def is_exclusive(self) -> bool:
        """Whether what nobody asked for goes."""
        return bool(self._options["exclusive"]) and not self.only_adds

    @property
    def means_to_adopt(self) -> bool:
        """Whether the run means an app that is there: with that intent, the record says so before the app is looked for."""
        given = self._options["adopt_existing"] or self._options["application_id"] or self._options["private_key_given"]
        return "application_id" not in self._known and bool(given)

    @property
    def is_adopted(self) -> bool:
        """Whether the app was there before us, and so isn't ours to delete.

        One that holds our key without an id in the record is that of a run of ours which was cut off.
        """
        if self.is_new:
            return False
        if "adopted" in self._known:
            return bool(self._known["adopted"])
        found = bool(self._app.get("adopted")) and self._known.get("application_id") != self.app_id
        return self.means_to_adopt or found

    @property
    def keeps_key_first(self) -> bool:
        """Whether key and intent have to be stored before Okta hears of them."""
        return "application_id" not in self._known or (self.adopts and not self._known.get("take_over"))

    @property
    def makes_remediation_role(self) -> bool:
        """Whether remediation is limited to groups, by a custom role of ours."""
        return bool(self._options["remediation"] and self._options["remediation_resource_groups"])

    @property
    def wants_privileges(self) -> bool:
        """Whether the app is to see who may do what, by a custom role of ours."""
        return bool(self._options["privilege_visibility"])

    @property
    def makes_privilege_role(self) -> bool:
        """Whether that role is to be there: the org isn't known to refuse it, or that is tried again."""
        is_tried = self._options["retry_optional_scopes"] or not self.plan.is_verified
        return self.wants_privileges and (bool(is_tried) or not self._known.get("privileges_refused"))

    @property
    def privileges_refused(self) -> bool:
        """Whether the org takes no such role."""
        if self.plan.has_run(PRIVILEGES.role):
            return bool(self.plan.of_result(PRIVILEGES.role, "refused"))
        return self.wants_privileges and bool(self._known.get("privileges_refused"))

    @property
    def scopes(self) -> list[str]:
        """The scopes that the app must have."""
        wanted = self._options["scopes"] or self.plan.scopes["scopes"]
        return union(wanted, self._options["remediation_scopes"] if self._options["remediation"] else [])

    @property
    def unavailable(self) -> list[str]:
        """The optional scopes that the org is known not to have."""
        found = self.plan.of_result("grants", "unavailable") or []
        return sorted(union(self._known_unavailable, found))

    @property
    def _known_unavailable(self) -> list[str]:
        if self._options["retry_optional_scopes"] or not self.plan.is_verified:
            return []
        return list(self._known.get("unavailable_scopes", ()))

    @property
    def _optional_scopes(self) -> list[str]:
        given = self._options["optional_scopes"]
        return list(self.plan.scopes["optional_scopes"] if given is None else given)

    @property
    def optional_scopes(self) -> list[str]:
        """The scopes that the app gets where the org has them."""
        return [scope for scope in self._optional_scopes if scope not in self._known_unavailable]

    @property
    def scopes_to_verify(self) -> list[str]:
        """The scopes that an access token must have."""
        return [scope for scope in union(self.scopes, self._optional_scopes) if scope not in self.unavailable]

    @property
    def roles(self) -> list[str]:
        """The standard admin roles."""
        is_enough = not self._options["remediation"] or self._options["remediation_custom_roles"] or self.makes_remediation_role
        return union(self._options["admin_roles"], [] if is_enough else self._options["remediation_admin_roles"])

    @property
    def custom_roles(self) -> list[dict[str, str]]:
        """The custom admin roles, with their resource sets."""
        given = [dict(entry) for entry in self._options["remediation_custom_roles"]] if self._options["remediation"] else []
        remediation = [self._role(REMEDIATION)] if self.makes_remediation_role else []
        privileges = [self._role(PRIVILEGES)] if self.makes_privilege_role and not self.privileges_refused else []
        return [*given, *remediation, *privileges]

    def _role(self, custom: CustomRole) -> dict[str, str]:
        """A role of ours with its resource set, as this run or, where it made none, an earlier one found them."""
        made = self._known.get("made", {})
        role = (self.plan.of_result(custom.role, "role") or {}).get("id") or made.get(custom.role)
        resource_set = (self.plan.of_result(custom.resource_set, "resource_set") or {}).get("id") or made.get(custom.resource_set)
        return {"role": role or NOT_MADE, "resource_set": resource_set or NOT_MADE}

    @property
    def zones(self) -> list[str]:
        """The network zones that the app is limited to."""
        zone = self.plan.of_result("network_zone", "zone")
        return [*self._options["network_zones"], *([zone.get("id") or _NO_ZONE] if zone is not None else [])]

    @property
    def limits(self) -> list[str]:
        """The network zones outside which Okta gives the app no token."""
        return self.zones or list((self._app.get("app") or {}).get("network_zones") or ())

    @property
    def beyond(self) -> list[str]:
        """What an adopted app has beyond the desired state, and keeps."""
        scopes = [f"the scope {scope}" for scope in self.plan.of_result("grants", "surplus") or ()]
        roles = [f"the admin role {role}" for role in self.plan.of_result("roles", "surplus") or ()]
        return [*(self._app.get("beyond") or ()), *scopes, *roles]

    @property
    def stays_adopting(self) -> bool:
        """Whether the record goes on saying that the app is being adopted: something is beyond, or that isn't known."""
        return self.only_adds and (bool(self.beyond) or "surplus" not in self.plan.result("grants"))

    @property
    def made_now(self) -> dict[str, str]:
        """What this run made beside the app, as the record calls it, and what is ours and isn't in the record yet."""
        made = {}
        for step, member in _MADE:
            if self.plan.result(step).get("created"):
                made[step] = self._id_of(step, member)
        for step, member in _OURS:
            found = self._id_of(step, member) if self.plan.of_result(step, member) else None
            if found and found != self._known.get("made", {}).get(step):
                made[step] = found
        return made

    def _id_of(self, step: str, member: str) -> str:
        """The id of what a step has found or made; in check mode, nothing that would be made has one."""
        return str((self.plan.of_result(step, member) or {}).get("id") or NOT_MADE)

    # what the building blocks are asked for

    def network_zone(self) -> dict[str, Any]:
        """The network zone of the addresses that the app may be used from."""
        return {"name": self._options["network_zone_name"], "gateways": list(self._options["source_addresses"])}

    def resource_set(self) -> dict[str, Any]:
        """The groups that may be acted on."""
        return {"label": self._remediation_label, "groups": list(self._options["remediation_resource_groups"])}

    def custom_role(self) -> dict[str, Any]:
        """What may be done to them."""
        return {"label": self._remediation_label, "permissions": list(self._options["remediation_permissions"])}

    @property
    def _remediation_label(self) -> str:
        return f"{self._options['app_label']} remediation (rezonate.okta)"

    def privilege_set(self) -> dict[str, Any]:
        """The resources of identity and access management."""
        named = self.plan.of_result("privileges", "resource") or IAM_RESOURCES
        return {"label": self.privileges_label, "resources": [named], "assume_missing": self._are_privileges_missing}

    def privilege_role(self) -> dict[str, Any]:
        """What lets the app read them."""
        return {"label": self.privileges_label, "permissions": [IAM_PERMISSION], "assume_missing": self._are_privileges_missing}

    def privileges(self) -> dict[str, Any] | None:
        """How role and resource set are compared; None where they aren't made yet."""
        pair = PRIVILEGES.pair(self._known.get("made", {}))
        return pair and {**pair, "permission": IAM_PERMISSION, "resource": IAM_RESOURCES}

    def privileges_by_label(self) -> dict[str, Any]:
        """How they are looked for where the record doesn't know them."""
        return {"label": self.privileges_label, "resource": IAM_RESOURCES}

    @property
    def privileges_label(self) -> str:
        """What both are called."""
        return f"{self._options['app_label']} privileges (rezonate.okta)"

    @property
    def _are_privileges_missing(self) -> bool:
        return bool(self.plan.of_result("privileges", "are_missing"))

    def key(self) -> dict[str, Any]:
        """The key pair."""
        return {"size": self._options["key_size"], "key_id": self._options["key_id"] or None}

    def app(self) -> dict[str, Any]:
        """The service app."""
        limits = self.zones if self.zones or self._known.get("network_limited") else None
        return {
            "id": self._known.get("application_id") or self._options["application_id"] or None,
            "label": self._options["app_label"],
            "recreate": "application_id" in self._known,
            "exclusive_keys": bool(self._options["exclusive"]) and not self.is_adopting,
            "take_over": self.adopts,
            "only_add": self.is_adopting,
            "app_dpop": self._options["dpop"],
            "network_zones": limits,
            "requested_at": self._known.get("app_requested_at"),
            "assume_missing": self._is_known_missing,
        }

    @property
    def _is_known_missing(self) -> bool:
        """Whether the plan has seen that no app has the label, and no run before this one can have asked for one."""
        is_first = bool(self.plan.of_result("key", "generated")) and not self.means_to_adopt
        return is_first and self.plan.of_result("named", "apps") == []

    def client_role(self) -> dict[str, Any]:
        """The admin roles."""
        return {
            "app_client_id": self.client_id,
            "roles": self.roles,
            "custom_roles": self.custom_roles,
            "absent_roles": self._unless_remediating("remediation_admin_roles"),
            "exclusive": self.is_exclusive,
            "new_app": self.is_new,
            "roles_before": None if self.is_adopted else [],
        }

    def scope_grant(self) -> dict[str, Any]:
        """The scopes."""
        return {
            "app_id": self.app_id,
            "app_client_id": self.client_id,
            "scopes": self.scopes,
            "optional_scopes": self.optional_scopes,
            "absent_scopes": self._unless_remediating("remediation_scopes"),
            "exclusive": self.is_exclusive,
            "new_app": self.is_new,
            "roles_before": self.plan.of_result("roles", "roles"),
            "one_first": self.plan.of_result("org", "makes_super_admins") is not False,
        }

    def late_roles(self) -> dict[str, Any]:
        """The admin roles once more: the org may have given some by itself."""
        return {**self.client_role(), "new_app": False, "roles_before": self.plan.of_result("roles", "roles")}

    def late_grants(self) -> dict[str, Any]:
        """The scopes once more, but for those that the org was found not to have."""
        optional = [scope for scope in self.optional_scopes if scope not in self.unavailable]
        return {**self.scope_grant(), "optional_scopes": optional, "new_app": False, "roles_before": None}

    def late_app(self) -> dict[str, Any]:
        """The app once more; its network zones by the ids that they were found to have."""
        asked, found = self.app(), (self._app.get("app") or {}).get("network_zones") or []
        zones = None if asked["network_zones"] is None else list(found)
        return {**asked, "id": self.app_id, "recreate": False, "requested_at": None, "assume_missing": False, "network_zones": zones}

    def _unless_remediating(self, name: str) -> list[str]:
        return [] if self._options["remediation"] or self.only_adds else list(self._options[name])

    def verification(self) -> dict[str, Any]:
        """The access token that shows that the stored credentials work."""
        app = self._app.get("app") or {}
        return {
            "client_id": self.client_id,
            "dpop": app["dpop"] if "dpop" in app else bool(self._known.get("dpop", self._options["dpop"])),
            "scopes": self.scopes_to_verify,
            "endpoints": endpoints(self.scopes_to_verify),
            "probes": self._probes(),
            "coverage": asked(self.scopes_to_verify) if self._tries_coverage else [],
        }

    @property
    def _tries_coverage(self) -> bool:
        """Whether it is tried which scopes are usable: the credentials are new, or that is asked for."""
        return self.is_new or not self.plan.is_verified or bool(self._options["verify_coverage"])

    @property
    def coverage(self) -> list[ScopeCoverage]:
        """What is known of each scope, by the reads of this run; none where none were made."""
        held = self.plan.of_result("late_roles", "roles") or self.plan.of_result("roles", "roles") or self.roles
        answers = self.plan.of_result("verification", "coverage") or ()
        return coverage(
            self.plan.of_result("verification", "scopes") or (), answers, [role.partition(":")[0] for role in held], self._permissions
        )

    @property
    def _permissions(self) -> list[str] | None:
        """Those of the custom roles; None where one isn't ours."""
        if self._options["remediation"] and self._options["remediation_custom_roles"]:
            return None
        remediation = self._options["remediation_permissions"] if self.makes_remediation_role else []
        sees = self.makes_privilege_role and not self.privileges_refused
        return [*remediation, *([IAM_PERMISSION] if sees else [])]

    def _probes(self) -> list[dict[str, Any]]:
        """Calls that are refused for what they ask, not for who asks."""
        if not self._options["remediation"] or "app" not in self._app or self._options["remediation_custom_roles"]:
            return []
        if not self.makes_remediation_role:
            return [{"method": "POST", "path": f"/api/v1/users/{_NOBODY}", "body": {"profile": {}}}]
        groups = self.plan.of_result("resource_set", "groups") or []
        return [{"method": "PUT", "path": f"/api/v1/groups/{group['id']}", "body": {"profile": {}}} for group in groups[:1]]

    # what is stored

    def with_key(self, current: Current, key: Mapping[str, Any], *, now: str) -> dict[str, Any]:
        """The record with the key, before Okta hears of it."""
        return key_made(
            current,
            self.identity,
            key,
            scopes_version=self.plan.scopes["version"],
            adopting=self.adopts,
            adopted=self.means_to_adopt,
            now=now,
        )

    @property
    def stores_app(self) -> bool:
        """Whether the app's id, or what was made beside it, isn't in the record yet."""
        is_other = self.is_new or self._known.get("application_id") != self.app_id
        is_refused = self.privileges_refused != bool(self._known.get("privileges_refused"))
        return is_other or self.keeps_key_first or bool(self.made_now) or is_refused

    def with_app(self, current: Current) -> dict[str, Any]:
        """The record with the app, which isn't verified yet."""
        return app_known(current, self.identity, self._facts(current), scopes_version=self.plan.scopes["version"])

    def with_comparison(self, current: Current) -> dict[str, Any]:
        """The record after the comparison, where the credentials aren't verified, or not from here."""
        return app_compared(current, self._facts(current))

    def with_verification(self, current: Current, *, now: str) -> dict[str, Any]:
        """The record after the verification."""
        facts = self._facts(current) if self.plan.compared else None
        if self.plan.check and self.plan.has_run("app") and self.stores_app:
            current = without(current, ("proven_at",))  # as the task that finds the app would have left it
        version = self.plan.scopes["version"]
        return app_verified(current, facts, scopes_version=version, unavailable=self.unavailable, now=now)

    @property
    def identity(self) -> Identity:
        """Whose record it is."""
        return identity(self.plan)

    def _facts(self, current: Current) -> AppFacts:
        key_ids = self._app.get("key_ids")
        is_limited = bool(self._known.get("network_limited")) if self.only_adds else bool(self.zones)
        return AppFacts(
            app_id=self.app_id,
            key_id=str(key_ids[0] if key_ids else current.get("key_id", NOT_MADE)),
            adopting=self.stays_adopting,
            adopted=self.is_adopted,
            dpop=bool((self._app.get("app") or {}).get("dpop")),
            network_limited=is_limited,
            privileges_refused=self.privileges_refused,
            made=self.made_now,
            org_id=self._app.get("org_id"),
        )


def identity(plan: Plan) -> Identity:
    """Whose record it is, by a plan."""
    caller = plan.of_result("caller", "caller") or {}
    owner = caller.get("id") if caller.get("kind") == "api_token" else None
    return Identity(plan.method, plan.tenant, plan.org_url, owner)
