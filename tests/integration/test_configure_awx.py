# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of a controller with awx.awx against a stub of the controller's API."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from controller.objects import Objects
from helpers.ansible_run import Run, run_playbook
from helpers.awx_admin import AWX, CONFIGURE, EXAMPLES, ROLE, URL, Admin, configured_controller, data, documented_commands, new_controller
from helpers.other_collections import missing

TOKEN, PASSWORD, HOOK = (f"made-up-{kind}-2f7b9c64d1e04a58" for kind in ("okta-token", "vault-password", "hook-password"))
INPUTS = {
    "Okta API tokens": {"api_tokens": f"acme: {TOKEN}\n"},
    "Rezonate vault": {"vault_id": "rezonate", "vault_password": PASSWORD},
}
WEBHOOK = {
    "name": "Hook",
    "notification_type": "webhook",
    "notification_configuration": {"url": "https://hook.example", "username": "awx", "password": HOOK, "headers": {}},
    "events": ["error", "approvals"],
}
EXAMPLE = data(EXAMPLES / "awx.yml")
DEFAULT_CREDENTIALS: list[dict[str, Any]] = data(ROLE / "defaults" / "main.yml")["awx_credentials"]
STORE_WITHOUT_CREDENTIAL = (
    "awx_credential_store is controller, but awx_credentials has no credential of type Red Hat Ansible Automation Platform, with"
    " which jobs store credentials at the controller: add one, or set another store."
)
PREVIOUS_VERSION = json.loads(Path(__file__).with_name("awx_previous_version.json").read_text(encoding="utf-8"))
TWICE = EXAMPLE["awx_credentials"][:1] * 2
SECRETS = {
    "awx_credentials": [
        {**one, **({"inputs": INPUTS[one["name"]]} if one["name"] in INPUTS else {})} for one in EXAMPLE["awx_credentials"]
    ],
    "awx_notifications": [*EXAMPLE["awx_notifications"], WEBHOOK],
}
PLATFORM = {"prefix": "/api/controller/", "product": "Red Hat Ansible Automation Platform"}
Change = Callable[[Objects], Any]


@pytest.fixture(scope="module", autouse=True)
def _awx() -> None:
    reason = missing("awx.awx")
    if reason:
        pytest.skip(reason)


@dataclass
class RunHistory:
    """The runs for a controller by name, and their writes."""

    admin: Admin
    runs: dict[str, Run]
    writes: dict[str, list[str]]
    objects: dict[str, Any]

    def run(self, name: str, *args: str) -> None:
        self.runs[name] = self.admin.configure(*args, **SECRETS)
        self.writes[name] = self.admin.controller.writes
        objects = self.admin.controller.objects
        self.objects[name] = copy.deepcopy((objects.held, {place: found for place, found in objects.hanging.items() if found}))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunHistory]:
    with new_controller() as controller:
        history = RunHistory(Admin(tmp_path_factory.mktemp("admin"), controller), {}, {}, {})
        shutil.copy(EXAMPLES / "awx.yml", history.admin.folder)
        # as documented, with the variables of the example and with secrets
        commands = documented_commands("**4. Run the playbook**", "\n**")
        check, real = (line.split()[2:] for line in commands if line.startswith(f"ansible-playbook {CONFIGURE} "))
        history.run("predicted", *check)
        history.run("made", *real, "-vvvv")
        with copied_workflow(controller.objects, "Rezonate rotation"):
            history.run("again", *real)
        for change in DRIFTS.values():
            change(controller.objects)
        restore_previous_version(controller.objects)
        history.run("drifted", *check)
        history.run("corrected", *real)
        yield history


