# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret is an Ansible variable after any task of any playbook (design: Who may hold a secret)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import controller.server
import kv_engine
import pytest
from controller import Controller
from helpers import other_collections
from helpers.ansible_run import CONFIRMED, Run
from helpers.awx_admin import configured_controller
from helpers.store_lifecycle import FEW, WITH_OTHER_COLLECTIONS, decrypted, store_key
from helpers.workspace import Workspace, own_token
from kv_engine import KvEngine
from okta_emulator import Tenant

# Members of the stored record that are secrets, at any depth.
SECRET_MEMBERS = ("private_key", "d", "p", "q", "dp", "dq", "qi", "client_secret", "api_token")
# Variables in which the user of this test gives secrets.
OF_USER = ("rezonate_okta_api_token", "rezonate_readonly_api_token")
METHODS = ("oauth", "api_service_integration", "api_token")
TASKS = Path(__file__).with_name("store_in_files.yml")
# The variables of each store, and the collection that it needs.
STORES: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "file": ({"rezonate_credential_store": "file"}, ""),
    "artifact": ({"rezonate_credential_store": "artifact"}, ""),
    "controller": ({"rezonate_credential_store": "controller", "rezonate_controller_organization": "Rezonate"}, "awx.awx"),
    "hashi_vault": (
        {"rezonate_credential_store": "custom", "rezonate_credential_store_tasks": "store/hashi_vault.yml"},
        "community.hashi_vault",
    ),
    "custom": ({"rezonate_credential_store": "custom", "rezonate_credential_store_tasks": str(TASKS)}, ""),
}
CASES = [(method, store) for store in STORES for method in METHODS]
NO_TOKENS = ("--limit", "all:!api_token")  # a manually created token is not rotated
PLAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("onboard_rezonate", ("--check",)),
    ("onboard_rezonate", ()),
    ("onboard_rezonate", ()),
    ("rotate_rezonate", ("-e", "rezonate_rotation=prepare", *NO_TOKENS)),
    ("rotate_rezonate", ("-e", "rezonate_rotation=finish", *NO_TOKENS)),
    ("audit_rezonate", ()),
    ("offboard_rezonate", CONFIRMED),
)


def secrets_in(value: Any) -> Iterator[str]:
    """Return all secrets of a stored record."""
    if isinstance(value, Mapping):
        for name, entry in value.items():
            if name in SECRET_MEMBERS and isinstance(entry, str):
                yield entry
            else:
                yield from secrets_in(entry)


def searched_parts(secret: str) -> list[str]:
    """Return the texts to search for: for a key, its lines and a part of a line, however lines are joined."""
    lines = [line for line in secret.splitlines() if len(line) > 40]  # longer than any header of a PEM
    return [secret, *lines[1:2]]


@dataclass
class ObservedRuns:
    """The runs of all playbooks for a tenant of each method and store, with all variables after each task.

    Args:
        workspace: the workspace of the runs.
        controller: the controller; None if its collection is not available.
        vault: the emulator of HashiCorp Vault.
        tenants: the tenant of each case.
        missing: why a store cannot be tested, by its name.
        artifacts: the artifacts of the runs.
        lines: the output of the probe, by tenant.
        secrets: the secrets that were stored at the end of any run, and the given tokens, by case.
    """

    workspace: Workspace
    controller: Controller | None
    vault: KvEngine
    tenants: dict[tuple[str, str], Tenant]
    missing: Mapping[str, str]
    artifacts: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    secrets: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    @property
    def probe(self) -> Path:
        """The file that the probe writes."""
        return self.workspace.folder / "variables"

    def inventory(self) -> Path:
        """Write the inventory, with a host for each case and a group for each method."""
        groups: dict[str, Any] = {method: {"hosts": {}} for method in METHODS}
        for (method, store), tenant in self.tenants.items():
            given = {"rezonate_method": method, **STORES[store][0]}
            if method == "api_token":
                given["rezonate_readonly_api_token"] = tenant.add_api_token(roles=["READ_ONLY_ADMIN"])
            groups[method]["hosts"][tenant.name] = own_token(tenant, **given)
            self.secrets[method, store] = {tenant.api_token, *(value for name, value in given.items() if name in OF_USER)}
        common = {**FEW, "rezonate_ca_path": self.workspace.okta.ca_file, "store_folder": str(self.workspace.folder)}
        path = self.workspace.folder / "watched.json"
        path.write_text(json.dumps({"all": {"children": groups, "vars": common}}), encoding="utf-8")
        return path

    def run(self, inventory: Path, playbook: str, *args: str) -> Run:
        """Run a playbook for all tenants; the artifacts of the previous run are extra variables."""
        handed = ("-e", json.dumps(self.artifacts)) if self.artifacts else ()
        env = {
            **WITH_OTHER_COLLECTIONS,
            "REZONATE_VARIABLES": str(self.probe),
            "VAULT_ADDR": self.vault.url,
            "VAULT_TOKEN": kv_engine.TOKEN,
            "CONTROLLER_HOST": self.controller.url if self.controller else "",
            "CONTROLLER_OAUTH_TOKEN": controller.server.TOKEN,
            "SSL_CERT_FILE": self.controller.ca_file if self.controller else "",
            "NO_PROXY": "localhost,127.0.0.1",
        }
        forks = ("--forks", str(len(CASES)))
        run = self.workspace.run("-i", inventory, f"rezonate.okta.{playbook}", *forks, *args, *handed, env=env, no_wait=True)
        self.artifacts.update(run.artifacts)
        for case in self.tenants:
            self.secrets[case] |= set(secrets_in(self.stored(*case)))
        return run

    def stored(self, method: str, store: str) -> dict[str, Any]:
        """Return the stored record of a case's tenant."""
        tenant = self.tenants[method, store]
        if store == "file":
            return self.workspace.credentials(tenant) if self.workspace.vault_file(tenant).exists() else {}
        return decrypted(self._text(store, store_key(tenant)))

    def _text(self, store: str, key: str) -> str:
        if store == "artifact":
            return str(self.artifacts.get(f"rezonate_stored_credentials_{key}", ""))
        if store == "custom":
            path = self.workspace.folder / key
            return path.read_text(encoding="utf-8") if path.exists() else ""
        if store == "hashi_vault":
            versions = self.vault.secrets.get(f"rezonate/{key}") or [None]
            return str((versions[-1] or {}).get("ciphertext", ""))
        credentials = self.controller.objects.held["credentials"].values() if self.controller else ()
        return next((str(item["inputs"]["ciphertext"]) for item in credentials if item["name"] == f"Rezonate {key}"), "")

    def of(self, case: tuple[str, str]) -> list[dict[str, Any]]:
        """Return the output of the probe for a case's tenant; skip if its store cannot be tested."""
        if case not in self.tenants:
            pytest.skip(self.missing[case[1]])
        return self.lines[self.tenants[case].name]


