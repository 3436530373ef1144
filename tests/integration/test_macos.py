# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole runs do not call the functions that crash a forked Python on macOS. These tests do not run on macOS."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.workspace import Workspace
from okta_emulator import Tenant

MACOS = {"PYTHONPATH": str(Path(__file__).resolve().parent / "macos")}


def test_no_worker_reads_the_system_proxies(workspace: Workspace, tenant: Tenant) -> None:
    first, second = (workspace.onboard(tenant, env=MACOS) for _run in range(2))
    assert "asked for proxies" not in first.output + second.output
    assert (first.rc, second.rc, second.changed(tenant.name)) == (0, 0, [])


@pytest.mark.parametrize("method", ["api_service_integration", "api_token"])
def test_no_worker_reads_the_system_proxies_with_other_methods(workspace: Workspace, tenant: Tenant, method: str) -> None:
    token = {"REZONATE_READONLY_API_TOKEN": tenant.add_api_token("auditor")}
    run = workspace.onboard(tenant, "-e", f"rezonate_method={method}", env={**MACOS, **token})
    assert "asked for proxies" not in run.output
    assert run.rc == 0, run.output
