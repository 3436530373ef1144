# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills real runs at every request and at every step of writing the vault file.

The next run has to end well, and the one after it to do nothing.
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
from .control_node import LIMIT, ControlNode, Gate, Started
from .findings import Findings
from .inspection import inspect, look_for_previous, look_for_secrets, look_for_super_admin
from .method_scenarios import METHOD_SCENARIOS
from .scenarios import MAKES_ADMINS, SCENARIOS, Scenario

ALL_SCENARIOS = {**SCENARIOS, **METHOD_SCENARIOS}
# Points that share the runs that come after; each has a tenant of its own.
_TOGETHER = 12


@dataclass(frozen=True)
class Point:
    """Where a run is stopped, and how.

    Args:
        scenario: which run.
        kind: ``before`` or ``after`` for a request, ``step`` for one of writing the file.
        number: of the request or step.
        parent_only: whether the parent alone is killed; a request that was stopped before is then processed all the same.
    """

    scenario: Scenario
    kind: str
    number: int
    parent_only: bool

    @property
    def name(self) -> str:
        """What it is called."""
        where = f"step {self.number} of writing" if self.kind == "step" else f"{self.kind} request {self.number}"
        return f"{self.scenario.name}, {where}, {'parent' if self.parent_only else 'all'} killed"


@dataclass
class Killed:
    """A tenant whose run was killed."""

    point: Point
    tenant: Tenant
    found: Findings
    outcome: str = ""


def cases() -> list[Case]:
    """Give all points, some in a case, and the counts that say that these are all."""
    counts = [Case("kill", f"{scenario.name}: counted", partial(count, scenario)) for scenario in ALL_SCENARIOS.values()]
    fleet = Case("kill", "a fleet of the methods", partial(count_together, list(METHOD_SCENARIOS.values())), telling=True)
    return [*counts, fleet, *_batches(), Case("kill", "an app that arrives in the next run", late_arrival, telling=True), *_telling()]


def _batches() -> Iterator[Case]:
    for scenario in ALL_SCENARIOS.values():
        for noun, points in (("requests", _requests(scenario)), ("steps", _steps(scenario))):
            for start in range(0, len(points), _TOGETHER):
                chunk = points[start : start + _TOGETHER]
                name = f"{scenario.name}: {noun} {chunk[0].number} to {chunk[-1].number}"
                yield Case("kill", name, partial(try_points, chunk))


def _requests(scenario: Scenario) -> list[Point]:
    numbers = range(1, scenario.requests + 1)
    return [Point(scenario, kind, number, one) for number in numbers for kind in ("before", "after") for one in (False, True)]


def _steps(scenario: Scenario) -> list[Point]:
    return [Point(scenario, "step", number, one) for number in range(1, scenario.steps + 1) for one in (False, True)]


def _telling() -> Iterator[Case]:
    first, drifted = SCENARIOS["first run"], SCENARIOS["drifted run"]
    points = [
        Point(first, "step", 5, parent_only=False),  # the temporary file is half written
        Point(first, "step", 10, parent_only=True),
        Point(first, "after", 9, parent_only=False),  # the custom role is made, and nothing written
        Point(first, "before", 10, parent_only=False),  # the app is asked for
        Point(first, "before", 10, parent_only=True),
        Point(first, "after", 10, parent_only=False),
        Point(first, "after", 20, parent_only=True),  # amid the grants
        Point(drifted, "after", 15, parent_only=False),
        Point(drifted, "before", 22, parent_only=True),
    ]
    yield Case("kill", "telling points", partial(try_points, points), telling=True)
    methods = [
        ("integration, first run", "after", 4),  # Okta has shown the secret, and it is lost
        ("integration, secret lost", "after", 5),  # so is the one that heals it
        ("integration without our secret", "after", 10),  # another is made, and lost
        ("integration with other scopes", "after", 7),  # deleted, and no other is made yet
        ("token, first run", "step", 8),
        ("hardened first run", "after", 13),  # the resource set is made, but nothing written
        ("moving from a token", "after", 10),
        ("retiring what was before", "after", 11),  # the token is revoked, the file doesn't say so
    ]
    points = [Point(ALL_SCENARIOS[name], kind, number, parent_only=False) for name, kind, number in methods]
    yield Case("kill", "telling points of the methods", partial(try_points, points), telling=True)
    admins = SCENARIOS[MAKES_ADMINS]
    # the first grant is made; the role is about to go; it is gone
    points = [Point(admins, when, number, parent_only=False) for when, number in (("after", 14), ("before", 16), ("after", 16))]
    yield Case("kill", "telling points of an org that makes apps super admins", partial(try_points, points), telling=True)


