# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stub of the controller's API refuses what a real AWX 24.6.1 was seen to refuse, with its responses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from controller import Controller, RefusedError
from helpers.awx_admin import new_controller
from helpers.awx_client import CHOICE, EMAIL, QUESTION, RRULE, delete, found, patch, post, project, request, surveyed, template, typed
from helpers.other_collections import missing

AGE = {**QUESTION, "variable": "age", "min": 2, "max": 6, "default": "90d"}


@pytest.fixture(scope="module", autouse=True)
def _awx() -> None:
    reason = missing("awx.awx")
    if reason:
        pytest.skip(reason)


@pytest.fixture
def controller() -> Iterator[Controller]:
    with new_controller() as controller:
        yield controller


def refusal(controller: Controller, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """Return the status and the body of a refused request."""
    with pytest.raises(RefusedError) as refused:
        request(controller, method, path, body)
    return refused.value.status, refused.value.why


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({}, ["'sure' value missing", "'age' value missing"]),
        ({"sure": "no"}, ["'age' value missing"]),
        ({"sure": "no", "age": "7"}, ["'age' value 7 is too small (length is 1 must be at least 2)."]),
        ({"sure": "no", "age": "7777777d"}, ["'age' value 7777777d is too large (must be no more than 6)."]),
        ({"sure": "perhaps", "age": "7d"}, ["Value perhaps for 'sure' expected to be one of ['no', 'yes']."]),
    ],
)
def test_a_schedule_needs_every_required_answer_even_with_defaults(
    controller: Controller, answers: dict[str, str], errors: list[str]
) -> None:
    schedule = {"name": "S", "unified_job_template": surveyed(controller, CHOICE, AGE), "rrule": RRULE, "extra_data": answers}
    assert refusal(controller, "POST", "schedules/", schedule) == (400, {"variables_needed_to_start": errors})
    made = post(controller, "schedules", **{**schedule, "extra_data": {"sure": "no", "age": "7d"}})
    assert refusal(controller, "PATCH", f"schedules/{made['id']}/", {"extra_data": answers})[0] == 400
    assert patch(controller, "schedules", made["id"], enabled=False)["extra_data"] == {"sure": "no", "age": "7d"}


def test_a_workflow_node_needs_no_required_answers_but_valid_ones(controller: Controller) -> None:
    job, workflow = surveyed(controller, CHOICE, AGE), post(controller, "workflow_job_templates", name="W")["id"]
    node = {"workflow_job_template": workflow, "unified_job_template": job}
    assert post(controller, "workflow_job_template_nodes", identifier="n", **node)["extra_data"] == {}
    invalid = {"identifier": "m", **node, "extra_data": {"age": "7"}}
    assert "variables_needed_to_start" in refusal(controller, "POST", "workflow_job_template_nodes/", invalid)[1]


def test_a_schedule_sets_only_fields_that_its_template_prompts_for(controller: Controller) -> None:
    schedule = {"name": "S", "unified_job_template": template(controller)["id"], "rrule": RRULE, "limit": "acme"}
    assert refusal(controller, "POST", "schedules/", schedule) == (400, {"limit": ["Field is not configured to prompt on launch."]})


@pytest.mark.parametrize(
    ("rrule", "error"),
    [
        (f"{RRULE};BYDAY=XX", "rrule parsing failed validation: invalid 'BYDAY': XX"),
        (f"{RRULE};BYDAY=1MO", "BYDAY with numeric prefix not supported: FREQ=DAILY;INTERVAL=1;BYDAY=1MO"),
        (
            f"{RRULE};COUNT=2;UNTIL=20270101T000000Z",
            "RRULE may not contain both COUNT and UNTIL: FREQ=DAILY;INTERVAL=1;COUNT=2;UNTIL=20270101T000000Z",
        ),
        (f"{RRULE};COUNT=1000", "COUNT > 999 is unsupported: FREQ=DAILY;INTERVAL=1;COUNT=1000"),
        (RRULE.replace("DAILY", "SECONDLY"), "SECONDLY is not supported: FREQ=SECONDLY;INTERVAL=1"),
        (
            RRULE.replace(":2026", ";TZID=Europe/Atlantis:2026", 1).replace("0Z ", "0 "),
            "rrule parsing failed validation: A valid TZID must be provided (e.g., America/New_York)",
        ),
        (RRULE.replace("0Z ", "0 "), "DTSTART cannot be a naive datetime. Require ;TZINFO= or YYYYMMDDTHHMMSSZZ."),
    ],
)
def test_invalid_recurrence_rules_are_refused(controller: Controller, rrule: str, error: str) -> None:
    schedule = {"name": "S", "unified_job_template": template(controller)["id"], "rrule": rrule}
    assert refusal(controller, "POST", "schedules/", schedule) == (400, {"rrule": [error]})


