# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of tenants from a file: variables, groups, errors, cache, and an onboarding."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers.ansible_run import PLAYBOOK, command, environment
from helpers.workspace import Workspace
from okta_emulator import Tenant

CONFIG: dict[str, Any] = {"plugin": "rezonate.okta.tenants", "path": "list.csv"}
HEADER = "tenant,domain,method,group,owner,token\n"
TOKEN = "00MadeUpTokenOfAnInventory_0123456789-abcd"
SECRET = "made-up-secret-of-a-vault-36481920"


class Folder:
    """A directory with a list of tenants and the inventory source that names it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config(CONFIG)

    def config(self, config: dict[str, Any]) -> None:
        """Write the inventory source."""
        (self.path / "okta.tenants.yml").write_text(json.dumps(config), encoding="utf-8")

    def ask(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `ansible-inventory` in another directory."""
        call = command("ansible-inventory", "-i", self.path / "okta.tenants.yml", *args)
        home = self.path / "home"
        return subprocess.run(call, cwd="/", env=environment(home, **env), capture_output=True, text=True, check=False, timeout=120)

    def list(self, content: str, **env: str) -> dict[str, Any]:
        """Write the list and return the output of `ansible-inventory --list`."""
        (self.path / CONFIG["path"]).write_text(content, encoding="utf-8")
        done = self.ask("--list", **env)
        assert done.returncode == 0, done.stderr
        assert "WARNING" not in done.stderr
        return dict(plain(json.loads(done.stdout)))

    def complaint(self, content: str) -> str:
        """Write the list and return Ansible's error on one line."""
        (self.path / CONFIG["path"]).write_text(content, encoding="utf-8")
        done = self.ask("--list", "-vvv", ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="1")
        assert done.returncode != 0, done.stdout
        return " ".join((done.stdout + done.stderr).split())


def plain(value: Any) -> Any:
    """Remove the marks that ansible-inventory adds to text that is not a template."""
    if isinstance(value, dict):
        return value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_tenant_is_a_host_with_the_variables_of_the_role(folder: Folder) -> None:
    found = folder.list(HEADER + "acme,,oauth,emea,,env:ACME_TOKEN\nglobex,oktapreview.com,,,,var:globex_token\n")
    assert found["_meta"]["hostvars"] == {
        "acme": {
            "rezonate_tenant_id": "acme",
            "rezonate_method": "oauth",
            "rezonate_okta_api_token": "{{ lookup('ansible.builtin.env', 'ACME_TOKEN') }}",
            "tenant_group": "emea",
        },
        "globex": {
            "rezonate_tenant_id": "globex",
            "rezonate_okta_domain": "oktapreview.com",
            "rezonate_okta_api_token": "{{ globex_token }}",
        },
    }


def test_columns_make_groups_and_variables(folder: Folder) -> None:
    keyed = [{"key": "tenant_group", "prefix": "", "separator": ""}, {"key": "tenant_owner", "prefix": "of", "parent_group": "owned"}]
    made = {"groups": {"preview": "rezonate_okta_domain is defined"}, "compose": {"rezonate_remediation": "tenant_owner == 'it'"}}
    folder.config({**CONFIG, "keyed_groups": keyed, **made})
    found = folder.list(HEADER + "acme,,,emea,it,\nglobex,oktapreview.com,,,,\n")
    assert {name: found[name].get("hosts", found[name].get("children")) for name in ("emea", "of_it", "owned", "preview")} == {
        "emea": ["acme"],
        "of_it": ["acme"],
        "owned": ["of_it"],
        "preview": ["globex"],
    }
    assert [found["_meta"]["hostvars"][host].get("rezonate_remediation") for host in ("acme", "globex")] == [True, None]


def test_with_strict_a_group_that_cannot_be_created_is_an_error(folder: Folder) -> None:
    folder.config({**CONFIG, "strict": True, "groups": {"x": "no_such_variable"}})
    assert "Could not add host acme to group x" in folder.complaint("tenant\nacme\n")


