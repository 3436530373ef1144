# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audits of a run are collected from the variables of its hosts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ansible_collections.rezonate.okta.plugins.action.collect_audits import ActionModule
from helpers.both_paths import NAME, Result

ONE, TWO, THREE = ({"tenant": name, "status": "clean"} for name in ("one", "two", "three"))


def collect(variables: dict[str, Any]) -> Result:
    """Run the action on a host."""
    shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
    connection = SimpleNamespace(transport="ssh", become=None, _shell=shell)
    plain = {"check_mode": False, "diff": False, "async_val": 0, "environment": [], "delegate_to": None, "collections": [], "action": NAME}
    task = SimpleNamespace(args={}, loop=None, loop_with=None, no_log=False, _parent=None, **plain)
    action: Any = ActionModule(task, connection, None, None, SimpleNamespace(template=lambda value: value), None)
    return dict(action.run(task_vars=variables))


def run_of(hosts: dict[str, dict[str, Any]]) -> list[Any]:
    """Collect the audits of all hosts."""
    return list(collect({"groups": {"all": list(hosts)}, "hostvars": SimpleNamespace(raw_get=hosts.__getitem__)})["tenants"])


def test_a_host_can_have_several_tenants_and_the_order_is_that_of_the_hosts() -> None:
    hosts: dict[str, dict[str, Any]] = {"a": {"rezonate__audit": {"audits": [ONE, TWO]}}, "b": {"rezonate__audit": {"audits": [THREE]}}}
    assert run_of(hosts) == [ONE, TWO, THREE]


def test_a_host_without_an_audit_has_none() -> None:
    values: tuple[Any, ...] = ({}, None, {"failed": True})
    assert run_of({str(number): {"rezonate__audit": value} for number, value in enumerate(values)}) == []
    assert run_of({"a": {}}) == []
