# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stub of the controller's API launches jobs as a real AWX 24.6.1 was seen to do: slices, limits, approvals, queues and rights."""

from __future__ import annotations

import json
import ssl
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from controller import Controller, Outcome, RefusedError
from controller.jobs import NO_HOSTS, select
from controller.server import TOKEN
from helpers.awx_admin import new_controller
from helpers.awx_client import CHOICE, EMAIL, QUESTION, RRULE, found, patch, post, request, surveyed, template
from helpers.other_collections import missing

FLEET = ["acme", "birch", "cedar", "delta", "elder"]


@pytest.fixture(scope="module", autouse=True)
def _awx() -> None:
    reason = missing("awx.awx")
    if reason:
        pytest.skip(reason)


@pytest.fixture
def controller() -> Iterator[Controller]:
    with new_controller() as controller:
        yield controller


def jobs(controller: Controller) -> list[dict[str, Any]]:
    return list(controller.objects.held.get("jobs", {}).values())


def fleet(controller: Controller, **more: Any) -> int:
    """Create a job template whose inventory has five hosts."""
    made = template(controller, **{"ask_limit_on_launch": True, **more})
    controller.objects.updates.hosts[made["inventory"]] = list(FLEET)
    return int(made["id"])


@dataclass
class Workflow:
    """A workflow: a job, an approval, and the same job again."""

    number: int
    job: int

    def launch(self, controller: Controller, **body: Any) -> dict[str, Any]:
        return post(controller, f"workflow_job_templates/{self.number}/launch", **body)


def workflow(controller: Controller, job: int, **more: Any) -> Workflow:
    prompts = {"ask_limit_on_launch": True, "organization": controller.objects.one("organizations", "Rezonate")["id"]}
    number = post(controller, "workflow_job_templates", name="W", **prompts, **more)["id"]
    kind, same = "workflow_job_template_nodes", {"workflow_job_template": number}
    first = post(controller, kind, identifier="first", unified_job_template=job, **same)["id"]
    agreed = post(controller, kind, identifier="agreed", **same)["id"]
    post(controller, f"{kind}/{agreed}/create_approval_template", name="Agreed?", description="Approve?", timeout=60)
    last = post(controller, kind, identifier="last", unified_job_template=job, **same)["id"]
    post(controller, f"{kind}/{first}/always_nodes", id=agreed)
    post(controller, f"{kind}/{agreed}/success_nodes", id=last)
    return Workflow(number, job)


def pending(controller: Controller) -> int:
    """Return the id of the pending approval."""
    [approval] = found(controller, "workflow_approvals/?status=pending")["results"]
    return int(approval["id"])


def status(controller: Controller, job: dict[str, Any]) -> str:
    return str(found(controller, f"workflow_jobs/{job['id']}/")["status"])


@pytest.mark.parametrize(
    ("limit", "hosts"),
    [("", FLEET), (None, FLEET), ("acme,cedar", ["acme", "cedar"]), ("all:!acme", FLEET[1:]), ("*e*:&cedar", ["cedar"]), ("nobody", [])],
)
def test_a_limit_selects_hosts(limit: str | None, hosts: list[str]) -> None:
    assert select(FLEET, limit) == hosts


def test_a_launch_needs_every_required_answer(controller: Controller) -> None:
    job = surveyed(controller, CHOICE, QUESTION)
    for answers in ({}, {"extra_vars": {"sure": "yes"}}):
        with pytest.raises(RefusedError, match=r"400: \{'variables_needed_to_start': .*'why' value missing"):
            post(controller, f"job_templates/{job}/launch", **answers)
    made = post(controller, f"job_templates/{job}/launch", extra_vars='{"sure": "yes", "why": "asked", "other": 1}', limit="acme")
    assert made["ignored_fields"] == {"limit": "acme", "extra_vars": {"other": 1}}
    assert json.loads(made["extra_vars"]) == {"sure": "yes", "why": "asked"}
    assert found(controller, f"job_templates/{job}/launch/")["variables_needed_to_start"] == ["sure", "why"]


