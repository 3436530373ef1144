# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The performance goals and their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .calls import chain
from .figures import Sample, inner_ratio, medians, ratio

BASE = 10  # from ten tenants on, the start of Ansible is negligible


def reached(samples: Sequence[Sample], scopes: int) -> list[tuple[str, str, str]]:
    """Return the rows of goals with results, with the headers first.

    Args:
        samples: all samples.
        scopes: the number of scopes that a first run grants.
    """
    return [("what", "reached", "goal"), *_processor(samples), *_calls(samples, scopes), *_time(samples), *_size(samples)]


def _processor(samples: Sequence[Sample]) -> list[tuple[str, str, str]]:
    many = {"setting": "none", "tenants": BASE, "forks": 5}
    first, second, audit = ({**many, "phase": phase} for phase in ("first", "second", "audit"))
    by_uri = ratio(samples, "cpu", {**first, "peer": "uri"}, {**first, "peer": "role"})
    by_vendor = ratio(samples, "cpu", {**first, "peer": "role"}, {**first, "peer": "vendor"})
    floor = {**first, "peer": "floor"}
    by_floor = {phase["phase"]: ratio(samples, "cpu", {**phase, "peer": "role"}, floor) for phase in (first, second, audit)}
    return [
        (f"CPU a tenant, first run of {BASE}: uri against the role", _shown(by_uri, " times"), "25 times or more"),
        (f"CPU a tenant, first run of {BASE}: the role against the vendor's script", _shown(by_vendor, " times"), ""),
        *(
            (f"CPU a tenant, {phase} run of {BASE}: the role against the floor", _shown(by_floor[phase], " times"), f"{goal} times or less")
            for phase, goal in (("first", 2.7), ("second", 1.0), ("audit", 1.0))
        ),
    ]


def _calls(samples: Sequence[Sample], scopes: int) -> list[tuple[str, str, str]]:
    # without the calls with which a first run tests the usability of scopes, at most a dozen; an audit has no goal
    goals = {"first": f"{scopes + 18} or less, and 12 for coverage", "second": "7 or less", "audit": ""}
    return [(f"HTTP calls a tenant, {phase} run", _shown(_median(samples, "calls", phase=phase)), goal) for phase, goal in goals.items()]


def _time(samples: Sequence[Sample]) -> list[tuple[str, str, str]]:
    alone = {"peer": "role", "phase": "first", "tenants": 1}
    recorded = {**alone, "setting": "recorded"}
    what = "one tenant, first run, recorded latency, first call to last answer"
    span = _median(samples, "span", **recorded)
    waiting = inner_ratio(samples, "span", "waited", recorded)
    again = _median(samples, "span", **{**recorded, "phase": "second"})
    tight = {**alone, "setting": "limits"}
    limited = inner_ratio(samples, "span", "shortest", tight)
    refused = max(
        (sample.refused or 0.0 for sample in samples if sample.case == ("limits", 1, sample.forks, "role", "first")), default=None
    )
    return [
        (what, _shown(span, " s"), "9 s or less"),
        ("one tenant, second run, recorded latency, first call to last answer", _shown(again, " s"), "2 s or less"),
        (f"{what}: against the longest chain of calls", _shown(span and span / chain(), " times"), ""),
        (f"{what}: against its time of waiting for answers", _shown(waiting, " times"), ""),
        ("one tenant, first run, tightest limits: against the shortest time possible", _shown(limited, " times"), "1.15 times or less"),
        ("one tenant, first run, tightest limits: refused calls (429)", _shown(refused), "1 or less a bucket and window"),
    ]


def _size(samples: Sequence[Sample]) -> list[tuple[str, str, str]]:
    role = {"setting": "none", "peer": "role", "phase": "first", "forks": 5}
    most = max((sample.tenants for sample in samples if sample.peer == "role" and sample.setting == "none"), default=0)
    growth = ratio(samples, "cpu", {**role, "tenants": most}, {**role, "tenants": BASE}) if most > BASE else None
    what = f"CPU a tenant, first run: {most} against {BASE}" if most > BASE else "CPU a tenant, first run: with more tenants"
    walls = {phase: _all_medians(samples, "wall", tenants=1000, phase=phase, setting="none") for phase in ("first", "second")}
    return [
        (what, _shown(growth, " times"), "1.1 times or less"),
        *(
            (f"a thousand tenants, {phase} run, with the best number of forks", _shown(1000 * min(found) if found else None, " s"), goal)
            for (phase, found), goal in zip(walls.items(), ("", "300 s or less"), strict=True)
        ),
    ]


def _median(samples: Sequence[Sample], figure: str, **expected: Any) -> float | None:
    """Return the median of the first matching case of the role."""
    return next(iter(_all_medians(samples, figure, **expected)), None)


def _all_medians(samples: Sequence[Sample], figure: str, **expected: Any) -> list[float]:
    """Return the medians of the matching cases of the role."""
    expected = {"peer": "role", **expected}
    return [float(row[figure]) for row in medians(samples) if all(row[name] == value for name, value in expected.items())]


def _shown(value: float | None, unit: str = "") -> str:
    return "not measured" if value is None else f"{value:.3g}{unit}"
