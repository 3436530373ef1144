# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's tasks for one tenant, run in this process: the real actions and task files, without ansible-playbook."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.template import Templar
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.plugin_utils._planning import onboarding
from okta_emulator import Tenant

ROLE = Path(__file__).resolve().parents[2] / "roles" / "rezonate"
SECRETS: list[tuple[str, Any]] = [("rz", VaultSecret(b"made-up-vault-password-3d5f1c90a7"))]
_ACTIONS = "ansible_collections.rezonate.okta.plugins.action"
_COLLECTION = "rezonate.okta."


class ChainError(Exception):
    """A task failed."""


@dataclass
class Chain:
    """One tenant, its stored record and its settings.

    Args:
        tenant: the tenant in the emulator.
        folder: where the record is stored.
        ca_path: the certificate authority of the emulator.
        settings: variables of the role.
    """

    tenant: Tenant
    folder: Path
    ca_path: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def record_file(self) -> Path:
        """The path of the stored record."""
        return self.folder / f"{self.tenant.name}.vault"

    @property
    def record(self) -> dict[str, Any]:
        """The stored record; empty if there is none."""
        if not self.record_file.exists():
            return {}
        return dict(yaml.safe_load(VaultLib(SECRETS).decrypt(self.record_file.read_bytes()))["rezonate_credentials"])

    def store(self, record: Mapping[str, Any]) -> None:
        """Store another record, as an edited file."""
        text = yaml.safe_dump({"rezonate_credentials": dict(record)})
        self.record_file.write_bytes(VaultLib(SECRETS).encrypt(text, secret=SECRETS[0][1], vault_id="rz"))

    def plan(self, *, check: bool, drifted: bool = False) -> Plan:
        """Plan the onboarding, and compare the tenant with the plan.

        Args:
            check: whether to run in check mode.
            drifted: treat the tenant as drifted, without the comparison: the plan of all building blocks.

        Raises:
            ChainError: it failed.
        """
        work = {"work": "onboard", "scope_sets": _load(ROLE / "vars" / "main" / "scopes.yml")["rezonate__scope_sets"]}
        always = dict.fromkeys(onboarding._COMPARISONS, lambda context, _call: (context.plan, True))
        with mock.patch.dict(onboarding._COMPARISONS, always if drifted else {}):
            result = self._run("tenant_plan", work, check=check)
        return Plan.of(result["plan"])

    def run(self, plan: Plan, *, check: bool) -> list[str]:
        """Run the building blocks of a plan; return the names of the tasks that changed something, or would change it.

        Raises:
            ChainError: one failed.
        """
        changed: list[str] = []
        for step in plan.steps:
            plan = self._file(f"{step}.yml", plan, changed, check=check)
        return changed

    def _file(self, name: str, plan: Plan, changed: list[str], *, check: bool) -> Plan:
        for task in _load(ROLE / "tasks" / name):
            if imported := task.get("ansible.builtin.import_tasks"):
                plan = self._file(f"{Path(name).parent}/{imported}", plan, changed, check=check)
                continue
            if included := task.get("ansible.builtin.include_tasks"):
                # for a store that is a file, nothing is saved here
                if included != "save_to_store.yml" and plan.detour:
                    plan = self._file(f"{plan.detour}.yml", plan, changed, check=check)
                continue
            module = next((key.removeprefix(_COLLECTION) for key in task if key.startswith(_COLLECTION)), None)
            if module is None:
                raise ChainError(f"{task['name']}: {task['ansible.builtin.fail']['msg']}")
            result = self._run(module, {**task[_COLLECTION + module], "tenant": plan.as_dict()}, check=check)
            plan = Plan.of(result["plan"])
            changed.extend([task["name"]] if result["changed"] else [])
        return plan

    def _run(self, module: str, args: Mapping[str, Any], *, check: bool) -> dict[str, Any]:
        shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
        connection = SimpleNamespace(transport="local", become=None, _shell=shell)
        task = SimpleNamespace(
            args=dict(args),
            action=_COLLECTION + module,
            check_mode=check,
            diff=False,
            async_val=0,
            environment=[],
            delegate_to=None,
            collections=[],
            loop=None,
            loop_with=None,
            no_log=False,
            _parent=None,
        )
        loader = DataLoader()
        loader.set_vault_secrets(SECRETS)
        variables = self._variables()
        kind: Any = importlib.import_module(f"{_ACTIONS}.{module}").ActionModule
        result: dict[str, Any] = kind(task, connection, None, loader, Templar(loader=loader, variables=variables), None).run(
            task_vars=variables
        )
        if result.get("failed"):
            raise ChainError(f"{module}: {result['msg']} {result.get('exception', '')}".strip())
        return {"changed": False, **result}

    def _variables(self) -> dict[str, Any]:
        """The task's variables, as Ansible has them."""
        return {
            **_load(ROLE / "defaults" / "main.yml"),
            "inventory_hostname": self.tenant.name,
            "inventory_dir": str(self.folder),
            "ansible_play_hosts_all": [self.tenant.name],
            "rezonate_tenant_id": self.tenant.name,
            "rezonate_okta_api_token": self.tenant.api_token,
            "rezonate_ca_path": self.ca_path,
            "rezonate_vault_file": str(self.record_file),
            "rezonate_shared_token": True,
            **self.settings,
        }


_LOADED: dict[Path, Any] = {}


def _load(path: Path) -> Any:
    """A YAML file of the role, read once."""
    if path not in _LOADED:
        _LOADED[path] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return _LOADED[path]
