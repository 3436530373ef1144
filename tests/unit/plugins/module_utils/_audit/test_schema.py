# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parser of an audit's results."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._audit.schema import SEVERITIES, as_utc, parse_tenant
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from helpers.audit_samples import fleet, hostile

FINDING = {"id": "key_old", "severity": "medium", "message": "Old.", "remedy": "rotate"}


def read(**members: Any) -> Any:
    return parse_tenant({"tenant": "acme", **members}, "tenants[0]")


def test_missing_members_are_null_or_empty() -> None:
    assert read() == {
        "tenant": "acme", "org_url": None, "host": None, "status": "unknown", "method": None, "audited_at": None, "audited_as": None,
        "app": None, "keys": [], "scopes": {"wanted": [], "granted": None}, "coverage": None, "roles": {"wanted": [], "held": None},
        "last_proof": None, "error": None, "findings": [],
    }  # fmt: skip
    assert read(keys=[{}])["keys"] == [{"kid": None, "status": None, "created": None, "age_days": None, "ours": None}]
    assert read(coverage=[{}])["coverage"] == [{"scope": "unnamed", "status": "unknown", "needs": None}]
    assert read(app={})["app"] == {"id": None, "label": None, "status": None, "created": None}
    assert read(findings=[{}])["findings"] == [{"id": "unnamed", "severity": "unknown", "message": "", "remedy": ""}]


def test_empty_strings_of_old_templates_count_as_null() -> None:
    empty = dict.fromkeys(
        ["org_url", "status", "method", "audited_at", "app", "keys", "scopes", "coverage", "roles", "error", "findings"], ""
    )
    assert read(**empty) == read()


def test_unknown_members_are_ignored() -> None:
    assert "more" not in read(more=1)


@pytest.mark.parametrize("sample", [*fleet(30), hostile()], ids=lambda one: one["tenant"][:12])
def test_a_parsed_tenant_is_unchanged_when_parsed_again(sample: dict[str, Any]) -> None:
    once = parse_tenant(sample, "x")
    assert parse_tenant(json.loads(json.dumps(once)), "x") == once
    assert sorted(map(str, once["findings"])) == sorted(map(str, sample["findings"]))


def test_order_is_irrelevant() -> None:
    findings = [{**FINDING, "id": severity, "severity": severity} for severity in SEVERITIES]
    keys, coverage = [{"kid": "b"}, {"kid": "a"}], [{"scope": "b", "status": "EMPTY"}, {"scope": "a", "status": "usable"}]
    one = read(findings=findings, keys=keys, coverage=coverage, scopes={"wanted": ["b", "a"]}, roles={"held": ["b", "a", "a"]})
    other = read(
        findings=findings[::-1], keys=keys[::-1], coverage=coverage[::-1], scopes={"wanted": ["a", "b", ""]}, roles={"held": ["a", "b"]}
    )
    assert one == other
    assert [finding["severity"] for finding in one["findings"]] == list(SEVERITIES)