@contextmanager
def copied_workflow(objects: Objects, name: str) -> Iterator[None]:
    """Hold somebody's older copy of a workflow: its nodes have the same identifiers, and another link."""
    workflows, nodes = (dict(objects.held[kind]) for kind in ("workflow_job_templates", "workflow_job_template_nodes"))
    original = objects.one("workflow_job_templates", name)["id"]
    copied = objects.add("workflow_job_templates", **{**workflows[original], "name": f"{name} @ 12:00"})["id"]
    own = [node for node in nodes.values() if node["workflow_job_template"] == original]
    first, second, *_others = [
        objects.add("workflow_job_template_nodes", **{**node, "workflow_job_template": copied})["id"] for node in own
    ]
    objects.hanging["workflow_job_template_nodes", first, "failure_nodes"] = [second]
    every = objects.held["workflow_job_template_nodes"]
    objects.held["workflow_job_template_nodes"] = {**{number: every[number] for number in every if number not in nodes}, **nodes}
    yield
    objects.held.update(workflow_job_templates=workflows, workflow_job_template_nodes=nodes)
    del objects.hanging["workflow_job_template_nodes", first, "failure_nodes"]


def rename(kind: str, name: str, field: str, value: Any) -> Change:
    return lambda objects: objects.held[kind][objects.one(kind, name)["id"]].update({field: value})


def unlink(objects: Objects) -> None:
    node = objects.one("workflow_job_template_nodes", "onboarding: audit")["id"]
    objects.hanging["workflow_job_template_nodes", node, "always_nodes"].clear()


def change_links(objects: Objects) -> None:
    """Change the kind of a link, and turn another one round, so that it begins at the last node of a workflow."""
    names = ("rotation: audit", "auditing: audit", "auditing: merge")
    changed, first, last = (objects.one("workflow_job_template_nodes", name)["id"] for name in names)
    following = objects.hanging["workflow_job_template_nodes", changed, "always_nodes"]
    for node, name, others in (
        (changed, "success_nodes", following),
        (changed, "always_nodes", []),
        (first, "always_nodes", []),
        (last, "always_nodes", [first]),
    ):
        objects.hanging["workflow_job_template_nodes", node, name] = others


def reopen_prompts(objects: Objects) -> None:
    """Change settings that a job must not have, and remove a question."""
    remove_question(objects)
    given = {"ask_inventory_on_launch": True, "ask_tags_on_launch": True, "job_tags": "some", "timeout": 60, "ask_timeout_on_launch": True}
    rename("job_templates", "Rezonate offboard", "survey_enabled", False)(objects)
    for name, value in {**given, "job_slice_count": 3, "limit": ""}.items():
        rename("job_templates", "Rezonate offboard", name, value)(objects)


def change_project(objects: Objects) -> None:
    for name, value in {"scm_branch": "foreign", "allow_override": True, "timeout": 60}.items():
        rename("projects", "Rezonate playbooks", name, value)(objects)


def remove_question(objects: Objects) -> None:
    objects.held["job_templates"][objects.one("job_templates", "Rezonate audit")["id"]]["survey_spec"]["spec"].pop()


def restore_previous_version(objects: Objects) -> None:
    """Give the objects the names, texts and settings that the version before the renames gave them, as recorded from a run of it."""
    for kind, found in PREVIOUS_VERSION.items():
        for name, fields in found.items():
            objects.held[kind][objects.one(kind, name)["id"]].update(copy.deepcopy(fields))


DRIFTS: dict[str, Change] = {
    "Configure the credential types": rename("credential_types", "Okta API token", "injectors", {}),
    "Configure the project": change_project,
    "Configure the job templates": reopen_prompts,
    "Configure the workflows": rename("workflow_job_templates", "Rezonate rotation", "ask_variables_on_launch", True),
    "Configure the approval nodes": rename("workflow_approval_templates", "Approve the offboarding", "timeout", 1),
    "Remove the links that are not listed": change_links,
    "Link the nodes": unlink,
    "Configure the schedules": rename("schedules", "Rezonate weekly rotation", "extra_data", {}),
}


