# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of the callback for single results; tests/integration/test_fleet_callback.py tests whole runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.callback.fleet import CallbackModule

ENDS = {"get_vars": lambda: {"rezonate__speaks_for": "tenant"}}
FLEET = {"get_vars": lambda: {"rezonate__speaks_for": "fleet"}}


class Stage:
    """A callback in the middle of a play of three tenants, and what it displays."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.callback = CallbackModule()
        self.callback._display = SimpleNamespace(verbosity=0, display=lambda text, **_how: self.lines.append(text))
        self.callback._play = SimpleNamespace(any_errors_fatal=None, check_mode=None)
        self.callback._batch = ["a", "b", "c"]
        for name in self.callback._batch:
            self.callback._tally.begin(name, 0.0)

    @property
    def status(self) -> dict[str, str]:
        """Each tenant's status once the batch has ended."""
        self.callback._end_batch()
        return {name: tenant.status for name, tenant in self.callback._tally.tenants.items()}


@pytest.fixture
def stage() -> Stage:
    return Stage()


def result(name: str = "Try it", action: str = "x", task: dict[str, Any] | None = None, **values: Any) -> Any:
    """Return a result of tenant a."""
    described = {"_uuid": "u1", "action": action, "get_name": lambda: name, "any_errors_fatal": None, "loop": None, **(task or {})}
    return SimpleNamespace(host=SimpleNamespace(get_name=lambda: "a"), task=SimpleNamespace(**described), result=values)


