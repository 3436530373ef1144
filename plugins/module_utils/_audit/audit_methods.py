# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of one tenant by its onboarding method, and its part of the report."""

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
from .._okta.org_url import parse_org_url
from .._okta.visibility import find_uncertain_absence, is_empty_list_response
from .._resources.api_service_integration import list_integrations, read_secrets
from .._resources.api_service_integration_plan import DesiredIntegration, Integration
from .._resources.api_token_info import READ_ONLY, Owner
from .._resources.app_credentials import ACTIVE, Key
from .._resources.privilege_visibility import read_privilege_snapshot
from .._resources.resource import DesiredSet, Member
from .._resources.role_assignment import CUSTOM, RoleAssignments, client_path, custom_key, role_key, standard_types, user_path
from .._resources.scope_grant import ScopeGrants
from .._resources.scope_usability import classify_read
from .._resources.service_app import list_apps, list_keys, read_app, zone_id
from .._resources.service_app_plan import App, DesiredApp, with_key_times
from .._tenant.coverage import assess_coverage, coverage_reads
from .._tenant.identifiers import tenant_name
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
from .schema import parse_tenant
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
        self.desired_roles = (*standard, *dict.fromkeys(custom))
        self._dpop = self.params["own_dpop"]

    def run_audit(self) -> None:
        """Read and compare; where the option C(coverage) is set, also use each granted scope."""
        super().run_audit()
        if self.params["coverage"] and not self.snapshot.error:
            self._audit_coverage()

    def collect(self) -> None:
        app_id, retiring = self.params["app_id"], self.params["retiring_keys"] or ()
        apps = self.read_or_report("app_unknown", "the apps", self._list_apps)
        if apps == [] and (doubt := find_uncertain_absence(self.client)):
            self.snapshot.add_finding("app_unknown", doubt.text("the app exists"))
            apps = None
        if apps is None:
            if app_id:
                self._audit_access(app_id, app_id)
            return
        found = find_app(apps, app_id, self.keys or ())
        desired, app = self._desired_app(found.app), found.app
        if app is None:
            self.snapshot.findings += app_findings(found, desired, retiring)
            return
        self.snapshot.app = {"id": app.id, "label": app.label, "status": app.status, "created": app.created}
        if self.client.credential is not self.own_credential:
            self._dpop = app.dpop
            self.own_credential = self.make_own_credential(dpop=app.dpop)
        listed: list[Key] = []
        parallel = [partial(self._list_keys, app.id or "", listed)] if self._lacks_key_times(app) else []
        self._audit_access(app.id or "", app.client_id or app.id or "", parallel)
        app = with_key_times(app, listed)
        self.snapshot.findings += app_findings(replace(found, app=app), desired, retiring)
        self.snapshot.keys = key_rows(app, self.keys, self.age, retiring)
        self.snapshot.findings += key_age_findings(self.snapshot.keys, self.age, self._verified())

    def _lacks_key_times(self, app: App) -> bool:
        """Whether an age is needed that the app doesn't show."""
        return self.age.max_seconds is not None and any(key.status == ACTIVE and self.age.days(key.created) is None for key in app.keys)

    def _verified(self) -> dict[str, str]:
        """When the key in use was verified."""
        key_id, proven_at = self.params["own_key_id"], self.params["proven_at"]
        return {key_id: proven_at} if key_id and proven_at else {}

    def _list_apps(self) -> list[App]:
        app_id = self.params["app_id"]
        apps = list_apps(self.client, self.params["app_label"])
        # an app that isn't listed has another label, or no longer exists
        known = read_app(self.client, app_id) if app_id and app_id not in {app.id for app in apps} else None
        return [*apps, *([known] if known else [])]

    def _desired_app(self, app: App | None) -> DesiredApp:
        return DesiredApp(
            label=self.params["app_label"],
            keys=self.keys or None,
            exclusive_keys=self.params["exclusive_keys"],
            dpop=self.params["app_dpop"],
            network_zones=self._desired_zones(self.params["network_zones"]) if app else None,
        )

    def _desired_zones(self, desired: Sequence[str] | None) -> tuple[str, ...] | None:
        """The ids of the desired zones. A name that no zone has is kept, and so is drift."""
        if desired is None or all(zone.startswith("nzo") for zone in desired):
            return None if desired is None else tuple(sorted(desired))
        listed = self.read_or_report(
            "network_unknown", "the network zones", lambda: list(self.client.pages("/api/v1/zones", "list the network zones"))
        )
        return None if listed is None else tuple(sorted({zone_id(zone, listed) or zone for zone in desired}))

    def _list_keys(self, app_id: str, listed: list[Key]) -> None:
        """List the app's keys where the credential may read them; otherwise their ages are unknown."""
        try:
            listed += list_keys(self.client, app_id)
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise

    def _audit_access(self, app_id: str, client_id: str, parallel: Sequence[Callable[[], None]] = ()) -> None:
        """Compare scopes and admin roles.

        Args:
            app_id: the app.
            client_id: its client id.
            parallel: other reads to run at the same time.
        """
        role_set = DesiredSet(self.desired_roles, exclusive=self.params["exclusive"])
        grants = ScopeGrants(self.client, DesiredSet(()), app_id=app_id, warn=self.call.warn)
        roles = RoleAssignments(self.client, role_set, path=client_path(client_id), holder="the app")
        granted, held, *_rest = self.client.in_parallel(
            [
                lambda: self.read_or_report("scopes_unknown", "the granted scopes", grants.read_state),
                lambda: self.read_or_report("roles_unknown", "the app's admin roles", roles.read_state),
                lambda: self._audit_privileges(client_id),
                *parallel,
            ]
        )
        if granted is not None:
            self.audit_scopes(granted)
        if held is not None:
            self.snapshot.held = held
            knows_custom = self.params["custom_roles_known"] and not self.vault_problem
            self.snapshot.findings += role_findings(held, role_set, knows_custom=knows_custom)

    def _audit_privileges(self, client_id: str) -> None:
        """Compare the custom role that can read the org's privileges, where its id is known."""
        desired = self.params["privileges"]
        if not desired:
            return
        read = partial(read_privilege_snapshot, self.client, desired["role"], desired["resource_set"], client_id)
        snapshot = self.read_or_report("privileges_unknown", "custom roles and resource sets", read)
        if snapshot is not None:
            self.snapshot.findings += privilege_findings(snapshot, desired["permission"], desired["resource"])

    def _audit_coverage(self) -> None:
        """Use the scopes with the stored credentials."""
        scopes = self.desired_scopes if self.snapshot.granted is None else tuple(self.snapshot.granted)
        is_same = set(scopes) == set(self.desired_scopes)
        own = self.own_credential if is_same else self.make_own_credential(dpop=self._dpop, scopes=scopes)
        if not isinstance(own, OAuthClient) or not scopes:
            return
        reader = connect(self.call, (), credential=own)
        try:
            own.token(reader.transport)
        except OktaError:
            return  # credentials that don't work are a finding already
        reads = [partial(classify_read, reader, read["path"], never_empty=read["never_empty"]) for read in coverage_reads(scopes)]
        held = tuple(self.desired_roles if self.snapshot.held is None else self.snapshot.held)
        found = assess_coverage(scopes, reader.in_parallel(reads), [role.partition(":")[0] for role in held], self._permissions(held))
        self.snapshot.coverage = [asdict(one) for one in found]

    def _permissions(self, held: Sequence[str]) -> list[str] | None:
        """The permissions of the custom roles that the app holds; None where one is unknown."""
        custom = {role for role in held if role.partition(":")[0] == CUSTOM}
        managed = self.params["privileges"]
        known = {custom_key(managed["role"], managed["resource_set"]): managed["permission"]} if managed else {}
        return [known[role] for role in custom] if custom <= known.keys() else None


