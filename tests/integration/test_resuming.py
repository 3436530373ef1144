# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interrupted runs: from each intermediate state, the next run continues and ends with exactly one app."""

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
Record = dict[str, Any]


def ago(**span: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def create_app(tenant: Tenant, *scopes: str) -> str:
    app = tenant.add_app("Rezonate", [public_jwk(tenant.name)])
    tenant.grant(app, *scopes)
    return app


def before_the_request(tenant: Tenant) -> Record:
    return stored_record(tenant, app_requested_at=ago(hours=1))


def with_a_pending_request(tenant: Tenant) -> Record:
    return stored_record(tenant, app_requested_at=ago(seconds=1))


def before_the_id_was_stored(tenant: Tenant) -> Record:
    create_app(tenant)
    return stored_record(tenant, app_requested_at=ago(hours=1))


def before_the_app_was_listed(tenant: Tenant) -> Record:
    app = create_app(tenant)
    tenant.set(index_lag=3600)

    def move_clock(org: Tenant, _request: Any) -> None:
        org.set(index_lag=0)

    assert app
    tenant.emulator.fault("hook", tenant=tenant.name, path=r"/api/v1/apps\?", skip=2, call=move_clock)
    return stored_record(tenant, app_requested_at=ago(seconds=1))


def before_the_grants(tenant: Tenant) -> Record:
    return stored_record(tenant, application_id=create_app(tenant))


def between_the_grants(tenant: Tenant) -> Record:
    return stored_record(tenant, application_id=create_app(tenant, SCOPES[0]))


def before_the_verification(tenant: Tenant) -> Record:
    app = create_app(tenant, *SCOPES)
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    return stored_record(tenant, application_id=app)


def with_the_app_deleted_meanwhile(tenant: Tenant) -> Record:
    app = create_app(tenant, *SCOPES)
    tenant.remove_app(app)
    return stored_record(tenant, application_id=app)


def beside_another_app_with_the_label(tenant: Tenant) -> Record:
    create_app(tenant)
    tenant.add_app("Rezonate", [public_jwk("foreign")])
    return stored_record(tenant, app_requested_at=ago(hours=1))


KILLED = {
    entry.__name__.replace("_", " "): entry
    for entry in (
        before_the_request,
        with_a_pending_request,
        before_the_id_was_stored,
        before_the_app_was_listed,
        before_the_grants,
        between_the_grants,
        before_the_verification,
        with_the_app_deleted_meanwhile,
    )
}


@dataclass(frozen=True)
class Resumed:
    """Tenants whose runs were killed, and the two following runs."""

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
        # an interrupted write leaves its temporary file
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
def test_the_file_retains_its_key_and_is_verified(resumed: Resumed, killed: str) -> None:
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


def test_the_app_with_the_managed_key_is_used(workspace: Workspace, tenant: Tenant) -> None:
    workspace.store(tenant, beside_another_app_with_the_label(tenant))
    run = workspace.onboard(tenant)
    assert run.rc == 0, run.output
    managed = workspace.credentials(tenant)["application_id"]
    assert [key["kid"] for key in tenant.keys(managed)] == [tenant.name]
    assert len(tenant.apps) == 2
