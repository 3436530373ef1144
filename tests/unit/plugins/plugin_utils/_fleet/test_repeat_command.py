# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that repeats a run for some of its tenants."""

from __future__ import annotations

import shlex

import pytest
from ansible_collections.rezonate.okta.plugins.plugin_utils._fleet.repeat_command import limit_text, make_repeat_command

TOKEN = "00" + "madeUpTokenOfTestsNobodyElseHas-12345678"  # as long as Okta's
SECRET = "hunter2MadeUpForTests"


def again(*args: str, limit: str = "acme") -> tuple[list[str], list[str]]:
    """Return the arguments between the name of the command and the new limit, and the omitted options."""
    made = make_repeat_command(["/usr/bin/ansible-playbook", *args], limit)
    words = shlex.split(made.command)
    assert (words[0], words[-2:]) == ("ansible-playbook", ["--limit", limit])
    return words[1:-2], list(made.left_out)


@pytest.mark.parametrize("old", [["-l", "emea"], ["-lemea"], ["--limit", "emea"], ["--limit=emea"], ["--lim", "@file"], ["-l=emea"]])
def test_the_previous_limit_is_removed(old: list[str]) -> None:
    assert again("-i", "t.yml", *old, "p.yml") == (["-i", "t.yml", "p.yml"], [])


def test_flags_before_an_option_are_preserved() -> None:
    assert again("-vDl", "emea", "p.yml") == (["-vD", "p.yml"], [])


@pytest.mark.parametrize(
    "repeated",
    [
        ["--list-tags"],
        ["-vvvv", "-CD", "-K", "--ask-vault-pass"],
        ["-i", "acme,"],
        ["-i", "acme,globex:22,initech"],
        ["-i", "../emea/tenants.yml"],
        ["--vault-id", "rz@prompt"],
        ["--vault-id", "clé@/etc/rz/password"],
        ["--vault-password-file", "~/vault password"],
        ["-e", "@vars.yml"],
        ["-e", "rezonate_remediation=true"],
        ["-e", "rezonate_scopes_version=2 rezonate_method=oauth"],
        ["-e", '{"rezonate_waves": [1, "10%", "100%"], "rezonate_wave_max_fail_percentage": 0}'],
        ["-t", "a,b"],
        ["-u", "ops", "-f", "20", "-c", "local"],
        ["--private-key", "~/.ssh/id"],
    ],
)
def test_arguments_without_secrets_are_repeated(repeated: list[str]) -> None:
    assert again(*repeated, "rezonate.okta.onboard_rezonate") == ([*repeated, "rezonate.okta.onboard_rezonate"], [])


@pytest.mark.parametrize(
    ("given", "repeated"),
    [
        (["--inv=t.yml"], ["--inventory", "t.yml"]),
        (["--vault-p", "file"], ["--vault-password-file", "file"]),
        (["-it.yml"], ["-i", "t.yml"]),
        (["-ve", "@x.yml"], ["-v", "-e", "@x.yml"]),
        (["--extra=@x.yml"], ["--extra-vars", "@x.yml"]),
        (["-e=@x.yml"], ["-e", "@x.yml"]),
    ],
)
def test_arguments_in_any_spelling_are_repeated(given: list[str], repeated: list[str]) -> None:
    assert again(*given, "p.yml") == ([*repeated, "p.yml"], [])


@pytest.mark.parametrize(
    "value",
    [
        f"x={TOKEN}",
        f"x={SECRET}",
        f"rezonate_okta_api_token={SECRET}",
        f"rezonate_shared_token={SECRET}",
        f'{{"rezonate_okta_private_key": "{SECRET}"}}',
        f'{{"\\u0061pi_token": "{SECRET}"}}',
        f'{{"rezonate_verify": "{SECRET}"}}',
        f"{{a: [{{b: {SECRET}}}]}}",
        f"api_token: {SECRET}",
        f"my_password='{SECRET}",
        f'rezonate_verify="{SECRET}"',
        f"[{SECRET}]",
        f"{{{SECRET}",
        SECRET,
    ],
)
@pytest.mark.parametrize("spelled", [["-e", "{}"], ["-e{}"], ["-e={}"], ["--extra-vars", "{}"], ["--extra={}"], ["-vDe", "{}"]])
def test_extra_variables_that_may_be_a_secret_are_omitted_and_named(value: str, spelled: list[str]) -> None:
    words, left_out = again("-i", "t.yml", *(part.replace("{}", value) for part in spelled), "p.yml")
    assert words in (["-i", "t.yml", "p.yml"], ["-i", "t.yml", "-vD", "p.yml"])
    assert left_out in (["-e"], ["--extra-vars"])


@pytest.mark.parametrize(
    ("value", "repeated"),
    [
        (f'{{"rezonate_verify": false, "x": "{SECRET}"}}', '{"rezonate_verify": false}'),
        (f"rezonate_verify=false x={SECRET}", "rezonate_verify=false"),
        (f"{{rezonate_verify: no}} # {SECRET}", None),
        (f'{{"rezonate_verify": "{SECRET}", "rezonate_verify": true}}', '{"rezonate_verify": true}'),
    ],
)
def test_known_extra_variables_are_repeated(value: str, repeated: str | None) -> None:
    words, _left_out = again("-e", value, "p.yml")
    assert SECRET not in " ".join(words)
    assert repeated is None or words == ["-e", repeated, "p.yml"]


@pytest.mark.parametrize(
    "given",
    [
        ["-i", TOKEN],
        ["-i", f"admin:{SECRET}@host,"],
        ["-i", f"acme:{SECRET},"],
        ["-i", f"https://user:{SECRET}@inventory/"],
        ["--ssh-common-args", f"-o Password={SECRET}"],
        ["--ssh-extra-args=" + SECRET],
        ["--start-at-task", SECRET],
        [f"--unknown={SECRET}"],
        ["--unknown", SECRET],
        [f"-Z{SECRET}"],
        [SECRET],
        [f"api_token={SECRET}"],
        ["--vault-id", f"rz@{SECRET}@x"],
        ["-f", SECRET],
    ],
)
def test_a_secret_anywhere_else_is_omitted(given: list[str]) -> None:
    words, left_out = again(*given, "p.yml")
    assert not [word for word in words if SECRET in word or TOKEN in word]
    assert left_out


def test_an_option_without_its_value_is_ignored() -> None:
    assert again("p.yml", "-l") == (["p.yml"], [])


def test_the_command_is_quoted_for_a_shell() -> None:
    assert make_repeat_command(["ansible-playbook", "my play.yml"], "a,b").command == "ansible-playbook 'my play.yml' --limit a,b"


def test_arguments_can_be_added() -> None:
    assert make_repeat_command(["ansible-playbook", "p.yml"], "a", "-e", "x=1").command == "ansible-playbook p.yml -e x=1 --limit a"


def test_a_limit_file_has_one_line_per_tenant() -> None:
    assert limit_text(["a", "b"]) == "a\nb\n"
