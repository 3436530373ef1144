# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The consistency of the role awx, the role rezonate, the modules and the project of playbooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.rezonate.okta.plugins.module_utils._tenant import tokens
from helpers.awx_admin import EXAMPLES, PROJECT, ROLE, data, role_variables

ROOT = Path(__file__).resolve().parents[2]
REZONATE = ROOT / "roles" / "rezonate"
SPEC: dict[str, Any] = data(ROLE / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
DEFAULTS = data(ROLE / "defaults" / "main.yml")
INTERNAL = role_variables()
TYPES: list[dict[str, Any]] = INTERNAL["awx__credential_types"]
JOBS: list[dict[str, Any]] = INTERNAL["awx__jobs"]
SURVEYS: dict[str, list[dict[str, Any]]] = INTERNAL["awx__surveys"]
QUESTIONS = [(key, question) for key, questions in SURVEYS.items() for question in questions]
NODES: list[dict[str, Any]] = INTERNAL["awx__nodes"]
WORKFLOWS: list[dict[str, Any]] = INTERNAL["awx__workflows"]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROLE.rglob("*.yml")))
ASKED: dict[str, Any] = {
    name: option
    for spec in data(REZONATE / "meta" / "argument_specs.yml")["argument_specs"].values()
    for name, option in spec["options"].items()
}
STORED_CREDENTIALS = data(REZONATE / "defaults" / "main.yml")["rezonate_controller_credential_type"]
# the first sets up the controller that runs the others, the second runs after them
NOT_IN_THE_PROJECT = {"configure_awx.yml", "publish_rezonate_results.yml"}


def each_question() -> pytest.MarkDecorator:
    ids = [question["variable"] for _key, question in QUESTIONS]
    return pytest.mark.parametrize("question", [question for _key, question in QUESTIONS], ids=ids)


def injected(where: str) -> Iterator[tuple[str, str, str]]:
    """Return the injected values: the type, the name and the template."""
    for one in TYPES:
        for name, template in one["injectors"].get(where, {}).items():
            yield one["name"], name, template


def environment_names() -> set[str]:
    """Return the environment variables that the modules document, and those with credentials."""
    documented = re.findall(r"E\((\w+)\)", (ROOT / "plugins" / "doc_fragments" / "okta.py").read_text(encoding="utf-8"))
    constants = [value for name, value in vars(tokens).items() if name.startswith("ENVIRONMENT_")]
    return {*documented, *(name for value in constants for name in ([value] if isinstance(value, str) else value))}


def test_an_option_has_a_default_unless_it_is_required() -> None:
    assert sorted(DEFAULTS) == sorted(name for name, option in SPEC.items() if not option.get("required"))


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_documented_default_is_the_one_that_holds(name: str) -> None:
    assert SPEC[name]["default"] == DEFAULTS[name]


def test_options_are_used_and_internal_variables_exist() -> None:
    tasks = "\n".join(path.read_text(encoding="utf-8") for part in ("tasks", "vars/main") for path in (ROLE / part).glob("*.yml"))
    assert [name for name in SPEC if not re.search(rf"\b{name}\b", tasks)] == []
    made = set(INTERNAL) | set(re.findall(r"register: (awx__\w+)", tasks)) | set(re.findall(r"^ {4}(awx__\w+): ", tasks, re.MULTILINE))
    used = set(re.findall(r"\bawx__\w+", tasks)) - {"awx__made_"}
    assert used - made == set()
    assert {name for name in made - used if not name.startswith("awx__made_")} == set()


def test_the_environment_variables_of_a_credential_are_read() -> None:
    assert {name for _type, name, _template in injected("env")} <= environment_names()


def test_each_calling_credential_of_the_environment_can_be_injected() -> None:
    expected = {"OKTA_CLIENT_TOKEN", "OKTA_CLIENT_CLIENTID", "OKTA_CLIENT_PRIVATEKEY", "OKTA_CLIENT_ORGURL", "REZONATE_READONLY_API_TOKEN"}
    assert expected <= environment_names()
    assert expected == {name for _type, name, _template in injected("env")}


def test_an_extra_variable_of_a_credential_is_one_of_the_roles() -> None:
    names = {name for kind, name, _template in injected("extra_vars") if kind != STORED_CREDENTIALS}
    assert len(names) == 3
    assert names <= set(ASKED)


