# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaks of single tasks, and texts of Okta that must not be templated. `soak.leaks` searches whole runs, partly in test_soak.py."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from helpers.ansible_run import ROOT, Run
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace
from okta_emulator import Tenant
from soak import leak_canaries as canaries
from soak.leak_plays import careless
from soak.leak_runs import CONNECTION_PLUGINS, PRINTING, other_interpreter


def test_no_key_is_created_if_async_would_write_it_to_a_file(workspace: Workspace, tenant: Tenant) -> None:
    run = workspace.play([{"rezonate.okta.rsa_jwk": {}, "async": 20, "poll": 1}], tenant, args=("-v",))
    assert run.failure(tenant.name) == "async would write private_key and private_jwk to a file on the host: run the task without async."
    assert "PRIVATE KEY" not in run.output


def test_printed_options_contain_no_secrets(workspace: Workspace, tenant: Tenant) -> None:
    task = {
        "rezonate.okta.okta_api_token_info": {"api_token": "{{ api_token }}", "org_url": "{{ org_url }}", "ca_path": workspace.okta.ca_file}
    }
    env = {"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1", "ANSIBLE_STRATEGY": "free"}
    run = workspace.play([task], tenant, env=env)
    assert run.rc == 0, run.output
    assert "api_token=VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in run.output
    assert tenant.api_token not in run.output


PRINTING_VARIABLES = {"ansible_connection": PRINTING, "ansible_python_interpreter": sys.executable}


def run_over_printing_connection(workspace: Workspace, tenant: Tenant, *args: str, last: int = 4, **env: str) -> Run:
    """Run the first tasks of modules that return secrets, registered, over a connection that prints its results."""
    call = {"org_url": "{{ org_url }}", "ca_path": workspace.okta.ca_file}
    service = {**call, "api_token": "{{ api_token }}", "type": "anzennaapiservice", "scopes": ["okta.users.read"]}
    minted = {"client_id": "{{ service.client_id }}", "client_secret": "{{ service.client_secret }}", "scopes": ["okta.users.read"]}
    lengths = "{{ made.private_key | length }} {{ made.private_jwk.d | length }} {{ service.client_secret | length }}"
    tasks: list[dict[str, Any]] = [
        {"rezonate.okta.rsa_jwk": {}, "register": "made"},
        {"rezonate.okta.okta_api_service_integration": service, "register": "service"},
        {"rezonate.okta.okta_access_token": {**call, **minted, "return_token": True}, "register": "token"},
        {"name": "Print", "ansible.builtin.debug": {"msg": f"{lengths} {{{{ token.access_token | length }}}}"}},
    ]
    env = {"ANSIBLE_CONNECTION_PLUGINS": CONNECTION_PLUGINS, **env}
    return workspace.play(tasks[:last], tenant, play={"vars": PRINTING_VARIABLES}, args=args, env=env)


@pytest.mark.parametrize(
    ("verbosity", "env"),
    [("-vvv", {}), ("-vvvvv", {"ANSIBLE_DEBUG": "1", "ANSIBLE_KEEP_REMOTE_FILES": "1"})],
)
def test_a_printing_connection_prints_no_returned_secret(workspace: Workspace, tenant: Tenant, verbosity: str, env: dict[str, str]) -> None:
    run = run_over_printing_connection(workspace, tenant, verbosity, **env)
    assert run.rc == 0, run.output[-3000:]
    assert all(int(length) > 30 for length in run.result("Print", tenant.name)["msg"].split())
    assert "PRINTING RETURNED" in run.output
    secrets = [*tenant.state.shown_secrets, *tenant.state.access_tokens]
    assert len(secrets) == 2
    assert [secret for secret in [*secrets, tenant.api_token] if secret in run.output] == []
    assert canaries.search([("the output", run.output.encode())], {}) == []


def test_a_connection_that_prints_its_input_prints_no_returned_secret(workspace: Workspace, tenant: Tenant) -> None:
    run = run_over_printing_connection(workspace, tenant, "-vvv", last=2, REZONATE_PRINTS_INPUT="1")
    assert run.rc == 0, run.output[-3000:]
    assert tenant.api_token in run.output  # an option, which cannot be hidden
    assert [secret for secret in tenant.state.shown_secrets if secret in run.output] == []
    assert canaries.search([("the output", run.output.encode())], {}) == []


def test_a_token_in_the_environment_of_a_transferred_task_is_refused(workspace: Workspace, tenant: Tenant) -> None:
    options = {"org_url": "{{ org_url }}", "ca_path": workspace.okta.ca_file}
    task = {"rezonate.okta.okta_api_token_info": options, "environment": {"OKTA_API_TOKEN": "{{ api_token }}"}}
    env = {"ANSIBLE_CONNECTION_PLUGINS": CONNECTION_PLUGINS}
    run = workspace.play([task], tenant, play={"vars": PRINTING_VARIABLES}, args=("-vvvvv",), env=env)
    assert run.failure(tenant.name).startswith("environment would show OKTA_API_TOKEN in a command line on the host: ")
    assert tenant.api_token not in run.output
    assert tenant.requests == []


