# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery after an interrupted run or a lost response: how long to search."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._okta import request_recovery
from ansible_collections.rezonate.okta.plugins.module_utils._okta.request_recovery import (
    parse_timestamp,
    poll,
    recovery_deadline,
    requested_at_epoch,
)
from helpers.fake_okta import Clock

NOW = 1_767_000_000.0


@pytest.mark.parametrize(
    ("given", "until"),
    [
        (None, 0.0),
        ("", 0.0),
        ("2025-12-29T09:20:00Z", NOW + 60),
        ("2025-12-29T09:20:00.000Z", NOW + 60),
        ("2025-12-29T10:20:00+01:00", NOW + 60),
        ("2025-12-29T09:20:00", NOW + 60),
        ("2025-12-29T09:15:00Z", NOW + 10),
        ("2025-12-29T09:00:00Z", NOW - 1140),
        ("2020-01-01T00:00:00Z", datetime(2020, 1, 1, 0, 1, tzinfo=timezone.utc).timestamp()),
    ],
)
def test_the_recovery_deadline_depends_on_the_time_of_the_request(monkeypatch: pytest.MonkeyPatch, given: str | None, until: float) -> None:
    monkeypatch.setattr(request_recovery.time, "time", lambda: NOW)
    assert recovery_deadline(given) == until


@pytest.mark.parametrize("given", ["yesterday", "2026-13-01T00:00:00Z", "12:00"])
def test_an_invalid_time_is_refused(given: str) -> None:
    with pytest.raises(InputError, match=r"is no time: give it like 2026-01-31T12:00:00Z\.$"):
        requested_at_epoch(given)
    assert parse_timestamp(given) is None


@pytest.mark.parametrize(
    ("answers", "seconds", "slept"),
    [([[1]], 60, []), ([[], [1]], 60, [5.0]), ([[]], 0, []), ([[], [], [], []], 12, [5.0, 5.0, 2.0])],
)
def test_it_polls_until_a_result_or_the_deadline(answers: list[list[int]], seconds: float, slept: list[float]) -> None:
    clock, left = Clock(), list(answers)
    assert poll(lambda: left.pop(0), clock.now + seconds, clock, clock.sleep) == answers[-1]
    assert (clock.slept, left) == (slept, [])
