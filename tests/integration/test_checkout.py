# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A checkout needs no installation: with its `ansible.cfg` and links, playbooks can be started in any of its directories."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.ansible_run import PLAYBOOK, ROOT, Run, run_playbook
from helpers.workspace import Workspace
from okta_emulator import Tenant


def start(workspace: Workspace, tenant: Tenant, folder: Path, playbook: str) -> Run:
    """Onboard as a user of a checkout does, without a collection path in the environment."""
    env = {name: value for name, value in workspace.env.items() if name != "ANSIBLE_COLLECTIONS_PATH"}
    # outside the checkout, so that a test leaves no files in it
    options = {"rezonate_ca_path": workspace.okta.ca_file, "rezonate_vault_file": workspace.vault_file(tenant)}
    given = [argument for name, value in options.items() for argument in ("-e", f"{name}={value}")]
    vault = ("--vault-id", f"rz@{workspace.password_file}")
    return run_playbook(folder, "-i", f"{tenant.name},", playbook, *vault, *given, env={**env, "OKTA_API_TOKEN": tenant.api_token})


@pytest.mark.parametrize(
    ("folder", "playbook"),
    [(".", PLAYBOOK), (".", "onboard_rezonate.yml"), ("playbooks", "onboard_rezonate.yml"), ("playbooks", PLAYBOOK)],
)
def test_a_tenant_is_onboarded_from_a_checkout(workspace: Workspace, tenant: Tenant, folder: str, playbook: str) -> None:
    run = start(workspace, tenant, ROOT / folder, playbook)
    assert run.rc == 0, run.output
    assert workspace.credentials(tenant)["application_id"] == tenant.apps[0]["id"]
