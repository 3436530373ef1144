# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The org works against us: roles that come by themselves or late, people who meddle, files that are lost, tokens that are revoked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from helpers.ansible_run import Run
from helpers.okta_client import public_jwk
from okta_emulator import Tenant

from .app_changes import APP_CHANGES
from .case import Case, CaseContext, Verdict
from .control_node import ControlNode
from .findings import Findings, Wanted
from .inspection import inspect, look_at_failure
from .scenarios import FEW, LAG, ago, few_scopes, kept, proven

_WANTED = Wanted(FEW)
_FEW_MEDDLE = ("deletes it", "deletes our key", "adds a role", "does all of that")
# Between our read and our write: just before this request is processed somebody meddles.
_MOMENTS = {
    "new app, before a grant": ("first", "POST", "/grants$"),
    "new app, before the role": ("first", "POST", "/clients/.*/roles$"),
    "new app, before the proof": ("first", "POST", "/token$"),
    "drifted, before the change of the app": ("drifted", "PUT", "/apps/"),
    "drifted, before a grant": ("drifted", "POST", "/grants$"),
    "drifted, before the role": ("drifted", "POST", "/clients/.*/roles$"),
}


def cases() -> list[Case]:
    """Give all cases."""
    meddled = [Case("org", f"somebody meddles: {moment}", partial(meddle_amid, moment)) for moment in _MOMENTS]
    lost = [Case("org", name, run, telling=name in _TELLING) for name, run in LOST.items()]
    roles = [Case("org", name, run, telling=name in _TELLING) for name, run in ROLES.items()]
    tokens = [Case("org", name, run, telling=name in _TELLING) for name, run in TOKENS.items()]
    few = Case("org", "somebody meddles a little: between runs", partial(meddle_between, few=_FEW_MEDDLE), telling=True)
    return [*roles, Case("org", "somebody meddles: between runs", meddle_between), few, *meddled, *lost, *tokens]


@dataclass
class TenantTrial:
    """A tenant at its node."""

    node: ControlNode
    tenant: Tenant
    found: Findings

    @classmethod
    def of(cls, context: CaseContext, **options: Any) -> TenantTrial:
        """Set up a new tenant, with few scopes."""
        node = ControlNode(context)
        tenant = node.add(context.tenant(index_lag=LAG, **options), **few_scopes())
        return cls(node, tenant, Findings())

    def well(self, run: Run) -> Run:
        """Check that a run ended well."""
        if run.rc:
            self.found.unclear.append(f"didn't end well: {failures(run, self.tenant)}")
        return run

    def badly(self, run: Run, *words: str) -> str:
        """Check that a run failed, with a sentence that says these words."""
        if not run.rc:
            self.found.unclear.append(f"ended well, though it should say {words}")
            return ""
        message = look_at_failure(run, self.tenant.name, self.found, names_call=False)
        self.found.unclear += [f"doesn't say {word!r}: {message}" for word in words if word not in message]
        return message

    def says(self, run: Run, *words: str) -> None:
        """Check what a run reports at its end."""
        report = " ".join(run.result("Report the status of the tenant", self.tenant.name)["msg"]) if not run.rc else ""
        self.found.unclear += [
            f"the report doesn't say {word!r}: {report or failures(run, self.tenant)}" for word in words if word not in report
        ]

    def end(self, outcome: str, wanted: Wanted = _WANTED) -> Verdict:
        """Look at everything."""
        inspect(self.node, self.tenant, wanted, self.found)
        return self.found.verdict(outcome)

    def run(self, *args: str) -> Run:
        """Onboard."""
        return self.node.run(self.tenant, args=args)


def failures(run: Run, tenant: Tenant) -> str:
    """Give what failed, or else the end of the output."""
    return str([event.result.get("msg") for event in run.tasks(tenant.name) if event.failed] or run.output[-800:])


def super_admin_at_once(context: CaseContext) -> Verdict:
    """The org makes every client with a grant a super admin."""
    trial = TenantTrial.of(context, public_client_app_admins=True)
    trial.says(trial.well(trial.run()), "admin roles removed: SUPER_ADMIN")
    return trial.end("taken away")


def super_admin_late(context: CaseContext) -> Verdict:
    """It does so only after we have looked at the roles, while we prove."""
    trial = TenantTrial.of(context, public_client_app_admins=True, super_admin_delay=20)
    _when(trial, "POST", "/token$", lambda: trial.node.clock.move(30))
    trial.says(trial.well(trial.run()), "admin roles removed: SUPER_ADMIN")
    return trial.end("taken away")


