# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk at which everything is switched on that writes something down, and the search of all of it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_run import PLAYBOOK, command
from desk import PASSWORD, Desk
from okta_emulator import Tenant

from soak import leak_canaries as canaries
from soak.leak_watch import Seen, watch

HERE = Path(__file__).resolve().parent
_HASTY = HERE.parent / "integration" / "hasty"
_CALLBACKS = {"default": "", "json": "rezonate_everything", "junit": "ansible.builtin.junit"}
CALLBACKS = tuple(_CALLBACKS)


@dataclass(frozen=True)
class Loudness:
    """How much a run says, and where.

    Args:
        callback: one of `CALLBACKS`.
        verbosity: how many `-v`.
        debug: whether ANSIBLE_DEBUG is set.
        vaulted: the API token is an inline-vault variable of the inventory; else it is in the environment.
    """

    callback: str = "default"
    verbosity: int = 4
    debug: bool = False
    vaulted: bool = True

    @property
    def name(self) -> str:
        """Name it for a table."""
        token = "vaulted token" if self.vaulted else "token in environment"
        return f"{self.callback}, -{'v' * self.verbosity if self.verbosity else 'no v'}{', debug' if self.debug else ''}, {token}"


class Scene:
    """A tenant's runs, all of which can be searched.

    Args:
        desk: where they are made; its folder takes all that they write.
        tenant: the tenant.
        loudness: how much is said.
    """

    def __init__(self, desk: Desk, tenant: Tenant, loudness: Loudness) -> None:
        self.desk = desk
        self.tenant = tenant
        self.loudness = loudness
        self.temp = desk.folder.parent / "tmp"
        self.temp.mkdir(exist_ok=True)
        self.seen: list[Seen] = []
        self.keys: dict[str, tuple[bytes, ...]] = {}
        self.inventory = desk.folder / "inventory.yml"
        self.inventory.write_text(self._inventory(), encoding="utf-8")

    @property
    def places(self) -> tuple[Path, ...]:
        """Give all directories in which something may lie about."""
        return (self.desk.folder, self.desk.home, self.temp)

    def onboard(self, *args: str, env: Mapping[str, str] | None = None, hasty: bool = True) -> Seen:
        """Run the playbook."""
        given = {"PYTHONPATH": str(_HASTY)} if hasty else {}
        return self.run(PLAYBOOK, "-e", f"rezonate_ca_path={self.desk.okta.ca_file}", *args, env={**given, **(env or {})})

    def play(self, text: str, *args: str, env: Mapping[str, str] | None = None) -> Seen:
        """Run a play of some tasks, with the API token as `api_token`."""
        playbook = self.desk.folder / "play.yml"
        playbook.write_text(text, encoding="utf-8")
        return self.run(str(playbook), *args, env=env)

    def run(self, *args: str, env: Mapping[str, str] | None = None) -> Seen:
        """Run `ansible-playbook`, watched."""
        loud = ["-" + "v" * self.loudness.verbosity] if self.loudness.verbosity else []
        secret = ["--vault-id", f"rz@{self.desk.password_file}"]
        seen = watch(
            command("ansible-playbook", "-i", self.inventory, *args, *loud, *secret),
            self.desk.folder,
            {**self.environment(), **(env or {})},
            self.places,
        )
        self.seen.append(seen)
        return seen

    def environment(self) -> dict[str, str]:
        """Give the environment of a run: everything that writes something down is on."""
        home = self.desk.folder
        callback = _CALLBACKS[self.loudness.callback]
        called = {"ANSIBLE_CALLBACK_PLUGINS": str(HERE / "leak_callback"), "ANSIBLE_CALLBACKS_ENABLED": callback} if callback else {}
        on = {
            "REZONATE_EVERYTHING": str(home / "everything.json"),
            "JUNIT_OUTPUT_DIR": str(home / "junit"),
            "ANSIBLE_LOG_PATH": str(home / "ansible.log"),
            "ANSIBLE_KEEP_REMOTE_FILES": "1",
            "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1",
            "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(home / "facts"),
            "ANSIBLE_RETRY_FILES_ENABLED": "1",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(home / "retry"),
            "TMPDIR": str(self.temp),
        }
        debug = {"ANSIBLE_DEBUG": "1"} if self.loudness.debug else {}
        token = {} if self.loudness.vaulted else {"OKTA_API_TOKEN": self.tenant.api_token}
        return {**self.desk.env, **on, **called, **debug, **token}

    def forms(self) -> dict[str, tuple[bytes, ...]]:
        """Give everything that is a secret by now."""
        if self.desk.vault_file(self.tenant).exists():
            self.keys |= canaries.of_credentials(self.desk.credentials(self.tenant))
        return {"the vault password": canaries.of_text(PASSWORD), **canaries.of_tenant(self.tenant), **self.keys}

    def leaks(self, *more: Path) -> list[str]:
        """Say what was found where it doesn't belong; search all runs so far, and what they left."""
        forms = self.forms()
        blobs = [blob for seen in self.seen for name, content in seen.blobs() for blob in canaries.opened(name, content)]
        blobs += [blob for name, content in canaries.files(*self.places, *more) for blob in canaries.opened(name, content)]
        found = canaries.search(blobs, forms)
        environments = [("an environment", content) for seen in self.seen for content in seen.environments]
        given = {name: form for name, form in forms.items() if self.loudness.vaulted or name != "the API token"}
        return sorted({*found, *canaries.search(environments, given)})

    def _inventory(self) -> str:
        variables: dict[str, Any] = {"org_url": self.tenant.org_url, "ca_path": str(self.desk.okta.ca_file), "ansible_connection": "local"}
        lines = [f"{name}: {value}" for name, value in variables.items()]
        if self.loudness.vaulted:
            lines += [f"{name}: !vault |\n{self.vaulted(self.tenant.api_token)}" for name in ("rezonate_okta_api_token", "api_token")]
        block = textwrap.indent("\n".join(lines), "      ")
        return f"all:\n  hosts:\n    {self.tenant.name}:\n{block}\n"

    def vaulted(self, text: str) -> str:
        """Give a text as an inline-vault value, indented."""
        from ansible.parsing.vault import VaultLib, VaultSecret

        sealed = VaultLib().encrypt(text, secret=VaultSecret(PASSWORD.encode()), vault_id="rz").decode()
        return textwrap.indent(sealed, "  ")


def other_interpreter() -> str:
    """Give another path of the Python at hand, so that modules are shipped to it."""
    folder = Path(sys.executable).parent
    return next(str(folder / name) for name in ("python3", "python") if str(folder / name) != sys.executable)
