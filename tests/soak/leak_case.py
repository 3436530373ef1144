# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a case of something that is done at a observed."""

from __future__ import annotations

from collections.abc import Callable

from soak.case import Case, CaseContext, Verdict
from soak.leak_runs import Loudness, ObservedRuns
from soak.leak_watch import Observation

Doing = Callable[[ObservedRuns], str]


def leak_case(name: str, do: Doing, loudness: Loudness, *, telling: bool = False) -> Case:
    """Make a case of something that is done and gives a complaint, or nothing."""

    def run(context: CaseContext) -> Verdict:
        observed = ObservedRuns(context.workspace(), context.tenant(), loudness)
        complaint = do(observed)
        found = observed.leaks()
        outcome = "leaked" if found else complaint or "nothing found"
        return Verdict(outcome, leaked=len(found), unclear=int(bool(complaint)), detail="; ".join(found[:5]) or end_of(observed))

    return Case("leaks", f"{name} ({loudness.name})", run, telling=telling)


def end_of(observed: ObservedRuns) -> str:
    """Give the end of what the last run said."""
    return observed.seen[-1].output[-1500:].decode("utf-8", "replace") if observed.seen else ""


def ended(seen: Observation, rc: int, *said: bytes) -> str:
    """Say what isn't as it should be with a run: one that did nothing would leak nothing either."""
    missing = [text.decode() for text in said if text not in seen.output]
    return f"rc {seen.rc}, not {rc}" if seen.rc != rc else f"never said {missing[0]}" if missing else ""
