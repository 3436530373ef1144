# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide for AWX, followed literally: from an empty controller to an audited fleet, and the offboarding of a tenant.

The jobs of the stub of the controller run the playbooks of the example project, with what the controller injects.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jinja2
import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from controller import Controller, Outcome
from controller.server import TOKEN
from helpers.awx_admin import CONFIGURE, EXAMPLES, HAS_COMMANDS, PROJECT, Admin, documented_commands, new_controller, run_commands
from helpers.awx_client import found, patch, post
from helpers.other_collections import missing
from helpers.store_lifecycle import FEW, WITH_OTHER_COLLECTIONS
from helpers.workspace import PASSWORD, Workspace
from okta_emulator import Emulator, Tenant

# What the controller injects for its own type of credential.
OWN_ENVIRONMENT = {"host": "CONTROLLER_HOST", "oauth_token": "CONTROLLER_OAUTH_TOKEN"}


@dataclass
class Jobs:
    """Runs the jobs of a controller."""

    workspace: Workspace
    controller: Controller

    def play(self, job: dict[str, Any]) -> Outcome:
        """Run a job's playbook."""
        inventory, given = self.workspace.folder / "inventory.json", self.workspace.folder / "extra_vars.json"
        inventory.write_text(json.dumps({"all": {"hosts": dict.fromkeys(job["hosts"])}}), encoding="utf-8")
        env, variables, args = self._inject(job["job_template"])
        given.write_text(json.dumps({**json.loads(job["extra_vars"]), **variables, "awx_job_id": job["id"]}), encoding="utf-8")
        check = ["--check"] if job["job_type"] == "check" else []
        whole = {**WITH_OTHER_COLLECTIONS, "SSL_CERT_FILE": str(self.controller.ca_file), "NO_PROXY": "localhost", **env}
        run = self.workspace.run("-i", inventory, PROJECT / job["playbook"], "-e", f"@{given}", *check, *args, env=whole, vault=False)
        return Outcome("failed" if run.rc else "successful", run.output, run.artifacts)

    def _inject(self, template: int) -> tuple[dict[str, str], dict[str, str], list[str]]:
        """Return the environment, the variables and the arguments for the credentials of a job template."""
        env: dict[str, str] = {}
        variables: dict[str, str] = {}
        args: list[str] = []
        for number in self.controller.objects.hanging.get(("job_templates", template, "credentials"), []):
            credential = self.controller.objects.get("credentials", number)
            kind, inputs = self.controller.objects.get("credential_types", credential["credential_type"]), credential["inputs"]
            if kind["name"] == "Vault":
                self.workspace.password_file.write_text(inputs["vault_password"], encoding="utf-8")
                args += ["--vault-id", f"{inputs['vault_id']}@{self.workspace.password_file}"]
            env |= {OWN_ENVIRONMENT[name]: value for name, value in inputs.items() if name in OWN_ENVIRONMENT}
            for target, injected in ((env, "env"), (variables, "extra_vars")):
                texts = kind["injectors"].get(injected, {})
                target |= {name: jinja2.Template(text).render(inputs) for name, text in texts.items()}
        return env, variables, args

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the jobs of a job template."""
        return [job for job in self.controller.objects.held["jobs"].values() if job["name"] == f"Rezonate {name}"]

    def launch(self, workflow: str, **body: Any) -> dict[str, Any]:
        """Launch a workflow."""
        number = self.controller.objects.one("workflow_job_templates", workflow)["id"]
        return post(self.controller, f"workflow_job_templates/{number}/launch", **body)

    def approve(self) -> None:
        """Approve the only pending approval."""
        [one] = found(self.controller, "workflow_approvals/?status=pending")["results"]
        post(self.controller, f"workflow_approvals/{one['id']}/approve")

    def status(self, workflow_job: dict[str, Any]) -> str:
        """Return the status of a workflow's job; no job may have failed."""
        failed = [job["output"] for job in self.controller.objects.held["jobs"].values() if job["failed"]]
        assert not failed, "\n".join(failed)
        return str(found(self.controller, f"workflow_jobs/{workflow_job['id']}/")["status"])


