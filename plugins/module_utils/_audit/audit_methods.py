# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of one tenant, by the method that it was onboarded with, and what the report says of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timezone
from functools import partial
from typing import Any

from .._core.errors import ApiError, InputError, OktaError, RezonateError
from .._core.spec import Call, Outcome
from .._okta.authentication import OAuthClient
from .._okta.caller import SUPER_ADMIN, read_owner
from .._okta.client import OktaClient
from .._okta.connection import connect
from .._okta.org_url import parse
from .._okta.visibility import find_unproven_absence, shows_nothing
from .._resources.api_service_integration import list_services, read_secrets
from .._resources.api_service_integration_plan import DesiredIntegration, Integration
from .._resources.api_token_info import READ_ONLY, Owner
from .._resources.app_credentials import ACTIVE, Key
from .._resources.privilege_visibility import read_privilege_snapshot
from .._resources.resource import DesiredSet, Member
from .._resources.role_assignment import CUSTOM, RoleAssignments, client_path, custom_key, role_key, standard_types, user_path
from .._resources.scope_grant import ScopeGrants
from .._resources.scope_usability import covered
from .._resources.service_app import list_apps, list_keys, read_app, zone_id
from .._resources.service_app_plan import App, DesiredApp, dated
from .._tenant.coverage import asked as coverage_reads
from .._tenant.coverage import coverage
from .._tenant.keys import tenant_name
from .._tenant.report_audit import audit_sentence
from .finding_types import KINDS, Place
from .findings import (
    app_findings,
    find_app,
    integration_findings,
    key_age_findings,
    key_rows,
    privilege_findings,
    role_findings,
    secret_age_findings,
)
from .schema import tenant as report_of
from .tenant_audit import Audit, AuditSnapshot

_FORBIDDEN = 403
_USERS = "/api/v1/users?limit=1"


