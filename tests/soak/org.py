# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes in the org: roles that Okta assigns automatically or late, changed apps, lost files and revoked tokens."""

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
from .findings import DesiredState, Findings
from .inspection import check_failure, inspect
from .scenarios import FEW, LAG, ago, few_scopes, onboarded, stored_record

_DESIRED = DesiredState(FEW)
_SOME_CHANGES = ("app deleted", "managed key deleted", "role added", "several changes at once")
# Changes between a read and a write of the run: immediately before this request is processed.
_MOMENTS = {
    "new app, before a grant": ("first", "POST", "/grants$"),
    "new app, before the role": ("first", "POST", "/clients/.*/roles$"),
    "new app, before the verification": ("first", "POST", "/token$"),
    "drifted, before the change of the app": ("drifted", "PUT", "/apps/"),
    "drifted, before a grant": ("drifted", "POST", "/grants$"),
    "drifted, before the role": ("drifted", "POST", "/clients/.*/roles$"),
}


def cases() -> list[Case]:
    """Return all cases."""
    changed = [Case("org", f"app changed: {moment}", partial(change_during_run, moment)) for moment in _MOMENTS]
    lost = [Case("org", name, run, representative=name in _REPRESENTATIVE) for name, run in LOST.items()]
    roles = [Case("org", name, run, representative=name in _REPRESENTATIVE) for name, run in ROLES.items()]
    tokens = [Case("org", name, run, representative=name in _REPRESENTATIVE) for name, run in TOKENS.items()]
    some = Case("org", "app changed between runs, selection", partial(change_between_runs, changes=_SOME_CHANGES), representative=True)
    return [*roles, Case("org", "app changed between runs", change_between_runs), some, *changed, *lost, *tokens]


@dataclass
class TenantTrial:
    """A tenant with its control node and findings."""

    node: ControlNode
    tenant: Tenant
    found: Findings

    @classmethod
    def of(cls, context: CaseContext, **options: Any) -> TenantTrial:
        """Create a tenant with few scopes."""
        node = ControlNode(context)
        tenant = node.add(context.tenant(index_lag=LAG, **options), **few_scopes())
        return cls(node, tenant, Findings())

    def succeeds(self, run: Run) -> Run:
        """Check that a run succeeded."""
        if run.rc:
            self.found.unclear.append(f"did not succeed: {failures(run, self.tenant)}")
        return run

    def fails(self, run: Run, *words: str) -> str:
        """Check that a run failed with a message that contains these words."""
        if not run.rc:
            self.found.unclear.append(f"succeeded instead of failing with {words}")
            return ""
        message = check_failure(run, self.tenant.name, self.found, names_call=False)
        self.found.unclear += [f"the message does not contain {word!r}: {message}" for word in words if word not in message]
        return message

    def reports(self, run: Run, *words: str) -> None:
        """Check the report at the end of a run."""
        report = " ".join(run.result("Report the status of the tenant", self.tenant.name)["msg"]) if not run.rc else ""
        self.found.unclear += [
            f"the report does not contain {word!r}: {report or failures(run, self.tenant)}" for word in words if word not in report
        ]

    def end(self, outcome: str, desired: DesiredState = _DESIRED) -> Verdict:
        """Check the state of the tenant; return the verdict."""
        inspect(self.node, self.tenant, desired, self.found)
        return self.found.verdict(outcome)

    def run(self, *args: str) -> Run:
        """Run the playbook for the tenant."""
        return self.node.run(self.tenant, args=args)


def failures(run: Run, tenant: Tenant) -> str:
    """Return the failed tasks' messages, or the end of the output."""
    return str([event.result.get("msg") for event in run.tasks(tenant.name) if event.failed] or run.output[-800:])


def super_admin_at_once(context: CaseContext) -> Verdict:
    """The org makes every client with a grant a super admin."""
    trial = TenantTrial.of(context, public_client_app_admins=True)
    trial.reports(trial.succeeds(trial.run()), "admin roles removed: SUPER_ADMIN")
    return trial.end("removed")


def super_admin_late(context: CaseContext) -> Verdict:
    """Okta assigns the role only after the run has read the roles, during the verification."""
    trial = TenantTrial.of(context, public_client_app_admins=True, super_admin_delay=20)
    _when(trial, "POST", "/token$", lambda: trial.node.clock.move(30))
    trial.reports(trial.succeeds(trial.run()), "admin roles removed: SUPER_ADMIN")
    return trial.end("removed")


