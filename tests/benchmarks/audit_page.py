# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the time to write the report of a fleet and to open its page in Chromium. Prints figures without assertions.

Usage: python tests/benchmarks/audit_page.py [TENANTS [TURNS]]; defaults: 1000 tenants and 7 turns.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "playbooks" / "collections")]

from helpers.audit_samples import GENERATED_AT, fleet  # noqa: E402 - requires tests/ in the path
from helpers.chromium import chromium, missing, write_report  # noqa: E402 - requires tests/ in the path
from selenium.webdriver import Chrome  # noqa: E402 - requires tests/ in the path

# The matrix is drawn last, when the browser is idle.
WATCH = """
new MutationObserver(() => { window.drawnAt ??= document.querySelector(".matrix") && performance.now() })
  .observe(document, {childList: true, subtree: true})
"""
READ = """
const paint = performance.getEntriesByName("first-contentful-paint")[0]
return [paint?.startTime, performance.getEntriesByType("navigation")[0].loadEventEnd, window.drawnAt]
"""
KINDS = ("first paint", "loaded", "all drawn", "processor time of the page, whatever else the machine does")


def open_page(page: Path, turns: int) -> list[tuple[float, ...]]:
    """Open a page repeatedly; return the milliseconds of each turn."""
    found = []
    with chromium() as browser:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        for _turn in range(turns):
            browser.get("about:blank")
            before = processor_time(browser)
            browser.get(page.as_uri())
            while None in (times := browser.execute_script(READ)):
                time.sleep(0.05)
            found.append((*times, processor_time(browser) - before))
    return found


def processor_time(browser: Chrome) -> float:
    """Return the processor time of the page's thread in milliseconds."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return 1000 * float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def main(tenants: int = 1000, turns: int = 7) -> None:
    """Measure and print the figures."""
    if reason := missing():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as folder:
        sample = fleet(tenants)
        start = time.monotonic()
        page = write_report(Path(folder), sample, generated_at=GENERATED_AT)
        written = time.monotonic() - start
        print(f"{tenants} tenants: written in {written:.2f} s, the page has {page.stat().st_size / 1e6:.1f} MB")
        times = open_page(page, turns)
    for kind, values in zip(KINDS, zip(*times, strict=True), strict=True):
        print(f"{kind}: median {statistics.median(values):.0f} ms, worst {max(values):.0f} ms of {turns}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
