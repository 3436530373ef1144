# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that the fleet callback prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...module_utils._tenant.statuses import CLEAN, FAILED, FINDINGS, LABELS, UNCHANGED, UNFINISHED
from .audit_counts import count_by_severity
from .tally import Counts, Tenant

_MATCHES_DESIRED_STATE = ": matches the desired state"
_SHOWN_TENANTS = 5  # tenants of a cause that are listed; the summary file has all


def format_tenant_count(number: int) -> str:
    """A number of tenants."""
    return f"{number} tenant{'' if number == 1 else 's'}"


def format_duration(seconds: float) -> str:
    """A duration in short form."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def format_severities(found: Mapping[str, int]) -> str:
    """The number of findings by severity, without zeros."""
    return ", ".join(f"{number} {severity}" for severity, number in found.items() if number)


def format_statuses(counts: Counts, *, always: Sequence[str] = (FAILED,)) -> str:
    """The number of tenants by status, without zeros except for the statuses in ``always``."""
    given = [format_status(status, counts) for status in LABELS if counts.statuses.get(status) or status in always]
    return ", ".join(given)


def format_status(status: str, counts: Counts) -> str:
    """The number of tenants with a status."""
    found = format_severities(counts.findings or {}) if status == FINDINGS else ""
    return f"{counts.statuses.get(status, 0)} {LABELS[status]}{f' ({found})' if found else ''}"


def format_current_counts(counts: Counts) -> str:
    """The current figures; tenants that haven't ended are not included."""
    known = {status: number for status, number in counts.statuses.items() if status != UNFINISHED}
    waiting = f", {counts.waiting} waiting" if counts.waiting else ""
    return f"{format_statuses(replace(counts, statuses=known))}{waiting}"


def format_rate(counts: Counts) -> str:
    """The rate and the remaining time; empty before the first tenant has ended."""
    if counts.rate is None or counts.minutes_left is None:
        return ""
    return f"{counts.rate:.1f} a minute, {format_duration(counts.minutes_left * 60)} left"


def progress_line(counts: Counts) -> str:
    """The progress line, where there is no bar."""
    end = f"; {format_rate(counts)}." if format_rate(counts) else "."
    return f"{counts.done} of {format_tenant_count(counts.total)} done: {format_current_counts(counts)}{end}"


def tenant_lines(tenant: Tenant, counts: Counts) -> list[str]:
    """The lines of a tenant that has ended; with the role's report if there were changes."""
    width = len(str(counts.total))
    word = {FAILED: "FAILED", UNFINISHED: "UNREACHABLE"}.get(tenant.status, tenant.status)
    found = format_severities(count_by_severity(tenant.audits.values())) if tenant.failure is None else ""
    word += f" ({found})" if found else ""
    taken = "" if tenant.seconds is None else f", {format_duration(tenant.seconds)}"
    head = f"[{counts.done:{width}}/{counts.total}] {tenant.name}: {word}{taken}"
    if tenant.failure is not None:
        return [head, *(f"    {line}" for line in tenant.failure.splitlines())]
    as_it_was = tenant.status == UNCHANGED and any(_MATCHES_DESIRED_STATE in line for line in tenant.report)
    has_changes = tenant.status != CLEAN and not as_it_was
    return [head, *(f"    {line}" for line in tenant.report if has_changes)]


def summary_lines(counts: Counts, causes: Sequence[tuple[str, Sequence[str]]], *, interrupted: bool, check: bool) -> list[str]:
    """The summary of a run, without the command that repeats it."""
    if not counts.total:  # only plays for a fleet as a whole
        return [f"{'Interrupted after' if interrupted else 'Done in'} {format_duration(counts.minutes * 60)}."]
    mode = " Check mode: nothing was written." if check else ""
    found = format_statuses(counts, always=(FAILED, UNFINISHED))
    start = "Interrupted. " if interrupted else ""
    lines = [f"{start}{format_tenant_count(counts.total)} in {format_duration(counts.minutes * 60)}: {found}.{mode}"]
    for message, names in causes:
        more = f" and {len(names) - _SHOWN_TENANTS} more" if len(names) > _SHOWN_TENANTS else ""
        lines += [
            f"{format_tenant_count(len(names))} ({', '.join(names[:_SHOWN_TENANTS])}{more}):",
            *(f"    {line}" for line in message.splitlines()),
        ]
    return lines


def repeat_lines(command: str, left_out: Sequence[str]) -> list[str]:
    """The command that repeats the run for tenants that failed or didn't finish."""
    lines = ["Repeat those that failed or did not finish:", f"    {command}"]
    more = f"    Add {', '.join(left_out)} yourself: only values that are known to hold no secret are repeated here."
    return [*lines, more] if left_out else lines


def audit_repeat_lines() -> list[str]:
    """The advice for an audit without a report, which must be repeated for all tenants."""
    return ["Some tenants were not audited, and no report was written: audit all of them again with the command of this run."]
