# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret is printed at -vvvv, for any result of a run, and none is stored on the disk in plain text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from helpers.okta_client import public_jwk
from helpers.workspace import PASSWORD, Workspace, own_token, pem, private_jwk
from okta_emulator import Tenant


@dataclass(frozen=True)
class Printed:
    """The output of the runs, and the secrets that it must not contain."""

    workspace: Workspace
    outputs: dict[str, str]
    secrets: frozenset[str]


def of_key(private_key: str, jwk: dict[str, str]) -> Iterator[str]:
    """Return the secrets of a key: the lines of its PEM and the private members of its JWK."""
    yield from (line for line in private_key.splitlines() if "-----" not in line)
    yield from (jwk[member] for member in ("d", "p", "q", "dp", "dq", "qi"))


@pytest.fixture(scope="module")
def printed(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Printed:
    workspace, one, two, lazy = new_workspace(), new_tenant(), new_tenant(), new_tenant(max_apps=0)
    client = two.add_app("Bootstrap", [public_jwk("bootstrap")])
    two.grant(client, "okta.apps.manage", "okta.appGrants.manage", "okta.roles.manage", "okta.roles.read")
    two.assign_role(client, "SUPER_ADMIN")
    by_client = {"rezonate_okta_client_id": client, "rezonate_okta_private_key": json.dumps(private_jwk("bootstrap"))}
    hosts = {one.name: own_token(one), two.name: by_client, lazy.name: own_token(lazy)}
    verbose = ("-vvvv", "--diff")
    outputs = {"check": workspace.fleet(hosts, *verbose, "--check").output, "first": workspace.fleet(hosts, *verbose).output}
    one.revoke_grant("Rezonate", "okta.users.read")
    outputs["drifted"] = workspace.fleet(hosts, *verbose, no_wait=True).output
    outputs["environment"] = workspace.onboard(one, *verbose).output
    outputs["bad vault password"] = workspace.onboard(one, *verbose, "--vault-id", "other@/dev/null", vault=False).output
    secrets = {PASSWORD, *of_key(pem("bootstrap"), private_jwk("bootstrap"))}
    for tenant in (one, two, lazy):
        record = workspace.credentials(tenant)
        secrets |= {*of_key(record["private_key"], record["private_jwk"]), *tenant.state.api_tokens, *tenant.state.access_tokens}
    return Printed(workspace, outputs, frozenset(secret for secret in secrets if len(secret) > 8))


@pytest.mark.parametrize("run", ["check", "first", "drifted", "environment", "bad vault password"])
def test_no_output_contains_a_secret(printed: Printed, run: str) -> None:
    output = printed.outputs[run]
    assert "TASK [" in output or "ERROR" in output
    assert [secret for secret in printed.secrets if secret in output] == []


def test_the_search_uses_many_secrets(printed: Printed) -> None:
    assert len(printed.secrets) > 100


def test_no_file_contains_a_secret_in_plain_text(printed: Printed) -> None:
    given = {printed.workspace.folder / "tenants.json"}
    files = [path for folder in (printed.workspace.folder, printed.workspace.home) for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 4
    found = [path for path in files if path not in given and any(secret.encode() in path.read_bytes() for secret in printed.secrets)]
    assert found == []


def test_no_files_are_left_in_ansible_s_temporary_directories(printed: Printed) -> None:
    assert list(Path(printed.workspace.home).glob(".ansible/tmp/*")) == []
