# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the last job makes of the published results."""

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
    failure,
    sentences,
    summary,
)

NOW = "2026-01-31T14:00:00Z"
KEYS = {"acme": "acme", "globex": "globex", "dead-one": "dead__one"}


def work(key: str, status: str | None = "unchanged", **more: Any) -> dict[str, Any]:
    """Give the artifact of a tenant that was worked on."""
    value = {"work": "onboard", "changed": False, "status": status, "says": f"{key}: done.", "at": "2026-01-31T12:00:00Z", **more}
    return {f"rezonate_tenant_result_{key}": {name: entry for name, entry in value.items() if entry is not None}}


def audit(key: str, status: str = "clean", **more: Any) -> dict[str, Any]:
    """Give the artifact of a tenant that was audited."""
    return {f"rezonate_audit_result_{key}": f" {json.dumps({'tenant': key, 'status': status, **more})}"}


def fleet(*artifacts: dict[str, Any], required: tuple[str, ...] = (), keys: dict[str, str | None] | None = None) -> Fleet:
    """Give a fleet of three tenants, or others."""
    found = {name: value for artifact in artifacts for name, value in artifact.items()}
    return Fleet({**KEYS} if keys is None else keys, collect_artifacts(found), required)


def result(*artifacts: dict[str, Any]) -> Result:
    """Give the result of one tenant."""
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
def test_what_was_not_published_is_refused(value: dict[str, Any]) -> None:
    (name,) = value
    with pytest.raises(InputError) as refused:
        collect_artifacts(value)
    assert (
        str(refused.value)
        == f"{name} isn't what the playbook rezonate.okta.publish_rezonate_results told: hand its artifacts on as they are."
    )


def test_of_several_problems_the_first_is_named() -> None:
    for names in (("tenant_result_b", "tenant_result_a", "audit_result_a"), ("audit_result_a", "tenant_result_a")):
        with pytest.raises(InputError, match=r"^rezonate_tenant_result_a isn't"):
            collect_artifacts({f"rezonate_{name}": "x" for name in names})
    with pytest.raises(InputError, match=r"^rezonate_audit_result_a isn't"):
        collect_artifacts({"rezonate_audit_result_b": "x", "rezonate_audit_result_a": "x", **work("z")})


def test_other_variables_are_no_artifacts() -> None:
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
def test_an_artifact_without_a_status_says_whether_something_changed(more: dict[str, Any], status: str) -> None:
    assert result(work("acme", **{"status": None, **more})).status == status


@pytest.mark.parametrize("status", ["created", "changed", "would change", "prepared", "finished", "aborted", "offboarded", "unchanged"])
def test_the_status_of_the_work_is_the_tenant_s(status: str) -> None:
    assert result(work("acme", status, changed=True)) == Result(status, "acme: done.")


