# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offboarding removes everything that onboarding created, and nothing else."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import yaml
from emulator.contract import openapi
from helpers.ansible_run import CONFIRMED, Run
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace, as_described, own_token, stored_record, writes
from okta_emulator import Entry, Tenant

PLAYBOOK = "rezonate.okta.offboard_rezonate"
NOT_CONFIRMED = (
    "Nothing was removed: confirm at the prompt, or set -e rezonate_confirm=true and -e rezonate_offboard_tenants to the names of the"
    " tenants or to their number."
)
SCOPES = ["okta.logs.read", "okta.users.read"]
FEW = {"rezonate_scopes": SCOPES, "rezonate_optional_scopes": []}


def ago(**span: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def offboard(workspace: Workspace, hosts: dict[str, dict[str, Any]], *args: str, **options: Any) -> Run:
    inventory = workspace.folder / "tenants.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {"rezonate_ca_path": workspace.okta.ca_file}}}), encoding="utf-8")
    return workspace.run("-i", inventory, PLAYBOOK, *args, **options)


def report(run: Run, tenant: Tenant) -> str:
    return " ".join(run.result("Report the status of the tenant", tenant.name)["msg"])


def snapshot(tenant: Tenant) -> dict[str, Any]:
    """Return all objects of a tenant that a run could remove."""
    found = tenant.dump()
    names = ("apps", "grants", "client_roles", "services", "zones", "iam_roles", "resource_sets", "custom_roles")
    users = {name: user["status"] for name, user in found["users"].items()}
    return {**{name: found[name] for name in names if name in found}, "users": users}


@dataclass
class RunHistory:
    """Tenants that were onboarded with every method, and the runs that offboard them."""

    workspace: Workspace
    tenants: dict[str, Tenant]
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    writes: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    requests: dict[str, list[Entry]] = field(default_factory=dict)

    def run(self, name: str, *args: str) -> None:
        """Run again."""
        for tenant in self.tenants.values():
            tenant.emulator.clear_requests(tenant.name)
        # values of the inventory are ignored
        given = {"rezonate_confirm": True, "rezonate_offboard_tenants": len(self.tenants)}
        hosts = {tenant.name: own_token(tenant, **given) for tenant in self.tenants.values()}
        self.runs[name] = offboard(self.workspace, hosts, *args)
        self.writes[name] = {kind: writes(tenant.requests) for kind, tenant in self.tenants.items()}
        self.requests[name] = [entry for tenant in self.tenants.values() for entry in tenant.requests]


def similar_objects(tenant: Tenant) -> None:
    """Create unmanaged objects that are similar to managed ones."""
    tenant.add_app("Rezonate", [public_jwk("foreign")])
    tenant.add_app("Rezonate remediation", [public_jwk("foreign")])
    tenant.add_app("Rezonate", [public_jwk(tenant.name)])
    tenant.add_service("rezonate_security", *SCOPES, age=86400 * 200)
    tenant.add_zone("Rezonate (rezonate.okta) 2", "192.0.2.0/24")
    tenant.add_user("rezonate-service@acme.example", roles=["READ_ONLY_ADMIN"])


VARIABLES: dict[str, dict[str, Any]] = {
    "oauth": {},
    "remediation": {"rezonate_remediation": True, "rezonate_remediation_resource_groups": ["Contractors"]},
    "zone": {"rezonate_source_addresses": ["198.51.100.0/24"], "rezonate_verify": False},
    "integration": {"rezonate_method": "api_service_integration"},
    "moved": {"rezonate_method": "api_service_integration"},
    "token": {"rezonate_method": "api_token"},
    "service user": {"rezonate_method": "api_token", "rezonate_service_user": "rezonate@acme.example"},
}


@pytest.fixture(scope="module")
def history(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistory:
    history = RunHistory(new_workspace(), {kind: new_tenant() for kind in VARIABLES})
    hosts = {}
    for kind, tenant in history.tenants.items():
        tenant.add_group("Contractors")
        history.before[kind] = snapshot(tenant)
        hosts[tenant.name] = own_token(tenant, **FEW, **VARIABLES[kind])
    for kind in ("token", "service user"):
        tenant = history.tenants[kind]
        hosts[tenant.name]["rezonate_readonly_api_token"] = tenant.add_api_token("auditor", ["READ_ONLY_ADMIN"])
        history.before[kind] = snapshot(tenant)
    moved = history.tenants["moved"]
    history.workspace.fleet({moved.name: own_token(moved, **FEW)})
    run = history.workspace.fleet(hosts)
    assert run.rc == 0, run.output[-3000:]
    for kind, tenant in history.tenants.items():
        with_managed = snapshot(tenant)
        similar_objects(tenant)
        after = snapshot(tenant)
        history.before[kind] = difference(after, with_managed, history.before[kind])
    history.run("without a word")
    history.run("check", "--check")
    history.run("first", *CONFIRMED, "-e", "rezonate_backup=true")
    history.run("second", *CONFIRMED)
    return history


def difference(now: dict[str, Any], with_managed: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return the objects that must remain: those from before onboarding and those created later."""
    return {
        name: {key: value for key, value in things.items() if key in before[name] or key not in with_managed[name]}
        for name, things in now.items()
    }


@pytest.mark.parametrize("kind", VARIABLES)
def test_without_confirmation_nothing_is_changed(history: RunHistory, kind: str) -> None:
    tenant = history.tenants[kind]
    assert history.runs["without a word"].failure(tenant.name) == NOT_CONFIRMED
    assert history.writes["without a word"][kind] == []


@pytest.mark.parametrize("kind", VARIABLES)
def test_check_mode_needs_no_confirmation_and_predicts_the_changes(history: RunHistory, kind: str) -> None:
    name = history.tenants[kind].name
    assert history.writes["check"][kind] == []
    real = [task for task in history.runs["first"].changed(name) if task != "Keep an encrypted copy of the vault file"]
    assert history.runs["check"].changed(name) == real != []


@pytest.mark.parametrize("kind", VARIABLES)
def test_created_objects_are_removed_and_similar_objects_remain(history: RunHistory, kind: str) -> None:
    tenant = history.tenants[kind]
    assert history.runs["first"].stats[tenant.name]["failures"] == 0, history.runs["first"].failure(tenant.name)
    now = snapshot(tenant)
    user = next(
        (key for key, status in now["users"].items() if key not in history.before[kind]["users"] and status == "DEPROVISIONED"), None
    )
    assert (user is not None) == (kind == "service user")
    now["users"].pop(user, None)
    assert now == history.before[kind]


@pytest.mark.parametrize("kind", VARIABLES)
def test_the_file_is_deleted_and_its_backup_is_encrypted(history: RunHistory, kind: str) -> None:
    path = history.workspace.vault_file(history.tenants[kind])
    (backup,) = path.parent.iterdir()
    assert backup.name.startswith("rezonate.vault.")
    assert backup.name.endswith(".backup")
    assert backup.read_bytes().startswith(b"$ANSIBLE_VAULT;")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert str(backup) in report(history.runs["first"], history.tenants[kind])


@pytest.mark.parametrize("kind", VARIABLES)
def test_the_next_run_has_nothing_to_do(history: RunHistory, kind: str) -> None:
    tenant = history.tenants[kind]
    assert (history.runs["second"].changed(tenant.name), history.writes["second"][kind], len(tenant.requests)) == ([], [], 0)
    assert "nothing to remove" in report(history.runs["second"], tenant)


@pytest.mark.parametrize("run", ["check", "first"])
def test_requests_match_okta_s_api_description(history: RunHistory, run: str) -> None:
    assert history.requests[run]
    openapi.validate_logged(as_described(history.requests[run]))


def test_a_manually_created_token_is_reported(history: RunHistory) -> None:
    assert "was created manually and remains valid" in report(history.runs["first"], history.tenants["token"])
    assert "was created manually and remains valid" not in report(history.runs["first"], history.tenants["service user"])


def adopted(workspace: Workspace, tenant: Tenant, *others: str) -> str:
    app = tenant.add_app("Rezonate", [public_jwk(name) for name in (tenant.name, *others)])
    tenant.grant(app, *SCOPES)
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    workspace.store(tenant, stored_record(tenant, application_id=app, adopted=True, proven_at=ago(days=1)))
    return app


def test_only_the_managed_key_of_an_adopted_app_is_removed(workspace: Workspace, tenant: Tenant) -> None:
    app = adopted(workspace, tenant, "vendors")
    run = offboard(workspace, {tenant.name: own_token(tenant)}, *CONFIRMED)
    assert run.rc == 0, run.output
    assert [key["kid"] for key in tenant.keys(app)] == ["vendors"]
    assert (tenant.app(app)["status"], tenant.scopes(app), tenant.roles(app)) == ("ACTIVE", SCOPES, ["READ_ONLY_ADMIN"])
    assert f"The app {app} existed before onboarding and remains, without the managed key." in report(run, tenant)
    assert not workspace.vault_file(tenant).exists()


def test_an_adopted_app_is_deactivated_if_the_managed_key_is_its_only_key(workspace: Workspace, tenant: Tenant) -> None:
    app = adopted(workspace, tenant)
    run = offboard(workspace, {tenant.name: own_token(tenant)}, *CONFIRMED, "-e", "rezonate_revoke_bootstrap_token=true")
    assert (run.rc, tenant.app(app)["status"]) == (0, "INACTIVE")
    assert "remains, deactivated, since the managed key is its only key. The bootstrap API token was revoked." in report(run, tenant)
    assert tenant.state.api_tokens == {}


def test_an_adopted_integration_is_not_deleted(workspace: Workspace, tenant: Tenant) -> None:
    made = tenant.add_service("rezonate_security", *SCOPES)
    whose = {"method": "api_service_integration", "tenant_id": tenant.name, "org_url": tenant.org_url}
    workspace.store(tenant, {**whose, **made, "requested_at": ago(hours=1), "adopted": True, "proven_at": ago(days=1)})
    run = offboard(workspace, {tenant.name: own_token(tenant)}, *CONFIRMED)
    assert (run.rc, len(tenant.services)) == (0, 1), run.output
    assert f"The integration {made['client_id']} existed before onboarding and remains, with the managed secret" in report(run, tenant)


def test_an_app_can_be_deactivated_instead_of_deleted(workspace: Workspace, tenant: Tenant) -> None:
    app = workspace.create_onboarded(tenant, *SCOPES)
    before = workspace.credentials(tenant)
    runs = [offboard(workspace, {tenant.name: own_token(tenant)}, *CONFIRMED, "-e", "rezonate_keep_app=true") for _time in range(2)]
    assert [run.rc for run in runs] == [0, 0]
    assert tenant.app(app)["status"] == "INACTIVE"
    assert workspace.credentials(tenant) == before
    assert runs[1].changed(tenant.name) == []
    back = workspace.fleet({tenant.name: own_token(tenant, **FEW)})
    assert (back.rc, tenant.app(app)["status"]) == (0, "ACTIVE")


def before_the_app(workspace: Workspace, tenant: Tenant) -> list[str]:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(hours=1)))
    return [tenant.add_app("Rezonate", [public_jwk("foreign")])]


def before_the_id_was_stored(workspace: Workspace, tenant: Tenant) -> list[str]:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(hours=1)))
    tenant.add_app("Rezonate", [public_jwk(tenant.name)])
    return [tenant.add_app("Rezonate", [public_jwk("foreign")]), tenant.add_app("Rezonate 2", [public_jwk(tenant.name)])]


def before_the_app_was_listed(workspace: Workspace, tenant: Tenant) -> list[str]:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(seconds=2)))
    tenant.add_app("Rezonate", [public_jwk(tenant.name)])
    tenant.set(index_lag=3600)
    tenant.emulator.fault("hook", tenant=tenant.name, path=r"/api/v1/apps\?", skip=1, call=lambda org, _request: org.set(index_lag=0))
    return []


def while_adopting(workspace: Workspace, tenant: Tenant) -> list[str]:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(hours=1), adopted=True))
    return [tenant.add_app("Rezonate", [public_jwk(tenant.name), public_jwk("vendors")])]


def with_the_app_deleted(workspace: Workspace, tenant: Tenant) -> list[str]:
    tenant.remove_app(workspace.create_onboarded(tenant))
    return []


def during_a_rotation(workspace: Workspace, tenant: Tenant) -> list[str]:
    app = workspace.create_onboarded(tenant)
    tenant.add_key(app, public_jwk("next"))
    workspace.store(tenant, {**workspace.credentials(tenant), "next": {"key_id": "next", "requested_at": ago(hours=1)}})
    tenant.set_app_status(app, "INACTIVE")  # an offboarding was interrupted too
    return []


INTERRUPTED = (before_the_app, before_the_id_was_stored, before_the_app_was_listed, while_adopting, with_the_app_deleted, during_a_rotation)


def test_objects_of_interrupted_runs_are_removed(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenants = {case: new_tenant() for case in INTERRUPTED}
    expected = {case: case(workspace, tenant) for case, tenant in tenants.items()}
    run = offboard(workspace, {tenant.name: own_token(tenant) for tenant in tenants.values()}, *CONFIRMED, no_wait=True)
    for case, tenant in tenants.items():
        assert run.stats[tenant.name]["failures"] == 0, run.failure(tenant.name)
        assert [app["id"] for app in tenant.apps] == expected[case], case
        assert not workspace.vault_file(tenant).exists()


def test_neither_of_two_possible_apps_is_chosen(workspace: Workspace, tenant: Tenant) -> None:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(hours=1)))
    apps = [tenant.add_app("Rezonate", [public_jwk(tenant.name)]) for _time in range(2)]
    run = offboard(workspace, {tenant.name: own_token(tenant)}, *CONFIRMED)
    assert all(app in run.failure(tenant.name) for app in apps)
    assert (writes(tenant.requests), workspace.vault_file(tenant).exists()) == ([], True)


def test_other_variables_of_the_file_remain(workspace: Workspace, tenant: Tenant) -> None:
    workspace.create_onboarded(tenant)
    play = {"rezonate.okta.vault_vars_file": {"path": str(workspace.vault_file(tenant)), "variables": {"mine": 1}}}
    assert workspace.play([play], tenant).rc == 0
    assert offboard(workspace, {tenant.name: own_token(tenant)}, *CONFIRMED).rc == 0
    assert yaml.safe_load(workspace.view(tenant)) == {"mine": 1}
