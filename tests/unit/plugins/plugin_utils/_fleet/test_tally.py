# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of each tenant."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.tally import Tally


def run(tally: Tally, name: str, *, changed: bool = False, now: float = 3.0) -> None:
    """Let a tenant begin at 0, do one task and end."""
    tally.begin(name, 0.0)
    tally.done(name, changed=changed)
    tally.end(name, now)


def test_a_tenant_with_a_change_is_changed_and_others_are_unchanged() -> None:
    tally = Tally(0.0)
    run(tally, "a", changed=True)
    run(tally, "b")
    assert {name: tenant.status for name, tenant in tally.tenants.items()} == {"a": "changed", "b": "unchanged"}
    assert tally.tenants["a"].seconds == 3.0


def test_a_tenant_that_failed_after_a_change_is_failed() -> None:
    tally = Tally(0.0)
    tally.begin("a", 1.0)
    tally.done("a", changed=True)
    tally.fail("a", "Okta answered 500.", 2.0)
    assert tally.tenants["a"].status == "failed"
    assert tally.end("a", 9.0) is None
    assert tally.tenants["a"].seconds == 1.0


def test_a_tenant_that_succeeded_can_still_fail() -> None:
    tally = Tally(0.0)
    run(tally, "a", changed=True)
    tally.fail("a", "Okta answered 500.", 4.0)
    assert tally.tenants["a"].status == "failed"


def test_the_end_of_a_tenant_is_reported_once() -> None:
    tally = Tally(0.0)
    tally.begin("a", 0.0)
    assert tally.end("a", 1.0) is tally.tenants["a"]
    assert tally.end("a", 2.0) is None


def test_a_tenant_that_never_began_is_unfinished() -> None:
    tally = Tally(0.0)
    tally.expect(["a", "b"])
    assert tally.end("a", 1.0) is None
    assert tally.counts(1.0).statuses == {"unfinished": 2}
    assert tally.tenants_to_repeat() == ["a", "b"]


def test_an_unreachable_tenant_is_done_and_unfinished() -> None:
    tally = Tally(0.0)
    tally.fail("a", "No way there.", 1.0, reached=False)
    counts = tally.counts(2.0)
    assert (counts.done, counts.statuses) == (1, {"unfinished": 1})
    assert tally.tenants_to_repeat() == ["a"]


def test_another_play_reopens_only_tenants_that_did_not_fail() -> None:
    tally = Tally(0.0)
    run(tally, "a")
    tally.fail("b", "Okta answered 500.", 1.0)
    tally.reopen(["a", "b"])
    assert {name: tenant.status for name, tenant in tally.tenants.items()} == {"a": "unfinished", "b": "failed"}


def test_the_tenant_of_a_long_task_is_waiting() -> None:
    tally = Tally(0.0)
    tally.begin("a", 0.0)
    tally.begin("b", 4.0)
    assert [tally.counts(now).waiting for now in (4.9, 5.1, 9.1)] == [0, 1, 2]
    tally.done("a", changed=False)
    assert tally.counts(9.1).waiting == 1


def test_rate_and_remaining_time_are_known_when_the_first_tenant_ends() -> None:
    tally = Tally(0.0)
    tally.expect(["a", "b", "c"])
    assert (tally.counts(30.0).rate, tally.counts(30.0).minutes_left) == (None, None)
    run(tally, "a")
    counts = tally.counts(30.0)
    assert counts.rate == pytest.approx(2.0)
    assert counts.minutes_left == pytest.approx(1.0)


@pytest.mark.parametrize(("changed", "is_reported"), [(False, False), (True, True)])
def test_another_play_prints_only_news(changed: bool, is_reported: bool) -> None:
    tally = Tally(0.0)
    run(tally, "a")
    tally.reopen(["a"])
    tally.begin("a", 5.0)
    tally.done("a", changed=changed)
    assert (tally.end("a", 6.0) is not None) == is_reported
    assert tally.tenants["a"].seconds == 6.0
