# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them, without AWX: the transport of ansible-runner, slices, artifacts, and passwords entered at prompts."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from helpers.ansible_run import COLLECTIONS, command
from helpers.module_server import NO_WAIT
from helpers.workspace import Workspace
from okta_emulator import Tenant
from soak import leak_canaries as canaries

_FOLDERS = ("env", "inventory", "project")


class _Unsafe(str):
    """A text that is not a template."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes extra variables as AWX does: each text, including names, is marked as unsafe."""


_Dumper.add_representer(_Unsafe, lambda dumper, value: dumper.represent_scalar("!unsafe", str(value)))


def _unsafe(value: Any) -> Any:
    if isinstance(value, str):
        return _Unsafe(value)
    if isinstance(value, Mapping):
        return {_Unsafe(name): _unsafe(entry) for name, entry in value.items()}
    return [_unsafe(entry) for entry in value] if isinstance(value, list) else value


def sliced(hosts: Sequence[str], count: int) -> list[list[str]]:
    """Distribute hosts to slices as AWX does."""
    return [sorted(hosts)[number::count] for number in range(count)]


def encrypted(text: str, vault_id: str, password: str) -> str:
    """Encrypt a text as ``ansible-vault encrypt_string`` does."""
    return str(VaultLib().encrypt(text, secret=VaultSecret(password.encode()), vault_id=vault_id).decode())


@dataclass(frozen=True)
class Job:
    """The result of a job in AWX.

    Args:
        status: ``successful`` or ``failed``.
        events: the job's events.
        artifacts: the artifacts that AWX passes to the next nodes of a workflow.
        blobs: the returned files, the files that the job left in its container, and the sent directory, for a search. The sent stream is
            not included: AWX puts the vault passwords there, as input for the prompts.
    """

    status: str
    events: tuple[Mapping[str, Any], ...]
    artifacts: Mapping[str, Any]
    blobs: tuple[tuple[str, bytes], ...]

    @property
    def stdout(self) -> str:
        """The output of the job."""
        return "\n".join(str(event.get("stdout", "")) for event in self.events)

    @property
    def hosts(self) -> list[str]:
        """The hosts of the job."""
        (stats,) = (event["event_data"] for event in self.events if event["event"] == "playbook_on_stats")
        return sorted(stats["processed"])

    def changed(self, host: str) -> list[str]:
        """Return the names of a host's tasks that changed something."""
        successful = [event["event_data"] for event in self.events if event["event"] == "runner_on_ok"]
        return [data["task"] for data in successful if data["host"] == host and data["res"].get("changed")]

    def failure(self, host: str) -> str:
        """Return the message of the failed task of a host."""
        failed = [event["event_data"] for event in self.events if event["event"] == "runner_on_failed"]
        messages = [str(data["res"]["msg"]) for data in failed if data["host"] == host]
        assert len(messages) == 1, (messages, self.stdout[-3000:])
        return messages[0]


