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


def test_an_option_without_a_documented_default_is_reckoned() -> None:
    assert [name for name, option in OPTIONS.items() if "default" not in option and "{{" not in str(DEFAULTS[name])] == []


def test_internal_variables_are_used_and_exist() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS, ROLE / "defaults" / "main.yml"])
    used = set(re.findall(r"\b(rezonate__\w+)\b(?!:\s)", text))
    ways = (r"^(rezonate__\w+):", r"^ {4}(rezonate__\w+): ", r"(?:register|loop_var): (rezonate__\w+)")
    made = {name for way in ways for name in re.findall(way, text, re.MULTILINE)}
    # one of several by the kind of work, or the method
    chosen = {name for name in used if name.endswith("_")}
    assert used - made - chosen == set()
    assert {name for name in made - used if not name.startswith(tuple(chosen))} - {"rezonate__roles"} == set()
    assert [name for name in chosen if not any(other.startswith(name) for other in made)] == []


def test_the_newest_version_of_the_scopes_is_the_newest() -> None:
    scopes: dict[str, Any] = yaml.safe_load((ROLE / "vars" / "main" / "scopes.yml").read_text(encoding="utf-8"))
    assert scopes["rezonate__newest_scopes_version"] == max(map(int, scopes["rezonate__scope_sets"]))


def test_options_are_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS])
    assert [name for name in OPTIONS if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option["type"] == "bool"])
def test_a_bool_that_is_given_as_text_is_one(name: str) -> None:
    # `-e rezonate_remediation=false` is the text "false", which a bare condition takes for true
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*TASKS, *VARS])
    bare = rf"(?:\(|\bif |\bnot |\bor |\band |when: ){name}\b(?! \| bool| is |\)\.)(?=\n| and| or| else|\)| \}}\}}| if)"
    assert re.findall(bare, text) == []


def test_each_result_that_may_tell_of_a_change_is_looked_at() -> None:
    registered = {name for path in TASKS for name in re.findall(r"register: (rezonate__\w+)", path.read_text(encoding="utf-8"))}
    looked_at = yaml.safe_load((ROLE / "vars" / "main" / "told.yml").read_text(encoding="utf-8"))["rezonate__results"]
    # these only read, or come with one that is kept
    harmless = {"audit", "confirmation", "file", "found", "inspection", "made", "preflight", "proof", "stands", "typed", "written"}
    assert registered - set(re.findall(r"rezonate__\w+", looked_at)) == {f"rezonate__{name}" for name in harmless}


def test_nothing_is_done_once_for_a_fleet() -> None:
    # in slices it would be done once in each of them, and by the first host of a batch for the others
    files = [
        path for folder in ("roles", "playbooks") for path in (ROLE.parents[1] / folder).rglob("*.yml") if "collections" not in path.parts
    ]
    assert len(files) > len(TASKS)
    assert [path for path in files if "run_once" in path.read_text(encoding="utf-8")] == []