class AppAudit(Audit):
    """A service app with a key."""

    needs = ("okta.apps.read", "okta.appGrants.read", "okta.roles.read")

    def __init__(self, call: Call, now: float) -> None:
        super().__init__(call, now)
        standard = standard_types(self.params["roles"], "roles", "custom ones belong in custom_roles")
        custom = [custom_key(entry["role"], entry["resource_set"]) for entry in self.params["custom_roles"]]
        self.wants_roles = (*standard, *dict.fromkeys(custom))
        self._dpop = self.params["own_dpop"]

    def run(self) -> None:
        """Ask Okta, and try what each granted scope is for, where that is asked for."""
        super().run()
        if self.params["coverage"] and not self.seen.error:
            self._look_at_coverage()

    def look(self) -> None:
        app_id, retiring = self.params["app_id"], self.params["retiring_keys"] or ()
        apps = self.ask("app_unknown", "the apps", self._list)
        if apps is None:
            if app_id:
                self._look_at_rights(app_id, app_id)
            return
        if not apps and (doubt := find_unproven_absence(self.client)):
            self.seen.say("app_unknown", doubt.text("the app is there"))
            if app_id:
                self._look_at_rights(app_id, app_id)
            return
        found = find_app(apps, app_id, self.keys or ())
        wanted, app = self._wanted(found.app), found.app
        if app is None:
            self.seen.told += app_findings(found, wanted, retiring)
            return
        self.seen.app = {"id": app.id, "label": app.label, "status": app.status, "created": app.created}
        if self.client.credential is not self.own:
            self._dpop = app.dpop
            self.own = self.own_credential(dpop=app.dpop)
        listed: list[Key] = []
        beside = [partial(self._list_keys, app.id or "", listed)] if self._lacks_ages(app) else []
        self._look_at_rights(app.id or "", app.client_id or app.id or "", beside)
        app = dated(app, listed)
        self.seen.told += app_findings(replace(found, app=app), wanted, retiring)
        self.seen.keys = key_rows(app, self.keys, self.age, retiring)
        self.seen.told += key_age_findings(self.seen.keys, self.age, self._verified())

    def _lacks_ages(self, app: App) -> bool:
        """Whether ages matter that the app doesn't tell."""
        return self.age.most is not None and any(key.status == ACTIVE and self.age.days(key.created) is None for key in app.keys)

    def _verified(self) -> dict[str, str]:
        """When the key in use was verified."""
        key_id, proven_at = self.params["own_key_id"], self.params["proven_at"]
        return {key_id: proven_at} if key_id and proven_at else {}

    def _list(self) -> list[App]:
        app_id = self.params["app_id"]
        apps = list_apps(self.client, self.params["app_label"])
        # the one that isn't among them has another label, or is gone
        known = read_app(self.client, app_id) if app_id and app_id not in {app.id for app in apps} else None
        return [*apps, *([known] if known else [])]

    def _wanted(self, app: App | None) -> DesiredApp:
        return DesiredApp(
            label=self.params["app_label"],
            keys=self.keys or None,
            exclusive_keys=self.params["exclusive_keys"],
            dpop=self.params["app_dpop"],
            network_zones=self._zones(self.params["network_zones"]) if app else None,
        )

    def _zones(self, wanted: Sequence[str] | None) -> tuple[str, ...] | None:
        """The wanted zones by id. A name that no zone has stays a name, and so differs from what is."""
        if wanted is None or all(zone.startswith("nzo") for zone in wanted):
            return None if wanted is None else tuple(sorted(wanted))
        listed = self.ask("network_unknown", "the network zones", self._list_zones)
        return None if listed is None else tuple(sorted({zone_id(zone, listed) or zone for zone in wanted}))

    def _list_zones(self) -> list[dict[str, Any]]:
        return list(self.client.pages("/api/v1/zones", "list the network zones"))

    def _list_keys(self, app_id: str, listed: list[Key]) -> None:
        """List the app's keys, where the credential may; where not, their ages are unknown."""
        try:
            listed += list_keys(self.client, app_id)
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise

    def _look_at_rights(self, app_id: str, client_id: str, beside: Sequence[Callable[[], None]] = ()) -> None:
        """Compare scopes and admin roles.

        Args:
            app_id: the app.
            client_id: its client id.
            beside: what is read at the same time.
        """
        roles_wanted = DesiredSet(self.wants_roles, exclusive=self.params["exclusive"])
        grants = ScopeGrants(self.client, DesiredSet(()), app_id=app_id, warn=self.call.warn)
        roles = RoleAssignments(self.client, roles_wanted, path=client_path(client_id), holder="the app")
        granted, held, *_rest = self.client.side_by_side(
            [
                lambda: self.ask("scopes_unknown", "the granted scopes", grants.read),
                lambda: self.ask("roles_unknown", "the app's admin roles", roles.read),
                lambda: self._look_at_privileges(client_id),
                *beside,
            ]
        )
        if granted is not None:
            self.tell_of_scopes(granted)
        if held is not None:
            self.seen.held = held
            self.seen.told += role_findings(held, roles_wanted, knows_custom=self.params["custom_roles_known"] and not self.unread)

    def _look_at_privileges(self, client_id: str) -> None:
        """Look at the custom role that sees the org's privileges, where it is known which one that is."""
        wanted = self.params["privileges"]
        if not wanted:
            return
        look = partial(read_privilege_snapshot, self.client, wanted["role"], wanted["resource_set"], client_id)
        seen = self.ask("privileges_unknown", "custom roles and resource sets", look)
        if seen is not None:
            self.seen.told += privilege_findings(seen, wanted["permission"], wanted["resource"])

    def _look_at_coverage(self) -> None:
        """Try it with the stored credentials."""
        scopes = self.wants_scopes if self.seen.granted is None else tuple(self.seen.granted)
        is_same = set(scopes) == set(self.wants_scopes)
        own = self.own if is_same else self.own_credential(dpop=self._dpop, scopes=scopes)
        if not isinstance(own, OAuthClient) or not scopes:
            return
        reader = connect(self.call, (), credential=own)
        try:
            own.token(reader.transport)
        except OktaError:
            return  # whether the credentials work is a finding already
        reads = [partial(covered, reader, asked["path"], never_empty=asked["never_empty"]) for asked in coverage_reads(scopes)]
        held = tuple(self.wants_roles if self.seen.held is None else self.seen.held)
        found = coverage(scopes, reader.side_by_side(reads), [role.partition(":")[0] for role in held], self._permissions(held))
        self.seen.coverage = [asdict(one) for one in found]

    def _permissions(self, held: Sequence[str]) -> list[str] | None:
        """Those of the custom roles that the app holds; None where one isn't known."""
        custom = {role for role in held if role.partition(":")[0] == CUSTOM}
        ours = self.params["privileges"]
        known = {custom_key(ours["role"], ours["resource_set"]): ours["permission"]} if ours else {}
        return [known[role] for role in custom] if custom <= known.keys() else None


