# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Property: a secret in an unknown place of a command line isn't in the command that repeats the run."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.command_line import VARIABLES, secret_free_variables
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.repeat_command import make_repeat_command
from hypothesis import given
from hypothesis import strategies as st

SPECS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[3] / "roles" / "rezonate" / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
)["argument_specs"]
OPTIONS = {name: option for spec in SPECS.values() for name, option in spec["options"].items()}
KINDS = ["json", "escaped", "yaml", "pair", "quoted", "colon", "bare", "inventory", "ssh", "unknown", "letter", "alone"]
ROLE_WORDS = ("token", "private_key", "client_id", "key_id", "service_user", "custom_roles", "controller_")

secrets = st.text(string.ascii_letters + string.digits + "!$%&/()=?+*#-_.:,;<>|", min_size=12, max_size=60).filter(
    lambda text: any(character.isdigit() for character in text) and any(character.isalpha() for character in text) and text[0].isalpha()
)
names = st.from_regex(r"[a-z_][a-z0-9_]{0,20}", fullmatch=True).filter(lambda name: name not in VARIABLES)
values = st.recursive(
    secrets, lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(names, inner, min_size=1, max_size=2), max_leaves=4
)
switches = st.sampled_from(sorted(name for name, pattern in VARIABLES.items() if not pattern.fullmatch("abcdefghijk1")))


def leaves(value: Any) -> list[str]:
    """The strings in a value."""
    if isinstance(value, str):
        return [value]
    return [leaf for one in (value.values() if isinstance(value, dict) else value) for leaf in leaves(one)]


@st.composite
def arguments(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Generate arguments with secrets in unknown places, and the secrets."""
    name = draw(names | switches)
    kind = draw(st.sampled_from(KINDS))
    value = draw(values if kind in ("json", "escaped", "yaml") else secrets)
    given_name = "".join(f"\\u{ord(character):04x}" for character in name) if kind == "escaped" else name
    option = draw(st.sampled_from([["-e"], ["--extra-vars"], ["--extra"], ["-ve"], ["-e="], ["--extra-vars="], ["-Ce"]]))
    text = {
        "json": json.dumps({name: value}),
        "escaped": f'{{"{given_name}": {json.dumps(value)}}}',
        "yaml": yaml.safe_dump({name: value}, default_flow_style=True, width=1000).strip(),
        "pair": f"{name}={value}",
        "quoted": f"{name}='{value}'",
        "colon": f"{name}: {value}",
        "bare": f"{value} x",
    }.get(kind)
    if text is not None:
        joined = [option[0] + text] if option[0].endswith("=") else [*option, text]
        return joined, leaves(value)
    others = {"inventory": ["-i", f"user:{value}@host,"], "ssh": ["--ssh-extra-args", str(value)], "unknown": [f"--made-up={value}"]}
    return {**others, "letter": [f"-Z{value}"], "alone": [f"{value} ="]}[kind], leaves(value)


@given(st.lists(arguments(), min_size=1, max_size=3))
def test_a_secret_in_an_unknown_place_is_not_shown(parts: list[tuple[list[str], list[str]]]) -> None:
    given_arguments = [argument for found, _secrets in parts for argument in found]
    argv = ["ansible-playbook", "-i", "tenants.yml", *given_arguments, "p.yml"]
    made = make_repeat_command(argv, "acme")
    assert [secret for _arguments, hidden in parts for secret in hidden if secret in made.command] == []
    assert made.left_out


@given(names, secrets)
def test_a_secret_next_to_a_known_variable_is_hidden(name: str, secret: str) -> None:
    for text in (f"rezonate_verify=false {name}={secret}", json.dumps({"rezonate_verify": False, name: [secret]})):
        shown, _is_all = secret_free_variables(text)
        assert secret not in shown


def test_switches_and_choices_of_the_role_are_known() -> None:
    plain = {name for name, option in OPTIONS.items() if option["type"] in ("bool", "int") or option.get("choices")}
    assert plain - VARIABLES.keys() == set()
    assert {name for name in VARIABLES if name not in OPTIONS} == {"rezonate_waves", "rezonate_wave_max_fail_percentage"}


def test_variables_that_may_be_a_secret_are_known_only_as_switches() -> None:
    risky = [name for name in VARIABLES if any(word in name for word in ROLE_WORDS)]
    assert [name for name in risky if VARIABLES[name].fullmatch("hunter2MadeUp")] == []
