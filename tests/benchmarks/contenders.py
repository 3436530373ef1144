# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The measured peers: the role, a playbook of uri tasks, a vendor's script, and tasks without effect."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests
import yaml
from helpers.ansible_run import COLLECTIONS, PLAYBOOK, ROOT, command, environment
from helpers.other_collections import FOLDER

from .server import Okta

PEERS = Path(__file__).resolve().parent / "peers"
TASKS = 10  # the cost of Ansible itself; the goals are multiples of it
AUDIT = "rezonate.okta.audit_rezonate"


@dataclass(frozen=True)
class Stage:
    """The environment of a run: a directory with an inventory and a vault password, an emulator, and the number of forks."""

    folder: Path
    okta: Okta
    forks: int

    @classmethod
    def set_up(cls, folder: Path, okta: Okta, forks: int) -> Stage:
        """Write the files for a run."""
        hosts = {name: {"rezonate_okta_api_token": token} for name, token in okta.tokens.items()}
        variables = {"rezonate_ca_path": okta.ca_file}
        (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": variables}}), encoding="utf-8")
        (folder / "password").write_text("made-up-vault-password-of-the-benchmarks\n", encoding="utf-8")
        return cls(folder, okta, forks)

    @property
    def env(self) -> dict[str, str]:
        """Return the environment variables of a run."""
        return environment(self.folder / "home", HTTPS_PROXY=self.okta.proxy_url, ANSIBLE_COLLECTIONS_PATH=f"{COLLECTIONS}:{FOLDER}")

    def play(self, playbook: str | Path, *args: str | Path) -> list[str]:
        """Return the command that runs a playbook."""
        return command("ansible-playbook", "-i", self.folder / "inventory.json", "-f", str(self.forks), playbook, *args)


def scopes() -> list[str]:
    """Return the scopes that the role grants by default."""
    text = (ROOT / "roles" / "rezonate" / "vars" / "main" / "scopes.yml").read_text(encoding="utf-8")
    newest = list(yaml.safe_load(text)["rezonate__scope_sets"].values())[-1]
    return [*newest["scopes"], *newest["optional_scopes"]]


def role(stage: Stage, phase: str) -> list[str]:
    """Run the role as its users do."""
    return stage.play(AUDIT if phase == "audit" else PLAYBOOK, "--vault-id", f"bench@{stage.folder / 'password'}")


def default_ca(stage: Stage, phase: str) -> list[str]:
    """Run the role with the emulator's CA among the default ones, as with a real Okta."""
    bundle = stage.folder / "bundle.pem"
    bundle.write_text(
        Path(requests.certs.where()).read_text(encoding="utf-8") + Path(stage.okta.ca_file).read_text(encoding="utf-8"), encoding="utf-8"
    )
    given = ["-e", json.dumps({"rezonate_ca_path": ""})]
    return ["/usr/bin/env", f"REQUESTS_CA_BUNDLE={bundle}", *role(stage, phase), *given]


def no_preload(stage: Stage, phase: str) -> list[str]:
    """Run the same with certificates that each worker reads itself."""
    return ["/usr/bin/env", "REZONATE_PRELOAD_CERTIFICATES=no", *default_ca(stage, phase)]


def uri(stage: Stage, _phase: str) -> list[str]:
    """Run the playbook of uri tasks."""
    values = {"ca_path": stage.okta.ca_file, "vault_password_file": str(stage.folder / "password"), "scopes": scopes()}
    return stage.play(PEERS / "uri.yml", "--vault-id", f"bench@{stage.folder / 'password'}", "-e", json.dumps(values))


def vendor(stage: Stage, _phase: str) -> list[str]:
    """Run the vendor's script."""
    return [sys.executable, str(PEERS / "vendor.py"), str(stage.folder / "inventory.json"), stage.okta.ca_file, *scopes()]


def floor(stage: Stage, _phase: str) -> list[str]:
    """Run as many tasks without effect as the role has tasks."""
    tasks = [{"name": f"Do nothing, {number}", "ansible.builtin.assert": {"that": True, "quiet": True}} for number in range(TASKS)]
    playbook = stage.folder / "floor.json"
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    return stage.play(playbook)


@dataclass(frozen=True)
class Peer:
    """A measured peer, and its runs in order."""

    command: Callable[[Stage, str], list[str]]
    phases: tuple[str, ...]


ALL = {
    "role": Peer(role, ("first", "second", "audit")),
    "default_ca": Peer(default_ca, ("first", "second")),
    "no_preload": Peer(no_preload, ("first", "second")),
    "uri": Peer(uri, ("first", "second")),
    "vendor": Peer(vendor, ("first",)),
    "floor": Peer(floor, ("first",)),
}