@dataclass
class Controller:
    """A replacement for AWX.

    Args:
        workspace: the workspace of the jobs.
        tenants: the tenants of the inventory.
        vaults: the passwords of its Vault credentials, by vault id. The password of ``tokens`` encrypts the API tokens in the inventory.
        variables: extra variables of each job.
        hosts: additional variables of hosts.
    """

    workspace: Workspace
    tenants: Sequence[Tenant]
    vaults: Mapping[str, str]
    variables: Mapping[str, Any]
    hosts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    number: int = 0
    jobs: list[Job] = field(default_factory=list)

    @property
    def runner(self) -> Path:
        """The directory of each job. In AWX it is in a container, and so its path is always the same."""
        return self.workspace.folder / "runner"

    def workflow_node(
        self, playbooks: Sequence[str], tenants: Sequence[Tenant], slices: int, artifacts: Mapping[str, Any], **more: Any
    ) -> dict[str, Any]:
        """Run a job template for some tenants in slices; return the artifacts for the next node."""
        collected: dict[str, Any] = dict(artifacts)
        for hosts in sliced([tenant.name for tenant in tenants], slices):
            job = self.job(playbooks, hosts, {**artifacts, **more})
            assert job.status == "successful", job.stdout[-4000:]
            collected.update(job.artifacts)
        return collected

    def job(self, playbooks: Sequence[str], hosts: Sequence[str], variables: Mapping[str, Any]) -> Job:
        """Run one job: send it, run it, and process the returned data."""
        self.number += 1
        folder = self.workspace.folder / f"job-{self.number}"
        sent, received, back = folder / "sent", folder / "received", folder / "back"
        self._prepare(folder / "sender", playbooks, hosts, variables)
        with sent.open("wb") as stream:
            ansible_runner.interface.run(
                streamer="transmit", _output=stream, private_data_dir=str(folder / "sender"), **self._parameters(folder / "sender")
            )
        worker = command("ansible-runner", "worker", "--private-data-dir", self.runner)
        with sent.open("rb") as stdin, received.open("wb") as stdout:
            done = subprocess.run(
                worker, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=self.workspace.env, check=False, timeout=600
            )
        with received.open("rb") as stream:
            ended = ansible_runner.interface.run(streamer="process", _input=stream, private_data_dir=str(back), quiet=True)
        files = canaries.files(folder, self.runner, without=[sent])
        self.jobs.append(_job(str(ended.status), back, [*files, ("the worker's stderr", done.stderr)]))
        shutil.rmtree(self.runner)
        return self.jobs[-1]

    def _prepare(self, sender: Path, playbooks: Sequence[str], hosts: Sequence[str], variables: Mapping[str, Any]) -> None:
        """Write the files that are sent; AWX writes the extra variables to a file too."""
        for name in _FOLDERS:
            (sender / name).mkdir(parents=True)
        plays = [{"ansible.builtin.import_playbook": f"rezonate.okta.{name}"} for name in playbooks]
        (sender / "project" / "site.yml").write_text(json.dumps(plays), encoding="utf-8")
        lines = [f"    {tenant.name}:\n{self._host(tenant)}" for tenant in self.tenants if tenant.name in hosts]
        (sender / "inventory" / "hosts.yml").write_text("all:\n  hosts:\n" + "".join(lines), encoding="utf-8")
        extra = {**self.variables, **variables, "awx_job_id": self.number, "rezonate_ca_path": self.workspace.okta.ca_file}
        (sender / "env" / "extravars").write_text(yaml.dump(_unsafe(extra), Dumper=_Dumper), encoding="utf-8")
        settings = {"suppress_ansible_output": True, "suppress_output_file": True, "pexpect_timeout": 5}
        (sender / "env" / "settings").write_text(json.dumps(settings), encoding="utf-8")

    def _host(self, tenant: Tenant) -> str:
        text = encrypted(tenant.api_token, "tokens", self.vaults["tokens"])
        token = "      rezonate_okta_api_token: !vault |\n" + "".join(f"        {line}\n" for line in text.splitlines())
        return token + "".join(f"      {name}: {json.dumps(value)}\n" for name, value in self.hosts.get(tenant.name, {}).items())

    def _parameters(self, sender: Path) -> dict[str, Any]:
        """The parameters that AWX passes to ansible-runner."""
        environment = {
            "AWX_ISOLATED_DATA_DIR": str(self.runner / "artifacts" / str(self.number)),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "HTTPS_PROXY": self.workspace.okta.proxy_url,
            "PYTHONPATH": str(NO_WAIT),
        }
        return {
            "ident": str(self.number),
            "playbook": "site.yml",
            "inventory": str(sender / "inventory" / "hosts.yml"),
            "cmdline": " ".join(f"--vault-id {name}@prompt" for name in self.vaults),
            "passwords": {rf"Vault password \({name}\):\s*?$": password for name, password in self.vaults.items()},
            "envvars": environment,
            "fact_cache_type": "jsonfile",
            "suppress_env_files": True,
        }


def _job(status: str, back: Path, blobs: Sequence[tuple[str, bytes]]) -> Job:
    events = sorted(
        (json.loads(path.read_text(encoding="utf-8")) for path in back.rglob("job_events/*.json")), key=lambda one: one["counter"]
    )
    artifacts = [event["event_data"].get("artifact_data") for event in events if event["event"] == "playbook_on_stats"]
    return Job(status, tuple(events), next(filter(None, artifacts), {}), tuple(blobs))
