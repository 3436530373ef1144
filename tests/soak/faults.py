# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network and Okta faults: each fault at each request, once and persistently. The next run must succeed."""

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
from .findings import DesiredState, Findings
from .inspection import check_failure, check_foreign_org, inspect
from .method_scenarios import METHOD_SCENARIOS
from .refusing_proxy import RefusingProxy
from .scenarios import FEW, LAG, default_scopes, few_scopes, onboarded

_HOURS = 5 * 3600.0
_BIG = 100 * 1024 * 1024
# Seconds of the shared clock that a run can wait: a call gives up after waiting 15 minutes for the rate limit.
_DEADLINE = 1200.0
# A cursor beyond the end of every list.
_BEYOND = base64.urlsafe_b64encode(b"seq:999999999").decode().rstrip("=")


@dataclass(frozen=True)
class Target:
    """A request at which a fault is injected.

    Args:
        name: the purpose of the request.
        where: its method, and a pattern of its path.
        at: its number in the run; approximate, since some requests are concurrent.
        number: its number among identical requests.
        is_first: whether it belongs to a first run; otherwise the tenant is already onboarded.
        many: whether the run grants all default scopes.
        scenario: the state of the tenant before the run, if it is one of `METHOD_SCENARIOS`.
    """

    name: str
    where: tuple[str, str]
    at: int
    number: int = 1
    is_first: bool = True
    many: bool = False
    scenario: str = ""

    @property
    def desired(self) -> DesiredState:
        """Return the desired state of the tenant."""
        return METHOD_SCENARIOS[self.scenario].desired if self.scenario else DesiredState(default_scopes() if self.many else FEW)


_IAM = "/api/v1/iam"
FIRST_RUN = (
    Target("identify the token", ("GET", "/users/me$"), 1),
    Target("read the caller's roles", ("GET", "/users/00u[^/]*/roles$"), 7),
    Target("find the app", ("GET", r"/apps\?q"), 2),
    Target("create the app", ("POST", "/apps$"), 10),
    Target("search for a second app", ("GET", r"/apps\?q"), 11, 2),
    Target("create the first grant", ("POST", "/grants$"), 14, many=True),
    Target("create a middle grant", ("POST", "/grants$"), 28, 15, many=True),
    Target("create the last grant", ("POST", "/grants$"), 58, 45, many=True),
    Target("read the org's setting", ("GET", "/org/settings/"), 3),
    Target("create the resource set for privileges", ("POST", f"{_IAM}/resource-sets$"), 8),
    Target("create the role for privileges", ("POST", f"{_IAM}/roles$"), 9),
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
    Target("create the integration", ("POST", f"{_SERVICES}$"), 4, scenario="integration, first run"),
    Target("mint by secret", ("POST", "/token$"), 5, scenario="integration, first run"),
    Target("list the secrets", ("GET", "/credentials/secrets$"), 9, scenario="integration, first run"),
    Target("create a secret", ("POST", "/credentials/secrets$"), 5, scenario="integration, secret lost"),
    Target("delete and recreate the integration", ("DELETE", f"{_SERVICES}/"), 5, scenario="integration with other scopes"),
    Target("inspect the token", ("GET", "/users/me$"), 3, 2, scenario="token, first run"),
    Target("read with the token", ("GET", "/users.limit=1$"), 5, scenario="token, first run"),
    Target("create the zone", ("POST", "/zones$"), 9, scenario="hardened first run"),
    Target("create the resource set", ("POST", f"{_IAM}/resource-sets$"), 13, scenario="hardened first run"),
    Target("create the custom role", ("POST", f"{_IAM}/roles$"), 15, scenario="hardened first run"),
    Target("mint with a proof", ("POST", "/token$"), 30, 2, scenario="hardened first run"),  # Okta answers the first with a nonce
    Target("probe", ("PUT", "/api/v1/groups/"), 38, scenario="hardened first run"),
)
TARGETS = (*FIRST_RUN, *SECOND_RUN, *METHODS)

