# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The merged results of a fleet."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.merge import (
    Artifacts,
    Fleet,
    Result,
    Work,
    collect_artifacts,
    merge_sentences,
    merge_summary,
    missing_results_message,
)

NOW = "2026-01-31T14:00:00Z"
KEYS = {"acme": "acme", "globex": "globex", "dead-one": "dead__one"}


def work(key: str, status: str | None = "unchanged", **more: Any) -> dict[str, Any]:
    """Return the artifact of work on a tenant."""
    value = {"work": "onboard", "changed": False, "status": status, "says": f"{key}: done.", "at": "2026-01-31T12:00:00Z", **more}
    return {f"rezonate_tenant_result_{key}": {name: entry for name, entry in value.items() if entry is not None}}


def audit(key: str, status: str = "clean", **more: Any) -> dict[str, Any]:
    """Return the artifact of the audit of a tenant."""
    return {f"rezonate_audit_result_{key}": f" {json.dumps({'tenant': key, 'status': status, **more})}"}


def fleet(*artifacts: dict[str, Any], required: tuple[str, ...] = (), keys: dict[str, str | None] | None = None) -> Fleet:
    """Return a fleet, by default of three tenants."""
    found = {name: value for artifact in artifacts for name, value in artifact.items()}
    return Fleet({**KEYS} if keys is None else keys, collect_artifacts(found), required)


def result(*artifacts: dict[str, Any]) -> Result:
    """Return the result of one tenant."""
    return fleet(*artifacts, keys={"acme": "acme"}).results["acme"]


ALL = (work("acme", "created"), work("globex"), work("dead__one"))


@pytest.mark.parametrize(
    "value",
    [
        {"rezonate_tenant_result_acme": "text"},
        {"rezonate_tenant_result_acme": {"work": "onboard"}},
        {"rezonate_tenant_result_acme": {"work": "onboard", "at": None}},
        {"rezonate_audit_result_acme": "text"},
        {"rezonate_audit_result_acme": " [1]"},
        {"rezonate_audit_result_acme": " {"},
        {"rezonate_audit_result_acme": {"status": "clean"}},
        {"rezonate_audit_result_acme": "[" * 100000},
    ],
)
def test_an_invalid_artifact_is_refused(value: dict[str, Any]) -> None:
    (name,) = value
    with pytest.raises(InputError) as refused:
        collect_artifacts(value)
    assert (
        str(refused.value)
        == f"{name} isn't an artifact of the playbook rezonate.okta.publish_rezonate_results: pass its artifacts on unchanged."
    )


def test_the_first_of_several_problems_is_named() -> None:
    for names in (("tenant_result_b", "tenant_result_a", "audit_result_a"), ("audit_result_a", "tenant_result_a")):
        with pytest.raises(InputError, match=r"^rezonate_tenant_result_a isn't"):
            collect_artifacts({f"rezonate_{name}": "x" for name in names})
    with pytest.raises(InputError, match=r"^rezonate_audit_result_a isn't"):
        collect_artifacts({"rezonate_audit_result_b": "x", "rezonate_audit_result_a": "x", **work("z")})


def test_other_variables_are_not_artifacts() -> None:
    assert collect_artifacts({"rezonate_tenant_results": "x", "rezonate_audit_fail_on": "high"}) == Artifacts({}, {})


def test_artifacts_are_found_by_the_key_of_their_tenant() -> None:
    found = collect_artifacts({**work("acme"), **audit("globex")})
    assert found.works == {"acme": Work("onboard", "unchanged", "acme: done.", "2026-01-31T12:00:00Z")}
    assert found.audits == {"globex": {"tenant": "globex", "status": "clean"}}


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"changed": True}, "changed"),
        ({"changed": "True"}, "changed"),
        ({"changed": "true", "work": "offboard"}, "offboarded"),
        ({"changed": True, "work": "rotate_prepare"}, "prepared"),
        ({"changed": False}, "unchanged"),
        ({"changed": None}, "unchanged"),
        ({"changed": True, "status": "of a later release"}, "changed"),
    ],
)
def test_an_artifact_without_a_status_gets_one_from_its_change(more: dict[str, Any], status: str) -> None:
    assert result(work("acme", **{"status": None, **more})).status == status


