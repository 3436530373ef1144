# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What audits found in a tenant, as the fleet's callback counts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...module_utils._tenant.statuses import CLEAN, FAILED, FINDINGS, UNKNOWN

SEVERITIES = ("critical", "high", "medium", "low", "unknown")


@dataclass(frozen=True)
class Audit:
    """What an audit of one tenant found.

    Args:
        status: `clean`, `findings`, `unknown` or `failed`.
        error: why it failed.
        findings: the severities of its findings.
        org: which org it was; a host may have several.
    """

    status: str
    error: str | None = None
    findings: tuple[str, ...] = ()
    org: str = ""

    @classmethod
    def of(cls, value: Any) -> Audit | None:
        """Read the result of the module okta_audit_info; None where it is none."""
        if not isinstance(value, Mapping) or value.get("status") not in (CLEAN, FINDINGS, UNKNOWN, FAILED):
            return None
        found = value.get("findings")
        entries = [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []
        severities = [str(entry.get("severity")) for entry in entries]
        known = tuple(severity if severity in SEVERITIES else UNKNOWN for severity in severities)
        error = value.get("error")
        return cls(str(value["status"]), str(error) if error else None, known, str(value.get("org_url") or value.get("tenant") or ""))


def worst(audits: Iterable[Audit]) -> str:
    """Give the worst status of a host's orgs."""
    order = (FAILED, FINDINGS, UNKNOWN, CLEAN)
    return min((audit.status for audit in audits), key=order.index, default=CLEAN)


def by_severity(audits: Iterable[Audit]) -> dict[str, int]:
    """Count findings by their severity, the worst first."""
    counted = Counter(severity for audit in audits for severity in audit.findings)
    return {severity: counted[severity] for severity in SEVERITIES}