def count(scenario: Scenario, context: CaseContext) -> Verdict:
    """Check how many requests and steps an undisturbed run has, since all of them are points."""
    node = ControlNode(context)
    tenant = ready(node, context.tenant(**scenario.options), scenario)
    steps = node.stop_at(0)
    run = node.run(tenant, env=steps.env)
    found = Findings()
    have = (len(tenant.requests), len(steps.names()))
    if have != (scenario.requests, scenario.steps):
        asked = [f"{entry.method} {entry.path}" for entry in tenant.requests]
        found.unclear.append(f"(requests, steps) is {have}, not {(scenario.requests, scenario.steps)}: {asked} {steps.names()}")
    if run.rc:
        found.unclear.append(run.output[-1500:])
    inspect(node, tenant, scenario.wanted, found)
    return found.verdict("undisturbed", scenario.name)


def count_together(scenarios: Sequence[Scenario], context: CaseContext) -> list[Verdict]:
    """Have one run for all scenarios: each tenant's steps stay in their order, whatever steps the others have."""
    node = ControlNode(context)
    undisturbed = []
    for number, scenario in enumerate(scenarios):
        tenant = ready(node, context.tenant(f"-{number}", **scenario.options), scenario)
        undisturbed.append(Killed(Point(scenario, "before", 0, parent_only=False), tenant, Findings(), "undisturbed"))
    first = node.run(*(one.tenant for one in undisturbed))
    for one in undisturbed:
        asked = [f"{entry.method} {entry.path}" for entry in one.tenant.requests]
        if len(asked) != one.point.scenario.requests:
            one.found.unclear.append(f"{len(asked)} requests, not {one.point.scenario.requests}: {asked}")
        _look(node, one, first)
    return [one.found.verdict(one.outcome, one.point.scenario.name) for one in undisturbed]


def try_points(points: Sequence[Point], context: CaseContext) -> list[Verdict]:
    """Stop a run at each point, then let all tenants have the next run, and one more, together."""
    node = ControlNode(context)
    killed = [_kill(node, context, point, number) for number, point in enumerate(points)]
    return judge(node, killed)


def judge(node: ControlNode, killed: Sequence[Killed], args: tuple[str, ...] = (), limit: float = LIMIT) -> list[Verdict]:
    """Run again, look at what there is, and run once more, which has to change nothing."""
    tenants = [one.tenant for one in killed]
    second = node.run(*tenants, args=args, limit=limit)
    for one in killed:
        _look(node, one, second)
    third = node.run(*tenants, args=args, limit=limit)
    for one in killed:
        changed = third.changed(one.tenant.name)
        if changed or third.stats[one.tenant.name]["failures"]:
            messages = [str(event.result.get("msg")) for event in third.tasks(one.tenant.name) if event.failed]
            one.found.unclear.append(f"the third run changed {changed}: {messages or third.output[-500:]}")
    return [one.found.verdict(one.outcome, one.point.name) for one in killed]


