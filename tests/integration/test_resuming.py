# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run was killed: whatever it left, the next one goes on from there and ends with exactly one app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from helpers.ansible_run import Run
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace, own_token, pem, stored_record
from okta_emulator import Tenant

SCOPES = ["okta.logs.read", "okta.users.read"]
Kept = dict[str, Any]


def ago(**span: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def made(tenant: Tenant, *scopes: str) -> str:
    app = tenant.add_app("Rezonate", [public_jwk(tenant.name)])
    tenant.grant(app, *scopes)
    return app


def before_the_request(tenant: Tenant) -> Kept:
    return stored_record(tenant, app_requested_at=ago(hours=1))


def with_a_request_under_way(tenant: Tenant) -> Kept:
    return stored_record(tenant, app_requested_at=ago(seconds=1))


def before_the_id_was_kept(tenant: Tenant) -> Kept:
    made(tenant)
    return stored_record(tenant, app_requested_at=ago(hours=1))


def before_the_list_knew_the_app(tenant: Tenant) -> Kept:
    app = made(tenant)
    tenant.set(index_lag=3600)

    def catch_up(org: Tenant, _request: Any) -> None:
        org.set(index_lag=0)

    assert app
    tenant.emulator.fault("hook", tenant=tenant.name, path=r"/api/v1/apps\?", skip=2, call=catch_up)
    return stored_record(tenant, app_requested_at=ago(seconds=1))


def before_the_grants(tenant: Tenant) -> Kept:
    return stored_record(tenant, application_id=made(tenant))


def amid_the_grants(tenant: Tenant) -> Kept:
    return stored_record(tenant, application_id=made(tenant, SCOPES[0]))


def before_the_proof(tenant: Tenant) -> Kept:
    app = made(tenant, *SCOPES)
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    return stored_record(tenant, application_id=app)


def with_the_app_gone_meanwhile(tenant: Tenant) -> Kept:
    app = made(tenant, *SCOPES)
    tenant.remove_app(app)
    return stored_record(tenant, application_id=app)


def beside_another_app_with_the_label(tenant: Tenant) -> Kept:
    made(tenant)
    tenant.add_app("Rezonate", [public_jwk("strangers")])
    return stored_record(tenant, app_requested_at=ago(hours=1))


KILLED = {
    entry.__name__.replace("_", " "): entry
    for entry in (
        before_the_request,
        with_a_request_under_way,
        before_the_id_was_kept,
        before_the_list_knew_the_app,
        before_the_grants,
        amid_the_grants,
        before_the_proof,
        with_the_app_gone_meanwhile,
    )
}


@dataclass(frozen=True)
class Resumed:
    """Tenants whose runs were killed, and the two runs after that."""

    workspace: Workspace
    hosts: dict[str, Tenant]
    runs: tuple[Run, Run]


@pytest.fixture(scope="module")
def resumed(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Resumed:
    workspace = new_workspace()
    hosts = {killed: new_tenant() for killed in KILLED}
    inventory = {}
    for killed, tenant in hosts.items():
        workspace.store(tenant, KILLED[killed](tenant))
        # where a write was cut off, its temporary file is left
        workspace.vault_file(tenant).with_name(".rezonate.vault.rezonate-tmp").write_bytes(b"$ANSIBLE_VAULT;1.2;AES256;rz\n3132")
        inventory[tenant.name] = own_token(tenant, rezonate_scopes=SCOPES, rezonate_optional_scopes=[])
    return Resumed(workspace, hosts, (workspace.fleet(inventory, no_wait=True), workspace.fleet(inventory)))


@pytest.mark.parametrize("killed", KILLED)
def test_the_next_run_ends_with_one_app(resumed: Resumed, killed: str) -> None:
    tenant = resumed.hosts[killed]
    assert resumed.runs[0].stats[tenant.name]["failures"] == 0, resumed.runs[0].failure(tenant.name)
    (app,) = tenant.apps
    assert [key["n"] for key in tenant.keys(app["id"])] == [public_jwk(tenant.name)["n"]]
    assert (tenant.scopes(app["id"]), tenant.roles(app["id"])) == (SCOPES, ["CUSTOM", "READ_ONLY_ADMIN"])


@pytest.mark.parametrize("killed", KILLED)
def test_the_file_keeps_its_key_and_is_proven(resumed: Resumed, killed: str) -> None:
    tenant = resumed.hosts[killed]
    found = resumed.workspace.credentials(tenant)
    assert found["private_key"] == pem(tenant.name)
    assert found["application_id"] == tenant.apps[0]["id"]
    assert "proven_at" in found
    assert "app_requested_at" not in found
    assert [item.name for item in resumed.workspace.vault_file(tenant).parent.iterdir()] == ["rezonate.vault"]


@pytest.mark.parametrize("killed", KILLED)
def test_the_run_after_that_changes_nothing(resumed: Resumed, killed: str) -> None:
    assert resumed.runs[1].changed(resumed.hosts[killed].name) == []


def test_the_app_that_holds_our_key_is_ours(workspace: Workspace, tenant: Tenant) -> None:
    workspace.store(tenant, beside_another_app_with_the_label(tenant))
    run = workspace.onboard(tenant)
    assert run.rc == 0, run.output
    ours = workspace.credentials(tenant)["application_id"]
    assert [key["kid"] for key in tenant.keys(ours)] == [tenant.name]
    assert len(tenant.apps) == 2
