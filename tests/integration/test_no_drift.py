# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that a run without drift must not skip, with a case for each row of the design's table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from helpers.okta_client import public_jwk
from helpers.run_history import RunHistories
from helpers.workspace import Workspace
from okta_emulator import Tenant

ELSEWHERE, HERE = "198.51.100.0/24", "127.0.0.0/8"
ONLY_PLANNED = 5  # tasks of a run without work
GROUPS = {"rezonate_remediation": True, "rezonate_remediation_resource_groups": ["Contractors"]}
UNVERIFIED = {"rezonate_method": "api_service_integration", "rezonate_verify": False}
LACKS = {"rezonate_optional_scopes": ["okta.devices.read"]}


def _adoptable(tenant: Tenant) -> None:
    tenant.add_app("Rezonate", [public_jwk("foreign")])


def _with_group(tenant: Tenant) -> None:
    tenant.add_group("Contractors")


def _nothing(_tenant: Tenant) -> None:
    """Do not change the tenant."""


@dataclass(frozen=True)
class Case:
    """A second run of a tenant without drift.

    Args:
        first: variables of the first run.
        second: variables of the second run.
        works: whether the second run has work to do.
        report: a text in its report.
        prepare: changes Okta before the first run.
        tenant: options of the tenant.
    """

    first: Mapping[str, Any] = field(default_factory=dict)
    second: Mapping[str, Any] = field(default_factory=dict)
    works: bool = False
    report: str = "matches the desired state"
    prepare: Callable[[Tenant], Any] = _nothing
    tenant: Mapping[str, Any] = field(default_factory=dict)


CASES = {
    "nothing": Case(),
    "without verification": Case({"rezonate_verify": False}, {"rezonate_verify": False}, report="not verified"),
    "an integration without verification": Case(UNVERIFIED, UNVERIFIED, report="not verified"),
    "verified later": Case({"rezonate_verify": False}, {}, works=True, report="onboarded and verified"),
    "an optional scope known to be missing": Case(LACKS, LACKS, tenant={"unavailable_scopes": ["okta.devices.read"]}),
    "an optional scope that is tested again": Case(
        LACKS, {**LACKS, "rezonate_retry_optional_scopes": True}, works=True, tenant={"unavailable_scopes": ["okta.devices.read"]}
    ),
    "adopting": Case({"rezonate_adopt_existing": True}, {}, report="matches the desired state", prepare=_adoptable),
    "adopting without an existing app": Case({}, {"rezonate_adopt_existing": True}),
    "adopting repeated": Case({"rezonate_adopt_existing": True}, {"rezonate_adopt_existing": True}, prepare=_adoptable),
    "another method": Case({}, {"rezonate_method": "api_service_integration"}, works=True, report="onboarded and verified"),
    "remediation switched off": Case(GROUPS, {}, works=True, report="", prepare=_with_group),
    "other addresses": Case({"rezonate_source_addresses": [HERE]}, {"rezonate_source_addresses": [HERE, ELSEWHERE]}, works=True, report=""),
    "restriction removed": Case({"rezonate_source_addresses": [HERE]}, {}, works=True, report=""),
    "not usable from this address": Case(
        {"rezonate_source_addresses": [ELSEWHERE]}, {"rezonate_source_addresses": [ELSEWHERE]}, report="cannot be used from this address"
    ),
    "token revoked after the run": Case(
        {}, {"rezonate_revoke_bootstrap_token": True}, works=True, report="The bootstrap API token was revoked."
    ),
    "without a token": Case({}, {"rezonate_okta_api_token": ""}, report="not compared with Okta"),
    "revoked token": Case({}, {"rezonate_okta_api_token": "00dead-made-up-token-of-nobody-7f3a"}, report="not compared with Okta"),
}
FAILING = {"token without read permission": "403"}


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Onboard each tenant, then onboard it again: all in check mode, then each in a separate run."""
    hosts = {case: new_tenant(**CASES[case].tenant) if case in CASES else new_tenant() for case in [*CASES, *FAILING]}
    for case, row in CASES.items():
        row.prepare(hosts[case])
    histories = RunHistories(new_workspace(), hosts, {case: dict(CASES[case].first) if case in CASES else {} for case in hosts})
    histories.run("first")
    histories.variables |= {case: dict(row.second) for case, row in CASES.items()}
    histories.run("checked", "--check", cases=list(CASES))
    for case in CASES:
        histories.run(case, cases=[case])
    for case in FAILING:
        histories.variables[case] = {"rezonate_okta_api_token": hosts[case].add_api_token("nobody-in-particular")}
        histories.run(case, cases=[case])
    return histories


def tasks(histories: RunHistories, name: str, case: str) -> int:
    """Return the number of tasks of a run for a case."""
    stats = histories.runs[name].stats[histories.hosts[case].name]
    return stats["ok"] + stats["skipped"] + stats["failures"]


@pytest.mark.parametrize("case", CASES)
def test_the_first_run_succeeded(histories: RunHistories, case: str) -> None:
    histories.changed("first", case)


@pytest.mark.parametrize("case", CASES)
def test_the_building_blocks_run_only_if_there_is_work(histories: RunHistories, case: str) -> None:
    assert (tasks(histories, case, case) > ONLY_PLANNED) is CASES[case].works, histories.runs[case].output[-2000:]


@pytest.mark.parametrize("case", CASES)
def test_check_mode_has_the_same_result(histories: RunHistories, case: str) -> None:
    assert (tasks(histories, "checked", case) > ONLY_PLANNED) is CASES[case].works, histories.runs["checked"].output[-2000:]
    assert histories.writes("checked", case) == []


@pytest.mark.parametrize("case", CASES)
def test_the_report_contains_the_status_of_the_tenant(histories: RunHistories, case: str) -> None:
    histories.changed(case, case)
    assert CASES[case].report in histories.report(case, case)


def test_only_the_requested_changes_are_made(histories: RunHistories) -> None:
    idle = [case for case, row in CASES.items() if not row.works]
    assert [case for case in idle if histories.changed(case, case)] == []
    assert [case for case in idle if histories.writes(case, case)] == []


@pytest.mark.parametrize("case", FAILING)
def test_a_refusal_is_not_treated_as_no_drift(histories: RunHistories, case: str) -> None:
    assert FAILING[case] in histories.failure(case, case)
    assert histories.writes(case, case) == []
