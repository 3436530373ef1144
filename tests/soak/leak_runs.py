# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs with all logging enabled, and the search of everything that they write."""

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
from soak.leak_watch import Observation, TerminalInput, watch

HERE = Path(__file__).resolve().parent
_NO_WAIT = HERE.parent / "helpers" / "no_wait"
_CALLBACKS = {"default": "", "json": "rezonate_everything", "junit": "ansible.builtin.junit"}
CALLBACKS = tuple(_CALLBACKS)
# A connection plugin that prints the commands and their results.
PRINTING = "rezonate_printing"
CONNECTION_PLUGINS = str(HERE / "leak_connection")
# The scopes of an app that onboards.
_SCOPES = ("okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage", "okta.oauthIntegrations.manage", "okta.roles.read")


@dataclass(frozen=True)
class OutputSettings:
    """The output of a run: callback, verbosity and debug output; and the source of its credential.

    Args:
        callback: one of `CALLBACKS`.
        verbosity: the number of `-v`.
        debug: whether ANSIBLE_DEBUG is set.
        vaulted: whether the credential is an inline-vault variable of the inventory; otherwise it is in the environment.
        credential: the bootstrap credential: an API ``token``, or the private ``key`` of an app.
        method: the authentication method. The token of method ``api_token`` comes from the source of the credential or from a terminal.
        typed: whether that token is entered at a terminal.
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
        """The name for the table."""
        where = f"vaulted {self.credential}" if self.vaulted else f"{self.credential} in environment"
        method = "" if self.method == "oauth" else f"{self.method}{', entered' if self.typed else ''}, "
        return f"{method}{self.callback}, -{'v' * self.verbosity if self.verbosity else 'no v'}{', debug' if self.debug else ''}, {where}"


class ObservedRuns:
    """The runs of a tenant, which are observed and can be searched.

    Args:
        workspace: the workspace of the runs; they write to its folder.
        tenant: the tenant.
        settings: the output settings.
    """

    def __init__(self, workspace: Workspace, tenant: Tenant, settings: OutputSettings) -> None:
        self.workspace = workspace
        self.tenant = tenant
        self.settings = settings
        self.temp = workspace.folder.parent / "tmp"
        self.temp.mkdir(exist_ok=True)
        self.observations: list[Observation] = []
        self.keys: dict[str, tuple[bytes, ...]] = {}
        self.client = self._make_client() if settings.credential == "key" else ""
        self.readonly_token = tenant.add_api_token("auditor") if settings.method == "api_token" else ""
        self.inventory = workspace.folder / "inventory.yml"
        self.inventory.write_text(self._inventory(), encoding="utf-8")

    @property
    def places(self) -> tuple[Path, ...]:
        """Return all directories in which a run can leave files."""
        return (self.workspace.folder, self.workspace.home, self.temp)

    def onboard(self, *args: str, env: Mapping[str, str] | None = None, no_wait: bool = True, **variables: Any) -> Observation:
        """Run the playbook, with variables in addition to those of the inventory."""
        given = {"PYTHONPATH": str(_NO_WAIT)} if no_wait else {}
        extra = json.dumps({"rezonate_ca_path": str(self.workspace.okta.ca_file), "rezonate_method": self.settings.method, **variables})
        return self.run(PLAYBOOK, "-e", extra, *args, env={**given, **(env or {})})

    def play(self, text: str, *args: str, env: Mapping[str, str] | None = None) -> Observation:
        """Run a play, with the API token as `api_token`."""
        playbook = self.workspace.folder / "play.yml"
        playbook.write_text(text, encoding="utf-8")
        return self.run(str(playbook), *args, env=env)

    def run(self, *args: str, env: Mapping[str, str] | None = None) -> Observation:
        """Run `ansible-playbook` and observe it."""
        verbose = ["-" + "v" * self.settings.verbosity] if self.settings.verbosity else []
        secret = ["--vault-id", f"rz@{self.workspace.password_file}"]
        observation = watch(
            command("ansible-playbook", "-i", self.inventory, *args, *verbose, *secret),
            self.workspace.folder,
            {**self.environment(), **(env or {})},
            self.places,
            TerminalInput(b"paste the token here", self.readonly_token) if self.settings.typed else None,
        )
        self.observations.append(observation)
        return observation

    def environment(self) -> dict[str, str]:
        """Return the environment of a run, with all logging enabled."""
        home = self.workspace.folder
        callback = _CALLBACKS[self.settings.callback]
        callbacks = {"ANSIBLE_CALLBACK_PLUGINS": str(HERE / "leak_callback"), "ANSIBLE_CALLBACKS_ENABLED": callback} if callback else {}
        logging = {
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
        debug = {"ANSIBLE_DEBUG": "1"} if self.settings.debug else {}
        return {**self.workspace.env, **logging, **callbacks, **debug, **self._given()}

    def _given(self) -> dict[str, str]:
        """Return the credential, if it is in the environment."""
        if self.settings.vaulted:
            return {}
        key = {"OKTA_CLIENT_CLIENTID": self.client, "OKTA_CLIENT_PRIVATEKEY": pem("bootstrap")}
        token = {"REZONATE_READONLY_API_TOKEN": self.readonly_token} if self.readonly_token and not self.settings.typed else {}
        return {**token, **(key if self.client else {"OKTA_API_TOKEN": self.tenant.api_token})}

    def _make_client(self) -> str:
        """Create an app that can onboard tenants; return its id."""
        jwk = public_jwk("bootstrap")
        # the key id of a key that is given as PEM
        client = self.tenant.add_app("Bootstrap", [{**jwk, "kid": thumbprint(jwk)}])
        self.tenant.grant(client, *_SCOPES)
        self.tenant.assign_role(client, "SUPER_ADMIN")
        self.keys |= {"the caller's PEM": canaries.of_key(pem("bootstrap")), "the caller's JWK": canaries.of_jwk(private_jwk("bootstrap"))}
        return client

    def forms(self) -> dict[str, tuple[bytes, ...]]:
        """Return the forms of all secrets so far."""
        if self.workspace.vault_file(self.tenant).exists():
            self.keys |= canaries.of_credentials(self.workspace.credentials(self.tenant))
        if self.readonly_token:  # it can be revoked
            self.keys |= {"the given token": canaries.of_text(self.readonly_token)}
        return {"the vault password": canaries.of_text(PASSWORD), **canaries.of_tenant(self.tenant), **self.keys}

    def leaks(self, *more: Path) -> list[str]:
        """Search all runs so far and the files that they left; return the secrets found."""
        forms = self.forms()
        blobs = [blob for each in self.observations for name, content in each.blobs() for blob in canaries.decoded(name, content)]
        blobs += [blob for name, content in canaries.files(*self.places, *more) for blob in canaries.decoded(name, content)]
        found = canaries.search(blobs, forms)
        found += [f"readable by others: {path}" for observation in self.observations for path in observation.open]
        environments = [("an environment", self._without_given(content)) for each in self.observations for content in each.environments]
        return sorted({*found, *canaries.search(environments, forms)})

    def _without_given(self, environment: bytes) -> bytes:
        """Remove the given credentials from an environment."""
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
        if self.client and self.settings.vaulted:
            lines += [f"rezonate_okta_client_id: {self.client}", f"rezonate_okta_private_key: !vault |\n{self.vaulted(pem('bootstrap'))}"]
        elif self.settings.vaulted:
            lines += [f"{name}: !vault |\n{self.vaulted(self.tenant.api_token)}" for name in ("rezonate_okta_api_token", "api_token")]
        if self.readonly_token and self.settings.vaulted and not self.settings.typed:
            lines.append(f"rezonate_readonly_api_token: !vault |\n{self.vaulted(self.readonly_token)}")
        block = textwrap.indent("\n".join(lines), "      ")
        return f"all:\n  hosts:\n    {self.tenant.name}:\n{block}\n"

    def vaulted(self, text: str) -> str:
        """Return a text as an indented inline-vault value."""
        from ansible.parsing.vault import VaultLib, VaultSecret

        encrypted = VaultLib().encrypt(text, secret=VaultSecret(PASSWORD.encode()), vault_id="rz").decode()
        return textwrap.indent(encrypted, "  ")


def other_interpreter() -> str:
    """Return another path of this Python interpreter, so that Ansible transfers modules to it."""
    folder = Path(sys.executable).parent
    return next(str(folder / name) for name in ("python3", "python") if str(folder / name) != sys.executable)
