# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stub of the controller's API refuses the requests that AWX refuses, and stores the others, so that tests with it are meaningful."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from controller import Controller, RefusedError
from controller.server import TOKEN
from helpers.awx_admin import new_controller
from helpers.awx_client import CHOICE, QUESTION, found, patch, post, surveyed, template, typed
from helpers.other_collections import missing


@pytest.fixture(scope="module", autouse=True)
def _awx() -> None:
    reason = missing("awx.awx")
    if reason:
        pytest.skip(reason)


@pytest.fixture
def controller() -> Iterator[Controller]:
    with new_controller() as controller:
        yield controller


@pytest.mark.parametrize(
    ("kind", "body"),
    {
        "a field that no option of awx.awx sends": ("organizations", {"name": "R", "colour": "red"}),
        "a list where a text belongs": ("organizations", {"name": ["R"]}),
        "a text where a number belongs": ("organizations", {"name": "R", "max_hosts": "7"}),
        "a name where an id belongs": ("inventories", {"name": "I", "organization": "Rezonate"}),
        "an id that does not exist": ("inventories", {"name": "I", "organization": 999}),
        "a choice that isn't one": ("credential_types", {"name": "T", "kind": "clown", "managed": False}),
        "nothing where a text belongs": ("inventories", {"name": "I", "kind": None}),
        "variables that are no JSON": ("inventories", {"name": "I", "variables": "{"}),
        "an environment without an image": ("execution_environments", {"name": "E", "image": ""}),
        "a schedule without an interval": ("schedules", {"name": "S", "rrule": "DTSTART:20260101T020000Z RRULE:FREQ=DAILY"}),
        "a schedule without a beginning": ("schedules", {"name": "S", "rrule": "RRULE:FREQ=DAILY;INTERVAL=1"}),
    }.values(),
)
def test_objects_that_awx_would_refuse_are_refused(controller: Controller, kind: str, body: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="400"):
        post(controller, kind, **body)
    assert controller.objects.held.get("schedules", {}) == {}


@pytest.mark.parametrize(
    "injectors",
    [
        {"env": {"WORD": "{{ wrod }}"}},
        {"env": {"WORD": "{{ word }"}},
        {"env": {"WORD": "lost its braces"}},
        {"env": {"ANSIBLE_VAULT_PASSWORD_FILE": "{{ word }}"}},
        {"env": {"PATH": "{{ word }}"}},
        {"extra_vars": {"word_{{ name }}": "{{ word }}"}},
        {"screen": {"WORD": "{{ word }}"}},
    ],
)
def test_injectors_that_awx_would_refuse_are_refused(controller: Controller, injectors: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="400"):
        typed(controller, **injectors)


@pytest.mark.parametrize(
    "question",
    [
        {**CHOICE, "default": "perhaps"},
        {**CHOICE, "choices": [True, False], "default": "no"},
        {**QUESTION, "type": "essay"},
        {**QUESTION, "default": 7},
        {**QUESTION, "required": "yes"},
        {**QUESTION, "min": "two"},
        {name: value for name, value in QUESTION.items() if name != "variable"},
        {**QUESTION, "variable": "sure"},
    ],
)
def test_surveys_that_awx_would_refuse_are_refused(controller: Controller, question: dict[str, Any]) -> None:
    made = template(controller)
    survey = {"name": "", "description": "", "spec": [CHOICE]}
    post(controller, f"job_templates/{made['id']}/survey_spec", **survey)
    with pytest.raises(RefusedError, match="400"):
        post(controller, f"job_templates/{made['id']}/survey_spec", **{**survey, "spec": [CHOICE, question]})
    assert found(controller, f"job_templates/{made['id']}/survey_spec/") == survey


def test_a_playbook_that_the_project_lacks_is_refused(controller: Controller) -> None:
    with pytest.raises(RefusedError, match="Playbook not found"):
        template(controller, playbook="elsewhere.yml")


@pytest.mark.parametrize(("answers", "allowed"), [({"sure": "yes"}, True), ({"sure": "perhaps"}, False), ({"other": "yes"}, False)])
def test_a_node_gives_its_job_only_variables_of_the_survey(controller: Controller, answers: dict[str, str], allowed: bool) -> None:
    job = surveyed(controller, CHOICE)
    workflow = post(controller, "workflow_job_templates", name="W")["id"]
    node = {"identifier": "n", "workflow_job_template": workflow, "unified_job_template": job, "extra_data": answers}
    if allowed:
        assert post(controller, "workflow_job_template_nodes", **node)["extra_data"] == answers
        return
    with pytest.raises(RefusedError, match="400"):
        post(controller, "workflow_job_template_nodes", **node)


