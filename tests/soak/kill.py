# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interrupts real runs at every request and at every step of writing the vault file.

The next run must succeed, and the run after it must change nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from helpers.ansible_run import Run
from okta_emulator import Tenant

from .case import Case, CaseContext, Verdict
from .control_node import LIMIT, ControlNode, Gate, StartedRun
from .findings import Findings
from .inspection import check_previous_credentials, check_secrets, check_super_admin, inspect
from .method_scenarios import METHOD_SCENARIOS
from .scenarios import MAKES_ADMINS, SCENARIOS, Scenario

ALL_SCENARIOS = {**SCENARIOS, **METHOD_SCENARIOS}
# Points that share the following runs; each has its own tenant.
_TOGETHER = 12


@dataclass(frozen=True)
class Point:
    """Where and how a run is interrupted.

    Args:
        scenario: the scenario of the run.
        kind: ``before`` or ``after`` for a request, ``step`` for one of writing the file.
        number: the number of the request or step.
        parent_only: whether only the parent is killed; a request that was paused before processing is then still processed.
    """

    scenario: Scenario
    kind: str
    number: int
    parent_only: bool

    @property
    def name(self) -> str:
        """The name of the point."""
        where = f"step {self.number} of writing" if self.kind == "step" else f"{self.kind} request {self.number}"
        return f"{self.scenario.name}, {where}, {'parent' if self.parent_only else 'all'} killed"


@dataclass
class InterruptedRun:
    """A tenant whose run was killed."""

    point: Point
    tenant: Tenant
    found: Findings
    outcome: str = ""


def cases() -> list[Case]:
    """Return the cases for all points, and cases that check the number of points."""
    counts = [Case("kill", f"{scenario.name}: number of points", partial(count, scenario)) for scenario in ALL_SCENARIOS.values()]
    fleet = Case("kill", "a fleet of the methods", partial(count_together, list(METHOD_SCENARIOS.values())), representative=True)
    return [
        *counts,
        fleet,
        *_batches(),
        Case("kill", "an app that is created during the next run", late_arrival, representative=True),
        *_representative(),
    ]


def _batches() -> Iterator[Case]:
    for scenario in ALL_SCENARIOS.values():
        for noun, points in (("requests", _requests(scenario)), ("steps", _steps(scenario))):
            for start in range(0, len(points), _TOGETHER):
                chunk = points[start : start + _TOGETHER]
                name = f"{scenario.name}: {noun} {chunk[0].number} to {chunk[-1].number}"
                yield Case("kill", name, partial(run_points, chunk))


def _requests(scenario: Scenario) -> list[Point]:
    numbers = range(1, scenario.requests + 1)
    return [Point(scenario, kind, number, one) for number in numbers for kind in ("before", "after") for one in (False, True)]


def _steps(scenario: Scenario) -> list[Point]:
    return [Point(scenario, "step", number, one) for number in range(1, scenario.steps + 1) for one in (False, True)]


def _representative() -> Iterator[Case]:
    first, drifted = SCENARIOS["first run"], SCENARIOS["drifted run"]
    points = [
        Point(first, "step", 5, parent_only=False),  # half of the temporary file is written
        Point(first, "step", 10, parent_only=True),
        Point(first, "after", 9, parent_only=False),  # the custom role is created, and nothing is written
        Point(first, "before", 10, parent_only=False),  # the app is requested
        Point(first, "before", 10, parent_only=True),
        Point(first, "after", 10, parent_only=False),
        Point(first, "after", 20, parent_only=True),  # between two grants
        Point(drifted, "after", 15, parent_only=False),
        Point(drifted, "before", 22, parent_only=True),
    ]
    yield Case("kill", "representative points", partial(run_points, points), representative=True)
    methods = [
        ("integration, first run", "after", 4),  # Okta has returned the secret, and it is lost
        ("integration, secret lost", "after", 5),  # the replacement secret is lost too
        ("integration without the managed secret", "after", 10),  # another is created and lost
        ("integration with other scopes", "after", 7),  # deleted, and not yet created again
        ("token, first run", "step", 8),
        ("hardened first run", "after", 13),  # the resource set is created, and nothing is written
        ("migration from a token", "after", 10),
        ("retiring the previous method", "after", 11),  # the token is revoked, and the file does not record it
    ]
    points = [Point(ALL_SCENARIOS[name], kind, number, parent_only=False) for name, kind, number in methods]
    yield Case("kill", "representative points of the methods", partial(run_points, points), representative=True)
    admins = SCENARIOS[MAKES_ADMINS]
    # the first grant is created; before the role is removed; after it is removed
    points = [Point(admins, when, number, parent_only=False) for when, number in (("after", 14), ("before", 16), ("after", 16))]
    yield Case("kill", "representative points of an org that makes apps super admins", partial(run_points, points), representative=True)