def super_admin_after_the_run(context: CaseContext) -> Verdict:
    """It does so after the run: the next one finds it."""
    trial = TenantTrial.of(context, public_client_app_admins=True, super_admin_delay=300)
    trial.well(trial.run())
    trial.node.clock.move(600)
    trial.says(trial.well(trial.run()), "admin roles removed: SUPER_ADMIN")
    return trial.end("taken away by the next run")


def role_takes_seconds(context: CaseContext) -> Verdict:
    """An assigned role works only after some seconds."""
    trial = TenantTrial.of(context, role_delay=12)
    trial.well(trial.run())
    return trial.end("waited for")


def role_takes_too_long(context: CaseContext) -> Verdict:
    """It takes longer than the proof waits."""
    trial = TenantTrial.of(context, role_delay=120)
    trial.badly(trial.run(), "200 with an empty list")
    trial.node.clock.move(200)
    trial.well(trial.run())
    return trial.end("next run ended well")


def clock_is_off(context: CaseContext) -> Verdict:
    """Our clock and Okta's are hours apart: what Okta's answers tell of its time is enough for assertions that it takes."""
    trial = TenantTrial.of(context, clock_skew=5 * 3600.0)
    trial.well(trial.run())
    for fault in [fault for fault in trial.node.okta.faults.all() if fault.tenant == trial.tenant.name]:
        trial.node.okta.clear_faults(fault.id)
    trial.tenant.options.clock_skew = 0
    trial.node.add(trial.tenant, **few_scopes())
    trial.well(trial.run())
    return trial.end("next run ended well")


def meddle_between(context: CaseContext, few: Sequence[str] = tuple(APP_CHANGES)) -> list[Verdict]:
    """Somebody meddles with tenants that are proven; the next run puts everything right, and says what it changed."""
    node = ControlNode(context)
    tenants = {name: node.add(context.tenant(f"-{number}", index_lag=LAG), **few_scopes()) for number, name in enumerate(few)}
    keys = {}
    for name, tenant in tenants.items():
        app = proven(node, tenant)
        tenant.state.apps[app].created -= 3600
        keys[name] = node.workspace.credentials(tenant)["private_key"]
        APP_CHANGES[name](tenant, app)
    run = node.run(*tenants.values(), args=("--diff",))
    again = node.run(*tenants.values())
    verdicts = []
    for name, tenant in tenants.items():
        found = Findings()
        _ended_well(run, tenant, found)
        if not run.changed(tenant.name):
            found.unclear.append("changed nothing")
        if again.changed(tenant.name) or again.stats[tenant.name]["failures"]:
            found.unclear.append(f"the run after that changed {again.changed(tenant.name)}: {failures(again, tenant)}")
        _look(node, tenant, keys[name], found)
        verdicts.append(found.verdict("put right", name))
    return verdicts


def meddle_amid(moment: str, context: CaseContext) -> list[Verdict]:
    """Somebody meddles between our read and our write; that run may fail with a sentence, the next one puts everything right."""
    node = ControlNode(context)
    kind, method, path = _MOMENTS[moment]
    tenants = {}
    for number, name in enumerate(APP_CHANGES):
        tenant = tenants[name] = node.add(context.tenant(f"-{number}", index_lag=LAG), **few_scopes())
        if kind == "drifted":
            app = proven(node, tenant, *FEW[:2], role="APP_ADMIN")
            tenant.state.apps[app].created -= 3600
            tenant.set_app(app, label="Drifted")
        meddle = partial(_meddle, name)
        node.okta.fault("hook", tenant=tenant.name, method=method, path=path, call=meddle)
    run = node.run(*tenants.values())
    verdicts = []
    found = {name: Findings() for name in tenants}
    outcomes = {name: _outcome(run, tenant, found[name]) for name, tenant in tenants.items()}
    keys = {name: node.workspace.credentials(tenant)["private_key"] for name, tenant in tenants.items()}
    node.clock.move(LAG)
    second = node.run(*tenants.values(), args=("--diff",))
    for name, tenant in tenants.items():
        _ended_well(second, tenant, found[name])
        _look(node, tenant, keys[name], found[name])
        verdicts.append(found[name].verdict(outcomes[name], f"{moment}: {name}"))
    return verdicts


def _meddle(name: str, tenant: Tenant, _request: Any) -> None:
    APP_CHANGES[name](tenant, tenant.apps[0]["id"])


