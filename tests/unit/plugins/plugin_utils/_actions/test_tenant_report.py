# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a tenant: the messages that result from a plan."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.utils.display import Display
from ansible_collections.rezonate.okta.plugins.action.tenant_report import ActionModule
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from helpers.both_paths import NAME, Result
from helpers.tenant_plans import SCOPES, SUPPLIED, URL, VERIFIED, plan

SECRET = "made-up-secret-2f9d7b31c0"
ACME = f"Tenant acme ({URL})"
DESIRED = f"{ACME}: matches the desired state; verified, 1 scope."
STORE = {"path": "acme.vault", "label": "rz", "view_command": "ansible-vault view acme.vault"}
NEWEST = {**SCOPES, "version": 4}
APP = {"changed": False, "app": {"id": "0oa1", "label": "Rezonate"}}
VERIFICATION = {"scopes": ["okta.users.read"], "proved": [{"path": "/api/v1/users?limit=1"}]}
RESULTS: dict[str, dict[str, Any]] = {"app": APP, "verification": VERIFICATION}


def made(**members: Any) -> Plan:
    """The plan of a run, by default one that found the desired state."""
    return plan(**{"known": VERIFIED, "results": RESULTS, "store": STORE, "scopes": NEWEST, "compared": True, **members})


def run(tenant: Any, check: bool = False, **changed: Any) -> Result:
    """Run the action."""
    variables = {"inventory_hostname": "acme", "ansible_inventory_sources": ["tenants.yml"], "rezonate_private_key": SECRET, **changed}
    shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
    connection = SimpleNamespace(transport="ssh", become=None, _shell=shell)
    plain = {"diff": False, "async_val": 0, "environment": [], "delegate_to": None, "collections": [], "action": NAME}
    args = {"tenant": tenant.as_dict() if isinstance(tenant, Plan) else tenant}
    task = SimpleNamespace(args=args, check_mode=check, loop=None, loop_with=None, no_log=False, _parent=None, **plain)
    templar = SimpleNamespace(template=lambda value: value)
    action: Any = ActionModule(task, connection, None, DataLoader(), templar, None)
    return dict(action.run(task_vars=variables))


def test_a_tenant_in_the_desired_state_is_printed_as_one_line() -> None:
    result = run(made())
    assert (result["msg"], result["_ansible_verbose_always"]) == ([DESIRED], True)
    assert (result["tenant"], result["org_url"]) == ("acme", URL)
    assert result["rezonate"] == {"work": "onboard", "status": "unchanged", "changed": []}


def test_no_secret_is_printed() -> None:
    known = (
        made(results={}).with_result("verification", {**VERIFICATION, "access_token": SECRET}).with_result("app", {**APP, "key": SECRET})
    )
    result = run(known.with_result("key", {"generated": True, "key_id": "k2", "private_key": SECRET, "changed": True}))
    assert result["rezonate"]["changed"] == ["a new key is created"]
    assert SECRET not in json.dumps(result)


def test_the_names_of_scopes_are_printed_with_v(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Display(), "verbosity", 1)
    assert "for 1 scope (okta.users.read);" in run(made())["msg"][1]


def test_commands_name_inventory_host_and_vault_id() -> None:
    lines = run(made(scopes={**SCOPES, "newer": ["okta.users.read", "okta.logs.read"]}))["msg"]
    command = "ansible-playbook -i tenants.yml rezonate.okta.onboard_rezonate --limit acme --vault-id rz@prompt"
    assert lines[2] == f"As a command: {command} -e rezonate_scopes_version=4"


def test_without_sources_a_command_names_none() -> None:
    lines = run(made(scopes=SCOPES), ansible_inventory_sources=None)["msg"]
    assert lines[-1].startswith("As a command: ansible-playbook rezonate.okta.onboard_rezonate --limit acme")


def test_a_rotation_comes_with_its_stage() -> None:
    result = run(made(work="rotate", options={"rotation": "finish"}, check=True), check=True)
    assert result["msg"] == [f"{ACME}: would finish the rotation."]
    assert result["rezonate"]["work"] == "rotate_finish"


def test_an_offboarding_whose_plan_has_no_scopes_is_reported() -> None:
    result = run(made(work="offboard", scopes={}, results={"forgotten": {"changed": True}}))
    assert result["msg"][0] == f"{ACME}: offboarded; the credentials in acme.vault are removed."
    assert result["rezonate"]["changed"] == ["the credentials in acme.vault"]


def test_another_api_token_is_reported() -> None:
    results = {"inspection": {"changed": True, "is_new_token": True}}
    assert run(made(method="api_token", known=SUPPLIED, results=results))["rezonate"]["changed"] == ["another API token is stored"]


def test_the_calling_credential_counts() -> None:
    known = {**VERIFIED, "previous": {"api_service_integration": {}}}
    options = {"retire_previous": True}
    assert run(made(known=known, options=options))["msg"][1] == "Removed: the credentials of api_service_integration."
    assert run(made(known=known, options=options, credential={}))["msg"][1].startswith("No longer used")


@pytest.mark.parametrize("tenant", [{}, {"tenant": "acme"}])
def test_without_a_plan_there_is_nothing_to_report(tenant: dict[str, Any]) -> None:
    result = run(tenant)
    assert (result["failed"], result["msg"]) == (True, "'tenant' is not the plan that an earlier task of the role returned.")
