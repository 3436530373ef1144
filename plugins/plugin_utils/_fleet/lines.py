# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads of a fleet's run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...module_utils._tenant.statuses import CLEAN, FAILED, FINDINGS, LABELS, UNCHANGED, UNFINISHED
from .audit_counts import by_severity
from .tally import Counts, Tenant

_AS_IT_SHOULD_BE = ": as it should be"
_SHOWN = 5  # tenants of a cause; the summary file has them all


def tenants(number: int) -> str:
    """Give a number of tenants."""
    return f"{number} tenant{'' if number == 1 else 's'}"


def span(seconds: float) -> str:
    """Give a length of time, short."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def severities(found: Mapping[str, int]) -> str:
    """Give how many findings have which severity, without those that none has."""
    return ", ".join(f"{number} {severity}" for severity, number in found.items() if number)


def figures(counts: Counts, *, always: Sequence[str] = (FAILED,)) -> str:
    """Give how many tenants have which status, without those that none has but for some."""
    given = [label(status, counts) for status in LABELS if counts.statuses.get(status) or status in always]
    return ", ".join(given)


def label(status: str, counts: Counts) -> str:
    """Give how many tenants have a status."""
    found = severities(counts.findings or {}) if status == FINDINGS else ""
    return f"{counts.statuses.get(status, 0)} {LABELS[status]}{f' ({found})' if found else ''}"


def standing(counts: Counts) -> str:
    """Give the figures of the moment; tenants that haven't ended are no figure yet."""
    known = {status: number for status, number in counts.statuses.items() if status != UNFINISHED}
    waiting = f", {counts.waiting} waiting" if counts.waiting else ""
    return f"{figures(replace(counts, statuses=known))}{waiting}"


def pace(counts: Counts) -> str:
    """Give the rate and the time left; empty before the first tenant has ended."""
    if counts.rate is None or counts.minutes_left is None:
        return ""
    return f"{counts.rate:.1f} a minute, {span(counts.minutes_left * 60)} left"


def progress(counts: Counts) -> str:
    """Give a line in between, where there is no bar."""
    end = f"; {pace(counts)}." if pace(counts) else "."
    return f"{counts.done} of {tenants(counts.total)} done: {standing(counts)}{end}"


def ended(tenant: Tenant, counts: Counts) -> list[str]:
    """Give the lines of a tenant that has ended; the role's report where it has news."""
    width = len(str(counts.total))
    word = {FAILED: "FAILED", UNFINISHED: "UNREACHABLE"}.get(tenant.status, tenant.status)
    found = severities(by_severity(tenant.audits.values())) if tenant.failure is None else ""
    word += f" ({found})" if found else ""
    taken = "" if tenant.seconds is None else f", {span(tenant.seconds)}"
    head = f"[{counts.done:{width}}/{counts.total}] {tenant.name}: {word}{taken}"
    if tenant.failure is not None:
        return [head, *(f"    {line}" for line in tenant.failure.splitlines())]
    as_it_was = tenant.status == UNCHANGED and any(_AS_IT_SHOULD_BE in line for line in tenant.report)
    has_news = tenant.status != CLEAN and not as_it_was
    return [head, *(f"    {line}" for line in tenant.report if has_news)]


def summary(counts: Counts, causes: Sequence[tuple[str, Sequence[str]]], *, interrupted: bool, check: bool) -> list[str]:
    """Give the end of a run, but for the command that repeats it."""
    if not counts.total:  # only plays for a fleet as a whole
        return [f"{'Interrupted after' if interrupted else 'Done in'} {span(counts.minutes * 60)}."]
    mode = " Check mode: nothing was written." if check else ""
    found = figures(counts, always=(FAILED, UNFINISHED))
    lines = [f"{'Interrupted. ' if interrupted else ''}{tenants(counts.total)} in {span(counts.minutes * 60)}: {found}.{mode}"]
    for message, names in causes:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        lines += [f"{tenants(len(names))} ({', '.join(names[:_SHOWN])}{more}):", *(f"    {line}" for line in message.splitlines())]
    return lines


def again(command: str, left_out: Sequence[str]) -> list[str]:
    """Give the command that repeats what didn't end well."""
    lines = ["Repeat those that failed or did not finish:", f"    {command}"]
    more = f"    Give {', '.join(left_out)} again: only what is known to hold no secret is repeated here."
    return [*lines, more] if left_out else lines


def audit_again() -> list[str]:
    """Say what to do where a command for some tenants would write a report of these alone."""
    return ["Some tenants were not audited, and no report was written: audit all of them again with the command of this run."]