def test_the_roles_last_task_ends_a_tenant(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(result(changed=True))
    stage.callback.v2_runner_on_ok(result("Report", "ansible.builtin.debug", ENDS, msg=["Onboarded."]))
    assert stage.lines[-1].startswith("[1/3] a: changed, ")
    assert stage.lines[-1].endswith("\n    Onboarded.")


def test_the_output_of_other_debug_tasks_is_shown(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(result("Display", "ansible.builtin.debug", msg="Here it is."))
    assert stage.lines == ["[a] Here it is."]


def test_an_ignored_failure_is_shown_and_no_failure(stage: Stage) -> None:
    stage.callback.v2_runner_on_failed(result(msg="Bad."), ignore_errors=True)
    assert stage.lines == ["[a] ignored: Try it: Bad."]
    assert stage.status["a"] == "unchanged"


def test_a_rescued_failure_is_shown_and_no_failure(stage: Stage) -> None:
    failed = result(msg="Bad.")
    failed.task._parent = SimpleNamespace(_uuid="b1", block=[failed.task], rescue=["something"], _parent=None)
    stage.callback.v2_runner_on_failed(failed)
    assert stage.lines == ["[a] failed, and the play continues: Try it: Bad."]
    assert stage.status["a"] == "unchanged"


def test_a_loop_fails_with_its_first_items_sentence(stage: Stage) -> None:
    for text in ("First.", "Second."):
        stage.callback.v2_runner_item_on_failed(result(msg=text))
    stage.callback.v2_runner_on_failed(result(msg="One or more items failed"))
    assert stage.callback._tally.tenants["a"].failure == "Try it: First."


def test_an_unreachable_tenant_is_unfinished(stage: Stage) -> None:
    stage.callback.v2_runner_on_unreachable(result(msg="No way there."))
    assert "a: UNREACHABLE" in stage.lines[0]
    assert stage.status == {"a": "unfinished", "b": "unchanged", "c": "unchanged"}


@pytest.mark.parametrize("task", [{}, {"any_errors_fatal": True}])
def test_an_aborted_play_leaves_the_other_tenants_unfinished(stage: Stage, task: dict[str, Any]) -> None:
    stage.callback.v2_runner_on_failed(result(task=task, msg="Bad."))
    if not task:
        stage.callback.v2_playbook_on_no_hosts_remaining()
    assert stage.status == {"a": "failed", "b": "unfinished", "c": "unfinished"}


def test_progress_is_printed_twice_a_minute(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(result())
    assert stage.lines == []
    stage.callback._progress_at -= 31
    for _time in range(2):
        stage.callback.v2_runner_on_ok(result())
    assert stage.lines == ["0 of 3 tenants done: 0 failed, 2 waiting."]


def begins(work: str) -> Any:
    """Return the result with which the role starts its work."""
    kind, _dash, stage = work.partition("_")
    return result("Plan", "rezonate.okta.tenant_plan", plan={"work": kind, "options": {"rotation": stage}})


def reports(status: str) -> Any:
    """Return the result of the role's report."""
    return result("Report", "rezonate.okta.tenant_report", ENDS, msg=["Tenant a: …"], rezonate={"status": status})


@pytest.mark.parametrize(
    ("work", "report", "check", "status"),
    [
        ("onboard", "created", False, "created"),
        ("onboard", "changed", False, "changed"),
        ("onboard", "would change", True, "would change"),
        ("rotate_prepare", "changed", False, "prepared"),
        ("rotate_finish", "changed", False, "finished"),
        ("rotate_abort", "changed", False, "aborted"),
        ("rotate_finish", "would change", True, "would change"),
        ("offboard", "changed", False, "offboarded"),
        ("offboard", "would change", True, "would change"),
    ],
)
def test_a_status_is_that_of_the_work(stage: Stage, work: str, report: str, check: bool, status: str) -> None:
    stage.callback._tally.reopen("a", check=check)
    stage.callback.v2_runner_on_ok(begins(work))
    stage.callback.v2_runner_on_ok(result(changed=True))
    stage.callback.v2_runner_on_ok(reports(report))
    assert stage.status["a"] == status


@pytest.mark.parametrize("work", ["onboard", "rotate_prepare", "rotate_status", "offboard"])
def test_without_a_change_each_work_leaves_a_tenant_unchanged(stage: Stage, work: str) -> None:
    stage.callback.v2_runner_on_ok(begins(work))
    stage.callback.v2_runner_on_ok(result())
    assert stage.status["a"] == "unchanged"


def test_a_recreated_app_counts_as_created(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(begins("onboard"))
    stage.callback.v2_runner_on_ok(result("App", "rezonate.okta.okta_service_app", changed=True, created=True))
    assert stage.status["a"] == "created"


def audited(status: str, *severities: str, org: str = "a", **more: Any) -> Any:
    """Return the result of an audit."""
    tenant = {"tenant": org, "status": status, "findings": [{"severity": severity} for severity in severities], **more}
    return result("Compare", "rezonate.okta.okta_audit_info", tenant=tenant)


@pytest.mark.parametrize(
    ("severities", "word"),
    [((), "clean"), (("critical", "low", "low"), "findings (1 critical, 2 low)"), (("unknown",), "findings (1 unknown)")],
)
def test_an_audit_has_its_own_statuses(stage: Stage, severities: tuple[str, ...], word: str) -> None:
    stage.callback.v2_runner_on_ok(audited("findings" if severities else "clean", *severities))
    stage.callback.v2_runner_on_ok(result("Report", "ansible.builtin.debug", ENDS, msg=["Tenant a: …"]))
    assert stage.lines[-1].startswith(f"[1/3] a: {word}, ")


def test_the_worst_audit_of_the_orgs_of_a_host_counts(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(audited("findings", "critical", org="one"))
    stage.callback.v2_runner_on_ok(audited("clean", org="two"))
    assert stage.status["a"] == "findings"
    assert stage.callback._tally.counts(1.0).findings == {"critical": 1, "high": 0, "medium": 0, "low": 0, "unknown": 0}


def test_an_audit_that_failed_is_a_failure(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(audited("failed", error="Okta is down."))
    assert stage.status["a"] == "failed"
    assert stage.callback._tally.tenants["a"].failure == "Okta is down."


def test_a_tenant_that_is_onboarded_after_its_audit_has_the_status_of_the_onboarding(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(audited("failed", error="No file."))
    stage.callback._tally.reopen("a")
    stage.callback.v2_runner_on_ok(begins("onboard"))
    stage.callback.v2_runner_on_ok(result(changed=True))
    stage.callback.v2_runner_on_ok(reports("created"))
    assert stage.status["a"] == "created"


def test_a_task_for_the_fleet_does_not_change_the_status_of_its_host(stage: Stage) -> None:
    stage.callback.v2_runner_on_ok(audited("clean"))
    written = {"changed": True, "files": ["/r/audit.html", "/r/audit.json", "/r/audit.junit.xml"]}
    stage.callback.v2_runner_on_ok(result("Write", "rezonate.okta.audit_report", FLEET, **written))
    stage.callback.v2_runner_on_failed(result("Fail", "ansible.builtin.fail", FLEET, msg="1 critical."))
    assert stage.status["a"] == "clean"
    assert (stage.callback._tally.verdict, stage.callback._tally.report) == ("Fail: 1 critical.", "/r/audit.json")
    assert "FAILED: Fail: 1 critical." in stage.lines
    stage.callback.v2_runner_on_failed(result("Fail again", "ansible.builtin.fail", FLEET, msg="1 is missing."))
    assert stage.callback._tally.verdict == "Fail: 1 critical.\nFail again: 1 is missing."
