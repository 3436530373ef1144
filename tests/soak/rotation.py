# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations, interrupted at every request and at every step of writing the vault file, while Rezonate continues to sign in.

Rezonate has the credential that a person has entered in its console. It signs in before and after every request of a run, and after
the run is killed, and must never be refused. The next run must succeed, and the run after it must change nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jwt
from helpers.ansible_run import Run
from helpers.okta_client import ASSERTION_TYPE, Api, public_jwk
from helpers.workspace import add_privileges, pem, private_jwk
from okta_emulator import Tenant
from okta_emulator.http import Request

from .case import Case, CaseContext, Verdict
from .control_node import ControlNode, Gate, StartedRun
from .inspection import Findings, check_secrets
from .scenarios import FEW, ago, few_scopes, stored_record

PLAYBOOK = "rezonate.okta.rotate_rezonate"
NAME = "made-up Rezonate"
_TOGETHER = 12
Credential = Mapping[str, Any]


class RotationNode(ControlNode):
    """A control node that rotates credentials."""

    playbook = PLAYBOOK


class RezonateClient:
    """The client of Rezonate, which signs in with its credential at every request of a run.

    Args:
        node: the control node whose clock it shares.
        tenant: the tenant.
        client: its client id.
        credential: the credential that a person has entered in the console: `client_secret`, or `private_key` and `key_id`.
    """

    def __init__(self, node: ControlNode, tenant: Tenant, client: str, credential: Credential) -> None:
        self._tenant = tenant
        self._client = client
        self._credential = credential
        self._api = Api(node.okta, tenant, None)
        self._api.session.headers["User-Agent"] = NAME
        self._lock = threading.Lock()
        self._gates: dict[tuple[str, int], Gate] = {}
        self.seen = {"before": 0, "after": 0}
        self.polls = 0
        self.refused: list[str] = []
        for when in self.seen:
            node.okta.fault("hook", tenant=tenant.name, times=None, when=when, call=partial(self._watch, when))

    def hold(self, when: str, number: int) -> Gate:
        """Pause the n-th request of a run from now on."""
        gate = Gate()
        self._gates[when, self.seen[when] + number] = gate
        return gate

    def _watch(self, when: str, _tenant: Tenant, request: Request) -> None:
        if request.headers.get("user-agent") == NAME:
            return
        self.poll(f"{when} {request.method} {request.path}")
        with self._lock:
            self.seen[when] += 1
            gate = self._gates.get((when, self.seen[when]))
        if gate:
            gate(_tenant, request)

    def poll(self, moment: str) -> None:
        """Sign in."""
        with self._lock:
            self.polls += 1
            form = {"grant_type": "client_credentials", "scope": " ".join(FEW), **self._assertion()}
            secret = self._credential.get("client_secret")
            url = f"{self._tenant.org_url}/oauth2/v1/token"
            answer = self._api.session.post(url, data=form, auth=(self._client, secret) if secret else None, timeout=20)
            if answer.status_code != 200:
                self.refused.append(f"{moment}: {answer.status_code} {answer.text[:150]}")

    def _assertion(self) -> dict[str, str]:
        if "private_key" not in self._credential:
            return {}
        now, url = int(self._tenant.now()), f"{self._tenant.org_url}/oauth2/v1/token"
        claims = {
            "iss": self._client,
            "sub": self._client,
            "aud": url,
            "iat": now - 20,
            "exp": now + 300,
            "jti": f"{NAME}-{self.polls}-{time.time_ns()}",
        }
        signed = jwt.encode(claims, self._credential["private_key"], "RS256", headers={"kid": self._credential["key_id"]})
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}


def credential(name: str) -> dict[str, Any]:
    """Return a key in the format of the stored record."""
    return {"key_id": name, "private_key": pem(name), "private_jwk": private_jwk(name)}


@dataclass(frozen=True)
class PreparedTenant:
    """A tenant before a rotation: its client id, the credential in the console, and the names of the credentials that must remain."""

    client: str
    entered: Credential
    remaining: Sequence[str]


