# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offboarding is confirmed once, for the named and counted tenants; non-interactive runs do not wait."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from helpers.ansible_run import Run, command
from helpers.workspace import Workspace, own_token
from okta_emulator import Tenant

PLAYBOOK = "rezonate.okta.offboard_rezonate"
ASKS = "and its stored credentials?"
NOT_CONFIRMED = (
    "Nothing was removed: confirm at the prompt, or set -e rezonate_confirm=true and -e rezonate_offboard_tenants to the names of the"
    " tenants or to their number."
)


def take_terminal() -> None:
    """Make standard input the controlling terminal, as a shell does."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def at_terminal(
    workspace: Workspace, tenants: Sequence[Tenant], answer: str, *args: str, playbook: str = PLAYBOOK, **variables: Any
) -> tuple[int, str]:
    """Offboard at a terminal and answer the prompt; return the exit status and the output."""
    hosts = {tenant.name: own_token(tenant, **variables) for tenant in tenants}
    inventory = {"all": {"hosts": hosts, "vars": {"rezonate_ca_path": workspace.okta.ca_file}}}
    (workspace.folder / "tenants.json").write_text(json.dumps(inventory), encoding="utf-8")
    controller_fd, terminal_fd = pty.openpty()
    process = subprocess.Popen(
        command("ansible-playbook", "-i", "tenants.json", playbook, "--vault-id", f"rz@{workspace.password_file}", *args),
        cwd=workspace.folder,
        env=workspace.env,
        stdin=terminal_fd,
        stdout=terminal_fd,
        stderr=terminal_fd,
        preexec_fn=take_terminal,  # noqa: PLW1509 - required to set the controlling terminal
    )
    os.close(terminal_fd)
    output, typed, start = b"", False, time.monotonic()
    while time.monotonic() - start < 200:
        if select.select([controller_fd], [], [], 1)[0]:
            try:
                output += os.read(controller_fd, 65536)
            except OSError:  # all file descriptors are closed
                break
        if ASKS.encode() in output.replace(b"\r\n", b"") and not typed:
            time.sleep(0.5)
            os.write(controller_fd, f"{answer}\r".encode())
            typed = True
    return process.wait(timeout=30), output.decode(errors="replace").replace("\r\n", "\n")


def onboarded(workspace: Workspace, new_tenant: Callable[..., Tenant], count: int) -> list[Tenant]:
    tenants = [new_tenant() for _number in range(count)]
    for tenant in tenants:
        workspace.create_onboarded(tenant)
    return tenants


@pytest.mark.parametrize(("answer", "rc"), [("3", 0), ("yes", 2), ("y", 2), ("", 2), ("2", 2)])
def test_the_number_of_tenants_confirms(workspace: Workspace, new_tenant: Callable[..., Tenant], answer: str, rc: int) -> None:
    tenants = onboarded(workspace, new_tenant, 3)
    code, output = at_terminal(workspace, tenants, answer)
    assert (code, output.count(ASKS)) == (rc, 1), output
    assert f"access to 3 tenants {ASKS} The tenants are {', '.join(tenant.name for tenant in tenants)}." in " ".join(output.split())
    assert [len(tenant.apps) for tenant in tenants] == [0 if rc == 0 else 1] * 3
    assert ("Nothing was removed: the answer was not 3, the number of tenants." in output) == (rc != 0)


@pytest.mark.parametrize("right", [True, False])
def test_the_name_of_the_only_tenant_confirms(workspace: Workspace, new_tenant: Callable[..., Tenant], right: bool) -> None:
    (tenant,) = onboarded(workspace, new_tenant, 1)
    code, output = at_terminal(workspace, [tenant], tenant.name if right else "y")
    assert (code, len(tenant.apps)) == ((0, 0) if right else (2, 1)), output
    assert f"to the tenant {tenant.name} {ASKS}" in " ".join(output.split())


@pytest.mark.parametrize("play", [{"serial": 1}, {"strategy": "free"}])
def test_a_custom_play_prompts_once(workspace: Workspace, new_tenant: Callable[..., Tenant], play: dict[str, Any]) -> None:
    tenants = onboarded(workspace, new_tenant, 2)
    role = {"ansible.builtin.import_role": {"name": "rezonate.okta.rezonate", "tasks_from": "offboard"}}
    (workspace.folder / "own.json").write_text(
        json.dumps([{"hosts": "all", "gather_facts": False, **play, "tasks": [role]}]), encoding="utf-8"
    )
    code, output = at_terminal(workspace, tenants, "2", playbook="own.json")
    assert output.count(ASKS) == 1, output
    if "serial" in play:
        assert (code, [len(tenant.apps) for tenant in tenants]) == (0, [0, 0]), output
    else:  # a host without the confirmation is refused
        assert [len(tenants[0].apps), len(tenants[1].apps)] in ([0, 0], [0, 1]), output


@pytest.mark.parametrize("job", [("-e", "awx_job_id=7"), ("-e", "tower_job_id=7")])
def test_a_job_does_not_wait_for_a_confirmation(workspace: Workspace, new_tenant: Callable[..., Tenant], job: tuple[str, ...]) -> None:
    (tenant,) = onboarded(workspace, new_tenant, 1)
    code, output = at_terminal(workspace, [tenant], tenant.name, *job, rezonate_confirm=True)
    assert (code, len(tenant.apps), output.count(ASKS)) == (2, 1, 0), output
    assert NOT_CONFIRMED in " ".join(output.split())


def fleet(workspace: Workspace, tenants: Sequence[Tenant], *args: str) -> Run:
    """Offboard without a terminal."""
    hosts = {tenant.name: own_token(tenant, rezonate_ca_path=workspace.okta.ca_file) for tenant in tenants}
    (workspace.folder / "tenants.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    workspace.okta.clear_requests()
    return workspace.run("-i", "tenants.json", PLAYBOOK, *args)


def test_only_exactly_the_named_tenants_are_offboarded(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenants = onboarded(workspace, new_tenant, 2)
    one, both = tenants[0].name, f"{tenants[1].name.upper()} {tenants[0].name}"
    for named, *args in ((one,), (one, "--check"), (f"{both},globex",), ("3",), (both, "--limit", one), ("2", "--limit", one)):
        run = fleet(workspace, tenants, "-e", "rezonate_confirm=true", "-e", f"rezonate_offboard_tenants='{named}'", *args)
        assert run.rc == 2, (named, args, run.output)
        assert run.failure(one).startswith("Nothing was removed: rezonate_offboard_tenants is "), run.output
        assert [tenant.requests for tenant in tenants] == [[], []]
    assert fleet(workspace, tenants, "-e", "rezonate_confirm=true", "-e", f"rezonate_offboard_tenants='{both}'").rc == 0
    assert [tenant.apps for tenant in tenants] == [[], []]


@pytest.mark.parametrize("given", ["rezonate_confirm=true", "rezonate_offboard_tenants=1"])
def test_one_of_both_variables_does_not_confirm(workspace: Workspace, tenant: Tenant, given: str) -> None:
    workspace.create_onboarded(tenant)
    run = fleet(workspace, [tenant], "-e", given)
    assert (run.failure(tenant.name), tenant.requests) == (NOT_CONFIRMED, [])


def test_at_a_terminal_a_confirmation_without_tenants_prompts(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenants = onboarded(workspace, new_tenant, 2)
    code, output = at_terminal(workspace, tenants, "2", "-e", "rezonate_confirm=true")
    assert (code, output.count(ASKS), [tenant.apps for tenant in tenants]) == (0, 1, [[], []]), output


def test_a_terminal_that_is_not_the_controlling_one_prompts(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    tenants = onboarded(workspace, new_tenant, 2)
    hosts = {tenant.name: own_token(tenant, rezonate_ca_path=workspace.okta.ca_file) for tenant in tenants}
    (workspace.folder / "tenants.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    controller_fd, terminal_fd = pty.openpty()
    args = command("ansible-playbook", "-i", "tenants.json", PLAYBOOK, "--vault-id", f"rz@{workspace.password_file}")
    pipe: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(args, cwd=workspace.folder, env=workspace.env, stdin=terminal_fd, **pipe)
    os.write(controller_fd, b"2\n")
    output = process.communicate(timeout=300)[0]
    assert (process.returncode, output.count(ASKS), [len(tenant.apps) for tenant in tenants]) == (0, 1, [0, 0]), output
    os.close(controller_fd)
    os.close(terminal_fd)


@pytest.mark.parametrize("where", ["vars", "inventory"])
def test_a_variable_of_the_play_confirms_and_a_variable_of_the_inventory_does_not(workspace: Workspace, tenant: Tenant, where: str) -> None:
    workspace.create_onboarded(tenant)
    given = {"rezonate_confirm": "yes", "rezonate_offboard_tenants": [tenant.name]}
    hosts = {tenant.name: own_token(tenant, rezonate_ca_path=workspace.okta.ca_file, **(given if where == "inventory" else {}))}
    (workspace.folder / "tenants.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    role = {"ansible.builtin.import_role": {"name": "rezonate.okta.rezonate", "tasks_from": "offboard"}}
    play = {"hosts": "all", "gather_facts": False, "tasks": [role], "vars": given if where == "vars" else {}}
    (workspace.folder / "own.json").write_text(json.dumps([play]), encoding="utf-8")
    run = workspace.run("-i", "tenants.json", "own.json")
    assert (run.rc, len(tenant.apps)) == ((0, 0) if where == "vars" else (2, 1)), run.output
    assert where == "vars" or run.failure(tenant.name) == NOT_CONFIRMED