def test_a_launch_without_inventory_is_refused(controller: Controller) -> None:
    job = template(controller, inventory=None, ask_inventory_on_launch=True)
    with pytest.raises(RefusedError, match="'inventory' is missing or undefined"):
        post(controller, f"job_templates/{job['id']}/launch")


def test_a_launch_accepts_a_number_as_a_limit_and_no_negative_slices(controller: Controller) -> None:
    job = fleet(controller, ask_job_slice_count_on_launch=True)
    assert post(controller, f"job_templates/{job}/launch", limit=5)["limit"] == "5"
    with pytest.raises(RefusedError, match="greater than or equal to 0"):
        post(controller, f"job_templates/{job}/launch", job_slice_count=-1)


def test_the_inventory_is_sliced_before_the_limit(controller: Controller) -> None:
    job = fleet(controller, job_slice_count=2)
    made = post(controller, f"job_templates/{job}/launch", limit="birch,delta")
    assert [(one["hosts"], one["status"], one["output"]) for one in jobs(controller)] == [
        ([], "failed", NO_HOSTS),
        (["birch", "delta"], "successful", ""),
    ]
    assert (made["type"], made["is_sliced_job"], made["status"]) == ("workflow_job", True, "failed")
    assert found(controller, f"workflow_jobs/{made['id']}/slice_jobs/")["count"] == 2


def test_one_slice_at_launch_reaches_one_tenant(controller: Controller) -> None:
    job = fleet(controller, job_slice_count=3, ask_job_slice_count_on_launch=True)
    made = post(controller, f"job_templates/{job}/launch", limit="birch", job_slice_count=1)
    assert (made["type"], made["status"], [one["hosts"] for one in jobs(controller)]) == ("job", "successful", [["birch"]])


def test_there_are_no_more_slices_than_hosts(controller: Controller) -> None:
    post(controller, f"job_templates/{fleet(controller, job_slice_count=9)}/launch")
    assert [one["hosts"] for one in jobs(controller)] == [[name] for name in FLEET]


def test_the_first_launch_on_an_inventory_that_was_never_synced_is_not_sliced(controller: Controller) -> None:
    made = template(controller, job_slice_count=5)
    source = {"name": "S", "source": "scm", "update_on_launch": True, "inventory": made["inventory"], "source_project": made["project"]}
    post(controller, "inventory_sources", **source)
    controller.objects.updates.repository.hosts = list(FLEET)
    launched = [post(controller, f"job_templates/{made['id']}/launch") for _time in range(2)]
    assert [one["type"] for one in launched] == ["job", "workflow_job"]
    assert [one["hosts"] for one in jobs(controller)] == [FLEET, *([name] for name in FLEET)]


def test_a_failed_project_update_fails_the_launch_that_needs_it(controller: Controller) -> None:
    made = template(controller)
    patch(controller, "projects", made["project"], scm_update_on_launch=True)
    controller.objects.updates.repository.failure = "ERROR! Galaxy is not reachable"
    launched = post(controller, f"job_templates/{made['id']}/launch")
    assert launched["status"] == "failed"
    assert launched["job_explanation"].startswith('Previous Task Failed: {"job_type": "project_update", "job_name": "P"')


@pytest.mark.parametrize(
    ("body", "hosts"), [({}, []), ({"limit": "acme"}, ["acme"]), ({"limit": ""}, FLEET)], ids=["without", "a tenant", "empty"]
)
def test_a_limit_at_launch_overrides_those_of_workflow_and_job_template_even_if_empty(
    controller: Controller, body: dict[str, str], hosts: list[str]
) -> None:
    flow = workflow(controller, fleet(controller, limit="specify-tenants"), limit="specify-tenants")
    flow.launch(controller, **body)
    assert jobs(controller)[0]["hosts"] == hosts


