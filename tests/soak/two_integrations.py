# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two real runs on one tenant at the same time, both for an API service integration.

Okta shows a secret once, so nothing can be asked once an integration is made: two runs may make one each. Then a warning names the
other one, and nothing is deleted. In no case does a file hold a secret that doesn't work.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from helpers.ansible_run import Run
from okta_emulator import Tenant

from .case import Case, CaseContext, Verdict
from .control_node import Clock, ControlNode, Started
from .findings import Findings
from .inspection import look_at_failure, look_for_secrets
from .method_scenarios import service_variables
from .scenarios import FEW
from .stored_credentials import Client

_REQUESTS = 9
_MAKING = "/api-services$"
_WARNING = "other API service integrations of the type"
# Held up here, a run has kept its intent but not made the integration: the other looks for it, for a minute.
_INTENDED = ((3, "before"), (3, "after"), (4, "before"))
# By so much may the clock of one who asks be ahead of Okta's, so what is younger may be taken for our own.
_LEEWAY = 15.0


def cases() -> Iterator[Case]:
    """Give all cases: where the first run is held up while the second runs."""
    for files in ("one file", "two files"):
        for number in range(1, _REQUESTS + 1):
            for when in ("before", "after"):
                yield Case("two_at_once", f"integration, {files}, held {when} request {number}", partial(held, files, number, when))
    yield Case("two_at_once", "integration, two files, both about to make it", both_making, telling=True)


def held(files: str, number: int, when: str, context: CaseContext) -> Verdict:
    """Hold the first run up, let the second run."""
    one, other = _nodes(context, 1 if files == "one file" else 2)
    tenant, found = _tenant(context, one, other), Findings()
    gate = one.hold(tenant, number, when=when)
    first = one.start(tenant)
    _reach(gate.wait(), first, found)
    one.clock.move(_LEEWAY)
    looks = _lists(tenant)
    second = other.start(tenant)
    if one is other and (number, when) in _INTENDED:
        while not second.over() and _lists(tenant) == looks:
            time.sleep(0.02)
    else:
        second.finish()
    gate.open()
    return _judge(tenant, [(one, first.finish()), (other, second.finish())], found)


def both_making(context: CaseContext) -> Verdict:
    """Both have seen that there is none, and make one at the same moment."""
    one, other = _nodes(context, 2)
    tenant, found = _tenant(context, one, other), Findings()
    gates = [one.hold(tenant, number, method="POST", path=_MAKING) for number in (1, 2)]
    started = [node.start(tenant) for node in (one, other)]
    for gate, run in zip(gates, started, strict=True):
        _reach(gate.wait(), run, found)
    for gate in gates:
        gate.open()
    return _judge(tenant, [(one, started[0].finish()), (other, started[1].finish())], found)


def _nodes(context: CaseContext, number: int) -> tuple[ControlNode, ControlNode]:
    one = ControlNode(context, "one", clock=Clock(context.folder / "clock", pace=1.0))
    return one, one if number == 1 else ControlNode(context, "other", clock=one.clock)


def _tenant(context: CaseContext, *nodes: ControlNode) -> Tenant:
    tenant = context.tenant()
    for node in dict.fromkeys(nodes):
        node.add(tenant, **service_variables())
    return tenant


def _lists(tenant: Tenant) -> int:
    return sum(entry.path.endswith("/api-services") and entry.method == "GET" for entry in tenant.requests)


def _reach(reached: bool, started: Started, found: Findings) -> None:
    if not reached:
        found.unclear.append(f"never came to the request: {started.text()[-500:]}")


def _judge(tenant: Tenant, ended: list[tuple[ControlNode, Run]], found: Findings) -> Verdict:
    """Check that each loser says why, that a second integration is told of, and that what the files hold works, after the next run too."""
    losers = [run for _node, run in ended if run.rc]
    for run in losers:
        look_at_failure(run, tenant.name, found, names_call=False)
    if len(losers) == len(ended):
        found.unclear.append("neither ended well")
    made = len(tenant.services)
    again = [(node, node.run(tenant)) for node in dict.fromkeys(node for node, _run in ended)]
    for node, run in again:
        if run.rc:
            look_at_failure(run, tenant.name, found, names_call=False)
        _look(node, tenant, found)
    if made > 1 and not any(_WARNING in " ".join(run.output.split()) for _node, run in [*ended, *again]):
        found.unclear.append(f"nobody is told of {made} integrations")
    if len(tenant.services) != made or made > len(ended):
        found.doubled.append(f"{made} integrations, and {len(tenant.services)} after the next run")
    winners = {0: "both ended well", 1: "one ended well, one said why not"}.get(len(losers), "both said why not")
    return found.verdict(f"{winners}, {made} made")


def _look(node: ControlNode, tenant: Tenant, found: Findings) -> None:
    """A file may hold an intent alone, but not a secret that doesn't work."""
    node.tell(tenant)
    path = node.workspace.vault_file(tenant)
    kept = node.workspace.credentials(tenant) if path.exists() else {}
    complaint = Client(node.okta, tenant, kept).complaint(" ".join(FEW)) if "client_secret" in kept else ""
    if complaint:
        found.lost.append(f"the file's credentials: {complaint}")
    look_for_secrets(node, tenant, kept, found)
