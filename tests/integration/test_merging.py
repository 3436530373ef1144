# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last node of a workflow: merging the results of the jobs of a fleet."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from helpers.ansible_run import CONFIRMED, ROOT, Run
from helpers.run_history import FEW
from helpers.workspace import Workspace, own_token
from okta_emulator import Tenant

MERGE, PUBLISH = "rezonate.okta.merge_rezonate_results", "rezonate.okta.publish_rezonate_results"
AUDIT, OFFBOARD = "rezonate.okta.audit_rezonate", "rezonate.okta.offboard_rezonate"
FLEET: dict[str, dict[str, Any]] = {"acme": {}, "globex": {"rezonate_okta_domain": "oktapreview.com"}, "dead-one": {}}
KEYS = {"acme": "acme", "globex": "globex_oktapreview_com", "dead-one": "dead__one"}


def artifact(host: str, *, changed: bool = False, work: str = "onboard", at: str = "2026-01-31T12:00:00Z", **more: Any) -> dict[str, Any]:
    """Return the result artifact of a tenant."""
    more.setdefault("status", "created" if changed else "unchanged")
    says = f"Tenant {host} (https://{host}.okta.com): {'onboarded and verified' if changed else 'matches the desired state'}."
    value = {"host": host, "tenant": host, "org_url": f"https://{host}.okta.com", "work": work, "changed": changed, "says": says, "at": at}
    return {f"rezonate_tenant_result_{KEYS[host]}": {**value, **more}}


def audited(host: str, **more: Any) -> dict[str, Any]:
    """Return the audit artifact of a tenant."""
    value = {"tenant": host, "status": "clean", "audited_at": "2026-01-31T12:05:00Z", "findings": [], **more}
    return {f"rezonate_audit_result_{KEYS[host]}": f" {json.dumps(value)}"}


def merge(workspace: Workspace, *artifacts: Mapping[str, Any], env: Mapping[str, str] | None = None, **variables: Any) -> Run:
    """Run the node with the artifacts as extra variables, as AWX does."""
    inventory = workspace.folder / "tenants.json"
    inventory.write_text(json.dumps({"all": {"hosts": FLEET}}), encoding="utf-8")
    extra = {name: value for each in artifacts for name, value in each.items()}
    return workspace.run("-i", inventory, MERGE, "-e", json.dumps({**extra, **variables}), vault=False, env=env)


def summary(run: Run) -> dict[str, Any]:
    """Return the published summary."""
    return dict(run.artifacts["rezonate_fleet_summary"])


SUCCESSFUL = (artifact("acme", changed=True), artifact("globex"), artifact("dead-one"))


def test_results_of_all_tenants_are_merged(workspace: Workspace) -> None:
    run = merge(workspace, *SUCCESSFUL)
    assert run.rc == 0, run.output
    assert summary(run)["tenants"] == {"total": 3, "onboarded": 1, "unchanged": 2, "failed": 0, "unfinished": 0}
    assert (summary(run)["repeat"], summary(run)["limit"], summary(run)["started"]) == (None, None, "2026-01-31T12:00:00Z")
    assert run.result("Report the status of the fleet", "acme")["msg"] == [
        "Tenants: 3, of these 1 created, 2 unchanged, 0 that could not be audited, 0 without results."
    ]


def test_a_time_that_ansible_parsed_from_text_is_accepted(workspace: Workspace) -> None:
    # as AWX passes artifacts; see awx_job.py
    (workspace.folder / "extra.yml").write_text(
        "rezonate_tenant_result_acme: {at: !unsafe '2026-01-31T12:00:00Z', work: !unsafe 'onboard'}\n", encoding="utf-8"
    )
    inventory = workspace.folder / "tenants.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"acme": {}}}}), encoding="utf-8")
    run = workspace.run("-i", inventory, MERGE, "-e", "@extra.yml", vault=False)
    assert (run.rc, summary(run)["started"]) == (0, "2026-01-31T12:00:00Z")


def test_tenants_without_results_are_named_with_a_command_that_repeats_them(workspace: Workspace) -> None:
    run = merge(workspace, artifact("globex"))
    sentence = "No results for 2 tenants (onboard): their jobs failed or were cancelled. Repeat only these: --limit acme,dead-one"
    assert (run.rc, run.failure("acme")) == (2, sentence)
    assert summary(run)["repeat"] == "--limit acme,dead-one"
    assert summary(run)["results"]["dead-one"] == {"status": "unfinished", "seconds": None, "message": None}


