# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken networks and an ill Okta: each fault at each request, once and for good; the next run has to end well."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from helpers.ansible_run import Run
from okta_emulator import Tenant
from okta_emulator.faults import Fault
from okta_emulator.http import Request

from .case import Case, CaseContext, Verdict
from .control_node import ControlNode
from .findings import Findings, Wanted
from .inspection import inspect, look_at_failure, look_at_strangers
from .method_scenarios import METHOD_SCENARIOS
from .refusing_proxy import RefusingProxy
from .scenarios import FEW, LAG, default_scopes, few_scopes, proven

_HOURS = 5 * 3600.0
_BIG = 100 * 1024 * 1024
# Seconds that a run may wait by its own account: a call gives up after 15 minutes of waiting for the rate limit.
_DEADLINE = 1200.0
# Beyond the end of every list.
_BEYOND = base64.urlsafe_b64encode(b"seq:999999999").decode().rstrip("=")


@dataclass(frozen=True)
class Target:
    """A request that goes wrong.

    Args:
        name: what it is for.
        where: its method, and what its path is searched for.
        at: its number in the run, as far as that is certain: some are made side by side.
        number: its number among those that are the same.
        is_first: whether it is one of a first run; else the tenant is proven already.
        many: whether the run grants all default scopes.
        scenario: how the tenant stands before, where it is one of `METHOD_SCENARIOS`.
    """

    name: str
    where: tuple[str, str]
    at: int
    number: int = 1
    is_first: bool = True
    many: bool = False
    scenario: str = ""

    @property
    def wanted(self) -> Wanted:
        """Say how the tenant is to stand in the end."""
        return METHOD_SCENARIOS[self.scenario].wanted if self.scenario else Wanted(default_scopes() if self.many else FEW)


_IAM = "/api/v1/iam"
FIRST_RUN = (
    Target("whose token", ("GET", "/users/me$"), 1),
    Target("the caller's roles", ("GET", "/users/00u[^/]*/roles$"), 7),
    Target("find the app", ("GET", r"/apps\?q"), 2),
    Target("make the app", ("POST", "/apps$"), 10),
    Target("look for a second app", ("GET", r"/apps\?q"), 11, 2),
    Target("the first grant", ("POST", "/grants$"), 14, many=True),
    Target("a grant amid", ("POST", "/grants$"), 28, 15, many=True),
    Target("the last grant", ("POST", "/grants$"), 58, 45, many=True),
    Target("the org's setting", ("GET", "/org/settings/"), 3),
    Target("make the resource set of privileges", ("POST", f"{_IAM}/resource-sets$"), 8),
    Target("make the role of privileges", ("POST", f"{_IAM}/roles$"), 9),
    Target("assign the role", ("POST", "/clients/.*/roles$"), 12),
    Target("assign the other role", ("POST", "/clients/.*/roles$"), 13, 2),
    Target("mint a token", ("POST", "/token$"), 18),
    Target("read with it", ("GET", "/users.limit=1$"), 19),
    Target("read the roles", ("GET", "/clients/.*/roles$"), 20),
)
SECOND_RUN = (
    Target("read the app", ("GET", "/apps/0oa[^/]*$"), 1, is_first=False),
    Target("read the grants", ("GET", "/grants$"), 2, is_first=False),
    Target("read the roles, verified", ("GET", "/clients/.*/roles$"), 3, is_first=False),
    Target("mint a token, verified", ("POST", "/token$"), 4, is_first=False),
    Target("read with it, verified", ("GET", "/users.limit=1$"), 5, is_first=False),
)
_SERVICES = "/integrations/api/v1/api-services"
METHODS = (
    Target("list the integrations", ("GET", f"{_SERVICES}$"), 3, scenario="integration, first run"),
    Target("make the integration", ("POST", f"{_SERVICES}$"), 4, scenario="integration, first run"),
    Target("mint by secret", ("POST", "/token$"), 5, scenario="integration, first run"),
    Target("list the secrets", ("GET", "/credentials/secrets$"), 9, scenario="integration, first run"),
    Target("make a secret", ("POST", "/credentials/secrets$"), 5, scenario="integration, secret lost"),
    Target("delete and make the integration", ("DELETE", f"{_SERVICES}/"), 5, scenario="integration with other scopes"),
    Target("look at the token", ("GET", "/users/me$"), 3, 2, scenario="token, first run"),
    Target("read with the token", ("GET", "/users.limit=1$"), 5, scenario="token, first run"),
    Target("make the zone", ("POST", "/zones$"), 9, scenario="hardened first run"),
    Target("make the resource set", ("POST", f"{_IAM}/resource-sets$"), 13, scenario="hardened first run"),
    Target("make the custom role", ("POST", f"{_IAM}/roles$"), 15, scenario="hardened first run"),
    Target("mint with a proof", ("POST", "/token$"), 30, 2, scenario="hardened first run"),  # the first is asked for a nonce
    Target("probe", ("PUT", "/api/v1/groups/"), 38, scenario="hardened first run"),
)
TARGETS = (*FIRST_RUN, *SECOND_RUN, *METHODS)

