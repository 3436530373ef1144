# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workspace at which everything is switched on that writes something down, and the search of all of it."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.ansible_run import PLAYBOOK, command
from helpers.okta_client import public_jwk
from helpers.workspace import PASSWORD, Workspace, pem, private_jwk
from okta_emulator import Tenant
from okta_emulator.jwk import thumbprint

from soak import leak_canaries as canaries
from soak.leak_watch import Observation, Typed, watch

HERE = Path(__file__).resolve().parent
_HASTY = HERE.parent / "helpers" / "hasty"
_CALLBACKS = {"default": "", "json": "rezonate_everything", "junit": "ansible.builtin.junit"}
CALLBACKS = tuple(_CALLBACKS)
# A connection plugin that prints what it runs and what comes back.
PRINTING = "rezonate_printing"
CONNECTION_PLUGINS = str(HERE / "leak_connection")
# What an app needs that onboards.
_MAY = ("okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage", "okta.oauthIntegrations.manage", "okta.roles.read")


@dataclass(frozen=True)
class Loudness:
    """How much a run says, and where.

    Args:
        callback: one of `CALLBACKS`.
        verbosity: how many `-v`.
        debug: whether ANSIBLE_DEBUG is set.
        vaulted: the credential is an inline-vault variable of the inventory; else it is in the environment.
        credential: what the run onboards with: an API ``token``, or the private ``key`` of an app.
        method: what is onboarded. The token of method ``api_token`` is where the credential is, or else typed at a terminal.
        typed: whether it is.
    """

    callback: str = "default"
    verbosity: int = 4
    debug: bool = False
    vaulted: bool = True
    credential: str = "token"
    method: str = "oauth"
    typed: bool = False

    @property
    def name(self) -> str:
        """Name it for a table."""
        where = f"vaulted {self.credential}" if self.vaulted else f"{self.credential} in environment"
        method = "" if self.method == "oauth" else f"{self.method}{', typed' if self.typed else ''}, "
        return f"{method}{self.callback}, -{'v' * self.verbosity if self.verbosity else 'no v'}{', debug' if self.debug else ''}, {where}"