def _app(node: ControlNode, tenant: Tenant, *keys: str, **more: Any) -> str:
    app = tenant.add_app("Rezonate", [public_jwk(name) for name in keys])
    tenant.grant(app, *FEW)
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    known = {"proven_at": ago(days=100), "unavailable_scopes": [], "made": add_privileges(tenant, app)}
    node.workspace.store(tenant, stored_record(tenant, application_id=app, **known, **more))
    return app


def _key_in_use(node: ControlNode, tenant: Tenant) -> PreparedTenant:
    return PreparedTenant(_app(node, tenant, "managed"), credential("managed"), ("managed", "next"))


def _next_key_entered(node: ControlNode, tenant: Tenant) -> PreparedTenant:
    following = {**credential("following"), "requested_at": ago(days=1), "proven_at": ago(days=1)}
    return PreparedTenant(_app(node, tenant, "managed", "following", next=following), credential("following"), ("following",))


def _next_key_unused(node: ControlNode, tenant: Tenant) -> PreparedTenant:
    return PreparedTenant(_next_key_entered(node, tenant).client, credential("managed"), ("managed",))


def _adopted(node: ControlNode, tenant: Tenant) -> PreparedTenant:
    return PreparedTenant(_app(node, tenant, "vendors", "managed", take_over=True, adopted=True), credential("managed"), ("managed",))


def _service(node: ControlNode, tenant: Tenant, **more: Any) -> tuple[dict[str, str], dict[str, Any]]:
    made = tenant.add_service("rezonate_security", *FEW, age=86400)
    secret = tenant.services[-1]["secrets"][0]
    own = {"client_id": made["client_id"], "client_secret": made["client_secret"], "secret_hash": secret["secret_hash"]}
    whose = {"method": "api_service_integration", "tenant_id": tenant.name, "org_url": tenant.org_url, "scopes_version": 1}
    known = {**whose, **own, "service_type": "rezonate_security", "requested_at": ago(days=100), "proven_at": ago(days=100), **more}
    node.workspace.store(tenant, known)
    return own, known


def _secret_in_use(node: ControlNode, tenant: Tenant) -> PreparedTenant:
    own, _known = _service(node, tenant)
    return PreparedTenant(own["client_id"], own, ("managed", "next"))


def _next_secret_entered(node: ControlNode, tenant: Tenant) -> PreparedTenant:
    own, known = _service(node, tenant)
    made = Api(node.okta, tenant)("POST", f"/integrations/api/v1/api-services/{own['client_id']}/credentials/secrets").json()
    following = {"client_secret": made["client_secret"], "secret_hash": made["secret_hash"]}
    node.workspace.store(tenant, {**known, "next": {**following, "requested_at": ago(minutes=1), "proven_at": ago(minutes=1)}})
    return PreparedTenant(own["client_id"], following, (following["secret_hash"],))


def _next_secret_unused(node: ControlNode, tenant: Tenant) -> PreparedTenant:
    client = _next_secret_entered(node, tenant).client
    own = node.workspace.credentials(tenant)
    return PreparedTenant(client, own, (own["secret_hash"],))


@dataclass(frozen=True)
class Stage:
    """A run that is interrupted.

    Args:
        name: the name of the stage.
        rotation: the value of `rezonate_rotation`.
        requests: the number of requests of the run; a case checks it.
        steps: the number of steps of writing the vault file; a case checks it.
        prepare: prepares the tenant.
    """

    name: str
    rotation: str
    requests: int
    steps: int
    prepare: Callable[[ControlNode, Tenant], PreparedTenant]


STAGES = {
    stage.name: stage
    for stage in (
        Stage("prepare a key", "prepare", 9, 14, _key_in_use),
        Stage("finish a key", "finish", 8, 14, _next_key_entered),
        Stage("abort a key", "abort", 8, 7, _next_key_unused),
        Stage("finish an adoption", "finish", 8, 7, _adopted),
        Stage("prepare a secret", "prepare", 9, 21, _secret_in_use),
        Stage("finish a secret", "finish", 11, 14, _next_secret_entered),
        Stage("abort a secret", "abort", 11, 7, _next_secret_unused),
    )
}


