# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as JUnit XML, as Jenkins and GitLab read it.

A tenant is a test suite. Its first test case, ``audit``, says whether the tenant could be audited; each finding is one more.
What is wrong is a failure. A tenant that couldn't be audited is an error, so that CI is red. What couldn't be told is
*skipped*: both show that and neither takes it for passed or for wrong. It is no error, since an audit with an app's own
credentials can never read its admin roles, and would then be red for ever.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree as ET  # only to write

from .fleet_report import Report, names
from .schema import Finding, Tenant

# What XML 1.0 can't hold, not even escaped (section 2.2).
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> bytes:
    """Write the report."""
    root = ET.Element("testsuites", {"name": "Okta audit"})
    totals: Counter[str] = Counter()
    for tenant, name in zip(report["tenants"], names(report), strict=True):
        suite, counts = _suite(tenant, name, report["generated_at"])
        root.append(suite)
        totals.update(counts)
    _count(root, totals)
    ET.indent(root, " ")
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _suite(tenant: Tenant, shown: str, generated_at: str) -> tuple[ET.Element, Counter[str]]:
    # The schema that Jenkins publishes has no place for a time zone.
    time = re.sub(r"(\.\d+)?Z$", "", tenant["audited_at"] or generated_at)
    suite = ET.Element("testsuite", {"name": _safe(shown), "timestamp": time, "time": "0"})
    counts: Counter[str] = Counter()
    cases = [("audit", *_audited(tenant)), *((finding["id"], *_found(finding)) for finding in tenant["findings"])]
    seen: Counter[str] = Counter()
    for name, outcome, attributes, text in cases:
        seen[name] += 1
        # Two cases of one name would be one to GitLab. No text of the finding is in the name, or it would be new each day.
        unique = name if seen[name] == 1 else f"{name} #{seen[name]}"
        place = {"classname": _safe(f"okta.{shown}"), "name": _safe(unique), "time": "0"}
        case = ET.SubElement(suite, "testcase", place)
        counts.update(["tests"])
        if outcome:
            counts.update([outcome])
            ET.SubElement(case, outcome, {kind: _safe(value) for kind, value in attributes.items()}).text = _safe(text)
    _count(suite, counts)
    return suite, counts


def _audited(tenant: Tenant) -> tuple[str, dict[str, str], str]:
    """Say how the audit itself went: the kind of the outcome, its attributes, its text; nothing for what passed."""
    if tenant["status"] == "failed":
        message = tenant["error"] or "The tenant could not be audited."
        return "error", {"type": "failed", "message": message}, message
    if tenant["status"] == "unknown":
        return "skipped", {"message": tenant["error"] or "Not everything about the tenant could be told."}, ""
    return "", {}, ""


def _found(finding: Finding) -> tuple[str, dict[str, str], str]:
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