def test_stored_credentials_are_injected_under_the_documented_name() -> None:
    [name] = [name for kind, name, _template in injected("extra_vars") if kind == STORED_CREDENTIALS]
    # not a variable that the role sets, since an extra variable would override it for the whole job
    assert name not in "".join(path.read_text(encoding="utf-8") for path in REZONATE.rglob("*.yml"))
    assert f"{{{{ {name} }}}}" in (ROOT / "docs" / "stores.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("one", TYPES, ids=[one["name"] for one in TYPES])
def test_each_field_of_a_type_is_injected_by_its_name(one: dict[str, Any]) -> None:
    fields = [field["id"] for field in one["inputs"]["fields"]]
    templates = [template for where in one["injectors"].values() for template in where.values()]
    # the owner in stored credentials is informational
    assert sorted(templates) == sorted(f"{{{{ {name} }}}}" for name in fields if name != "tenant_id")
    assert set(one["inputs"]["required"]) <= set(fields)


# The fields of each name of a type. A controller can't change those of a type in use: give other fields a new name, and describe the move.
FIELDS: dict[str, dict[str, str]] = {
    "Okta API token": {"api_token": "string secret required", "org_url": "string", "readonly_api_token": "string secret"},
    "Okta API tokens": {"api_tokens": "string secret multiline required"},
    "Okta OAuth client": {
        "client_id": "string required",
        "private_key": "string secret multiline required",
        "key_id": "string",
        "dpop": "boolean",
    },
    "Rezonate credentials": {"tenant_id": "string required", "ciphertext": "string multiline required"},
}


def test_the_name_of_a_type_stands_for_its_fields() -> None:
    found = {}
    for one in TYPES:
        required = one["inputs"]["required"]
        words = {
            field["id"]: [
                field["type"],
                *(name for name in ("secret", "multiline") if field.get(name)),
                *(["required"] * (field["id"] in required)),
            ]
            for field in one["inputs"]["fields"]
        }
        found[one["name"]] = {name: " ".join(kinds) for name, kinds in words.items()}
    assert found == FIELDS
    assert {key for one in TYPES for field in one["inputs"]["fields"] for key in field} <= {
        "id",
        "label",
        "type",
        "help_text",
        "secret",
        "multiline",
    }


def test_fields_that_hold_secrets_are_secret_ones() -> None:
    secret = {field["id"] for one in TYPES for field in one["inputs"]["fields"] if field.get("secret")}
    assert secret == {"api_token", "api_tokens", "private_key", "readonly_api_token"}


def test_the_store_of_the_role_finds_its_type_and_its_fields() -> None:
    [fields] = [one["inputs"]["fields"] for one in TYPES if one["name"] == STORED_CREDENTIALS]
    tasks = yaml.safe_load((REZONATE / "tasks" / "store" / "controller.yml").read_text(encoding="utf-8"))
    written = next(str(task["awx.awx.credential"]["inputs"]) for task in tasks if "awx.awx.credential" in task)
    assert [field["id"] for field in fields] == re.findall(r"'(\w+)':", written)
    # a secret field couldn't be read back
    assert not any(field.get("secret") for field in fields)


def test_variables_of_job_templates_are_the_roles() -> None:
    given = re.findall(r"'(rezonate_\w+)':", INTERNAL["awx__job_variables"]) + [name for job in JOBS for name in job["extra_vars"]]
    assert len(given) > 3
    assert [name for name in given if name not in ASKED] == []


@each_question()
def test_a_survey_question_sets_a_variable_of_the_role_to_accepted_values_only(question: dict[str, Any]) -> None:
    option = ASKED[question["variable"]]
    if question["type"] == "multiplechoice":
        allowed = option.get("choices") or {"bool": ["false", "true"], "str": ["no", "yes"]}[option["type"]]
        assert set(question["choices"]) <= set(allowed)
        assert question["default"] in question["choices"] or question["default"].startswith("{{ awx_")
    else:
        limits = (1, 4096) if option["type"] == "raw" else (2, 6)
        assert (question["type"], question["min"], question["max"]) == ("text", *limits)


@each_question()
def test_no_survey_question_asks_for_a_secret_and_each_has_a_default_or_is_required(question: dict[str, Any]) -> None:
    assert question["type"] in ("text", "multiplechoice")
    assert not re.search(r"token$|secret|passw|private|ciphertext|stored", question["variable"].removesuffix("bootstrap_token"))
    # a default doesn't answer a required question of a schedule or of a launch by API
    assert question["required"] is not bool(question["default"])
    assert question["required"] is (question["variable"] == "rezonate_offboard_tenants")


def test_a_survey_repeats_nothing_that_the_template_sets() -> None:
    workflows = {workflow["survey"] for workflow in WORKFLOWS if "survey" in workflow}
    assert set(SURVEYS) == {job["key"] for job in JOBS} | workflows
    for job in JOBS:
        assert not set(job["extra_vars"]) & {question["variable"] for question in SURVEYS[job["key"]]}


def test_offboarding_is_not_confirmed_and_has_no_tenants_by_default() -> None:
    defaults = {question["variable"]: question["default"] for question in SURVEYS["offboard"]}
    assert defaults["rezonate_confirm"] == "no"
    [job] = [one for one in JOBS if one["key"] == "offboard"]
    [workflow] = [one for one in WORKFLOWS if one["name"] == "Rezonate offboarding"]
    assert job["limit"] == workflow["limit"] == "specify-tenants"
    # slices would have other hosts than the named ones
    assert job["slices"] == 1


def test_the_named_tenants_are_required_by_the_offboarding_job_and_its_workflow() -> None:
    asked = {key: [question["variable"] for question in SURVEYS[key] if question["required"]] for key in ("offboard", "offboarding")}
    assert asked == {"offboard": ["rezonate_offboard_tenants"], "offboarding": ["rezonate_offboard_tenants"]}
    [workflow] = [one for one in WORKFLOWS if one["name"] == "Rezonate offboarding"]
    assert workflow["survey"] == "offboarding"
    # the answers of the workflow are those of its jobs
    assert {question["variable"] for question in SURVEYS["offboarding"]} <= {question["variable"] for question in SURVEYS["offboard"]}
    [approval] = [one for one in INTERNAL["awx__approvals"] if one["workflow"] == "Rezonate offboarding"]
    assert "rezonate_offboard_tenants" in approval["description"]


def test_an_offboarding_needs_a_successful_preview_before_its_approval() -> None:
    nodes = {node["name"]: node for node in NODES if node["workflow"] == "Rezonate offboarding"}
    assert (nodes["offboarding: preview"]["job"], nodes["offboarding: preview"]["job_type"]) == ("offboard", "check")
    [link] = [one for one in INTERNAL["awx__links"] if one["node"] == "offboarding: preview"]
    assert (link["success"], link.get("always")) == (["offboarding: audit"], None)
    followers = [name for one in INTERNAL["awx__links"] for kind in ("success", "always") for name in one.get(kind, [])]
    assert "offboarding: preview" not in followers


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=[one["name"] for one in WORKFLOWS])
def test_a_workflow_for_tenants_has_a_limit_and_a_single_slice(workflow: dict[str, Any]) -> None:
    fixed = {job["key"] for job in JOBS if job.get("slices") == 1}
    slices = {node["name"]: node.get("slices") for node in NODES if node["workflow"] == workflow["name"] and node["job"] not in fixed}
    assert set(slices.values()) == ({1} if workflow["for_tenants"] else {None})
    # a job template with fixed slices doesn't ask for them
    assert [node["name"] for node in NODES if node["job"] in fixed and "slices" in node] == []
    # a limit of the workflow is never ignored
    assert workflow["for_tenants"] or workflow["limit"] == ""


