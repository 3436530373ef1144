# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lifecycle of tenants whose credentials are stored elsewhere than in a file. Subclasses define what differs between stores."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from helpers import other_collections
from helpers.ansible_run import COLLECTIONS, CONFIRMED, PLAYBOOK, Run
from helpers.workspace import PASSWORD, Workspace, own_token
from okta_emulator import Tenant

ROTATE, OFFBOARD, AUDIT = (f"rezonate.okta.{name}" for name in ("rotate_rezonate", "offboard_rezonate", "audit_rezonate"))
FEW: dict[str, Any] = {"rezonate_scopes": ["okta.users.read", "okta.logs.read"], "rezonate_optional_scopes": []}
PHASES = {
    "check": (PLAYBOOK, "--check"),
    "onboarded": (PLAYBOOK,),
    "again": (PLAYBOOK,),
    "prepared": (ROTATE, "-e", "rezonate_rotation=prepare"),
    "finished": (ROTATE, "-e", "rezonate_rotation=finish"),
    "offboarded": (OFFBOARD, *CONFIRMED),
}
# For a store that uses modules of another collection.
WITH_OTHER_COLLECTIONS = {"ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(COLLECTIONS), str(other_collections.FOLDER)])}


@dataclass
class StoreLifecycle:
    """Tenants and their runs, by phase."""

    workspace: Workspace
    tenants: Sequence[Tenant]
    runs: dict[str, Run] = field(default_factory=dict)

    def run(self, phase: str, *args: str, variables: Mapping[str, Any], env: Mapping[str, str] | None = None, no_wait: bool = False) -> Run:
        """Run again, with additional variables of the inventory."""
        self.workspace.okta.clear_requests()
        inventory = self.workspace.folder / "tenants.json"
        hosts = {tenant.name: own_token(tenant) for tenant in self.tenants}
        common = {"rezonate_ca_path": self.workspace.okta.ca_file, **FEW, **variables}
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")
        self.runs[phase] = self.workspace.run("-i", inventory, *args, env=env, no_wait=no_wait)
        return self.runs[phase]

    def run_phase(self, phase: str, *args: str) -> Run:
        """Run a phase with the variables of the store."""
        raise NotImplementedError

    def run_phases(self, phases: Mapping[str, Sequence[str]]) -> None:
        """Run phases in their order."""
        for phase, args in phases.items():
            self.run_phase(phase, *args)


def store_key(tenant: Tenant) -> str:
    """Return the key of a tenant below okta.com in a store."""
    return tenant.name.replace("-", "__")


def decrypted(text: str) -> dict[str, Any]:
    """Decrypt a stored text with Ansible; return an empty record for an empty text."""
    if not text:
        return {}
    vault = VaultLib([("rz", VaultSecret(PASSWORD.encode()))])
    return dict(yaml.safe_load(vault.decrypt(text.encode()))["rezonate_credentials"])


def key_lines(credentials: Mapping[str, Any]) -> set[str]:
    """Return the distinctive lines of a stored private key."""
    return {line for line in credentials["private_key"].splitlines() if len(line) == 64}
