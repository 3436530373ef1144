# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of audits, as the fleet callback counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...module_utils._tenant.statuses import CLEAN, FAILED, FINDINGS, UNKNOWN

SEVERITIES = ("critical", "high", "medium", "low", "unknown")


@dataclass(frozen=True)
class AuditResult:
    """The result of an audit of one tenant.

    Args:
        status: `clean`, `findings`, `unknown` or `failed`.
        error: the reason of a failure.
        findings: the severities of its findings.
        org: the org; a host can have several.
    """

    status: str
    error: str | None = None
    findings: tuple[str, ...] = ()
    org: str = ""

    @classmethod
    def of(cls, value: Any) -> AuditResult | None:
        """Read the result of the module okta_audit_info; None for any other value."""
        if not isinstance(value, Mapping) or value.get("status") not in (CLEAN, FINDINGS, UNKNOWN, FAILED):
            return None
        found = value.get("findings")
        entries = [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []
        severities = [str(entry.get("severity")) for entry in entries]
        known = tuple(severity if severity in SEVERITIES else UNKNOWN for severity in severities)
        error = value.get("error")
        return cls(str(value["status"]), str(error) if error else None, known, str(value.get("org_url") or value.get("tenant") or ""))


def worst_status(audits: Iterable[AuditResult]) -> str:
    """The worst status of the orgs of a host."""
    order = (FAILED, FINDINGS, UNKNOWN, CLEAN)
    return min((audit.status for audit in audits), key=order.index, default=CLEAN)


def count_by_severity(audits: Iterable[AuditResult]) -> dict[str, int]:
    """Count findings by severity, the worst first."""
    counted = Counter(severity for audit in audits for severity in audit.findings)
    return {severity: counted[severity] for severity in SEVERITIES}