def test_a_workflow_waits_for_its_approval(controller: Controller) -> None:
    flow = workflow(controller, fleet(controller))
    made = flow.launch(controller)
    assert (status(controller, made), len(jobs(controller))) == ("running", 1)
    nodes = found(controller, f"workflow_jobs/{made['id']}/workflow_nodes/?job__name=Agreed%3F")["results"]
    assert [one["related"]["job"] for one in nodes] == [f"/api/v2/workflow_approvals/{pending(controller)}/"]
    number = pending(controller)
    post(controller, f"workflow_approvals/{number}/approve")
    assert (status(controller, made), len(jobs(controller))) == ("successful", 2)
    with pytest.raises(RefusedError, match="already been approved or denied"):
        post(controller, f"workflow_approvals/{number}/deny")


def test_a_denied_approval_ends_the_workflow(controller: Controller) -> None:
    made = workflow(controller, fleet(controller)).launch(controller)
    post(controller, f"workflow_approvals/{pending(controller)}/deny")
    assert (status(controller, made), len(jobs(controller))) == ("failed", 1)


def test_an_approval_is_denied_at_its_timeout(controller: Controller) -> None:
    made = workflow(controller, fleet(controller)).launch(controller)
    controller.launches.workflows.pass_time(59)
    number = pending(controller)
    controller.launches.workflows.pass_time(1)
    approval = found(controller, f"workflow_approvals/{number}/")
    assert (approval["status"], approval["timed_out"], status(controller, made)) == ("failed", True, "failed")


def test_a_launch_waits_behind_a_pending_approval(controller: Controller) -> None:
    flow = workflow(controller, fleet(controller))
    first, second = flow.launch(controller), flow.launch(controller)
    assert second["job_explanation"] == f"waiting for workflowjob-{first['id']} to finish"
    assert (status(controller, second), len(jobs(controller))) == ("pending", 1)
    post(controller, f"workflow_approvals/{pending(controller)}/deny")
    assert (status(controller, second), len(jobs(controller))) == ("running", 2)


def test_simultaneous_workflows_do_not_wait(controller: Controller) -> None:
    flow = workflow(controller, fleet(controller), allow_simultaneous=True)
    assert [flow.launch(controller)["status"] for _time in range(2)] == ["running", "running"]


def test_artifacts_of_all_slices_reach_the_later_nodes_even_from_failed_ones(controller: Controller) -> None:
    flow = workflow(controller, fleet(controller, job_slice_count=5))
    controller.launches.jobs.play = lambda job: Outcome(
        "failed" if job["hosts"] == ["acme"] else "successful", artifacts={f"of_{job['hosts'][0]}": 1, "common": job["hosts"][0]}
    )
    flow.launch(controller)
    post(controller, f"workflow_approvals/{pending(controller)}/approve")
    given = json.loads(jobs(controller)[-1]["extra_vars"])
    assert given == {**{f"of_{name}": 1 for name in FLEET}, "common": "elder"}


def test_a_schedule_launches_with_its_answers(controller: Controller) -> None:
    job = surveyed(controller, CHOICE)
    post(controller, "schedules", name="S", unified_job_template=job, rrule=RRULE, extra_data={"sure": "yes"})
    _kind, record = controller.launches.run_schedule("S")
    assert json.loads(record["extra_vars"]) == {"sure": "yes"}


def test_notifications_follow_results_and_approvals(controller: Controller) -> None:
    flow = workflow(controller, fleet(controller))
    notification = {"name": "N", "notification_type": "email", "notification_configuration": EMAIL}
    number = post(controller, "notification_templates", **notification)["id"]
    post(controller, f"job_templates/{flow.job}/notification_templates_error", id=number)
    for event in ("approvals", "success"):
        post(controller, f"workflow_job_templates/{flow.number}/notification_templates_{event}", id=number)
    controller.launches.jobs.play = lambda job: Outcome("failed" if job["hosts"] == ["acme"] else "successful")
    flow.launch(controller, limit="birch")
    post(controller, f"workflow_approvals/{pending(controller)}/approve")
    post(controller, f"job_templates/{flow.job}/launch", limit="acme")
    assert controller.launches.jobs.notifications.sent == [("N", "approvals", "Agreed?"), ("N", "success", "W"), ("N", "error", "J")]


