# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as JUnit XML, as Jenkins and GitLab read it.

A tenant is a test suite. Its first test case, ``audit``, says whether the tenant could be audited; each finding is another one.
Drift is a failure. A tenant that couldn't be audited is an error, so that CI fails. A check that couldn't be made is *skipped*:
both tools show that, and neither counts it as passed or failed. It isn't an error, since an audit with an app's own credentials
can never read its admin roles and would then always fail.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree as ET  # only to write

from .fleet_report import Report, tenant_names
from .schema import Finding, Tenant

# Characters that XML 1.0 doesn't allow, not even escaped (section 2.2).
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Report) -> bytes:
    """Render the report."""
    root = ET.Element("testsuites", {"name": "Okta audit"})
    totals: Counter[str] = Counter()
    for tenant, name in zip(report["tenants"], tenant_names(report), strict=True):
        suite, counts = _suite(tenant, name, report["generated_at"])
        root.append(suite)
        totals.update(counts)
    _count(root, totals)
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _suite(tenant: Tenant, display_name: str, generated_at: str) -> tuple[ET.Element, Counter[str]]:
    # The schema that Jenkins publishes allows no time zone.
    time = re.sub(r"(\.\d+)?Z$", "", tenant["audited_at"] or generated_at)
    suite = ET.Element("testsuite", {"name": _safe(display_name), "timestamp": time, "time": "0"})
    counts: Counter[str] = Counter()
    cases = [("audit", *_audit_outcome(tenant)), *((finding["id"], *_finding_outcome(finding)) for finding in tenant["findings"])]
    name_counts: Counter[str] = Counter()
    for name, outcome, attributes, text in cases:
        name_counts[name] += 1
        # GitLab merges cases of one name. The name contains no text of the finding, which may change every day.
        unique = name if name_counts[name] == 1 else f"{name} #{name_counts[name]}"
        place = {"classname": _safe(f"okta.{display_name}"), "name": _safe(unique), "time": "0"}
        case = ET.SubElement(suite, "testcase", place)
        counts.update(["tests"])
        if outcome:
            counts.update([outcome])
            ET.SubElement(case, outcome, {kind: _safe(value) for kind, value in attributes.items()}).text = _safe(text)
    _count(suite, counts)
    return suite, counts


def _audit_outcome(tenant: Tenant) -> tuple[str, dict[str, str], str]:
    """The outcome of the audit itself: its element, attributes and text; empty where it passed."""
    if tenant["status"] == "failed":
        message = tenant["error"] or "The tenant could not be audited."
        return "error", {"type": "failed", "message": message}, message
    if tenant["status"] == "unknown":
        return "skipped", {"message": tenant["error"] or "Some checks of the tenant could not be made."}, ""
    return "", {}, ""


def _finding_outcome(finding: Finding) -> tuple[str, dict[str, str], str]:
    message, severity = finding["message"], finding["severity"]
    text = "\n".join(filter(None, [message, finding["remedy"] and f"Remedy: {finding['remedy']}"]))
    if severity == "unknown":
        return "skipped", {"message": message}, text
    return "failure", {"type": severity, "message": f"{severity}: {message}"}, text


def _count(element: ET.Element, counts: Counter[str]) -> None:
    kinds = {"tests": "tests", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for name, kind in kinds.items():
        element.set(name, str(counts[kind]))


def _safe(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