@dataclass(frozen=True)
class Point:
    """A point of interruption: ``before`` or ``after`` a request, or at a ``step`` of writing the file. Kills all or the parent."""

    stage: Stage
    kind: str
    number: int
    parent_only: bool

    @property
    def name(self) -> str:
        """The name of the point."""
        where = f"step {self.number} of writing" if self.kind == "step" else f"{self.kind} request {self.number}"
        return f"{self.stage.name}, {where}, {'parent' if self.parent_only else 'all'} killed"


@dataclass
class RotatedTenant:
    """A tenant whose credential is rotated."""

    stage: Stage
    tenant: Tenant
    ready: PreparedTenant
    console: RezonateClient
    found: Findings = field(default_factory=Findings)


def cases() -> list[Case]:
    """Return the cases for all points, and cases that check the number of points."""
    counts = [Case("rotation", f"{stage.name}: number of points", partial(count, stage)) for stage in STAGES.values()]
    return [*counts, *_batches(), Case("rotation", "representative points", partial(run_points, _representative()), representative=True)]


def _points(stage: Stage) -> Iterator[Point]:
    for number in range(1, stage.requests + 1):
        yield from (Point(stage, kind, number, one) for kind in ("before", "after") for one in (False, True))
    for number in range(1, stage.steps + 1):
        yield from (Point(stage, "step", number, one) for one in (False, True))


def _batches() -> Iterator[Case]:
    for stage in STAGES.values():
        points = list(_points(stage))
        for start in range(0, len(points), _TOGETHER):
            chunk = points[start : start + _TOGETHER]
            yield Case("rotation", f"{stage.name}: points {start + 1} to {start + len(chunk)}", partial(run_points, chunk))


def _representative() -> list[Point]:
    return [
        Point(STAGES["prepare a key"], "after", 7, parent_only=False),  # the key is added
        Point(STAGES["finish a key"], "before", 7, parent_only=True),  # before the old key is deactivated
        Point(STAGES["prepare a secret"], "after", 7, parent_only=False),  # the secret is created and lost
        Point(STAGES["finish an adoption"], "after", 7, parent_only=False),
    ]


def count(stage: Stage, context: CaseContext) -> Verdict:
    """Check the number of requests and steps of an uninterrupted run, since each is a point."""
    node = RotationNode(context)
    one = _prepare_tenant(node, context.tenant(), stage)
    steps = node.stop_at(0)
    run = node.run(one.tenant, env=steps.env)
    have = (one.console.seen["before"], len(steps.names()))
    if have != (stage.requests, stage.steps):
        sent = [f"{entry.method} {entry.path}" for entry in one.tenant.requests]
        one.found.unclear.append(f"(requests, steps) is {have}, not {(stage.requests, stage.steps)}: {sent} {steps.names()}")
    _check(node, one, run)
    return one.found.verdict("uninterrupted", stage.name)


def run_points(points: Sequence[Point], context: CaseContext) -> list[Verdict]:
    """Interrupt a run at each point, then run twice for all tenants together."""
    node = RotationNode(context)
    killed = [_kill(node, context.tenant(f"-{number}"), point) for number, point in enumerate(points)]
    tenants = [one.tenant for one in killed]
    second = node.run(*tenants)
    for one in killed:
        _check(node, one, second)
    third = node.run(*tenants)
    for one in killed:
        changed = third.changed(one.tenant.name)
        if changed or third.stats[one.tenant.name]["failures"]:
            one.found.unclear.append(f"the third run changed {changed}: {third.output[-500:]}")
    return [one.found.verdict("finished by the next run", point.name) for one, point in zip(killed, points, strict=True)]