def super_admin_after_the_run(context: CaseContext) -> Verdict:
    """Okta assigns the role after the run: the next run detects it."""
    trial = TenantTrial.of(context, public_client_app_admins=True, super_admin_delay=300)
    trial.succeeds(trial.run())
    trial.node.clock.move(600)
    trial.reports(trial.succeeds(trial.run()), "admin roles removed: SUPER_ADMIN")
    return trial.end("removed by the next run")


def role_takes_seconds(context: CaseContext) -> Verdict:
    """An assigned role takes effect after some seconds."""
    trial = TenantTrial.of(context, role_delay=12)
    trial.succeeds(trial.run())
    return trial.end("waited for the role")


def role_takes_too_long(context: CaseContext) -> Verdict:
    """The role takes effect later than the verification waits."""
    trial = TenantTrial.of(context, role_delay=120)
    trial.fails(trial.run(), "200 with an empty list")
    trial.node.clock.move(200)
    trial.succeeds(trial.run())
    return trial.end("next run succeeded")


def clock_is_off(context: CaseContext) -> Verdict:
    """The clocks differ by hours: the time in Okta's responses suffices for valid assertions."""
    trial = TenantTrial.of(context, clock_skew=5 * 3600.0)
    trial.succeeds(trial.run())
    for fault in [fault for fault in trial.node.okta.faults.all() if fault.tenant == trial.tenant.name]:
        trial.node.okta.clear_faults(fault.id)
    trial.tenant.options.clock_skew = 0
    trial.node.add(trial.tenant, **few_scopes())
    trial.succeeds(trial.run())
    return trial.end("next run succeeded")


def change_between_runs(context: CaseContext, changes: Sequence[str] = tuple(APP_CHANGES)) -> list[Verdict]:
    """Onboarded tenants are changed; the next run corrects everything and reports its changes."""
    node = ControlNode(context)
    tenants = {name: node.add(context.tenant(f"-{number}", index_lag=LAG), **few_scopes()) for number, name in enumerate(changes)}
    keys = {}
    for name, tenant in tenants.items():
        app = onboarded(node, tenant)
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
        _check(node, tenant, keys[name], found)
        verdicts.append(found.verdict("corrected", name))
    return verdicts


def change_during_run(moment: str, context: CaseContext) -> list[Verdict]:
    """The app is changed between a read and a write; that run can fail with a message, and the next run corrects everything."""
    node = ControlNode(context)
    kind, method, path = _MOMENTS[moment]
    tenants = {}
    for number, name in enumerate(APP_CHANGES):
        tenant = tenants[name] = node.add(context.tenant(f"-{number}", index_lag=LAG), **few_scopes())
        if kind == "drifted":
            app = onboarded(node, tenant, *FEW[:2], role="APP_ADMIN")
            tenant.state.apps[app].created -= 3600
            tenant.set_app(app, label="Drifted")
        change = partial(_change_app, name)
        node.okta.fault("hook", tenant=tenant.name, method=method, path=path, call=change)
    run = node.run(*tenants.values())
    verdicts = []
    found = {name: Findings() for name in tenants}
    outcomes = {name: _outcome(run, tenant, found[name]) for name, tenant in tenants.items()}
    keys = {name: node.workspace.credentials(tenant)["private_key"] for name, tenant in tenants.items()}
    node.clock.move(LAG)
    second = node.run(*tenants.values(), args=("--diff",))
    for name, tenant in tenants.items():
        _ended_well(second, tenant, found[name])
        _check(node, tenant, keys[name], found[name])
        verdicts.append(found[name].verdict(outcomes[name], f"{moment}: {name}"))
    return verdicts


def _change_app(name: str, tenant: Tenant, _request: Any) -> None:
    APP_CHANGES[name](tenant, tenant.apps[0]["id"])


def _outcome(run: Run, tenant: Tenant, found: Findings) -> str:
    if run.stats.get(tenant.name, {}).get("failures") == 0:
        return "corrected by the next run"
    check_failure(run, tenant.name, found, names_call=False)
    return "failed with a message, then corrected"


def _ended_well(run: Run, tenant: Tenant, found: Findings) -> None:
    """Check that a run with `--diff` succeeded, and showed a diff of each change."""
    if run.stats.get(tenant.name, {}).get("failures", 1):
        found.unclear.append(f"did not succeed: {failures(run, tenant)}")
    found.unclear += [f"{event.task} shows no diff" for event in run.tasks(tenant.name) if event.changed and not event.result.get("diff")]