class ServiceAudit(Audit):
    """An API service integration with a secret."""

    needs = ("okta.oauthIntegrations.read",)
    holder = "integration"

    def look(self) -> None:
        params = self.params
        listed = self.ask("app_unknown", "the API service integrations", lambda: list_services(self.client, params["service_type"]))
        if listed is None:
            return
        known = params["app_id"] or None
        meant = [one for one in listed if known in (None, one.id)]
        mine = meant[0] if len(meant) == 1 else None
        if mine:
            mine = self._with_secrets(mine)
            self.seen.app = {"id": mine.id, "label": mine.name, "status": None, "created": mine.created_at}
            self.tell_of_scopes({scope: Member(scope) for scope in mine.scopes})
        wanted = DesiredIntegration(
            id=known,
            type=params["service_type"],
            secret_hash=params["secret_hash"] or None,
            exclusive_secrets=params["exclusive_keys"],
            take_over=True,
        )
        self.seen.told += integration_findings(mine, [one for one in listed if not mine or one.id != mine.id], wanted)

    def _with_secrets(self, mine: Integration) -> Integration:
        secrets = self.ask("keys_unknown", "the client secrets", lambda: read_secrets(self.client, mine))
        if secrets is None:
            return mine
        ours = self.params["secret_hash"] or None
        self.seen.told += secret_age_findings(secrets, ours, self.age, self.params["proven_at"])
        if not ours and not self.unread:
            self.seen.say("keys_unknown", "The vault file doesn't say by what hash Okta tells our secret from others.")
        return replace(mine, secrets=secrets)


class TokenAudit(Audit):
    """An API token that a person made."""

    needs = ("okta.roles.read",)
    wants_roles = (READ_ONLY,)

    def __init__(self, call: Call, now: float) -> None:
        super().__init__(call, now)
        self.wants_scopes = ()

    def look(self) -> None:
        if self.own is None:
            if not self.unread:
                self.seen.say("token_dead", "The vault file holds no API token.")
            return
        reader = connect(self.call, (), credential=self.own)
        try:
            owner = Owner(*read_owner(reader, "read whose API token the vault file holds"))
        except ApiError as error:
            if not error.is_of_credential:
                raise
            self.seen.say("token_dead", "Okta doesn't take the API token in the vault file: it is wrong, expired or revoked.")
            if self.client.credential is self.own:
                self.seen.error = self.seen.told[-1].message
            return
        self._look_at_owner(self._with_roles(owner, reader))
        if "role_missing" in {told.kind for told in self.seen.told}:
            return
        if not self._reads_users(reader):
            self.seen.say("role_missing", f"The API token in the vault file may not read users: its owner {owner.login} lacks {READ_ONLY}.")

    def _reads_users(self, reader: OktaClient) -> bool:
        """Whether users are shown; without any role, Okta's answer may be an empty list."""
        try:
            body = reader.get(_USERS, "read with the API token in the vault file", expect=object)
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise
            return False
        return not shows_nothing(_USERS, body)

    def _with_roles(self, owner: Owner, reader: OktaClient) -> Owner:
        """The owner's roles, by the credential of the audit, or by what the token itself may do."""
        for client in (reader,) if self.client.credential is self.own else (self.client, reader):
            try:
                found = list(client.pages(user_path(owner.id), "read the admin roles of the token's owner"))
            except ApiError as error:
                if error.status != _FORBIDDEN:
                    raise
                continue
            roles = tuple(sorted({role_key(role) for role in found}))
            return replace(owner, roles=roles, reads_roles=client is reader)
        return owner

    def _look_at_owner(self, owner: Owner) -> None:
        if owner.roles is None:
            self.seen.say("roles_unknown", f"Okta doesn't let the audit read the admin roles of {owner.login}. {owner.verdict}")
            return
        self.seen.held = owner.roles
        if SUPER_ADMIN in owner.roles:
            self.seen.say("super_admin", f"The API token in the vault file belongs to the super admin {owner.login}.")
        if owner.is_privileged:
            self.seen.say("owner_privileged", owner.verdict)
        elif not owner.roles:
            self.seen.say("role_missing", owner.verdict)


