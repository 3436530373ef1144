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
from ...module_utils._tenant.oauth import NOT_MADE, OAuth
from ...modules.okta_client_role import MODULE as CLIENT_ROLE
from ...modules.okta_custom_role import MODULE as CUSTOM_ROLE
from ...modules.okta_resource_set import MODULE as RESOURCE_SET
from .._planning.comparison import Block, Compared, gave_up, raise_first, run_blocks, with_results
from .step import Step, Work, now

_NO_FEATURE = "E0000015"  # Okta: no permission to access the feature
_NOT_HERE = (403, 404, 405)  # a 400 says that what was asked for is wrong, or taken by a run beside this one
_PUBLIC_MEMBERS = ("kty", "n", "e", "kid", "use", "alg")


def public_jwk(private: Mapping[str, Any]) -> dict[str, Any]:
    """The public half of a JWK."""
    return {name: private[name] for name in _PUBLIC_MEMBERS if name in private}


class KeyStep(Step):
    """Makes the key, or takes the one that is stored or given, and stores it before Okta hears of it."""

    name = "key"

    def filled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {**{name: value for name, value in self.options().items() if value is not None}, **given}

    def options(self) -> Mapping[str, Any]:
        if "private_key" in self.context.record.current:
            return {}
        return {**OAuth(self.plan).key(), "private_key": self.context.variable("rezonate_private_key") or None}

    def run(self, call: Call, work: Work) -> Outcome:
        return super().run(call, self._take if "private_key" in self.context.record.current else work)

    def _take(self, _call: Call) -> Outcome:
        current = self.context.record.current
        return Outcome(values={"key_id": current["key_id"], "public_jwk": public_jwk(current["private_jwk"])})

    def kept(self, outcome: Outcome, learned: Mapping[str, Any], call: Call) -> Outcome:
        wanted = OAuth(self.plan)
        current = self.context.record.current
        is_stored = "private_key" in current
        self.plan = self.plan.with_more(self.name, generated=not is_stored)
        if is_stored and not wanted.keeps_key_first:
            return self.told(outcome)
        key = {} if is_stored else {name: learned[name] for name in ("key_id", "private_key", "private_jwk")}
        return self.stored(outcome, wanted.with_key(current, key, now=now()), call)


class AppStep(Step):
    """Finds the app, or makes it, and stores its id.

    Okta takes a second to list apps, so the admin roles of a new app are assigned while it is looked for once more.
    """

    name = "app"
    _roles: Mapping[str, Any] | None = None

    def options(self) -> Mapping[str, Any]:
        return {**OAuth(self.plan).app(), "jwks": self._jwks()}

    def _jwks(self) -> list[dict[str, Any]]:
        """Our keys; one that a rotation has prepared stays."""
        current = self.context.record.current
        stored = current.get("private_jwk") or self.plan.of_result("key", "public_jwk")
        following = current.get("next", {}).get("private_jwk")
        return [public_jwk(jwk) for jwk in (stored, following) if jwk]

    def run(self, call: Call, work: Work) -> Outcome:
        # the plan names a caller only where it is a super admin
        knows_caller = self.plan.has_run("caller")
        return super().run(replace(call, beside=partial(self._assign_roles, call), caller_sees_all=knows_caller), work)

    def _assign_roles(self, call: Call, app: Mapping[str, Any]) -> None:
        """Assign them to the app that was made; where that fails, their own step does it, and says what is wrong."""
        plan = self.plan.with_result(self.name, {"created": True, "app": app})
        options = {**self.context.connection(), **self.caller(), **OAuth(plan).client_role(), "roles_before": None}
        compared = run_blocks([Block(RolesStep.name, CLIENT_ROLE, options)], call)[RolesStep.name]
        if compared.outcome:
            self._roles = {"changed": compared.outcome.changed, **compared.outcome.values}
        elif gave_up(compared.error):
            self._roles = {"refused": str(compared.error)}

    def kept(self, outcome: Outcome, _learned: Mapping[str, Any], call: Call) -> Outcome:
        if self._roles:
            self.plan = self.plan.with_result(RolesStep.name, self._roles)
        wanted = OAuth(self.plan)
        return self.stored(outcome, wanted.with_app(self.context.record.current), call) if wanted.stores_app else self.told(outcome)


class RolesStep(Step):
    """Assigns the admin roles, unless that was done when the app was made."""

    name = "roles"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).client_role()

    def run(self, call: Call, work: Work) -> Outcome:
        if not self.plan.has_run(self.name):
            return super().run(call, work)
        assigned = self.plan.result(self.name)
        if assigned.get("refused"):
            raise StateError(str(assigned["refused"]))
        return self.told(Outcome(bool(assigned["changed"]), before={"roles": []}, after={"roles": assigned["roles"]}))


class GrantsStep(Step):
    """Grants the scopes."""

    name = "grants"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).scope_grant()


class NetworkZoneStep(Step):
    """Makes the network zone of the addresses that the app may be used from."""

    name = "network_zone"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).network_zone()


