# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The consistency of options and documentation, environment variables, and the paths in Okta's API description."""

from __future__ import annotations

import ast
import functools
import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.rezonate.okta.plugins.doc_fragments import okta as fragments
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import ModuleSpec
from ansible_collections.rezonate.okta.plugins.module_utils._okta.connection import (
    CONNECTION_OPTIONS,
    ENVIRONMENT,
    OAUTH_OPTIONS,
    WRITER_OPTIONS,
)
from emulator.contract import openapi
from helpers import okta_sdk as sdk

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
OKTA_MODULES = [name for name in MODULES if name.startswith("okta_")]
PACKAGE = "ansible_collections.rezonate.okta.plugins"
# Read by requests, and documented beside the variables of the collection.
FOREIGN_VARIABLES = {"HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE"}


def spec(module: str) -> ModuleSpec:
    found: ModuleSpec = importlib.import_module(f"{PACKAGE}.modules.{module}").MODULE
    return found


def documented(module: str) -> dict[str, Any]:
    """A module's documented options, including those of its fragments."""
    own = yaml.safe_load(importlib.import_module(f"{PACKAGE}.modules.{module}").DOCUMENTATION)
    found = dict(own.get("options", {}))
    for name in own.get("extends_documentation_fragment", []):
        _namespace, _collection, file, *part = name.split(".")
        fragment = importlib.import_module(f"{PACKAGE}.doc_fragments.{file}").ModuleDocFragment
        shared = yaml.safe_load(getattr(fragment, part[0].upper() if part else "DOCUMENTATION"))["options"]
        # as Ansible merges them: the option of the module overrides that of the fragment
        found |= {name: {**option, **found.get(name, {})} for name, option in shared.items()}
    return found


@pytest.mark.parametrize("module", MODULES)
def test_options_are_documented_as_they_are(module: str) -> None:
    facts = ("type", "elements", "default", "choices", "required")
    described = {
        name: {fact: option[fact] for fact in facts if option.get(fact) is not None} for name, option in documented(module).items()
    }
    declared = {
        name: {fact: option[fact] for fact in facts if option.get(fact) is not None} for name, option in spec(module).options.items()
    }
    assert described == declared


@pytest.mark.parametrize("module", OKTA_MODULES)
def test_every_okta_module_takes_all_connection_options(module: str) -> None:
    options = spec(module).options
    accepted = {name: options[name] for name in CONNECTION_OPTIONS if name != "scopes"}
    assert accepted == {name: option for name, option in CONNECTION_OPTIONS.items() if name != "scopes"}
    assert "scopes" in options


@pytest.mark.parametrize("module", OKTA_MODULES)
def test_a_module_that_writes_can_require_a_super_admin(module: str) -> None:
    writes = "state" in spec(module).options
    assert not writes or WRITER_OPTIONS["require_super_admin"] == spec(module).options["require_super_admin"]


@pytest.mark.parametrize("module", MODULES)
def test_options_with_a_name_like_a_secret_declare_no_log(module: str) -> None:
    secret_name = re.compile(r"token|private|secret|pass(word|phrase)|key", re.IGNORECASE)
    assert [name for name, option in spec(module).options.items() if secret_name.search(name) and option.get("no_log") is None] == []


def test_the_credentials_are_secret() -> None:
    secret = {name for name, option in WRITER_OPTIONS.items() if option.get("no_log")}
    assert secret == {"api_token", "private_key"}


def test_environment_variables_are_documented_as_they_are_read() -> None:
    texts = [value for name, value in vars(fragments.ModuleDocFragment).items() if name.isupper()]
    mentioned: dict[str, set[str]] = {}
    for text in texts:
        for name, option in yaml.safe_load(text)["options"].items():
            mentioned.setdefault(name, set()).update(re.findall(r"E\((\w+)\)", " ".join(option["description"])))
    mentioned_variables = {name: variables - FOREIGN_VARIABLES for name, variables in mentioned.items() if variables - FOREIGN_VARIABLES}
    assert mentioned_variables == {name: set(variables) for name, variables in ENVIRONMENT.items()}
    assert set(OAUTH_OPTIONS) <= set(mentioned)


@pytest.mark.parametrize("module", MODULES)
def test_an_action_runs_the_module_of_its_own_name(module: str) -> None:
    action = importlib.import_module(f"{PACKAGE}.action.{module}").ActionModule
    assert action.module is spec(module)


def paths_in(path: Path) -> set[str]:
    """The paths at the beginning of the string literals of a file; a placeholder represents one segment."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            found.add("".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values))  # type: ignore[misc]  # texts
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return {
        text.removeprefix("{}")
        for text in found
        if re.fullmatch(r"(\{\})?/((integrations/)?api/v1|oauth2/v1|\.well-known)/[\w/{}.-]+", text)
    }


UTILS = sorted((ROOT / "plugins" / "module_utils").rglob("*.py"))
PATHS = sorted({text for path in UTILS for text in paths_in(path) if not text.endswith("/")})


@functools.cache
def described() -> tuple[re.Pattern[str], ...]:
    """The paths in Okta's API description and in the source of Okta's SDK."""
    templates = {operation.template for operation in openapi.operations()} | sdk.paths()
    return tuple(re.compile(re.sub(r"\{\w+\}", "[^/]+", template)) for template in templates)


@pytest.mark.parametrize("path", PATHS)
def test_okta_describes_the_paths_that_are_called(path: str) -> None:
    assert [pattern for pattern in described() if pattern.fullmatch(path)]


def test_the_source_of_the_sdk_contains_paths() -> None:
    expected = {"/api/v1/apps/{appId}/grants", "/api/v1/iam/roles/{roleIdOrLabel}/permissions/{permissionType}"}
    assert expected <= sdk.paths()


def test_the_paths_are_found_in_the_code() -> None:
    expected = {
        "/api/v1/apps",
        "/api/v1/apps/{}/grants",
        "/api/v1/users/me",
        "/oauth2/v1/token",
        "/oauth2/v1/clients/{}/roles",
        "/api/v1/zones",
        "/integrations/api/v1/api-services",
        "/api/v1/iam/roles/{}/permissions/{}",
        "/api/v1/iam/resource-sets/{}/resources/{}",
    }
    assert expected <= set(PATHS)