def _check(node: ControlNode, tenant: Tenant, key: str, found: Findings) -> None:
    inspect(node, tenant, _DESIRED, found)
    if node.workspace.credentials(tenant).get("private_key") != key:
        found.lost.append("the file has another key than before")


def _when(trial: TenantTrial, method: str, path: str, act: Callable[[], None]) -> None:
    trial.node.okta.fault("hook", tenant=trial.tenant.name, method=method, path=path, call=lambda _org, _request: act())


def _stopped(trial: TenantTrial, run: Run, *words: str) -> None:
    """Check that a run stopped because of unmanaged keys, and changed nothing in Okta."""
    trial.fails(run, "rezonate_adopt_existing", "other", *words)


def file_lost(context: CaseContext) -> Verdict:
    """The file is lost; the app's key can be in use."""
    trial = _with_foreign_key(context)
    before = trial.tenant.keys("Rezonate")
    _stopped(trial, trial.run(), "foreign")
    if trial.tenant.keys("Rezonate") != before:
        trial.found.lost.append("keys of a live integration were changed")
    trial.node.change(trial.tenant, rezonate_adopt_existing=True)
    trial.succeeds(trial.run())
    trial.node.change(trial.tenant, rezonate_adopt_existing=False)
    trial.succeeds(trial.run())
    return trial.end("stopped, then adopted", DesiredState(FEW, others=("foreign",)))


def _with_foreign_key(context: CaseContext) -> TenantTrial:
    trial = TenantTrial.of(context)
    app = trial.tenant.add_app("Rezonate", [public_jwk("foreign")])
    trial.tenant.state.apps[app].created -= 3600
    trial.tenant.grant(app, *FEW)
    trial.tenant.assign_role(app, "READ_ONLY_ADMIN")
    return trial


def file_in_another_directory(context: CaseContext) -> list[Verdict]:
    """A run in another directory does not change the app of the first directory."""
    trial = TenantTrial.of(context)
    trial.succeeds(trial.run())
    before = trial.tenant.keys("Rezonate")
    other = ControlNode(context, "another-workspace", clock=trial.node.clock)
    other.add(trial.tenant, **few_scopes())
    trial.node.clock.move(LAG)
    second = TenantTrial(other, trial.tenant, Findings())
    _stopped(second, other.run(trial.tenant))
    if trial.tenant.keys("Rezonate") != before:
        second.found.lost.append("keys of the first directory were changed")
    trial.succeeds(trial.run())
    return [second.found.verdict("stopped"), trial.end("continued")]


def file_older(context: CaseContext) -> Verdict:
    """The file is a backup from before a key change: it names the app, and the app has another key."""
    trial = _with_foreign_key(context)
    app = trial.tenant.apps[0]["id"]
    trial.node.workspace.store(trial.tenant, stored_record(trial.tenant, application_id=app, proven_at=ago(days=30), unavailable_scopes=[]))
    before = trial.tenant.keys(app)
    _stopped(trial, trial.run(), "foreign")
    if trial.tenant.keys(app) != before:
        trial.found.lost.append("keys of a live integration were changed")
    trial.node.change(trial.tenant, rezonate_adopt_existing=True)
    trial.succeeds(trial.run())
    return trial.end("stopped, then adopted", DesiredState(FEW, others=("foreign",)))


def file_names_a_deleted_app(context: CaseContext) -> Verdict:
    """The file is a backup from before the app was recreated: its app no longer exists, and the app with the label has another key."""
    trial = _with_foreign_key(context)
    trial.node.workspace.store(trial.tenant, stored_record(trial.tenant, application_id="0oaGoneGoneGoneGone1", proven_at=ago(days=30)))
    before = trial.tenant.keys("Rezonate")
    _stopped(trial, trial.run(), "foreign")
    if trial.tenant.keys("Rezonate") != before or len(trial.tenant.apps) != 1:
        trial.found.lost.append("the live integration was changed")
    trial.node.change(trial.tenant, rezonate_adopt_existing=True)
    trial.succeeds(trial.run())
    return trial.end("stopped, then adopted", DesiredState(FEW, others=("foreign",)))