def test_a_yaml_list_has_the_same_result(folder: Folder) -> None:
    folder.config({**CONFIG, "path": "list.yml"})
    (folder.path / "list.yml").write_text("tenants:\n  - {tenant: acme, wave: 1, token: env:A}\n", encoding="utf-8")
    found = folder.list("")["_meta"]["hostvars"]["acme"]
    assert found == {
        "rezonate_tenant_id": "acme",
        "rezonate_okta_api_token": "{{ lookup('ansible.builtin.env', 'A') }}",
        "tenant_wave": 1,
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER + f"acme,,,,{TOKEN},\n", "list.csv, line 2: the column owner looks like a plaintext token or key"),
        (HEADER + f"acme,,,,,{SECRET}\n", "list.csv, line 2: the column token holds no reference to a secret"),
        (HEADER + "acme,,,,,\n\nAcme,,,,,\n", "list.csv, line 4: the tenant https://acme.okta.com is in line 2 already"),
        (HEADER + "acme,,,,,lookup:ansible.builtin.pipe:id\n", "lookup plugin that the option lookups doesn't name"),
    ],
)
def test_an_error_names_the_line_and_no_secret(folder: Folder, content: str, message: str) -> None:
    output = folder.complaint(content)
    assert message in output
    assert TOKEN not in output
    assert SECRET not in output


def test_the_cache_is_used_and_contains_only_references(folder: Folder) -> None:
    cache = folder.path / "cache"
    folder.config({**CONFIG, "cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(cache)})
    first = folder.list(HEADER + "acme,,,{{ 1 }},,env:ACME_TOKEN\n", ACME_TOKEN=TOKEN)
    assert folder.list("tenant\nother\n") == first
    (entry,) = [path.read_text(encoding="utf-8") for path in cache.iterdir()]
    assert "env:ACME_TOKEN" in entry
    assert TOKEN not in entry


def test_texts_remain_texts_and_references_are_resolved(new_workspace: Callable[[], Workspace]) -> None:
    workspace = new_workspace()
    Folder(workspace.folder).config({**CONFIG, "lookups": ["ansible.builtin.env"]})
    rows = "acme,,,{{ 6 * 7 }},{% if true %},lookup:ansible.builtin.env:ACME\nglobex,,,#jinja2: x,it,var:globex_token\n"
    (workspace.folder / "list.csv").write_text(HEADER + rows, encoding="utf-8")
    output = {"ansible.builtin.debug": {"msg": ["{{ tenant_group }}", "{{ tenant_owner }}", "{{ rezonate_okta_api_token }}"]}}
    play = [{"hosts": "all", "connection": "local", "gather_facts": False, "tasks": [{"name": "Print", **output}]}]
    (workspace.folder / "play.json").write_text(json.dumps(play), encoding="utf-8")
    run = workspace.run("-i", "okta.tenants.yml", "play.json", "-e", "globex_token=made-up-two", env={"ACME": "made-up-one"})
    assert run.rc == 0, run.output
    assert run.result("Print", "acme")["msg"] == ["{{ 6 * 7 }}", "{% if true %}", "made-up-one"]
    assert run.result("Print", "globex")["msg"] == ["#jinja2: x", "it", "made-up-two"]


def test_two_tenants_of_a_file_are_onboarded_each_with_its_own_token(
    new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]
) -> None:
    workspace, pair = new_workspace(), (new_tenant(), new_tenant())
    Folder(workspace.folder)
    rows = "".join(f"{tenant.name},,oauth,emea,,env:TOKEN_{number}\n" for number, tenant in enumerate(pair))
    (workspace.folder / "list.csv").write_text(HEADER + rows, encoding="utf-8")
    env = {f"TOKEN_{number}": tenant.api_token for number, tenant in enumerate(pair)}
    run = workspace.run("-i", "okta.tenants.yml", PLAYBOOK, "-e", f"rezonate_ca_path={workspace.okta.ca_file}", env=env, no_wait=True)
    assert run.rc == 0, run.output
    for tenant in pair:
        assert [app["id"] for app in tenant.apps] == [workspace.credentials(tenant)["application_id"]]
        assert {entry.status for entry in tenant.requests if entry.auth != "bearer"} & {401, 403} == set()
        assert tenant.api_token not in run.output


def test_ansible_doc_shows_its_documentation(tmp_path: Path) -> None:
    call = command("ansible-doc", "-t", "inventory", "--json", "rezonate.okta.tenants")
    done = subprocess.run(call, env=environment(tmp_path / "home"), capture_output=True, text=True, check=True, timeout=120)
    options = json.loads(done.stdout)["rezonate.okta.tenants"]["doc"]["options"]
    assert {"path", "delimiter", "columns", "lookups", "keyed_groups", "strict", "cache"} <= set(options)
