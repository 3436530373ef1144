# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registered results of a host are published as artifacts of the job."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.action.publish_results import ActionModule
from helpers.both_paths import NAME, Result

ACME = "https://acme.okta.com"
REGISTERED = {
    "rezonate__stands": {
        "msg": ["Tenant acme: prepared."],
        "tenant": "acme",
        "org_url": ACME,
        "rezonate": {"work": "rotate_prepare", "status": "changed"},
    },
    "rezonate__audit": {"tenant": {"tenant": "acme", "org_url": ACME, "status": "clean"}},
}


def publish(**variables: Any) -> Result:
    """Run the action for a host."""
    shell = SimpleNamespace(tmpdir="/nowhere", env_prefix=lambda **_environment: "")
    connection = SimpleNamespace(transport="ssh", become=None, _shell=shell)
    plain = {"check_mode": False, "diff": False, "async_val": 0, "environment": [], "delegate_to": None, "collections": [], "action": NAME}
    task = SimpleNamespace(args={}, loop=None, loop_with=None, no_log=False, _parent=None, **plain)
    action: Any = ActionModule(task, connection, None, None, SimpleNamespace(template=lambda value: value), None)
    return dict(action.run(task_vars={"inventory_hostname": "host-1", **variables}))


def test_work_and_audit_are_published_for_the_whole_job() -> None:
    stats = publish(**REGISTERED)["ansible_stats"]
    assert (stats["per_host"], stats["aggregate"]) == (False, False)
    assert list(stats["data"]) == ["rezonate_tenant_result_acme", "rezonate_audit_result_acme"]
    published = stats["data"]["rezonate_tenant_result_acme"]
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ", published.pop("at"))
    assert published == {
        "host": "host-1",
        "tenant": "acme",
        "org_url": ACME,
        "work": "rotate_prepare",
        "changed": True,
        "status": "prepared",
        "says": "Tenant acme: prepared.",
    }


def test_publishing_is_no_change() -> None:
    assert publish(**REGISTERED)["changed"] is False


@pytest.mark.parametrize("empty", [{}, {"rezonate__stands": {}, "rezonate__audit": {}}, {"rezonate__audit": {"failed": True}}])
def test_a_host_without_results_fails(empty: dict[str, Any]) -> None:
    result = publish(**empty)
    assert result["failed"]
    assert result["msg"].startswith("There is nothing to publish for host-1: list this playbook after one that onboards")
