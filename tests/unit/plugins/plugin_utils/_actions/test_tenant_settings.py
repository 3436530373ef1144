# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a host, read from its variables, and the credentials of the other hosts of the play."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.rezonate.okta.plugins.action.tenant_settings import ActionModule
from ansible_collections.rezonate.okta.plugins.plugin_utils._actions.tenant_settings import _is_local, _templated_variables
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner import in_process
from helpers.both_paths import NAME, Result

TOKEN = "00made-up-token-3c1d5e7f9a2b"


class Manager:
    """Stand-in for Ansible's variable manager: the variables of each host."""

    def __init__(self, hosts: dict[str, dict[str, Any]]) -> None:
        self.hosts = hosts
        self._inventory = SimpleNamespace(get_host=lambda name: name)

    def get_vars(self, *, host: str, **_how: Any) -> dict[str, Any]:
        return {"inventory_hostname": host, **self.hosts[host]}


def settings(hosts: dict[str, dict[str, Any]], host: str, work: str = "onboard") -> Result:
    """Run the action for one host of a play."""
    manager = Manager(hosts)
    variables = {
        **manager.get_vars(host=host),
        "ansible_play_hosts_all": list(hosts),
        "hostvars": SimpleNamespace(_variable_manager=manager),
    }
    shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
    connection = SimpleNamespace(transport="ssh", become=None, _shell=shell)
    plain = {"check_mode": False, "diff": False, "async_val": 0, "environment": [], "delegate_to": None, "collections": [], "action": NAME}
    task = SimpleNamespace(args={"work": work}, loop=None, loop_with=None, no_log=False, _parent=None, **plain)
    action: Any = ActionModule(task, connection, None, DataLoader(), SimpleNamespace(template=lambda value: value), None)
    return dict(action.run(task_vars=variables))


@pytest.fixture(autouse=True)
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))


OWN = {"rezonate_okta_api_token": TOKEN}


def test_the_returned_settings_contain_no_credential() -> None:
    result = settings({"acme": {**OWN, "rezonate_timeout": "5"}}, "acme")
    assert (result["org_url"], result["caller"], result["options"]["timeout"]) == ("https://acme.okta.com", "api_token", 5)
    assert result["credential"] == {"kind": "api_token", "source": "variable", "name": "rezonate_okta_api_token", "line": None}
    assert TOKEN not in json.dumps(result)


SHARED: dict[str, dict[str, dict[str, Any]]] = {
    "two hosts": {"acme": OWN, "globex": OWN},
    "one name, two domains": {
        "acme": OWN,
        "acme-preview": {**OWN, "rezonate_tenant_id": "acme", "rezonate_okta_domain": "oktapreview.com"},
    },
    "a custom domain": {"acme": OWN, "globex": {**OWN, "rezonate_org_url": "id.globex.example"}},
    "the map and a variable": {"acme": OWN, "globex": {"rezonate_okta_api_tokens": f"globex: {TOKEN}"}},
    "one entry for two": {
        "h1": {"rezonate_tenant_id": "h2", "rezonate_okta_api_tokens": {"h1": "x", "h2": TOKEN}},
        "h2": {"rezonate_tenant_id": "globex", "rezonate_okta_api_tokens": {"h1": TOKEN, "h2": TOKEN}},
        "h3": {"rezonate_tenant_id": "h2", "rezonate_okta_api_tokens": {"h2": TOKEN}},
    },
    "clients": {name: {"rezonate_okta_client_id": "0oa1"} for name in ("acme", "globex")},
    "supplied token": {
        name: {"rezonate_method": "api_token", "rezonate_okta_api_token": name, "rezonate_readonly_api_token": TOKEN}
        for name in ("acme", "globex")
    },
}


@pytest.mark.parametrize("case", SHARED)
def test_one_value_for_several_orgs_is_refused_on_the_last_host_and_on_the_first(case: str) -> None:
    hosts = SHARED[case]
    for host in (list(hosts)[-1], list(hosts)[1 if case == "one entry for two" else 0]):
        result = settings(hosts, host)
        assert result.get("failed"), result
        assert result["msg"].startswith("One ")
        assert TOKEN not in json.dumps(result)


@pytest.mark.parametrize(
    "name", [{"rezonate_tenant_id": 5}, {"rezonate_tenant_id": "x-admin"}, {"rezonate_org_url": None}, {"rezonate_okta_domain": ""}]
)
def test_a_host_without_an_org_counts_as_an_org_of_its_own(name: dict[str, Any]) -> None:
    assert "and 2 tenants" in settings({"acme": OWN, "globex": {**OWN, **name}}, "acme")["msg"]


ALLOWED: dict[str, dict[str, dict[str, Any]]] = {
    "one org twice": {"acme": OWN, "again": {**OWN, "rezonate_tenant_id": "ACME"}},
    "shared": {"acme": {**OWN, "rezonate_shared_token": "yes"}, "globex": OWN},
    "own tokens": {"acme": OWN, "globex": {"rezonate_okta_api_token": "another"}},
}


@pytest.mark.parametrize("case", ALLOWED)
def test_a_credential_for_one_org_is_used(case: str) -> None:
    assert settings(ALLOWED[case], "acme").get("failed") is not True


def test_an_audit_with_one_token_for_two_orgs_is_refused_by_its_name() -> None:
    hosts = {name: {"rezonate_okta_api_token": name, "rezonate_audit_api_token": TOKEN} for name in ("acme", "globex")}
    assert "(rezonate_audit_api_token) and 2 tenants" in settings(hosts, "acme", "audit")["msg"]
    assert settings(hosts, "acme", "rotate").get("failed") is not True


COSTS = {
    "plain": ("text", True),
    "environment": ("{{ lookup('ansible.builtin.env', 'X') }}", True),
    "variable": ("{{ cheap }}", True),
    "network": ("{{ lookup('community.hashi_vault.vault_read', 'x') }}", False),
    "network, as query": ("{{ query('amazon.aws.aws_secret', 'x') }}", False),
    "network, by a variable": ("{{ costly | default('') }}", False),
    "itself": ("{{ loop }}", False),
}


@pytest.mark.parametrize("case", COSTS)
def test_network_lookups_of_other_hosts_are_not_run(case: str) -> None:
    raw, cheap = COSTS[case]
    variables = {
        "cheap": "text",
        "costly": "{{ q('community.hashi_vault.hashi_vault', 'x') }}",
        "loop": "{{ loop + more }}",
        "more": "{{ loop }}",
    }
    assert _is_local(raw, variables) is cheap


def test_omitted_variables_are_ignored_and_dates_preserved() -> None:
    variables = {"rezonate_key_id": "__omit__", "omit": "__omit__", "rezonate_app_label": dt.date(2026, 1, 31)}
    templar = SimpleNamespace(template=lambda value: value)
    assert _templated_variables(["rezonate_key_id", "rezonate_app_label", "rezonate_dpop"], variables, templar) == {
        "rezonate_app_label": dt.date(2026, 1, 31)
    }
