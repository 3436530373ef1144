# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the documentation can be pasted: they parse, and name existing playbooks, options and variables."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.cli.playbook import PlaybookCLI

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
OPENING = re.compile(
    r"^(?:[A-Z_]+=\S+ )*(?:ansible-playbook|ansible-vault|ansible-galaxy|make|pip|podman|curl|printf|for|read|export|git) "
)
ENVIRONMENT = re.compile(r"^(?:[A-Z_]+=\S+ )+")
# A placeholder for a whole command isn't a command.
INLINE = re.compile(r"`((?:[A-Z_]+=\S+ )*ansible-playbook -[^`…]+)`")
# Variables that a play reads in addition to the options of the roles.
MORE = {"rezonate_waves", "rezonate_wave_max_fail_percentage", "rezonate_hashi_vault_mount", "rezonate_hashi_vault_path"}
# Playbooks that read no stored credentials.
WITHOUT_VAULT = {"merge_rezonate_results", "publish_rezonate_results", "configure_awx"}
OWN_FILES = {"onboard.yml"}


def blocks(page: Path) -> Iterator[str]:
    """Return the indented blocks of a page that begin with a command, with continued lines joined."""
    for found in re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", page.read_text(encoding="utf-8"), re.MULTILINE):
        lines = [line[4:] for line in found.splitlines()]
        if any(OPENING.match(line) for line in lines):
            yield "\n".join(lines).strip() + "\n"


def commands(text: str) -> Iterator[list[str]]:
    """Return the arguments of each ansible-playbook command."""
    for line in text.replace("\\\n", " ").splitlines():
        command = ENVIRONMENT.sub("", line.strip().removeprefix("# "))
        if re.match(r"ansible-playbook\s+\S", command):
            yield shlex.split(re.sub(r"\$\([^)]*\)", "substituted", command), comments=True)


def documented() -> Iterator[Any]:
    """Return each command with its location."""
    for page in PAGES:
        for block in blocks(page):
            yield from (pytest.param(words, id=f"{page.name}: {' '.join(words)[:90]}") for words in commands(block))
        for words in commands("\n".join(INLINE.findall(page.read_text(encoding="utf-8")))):
            yield pytest.param(words, id=f"{page.name}, in a sentence: {' '.join(words)[:80]}")
    for playbook in PLAYBOOKS:
        head = playbook.read_text(encoding="utf-8").partition("\n- ")[0].replace("CONTROLLER_HOST=", "# CONTROLLER_HOST=")
        for words in commands(re.sub(r"^# .*?(?=ansible-playbook )", "", head, flags=re.MULTILINE)):
            yield pytest.param(words, id=f"{playbook.name}: {' '.join(words)[:90]}")


@cache
def variables() -> set[str]:
    roles = [yaml.safe_load((ROOT / "roles" / name / "defaults" / "main.yml").read_text(encoding="utf-8")) for name in ("rezonate", "awx")]
    return {name for role in roles for name in role} | MORE


def parsed(words: list[str]) -> Any:
    """Parse a command as ansible-playbook does."""
    cli = PlaybookCLI(words)
    cli.init_parser()
    return cli.parser.parse_args(words[1:])


def names(extra: str) -> set[str]:
    """Return the variables that an option -e sets, without those of files, which the user defines."""
    if extra.startswith("@"):
        return set()
    return set(json.loads(extra)) if extra.startswith("{") else {word.partition("=")[0] for word in shlex.split(extra)}


COMMANDS = list(documented())


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 20


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_names_one_playbook_that_exists_and_known_variables(words: list[str]) -> None:
    found = parsed(words)
    (playbook,) = found.args
    assert playbook in OWN_FILES or (ROOT / "playbooks" / f"{playbook.removeprefix('rezonate.okta.').removesuffix('.yml')}.yml").is_file()
    assert {name for extra in found.extra_vars for name in names(extra)} - variables() == set()


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_has_an_inventory_and_the_vault_s_password_where_these_are_read(words: list[str]) -> None:
    found = parsed(words)
    name = found.args[0].removeprefix("rezonate.okta.").removesuffix(".yml")
    assert bool(found.vault_ids) == (name not in WITHOUT_VAULT)
    assert bool(found.inventory) == (name != "configure_awx")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_parse_in_a_shell(page: Path) -> None:
    for block in blocks(page):
        if re.search(r"^\s*(?:-|\w+:)", block, re.MULTILINE) and "ansible-playbook" not in block:
            continue  # variables, and a command
        script = "\n".join(line for line in block.splitlines() if not re.match(r"\s*(?:#|\w+:|- |-e )", line) or "\\" in line)
        checked = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
        assert checked.returncode == 0, (block, checked.stderr)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_variables_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    given = set(re.findall(r"-e (rezonate_\w+)=", text))
    assert given - variables() == set()
