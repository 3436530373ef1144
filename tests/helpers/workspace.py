# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's workspace: an empty home, a working directory, a vault password, and the proxy of the emulator."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from helpers.ansible_run import PLAYBOOK, Run, environment, run_playbook, view
from helpers.module_server import fast_modules
from helpers.okta_client import private_key, public_jwk
from jwt.algorithms import RSAAlgorithm
from okta_emulator import Emulator, Entry, Tenant

PASSWORD = "made-up-vault-password-7c1f0b52e94d4a0b"
# Ids in Okta differ from run to run.
_IDS = re.compile(r"(?<![A-Za-z0-9])(0oa|00u|oag|pks|cr0|iam)[A-Za-z0-9]{17}(?![A-Za-z0-9])")


class Workspace:
    """The environment of playbook runs.

    Args:
        folder: an empty directory.
        okta: the emulator that the runs reach through the proxy of the environment.
    """

    def __init__(self, folder: Path, okta: Emulator) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.home = folder / "home"
        self.okta = okta
        self.password_file = folder / "vault-password"
        self.password_file.write_text(PASSWORD, encoding="utf-8")
        self.env = environment(self.home, HTTPS_PROXY=okta.proxy_url)

    def run(self, *args: str | Path, env: Mapping[str, str] | None = None, no_wait: bool = False, vault: bool = True) -> Run:
        """Run `ansible-playbook`, by default with the vault password; a run with `no_wait` does not wait."""
        given = ["--vault-id", f"rz@{self.password_file}"] if vault else []
        return run_playbook(self.folder, *args, *given, env={**self.env, **fast_modules(no_wait=no_wait), **(env or {})})

    def onboard(self, tenant: Tenant, *args: str | Path, token: str | None = None, **options: Any) -> Run:
        """Onboard one tenant as documented: its name is the inventory, and the token is in the environment."""
        given = tenant.api_token if token is None else token
        env = {**options.pop("env", {}), **({"OKTA_API_TOKEN": given} if given else {})}
        ca = ("-e", f"rezonate_ca_path={self.okta.ca_file}")
        return self.run("-i", f"{tenant.name},", PLAYBOOK, *ca, *args, env=env, **options)

    def fleet(self, hosts: Mapping[str, Mapping[str, Any]], *args: str | Path, **options: Any) -> Run:
        """Onboard several tenants in one run, each host with its variables."""
        inventory = self.folder / "tenants.json"
        common = {"rezonate_ca_path": self.okta.ca_file}
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")
        return self.run("-i", inventory, PLAYBOOK, *args, **options)

    def play(self, tasks: Sequence[Mapping[str, Any]], *tenants: Tenant, play: Mapping[str, Any] | None = None, **options: Any) -> Run:
        """Run tasks for some tenants, as hosts with the variables `org_url` and `api_token`."""
        hosts = {tenant.name: {"org_url": tenant.org_url, "api_token": tenant.api_token} for tenant in tenants}
        hosts = {name: {**values, **(options.get("hosts") or {}).get(name, {})} for name, values in hosts.items()}
        inventory, playbook = self.folder / "hosts.json", self.folder / "play.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}), encoding="utf-8")
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, **(play or {}), "tasks": list(tasks)}]), encoding="utf-8")
        env = {"OKTA_API_TOKEN": tenants[0].api_token} if len(tenants) == 1 else {}
        return self.run("-i", inventory, playbook, *options.get("args", ()), env={**env, **options.get("env", {})})

    def vault_file(self, host: str | Tenant) -> Path:
        """Return the default path of a tenant's file."""
        name = host if isinstance(host, str) else host.name
        return self.folder / "host_vars" / name / "rezonate.vault"

    def credentials(self, host: str | Tenant) -> dict[str, Any]:
        """Decrypt the stored record of a tenant with Ansible."""
        found = yaml.safe_load(_vault().decrypt(self.vault_file(host).read_bytes()))
        assert list(found) == ["rezonate_credentials"]
        return dict(found["rezonate_credentials"])

    def store(self, host: str | Tenant, credentials: Mapping[str, Any], password: str = PASSWORD) -> None:
        """Store a tenant's record, encrypted with Ansible."""
        path = self.vault_file(host)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump({"rezonate_credentials": dict(credentials)})
        path.write_bytes(_vault(password).encrypt(text, vault_id="rz"))
        path.chmod(0o600)

    def create_onboarded(self, tenant: Tenant, *scopes: str) -> str:
        """Create the state after a successful onboarding, in Okta and in the file, without a run; return the app's id."""
        app = tenant.add_app("Rezonate", [public_jwk(tenant.name)])
        tenant.grant(app, *scopes)
        tenant.assign_role(app, "READ_ONLY_ADMIN")
        made = add_privileges(tenant, app)
        self.store(tenant, stored_record(tenant, application_id=app, proven_at="2026-01-31T12:00:00Z", unavailable_scopes=[], made=made))
        return app

    def view(self, host: str | Tenant) -> str:
        """Show a tenant's file with `ansible-vault view`."""
        return view(self.vault_file(host), self.password_file, self.env)