@pytest.mark.parametrize("connection", ["local", PRINTING])
@pytest.mark.parametrize("control", [{"extended": True}, {"extended": True, "extended_allitems": False, "loop_var": "it"}])
def test_an_extended_loop_prints_no_token_of_its_items(
    workspace: Workspace, tenant: Tenant, control: dict[str, Any], connection: str
) -> None:
    options = {"org_url": "{{ org_url }}", "ca_path": workspace.okta.ca_file, "max_retries": -1}
    task = {"rezonate.okta.okta_api_token_info": options, "loop": ["{{ api_token }}", "two", "three"], "loop_control": control}
    env = {"ANSIBLE_CONNECTION_PLUGINS": CONNECTION_PLUGINS}
    variables = {**PRINTING_VARIABLES, "ansible_connection": connection}
    run = workspace.play([task], tenant, play={"vars": variables}, args=("-vvv",), env=env)
    assert "max_retries is -1" in run.output or run.rc == 2
    assert tenant.api_token not in run.output


def test_the_careless_play_uses_every_module() -> None:
    modules = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
    assert [module for module in modules if f"rezonate.okta.{module}:" not in careless("python")] == []


class TemplateTenant:
    """A tenant whose texts are templates, and the results of runs with it."""

    def __init__(self, workspace: Workspace, tenant: Tenant) -> None:
        self.workspace, self.tenant = workspace, tenant
        self.marker = workspace.home / "pwned"
        self.text = "{{ lookup('pipe', 'touch $HOME/pwned') }}{% set x = 1 %}"

    def remains_text(self, run: Run) -> bool:
        """Whether the text was printed unchanged and not templated."""
        shown = run.output.replace('\\"', '"')
        return self.text in shown and not self.marker.exists()

    def info(self, interpreter: str) -> Run:
        """Read the tenant with a module, and print the result."""
        options = {"org_url": self.tenant.org_url, "ca_path": self.workspace.okta.ca_file}
        tasks: list[dict[str, Any]] = [
            {"rezonate.okta.okta_service_app_info": options, "register": "found"},
            {"ansible.builtin.debug": {"msg": "{{ found.apps[0].label }} and {{ found.apps[0].jwks | map(attribute='kid') | join }}"}},
            {"ansible.builtin.set_fact": {"again": "{{ found.apps[0].label ~ '!' }}"}},
            {"ansible.builtin.debug": {"msg": "{{ again }}"}},
        ]
        hosts = {self.tenant.name: {"ansible_python_interpreter": interpreter}}
        return self.workspace.play(tasks, self.tenant, hosts=hosts, args=("-vvv", "--diff"))


@pytest.fixture
def template_tenant(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> TemplateTenant:
    return TemplateTenant(new_workspace(), new_tenant())


@pytest.mark.parametrize("shipped", [False, True])
def test_a_label_and_a_key_id_remain_text(template_tenant: TemplateTenant, shipped: bool) -> None:
    template_tenant.tenant.add_app(template_tenant.text, [{**public_jwk("left"), "kid": template_tenant.text}])
    run = template_tenant.info(other_interpreter() if shipped else "auto")
    assert run.rc == 0, run.output
    assert template_tenant.remains_text(run)


def test_an_unmanaged_key_id_in_a_message_remains_text(template_tenant: TemplateTenant) -> None:
    template_tenant.tenant.add_app("Rezonate", [{**public_jwk("left"), "kid": template_tenant.text}])
    run = template_tenant.workspace.onboard(template_tenant.tenant, "-v")
    assert template_tenant.remains_text(run)
    assert "which may be in use" in run.output


def test_a_login_remains_text(template_tenant: TemplateTenant) -> None:
    token = template_tenant.tenant.add_api_token(template_tenant.tenant.add_user(f"{template_tenant.text}@x", ["READ_ONLY_ADMIN"]))
    assert template_tenant.remains_text(template_tenant.workspace.onboard(template_tenant.tenant, "-v", token=token))


def test_an_error_text_remains_text(template_tenant: TemplateTenant) -> None:
    body = {"errorCode": "E0000001", "errorSummary": template_tenant.text, "errorCauses": [{"errorSummary": template_tenant.text}]}
    template_tenant.tenant.emulator.fault("status", tenant=template_tenant.tenant.name, path="/apps", status=400, body=body, times=None)
    assert template_tenant.remains_text(template_tenant.workspace.onboard(template_tenant.tenant, "-v"))


def test_a_removed_scope_remains_text_in_diff_and_report(template_tenant: TemplateTenant) -> None:
    assert template_tenant.workspace.onboard(template_tenant.tenant).rc == 0
    template_tenant.tenant.grant("Rezonate", template_tenant.text)
    run = template_tenant.workspace.onboard(template_tenant.tenant, "--diff", "-v")
    assert run.rc == 0, run.output
    assert template_tenant.remains_text(run)
    report = "\n".join(run.result("Report the status of the tenant", template_tenant.tenant.name)["msg"])
    assert f"scopes removed: {template_tenant.text}." in report


def test_the_content_of_the_vault_file_remains_text(template_tenant: TemplateTenant) -> None:
    template_tenant.workspace.store(template_tenant.tenant, {"method": "oauth", "org_url": template_tenant.text})
    run = template_tenant.workspace.onboard(template_tenant.tenant, "-v")
    assert template_tenant.text in run.failure(template_tenant.tenant.name)
    assert template_tenant.remains_text(run)
