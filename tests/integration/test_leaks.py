# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task alone may leak, and that nothing that Okta says is run; `soak.leaks` searches whole runs, a part of it in test_soak.py."""

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


def test_a_key_is_not_made_where_async_would_write_it_to_a_file(workspace: Workspace, tenant: Tenant) -> None:
    run = workspace.play([{"rezonate.okta.rsa_jwk": {}, "async": 20, "poll": 1}], tenant, args=("-v",))
    assert run.failure(tenant.name) == "async would write private_key and private_jwk to a file on the host: run the task without async."
    assert "PRIVATE KEY" not in run.output


def test_options_that_are_printed_are_printed_without_secrets(workspace: Workspace, tenant: Tenant) -> None:
    task = {
        "rezonate.okta.okta_api_token_info": {"api_token": "{{ api_token }}", "org_url": "{{ org_url }}", "ca_path": workspace.okta.ca_file}
    }
    env = {"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1", "ANSIBLE_STRATEGY": "free"}
    run = workspace.play([task], tenant, env=env)
    assert run.rc == 0, run.output
    assert "api_token=VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in run.output
    assert tenant.api_token not in run.output


PRINTING_VARIABLES = {"ansible_connection": PRINTING, "ansible_python_interpreter": sys.executable}


def tried_over_a_printing_connection(workspace: Workspace, tenant: Tenant, *args: str, last: int = 4, **env: str) -> Run:
    """Run the modules that return secrets, registered, over a connection that prints what it gets; only the first tasks of them."""
    call = {"org_url": "{{ org_url }}", "ca_path": workspace.okta.ca_file}
    service = {**call, "api_token": "{{ api_token }}", "type": "anzennaapiservice", "scopes": ["okta.users.read"]}
    minted = {"client_id": "{{ service.client_id }}", "client_secret": "{{ service.client_secret }}", "scopes": ["okta.users.read"]}
    told = "{{ made.private_key | length }} {{ made.private_jwk.d | length }} {{ service.client_secret | length }}"
    tasks: list[dict[str, Any]] = [
        {"rezonate.okta.rsa_jwk": {}, "register": "made"},
        {"rezonate.okta.okta_api_service_integration": service, "register": "service"},
        {"rezonate.okta.okta_access_token": {**call, **minted, "return_token": True}, "register": "token"},
        {"name": "Tell", "ansible.builtin.debug": {"msg": f"{told} {{{{ token.access_token | length }}}}"}},
    ]
    env = {"ANSIBLE_CONNECTION_PLUGINS": CONNECTION_PLUGINS, **env}
    return workspace.play(tasks[:last], tenant, play={"vars": PRINTING_VARIABLES}, args=args, env=env)


@pytest.mark.parametrize(
    ("verbosity", "env"),
    [("-vvv", {}), ("-vvvvv", {"ANSIBLE_DEBUG": "1", "ANSIBLE_KEEP_REMOTE_FILES": "1"})],
)
def test_a_connection_that_prints_shows_no_returned_secret(
    workspace: Workspace, tenant: Tenant, verbosity: str, env: dict[str, str]
) -> None:
    run = tried_over_a_printing_connection(workspace, tenant, verbosity, **env)
    assert run.rc == 0, run.output[-3000:]
    assert all(int(length) > 30 for length in run.result("Tell", tenant.name)["msg"].split())
    assert "PRINTING RETURNED" in run.output
    secrets = [*tenant.state.shown_secrets, *tenant.state.access_tokens]
    assert len(secrets) == 2
    assert [secret for secret in [*secrets, tenant.api_token] if secret in run.output] == []
    assert canaries.search([("the output", run.output.encode())], {}) == []


def test_nor_does_one_that_prints_what_it_sends(workspace: Workspace, tenant: Tenant) -> None:
    run = tried_over_a_printing_connection(workspace, tenant, "-vvv", last=2, REZONATE_PRINTS_INPUT="1")
    assert run.rc == 0, run.output[-3000:]
    assert tenant.api_token in run.output  # an option: nothing can be done about that
    assert [secret for secret in tenant.state.shown_secrets if secret in run.output] == []
    assert canaries.search([("the output", run.output.encode())], {}) == []


def test_a_token_in_the_environment_of_a_shipped_task_is_refused(workspace: Workspace, tenant: Tenant) -> None:
    options = {"org_url": "{{ org_url }}", "ca_path": workspace.okta.ca_file}
    task = {"rezonate.okta.okta_api_token_info": options, "environment": {"OKTA_API_TOKEN": "{{ api_token }}"}}
    env = {"ANSIBLE_CONNECTION_PLUGINS": CONNECTION_PLUGINS}
    run = workspace.play([task], tenant, play={"vars": PRINTING_VARIABLES}, args=("-vvvvv",), env=env)
    assert run.failure(tenant.name).startswith("environment would show OKTA_API_TOKEN in a command line on the host: ")
    assert tenant.api_token not in run.output
    assert tenant.requests == []


