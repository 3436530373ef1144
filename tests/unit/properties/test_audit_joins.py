# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports are joined by org: no finding of the latest audit of an org is lost, whatever the names of other orgs."""

from __future__ import annotations

from typing import Any

from ansible_collections.rezonate.okta.plugins.module_utils._audit.fleet_report import join_audits, join_run, make_report, tenant_names
from ansible_collections.rezonate.okta.plugins.module_utils._audit.schema import Tenant, parse_tenant
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.identifiers import org_key
from hypothesis import given
from hypothesis import strategies as st

IDS, DOMAINS = ["acme", "Acme", "globex"], ["okta.com", "oktapreview.com", "okta-emea.com"]
TIMES = [f"2026-01-{day:02}T00:00:00Z" for day in range(1, 29)]


@st.composite
def audits(draw: st.DrawFn) -> list[Tenant]:
    """Generate audits of a few orgs, each with its own time."""
    times = draw(st.lists(st.sampled_from(TIMES), unique=True, min_size=1, max_size=8))
    found = []
    for number, time in enumerate(times):
        name, domain = draw(st.sampled_from(IDS)), draw(st.sampled_from(DOMAINS))
        finding = {"id": f"finding-{number}", "severity": "critical"}
        members: dict[str, Any] = {"org_url": f"https://{name.lower()}.{domain}", "host": draw(st.sampled_from(["a", "b"]))}
        found.append(parse_tenant({"tenant": name, "audited_at": time, "findings": [finding], **members}, "x"))
    return found


def found_in(tenants: list[Tenant]) -> set[str]:
    return {finding["id"] for one in tenants for finding in one["findings"]}


@given(audits())
def test_the_latest_audit_of_each_org_is_retained(given_audits: list[Tenant]) -> None:
    latest: dict[str, Tenant] = {}
    for one in sorted(given_audits, key=lambda one: one["audited_at"] or ""):
        latest[org_key(one["org_url"])] = one
    assert sorted(join_audits(given_audits), key=str) == sorted(latest.values(), key=str)


@given(audits(), st.randoms())
def test_the_order_of_the_reports_makes_no_difference(given_audits: list[Tenant], rng: Any) -> None:
    shuffled = list(given_audits)
    rng.shuffle(shuffled)
    assert make_report(join_audits(shuffled), "") == make_report(join_audits(given_audits), "")
    assert make_report(join_audits(join_audits(shuffled)), "") == make_report(join_audits(shuffled), "")


@given(audits())
def test_the_findings_of_hosts_of_one_org_in_one_run_are_combined(given_audits: list[Tenant]) -> None:
    latest = {(org_key(one["org_url"]), one["host"]): one for one in sorted(given_audits, key=lambda one: one["audited_at"] or "")}
    assert found_in(join_run(given_audits)) == found_in(list(latest.values()))
    assert {one["org_url"] for one in join_run(given_audits)} == {one["org_url"] for one in given_audits}


@given(audits())
def test_the_names_of_the_tenants_of_a_report_are_unique(given_audits: list[Tenant]) -> None:
    shown = tenant_names(make_report(join_audits(given_audits), ""))
    assert len(set(shown)) == len(shown)