@pytest.mark.parametrize("schedule", INTERNAL["awx__possible_schedules"], ids=lambda one: one["name"])
def test_a_schedule_answers_the_survey_of_its_template(schedule: dict[str, Any]) -> None:
    surveys = {**{job["name"]: job["key"] for job in JOBS}, **{one["name"]: one.get("survey") for one in WORKFLOWS}}
    assert schedule.get("survey") == surveys[schedule["template"]]
    assert not any(question["required"] for question in SURVEYS.get(schedule.get("survey", ""), []))


def test_choices_are_the_same_in_both_roles() -> None:
    for own, other in (("awx_credential_store", "rezonate_credential_store"), ("awx_audit_fail_on", "rezonate_audit_fail_on")):
        assert SPEC[own]["choices"] == ASKED[other]["choices"]
    assert SPEC["awx_credentials"]["options"]["jobs"]["choices"] == [job["key"] for job in JOBS if not job.get("bare")]


def test_the_project_has_a_file_for_each_playbook_and_each_is_used() -> None:
    there = {path.name for path in PROJECT.glob("*.yml")} - {"tenants.yml"}
    assert there == {path.name for path in (ROOT / "playbooks").glob("*.yml")} - NOT_IN_THE_PROJECT
    assert there == {job["playbook"] for job in JOBS}
    for name in there:
        plays = [play["ansible.builtin.import_playbook"] for play in yaml.safe_load((PROJECT / name).read_text(encoding="utf-8"))]
        # an audit publishes its results itself
        publication = [] if name in ("audit_rezonate.yml", "merge_rezonate_results.yml") else ["rezonate.okta.publish_rezonate_results"]
        assert plays == [f"rezonate.okta.{name.removesuffix('.yml')}", *publication]


def test_the_inventory_of_the_project_exists_at_its_path() -> None:
    hosts = yaml.safe_load((PROJECT / DEFAULTS["awx_inventory_path"]).read_text(encoding="utf-8"))["all"]["hosts"]
    assert {name for variables in hosts.values() for name in variables or {}} <= set(ASKED)