# Faults of the emulator's, and their parameters.
KINDS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "closed before": ("close_before", {}),
    "closed after": ("close_after", {}),
    "no answer": ("timeout", {"seconds": 8}),
    "no answer, but processed": ("timeout", {"seconds": 8, "processed": True}),
    "429, 1 s": ("rate_limited_429", {"reset_in": 1}),
    "429, 60 s": ("rate_limited_429", {"reset_in": 60}),
    "429 without headers": ("rate_limited_429", {"missing_headers": True}),
    "429, clock hours ahead": ("rate_limited_429", {"reset_in": 60}),
    "429, clock hours behind": ("rate_limited_429", {"reset_in": 60}),
    "429, too many at once": ("concurrency_429", {}),
    "500": ("status", {"status": 500}),
    "500, but processed": ("status", {"status": 500, "processed": True}),
    "502": ("status", {"status": 502}),
    "503 with HTML": ("status", {"status": 503, "body": "html"}),
    "truncated": ("truncated_json", {}),
    "not JSON": ("not_json", {}),
    "empty": ("empty_body", {}),
    "wrong content type": ("wrong_content_type", {}),
    "redirect": ("redirect", {}),
    "link elsewhere": ("link_to", {}),
    "100 MB": ("big_body", {"bytes": _BIG}),
    "drip": ("drip", {"seconds": 0.5}),
}
_SKEWS = {"429, clock hours ahead": _HOURS, "429, clock hours behind": -_HOURS}
_IMPATIENT = ("no answer", "no answer, but processed", "drip")
# These make a run fail for good; all else that happens once it has to get over.
_FATAL = ("redirect", "100 MB")  # a body that large isn't read, however often it is sent (`_body.BodyRefusedError`)
# A probe is refused for what it asks: an answer that doesn't say so proves nothing, and asking again could change something.
_FATAL_TO_PROBES = ("not JSON", "empty")
# For good, a wrong content type harms nobody, and a link beyond the end leads nowhere.
_LASTING = (
    "closed before",
    "closed after",
    "429, 60 s",
    "429 without headers",
    "429, too many at once",
    "500",
    "503 with HTML",
    "truncated",
    "drip",
)
_LASTING_AT = (*METHODS, FIRST_RUN[0], FIRST_RUN[2], FIRST_RUN[3], FIRST_RUN[5], FIRST_RUN[9], FIRST_RUN[11], FIRST_RUN[13], SECOND_RUN[0])


@dataclass
class Ill:
    """A tenant at which something goes wrong."""

    target: Target
    kind: str
    tenant: Tenant
    found: Findings
    faults: list[Fault]

    @property
    def name(self) -> str:
        """What is tried."""
        return f"{self.target.name}: {self.kind}"


def cases() -> list[Case]:
    """Give all cases; a target's faults share a run, each with a tenant of its own."""
    return [*_once(), *_lasting(), *_refused(), *_telling(), Case("faults", "make the app, lost twice", lost_twice)]


