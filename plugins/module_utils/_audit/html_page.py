# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as one HTML page without requests to any server.

The caller supplies the page's text, style and script as a `PageSource`. The page contains the data as JSON without characters that have
a meaning in HTML; the script turns them into text nodes. The policy allows this style and this script only.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass

from .fleet_report import Report

_POLICY = (
    "default-src 'none'; style-src '{style}'; script-src '{script}'; base-uri 'none'; form-action 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
_PLACE = re.compile(r"@(policy|style|script|title|data)@")
_MEANING_IN_HTML = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


@dataclass(frozen=True)
class PageSource:
    """The sources of the page.

    Args:
        template: HTML with the places ``@policy@``, ``@style@``, ``@script@``, ``@title@`` and ``@data@``.
        style: CSS.
        script: JavaScript.
    """

    template: str
    style: str
    script: str


def render_page(source: PageSource, report: Report) -> bytes:
    """Render the report."""
    policy = _POLICY.format(style=_hash(source.style), script=_hash(source.script))
    found = {"policy": policy, "style": source.style, "script": source.script, "title": _title(report), "data": embedded_json(report)}
    # in one pass: the data are not searched for placeholders
    return _PLACE.sub(lambda place: found[place[1]], source.template).encode("utf-8")


def embedded_json(report: Report) -> str:
    """JSON that can stand in a script element: ASCII, without ``<``, ``>`` and ``&``."""
    return json.dumps(report, separators=(",", ":"), allow_nan=False).translate(_MEANING_IN_HTML)


def _title(report: Report) -> str:
    """The title: the numbers of tenants and findings, without any text from Okta."""
    count, findings = report["summary"]["tenants"], sum(report["summary"]["by_severity"].values())
    return f"Okta audit: {_counted(count, 'tenant')}, {_counted(findings, 'finding')}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
