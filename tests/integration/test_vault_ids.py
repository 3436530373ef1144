# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unusual vault ids: the stored text can be read again with the command in the report."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Callable

import pytest
from helpers.workspace import Workspace
from okta_emulator import Tenant

FEW = json.dumps({"rezonate_scopes": ["okta.users.read"], "rezonate_optional_scopes": []})


@pytest.mark.parametrize("store", ["file", "artifact"])
def test_a_vault_id_that_could_not_be_used_for_reading_ends_the_run_before_the_first_call(
    workspace: Workspace, new_tenant: Callable[..., Tenant], store: str
) -> None:
    tenant = new_tenant()
    options = ("-e", FEW, "-e", f"rezonate_credential_store={store}", "--vault-id", f"clé@{workspace.password_file}")
    run = workspace.onboard(tenant, *options, vault=False)
    assert (run.failure(tenant.name) or "").startswith("The vault id 'clé' can't be stored in an encrypted file")
    assert tenant.requests == []
    assert not workspace.vault_file(tenant).exists()


@pytest.mark.parametrize("vault_id", ["my id", "$(touch pwned)"])
def test_the_printed_command_shows_the_file(workspace: Workspace, new_tenant: Callable[..., Tenant], vault_id: str) -> None:
    tenant = new_tenant()
    run = workspace.onboard(tenant, "-e", FEW, "--vault-id", f"{vault_id}@{workspace.password_file}", vault=False)
    assert run.rc == 0, run.output[-3000:]
    report = run.result("Report the status of the tenant", tenant.name)["msg"]
    command = next(line.removeprefix("View them: ") for line in report if line.startswith("View them: "))
    assert shlex.quote(f"{vault_id}@prompt") in command
    # a user enters the password at the prompt
    pasted = command.replace("@prompt", f"@{workspace.password_file}")
    env = {**os.environ, **workspace.env}
    shown = subprocess.run(["/bin/sh", "-c", pasted], capture_output=True, check=False, text=True, env=env, cwd=workspace.folder)
    assert "rezonate_credentials:" in shown.stdout, shown.stderr
    assert not (workspace.folder / "pwned").exists()
