# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo` with each method: it completes and reports its results."""

from __future__ import annotations

import subprocess
import sys

from helpers.ansible_run import ROOT

METHODS = ("oauth", "api_service_integration", "api_token")


def test_the_demo_reports_its_results_and_no_secret() -> None:
    for method in METHODS:  # sequentially, since they use the same directory
        command = [sys.executable, str(ROOT / "tests" / "demo" / "demo.py"), "--method", method]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert shown.returncode == 0, shown.stdout + shown.stderr
        assert "Second run:" in shown.stdout
        assert "changed=0" in shown.stdout.rpartition("Second run:")[2]
        assert "/api/v1/users?limit=1 was read" in shown.stdout
        assert "PRIVATE KEY" not in shown.stdout