def _once() -> Iterator[Case]:
    kinds = list(KINDS)
    for target in TARGETS:
        for number, chunk in enumerate((kinds[:11], kinds[11:]), 1):
            yield Case("faults", f"{target.name}, once, part {number}", partial(try_faults, [(target, kind) for kind in chunk]))


def _lasting() -> Iterator[Case]:
    for kind in _LASTING:
        if kind == "429, 60 s":
            # waits long, and so needs a clock that no other tenant moves
            for target in _LASTING_AT:
                yield Case("faults", f"{target.name}, {kind}, for good", partial(try_faults, [(target, kind)], lasting=True))
        else:
            yield Case("faults", f"{kind}, for good", partial(try_faults, [(target, kind) for target in _LASTING_AT], lasting=True))


def _refused() -> Iterator[Case]:
    for target in TARGETS:
        for lasting in (False, True):
            name = f"{target.name}, connection refused{' for good' if lasting else ''}"
            telling = target is FIRST_RUN[3] and not lasting
            yield Case("faults", name, partial(try_refusal, target, lasting=lasting), telling=telling)


def _telling() -> Iterator[Case]:
    kinds = ("closed after", "429, 60 s", "500, but processed", "truncated", "redirect", "100 MB", "drip")
    points = [*((FIRST_RUN[3], kind) for kind in kinds), (FIRST_RUN[7], "closed after"), (SECOND_RUN[2], "link elsewhere")]
    by_name = {target.name: target for target in METHODS}
    points += [
        (by_name["make the integration"], "closed after"),
        (by_name["make a secret"], "500, but processed"),
        (by_name["mint by secret"], "redirect"),
        (by_name["look at the token"], "redirect"),
        (by_name["make the zone"], "closed after"),
        (by_name["make the custom role"], "truncated"),
        (by_name["probe"], "503 with HTML"),
    ]
    yield Case("faults", "telling faults", partial(try_faults, points), telling=True)


def try_faults(points: Sequence[tuple[Target, str]], context: CaseContext, *, lasting: bool = False) -> list[Verdict]:
    """Let each tenant meet its fault, then let all have a run without."""
    node = ControlNode(context)
    elsewhere = context.tenant("-elsewhere")
    ill = []
    for number, (target, kind) in enumerate(points):
        tenant = _ready(node, context.tenant(f"-{number}", index_lag=LAG), target)
        if kind in _IMPATIENT:
            node.change(tenant, rezonate_timeout=2)
        one = Ill(target, kind, tenant, Findings(), [])
        _lay(node, one, elsewhere, times=None if lasting else 1)
        ill.append(one)
    # what drips for good is given up after 5 seconds, 5 times for each of the calls that one after the other meet it
    run = node.run(*(one.tenant for one in ill), limit=300 if lasting else 120)
    outcomes = [_look(node, one, run, lasting=lasting) for one in ill]
    for one in ill:
        for fault in one.faults:
            node.okta.clear_faults(fault.id)
    return _next_run(node, ill, outcomes, elsewhere)


def lost_twice(context: CaseContext) -> list[Verdict]:
    """Lose the request for the app, and then the answer to the second request: the next run has little time to look."""
    node = ControlNode(context)
    elsewhere = context.tenant("-elsewhere")
    tenant = _ready(node, context.tenant(index_lag=LAG), FIRST_RUN[3])
    one = Ill(FIRST_RUN[3], "lost twice", tenant, Findings(), [])
    for number, kind in enumerate(("close_before", "close_after")):
        one.faults.append(node.okta.fault(kind, tenant=tenant.name, method="POST", path="/apps$", skip=number))
    return _next_run(node, [one], [_look(node, one, node.run(tenant), lasting=True)], elsewhere)