class IntegrationAudit(Audit):
    """An API service integration with a secret."""

    needs = ("okta.oauthIntegrations.read",)
    holder = "integration"

    def collect(self) -> None:
        params = self.params
        read = partial(list_integrations, self.client, params["service_type"])
        listed = self.read_or_report("app_unknown", "the API service integrations", read)
        if listed is None:
            return
        known = params["app_id"] or None
        matches = [one for one in listed if known in (None, one.id)]
        integration = matches[0] if len(matches) == 1 else None
        if integration:
            integration = self._with_secrets(integration)
            self.snapshot.app = {"id": integration.id, "label": integration.name, "status": None, "created": integration.created_at}
            self.audit_scopes({scope: Member(scope) for scope in integration.scopes})
        desired = DesiredIntegration(
            id=known,
            type=params["service_type"],
            secret_hash=params["secret_hash"] or None,
            exclusive_secrets=params["exclusive_keys"],
            take_over=True,
        )
        others = [one for one in listed if not integration or one.id != integration.id]
        self.snapshot.findings += integration_findings(integration, others, desired)

    def _with_secrets(self, integration: Integration) -> Integration:
        secrets = self.read_or_report("keys_unknown", "the client secrets", lambda: read_secrets(self.client, integration))
        if secrets is None:
            return integration
        stored_hash = self.params["secret_hash"] or None
        self.snapshot.findings += secret_age_findings(secrets, stored_hash, self.age, self.params["proven_at"])
        if not stored_hash and not self.vault_problem:
            self.snapshot.add_finding("keys_unknown", "The vault file doesn't record Okta's hash of the stored secret.")
        return replace(integration, secrets=secrets)


