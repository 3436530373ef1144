# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates a case from an action on observed runs."""

from __future__ import annotations

from collections.abc import Callable

from soak.case import Case, CaseContext, Verdict
from soak.leak_runs import ObservedRuns, OutputSettings
from soak.leak_watch import Observation

Action = Callable[[ObservedRuns], str]


def leak_case(name: str, act: Action, settings: OutputSettings, *, representative: bool = False) -> Case:
    """Create a case from an action that returns an error text, or an empty text."""

    def run(context: CaseContext) -> Verdict:
        observed = ObservedRuns(context.workspace(), context.tenant(), settings)
        complaint = act(observed)
        found = observed.leaks()
        outcome = "leaked" if found else complaint or "no leak found"
        return Verdict(outcome, leaked=len(found), unclear=int(bool(complaint)), detail="; ".join(found[:5]) or last_output(observed))

    return Case("leaks", f"{name} ({settings.name})", run, representative=representative)


def last_output(observed: ObservedRuns) -> str:
    """Return the end of the output of the last run."""
    return observed.observations[-1].output[-1500:].decode("utf-8", "replace") if observed.observations else ""


def check_run(observation: Observation, rc: int, *output: bytes) -> str:
    """Return how a run differs from the expected one: a run that did nothing could not leak anything."""
    missing = [text.decode() for text in output if text not in observation.output]
    return f"rc {observation.rc}, not {rc}" if observation.rc != rc else f"not in the output: {missing[0]}" if missing else ""
