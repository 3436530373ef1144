# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of the tenants of a run; a tenant is a host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...module_utils._tenant.statuses import AUDIT, CHANGED, CREATED, FAILED, UNCHANGED, UNFINISHED, status_of_change
from .audit_counts import AuditResult, count_by_severity, worst_status

# Tasks of this collection take 1 to 2 seconds; a longer one waits for a rate limit window, or Okta is slow.
_WAITING_SECONDS = 5.0


@dataclass
class Tenant:
    """One tenant; times are seconds of one clock.

    Attributes:
        started: the start of its first task.
        ended: its end; None if it hasn't ended.
        task_since: the start of its current task; None between tasks.
        work: the work of the role: `onboard`, `rotate_prepare`, `audit`, …; None before the role has started.
        changed: whether a task of that work changed something.
        is_new: whether it wasn't onboarded before, or its app was created.
        audits: the results of audits by org.
        check: whether this is check mode.
        failure: the message of its failure, or why it is unreachable.
        reached: False if it is unreachable.
        report: the lines of the role's report.
        reported_status: the status that was printed last.
    """

    name: str
    started: float | None = None
    ended: float | None = None
    task_since: float | None = None
    start_work: str | None = None
    changed: bool = False
    is_new: bool = False
    audits: dict[str, AuditResult] = field(default_factory=dict)
    check: bool = False
    failure: str | None = None
    reached: bool = True
    report: list[str] = field(default_factory=list)
    reported_status: str | None = None

    @property
    def status(self) -> str:
        """The status of the tenant."""
        if self.ended is None or not self.reached:
            return UNFINISHED
        if self.failure is not None:
            return FAILED
        if self.audits:
            return worst_status(self.audits.values())
        return status_of_change(self.start_work, created=self.is_new, check=self.check) if self.changed else UNCHANGED

    @property
    def has_failed_audit(self) -> bool:
        """Whether its audit failed, which doesn't end the play for it."""
        return any(audit.status == FAILED for audit in self.audits.values())

    @property
    def seconds(self) -> float | None:
        """Its duration; None if it hasn't ended."""
        return None if self.started is None or self.ended is None else self.ended - self.started


@dataclass(frozen=True)
class Counts:
    """The current figures.

    Args:
        total: the number of tenants.
        done: tenants that ended, with any status.
        statuses: the number of tenants by status, without zeros.
        findings: the number of audit findings by severity; None if nothing was audited.
        waiting: tenants whose current task takes longer than usual.
        minutes: the time since the start of the run.
    """

    total: int
    done: int
    statuses: Mapping[str, int]
    findings: Mapping[str, int] | None
    waiting: int
    minutes: float

    @property
    def onboarded(self) -> int:
        """The number of tenants that were created or changed."""
        return self.statuses.get(CREATED, 0) + self.statuses.get(CHANGED, 0)

    @property
    def rate(self) -> float | None:
        """Tenants per minute; None before the first has ended."""
        return self.done / self.minutes if self.done and self.minutes > 0 else None

    @property
    def minutes_left(self) -> float | None:
        """The remaining time at that rate."""
        return None if self.rate is None else (self.total - self.done) / self.rate


class Tally:
    """Records the results of the tenants.

    Args:
        now: the start of the run.
    """

    def __init__(self, now: float) -> None:
        self.started_at = now
        self.verdict: str | None = None  # the reason why the run failed for the fleet as a whole
        self.report: str | None = None  # the data file of an audit report
        self.is_audit = False
        self.tenants: dict[str, Tenant] = {}

    def expect(self, names: Iterable[str]) -> None:
        """Add tenants that haven't started."""
        for name in names:
            self._tenant(name)

    def reopen(self, names: Iterable[str], *, check: bool = False) -> None:
        """Reopen tenants that ended without a failure, for another play, in check mode or not."""
        for tenant in map(self._tenant, names):
            tenant.check = check
            if tenant.failure is None or tenant.has_failed_audit:
                tenant.ended = None

    def begin(self, name: str, now: float) -> None:
        """Record the start of a task."""
        tenant = self._tenant(name)
        tenant.task_since = now
        if tenant.started is None:
            tenant.started = now

    def start_work(self, name: str, work: str) -> None:
        """Record the start of a work of the role; it resets the results of an earlier work."""
        tenant, self.is_audit = self._tenant(name), self.is_audit or work == AUDIT
        if tenant.start_work != work:
            if tenant.has_failed_audit:
                tenant.failure = None  # the play continued for it
            tenant.changed, tenant.is_new, tenant.audits = False, False, {}
        tenant.start_work = work

    def record_audit(self, name: str, audit: AuditResult) -> None:
        """Record the result of an audit."""
        tenant = self._tenant(name)
        self.is_audit, tenant.start_work, tenant.audits = True, AUDIT, {**tenant.audits, audit.org: audit}
        if audit.status == FAILED:
            tenant.failure = audit.error or "It could not be audited."

    def done(self, name: str, *, changed: bool) -> None:
        """Record the end of a task that didn't end the tenant."""
        tenant = self._tenant(name)
        tenant.task_since = None
        tenant.changed = tenant.changed or changed

    def fail(self, name: str, message: str, now: float, *, reached: bool = True) -> Tenant:
        """Record the failure of the tenant, which ends it."""
        tenant = self._tenant(name)
        tenant.task_since, tenant.failure, tenant.reached, tenant.ended = None, message, reached, now
        tenant.reported_status = tenant.status
        return tenant

    def end(self, name: str, now: float) -> Tenant | None:
        """Record the end of the tenant; return it, or None if it never started or its status was already reported."""
        tenant = self._tenant(name)
        if tenant.ended is not None or tenant.started is None:
            return None
        tenant.task_since, tenant.ended = None, now
        is_known, tenant.reported_status = tenant.reported_status == tenant.status, tenant.status
        return None if is_known else tenant

    @property
    def needs_whole_audit(self) -> bool:
        """Whether an audit wrote no report, so that it must be repeated for all tenants to get a complete one."""
        return self.is_audit and self.report is None and not any(tenant.check for tenant in self.tenants.values())

    def tenants_to_repeat(self) -> list[str]:
        """The names of the tenants that failed or didn't finish."""
        return [tenant.name for tenant in self.tenants.values() if tenant.status in (FAILED, UNFINISHED)]

    def counts(self, now: float) -> Counts:
        """The current figures."""
        tenants = list(self.tenants.values())  # another thread can add tenants
        by = Counter(tenant.status for tenant in tenants)
        audits = [audit for tenant in tenants for audit in tenant.audits.values()]
        begun = [tenant.task_since for tenant in tenants]
        return Counts(
            total=len(tenants),
            done=sum(tenant.ended is not None for tenant in tenants),
            statuses=dict(by),
            findings=count_by_severity(audits) if audits else None,
            waiting=sum(since is not None and now - since > _WAITING_SECONDS for since in begun),
            minutes=(now - self.started_at) / 60,
        )

    def _tenant(self, name: str) -> Tenant:
        return self.tenants.setdefault(name, Tenant(name))