@pytest.fixture(scope="module")
def observed(
    request: pytest.FixtureRequest,
    new_workspace: Callable[[], Workspace],
    new_tenant: Callable[..., Tenant],
) -> ObservedRuns:
    """Onboard, onboard again, rotate, audit and offboard the tenants of the selected cases, in shared runs."""
    cases = _chosen(request)
    needed = {store: needs for store in dict.fromkeys(store for _method, store in cases) if (needs := STORES[store][1])}
    missing = {store: f"{needs} can't be had: {why}" for store, needs in needed.items() if (why := other_collections.missing(needs))}
    tenants = {(method, store): new_tenant() for method, store in cases if store not in missing}
    with KvEngine().serving() as vault, _controller_for(tenants) as made:
        seen = ObservedRuns(new_workspace(), made, vault, tenants, missing)
        inventory = seen.inventory()
        for playbook, args in PLAYS:
            run = seen.run(inventory, playbook, *args)
            assert run.rc == 0, (playbook, args, run.output[-3000:])
    for text in seen.probe.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        seen.lines.setdefault(line["host"], []).append(line)
    return seen


def _chosen(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    """Return the cases of the selected tests, since the others need not be run."""
    params = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    chosen = {found.params["case"] for found in params if found is not None}
    return [case for case in CASES if case in chosen]


@contextmanager
def _controller_for(cases: Iterable[tuple[str, str]]) -> Iterator[Controller | None]:
    """Run a configured controller if a case needs one."""
    if "controller" not in {store for _method, store in cases}:
        yield None
        return
    with configured_controller() as configured:
        yield configured


@pytest.mark.parametrize("case", CASES, ids=", ".join)
def test_no_secret_is_a_variable_after_any_task(observed: ObservedRuns, case: tuple[str, str]) -> None:
    lines = observed.of(case)
    secrets = {*observed.secrets[case], kv_engine.TOKEN, controller.server.TOKEN}
    searched = {form for secret in secrets for piece in searched_parts(secret) for form in (piece, json.dumps(piece)[1:-1])}
    texts = {
        (name, json.dumps(value)): line["task"]
        for line in lines
        for name, value in {**line["variables"], **line["registered"]}.items()
        if name not in OF_USER
    }
    assert [(task, name) for (name, text), task in texts.items() if any(piece in text for piece in searched)] == []


@pytest.mark.parametrize("case", CASES, ids=", ".join)
def test_the_probe_sees_variables_and_secrets(observed: ObservedRuns, case: tuple[str, str]) -> None:
    lines = observed.of(case)
    tokens = {line["variables"].get("rezonate_okta_api_token") for line in lines}
    assert tokens & observed.secrets[case]
    assert len(observed.secrets[case]) > (2 if case[0] == "oauth" else 1)
    names = {name for line in lines for name in line["variables"]}
    assert {"rezonate_method", "inventory_hostname", "rezonate__scope_sets"} <= names
    assert ("rezonate_stored" in names) is (case[1] != "file")