@pytest.mark.parametrize(
    "rrule", [RRULE, f"{RRULE};BYDAY=MO,FR", "DTSTART;TZID=Europe/Berlin:20260101T020000 RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=9"]
)
def test_valid_recurrence_rules_are_accepted(controller: Controller, rrule: str) -> None:
    assert post(controller, "schedules", name="S", unified_job_template=template(controller)["id"], rrule=rrule)["rrule"] == rrule


@pytest.mark.parametrize(
    ("inputs", "status", "why"),
    [
        ({}, 500, {"detail": "A server error has occurred."}),
        ({"vault_id": "old"}, 400, {"inputs": ["Vault IDs cannot be changed once they have been created."]}),
    ],
)
def test_a_vault_id_is_set_at_creation_only(controller: Controller, inputs: dict[str, str], status: int, why: Any) -> None:
    vault = controller.objects.one("credential_types", "Vault")["id"]
    made = post(controller, "credentials", name="V", credential_type=vault, inputs=inputs)["id"]
    body = {"inputs": {"vault_id": "new", "vault_password": "made-up-password-03d8"}}
    assert refusal(controller, "PATCH", f"credentials/{made}/", body) == (status, why)


def test_a_vault_password_is_entered_later_and_erased_by_inputs_without_it(controller: Controller) -> None:
    vault = controller.objects.one("credential_types", "Vault")["id"]
    made = post(controller, "credentials", name="V", credential_type=vault, inputs={"vault_id": "rezonate"})["id"]
    entered = {"vault_id": "rezonate", "vault_password": "$encrypted$"}
    assert patch(controller, "credentials", made, inputs={**entered, "vault_password": "made-up-password-03d8"})["inputs"] == entered
    assert patch(controller, "credentials", made, inputs={"vault_id": "rezonate"})["inputs"] == {"vault_id": "rezonate"}


def test_a_credential_type_in_use_is_frozen(controller: Controller) -> None:
    made = typed(controller, env={"WORD": "{{ word }}"})
    credential = post(controller, "credentials", name="C", credential_type=made["id"])["id"]
    inputs = {"fields": [{**one, "label": "New"} for one in made["inputs"]["fields"]]}
    why = {"detail": "Modifications to inputs are not allowed for credential types that are in use"}
    assert refusal(controller, "PATCH", f"credential_types/{made['id']}/", {"inputs": inputs}) == (403, why)
    why = {"detail": "Credential types that are in use cannot be deleted"}
    assert refusal(controller, "DELETE", f"credential_types/{made['id']}/") == (403, why)
    injectors = {"env": {"OTHER": "{{ word }}"}}
    assert patch(controller, "credential_types", made["id"], inputs=made["inputs"], injectors=injectors)["injectors"] == injectors
    assert delete(controller, "credentials", credential) == 204
    assert patch(controller, "credential_types", made["id"], inputs=inputs)["inputs"] == inputs
    assert delete(controller, "credential_types", made["id"]) == 204


def test_a_credential_of_a_job_template_keeps_its_type(controller: Controller) -> None:
    first = typed(controller, env={"WORD": "{{ word }}"})
    other = post(controller, "credential_types", name="T 2", kind="cloud", managed=False, inputs=first["inputs"], injectors={})["id"]
    job, credential = template(controller)["id"], post(controller, "credentials", name="C", credential_type=first["id"])["id"]
    post(controller, f"job_templates/{job}/credentials", id=credential)
    assert "credential_type" in refusal(controller, "PATCH", f"credentials/{credential}/", {"credential_type": other})[1]
    delete(controller, "credentials", credential)
    assert found(controller, f"job_templates/{job}/credentials/")["results"] == []


@pytest.mark.parametrize("image", ["", "my image", "registry.example/Image", "registry.example/image:", "https://registry.example/image"])
def test_invalid_image_names_are_refused(controller: Controller, image: str) -> None:
    assert list(refusal(controller, "POST", "execution_environments/", {"name": "E", "image": image})[1]) == ["image"]


@pytest.mark.parametrize(
    "image", ["image", "registry.example:5000/a/b_c:v1.2", f"registry.example/image@sha256:{'0' * 64}", "localhost/ee:latest"]
)
def test_valid_image_names_are_accepted(controller: Controller, image: str) -> None:
    assert post(controller, "execution_environments", name="E", image=image)["image"] == image


@pytest.mark.parametrize(("field", "value"), [("job_slice_count", -1), ("forks", -5)])
def test_negative_counts_are_refused(controller: Controller, field: str, value: int) -> None:
    why = {field: ["Ensure this value is greater than or equal to 0."]}
    assert refusal(controller, "PATCH", f"job_templates/{template(controller)['id']}/", {field: value}) == (400, why)


def test_a_team_needs_an_organization(controller: Controller) -> None:
    assert refusal(controller, "POST", "teams/", {"name": "T"}) == (400, {"organization": ["This field is required."]})


def test_a_job_template_needs_an_inventory_or_its_prompt(controller: Controller) -> None:
    job = {"name": "J", "project": project(controller), "playbook": "audit_rezonate.yml"}
    why = {"inventory": ["You must either set a default value or ask to prompt on launch."]}
    assert refusal(controller, "POST", "job_templates/", job) == (400, why)
    assert post(controller, "job_templates", **job, ask_inventory_on_launch=True)["inventory"] is None


