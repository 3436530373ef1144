# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboarding with an OAuth service app: the options of each module, and the stored record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .coverage import ScopeCoverage, assess_coverage, coverage_reads
from .custom_roles import IAM_PERMISSION, IAM_RESOURCES, PRIVILEGES, REMEDIATION, CustomRole
from .plan import Plan, union
from .record_updates import AppFacts, Current, Identity, app_compared, app_identified, app_verified, key_created, without
from .verification_reads import verification_endpoints

# In check mode, an object that would be created has no id.
PLACEHOLDER_ID = "not-created-in-check-mode"
_PLACEHOLDER_ZONE = "nzoNotCreatedInCheckMode"
_UNKNOWN_USER = "00u00000000000000000"
_CREATED = (("network_zone", "zone"), ("resource_set", "resource_set"), ("custom_role", "role"))
# An object with a managed label is managed, even if an interrupted run created it.
_LABELED = ((PRIVILEGES.resource_set, "resource_set"), (PRIVILEGES.role, "role"))


class OAuth:
    """The desired state of a service app.

    Args:
        plan: the tenant's plan, with the results so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._options, self._known = plan.options, plan.known
        self._app: Mapping[str, Any] = plan.result("app")

    # decisions

    @property
    def is_new(self) -> bool:
        """Whether this run created the app."""
        return bool(self._app.get("created"))

    @property
    def app_id(self) -> str:
        """The app's id."""
        return str((self._app.get("app") or {}).get("id") or self._known.get("application_id") or PLACEHOLDER_ID)

    @property
    def client_id(self) -> str:
        """The app's client id."""
        return str((self._app.get("app") or {}).get("client_id") or self.app_id)

    @property
    def adopts(self) -> bool:
        """Whether the run requests the adoption of an app."""
        return bool(self._options["adopt_existing"])

    @property
    def is_adopting(self) -> bool:
        """Whether the app is being adopted, by this run or an earlier one."""
        return self.adopts or bool(self._known.get("take_over"))

    @property
    def only_adds(self) -> bool:
        """Whether nothing of the app is changed or removed: it existed before, and is being adopted."""
        return self.is_adopting and not self.is_new

    @property
    def is_exclusive(self) -> bool:
        """Whether everything beyond the desired state is removed."""
        return bool(self._options["exclusive"]) and not self.only_adds

    @property
    def intends_to_adopt(self) -> bool:
        """Whether the run expects an existing app; the record stores that intent before the search for the app."""
        given = self._options["adopt_existing"] or self._options["application_id"] or self._options["private_key_given"]
        return "application_id" not in self._known and bool(given)

    @property
    def is_adopted(self) -> bool:
        """Whether the app existed before onboarding, so offboarding doesn't delete it.

        An app that holds the managed key while the record has no id was created by an interrupted run.
        """
        if self.is_new:
            return False
        if "adopted" in self._known:
            return bool(self._known["adopted"])
        found = bool(self._app.get("adopted")) and self._known.get("application_id") != self.app_id
        return self.intends_to_adopt or found

    @property
    def stores_key_first(self) -> bool:
        """Whether key and intent must be stored before the request to Okta."""
        return "application_id" not in self._known or (self.adopts and not self._known.get("take_over"))

    @property
    def manages_remediation_role(self) -> bool:
        """Whether a managed custom role limits remediation to groups."""
        return bool(self._options["remediation"] and self._options["remediation_resource_groups"])

    @property
    def shows_privileges(self) -> bool:
        """Whether a managed custom role lets the app read admin roles and their assignments."""
        return bool(self._options["privilege_visibility"])

    @property
    def manages_privilege_role(self) -> bool:
        """Whether that role is desired: the org isn't known to refuse it, or the creation is retried."""
        is_retried = self._options["retry_optional_scopes"] or not self.plan.is_verified
        return self.shows_privileges and (bool(is_retried) or not self._known.get("privileges_refused"))

    @property
    def privileges_refused(self) -> bool:
        """Whether the org doesn't support such a role."""
        if self.plan.has_run(PRIVILEGES.role):
            return bool(self.plan.of_result(PRIVILEGES.role, "refused"))
        return self.shows_privileges and bool(self._known.get("privileges_refused"))

    @property
    def scopes(self) -> list[str]:
        """The scopes that the app must have."""
        scopes = self._options["scopes"] or self.plan.scopes["scopes"]
        return union(scopes, self._options["remediation_scopes"] if self._options["remediation"] else [])

    @property
    def unavailable(self) -> list[str]:
        """The optional scopes that are known to be unavailable in the org."""
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
        """The scopes that the app is granted if the org has them."""
        return [scope for scope in self._optional_scopes if scope not in self._known_unavailable]

    @property
    def scopes_to_verify(self) -> list[str]:
        """The scopes that an access token must have."""
        return [scope for scope in union(self.scopes, self._optional_scopes) if scope not in self.unavailable]

    @property
    def roles(self) -> list[str]:
        """The standard admin roles."""
        is_enough = not self._options["remediation"] or self._options["remediation_custom_roles"] or self.manages_remediation_role
        return union(self._options["admin_roles"], [] if is_enough else self._options["remediation_admin_roles"])

    @property
    def custom_roles(self) -> list[dict[str, str]]:
        """The custom admin roles, with their resource sets."""
        given = [dict(entry) for entry in self._options["remediation_custom_roles"]] if self._options["remediation"] else []
        remediation = [self._role(REMEDIATION)] if self.manages_remediation_role else []
        privileges = [self._role(PRIVILEGES)] if self.manages_privilege_role and not self.privileges_refused else []
        return [*given, *remediation, *privileges]

    def _role(self, custom: CustomRole) -> dict[str, str]:
        """A managed role with its resource set, by the ids of this run or else of the record."""
        made = self._known.get("made", {})
        role = (self.plan.of_result(custom.role, "role") or {}).get("id") or made.get(custom.role)
        resource_set = (self.plan.of_result(custom.resource_set, "resource_set") or {}).get("id") or made.get(custom.resource_set)
        return {"role": role or PLACEHOLDER_ID, "resource_set": resource_set or PLACEHOLDER_ID}

    @property
    def zones(self) -> list[str]:
        """The network zones that the app is limited to."""
        zone = self.plan.of_result("network_zone", "zone")
        return [*self._options["network_zones"], *([zone.get("id") or _PLACEHOLDER_ZONE] if zone is not None else [])]

    @property
    def allowed_zones(self) -> list[str]:
        """The network zones from which Okta issues tokens to the app; empty where every network is allowed."""
        return self.zones or list((self._app.get("app") or {}).get("network_zones") or ())

    @property
    def surplus(self) -> list[str]:
        """What an adopted app has beyond the desired state, and retains."""
        scopes = [f"the scope {scope}" for scope in self.plan.of_result("grants", "surplus") or ()]
        roles = [f"the admin role {role}" for role in self.plan.of_result("roles", "surplus") or ()]
        return [*(self._app.get("beyond") or ()), *scopes, *roles]

    @property
    def is_still_adopting(self) -> bool:
        """Whether the adoption is unfinished: the app has more than the desired state, or that is unknown."""
        return self.only_adds and (bool(self.surplus) or "surplus" not in self.plan.result("grants"))

    @property
    def created_objects(self) -> dict[str, str]:
        """The ids of related objects that this run created, or that are managed and missing in the record, by their names there."""
        found_ids = {}
        for step, member in _CREATED:
            if self.plan.result(step).get("created"):
                found_ids[step] = self._id_of(step, member)
        for step, member in _LABELED:
            found = self._id_of(step, member) if self.plan.of_result(step, member) else None
            if found and found != self._known.get("made", {}).get(step):
                found_ids[step] = found
        return found_ids

    def _id_of(self, step: str, member: str) -> str:
        """The id of the object of a step; in check mode, a placeholder for an object that would be created."""
        return str((self.plan.of_result(step, member) or {}).get("id") or PLACEHOLDER_ID)

    # options of the modules

    def network_zone(self) -> dict[str, Any]:
        """The network zone of the addresses from which the app can be used."""
        return {"name": self._options["network_zone_name"], "gateways": list(self._options["source_addresses"])}

    def resource_set(self) -> dict[str, Any]:
        """The resource set: the groups that remediation covers."""
        return {"label": self._remediation_label, "groups": list(self._options["remediation_resource_groups"])}

    def custom_role(self) -> dict[str, Any]:
        """The custom role: what remediation can do to them."""
        return {"label": self._remediation_label, "permissions": list(self._options["remediation_permissions"])}

    @property
    def _remediation_label(self) -> str:
        return f"{self._options['app_label']} remediation (rezonate.okta)"

    def privilege_set(self) -> dict[str, Any]:
        """The resource set of identity and access management."""
        resource = self.plan.of_result("privileges", "resource") or IAM_RESOURCES
        return {"label": self.privileges_label, "resources": [resource], "assume_missing": self._are_privileges_missing}

    def privilege_role(self) -> dict[str, Any]:
        """The custom role that lets the app read them."""
        return {"label": self.privileges_label, "permissions": [IAM_PERMISSION], "assume_missing": self._are_privileges_missing}

    def privileges(self) -> dict[str, Any] | None:
        """The options to compare role and resource set; None where they aren't created yet."""
        ids = PRIVILEGES.assignment(self._known.get("made", {}))
        return ids and {**ids, "permission": IAM_PERMISSION, "resource": IAM_RESOURCES}

    def privileges_by_label(self) -> dict[str, Any]:
        """The options to find them where the record lacks their ids."""
        return {"label": self.privileges_label, "resource": IAM_RESOURCES}

    @property
    def privileges_label(self) -> str:
        """The label of both."""
        return f"{self._options['app_label']} privileges (rezonate.okta)"

    @property
    def _are_privileges_missing(self) -> bool:
        return bool(self.plan.of_result("privileges", "are_missing"))

    def key(self) -> dict[str, Any]:
        """The key pair."""
        return {"size": self._options["key_size"], "key_id": self._options["key_id"] or None}

    def app(self) -> dict[str, Any]:
        """The service app."""
        zones = self.zones if self.zones or self._known.get("network_limited") else None
        return {
            "id": self._known.get("application_id") or self._options["application_id"] or None,
            "label": self._options["app_label"],
            "recreate": "application_id" in self._known,
            "exclusive_keys": bool(self._options["exclusive"]) and not self.is_adopting,
            "take_over": self.adopts,
            "only_add": self.is_adopting,
            "app_dpop": self._options["dpop"],
            "network_zones": zones,
            "requested_at": self._known.get("app_requested_at"),
            "assume_missing": self._is_known_absent,
        }

    @property
    def _is_known_absent(self) -> bool:
        """Whether the plan found no app with the label, and no earlier run can have requested one."""
        is_first = bool(self.plan.of_result("key", "generated")) and not self.intends_to_adopt
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
        """The admin roles after the grants, since the org can assign some by itself."""
        return {**self.client_role(), "new_app": False, "roles_before": self.plan.of_result("roles", "roles")}

    def late_grants(self) -> dict[str, Any]:
        """The scopes after the changes, without those that are unavailable in the org."""
        optional = [scope for scope in self.optional_scopes if scope not in self.unavailable]
        return {**self.scope_grant(), "optional_scopes": optional, "new_app": False, "roles_before": None}

    def late_app(self) -> dict[str, Any]:
        """The app after the changes; its network zones by the ids that were found."""
        options, found = self.app(), (self._app.get("app") or {}).get("network_zones") or []
        zones = None if options["network_zones"] is None else list(found)
        return {**options, "id": self.app_id, "recreate": False, "requested_at": None, "assume_missing": False, "network_zones": zones}

    def _unless_remediating(self, name: str) -> list[str]:
        return [] if self._options["remediation"] or self.only_adds else list(self._options[name])

    def verification(self) -> dict[str, Any]:
        """The options to verify the stored credentials with an access token."""
        app = self._app.get("app") or {}
        return {
            "client_id": self.client_id,
            "dpop": app["dpop"] if "dpop" in app else bool(self._known.get("dpop", self._options["dpop"])),
            "scopes": self.scopes_to_verify,
            "endpoints": verification_endpoints(self.scopes_to_verify),
            "probes": self._probes(),
            "coverage": coverage_reads(self.scopes_to_verify) if self._reads_coverage else [],
        }

    @property
    def _reads_coverage(self) -> bool:
        """Whether test reads show which scopes are usable: the credentials are new, or the reads are requested."""
        return self.is_new or not self.plan.is_verified or bool(self._options["verify_coverage"])

    @property
    def coverage(self) -> list[ScopeCoverage]:
        """The status of each scope, by the test reads of this run; empty where there were none."""
        held = self.plan.of_result("late_roles", "roles") or self.plan.of_result("roles", "roles") or self.roles
        answers = self.plan.of_result("verification", "coverage") or ()
        return assess_coverage(
            self.plan.of_result("verification", "scopes") or (), answers, [role.partition(":")[0] for role in held], self._permissions
        )

    @property
    def _permissions(self) -> list[str] | None:
        """The permissions of the custom roles; None where one of them is unmanaged."""
        if self._options["remediation"] and self._options["remediation_custom_roles"]:
            return None
        remediation = self._options["remediation_permissions"] if self.manages_remediation_role else []
        shows_privileges = self.manages_privilege_role and not self.privileges_refused
        return [*remediation, *([IAM_PERMISSION] if shows_privileges else [])]

    def _probes(self) -> list[dict[str, Any]]:
        """Invalid write requests: Okta's error shows whether the app is authorized, and nothing is changed."""
        if not self._options["remediation"] or "app" not in self._app or self._options["remediation_custom_roles"]:
            return []
        if not self.manages_remediation_role:
            return [{"method": "POST", "path": f"/api/v1/users/{_UNKNOWN_USER}", "body": {"profile": {}}}]
        groups = self.plan.of_result("resource_set", "groups") or []
        return [{"method": "PUT", "path": f"/api/v1/groups/{group['id']}", "body": {"profile": {}}} for group in groups[:1]]

    # the stored record

    def with_key(self, current: Current, key: Mapping[str, Any], *, now: str) -> dict[str, Any]:
        """The record with the key, before it is registered in Okta."""
        return key_created(
            current,
            self.identity,
            key,
            scopes_version=self.plan.scopes["version"],
            adopting=self.adopts,
            adopted=self.intends_to_adopt,
            now=now,
        )

    @property
    def stores_app(self) -> bool:
        """Whether the record lacks the app's id, the id of a related object, or the intent."""
        is_other_app = self.is_new or self._known.get("application_id") != self.app_id
        is_refused = self.privileges_refused != bool(self._known.get("privileges_refused"))
        return is_other_app or self.stores_key_first or bool(self.created_objects) or is_refused

    def with_app(self, current: Current) -> dict[str, Any]:
        """The record with the app, which isn't verified yet."""
        return app_identified(current, self.identity, self._facts(current), scopes_version=self.plan.scopes["version"])

    def with_comparison(self, current: Current) -> dict[str, Any]:
        """The record after the comparison, where the credentials weren't verified."""
        return app_compared(current, self._facts(current))

    def with_verification(self, current: Current, *, now: str) -> dict[str, Any]:
        """The record after the verification."""
        facts = self._facts(current) if self.plan.compared else None
        if self.plan.check and self.plan.has_run("app") and self.stores_app:
            current = without(current, ("proven_at",))  # as the task that finds the app would leave it
        version = self.plan.scopes["version"]
        return app_verified(current, facts, scopes_version=version, unavailable=self.unavailable, now=now)

    @property
    def identity(self) -> Identity:
        """The tenant that the record belongs to."""
        return identity(self.plan)

    def _facts(self, current: Current) -> AppFacts:
        key_ids = self._app.get("key_ids")
        is_limited = bool(self._known.get("network_limited")) if self.only_adds else bool(self.zones)
        return AppFacts(
            app_id=self.app_id,
            key_id=str(key_ids[0] if key_ids else current.get("key_id", PLACEHOLDER_ID)),
            adopting=self.is_still_adopting,
            adopted=self.is_adopted,
            dpop=bool((self._app.get("app") or {}).get("dpop")),
            network_limited=is_limited,
            privileges_refused=self.privileges_refused,
            made=self.created_objects,
            org_id=self._app.get("org_id"),
        )


def identity(plan: Plan) -> Identity:
    """The tenant that the record of a plan belongs to."""
    caller = plan.of_result("caller", "caller") or {}
    owner = caller.get("id") if caller.get("kind") == "api_token" else None
    return Identity(plan.method, plan.tenant, plan.org_url, owner)