class ResourceSetStep(Step):
    """Makes the resource set of the groups that may be acted on."""

    name = "resource_set"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).resource_set()


class CustomRoleStep(Step):
    """Makes the custom role that may act on them."""

    name = "custom_role"

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).custom_role()


class PrivilegesStep(Step):
    """Makes the custom role that sees the privileges, and the resource set that it covers, side by side.

    Orgs whose licence has no custom roles refuse them: the app does without, and the report says what it doesn't see.
    """

    name = PRIVILEGES.role

    def options(self) -> Mapping[str, Any]:
        return OAuth(self.plan).privilege_role()

    def run(self, call: Call, _work: Work) -> Outcome:
        common = {**self.context.connection(), **self.caller()}
        wanted = OAuth(self.plan)
        compared = run_blocks(
            [
                Block(PRIVILEGES.role, CUSTOM_ROLE, {**common, **wanted.privilege_role()}),
                Block(PRIVILEGES.resource_set, RESOURCE_SET, {**common, **wanted.privilege_set()}),
            ],
            call,
        )
        refusal = next((one.error for one in compared.values() if is_refused(one.error)), None)
        if refusal is None:
            raise_first(compared.values())
            self.plan = with_results(self.plan, compared)
            done = [one.outcome for one in compared.values() if one.outcome]
            shown = {name: {step: getattr(one.outcome, name) for step, one in compared.items()} for name in ("before", "after")}
            return self.told(Outcome(any(one.changed for one in done), before=shown["before"], after=shown["after"]))
        self._take_back(compared, common, call)
        call.warn(f"The org takes no custom admin role, so the app doesn't see who may do what in it: {refusal}")
        self.plan = self.plan.with_result(self.name, {"changed": False, "refused": str(refusal)})
        return self.told(Outcome())

    def _take_back(self, compared: Mapping[str, Compared], common: Mapping[str, Any], call: Call) -> None:
        """Delete the one that was made, where the other is refused."""
        modules = {PRIVILEGES.role: (CUSTOM_ROLE, "role"), PRIVILEGES.resource_set: (RESOURCE_SET, "resource_set")}
        blocks = [
            Block(step, modules[step][0], {**common, "state": "absent", "id": one.outcome.values[modules[step][1]]["id"]})
            for step, one in compared.items()
            if one.outcome and one.outcome.values["created"] and not call.check_mode
        ]
        raise_first(run_blocks(blocks, call).values())


class LostRoleStep(RolesStep):
    """Takes our custom role from the app, since remediation isn't limited to groups any more."""

    name = "lost_role"
    custom: ClassVar[CustomRole] = REMEDIATION

    def options(self) -> Mapping[str, Any]:
        made = self.plan.known["made"]
        pair = {"role": made[self.custom.role], "resource_set": made.get(self.custom.resource_set, NOT_MADE)}
        return {"state": "absent", "app_client_id": OAuth(self.plan).client_id, "custom_roles": [pair]}

    @property
    def applies(self) -> bool:
        # where the app's roles are exclusive, it went with the other roles that nobody asked for
        return not OAuth(self.plan).is_exclusive


class LostCustomRoleStep(CustomRoleStep):
    """Deletes our custom role, unless others use it by now."""

    custom: ClassVar[CustomRole] = REMEDIATION

    def options(self) -> Mapping[str, Any]:
        permissions = {REMEDIATION: list(self.plan.option("remediation_permissions")), PRIVILEGES: [IAM_PERMISSION]}[self.custom]
        made = self.plan.known["made"]
        return {"state": "absent", "id": made[self.custom.role], "permissions": permissions, **_unless_used(OAuth(self.plan))}


class LostResourceSetStep(ResourceSetStep):
    """Deletes our resource set, unless others use it by now."""

    custom: ClassVar[CustomRole] = REMEDIATION

    def options(self) -> Mapping[str, Any]:
        return {"state": "absent", "id": self.plan.known["made"][self.custom.resource_set], **_unless_used(OAuth(self.plan))}

    @property
    def applies(self) -> bool:
        return self.custom.resource_set in self.plan.known["made"]


class LostPrivilegesStep(LostRoleStep):
    """Takes the custom role that sees the privileges from the app, since it isn't to see them any more."""

    name = "lost_privileges"
    custom = PRIVILEGES


class LostPrivilegeRoleStep(LostCustomRoleStep):
    """Deletes that role, unless others use it by now."""

    name = PRIVILEGES.role
    custom = PRIVILEGES


class LostPrivilegeSetStep(LostResourceSetStep):
    """Deletes its resource set, unless others use it by now."""

    name = PRIVILEGES.resource_set
    custom = PRIVILEGES


def is_refused(error: RezonateError | None) -> bool:
    """Whether Okta refuses something that is fit to be asked for, whoever asks, since the org hasn't got it."""
    if not isinstance(error, ApiError) or error.is_of_credential:
        return False
    return error.code == _NO_FEATURE or error.status in _NOT_HERE


def _unless_used(wanted: OAuth) -> dict[str, Any]:
    return {"only_unused": True, "own_apps": [wanted.client_id]}
