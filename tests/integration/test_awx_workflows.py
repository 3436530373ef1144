# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflows that configure_awx creates, launched at a stub of the controller's API: limits, approvals, and the rights of the teams."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from controller import Controller, Outcome, RefusedError
from helpers.awx_admin import GUIDE, HAS_COMMANDS, configured_controller, documented_commands, run_commands
from helpers.awx_client import found, post, request
from helpers.other_collections import missing

FLEET = ["acme", "birch", "cedar"]
TEAMS = ("Rezonate operators", "Rezonate approvers", "Rezonate auditors")
NAMED = {"limit": "acme", "extra_vars": {"rezonate_offboard_tenants": "acme"}}


@pytest.fixture(scope="module", autouse=True)
def _awx() -> None:
    reason = missing("awx.awx")
    if reason:
        pytest.skip(reason)


def play(job: dict[str, Any]) -> Outcome:
    """Return the result of a playbook: an offboarding refuses other tenants than the named ones."""
    variables = json.loads(job["extra_vars"])
    if job["playbook"] == "offboard_rezonate.yml":
        named = variables["rezonate_offboard_tenants"].split(",")
        return Outcome("successful" if named == job["hosts"] and variables["rezonate_confirm"] == "yes" else "failed")
    return Outcome(output=f"PLAY RECAP {job['name']}")


@pytest.fixture(scope="module")
def configured() -> Iterator[Controller]:
    with configured_controller() as controller:
        controller.objects.updates.repository.hosts = list(FLEET)
        controller.launches.jobs.play = play
        # the first launch of a new inventory isn't sliced
        launch(controller, "job_templates", "Rezonate merge")
        yield controller


@pytest.fixture
def controller(configured: Controller) -> Controller:
    """Return the controller without pending approvals and without jobs."""
    while waiting := pending(configured):
        post(configured, f"workflow_approvals/{waiting[0]}/deny")
    configured.objects.held.pop("jobs", None)
    return configured


def launch(controller: Controller, kind: str, name: str, **body: Any) -> dict[str, Any]:
    return post(controller, f"{kind}/{controller.objects.one(kind, name)['id']}/launch", **body)


def start(controller: Controller, name: str, **body: Any) -> dict[str, Any]:
    return launch(controller, "workflow_job_templates", name, **body)


def status(controller: Controller, job: dict[str, Any]) -> str:
    return str(found(controller, f"workflow_jobs/{job['id']}/")["status"])


def jobs(controller: Controller) -> list[tuple[str, list[str], str]]:
    return [
        (one["name"].removeprefix("Rezonate "), one["hosts"], one["status"]) for one in controller.objects.held.get("jobs", {}).values()
    ]


def pending(controller: Controller) -> list[int]:
    return [int(one["id"]) for one in found(controller, "workflow_approvals/?status=pending")["results"]]


def test_a_workflow_for_one_tenant_is_successful(controller: Controller) -> None:
    made = start(controller, "Rezonate tenant onboarding", limit="acme")
    [approval] = pending(controller)
    post(controller, f"workflow_approvals/{approval}/approve")
    assert status(controller, made) == "successful"
    assert jobs(controller) == [(name, ["acme"], "successful") for name in ("onboard", "audit", "merge", "onboard")]


def test_a_workflow_for_the_fleet_is_sliced(controller: Controller) -> None:
    assert status(controller, start(controller, "Rezonate auditing")) == "successful"
    assert jobs(controller) == [*(("audit", [name], "successful") for name in FLEET), ("merge", FLEET, "successful")]


def test_a_workflow_for_the_fleet_ignores_a_limit(controller: Controller) -> None:
    assert start(controller, "Rezonate auditing", limit="acme")["ignored_fields"] == {"limit": "acme"}


def test_a_job_template_for_one_tenant_is_successful_in_one_slice(controller: Controller) -> None:
    launch(controller, "job_templates", "Rezonate audit", limit="birch", job_slice_count=1)
    assert jobs(controller) == [("audit", ["birch"], "successful")]


def test_a_pending_approval_does_not_block_another_tenant(controller: Controller) -> None:
    launched = [start(controller, "Rezonate tenant onboarding", limit=name) for name in FLEET[:2]]
    assert [status(controller, one) for one in launched] == ["running", "running"]
    assert len(pending(controller)) == 2


def test_the_named_tenant_is_offboarded_after_the_approval(controller: Controller) -> None:
    made = start(controller, "Rezonate offboarding", **NAMED)
    assert [name for name, _hosts, _status in jobs(controller)] == ["offboard", "audit", "merge"]
    [approval] = pending(controller)
    assert "rezonate_offboard_tenants" in found(controller, f"workflow_approvals/{approval}/")["description"]
    post(controller, f"workflow_approvals/{approval}/approve")
    assert status(controller, made) == "successful"
    assert jobs(controller)[-1] == ("offboard", ["acme"], "successful")


@pytest.mark.parametrize("limit", ["", "acme,birch", "all", "birch", None])
def test_other_tenants_than_the_named_one_end_an_offboarding_before_its_approval(controller: Controller, limit: str | None) -> None:
    given = {} if limit is None else {"limit": limit}
    made = start(controller, "Rezonate offboarding", extra_vars=NAMED["extra_vars"], **given)
    assert (status(controller, made), pending(controller)) == ("failed", [])
    assert [(name, result) for name, _hosts, result in jobs(controller)] == [("offboard", "failed")]


@pytest.mark.parametrize("kind", ["job_templates", "workflow_job_templates"])
def test_an_offboarding_without_named_tenants_is_refused(controller: Controller, kind: str) -> None:
    name = "Rezonate offboard" if kind == "job_templates" else "Rezonate offboarding"
    with pytest.raises(RefusedError, match="'rezonate_offboard_tenants' value missing"):
        launch(controller, kind, name, limit="acme")
    assert jobs(controller) == []


