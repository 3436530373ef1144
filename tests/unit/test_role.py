# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to agree within the role: its argument specs, its defaults, its variables and its tasks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

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
    documented, held = OPTIONS[name]["default"], DEFAULTS[name]
    assert documented == (str(held).lower() if OPTIONS[name]["type"] == "str" and isinstance(held, bool) else held)


def test_an_option_without_a_documented_default_is_computed() -> None:
    # by a template, or, where it is empty, by tenant_settings and tenant_record
    computed = [DEFAULTS[name] for name, option in OPTIONS.items() if "default" not in option]
    assert [value for value in computed if value != "" and "{{" not in str(value)] == []


def test_internal_variables_are_used_and_exist() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS, ROLE / "defaults" / "main.yml"])
    used = set(re.findall(r"\b(rezonate__\w+)\b(?!:\s)", text))
    ways = (r"^(rezonate__\w+):", r"^ {4}(rezonate__\w+): ", r"(?:register|loop_var): (rezonate__\w+)")
    made = {name for way in ways for name in re.findall(way, text, re.MULTILINE)}
    # one of several by the kind of work, or the method
    chosen = {name for name in used if name.endswith("_")}
    assert used - made - chosen == set()
    # a name of some of them begins so; the other one is for the callback
    assert {name for name in made - used if not name.startswith(tuple(chosen))} - {"rezonate__roles", "rezonate__speaks_for"} == set()
    assert [name for name in chosen if not any(other.startswith(name) for other in made)] == []


def test_the_newest_version_of_the_scopes_is_the_newest() -> None:
    scopes: dict[str, Any] = yaml.safe_load((ROLE / "vars" / "main" / "scopes.yml").read_text(encoding="utf-8"))
    assert scopes["rezonate__newest_scopes_version"] == max(map(int, scopes["rezonate__scope_sets"]))


def test_options_are_used() -> None:
    # by the role, or by what it calls first
    folder = ROLE.parents[1] / "plugins" / "module_utils" / "_tenant"
    python = [path for path in folder.glob("*.py") if path.name != "options.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS, *python])
    used = {f"rezonate_{name}" for name in re.findall(r"\brezonate__options\.(\w+)|\brezonate_(\w+)\b|\"(\w+)\"", text) for name in name}
    assert [name for name in OPTIONS if name not in used] == []


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option["type"] == "bool"])
def test_a_bool_that_is_given_as_text_is_one(name: str) -> None:
    # `-e rezonate_remediation=false` is the text "false", which a bare condition takes for true
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS])
    bare = rf"(?:\(|\bif |\bnot |\bor |\band |when: ){name}\b(?! \| bool| is |\)\.)(?=\n| and| or| else|\)| \}}\}}| if)"
    assert re.findall(bare, text) == []


def test_each_result_that_may_tell_of_a_change_is_looked_at() -> None:
    registered = {name for path in TASKS for name in re.findall(r"register: (rezonate__\w+)", path.read_text(encoding="utf-8"))}
    looked_at = yaml.safe_load((ROLE / "vars" / "main" / "told.yml").read_text(encoding="utf-8"))["rezonate__results"]
    # these only read, or come with one that is kept; the plan's results are reported by tenant_report
    harmless = {
        "audit",
        "confirmation",
        "file",
        "found",
        "made",
        "next_proof",
        "preflight",
        "proof",
        "settings",
        "stands",
        "tenant",
        "written",
    }
    assert registered - set(re.findall(r"rezonate__\w+", looked_at)) == {f"rezonate__{name}" for name in harmless}


def test_nothing_is_done_once_for_a_fleet() -> None:
    # in slices it would be done once in each of them, and by the first host of a batch for the others
    files = [
        path for folder in ("roles", "playbooks") for path in (ROLE.parents[1] / folder).rglob("*.yml") if "collections" not in path.parts
    ]
    assert len(files) > len(TASKS)
    assert [path for path in files if "run_once" in path.read_text(encoding="utf-8")] == []


