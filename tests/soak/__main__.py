# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try everything: `python -m soak`, with tests/ in PYTHONPATH; `make soak` does that."""

from __future__ import annotations

import argparse
import sys
import time

from .runner import NUMBERS, Row, report, run_all, table
from .suites import SUITES, cases


def main() -> int:
    """Try the cases that are asked for; 0 where nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m soak", description="Stop, fool and cross real runs at every point.")
    parser.add_argument("--suite", action="append", choices=list(SUITES), help="only this suite; may be given again")
    parser.add_argument("--only", default="", metavar="TEXT", help="only cases with this in their name")
    parser.add_argument("--telling", action="store_true", help="only the few that make test tries too")
    parser.add_argument("--list", action="store_true", help="show the cases")
    parser.add_argument("--jobs", type=int, default=2, help="how many at once (2)")
    given = parser.parse_args()
    chosen = given.suite or list(SUITES)
    wanted = [case for suite in chosen for case in cases(suite) if given.only in case.name and (case.telling or not given.telling)]
    if given.list:
        print("\n".join(f"{case.suite}: {case.name}" for case in wanted))
        return 0
    rows = {suite: Row(suite) for suite in chosen}
    start = time.monotonic()
    for number, tried in enumerate(run_all(wanted, given.jobs), 1):
        report(tried, number, len(wanted))
        for verdict in tried.verdicts:
            rows[tried.suite].add(verdict)
    print(f"\n{table(list(rows.values()))}\n")
    wrong = sum(sum(row.sums[name] for name in NUMBERS) for row in rows.values())
    points = sum(row.points for row in rows.values())
    print(f"{points} points in {time.monotonic() - start:.0f} s, {wrong} wrong")
    missing = [suite for suite, row in rows.items() if not row.points and not given.only and not given.telling]
    if missing:
        print(f"without cases: {', '.join(missing)}")
    return 1 if wrong or not points else 0


if __name__ == "__main__":
    sys.exit(main())
