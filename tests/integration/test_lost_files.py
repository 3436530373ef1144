# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lost file, a file of another tenant, and a revoked token: no working integration is broken."""

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
    """An onboarded tenant whose file is lost: the next run, and a run that adopts the app."""

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


def test_an_app_with_unmanaged_keys_stops_the_run(lost: Lost) -> None:
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


def test_adoption_adds_the_managed_key_and_removes_nothing(lost: Lost) -> None:
    assert lost.taken.rc == 0, lost.taken.output
    kids = [(key["kid"], key["status"]) for key in lost.tenant.keys("Rezonate")]
    managed = lost.workspace.credentials(lost.tenant)["key_id"]
    assert sorted(kids) == sorted([(lost.old_key, "ACTIVE"), (managed, "ACTIVE")])


def test_later_runs_do_not_remove_the_other_key(lost: Lost) -> None:
    assert lost.again.changed(lost.tenant.name) == []
    assert lost.old_key in [key["kid"] for key in lost.tenant.keys("Rezonate")]


@dataclass(frozen=True)
class Onboarded:
    """A workspace with an onboarded tenant."""

    workspace: Workspace
    tenant: Tenant


@pytest.fixture(scope="module")
def onboarded(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Onboarded:
    workspace, tenant = new_workspace(), new_tenant()
    assert workspace.onboard(tenant).rc == 0
    return Onboarded(workspace, tenant)


def test_the_file_of_another_tenant_is_refused(onboarded: Onboarded, tenant: Tenant) -> None:
    path = onboarded.workspace.vault_file(onboarded.tenant)
    before = path.read_bytes()
    run = onboarded.workspace.onboard(tenant, "-e", f"rezonate_vault_file={path}")
    sentence = f"rezonate_vault_file {path} holds the credentials of {onboarded.tenant.org_url}, not of {tenant.org_url}"
    assert run.failure(tenant.name).startswith(sentence)
    assert tenant.requests == []
    assert path.read_bytes() == before


@pytest.mark.parametrize("token", ["", "revoked-made-up-token-5a0f77c3d1"])
def test_without_a_valid_token_an_onboarded_tenant_is_verified_again(onboarded: Onboarded, token: str) -> None:
    onboarded.tenant.emulator.clear_requests(onboarded.tenant.name)
    run = onboarded.workspace.onboard(onboarded.tenant, token=token)
    assert run.rc == 0, run.output
    assert run.changed(onboarded.tenant.name) == []
    (state, verification, *_unused) = run.result("Report the status of the tenant", onboarded.tenant.name)["msg"]
    assert "verified; not compared with Okta" in state
    assert verification.startswith("Verification: an access token was issued")
    looks = ("GET /api/v1/iam/", "GET /api/v1/apps/", "GET /oauth2/v1/clients/")
    calls = [call for call in named(onboarded.tenant.requests) if not call.startswith(looks)]  # these requests are refused, in any order
    assert calls[-2:] == ["POST /oauth2/v1/token", "GET /api/v1/users?limit=1"]


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("", "rezonate_require_drift_check is set, but there is no credential to compare with"),
        ("revoked-made-up-token-5a0f77c3d1", "Okta answered 401 E0000011 Invalid token provided"),
    ],
)
def test_with_require_drift_check_that_is_a_failure(onboarded: Onboarded, token: str, sentence: str) -> None:
    onboarded.tenant.emulator.clear_requests(onboarded.tenant.name)
    run = onboarded.workspace.onboard(onboarded.tenant, "-e", "rezonate_require_drift_check=true", token=token)
    assert sentence in run.failure(onboarded.tenant.name)
    assert writes(onboarded.tenant.requests) == []


def test_a_missing_feature_of_the_org_is_not_treated_as_a_revoked_token(onboarded: Onboarded) -> None:
    tenant = onboarded.tenant
    body = {"errorCode": "E0000015", "errorSummary": "You do not have permission to access the feature you are requesting"}
    tenant.emulator.fault("status", tenant=tenant.name, path="/api/v1/apps", status=401, body=body, times=None)
    run = onboarded.workspace.onboard(tenant)
    tenant.emulator.clear_faults(tenant=tenant.name)
    assert "The org doesn't have the feature that this requires" in run.failure(tenant.name)
    assert "not compared" not in run.output


def test_without_a_token_a_new_tenant_is_not_onboarded(workspace: Workspace, tenant: Tenant) -> None:
    run = workspace.onboard(tenant, token="")
    assert run.failure(tenant.name).startswith("No credential: give rezonate_okta_api_token (or OKTA_API_TOKEN in the environment)")
    assert tenant.requests == []
    assert not workspace.vault_file(tenant).exists()
