# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lifecycle of a tenant whose credentials are stored elsewhere than in a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from helpers import store_lifecycle
from helpers.ansible_run import CONFIRMED, PLAYBOOK, Run
from helpers.store_lifecycle import AUDIT, FEW, OFFBOARD, ROTATE, StoreLifecycle, decrypted, key_lines, store_key
from helpers.workspace import Workspace, own_token, writes
from okta_emulator import Entry, Tenant

PHASES = {**store_lifecycle.PHASES, "audited": (AUDIT,), "gone": (PLAYBOOK, "--check")}
ORDER = ("check", "onboarded", "again", "audited", "prepared", "finished", "offboarded", "gone")
STORES = ("artifact", "custom")


@dataclass(kw_only=True)
class Lifecycle(StoreLifecycle):
    """One tenant and one store."""

    store: str
    artifacts: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    requests: dict[str, list[Entry]] = field(default_factory=dict)

    @property
    def tenant(self) -> Tenant:
        """The only tenant."""
        return self.tenants[0]

    @property
    def folder(self) -> Path:
        """The directory of the custom store."""
        folder = self.workspace.folder / "store"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def key(self) -> str:
        """The key of the tenant in the store."""
        return store_key(self.tenant)

    def variables(self) -> dict[str, Any]:
        """Return the variables of a run, including the artifacts of the previous run, as AWX passes them."""
        tasks = str(Path(__file__).with_name("store_in_files.yml"))
        custom = {"rezonate_credential_store_tasks": tasks, "store_folder": str(self.folder)} if self.store == "custom" else {}
        return {"rezonate_credential_store": self.store, **custom, **self.artifacts}

    def run_phase(self, phase: str, *args: str, more: Mapping[str, Any] | None = None) -> Run:
        """Run a phase."""
        self.run(phase, *args, "-e", json.dumps({**self.variables(), **(more or {})}), variables={}, no_wait=True)
        self.artifacts.update(self.runs[phase].artifacts)
        self.requests[phase] = self.tenant.requests
        self.texts[phase] = self.text()
        return self.runs[phase]

    def text(self) -> str:
        """Return the stored text."""
        if self.store == "artifact":
            return str(self.artifacts.get(f"rezonate_stored_credentials_{self.key}", ""))
        path = self.folder / self.key
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def changed(self, phase: str) -> list[str]:
        """Return the tasks that changed something in a successful run."""
        assert self.runs[phase].rc == 0, self.runs[phase].output[-3000:]
        return self.runs[phase].changed(self.tenant.name)


@pytest.fixture(scope="module", params=STORES)
def lifecycle(request: pytest.FixtureRequest, new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Lifecycle:
    """Run all phases."""
    lifecycle = Lifecycle(new_workspace(), [new_tenant()], store=request.param)
    for phase in ORDER:
        lifecycle.run_phase(phase, *PHASES[phase])
    return lifecycle


def test_check_mode_stores_nothing(lifecycle: Lifecycle) -> None:
    assert lifecycle.changed("check")
    assert lifecycle.texts["check"] == ""
    assert writes(lifecycle.requests["check"]) == []


def test_the_stored_text_is_ciphertext_and_contains_the_verified_key(lifecycle: Lifecycle) -> None:
    assert lifecycle.texts["onboarded"].startswith("$ANSIBLE_VAULT;1.2;AES256;rz\n")
    credentials = decrypted(lifecycle.texts["onboarded"])
    assert {"application_id", "private_key", "private_jwk", "key_id", "proven_at"} <= set(credentials)


def test_a_second_run_changes_nothing_and_makes_seven_calls(lifecycle: Lifecycle) -> None:
    assert lifecycle.changed("again") == []
    assert lifecycle.texts["again"] == lifecycle.texts["onboarded"]
    assert len(lifecycle.requests["again"]) == 7


def test_an_audit_uses_the_stored_credentials(lifecycle: Lifecycle) -> None:
    found = lifecycle.runs["audited"].result("Report the status of the tenant", lifecycle.tenant.name)["msg"]
    assert found.endswith(": clean.")


def test_a_rotation_stores_both_credentials_and_then_one(lifecycle: Lifecycle) -> None:
    before, both, after = (decrypted(lifecycle.texts[phase]) for phase in ("again", "prepared", "finished"))
    assert both["key_id"] == before["key_id"]
    assert after["key_id"] == both["next"]["key_id"] != before["key_id"]
    assert "next" not in after


def test_offboarding_leaves_nothing(lifecycle: Lifecycle) -> None:
    assert lifecycle.changed("offboarded")
    assert lifecycle.texts["offboarded"] == ""
    assert lifecycle.tenant.apps == []


def test_the_tenant_is_a_new_one_after_offboarding(lifecycle: Lifecycle) -> None:
    assert "Create or import the private key" in lifecycle.changed("gone")


def test_no_file_is_left_on_the_disk(lifecycle: Lifecycle) -> None:
    assert [path for path in lifecycle.workspace.folder.rglob("*") if path.suffix == ".vault" or "rezonate-tmp" in path.name] == []


def test_no_secret_is_printed(lifecycle: Lifecycle) -> None:
    parts = set().union(*(key_lines(decrypted(lifecycle.texts[phase])) for phase in ("onboarded", "prepared", "finished")))
    printed = "".join(run.output + json.dumps([event.result for event in run.events]) for run in lifecycle.runs.values())
    assert parts
    assert [part for part in parts if part in printed] == []


def test_credentials_are_stored_before_they_are_sent_to_okta(
    new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]
) -> None:
    lifecycle = Lifecycle(new_workspace(), [new_tenant()], store="custom")
    lifecycle.run_phase("onboarded", PLAYBOOK)
    lines = [line.split() for line in (lifecycle.folder / f"{lifecycle.key}.log").read_text(encoding="utf-8").splitlines()]
    assert [done for done, _time in lines] == ["load", "save", "save", "save"]
    made = next(entry for entry in lifecycle.requests["onboarded"] if (entry.method, entry.path) == ("POST", "/api/v1/apps"))
    granted = next(entry for entry in lifecycle.requests["onboarded"] if entry.method == "POST" and entry.path.endswith("/grants"))
    assert float(lines[1][1]) < made.time < float(lines[2][1]) < granted.time < float(lines[3][1])