class TokenAudit(Audit):
    """An API token that a person created."""

    needs = ("okta.roles.read",)
    desired_roles = (READ_ONLY,)

    def __init__(self, call: Call, now: float) -> None:
        super().__init__(call, now)
        self.desired_scopes = ()

    def collect(self) -> None:
        if self.own_credential is None:
            if not self.vault_problem:
                self.snapshot.add_finding("token_dead", "The vault file holds no API token.")
            return
        reader = connect(self.call, (), credential=self.own_credential)
        try:
            owner = Owner(*read_owner(reader, "read the owner of the stored API token"))
        except ApiError as error:
            if not error.is_unauthorized:
                raise
            self.snapshot.add_finding("token_dead", "Okta doesn't accept the API token in the vault file: it is wrong, expired or revoked.")
            if self.client.credential is self.own_credential:
                self.snapshot.error = self.snapshot.findings[-1].message
            return
        self._audit_owner(self._with_roles(owner, reader))
        if "role_missing" in {finding.kind for finding in self.snapshot.findings}:
            return
        if not self._reads_users(reader):
            message = f"The API token in the vault file may not read users: its owner {owner.login} lacks {READ_ONLY}."
            self.snapshot.add_finding("role_missing", message)

    def _reads_users(self, reader: OktaClient) -> bool:
        """Whether Okta shows users; without any role, its response may be an empty list."""
        try:
            body = reader.get(_USERS, "read with the API token in the vault file", expect=object)
        except ApiError as error:
            if error.status != _FORBIDDEN:
                raise
            return False
        return not is_empty_list_response(_USERS, body)

    def _with_roles(self, owner: Owner, reader: OktaClient) -> Owner:
        """The owner with its roles, read with the credential of the audit or with the token itself."""
        for client in (reader,) if self.client.credential is self.own_credential else (self.client, reader):
            try:
                found = list(client.pages(user_path(owner.id), "read the admin roles of the token's owner"))
            except ApiError as error:
                if error.status != _FORBIDDEN:
                    raise
                continue
            roles = tuple(sorted({role_key(role) for role in found}))
            return replace(owner, roles=roles, reads_roles=client is reader)
        return owner

    def _audit_owner(self, owner: Owner) -> None:
        if owner.roles is None:
            self.snapshot.add_finding("roles_unknown", f"Okta doesn't let the audit read the admin roles of {owner.login}. {owner.verdict}")
            return
        self.snapshot.held = owner.roles
        if SUPER_ADMIN in owner.roles:
            self.snapshot.add_finding("super_admin", f"The API token in the vault file belongs to the super admin {owner.login}.")
        if owner.is_privileged:
            self.snapshot.add_finding("owner_privileged", owner.verdict)
        elif not owner.roles:
            self.snapshot.add_finding("role_missing", owner.verdict)


_AUDITS: Mapping[str, type[Audit]] = {"oauth": AppAudit, "api_service_integration": IntegrationAudit, "api_token": TokenAudit}


def audit_tenant(call: Call) -> Outcome:
    """Run the module `okta_audit_info`."""
    call = replace(call, params={**call.params, "tenant": str(call.params["tenant"])})
    now, params = time.time(), call.params
    if params["problem"]:
        return _outcome(params, now, _not_audited(params))
    audit = _AUDITS[params["method"]](call, now)
    try:
        audit.run_audit()
    except RezonateError as error:
        audit.snapshot.error = str(error)
    return _outcome(params, now, _snapshot_facts(audit, audit.snapshot))


def _outcome(params: Mapping[str, Any], now: float, snapshot: Mapping[str, Any]) -> Outcome:
    facts = {
        "tenant": params["tenant"],
        "host": params["host"] or params["tenant"],
        "method": params["method"],
        "audited_at": datetime.fromtimestamp(int(now), timezone.utc).isoformat(),
        "status": "failed" if snapshot["error"] else None,
    }
    tenant = parse_tenant({**facts, **snapshot}, "tenant")
    return Outcome(values={"tenant": tenant, "msg": audit_sentence(tenant)})


def _not_audited(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """A tenant that can't be audited, perhaps because of its org URL."""
    name = tenant_name(params["tenant"], params["okta_domain"])
    try:
        org_url = parse_org_url(params["org_url"] or f"{name}.{params['okta_domain']}").url
    except InputError:
        org_url = None
    return {"tenant": name, "org_url": org_url, "error": params["problem"]}


def _snapshot_facts(audit: Audit, snapshot: AuditSnapshot) -> Mapping[str, Any]:
    """The results of an audit, for the report."""
    params = audit.params
    severities = {KINDS[finding.kind].severity for finding in snapshot.findings}
    status = "failed" if snapshot.error else "clean" if not severities else "unknown" if severities == {"unknown"} else "findings"
    # relative to the current directory
    inventory = tuple(source.removeprefix(f"{os.getcwd()}/") for source in params["inventory"])
    place = Place(params["host"] or params["tenant"], inventory, params["vault_id"] or "")
    return {
        "org_url": audit.client.org.url,
        "status": status,
        "audited_as": audit.audited_as,
        "app": snapshot.app,
        "keys": snapshot.keys,
        "coverage": snapshot.coverage,
        "scopes": {"wanted": list(audit.desired_scopes), "granted": None if snapshot.granted is None else list(snapshot.granted)},
        "roles": {"wanted": list(audit.desired_roles), "held": None if snapshot.held is None else list(snapshot.held)},
        "last_proof": params["proven_at"],
        "error": snapshot.error,
        "findings": [finding.finding(place) for finding in snapshot.findings],
    }
