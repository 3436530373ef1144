# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages in the role name its variables; those of modules in other plays name their options."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.options import OPTIONS
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner import role_variables
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.role_variables import (
    connection_variables,
    name_connection,
    name_variables,
    run_step,
)

TOKEN = {"kind": "api_token", "source": "variable", "name": "rezonate_okta_api_token"}
CONNECTION = {
    "Check api_token: it is wrong.": "Check rezonate_okta_api_token: it is wrong.",
    "Check client_id and private_key: the app": "Check rezonate_okta_client_id and rezonate_okta_private_key: the app",
    "ca_path '/ca_path/timeout.pem' can't be read": "rezonate_ca_path '/ca_path/timeout.pem' can't be read",
    "Set ca_path to your CA.": "Set rezonate_ca_path to your CA.",
    "Run later, or lower concurrency.": "Run later, or lower rezonate_concurrency.",
    "timeout is 0: it must be at least 1.": "rezonate_timeout is 0: it must be at least 1.",
    "A timeout occurred, in concurrency with another.": "A timeout occurred, in concurrency with another.",
    "The app demands DPoP: set dpop to true.": "The app demands DPoP: set rezonate_okta_dpop to true.",
    "x.vault can't be written; set another 'path'.": "x.vault can't be written; set another rezonate_vault_file.",
    "x.vault has changed since its 'expected_revision' was read": "x.vault has changed since its revision was read",
    "POST https://x/oauth2/v1/token?client_id=0oa1: no response": "POST https://x/oauth2/v1/token?client_id=0oa1: no response",
    "rezonate_method api_token has no rotation": "rezonate_method api_token has no rotation",
}
STEPS = {
    "app": (
        "Apps have the label 'id': set id to one, or set another label or take_over.",
        "Apps have the label 'id': set rezonate_application_id to one, or set another rezonate_app_label or rezonate_adopt_existing.",
    ),
    "grants": (
        "scopes: this org doesn't know it; list it in optional_scopes. Grant the scopes first.",
        "rezonate_scopes: this org doesn't know it; list it in rezonate_optional_scopes. Grant the scopes first.",
    ),
    "verification": ("Check client_id and private_key.", "Check the stored client id and the stored private key."),
    "key": ("'private_key' is a public key.", "rezonate_private_key is a public key."),
    "inspection": (
        "inspect_token: its owner. Set allow_privileged (rezonate_allow_privileged_token of the role).",
        "rezonate_readonly_api_token: its owner. Set rezonate_allow_privileged_token.",
    ),
    "unknown": ("Set the login, or rezonate_service_user of the role.", "Set the login, or rezonate_service_user."),
}


@pytest.mark.parametrize("message", CONNECTION)
def test_options_of_the_connection_become_variables(message: str) -> None:
    assert name_connection(message, {"credential": TOKEN}) == CONNECTION[message]


@pytest.mark.parametrize(
    ("credential", "message"),
    [
        ({}, "Give rezonate_okta_api_token or rezonate_okta_client_id."),
        ({**TOKEN, "source": "lines", "name": "acme"}, "Give rezonate_okta_api_tokens or rezonate_okta_client_id."),
        ({**TOKEN, "source": "environment", "name": "OKTA_API_TOKEN"}, "Give OKTA_API_TOKEN or rezonate_okta_client_id."),
        (
            {"kind": "client", "source": "environment", "name": "OKTA_CLIENT_CLIENTID"},
            "Give rezonate_okta_api_token or OKTA_CLIENT_CLIENTID.",
        ),
        ({**TOKEN, "name": "rezonate_audit_api_token"}, "Give rezonate_audit_api_token or rezonate_audit_client_id."),
        (
            {"kind": "client", "source": "variable", "name": "rezonate_audit_client_id"},
            "Give rezonate_audit_api_token or rezonate_audit_client_id.",
        ),
    ],
)
def test_the_source_of_the_credential_is_named(credential: dict[str, Any], message: str) -> None:
    assert name_connection("Give api_token or client_id.", {"credential": credential}) == message


@pytest.mark.parametrize(("url", "variable"), [(None, "rezonate_tenant_id"), ("https://id.acme.example", "rezonate_org_url")])
def test_the_variable_that_names_the_org_depends_on_the_settings(url: str | None, variable: str) -> None:
    assert name_connection("Check org_url.", {"options": {"org_url": url}}) == f"Check {variable}."


@pytest.mark.parametrize("step", STEPS)
def test_errors_and_warnings_of_a_step_name_variables(step: str) -> None:
    message, expected = STEPS[step]
    warnings: list[str] = []

    def work(call: Call) -> Outcome:
        call.warn(message)
        raise StateError(message)

    with pytest.raises(StateError) as caught:
        run_step(step, Call({}, warn=warnings.append), work)
    assert [str(caught.value), *warnings] == [expected] * 2


@pytest.mark.parametrize("tenant", [{"credential": TOKEN}, "acme", None])
def test_message_and_warnings_of_a_result_are_changed(tenant: Any) -> None:
    result: dict[str, Any] = {"failed": True, "msg": "Check api_token.", "warnings": ["Set ca_path.", {"a": 1}]}
    name_variables(result, tenant)
    assert (result["msg"], result["warnings"]) == ("Check rezonate_okta_api_token.", ["Set rezonate_ca_path.", {"a": 1}])


def test_the_message_of_a_success_is_not_changed() -> None:
    result = {"changed": False, "msg": ["Check api_token."]}
    name_variables(result, {})
    assert result == {"changed": False, "msg": ["Check api_token."]}


def test_the_variables_exist() -> None:
    named = {*connection_variables({}).values(), *(name for names in role_variables._STEPS.values() for name in names.values())}
    assert {name for name in named if name.startswith("rezonate_")} <= OPTIONS.keys()
