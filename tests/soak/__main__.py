# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the soak tests: `python -m soak`, with tests/ in PYTHONPATH; `make soak` does that."""

from __future__ import annotations

import argparse
import sys
import time

from .runner import NUMBERS, Row, report, run_all, table
from .suites import SUITES, cases


def main() -> int:
    """Run the selected cases; return 0 if nothing is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m soak", description="Interrupt runs, inject faults and run concurrently at every point."
    )
    parser.add_argument("--suite", action="append", choices=list(SUITES), help="run only this suite; repeatable")
    parser.add_argument("--only", default="", metavar="TEXT", help="run only the cases whose name contains TEXT")
    parser.add_argument("--representative", action="store_true", help="run only the cases that make test runs too")
    parser.add_argument("--list", action="store_true", help="list the cases")
    parser.add_argument("--jobs", type=int, default=2, help="number of parallel processes (2)")
    given = parser.parse_args()
    chosen = given.suite or list(SUITES)
    selected = [
        case for suite in chosen for case in cases(suite) if given.only in case.name and (case.representative or not given.representative)
    ]
    if given.list:
        print("\n".join(f"{case.suite}: {case.name}" for case in selected))
        return 0
    rows = {suite: Row(suite) for suite in chosen}
    start = time.monotonic()
    for number, result in enumerate(run_all(selected, given.jobs), 1):
        report(result, number, len(selected))
        for verdict in result.verdicts:
            rows[result.suite].add(verdict)
    print(f"\n{table(list(rows.values()))}\n")
    wrong = sum(sum(row.sums[name] for name in NUMBERS) for row in rows.values())
    points = sum(row.points for row in rows.values())
    print(f"{points} points in {time.monotonic() - start:.0f} s, {wrong} wrong")
    missing = [suite for suite, row in rows.items() if not row.points and not given.only and not given.representative]
    if missing:
        print(f"without cases: {', '.join(missing)}")
    return 1 if wrong or not points else 0


if __name__ == "__main__":
    sys.exit(main())