@pytest.mark.parametrize("status", ["created", "changed", "would change", "prepared", "finished", "aborted", "offboarded", "unchanged"])
def test_the_status_of_the_work_is_the_status_of_the_tenant(status: str) -> None:
    assert result(work("acme", status, changed=True)) == Result(status, "acme: done.")


@pytest.mark.parametrize(
    ("at", "read_as"),
    [
        ("2026-01-31 12:00:00+00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31 12:00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
    ],
)
def test_a_time_is_normalized(at: str, read_as: str) -> None:
    assert collect_artifacts(work("acme", at=at)).works["acme"].at == read_as


def test_an_artifact_without_a_sentence_has_no_message() -> None:
    assert result(work("acme", says=None)).message is None


def test_an_artifact_without_work_counts_for_no_work() -> None:
    found = fleet(work("acme", work=None), keys={"acme": "acme"})
    assert (found.artifacts.works_of("acme"), found.artifacts.works["acme"].work) == (set(), "")


@pytest.mark.parametrize("status", ["clean", "unknown", "failed", "findings"])
def test_a_tenant_with_only_an_audit_has_the_status_of_the_audit(status: str) -> None:
    assert result(audit("acme", status)).status == status


def test_an_audit_with_an_unknown_status_is_clean() -> None:
    assert result(audit("acme", "of a later release")).status == "clean"


@pytest.mark.parametrize(
    ("status", "merged"), [("clean", "created"), ("unknown", "created"), ("failed", "failed"), ("findings", "findings")]
)
def test_only_failures_and_findings_of_an_audit_override_the_work(status: str, merged: str) -> None:
    assert result(work("acme", "created"), audit("acme", status)).status == merged


def test_the_message_is_the_error_or_the_findings_or_the_sentence() -> None:
    findings = {"findings": [{"id": "super_admin"}, "odd", {"id": "key_old"}]}
    assert result(work("acme"), audit("acme", "failed", error="Okta is down.")).message == "Okta is down."
    assert result(work("acme"), audit("acme", "findings", **findings)).message == "Findings: super_admin, key_old."
    assert result(work("acme"), audit("acme", "findings", findings=None)).message == "Findings: ."
    assert result(work("acme"), audit("acme", "unknown", **findings)).message == "acme: done."
    assert result(audit("acme")).message is None


def test_the_latest_work_is_expected_and_an_audit_if_there_are_any() -> None:
    later = work("globex", work="rotate_finish", at="2026-01-31T13:00:00Z")
    assert fleet(later, work("acme")).expected == ["rotate_finish"]
    assert fleet(work("acme"), later, audit("acme")).expected == ["rotate_finish", "audit"]
    assert fleet(audit("acme")).expected == ["audit"]
    assert fleet().expected == []
    assert fleet(work("acme"), required=("onboard", "audit")).expected == ["onboard", "audit"]


def test_a_tenant_that_lacks_an_expected_result_is_missing() -> None:
    assert fleet(*ALL).missing == []
    assert fleet(*ALL, audit("globex")).missing == ["acme", "dead-one"]
    assert fleet(*ALL, audit("globex"), required=("onboard",)).missing == []
    assert fleet(work("acme"), work("globex", work="offboard"), required=("onboard",)).missing == ["globex", "dead-one"]
    assert fleet().missing == [*KEYS]


def test_a_tenant_whose_settings_cannot_be_resolved_is_missing() -> None:
    assert fleet(work("acme"), keys={"acme": "acme", "other": None}).missing == ["other"]


def test_the_results_of_missing_tenants_come_last() -> None:
    found = fleet(work("globex"), work("dead__one", "created"))
    assert [*found.results.items()] == [
        ("globex", Result("unchanged", "globex: done.")),
        ("dead-one", Result("created", "dead__one: done.")),
        ("acme", Result("unfinished", None)),
    ]


def test_missing_tenants_are_named_with_the_limit_that_repeats_them() -> None:
    assert missing_results_message(fleet(*ALL)) == ""
    assert missing_results_message(fleet(work("globex"))) == (
        "No results for 2 tenants (onboard): their jobs failed or were cancelled. Repeat only these: --limit acme,dead-one"
    )
    assert missing_results_message(fleet(*ALL[1:], audit("globex"), audit("dead__one"))).startswith(
        "No results for 1 tenant (onboard, audit): "
    )
    assert missing_results_message(fleet()).startswith("No results for 3 tenants: their jobs")


def test_the_sentence_lists_the_counts_of_statuses_in_order() -> None:
    assert merge_sentences(fleet(*ALL)) == ["Tenants: 3, of these 1 created, 2 unchanged, 0 that could not be audited, 0 without results."]
    found = fleet(audit("acme", "failed"), audit("globex", "findings", findings=[]))
    assert merge_sentences(found) == [
        "Tenants: 3, of these 1 with findings, 1 that could not be audited, 1 without results.",
        missing_results_message(found),
    ]


def test_the_summary_is_complete() -> None:
    found = fleet(work("globex", at="2026-01-31T13:00:00Z"), work("acme", "created"))
    assert merge_summary(found, NOW) == {
        "started": "2026-01-31T12:00:00Z",
        "ended": NOW,
        "interrupted": False,
        "playbook": "rezonate.okta.merge_rezonate_results",
        "tenants": {"total": 3, "onboarded": 1, "unchanged": 1, "failed": 0, "unfinished": 1},
        "statuses": {"created": 1, "unchanged": 1, "unfinished": 1},
        "causes": [],
        "repeat": "--limit dead-one",
        "limit": "dead-one",
        "results": {
            "acme": {"status": "created", "seconds": None, "message": "acme: done."},
            "globex": {"status": "unchanged", "seconds": None, "message": "globex: done."},
            "dead-one": {"status": "unfinished", "seconds": None, "message": None},
        },
    }


def test_the_summary_of_a_complete_fleet_has_nothing_to_repeat() -> None:
    found = merge_summary(fleet(*ALL), NOW)
    assert (found["repeat"], found["limit"]) == (None, None)


def test_the_summary_has_the_limit_that_repeats_missing_tenants() -> None:
    found = merge_summary(fleet(work("globex")), NOW)
    assert (found["repeat"], found["limit"]) == ("--limit acme,dead-one", "acme,dead-one")


def test_the_summary_of_nothing_has_no_start() -> None:
    found = merge_summary(fleet(keys={}), NOW)
    assert (found["started"], found["tenants"]["total"], found["limit"]) == (None, 0, None)


def test_created_and_changed_tenants_count_as_onboarded() -> None:
    found = merge_summary(fleet(work("acme", "created"), work("globex", "changed"), work("dead__one", "prepared")), NOW)
    assert found["tenants"]["onboarded"] == 2
    assert found["statuses"] == {"created": 1, "changed": 1, "prepared": 1}


def test_findings_are_counted_where_there_are_any() -> None:
    found = merge_summary(fleet(audit("acme", "findings"), audit("globex", "findings"), audit("dead__one")), NOW)
    assert found["tenants"] == {"total": 3, "onboarded": 0, "unchanged": 0, "failed": 0, "unfinished": 0, "findings": 2}


def test_the_earliest_result_is_the_start() -> None:
    early, later, never = audit("acme", audited_at="2026-01-31T11:00:00Z"), audit("acme", audited_at=NOW), audit("acme", audited_at=None)
    assert merge_summary(fleet(*ALL, early), NOW)["started"] == "2026-01-31T11:00:00Z"
    assert merge_summary(fleet(*ALL, later), NOW)["started"] == "2026-01-31T12:00:00Z"
    assert merge_summary(fleet(*ALL, never), NOW)["started"] == "2026-01-31T12:00:00Z"


def test_failures_are_grouped_by_message() -> None:
    down = (audit("globex", "failed", error="b"), audit("acme", "failed", error="b"), audit("dead__one", "failed", error="a"))
    assert merge_summary(fleet(*down), NOW)["causes"] == [
        {"message": "a", "tenants": ["dead-one"]},
        {"message": "b", "tenants": ["acme", "globex"]},
    ]
    assert merge_summary(fleet(audit("acme", "failed"), keys={"acme": "acme"}), NOW)["causes"] == [{"message": "", "tenants": ["acme"]}]
