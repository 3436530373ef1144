# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The warnings in the output of a fleet name their tenant."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.tenant_warnings import prefix_warnings

URL = "https://acme.okta.com"


def task(role: str | None = "rezonate.okta.rezonate", **args: Any) -> Any:
    return SimpleNamespace(args=args, _role=SimpleNamespace(get_name=lambda: role) if role else None)


def named(given: Any, **variables: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"warnings": ["One.", "Two."], "deprecations": [{"msg": "Old.", "version": "2.0.0"}]}
    prefix_warnings(result, given, {"inventory_hostname": "acme", **variables})
    return result


@pytest.mark.parametrize("given", [task(org_url=URL), task()])
def test_each_warning_and_deprecation_names_the_tenant(given: Any) -> None:
    result = named(given, rezonate__org_url=URL)
    assert result["warnings"] == [f"Tenant acme ({URL}): One.", f"Tenant acme ({URL}): Two."]
    assert result["deprecations"] == [{"msg": f"Tenant acme ({URL}): Old.", "version": "2.0.0"}]


def test_an_unknown_url_is_left_out() -> None:
    assert named(task(), rezonate__org_url="{{ x }}")["warnings"][0] == "Tenant acme: One."


@pytest.mark.parametrize("role", [None, "another.collection.role"])
def test_warnings_outside_the_role_are_not_changed(role: str | None) -> None:
    assert named(task(role, org_url=URL))["warnings"] == ["One.", "Two."]


def test_without_warnings_nothing_is_added() -> None:
    result: dict[str, Any] = {"changed": False}
    prefix_warnings(result, task(), {"inventory_hostname": "acme"})
    assert result == {"changed": False}
