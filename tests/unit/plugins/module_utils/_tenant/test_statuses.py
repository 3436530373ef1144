# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of tenants."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.statuses import AUDIT, LABELS, status_of_change


@pytest.mark.parametrize(
    ("work", "created", "status"),
    [
        ("onboard", True, "created"),
        ("onboard", False, "changed"),
        (None, True, "created"),
        (None, False, "changed"),
        ("rotate_prepare", True, "prepared"),
        ("rotate_finish", False, "finished"),
        ("rotate_abort", False, "aborted"),
        ("offboard", False, "offboarded"),
        ("rotate_status", False, "changed"),
    ],
)
def test_the_status_of_a_change_depends_on_the_work(work: str | None, created: bool, status: str) -> None:
    assert status_of_change(work, created=created, check=False) == status
    assert status_of_change(work, created=created, check=True) == "would change"


def test_an_audit_has_the_same_name_in_the_variables_of_the_role() -> None:
    assert AUDIT == "audit"


def test_the_recap_starts_with_changes_and_ends_with_unfinished_tenants() -> None:
    assert list(LABELS.items()) == [
        ("created", "created"),
        ("changed", "changed"),
        ("would change", "would change"),
        ("prepared", "prepared"),
        ("finished", "finished"),
        ("aborted", "aborted"),
        ("offboarded", "offboarded"),
        ("unchanged", "unchanged"),
        ("clean", "clean"),
        ("findings", "with findings"),
        ("unknown", "not fully known"),
        ("failed", "failed"),
        ("unfinished", "not finished"),
    ]
