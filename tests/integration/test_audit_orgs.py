# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two orgs with the same tenant id, in one audit, in slices, and in the last node of a workflow: both are reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from helpers.ansible_run import Run
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace, pem, private_jwk
from okta_emulator import Tenant

AUDIT, MERGE, PUBLISH = "rezonate.okta.audit_rezonate", "rezonate.okta.merge_rezonate_results", "rezonate.okta.publish_rezonate_results"
SCOPES = ["okta.logs.read", "okta.users.read"]


@dataclass(frozen=True)
class Orgs:
    """Two orgs with the same tenant id; the first has a critical finding."""

    workspace: Workspace
    bad: Tenant
    good: Tenant

    def audit(self, *args: str | Path) -> Run:
        """Audit both, the clean one last."""
        inventory = self.workspace.folder / "tenants.json"
        common = {"rezonate_ca_path": self.workspace.okta.ca_file, "rezonate_scopes": SCOPES, "rezonate_optional_scopes": []}
        hosts = {
            "one": {"rezonate_tenant_id": self.bad.name, "rezonate_audit_api_token": self.bad.api_token},
            "two": {
                "rezonate_tenant_id": self.bad.name,
                "rezonate_org_url": self.good.org_url,
                "rezonate_audit_api_token": self.good.api_token,
            },
        }
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")
        return self.workspace.run("-i", inventory, *args)

    def report(self, folder: str) -> dict[str, list[str]]:
        """Return the findings of a report by org."""
        tenants = json.loads((self.workspace.folder / folder / "audit.json").read_text(encoding="utf-8"))["tenants"]
        return {one["org_url"]: [finding["id"] for finding in one["findings"]] for one in tenants}

    @property
    def both(self) -> dict[str, list[str]]:
        """Return the expected findings."""
        return {self.bad.org_url: ["super_admin"], self.good.org_url: []}


@pytest.fixture(scope="module")
def orgs(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Orgs:
    orgs = Orgs(new_workspace(), new_tenant(), new_tenant(domain="oktapreview.com"))
    for host, tenant in (("one", orgs.bad), ("two", orgs.good)):
        app = tenant.add_app("Rezonate", [public_jwk(host)])
        tenant.grant(app, *SCOPES)
        tenant.assign_role(app, "READ_ONLY_ADMIN")
        known: dict[str, Any] = {
            "method": "oauth",
            "tenant_id": orgs.bad.name,
            "org_url": tenant.org_url,
            "application_id": app,
            "key_id": host,
        }
        key = {"private_key": pem(host), "private_jwk": private_jwk(host), "scopes_version": 1, "proven_at": "2026-01-31T12:00:00Z"}
        orgs.workspace.store(host, {**known, **key, "unavailable_scopes": []})
    orgs.bad.assign_role("Rezonate", "SUPER_ADMIN")
    return orgs


def test_a_critical_finding_is_not_lost_with_an_org_of_the_same_tenant_id(orgs: Orgs) -> None:
    run = orgs.audit(AUDIT, "-e", "rezonate_audit_fail_on=critical")
    assert run.rc == 2, run.output[-3000:]
    assert orgs.report("rezonate-report") == orgs.both
    suites = ET.parse(orgs.workspace.folder / "rezonate-report" / "audit.junit.xml").getroot()
    assert len({suite.get("name") for suite in suites}) == 2
    failed = [event for event in run.events if event.status == "failed"]
    assert [(event.task.rpartition(" : ")[2], event.result["findings_reached"]) for event in failed] == [("Write the report", True)]


def test_slices_of_two_orgs_are_merged_in_either_order(orgs: Orgs) -> None:
    for first, second in (("one", "two"), ("two", "one")):
        folder = f"slice-{first}"
        merge = json.dumps({"rezonate_report_dir": folder, "rezonate_report_merge": [f"{folder}/audit.json"]})
        assert orgs.audit(AUDIT, "--limit", first, "-e", f"rezonate_report_dir={folder}").rc == 0
        assert orgs.audit(AUDIT, "--limit", second, "-e", merge).rc == 0
        assert orgs.report(folder) == orgs.both


def test_the_last_node_of_a_workflow_has_both(orgs: Orgs) -> None:
    artifacts: dict[str, Any] = {}
    for host in ("one", "two"):
        artifacts.update(orgs.audit(AUDIT, PUBLISH, "--limit", host, "-e", "rezonate_report_dir=published").artifacts)
    assert len(artifacts) == 2
    run = orgs.audit(MERGE, "-e", json.dumps(artifacts), "-e", "rezonate_report_dir=merged", "-e", "rezonate_audit_fail_on=critical")
    assert (run.rc, orgs.report("merged")) == (2, orgs.both), run.output[-3000:]


def test_a_report_of_an_earlier_release_is_merged(orgs: Orgs) -> None:
    old = orgs.workspace.folder / "old.json"
    tenants = [{"tenant": orgs.bad.name, "org_url": orgs.bad.org_url, "audited_at": "2020-01-01T00:00:00Z", "status": "clean"}]
    old.write_text(json.dumps({"schema_version": 1, "tenants": tenants}), encoding="utf-8")
    merge = json.dumps({"rezonate_report_dir": "joined", "rezonate_report_merge": ["old.json"]})
    assert orgs.audit(AUDIT, "-e", merge).rc == 0
    assert orgs.report("joined") == orgs.both


def test_a_tenant_whose_audit_fails_before_the_first_call_is_reported_with_org_and_host(orgs: Orgs) -> None:
    run = orgs.audit(AUDIT, "-e", "rezonate_audit_key_max_age=soon", "-e", "rezonate_report_dir=failed")
    tenants = json.loads((orgs.workspace.folder / "failed" / "audit.json").read_text(encoding="utf-8"))["tenants"]
    assert {(one["org_url"], one["host"], one["status"]) for one in tenants} == {
        (orgs.bad.org_url, "one", "failed"),
        (orgs.good.org_url, "two", "failed"),
    }
    shapes = {host: set(run.result("Record why the tenant can't be audited", host)["tenant"]) for host in ("one", "two")}
    assert shapes["one"] == shapes["two"] == set(tenants[0])


def test_one_host_audits_several_orgs_in_a_loop(orgs: Orgs) -> None:
    common = {"rezonate_ca_path": orgs.workspace.okta.ca_file, "rezonate_scopes": SCOPES, "rezonate_optional_scopes": []}
    audit = {
        "ansible.builtin.include_role": {"name": "rezonate.okta.rezonate", "tasks_from": "audit"},
        "loop": [[orgs.bad.org_url, orgs.bad.api_token], [orgs.good.org_url, orgs.good.api_token]],
        "vars": {"rezonate_tenant_id": orgs.bad.name, "rezonate_org_url": "{{ item[0] }}", "rezonate_audit_api_token": "{{ item[1] }}"},
    }
    report = {"ansible.builtin.include_role": {"name": "rezonate.okta.rezonate", "tasks_from": "audit/report"}}
    play = orgs.workspace.folder / "loop.json"
    play.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "vars": common, "tasks": [audit, report]}]), encoding="utf-8")
    run = orgs.workspace.run("-i", "many,", play, "-e", "rezonate_report_dir=looped")
    assert run.rc == 0, run.output[-3000:]
    assert set(orgs.report("looped")) == set(orgs.both)
    assert "super_admin" in orgs.report("looped")[orgs.bad.org_url]
