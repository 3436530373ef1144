# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of a fleet's run for people."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.lines import (
    format_duration,
    progress_line,
    repeat_lines,
    summary_lines,
    tenant_lines,
)
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.tally import Counts, Tenant


def counts(done: int = 0, waiting: int = 0, findings: dict[str, int] | None = None, **statuses: int) -> Counts:
    """Return the counts of a run of ten tenants, after one minute."""
    named = {name.replace("_", " "): number for name, number in statuses.items()}
    return Counts(10, done, named, findings, waiting, 1.0)


def tenant(**more: object) -> Tenant:
    """Return a tenant that took two seconds."""
    return Tenant("acme", started=0.0, ended=2.0, **more)  # type: ignore[arg-type]  # a test's own values


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (99.4, "99 s"), (99.6, "2 min"), (5900, "98 min"), (6060, "1 h 41 min")],
)
def test_times_are_short(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_a_progress_line_has_all_counts() -> None:
    line = progress_line(counts(done=5, waiting=2, created=2, changed=1, unchanged=1, failed=1, unfinished=5))
    assert line == "5 of 10 tenants done: 2 created, 1 changed, 1 unchanged, 1 failed, 2 waiting; 5.0 a minute, 60 s left."


def test_before_the_first_has_ended_there_is_no_rate() -> None:
    assert progress_line(counts()) == "0 of 10 tenants done: 0 failed."


def test_a_changed_tenant_has_its_report() -> None:
    assert tenant_lines(tenant(changed=True, report=["Onboarded.", "Verification."]), counts(done=1)) == [
        "[ 1/10] acme: changed, 2.0 s",
        "    Onboarded.",
        "    Verification.",
    ]


@pytest.mark.parametrize(
    ("report", "shown"),
    [(["Tenant acme: matches the desired state; verified, 30 scopes.", "Verification."], 0), (["Tenant acme: not compared."], 1), ([], 0)],
)
def test_an_unchanged_tenant_has_its_report_if_it_contains_news(report: list[str], shown: int) -> None:
    assert len(tenant_lines(tenant(report=report), counts(done=1))) == 1 + shown


@pytest.mark.parametrize(("reached", "word"), [(True, "FAILED"), (False, "UNREACHABLE")])
def test_a_failed_tenant_has_its_whole_message(reached: bool, word: str) -> None:
    lines = tenant_lines(tenant(failure="Okta answered 401.\nGive another.", reached=reached), counts(done=1))
    assert lines == [f"[ 1/10] acme: {word}, 2.0 s", "    Okta answered 401.", "    Give another."]


def test_the_summary_groups_and_shortens() -> None:
    lines = summary_lines(counts(created=3, failed=7), [("Okta answered 401.", [*"abcdefg"])], interrupted=False, check=False)
    assert lines == [
        "10 tenants in 60 s: 3 created, 7 failed, 0 not finished.",
        "7 tenants (a, b, c, d, e and 2 more):",
        "    Okta answered 401.",
    ]


def test_the_summary_contains_the_facts_of_the_run() -> None:
    assert summary_lines(counts(), [], interrupted=True, check=False)[0].startswith("Interrupted. 10 tenants")
    assert "nothing was written" in summary_lines(counts(), [], interrupted=False, check=True)[0]


def test_omitted_options_are_requested_from_the_user() -> None:
    assert repeat_lines("x --limit a", ())[1:] == ["    x --limit a"]
    assert repeat_lines("x --limit a", ("-e", "-i"))[-1].startswith("    Add -e, -i yourself: ")


def test_findings_are_counted_by_severity() -> None:
    found = {"critical": 1, "high": 0, "medium": 2, "low": 0, "unknown": 0}
    made = Counts(10, 10, {"clean": 7, "findings": 3}, found, 0, 1.0)
    (line,) = summary_lines(made, [], interrupted=False, check=False)
    assert line.endswith(": 7 clean, 3 with findings (1 critical, 2 medium), 0 failed, 0 not finished.")


def test_a_predicted_change_is_no_change() -> None:
    (line,) = summary_lines(counts(would_change=4, unchanged=6), [], interrupted=False, check=True)
    assert line.endswith(": 4 would change, 6 unchanged, 0 failed, 0 not finished. Check mode: nothing was written.")


def test_a_run_for_a_fleet_as_a_whole_has_no_tenants() -> None:
    assert summary_lines(Counts(0, 0, {}, None, 0, 1.0), [], interrupted=False, check=False) == ["Done in 60 s."]