@pytest.mark.parametrize("connection", ["local", PRINTING])
@pytest.mark.parametrize("control", [{"extended": True}, {"extended": True, "extended_allitems": False, "loop_var": "it"}])
def test_an_extended_loop_shows_no_item_s_token(workspace: Workspace, tenant: Tenant, control: dict[str, Any], connection: str) -> None:
    options = {"org_url": "{{ org_url }}", "ca_path": workspace.okta.ca_file, "max_retries": -1}
    task = {"rezonate.okta.okta_api_token_info": options, "loop": ["{{ api_token }}", "two", "three"], "loop_control": control}
    env = {"ANSIBLE_CONNECTION_PLUGINS": CONNECTION_PLUGINS}
    variables = {**PRINTING_VARIABLES, "ansible_connection": connection}
    run = workspace.play([task], tenant, play={"vars": variables}, args=("-vvv",), env=env)
    assert "max_retries is -1" in run.output or run.rc == 2
    assert tenant.api_token not in run.output


def test_every_module_is_among_those_of_careless_authors() -> None:
    modules = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
    assert [module for module in modules if f"rezonate.okta.{module}:" not in careless("python")] == []


class Poisoned:
    """A tenant that calls everything by a template, and what comes of it."""

    def __init__(self, workspace: Workspace, tenant: Tenant) -> None:
        self.workspace, self.tenant = workspace, tenant
        self.proof = workspace.home / "pwned"
        self.text = "{{ lookup('pipe', 'touch $HOME/pwned') }}{% set x = 1 %}"

    def stays_text(self, run: Run) -> bool:
        """Whether the text was shown as it is, and never run."""
        shown = run.output.replace('\\"', '"')
        return self.text in shown and not self.proof.exists()

    def info(self, interpreter: str) -> Run:
        """Look at the tenant with a module, and print what it says."""
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
def poisoned(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Poisoned:
    return Poisoned(new_workspace(), new_tenant())


@pytest.mark.parametrize("shipped", [False, True])
def test_a_label_and_a_key_id_stay_text(poisoned: Poisoned, shipped: bool) -> None:
    poisoned.tenant.add_app(poisoned.text, [{**public_jwk("left"), "kid": poisoned.text}])
    run = poisoned.info(other_interpreter() if shipped else "auto")
    assert run.rc == 0, run.output
    assert poisoned.stays_text(run)


def test_a_strange_key_id_in_a_refusal_stays_text(poisoned: Poisoned) -> None:
    poisoned.tenant.add_app("Rezonate", [{**public_jwk("left"), "kid": poisoned.text}])
    run = poisoned.workspace.onboard(poisoned.tenant, "-v")
    assert poisoned.stays_text(run)
    assert "which may be in use" in run.output


def test_a_login_stays_text(poisoned: Poisoned) -> None:
    token = poisoned.tenant.add_api_token(poisoned.tenant.add_user(f"{poisoned.text}@x", ["READ_ONLY_ADMIN"]))
    assert poisoned.stays_text(poisoned.workspace.onboard(poisoned.tenant, "-v", token=token))


def test_an_error_text_stays_text(poisoned: Poisoned) -> None:
    body = {"errorCode": "E0000001", "errorSummary": poisoned.text, "errorCauses": [{"errorSummary": poisoned.text}]}
    poisoned.tenant.emulator.fault("status", tenant=poisoned.tenant.name, path="/apps", status=400, body=body, times=None)
    assert poisoned.stays_text(poisoned.workspace.onboard(poisoned.tenant, "-v"))


def test_a_scope_that_is_taken_away_stays_text_in_diff_and_report(poisoned: Poisoned) -> None:
    assert poisoned.workspace.onboard(poisoned.tenant).rc == 0
    poisoned.tenant.grant("Rezonate", poisoned.text)
    run = poisoned.workspace.onboard(poisoned.tenant, "--diff", "-v")
    assert run.rc == 0, run.output
    assert poisoned.stays_text(run)
    report = "\n".join(run.result("Report the status of the tenant", poisoned.tenant.name)["msg"])
    assert f"scopes removed: {poisoned.text}." in report


def test_what_the_vault_file_holds_stays_text(poisoned: Poisoned) -> None:
    poisoned.workspace.store(poisoned.tenant, {"method": "oauth", "org_url": poisoned.text})
    run = poisoned.workspace.onboard(poisoned.tenant, "-v")
    assert poisoned.text in run.failure(poisoned.tenant.name)
    assert poisoned.stays_text(run)