def test_a_store_that_cannot_save_ends_the_run_before_the_key_is_sent_to_okta(
    workspace: Workspace, new_tenant: Callable[..., Tenant]
) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], store="custom")
    broken = workspace.folder / "broken.yml"
    tasks = [
        {"ansible.builtin.set_fact": {"rezonate_stored": ""}, "when": "rezonate_store_do == 'load'"},
        {"ansible.builtin.fail": {"msg": "The store is full."}, "when": "rezonate_store_do == 'save'"},
    ]
    broken.write_text(json.dumps(tasks), encoding="utf-8")
    run = lifecycle.run_phase("failed", PLAYBOOK, more={"rezonate_credential_store_tasks": str(broken)})
    assert run.failure(lifecycle.tenant.name) == "The store is full."
    assert [
        write for write in writes(lifecycle.requests["failed"]) if "/iam/" not in write
    ] == []  # the custom role is independent of the key


def test_a_store_without_a_result_is_not_treated_as_empty(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], store="custom")
    silent = workspace.folder / "silent.yml"
    silent.write_text(json.dumps([{"ansible.builtin.debug": {"msg": "nothing"}}]), encoding="utf-8")
    run = lifecycle.run_phase("refused", PLAYBOOK, more={"rezonate_credential_store_tasks": str(silent)})
    assert run.failure(lifecycle.tenant.name).startswith(f"{silent} must set the fact rezonate_stored")
    assert lifecycle.requests["refused"] == []


def test_onboarding_and_rotation_in_one_run(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], store="artifact")
    run = lifecycle.run_phase("both", PLAYBOOK, ROTATE, "-e", "rezonate_rotation=prepare")
    assert run.rc == 0, run.output[-3000:]
    assert decrypted(lifecycle.texts["both"])["next"]["proven_at"]


def test_credentials_offboarded_in_the_same_run_are_not_read_from_the_previous_artifact(
    workspace: Workspace, new_tenant: Callable[..., Tenant]
) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], store="artifact")
    lifecycle.run_phase("onboarded", PLAYBOOK)
    run = lifecycle.run_phase("anew", OFFBOARD, PLAYBOOK, *CONFIRMED)
    assert run.rc == 0, run.output[-3000:]
    assert decrypted(lifecycle.texts["anew"])["key_id"] != decrypted(lifecycle.texts["onboarded"])["key_id"]