# The tasks that only the names and texts of the previous version change.
RENAMED = ("Configure the organization", "Configure the execution environment", "Configure the inventory", "Configure the inventory source")
PREVIOUS_NAMES = (
    "rezonate_take_over",
    "rotate_rezonate_key.yml",
    "merge_rezonate.yml",
    "say-which-tenants",
    "These tenants leave",
    "Rezonate's console has the next key",
)


def test_the_first_run_creates_everything(history: RunHistory) -> None:
    assert history.runs["made"].rc == 0, history.runs["made"].output[-3000:]
    objects = history.admin.controller.objects
    kinds = ("organizations", "job_templates", "workflow_job_templates", "schedules", "teams")
    assert {kind: len(objects.held[kind]) for kind in kinds} == {
        "organizations": 1,
        "job_templates": 6,
        "workflow_job_templates": 7,
        "schedules": 2,
        "teams": 3,
    }
    onboard = objects.one("job_templates", "Rezonate onboard")["id"]
    names = sorted(objects.get("credentials", one)["name"] for one in objects.hanging[("job_templates", onboard, "credentials")])
    assert names == ["Okta API tokens", "Rezonate store", "Rezonate vault"]


def test_every_job_gets_the_variables(history: RunHistory) -> None:
    jobs = history.admin.controller.objects.held["job_templates"].values()
    slices = {one["name"]: one["job_slice_count"] for one in jobs}
    assert (slices.pop("Rezonate merge"), slices.pop("Rezonate offboard")) == (1, 1)
    assert set(slices.values()) == {EXAMPLE["awx_slices"]}
    assert {one["forks"] for one in jobs} == {EXAMPLE["awx_forks"]}
    given = {"rezonate_credential_store": "controller", "rezonate_vault_id": "rezonate", "rezonate_controller_organization": "Rezonate"}
    assert all(given.items() <= json.loads(one["extra_vars"]).items() for one in jobs)
    audit = history.admin.controller.objects.one("job_templates", "Rezonate audit")["id"]
    hanging = history.admin.controller.objects.hanging["job_templates", audit, "credentials"]
    assert "Okta auditors" in [history.admin.controller.objects.get("credentials", one)["name"] for one in hanging]


def test_the_second_run_changes_nothing_and_writes_nothing(history: RunHistory) -> None:
    assert history.runs["again"].rc == 0, history.runs["again"].output[-3000:]
    assert history.runs["again"].changed("localhost") == []
    assert history.writes["again"] == []


@pytest.mark.parametrize("name", ["predicted", "drifted"])
def test_check_mode_writes_nothing(history: RunHistory, name: str) -> None:
    assert history.runs[name].rc == 0, history.runs[name].output[-3000:]
    assert history.writes[name] == []


def test_check_mode_predicts_what_the_first_run_creates(history: RunHistory) -> None:
    message = history.runs["predicted"].result("Report the dependent objects to be created", "localhost")["msg"]
    objects = history.admin.controller.objects
    at_once = {"organizations", "credential_types", "instance_groups", "workflow_approval_templates", "roles"}
    dependent = [one for kind, values in objects.held.items() if kind not in at_once for one in values.values()]
    made = {one.get("name", one.get("identifier")) for one in dependent} - {"Ansible Galaxy"}
    assert set(message.removesuffix(".").partition(": ")[2].split(", ")) == made


@pytest.mark.parametrize("task", DRIFTS)
def test_drift_is_predicted_and_corrected(history: RunHistory, task: str) -> None:
    assert task in history.runs["drifted"].changed("localhost")
    assert task in history.runs["corrected"].changed("localhost")


def test_the_corrected_controller_is_in_its_original_state(history: RunHistory) -> None:
    assert sorted(history.runs["corrected"].changed("localhost")) == sorted([*DRIFTS, *RENAMED])
    corrected, made = copy.deepcopy(history.objects["corrected"]), history.objects["made"]
    # the inputs of a type in use can't be changed: labels and help texts stay those of the previous version
    for number, one in corrected[0]["credential_types"].items():
        one["inputs"] = made[0]["credential_types"][number]["inputs"]
    assert corrected == made


