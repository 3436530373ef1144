# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotation of keys and client secrets, in stages that can be queried, repeated and aborted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from emulator.contract import openapi
from helpers.ansible_run import Run
from helpers.okta_client import Api, public_jwk
from helpers.workspace import Workspace, add_privileges, as_described, own_token, pem, private_jwk, stored_record, writes
from okta_emulator import Entry, Tenant

PLAYBOOK = "rezonate.okta.rotate_rezonate"
SCOPES = ["okta.logs.read", "okta.users.read"]
FEW = {"rezonate_scopes": SCOPES, "rezonate_optional_scopes": []}
KINDS = ("key", "secret", "taken over")


def ago(**span: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def following(tenant: Tenant) -> dict[str, Any]:
    name = f"{tenant.name}-next"
    return {"key_id": name, "private_key": pem(name), "private_jwk": private_jwk(name), "requested_at": ago(hours=1)}


def onboarded(workspace: Workspace, tenant: Tenant, *others: str, **more: Any) -> str:
    app = tenant.add_app("Rezonate", [public_jwk(name) for name in (tenant.name, *others)])
    tenant.grant(app, *SCOPES)
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    known = {"application_id": app, "proven_at": ago(days=100), "unavailable_scopes": [], "made": add_privileges(tenant, app)}
    workspace.store(tenant, stored_record(tenant, **{**known, **more}))
    return app


def with_secret(workspace: Workspace, tenant: Tenant, **more: Any) -> str:
    made = tenant.add_service("rezonate_security", *SCOPES, age=86400)
    whose = {"method": "api_service_integration", "tenant_id": tenant.name, "org_url": tenant.org_url, "scopes_version": 1}
    known = {"secret_hash": hashes(tenant)[0], "requested_at": ago(days=100), "proven_at": ago(days=100)}
    workspace.store(tenant, {**whose, **made, **known, "service_type": "rezonate_security", **more})
    return made["client_id"]


def hashes(tenant: Tenant) -> list[str]:
    return [secret["secret_hash"] for secret in tenant.services[0]["secrets"] if secret["status"] == "ACTIVE"]


def kids(tenant: Tenant) -> list[str]:
    return [key["kid"] for key in tenant.keys("Rezonate") if key["status"] == "ACTIVE"]


def rotate(workspace: Workspace, hosts: dict[str, dict[str, Any]], *args: str) -> Run:
    inventory = workspace.folder / "tenants.json"
    common = {"rezonate_ca_path": workspace.okta.ca_file, **FEW}
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")
    return workspace.run("-i", inventory, PLAYBOOK, *args)


@dataclass
class RunHistory:
    """The runs of three tenants: one with a key, one with a client secret, and one with an adopted app."""

    workspace: Workspace
    tenants: dict[str, Tenant]
    runs: dict[str, Run] = field(default_factory=dict)
    files: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    writes: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    requests: dict[str, list[Entry]] = field(default_factory=dict)
    active: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def run(self, name: str, stage: str, *args: str, **variables: Any) -> None:
        """Run again."""
        for tenant in self.tenants.values():
            tenant.emulator.clear_requests(tenant.name)
        hosts = {tenant.name: own_token(tenant, rezonate_rotation=stage, **variables) for tenant in self.tenants.values()}
        self.runs[name] = rotate(self.workspace, hosts, *args)
        self.files[name] = {kind: self.workspace.credentials(tenant) for kind, tenant in self.tenants.items()}
        self.writes[name] = {kind: writes(tenant.requests) for kind, tenant in self.tenants.items()}
        self.requests[name] = [entry for tenant in self.tenants.values() for entry in tenant.requests]
        self.active[name] = {kind: hashes(tenant) if kind == "secret" else kids(tenant) for kind, tenant in self.tenants.items()}

    def changed(self, run: str, kind: str) -> list[str]:
        """Return the names of the tasks that changed something for a tenant."""
        return self.runs[run].changed(self.tenants[kind].name)

    def report(self, run: str, kind: str) -> str:
        """Return the report of a run."""
        return " ".join(self.runs[run].result("Report the status of the tenant", self.tenants[kind].name)["msg"])


@pytest.fixture(scope="module")
def history(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistory:
    history = RunHistory(new_workspace(), {kind: new_tenant() for kind in KINDS})
    onboarded(history.workspace, history.tenants["key"])
    with_secret(history.workspace, history.tenants["secret"])
    onboarded(history.workspace, history.tenants["taken over"], "vendors", take_over=True, adopted=True)
    history.run("young", "prepare", rezonate_rotation_max_age="101d")
    history.run("check", "prepare", "--check", "--diff", rezonate_rotation_max_age="99d")
    history.run("prepare", "prepare", "-vvvv", rezonate_rotation_max_age="99d")
    history.run("prepare again", "prepare")
    history.run("status", "status", rezonate_okta_api_token="")
    history.run("finish in check mode", "finish", "--check")
    history.run("finish", "finish", "-vvvv")
    history.run("finish again", "finish")
    return history


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_below_the_maximum_age_is_not_rotated(history: RunHistory, kind: str) -> None:
    assert (history.changed("young", kind), history.tenants[kind].name in history.runs["young"].output) == ([], True)
    assert "is not older than 101d" in history.report("young", kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("check", "real"), [("check", "prepare"), ("finish in check mode", "finish")])
def test_check_mode_predicts_and_writes_nothing(history: RunHistory, kind: str, check: str, real: str) -> None:
    assert history.changed(check, kind) == history.changed(real, kind) != []
    assert history.writes[check][kind] == []
    assert history.files["check"] == history.files["young"]
    assert history.files["finish in check mode"] == history.files["status"]


@pytest.mark.parametrize("kind", KINDS)
def test_prepare_adds_the_next_credential_to_the_current_one(history: RunHistory, kind: str) -> None:
    before, after = history.files["young"][kind], history.files["prepare"][kind]
    following = after.pop("next")
    assert after == before
    assert {"requested_at", "proven_at"} < set(following)
    assert history.active["prepare"][kind] == [*history.active["young"][kind], following.get("key_id") or following["secret_hash"]]


@pytest.mark.parametrize("kind", KINDS)
def test_prepare_reports_what_to_enter_where(history: RunHistory, kind: str) -> None:
    report = history.report("prepare", kind)
    name = "client_secret" if kind == "secret" else "private_key"
    assert f"rezonate_credentials.next.{name} of {history.workspace.vault_file(history.tenants[kind])}" in report
    assert f"View it: ansible-vault view --vault-id rz@prompt {history.workspace.vault_file(history.tenants[kind])}" in report
    assert "-e rezonate_rotation=finish" in report


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("run", ["prepare again", "finish again"])
def test_a_stage_that_is_repeated_changes_nothing(history: RunHistory, kind: str, run: str) -> None:
    assert (history.changed(run, kind), history.writes[run][kind]) == ([], [])
    assert history.runs[run].rc == 0


@pytest.mark.parametrize("kind", KINDS)
def test_status_reports_the_stage_without_calls_to_okta(history: RunHistory, kind: str) -> None:
    assert f"prepared since {history.files['status'][kind]['next']['proven_at']}" in history.report("status", kind)
    assert history.changed("status", kind) == []
    assert history.runs["status"].rc == 0


@pytest.mark.parametrize("kind", KINDS)
def test_finish_leaves_only_the_next_credential(history: RunHistory, kind: str) -> None:
    new = history.files["prepare again"][kind]["next"]
    after = history.files["finish"][kind]
    assert {name: after.get(name) for name in new if name != "requested_at"} == {name: new[name] for name in new if name != "requested_at"}
    assert not {"next", "retiring", "take_over"} & set(after)
    assert history.active["finish"][kind] == [new.get("key_id") or new["secret_hash"]]


@pytest.mark.parametrize("kind", KINDS)
def test_finish_without_a_prepared_credential_is_reported(history: RunHistory, kind: str) -> None:
    assert "nothing to finish, and nothing was changed: no rotation is under way" in history.report("finish again", kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("run", ["prepare", "finish"])
def test_no_secret_is_printed(history: RunHistory, run: str, kind: str) -> None:
    for file in ("young", "finish"):
        record = history.files[file][kind]
        secrets = [record["client_secret"]] if kind == "secret" else [record["private_jwk"]["d"], record["private_key"].splitlines()[3]]
        assert [secret for secret in secrets if secret in history.runs[run].output] == []


@pytest.mark.parametrize("run", ["prepare", "finish"])
def test_requests_match_okta_s_api_description(history: RunHistory, run: str) -> None:
    assert history.requests[run]
    openapi.validate_logged(as_described(history.requests[run]))


def test_a_rotation_requires_the_token_of_a_super_admin(workspace: Workspace, tenant: Tenant) -> None:
    onboarded(workspace, tenant)
    weak = tenant.add_api_token(roles=["READ_ONLY_ADMIN"])
    run = rotate(workspace, {tenant.name: {"rezonate_okta_api_token": weak, "rezonate_rotation": "prepare"}})
    assert "super admin" in run.failure(tenant.name).lower()
    assert (kids(tenant), writes(tenant.requests)) == ([tenant.name], [])


def deactivated(workspace: Workspace, tenant: Tenant) -> str:
    tenant.set_app_status(onboarded(workspace, tenant), "INACTIVE")
    return "is deactivated, so its key cannot be rotated; nothing was changed"


def deleted(workspace: Workspace, tenant: Tenant) -> str:
    tenant.remove_app(onboarded(workspace, tenant))
    return "no longer exists, so its key cannot be rotated; nothing was changed"


def never_verified(workspace: Workspace, tenant: Tenant) -> str:
    workspace.store(tenant, stored_record(tenant, application_id="0oa00000000000000000"))
    return "holds no verified credentials; onboard the tenant first."


def an_api_token(workspace: Workspace, tenant: Tenant) -> str:
    workspace.store(
        tenant, {"method": "api_token", "tenant_id": tenant.name, "org_url": tenant.org_url, "api_token": "x", "proven_at": ago(days=1)}
    )
    return "cannot be used with rezonate_method api_token: create another token in the Admin Console"


def without_a_hash(workspace: Workspace, tenant: Tenant) -> str:
    with_secret(workspace, tenant, secret_hash=None)
    record = workspace.credentials(tenant)
    del record["secret_hash"]
    workspace.store(tenant, record)
    return "does not record which secret of the integration is managed"


def with_all_secrets(workspace: Workspace, tenant: Tenant) -> str:
    client = with_secret(workspace, tenant)
    Api(workspace.okta, tenant)("POST", f"/integrations/api/v1/api-services/{client}/credentials/secrets")
    return "holds 2 secrets, Okta's maximum, and none is known to be lost"


REFUSED = (deactivated, deleted, never_verified, an_api_token, without_a_hash, with_all_secrets)


def test_a_credential_that_cannot_be_rotated_is_refused_with_a_message(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenants = {case: new_tenant() for case in REFUSED}
    expected = {case: case(workspace, tenant) for case, tenant in tenants.items()}
    for tenant in tenants.values():
        tenant.emulator.clear_requests(tenant.name)
    run = rotate(workspace, {tenant.name: own_token(tenant, rezonate_rotation="prepare") for tenant in tenants.values()})
    for case, tenant in tenants.items():
        assert expected[case] in run.failure(tenant.name), case
        assert writes(tenant.requests) == []


AGES = ("90", "d", "90 days", "-1d", "0d", "90D", "90d ", "1000000d")


def test_an_invalid_age_is_refused_with_a_message(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    hosts = {new_tenant().name: {"rezonate_rotation_max_age": age} for age in AGES}
    run = rotate(workspace, hosts)
    for host, variables in hosts.items():
        age = variables["rezonate_rotation_max_age"]
        assert run.failure(host) == f"rezonate_rotation_max_age '{age}' is not an age: set a number and a unit (h, d or w), such as 90d."


def abort_of_a_key(workspace: Workspace, tenant: Tenant) -> list[str]:
    onboarded(workspace, tenant, f"{tenant.name}-next", "foreign", next={**following(tenant), "proven_at": ago(hours=1)})
    return [tenant.name, "foreign"]


def abort_before_registration(workspace: Workspace, tenant: Tenant) -> list[str]:
    onboarded(workspace, tenant, next=following(tenant))
    return [tenant.name]


def abort_of_a_secret(workspace: Workspace, tenant: Tenant) -> list[str]:
    client = with_secret(workspace, tenant)
    made = Api(workspace.okta, tenant)("POST", f"/integrations/api/v1/api-services/{client}/credentials/secrets").json()
    new = {name: made[name] for name in ("client_secret", "secret_hash")}
    record = workspace.credentials(tenant)
    workspace.store(tenant, {**record, "next": {**new, "requested_at": ago(hours=1), "proven_at": ago(hours=1)}})
    return [record["secret_hash"]]


def abort_of_a_lost_secret(workspace: Workspace, tenant: Tenant) -> list[str]:
    client = with_secret(workspace, tenant, next={"requested_at": ago(seconds=5)})
    Api(workspace.okta, tenant)("POST", f"/integrations/api/v1/api-services/{client}/credentials/secrets")
    return [workspace.credentials(tenant)["secret_hash"]]


def abort_with_unknown_secret(workspace: Workspace, tenant: Tenant) -> list[str]:
    client = with_secret(workspace, tenant, next={"requested_at": ago(hours=-1)})
    Api(workspace.okta, tenant)("POST", f"/integrations/api/v1/api-services/{client}/credentials/secrets")
    return hashes(tenant)


ABORTED = (abort_of_a_key, abort_before_registration, abort_of_a_secret, abort_of_a_lost_secret, abort_with_unknown_secret)


def test_abort_removes_only_what_prepare_created(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenants = {case: new_tenant() for case in ABORTED}
    expected = {case: case(workspace, tenant) for case, tenant in tenants.items()}
    before = {case: workspace.credentials(tenant) for case, tenant in tenants.items()}
    hosts = {tenant.name: own_token(tenant, rezonate_rotation="abort") for tenant in tenants.values()}
    runs = [rotate(workspace, hosts), rotate(workspace, hosts)]
    assert [run.rc for run in runs] == [0, 0], runs[0].output
    for case, tenant in tenants.items():
        assert (hashes(tenant) if tenant.services else kids(tenant)) == expected[case], case
        assert workspace.credentials(tenant) == {name: value for name, value in before[case].items() if name != "next"}
        assert runs[1].changed(tenant.name) == []


def test_onboarding_during_a_rotation_removes_neither_credential(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    key, secret = new_tenant(), new_tenant()
    onboarded(workspace, key, f"{key.name}-next", next={**following(key), "proven_at": ago(hours=1)})
    abort_of_a_secret(workspace, secret)
    before = {tenant.name: workspace.credentials(tenant) for tenant in (key, secret)}
    run = workspace.fleet(
        {key.name: own_token(key, **FEW), secret.name: own_token(secret, **FEW, rezonate_method="api_service_integration")}
    )
    assert run.rc == 0, run.output
    assert (kids(key), len(hashes(secret))) == ([key.name, f"{key.name}-next"], 2)
    assert {tenant.name: workspace.credentials(tenant) for tenant in (key, secret)} == before
