# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workflow of AWX, without AWX: a fleet in slices, artifacts between nodes, and a search for secrets in all returned data."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from helpers.awx_job import Controller, Job
from helpers.okta_client import Api
from helpers.workspace import Workspace
from jwt.algorithms import RSAAlgorithm
from okta_emulator import Tenant
from soak import leak_canaries as canaries

VAULTS = {"rz": "made-up-vault-password-of-credentials-5e0c7d61", "tokens": "made-up-vault-password-of-tokens-b81f24a9"}
SCOPES = ["okta.users.read", "okta.logs.read"]
VARIABLES = {"rezonate_scopes": SCOPES, "rezonate_optional_scopes": [], "rezonate_credential_store": "artifact", "rezonate_vault_id": "rz"}
ONBOARD, AUDIT, PUBLISH, MERGE = "onboard_rezonate", "audit_rezonate", "publish_rezonate_results", "merge_rezonate_results"
ROTATE, OFFBOARD = "rotate_rezonate", "offboard_rezonate"
# Members of the stored record that differ between tenants.
OWN = {
    "made",
    "private_key",
    "private_jwk",
    "key_id",
    "application_id",
    "bootstrap_owner",
    "proven_at",
    "app_requested_at",
    "tenant_id",
    "org_url",
    "org_id",
}
Artifacts = dict[str, Any]


def key(tenant: Tenant) -> str:
    """Return the key of the tenant in artifacts."""
    return tenant.name.replace("-", "__")


def credentials(artifacts: Mapping[str, Any], tenant: Tenant) -> dict[str, Any]:
    """Decrypt a tenant's artifact with the password of its vault id; return an empty record if it is empty."""
    text = artifacts[f"rezonate_stored_credentials_{key(tenant)}"]
    if not text:
        return {}
    assert text.startswith("$ANSIBLE_VAULT;1.2;AES256;rz\n")
    vault = VaultLib([("rz", VaultSecret(VAULTS["rz"].encode()))])
    return dict(yaml.safe_load(vault.decrypt(text.encode()))["rezonate_credentials"])


def mint(workspace: Workspace, tenant: Tenant, stored: Mapping[str, Any]) -> int:
    """Request an access token with credentials, independently of the collection; return the status of the response."""
    api = Api(workspace.okta, tenant, authorization=None)
    url = f"{tenant.org_url}/oauth2/v1/token"
    client = stored["application_id"]
    now = int(tenant.now())
    claims = {"iss": client, "sub": client, "aud": url, "iat": now, "exp": now + 300, "jti": uuid.uuid4().hex}
    signing_key: Any = RSAAlgorithm.from_jwk(json.dumps(stored["private_jwk"]))
    signed = jwt.encode(claims, signing_key, "RS256", headers={"kid": stored["key_id"]})
    return api.token(client, SCOPES[0], signed=signed).status_code


@dataclass
class Workflow:
    """The jobs of two fleets, one in slices and one not, and the artifacts after each node."""

    sliced: Controller
    whole: Controller
    tenants: dict[str, Sequence[Tenant]] = field(default_factory=dict)
    after: dict[str, Artifacts] = field(default_factory=dict)
    nodes: dict[str, list[Job]] = field(default_factory=dict)
    minted: dict[str, list[int]] = field(default_factory=dict)
    forms: dict[str, tuple[bytes, ...]] = field(default_factory=dict)

    def node(
        self, name: str, slices: int, *playbooks: str, fleet: str = "sliced", after: str = "", tenants: int = 3, **variables: Any
    ) -> None:
        """Run a node for the first tenants of a fleet, and collect the secrets so far."""
        controller = self.whole if fleet == "whole" else self.sliced
        before = len(controller.jobs)
        self.tenants[name] = controller.tenants[:tenants]
        self.after[name] = controller.workflow_node(playbooks, self.tenants[name], slices, self.after.get(after, {}), **variables)
        self.nodes[name] = controller.jobs[before:]
        self.minted[name] = []
        for tenant in self.tenants[name]:
            stored = credentials(self.after[name], tenant)
            keys = [stored, stored["next"]] if "next" in stored else [stored] if stored else []
            self.minted[name] += [mint(controller.workspace, tenant, {**stored, **one}) for one in keys]
            secrets = {f"{what} {number}": forms for number, one in enumerate(keys) for what, forms in canaries.of_credentials(one).items()}
            known = {**canaries.of_tenant(tenant), **secrets}
            self.forms |= {f"{what} of {tenant.name} after {name}": forms for what, forms in known.items()}

    def changed(self, node: str) -> dict[str, list[str]]:
        """Return the tasks that changed something, by host."""
        return {host: job.changed(host) for job in self.nodes[node] for host in job.hosts}

    def results(self, node: str) -> list[dict[str, Any]]:
        """Return the published result of each tenant."""
        return [self.after[node][f"rezonate_tenant_result_{key(tenant)}"] for tenant in self.tenants[node]]