def count(scenario: Scenario, context: CaseContext) -> Verdict:
    """Check the number of requests and steps of an uninterrupted run, since each is a point."""
    node = ControlNode(context)
    tenant = prepare_tenant(node, context.tenant(**scenario.options), scenario)
    steps = node.stop_at(0)
    run = node.run(tenant, env=steps.env)
    found = Findings()
    have = (len(tenant.requests), len(steps.names()))
    if have != (scenario.requests, scenario.steps):
        sent = [f"{entry.method} {entry.path}" for entry in tenant.requests]
        found.unclear.append(f"(requests, steps) is {have}, not {(scenario.requests, scenario.steps)}: {sent} {steps.names()}")
    if run.rc:
        found.unclear.append(run.output[-1500:])
    inspect(node, tenant, scenario.desired, found)
    return found.verdict("uninterrupted", scenario.name)


def count_together(scenarios: Sequence[Scenario], context: CaseContext) -> list[Verdict]:
    """Run all scenarios together: the steps of each tenant keep their order, whatever steps the others have."""
    node = ControlNode(context)
    uninterrupted = []
    for number, scenario in enumerate(scenarios):
        tenant = prepare_tenant(node, context.tenant(f"-{number}", **scenario.options), scenario)
        uninterrupted.append(InterruptedRun(Point(scenario, "before", 0, parent_only=False), tenant, Findings(), "uninterrupted"))
    first = node.run(*(one.tenant for one in uninterrupted))
    for one in uninterrupted:
        sent = [f"{entry.method} {entry.path}" for entry in one.tenant.requests]
        if len(sent) != one.point.scenario.requests:
            one.found.unclear.append(f"{len(sent)} requests, not {one.point.scenario.requests}: {sent}")
        _check(node, one, first)
    return [one.found.verdict(one.outcome, one.point.scenario.name) for one in uninterrupted]


def run_points(points: Sequence[Point], context: CaseContext) -> list[Verdict]:
    """Interrupt a run at each point, then run twice for all tenants together."""
    node = ControlNode(context)
    killed = [_kill(node, context, point, number) for number, point in enumerate(points)]
    return check_recovery(node, killed)


def check_recovery(node: ControlNode, killed: Sequence[InterruptedRun], args: tuple[str, ...] = (), limit: float = LIMIT) -> list[Verdict]:
    """Run again and check the state, then run once more, which must change nothing."""
    tenants = [one.tenant for one in killed]
    second = node.run(*tenants, args=args, limit=limit)
    for one in killed:
        _check(node, one, second)
    third = node.run(*tenants, args=args, limit=limit)
    for one in killed:
        changed = third.changed(one.tenant.name)
        if changed or third.stats[one.tenant.name]["failures"]:
            messages = [str(event.result.get("msg")) for event in third.tasks(one.tenant.name) if event.failed]
            one.found.unclear.append(f"the third run changed {changed}: {messages or third.output[-500:]}")
    return [one.found.verdict(one.outcome, one.point.name) for one in killed]


