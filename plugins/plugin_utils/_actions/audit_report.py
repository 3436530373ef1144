# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``audit_report`` on the controller, which has the files of its page: they aren't shipped with a module."""

from __future__ import annotations

from pathlib import Path

from ...module_utils._audit.html_page import PageSource
from ...module_utils._audit.report_files import write_audit_reports
from ...module_utils._core.spec import Call, Outcome
from .._runner.in_process import InProcessAction

_FOLDER = Path(__file__).resolve().parents[1] / "_audit_page"
_STYLES = ("colours", "base", "glance", "tenants", "detail", "matrix", "print")
_SCRIPTS = ("dom", "model", "filters", "glance", "detail", "tenants", "keys", "matrix", "paper", "main")


class AuditReportAction(InProcessAction):
    """Provides the source of the page."""

    can_ship = False

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        return write_audit_reports(call, read_page_source())


def read_page_source() -> PageSource:
    """Read the source of the page; the scripts share one scope."""
    style = "\n".join(_text(f"{name}.css") for name in _STYLES)
    script = "\n".join(_text(f"{name}.js") for name in _SCRIPTS)
    return PageSource(_text("page.html"), style, f'(() => {{\n"use strict";\n{script}\n}})();\n')


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
