# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file is lost, or another's, or the token is gone: nobody's live integration is broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from helpers.ansible_run import Run
from helpers.workspace import Workspace, named, writes
from okta_emulator import Tenant


@dataclass(frozen=True)
class Lost:
    """A tenant that was onboarded, and whose file is lost: what the next run, and one that takes over, then do."""

    workspace: Workspace
    tenant: Tenant
    old_key: str
    stopped: Run
    stopped_writes: list[str]
    file_after_stop: bool
    taken: Run
    again: Run


@pytest.fixture(scope="module")
def lost(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Lost:
    workspace, tenant = new_workspace(), new_tenant()
    assert workspace.onboard(tenant).rc == 0
    old_key = workspace.credentials(tenant)["key_id"]
    workspace.vault_file(tenant).unlink()
    tenant.emulator.clear_requests(tenant.name)
    stopped = workspace.onboard(tenant)
    made, exists = writes(tenant.requests), workspace.vault_file(tenant).exists()
    taken = workspace.onboard(tenant, "-e", "rezonate_adopt_existing=true", no_wait=True)
    return Lost(workspace, tenant, old_key, stopped, made, exists, taken, workspace.onboard(tenant))


def test_an_app_with_others_keys_stops_the_run(lost: Lost) -> None:
    message = lost.stopped.failure(lost.tenant.name)
    pattern = (
        rf"The app 'Rezonate' \(0oa\w+\) has none of the given keys but other credentials.*: {re.escape(lost.old_key)} "
        r"\(added 20[^)]+Z\)\. .*rezonate_adopt_existing"
    )
    assert re.match(pattern, message), message
    assert lost.stopped_writes == []


def test_the_stopped_run_leaves_no_file(lost: Lost) -> None:
    assert not lost.file_after_stop
    assert lost.workspace.credentials(lost.tenant)["key_id"] in [key["kid"] for key in lost.tenant.keys("Rezonate")]


def test_taking_over_adds_our_key_and_removes_nothing(lost: Lost) -> None:
    assert lost.taken.rc == 0, lost.taken.output
    kids = [(key["kid"], key["status"]) for key in lost.tenant.keys("Rezonate")]
    ours = lost.workspace.credentials(lost.tenant)["key_id"]
    assert sorted(kids) == sorted([(lost.old_key, "ACTIVE"), (ours, "ACTIVE")])


def test_later_runs_leave_the_other_key_alone_too(lost: Lost) -> None:
    assert lost.again.changed(lost.tenant.name) == []
    assert lost.old_key in [key["kid"] for key in lost.tenant.keys("Rezonate")]


@dataclass(frozen=True)
class Proven:
    """A workspace with a tenant that is proven."""

    workspace: Workspace
    tenant: Tenant


@pytest.fixture(scope="module")
def proven(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Proven:
    workspace, tenant = new_workspace(), new_tenant()
    assert workspace.onboard(tenant).rc == 0
    return Proven(workspace, tenant)


def test_another_tenants_file_is_refused(proven: Proven, tenant: Tenant) -> None:
    path = proven.workspace.vault_file(proven.tenant)
    before = path.read_bytes()
    run = proven.workspace.onboard(tenant, "-e", f"rezonate_vault_file={path}")
    sentence = f"rezonate_vault_file {path} holds the credentials of {proven.tenant.org_url}, not of {tenant.org_url}"
    assert run.failure(tenant.name).startswith(sentence)
    assert tenant.requests == []
    assert path.read_bytes() == before


@pytest.mark.parametrize("token", ["", "revoked-made-up-token-5a0f77c3d1"])
def test_without_a_live_token_a_proven_tenant_is_proven_again(proven: Proven, token: str) -> None:
    proven.tenant.emulator.clear_requests(proven.tenant.name)
    run = proven.workspace.onboard(proven.tenant, token=token)
    assert run.rc == 0, run.output
    assert run.changed(proven.tenant.name) == []
    (state, proof, *_unused) = run.result("Report the status of the tenant", proven.tenant.name)["msg"]
    assert "verified; not compared with Okta" in state
    assert proof.startswith("Verification: an access token was issued")
    looks = ("GET /api/v1/iam/", "GET /api/v1/apps/", "GET /oauth2/v1/clients/")
    calls = [call for call in named(proven.tenant.requests) if not call.startswith(looks)]  # these are refused, in any order
    assert calls[-2:] == ["POST /oauth2/v1/token", "GET /api/v1/users?limit=1"]


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("", "rezonate_require_drift_check is set, but there is no credential to compare with"),
        ("revoked-made-up-token-5a0f77c3d1", "Okta answered 401 E0000011 Invalid token provided"),
    ],
)
def test_require_compare_makes_that_a_failure(proven: Proven, token: str, sentence: str) -> None:
    proven.tenant.emulator.clear_requests(proven.tenant.name)
    run = proven.workspace.onboard(proven.tenant, "-e", "rezonate_require_drift_check=true", token=token)
    assert sentence in run.failure(proven.tenant.name)
    assert writes(proven.tenant.requests) == []


def test_a_feature_that_the_org_lacks_is_not_taken_for_a_dead_token(proven: Proven) -> None:
    tenant = proven.tenant
    body = {"errorCode": "E0000015", "errorSummary": "You do not have permission to access the feature you are requesting"}
    tenant.emulator.fault("status", tenant=tenant.name, path="/api/v1/apps", status=401, body=body, times=None)
    run = proven.workspace.onboard(tenant)
    tenant.emulator.clear_faults(tenant=tenant.name)
    assert "The org doesn't have the feature that this requires" in run.failure(tenant.name)
    assert "not compared" not in run.output


def test_without_a_token_a_new_tenant_is_not_onboarded(workspace: Workspace, tenant: Tenant) -> None:
    run = workspace.onboard(tenant, token="")
    assert run.failure(tenant.name).startswith("No credential: give rezonate_okta_api_token (or OKTA_API_TOKEN in the environment)")
    assert tenant.requests == []
    assert not workspace.vault_file(tenant).exists()