def _outcome(run: Run, tenant: Tenant, found: Findings) -> str:
    if run.stats.get(tenant.name, {}).get("failures") == 0:
        return "put right by the next run"
    look_at_failure(run, tenant.name, found, names_call=False)
    return "failed with a sentence, then put right"


def _ended_well(run: Run, tenant: Tenant, found: Findings) -> None:
    """Check that a run with `--diff` ended well, and showed what it changed."""
    if run.stats.get(tenant.name, {}).get("failures", 1):
        found.unclear.append(f"didn't end well: {failures(run, tenant)}")
    found.unclear += [f"{event.task} shows no diff" for event in run.tasks(tenant.name) if event.changed and not event.result.get("diff")]


def _look(node: ControlNode, tenant: Tenant, key: str, found: Findings) -> None:
    inspect(node, tenant, _WANTED, found)
    if node.workspace.credentials(tenant).get("private_key") != key:
        found.lost.append("the file has another key than before")


def _when(trial: TenantTrial, method: str, path: str, act: Callable[[], None]) -> None:
    trial.node.okta.fault("hook", tenant=trial.tenant.name, method=method, path=path, call=lambda _org, _request: act())


def _stopped(trial: TenantTrial, run: Run, *words: str) -> None:
    """Check that a run stopped for others' keys, and touched nothing in Okta."""
    trial.badly(run, "rezonate_adopt_existing", "other", *words)


def file_lost(context: CaseContext) -> Verdict:
    """The file is gone; the app's key may be in use."""
    trial = _used_by_others(context)
    before = trial.tenant.keys("Rezonate")
    _stopped(trial, trial.run(), "theirs")
    if trial.tenant.keys("Rezonate") != before:
        trial.found.lost.append("keys of a live integration were touched")
    trial.node.change(trial.tenant, rezonate_adopt_existing=True)
    trial.well(trial.run())
    trial.node.change(trial.tenant, rezonate_adopt_existing=False)
    trial.well(trial.run())
    return trial.end("stopped, then taken over", Wanted(FEW, others=("theirs",)))


def _used_by_others(context: CaseContext) -> TenantTrial:
    trial = TenantTrial.of(context)
    app = trial.tenant.add_app("Rezonate", [public_jwk("theirs")])
    trial.tenant.state.apps[app].created -= 3600
    trial.tenant.grant(app, *FEW)
    trial.tenant.assign_role(app, "READ_ONLY_ADMIN")
    return trial


def file_in_another_directory(context: CaseContext) -> list[Verdict]:
    """Somebody runs it from elsewhere: the app of the first directory is left alone."""
    trial = TenantTrial.of(context)
    trial.well(trial.run())
    before = trial.tenant.keys("Rezonate")
    other = ControlNode(context, "another-workspace", clock=trial.node.clock)
    other.add(trial.tenant, **few_scopes())
    trial.node.clock.move(LAG)
    stranger = TenantTrial(other, trial.tenant, Findings())
    _stopped(stranger, other.run(trial.tenant))
    if trial.tenant.keys("Rezonate") != before:
        stranger.found.lost.append("keys of the first directory were touched")
    trial.well(trial.run())
    return [stranger.found.verdict("stopped"), trial.end("went on")]


def file_older(context: CaseContext) -> Verdict:
    """A backup from before the key was changed: the file names the app, the app knows another key."""
    trial = _used_by_others(context)
    app = trial.tenant.apps[0]["id"]
    trial.node.workspace.keep(trial.tenant, kept(trial.tenant, application_id=app, proven_at=ago(days=30), unavailable_scopes=[]))
    before = trial.tenant.keys(app)
    _stopped(trial, trial.run(), "theirs")
    if trial.tenant.keys(app) != before:
        trial.found.lost.append("keys of a live integration were touched")
    trial.node.change(trial.tenant, rezonate_adopt_existing=True)
    trial.well(trial.run())
    return trial.end("stopped, then taken over", Wanted(FEW, others=("theirs",)))


def file_names_a_gone_app(context: CaseContext) -> Verdict:
    """A backup from before the app was made anew: the file's app is gone, the one with the label knows another key."""
    trial = _used_by_others(context)
    trial.node.workspace.keep(trial.tenant, kept(trial.tenant, application_id="0oaGoneGoneGoneGone1", proven_at=ago(days=30)))
    before = trial.tenant.keys("Rezonate")
    _stopped(trial, trial.run(), "theirs")
    if trial.tenant.keys("Rezonate") != before or len(trial.tenant.apps) != 1:
        trial.found.lost.append("the live integration was touched")
    trial.node.change(trial.tenant, rezonate_adopt_existing=True)
    trial.well(trial.run())
    return trial.end("stopped, then taken over", Wanted(FEW, others=("theirs",)))