def test_a_number_is_accepted_as_a_limit(controller: Controller) -> None:
    assert patch(controller, "job_templates", template(controller)["id"], limit=5)["limit"] == "5"


def test_an_email_notification_needs_all_its_fields(controller: Controller) -> None:
    notification: dict[str, Any] = {"name": "N", "notification_type": "email", "notification_configuration": {"host": "smtp.example"}}
    lacks = [name for name in ("host", "port", "username", "password", "use_tls", "use_ssl", "sender", "recipients") if name != "host"]
    why = {"__all__": [f"Missing required fields for Notification Configuration: {lacks}."]}
    assert refusal(controller, "POST", "notification_templates/", notification) == (400, why)
    wrong = {**notification, "notification_configuration": {**EMAIL, "port": "25", "recipients": []}}
    assert len(refusal(controller, "POST", "notification_templates/", wrong)[1]["__all__"]) == 2
    assert post(controller, "notification_templates", **{**notification, "notification_configuration": EMAIL})["id"]


def nodes(controller: Controller, *names: str) -> list[str]:
    """Create the nodes of a workflow; return their paths."""
    workflow = post(controller, "workflow_job_templates", name="W")["id"]
    made = [post(controller, "workflow_job_template_nodes", identifier=name, workflow_job_template=workflow) for name in names]
    return [f"workflow_job_template_nodes/{node['id']}" for node in made]


def test_links_of_a_workflow_make_no_cycle(controller: Controller) -> None:
    first, second, third = nodes(controller, "a", "b", "c")
    numbers = {path: int(path.split("/")[1]) for path in (first, second, third)}
    post(controller, f"{first}/always_nodes", id=numbers[second])
    post(controller, f"{second}/success_nodes", id=numbers[third])
    for parent, child in ((third, first), (second, first), (first, first)):
        assert refusal(controller, "POST", f"{parent}/failure_nodes/", {"id": numbers[child]}) == (400, {"Error": "Cycle detected."})
    post(controller, f"{first}/always_nodes", id=numbers[third])


def test_two_nodes_have_one_kind_of_link(controller: Controller) -> None:
    first, second = nodes(controller, "a", "b")
    child = {"id": int(second.split("/")[1])}
    post(controller, f"{first}/always_nodes", **child)
    assert refusal(controller, "POST", f"{first}/success_nodes/", child) == (400, {"Error": "Relationship not allowed."})
    post(controller, f"{first}/always_nodes", **child)
    assert found(controller, f"{first}/always_nodes/")["count"] == 1
    post(controller, f"{first}/always_nodes", **child, disassociate=True)
    post(controller, f"{first}/success_nodes", **child)
    assert [found(controller, f"{first}/{kind}_nodes/")["count"] for kind in ("always", "success", "failure")] == [0, 1, 0]


def updated(controller: Controller, made: dict[str, Any]) -> dict[str, Any]:
    return found(controller, f"project_updates/{made['summary_fields']['current_update']['id']}/")


def test_a_project_has_no_playbooks_before_its_first_successful_update(controller: Controller) -> None:
    organization = post(controller, "organizations", name="Rezonate")["id"]
    controller.objects.updates.repository.failure = "ERROR! Galaxy is not reachable"
    made = post(controller, "projects", name="P", organization=organization, scm_type="git")
    update = updated(controller, made)
    assert (update["status"], update["failed"]) == ("failed", True)
    assert found(controller, f"project_updates/{update['id']}/stdout/?format=json")["content"] == "ERROR! Galaxy is not reachable"
    job = {"name": "J", "project": made["id"], "playbook": "audit_rezonate.yml", "ask_inventory_on_launch": True}
    assert refusal(controller, "POST", "job_templates/", job) == (400, {"playbook": ["Playbook not found for project."]})
    controller.objects.updates.repository.failure = ""
    again = post(controller, f"projects/{made['id']}/update")
    assert found(controller, f"project_updates/{again['id']}/")["status"] == "successful"
    assert post(controller, "job_templates", **job)["playbook"] == "audit_rezonate.yml"


def test_a_new_playbook_is_known_after_the_next_update(controller: Controller) -> None:
    number = project(controller)
    job = {"name": "J", "project": number, "playbook": "new.yml", "ask_inventory_on_launch": True}
    controller.objects.updates.repository.playbooks.add("new.yml")
    assert refusal(controller, "POST", "job_templates/", job)[0] == 400
    changed = patch(controller, "projects", number, scm_branch="v2")
    assert refusal(controller, "POST", "job_templates/", job)[0] == 400
    assert updated(controller, changed)["status"] == "successful"
    assert post(controller, "job_templates", **job)["playbook"] == "new.yml"
    assert "current_update" not in patch(controller, "projects", number, scm_branch="v2")["summary_fields"]
