# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the role in whole runs: no token is sent to another org, texts are not converted, and non-interactive runs do not prompt."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from helpers.ansible_run import PLAYBOOK, Run, command
from helpers.workspace import Workspace, own_token
from okta_emulator import Tenant

FEW: dict[str, Any] = {"rezonate_scopes": ["okta.users.read"], "rezonate_optional_scopes": []}
NewTenant = Callable[..., Tenant]
Hosts = Mapping[str, Mapping[str, Any]]


def refused(run: Run, *hosts: str) -> str:
    """Return the message with which a run ends for each of the hosts."""
    (message,) = {run.failure(host) for host in hosts}
    return message


def preview_of(tenant: Tenant, new_tenant: NewTenant) -> tuple[Tenant, dict[str, Any]]:
    """Create an org with the name of another org below another domain; return it with the variables of its host."""
    other = new_tenant(hosts=[f"{tenant.name}.oktapreview.com"])
    return other, {"rezonate_tenant_id": tenant.name, "rezonate_okta_domain": "oktapreview.com", **FEW}


@pytest.mark.parametrize("form", ["lines", "dictionary"])
def test_an_org_of_the_same_name_below_another_domain_gets_its_own_token(workspace: Workspace, new_tenant: NewTenant, form: str) -> None:
    acme = new_tenant()
    preview, variables = preview_of(acme, new_tenant)
    tokens = {acme.name: acme.api_token, f"{acme.name}-preview": preview.api_token}
    given: Any = tokens if form == "dictionary" else "\n".join(f"{name}: {token}" for name, token in tokens.items())
    hosts = {acme.name: FEW, f"{acme.name}-preview": variables}
    run = workspace.fleet(hosts, "--check", "-e", json.dumps({"rezonate_okta_api_tokens": given}))
    assert run.rc == 0, run.output[-3000:]
    assert {entry.headers.get("authorization") for entry in preview.requests} & {f"SSWS {acme.api_token}"} == set()


# Variables of the run and of both hosts, and whether they are allowed.
ONE_FOR_TWO: dict[str, Callable[[str], tuple[list[str], dict[str, Any], dict[str, str]]]] = {
    "extra variable": lambda token: (["-e", f"rezonate_okta_api_token={token}"], {}, {}),
    "each host's variable": lambda token: ([], {"rezonate_okta_api_token": token}, {}),
    "another variable": lambda token: ([], {"rezonate_okta_api_token": "{{ made_up }}", "made_up": token}, {}),
    "environment": lambda token: ([], {}, {"OKTA_CLIENT_TOKEN": token}),
    "environment by lookup": lambda token: ([], {"rezonate_okta_api_token": "{{ lookup('env', 'MADE_UP') }}"}, {"MADE_UP": token}),
    "waves": lambda token: (["-e", json.dumps({"rezonate_okta_api_token": token, "rezonate_waves": [1]})], {}, {}),
}


@pytest.mark.parametrize("source", ONE_FOR_TWO)
def test_one_token_for_two_orgs_is_refused_from_every_source(workspace: Workspace, new_tenant: NewTenant, source: str) -> None:
    tenants = [new_tenant(), new_tenant()]
    args, variables, env = ONE_FOR_TWO[source](tenants[0].api_token)
    run = workspace.fleet({tenant.name: {**FEW, **variables} for tenant in tenants}, *args, env=env)
    hosts = [tenant.name for tenant in tenants if run.tasks(tenant.name)]
    assert "and 2 tenants: it would be sent to orgs that it does not belong to." in refused(run, *hosts)
    assert [tenant.requests for tenant in tenants] == [[], []]


def test_one_token_for_two_hosts_of_one_org_is_allowed(workspace: Workspace, tenant: Tenant) -> None:
    files = {name: {"rezonate_vault_file": f"{name}.vault", "rezonate_tenant_id": tenant.name.upper(), **FEW} for name in ("one", "two")}
    run = workspace.fleet(files, "--check", "-e", f"rezonate_okta_api_token={tenant.api_token}")
    assert run.rc == 0, run.output[-3000:]


def test_a_loop_over_tenants_does_not_send_a_token_to_two_orgs(workspace: Workspace, new_tenant: NewTenant) -> None:
    first, second = new_tenant(), new_tenant()
    loop = {
        "name": "Onboard",
        "ansible.builtin.include_role": {"name": "rezonate.okta.rezonate"},
        "vars": {
            **FEW,
            "rezonate_ca_path": workspace.okta.ca_file,
            "rezonate_tenant_id": "{{ item }}",
            "rezonate_vault_file": "{{ item }}.vault",
        },
        "loop": [first.name, second.name],
    }
    hosts = {first.name: {"rezonate_okta_api_token": first.api_token}}
    run = workspace.play([loop], first, hosts=hosts, env={"OKTA_API_TOKEN": ""})
    assert "and 2 tenants" in run.failure(first.name)
    assert (len(first.apps), second.requests) == (1, [])