def late_arrival(context: CaseContext) -> list[Verdict]:
    """The request for the app is on its way when the run is killed, and arrives while the next one looks."""
    node = ControlNode(context)
    scenario = SCENARIOS["first run"]
    point = Point(scenario, "before", 4, parent_only=True)
    tenant = ready(node, context.tenant(**scenario.options), scenario)
    gate = node.hold(tenant, method="POST", path="/api/v1/apps$")
    started = node.start(tenant)
    one = Killed(point, tenant, Findings())
    _stop(node, one, started, gate, release=False)
    node.okta.fault("hook", tenant=tenant.name, path=r"/api/v1/apps\?", skip=2, call=lambda _org, _request: gate.open())
    return judge(node, [one])


def ready(node: ControlNode, tenant: Tenant, scenario: Scenario) -> Tenant:
    """Bring a tenant to where a scenario begins."""
    # at a workspace that several tenants share it is there already for all but the first
    (node.workspace.folder / "host_vars").mkdir(exist_ok=True)
    node.add(tenant)
    node.change(tenant, **scenario.prepare(node, tenant))
    return tenant


def _kill(node: ControlNode, context: CaseContext, point: Point, number: int) -> Killed:
    tenant = ready(node, context.tenant(f"-{number}", **point.scenario.options), point.scenario)
    one = Killed(point, tenant, Findings())
    if point.kind == "step":
        steps = node.stop_at(point.number)
        started = node.start(tenant, env=steps.env)
        if not steps.wait(started):
            one.found.unclear.append(f"never came to the step: {steps.names()} {started.text()[-500:]}")
        _end(one, started)
        one.outcome = left(node, one)
        return one
    gate = node.hold(tenant, point.number, when=point.kind)
    started = node.start(tenant)
    _stop(node, one, started, gate, release=point.parent_only)
    return one


def _stop(node: ControlNode, one: Killed, started: Started, gate: Gate, *, release: bool) -> None:
    """Kill the run while the gate holds its request; `release` lets Okta process the request of a dead run."""
    if not gate.wait():
        one.found.unclear.append(f"never came to the request: {started.text()[-500:]}")
    _end(one, started)
    before = quiet(one.tenant)
    if release:
        gate.open()
        quiet(one.tenant)
    elif one.point.kind == "after" or not one.point.parent_only:
        gate.drop()
    if len(one.tenant.requests) > before:
        one.found.unclear.append("an orphan went on writing")
    one.outcome = left(node, one)


def _end(one: Killed, started: Started) -> None:
    orphans = started.kill(parent_only=one.point.parent_only)
    if orphans:
        one.found.unclear.append(f"{len(orphans)} processes outlived the kill")


def quiet(tenant: Tenant) -> int:
    """Wait until what the dead have sent has arrived; give how many requests that makes."""
    seen = -1
    while seen != len(tenant.requests):
        seen = len(tenant.requests)
        time.sleep(0.3)
    return seen


def left(node: ControlNode, one: Killed) -> str:
    """Say how far the killed run came; the table counts it. Nothing secret lies about meanwhile either."""
    look_for_super_admin(one.tenant, one.found)
    path = node.workspace.vault_file(one.tenant)
    held: dict[str, Any] = node.workspace.credentials(one.tenant) if path.exists() else {}
    look_for_secrets(node, one.tenant, held, one.found)
    look_for_previous(held, one.point.scenario.wanted, one.found)
    if "proven_at" in held:
        return "left a proven file"
    if "client_secret" in held:
        return "left the id and the secret"
    if "requested_at" in held:
        return "left an intent and an integration" if one.tenant.services else "left an intent"
    if "application_id" in held:
        return "left the app's id"
    if held:
        return "left a key and an app" if one.tenant.apps else "left a key"
    return "left nothing"


def _look(node: ControlNode, one: Killed, second: Run) -> None:
    name = one.tenant.name
    if second.stats.get(name, {}).get("failures", 1):
        messages = [str(event.result.get("msg")) for event in second.tasks(name) if event.failed]
        one.found.unclear.append(f"the next run failed: {messages or second.output[-1500:]}")
    inspect(node, one.tenant, one.point.scenario.wanted, one.found)