@pytest.fixture(scope="module")
def flow(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Workflow:
    workspace = new_workspace()
    reports = {name: {"rezonate_report_dir": str(workspace.folder / name)} for name in ("report-whole", "report-merged")}
    fleets = [Controller(one, [new_tenant() for _number in range(3)], VAULTS, VARIABLES) for one in (workspace, new_workspace())]
    flow = Workflow(*fleets)
    flow.node("whole", 1, ONBOARD, PUBLISH, fleet="whole")
    flow.node("onboarded", 3, ONBOARD, PUBLISH)
    flow.node("again", 1, ONBOARD, PUBLISH, AUDIT, after="onboarded", **reports["report-whole"])
    flow.node("audited", 3, AUDIT, PUBLISH, after="onboarded")
    flow.node("merged", 1, MERGE, after="audited", **reports["report-merged"])
    flow.node("prepared", 2, ROTATE, PUBLISH, after="onboarded", tenants=2, rezonate_rotation="prepare")
    flow.node("finished", 2, ROTATE, PUBLISH, after="prepared", tenants=2, rezonate_rotation="finish")
    confirmed = {"rezonate_confirm": True, "rezonate_offboard_tenants": "1"}  # a slice has one tenant
    flow.node("offboarded", 2, OFFBOARD, PUBLISH, after="finished", tenants=2, **confirmed)
    return flow


def test_three_slices_have_the_same_results_as_one_run(flow: Workflow) -> None:
    def facts(node: str, fleet: Controller) -> list[Any]:
        stored = [credentials(flow.after[node], tenant) for tenant in fleet.tenants]
        settings = [{name: value for name, value in one.items() if name not in OWN} for one in stored]
        results = [
            {**one, "host": "", "tenant": "", "org_url": "", "says": one["says"].rpartition(": ")[2], "at": ""}
            for one in flow.results(node)
        ]
        return [*settings, *results, *(sorted(one) for one in stored)]

    assert facts("onboarded", flow.sliced) == facts("whole", flow.whole)
    assert [*flow.changed("onboarded").values()] == [*flow.changed("whole").values()]


def test_each_slice_is_a_job_with_its_tenants(flow: Workflow) -> None:
    names = sorted(tenant.name for tenant in flow.sliced.tenants)
    assert [job.hosts for job in flow.nodes["onboarded"]] == [[name] for name in names]
    assert [job.hosts for job in flow.nodes["whole"]] == [sorted(tenant.name for tenant in flow.whole.tenants)]


def test_artifacts_of_slices_contain_all_tenants(flow: Workflow) -> None:
    names = {f"rezonate_{what}_{key(tenant)}" for tenant in flow.sliced.tenants for what in ("stored_credentials", "tenant_result")}
    assert set(flow.after["onboarded"]) == names
    assert set(flow.after["audited"]) == names | {f"rezonate_audit_result_{key(tenant)}" for tenant in flow.sliced.tenants}


def test_a_second_run_over_the_artifacts_changes_nothing(flow: Workflow) -> None:
    assert {task for tasks in flow.changed("again").values() for task in tasks} == {"Write the report"}
    stored = [f"rezonate_stored_credentials_{key(tenant)}" for tenant in flow.sliced.tenants]
    assert [flow.after["again"][name] for name in stored] == [flow.after["onboarded"][name] for name in stored]
    assert [one["says"].rpartition(": ")[2].partition(";")[0] for one in flow.results("again")] == ["matches the desired state"] * 3


@pytest.mark.parametrize(("node", "count"), {"whole": 3, "onboarded": 3, "prepared": 4, "finished": 2}.items())
def test_the_credentials_in_an_artifact_work(flow: Workflow, node: str, count: int) -> None:
    assert flow.minted[node] == [200] * count


@pytest.mark.parametrize("node", ["whole", "onboarded", "again", "prepared", "finished", "offboarded"])
def test_the_reported_changes_match_those_of_ansible(flow: Workflow, node: str) -> None:
    results = {one["host"]: one["changed"] for one in flow.results(node)}
    assert results == {host: {*tasks} - {"Write the report"} != set() for host, tasks in flow.changed(node).items()}
    assert set(results.values()) == {node != "again"}


def test_the_results_contain_the_work(flow: Workflow) -> None:
    works = [{one["work"] for one in flow.results(node)} for node in ("onboarded", "again", "prepared", "finished", "offboarded")]
    assert works == [{"onboard"}, {"onboard"}, {"rotate_prepare"}, {"rotate_finish"}, {"offboard"}]


def test_the_merged_audit_matches_that_of_one_run(flow: Workflow) -> None:
    def report(name: str) -> Any:
        text = (flow.sliced.workspace.folder / name / "audit.json").read_text(encoding="utf-8")
        return json.loads(re.sub(r'("(?:audited|generated)_at": )"[^"]+"', r'\1""', text))

    assert report("report-merged")["summary"]["tenants"] == 3
    assert report("report-merged") == report("report-whole")


def test_the_last_node_writes_a_summary(flow: Workflow) -> None:
    summary = flow.after["merged"]["rezonate_fleet_summary"]
    assert summary["tenants"] == {"total": 3, "onboarded": 3, "unchanged": 0, "failed": 0, "unfinished": 0}
    assert summary["repeat"] is None
    # AWX passes a time as text, which ansible-core parses
    assert summary["started"] == min(one["at"] for one in flow.results("onboarded"))


def test_a_rotation_and_offboarding_use_artifacts(flow: Workflow) -> None:
    for tenant in flow.tenants["offboarded"]:
        before, both, after = (credentials(flow.after[node], tenant) for node in ("onboarded", "prepared", "finished"))
        assert both["key_id"] == before["key_id"]
        assert after["key_id"] == both["next"]["key_id"] != before["key_id"]
        assert credentials(flow.after["offboarded"], tenant) == {}
        assert tenant.apps == []


def test_no_secret_is_returned(flow: Workflow) -> None:
    forms = {**flow.forms, **{f"the vault password {name}": canaries.of_text(password) for name, password in VAULTS.items()}}
    jobs = [job for fleet in (flow.sliced, flow.whole) for job in fleet.jobs]
    blobs = [each for job in jobs for blob in job.blobs for each in canaries.decoded(*blob)]
    assert sum("job_events" in name for name, _blob in blobs) > 500
    assert canaries.search(blobs, forms) == []


def test_the_search_would_find_a_secret(flow: Workflow) -> None:
    tenant = flow.sliced.tenants[0]
    stored = credentials(flow.after["onboarded"], tenant)
    for text in (tenant.api_token, stored["private_key"], json.dumps(stored["private_jwk"])):
        event = json.dumps({"event_data": {"res": {"msg": text}}}).encode()
        assert canaries.search(canaries.decoded("event", event), flow.forms)


def test_a_file_is_refused_and_a_failed_tenant_has_no_result(flow: Workflow, new_tenant: Callable[..., Tenant]) -> None:
    well, lost = flow.whole.tenants[0], new_tenant()
    variables = {name: value for name, value in VARIABLES.items() if name != "rezonate_credential_store"}
    hosts = {well.name: {"rezonate_credential_store": "artifact"}, lost.name: {"rezonate_credential_store": "file"}}
    fleet = Controller(flow.whole.workspace, [well, lost], VAULTS, variables, hosts, number=100)
    job = fleet.job([ONBOARD, PUBLISH], [well.name, lost.name], flow.after["whole"])
    assert job.status == "failed"
    assert job.failure(lost.name).startswith("rezonate_credential_store is file, and ")
    assert lost.requests == []
    assert [name for name in job.artifacts if name.startswith("rezonate_tenant_result_")] == [f"rezonate_tenant_result_{key(well)}"]