def _prepare_tenant(node: ControlNode, tenant: Tenant, stage: Stage) -> RotatedTenant:
    (node.workspace.folder / "host_vars").mkdir(exist_ok=True)
    node.add(tenant, rezonate_rotation=stage.rotation, **few_scopes())
    ready = stage.prepare(node, tenant)
    return RotatedTenant(stage, tenant, ready, RezonateClient(node, tenant, ready.client, ready.entered))


def _kill(node: ControlNode, tenant: Tenant, point: Point) -> RotatedTenant:
    one = _prepare_tenant(node, tenant, point.stage)
    if point.kind == "step":
        steps = node.stop_at(point.number)
        started = node.start(tenant, env=steps.env)
        if not steps.wait(started):
            one.found.unclear.append(f"did not reach the step: {steps.names()} {started.text()[-500:]}")
        _end(one, started, parent_only=point.parent_only)
    else:
        gate = one.console.hold(point.kind, point.number)
        started = node.start(tenant)
        if not gate.wait():
            one.found.unclear.append(f"did not reach the request: {started.text()[-500:]}")
        _end(one, started, parent_only=point.parent_only)
        # a request that was in transit when the parent was killed is still processed
        gate.open() if point.parent_only else gate.drop()
        seen = -1
        while seen != one.console.polls:
            seen = one.console.polls
            time.sleep(0.3)
    one.console.poll("after the kill")
    return one


def _end(one: RotatedTenant, started: StartedRun, *, parent_only: bool) -> None:
    orphans = started.kill(parent_only=parent_only)
    if orphans:
        one.found.unclear.append(f"{len(orphans)} processes survived the kill")


def _check(node: ControlNode, one: RotatedTenant, run: Run) -> None:
    """Check that the run succeeded, that Rezonate was never refused, and that the file and Okta are in the desired state."""
    if run.stats.get(one.tenant.name, {}).get("failures", 1):
        messages = [str(event.result.get("msg")) for event in run.tasks(one.tenant.name) if event.failed]
        one.found.unclear.append(f"the run failed: {messages or run.output[-1500:]}")
    node.set_clock(one.tenant)
    one.console.poll("in the end")
    one.found.lost += one.console.refused
    if one.console.polls < 2 * one.stage.requests:
        one.found.unclear.append(f"Rezonate signed in only {one.console.polls} times")
    stored = node.workspace.credentials(one.tenant)
    following = stored.get("next", {})
    for credentials in (stored, following):
        check_secrets(node, one.tenant, credentials, one.found)
    _check_file(node, one, stored)
    _check_okta(one, stored, following)


def _check_file(node: ControlNode, one: RotatedTenant, stored: Mapping[str, Any]) -> None:
    flags = sorted({"next", "retiring", "take_over"} & set(stored))
    desired = ["next"] if one.stage.rotation == "prepare" else []
    if flags != desired or "proven_at" not in stored.get("next", stored):
        one.found.unclear.append(f"the file has {flags}, expected {desired}")
    name = "client_secret" if "client_secret" in one.ready.entered else "private_key"
    if stored.get(name) != one.ready.entered[name]:
        one.found.lost.append("the credential that Rezonate uses is not the current credential in the file")
    beside = [path.name for path in node.workspace.vault_file(one.tenant).parent.iterdir() if path.name != "rezonate.vault"]
    one.found.unclear += [f"left: {name}" for name in beside]


def _check_okta(one: RotatedTenant, stored: Mapping[str, Any], following: Mapping[str, Any]) -> None:
    if "application_id" in stored:
        names = {"managed": "managed", "next": following.get("key_id")}
        have = sorted(f"{key['kid']} {key['status']}" for key in one.tenant.keys(one.ready.client))
    else:
        names = {"managed": stored["secret_hash"], "next": following.get("secret_hash")}
        have = sorted(f"{secret['secret_hash']} {secret['status']}" for secret in one.tenant.services[0]["secrets"])
    desired = sorted(f"{names.get(name, name)} ACTIVE" for name in one.ready.remaining)
    if have != desired:
        (one.found.lost if set(desired) - set(have) else one.found.doubled).append(f"left in Okta: {have}, expected {desired}")
