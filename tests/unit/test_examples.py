# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of each module: examples use its options, related pages and requirements are named."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.plugin_docs import read_docstring
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import add_fragments

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[!_]*.py"))
RUNTIME = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
PREFIX = "rezonate.okta."


def module(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.rezonate.okta.plugins.modules.{name}")


def own_tasks(tasks: list[dict[str, Any]], defaults: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return each task of a module of the collection, with its options and those of `module_defaults`."""
    for task in tasks:
        known = {**defaults, **(task.get("module_defaults") or {})}
        yield from own_tasks(task.get("block", []), known)
        for key, options in task.items():
            if key.startswith(PREFIX):
                name = key.removeprefix(PREFIX)
                group = known.get("group/rezonate.okta.okta", {}) if name in RUNTIME["action_groups"]["okta"] else {}
                yield name, {**group, **(known.get(key) or {}), **(options or {})}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_use_existing_options_and_all_required_ones(name: str) -> None:
    for used, options in own_tasks(yaml.safe_load(module(name).EXAMPLES), {}):
        spec = module(used).MODULE.options
        assert set(options) <= {alias for option, given in spec.items() for alias in (option, *given.get("aliases", ()))}
        assert {option for option, given in spec.items() if given.get("required")} - set(options) == set()
        choices = {option: given["choices"] for option, given in spec.items() if given.get("choices")}
        chosen = {option: value if isinstance(value, list) else [value] for option, value in options.items() if option in choices}
        assert {option for option, values in chosen.items() if not set(values) <= set(choices[option])} == set()


@pytest.mark.parametrize("name", MODULES)
def test_there_are_examples_for_module_defaults_and_for_awx(name: str) -> None:
    text = module(name).EXAMPLES
    used = [one for one, _options in own_tasks(yaml.safe_load(text), {})]
    assert len(yaml.safe_load(text)) >= 3
    assert name in used
    assert "module_defaults:" in text
    assert "AWX" in text


@pytest.mark.parametrize("name", MODULES)
def test_related_pages_are_named(name: str) -> None:
    related = yaml.safe_load(module(name).DOCUMENTATION)["seealso"]
    assert {entry["module"].removeprefix(PREFIX) for entry in related if "module" in entry} <= set(MODULES) - {name}
    assert not name.startswith("okta_") or any("link" in entry for entry in related)


@pytest.mark.parametrize("name", MODULES)
def test_python_and_the_libraries_of_a_module_are_named(name: str) -> None:
    path = str(ROOT / "plugins" / "modules" / f"{name}.py")
    found = read_docstring(path)["doc"]
    add_fragments(found, path, fragment_loader=fragment_loader, is_module=True)
    libraries = set(module(name).MODULE.needs) - {"yaml"}  # ansible-core brings it
    assert set(found["requirements"]) == {"python >= 3.10", *libraries}