# Faults of the emulator, and their parameters.
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
_SHORT_TIMEOUT = ("no answer", "no answer, but processed", "drip")
# These faults always make a run fail; a run must recover from all others that occur once.
_FATAL = ("redirect", "100 MB")  # a body of this size is never read (`_body.BodyRefusedError`)
# Okta must refuse a probe: another response verifies nothing, and a repeated request could change something.
_FATAL_FOR_PROBES = ("not JSON", "empty")
# Not among the persistent faults: a wrong content type and a link beyond the end have no effect.
_PERSISTENT = (
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
_PERSISTENT_AT = (
    *METHODS,
    FIRST_RUN[0],
    FIRST_RUN[2],
    FIRST_RUN[3],
    FIRST_RUN[5],
    FIRST_RUN[9],
    FIRST_RUN[11],
    FIRST_RUN[13],
    SECOND_RUN[0],
)


@dataclass
class FaultyTenant:
    """A tenant with an injected fault."""

    target: Target
    kind: str
    tenant: Tenant
    found: Findings
    faults: list[Fault]

    @property
    def name(self) -> str:
        """The name of the point."""
        return f"{self.target.name}: {self.kind}"


def cases() -> list[Case]:
    """Return all cases. The faults of a target share a run; each has its own tenant."""
    return [*_once(), *_persistent(), *_refused(), *_representative(), Case("faults", "create the app, lost twice", request_lost_twice)]


def _once() -> Iterator[Case]:
    kinds = list(KINDS)
    for target in TARGETS:
        for number, chunk in enumerate((kinds[:11], kinds[11:]), 1):
            yield Case("faults", f"{target.name}, once, part {number}", partial(run_with_faults, [(target, kind) for kind in chunk]))


def _persistent() -> Iterator[Case]:
    for kind in _PERSISTENT:
        if kind == "429, 60 s":
            # waits for a long time, and so needs a clock that no other tenant moves
            for target in _PERSISTENT_AT:
                yield Case("faults", f"{target.name}, {kind}, persistent", partial(run_with_faults, [(target, kind)], persistent=True))
        else:
            yield Case(
                "faults", f"{kind}, persistent", partial(run_with_faults, [(target, kind) for target in _PERSISTENT_AT], persistent=True)
            )


def _refused() -> Iterator[Case]:
    for target in TARGETS:
        for persistent in (False, True):
            name = f"{target.name}, connection refused{' persistently' if persistent else ''}"
            representative = target is FIRST_RUN[3] and not persistent
            yield Case("faults", name, partial(run_with_refused_connection, target, persistent=persistent), representative=representative)


def _representative() -> Iterator[Case]:
    kinds = ("closed after", "429, 60 s", "500, but processed", "truncated", "redirect", "100 MB", "drip")
    points = [*((FIRST_RUN[3], kind) for kind in kinds), (FIRST_RUN[7], "closed after"), (SECOND_RUN[2], "link elsewhere")]
    by_name = {target.name: target for target in METHODS}
    points += [
        (by_name["create the integration"], "closed after"),
        (by_name["create a secret"], "500, but processed"),
        (by_name["mint by secret"], "redirect"),
        (by_name["inspect the token"], "redirect"),
        (by_name["create the zone"], "closed after"),
        (by_name["create the custom role"], "truncated"),
        (by_name["probe"], "503 with HTML"),
    ]
    yield Case("faults", "representative faults", partial(run_with_faults, points), representative=True)


def run_with_faults(points: Sequence[tuple[Target, str]], context: CaseContext, *, persistent: bool = False) -> list[Verdict]:
    """Inject one fault per tenant and run, then run without faults."""
    node = ControlNode(context)
    elsewhere = context.tenant("-elsewhere")
    faulty = []
    for number, (target, kind) in enumerate(points):
        tenant = _prepare_tenant(node, context.tenant(f"-{number}", index_lag=LAG), target)
        if kind in _SHORT_TIMEOUT:
            node.change(tenant, rezonate_timeout=2)
        one = FaultyTenant(target, kind, tenant, Findings(), [])
        _inject(node, one, elsewhere, times=None if persistent else 1)
        faulty.append(one)
    # a persistently slow response is abandoned after 5 seconds, 5 times for each call that receives it
    run = node.run(*(one.tenant for one in faulty), limit=300 if persistent else 120)
    outcomes = [_check(node, one, run, persistent=persistent) for one in faulty]
    for one in faulty:
        for fault in one.faults:
            node.okta.clear_faults(fault.id)
    return _next_run(node, faulty, outcomes, elsewhere)


def request_lost_twice(context: CaseContext) -> list[Verdict]:
    """Lose the request for the app, then the response to the second request: the next run has little time to search."""
    node = ControlNode(context)
    elsewhere = context.tenant("-elsewhere")
    tenant = _prepare_tenant(node, context.tenant(index_lag=LAG), FIRST_RUN[3])
    one = FaultyTenant(FIRST_RUN[3], "lost twice", tenant, Findings(), [])
    for number, kind in enumerate(("close_before", "close_after")):
        one.faults.append(node.okta.fault(kind, tenant=tenant.name, method="POST", path="/apps$", skip=number))
    return _next_run(node, [one], [_check(node, one, node.run(tenant), persistent=True)], elsewhere)


def run_with_refused_connection(target: Target, context: CaseContext, *, persistent: bool) -> list[Verdict]:
    """Refuse the connection at one request until the run waits for the first time, or persistently."""
    with RefusingProxy(context.okta.proxy_url) as proxy:
        node = ControlNode(context, proxy=proxy.url)
        tenant = _prepare_tenant(node, context.tenant(index_lag=LAG), target)
        one = FaultyTenant(target, f"connection refused{' persistently' if persistent else ''}", tenant, Findings(), [])

        def refuse(_org: Tenant | None = None, request: Request | None = None) -> None:
            proxy.refuse()
            if request:
                request.headers["connection"] = "close"  # otherwise the next request reuses the connection
            if not persistent:
                start = node.clock.waited()
                proxy.open_when(lambda: node.clock.waited() > start)

        if target.at == 1:
            refuse()
        else:
            node.okta.fault("hook", tenant=tenant.name, skip=target.at - 2, call=refuse)
        run = node.run(tenant)
        outcome = _check(node, one, run, persistent=persistent)
        proxy.open()
        return _next_run(node, [one], [outcome], None)


def _prepare_tenant(node: ControlNode, tenant: Tenant, target: Target) -> Tenant:
    if target.scenario:
        node.add(tenant)
        node.change(tenant, **METHOD_SCENARIOS[target.scenario].prepare(node, tenant))
        return tenant
    node.add(tenant, **({} if target.many else few_scopes()))
    if not target.is_first:
        onboarded(node, tenant)
    return tenant


def _inject(node: ControlNode, one: FaultyTenant, elsewhere: Tenant, *, times: int | None) -> None:
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
    # not with `fault`, whose parameter `path` is the path of the request, not of the link
    one.faults.append(node.okta.faults.add(Fault(kind, **where, params=params)))


def _skewed(seconds: float) -> Callable[[Tenant, Request], None]:
    def skew(tenant: Tenant, _request: Request) -> None:
        tenant.options.clock_skew += seconds  # the hook of the next request resets it

    return skew


def _check(node: ControlNode, one: FaultyTenant, run: Run, *, persistent: bool) -> str:
    """Return the outcome of the run with the fault, and check that it is allowed."""
    name = one.tenant.name
    if not all(fault.hits for fault in one.faults):
        one.found.unclear.append("the fault did not occur")
    made = {"apps": one.tenant.apps, "integrations": one.tenant.services, "zones": [*one.tenant.state.zones.values()]}
    for what, things in made.items():
        # system objects exist from the start
        if len([thing for thing in things if not thing.get("system")]) > 1:
            one.found.doubled.append(f"more than one of the {what} after the run with the fault")
    if persistent and node.clock.waited() > _DEADLINE:
        one.found.hangs.append(f"gave up only after {node.clock.waited():.0f} s")
    if run.stats.get(name, {}).get("failures") == 0:
        return "succeeded"
    message = check_failure(run, name, one.found)
    fatal = (*_FATAL, *(_FATAL_FOR_PROBES if one.target.name == "probe" else ()))
    if not persistent and one.kind not in fatal and "refused persistently" not in one.kind:
        one.found.unclear.append(f"did not recover: {message}")
    return "failed with a message"


def _next_run(node: ControlNode, faulty: Sequence[FaultyTenant], outcomes: Sequence[str], elsewhere: Tenant | None) -> list[Verdict]:
    run = node.run(*(one.tenant for one in faulty))
    verdicts = []
    for one, outcome in zip(faulty, outcomes, strict=True):
        name = one.tenant.name
        if run.stats.get(name, {}).get("failures", 1):
            messages = [str(event.result.get("msg")) for event in run.tasks(name) if event.failed]
            one.found.unclear.append(f"the next run failed: {messages or run.output[-800:]}")
        inspect(node, one.tenant, one.target.desired, one.found)
        if elsewhere:
            check_foreign_org(elsewhere, one.found)
        verdicts.append(one.found.verdict(outcome, one.name))
    return verdicts
