# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads of a fleet's run."""

from __future__ import annotations

from collections.abc import Sequence

from ._fleet_tally import FAILED, ONBOARDED, UNFINISHED, Counts, Tenant

_AS_IT_SHOULD_BE = ": as it should be."
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


def figures(counts: Counts) -> str:
    """Give how many ended how."""
    waiting = f", {counts.waiting} waiting" if counts.waiting else ""
    return f"{counts.onboarded} onboarded, {counts.unchanged} unchanged, {counts.failed} failed{waiting}"


def pace(counts: Counts) -> str:
    """Give the rate and the time left; empty before the first tenant has ended."""
    if counts.rate is None or counts.minutes_left is None:
        return ""
    return f"{counts.rate:.1f} a minute, {span(counts.minutes_left * 60)} left"


def progress(counts: Counts) -> str:
    """Give a line in between, where there is no bar."""
    end = f"; {pace(counts)}." if pace(counts) else "."
    return f"{counts.done} of {tenants(counts.total)} done: {figures(counts)}{end}"


def ended(tenant: Tenant, counts: Counts) -> list[str]:
    """Give the lines of a tenant that has ended; the role's report where it has news."""
    width = len(str(counts.total))
    word = {FAILED: "FAILED", UNFINISHED: "UNREACHABLE"}.get(tenant.status, tenant.status)
    taken = "" if tenant.seconds is None else f", {span(tenant.seconds)}"
    head = f"[{counts.done:{width}}/{counts.total}] {tenant.name}: {word}{taken}"
    if tenant.failure is not None:
        return [head, *(f"    {line}" for line in tenant.failure.splitlines())]
    has_news = tenant.status == ONBOARDED or not any(line.endswith(_AS_IT_SHOULD_BE) for line in tenant.report)
    return [head, *(f"    {line}" for line in tenant.report if has_news)]


def summary(counts: Counts, causes: Sequence[tuple[str, Sequence[str]]], *, interrupted: bool, check: bool) -> list[str]:
    """Give the end of a run, but for the command that repeats it."""
    mode = " Check mode: onboarded stands for what would change; nothing was written." if check else ""
    told = f"{counts.onboarded} onboarded, {counts.unchanged} unchanged, {counts.failed} failed, {counts.unfinished} not finished"
    lines = [f"{'Interrupted. ' if interrupted else ''}{tenants(counts.total)} in {span(counts.minutes * 60)}: {told}.{mode}"]
    for message, names in causes:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        lines += [f"{tenants(len(names))} ({', '.join(names[:_SHOWN])}{more}):", *(f"    {line}" for line in message.splitlines())]
    return lines


def again(command: str, left_out: Sequence[str]) -> list[str]:
    """Give the command that repeats what didn't end well."""
    lines = ["Repeat those that failed or did not finish:", f"    {command}"]
    more = f"    Give {', '.join(left_out)} again: only what is known to hold no secret is repeated here."
    return [*lines, more] if left_out else lines
