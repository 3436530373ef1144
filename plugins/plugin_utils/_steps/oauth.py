# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of onboarding with an OAuth service app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from ...module_utils._core.errors import ApiError, RezonateError, StateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.custom_roles import IAM_PERMISSION, PRIVILEGES, REMEDIATION, CustomRole
from ...module_utils._tenant.oauth import PLACEHOLDER_ID, OAuth
from ...modules.okta_client_role import MODULE as CLIENT_ROLE
from ...modules.okta_custom_role import MODULE as CUSTOM_ROLE
from ...modules.okta_resource_set import MODULE as RESOURCE_SET
from .._planning.comparison import Block, BlockResult, is_rate_limited, raise_first_error, run_blocks, with_results
from .step import Step, Work, record_time

_NO_FEATURE = "E0000015"  # Okta: no permission to access the feature
_UNSUPPORTED_STATUSES = (403, 404, 405)  # not 400, which reports an invalid request, or a name that a concurrent run has used
_PUBLIC_MEMBERS = ("kty", "n", "e", "kid", "use", "alg")


def public_jwk(private: Mapping[str, Any]) -> dict[str, Any]:
    """The public half of a JWK."""
    return {name: private[name] for name in _PUBLIC_MEMBERS if name in private}


class KeyStep(Step):
    """Generates the key, or uses the stored or supplied one, and stores it before it is registered with Okta."""

    name = "key"

    def fill_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {**{name: value for name, value in self.options().items() if value is not None}, **given}

    def options(self) -> Mapping[str, Any]:
        if "private_key" in self.context.record.current:
            return {}
        return {**OAuth(self.plan).key(), "private_key": self.context.variable("rezonate_private_key") or None}

    def run(self, call: Call, work: Work) -> Outcome:
        return super().run(call, self._use_stored_key if "private_key" in self.context.record.current else work)

    def _use_stored_key(self, _call: Call) -> Outcome:
        current = self.context.record.current
        return Outcome(values={"key_id": current["key_id"], "public_jwk": public_jwk(current["private_jwk"])})

    def record_result(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        desired = OAuth(self.plan)
        current = self.context.record.current
        is_stored = "private_key" in current
        self.plan = self.plan.with_members(self.name, generated=not is_stored)
        if is_stored and not desired.stores_key_first:
            return self.result(outcome)
        key = {} if is_stored else {name: learned[name] for name in ("key_id", "private_key", "private_jwk")}
        return self.save_record(outcome, desired.with_key(current, key, now=record_time()), call)


class AppStep(Step):
    """Finds or creates the app, and stores its id.

    Listing apps takes a second, so the admin roles of a new app are assigned during the search for concurrently created apps.
    """

    name = "app"
    _roles: Mapping[str, Any] | None = None

    def options(self) -> Mapping[str, Any]:
        return {**OAuth(self.plan).app(), "jwks": self._jwks()}

    def _jwks(self) -> list[dict[str, Any]]:
        """The managed keys, including one that a rotation has prepared."""
        current = self.context.record.current
        stored = current.get("private_jwk") or self.plan.of_result("key", "public_jwk")
        following = current.get("next", {}).get("private_jwk")
        return [public_jwk(jwk) for jwk in (stored, following) if jwk]

    def run(self, call: Call, work: Work) -> Outcome:
        # the plan holds a caller only if it is a super admin
        knows_caller = self.plan.has_run("caller")
        return super().run(replace(call, parallel_task=partial(self._assign_roles, call), caller_sees_all=knows_caller), work)

    def _assign_roles(self, call: Call, app: Mapping[str, Any]) -> None:
        """Assign the roles to the created app; if that fails, the step of the roles repeats it and reports the error."""
        plan = self.plan.with_result(self.name, {"created": True, "app": app})
        options = {**self.context.connection(), **self.caller_options(), **OAuth(plan).client_role(), "roles_before": None}
        compared = run_blocks([Block(RolesStep.name, CLIENT_ROLE, options)], call)[RolesStep.name]
        if compared.outcome:
            self._roles = {"changed": compared.outcome.changed, **compared.outcome.values}
        elif is_rate_limited(compared.error):
            self._roles = {"refused": str(compared.error)}

    def record_result(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        if self._roles:
            self.plan = self.plan.with_result(RolesStep.name, self._roles)
        desired = OAuth(self.plan)
        return (
            self.save_record(outcome, desired.with_app(self.context.record.current), call) if desired.stores_app else self.result(outcome)
        )


class RolesStep(Step):
    """Assigns the admin roles, unless that was done when the app was created."""

    name = "roles"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).client_role()

    def run(self, call: Call, work: Work) -> Outcome:
        if not self.plan.has_run(self.name):
            return super().run(call, work)
        assigned = self.plan.result(self.name)
        if assigned.get("refused"):
            raise StateError(str(assigned["refused"]))
        return self.result(Outcome(bool(assigned["changed"]), before={"roles": []}, after={"roles": assigned["roles"]}))


class GrantsStep(Step):
    """Grants the scopes."""

    name = "grants"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).scope_grant()


class NetworkZoneStep(Step):
    """Creates the network zone of the addresses from which the app can be used."""

    name = "network_zone"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).network_zone()


