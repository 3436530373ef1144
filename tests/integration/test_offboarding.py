# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that was made is taken back, and nothing that wasn't."""

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
from helpers.ansible_run import Run
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace, as_described, own_token, stored_record, writes
from okta_emulator import Entry, Tenant

PLAYBOOK = "rezonate.okta.offboard_rezonate"
YES = ("-e", "rezonate_confirm=true")
SCOPES = ["okta.logs.read", "okta.users.read"]
FEW = {"rezonate_scopes": SCOPES, "rezonate_optional_scopes": []}


def ago(**span: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def offboard(workspace: Workspace, hosts: dict[str, dict[str, Any]], *args: str, **options: Any) -> Run:
    inventory = workspace.folder / "tenants.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {"rezonate_ca_path": workspace.okta.ca_file}}}), encoding="utf-8")
    return workspace.run("-i", inventory, PLAYBOOK, *args, **options)


def said(run: Run, tenant: Tenant) -> str:
    return " ".join(run.result("Report the status of the tenant", tenant.name)["msg"])


def held(tenant: Tenant) -> dict[str, Any]:
    """Return all that a tenant holds and that a run could take away."""
    found = tenant.dump()
    names = ("apps", "grants", "client_roles", "services", "zones", "iam_roles", "resource_sets", "custom_roles")
    users = {name: user["status"] for name, user in found["users"].items()}
    return {**{name: found[name] for name in names if name in found}, "users": users}


@dataclass
class RunHistory:
    """Tenants that were onboarded in every way, and then offboarded, run by run."""

    workspace: Workspace
    tenants: dict[str, Tenant]
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    writes: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    requests: dict[str, list[Entry]] = field(default_factory=dict)

    def tell(self, name: str, *args: str) -> None:
        """Run once more."""
        for tenant in self.tenants.values():
            tenant.emulator.clear_requests(tenant.name)
        # what an inventory says of it doesn't count
        hosts = {tenant.name: own_token(tenant, rezonate_confirm=True) for tenant in self.tenants.values()}
        self.runs[name] = offboard(self.workspace, hosts, *args)
        self.writes[name] = {kind: writes(tenant.requests) for kind, tenant in self.tenants.items()}
        self.requests[name] = [entry for tenant in self.tenants.values() for entry in tenant.requests]


def look_alikes(tenant: Tenant) -> None:
    """Make what isn't ours, though it looks like it."""
    tenant.add_app("Rezonate", [public_jwk("strangers")])
    tenant.add_app("Rezonate remediation", [public_jwk("strangers")])
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
        history.before[kind] = held(tenant)
        hosts[tenant.name] = own_token(tenant, **FEW, **VARIABLES[kind])
    for kind in ("token", "service user"):
        tenant = history.tenants[kind]
        hosts[tenant.name]["rezonate_readonly_api_token"] = tenant.add_api_token("auditor", ["READ_ONLY_ADMIN"])
        history.before[kind] = held(tenant)
    moved = history.tenants["moved"]
    history.workspace.fleet({moved.name: own_token(moved, **FEW)})
    run = history.workspace.fleet(hosts)
    assert run.rc == 0, run.output[-3000:]
    for kind, tenant in history.tenants.items():
        with_ours = held(tenant)
        look_alikes(tenant)
        keep = held(tenant)
        history.before[kind] = difference(keep, with_ours, history.before[kind])
    history.run("without a word")
    history.run("check", "--check")
    history.run("first", *YES, "-e", "rezonate_backup=true")
    history.run("second", *YES)
    return history


def difference(now: dict[str, Any], with_ours: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be left: what was there before us, and what came after us."""
    return {
        name: {key: value for key, value in things.items() if key in before[name] or key not in with_ours[name]}
        for name, things in now.items()
    }


@pytest.mark.parametrize("kind", VARIABLES)
def test_without_a_yes_nothing_is_touched(history: RunHistory, kind: str) -> None:
    tenant = history.tenants[kind]
    expected = "Nothing was removed: confirm at the prompt, or set -e rezonate_confirm=true."
    assert history.runs["without a word"].failure(tenant.name) == expected
    assert history.writes["without a word"][kind] == []


@pytest.mark.parametrize("kind", VARIABLES)
def test_check_mode_needs_no_yes_and_predicts(history: RunHistory, kind: str) -> None:
    name = history.tenants[kind].name
    assert history.writes["check"][kind] == []
    real = [task for task in history.runs["first"].changed(name) if task != "Keep an encrypted copy of the vault file"]
    assert history.runs["check"].changed(name) == real != []


@pytest.mark.parametrize("kind", VARIABLES)
def test_what_was_made_is_gone_and_look_alikes_stay(history: RunHistory, kind: str) -> None:
    tenant = history.tenants[kind]
    assert history.runs["first"].stats[tenant.name]["failures"] == 0, history.runs["first"].failure(tenant.name)
    now = held(tenant)
    user = next(
        (key for key, status in now["users"].items() if key not in history.before[kind]["users"] and status == "DEPROVISIONED"), None
    )
    assert (user is not None) == (kind == "service user")
    now["users"].pop(user, None)
    assert now == history.before[kind]


@pytest.mark.parametrize("kind", VARIABLES)
def test_the_file_is_gone_and_its_copy_is_encrypted(history: RunHistory, kind: str) -> None:
    path = history.workspace.vault_file(history.tenants[kind])
    (backup,) = path.parent.iterdir()
    assert backup.name.startswith("rezonate.vault.")
    assert backup.name.endswith(".backup")
    assert backup.read_bytes().startswith(b"$ANSIBLE_VAULT;")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert str(backup) in said(history.runs["first"], history.tenants[kind])


@pytest.mark.parametrize("kind", VARIABLES)
def test_the_run_after_that_has_nothing_to_do(history: RunHistory, kind: str) -> None:
    tenant = history.tenants[kind]
    assert (history.runs["second"].changed(tenant.name), history.writes["second"][kind], len(tenant.requests)) == ([], [], 0)
    assert "nothing to remove" in said(history.runs["second"], tenant)


@pytest.mark.parametrize("run", ["check", "first"])
def test_requests_are_as_okta_describes_them(history: RunHistory, run: str) -> None:
    assert history.requests[run]
    openapi.validate_logged(as_described(history.requests[run]))


def test_a_token_that_a_person_made_is_named(history: RunHistory) -> None:
    assert "was created manually and remains valid" in said(history.runs["first"], history.tenants["token"])
    assert "was created manually and remains valid" not in said(history.runs["first"], history.tenants["service user"])


def adopted(workspace: Workspace, tenant: Tenant, *others: str) -> str:
    app = tenant.add_app("Rezonate", [public_jwk(name) for name in (tenant.name, *others)])
    tenant.grant(app, *SCOPES)
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    workspace.store(tenant, stored_record(tenant, application_id=app, adopted=True, proven_at=ago(days=1)))
    return app


def test_of_an_app_that_was_there_before_us_only_our_key_goes(workspace: Workspace, tenant: Tenant) -> None:
    app = adopted(workspace, tenant, "vendors")
    run = offboard(workspace, {tenant.name: own_token(tenant)}, *YES)
    assert run.rc == 0, run.output
    assert [key["kid"] for key in tenant.keys(app)] == ["vendors"]
    assert (tenant.app(app)["status"], tenant.scopes(app), tenant.roles(app)) == ("ACTIVE", SCOPES, ["READ_ONLY_ADMIN"])
    assert f"The app {app} existed before onboarding and remains, without the managed key." in said(run, tenant)
    assert not workspace.vault_file(tenant).exists()


def test_an_app_that_was_there_before_us_is_switched_off_where_our_key_is_its_only_one(workspace: Workspace, tenant: Tenant) -> None:
    app = adopted(workspace, tenant)
    run = offboard(workspace, {tenant.name: own_token(tenant)}, *YES, "-e", "rezonate_revoke_bootstrap_token=true")
    assert (run.rc, tenant.app(app)["status"]) == (0, "INACTIVE")
    assert "remains, deactivated, since the managed key is its only key. The bootstrap API token was revoked." in said(run, tenant)
    assert tenant.state.api_tokens == {}


def test_an_integration_that_was_there_before_us_stays(workspace: Workspace, tenant: Tenant) -> None:
    made = tenant.add_service("rezonate_security", *SCOPES)
    whose = {"method": "api_service_integration", "tenant_id": tenant.name, "org_url": tenant.org_url}
    workspace.store(tenant, {**whose, **made, "requested_at": ago(hours=1), "adopted": True, "proven_at": ago(days=1)})
    run = offboard(workspace, {tenant.name: own_token(tenant)}, *YES)
    assert (run.rc, len(tenant.services)) == (0, 1), run.output
    assert f"The integration {made['client_id']} existed before onboarding and remains, with the managed secret" in said(run, tenant)


def test_an_app_can_be_kept_switched_off(workspace: Workspace, tenant: Tenant) -> None:
    app = workspace.create_onboarded(tenant, *SCOPES)
    before = workspace.credentials(tenant)
    runs = [offboard(workspace, {tenant.name: own_token(tenant)}, *YES, "-e", "rezonate_keep_app=true") for _time in range(2)]
    assert [run.rc for run in runs] == [0, 0]
    assert tenant.app(app)["status"] == "INACTIVE"
    assert workspace.credentials(tenant) == before
    assert runs[1].changed(tenant.name) == []
    back = workspace.fleet({tenant.name: own_token(tenant, **FEW)})
    assert (back.rc, tenant.app(app)["status"]) == (0, "ACTIVE")


def before_the_app(workspace: Workspace, tenant: Tenant) -> list[str]:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(hours=1)))
    return [tenant.add_app("Rezonate", [public_jwk("strangers")])]


def before_the_id_was_kept(workspace: Workspace, tenant: Tenant) -> list[str]:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(hours=1)))
    tenant.add_app("Rezonate", [public_jwk(tenant.name)])
    return [tenant.add_app("Rezonate", [public_jwk("strangers")]), tenant.add_app("Rezonate 2", [public_jwk(tenant.name)])]


def before_the_list_knew_the_app(workspace: Workspace, tenant: Tenant) -> list[str]:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(seconds=2)))
    tenant.add_app("Rezonate", [public_jwk(tenant.name)])
    tenant.set(index_lag=3600)
    tenant.emulator.fault("hook", tenant=tenant.name, path=r"/api/v1/apps\?", skip=1, call=lambda org, _request: org.set(index_lag=0))
    return []


def while_adopting(workspace: Workspace, tenant: Tenant) -> list[str]:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(hours=1), adopted=True))
    return [tenant.add_app("Rezonate", [public_jwk(tenant.name), public_jwk("vendors")])]


def with_the_app_gone(workspace: Workspace, tenant: Tenant) -> list[str]:
    tenant.remove_app(workspace.create_onboarded(tenant))
    return []


def amid_a_rotation(workspace: Workspace, tenant: Tenant) -> list[str]:
    app = workspace.create_onboarded(tenant)
    tenant.add_key(app, public_jwk("next"))
    workspace.store(tenant, {**workspace.credentials(tenant), "next": {"key_id": "next", "requested_at": ago(hours=1)}})
    tenant.set_app_status(app, "INACTIVE")  # an offboarding was cut off, too
    return []


CUT_OFF = (before_the_app, before_the_id_was_kept, before_the_list_knew_the_app, while_adopting, with_the_app_gone, amid_a_rotation)


def test_what_runs_that_were_cut_off_have_left_is_taken_back_too(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenants = {case: new_tenant() for case in CUT_OFF}
    expected = {case: case(workspace, tenant) for case, tenant in tenants.items()}
    run = offboard(workspace, {tenant.name: own_token(tenant) for tenant in tenants.values()}, *YES, no_wait=True)
    for case, tenant in tenants.items():
        assert run.stats[tenant.name]["failures"] == 0, run.failure(tenant.name)
        assert [app["id"] for app in tenant.apps] == expected[case], case
        assert not workspace.vault_file(tenant).exists()


def test_of_two_apps_that_may_be_ours_none_is_chosen(workspace: Workspace, tenant: Tenant) -> None:
    workspace.store(tenant, stored_record(tenant, app_requested_at=ago(hours=1)))
    apps = [tenant.add_app("Rezonate", [public_jwk(tenant.name)]) for _time in range(2)]
    run = offboard(workspace, {tenant.name: own_token(tenant)}, *YES)
    assert all(app in run.failure(tenant.name) for app in apps)
    assert (writes(tenant.requests), workspace.vault_file(tenant).exists()) == ([], True)


def test_other_variables_of_the_file_stay(workspace: Workspace, tenant: Tenant) -> None:
    workspace.create_onboarded(tenant)
    play = {"rezonate.okta.vault_vars_file": {"path": str(workspace.vault_file(tenant)), "variables": {"mine": 1}}}
    assert workspace.play([play], tenant).rc == 0
    assert offboard(workspace, {tenant.name: own_token(tenant)}, *YES).rc == 0
    assert yaml.safe_load(workspace.view(tenant)) == {"mine": 1}
