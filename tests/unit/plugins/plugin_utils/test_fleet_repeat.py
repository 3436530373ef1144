# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that repeats a run for some of its tenants."""

from __future__ import annotations

import shlex

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet_repeat import limit_text, repeat

TOKEN = "00" + "madeUpTokenOfTestsNobodyElseHas-12345678"  # as long as Okta's


def again(*args: str, limit: str = "acme") -> tuple[list[str], bool]:
    """Give the command's arguments after its name and before the new limit."""
    command, left_out = repeat(["/usr/bin/ansible-playbook", *args], limit)
    words = shlex.split(command)
    assert (words[0], words[-2:]) == ("ansible-playbook", ["--limit", limit])
    return words[1:-2], left_out


@pytest.mark.parametrize("old", [["-l", "emea"], ["-lemea"], ["--limit", "emea"], ["--limit=emea"], ["--lim", "@file"]])
def test_the_old_limit_goes(old: list[str]) -> None:
    assert again("-i", "t.yml", *old, "p.yml") == (["-i", "t.yml", "p.yml"], False)


def test_flags_before_its_letter_stay() -> None:
    assert again("-vDl", "emea", "p.yml") == (["-vD", "p.yml"], False)


@pytest.mark.parametrize("kept", [["--list-tags"], ["-e", "@vars.yml"], ["-e", "a='b c'"], ["--extra-vars=x=1"], ["-ve", "x=1"]])
def test_the_rest_stays(kept: list[str]) -> None:
    assert again(*kept, "p.yml") == ([*kept, "p.yml"], False)


@pytest.mark.parametrize(
    "value",
    [f"x={TOKEN}", "rezonate_okta_api_token=short", '{"rezonate_okta_private_key": "x"}', "my_password=hunter2", "k='-----BEGIN KEY-----'"],
)
@pytest.mark.parametrize("spelled", [["-e", "{}"], ["-e{}"], ["--extra-vars", "{}"], ["--extra={}"]])
def test_a_secret_is_left_out_and_told_of(value: str, spelled: list[str]) -> None:
    assert again("-i", "t.yml", *(part.format(value) for part in spelled), "p.yml") == (["-i", "t.yml", "p.yml"], True)


@pytest.mark.parametrize("value", ["rezonate_shared_token=true", '{"rezonate_revoke_bootstrap_token": false}', "rezonate_token_days=90"])
def test_a_switch_is_no_secret(value: str) -> None:
    assert again("-e", value, "p.yml") == (["-e", value, "p.yml"], False)


def test_a_token_elsewhere_is_hidden() -> None:
    assert again("-i", TOKEN, "p.yml") == (["-i", "<hidden>", "p.yml"], True)


def test_an_option_without_its_value_does_no_harm() -> None:
    assert again("p.yml", "-l") == (["p.yml"], False)


def test_the_command_is_quoted_for_a_shell() -> None:
    assert repeat(["ansible-playbook", "my play.yml"], "a,b") == ("ansible-playbook 'my play.yml' --limit a,b", False)


def test_a_limit_file_has_a_line_a_tenant() -> None:
    assert limit_text(["a", "b"]) == "a\nb\n"
