# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures: medians, ratios and the tables that show them. Nothing is measured here."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Sample:
    """What one run of one peer gave; all but `peak_mb` is for each tenant.

    Args:
        setting: how Okta behaves: ``none`` (no latency), ``recorded`` or ``limits``.
        tenants: how many tenants the run had.
        forks: how many workers Ansible was allowed.
        peer: who did it.
        phase: ``first``, ``second`` or ``audit``.
        round: runs of one round are compared with each other.
        wall: seconds.
        cpu: seconds of the command and all that it started.
        okta_cpu: seconds of the emulator, which no peer has to answer for.
        calls: HTTP calls.
        connections: connections to Okta.
        peak_mb: the memory of the largest process.
        span: seconds from the first call to the end of the last, so without the start of Ansible.
        waited: of these, seconds in which an answer was being waited for; None without latency.
        shortest: seconds that the rate limits make the calls take, whoever makes them.
        refused: calls refused for the rate (429).
    """

    setting: str
    tenants: int
    forks: int
    peer: str
    phase: str
    round: int
    wall: float
    cpu: float
    okta_cpu: float
    calls: float
    connections: float
    peak_mb: float
    span: float
    waited: float | None = None
    shortest: float | None = None
    refused: float | None = None

    @property
    def case(self) -> tuple[str, int, int, str, str]:
        """Return what tells samples of different things apart."""
        return (self.setting, self.tenants, self.forks, self.peer, self.phase)

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)


MEASURED = ("wall", "cpu", "okta_cpu", "calls", "connections", "peak_mb", "span")


def medians(samples: Iterable[Sample]) -> list[dict[str, Any]]:
    """Return a row for each case, in the order of its first sample: the median of each figure, each by itself."""
    cases: dict[tuple[str, int, int, str, str], list[Sample]] = {}
    for sample in samples:
        cases.setdefault(sample.case, []).append(sample)
    return [
        {
            **dict(zip(("setting", "tenants", "forks", "peer", "phase"), case, strict=True)),
            "runs": len(found),
            **{name: statistics.median(getattr(sample, name) for sample in found) for name in MEASURED},
        }
        for case, found in cases.items()
    ]


def ratio(samples: Iterable[Sample], figure: str, over: dict[str, Any], under: dict[str, Any]) -> float | None:
    """Return the median of the ratios of a figure, each taken within one round; None where no round has both.

    Args:
        samples: all samples.
        figure: the figure's name.
        over: what the sample above the line has, by attribute.
        under: what the one below it has.
    """
    found = list(samples)
    above = {sample.round: getattr(sample, figure) for sample in found if _fits(sample, over)}
    below = {sample.round: getattr(sample, figure) for sample in found if _fits(sample, under)}
    ratios = [above[number] / below[number] for number in above if below.get(number)]
    return statistics.median(ratios) if ratios else None


def inner_ratio(samples: Iterable[Sample], over: str, under: str, wanted: dict[str, Any]) -> float | None:
    """Return the median of the ratios of two figures of the same sample; None where there is no such sample."""
    pairs = [(getattr(sample, over), getattr(sample, under)) for sample in samples if _fits(sample, wanted)]
    ratios = [above / below for above, below in pairs if below]
    return statistics.median(ratios) if ratios else None


def _fits(sample: Sample, wanted: dict[str, Any]) -> bool:
    return all(getattr(sample, name) == value for name, value in wanted.items())


COLUMNS = {
    "setting": ("latency", "{}"),
    "tenants": ("tenants", "{}"),
    "forks": ("forks", "{}"),
    "peer": ("who", "{}"),
    "phase": ("run", "{}"),
    "runs": ("of", "{}"),
    "wall": ("wall s", "{:.2f}"),
    "cpu": ("CPU s", "{:.2f}"),
    "okta_cpu": ("Okta's CPU s", "{:.2f}"),
    "calls": ("calls", "{:.4g}"),
    "connections": ("connections", "{:.3g}"),
    "peak_mb": ("peak MB", "{:.0f}"),
    "span": ("span s", "{:.2f}"),
}


def table(rows: Iterable[dict[str, Any]]) -> str:
    """Lay rows of medians out."""
    return lay_out(
        [[head for head, _form in COLUMNS.values()], *([form.format(row[key]) for key, (_head, form) in COLUMNS.items()] for row in rows)]
    )


def lay_out(lines: Sequence[Sequence[str]]) -> str:
    """Lay lines of cells out as a table of Markdown that can be read as it is; the first line has the heads."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join([rows[0], "| " + " | ".join("-" * width for width in widths) + " |", *rows[1:]])
