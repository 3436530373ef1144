# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit of tenants with one drift each: it reports exactly this drift and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from emulator.contract import openapi
from helpers.ansible_run import Run
from helpers.audit_samples import HOSTILE
from helpers.audit_seeds import APP, SCOPES, SEEDS, Seeded, onboarded
from helpers.okta_client import public_jwk
from helpers.workspace import PASSWORD, Workspace, as_described, named, pem, private_jwk, writes
from okta_emulator import Tenant

AUDIT = "rezonate.okta.audit_rezonate"
# The custom role for reading privileges takes five calls if there is one resource set; a zone by name, a label that is not found, and the
# DPoP nonce take one each.
MOST_CALLS = 12


@dataclass(frozen=True)
class Audited:
    """The seeded tenants, the audit run, and its report."""

    workspace: Workspace
    hosts: dict[str, Tenant]
    run: Run
    before: dict[str, bytes]

    @property
    def report(self) -> Path:
        """The directory of the report."""
        return self.workspace.folder / "rezonate-report"

    def tenant(self, seed: str) -> dict[str, Any]:
        """Return the report of a tenant."""
        tenants = json.loads((self.report / "audit.json").read_text(encoding="utf-8"))["tenants"]
        (found,) = [one for one in tenants if one["tenant"] == self.hosts[seed].name]
        return dict(found)

    def calls(self, seed: str) -> list[str]:
        """Return the calls to a tenant."""
        return named(self.hosts[seed].requests)


def audit(workspace: Workspace, hosts: dict[str, dict[str, Any]], *args: str | Path, **options: Any) -> Run:
    """Audit a fleet."""
    inventory = workspace.folder / "tenants.json"
    common = {"rezonate_ca_path": workspace.okta.ca_file, "rezonate_scopes": SCOPES, "rezonate_optional_scopes": []}
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")
    return workspace.run("-i", inventory, AUDIT, *args, **options)


def auditor(tenant: Tenant) -> str:
    """Create an API token of another super admin than the one who onboarded."""
    return tenant.add_api_token("auditing", roles=["SUPER_ADMIN"])