def test_without_any_results_all_tenants_are_repeated(workspace: Workspace) -> None:
    run = merge(workspace)
    assert run.failure("acme").endswith("--limit acme,globex,dead-one")


def test_the_summary_matches_that_of_the_callback(workspace: Workspace) -> None:
    callback = {"ANSIBLE_STDOUT_CALLBACK": "rezonate.okta.fleet"}
    run = merge(workspace, *SUCCESSFUL[:2], env=callback, rezonate_summary_file="fleet.json", rezonate_merge_fail=False)
    assert run.rc == 0, run.output
    written = json.loads((workspace.folder / "fleet.json").read_text(encoding="utf-8"))
    assert written == summary(run)
    assert list(written) == ["started", "ended", "interrupted", "playbook", "tenants", "statuses", "causes", "repeat", "limit", "results"]
    assert written["results"]["acme"] == {
        "status": "created",
        "seconds": None,
        "message": "Tenant acme (https://acme.okta.com): onboarded and verified.",
    }


def test_a_tenant_that_failed_in_later_work_has_no_result_of_it(workspace: Workspace) -> None:
    later = [artifact(host, work="rotate_finish", at="2026-01-31T13:00:00Z") for host in ("acme", "globex")]
    run = merge(workspace, *SUCCESSFUL, *later, rezonate_merge_fail=False)
    assert summary(run)["limit"] == "dead-one"


def test_the_required_work_can_be_set(workspace: Workspace) -> None:
    run = merge(workspace, *SUCCESSFUL, audited("globex"), rezonate_merge_expects=["onboard"])
    assert run.rc == 0, run.output
    run = merge(workspace, *SUCCESSFUL, rezonate_merge_expects=["onboard", "audit"])
    assert run.failure("acme").endswith("--limit acme,globex,dead-one")


def test_a_tenant_that_could_not_be_audited_is_counted_and_fails_the_run_on_request(workspace: Workspace) -> None:
    failed = audited("acme", status="failed", error="Okta is down.")
    run = merge(workspace, failed, audited("globex"), audited("dead-one"))
    assert run.rc == 0, run.output
    assert summary(run)["causes"] == [{"message": "Okta is down.", "tenants": ["acme"]}]
    assert summary(run)["tenants"] == {"total": 3, "onboarded": 0, "unchanged": 0, "failed": 1, "unfinished": 0}
    assert summary(run)["statuses"] == {"clean": 2, "failed": 1}


def test_findings_and_missing_results_both_fail_the_run(workspace: Workspace) -> None:
    failed = audited("acme", status="failed", error="Okta is down.")
    run = merge(workspace, failed, audited("globex"), rezonate_audit_fail_on="high")
    found, missing = (str(event.result["msg"]) for event in run.tasks("acme") if event.status == "failed")
    assert "1 that could not be audited. Report: " in found
    assert missing.startswith("No results for 1 tenant (audit)")
    assert summary(run)["statuses"] == {"clean": 1, "failed": 1, "unfinished": 1}


def test_artifacts_without_a_status_are_merged(workspace: Workspace) -> None:
    artifacts = [artifact("acme", changed=True), artifact("globex"), artifact("dead-one", changed=True, work="offboard")]
    for each in artifacts:
        del next(iter(each.values()))["status"]
    run = merge(workspace, *artifacts, rezonate_merge_fail=False, rezonate_merge_expects=["onboard"])
    assert summary(run)["statuses"] == {"changed": 1, "unchanged": 1, "unfinished": 1}


def test_a_tenant_with_findings_is_not_unchanged(workspace: Workspace) -> None:
    findings = [{"id": "super_admin", "severity": "critical", "message": "x", "remedy": "y"}]
    run = merge(workspace, audited("acme", status="findings", findings=findings), audited("globex"), audited("dead-one"))
    assert run.rc == 0, run.output
    assert summary(run)["tenants"] == {"total": 3, "onboarded": 0, "unchanged": 0, "failed": 0, "unfinished": 0, "findings": 1}
    assert summary(run)["results"]["acme"] == {"status": "findings", "seconds": None, "message": "Findings: super_admin."}
    assert "2 clean, 1 with findings, 0 that could not be audited" in run.result("Report the status of the fleet", "acme")["msg"][0]