class ResourceSetStep(Step):
    """Creates the resource set of the groups to which remediation is limited."""

    name = "resource_set"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).resource_set()


class CustomRoleStep(Step):
    """Creates the custom role of remediation."""

    name = "custom_role"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).custom_role()


class PrivilegesStep(Step):
    """Creates the custom role for privilege visibility and its resource set, in parallel.

    Orgs whose licence doesn't include custom roles refuse them: the app works without, and the report has the consequences.
    """

    name = PRIVILEGES.role

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).privilege_role()

    def run(self, call: Call, _work: Work) -> Outcome:
        common = {**self.context.connection(), **self.caller_options()}
        desired = OAuth(self.plan)
        compared = run_blocks(
            [
                Block(PRIVILEGES.role, CUSTOM_ROLE, {**common, **desired.privilege_role()}),
                Block(PRIVILEGES.resource_set, RESOURCE_SET, {**common, **desired.privilege_set()}),
            ],
            call,
        )
        refusal = next((one.error for one in compared.values() if is_unsupported_feature(one.error)), None)
        if refusal is None:
            raise_first_error(compared.values())
            self.plan = with_results(self.plan, compared)
            done = [one.outcome for one in compared.values() if one.outcome]
            shown = {name: {step: getattr(one.outcome, name) for step, one in compared.items()} for name in ("before", "after")}
            return self.result(Outcome(any(one.changed for one in done), before=shown["before"], after=shown["after"]))
        self._delete_created(compared, common, call)
        call.warn(f"The org doesn't support custom admin roles, so the app can't see role assignments: {refusal}")
        self.plan = self.plan.with_result(self.name, {"changed": False, "refused": str(refusal)})
        return self.result(Outcome())

    def _delete_created(self, compared: Mapping[str, BlockResult], common: Mapping[str, Any], call: Call) -> None:
        """Delete the one that was created, if the other is refused."""
        modules = {PRIVILEGES.role: (CUSTOM_ROLE, "role"), PRIVILEGES.resource_set: (RESOURCE_SET, "resource_set")}
        blocks = [
            Block(step, modules[step][0], {**common, "state": "absent", "id": one.outcome.values[modules[step][1]]["id"]})
            for step, one in compared.items()
            if one.outcome and one.outcome.values["created"] and not call.check_mode
        ]
        raise_first_error(run_blocks(blocks, call).values())


class ObsoleteRoleStep(RolesStep):
    """Removes the custom role of remediation from the app, since remediation is no longer limited to groups."""

    name = "lost_role"
    custom: ClassVar[CustomRole] = REMEDIATION

    def options(self) -> Mapping[str, Any]:
        made = self.plan.known["made"]
        pair = {"role": made[self.custom.role], "resource_set": made.get(self.custom.resource_set, PLACEHOLDER_ID)}
        return {"state": "absent", "app_client_id": OAuth(self.plan).client_id, "custom_roles": [pair]}

    @property
    def applies(self) -> bool:
        # if the app's roles are exclusive, it was removed with the other surplus roles
        return not OAuth(self.plan).is_exclusive


class ObsoleteCustomRoleStep(CustomRoleStep):
    """Deletes the custom role of remediation, unless it is in use elsewhere."""

    custom: ClassVar[CustomRole] = REMEDIATION

    def options(self) -> Mapping[str, Any]:
        permissions = {REMEDIATION: list(self.plan.option("remediation_permissions")), PRIVILEGES: [IAM_PERMISSION]}[self.custom]
        made = self.plan.known["made"]
        return {"state": "absent", "id": made[self.custom.role], "permissions": permissions, **_only_unused(OAuth(self.plan))}


class ObsoleteResourceSetStep(ResourceSetStep):
    """Deletes the resource set of remediation, unless it is in use elsewhere."""

    custom: ClassVar[CustomRole] = REMEDIATION

    def options(self) -> Mapping[str, Any]:
        return {"state": "absent", "id": self.plan.known["made"][self.custom.resource_set], **_only_unused(OAuth(self.plan))}

    @property
    def applies(self) -> bool:
        return self.custom.resource_set in self.plan.known["made"]


class ObsoletePrivilegesStep(ObsoleteRoleStep):
    """Removes the custom role for privilege visibility from the app, since it is no longer desired."""

    name = "lost_privileges"
    custom = PRIVILEGES


class ObsoletePrivilegeRoleStep(ObsoleteCustomRoleStep):
    """Deletes that role, unless it is in use elsewhere."""

    name = PRIVILEGES.role
    custom = PRIVILEGES


class ObsoletePrivilegeSetStep(ObsoleteResourceSetStep):
    """Deletes its resource set, unless it is in use elsewhere."""

    name = PRIVILEGES.resource_set
    custom = PRIVILEGES


def is_unsupported_feature(error: RezonateError | None) -> bool:
    """Whether Okta refuses a valid request because the org lacks the feature, regardless of the caller."""
    if not isinstance(error, ApiError) or error.is_unauthorized:
        return False
    return error.code == _NO_FEATURE or error.status in _UNSUPPORTED_STATUSES


def _only_unused(desired: OAuth) -> dict[str, Any]:
    return {"only_unused": True, "own_apps": [desired.client_id]}