@pytest.fixture(scope="module")
def audited(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Audited:
    workspace = new_workspace()
    hosts = {seed: new_tenant() for seed in SEEDS}
    variables = {t.name: {"rezonate_audit_api_token": auditor(t), **SEEDS[seed][0](workspace, t)} for seed, t in hosts.items()}
    before = {seed: workspace.vault_file(t).read_bytes() for seed, t in hosts.items() if workspace.vault_file(t).exists()}
    workspace.okta.clear_requests()
    return Audited(workspace, hosts, audit(workspace, variables, "-vvvv"), before)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_drift_is_found_and_nothing_else(audited: Audited, seed: str) -> None:
    found = {finding["id"]: finding["severity"] for finding in audited.tenant(seed)["findings"]}
    assert found == SEEDS[seed][1], audited.tenant(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_changed(audited: Audited, seed: str) -> None:
    tenant = audited.hosts[seed]
    assert writes(tenant.requests) == []
    assert seed not in audited.before or audited.workspace.vault_file(tenant).read_bytes() == audited.before[seed]


@pytest.mark.parametrize("seed", SEEDS)
def test_twelve_calls_are_enough(audited: Audited, seed: str) -> None:
    assert 1 <= len(audited.calls(seed)) <= MOST_CALLS, audited.calls(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_requests_match_okta_s_api_description(audited: Audited, seed: str) -> None:
    openapi.validate_logged(as_described(audited.hosts[seed].requests))


def test_the_statuses_match_the_findings(audited: Audited) -> None:
    statuses = {seed: audited.tenant(seed)["status"] for seed in SEEDS}
    assert {seed for seed, status in statuses.items() if status == "clean"} == {"clean", "clean integration", "clean token"}
    assert {seed for seed, status in statuses.items() if status == "failed"} == {"auditor token revoked"}
    assert {seed for seed, status in statuses.items() if status == "unknown"} == {"wrong vault password"}
    assert "E0000011" in audited.tenant("auditor token revoked")["error"]


def test_a_tenant_that_cannot_be_audited_does_not_end_the_run(audited: Audited) -> None:
    assert audited.run.rc == 0, audited.run.output[-3000:]
    assert {stats["failures"] for stats in audited.run.stats.values()} == {0}


def test_each_finding_has_a_remedy(audited: Audited) -> None:
    (finding,) = audited.tenant("super admin")["findings"]
    name = audited.hosts["super admin"].name
    assert finding["remedy"] == f"ansible-playbook -i tenants.json rezonate.okta.onboard_rezonate --limit {name} --vault-id rz@prompt"
    remedies = {found["id"]: found["remedy"] for seed in SEEDS for found in audited.tenant(seed)["findings"]}
    assert [kind for kind, remedy in remedies.items() if not remedy] == []


def test_a_hostile_label_stays_text(audited: Audited) -> None:
    assert audited.tenant("app renamed")["app"]["label"] == HOSTILE[:100]
    for name in ("audit.html", "audit.junit.xml"):
        assert HOSTILE[:30] not in (audited.report / name).read_text(encoding="utf-8")


def test_no_secret_is_in_the_report_or_the_output(audited: Audited) -> None:
    texts = [audited.run.output, *(path.read_text(encoding="utf-8") for path in audited.report.iterdir())]
    names = [*(tenant.name for tenant in audited.hosts.values()), "next", "other"]
    lines = [line for name in names for line in pem(name).splitlines() if "-----" not in line]
    members = [private_jwk(name)[member] for name in names for member in ("d", "p", "q")]
    states = [tenant.state for tenant in audited.hosts.values()]
    tokens = [token for state in states for token in (*state.api_tokens, *state.access_tokens, *state.shown_secrets)]
    clients = [secret["client_secret"] for state in states for one in state.services.values() for secret in one.secrets]
    assert [secret for secret in (*lines, *members, *tokens, *clients, PASSWORD) for text in texts if secret in text] == []


@dataclass(frozen=True)
class Slices:
    """Runs for a few tenants: without a vault password, in check mode, for one tenant by name, and in slices that are merged."""

    workspace: Workspace
    clean: Tenant
    drifted: Tenant
    locked: Run
    locked_report: dict[str, Any]
    checked: Run
    written_in_check_mode: bool
    failed: Run
    limited: Run
    limited_report: dict[str, Any]
    merged: Run
    merged_report: dict[str, Any]


def read_report(workspace: Workspace, folder: str = "rezonate-report") -> dict[str, Any]:
    """Return the tenants of a report."""
    tenants = json.loads((workspace.folder / folder / "audit.json").read_text(encoding="utf-8"))["tenants"]
    return {one["tenant"]: one for one in tenants}


def ids(tenant: dict[str, Any]) -> list[str]:
    """Return the ids of a tenant's findings."""
    return [finding["id"] for finding in tenant["findings"]]


@pytest.fixture(scope="module")
def slices(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Slices:
    workspace, clean, drifted = new_workspace(), new_tenant(), new_tenant()
    for tenant in (clean, drifted):
        onboarded(workspace, tenant)
    drifted.grant(APP, "okta.users.manage")
    hosts = {tenant.name: {"rezonate_audit_api_token": auditor(tenant)} for tenant in (clean, drifted)}
    checked = audit(workspace, hosts, "--check", "--diff")
    exists = (workspace.folder / "rezonate-report").exists()
    locked = audit(workspace, hosts, "-e", "rezonate_report_dir=locked", vault=False)
    failed = audit(workspace, hosts, "-e", "rezonate_audit_fail_on=high")
    limited = audit(workspace, hosts, "--limit", clean.name, "-e", "rezonate_report_dir=slice", "-e", "rezonate_audit_fail_on=critical")
    merge = json.dumps({"rezonate_report_dir": "slice", "rezonate_report_merge": ["slice/audit.json"]})
    limited_report = read_report(workspace, "slice")
    merged = audit(workspace, hosts, "--limit", drifted.name, "-e", merge)
    return Slices(
        workspace,
        clean,
        drifted,
        locked,
        read_report(workspace, "locked"),
        checked,
        exists,
        failed,
        limited,
        limited_report,
        merged,
        read_report(workspace, "slice"),
    )


def test_a_run_fails_for_findings_of_the_severity_after_the_report_is_written(slices: Slices) -> None:
    assert slices.failed.rc != 0
    failures = [event.result["msg"] for event in slices.failed.events if event.status == "failed"]
    assert len(failures) == 1
    assert "of these 1 clean, 1 with findings (1 critical, 0 high, 0 medium, 0 low)" in failures[0]
    assert ids(read_report(slices.workspace)[slices.drifted.name]) == ["scope_manage_surplus"]


def test_a_slice_is_audited_separately_and_merged_with_another(slices: Slices) -> None:
    assert (slices.limited.rc, slices.merged.rc) == (0, 0), slices.limited.output[-2000:]
    assert set(slices.limited_report) == {slices.clean.name}
    assert set(slices.merged_report) == {slices.clean.name, slices.drifted.name}


def test_check_mode_audits_and_writes_no_report(slices: Slices) -> None:
    assert (slices.checked.rc, slices.written_in_check_mode) == (0, False), slices.checked.output[-2000:]
    assert slices.checked.result("Compare the tenant with its desired state", slices.drifted.name)["tenant"]["status"] == "findings"


def test_without_a_vault_password_the_state_in_okta_is_audited(slices: Slices) -> None:
    assert slices.locked.rc == 0, slices.locked.output[-2000:]
    assert ids(slices.locked_report[slices.clean.name]) == ["roles_unknown", "vault_unread"]
    assert ids(slices.locked_report[slices.drifted.name]) == ["scope_manage_surplus", "roles_unknown", "vault_unread"]
    assert [key["ours"] for key in slices.locked_report[slices.clean.name]["keys"]] == [None]


@dataclass(frozen=True)
class Credentials:
    """Clean tenants, each audited with a different credential."""

    hosts: dict[str, Tenant]
    run: Run
    report: dict[str, Any]

    def tenant(self, credential: str) -> dict[str, Any]:
        """Return the report of a tenant."""
        return dict(self.report[self.hosts[credential].name])


def as_client(tenant: Tenant, *roles: str) -> Seeded:
    """Create an OAuth client for the audit."""
    client = tenant.add_app("Auditor", [public_jwk("auditor")])
    tenant.grant(client, "okta.apps.read", "okta.appGrants.read", "okta.roles.read", "okta.apiTokens.read", "okta.oauthIntegrations.read")
    for role in roles:
        tenant.assign_role(client, role)
    return {"rezonate_audit_client_id": client, "rezonate_audit_private_key": json.dumps(private_jwk("auditor"))}


def own_credentials(tenant: Tenant) -> Seeded:
    """Allow the app to read apps and grants with its own credentials."""
    more = ["okta.apps.read", "okta.appGrants.read", "okta.apiTokens.read", "okta.roles.read"]
    tenant.grant(APP, *more)
    return {"rezonate_scopes": [*SCOPES, *more]}


def deactivated(tenant: Tenant) -> Seeded:
    tenant.remove_key(APP, tenant.name)
    return {}


# Findings about what a read-only administrator cannot read.
BLIND = ["privileges_unknown", "roles_unknown", "scopes_unknown"]
# The credential of an audit, and the findings about what it cannot read.
CREDENTIALS: dict[str, tuple[Callable[[Tenant], Seeded], str, list[str]]] = {
    "token of a super admin": (lambda t: {"rezonate_audit_api_token": auditor(t)}, "api_token", []),
    "token of an auditor": (lambda t: {"rezonate_audit_api_token": t.add_api_token("auditor")}, "api_token", BLIND),
    "bootstrap variables": (lambda t: {"rezonate_okta_api_token": auditor(t)}, "api_token", []),
    "client of a super admin": (lambda t: as_client(t, "SUPER_ADMIN"), "oauth_client", []),
    "read-only client": (lambda t: as_client(t, "READ_ONLY_ADMIN"), "oauth_client", BLIND),
    "own credentials": (own_credentials, "own_credentials", ["scopes_unknown"]),
    "own credentials without read scopes": (lambda _tenant: {}, "own_credentials", ["app_unknown", *BLIND]),
    "own credentials, deactivated": (deactivated, "own_credentials", ["credential_dead"]),
}


@pytest.fixture(scope="module")
def audits(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Credentials:
    workspace = new_workspace()
    hosts = {credential: new_tenant() for credential in CREDENTIALS}
    for tenant in hosts.values():
        onboarded(workspace, tenant)
    variables = {tenant.name: CREDENTIALS[credential][0](tenant) for credential, tenant in hosts.items()}
    workspace.okta.clear_requests()
    return Credentials(hosts, audit(workspace, variables), read_report(workspace))


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_what_a_credential_cannot_read_is_unknown(audits: Credentials, credential: str) -> None:
    tenant = audits.tenant(credential)
    _prepare, audited_as, unknown = CREDENTIALS[credential]
    assert (tenant["audited_as"], ids(tenant)) == (audited_as, unknown), audits.run.output[-2000:]
    assert tenant["status"] == ("failed" if "deactivated" in credential else "unknown" if unknown else "clean")
    assert 1 <= len(audits.hosts[credential].requests) <= MOST_CALLS


def test_a_tenant_is_audited_by_name_with_a_token_in_the_environment(workspace: Workspace, tenant: Tenant) -> None:
    onboarded(workspace, tenant)
    few = json.dumps({"rezonate_scopes": SCOPES, "rezonate_optional_scopes": [], "rezonate_ca_path": workspace.okta.ca_file})
    run = workspace.run("-i", f"{tenant.name},", AUDIT, "-e", few, env={"OKTA_API_TOKEN": auditor(tenant)})
    assert run.rc == 0, run.output[-3000:]
    assert (read_report(workspace)[tenant.name]["status"], ids(read_report(workspace)[tenant.name])) == ("clean", [])


def test_an_environment_token_is_not_sent_to_a_fleet_and_a_wrong_option_is_reported(workspace: Workspace, tenant: Tenant) -> None:
    hosts: dict[str, Seeded] = {tenant.name: {}, "nobody-admin": {"rezonate_audit_fail_on": "sometimes"}}
    run = audit(workspace, hosts, env={"OKTA_API_TOKEN": tenant.api_token})
    assert run.rc == 0, run.output[-3000:]
    report = read_report(workspace)
    assert {one["status"] for one in report.values()} == {"failed"}
    assert "it would be sent to orgs that it does not belong to" in report[tenant.name]["error"]
    assert "rezonate_audit_fail_on" in report["nobody-admin"]["error"]
    assert tenant.requests == []
