# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets of a task that Ansible would display: variables in a command line, items of a loop."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._okta.connection import ENVIRONMENT
from ansible_collections.rezonate.okta.plugins.plugin_utils._runner.displayed_secrets import contains_secret, variables_with_secrets
from helpers.acceptance import accepts, damaged
from helpers.workspace import pem, private_jwk
from hypothesis import given
from hypothesis import strategies as st

SECRET = "made-up-option-secret-7703914625"
TOKEN = "00MadeUpTokenMadeUpTokenMadeUpToken9912345"
HARMLESS = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C",
    "TZ": "Europe/Berlin",
    "PATH": "/opt/homebrew/opt/python@3.11/bin:/usr/bin",
    "https_proxy": "http://proxy.example:3128",
    "HTTP_PROXY": "proxy.example:3128",
    "no_proxy": "*.example,10.0.0.0/8",
    "REQUESTS_CA_BUNDLE": "/etc/ssl/ca.pem",
    "OKTA_CLIENT_ORGURL": "https://acme.okta.com",
    "OKTA_CLIENT_CLIENTID": "0oaqrl2q6yhNhvne61d7",
    "OKTA_CLIENT_SCOPES": "okta.users.read okta.logs.read",
    "PYTHONWARNINGS": "ignore",
    "MY_SWITCH": "true",
    "MY_NUMBER": "42",
    "API_TOKEN": "",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_variables_can_be_in_a_command_line(name: str) -> None:
    assert variables_with_secrets({name: HARMLESS[name]}, [SECRET]) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "x-y") for names in (ENVIRONMENT["api_token"], ENVIRONMENT["private_key"]) for name in names),
        ("REZONATE_READONLY_API_TOKEN", "x-y"),
        ("okta_api_token", "1234"),
        ("DB_PASSWORD", "1234"),
        ("ANYTHING", "made-up-word"),
        ("LANG", TOKEN),
        ("LANG", f"x{SECRET}y"),
        ("PATH", pem("revealed")),
        ("OKTA_CLIENT_CLIENTID", base64.b64encode(SECRET.encode()).decode()),
        ("https_proxy", "http://me:made-up@proxy.example:3128"),
        ("HTTPS_PROXY", "http://made-up-token@proxy.example:3128"),
        ("all_proxy", "me:made-up@proxy.example:3128"),
        ("OKTA_CLIENT_ORGURL", "https://made-up@acme.okta.com"),
    ],
)
def test_potential_secrets_cannot_be_in_a_command_line(name: str, value: str) -> None:
    assert variables_with_secrets({**HARMLESS, name: value}, [SECRET])[:1] == [name]


NAMES = damaged(st.sampled_from(sorted(HARMLESS)), ["x", "é", "_", "\n", "token"]) | st.text(min_size=1)


@accepts(0.4)
@given(st.dictionaries(NAMES, st.text(min_size=6) | st.text(), min_size=1))
def test_a_variable_with_an_unknown_name_is_not_harmless(environment: dict[str, str]) -> bool:
    unknown = {name for name, value in environment.items() if len(value) > 5 and not name.isupper() and "_proxy" not in name.lower()}
    assert unknown <= set(variables_with_secrets(environment, []))
    return bool(unknown)


def test_a_short_secret_is_detected_only_as_a_whole_value() -> None:
    assert not contains_secret(["designate", "/usr/share/RSA-tools"], ["sig", "RSA"])
    assert contains_secret({"passphrase": "sig"}, ["sig"])


KEY, JWK = pem("revealed"), private_jwk("revealed")


@pytest.mark.parametrize(
    ("item", "secret"),
    [
        (SECRET, SECRET),
        ([{"name": "x", "inner": {"token": f"it is {SECRET}"}}], SECRET),
        (base64.b64encode(SECRET.encode()).decode(), SECRET),
        ({"key": base64.b64encode(KEY.encode()).decode()}, KEY),
        (KEY.replace("\n", "\\n"), KEY),
        (f'"{KEY}"', KEY),
        (KEY.splitlines(), KEY),
        (JWK, json.dumps(JWK)),
        (json.dumps(JWK), JWK["d"]),
        (f"  {SECRET}\n", SECRET),
    ],
)
def test_an_item_that_contains_a_secret_in_any_form_is_detected(item: Any, secret: str) -> None:
    assert contains_secret(item, [secret])


@pytest.mark.parametrize("item", [None, 7, "", "acme", {"name": "acme", "secrets": []}, {SECRET: "x"}, "a long name of a tenant"])
def test_other_items_contain_no_secret(item: Any) -> None:
    assert not contains_secret(item, [SECRET])
    assert not contains_secret(item, [])
