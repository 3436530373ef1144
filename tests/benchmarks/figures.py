# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures: medians, ratios and tables."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Sample:
    """The result of one run of one peer; all values except `peak_mb` are per tenant.

    Args:
        setting: the behavior of Okta: ``none`` (no latency), ``recorded`` or ``limits``.
        tenants: the number of tenants of the run.
        forks: the maximum number of Ansible's workers.
        peer: the measured peer.
        phase: ``first``, ``second`` or ``audit``.
        round: the number of the round; runs of one round are compared.
        wall: seconds.
        cpu: CPU seconds of the command and its descendants.
        okta_cpu: CPU seconds of the emulator, which do not count for a peer.
        calls: HTTP calls.
        connections: connections to Okta.
        peak_mb: the memory of the largest process.
        span: seconds from the first call to the end of the last, without the start of Ansible.
        waited: the part of the span in which a response was pending; None without latency.
        shortest: the minimum seconds of the calls with the rate limits, in any implementation.
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
        """Return the attributes that identify the case of a sample."""
        return (self.setting, self.tenants, self.forks, self.peer, self.phase)

    def as_dict(self) -> dict[str, Any]:
        """Return the sample as JSON values."""
        return asdict(self)


MEASURED = ("wall", "cpu", "okta_cpu", "calls", "connections", "peak_mb", "span")


def medians(samples: Iterable[Sample]) -> list[dict[str, Any]]:
    """Return a row for each case, in the order of its first sample, with the median of each figure."""
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
    """Return the median of the ratios of a figure, each computed within one round; None if no round has both.

    Args:
        samples: all samples.
        figure: the figure's name.
        over: the attributes of the numerator's sample.
        under: the attributes of the denominator's sample.
    """
    found = list(samples)
    above = {sample.round: getattr(sample, figure) for sample in found if _fits(sample, over)}
    below = {sample.round: getattr(sample, figure) for sample in found if _fits(sample, under)}
    ratios = [above[number] / below[number] for number in above if below.get(number)]
    return statistics.median(ratios) if ratios else None


def inner_ratio(samples: Iterable[Sample], over: str, under: str, expected: dict[str, Any]) -> float | None:
    """Return the median of the ratios of two figures of the same sample; None if there is no such sample."""
    pairs = [(getattr(sample, over), getattr(sample, under)) for sample in samples if _fits(sample, expected)]
    ratios = [above / below for above, below in pairs if below]
    return statistics.median(ratios) if ratios else None


def _fits(sample: Sample, expected: dict[str, Any]) -> bool:
    return all(getattr(sample, name) == value for name, value in expected.items())


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
    """Format rows of medians."""
    return lay_out(
        [[head for head, _form in COLUMNS.values()], *([form.format(row[key]) for key, (_head, form) in COLUMNS.items()] for row in rows)]
    )


def lay_out(lines: Sequence[Sequence[str]]) -> str:
    """Format lines of cells as a readable Markdown table; the first line contains the headers."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join([rows[0], "| " + " | ".join("-" * width for width in widths) + " |", *rows[1:]])
