# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The consistency of the role: its argument specs, its defaults, its variables and its tasks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.rezonate.okta.plugins.module_utils._tenant import onboarding
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.offboarding import Offboarding
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.options import OPTIONS as CONVERTED
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.rotation import Rotation
from helpers.tenant_plans import INTEGRATED, SUPPLIED, VERIFIED, app, plan

ROLE = Path(__file__).resolve().parents[2] / "roles" / "rezonate"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
TASKS = sorted((ROLE / "tasks").rglob("*.yml"))
VARS = sorted((ROLE / "vars" / "main").glob("*.yml"))
OPTIONS: dict[str, Any] = {name: option for spec in SPECS.values() for name, option in spec["options"].items()}


def test_every_option_has_a_default_variable_and_the_other_way_round() -> None:
    assert sorted(DEFAULTS) == sorted(OPTIONS)


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if "default" in option])
def test_a_documented_default_is_the_one_that_holds(name: str) -> None:
    documented, actual = OPTIONS[name]["default"], DEFAULTS[name]
    assert documented == (str(actual).lower() if OPTIONS[name]["type"] == "str" and isinstance(actual, bool) else actual)


def test_an_option_without_a_documented_default_is_computed() -> None:
    # by a template, or if it is empty, by tenant_settings and tenant_plan
    computed = [DEFAULTS[name] for name, option in OPTIONS.items() if "default" not in option]
    assert [value for value in computed if value != "" and "{{" not in str(value)] == []


def test_python_converts_each_option() -> None:
    assert sorted(CONVERTED) == sorted(OPTIONS)


def test_internal_variables_are_used_and_exist() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS, ROLE / "defaults" / "main.yml"])
    used = set(re.findall(r"\b(rezonate__\w+)\b(?!:\s)", text))
    ways = (r"^(rezonate__\w+):", r"^ {4}(rezonate__\w+): ", r"(?:register|loop_var): (rezonate__\w+)")
    made = {name for way in ways for name in re.findall(way, text, re.MULTILINE)}
    assert used - made == set()
    # the others are for the callback, and for the actions that publish and merge results
    python = "\n".join(path.read_text(encoding="utf-8") for path in (ROLE.parents[1] / "plugins").rglob("*.py"))
    assert [name for name in made - used if f'"{name}"' not in python] == []


def test_the_variables_of_the_role_are_the_default_scopes() -> None:
    assert [path.name for path in VARS] == ["scopes.yml"]
    (scope_sets,) = yaml.safe_load(VARS[0].read_text(encoding="utf-8")).values()
    assert [int(version) for version in scope_sets] == list(range(1, len(scope_sets) + 1))


def test_options_are_used() -> None:
    # by the role, or by the plugins that decide for it
    plugins = ROLE.parents[1] / "plugins"
    folders = (plugins / "module_utils" / "_tenant", plugins / "plugin_utils")
    python = [path for folder in folders for path in folder.rglob("*.py") if path.name != "options.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS, *python])
    used = {
        f"rezonate_{name}"
        for name in re.findall(r"\brezonate__settings\.options\.(\w+)|\brezonate_(\w+)\b|\"(\w+)\"", text)
        for name in name
    }
    assert [name for name in OPTIONS if name not in used] == []


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option["type"] == "bool"])
def test_a_boolean_can_be_a_string(name: str) -> None:
    # `-e rezonate_remediation=false` is the string "false", which is true in a bare condition
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS])
    bare = rf"(?:\(|\bif |\bnot |\bor |\band |when: ){name}\b(?! \| bool| is |\)\.)(?=\n| and| or| else|\)| \}}\}}| if)"
    assert re.findall(bare, text) == []


def test_no_task_uses_run_once() -> None:
    # with slices, it would run once per slice, and the first host of a batch would run it for the others
    files = [
        path for folder in ("roles", "playbooks") for path in (ROLE.parents[1] / folder).rglob("*.yml") if "collections" not in path.parts
    ]
    assert len(files) > len(TASKS)
    assert [path for path in files if "run_once" in path.read_text(encoding="utf-8")] == []