def test_a_job_takes_one_credential_of_a_type(controller: Controller) -> None:
    job, kind = template(controller)["id"], typed(controller, env={"WORD": "{{ word }}"})["id"]
    one, two = (post(controller, "credentials", name=name, credential_type=kind)["id"] for name in ("one", "two"))
    post(controller, f"job_templates/{job}/credentials", id=one)
    with pytest.raises(RefusedError, match="Cannot assign multiple Ours credentials"):
        post(controller, f"job_templates/{job}/credentials", id=two)
    post(controller, f"job_templates/{job}/credentials", id=one, disassociate=True)
    post(controller, f"job_templates/{job}/credentials", id=two)
    assert [each["name"] for each in found(controller, f"job_templates/{job}/credentials/")["results"]] == ["two"]


def test_a_secret_is_never_shown_and_is_retained_when_its_placeholder_is_sent(controller: Controller) -> None:
    kind = typed(controller, env={"WORD": "{{ word }}"})["id"]
    made = post(controller, "credentials", name="C", credential_type=kind, inputs={"word": "made-up-word-91c5", "name": "a"})
    assert made["inputs"] == {"word": "$encrypted$", "name": "a"}
    patch(controller, "credentials", made["id"], inputs={"word": "$encrypted$", "name": "b"})
    assert controller.objects.get("credentials", made["id"])["inputs"] == {"word": "made-up-word-91c5", "name": "b"}
    patch(controller, "credentials", made["id"], inputs={"name": "c"})
    assert controller.objects.get("credentials", made["id"])["inputs"] == {"name": "c"}


def test_inputs_that_the_type_does_not_have_are_refused(controller: Controller) -> None:
    kind = typed(controller, env={"WORD": "{{ word }}"})["id"]
    with pytest.raises(RefusedError, match="unexpected"):
        post(controller, "credentials", name="C", credential_type=kind, inputs={"wrod": "x"})


def test_an_approval_has_no_links_of_its_own(controller: Controller) -> None:
    workflow = post(controller, "workflow_job_templates", name="W")["id"]
    node = post(controller, "workflow_job_template_nodes", identifier="n", workflow_job_template=workflow)["id"]
    approval = post(controller, f"workflow_job_template_nodes/{node}/create_approval_template", name="Agreed?", timeout=1)
    with pytest.raises(RefusedError, match="404"):
        found(controller, f"workflow_approval_templates/{approval['id']}/success_nodes/")


def test_a_name_is_unique(controller: Controller) -> None:
    post(controller, "organizations", name="Rezonate")
    with pytest.raises(RefusedError, match="already exists"):
        post(controller, "organizations", name="Rezonate")


def test_a_list_is_filtered_and_paginated(controller: Controller) -> None:
    organization = post(controller, "organizations", name="Rezonate")["id"]
    for number in range(60):
        post(controller, "teams", name=f"Team {number}", organization=organization)
    names, query = [], f"teams/?organization={organization}"
    while query:
        page = found(controller, query)
        names += [team["name"] for team in page["results"]]
        query = (page["next"] or "").removeprefix("/api/v2/")
    assert names == [f"Team {number}" for number in range(60)]
    assert found(controller, "teams/?name=Team+7")["count"] == 1
    assert [found(controller, f"teams/?organization__name={name}")["count"] for name in ("Rezonate", "Other")] == [60, 0]
    with pytest.raises(RefusedError, match="colour is not a field to filter by"):
        found(controller, "teams/?colour=red")


@pytest.mark.parametrize(("token", "status"), [(TOKEN, 200), ("another", 401)])
def test_the_stub_requires_its_token_over_tls(controller: Controller, token: str, status: int) -> None:
    request = urllib.request.Request(f"{controller.url}/api/v2/organizations/", headers={"Authorization": f"Bearer {token}"})
    context = ssl.create_default_context(cafile=controller.ca_file)
    try:
        with urllib.request.urlopen(request, context=context) as answer:
            got, body = answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        got, body = error.code, json.load(error)
    assert got == status
    assert ("count" in body) == (status == 200)