def tasks_of(path: Path) -> list[dict[str, Any]]:
    """All tasks of a file, those in blocks among them."""

    def flat(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        inner = [flat(task.get(name, [])) for task in tasks for name in ("block", "rescue", "always")]
        return [*tasks, *(task for found in inner for task in found)]

    return flat(yaml.safe_load(path.read_text(encoding="utf-8")) or [])


def set_in(path: Path) -> set[str]:
    """The names that the tasks of a file register or set."""
    found = tasks_of(path)
    facts = {name for task in found for name in task.get("ansible.builtin.set_fact", {})}
    return facts | {task["register"] for task in found if "register" in task}


# What is set anew, unconditionally, before it is read; what is meant for a later play, of whichever tenant; what a store of its own keeps.
ALWAYS_SET = {"rezonate__settings", "rezonate__file", "rezonate__tenant"}
FOR_LATER = {
    "rezonate__confirmation",
    "rezonate__audit",
    "rezonate__audited_here",
    "rezonate__heard",
    "rezonate__fleet",
    "rezonate__written",
    "rezonate__artifacts",
}
# What onboarding no longer registers, and the templates of rotation and offboarding still look at.
NO_LONGER_REGISTERED = {
    "rezonate__grants",
    "rezonate__inspection",
    "rezonate__late_roles",
    "rezonate__revoked",
    "rezonate__roles",
    "rezonate__saved_retired",
    "rezonate__typed",
}


def test_nothing_that_one_call_of_the_role_registers_is_there_for_the_next() -> None:
    registered = {
        name for path in TASKS if path.name != "forget.yml" for name in set_in(path) if not name.startswith("rezonate_hashi_vault_")
    }
    (forgets,) = (task["ansible.builtin.set_fact"] for task in tasks_of(ROLE / "tasks" / "forget.yml"))
    forgotten = {name for name, value in forgets.items() if value in ({}, None)}
    assert forgotten - NO_LONGER_REGISTERED == registered - ALWAYS_SET - FOR_LATER
    assert registered & NO_LONGER_REGISTERED == set()


def test_what_is_always_set_is_set_by_a_task_without_a_condition() -> None:
    setting = [task for path in TASKS for task in tasks_of(path) if task.get("register") in ALWAYS_SET]
    assert {task["register"] for task in setting} == ALWAYS_SET
    assert [task for task in setting if "when" in task] == []


def depends_on(text: str, variables: dict[str, str]) -> set[str]:
    """The internal names that a text uses, by whatever other variables."""
    found: set[str] = set()
    left = set(re.findall(r"\brezonate__\w+", text))
    while left:
        name = left.pop()
        found.add(name)
        left |= set(re.findall(r"\brezonate__\w+", variables.get(name, ""))) - found
    return found


def test_an_audit_reads_nothing_that_other_work_registers() -> None:
    variables = {name: str(value) for path in VARS for name, value in yaml.safe_load(path.read_text(encoding="utf-8")).items()}
    variables["rezonate__store_tasks"] = ""
    text = (ROLE / "tasks" / "audit.yml").read_text(encoding="utf-8")
    others = {name for path in TASKS for name in set_in(path)} - set_in(ROLE / "tasks" / "audit.yml") - {"rezonate__settings"}
    assert depends_on(text, variables) & others - {"rezonate__worked_for"} == set()


# The files of tasks that one call of the role can take, in their order.
CALLS = {
    "oauth": ["network_zone", "oauth", "remediation_gone", "retire"],
    "oauth with remediation": ["network_zone", "remediation", "oauth", "retire"],
    "api_service_integration": ["api_service_integration", "secret_anew", "retire"],
    "api_token": ["service_user", "api_token", "retire"],
    "prepare": ["rotate/app", "rotate/prove", "rotate/oauth_prepare"],
    "prepare a secret": ["rotate/prove", "rotate/api_service_integration_prepare"],
    "finish": ["rotate/app", "rotate/prove", "rotate/switch", "rotate/retire"],
    "offboard": ["offboard/take_back", "offboard/take_back_rest"],
}


@pytest.mark.parametrize("call", CALLS)
def test_no_task_that_may_be_skipped_overwrites_what_an_earlier_one_registered(call: str) -> None:
    names = [name if "/" in name else f"onboard/{name}" for name in CALLS[call]]
    registering = [task for name in names for task in tasks_of(ROLE / "tasks" / f"{name}.yml") if "register" in task]
    seen: set[str] = set()
    overwriting = []
    for task in registering:
        if task["register"] in seen and "when" in task:
            overwriting.append(task["name"])
        seen.add(task["register"])
    assert overwriting == []


LISTS = [name for name, option in OPTIONS.items() if option["type"] == "list"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_used_as_it_was_converted(name: str) -> None:
    # `-e rezonate_admin_roles=READ_ONLY_ADMIN` is a text, which a template takes letter by letter
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS])
    assert [
        line for line in text.splitlines() if re.search(rf"\b{name}\b", line) and "rezonate__settings" not in line and "-e " not in line
    ] == []


def test_a_path_of_tasks_is_never_made_of_what_is_stored() -> None:
    included = [
        task["ansible.builtin.include_tasks"] for path in TASKS for task in tasks_of(path) if "ansible.builtin.include_tasks" in task
    ]
    variables = {name: str(value) for path in VARS for name, value in yaml.safe_load(path.read_text(encoding="utf-8")).items()}
    templates = [*included, *(value for name, value in variables.items() if re.match("rezonate__(parts|prepare_tasks|store_tasks)", name))]
    assert [text for text in templates if re.search(r"~ *rezonate__(method|kept|known|in_file)", text)] == []
