# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.rezonate.okta.plugins.module_utils._audit.fleet_report import (
    GENERATOR,
    join_audits,
    join_run,
    make_report,
    parse_report,
    render_json,
    tenant_names,
)
from ansible_collections.rezonate.okta.plugins.module_utils._audit.schema import Tenant, parse_tenant
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from helpers.audit_samples import GENERATED_AT, fleet, hostile

DOCUMENT = Path(__file__).resolve().parents[5] / "docs" / "audit-schema.md"


def one(name: str = "acme", at: str | None = None, **members: Any) -> Tenant:
    return parse_tenant({"tenant": name, "audited_at": at, **members}, "x")


def made(*tenants: dict[str, Any]) -> Any:
    return make_report([parse_tenant(value, "x") for value in tenants], GENERATED_AT)


def test_tenants_are_sorted_by_name() -> None:
    assert [entry["tenant"] for entry in make_report([one("b"), one("C"), one("a")], "")["tenants"]] == ["a", "b", "C"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", 1), ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", 0),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.500Z", 1), ("2026-01-01T00:00:00.500Z", "2026-01-01T00:00:00Z", 0),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 1), (None, None, 1), ("2026-01-01T00:00:00Z", None, 0),
        ("2026-01-01T23:00:00-05:00", "2026-01-02T00:00:00Z", 0),
    ],
)  # fmt: skip
def test_the_latest_audit_of_a_tenant_counts(first: str | None, second: str | None, expected: int) -> None:
    both = [one(at=first, error="first"), one(at=second, error="second")]
    assert join_audits(both) == [both[expected]]


def test_tenants_are_joined() -> None:
    assert [entry["tenant"] for entry in join_audits([one("a"), one("b"), one("a")])] == ["a", "b"]


ACME, PREVIEW = "https://acme.okta.com", "https://acme.oktapreview.com"
CRITICAL = {"id": "super_admin", "severity": "critical"}


def test_two_orgs_of_one_tenant_id_are_two_tenants() -> None:
    both = [one(org_url=ACME, findings=[CRITICAL]), one(org_url=PREVIEW, status="clean")]
    for tenants in (both, both[::-1]):
        found = make_report(join_audits(join_run(tenants)), "")
        assert (found["tenants"], found["summary"]["by_severity"]["critical"]) == (both, 1)
        assert tenant_names(found) == ["acme", "acme (acme.oktapreview.com)"]


def test_an_audit_that_does_not_know_its_org_belongs_to_the_only_org_of_the_tenant_id() -> None:
    early, late = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
    known, failed = one(at=early, org_url=ACME, status="clean"), one(at=late, error="x")
    assert join_audits([known, failed]) == join_audits([failed, known]) == [{**failed, "org_url": ACME}]
    assert join_audits([failed, one(at="2026-01-03T00:00:00Z", org_url=ACME)]) == [one(at="2026-01-03T00:00:00Z", org_url=ACME)]


def test_where_several_orgs_have_the_tenant_id_the_host_decides() -> None:
    orgs = [one(org_url=ACME, host="acme"), one(org_url=PREVIEW, host="acme-preview")]
    failed = one(at="2026-01-02T00:00:00Z", host="acme-preview", error="x")
    assert join_audits([*orgs, failed]) == [orgs[0], {**failed, "org_url": PREVIEW}]


def test_an_audit_of_an_unknown_org_is_retained_until_all_orgs_of_the_tenant_id_were_audited_later() -> None:
    at = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]
    failed, later = one(at=at[1], error="x"), [one(at=at[2], org_url=ACME), one(at=at[2], org_url=PREVIEW)]
    assert join_audits([failed, later[0], one(at=at[0], org_url=PREVIEW)])[0] == failed
    assert join_audits([failed, *later]) == later


def test_the_findings_of_hosts_of_one_org_in_one_run_are_combined() -> None:
    first = one(at="2026-01-01T00:00:00Z", org_url=ACME, host="a", error="x", findings=[CRITICAL], status="failed")
    (found,) = join_run([first, one(at="2026-01-02T00:00:00Z", org_url=f"{ACME}/", host="b", status="clean")])
    assert (found["host"], found["status"], found["error"], found["findings"]) == ("b", "failed", "x", first["findings"])


