# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant that is onboarded as documented is clean in the next audit, with every method and option."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.ansible_run import Run
from helpers.okta_client import public_jwk
from helpers.run_history import FEW, RunHistories, bootstrap_client
from helpers.workspace import Workspace, pem
from okta_emulator import Tenant

AUDIT, ROTATE = "rezonate.okta.audit_rezonate", "rezonate.okta.rotate_rezonate"
Variables = dict[str, Any]
HERE = "127.0.0.0/8"


def adopted(tenant: Tenant, label: str, **more: Any) -> Variables:
    app = tenant.add_app(label, [public_jwk("script")])
    tenant.grant(app, *FEW["rezonate_scopes"])
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    return {"rezonate_application_id": app, **more}


def groups(tenant: Tenant) -> Variables:
    tenant.add_group("Contractors", "user1")
    return {"rezonate_remediation": True, "rezonate_remediation_resource_groups": ["Contractors"]}


def by_client(tenant: Tenant) -> Variables:
    scopes = ("okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage", "okta.roles.read")
    # to audit, it would need read scopes that onboarding does not need
    auditor = {"rezonate_audit_api_token": tenant.add_api_token("auditing", roles=["SUPER_ADMIN"])}
    return {**bootstrap_client(tenant, *scopes), **auditor}


def read_only_token(tenant: Tenant) -> Variables:
    return {"rezonate_method": "api_token", "rezonate_readonly_api_token": tenant.add_api_token("auditor", name="For Rezonate")}


# The documented variables of an onboarding.
CASES: dict[str, Callable[[Tenant], Variables]] = {
    "oauth": lambda _tenant: {},
    "default scopes": lambda _tenant: {"rezonate_scopes": None},
    "remediation": lambda _tenant: {"rezonate_remediation": True},
    "remediation of groups": groups,
    "DPoP": lambda _tenant: {"rezonate_dpop": True},
    "own addresses": lambda _tenant: {"rezonate_source_addresses": [HERE]},
    "integration": lambda _tenant: {"rezonate_method": "api_service_integration"},
    "API token": read_only_token,
    "an OAuth client": by_client,
    "adopted with its key": lambda tenant: adopted(tenant, "Created manually", rezonate_private_key=pem("script")),
    "adopted": lambda tenant: adopted(tenant, "Created manually", rezonate_adopt_existing=True),
    "rotated": lambda _tenant: {},
    "rotated integration": lambda _tenant: {"rezonate_method": "api_service_integration"},
}
ROTATED = ["rotated", "rotated integration"]


def of(histories: RunHistories, run: str) -> dict[str, list[str]]:
    """Return the findings of an audit for each case."""
    report = json.loads((histories.workspace.folder / run / "audit.json").read_text(encoding="utf-8"))
    found = {one["tenant"]: [finding["id"] for finding in one["findings"]] or [one["status"]] for one in report["tenants"]}
    return {case: found[tenant.name] for case, tenant in histories.hosts.items() if tenant.name in found}


def run(histories: RunHistories, playbook: str, *args: str | Path) -> Run:
    """Run another playbook on the same inventory."""
    return histories.workspace.run("-i", histories.workspace.folder / "tenants.json", playbook, *args, no_wait=True)


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Onboard tenants, audit them, rotate some, and audit after each step."""
    hosts = {case: new_tenant() for case in CASES}
    variables = {case: {name: v for name, v in CASES[case](tenant).items() if v is not None} for case, tenant in hosts.items()}
    histories = RunHistories(new_workspace(), hosts, variables)
    histories.run("first")
    fail = ("-e", "rezonate_audit_fail_on=low", "-e")
    histories.runs["audited"] = run(histories, AUDIT, *fail, "rezonate_report_dir=audited")
    limit = ("--limit", ",".join(hosts[case].name for case in ROTATED))
    for half in ("prepare", "finish"):
        histories.runs[half] = run(histories, ROTATE, *limit, "-e", f"rezonate_rotation={half}")
        histories.runs[f"audited after {half}"] = run(histories, AUDIT, *limit, *fail, f"rezonate_report_dir={half}")
    return histories


@pytest.mark.parametrize("case", CASES)
def test_a_tenant_that_was_onboarded_as_documented_is_clean(histories: RunHistories, case: str) -> None:
    assert histories.runs["first"].stats[histories.hosts[case].name]["failures"] == 0, histories.runs["first"].output[-3000:]
    assert of(histories, "audited")[case] == ["clean"]


@pytest.mark.parametrize("half", ["prepare", "finish"])
@pytest.mark.parametrize("case", ROTATED)
def test_a_tenant_is_clean_during_and_after_a_rotation(histories: RunHistories, half: str, case: str) -> None:
    assert histories.runs[half].rc == 0, histories.runs[half].output[-3000:]
    assert of(histories, half)[case] == ["clean"]


def test_a_run_over_clean_tenants_does_not_fail(histories: RunHistories) -> None:
    assert [histories.runs[name].rc for name in ("audited", "audited after prepare", "audited after finish")] == [0, 0, 0]


@pytest.mark.parametrize("revoked", [False, True])
def test_the_guide_ends_in_a_clean_report(workspace: Workspace, tenant: Tenant, revoked: bool) -> None:
    assert workspace.onboard(tenant).rc == 0
    token = tenant.api_token
    if revoked:
        tenant.revoke_api_token(token)
        token = tenant.add_api_token("owner", name="Made later")
    ca = f"rezonate_ca_path={workspace.okta.ca_file}"
    run = workspace.run("-i", f"{tenant.name},", AUDIT, "-e", ca, "-e", "rezonate_audit_fail_on=low", env={"OKTA_API_TOKEN": token})
    assert run.rc == 0, run.output[-3000:]
    (found,) = json.loads((workspace.folder / "rezonate-report" / "audit.json").read_text(encoding="utf-8"))["tenants"]
    assert (found["status"], found["findings"]) == ("clean", [])