def token_revoked(context: CaseContext) -> Verdict:
    """The tenant is onboarded and the token is revoked: verified again, not compared with Okta."""
    trial = TenantTrial.of(context)
    trial.succeeds(trial.run())
    trial.tenant.revoke_api_token(trial.tenant.api_token)
    trial.reports(trial.succeeds(trial.run()), "not compared with Okta", "an access token was issued")
    trial.node.change(trial.tenant, rezonate_require_drift_check=True)
    trial.fails(trial.run(), "401", "E0000011")
    return trial.end("verified, not compared")


def token_revoked_and_app_deactivated(context: CaseContext) -> Verdict:
    """The token is revoked and the app is deactivated: the tenant is not reported as verified."""
    trial = TenantTrial.of(context)
    trial.succeeds(trial.run())
    trial.tenant.revoke_api_token(trial.tenant.api_token)
    trial.tenant.set_app_status("Rezonate", "INACTIVE")
    trial.fails(trial.run(), "access token")
    trial.tenant.set_app_status("Rezonate", "ACTIVE")
    trial.reports(trial.succeeds(trial.run()), "not compared with Okta")
    return trial.end("failed with a message")


def token_revoked_before(context: CaseContext) -> Verdict:
    """A new tenant and a revoked token: nothing is created."""
    trial = TenantTrial.of(context)
    trial.tenant.revoke_api_token(trial.tenant.api_token)
    trial.fails(trial.run(), "401")
    if trial.tenant.apps or trial.node.workspace.vault_file(trial.tenant).exists():
        trial.found.doubled.append("something was created")
    trial.tenant.add_api_token("owner", value=trial.tenant.api_token)
    trial.succeeds(trial.run())
    return trial.end("failed with a message")


def token_revoked_during_run(context: CaseContext, method: str = "POST", path: str = "/grants$") -> Verdict:
    """The token is revoked during the first run."""
    trial = TenantTrial.of(context)
    token = trial.tenant.api_token
    _when(trial, method, path, lambda: trial.tenant.revoke_api_token(token))
    trial.fails(trial.run(), "401")
    trial.tenant.add_api_token("owner", value=token)
    trial.succeeds(trial.run())
    return trial.end("failed with a message, then corrected")


def no_super_admin(context: CaseContext, path: str = "") -> Verdict:
    """The token's owner is not a super admin, from the start or during the run."""
    trial = TenantTrial.of(context)
    if path:
        _when(trial, "POST", path, lambda: trial.tenant.remove_user_role("owner", "SUPER_ADMIN"))
    else:
        trial.tenant.remove_user_role("owner", "SUPER_ADMIN")
    trial.fails(trial.run(), "" if path else "only a super admin may")
    if not path and trial.tenant.apps:
        trial.found.doubled.append("something was created")
    trial.tenant.assign_user_role("owner", "SUPER_ADMIN")
    trial.succeeds(trial.run())
    return trial.end("failed with a message, then corrected")


CaseFunction = Callable[[CaseContext], Verdict | Sequence[Verdict]]
ROLES: dict[str, CaseFunction] = {
    "SUPER_ADMIN assigned with the first grant": super_admin_at_once,
    "SUPER_ADMIN assigned late": super_admin_late,
    "SUPER_ADMIN assigned after the run": super_admin_after_the_run,
    "the role takes seconds": role_takes_seconds,
    "the role takes minutes": role_takes_too_long,
    "the clocks are hours apart": clock_is_off,
}
LOST: dict[str, CaseFunction] = {
    "the file is lost": file_lost,
    "the file is in another directory": file_in_another_directory,
    "the file is older than the key": file_older,
    "the file is older than the app": file_names_a_deleted_app,
}
TOKENS: dict[str, CaseFunction] = {
    "the token is revoked": token_revoked,
    "the token is revoked, the app deactivated": token_revoked_and_app_deactivated,
    "the token is revoked before the first run": token_revoked_before,
    "the token is revoked before the app": partial(token_revoked_during_run, path="/apps$"),
    "the token is revoked between the grants": token_revoked_during_run,
    "the token is revoked before the role": partial(token_revoked_during_run, path="/clients/.*/roles$"),
    "the owner is not a super admin": no_super_admin,
    "the owner is no longer a super admin, between the grants": partial(no_super_admin, path="/grants$"),
}
_REPRESENTATIVE = (
    "SUPER_ADMIN assigned late",
    "the role takes seconds",
    "the file is older than the key",
    "the token is revoked between the grants",
)
