# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a tenant: what is read of the variables that the role registers."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.utils.display import Display
from ansible_collections.rezonate.okta.plugins.action.tenant_report import ActionModule
from unit.both_paths import NAME, Result

SECRET = "made-up-secret-2f9d7b31c0"
ACME = "Tenant acme (https://acme.okta.com)"
DESIRED = f"{ACME}: as it should be; verified, 1 scope."
KNOWN = {"application_id": "0oa1", "proven_at": "2026-01-31T12:00:00Z"}
VARIABLES: dict[str, Any] = {
    "inventory_hostname": "acme-host",
    "ansible_inventory_sources": ["tenants.yml"],
    "rezonate__settings": {"tenant": "acme", "org_url": "https://acme.okta.com", "caller": "api_token", "options": {"verify": True}},
    "rezonate__file": {
        "path": "acme.vault",
        "vault_id": "rz",
        "view_command": "ansible-vault view acme.vault",
        "method": "oauth",
        "proven": True,
        "known": KNOWN,
        "methods": {"oauth": KNOWN},
        "stored": {"private_key": SECRET},
        "credentials": {"private_key": SECRET},
    },
    "rezonate__scope_sets": {"1": {"scopes": ["okta.users.read"]}},
    "rezonate__app": {"changed": False, "app": {"id": "0oa1", "label": "Rezonate"}},
    "rezonate__made": {"private_key": SECRET},
    "rezonate__proof": {"scopes": ["okta.users.read"], "proved": [{"path": "/api/v1/users?limit=1"}], "access_token": SECRET},
}
NEWER = {"1": {"scopes": ["okta.users.read"]}, "2": {"scopes": ["okta.users.read", "okta.logs.read"]}}


def run(args: dict[str, Any], check: bool = False, **changed: Any) -> Result:
    """Run the action; a template stands for the variable that it names."""
    variables = {**VARIABLES, **changed}
    shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
    connection = SimpleNamespace(transport="ssh", become=None, _shell=shell)
    plain = {"diff": False, "async_val": 0, "environment": [], "delegate_to": None, "collections": [], "action": NAME}
    task = SimpleNamespace(args=args, check_mode=check, loop=None, loop_with=None, no_log=False, _parent=None, **plain)
    templar = SimpleNamespace(template=lambda value: variables.get(value.strip("{ }"), value) if isinstance(value, str) else value)
    action: Any = ActionModule(task, connection, None, DataLoader(), templar, None)
    return dict(action.run(task_vars=variables))


def test_a_tenant_in_the_desired_state_is_printed_as_one_line() -> None:
    result = run({"work": "onboard"})
    assert (result["msg"], result["_ansible_verbose_always"]) == ([DESIRED], True)
    assert result["rezonate"] == {"work": "onboard", "status": "unchanged", "changed": []}


def test_no_secret_is_printed() -> None:
    result = run({"work": "onboard"}, rezonate__saved_proof={"changed": True, "ciphertext": SECRET})
    assert len(result["msg"]) == 3
    assert SECRET not in json.dumps(result)


def test_the_names_of_scopes_are_printed_with_v(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Display(), "verbosity", 1)
    assert "for 1 scope (okta.users.read);" in run({"work": "onboard"})["msg"][1]


def test_commands_name_inventory_host_and_vault_id() -> None:
    lines = run({"work": "onboard"}, rezonate__scope_sets=NEWER)["msg"]
    command = "ansible-playbook -i tenants.yml rezonate.okta.onboard_rezonate --limit acme-host --vault-id rz@prompt"
    assert lines[2] == f"As a command: {command} -e rezonate_scopes_version=2"


def test_a_rotation_comes_with_its_stage() -> None:
    result = run({"work": "rotate_finish"}, check=True)
    assert result["msg"] == [f"{ACME}: would finish the rotation."]
    assert result["rezonate"]["work"] == "rotate_finish"


def test_another_api_token_is_reported() -> None:
    assert run({"work": "onboard", "new_api_token": True})["rezonate"]["changed"] == ["another API token is stored"]


def test_the_calling_credential_counts() -> None:
    file = {**VARIABLES["rezonate__file"], "methods": {"oauth": {}, "api_service_integration": {}}}
    settings = {**VARIABLES["rezonate__settings"], "options": {"verify": True, "retire_previous": True}}
    changed = {"rezonate__file": file, "rezonate__settings": settings}
    assert run({"work": "onboard"}, **changed)["msg"][1] == "Taken away: the credentials of api_service_integration."
    settings = {**settings, "caller": ""}
    assert run({"work": "onboard"}, **{**changed, "rezonate__settings": settings})["msg"][1].startswith("No longer used")


def test_variables_of_the_task_itself_are_templates() -> None:
    lines = run({"work": "onboard"}, rezonate__settings="{{ settings }}", settings=VARIABLES["rezonate__settings"])["msg"]
    assert lines == [DESIRED]


@pytest.mark.parametrize("name", ["settings", "file"])
def test_without_the_role_there_is_nothing_to_report(name: str) -> None:
    result = run({"work": "onboard"}, **{f"rezonate__{name}": None})
    assert (result["failed"], result["msg"]) == (True, "tenant_report reports what the role rezonate.okta.rezonate did: call the role.")


def test_without_sources_and_default_scopes_there_is_a_report_too() -> None:
    changed = {"ansible_inventory_sources": None, "rezonate__scope_sets": None}
    file = {**VARIABLES["rezonate__file"], "methods": {"oauth": {}, "api_token": {}}}
    lines = run({"work": "onboard"}, **changed, rezonate__file=file)["msg"]
    assert lines[-1].startswith("As a command: ansible-playbook rezonate.okta.onboard_rezonate --limit")