def test_a_later_audit_of_the_same_host_in_one_run_counts() -> None:
    first = one(at="2026-01-01T00:00:00Z", org_url=ACME, host="a", findings=[CRITICAL])
    latest = one(at="2026-01-02T00:00:00Z", org_url=ACME, host="a", status="clean")
    assert join_run([first, latest]) == [latest]


def test_tenants_and_findings_are_counted() -> None:
    finding = {"severity": "high"}
    tenants = [one("a", status="clean"), one("b", error="x"), one("c"), one("d", findings=[finding, finding, {"severity": "low"}])]
    assert make_report(tenants, "")["summary"] == {
        "tenants": 4, "clean": 1, "with_findings": 1, "unknown": 1, "failed": 1,
        "by_severity": {"critical": 0, "high": 2, "medium": 0, "low": 1, "unknown": 0},
    }  # fmt: skip


def test_a_report_is_unchanged_by_a_json_round_trip() -> None:
    found = made(*fleet(40), hostile())
    assert parse_report(render_json(found), "x") == found
    assert json.loads(render_json(found))["generator"] == GENERATOR


def test_a_report_of_another_program_needs_tenants_only() -> None:
    found = parse_report(b'{"tenants": [{"tenant": "acme"}]}', "x")
    assert (found["generated_at"], found["tenants"]) == ("", [one()])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "x isn't JSON"), (b"\xff", "x isn't JSON"), (b"[" * 100_000, "x isn't JSON"), (b"[]", "x isn't an audit report"),
        (b'{"tenants": {}}', "x isn't an audit report: it has no list 'tenants'"),
        (b'{"tenants": [1]}', r"x, tenants\[0\] must be a dictionary, not a number"),
        (b'{"tenants": [{"tenant": "a", "error": []}]}', r"x, tenants\[0\].error must be text, not a list"),
        (b'{"schema_version": 2, "tenants": []}', "x has the schema version 2; .* supports version 1 only"),
        (b'{"schema_version": {}, "tenants": []}', "the schema version that isn't a number"),
        (b'{"generated_at": "soon", "tenants": []}', "x, generated_at must be a time"),
    ],
)  # fmt: skip
def test_another_file_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_report(data, "x")


def test_the_documented_sample_is_a_report() -> None:
    sample = DOCUMENT.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    assert render_json(parse_report(sample.encode(), "sample")).decode() == sample


def test_the_documentation_names_every_member() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = made(hostile())

    def tenant_names(value: Any) -> set[str]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return set(value if isinstance(value, dict) else ()).union(*map(tenant_names, inner))

    assert {name for name in tenant_names(found) if f"`{name}`" not in text} == set()


def test_the_example_of_the_module_is_a_report() -> None:
    from ansible_collections.rezonate.okta.plugins.modules.audit_report import EXAMPLES

    (example,) = yaml.safe_load(EXAMPLES)[0]["rezonate.okta.audit_report"]["tenants"]
    assert made(example)["summary"]["with_findings"] == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"tenants": [], "schema_version": ' + "9" * 50_000 + "}", '{"tenants": ' + "[" * 20_000 + "]" * 20_000 + "}",
        '{"tenants": ' + "[" * 200_000, '{"a":' * 20_000, '{"tenants": [{"tenant": ' + "9" * 50_000 + "}]}",
    ],
    ids=["number", "deep", "deep and cut off", "mappings", "name"],
)  # fmt: skip
@pytest.mark.parametrize("limited", [True, False])
def test_a_report_that_exhausts_the_parser_is_refused_with_a_message(text: str, limited: bool) -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(before if limited else 0)
    try:
        with pytest.raises(InputError, match=r"^a\.json isn't JSON\.$"):
            parse_report(text.encode(), "a.json")
    finally:
        sys.set_int_max_str_digits(before)
