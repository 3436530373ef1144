# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words for the outcome of work."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.statuses import AUDIT, LABELS, of_change


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
def test_a_change_is_named_after_the_work(work: str | None, created: bool, status: str) -> None:
    assert of_change(work, created=created, check=False) == status
    assert of_change(work, created=created, check=True) == "would change"


def test_an_audit_has_the_name_that_the_role_s_variables_give_it() -> None:
    assert AUDIT == "audit"


def test_the_recap_begins_with_what_was_done_and_ends_with_what_is_not_finished() -> None:
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
