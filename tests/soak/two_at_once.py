# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two concurrent runs on one tenant, with one file or two: the tenant has one app, and the losing run reports it.

A run that is paused at a request represents a run that is slower than the other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

from helpers.ansible_run import Run
from okta_emulator import Tenant

from . import two_integrations
from .case import Case, CaseContext, Verdict
from .control_node import Clock, ControlNode, StartedRun
from .findings import DesiredState, Findings
from .inspection import check_failure, inspect
from .scenarios import FEW, LAG, few_scopes

_DESIRED = DesiredState(FEW)
# The number of requests of a first run with few scopes; see `faults.py`.
_REQUESTS = 25
_REPRESENTATIVE = ("one file, paused before request 10", "two files, paused after request 8", "two files, both before app creation")
# Paused here, a run has stored its key but not requested the app. The other searches for the app for a minute. The first run would
# time out in that minute, so it resumes as soon as the other has started to search.
_BEFORE_THE_APP = ((10, "before"),)


def cases() -> list[Case]:
    """Return all cases: the points at which the first run is paused while the second runs."""
    return [*_all(), *two_integrations.cases()]


def _all() -> Iterator[Case]:
    for files, run in (("one file", one_file), ("two files", two_files)):
        for number in range(1, _REQUESTS + 1):
            for when in ("before", "after"):
                name = f"{files}, paused {when} request {number}"
                yield Case("two_at_once", name, partial(run, number, when), representative=name in _REPRESENTATIVE)
    for name, both in (("one file, started together", together_one), ("two files, started together", together_two)):
        yield Case("two_at_once", name, both)
    for moments, how in ((("before",), "before"), (("before", "after"), "after")):
        name = f"two files, both {how} app creation"
        yield Case("two_at_once", name, partial(both_making, moments), representative=name in _REPRESENTATIVE)


def one_file(number: int, when: str, context: CaseContext) -> Verdict:
    """Pause the first run while the second runs with the same file."""
    node = ControlNode(context, clock=_clock(context))
    tenant = node.add(context.tenant(index_lag=LAG), **few_scopes())
    gate = node.hold(tenant, number, when=when)
    first, found = node.start(tenant), Findings()
    _reach(gate.wait(), first, found)
    lists = _lists(tenant)
    second = node.start(tenant)
    if (number, when) in _BEFORE_THE_APP:
        while not second.over() and _lists(tenant) == lists:
            time.sleep(0.02)
    else:
        second.finish()
    gate.open()
    outcome = _outcome([first.finish(), second.finish()], tenant, found)
    return _next_well(node, tenant, found, outcome)


def two_files(number: int, when: str, context: CaseContext) -> Verdict:
    """Pause the first run while the second runs with another file."""
    one = ControlNode(context, "one", clock=_clock(context))
    other = ControlNode(context, "other", clock=one.clock)
    tenant = context.tenant()
    for node in (one, other):
        node.add(tenant, **few_scopes())
    gate, found = one.hold(tenant, number, when=when), Findings()
    first = one.start(tenant)
    _reach(gate.wait(), first, found)
    second = other.run(tenant)
    gate.open()
    return _one_winner(tenant, [(one, first.finish()), (other, second)], found)


def both_making(moments: Sequence[str], context: CaseContext) -> Verdict:
    """Both runs have found no app, and create one at the same time."""
    one = ControlNode(context, "one", clock=_clock(context))
    other = ControlNode(context, "other", clock=one.clock)
    tenant, found = context.tenant(), Findings()
    for node in (one, other):
        node.add(tenant, **few_scopes())
    # both must have searched before either creates its app
    rounds = [[one.hold(tenant, number, when=moment, method="POST", path="/api/v1/apps$") for number in (1, 2)] for moment in moments]
    started = [node.start(tenant) for node in (one, other)]
    for gates in rounds:
        for gate, run in zip(gates, started, strict=True):
            _reach(gate.wait(), run, found)
        for gate in gates:
            gate.open()
    return _one_winner(tenant, [(node, run.finish()) for node, run in zip((one, other), started, strict=True)], found)