NO_TEXTS: dict[str, Any] = {
    "rezonate_tenant_id": 83,
    "rezonate_okta_domain": False,
    "rezonate_org_url": 5,
    "rezonate_app_label": None,
    "rezonate_vault_id": 1.5,
    "rezonate_network_zone_name": ["a"],
    "rezonate_key_id": 12,
}


@pytest.fixture(scope="module")
def settings_run(new_workspace: Callable[[], Workspace], new_tenant: NewTenant) -> tuple[Run, dict[str, Tenant]]:
    """Run a fleet of hosts with one invalid setting each, and one host with lists as text."""
    tenants = {name: new_tenant() for name in [*NO_TEXTS, "null", "no scopes", "text", "unknown"]}
    texts = {"rezonate_scopes": "okta.users.read,okta.logs.read", "rezonate_admin_roles": "READ_ONLY_ADMIN", "rezonate_exclusive": "true"}
    more = {
        **{name: {name: value} for name, value in NO_TEXTS.items()},
        "null": {"rezonate_tenant_id": None},
        "no scopes": {"rezonate_scopes": []},
        "text": {**texts, "rezonate_remediation": "false", "rezonate_network_zones": "[]", "rezonate_timeout": "30"},
        "unknown": {"rezonate_scope": ["okta.users.read"]},
    }
    hosts = {tenants[case].name: own_token(tenants[case], **{**FEW, **variables}) for case, variables in more.items()}
    return new_workspace().fleet(hosts), tenants


@pytest.mark.parametrize("name", NO_TEXTS)
def test_a_setting_that_yaml_converted_is_refused_by_name(settings_run: tuple[Run, dict[str, Tenant]], name: str) -> None:
    run, tenants = settings_run
    message = run.failure(tenants[name].name)
    # ansible-core 2.16 itself refuses null if the role has a default
    by_ansible = message.startswith("Validation of arguments failed:") and f"argument '{name}' is of type" in message
    assert by_ansible or re.fullmatch(f"{name} is .*: put it in quotes, or leave it out.", message), message
    assert tenants[name].requests == []


def test_a_null_tenant_is_refused(settings_run: tuple[Run, dict[str, Tenant]]) -> None:
    run, tenants = settings_run
    assert run.failure(tenants["null"].name).startswith("rezonate_tenant_id is null where a string is needed")


def test_an_empty_list_of_scopes_is_refused(settings_run: tuple[Run, dict[str, Tenant]]) -> None:
    run, tenants = settings_run
    assert run.failure(tenants["no scopes"].name).startswith("rezonate_scopes is empty: ")
    assert tenants["no scopes"].requests == []


def test_lists_and_flags_as_text_are_converted(settings_run: tuple[Run, dict[str, Tenant]]) -> None:
    run, tenants = settings_run
    tenant = tenants["text"]
    assert run.stats[tenant.name]["failures"] == 0, run.failure(tenant.name)
    assert (sorted(tenant.scopes("Rezonate")), tenant.roles("Rezonate")) == (
        ["okta.logs.read", "okta.users.read"],
        ["CUSTOM", "READ_ONLY_ADMIN"],
    )


def test_an_unknown_variable_gives_a_warning_with_a_suggestion(settings_run: tuple[Run, dict[str, Tenant]]) -> None:
    run, tenants = settings_run
    assert run.stats[tenants["unknown"].name]["failures"] == 0
    assert "The variable rezonate_scope is unknown" in run.output
    assert "closest known variable is rezonate_scopes" in " ".join(run.output.split())


@pytest.mark.parametrize("method", ["../../../../evil", "oauth/../../../../evil"])
def test_a_method_in_the_record_is_not_used_as_a_path(workspace: Workspace, tenant: Tenant, method: str) -> None:
    workspace.create_onboarded(tenant)
    workspace.store(tenant, {**workspace.credentials(tenant), "method": method})
    run = workspace.run("-i", f"{tenant.name},", "rezonate.okta.rotate_rezonate", "-e", "rezonate_rotation=prepare")
    assert "rezonate_credentials.method is a string where one of oauth, " in run.failure(tenant.name)
    assert tenant.requests == []


