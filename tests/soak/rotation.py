# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations, killed at every request and at every step of writing the vault file, while Rezonate goes on signing in.

Rezonate has the one credential that a person has entered in its console. It signs in before and after every request of a run, and
after the kill: not once may it be refused. The next run has to end well, and the one after it to do nothing.
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
from .control_node import ControlNode, Gate, Started
from .inspection import Findings, look_for_secrets
from .scenarios import FEW, ago, few_scopes, kept

PLAYBOOK = "rezonate.okta.rotate_rezonate"
NAME = "made-up Rezonate"
_TOGETHER = 12
Credential = Mapping[str, Any]


class RotationNode(ControlNode):
    """A workspace at which keys are rotated."""

    playbook = PLAYBOOK


class Rezonate:
    """What has access: a client that signs in with the credential that it was given, at every request of a run.

    Args:
        node: whose clock it shares.
        tenant: where it signs in.
        client: its client id.
        credential: what a person has entered in the console: `client_secret`, or `private_key` and `key_id`.
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
        """Hold the n-th request of a run up, from now on."""
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
    """Give a key as the vault file has it."""
    return {"key_id": name, "private_key": pem(name), "private_jwk": private_jwk(name)}


@dataclass(frozen=True)
class Ready:
    """A tenant before a rotation: its client, what the console has, and the names of what is to be left on it."""

    client: str
    entered: Credential
    left: Sequence[str]


def _app(node: ControlNode, tenant: Tenant, *keys: str, **more: Any) -> str:
    app = tenant.add_app("Rezonate", [public_jwk(name) for name in keys])
    tenant.grant(app, *FEW)
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    known = {"proven_at": ago(days=100), "unavailable_scopes": [], "made": add_privileges(tenant, app)}
    node.workspace.keep(tenant, kept(tenant, application_id=app, **known, **more))
    return app


def _key_in_use(node: ControlNode, tenant: Tenant) -> Ready:
    return Ready(_app(node, tenant, "ours"), credential("ours"), ("ours", "next"))


def _next_key_entered(node: ControlNode, tenant: Tenant) -> Ready:
    following = {**credential("following"), "requested_at": ago(days=1), "proven_at": ago(days=1)}
    return Ready(_app(node, tenant, "ours", "following", next=following), credential("following"), ("following",))


def _next_key_unused(node: ControlNode, tenant: Tenant) -> Ready:
    return Ready(_next_key_entered(node, tenant).client, credential("ours"), ("ours",))


def _taken_over(node: ControlNode, tenant: Tenant) -> Ready:
    return Ready(_app(node, tenant, "vendors", "ours", take_over=True, adopted=True), credential("ours"), ("ours",))


def _service(node: ControlNode, tenant: Tenant, **more: Any) -> tuple[dict[str, str], dict[str, Any]]:
    made = tenant.add_service("rezonate_security", *FEW, age=86400)
    secret = tenant.services[-1]["secrets"][0]
    own = {"client_id": made["client_id"], "client_secret": made["client_secret"], "secret_hash": secret["secret_hash"]}
    whose = {"method": "api_service_integration", "tenant_id": tenant.name, "org_url": tenant.org_url, "scopes_version": 1}
    known = {**whose, **own, "service_type": "rezonate_security", "requested_at": ago(days=100), "proven_at": ago(days=100), **more}
    node.workspace.keep(tenant, known)
    return own, known


def _secret_in_use(node: ControlNode, tenant: Tenant) -> Ready:
    own, _known = _service(node, tenant)
    return Ready(own["client_id"], own, ("ours", "next"))


def _next_secret_entered(node: ControlNode, tenant: Tenant) -> Ready:
    own, known = _service(node, tenant)
    made = Api(node.okta, tenant)("POST", f"/integrations/api/v1/api-services/{own['client_id']}/credentials/secrets").json()
    following = {"client_secret": made["client_secret"], "secret_hash": made["secret_hash"]}
    node.workspace.keep(tenant, {**known, "next": {**following, "requested_at": ago(minutes=1), "proven_at": ago(minutes=1)}})
    return Ready(own["client_id"], following, (following["secret_hash"],))


def _next_secret_unused(node: ControlNode, tenant: Tenant) -> Ready:
    client = _next_secret_entered(node, tenant).client
    own = node.workspace.credentials(tenant)
    return Ready(client, own, (own["secret_hash"],))


@dataclass(frozen=True)
class Stage:
    """A run to be stopped.

    Args:
        name: what it is called.
        rotation: what it is told to do.
        requests: how many requests it sends; a case checks that.
        steps: how many steps of writing the vault file it takes; likewise.
        prepare: brings the tenant about.
    """

    name: str
    rotation: str
    requests: int
    steps: int
    prepare: Callable[[ControlNode, Tenant], Ready]


STAGES = {
    stage.name: stage
    for stage in (
        Stage("prepare a key", "prepare", 9, 14, _key_in_use),
        Stage("finish a key", "finish", 8, 14, _next_key_entered),
        Stage("abort a key", "abort", 8, 7, _next_key_unused),
        Stage("finish a take-over", "finish", 8, 7, _taken_over),
        Stage("prepare a secret", "prepare", 9, 21, _secret_in_use),
        Stage("finish a secret", "finish", 11, 14, _next_secret_entered),
        Stage("abort a secret", "abort", 11, 7, _next_secret_unused),
    )
}


@dataclass(frozen=True)
class Point:
    """Where a run is stopped: ``before`` or ``after`` a request, or at a ``step`` of writing the file; the parent alone or all of it."""

    stage: Stage
    kind: str
    number: int
    parent_only: bool

    @property
    def name(self) -> str:
        """What it is called."""
        where = f"step {self.number} of writing" if self.kind == "step" else f"{self.kind} request {self.number}"
        return f"{self.stage.name}, {where}, {'parent' if self.parent_only else 'all'} killed"


@dataclass
class Rotating:
    """A tenant whose credential is rotated."""

    stage: Stage
    tenant: Tenant
    ready: Ready
    console: Rezonate
    found: Findings = field(default_factory=Findings)


def cases() -> list[Case]:
    """Give all points, some in a case, and the counts that say that these are all."""
    counts = [Case("rotation", f"{stage.name}: counted", partial(count, stage)) for stage in STAGES.values()]
    return [*counts, *_batches(), Case("rotation", "telling points", partial(try_points, _telling()), telling=True)]


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
            yield Case("rotation", f"{stage.name}: points {start + 1} to {start + len(chunk)}", partial(try_points, chunk))


def _telling() -> list[Point]:
    return [
        Point(STAGES["prepare a key"], "after", 7, parent_only=False),  # the key was just added
        Point(STAGES["finish a key"], "before", 7, parent_only=True),  # the old one is to be deactivated
        Point(STAGES["prepare a secret"], "after", 7, parent_only=False),  # the secret was just made, and is lost
        Point(STAGES["finish a take-over"], "after", 7, parent_only=False),
    ]


def count(stage: Stage, context: CaseContext) -> Verdict:
    """Check how many requests and steps an undisturbed run has, since all of them are points."""
    node = RotationNode(context)
    one = _ready(node, context.tenant(), stage)
    steps = node.stop_at(0)
    run = node.run(one.tenant, env=steps.env)
    have = (one.console.seen["before"], len(steps.names()))
    if have != (stage.requests, stage.steps):
        asked = [f"{entry.method} {entry.path}" for entry in one.tenant.requests]
        one.found.unclear.append(f"(requests, steps) is {have}, not {(stage.requests, stage.steps)}: {asked} {steps.names()}")
    _look(node, one, run)
    return one.found.verdict("undisturbed", stage.name)


def try_points(points: Sequence[Point], context: CaseContext) -> list[Verdict]:
    """Stop a run at each point, then let all tenants have the next run, and one more, together."""
    node = RotationNode(context)
    killed = [_kill(node, context.tenant(f"-{number}"), point) for number, point in enumerate(points)]
    tenants = [one.tenant for one in killed]
    second = node.run(*tenants)
    for one in killed:
        _look(node, one, second)
    third = node.run(*tenants)
    for one in killed:
        changed = third.changed(one.tenant.name)
        if changed or third.stats[one.tenant.name]["failures"]:
            one.found.unclear.append(f"the third run changed {changed}: {third.output[-500:]}")
    return [one.found.verdict("finished by the next run", point.name) for one, point in zip(killed, points, strict=True)]


def _ready(node: ControlNode, tenant: Tenant, stage: Stage) -> Rotating:
    (node.workspace.folder / "host_vars").mkdir(exist_ok=True)
    node.add(tenant, rezonate_rotation=stage.rotation, **few_scopes())
    ready = stage.prepare(node, tenant)
    return Rotating(stage, tenant, ready, Rezonate(node, tenant, ready.client, ready.entered))


def _kill(node: ControlNode, tenant: Tenant, point: Point) -> Rotating:
    one = _ready(node, tenant, point.stage)
    if point.kind == "step":
        steps = node.stop_at(point.number)
        started = node.start(tenant, env=steps.env)
        if not steps.wait(started):
            one.found.unclear.append(f"never came to the step: {steps.names()} {started.text()[-500:]}")
        _end(one, started, parent_only=point.parent_only)
    else:
        gate = one.console.hold(point.kind, point.number)
        started = node.start(tenant)
        if not gate.wait():
            one.found.unclear.append(f"never came to the request: {started.text()[-500:]}")
        _end(one, started, parent_only=point.parent_only)
        # a request that was on its way when the parent died is processed all the same
        gate.open() if point.parent_only else gate.drop()
        seen = -1
        while seen != one.console.polls:
            seen = one.console.polls
            time.sleep(0.3)
    one.console.poll("after the kill")
    return one


def _end(one: Rotating, started: Started, *, parent_only: bool) -> None:
    orphans = started.kill(parent_only=parent_only)
    if orphans:
        one.found.unclear.append(f"{len(orphans)} processes outlived the kill")


def _look(node: ControlNode, one: Rotating, run: Run) -> None:
    """Check that the run went well, that Rezonate was never refused, and that there is what there is to be."""
    if run.stats.get(one.tenant.name, {}).get("failures", 1):
        messages = [str(event.result.get("msg")) for event in run.tasks(one.tenant.name) if event.failed]
        one.found.unclear.append(f"the run failed: {messages or run.output[-1500:]}")
    node.tell(one.tenant)
    one.console.poll("in the end")
    one.found.lost += one.console.refused
    if one.console.polls < 2 * one.stage.requests:
        one.found.unclear.append(f"Rezonate signed in only {one.console.polls} times")
    held = node.workspace.credentials(one.tenant)
    following = held.get("next", {})
    for credentials in (held, following):
        look_for_secrets(node, one.tenant, credentials, one.found)
    _look_at_file(node, one, held)
    _look_at_okta(one, held, following)


def _look_at_file(node: ControlNode, one: Rotating, held: Mapping[str, Any]) -> None:
    flags = sorted({"next", "retiring", "take_over"} & set(held))
    wanted = ["next"] if one.stage.rotation == "prepare" else []
    if flags != wanted or "proven_at" not in held.get("next", held):
        one.found.unclear.append(f"the file has {flags}, to be {wanted}")
    name = "client_secret" if "client_secret" in one.ready.entered else "private_key"
    if held.get(name) != one.ready.entered[name]:
        one.found.lost.append("what Rezonate uses isn't the current credential in the file")
    beside = [path.name for path in node.workspace.vault_file(one.tenant).parent.iterdir() if path.name != "rezonate.vault"]
    one.found.unclear += [f"left: {name}" for name in beside]


def _look_at_okta(one: Rotating, held: Mapping[str, Any], following: Mapping[str, Any]) -> None:
    if "application_id" in held:
        names = {"ours": "ours", "next": following.get("key_id")}
        have = sorted(f"{key['kid']} {key['status']}" for key in one.tenant.keys(one.ready.client))
    else:
        names = {"ours": held["secret_hash"], "next": following.get("secret_hash")}
        have = sorted(f"{secret['secret_hash']} {secret['status']}" for secret in one.tenant.services[0]["secrets"])
    wanted = sorted(f"{names.get(name, name)} ACTIVE" for name in one.ready.left)
    if have != wanted:
        (one.found.lost if set(wanted) - set(have) else one.found.doubled).append(f"left in Okta: {have}, to be {wanted}")
