# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface between the logic and Ansible; ``plugin_utils/test_in_process.py`` tests whole runs on both paths."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils import _ansible
from ansible_collections.rezonate.okta.plugins.module_utils._ansible import (
    mask_secrets,
    must_hide,
    require_libraries,
    secrets_in_environment,
)
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, MissingLibraryError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, ModuleSpec, Outcome

TOKEN = "made-up-token-in-the-environment-88291037"
SPEC = ModuleSpec(options={}, run=lambda _call: Outcome(), secret_returns=("made", "also"))


@pytest.mark.parametrize(
    ("result", "hidden"),
    [
        ({"made": "x"}, True),
        ({"also": ""}, True),
        ({"made": None, "other": "x"}, False),
        ({}, False),
        ({"made": "x", "failed": True}, False),
        ({"made": "x", "failed": False}, True),
    ],
)
def test_a_result_with_a_secret_sets_no_log(result: dict[str, Any], *, hidden: bool) -> None:
    assert must_hide(SPEC, result) is hidden


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"tenant": "acme", "results": {"a": TOKEN}}, "acme"),
        ({"results": {"a": TOKEN}}, _ansible.HIDDEN),
        ({"tenant": 7}, "7"),
        ("acme", "acme"),
        (None, None),
    ],
)
def test_only_the_tenant_name_of_a_plan_is_shown(given: object, shown: str | None) -> None:
    assert _ansible.shown_options(SPEC, {"tenant": given, "work": "audit"}) == {"tenant": shown, "work": "audit"}


@pytest.mark.parametrize("name", ["OKTA_CLIENT_TOKEN", "OKTA_API_TOKEN", "OKTA_CLIENT_PRIVATEKEY"])
def test_credentials_of_the_environment_are_masked(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, TOKEN)
    assert secrets_in_environment() == {TOKEN}
    assert mask_secrets(f"a {TOKEN} b made-up c", {"made-up c"}) == "a ******** b ********"


def test_a_secret_within_another_secret_is_masked_completely() -> None:
    nested = {"made-up-secret"[:length] for length in range(3, 14)} | {"made-up-secret"}
    assert mask_secrets("<made-up-secret>", nested) == "<********>"
    call, outcome = Call({}), Outcome(values={"echo": "<made-up-secret>"})
    assert _ansible.execute_module(SPEC, call, lambda: outcome, nested, diff_mode=False)["echo"] == "<********>"


def test_a_long_message_is_truncated_after_its_secrets_are_masked() -> None:
    def fail() -> Outcome:
        raise InputError("x" * 3995 + TOKEN + "y" * 9000)

    message = _ansible.execute_module(SPEC, Call({}), fail, {TOKEN}, diff_mode=False)["msg"]
    assert message == "x" * 3995 + "*" * 5 + " … (13003 characters)"


def test_an_empty_variable_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKTA_API_TOKEN", "")
    assert mask_secrets("as it is", set()) == "as it is"


def test_installed_libraries_are_accepted() -> None:
    require_libraries(("json", "requests"))
    with pytest.raises(MissingLibraryError, match=r"lacks made_up_library: install with '.* -m pip install made_up_library'\.$"):
        require_libraries(("json", "made_up_library"))


def test_an_error_without_a_traceback_has_no_location() -> None:
    assert _ansible._error_location(ValueError("x")) == "an unknown place"


def test_a_call_without_callbacks_continues() -> None:
    call = Call({})
    call.warn("nobody hears this")
    call.before_write()