def test_onboarding_and_rotation_in_one_run_with_a_file(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenant = new_tenant()
    inventory = workspace.folder / "tenants.json"
    variables = own_token(tenant, **FEW, rezonate_ca_path=workspace.okta.ca_file, rezonate_rotation="prepare")
    inventory.write_text(json.dumps({"all": {"hosts": {tenant.name: variables}}}), encoding="utf-8")
    run = workspace.run("-i", inventory, PLAYBOOK, ROTATE)
    assert run.rc == 0, run.output[-3000:]
    assert workspace.credentials(tenant)["next"]["proven_at"]


REFUSED = {
    "rezonate_credential_store 'shelf' is not a credential store: choose one of file, artifact, controller, custom.": {
        "rezonate_credential_store": "shelf"
    },
    "rezonate_credential_store custom needs rezonate_credential_store_tasks: the task file to load, save and remove credentials.": {
        "rezonate_credential_store": "custom"
    },
    "rezonate_credential_store controller needs rezonate_controller_organization: the organization that the credentials belong to.": {
        "rezonate_credential_store": "controller"
    },
    "rezonate_backup can be used with rezonate_credential_store file only: back up the credential store itself.": {
        "rezonate_credential_store": "artifact",
        "rezonate_backup": True,
    },
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_invalid_settings_are_refused_before_the_first_call(workspace: Workspace, new_tenant: Callable[..., Tenant], sentence: str) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], store="file")
    run = lifecycle.run_phase("refused", ROTATE, more=REFUSED[sentence])
    assert run.failure(lifecycle.tenant.name) == sentence
    assert lifecycle.requests["refused"] == []


@pytest.mark.parametrize("args", [(ROTATE, "-e", "rezonate_rotation=prepare"), (OFFBOARD, *CONFIRMED)])
def test_a_job_without_the_artifact_fails(workspace: Workspace, new_tenant: Callable[..., Tenant], args: tuple[str, ...]) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], store="artifact")
    run = lifecycle.run_phase("refused", *args)
    assert run.failure(lifecycle.tenant.name) == (
        "No stored credentials were passed to this run: rezonate_credential_store is artifact, and the variable"
        f" rezonate_stored_credentials_{lifecycle.key} is not set. Run it in the workflow that onboarded the tenant, pass the artifact"
        " as an extra variable, or use a persistent rezonate_credential_store."
    )
    assert lifecycle.requests["refused"] == []


def test_a_plain_text_is_refused(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], store="artifact")
    lifecycle.artifacts[f"rezonate_stored_credentials_{lifecycle.key}"] = "rezonate_credentials: {api_token: made-up-and-secret}"
    run = lifecycle.run_phase("refused", PLAYBOOK)
    assert run.failure(lifecycle.tenant.name).startswith(
        f"The content of the artifact rezonate_stored_credentials_{lifecycle.key} isn't encrypted"
    )
    assert lifecycle.requests["refused"] == []


def test_a_file_that_would_be_deleted_with_the_job_is_refused(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenant = new_tenant()
    env = {"AWX_ISOLATED_DATA_DIR": str(workspace.folder / "artifacts" / "7")}
    run = workspace.onboard(tenant, "-e", json.dumps({**FEW, "awx_job_id": 7}), env=env)
    assert run.failure(tenant.name) == (
        f"rezonate_credential_store is file, and {workspace.vault_file(tenant)} would be deleted with this job: set"
        " rezonate_credential_store to artifact, controller or custom, or rezonate_vault_file to a file on a path that is mounted into"
        " the container of the job."
    )
    assert tenant.requests == []


def test_without_a_vault_secret_there_is_no_call(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenant = new_tenant()
    run = workspace.onboard(tenant, "-e", json.dumps({**FEW, "rezonate_credential_store": "artifact"}), vault=False)
    assert run.failure(tenant.name).startswith("The run has no vault secret: add --vault-id")
    assert tenant.requests == []


def test_several_tenants_tokens_in_one_text(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenants = [new_tenant(), new_tenant()]
    text = f"# of the fleet\n{tenants[0].name}: {tenants[0].api_token}\n\"{tenants[1].name}\" : '{tenants[1].api_token}'\n"
    hosts: dict[str, dict[str, Any]] = {tenant.name: dict(FEW) for tenant in tenants}
    run = workspace.fleet(hosts, "-e", json.dumps({"rezonate_okta_api_tokens": text}))
    assert run.rc == 0, run.output[-3000:]
    assert [tenant.api_token in run.output for tenant in tenants] == [False, False]


def test_a_token_of_another_org_is_not_sent(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenant = new_tenant()
    run = workspace.onboard(tenant, env={"OKTA_CLIENT_ORGURL": "https://another.okta.com/"})
    assert run.failure(tenant.name) == (
        f"The API token in the environment is that of OKTA_CLIENT_ORGURL, https://another.okta.com/, and would be sent to"
        f" {tenant.org_url}, another org. Give the tenant its own rezonate_okta_api_token,"
        " or set rezonate_shared_token if that is intended."
    )
    assert tenant.requests == []
