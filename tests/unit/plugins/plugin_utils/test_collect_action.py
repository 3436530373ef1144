# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audits of a run are collected from the variables of its hosts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ansible_collections.rezonate.okta.plugins.action.collect_audits import ActionModule
from unit.both_paths import NAME, Result

ONE, TWO, THREE = ({"tenant": name, "status": "clean"} for name in ("one", "two", "three"))


def collect(variables: dict[str, Any], **options: Any) -> Result:
    """Run the action on a host."""
    shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
    connection = SimpleNamespace(transport="ssh", become=None, _shell=shell)
    plain = {"check_mode": False, "diff": False, "async_val": 0, "environment": [], "delegate_to": None, "collections": [], "action": NAME}
    task = SimpleNamespace(args=options, loop=None, loop_with=None, no_log=False, _parent=None, **plain)
    action: Any = ActionModule(task, connection, None, None, SimpleNamespace(template=lambda value: value), None)
    return dict(action.run(task_vars=variables))


def run_of(hosts: dict[str, dict[str, Any]]) -> list[Any]:
    """Collect the audits of all hosts."""
    return list(collect({"groups": {"all": list(hosts)}, "hostvars": SimpleNamespace(raw_get=hosts.__getitem__)}, of="run")["tenants"])


def test_the_first_audit_of_a_host_is_collected() -> None:
    result = collect({"rezonate__audit": {"tenant": ONE}})
    assert (result["changed"], result["tenants"]) == (False, [ONE])


def test_a_later_audit_of_the_host_is_added() -> None:
    assert collect({"rezonate__audited_here": {"tenants": [ONE]}, "rezonate__audit": {"tenant": TWO}})["tenants"] == [ONE, TWO]


def test_without_an_audit_nothing_is_collected() -> None:
    assert [collect({"rezonate__audit": value})["tenants"] for value in ({}, None, {"failed": True})] == [[], [], []]


def test_the_audits_of_a_run_are_those_of_all_hosts() -> None:
    hosts: dict[str, dict[str, Any]] = {
        "a": {"rezonate__audited_here": {"tenants": [ONE, TWO]}, "rezonate__audit": {}},
        "b": {"rezonate__audit": {"tenant": THREE}},
        "c": {},
    }
    assert run_of(hosts) == [ONE, TWO, THREE]
