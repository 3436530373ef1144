# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two real runs on one tenant at the same time, with one file or two: one app in the end, and the loser says so.

A run that is held up at a request stands for one that is slower there than the other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

from helpers.ansible_run import Run
from okta_emulator import Tenant

from . import two_integrations
from .case import Case, CaseContext, Verdict
from .control_node import Clock, ControlNode, Started
from .findings import Findings, Wanted
from .inspection import inspect, look_at_failure
from .scenarios import FEW, LAG, few_scopes

_WANTED = Wanted(FEW)
# A first run with few scopes: see `faults.py` for what they are.
_REQUESTS = 25
_TELLING = ("one file, held before request 10", "two files, held after request 8", "two files, both about to make the app")
# Held up here, a run has kept its key but not asked for the app. The other looks for that app for a minute, in which
# the first would have given up waiting: so it goes on as soon as the other has begun to look.
_BEFORE_THE_APP = ((10, "before"),)


def cases() -> list[Case]:
    """Give all cases: where the first run is held up while the second runs."""
    return [*_all(), *two_integrations.cases()]


def _all() -> Iterator[Case]:
    for files, run in (("one file", one_file), ("two files", two_files)):
        for number in range(1, _REQUESTS + 1):
            for when in ("before", "after"):
                name = f"{files}, held {when} request {number}"
                yield Case("two_at_once", name, partial(run, number, when), telling=name in _TELLING)
    for name, both in (("one file, started together", together_one), ("two files, started together", together_two)):
        yield Case("two_at_once", name, both)
    for moments, how in ((("before",), "about to make"), (("before", "after"), "having made")):
        name = f"two files, both {how} the app"
        yield Case("two_at_once", name, partial(both_making, moments), telling=name in _TELLING)


def one_file(number: int, when: str, context: CaseContext) -> Verdict:
    """Hold the first run up, let the second run on the same file."""
    node = ControlNode(context, clock=_clock(context))
    tenant = node.add(context.tenant(index_lag=LAG), **few_scopes())
    gate = node.hold(tenant, number, when=when)
    first, found = node.start(tenant), Findings()
    _reach(gate.wait(), first, found)
    looks = _lists(tenant)
    second = node.start(tenant)
    if (number, when) in _BEFORE_THE_APP:
        while not second.over() and _lists(tenant) == looks:
            time.sleep(0.02)
    else:
        second.finish()
    gate.open()
    outcome = _outcome([first.finish(), second.finish()], tenant, found)
    return _next_well(node, tenant, found, outcome)


def two_files(number: int, when: str, context: CaseContext) -> Verdict:
    """Hold the first run up, let the second run on a file of its own."""
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
    """Both runs have seen that there is no app, and make one at the same moment."""
    one = ControlNode(context, "one", clock=_clock(context))
    other = ControlNode(context, "other", clock=one.clock)
    tenant, found = context.tenant(), Findings()
    for node in (one, other):
        node.add(tenant, **few_scopes())
    # in any case both have to have looked before either makes its app
    rounds = [[one.hold(tenant, number, when=moment, method="POST", path="/api/v1/apps$") for number in (1, 2)] for moment in moments]
    started = [node.start(tenant) for node in (one, other)]
    for gates in rounds:
        for gate, run in zip(gates, started, strict=True):
            _reach(gate.wait(), run, found)
        for gate in gates:
            gate.open()
    return _one_winner(tenant, [(node, run.finish()) for node, run in zip((one, other), started, strict=True)], found)


def together_one(context: CaseContext) -> Verdict:
    """Start both at once, with one file."""
    node = ControlNode(context, clock=_clock(context))
    tenant, found = node.add(context.tenant(index_lag=LAG), **few_scopes()), Findings()
    started = [node.start(tenant), node.start(tenant)]
    outcome = _outcome([run.finish() for run in started], tenant, found)
    return _next_well(node, tenant, found, outcome)


def together_two(context: CaseContext) -> Verdict:
    """Start both at once, with two files."""
    one = ControlNode(context, "one", clock=_clock(context))
    other = ControlNode(context, "other", clock=one.clock)
    tenant, found = context.tenant(), Findings()
    for node in (one, other):
        node.add(tenant, **few_scopes())
    started = [one.start(tenant), other.start(tenant)]
    return _one_winner(tenant, list(zip((one, other), [run.finish() for run in started], strict=True)), found)


def _clock(context: CaseContext) -> Clock:
    """Which of two apps is the younger has to be sure."""
    return Clock(context.folder / "clock", pace=1.0)


def _lists(tenant: Tenant) -> int:
    return sum(entry.path.startswith("/api/v1/apps?") for entry in tenant.requests)


def _reach(reached: bool, started: Started, found: Findings) -> None:
    if not reached:
        found.unclear.append(f"never came to the request: {started.text()[-500:]}")


def _outcome(runs: list[Run], tenant: Tenant, found: Findings) -> str:
    """Say how many ended well; each of the others has to say why it didn't."""
    losers = [run for run in runs if run.rc]
    for run in losers:
        look_at_failure(run, tenant.name, found, names_call=False)
    return {0: "both ended well", 1: "one ended well, one said why not"}.get(len(losers), "both said why not")


def _next_well(node: ControlNode, tenant: Tenant, found: Findings, outcome: str) -> Verdict:
    node.clock.move(LAG)
    run = node.run(tenant)
    if run.rc:
        found.unclear.append(f"the next run failed: {run.output[-1500:]}")
    inspect(node, tenant, _WANTED, found)
    return found.verdict(outcome)


def _one_winner(tenant: Tenant, ended: list[tuple[ControlNode, Run]], found: Findings) -> Verdict:
    """Check that one run ended well and has the app; that the other's file doesn't claim it, nor ever breaks it."""
    outcome = _outcome([run for _unused, run in ended], tenant, found)
    if len([run for _unused, run in ended if not run.rc]) != 1:
        found.unclear.append(outcome)
    for node, run in ended:
        if run.rc == 0:
            inspect(node, tenant, _WANTED, found)
    before = [tenant.keys(app["id"]) for app in tenant.apps]
    for node, run in ended:
        if run.rc:
            _look_at_loser(node, tenant, found)
    if [tenant.keys(app["id"]) for app in tenant.apps] != before:
        found.lost.append("the loser's next run touched the winner's keys")
    return found.verdict(outcome)


def _look_at_loser(node: ControlNode, tenant: Tenant, found: Findings) -> None:
    """A key without an app may lie in its file, for the next run; not one that is said to be in use."""
    path = node.workspace.vault_file(tenant)
    held = node.workspace.credentials(tenant) if path.exists() else {}
    if "application_id" in held or "proven_at" in held:
        registered = [key["n"] for app in tenant.apps for key in tenant.keys(app["id"])]
        if held["private_jwk"]["n"] not in registered:
            found.lost.append("the loser's file names an app that doesn't know its key")
    again = node.run(tenant)
    if again.rc == 0:
        found.doubled.append("the loser's next run ended well beside the winner's app")
        return
    look_at_failure(again, tenant.name, found, names_call=False)
