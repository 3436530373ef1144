# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of each tenant of a run; a tenant is a host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

ONBOARDED, UNCHANGED, FAILED, UNFINISHED = "onboarded", "unchanged", "failed", "unfinished"

# A task of ours takes a second or two; one that takes longer sits out the end of a rate limit's window, or Okta is slow.
_WAITS_AFTER = 5.0


@dataclass
class Tenant:
    """One tenant; times are seconds of one clock.

    Attributes:
        started: when its first task began.
        ended: when it ended; None while it hasn't.
        task_since: when the task that it is at began; None between tasks.
        changed: whether a task changed something.
        failure: why it failed, or couldn't be reached.
        reached: False for one that couldn't be reached.
        report: what the role says of it at the end.
        told: the status that a person was told of last.
    """

    name: str
    started: float | None = None
    ended: float | None = None
    task_since: float | None = None
    changed: bool = False
    failure: str | None = None
    reached: bool = True
    report: list[str] = field(default_factory=list)
    told: str | None = None

    @property
    def status(self) -> str:
        """One of the four that a summary knows."""
        if self.ended is None or not self.reached:
            return UNFINISHED
        if self.failure is not None:
            return FAILED
        return ONBOARDED if self.changed else UNCHANGED

    @property
    def seconds(self) -> float | None:
        """How long it took; None for one that hasn't ended."""
        return None if self.started is None or self.ended is None else self.ended - self.started


@dataclass(frozen=True)
class Counts:
    """The figures of a moment.

    Args:
        done: those that ended, however.
        waiting: those whose task takes longer than tasks do.
        minutes: since the run began.
    """

    total: int
    done: int
    onboarded: int
    unchanged: int
    failed: int
    unfinished: int
    waiting: int
    minutes: float

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
        self.tenants: dict[str, Tenant] = {}

    def expect(self, names: Iterable[str]) -> None:
        """Count tenants that are yet to come."""
        for name in names:
            self._of(name)

    def reopen(self, names: Iterable[str]) -> None:
        """Let tenants that ended well go on: another play has work for them."""
        for tenant in map(self._of, names):
            if tenant.failure is None:
                tenant.ended = None

    def begin(self, name: str, now: float) -> None:
        """A task of the tenant begins."""
        tenant = self._of(name)
        tenant.task_since = now
        if tenant.started is None:
            tenant.started = now

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

    def to_repeat(self) -> list[str]:
        """Name the tenants that failed or didn't finish."""
        return [tenant.name for tenant in self.tenants.values() if tenant.status in (FAILED, UNFINISHED)]

    def counts(self, now: float) -> Counts:
        """Give the figures of this moment."""
        tenants = list(self.tenants.values())  # another thread may add to them
        by = Counter(tenant.status for tenant in tenants)
        begun = [tenant.task_since for tenant in tenants]
        return Counts(
            total=len(tenants),
            done=sum(tenant.ended is not None for tenant in tenants),
            onboarded=by[ONBOARDED],
            unchanged=by[UNCHANGED],
            failed=by[FAILED],
            unfinished=by[UNFINISHED],
            waiting=sum(since is not None and now - since > _WAITS_AFTER for since in begun),
            minutes=(now - self.began) / 60,
        )

    def _of(self, name: str) -> Tenant:
        return self.tenants.setdefault(name, Tenant(name))