def team(controller: Controller, name: str, kind: str, number: int, role: str) -> str:
    """Create a team with a role; return a member's token."""
    organization = controller.objects.one("organizations", "Rezonate")["id"]
    made = post(controller, "teams", name=name, organization=organization)["id"]
    roles = found(controller, f"{kind}/{number}/")["summary_fields"]["object_roles"]
    post(controller, f"roles/{roles[f'{role}_role']['id']}/teams", id=made)
    return controller.token(name)


def allowed(controller: Controller, token: str, method: str, path: str) -> bool:
    """Return whether a member's request is permitted."""
    try:
        request(controller, method, path, {}, token)
    except RefusedError as refused:
        if (refused.status, refused.why) != (403, {"detail": "You do not have permission to perform this action."}):
            raise
        return False
    return True


def test_a_team_needs_read_on_the_job_template_to_read_jobs_and_their_output(controller: Controller) -> None:
    flow = workflow(controller, fleet(controller))
    operator = team(controller, "operators", "workflow_job_templates", flow.number, "execute")
    reader = team(controller, "readers", "job_templates", flow.job, "read")
    made = request(controller, "POST", f"workflow_job_templates/{flow.number}/launch/", {}, operator)[1]
    [job] = jobs(controller)
    paths = [f"workflow_jobs/{made['id']}/", f"jobs/{job['id']}/", f"jobs/{job['id']}/stdout/?format=txt"]
    assert [allowed(controller, operator, "GET", path) for path in paths] == [True, False, False]
    assert [allowed(controller, reader, "GET", path) for path in paths] == [False, True, True]
    counts = [request(controller, "GET", "jobs/", None, token)[1]["count"] for token in (operator, reader)]
    assert counts == [0, 1]
    assert not allowed(controller, reader, "POST", f"job_templates/{flow.job}/launch/")


def test_approvers_decide_and_operators_cannot(controller: Controller) -> None:
    flow = workflow(controller, fleet(controller))
    operator = team(controller, "operators", "workflow_job_templates", flow.number, "execute")
    approver = team(controller, "approvers", "workflow_job_templates", flow.number, "approval")
    assert not allowed(controller, approver, "POST", f"workflow_job_templates/{flow.number}/launch/")
    assert allowed(controller, operator, "POST", f"workflow_job_templates/{flow.number}/launch/")
    path = f"workflow_approvals/{pending(controller)}"
    assert [allowed(controller, token, "GET", f"{path}/") for token in (operator, approver)] == [True, True]
    assert [allowed(controller, token, "POST", f"{path}/approve/") for token in (operator, approver)] == [False, True]
    assert not allowed(controller, approver, "GET", f"jobs/{jobs(controller)[0]['id']}/")


@pytest.mark.parametrize(("role", "reads", "launches"), [("auditor", True, False), ("execute", True, True), ("member", False, False)])
def test_roles_of_the_organization_hold_for_its_templates(controller: Controller, role: str, reads: bool, launches: bool) -> None:
    job = fleet(controller)
    post(controller, f"job_templates/{job}/launch")
    token = team(controller, "auditors", "organizations", controller.objects.one("organizations", "Rezonate")["id"], role)
    assert allowed(controller, token, "GET", f"jobs/{jobs(controller)[0]['id']}/stdout/") is reads
    assert allowed(controller, token, "POST", f"job_templates/{job}/launch/") is launches
    assert not allowed(controller, token, "PATCH", f"job_templates/{job}/")


def test_the_output_of_a_job_is_sent_as_text_over_tls(controller: Controller) -> None:
    controller.launches.jobs.play = lambda job: Outcome(output=f"PLAY RECAP {job['name']}")
    post(controller, f"job_templates/{fleet(controller)}/launch")
    url = f"{controller.url}/api/v2/jobs/{jobs(controller)[0]['id']}/stdout/?format=txt"
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked, context=ssl.create_default_context(cafile=controller.ca_file)) as answer:
        assert (answer.headers["Content-Type"], answer.read()) == ("text/plain", b"PLAY RECAP J")