def try_refusal(target: Target, context: CaseContext, *, lasting: bool) -> list[Verdict]:
    """Refuse the connection for one request, until the run waits for the first time, or for good."""
    with RefusingProxy(context.okta.proxy_url) as proxy:
        node = ControlNode(context, proxy=proxy.url)
        tenant = _ready(node, context.tenant(index_lag=LAG), target)
        one = Ill(target, f"connection refused{' for good' if lasting else ''}", tenant, Findings(), [])

        def refuse(_org: Tenant | None = None, request: Request | None = None) -> None:
            proxy.refuse()
            if request:
                request.headers["connection"] = "close"  # else the next request needs no new one
            if not lasting:
                start = node.clock.waited()
                proxy.open_when(lambda: node.clock.waited() > start)

        if target.at == 1:
            refuse()
        else:
            node.okta.fault("hook", tenant=tenant.name, skip=target.at - 2, call=refuse)
        run = node.run(tenant)
        outcome = _look(node, one, run, lasting=lasting)
        proxy.open()
        return _next_run(node, [one], [outcome], None)


def _ready(node: ControlNode, tenant: Tenant, target: Target) -> Tenant:
    if target.scenario:
        node.add(tenant)
        node.change(tenant, **METHOD_SCENARIOS[target.scenario].prepare(node, tenant))
        return tenant
    node.add(tenant, **({} if target.many else few_scopes()))
    if not target.is_first:
        proven(node, tenant)
    return tenant


def _lay(node: ControlNode, one: Ill, elsewhere: Tenant, *, times: int | None) -> None:
    kind, params = KINDS[one.kind]
    params = dict(params)
    if kind == "redirect":
        params["location"] = f"{elsewhere.org_url}/api/v1/apps"
    if kind == "link_to":
        params |= {"host": elsewhere.hosts[0], "path": f"/api/v1/apps?after={_BEYOND}"}
    method, path = one.target.where
    where: dict[str, Any] = {"tenant": one.tenant.name, "method": method, "path": path, "skip": one.target.number - 1, "times": times}
    if one.kind in _SKEWS:
        one.faults.append(node.okta.fault("hook", **where, call=_skewed(_SKEWS[one.kind])))
    # not by `fault`, to which `path` is the request's and not the link's
    one.faults.append(node.okta.faults.add(Fault(kind, **where, params=params)))


def _skewed(seconds: float) -> Callable[[Tenant, Request], None]:
    def skew(tenant: Tenant, _request: Request) -> None:
        tenant.options.clock_skew += seconds  # the next request's hook puts it right

    return skew


def _look(node: ControlNode, one: Ill, run: Run, *, lasting: bool) -> str:
    """Say how the run with the fault ended, and whether it may end so."""
    name = one.tenant.name
    if not all(fault.hits for fault in one.faults):
        one.found.unclear.append("never met the fault")
    made = {"apps": one.tenant.apps, "integrations": one.tenant.services, "zones": [*one.tenant.state.zones.values()]}
    for what, things in made.items():
        # Okta's own are there from the start
        if len([thing for thing in things if not thing.get("system")]) > 1:
            one.found.doubled.append(f"more than one of the {what} after the run with the fault")
    if lasting and node.clock.waited() > _DEADLINE:
        one.found.hangs.append(f"gave up after {node.clock.waited():.0f} s only")
    if run.stats.get(name, {}).get("failures") == 0:
        return "ended well"
    message = look_at_failure(run, name, one.found)
    fatal = (*_FATAL, *(_FATAL_TO_PROBES if one.target.name == "probe" else ()))
    if not lasting and one.kind not in fatal and "refused for good" not in one.kind:
        one.found.unclear.append(f"didn't get over it: {message}")
    return "failed with a sentence"


def _next_run(node: ControlNode, ill: Sequence[Ill], outcomes: Sequence[str], elsewhere: Tenant | None) -> list[Verdict]:
    run = node.run(*(one.tenant for one in ill))
    verdicts = []
    for one, outcome in zip(ill, outcomes, strict=True):
        name = one.tenant.name
        if run.stats.get(name, {}).get("failures", 1):
            messages = [str(event.result.get("msg")) for event in run.tasks(name) if event.failed]
            one.found.unclear.append(f"the next run failed: {messages or run.output[-800:]}")
        inspect(node, one.tenant, one.target.wanted, one.found)
        if elsewhere:
            look_at_strangers(elsewhere, one.found)
        verdicts.append(one.found.verdict(outcome, one.name))
    return verdicts