def test_the_name_of_a_node_is_unique_and_its_job_and_variables_exist() -> None:
    names = [node["name"] for node in [*NODES, *INTERNAL["awx__approvals"]]]
    assert len(names) == len(set(names))
    workflows = {workflow["name"] for workflow in INTERNAL["awx__workflows"]}
    assert {node["workflow"] for node in [*NODES, *INTERNAL["awx__approvals"]]} == workflows
    asked = {key: {question["variable"] for question in questions} for key, questions in SURVEYS.items()}
    assert [node["name"] for node in NODES if not set(node.get("extra_data", {})) <= asked[node["job"]]] == []


def test_the_nodes_of_a_workflow_form_one_chain() -> None:
    place = {node["name"]: node["workflow"] for node in [*NODES, *INTERNAL["awx__approvals"]]}
    links = [(link["node"], other) for link in INTERNAL["awx__links"] for other in [*link.get("success", []), *link.get("always", [])]]
    assert all(place[first] == place[second] for first, second in links)
    begins = set(place) - {second for _first, second in links}
    assert len(begins) == len(INTERNAL["awx__workflows"])
    assert len(links) == len(place) - len(begins)


def test_the_results_of_slices_are_merged_by_one_job_after_the_audit() -> None:
    [merge] = [job for job in JOBS if job["key"] == "merge"]
    assert merge["slices"] == 1
    jobs = {node["name"]: node["job"] for node in NODES}
    after = {link["node"]: [jobs.get(other) for other in link.get("always", [])] for link in INTERNAL["awx__links"]}
    audits = [name for name, job in jobs.items() if job == "audit"]
    assert len(audits) == len(INTERNAL["awx__workflows"])
    assert [after[name] for name in audits] == [["merge"]] * len(audits)


def test_two_nodes_have_one_kind_of_link() -> None:
    assert [link["node"] for link in INTERNAL["awx__links"] if ("success" in link) == ("always" in link)] == []


def test_removals_require_an_approval() -> None:
    approvals = {approval["name"] for approval in INTERNAL["awx__approvals"]}
    before = {other: link["node"] for link in INTERNAL["awx__links"] for other in link.get("success", [])}
    names = ("onboarding: retire", "rotation: finish", "tenant onboarding: retire", "tenant rotation: finish", "offboarding: offboard")
    assert {node for node in names if before.get(node) in approvals} == set(names)


def test_grants_refer_to_teams_and_workflows_that_are_created() -> None:
    teams, workflows = {team["name"] for team in DEFAULTS["awx_teams"]}, {workflow["name"] for workflow in INTERNAL["awx__workflows"]}
    assert {grant["team"] for grant in DEFAULTS["awx_grants"]} == teams
    assert {name for grant in DEFAULTS["awx_grants"] for name in grant.get("workflows", [])} == workflows
    assert {name for grant in DEFAULTS["awx_grants"] for name in grant.get("job_templates", [])} == {job["name"] for job in JOBS}


def test_a_team_can_read_the_jobs_of_its_workflows() -> None:
    jobs = {job["key"]: job["name"] for job in JOBS}
    of_workflow: dict[str, set[str]] = {}
    for node in NODES:
        of_workflow.setdefault(node["workflow"], set()).add(jobs[node["job"]])
    for team in DEFAULTS["awx_teams"]:
        grants = [grant for grant in DEFAULTS["awx_grants"] if grant["team"] == team["name"]]
        read = {name for grant in grants if grant["role"] == "read" for name in grant["job_templates"]}
        needed = {name for grant in grants for workflow in grant.get("workflows", []) for name in of_workflow[workflow]}
        assert needed <= read
        assert [grant for grant in grants if grant["role"] != "read" and "job_templates" in grant] == []


def test_the_example_sets_variables_of_the_role_and_contains_no_secret() -> None:
    example = data(EXAMPLES / "awx.yml")
    assert set(example) <= set(SPEC)
    assert [one["name"] for one in example["awx_credentials"] if "inputs" in one] == []


def test_the_redirect_names_each_module_that_the_roles_use() -> None:
    path = EXAMPLES / "awx-redirect" / "ansible_collections" / "awx" / "awx" / "meta" / "runtime.yml"
    routed = yaml.safe_load(path.read_text(encoding="utf-8"))["plugin_routing"]
    store = (REZONATE / "tasks" / "store" / "controller.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"^ *awx\.awx\.(\w+):$", TEXT + store, re.MULTILINE)) | set(re.findall(r"query\('awx\.awx\.(\w+)'", store))
    assert used == set(routed["modules"]) | set(routed["lookup"])
    assert all(one["redirect"] == f"ansible.controller.{name}" for part in routed.values() for name, one in part.items())