@pytest.mark.parametrize("name", PREVIOUS_NAMES)
def test_no_name_of_the_previous_version_remains(history: RunHistory, name: str) -> None:
    assert name in json.dumps(PREVIOUS_VERSION)
    assert name not in str(history.objects["corrected"])


def test_secrets_are_sent_to_the_controller_and_nowhere_else(history: RunHistory) -> None:
    objects = history.objects["made"][0]
    vault = next(one for one in objects["credentials"].values() if one["name"] == "Rezonate vault")
    assert vault["inputs"] == {"vault_id": "rezonate", "vault_password": PASSWORD}
    assert HOOK in str(objects["notification_templates"])
    printed = "".join(run.output + str(run.events) for run in history.runs.values())
    assert [secret for secret in (TOKEN, PASSWORD, HOOK) if secret in printed] == []


def test_a_credential_with_missing_inputs_is_refused(history: RunHistory) -> None:
    part = {"name": "Rezonate vault", "credential_type": "Vault", "inputs": {"vault_id": "rezonate"}}
    run = history.admin.configure(**URL, awx_credentials=[part], awx_credential_store="artifact")
    assert run.failure("localhost") == "One or more items failed"
    message = "'Rezonate vault' has inputs, but not vault_password, which the controller would clear: give all inputs"
    assert message in run.output.replace("\n", " ")
    assert history.admin.controller.writes == []


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"awx_rotation_max_age": "soon"}, "awx_rotation_max_age 'soon' is not an age: set a number and a unit (h, d or w), such as 90d."),
        (
            {"awx_credentials": EXAMPLE["awx_credentials"][:1] * 2},
            "awx_credentials has two entries with the same name: give each a unique name.",
        ),
        (
            {"awx_credentials": EXAMPLE["awx_credentials"][:2]},
            STORE_WITHOUT_CREDENTIAL,
        ),
    ],
)
def test_invalid_variables_are_refused_with_a_message(history: RunHistory, variables: dict[str, Any], sentence: str) -> None:
    assert history.admin.configure(**URL, **variables).failure("localhost") == sentence
    assert history.admin.controller.requests == []


