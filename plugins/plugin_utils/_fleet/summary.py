# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a run as a JSON file, which is complete at any time."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ...module_utils._core.errors import StateError
from ...module_utils._tenant.statuses import FAILED, LABELS, UNCHANGED, UNFINISHED
from ...module_utils._vault.locked_file import overwrite_file
from .audit_counts import count_by_severity
from .causes import group_by_cause
from .repeat_command import MAX_LISTED, RepeatCommand, limit_text, make_repeat_command
from .tally import Tally, Tenant

_UPDATE_SECONDS = 1.0  # seconds between two updates


@dataclass(frozen=True)
class RunInfo:
    """The facts of a run in its summary.

    Args:
        argv: the command line.
        playbook: the playbook, as in the command.
        started: the time of its start, in UTC.
    """

    argv: tuple[str, ...]
    playbook: str
    started: str


def summary_time() -> str:
    """The current time in the format of summaries."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def summary_document(
    tally: Tally, run_info: RunInfo, now: float, *, ended: str | None, interrupted: bool, again: RepeatCommand | None
) -> dict[str, Any]:
    """The content of the summary."""
    counts = tally.counts(now)
    tenants = list(tally.tenants.values())
    return {
        "started": run_info.started,
        "ended": ended,
        "interrupted": interrupted,
        "playbook": run_info.playbook,
        "tenants": {
            "total": counts.total,
            "onboarded": counts.onboarded,
            "unchanged": counts.statuses.get(UNCHANGED, 0),
            "failed": counts.statuses.get(FAILED, 0),
            "unfinished": counts.statuses.get(UNFINISHED, 0),
        },
        "statuses": {status: counts.statuses[status] for status in LABELS if counts.statuses.get(status)},
        "findings": counts.findings,
        "verdict": tally.verdict,
        "causes": [{"message": message, "tenants": names} for message, names in group_by_cause(tenants)],
        "repeat": again.command if again else None,
        "left_out": list(again.left_out) if again else [],
        "results": {tenant.name: _tenant_result(tenant) for tenant in tenants},
    }


def _tenant_result(tenant: Tenant) -> dict[str, Any]:
    found = {"findings": count_by_severity(tenant.audits.values())} if tenant.audits else {}
    return {
        "status": tenant.status,
        "seconds": None if tenant.seconds is None else round(tenant.seconds, 3),
        "message": tenant.failure if tenant.failure is not None else next(iter(tenant.report), None),
        **found,
    }


class SummaryFile:
    """Writes and updates the summary file.

    Args:
        path: its path; None for no file.
        run_info: the facts of the run.
        warn: warns once if the file can't be written.
    """

    def __init__(self, path: Path | None, run_info: RunInfo, warn: Callable[[str], object]) -> None:
        self.path = path
        self._run_info = run_info
        self._warn = warn
        self._written: float | None = None

    def update(self, tally: Tally, now: float) -> None:
        """Write it during a run, unless it was written just now."""
        if self.path is None or (self._written is not None and now - self._written < _UPDATE_SECONDS):
            return
        self._written = now
        self.write(tally, now, ended=None, interrupted=True)

    def write(self, tally: Tally, now: float, *, ended: str | None, interrupted: bool) -> RepeatCommand | None:
        """Write it; return the command that repeats the run for tenants that failed or didn't finish."""
        again = self._repeat_command(tally)
        content = summary_document(tally, self._run_info, now, ended=ended, interrupted=interrupted, again=again)
        self._write_file(self.path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        return again

    def _repeat_command(self, tally: Tally) -> RepeatCommand | None:
        names = tally.tenants_to_repeat()
        if not names or tally.needs_whole_audit:
            return None
        # otherwise the report would contain only the tenants that are audited again
        merging = {"rezonate_report_dir": os.path.dirname(tally.report), "rezonate_report_merge": [tally.report]} if tally.report else {}
        more = ("-e", json.dumps(merging, ensure_ascii=False)) if merging else ()
        if len(names) <= MAX_LISTED or self.path is None:
            return make_repeat_command(self._run_info.argv, ",".join(names), *more)
        limit_file = self.path.with_suffix(".limit")
        self._write_file(limit_file, limit_text(names))
        return make_repeat_command(self._run_info.argv, f"@{limit_file}", *more)

    def _write_file(self, path: Path | None, text: str) -> None:
        """Replace a file atomically, so that readers never see a partial file."""
        if path is None or self.path is None:
            return
        try:
            overwrite_file(str(path), text.encode("utf-8", "backslashreplace"), "summary file")
        except StateError as error:
            self._warn(f"The fleet's summary can't be written: {error}")
            self.path = None