def own_token(tenant: Tenant, **variables: Any) -> dict[str, Any]:
    """Return a host's variables in a fleet: its own token and additional variables."""
    return {"rezonate_okta_api_token": tenant.api_token, **variables}


def add_privileges(tenant: Tenant, app: str) -> dict[str, str]:
    """Assign the custom role for reading privileges to an app, as onboarding does; return the created objects as recorded in the file."""
    everything = tenant.orn("iam", "contained_resources")
    role, resource_set = tenant.add_custom_role("Rezonate privileges (rezonate.okta)", ["okta.iam.read"], everything)
    tenant.assign_custom_role(app, role, resource_set)
    return {"privilege_role": role, "privilege_set": resource_set}


def pem(name: str) -> str:
    """Return the private key of `helpers.okta_client.public_jwk(name)` as PEM."""
    return private_key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def private_jwk(name: str) -> dict[str, Any]:
    """Return the private key of `helpers.okta_client.public_jwk(name)` as JWK."""
    return {**json.loads(RSAAlgorithm.to_jwk(private_key(name))), "kid": name, "use": "sig", "alg": "RS256"}


def stored_record(tenant: Tenant, **more: Any) -> dict[str, Any]:
    """Return the record of a tenant after the key is stored, with additional fields."""
    name = tenant.name
    key = {"key_id": name, "private_key": pem(name), "private_jwk": private_jwk(name)}
    return {"method": "oauth", "tenant_id": name, "org_url": tenant.org_url, "scopes_version": 1, **key, **more}


def named(entries: Sequence[Entry]) -> list[str]:
    """Return requests as `METHOD path`, with ids replaced by their prefixes."""
    return [f"{entry.method} {_IDS.sub(lambda found: found[1], entry.path)}" for entry in entries]


def writes(entries: Sequence[Entry]) -> list[str]:
    """Return the requests that change something in Okta, without requests for access tokens."""
    return [name for name in named(entries) if not name.startswith("GET ") and name != "POST /oauth2/v1/token"]


def as_described(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return requests for validation against Okta's API description, which lacks `use` of the keys in an app."""
    values = copy.deepcopy([entry.as_dict() for entry in entries])
    # the available part of the description lacks the members of a resource set's bindings
    values = [value for value in values if not value["path"].endswith("/members")]
    # it also lacks the settings of the org and some endpoints of the coverage
    undescribed = (
        "/api/v1/org/settings/",
        "/api/v1/policies?",
        "/api/v1/meta/schemas/",
        "/governance/",
        "/workload-principals/",
        "/api/v1/logStreams?",
    )
    values = [value for value in values if not value["path"].startswith(undescribed)]
    for body in (value["body"] for value in values if value["path"].startswith("/api/v1/apps") and "settings" in (value["body"] or {})):
        for key in body["settings"]["oauthClient"]["jwks"]["keys"]:
            key.pop("use", None)
        # part of Okta's recorded responses, and so of PUT requests
        for name in ("app", "manualProvisioning"):
            body["settings"].pop(name, None)
    return values


def _vault(password: str = PASSWORD) -> VaultLib:
    return VaultLib([("rz", VaultSecret(password.encode()))])
