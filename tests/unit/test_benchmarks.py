# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of the benchmarks: medians, ratios, tables, and the analysis of a request log."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.calls import chain, covered, shortest, summary
from benchmarks.figures import Sample, inner_ratio, lay_out, medians, ratio, table
from benchmarks.goals import reached


def sample(cpu: float = 1, **values: Any) -> Sample:
    common = {"setting": "none", "tenants": 10, "forks": 5, "peer": "role", "phase": "first", "round": 0, "wall": 2.0, "okta_cpu": 0.1}
    return Sample(**{**common, "calls": 40, "connections": 15, "peak_mb": 60, "span": 1.0, "cpu": cpu, **values})


def call(second: float, method: str, path: str, tenant: str = "acme", connection: int = 1) -> dict[str, Any]:
    return {"time": second, "method": method, "path": path, "tenant": tenant, "connection": connection, "status": 200}


GRANT = ("POST", "/api/v1/apps/0oa1/grants")
CREATION = ("POST", "/api/v1/apps")


def test_each_figure_has_a_median_of_its_own() -> None:
    rows = medians([sample(1, wall=9), sample(5, wall=1), sample(3, wall=2)])
    assert [(row["runs"], row["cpu"], row["wall"]) for row in rows] == [(3, 3, 2)]


@pytest.mark.parametrize("other", [{"peer": "uri"}, {"tenants": 1}, {"forks": 25}, {"phase": "audit"}, {"setting": "recorded"}])
def test_samples_of_different_cases_are_not_combined(other: dict[str, Any]) -> None:
    assert len(medians([sample(), sample(**other)])) == 2


def test_ratios_are_taken_within_a_round() -> None:
    found = [sample(1, round=0), sample(2, round=1), sample(10, round=0, peer="uri"), sample(60, round=1, peer="uri"), sample(9, round=2)]
    assert ratio(found, "cpu", {"peer": "uri"}, {"peer": "role"}) == 20


def test_there_is_no_ratio_of_different_rounds() -> None:
    assert ratio([sample(1, round=0), sample(9, round=1, peer="uri")], "cpu", {"peer": "uri"}, {"peer": "role"}) is None


def test_figures_of_one_sample_have_a_ratio_where_both_are_known() -> None:
    found = [sample(span=6, waited=4.0), sample(span=6), sample(span=3, waited=3.0)]
    assert inner_ratio(found, "span", "waited", {"peer": "role"}) == 1.25


def test_a_table_is_as_wide_as_its_widest_cells() -> None:
    assert lay_out([("a", "long head"), ("wide", "b")]).splitlines() == [
        "| a    | long head |",
        "| ---- | --------- |",
        "| wide | b         |",
    ]


def test_a_table_has_a_line_for_each_case() -> None:
    lines = table(medians([sample(1.234), sample(0.2, peer="vendor")])).splitlines()
    assert [line.split("|")[4].strip() for line in lines] == ["who", "-" * 6, "role", "vendor"]
    assert "1.23" in lines[2]


def test_goals_that_were_not_measured_are_reported() -> None:
    found = {what: (got, goal) for what, got, goal in reached([sample(2), sample(50, peer="uri")], 30)}
    assert found["CPU a tenant, first run of 10: uri against the role"] == ("25 times", "25 times or more")
    assert found["HTTP calls a tenant, first run"] == ("40", "48 or less, and 12 for coverage")
    assert found["HTTP calls a tenant, audit run"] == ("not measured", "")


def test_growth_is_computed_with_equal_forks_and_a_thousand_tenants_with_the_best_forks() -> None:
    many = {"tenants": 1000}
    found = [sample(2), sample(3, wall=0.9, **many), sample(9, forks=100, wall=0.5, **many)]
    got = {what: value for what, value, _goal in reached(found, 30)}
    assert got["CPU a tenant, first run: 1000 against 10"] == "1.5 times"
    assert got["a thousand tenants, first run, with the best number of forks"] == "500 s"


def test_parallel_calls_count_once_in_the_span() -> None:
    assert covered([(0, 2), (1, 3), (1, 1.5), (5, 6)]) == 4


def test_a_log_gives_the_calls_and_connections_of_a_tenant() -> None:
    entries = [call(0, *CREATION), call(1, *GRANT, connection=2), call(1, *CREATION, tenant="globex"), call(3, *GRANT, tenant="globex")]
    found = summary(entries, "none")
    assert (found["calls"], found["connections"], found["span"], found["waited"]) == (2, 1.5, 1.5, None)


def test_recorded_latency_is_a_part_of_the_span() -> None:
    found = summary([call(0, *CREATION), call(2, *GRANT), call(2, *GRANT)], "recorded")
    assert (found["span"], found["waited"]) == (pytest.approx(2.6), pytest.approx(1.7 + 0.6))


@pytest.mark.parametrize(("grants", "seconds"), [(9, 0), (10, 60), (30, 180)])
def test_the_lowest_limits_allow_ten_calls_a_minute(grants: int, seconds: float) -> None:
    refused = {**call(0, *GRANT), "status": 429}
    assert shortest([call(0, *CREATION), refused, *(call(0, *GRANT) for _grant in range(grants))]) == seconds


def test_refused_calls_are_counted_where_there_are_limits() -> None:
    entries = [call(0, *CREATION), {**call(0, *GRANT), "status": 429}]
    assert (summary(entries, "limits")["refused"], summary(entries, "none")["refused"]) == (1, None)
    found = reached([sample(tenants=1, setting="limits", refused=number) for number in (3.0, 0.0)], 30)
    assert [got for what, got, _goal in found if "refused" in what] == ["3"]


def test_a_span_is_compared_with_the_longest_chain_of_calls() -> None:
    found = reached([sample(tenants=1, setting="recorded", span=2 * chain(), waited=chain() * 1.6)], 30)
    got = [value for what, value, _goal in found if "against the longest chain" in what or "waiting for answers" in what]
    assert got == ["2 times", "1.25 times"]


def test_a_run_without_calls_has_no_span() -> None:
    assert summary([], "none") == {"calls": 0, "connections": 0, "span": 0}
