# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables that confirm an offboarding without a prompt: they name exactly the hosts of the play."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.rezonate.okta.plugins.action.confirm_offboarding import ActionModule
from ansible_collections.rezonate.okta.plugins.plugin_utils._actions import confirm_offboarding
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner import in_process
from helpers.both_paths import NAME, Result

HOSTS: dict[str, dict[str, Any]] = {"acme": {}, "eu1": {"rezonate_tenant_id": "globex"}}
OTHERS = "this run is for 2 tenants (acme, eu1 (tenant globex)): name exactly the tenants of the run, or limit the run to the named ones."


class Play:
    """The two tasks of the role, for all hosts of a play.

    Args:
        hosts: the variables of the inventory, by host.
    """

    def __init__(self, hosts: dict[str, dict[str, Any]], *, check: bool = False, linear: bool = True) -> None:
        self.hosts, self.check = {name: dict(variables) for name, variables in hosts.items()}, check
        self.registers = linear

    def run(self, **args: Any) -> dict[str, Result]:
        """Run both tasks; return the results of the second one."""
        for host in self.hosts:
            found = self._task(host, args)
            if self.registers:
                self.hosts[host]["rezonate__confirmation"] = found
        return {host: self._task(host, {**args, "ask": False}) for host in self.hosts}

    def _task(self, host: str, args: dict[str, Any]) -> Result:
        play = {"ansible_play_hosts_all": list(self.hosts), "hostvars": self.hosts}
        variables = {**self.hosts[host], "inventory_hostname": host, **play}
        shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
        connection = SimpleNamespace(transport="local", become=None, _shell=shell)
        plain = {"diff": False, "async_val": 0, "environment": [], "delegate_to": None, "collections": [], "action": NAME}
        fields = {"check_mode": self.check, "loop": None, "loop_with": None, "no_log": False, "_parent": None, **plain}
        task = SimpleNamespace(args=args, **fields)
        action: Any = ActionModule(task, connection, None, DataLoader(), SimpleNamespace(template=lambda value: value), None)
        return dict(action.run(task_vars=variables))


@pytest.fixture(autouse=True)
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(confirm_offboarding, "load_extra_vars", lambda _loader: {})
    monkeypatch.setattr(confirm_offboarding, "is_attended", lambda _variables: False)


@pytest.mark.parametrize("linear", [True, False])
@pytest.mark.parametrize("named", [["acme", "eu1"], "EU1, acme", "globex acme", "acme\nglobex", 2, "2", ["2"], '["acme", "eu1"]'])
def test_the_hosts_of_the_play_confirm(named: Any, linear: bool) -> None:
    found = Play(HOSTS, linear=linear).run(confirm="true", tenants=named)
    assert [result.get("confirmed") for result in found.values()] == [True, True], found


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("linear", [True, False])
@pytest.mark.parametrize("named", ["acme", "acme globex initech", "1", "3", 0, "all", "*", "acme acme", "acme 2"])
def test_other_tenants_are_refused_on_all_hosts(named: Any, linear: bool, check: bool) -> None:
    found = Play(HOSTS, check=check, linear=linear).run(confirm="true", tenants=named)
    shown = ", ".join(str(named).split())
    assert [result["msg"] for result in found.values()] == [f"Nothing was removed: rezonate_offboard_tenants is {shown}, but {OTHERS}"] * 2


@pytest.mark.parametrize("args", [{}, {"confirm": "true"}, {"confirm": "true", "tenants": ""}, {"confirm": "true", "tenants": " , "}])
def test_without_named_tenants_nothing_is_confirmed_but_check_mode(args: dict[str, Any]) -> None:
    assert {result["msg"] for result in Play(HOSTS).run(**args).values()} == {confirm_offboarding.NOT_CONFIRMED}
    assert [result["confirmed"] for result in Play(HOSTS, check=True).run(**args).values()] == [True, True]


def test_named_tenants_alone_do_not_confirm() -> None:
    assert {result["msg"] for result in Play(HOSTS).run(confirm="false", tenants="2").values()} == {confirm_offboarding.NOT_CONFIRMED}


@pytest.mark.parametrize("variable", ["rezonate_confirm", "rezonate_offboard_tenants"])
def test_a_variable_of_the_inventory_does_not_confirm(variable: str) -> None:
    hosts = {name: {**variables, variable: "2"} for name, variables in HOSTS.items()}
    assert {result["msg"] for result in Play(hosts).run(confirm="true", tenants="2").values()} == {confirm_offboarding.NOT_CONFIRMED}


@pytest.mark.parametrize("attended", [True, False])
def test_wrong_tenants_are_refused_without_a_prompt(monkeypatch: pytest.MonkeyPatch, attended: bool) -> None:
    monkeypatch.setattr(confirm_offboarding, "is_attended", lambda _variables: attended)
    monkeypatch.setattr(confirm_offboarding, "prompt_user", lambda *_args: pytest.fail("a prompt"))
    assert all("but this run is for 2 tenants" in result["msg"] for result in Play(HOSTS).run(tenants="acme").values())


def test_a_confirmation_without_tenants_prompts_with_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    prompts: list[str] = []
    monkeypatch.setattr(confirm_offboarding, "is_attended", lambda _variables: True)
    monkeypatch.setattr(confirm_offboarding, "prompt_user", lambda prompt, _variables: prompts.append(prompt) or "2")
    assert [result["confirmed"] for result in Play(HOSTS).run(confirm="true").values()] == [True, True]
    assert len(prompts) == 1
    assert "acme, eu1 (tenant globex)" in prompts[0]


@pytest.mark.parametrize("named", [True, {"acme": 1}, [["acme"]], 2.0])
def test_other_types_are_refused(named: Any) -> None:
    assert all("rezonate_offboard_tenants" in result["msg"] for result in Play(HOSTS).run(confirm="true", tenants=named).values())
