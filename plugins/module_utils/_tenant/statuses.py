# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of tenants: the outcomes of a run."""

from __future__ import annotations

ONBOARD, AUDIT = "onboard", "audit"

CREATED, CHANGED, WOULD_CHANGE, UNCHANGED = "created", "changed", "would change", "unchanged"
PREPARED, FINISHED, ABORTED, OFFBOARDED = "prepared", "finished", "aborted", "offboarded"
CLEAN, FINDINGS, UNKNOWN = "clean", "findings", "unknown"
FAILED, UNFINISHED = "failed", "unfinished"

# Each status, in the order of a recap, and its label there.
LABELS = {
    **{status: status for status in (CREATED, CHANGED, WOULD_CHANGE, PREPARED, FINISHED, ABORTED, OFFBOARDED, UNCHANGED, CLEAN)},
    FINDINGS: "with findings",
    UNKNOWN: "not fully known",
    FAILED: "failed",
    UNFINISHED: "not finished",
}

# The status of a change by the reported work.
_DONE: dict[str | None, str] = {"rotate_prepare": PREPARED, "rotate_finish": FINISHED, "rotate_abort": ABORTED, "offboard": OFFBOARDED}


def status_of_change(work: str | None, *, created: bool, check: bool) -> str:
    """Return the status of a tenant that changed, or would change."""
    if check:
        return WOULD_CHANGE
    return CREATED if created and work in (None, ONBOARD) else _DONE.get(work, CHANGED)