def test_values_of_a_tenant_are_not_used_for_the_next_on_the_same_host(workspace: Workspace, new_tenant: NewTenant) -> None:
    first, second = new_tenant(), new_tenant()
    first.add_group("Contractors")
    of_first = {
        "rezonate_source_addresses": ["127.0.0.0/8"],
        "rezonate_remediation": True,
        "rezonate_remediation_resource_groups": ["Contractors"],
    }
    tenants = [{**of_first, "name": first.name, "token": first.api_token}, {"name": second.name, "token": second.api_token}]
    names = ("rezonate_source_addresses", "rezonate_remediation_resource_groups")
    variables = {name: f"{{{{ item.{name} | default([]) }}}}" for name in names}
    variables |= {"rezonate_remediation": "{{ item.rezonate_remediation | default(false) }}", "rezonate_tenant_id": "{{ item.name }}"}
    variables |= {
        "rezonate_okta_api_token": "{{ item.token }}",
        "rezonate_vault_file": f"{workspace.folder}/host_vars/{{{{ item.name }}}}/rezonate.vault",
    }
    role = {"name": "rezonate.okta.rezonate"}
    loop = {
        "name": "Onboard",
        "ansible.builtin.include_role": role,
        "loop": tenants,
        "vars": {**FEW, "rezonate_ca_path": workspace.okta.ca_file, **variables},
    }
    run = workspace.play([loop], first)
    assert run.rc == 0, run.output[-3000:]
    assert {"network_zone", "custom_role", "resource_set"} <= workspace.credentials(first)["made"].keys()
    assert sorted(workspace.credentials(second)["made"]) == ["privilege_role", "privilege_set"]
    assert set(workspace.credentials(second)["made"].values()) & set(workspace.credentials(first)["made"].values()) == set()
    assert "network_limited" not in workspace.credentials(second)
    assert second.roles("Rezonate") == ["CUSTOM", "READ_ONLY_ADMIN"]


def test_an_org_with_a_new_custom_domain_is_recognized(workspace: Workspace, new_tenant: NewTenant) -> None:
    domain = "id.rezonate-moved.example"
    tenant = new_tenant(custom_domain=domain)
    workspace.create_onboarded(tenant, "okta.users.read")
    for url in (f"https://{domain}", tenant.org_url):
        run = workspace.fleet({tenant.name: own_token(tenant, rezonate_org_url=url, **FEW)})
        assert run.rc == 0, run.output[-3000:]
        assert (workspace.credentials(tenant)["org_url"], workspace.credentials(tenant)["org_id"]) == (url, tenant.state.org_id)
    assert len(tenant.apps) == 1


def at_a_terminal(workspace: Workspace, tenant: Tenant, typed: str, **env: str) -> tuple[int, str, float]:
    """Onboard at a terminal and answer the prompt; return the exit status, the output and the duration."""
    controller_fd, terminal_fd = pty.openpty()
    variables = {**FEW, "rezonate_method": "api_token", "rezonate_ca_path": workspace.okta.ca_file}
    args = ("-i", f"{tenant.name},", PLAYBOOK, "-e", json.dumps(variables), "--vault-id", f"rz@{workspace.password_file}")
    given = {**workspace.env, "OKTA_API_TOKEN": tenant.api_token, **env}
    start = time.monotonic()
    take = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-c", take, *command("ansible-playbook", *args)],
        cwd=workspace.folder,
        env=given,
        stdin=terminal_fd,
        stdout=terminal_fd,
        stderr=terminal_fd,
        start_new_session=True,
    )
    os.close(terminal_fd)
    output = b""
    while process.poll() is None or select.select([controller_fd], [], [], 0)[0]:
        if select.select([controller_fd], [], [], 1)[0]:
            try:
                output += os.read(controller_fd, 4096)
            except OSError:
                break
        if typed and b"paste the token here" in output:
            time.sleep(1)
            os.write(controller_fd, f"{typed}\r".encode())
            typed = ""
        assert time.monotonic() - start < 300, output
    os.close(controller_fd)
    return process.wait(), output.decode(errors="replace"), time.monotonic() - start


def test_a_terminal_prompts_for_the_token(workspace: Workspace, tenant: Tenant) -> None:
    token = tenant.add_api_token("auditor")
    rc, output, _seconds = at_a_terminal(workspace, tenant, token)
    assert (rc, token in output) == (0, False), output
    assert workspace.credentials(tenant)["api_token"] == token


def test_the_terminal_of_a_runner_does_not_prompt_and_the_run_fails_immediately(workspace: Workspace, tenant: Tenant) -> None:
    rc, output, _seconds = at_a_terminal(workspace, tenant, "", AWX_ISOLATED_DATA_DIR=str(Path("/runner/artifacts/7")))
    assert (rc, "paste the token here" in output) == (2, False)
    assert "No read-only API token for" in output