class ObservedRuns:
    """A tenant's runs, all of which can be searched.

    Args:
        workspace: where they are made; its folder takes all that they write.
        tenant: the tenant.
        loudness: how much is said.
    """

    def __init__(self, workspace: Workspace, tenant: Tenant, loudness: Loudness) -> None:
        self.workspace = workspace
        self.tenant = tenant
        self.loudness = loudness
        self.temp = workspace.folder.parent / "tmp"
        self.temp.mkdir(exist_ok=True)
        self.seen: list[Observation] = []
        self.keys: dict[str, tuple[bytes, ...]] = {}
        self.client = self._make_client() if loudness.credential == "key" else ""
        self.readonly_token = tenant.add_api_token("auditor") if loudness.method == "api_token" else ""
        self.inventory = workspace.folder / "inventory.yml"
        self.inventory.write_text(self._inventory(), encoding="utf-8")

    @property
    def places(self) -> tuple[Path, ...]:
        """Give all directories in which something may lie about."""
        return (self.workspace.folder, self.workspace.home, self.temp)

    def onboard(self, *args: str, env: Mapping[str, str] | None = None, hasty: bool = True, **variables: Any) -> Observation:
        """Run the playbook, with more variables than the inventory has."""
        given = {"PYTHONPATH": str(_HASTY)} if hasty else {}
        extra = json.dumps({"rezonate_ca_path": str(self.workspace.okta.ca_file), "rezonate_method": self.loudness.method, **variables})
        return self.run(PLAYBOOK, "-e", extra, *args, env={**given, **(env or {})})

    def play(self, text: str, *args: str, env: Mapping[str, str] | None = None) -> Observation:
        """Run a play of some tasks, with the API token as `api_token`."""
        playbook = self.workspace.folder / "play.yml"
        playbook.write_text(text, encoding="utf-8")
        return self.run(str(playbook), *args, env=env)

    def run(self, *args: str, env: Mapping[str, str] | None = None) -> Observation:
        """Run `ansible-playbook`, watched."""
        loud = ["-" + "v" * self.loudness.verbosity] if self.loudness.verbosity else []
        secret = ["--vault-id", f"rz@{self.workspace.password_file}"]
        seen = watch(
            command("ansible-playbook", "-i", self.inventory, *args, *loud, *secret),
            self.workspace.folder,
            {**self.environment(), **(env or {})},
            self.places,
            Typed(b"paste the token here", self.readonly_token) if self.loudness.typed else None,
        )
        self.seen.append(seen)
        return seen

    def environment(self) -> dict[str, str]:
        """Give the environment of a run: everything that writes something down is on."""
        home = self.workspace.folder
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
            "ANSIBLE_CONNECTION_PLUGINS": CONNECTION_PLUGINS,
            "ANSIBLE_RETRY_FILES_ENABLED": "1",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(home / "retry"),
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
            "TMPDIR": str(self.temp),
        }
        debug = {"ANSIBLE_DEBUG": "1"} if self.loudness.debug else {}
        return {**self.workspace.env, **on, **called, **debug, **self._given()}

    def _given(self) -> dict[str, str]:
        """Give the credential, where it is in the environment."""
        if self.loudness.vaulted:
            return {}
        key = {"OKTA_CLIENT_CLIENTID": self.client, "OKTA_CLIENT_PRIVATEKEY": pem("bootstrap")}
        token = {"REZONATE_READONLY_API_TOKEN": self.readonly_token} if self.readonly_token and not self.loudness.typed else {}
        return {**token, **(key if self.client else {"OKTA_API_TOKEN": self.tenant.api_token})}

    def _make_client(self) -> str:
        """Make an app that may onboard; give its id."""
        jwk = public_jwk("bootstrap")
        # where a key is given as PEM, this is the key id
        client = self.tenant.add_app("Bootstrap", [{**jwk, "kid": thumbprint(jwk)}])
        self.tenant.grant(client, *_MAY)
        self.tenant.assign_role(client, "SUPER_ADMIN")
        self.keys |= {"the caller's PEM": canaries.of_key(pem("bootstrap")), "the caller's JWK": canaries.of_jwk(private_jwk("bootstrap"))}
        return client

    def forms(self) -> dict[str, tuple[bytes, ...]]:
        """Give everything that is a secret by now."""
        if self.workspace.vault_file(self.tenant).exists():
            self.keys |= canaries.of_credentials(self.workspace.credentials(self.tenant))
        if self.readonly_token:  # it may be revoked by now
            self.keys |= {"the token that was handed over": canaries.of_text(self.readonly_token)}
        return {"the vault password": canaries.of_text(PASSWORD), **canaries.of_tenant(self.tenant), **self.keys}

    def leaks(self, *more: Path) -> list[str]:
        """Say what was found where it doesn't belong; search all runs so far, and what they left."""
        forms = self.forms()
        blobs = [blob for seen in self.seen for name, content in seen.blobs() for blob in canaries.opened(name, content)]
        blobs += [blob for name, content in canaries.files(*self.places, *more) for blob in canaries.opened(name, content)]
        found = canaries.search(blobs, forms)
        found += [f"open to others: {path}" for seen in self.seen for path in seen.open]
        environments = [("an environment", self._without_given(content)) for seen in self.seen for content in seen.environments]
        return sorted({*found, *canaries.search(environments, forms)})

    def _without_given(self, environment: bytes) -> bytes:
        """Leave out of an environment what was put there to begin with."""
        for value in self._given().values():
            environment = environment.replace(value.encode(), b"")
        return environment

    def _inventory(self) -> str:
        variables: dict[str, Any] = {
            "org_url": self.tenant.org_url,
            "ca_path": str(self.workspace.okta.ca_file),
            "ansible_connection": "local",
        }
        lines = [f"{name}: {value}" for name, value in variables.items()]
        if self.client and self.loudness.vaulted:
            lines += [f"rezonate_okta_client_id: {self.client}", f"rezonate_okta_private_key: !vault |\n{self.vaulted(pem('bootstrap'))}"]
        elif self.loudness.vaulted:
            lines += [f"{name}: !vault |\n{self.vaulted(self.tenant.api_token)}" for name in ("rezonate_okta_api_token", "api_token")]
        if self.readonly_token and self.loudness.vaulted and not self.loudness.typed:
            lines.append(f"rezonate_readonly_api_token: !vault |\n{self.vaulted(self.readonly_token)}")
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
