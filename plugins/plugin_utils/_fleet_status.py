# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of tenants: words for what the work that was done has come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ONBOARD, AUDIT = "onboard", "audit"

CREATED, CHANGED, WOULD_CHANGE, UNCHANGED = "created", "changed", "would change", "unchanged"
PREPARED, FINISHED, ABORTED, OFFBOARDED = "prepared", "finished", "aborted", "offboarded"
CLEAN, FINDINGS, UNKNOWN = "clean", "findings", "unknown"
FAILED, UNFINISHED = "failed", "unfinished"

# Each status, in the order of a recap, and what it is called there.
LABELS = {
    **{status: status for status in (CREATED, CHANGED, WOULD_CHANGE, PREPARED, FINISHED, ABORTED, OFFBOARDED, UNCHANGED, CLEAN)},
    FINDINGS: "with findings",
    UNKNOWN: "not fully known",
    FAILED: "failed",
    UNFINISHED: "not finished",
}
SEVERITIES = ("critical", "high", "medium", "low", "unknown")

# What a change is called, by the work that the role names.
_DONE = {"rotate_prepare": PREPARED, "rotate_finish": FINISHED, "rotate_abort": ABORTED, "offboard": OFFBOARDED}


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


def of_change(work: str | None, *, created: bool, check: bool) -> str:
    """Give the status of a tenant that changed, or would have."""
    if check:
        return WOULD_CHANGE
    return CREATED if created and work in (None, ONBOARD) else _DONE.get(work or "", CHANGED)