@pytest.mark.parametrize(
    ("at", "read_as"),
    [
        ("2026-01-31 12:00:00+00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31 12:00:00", "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
    ],
)
def test_a_time_has_one_form(at: str, read_as: str) -> None:
    assert collect_artifacts(work("acme", at=at)).works["acme"].at == read_as


def test_an_artifact_without_a_sentence_has_no_message() -> None:
    assert result(work("acme", says=None)).message is None


def test_an_artifact_without_a_work_says_of_no_work() -> None:
    found = fleet(work("acme", work=None), keys={"acme": "acme"})
    assert (found.artifacts.works_of("acme"), found.artifacts.works["acme"].work) == (set(), "")


@pytest.mark.parametrize("status", ["clean", "unknown", "failed", "findings"])
def test_a_tenant_that_was_audited_alone_has_the_status_of_that(status: str) -> None:
    assert result(audit("acme", status)).status == status


def test_an_audit_of_an_odd_status_is_clean() -> None:
    assert result(audit("acme", "of a later release")).status == "clean"


@pytest.mark.parametrize(
    ("status", "merged"), [("clean", "created"), ("unknown", "created"), ("failed", "failed"), ("findings", "findings")]
)
def test_only_what_an_audit_complains_about_wins_over_the_work(status: str, merged: str) -> None:
    assert result(work("acme", "created"), audit("acme", status)).status == merged


def test_the_message_is_the_error_or_the_findings_or_the_sentence() -> None:
    findings = {"findings": [{"id": "super_admin"}, "odd", {"id": "key_old"}]}
    assert result(work("acme"), audit("acme", "failed", error="Okta is down.")).message == "Okta is down."
    assert result(work("acme"), audit("acme", "findings", **findings)).message == "Findings: super_admin, key_old."
    assert result(work("acme"), audit("acme", "findings", findings=None)).message == "Findings: ."
    assert result(work("acme"), audit("acme", "unknown", **findings)).message == "acme: done."
    assert result(audit("acme")).message is None


def test_the_latest_work_is_expected_and_audits_if_there_are_any() -> None:
    later = work("globex", work="rotate_finish", at="2026-01-31T13:00:00Z")
    assert fleet(later, work("acme")).expected == ["rotate_finish"]
    assert fleet(work("acme"), later, audit("acme")).expected == ["rotate_finish", "audit"]
    assert fleet(audit("acme")).expected == ["audit"]
    assert fleet().expected == []
    assert fleet(work("acme"), required=("onboard", "audit")).expected == ["onboard", "audit"]


def test_a_tenant_without_all_that_is_expected_is_missing() -> None:
    assert fleet(*ALL).missing == []
    assert fleet(*ALL, audit("globex")).missing == ["acme", "dead-one"]
    assert fleet(*ALL, audit("globex"), required=("onboard",)).missing == []
    assert fleet(work("acme"), work("globex", work="offboard"), required=("onboard",)).missing == ["globex", "dead-one"]
    assert fleet().missing == [*KEYS]


def test_a_tenant_whose_settings_can_not_be_resolved_is_missing() -> None:
    assert fleet(work("acme"), keys={"acme": "acme", "other": None}).missing == ["other"]


def test_results_of_missing_tenants_are_the_last() -> None:
    found = fleet(work("globex"), work("dead__one", "created"))
    assert [*found.results.items()] == [
        ("globex", Result("unchanged", "globex: done.")),
        ("dead-one", Result("created", "dead__one: done.")),
        ("acme", Result("unfinished", None)),
    ]


def test_who_is_missing_is_named_with_what_repeats_only_these() -> None:
    assert failure(fleet(*ALL)) == ""
    assert failure(fleet(work("globex"))) == (
        "Nothing was told of 2 tenants (onboard): their jobs failed or were cancelled. Repeat only these: --limit acme,dead-one"
    )
    assert failure(fleet(*ALL[1:], audit("globex"), audit("dead__one"))).startswith("Nothing was told of 1 tenant (onboard, audit): ")
    assert failure(fleet()).startswith("Nothing was told of 3 tenants: their jobs")


def test_the_sentence_counts_statuses_in_their_order() -> None:
    assert sentences(fleet(*ALL)) == [
        "Tenants: 3, of these 1 created, 2 unchanged, 0 that could not be audited, 0 of which nothing was told."
    ]
    found = fleet(audit("acme", "failed"), audit("globex", "findings", findings=[]))
    assert sentences(found) == [
        "Tenants: 3, of these 1 with findings, 1 that could not be audited, 1 of which nothing was told.",
        failure(found),
    ]


def test_the_summary_has_all() -> None:
    found = fleet(work("globex", at="2026-01-31T13:00:00Z"), work("acme", "created"))
    assert summary(found, NOW) == {
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
    found = summary(fleet(*ALL), NOW)
    assert (found["repeat"], found["limit"]) == (None, None)


def test_the_summary_names_all_that_is_to_be_repeated() -> None:
    found = summary(fleet(work("globex")), NOW)
    assert (found["repeat"], found["limit"]) == ("--limit acme,dead-one", "acme,dead-one")


def test_the_summary_of_nothing_has_no_start() -> None:
    found = summary(fleet(keys={}), NOW)
    assert (found["started"], found["tenants"]["total"], found["limit"]) == (None, 0, None)


def test_onboarded_are_those_that_were_created_or_changed() -> None:
    found = summary(fleet(work("acme", "created"), work("globex", "changed"), work("dead__one", "prepared")), NOW)
    assert found["tenants"]["onboarded"] == 2
    assert found["statuses"] == {"created": 1, "changed": 1, "prepared": 1}


def test_findings_are_counted_where_there_are_any() -> None:
    found = summary(fleet(audit("acme", "findings"), audit("globex", "findings"), audit("dead__one")), NOW)
    assert found["tenants"] == {"total": 3, "onboarded": 0, "unchanged": 0, "failed": 0, "unfinished": 0, "findings": 2}


def test_the_first_of_works_and_audits_is_the_start() -> None:
    early, later, never = audit("acme", audited_at="2026-01-31T11:00:00Z"), audit("acme", audited_at=NOW), audit("acme", audited_at=None)
    assert summary(fleet(*ALL, early), NOW)["started"] == "2026-01-31T11:00:00Z"
    assert summary(fleet(*ALL, later), NOW)["started"] == "2026-01-31T12:00:00Z"
    assert summary(fleet(*ALL, never), NOW)["started"] == "2026-01-31T12:00:00Z"


def test_failures_are_grouped_by_their_sentence() -> None:
    down = (audit("globex", "failed", error="b"), audit("acme", "failed", error="b"), audit("dead__one", "failed", error="a"))
    assert summary(fleet(*down), NOW)["causes"] == [
        {"message": "a", "tenants": ["dead-one"]},
        {"message": "b", "tenants": ["acme", "globex"]},
    ]
    assert summary(fleet(audit("acme", "failed"), keys={"acme": "acme"}), NOW)["causes"] == [{"message": "", "tenants": ["acme"]}]