def test_the_documented_publication_works_if_a_tenant_failed(
    workspace: Workspace, tenant: Tenant, new_tenant: Callable[..., Tenant]
) -> None:
    dead = new_tenant()
    dead.revoke_api_token(dead.api_token)
    document = (ROOT / "docs" / "slices.md").read_text(encoding="utf-8")
    lines = document.partition("    # onboard.yml\n")[2].partition("\n\n")[0].splitlines()
    (workspace.folder / "onboard.yml").write_text("\n".join(line[4:] for line in lines), encoding="utf-8")
    inventory = workspace.folder / "tenants.yml"
    hosts = {one.name: own_token(one, **FEW, rezonate_ca_path=workspace.okta.ca_file) for one in (tenant, dead)}
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    run = workspace.run("-i", inventory, "onboard.yml", no_wait=True)
    assert (run.rc, [value["host"] for value in run.artifacts.values()]) == (2, [tenant.name]), run.output[-3000:]


@pytest.mark.parametrize("name", ["rezonate_tenant_result_acme", "rezonate_audit_result_acme"])
def test_foreign_artifacts_are_refused(workspace: Workspace, name: str) -> None:
    run = merge(workspace, {name: "text"})
    assert (
        run.failure("acme")
        == f"{name} isn't an artifact of the playbook rezonate.okta.publish_rezonate_results: pass its artifacts on unchanged."
    )


def run_for(workspace: Workspace, tenant: Tenant, *args: str) -> Run:
    """Run playbooks for one tenant."""
    inventory = workspace.folder / "tenant.json"
    variables = own_token(tenant, **FEW, rezonate_ca_path=workspace.okta.ca_file)
    inventory.write_text(json.dumps({"all": {"hosts": {tenant.name: variables}}}), encoding="utf-8")
    return workspace.run("-i", inventory, *args, no_wait=True)


def test_texts_of_okta_do_not_become_templates(workspace: Workspace, tenant: Tenant) -> None:
    app = workspace.create_onboarded(tenant, *FEW["rezonate_scopes"])
    tenant.set_app(app, label="{{ lookup('pipe', 'touch $HOME/pwned') }}{% set x = 1 %}{# y #}")
    artifacts = run_for(workspace, tenant, AUDIT, PUBLISH).artifacts
    assert [text for text in ("{{", "{%", "{#") if text in json.dumps(artifacts)] == []
    # extra variables of a command line are templates; those of AWX are not
    run = run_for(workspace, tenant, MERGE, "-e", json.dumps(artifacts))
    assert run.rc == 0, run.output
    assert "{ { lookup('pipe'" in (workspace.folder / "rezonate-report" / "audit.json").read_text(encoding="utf-8")
    assert not (workspace.home / "pwned").exists()


def test_an_audit_publishes_results_before_a_finding_fails_it(workspace: Workspace, tenant: Tenant) -> None:
    tenant.assign_role(workspace.create_onboarded(tenant, *FEW["rezonate_scopes"]), "SUPER_ADMIN")
    run = run_for(workspace, tenant, AUDIT, PUBLISH, "-e", "rezonate_audit_fail_on=high", "-e", "awx_job_id=7")
    assert run.rc == 2
    assert [name.startswith("rezonate_audit_result_") for name in run.artifacts] == [True]


def test_the_deactivation_of_an_app_is_reported_as_a_change(workspace: Workspace, tenant: Tenant) -> None:
    workspace.create_onboarded(tenant, *FEW["rezonate_scopes"])
    run = run_for(workspace, tenant, OFFBOARD, PUBLISH, *CONFIRMED, "-e", "rezonate_keep_app=true")
    (value,) = run.artifacts.values()
    assert (run.changed(tenant.name), value["changed"]) == (["Delete or deactivate the service app"], True)


def test_publishing_without_results_fails(workspace: Workspace, tenant: Tenant) -> None:
    assert run_for(workspace, tenant, PUBLISH).failure(tenant.name) == (
        f"There is nothing to publish for {tenant.name}: list this playbook after one that onboards, rotates, offboards or audits,"
        " in the same ansible-playbook command."
    )
