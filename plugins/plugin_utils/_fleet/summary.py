# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a run as a JSON file, whole at any time."""

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
from ...module_utils._vault.locked_file import overwrite
from .audit_counts import by_severity
from .causes import causes
from .repeat_command import MANY, RepeatCommand, limit_text, repeat
from .tally import Tally, Tenant

_EVERY = 1.0  # seconds between two writings


@dataclass(frozen=True)
class Frame:
    """What a summary tells besides its tenants.

    Args:
        argv: the command line.
        playbook: the playbook as it was named.
        started: when, in UTC.
    """

    argv: tuple[str, ...]
    playbook: str
    started: str


def utc_now() -> str:
    """Give the time as summaries write it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(
    tally: Tally, frame: Frame, now: float, *, ended: str | None, interrupted: bool, again: RepeatCommand | None
) -> dict[str, Any]:
    """Give the summary as it is written."""
    counts = tally.counts(now)
    tenants = list(tally.tenants.values())
    return {
        "started": frame.started,
        "ended": ended,
        "interrupted": interrupted,
        "playbook": frame.playbook,
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
        "causes": [{"message": message, "tenants": names} for message, names in causes(tenants)],
        "repeat": again.command if again else None,
        "left_out": list(again.left_out) if again else [],
        "results": {tenant.name: _result(tenant) for tenant in tenants},
    }


def _result(tenant: Tenant) -> dict[str, Any]:
    found = {"findings": by_severity(tenant.audits.values())} if tenant.audits else {}
    return {
        "status": tenant.status,
        "seconds": None if tenant.seconds is None else round(tenant.seconds, 3),
        "message": tenant.failure if tenant.failure is not None else next(iter(tenant.report), None),
        **found,
    }


class SummaryFile:
    """Keeps the file up to date.

    Args:
        path: where it is; None for none.
        frame: what it tells besides the tenants.
        warn: tells that it can't be written; once.
    """

    def __init__(self, path: Path | None, frame: Frame, warn: Callable[[str], object]) -> None:
        self.path = path
        self._frame = frame
        self._warn = warn
        self._written: float | None = None

    def update(self, tally: Tally, now: float) -> None:
        """Write it in the middle of a run, unless it was written just now."""
        if self.path is None or (self._written is not None and now - self._written < _EVERY):
            return
        self._written = now
        self.write(tally, now, ended=None, interrupted=True)

    def write(self, tally: Tally, now: float, *, ended: str | None, interrupted: bool) -> RepeatCommand | None:
        """Write it; give the command that repeats what didn't end well."""
        again = self._again(tally)
        told = document(tally, self._frame, now, ended=ended, interrupted=interrupted, again=again)
        self._put(self.path, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return again

    def _again(self, tally: Tally) -> RepeatCommand | None:
        names = tally.to_repeat()
        if not names or tally.needs_whole_audit:
            return None
        # else the report of the whole fleet would hold those that are audited again, and nobody else
        merging = {"rezonate_report_dir": os.path.dirname(tally.report), "rezonate_report_merge": [tally.report]} if tally.report else {}
        more = ("-e", json.dumps(merging, ensure_ascii=False)) if merging else ()
        if len(names) <= MANY or self.path is None:
            return repeat(self._frame.argv, ",".join(names), *more)
        beside = self.path.with_suffix(".limit")
        self._put(beside, limit_text(names))
        return repeat(self._frame.argv, f"@{beside}", *more)

    def _put(self, path: Path | None, text: str) -> None:
        """Put a file in its place as a whole: a reader never sees half of it."""
        if path is None or self.path is None:
            return
        try:
            overwrite(str(path), text.encode("utf-8", "backslashreplace"), "summary file")
        except StateError as error:
            self._warn(f"The fleet's summary can't be written and is left out: {error}")
            self.path = None