def test_a_project_is_required(history: RunHistory) -> None:
    assert "missing required arguments: awx_project_url" in history.admin.configure().failure("localhost")


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of collections with ansible.controller, a renamed copy of awx.awx."""
    folder = tmp_path_factory.mktemp("certified")
    copied = shutil.copytree(AWX, folder / "ansible_collections" / "ansible" / "controller")
    for path in [*copied.rglob("*.py"), copied / "meta" / "runtime.yml", copied / "MANIFEST.json"]:
        text = path.read_text(encoding="utf-8").replace("awx.awx", "ansible.controller")
        path.write_text(text.replace('_COLLECTION_TYPE = "awx"', '_COLLECTION_TYPE = "controller"'), encoding="utf-8")
    return folder


def test_ansible_controller_works_through_the_redirect(history: RunHistory, certified: Path, tmp_path: Path) -> None:
    with new_controller(**PLATFORM) as controller:
        run = Admin(tmp_path, controller, EXAMPLES / "awx-redirect", certified).configure(**{**EXAMPLE, **SECRETS})
        assert run.rc == 0, run.output[-3000:]
        assert [write.replace("/api/controller/", "/api/") for write in controller.writes] == history.writes["made"]


def test_the_store_reads_through_the_redirect(certified: Path, tmp_path: Path) -> None:
    asked = "{{ query('awx.awx.controller_api', 'credentials', query_params={'name': 'Ansible Galaxy'}) | map(attribute='name') }}"
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [{"name": "Ask", "ansible.builtin.debug": {"msg": asked}}]}
    (tmp_path / "ask.yml").write_text(json.dumps([play]), encoding="utf-8")
    with new_controller(**PLATFORM) as controller:
        run = run_playbook(tmp_path, "ask.yml", env=Admin(tmp_path, controller, EXAMPLES / "awx-redirect", certified).env)
        assert run.result("Ask", "localhost")["msg"] == ["Ansible Galaxy"]
        assert [path for _method, path, _body in controller.requests] == ["/api/controller/v2/credentials/"]


@dataclass
class Newcomer:
    """A controller that is set up with the least variables, and its runs."""

    admin: Admin

    @property
    def objects(self) -> Objects:
        return self.admin.controller.objects

    def configure(self, *args: str, **variables: Any) -> Run:
        return self.admin.configure(*args, **URL, **variables)


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    with new_controller() as controller:
        yield Newcomer(Admin(tmp_path, controller))


@pytest.fixture
def configured(tmp_path: Path) -> Iterator[Newcomer]:
    with configured_controller() as controller:
        yield Newcomer(Admin(tmp_path, controller))


def test_a_password_that_a_person_enters_stays(configured: Newcomer) -> None:
    vault = configured.objects.one("credentials", "Rezonate vault")
    assert vault["inputs"] == {"vault_id": "rezonate"}
    configured.objects.change("credentials", vault["id"], {"inputs": {"vault_id": "rezonate", "vault_password": PASSWORD}})
    run = configured.configure(awx_vault_id="another")
    assert run.rc == 0, run.output[-3000:]
    assert configured.objects.get("credentials", vault["id"])["inputs"] == {"vault_id": "rezonate", "vault_password": PASSWORD}


def test_a_failed_synchronization_is_reported_with_its_reason(newcomer: Newcomer) -> None:
    repository = newcomer.objects.updates.repository
    repository.failure = "TASK [update]\nfatal: [localhost]: FAILED! => Could not find branch main\nPLAY RECAP"
    message = newcomer.configure().failure("localhost")
    assert message.startswith("The project Rezonate playbooks can't be synchronized: ")
    assert "fatal: [localhost]: FAILED! => Could not find branch main" in message
    repository.failure, new = "", "rotate_rezonate.yml"
    repository.playbooks.discard(new)
    assert f"has no {new} on main: copy docs/examples/awx-project" in newcomer.configure().failure("localhost")
    # the release that has the playbook
    repository.playbooks.add(new)
    run = newcomer.configure()
    assert run.rc == 0, run.output[-3000:]


def test_other_fields_of_a_credential_type_move_to_a_new_type(configured: Newcomer, tmp_path: Path) -> None:
    types = (ROLE / "vars" / "main" / "credential_types.yml").read_text(encoding="utf-8")
    start, end = types.index("  - name: Okta API tokens\n"), types.index("  - name: Okta OAuth client\n")
    other = types[start:end].replace(
        "        - id: api_tokens\n", "        - {id: more, label: More, type: string}\n        - id: api_tokens\n"
    )
    given = tmp_path / "types.yml"
    given.write_text(types[:start] + other + types[end:], encoding="utf-8")
    refused = configured.configure("-e", f"@{given}")
    assert "The credential type Okta API tokens has other fields than this release needs" in " ".join(refused.output.split())
    # as a later release would do
    given.write_text(types[:end] + other.replace("name: Okta API tokens\n", "name: Okta API tokens 2\n") + types[end:], encoding="utf-8")
    credentials = [{"name": "Okta API tokens 2", "credential_type": "Okta API tokens 2"}, *DEFAULT_CREDENTIALS[1:]]
    run = configured.configure("-e", f"@{given}", awx_credentials=credentials)
    assert run.rc == 0, run.output[-3000:]
    onboard = configured.objects.one("job_templates", "Rezonate onboard")["id"]
    names = [
        configured.objects.get("credentials", one)["name"] for one in configured.objects.hanging["job_templates", onboard, "credentials"]
    ]
    assert sorted(names) == ["Okta API tokens 2", "Rezonate store", "Rezonate vault"]
    old = configured.objects.one("credentials", "Okta API tokens")
    configured.objects.remove("credentials", old["id"])
    configured.objects.remove("credential_types", old["credential_type"])
