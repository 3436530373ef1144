# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifacts among the variables of a play's hosts are merged."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from ansible_collections.rezonate.okta.plugins.action.merge_results import ActionModule
from helpers.both_paths import NAME, Result

RESULT = {
    "work": "onboard",
    "changed": True,
    "status": "created",
    "says": "Done.",
    "at": dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone.utc),
}
AUDITED = ' {"tenant": "globex", "status": "clean"}'


def settings(name: str) -> dict[str, Any]:
    """Return the result that tenant_settings registers for a host."""
    return {"rezonate__settings": {"tenant": name, "org_url": f"https://{name}.okta.com"}}


def merge(hosts: dict[str, dict[str, Any]], template: Any = lambda value: value, **options: Any) -> Result:
    """Run the action on the first host of a play."""
    shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
    connection = SimpleNamespace(transport="ssh", become=None, _shell=shell)
    plain = {"check_mode": False, "diff": False, "async_val": 0, "environment": [], "delegate_to": None, "collections": [], "action": NAME}
    task = SimpleNamespace(args=options, loop=None, loop_with=None, no_log=False, _parent=None, **plain)
    action: Any = ActionModule(task, connection, None, None, SimpleNamespace(template=template), None)
    return dict(action.run(task_vars={"ansible_play_hosts_all": list(hosts), "hostvars": SimpleNamespace(raw_get=hosts.__getitem__)}))


def test_each_host_finds_its_own_artifacts() -> None:
    extra = {"rezonate_tenant_result_acme": RESULT, "rezonate_tenant_result_globex": {**RESULT, "status": "unchanged"}}
    result = merge({name: {**settings(name), **extra} for name in ("acme", "globex")})
    assert {host: one["status"] for host, one in result["summary"]["results"].items()} == {"acme": "created", "globex": "unchanged"}
    assert (result["changed"], result["failure"], result["audited"], result["audits"]) == (False, "", False, [])
    assert result["msg"] == ["Tenants: 2, of these 1 created, 1 unchanged, 0 that could not be audited, 0 without results."]


def test_the_summary_is_published_for_the_whole_job() -> None:
    result = merge({"acme": {**settings("acme"), "rezonate_tenant_result_acme": RESULT}})
    assert result["ansible_stats"] == {"data": {"rezonate_fleet_summary": result["summary"]}, "per_host": False, "aggregate": False}
    assert result["summary"]["started"] == "2026-01-31T12:00:00Z"


def test_artifacts_of_all_hosts_count() -> None:
    result = merge(
        {
            "acme": {**settings("acme"), "rezonate_tenant_result_acme": RESULT},
            "globex": {**settings("globex"), "rezonate_tenant_result_globex": RESULT},
        }
    )
    assert result["failure"] == ""


def test_audits_are_given_to_the_report_in_the_order_of_their_names() -> None:
    extra = {"rezonate_audit_result_globex": AUDITED, "rezonate_audit_result_acme": AUDITED.replace("globex", "acme")}
    result = merge({"acme": {**settings("acme"), **extra}, "globex": settings("globex")})
    assert result["audited"] is True
    assert [audit["tenant"] for audit in result["audits"]] == ["acme", "globex"]


def test_an_artifact_that_is_a_template_is_resolved_once() -> None:
    resolved: list[str] = []
    hosts = {
        name: {**settings(name), "rezonate_tenant_result_acme": "{{ artifact }}", "other": "{{ secret }}"} for name in ("acme", "globex")
    }
    result = merge(hosts, template=lambda value: resolved.append(value) or RESULT)
    assert (result["summary"]["results"]["acme"]["status"], resolved) == ("created", ["{{ artifact }}"])


def test_a_host_whose_settings_failed_is_missing() -> None:
    hosts: dict[str, dict[str, Any]] = {
        "acme": {**settings("acme"), "rezonate_tenant_result_acme": RESULT},
        "b": {"rezonate__settings": {"failed": True, "msg": "…"}},
        "c": {},
    }
    assert merge(hosts)["failure"].endswith("--limit b,c")


def test_required_results_can_be_specified() -> None:
    hosts = {"acme": {**settings("acme"), "rezonate_tenant_result_acme": RESULT}}
    assert merge(hosts, required=["onboard"])["failure"] == ""
    assert merge(hosts, required=["onboard", "audit"])["failure"].startswith("No results for 1 tenant (onboard, audit)")
    assert "value of required must be one or more of" in merge(hosts, required=["dance"])["msg"]


def test_results_that_were_not_published_are_refused() -> None:
    result = merge({"acme": {**settings("acme"), "rezonate_tenant_result_acme": "text"}})
    assert (result["failed"], result["msg"].partition(" ")[0]) == (True, "rezonate_tenant_result_acme")
