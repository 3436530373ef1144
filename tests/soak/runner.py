# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs cases in parallel processes and prints their results."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from okta_emulator import Emulator

from .case import Case, CaseContext, Verdict
from .control_node import HangError
from .suites import find

NUMBERS = ("lost", "doubled", "leaked", "hangs", "unclear")
_FOREIGN = ("ANSIBLE_", "OKTA_", "REZONATE_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_COUNT = itertools.count(1)


def clean_environment() -> None:
    """Remove the caller's settings of Ansible, Okta and proxies from the environment."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN) or name.lower() in _PROXIES:
            del os.environ[name]


@dataclass
class CaseResult:
    """A case and its verdicts."""

    suite: str
    name: str
    verdicts: list[Verdict]
    seconds: float


@dataclass
class Row:
    """A suite in the table."""

    suite: str
    points: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        """Count a verdict."""
        self.points += 1
        self.outcomes[verdict.outcome] += 1
        self.sums.update({name: getattr(verdict, name) for name in NUMBERS})


def run_case(case: Case, okta: Emulator) -> CaseResult:
    """Run a case; an exception becomes a verdict."""
    start = time.monotonic()
    # Not the directory of pytest: ansible-core 2.21 opens a socket below TMPDIR, and the path of a socket has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="rezonate-soak-"))
    name = f"soak-{os.getpid()}-{next(_COUNT)}"
    bugs = len(okta.bugs)
    try:
        result = case.run(CaseContext(folder, okta, name))
        verdicts = [result] if isinstance(result, Verdict) else list(result)
    except HangError as error:
        verdicts = [Verdict("hung", hangs=1, detail=str(error))]
    except Exception as error:  # noqa: BLE001 - a failed case must not end the others
        verdicts = [Verdict("aborted", unclear=1, detail=f"{type(error).__name__}: {error} ({_where(error)})")]
    finally:
        for tenant in [tenant for tenant in okta.tenants() if tenant.startswith(name)]:
            okta.clear_faults(tenant=tenant)
            okta.clear_requests(tenant)
            okta.remove_tenant(tenant)
        shutil.rmtree(folder, ignore_errors=True)
    if len(okta.bugs) > bugs:
        verdicts.append(Verdict("emulator bug", unclear=1, detail="; ".join(okta.bugs[bugs:])))
    return CaseResult(case.suite, case.name, verdicts, time.monotonic() - start)


def _where(error: BaseException) -> str:
    trace, place = error.__traceback__, ""
    while trace:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class _Worker:
    """A process of the pool, with its own emulator."""

    okta: Emulator | None = None

    @classmethod
    def start(cls) -> None:
        clean_environment()
        cls.okta = Emulator()
        cls.okta.start()

    @classmethod
    def work(cls, suite: str, name: str) -> CaseResult:
        assert cls.okta
        return run_case(find(suite, name), cls.okta)


def run_all(cases: Sequence[Case], jobs: int) -> Iterable[CaseResult]:
    """Run cases in parallel processes, approximately in their order."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_Worker.start) as pool:
        futures = [pool.submit(_Worker.work, case.suite, case.name) for case in cases]
        for future in as_completed(futures):
            yield future.result()


def report(result: CaseResult, number: int, total: int) -> None:
    """Print the line of a case and its errors."""
    outcomes = Counter(verdict.outcome for verdict in result.verdicts)
    outcome_text = ", ".join(f"{count} {outcome}" if count > 1 else outcome for outcome, count in outcomes.items())
    print(f"{number:4}/{total} {result.suite}: {result.name} [{result.seconds:.0f} s] {outcome_text}", flush=True)
    for verdict in result.verdicts:
        if not verdict.good:
            numbers = ", ".join(f"{name} {getattr(verdict, name)}" for name in NUMBERS if getattr(verdict, name))
            detail = re.sub(r"\s+", " ", verdict.detail)[:3000]
            print(f"     WRONG ({numbers}): {detail}", flush=True)


def table(rows: Sequence[Row]) -> str:
    """Return the table of all suites."""
    head = ("suite", "points", *NUMBERS, "outcomes")
    lines: list[tuple[str, ...]] = [head]
    for row in rows:
        outcomes = ", ".join(f"{outcome} {count}" for outcome, count in sorted(row.outcomes.items(), key=lambda item: (-item[1], item[0])))
        lines.append((row.suite, str(row.points), *(str(row.sums[name]) for name in NUMBERS), outcomes))
    widths = [max(len(line[column]) for line in lines) for column in range(len(head) - 1)]
    return "\n".join("  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]) for line in lines)