_AUDITS: Mapping[str, type[Audit]] = {"oauth": AppAudit, "api_service_integration": ServiceAudit, "api_token": TokenAudit}


def audit_tenant(call: Call) -> Outcome:
    """Do what the module `okta_audit_info` is asked."""
    call = replace(call, params={**call.params, "tenant": str(call.params["tenant"])})
    now, params = time.time(), call.params
    if params["problem"]:
        return _outcome(params, now, _not_audited(params))
    audit = _AUDITS[params["method"]](call, now)
    try:
        audit.run()
    except RezonateError as error:
        audit.seen.error = str(error)
    return _outcome(params, now, _told(audit, audit.seen))


def _outcome(params: Mapping[str, Any], now: float, seen: Mapping[str, Any]) -> Outcome:
    found = _report_of(params, now, seen)
    return Outcome(values={"tenant": found, "msg": audit_sentence(found)})


def _not_audited(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """A tenant that can't be audited; it may be for its org that it can't."""
    name = tenant_name(params["tenant"], params["okta_domain"])
    try:
        org_url = parse(params["org_url"] or f"{name}.{params['okta_domain']}").url
    except InputError:
        org_url = None
    return {"tenant": name, "org_url": org_url, "error": params["problem"]}


def _report_of(params: Mapping[str, Any], now: float, seen: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tenant, as the report takes it."""
    about = {
        "tenant": params["tenant"],
        "host": params["host"] or params["tenant"],
        "method": params["method"],
        "audited_at": datetime.fromtimestamp(int(now), timezone.utc).isoformat(),
    }
    return report_of({**about, "status": "failed" if seen["error"] else None, **seen}, "tenant")


def _told(audit: Audit, seen: AuditSnapshot) -> Mapping[str, Any]:
    """What an audit saw."""
    params = audit.params
    severities = {KINDS[told.kind].severity for told in seen.told}
    status = "failed" if seen.error else "clean" if not severities else "unknown" if severities == {"unknown"} else "findings"
    # as somebody in this directory would give it
    inventory = tuple(source.removeprefix(f"{os.getcwd()}/") for source in params["inventory"])
    place = Place(params["host"] or params["tenant"], inventory, params["vault_id"] or "")
    return {
        "org_url": audit.client.org.url,
        "status": status,
        "audited_as": audit.audited_as,
        "app": seen.app,
        "keys": seen.keys,
        "coverage": seen.coverage,
        "scopes": {"wanted": list(audit.wants_scopes), "granted": None if seen.granted is None else list(seen.granted)},
        "roles": {"wanted": list(audit.wants_roles), "held": None if seen.held is None else list(seen.held)},
        "last_proof": params["proven_at"],
        "error": seen.error,
        "findings": [told.finding(place) for told in seen.told],
    }
