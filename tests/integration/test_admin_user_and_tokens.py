# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service user and API tokens: lost responses, and a custom domain."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.ansible_run import Run
from helpers.workspace import Workspace, named
from okta_emulator import Tenant

LOGIN = "rezonate@acme.example"
USER = {"login": LOGIN, "first_name": "Rezonate", "last_name": "Service"}
CUSTOM_DOMAIN = "id.rezonate-inspect.example"


def play(workspace: Workspace, tenant: Tenant, module: str, options: dict[str, Any], **how: Any) -> Run:
    common = {"org_url": "{{ org_url }}", "api_token": "{{ api_token }}", "ca_path": workspace.okta.ca_file}
    given = {name: value for name, value in {**common, **options}.items() if value is not None}
    return workspace.play([{"name": "Work", f"rezonate.okta.{module}": given}], tenant, args=("-vvvv",), **how)


def lose(tenant: Tenant, kind: str, method: str, path: str) -> None:
    more = {"status": 502, "processed": True} if kind == "status" else {}
    tenant.emulator.fault(kind, tenant=tenant.name, method=method, path=path, **more)


@pytest.mark.parametrize("kind", ["close_after", "status", "close_before"])
def test_a_user_is_created_once_if_the_response_is_lost(workspace: Workspace, tenant: Tenant, kind: str) -> None:
    lose(tenant, kind, "POST", r"/users\?")
    run = play(workspace, tenant, "okta_admin_user", USER)
    assert run.rc == 0, run.output
    assert run.result("Work", tenant.name)["created"]
    assert tenant.user_roles(LOGIN) == ["READ_ONLY_ADMIN"]
    again = play(workspace, tenant, "okta_admin_user", {**USER, "exclusive": True})
    assert (again.rc, again.changed(tenant.name)) == (0, [])


@pytest.mark.parametrize("kind", ["close_after", "status", "truncated_json"])
def test_a_user_is_deactivated_and_not_deleted_if_the_response_is_lost(workspace: Workspace, tenant: Tenant, kind: str) -> None:
    tenant.add_user(LOGIN, ["READ_ONLY_ADMIN"])
    lose(tenant, kind, "DELETE", "/users/")
    for changed in (["Work"], []):
        run = play(workspace, tenant, "okta_admin_user", {"login": LOGIN, "state": "absent"})
        assert (run.rc, run.changed(tenant.name)) == (0, changed), run.output
    assert [call for call in named(tenant.requests) if call.startswith("DELETE")] == ["DELETE /api/v1/users/00u"]
    assert (tenant.find_user(LOGIN) or {})["status"] == "DEPROVISIONED"


def test_a_lost_deactivation_request_fails_and_the_next_run_repeats_it(workspace: Workspace, tenant: Tenant) -> None:
    tenant.add_user(LOGIN, ["READ_ONLY_ADMIN"])
    lose(tenant, "close_before", "DELETE", "/users/")
    options = {"login": LOGIN, "state": "absent"}
    assert "the connection broke" in play(workspace, tenant, "okta_admin_user", options).failure(tenant.name)
    assert play(workspace, tenant, "okta_admin_user", options).changed(tenant.name) == ["Work"]


@pytest.mark.parametrize("kind", ["close_after", "status"])
def test_the_calling_token_is_revoked_if_the_response_is_lost(workspace: Workspace, tenant: Tenant, kind: str) -> None:
    lose(tenant, kind, "DELETE", "/current$")
    options = {"state": "absent", "current": True}
    for changed in (["Work"], []):
        run = play(workspace, tenant, "okta_api_token", options)
        assert (run.rc, run.changed(tenant.name)) == (0, changed), run.output
    assert "it was revoked before, or belongs to another org" in " ".join(run.output.split())  # ansible-core 2.16 wraps warnings
    assert tenant.api_token not in run.output
    assert tenant.state.api_tokens == {}


@pytest.mark.parametrize("calls", [True, False])
def test_a_custom_domain_receives_a_token_only_after_its_verification(workspace: Workspace, tenant: Tenant, calls: bool) -> None:
    tenant.set(custom_domain=CUSTOM_DOMAIN)
    token = tenant.add_api_token("auditor")
    options = {"org_url": f"https://{CUSTOM_DOMAIN}", "inspect_token": token, **({} if calls else {"api_token": None})}
    run = play(workspace, tenant, "okta_api_token_info", options, env={} if calls else {"OKTA_API_TOKEN": ""})
    inspected = run.result("Work", tenant.name)["inspected"]
    assert (inspected["owner"]["login"], inspected["exact"]) == (f"auditor@{tenant.name}.example", calls)
    first, *_others = tenant.requests
    assert (first.path, first.auth) == ("/.well-known/okta-organization", "none")
    assert {entry.who for entry in tenant.requests if entry.path.startswith("/api/v1/users?")} == {f"auditor@{tenant.name}.example"}
    assert [secret for secret in (token, tenant.api_token) if secret in run.output] == []


def test_a_token_is_not_sent_to_a_domain_that_is_not_okta(workspace: Workspace, tenant: Tenant) -> None:
    tenant.set(custom_domain=CUSTOM_DOMAIN)
    tenant.emulator.fault("status", tenant=tenant.name, path="/.well-known/", status=404, times=None)
    options = {"org_url": f"https://{CUSTOM_DOMAIN}", "inspect_token": tenant.add_api_token("auditor"), "api_token": None}
    run = play(workspace, tenant, "okta_api_token_info", options, env={"OKTA_API_TOKEN": ""})
    assert "no credential was sent there" in run.failure(tenant.name)
    assert {entry.auth for entry in tenant.requests} == {"none"}