@pytest.mark.parametrize(
    ("given", "findings", "error", "status"),
    [
        ("clean", [], None, "clean"), ("clean", [FINDING], None, "findings"), (None, [FINDING], None, "findings"),
        ("findings", [], None, "unknown"), (None, [], None, "unknown"), (None, [], "Okta is down.", "failed"),
        ("failed", [FINDING], None, "failed"), ("unknown", [FINDING], None, "unknown"), ("CLEAN", [], None, "clean"),
    ],
)  # fmt: skip
def test_a_tenant_with_findings_is_never_clean(given: str | None, findings: list[Any], error: str | None, status: str) -> None:
    assert read(status=given, findings=findings, error=error)["status"] == status


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"org_url": ["x"]}, r"tenants\[0\].org_url must be text, not a list."),
        ({"error": True}, r"tenants\[0\].error must be text, not a boolean."),
        ({"status": "fine"}, r"tenants\[0\].status must be one of clean, findings, unknown, failed."),
        ({"method": "saml"}, r"tenants\[0\].method must be one of oauth, "),
        ({"audited_at": "yesterday"}, r"tenants\[0\].audited_at must be a time such as 2026-01-31T12:00:00Z."),
        ({"app": "0oa1"}, r"tenants\[0\].app must be a dictionary, not text."),
        ({"keys": {"kid": "a"}}, r"tenants\[0\].keys must be a list, not a dictionary."),
        ({"keys": [{}, {"age_days": "old"}]}, r"tenants\[0\].keys\[1\].age_days must be a number, not text."),
        ({"keys": [{"age_days": True}]}, r"tenants\[0\].keys\[0\].age_days must be a number, not a boolean."),
        ({"keys": [{"age_days": float("inf")}]}, r"keys\[0\].age_days must be a number"),
        ({"keys": [{"ours": "maybe"}]}, r"tenants\[0\].keys\[0\].ours must be a boolean, not text."),
        ({"scopes": {"wanted": "okta.users.read"}}, r"tenants\[0\].scopes.wanted must be a list, not text."),
        ({"scopes": {"granted": ["a", {}]}}, r"tenants\[0\].scopes.granted\[1\] must be text, not a dictionary."),
        ({"coverage": [{}, {"status": "fine"}]}, r"tenants\[0\].coverage\[1\].status must be one of usable, empty, refused_by_role, "),
        ({"roles": {"held": [None, True]}}, r"tenants\[0\].roles.held\[1\] must be text, not a boolean."),
        ({"findings": [{"severity": "bad"}]}, r"tenants\[0\].findings\[0\].severity must be one of critical, high, medium, low, "),
        ({"tenant": None}, r"tenants\[0\].tenant is missing: a tenant needs its name."),
    ],
)  # fmt: skip
def test_a_wrong_type_is_refused_with_one_message(members: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        read(**members)
    assert "\n" not in str(caught.value)


def test_a_tenant_is_a_dictionary() -> None:
    with pytest.raises(InputError, match=r"tenants\[7\] must be a dictionary, not null"):
        parse_tenant(None, "tenants[7]")


def test_texts_of_numbers_and_booleans_are_parsed() -> None:
    (key,) = read(keys=[{"age_days": "12", "ours": "False", "kid": 7}])["keys"]
    assert key == {"kid": "7", "status": None, "created": None, "age_days": 12, "ours": False}
    assert read(tenant=123)["tenant"] == "123"


def test_an_unpaired_surrogate_can_be_written() -> None:
    label = read(app=json.loads('{"label": "\\ud83d"}'))["app"]["label"]
    assert label.encode() == b"?"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"), ("2026-01-31T12:00:00.250Z", "2026-01-31T12:00:00.250Z"),
        ("2026-01-31T14:00:00+02:00", "2026-01-31T12:00:00Z"), ("2026-01-31 12:00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31", "2026-01-31T00:00:00Z"), ("2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.500Z"),
        ("2026-01-31T12:00:00.123456789+0000", "2026-01-31T12:00:00.123Z"), ("2026-01-31t12:00z", "2026-01-31T12:00:00Z"),
    ],
)  # fmt: skip
def test_times_are_in_utc(text: str, time: str) -> None:
    assert as_utc(text, "x") == time


@pytest.mark.parametrize("text", ["", "now", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+23:00", "2026-01-31T12:00:00ZZ"])
def test_an_invalid_time_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="generated_at must be a time"):
        as_utc(text, "generated_at")


@pytest.mark.parametrize(
    "entry",
    [
        {"tenant": 1 << 200_000},
        {"keys": [{"ours": 1 << 200_000}]},
        {"keys": [{"age_days": 1 << 200_000}]},
        {"scopes": {"wanted": [1 << 200_000]}},
    ],
    ids=["text", "boolean", "number", "list"],
)
def test_a_number_too_large_to_be_displayed_is_refused_with_a_message(entry: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="must be") as caught:
        parse_tenant({"tenant": "acme", **entry}, "tenants[0]")
    assert len(str(caught.value)) < 200