def late_arrival(context: CaseContext) -> list[Verdict]:
    """The request for the app is in transit when the run is killed, and arrives while the next run searches for the app."""
    node = ControlNode(context)
    scenario = SCENARIOS["first run"]
    point = Point(scenario, "before", 4, parent_only=True)
    tenant = prepare_tenant(node, context.tenant(**scenario.options), scenario)
    gate = node.hold(tenant, method="POST", path="/api/v1/apps$")
    started = node.start(tenant)
    one = InterruptedRun(point, tenant, Findings())
    _stop(node, one, started, gate, release=False)
    node.okta.fault("hook", tenant=tenant.name, path=r"/api/v1/apps\?", skip=2, call=lambda _org, _request: gate.open())
    return check_recovery(node, [one])


def prepare_tenant(node: ControlNode, tenant: Tenant, scenario: Scenario) -> Tenant:
    """Prepare a tenant for a scenario."""
    # tenants that share a workspace share this directory
    (node.workspace.folder / "host_vars").mkdir(exist_ok=True)
    node.add(tenant)
    node.change(tenant, **scenario.prepare(node, tenant))
    return tenant


def _kill(node: ControlNode, context: CaseContext, point: Point, number: int) -> InterruptedRun:
    tenant = prepare_tenant(node, context.tenant(f"-{number}", **point.scenario.options), point.scenario)
    one = InterruptedRun(point, tenant, Findings())
    if point.kind == "step":
        steps = node.stop_at(point.number)
        started = node.start(tenant, env=steps.env)
        if not steps.wait(started):
            one.found.unclear.append(f"did not reach the step: {steps.names()} {started.text()[-500:]}")
        _end(one, started)
        one.outcome = describe_state(node, one)
        return one
    gate = node.hold(tenant, point.number, when=point.kind)
    started = node.start(tenant)
    _stop(node, one, started, gate, release=point.parent_only)
    return one


def _stop(node: ControlNode, one: InterruptedRun, started: StartedRun, gate: Gate, *, release: bool) -> None:
    """Kill the run while the gate pauses its request; with `release`, Okta processes the request of the killed run."""
    if not gate.wait():
        one.found.unclear.append(f"did not reach the request: {started.text()[-500:]}")
    _end(one, started)
    before = settle(one.tenant)
    if release:
        gate.open()
        settle(one.tenant)
    elif one.point.kind == "after" or not one.point.parent_only:
        gate.drop()
    if len(one.tenant.requests) > before:
        one.found.unclear.append("an orphan process continued to write")
    one.outcome = describe_state(node, one)


def _end(one: InterruptedRun, started: StartedRun) -> None:
    orphans = started.kill(parent_only=one.point.parent_only)
    if orphans:
        one.found.unclear.append(f"{len(orphans)} processes survived the kill")


def settle(tenant: Tenant) -> int:
    """Wait until all requests of killed processes have arrived; return the number of requests."""
    seen = -1
    while seen != len(tenant.requests):
        seen = len(tenant.requests)
        time.sleep(0.3)
    return seen


def describe_state(node: ControlNode, one: InterruptedRun) -> str:
    """Return the progress of the killed run, which the table counts; check for secrets in the meantime."""
    check_super_admin(one.tenant, one.found)
    path = node.workspace.vault_file(one.tenant)
    stored: dict[str, Any] = node.workspace.credentials(one.tenant) if path.exists() else {}
    check_secrets(node, one.tenant, stored, one.found)
    check_previous_credentials(stored, one.point.scenario.desired, one.found)
    if "proven_at" in stored:
        return "left a verified file"
    if "client_secret" in stored:
        return "left the id and the secret"
    if "requested_at" in stored:
        return "left an intent and an integration" if one.tenant.services else "left an intent"
    if "application_id" in stored:
        return "left the app's id"
    if stored:
        return "left a key and an app" if one.tenant.apps else "left a key"
    return "left nothing"


def _check(node: ControlNode, one: InterruptedRun, second: Run) -> None:
    name = one.tenant.name
    if second.stats.get(name, {}).get("failures", 1):
        messages = [str(event.result.get("msg")) for event in second.tasks(name) if event.failed]
        one.found.unclear.append(f"the next run failed: {messages or second.output[-1500:]}")
    inspect(node, one.tenant, one.point.scenario.desired, one.found)
