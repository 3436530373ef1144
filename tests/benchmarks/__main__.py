# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the cost of onboarding: PYTHONPATH=tests python -m benchmarks. See docs/performance.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterable
from typing import Any

from helpers.other_collections import missing

from .contenders import ALL, scopes
from .figures import Sample, lay_out, medians, table
from .goals import reached
from .measure import FOLDER, SETTINGS, Case, samples

RESULTS = FOLDER / "results.json"


def usual() -> list[Case]:
    """Return the default cases, which take at most six minutes on two idle cores."""
    return [
        *(Case(peer, 1, rounds=3) for peer in ("role", "vendor", "floor")),
        *(Case(peer, 10, rounds=3) for peer in ("role", "vendor", "floor")),
        Case("role", 1, setting="recorded", phases=("first", "second"), rounds=3),
        Case("vendor", 1, setting="recorded"),
        *(Case("uri", size) for size in (1, 10)),
    ]


def full() -> list[Case]:
    """Return all cases, which take hours."""
    return [
        *(Case(peer, size, rounds=3) for size in (1, 10) for peer in ALL),
        *(Case(peer, 100, forks=forks) for forks in (5, 25, 100) for peer in ("role", "floor")),
        *(Case(peer, 100) for peer in ("uri", "vendor")),
        *(Case(peer, 1000, forks=forks) for forks in (5, 25, 100) for peer in ("role", "floor")),
        *(Case(peer, size, setting="recorded", rounds=3) for size in (1, 10) for peer in ("role", "uri", "vendor")),
        *(Case("role", 100, forks=forks, setting="recorded") for forks in (5, 25, 100)),
        Case("role", 1, setting="limits", phases=("first",)),
    ]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="all sizes, forks and settings; hours")
    parser.add_argument("--peer", action="append", choices=ALL, help="only this peer; can be given several times")
    parser.add_argument("--tenants", action="append", type=int, help="only these sizes; with --peer also sizes that are in no list")
    parser.add_argument("--setting", action="append", choices=SETTINGS, help="only this setting")
    parser.add_argument("--forks", type=int, help="so many forks instead")
    parser.add_argument("--rounds", type=int, help="so many rounds instead")
    return parser.parse_args()


def chosen(args: argparse.Namespace) -> list[Case]:
    """Return the cases that the command line selects."""
    if args.peer and args.tenants:
        settings = args.setting or ["none"]
        return [
            Case(peer, size, args.forks or 5, setting, rounds=args.rounds or 1)
            for setting in settings
            for size in args.tenants
            for peer in args.peer
        ]
    found = full() if args.full else usual()
    return [
        Case(case.peer, case.tenants, args.forks or case.forks, case.setting, case.phases, args.rounds or case.rounds)
        for case in found
        if case.peer in (args.peer or ALL)
        and case.tenants in (args.tenants or [case.tenants])
        and case.setting in (args.setting or SETTINGS)
    ]


def run(cases: list[Case]) -> Iterable[Sample]:
    """Run the cases in rounds, so that compared values are measured close together."""
    for number in range(max((case.rounds for case in cases), default=0)):
        for case in cases:
            if number < case.rounds:
                print(f"round {number + 1}: {case.peer}, {case.tenants}, latency {case.setting}", file=sys.stderr, flush=True)
                yield from samples(case, number)


def machine() -> dict[str, Any]:
    """Return a description of the machine."""
    return {"cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version(), "system": platform.platform()}


def write(found: list[Sample], about: dict[str, Any]) -> None:
    """Write the results as JSON after each run, so that an interrupted measurement retains its results."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    whole = {**about, "medians": medians(found), "samples": [sample.as_dict() for sample in found], "goals": reached(found, len(scopes()))}
    RESULTS.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def show(found: list[Sample], about: dict[str, Any]) -> None:
    """Print the results."""
    load = " and ".join(f"{about[when]['load'][0]:.1f}" for when in ("before", "after"))
    print(f"{os.cpu_count()} cores, load before and after {load}, {about['seconds']:.0f} s; all but the memory is for each tenant\n")
    print(table(medians(found)), lay_out(reached(found, len(scopes()))), sep="\n\n")
    for peer, reason in about["left_out"].items():
        print(f"\nLeft out: {peer}, since community.crypto can't be had: {reason}")
    print(f"\nAll figures: {RESULTS}")


def main() -> None:
    """Measure, write and print the results."""
    cases = chosen(arguments())
    reason = missing("community.crypto") if any(case.peer == "uri" for case in cases) else ""
    left_out = {"uri": reason} if reason else {}
    start = time.monotonic()
    about: dict[str, Any] = {"before": machine(), "left_out": left_out}
    found: list[Sample] = []
    for sample in run([case for case in cases if case.peer not in left_out]):
        found.append(sample)
        about |= {"after": machine(), "seconds": time.monotonic() - start}
        write(found, about)
    if not found:
        sys.exit("Nothing was measured: no case fits what was asked for.")
    show(found, about)


if __name__ == "__main__":
    main()