def tasks_of(path: Path) -> list[dict[str, Any]]:
    """All tasks of a file, including those in blocks."""

    def flat(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        inner = [flat(task.get(name, [])) for task in tasks for name in ("block", "rescue", "always")]
        return [*tasks, *(task for found in inner for task in found)]

    return flat(yaml.safe_load(path.read_text(encoding="utf-8")) or [])


def included() -> set[str]:
    """The files that tasks include by name, relative to the folder of tasks."""
    ways = ("ansible.builtin.include_tasks", "ansible.builtin.import_tasks")
    return {found(path, str(task[way])) for path in TASKS for task in tasks_of(path) for way in ways if way in task}


def found(path: Path, name: str) -> str:
    """The path at which Ansible finds an included file: beside the including file, or in the folder of tasks."""
    beside = path.parent / name
    return beside.relative_to(ROLE / "tasks").as_posix() if beside.is_file() else name


FIXED = {name for name in included() if "{{" not in name}
# the file that a user sets as rezonate_credential_store_tasks
EXAMPLE = "store/hashi_vault.yml"
MADE = {
    "network_zone": "nzo1",
    "custom_role": "cr01",
    "resource_set": "iam1",
    "privilege_role": "cr07",
    "privilege_set": "iam7",
    "service_user": "00u1",
}
REMEDIATING = {"remediation": True, "remediation_resource_groups": ["Staff"], "source_addresses": ["192.0.2.1"], "retire_previous": True}
VISIBILITY = {"privilege_visibility": True}
ONBOARDED = [
    plan(known={"previous": {"api_token": SUPPLIED}}, options={**REMEDIATING, **VISIBILITY}),
    plan(known={"made": MADE}),
    plan(store={"holds_text": True}),
    plan("api_service_integration"),
    plan("api_token", options={"service_user": "rezonate@acme.example"}),
]
STORED_RECORD = {**VERIFIED, "method": "oauth", "made": MADE, "previous": {"api_service_integration": INTEGRATED}}
OFFBOARDED = [
    plan(work="offboard", known={**STORED_RECORD, **adopted}, results={"found": {"app": app()["app"]}})
    for adopted in ({}, {"adopted": True})
]
ROTATED = [
    plan(method, {**known, **following}, options={"rotation": asked}, work="rotate")
    for method, known in (("oauth", VERIFIED), ("api_service_integration", INTEGRATED))
    for asked, following in (("prepare", {}), ("finish", {"next": {"proven_at": "x"}}), ("abort", {"next": {"requested_at": "x"}}))
]
CONDITIONAL_STEPS = ["onboard/handle_refusal", "onboard/replace_secret"]


def test_the_steps_of_plans_are_the_files_of_tasks() -> None:
    steps = {step for one in ONBOARDED for step in onboarding.onboarding_steps(one, has_drifted=True)}
    steps |= {step for one in OFFBOARDED for step in Offboarding(one).steps} | {step for one in ROTATED for step in Rotation(one).steps}
    there = {path.relative_to(ROLE / "tasks").with_suffix("").as_posix() for path in TASKS}
    assert (steps | set(CONDITIONAL_STEPS)) - {"save_to_store"} == {
        name for name in there if name.startswith(("onboard/", "offboard/", "rotate/"))
    }


@pytest.mark.parametrize("name", ["load", "revoke_bootstrap_token", *CONDITIONAL_STEPS])
def test_a_file_that_python_names_beside_the_steps_exists(name: str) -> None:
    python = "\n".join(path.read_text(encoding="utf-8") for path in (ROLE.parents[1] / "plugins" / "plugin_utils").rglob("*.py"))
    assert f'"{name}"' in python
    assert (ROLE / "tasks" / f"{name}.yml").is_file()


@pytest.mark.parametrize("name", sorted(FIXED))
def test_a_file_that_is_included_exists(name: str) -> None:
    assert (ROLE / "tasks" / name).is_file()


def test_each_other_file_of_tasks_is_included_or_called() -> None:
    names = {path.relative_to(ROLE / "tasks").as_posix() for path in TASKS}
    chosen = {name for name in names if name.startswith(("onboard/", "offboard/", "rotate/", "store/"))}
    playbooks = "\n".join(path.read_text(encoding="utf-8") for path in (ROLE.parents[1] / "playbooks").glob("*.yml"))
    called = {f"{name}.yml" for name in [*SPECS, *re.findall(r"tasks_from: ([\w/]+)", playbooks)]}
    assert names - chosen - FIXED - called - {"save_to_store.yml", "load.yml", "revoke_bootstrap_token.yml"} == set()


def test_each_store_of_the_role_has_its_file_and_there_are_no_others() -> None:
    stores = {name for name in OPTIONS["rezonate_credential_store"]["choices"] if name not in ("file", "custom")}
    assert {path.name for path in (ROLE / "tasks" / "store").glob("*.yml")} == {f"{name}.yml" for name in stores} | {Path(EXAMPLE).name}


def test_each_task_has_a_name_that_begins_with_a_capital() -> None:
    tasks = [task for path in TASKS for task in tasks_of(path)]
    assert [task for task in tasks if not re.match("[A-Z]", task.get("name", ""))] == []


LISTS = [name for name, option in OPTIONS.items() if option["type"] == "list"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_used_as_it_was_converted(name: str) -> None:
    # `-e rezonate_admin_roles=READ_ONLY_ADMIN` is a string, which a template iterates by character
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS])
    assert [
        line for line in text.splitlines() if re.search(rf"\b{name}\b", line) and "rezonate__settings" not in line and "-e " not in line
    ] == []


def test_a_path_of_tasks_is_that_of_a_plan_a_step_or_a_store() -> None:
    step, store = (
        r"\{\{ rezonate__(step|next|part|tenant\.plan\.detour) \}\}\.yml",
        r"\{\{ rezonate__(settings|tenant\.plan)\.store\.tasks \}\}",
    )
    assert [name for name in included() - FIXED if not re.fullmatch(f"{step}|{store}", name)] == []


# Files of tasks that leave all decisions to modules.
CHAINS = ["publish", "merge", "merge/fleet", "audit/report", "audit/write"]
FIRST = "inventory_hostname == ansible_play_hosts[0]"  # must be the same for all hosts before a task of the first one can fail


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_decides_nothing(name: str) -> None:
    path = ROLE / "tasks" / f"{name}.yml"
    templates = re.findall(r"\{\{.*?\}\}", path.read_text(encoding="utf-8"), re.DOTALL)
    assert [text for text in templates if not re.fullmatch(r"\{\{ [\w.]+( \| default\([\w.]+\))? \}\}", text)] == []
    given = [task.get("when", []) for task in tasks_of(path)]
    conditions = [text for when in given for text in (when if isinstance(when, list) else [when])]
    assert [text for text in conditions if text != FIRST and not re.fullmatch(r"(not )?[\w.]+( [!=]= '\w*')?", text)] == []