def token_revoked(context: CaseContext) -> Verdict:
    """The tenant is proven, the token is dead: proven again, not compared."""
    trial = TenantTrial.of(context)
    trial.well(trial.run())
    trial.tenant.revoke_api_token(trial.tenant.api_token)
    trial.says(trial.well(trial.run()), "not compared with Okta", "an access token was issued")
    trial.node.change(trial.tenant, rezonate_require_drift_check=True)
    trial.badly(trial.run(), "401", "E0000011")
    return trial.end("proven, not compared")


def token_revoked_and_app_off(context: CaseContext) -> Verdict:
    """The token is dead, and the app too: that isn't taken for proven."""
    trial = TenantTrial.of(context)
    trial.well(trial.run())
    trial.tenant.revoke_api_token(trial.tenant.api_token)
    trial.tenant.set_app_status("Rezonate", "INACTIVE")
    trial.badly(trial.run(), "access token")
    trial.tenant.set_app_status("Rezonate", "ACTIVE")
    trial.says(trial.well(trial.run()), "not compared with Okta")
    return trial.end("failed with a sentence")


def token_revoked_before(context: CaseContext) -> Verdict:
    """A new tenant and a dead token: nothing is made."""
    trial = TenantTrial.of(context)
    trial.tenant.revoke_api_token(trial.tenant.api_token)
    trial.badly(trial.run(), "401")
    if trial.tenant.apps or trial.node.workspace.vault_file(trial.tenant).exists():
        trial.found.doubled.append("something was made")
    trial.tenant.add_api_token("owner", value=trial.tenant.api_token)
    trial.well(trial.run())
    return trial.end("failed with a sentence")


def token_revoked_amid(context: CaseContext, method: str = "POST", path: str = "/grants$") -> Verdict:
    """The token dies in the middle of the first run."""
    trial = TenantTrial.of(context)
    token = trial.tenant.api_token
    _when(trial, method, path, lambda: trial.tenant.revoke_api_token(token))
    trial.badly(trial.run(), "401")
    trial.tenant.add_api_token("owner", value=token)
    trial.well(trial.run())
    return trial.end("failed with a sentence, then put right")


def no_super_admin(context: CaseContext, path: str = "") -> Verdict:
    """The token's owner isn't a super admin, from the start or all of a sudden."""
    trial = TenantTrial.of(context)
    if path:
        _when(trial, "POST", path, lambda: trial.tenant.remove_user_role("owner", "SUPER_ADMIN"))
    else:
        trial.tenant.remove_user_role("owner", "SUPER_ADMIN")
    trial.badly(trial.run(), "" if path else "only a super admin may")
    if not path and trial.tenant.apps:
        trial.found.doubled.append("something was made")
    trial.tenant.assign_user_role("owner", "SUPER_ADMIN")
    trial.well(trial.run())
    return trial.end("failed with a sentence, then put right")


Try = Callable[[CaseContext], Verdict | Sequence[Verdict]]
ROLES: dict[str, Try] = {
    "SUPER_ADMIN comes with the first grant": super_admin_at_once,
    "SUPER_ADMIN comes late": super_admin_late,
    "SUPER_ADMIN comes after the run": super_admin_after_the_run,
    "the role takes seconds": role_takes_seconds,
    "the role takes minutes": role_takes_too_long,
    "the clocks are hours apart": clock_is_off,
}
LOST: dict[str, Try] = {
    "the file is lost": file_lost,
    "the file is in another directory": file_in_another_directory,
    "the file is older than the key": file_older,
    "the file is older than the app": file_names_a_gone_app,
}
TOKENS: dict[str, Try] = {
    "the token is revoked": token_revoked,
    "the token is revoked, the app off": token_revoked_and_app_off,
    "the token is revoked before the first run": token_revoked_before,
    "the token is revoked before the app": partial(token_revoked_amid, path="/apps$"),
    "the token is revoked amid the grants": token_revoked_amid,
    "the token is revoked before the role": partial(token_revoked_amid, path="/clients/.*/roles$"),
    "the owner is no super admin": no_super_admin,
    "the owner is no super admin any more, amid the grants": partial(no_super_admin, path="/grants$"),
}
_TELLING = ("SUPER_ADMIN comes late", "the role takes seconds", "the file is older than the key", "the token is revoked amid the grants")