def test_a_launch_of_any_other_template_needs_no_answers(controller: Controller) -> None:
    for name in ("onboard", "audit", "merge", "rotate prepare", "rotate finish"):
        launch(controller, "job_templates", f"Rezonate {name}")
    assert {name for name, _hosts, _status in jobs(controller)} == {"onboard", "audit", "merge", "rotate prepare", "rotate finish"}


@pytest.mark.skipif(not HAS_COMMANDS, reason="curl or jq isn't installed")
def test_the_documented_launches_by_api_work(controller: Controller, tmp_path: Path) -> None:
    commands = documented_commands("## Launches by API", "\n## ")
    decide = next(number for number, line in enumerate(commands) if "$approval" in line)
    commands.insert(decide, 'approval=$(api "workflow_approvals/?status=pending" | jq ".results[0].id")')
    run_commands(controller, commands, tmp_path)
    assert [name for name, hosts, result in jobs(controller) if (hosts, result) == (["acme"], "successful")] == [
        *("onboard", "audit", "merge"),
        *("offboard", "audit", "merge"),
        "audit",
        "onboard",
    ]
    assert len(pending(controller)) == 1


def test_the_weekly_rotation_has_the_maximum_age(controller: Controller) -> None:
    controller.launches.run_schedule("Rezonate weekly rotation")
    assert {json.loads(job["extra_vars"])["rezonate_rotation_max_age"] for job in controller.objects.held["jobs"].values()} == {"90d"}


def allowed(controller: Controller, token: str, method: str, path: str, body: Any = None) -> bool:
    """Return whether a member's request is permitted."""
    try:
        request(controller, method, f"{path}/", body, token)
    except RefusedError as refused:
        if refused.status != 403:
            raise
        return False
    return True


def can_launch(controller: Controller, token: str, kind: str, *names: str) -> set[bool]:
    numbers = [controller.objects.one(kind, f"Rezonate {name}")["id"] for name in names]
    return {allowed(controller, token, "POST", f"{kind}/{number}/launch", NAMED) for number in numbers}


def can_decide(controller: Controller, token: str) -> set[bool]:
    for name in FLEET[:2]:
        start(controller, "Rezonate tenant onboarding", limit=name)
    first, second = pending(controller)
    return {
        allowed(controller, token, "POST", f"workflow_approvals/{number}/{verb}") for number, verb in ((first, "approve"), (second, "deny"))
    }


def can_read_jobs(controller: Controller, token: str, *names: str) -> set[bool]:
    for name in names:
        launch(
            controller, "job_templates", f"Rezonate {name}", **NAMED, **({} if name in ("offboard", "merge") else {"job_slice_count": 1})
        )
    made = list(controller.objects.held["jobs"])
    return {allowed(controller, token, "GET", path) for number in made for path in (f"jobs/{number}", f"jobs/{number}/stdout")}


def can_read(controller: Controller, token: str, *kinds: str) -> set[bool]:
    numbers = {kind: next(iter(controller.objects.held[kind])) for kind in kinds}
    return {allowed(controller, token, "GET", f"{kind}/{number}") for kind, number in numbers.items()}


def can_change(controller: Controller, token: str, *kinds: str) -> set[bool]:
    numbers = {kind: next(iter(controller.objects.held[kind])) for kind in kinds}
    return {allowed(controller, token, "PATCH", f"{kind}/{number}", {"description": "changed"}) for kind, number in numbers.items()}


ROWS: dict[str, Callable[[Controller, str], set[bool]]] = {
    "launch Rezonate onboarding, rotation, tenant onboarding, tenant rotation, offboarding": lambda controller, token: can_launch(
        controller, token, "workflow_job_templates", "onboarding", "rotation", "tenant onboarding", "tenant rotation", "offboarding"
    ),
    "launch Rezonate auditing, tenant auditing": lambda controller, token: can_launch(
        controller, token, "workflow_job_templates", "auditing", "tenant auditing"
    ),
    "approve or deny": can_decide,
    "read jobs of onboard, rotate prepare, rotate finish and offboard, and their output": lambda controller, token: can_read_jobs(
        controller, token, "onboard", "rotate prepare", "rotate finish", "offboard"
    ),
    "read jobs of audit and merge, and their output, that is the report": lambda controller, token: can_read_jobs(
        controller, token, "audit", "merge"
    ),
    "launch a job template by itself, such as Rezonate rotate finish with `abort`": lambda controller, token: can_launch(
        controller, token, "job_templates", "onboard", "audit", "rotate prepare", "rotate finish", "offboard", "merge"
    ),
    "read credentials, project or inventory": lambda controller, token: can_read(
        controller, token, "credentials", "projects", "inventories"
    ),
    "change a template, a schedule or a credential": lambda controller, token: can_change(
        controller, token, "job_templates", "workflow_job_templates", "schedules", "credentials"
    ),
}


def documented() -> dict[str, list[str]]:
    """Return the rows of the guide's table of permissions."""
    section = GUIDE.partition("## Permissions")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in re.findall(r"^\|.*\|$", section, re.MULTILINE)]
    return {row: answers for row, *answers in lines[2:]}


def test_the_guide_documents_each_right() -> None:
    assert list(documented()) == list(ROWS)


@pytest.mark.parametrize("team", TEAMS)
@pytest.mark.parametrize("row", ROWS)
def test_a_team_can_do_what_the_guide_says(controller: Controller, row: str, team: str) -> None:
    assert ROWS[row](controller, controller.token(team)) == {documented()[row][TEAMS.index(team)] == "yes"}
