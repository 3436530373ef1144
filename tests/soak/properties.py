# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The property tests with many examples: `make test` runs few, and always the same."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

from helpers.ansible_run import ROOT

from .case import Case, CaseContext, Verdict

_FOLDER = ROOT / "tests" / "unit" / "properties"
_LIMIT = 3600  # seconds for a file


def cases() -> list[Case]:
    """Return a case for each file."""
    return [Case("properties", path.stem, partial(run_file, path)) for path in sorted(_FOLDER.glob("test_*.py"))]


def run_file(path: Path, context: CaseContext) -> list[Verdict]:
    """Run the tests of a file; each is a point."""
    report = context.folder / "report.xml"
    args = [sys.executable, "-m", "pytest", f"--junitxml={report}", str(path)]
    try:
        done = subprocess.run(args, cwd=ROOT, env={**os.environ, "SOAK": "1"}, capture_output=True, text=True, timeout=_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return [Verdict("hung", hangs=1, detail=f"{path.name}: not done after {_LIMIT} s")]
    tests = list(ET.parse(report).iter("testcase")) if report.exists() else []
    aborted = Verdict("aborted", unclear=1, detail=f"{path.name}: {done.stdout[-1500:]} {done.stderr[-1500:]}")
    return [_verdict(case) for case in tests] or [aborted]


def _verdict(case: ET.Element) -> Verdict:
    wrong = [child for child in case if child.tag in ("failure", "error")]
    detail = "; ".join(f"{child.get('message')} {(child.text or '')[-1500:]}" for child in wrong)
    return Verdict("violated" if wrong else "satisfied", unclear=len(wrong), detail=f"{case.get('name')}: {detail}")