def enter(controller: Controller, credential: str, **inputs: str) -> None:
    """Enter the inputs of a credential."""
    patch(controller, "credentials", controller.objects.one("credentials", credential)["id"], inputs=inputs)


@pytest.fixture(scope="module")
def acme(okta: Emulator) -> Iterator[list[Tenant]]:
    """Create the tenants with the names of the guide."""
    tenants = [okta.tenant(name) for name in ("acme", "globex")]
    yield tenants
    for tenant in tenants:
        okta.remove_tenant(tenant.name)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory, new_workspace: Callable[[], Workspace], acme: list[Tenant]) -> Iterator[Jobs]:
    """Follow the guide: steps 3 to 5."""
    reason = missing("awx.awx")
    if reason:
        pytest.skip(reason)
    workspace = new_workspace()
    with new_controller() as controller:
        controller.objects.updates.repository.hosts = [tenant.name for tenant in acme]
        admin = Admin(tmp_path_factory.mktemp("admin"), controller)
        shutil.copy(EXAMPLES / "awx.yml", admin.folder)
        for line in documented_commands("**4. Run the playbook**", "\n**"):
            if line.startswith(f"ansible-playbook {CONFIGURE} "):
                run = admin.configure(*line.split()[2:], awx_extra_vars={"rezonate_ca_path": str(workspace.okta.ca_file), **FEW})
                assert run.rc == 0, run.output[-3000:]
        tokens = "".join(f"{tenant.name}: {tenant.api_token}\n" for tenant in acme)
        for name in ("Okta API tokens", "Okta auditors"):
            enter(controller, name, api_tokens=tokens)
        enter(controller, "Rezonate vault", vault_id="rezonate", vault_password=PASSWORD)
        enter(controller, "Rezonate store", host=controller.url, oauth_token=TOKEN)
        made = Jobs(workspace, controller)
        controller.launches.jobs.play = made.play
        yield made


@pytest.mark.skipif(not HAS_COMMANDS, reason="curl or jq isn't installed")
def test_the_guide_leads_from_an_empty_controller_to_an_audited_fleet_and_an_offboarding(jobs: Jobs, acme: list[Tenant]) -> None:
    controller = jobs.controller
    # 6. Onboard
    first = jobs.launch("Rezonate tenant onboarding", limit="acme")
    assert jobs.status(first) == "running"
    fetch = [line for line in documented_commands("**6. Onboard.**", "\n**") if not line.startswith("ansible-vault")]
    run_commands(controller, fetch, jobs.workspace.folder)
    text = (jobs.workspace.folder / "acme.vault").read_bytes()
    assert b"private_key" in VaultLib([("rezonate", VaultSecret(PASSWORD.encode()))]).decrypt(text)
    jobs.approve()
    assert jobs.status(first) == "successful"
    fleet = jobs.launch("Rezonate onboarding")
    jobs.approve()
    assert jobs.status(fleet) == "successful"
    # 7. Let the schedules run
    for schedule in ("Rezonate nightly audit", "Rezonate weekly rotation"):
        controller.launches.run_schedule(schedule)
    merge = jobs.of("merge")[-1]
    assert (merge["hosts"], merge["status"]) == (["acme", "globex"], "successful"), merge["output"]
    assert "2 clean" in merge["output"]
    assert {job["status"] for job in jobs.of("rotate prepare")} == {"successful"}
    # 8. Offboard a tenant
    last = jobs.launch("Rezonate offboarding", limit="acme", extra_vars={"rezonate_offboard_tenants": "acme"})
    assert "acme" in jobs.of("offboard")[-1]["output"]
    assert [len(tenant.apps) for tenant in acme] == [1, 1]
    jobs.approve()
    assert jobs.status(last) == "successful"
    assert [len(tenant.apps) for tenant in acme] == [0, 1]
    stored = [one["name"] for one in controller.objects.all("credentials") if one["name"].startswith("Rezonate ")]
    assert stored == ["Rezonate vault", "Rezonate store", "Rezonate globex"]
