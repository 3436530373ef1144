# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several tenants in a run: each has its own values, and a failure does not affect the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from helpers.ansible_run import Run
from helpers.run_history import FEW
from helpers.workspace import Workspace, own_token, writes
from okta_emulator import Tenant


@dataclass(frozen=True)
class Fleet:
    """Two tenants and one that fails; the connection variables of the inventory must be ignored."""

    workspace: Workspace
    good: tuple[Tenant, Tenant]
    troubled: Tenant
    run: Run


@pytest.fixture(scope="module")
def fleet(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Fleet:
    workspace, one, other, troubled = new_workspace(), new_tenant(), new_tenant(), new_tenant()
    okta = workspace.okta
    okta.fault("status", tenant=troubled.name, method="POST", path="/grants$", times=None, status=500)
    elsewhere = {
        "ansible_connection": "ssh",
        "ansible_host": "203.0.113.9",
        "ansible_become": True,
        "ansible_python_interpreter": "/nowhere",
    }
    hosts = {tenant.name: own_token(tenant, **elsewhere) for tenant in (one, other, troubled)}
    return Fleet(workspace, (one, other), troubled, workspace.fleet(hosts, no_wait=True))


def test_each_tenant_gets_its_own_app_and_file(fleet: Fleet) -> None:
    records = [fleet.workspace.credentials(tenant) for tenant in fleet.good]
    assert [entry["org_url"] for entry in records] == [tenant.org_url for tenant in fleet.good]
    assert records[0]["private_key"] != records[1]["private_key"]
    for tenant, entry in zip(fleet.good, records, strict=True):
        assert [app["id"] for app in tenant.apps] == [entry["application_id"]]


def test_no_token_is_sent_to_another_org(fleet: Fleet) -> None:
    for tenant in (*fleet.good, fleet.troubled):
        assert {entry.status for entry in tenant.requests if entry.auth != "bearer"} & {401, 403} == set()


def test_a_failed_tenant_does_not_affect_the_others(fleet: Fleet) -> None:
    assert fleet.run.rc == 2
    assert {host: stats["failures"] for host, stats in fleet.run.stats.items()} == {
        fleet.good[0].name: 0,
        fleet.good[1].name: 0,
        fleet.troubled.name: 1,
    }
    assert "okta.users.read" in fleet.good[0].scopes("Rezonate")


def test_the_next_run_completes_the_failed_tenant(fleet: Fleet) -> None:
    troubled = fleet.troubled
    assert "Okta answered 500" in fleet.run.failure(troubled.name)
    troubled.emulator.clear_faults(tenant=troubled.name)
    run = fleet.workspace.onboard(troubled)
    assert run.rc == 0, run.output
    assert fleet.workspace.credentials(troubled)["application_id"] == troubled.apps[0]["id"]
    assert writes(troubled.requests).count("POST /api/v1/apps") == 1


def test_one_token_can_be_shared_explicitly(workspace: Workspace, tenant: Tenant, new_tenant: Callable[..., Tenant]) -> None:
    other = new_tenant(api_token=tenant.api_token)
    common = {"rezonate_shared_token": True, "rezonate_scopes": ["okta.users.read"], "rezonate_optional_scopes": []}
    run = workspace.fleet({tenant.name: common, other.name: common}, env={"OKTA_API_TOKEN": tenant.api_token})
    assert run.rc == 0, run.output
    assert len(tenant.apps) == len(other.apps) == 1


@pytest.mark.parametrize(
    ("first", "percentage", "onboarded"),
    [(1, 0, [0, 0, 0]), (2, 49, [0, 0, 0]), (2, 50, [0, 1, 1])],
    ids=["the canary fails", "too many fail", "few enough fail"],
)
def test_a_wave_with_too_many_failures_ends_the_run(
    workspace: Workspace, new_tenant: Callable[..., Tenant], first: int, percentage: int, onboarded: list[int]
) -> None:
    tenants = [new_tenant() for _number in range(3)]
    hosts = {tenant.name: own_token(tenant, **FEW) for tenant in tenants}
    hosts[tenants[0].name]["rezonate_okta_api_token"] = "00" + "d" * 40
    waves = {"rezonate_waves": [first, "100%"], "rezonate_wave_max_fail_percentage": percentage}
    assert workspace.fleet(hosts, "-e", json.dumps(waves), no_wait=True).rc == 2
    assert [len(tenant.apps) for tenant in tenants] == onboarded
    assert bool(tenants[2].requests) == bool(onboarded[2])  # hosts of a next wave
