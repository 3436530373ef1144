# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of each tenant of a run; a tenant is a host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...module_utils._tenant.statuses import AUDIT, CHANGED, CREATED, FAILED, UNCHANGED, UNFINISHED, of_change
from .audit_counts import Audit, by_severity, worst

# A task of ours takes a second or two; one that takes longer sits out the end of a rate limit's window, or Okta is slow.
_WAITS_AFTER = 5.0


@dataclass
class Tenant:
    """One tenant; times are seconds of one clock.

    Attributes:
        started: when its first task began.
        ended: when it ended; None while it hasn't.
        task_since: when the task that it is at began; None between tasks.
        work: what the role does with it: `onboard`, `rotate_prepare`, `audit`, …; None where no task of the role has said so.
        changed: whether a task of that work changed something.
        is_new: whether it wasn't onboarded before, or its app was made.
        audits: what an audit found, by org.
        check: whether this is check mode.
        failure: why it failed, or couldn't be reached.
        reached: False for one that couldn't be reached.
        report: what the role says of it at the end.
        told: the status that a person was told of last.
    """

    name: str
    started: float | None = None
    ended: float | None = None
    task_since: float | None = None
    work: str | None = None
    changed: bool = False
    is_new: bool = False
    audits: dict[str, Audit] = field(default_factory=dict)
    check: bool = False
    failure: str | None = None
    reached: bool = True
    report: list[str] = field(default_factory=list)
    told: str | None = None

    @property
    def status(self) -> str:
        """What the work has come to."""
        if self.ended is None or not self.reached:
            return UNFINISHED
        if self.failure is not None:
            return FAILED
        if self.audits:
            return worst(self.audits.values())
        return of_change(self.work, created=self.is_new, check=self.check) if self.changed else UNCHANGED

    @property
    def has_failed_audit(self) -> bool:
        """Whether it failed because it couldn't be audited, which doesn't end the play for it."""
        return any(audit.status == FAILED for audit in self.audits.values())

    @property
    def seconds(self) -> float | None:
        """How long it took; None for one that hasn't ended."""
        return None if self.started is None or self.ended is None else self.ended - self.started


@dataclass(frozen=True)
class Counts:
    """The figures of a moment.

    Args:
        done: those that ended, however.
        statuses: how many have which status; those that nobody has are left out.
        findings: of an audit, how many have which severity; None where nothing was audited.
        waiting: those whose task takes longer than tasks do.
        minutes: since the run began.
    """

    total: int
    done: int
    statuses: Mapping[str, int]
    findings: Mapping[str, int] | None
    waiting: int
    minutes: float

    @property
    def onboarded(self) -> int:
        """Those that were created or changed."""
        return self.statuses.get(CREATED, 0) + self.statuses.get(CHANGED, 0)

    @property
    def rate(self) -> float | None:
        """Tenants a minute; None before the first has ended."""
        return self.done / self.minutes if self.done and self.minutes > 0 else None

    @property
    def minutes_left(self) -> float | None:
        """How long the rest takes at that rate."""
        return None if self.rate is None else (self.total - self.done) / self.rate


class Tally:
    """Keeps what became of each tenant.

    Args:
        now: when the run began.
    """

    def __init__(self, now: float) -> None:
        self.began = now
        self.verdict: str | None = None  # why the run failed for the fleet as a whole
        self.report: str | None = None  # the data of an audit's report
        self.is_audit = False
        self.tenants: dict[str, Tenant] = {}

    def expect(self, names: Iterable[str]) -> None:
        """Count tenants that are yet to come."""
        for name in names:
            self._of(name)

    def reopen(self, names: Iterable[str], *, check: bool = False) -> None:
        """Let tenants that ended well go on: another play has work for them, in check mode or not."""
        for tenant in map(self._of, names):
            tenant.check = check
            if tenant.failure is None or tenant.has_failed_audit:
                tenant.ended = None

    def begin(self, name: str, now: float) -> None:
        """A task of the tenant begins."""
        tenant = self._of(name)
        tenant.task_since = now
        if tenant.started is None:
            tenant.started = now

    def work(self, name: str, work: str) -> None:
        """The role begins a work with the tenant; what another one has come to before no longer counts."""
        tenant, self.is_audit = self._of(name), self.is_audit or work == AUDIT
        if tenant.work != work:
            if tenant.has_failed_audit:
                tenant.failure = None  # the play went on with it
            tenant.changed, tenant.is_new, tenant.audits = False, False, {}
        tenant.work = work

    def audit(self, name: str, audit: Audit) -> None:
        """An audit of the tenant came to its end."""
        tenant = self._of(name)
        self.is_audit, tenant.work, tenant.audits = True, AUDIT, {**tenant.audits, audit.org: audit}
        if audit.status == FAILED:
            tenant.failure = audit.error or "It could not be audited."

    def done(self, name: str, *, changed: bool) -> None:
        """A task of the tenant ended, and didn't end the tenant."""
        tenant = self._of(name)
        tenant.task_since = None
        tenant.changed = tenant.changed or changed

    def fail(self, name: str, message: str, now: float, *, reached: bool = True) -> Tenant:
        """The tenant failed, and ends with that."""
        tenant = self._of(name)
        tenant.task_since, tenant.failure, tenant.reached, tenant.ended = None, message, reached, now
        tenant.told = tenant.status
        return tenant

    def end(self, name: str, now: float) -> Tenant | None:
        """The tenant has come through; give it, or None where it never began or a person knows already how it ended."""
        tenant = self._of(name)
        if tenant.ended is not None or tenant.started is None:
            return None
        tenant.task_since, tenant.ended = None, now
        is_known, tenant.told = tenant.told == tenant.status, tenant.status
        return None if is_known else tenant

    @property
    def needs_whole_audit(self) -> bool:
        """Whether an audit came to no report, so that auditing some tenants again would write one of these alone."""
        return self.is_audit and self.report is None and not any(tenant.check for tenant in self.tenants.values())

    def to_repeat(self) -> list[str]:
        """Name the tenants that failed or didn't finish."""
        return [tenant.name for tenant in self.tenants.values() if tenant.status in (FAILED, UNFINISHED)]

    def counts(self, now: float) -> Counts:
        """Give the figures of this moment."""
        tenants = list(self.tenants.values())  # another thread may add to them
        by = Counter(tenant.status for tenant in tenants)
        audits = [audit for tenant in tenants for audit in tenant.audits.values()]
        begun = [tenant.task_since for tenant in tenants]
        return Counts(
            total=len(tenants),
            done=sum(tenant.ended is not None for tenant in tenants),
            statuses=dict(by),
            findings=by_severity(audits) if audits else None,
            waiting=sum(since is not None and now - since > _WAITS_AFTER for since in begun),
            minutes=(now - self.began) / 60,
        )

    def _of(self, name: str) -> Tenant:
        return self.tenants.setdefault(name, Tenant(name))
