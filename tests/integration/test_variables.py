# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret is an Ansible variable after any task of any playbook (design: Who may hold a secret)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from desk import Desk, own_token
from okta_emulator import Tenant
from store_life import opened, store_key
from story import FEW

# Members of the stored record that are secrets, at whatever depth.
SECRET_MEMBERS = ("private_key", "d", "p", "q", "dp", "dq", "qi", "client_secret", "api_token")
# Variables in which the user of this test gives secrets.
OF_USER = ("rezonate_okta_api_token", "rezonate_readonly_api_token")
METHODS = ("oauth", "api_service_integration", "api_token")
CASES = {**{method: (method, "file") for method in METHODS}, "oauth, artifact": ("oauth", "artifact")}


def secrets_in(value: Any) -> Iterator[str]:
    """Give all secrets of a stored record."""
    if isinstance(value, Mapping):
        for name, entry in value.items():
            if name in SECRET_MEMBERS and isinstance(entry, str):
                yield entry
            else:
                yield from secrets_in(entry)


@dataclass
class Watched:
    """Runs of all playbooks for one tenant, with all variables after each task.

    Args:
        secrets: all secrets that were stored at the end of any run, and the bootstrap token.
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    tasks: set[str] = field(default_factory=set)


def pieces(secret: str) -> list[str]:
    """Give what to look for: of a key in lines, a line of its middle too, however lines are joined."""
    lines = [line for line in secret.splitlines() if len(line) > 40]  # no header of a PEM is so long
    return [secret, *lines[1:2]]


@pytest.fixture(scope="module", params=CASES)
def watched(request: pytest.FixtureRequest, new_desk: Callable[[], Desk], new_tenant: Callable[..., Tenant]) -> Watched:
    """Onboard, onboard again, rotate, audit and offboard a tenant."""
    (method, store), desk, tenant = CASES[str(request.param)], new_desk(), new_tenant()
    handed: dict[str, Any] = {}
    probe = desk.folder / "variables"
    seen = Watched(secrets={tenant.api_token})
    given = {**FEW, "rezonate_method": method, "rezonate_credential_store": store}
    if method == "api_token":
        given["rezonate_readonly_api_token"] = tenant.add_api_token(roles=["READ_ONLY_ADMIN"])
        seen.secrets.add(str(given["rezonate_readonly_api_token"]))
    hosts = {tenant.name: own_token(tenant, **given, rezonate_ca_path=str(desk.okta.ca_file))}
    inventory = desk.folder / "watched.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    plays: list[tuple[str, tuple[str, ...]]] = [("onboard_rezonate", ("--check",)), ("onboard_rezonate", ()), ("onboard_rezonate", ())]
    if method != "api_token":
        plays += [("rotate_rezonate_key", ("-e", f"rezonate_rotation={stage}")) for stage in ("prepare", "finish")]
    plays += [("audit_rezonate", ()), ("offboard_rezonate", ("-e", "rezonate_confirm=true"))]
    for playbook, args in plays:
        more = ("-e", json.dumps(handed)) if handed else ()
        run = desk.run("-i", inventory, f"rezonate.okta.{playbook}", *args, *more, env={"REZONATE_VARIABLES": str(probe)})
        assert run.rc == 0, (playbook, args, run.output[-3000:])
        handed.update(run.artifacts)
        kept = (
            desk.credentials(tenant) if desk.vault_file(tenant).exists() else opened(handed.get(f"rezonate_stored_{store_key(tenant)}", ""))
        )
        seen.secrets |= set(secrets_in(kept))
    seen.lines = [json.loads(line) for line in probe.read_text(encoding="utf-8").splitlines()]
    return seen


def test_no_secret_is_a_variable_after_any_task(watched: Watched) -> None:
    wanted = [piece for secret in watched.secrets for piece in pieces(secret)]
    found = set()
    for line in watched.lines:
        for name, value in {**line["variables"], **line["registered"]}.items():
            text = json.dumps(value)
            if name not in OF_USER and any(piece in text or json.dumps(piece)[1:-1] in text for piece in wanted):
                found.add((line["task"], name))
    assert not found


def test_the_probe_sees_variables_and_secrets(watched: Watched) -> None:
    assert len(watched.secrets) > 1
    tokens = {line["variables"].get("rezonate_okta_api_token") for line in watched.lines}
    assert tokens & watched.secrets
    names = {name for line in watched.lines for name in line["variables"]}
    assert {"rezonate_method", "inventory_hostname", "rezonate__scope_sets"} <= names
