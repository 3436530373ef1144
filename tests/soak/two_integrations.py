# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two concurrent runs on one tenant, both for an API service integration.

Okta returns a secret only once, so it cannot be read after an integration is created: two runs can create one each. In that case a
warning names the other one, and nothing is deleted. A file never contains a secret that does not work.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from helpers.ansible_run import Run
from okta_emulator import Tenant

from .case import Case, CaseContext, Verdict
from .control_node import Clock, ControlNode, StartedRun
from .findings import Findings
from .inspection import check_failure, check_secrets
from .method_scenarios import service_variables
from .scenarios import FEW
from .stored_credentials import Client

_REQUESTS = 9
_MAKING = "/api-services$"
_WARNING = "other API service integrations of the type"
# Paused here, a run has stored its intent but not created the integration: the other searches for it for a minute.
_INTENDED = ((3, "before"), (3, "after"), (4, "before"))
# The clock of a client can be ahead of Okta's by this many seconds, so an integration that is younger can be taken for its own.
_LEEWAY = 15.0


def cases() -> Iterator[Case]:
    """Return all cases: the points at which the first run is paused while the second runs."""
    for files in ("one file", "two files"):
        for number in range(1, _REQUESTS + 1):
            for when in ("before", "after"):
                yield Case(
                    "two_at_once", f"integration, {files}, paused {when} request {number}", partial(pause_first_run, files, number, when)
                )
    yield Case("two_at_once", "integration, two files, both before creation", both_making, representative=True)


def pause_first_run(files: str, number: int, when: str, context: CaseContext) -> Verdict:
    """Pause the first run while the second runs."""
    one, other = _nodes(context, 1 if files == "one file" else 2)
    tenant, found = _tenant(context, one, other), Findings()
    gate = one.hold(tenant, number, when=when)
    first = one.start(tenant)
    _reach(gate.wait(), first, found)
    one.clock.move(_LEEWAY)
    lists = _lists(tenant)
    second = other.start(tenant)
    if one is other and (number, when) in _INTENDED:
        while not second.over() and _lists(tenant) == lists:
            time.sleep(0.02)
    else:
        second.finish()
    gate.open()
    return _judge(tenant, [(one, first.finish()), (other, second.finish())], found)


def both_making(context: CaseContext) -> Verdict:
    """Both runs have found no integration, and create one at the same time."""
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


def _reach(reached: bool, started: StartedRun, found: Findings) -> None:
    if not reached:
        found.unclear.append(f"did not reach the request: {started.text()[-500:]}")


def _judge(tenant: Tenant, ended: list[tuple[ControlNode, Run]], found: Findings) -> Verdict:
    """Check that each failed run reports the reason, that a warning names a second integration, and that the stored credentials work."""
    losers = [run for _node, run in ended if run.rc]
    for run in losers:
        check_failure(run, tenant.name, found, names_call=False)
    if len(losers) == len(ended):
        found.unclear.append("neither succeeded")
    made = len(tenant.services)
    again = [(node, node.run(tenant)) for node in dict.fromkeys(node for node, _run in ended)]
    for node, run in again:
        if run.rc:
            check_failure(run, tenant.name, found, names_call=False)
        _check(node, tenant, found)
    if made > 1 and not any(_WARNING in " ".join(run.output.split()) for _node, run in [*ended, *again]):
        found.unclear.append(f"no warning about {made} integrations")
    if len(tenant.services) != made or made > len(ended):
        found.doubled.append(f"{made} integrations, and {len(tenant.services)} after the next run")
    winners = {0: "both succeeded", 1: "one succeeded, one failed with a reason"}.get(len(losers), "both failed with a reason")
    return found.verdict(f"{winners}, {made} created")


def _check(node: ControlNode, tenant: Tenant, found: Findings) -> None:
    """A file can contain only an intent, but not a secret that does not work."""
    node.set_clock(tenant)
    path = node.workspace.vault_file(tenant)
    record = node.workspace.credentials(tenant) if path.exists() else {}
    complaint = Client(node.okta, tenant, record).complaint(" ".join(FEW)) if "client_secret" in record else ""
    if complaint:
        found.lost.append(f"the file's credentials: {complaint}")
    check_secrets(node, tenant, record, found)
