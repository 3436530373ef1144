# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills runs of fifty tenants in parallel, whatever each of them is doing.

The next run must succeed for all of them, and the run after it must change nothing.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from functools import partial

from .case import Case, CaseContext, Verdict
from .control_node import ControlNode, HangError, StartedRun
from .findings import Findings
from .kill import ALL_SCENARIOS, InterruptedRun, Point, check_recovery, describe_state, prepare_tenant, settle
from .scenarios import Scenario

_TENANTS = 50
_FORKS = 10
_LIMIT = 1500.0  # seconds for a run of fifty tenants on a busy machine
# The percentage of the fleet's requests that were sent when it is killed.
_MOMENTS = (3, 15, 30, 45, 60, 75, 90, 97)


def cases() -> list[Case]:
    """Return a case for each moment; every other case kills only the parent."""
    return [
        Case("fleet", f"{_TENANTS} tenants, killed at {moment} %", partial(killed_at, moment, parent_only=bool(number % 2)))
        for number, moment in enumerate(_MOMENTS)
    ]


def killed_at(percent: int, context: CaseContext, *, parent_only: bool) -> list[Verdict]:
    """Kill a run of all scenarios, repeated for all tenants, and run again."""
    node = ControlNode(context)
    scenarios = list(itertools.islice(itertools.cycle(ALL_SCENARIOS.values()), _TENANTS))
    fleet = [_tenant(node, context, scenario, number, parent_only=parent_only) for number, scenario in enumerate(scenarios)]
    started = node.start(*(one.tenant for one in fleet), args=("--forks", str(_FORKS)))
    _wait(started, fleet, sum(scenario.requests for scenario in scenarios) * percent // 100)
    orphans = started.kill(parent_only=parent_only)
    before = sum(settle(one.tenant) for one in fleet)
    time.sleep(1)
    for one in fleet:
        one.outcome = describe_state(node, one)
    if orphans or sum(len(one.tenant.requests) for one in fleet) > before:
        fleet[0].found.unclear.append(f"{len(orphans)} processes survived the kill, or sent further requests")
    return check_recovery(node, fleet, args=("--forks", str(_FORKS)), limit=_LIMIT)


def _tenant(node: ControlNode, context: CaseContext, scenario: Scenario, number: int, *, parent_only: bool) -> InterruptedRun:
    point = Point(scenario, "before", 0, parent_only)
    return InterruptedRun(point, prepare_tenant(node, context.tenant(f"-{number}", **scenario.options), scenario), Findings())


def _wait(started: StartedRun, fleet: Sequence[InterruptedRun], requests: int) -> None:
    deadline = time.monotonic() + _LIMIT
    while sum(len(one.tenant.requests) for one in fleet) < requests:
        if started.over() or time.monotonic() > deadline:
            raise HangError(f"{requests} requests did not arrive: {started.text()[-2000:]}")
        time.sleep(0.01)