def together_one(context: CaseContext) -> Verdict:
    """Start both runs at once, with one file."""
    node = ControlNode(context, clock=_clock(context))
    tenant, found = node.add(context.tenant(index_lag=LAG), **few_scopes()), Findings()
    started = [node.start(tenant), node.start(tenant)]
    outcome = _outcome([run.finish() for run in started], tenant, found)
    return _next_well(node, tenant, found, outcome)


def together_two(context: CaseContext) -> Verdict:
    """Start both runs at once, with two files."""
    one = ControlNode(context, "one", clock=_clock(context))
    other = ControlNode(context, "other", clock=one.clock)
    tenant, found = context.tenant(), Findings()
    for node in (one, other):
        node.add(tenant, **few_scopes())
    started = [one.start(tenant), other.start(tenant)]
    return _one_winner(tenant, list(zip((one, other), [run.finish() for run in started], strict=True)), found)


def _clock(context: CaseContext) -> Clock:
    """Return a clock at normal speed, since the creation times of two apps must differ."""
    return Clock(context.folder / "clock", pace=1.0)


def _lists(tenant: Tenant) -> int:
    return sum(entry.path.startswith("/api/v1/apps?") for entry in tenant.requests)


def _reach(reached: bool, started: StartedRun, found: Findings) -> None:
    if not reached:
        found.unclear.append(f"did not reach the request: {started.text()[-500:]}")


def _outcome(runs: list[Run], tenant: Tenant, found: Findings) -> str:
    """Return how many runs succeeded; each of the others must report the reason."""
    losers = [run for run in runs if run.rc]
    for run in losers:
        check_failure(run, tenant.name, found, names_call=False)
    return {0: "both succeeded", 1: "one succeeded, one failed with a reason"}.get(len(losers), "both failed with a reason")


def _next_well(node: ControlNode, tenant: Tenant, found: Findings, outcome: str) -> Verdict:
    node.clock.move(LAG)
    run = node.run(tenant)
    if run.rc:
        found.unclear.append(f"the next run failed: {run.output[-1500:]}")
    inspect(node, tenant, _DESIRED, found)
    return found.verdict(outcome)


def _one_winner(tenant: Tenant, ended: list[tuple[ControlNode, Run]], found: Findings) -> Verdict:
    """Check that one run succeeded and has the app, and that the other's file neither names the app nor breaks it later."""
    outcome = _outcome([run for _unused, run in ended], tenant, found)
    if len([run for _unused, run in ended if not run.rc]) != 1:
        found.unclear.append(outcome)
    for node, run in ended:
        if run.rc == 0:
            inspect(node, tenant, _DESIRED, found)
    before = [tenant.keys(app["id"]) for app in tenant.apps]
    for node, run in ended:
        if run.rc:
            _check_loser(node, tenant, found)
    if [tenant.keys(app["id"]) for app in tenant.apps] != before:
        found.lost.append("the losing run's next run changed the winning run's keys")
    return found.verdict(outcome)


def _check_loser(node: ControlNode, tenant: Tenant, found: Findings) -> None:
    """The file of the losing run can contain a key without an app, but not a key that is recorded as in use."""
    path = node.workspace.vault_file(tenant)
    stored = node.workspace.credentials(tenant) if path.exists() else {}
    if "application_id" in stored or "proven_at" in stored:
        registered = [key["n"] for app in tenant.apps for key in tenant.keys(app["id"])]
        if stored["private_jwk"]["n"] not in registered:
            found.lost.append("the losing run's file names an app that does not have its key")
    again = node.run(tenant)
    if again.rc == 0:
        found.doubled.append("the losing run's next run succeeded in addition to the winning run's app")
        return
    check_failure(again, tenant.name, found, names_call=False)
