# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of findings: it equals the one in the documentation, and each kind has a remedy."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from ansible_collections.rezonate.okta.plugins.module_utils._audit.finding_types import (
    END_ADOPTION,
    KINDS,
    NEVER_ONBOARDED,
    FindingText,
    Kind,
    Place,
)
from ansible_collections.rezonate.okta.plugins.module_utils._audit.schema import SEVERITIES

ROOT = Path(__file__).resolve().parents[5]
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def shown(kind: str) -> str:
    """The remedy in the table of the documentation."""
    found = KINDS[kind]
    return " ".join(filter(None, [found.person, f"`{found.playbook}`" if found.playbook else ""]))


def test_the_documentation_has_the_same_table() -> None:
    rows = ROW.findall((ROOT / "docs" / "audit.md").read_text(encoding="utf-8"))
    assert rows == [(name, kind.severity, kind.meaning, shown(name)) for name, kind in KINDS.items()]


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_has_a_severity_and_a_remedy(name: str) -> None:
    assert KINDS[name].severity in SEVERITIES
    assert KINDS[name].remedy(Place("acme", ["tenants.yml"]))
    assert name.endswith(("_unknown", "_unread")) or KINDS[name].severity != "unknown"


def test_a_remedy_is_a_command_for_one_tenant() -> None:
    finding = FindingText("rotation_unfinished", "A rotation is in progress.").finding(Place("acme", ["acme,"], "rz"))
    command = "ansible-playbook -i acme, rezonate.okta.rotate_rezonate --limit acme --vault-id rz@prompt -e rezonate_rotation=finish"
    assert finding == {"id": "rotation_unfinished", "severity": "low", "message": "A rotation is in progress.", "remedy": command}


def test_existing_credentials_of_an_adopted_app_are_corrected_by_finishing_the_adoption() -> None:
    scope, key, missing = (
        FindingText(kind, "x").during_adoption().finding(Place("acme")) for kind in ("scope_surplus", "key_unknown", "scope_missing")
    )
    finish = "ansible-playbook rezonate.okta.rotate_rezonate --limit acme --vault-id @prompt -e rezonate_rotation=finish"
    assert (scope["id"], scope["severity"], scope["remedy"].endswith(finish)) == ("scope_surplus", "medium", True)
    assert (key["id"], key["severity"], key["remedy"].endswith(finish)) == ("key_adopted", "medium", True)
    assert missing["remedy"].endswith("onboard_rezonate --limit acme --vault-id @prompt")


def test_names_in_a_command_are_quoted() -> None:
    remedy = KINDS["app_missing"].remedy(Place("x; rm -rf /", ["my tenants.yml", "b.yml"], "my id"))
    assert remedy == (
        "ansible-playbook -i 'my tenants.yml' -i b.yml rezonate.okta.onboard_rezonate --limit 'x; rm -rf /' --vault-id 'my id@prompt'"
    )


@pytest.mark.parametrize("vault_id", ["", "default"])
def test_a_command_names_no_inventory_and_no_label_where_none_is_known(vault_id: str) -> None:
    remedy = KINDS["app_renamed"].remedy(Place("acme", vault_id=vault_id))
    assert remedy == "ansible-playbook rezonate.okta.onboard_rezonate --limit acme --vault-id @prompt"


@pytest.mark.parametrize("kind", [*KINDS.values(), NEVER_ONBOARDED, END_ADOPTION], ids=[*KINDS, "never onboarded", "adopted"])
@pytest.mark.parametrize("host", ["acme", "it's acme", "$(acme)", "acme & globex"])
def test_a_remedy_parses_in_a_shell_names_a_playbook_and_known_variables(kind: Kind, host: str) -> None:
    sentence, found, command = kind.remedy(Place(host, [f"{host}.yml"], host)).partition("ansible-playbook ")
    assert bool(found) == bool(kind.playbook)
    assert sentence.strip() == kind.person
    if not found:
        return
    words = shlex.split(command)
    assert words[:2] == ["-i", f"{host}.yml"]
    assert (ROOT / "playbooks" / f"{words[2].removeprefix('rezonate.okta.')}.yml").is_file()
    assert words[3:7] == ["--limit", host, "--vault-id", f"{host}@prompt"]
    given = [word.partition("=")[0] for word in words[7:] if word != "-e"]
    assert set(given) <= set(yaml.safe_load((ROOT / "roles" / "rezonate" / "defaults" / "main.yml").read_text(encoding="utf-8")))


def test_no_remedy_has_a_placeholder_for_a_secret() -> None:
    assert [name for name, kind in KINDS.items() if "TOKEN" in kind.playbook] == []
