# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invalid input ends in one clear message that names the option, and the next run continues from the remaining state."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from helpers.ansible_run import Run
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace, own_token, writes
from okta_emulator import Tenant

GOOD = {"rezonate_scopes": ["okta.users.read"], "rezonate_optional_scopes": []}
Variables = dict[str, Any]


@dataclass(frozen=True)
class BadInput:
    """An invalid input or state.

    Args:
        sentence: a pattern of the whole message.
        variables: returns the role's variables for the tenant and the workspace.
        apps: the number of apps that exist afterwards.
        correct: corrects the state; does nothing if the variables are invalid.
        file: whether the vault file exists afterwards.
    """

    sentence: str
    variables: Callable[[Tenant, Workspace], Variables]
    file: bool = False
    apps: int = 0
    correct: Callable[[Tenant], Any] = lambda _: None


def tenant_id(name: str) -> Callable[[Tenant, Workspace], Variables]:
    return lambda _tenant, _workspace: {"rezonate_tenant_id": name}


def scopes(*names: str) -> Callable[[Tenant, Workspace], Variables]:
    return lambda _tenant, _workspace: {"rezonate_scopes": ["okta.users.read", *names]}


def token(make: Callable[[Tenant], str]) -> Callable[[Tenant, Workspace], Variables]:
    return lambda tenant, _workspace: {"rezonate_okta_api_token": make(tenant)}


def revoked(tenant: Tenant) -> str:
    value = tenant.add_api_token("owner")
    tenant.revoke_api_token(value)
    return value


def two_apps(tenant: Tenant, _workspace: Workspace) -> Variables:
    for key in ("left", "right"):
        tenant.add_app("Rezonate", [public_jwk(key)])
    return {}


def full_org(tenant: Tenant, _workspace: Workspace) -> Variables:
    tenant.set(max_apps=0)
    return {}


def other_password(tenant: Tenant, workspace: Workspace) -> Variables:
    workspace.store(tenant, {"method": "oauth"}, password="another-made-up-password-2b9d04e1")
    return {}


def fault(kind: str, **params: Any) -> Callable[[Tenant, Workspace], Variables]:
    def make(tenant: Tenant, _workspace: Workspace) -> Variables:
        tenant.emulator.fault(kind, tenant=tenant.name, times=None, **params)
        return {}

    return make


def file_with(content: bytes) -> Callable[[Tenant, Workspace], Variables]:
    def make(tenant: Tenant, workspace: Workspace) -> Variables:
        path = workspace.vault_file(tenant)
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return {}

    return make


def below_a_file(_tenant: Tenant, workspace: Workspace) -> Variables:
    (workspace.folder / "no-directory").write_text("", encoding="utf-8")
    return {"rezonate_vault_file": str(workspace.folder / "no-directory" / "rezonate.vault")}


NO_FEATURE = {"errorCode": "E0000015", "errorSummary": "You do not have permission to access the feature you are requesting"}
NO_TENANT = r"rezonate_tenant_id '{}' is not the name of an Okta tenant below okta\.com: set it to a name such as acme; .*"
BAD_TOKEN = (
    r"Couldn't read whose API token this is \(GET /api/v1/users/me\): Okta answered 401 E0000011 .* Check rezonate_okta_api_token: .*"
)
WEAK = (
    r"The API token belongs to {}@\S+, who .+: only a super admin may .*"
    r" Use a credential of a super admin \(rezonate_okta_api_token, .*\)\."
)
BAD_INPUTS = {
    "Admin Console's name": BadInput(
        r"rezonate_tenant_id 'acme-rz-admin' is the Admin Console's name, .* use 'acme-rz'\.", tenant_id("acme-rz-admin")
    ),
    "Admin Console's URL": BadInput(
        r"rezonate_tenant_id '.*' is the Admin Console's name, .*", tenant_id("https://acme-rz-admin.okta.com/")
    ),
    "plain http": BadInput(NO_TENANT.format("http://acme-rz.okta.com"), tenant_id("http://acme-rz.okta.com")),
    "path": BadInput(NO_TENANT.format("acme-rz.okta.com/app"), tenant_id("acme-rz.okta.com/app")),
    "empty": BadInput(NO_TENANT.format(""), tenant_id("")),
    "blank": BadInput(NO_TENANT.format(" "), tenant_id(" ")),
    "spaces": BadInput(NO_TENANT.format("acme rz"), tenant_id("acme rz")),
    "no inventory": BadInput(NO_TENANT.format("localhost"), tenant_id("localhost")),
    "another company's URL": BadInput(NO_TENANT.format("https://www.example.com/"), tenant_id("https://www.example.com/")),
    "another company's host": BadInput(NO_TENANT.format(r"acme-rz\.okta\.com\.example\.com"), tenant_id("acme-rz.okta.com.example.com")),
    "bad token": BadInput(BAD_TOKEN, token(lambda _: "00made-up-token-that-nobody-gave-93b1")),
    "revoked token": BadInput(BAD_TOKEN, token(revoked)),
    "token with a blank in it": BadInput(
        r"rezonate_okta_api_token holds blanks .*", token(lambda tenant: f"{tenant.api_token[:9]} {tenant.api_token[9:]}")
    ),
    "token of a read-only admin": BadInput(WEAK.format("auditor"), token(lambda tenant: tenant.add_api_token("auditor"))),
    "token without an admin role": BadInput(WEAK.format("user1"), token(lambda tenant: tenant.add_api_token("user1"))),
    "no such org": BadInput(
        r"GET https://rezonate-nobody\.example/\S+: the proxy that the environment names can't connect .*|rezonate_org_url .*",
        lambda *_: {"rezonate_org_url": "https://rezonate-nobody.example"},
    ),
    "org that doesn't respond": BadInput(
        r"GET http://127\.0\.0\.1:9/api/v1/users/me: no connection \(Connection refused\)\..*",
        lambda *_: {"rezonate_org_url": "http://127.0.0.1:9"},
    ),
    "certificate that doesn't verify": BadInput(
        r"https://\S+: the server's certificate doesn't verify \(.*\)\. Set rezonate_ca_path to .*",
        lambda *_: {"rezonate_ca_path": ""},
    ),
    "page of a proxy": BadInput(
        r"Couldn't read whose API token this is \(GET /api/v1/users/me\): the answer was 403, a page with the title "
        r"'Access blocked by policy'\. It isn't Okta's: .* the proxy http://127\.0\.0\.1:\d+, or a system behind it, sent it\. .*",
        fault("proxy_page"),
    ),
    "feature that the org lacks": BadInput(
        r"Couldn't .* Okta answered 401 E0000015 .* The org doesn't have the feature that this requires, .*",
        fault("status", status=401, body=NO_FEATURE),
    ),
    "ca_path that isn't there": BadInput(
        r"rezonate_ca_path '/nowhere/ca\.pem' (is no file|can't be read).*", lambda *_: {"rezonate_ca_path": "/nowhere/ca.pem"}
    ),
    "another vault password": BadInput(
        r"\S+rezonate\.vault can't be decrypted with the vault secrets of this run .* --vault-id .*", other_password, True
    ),
    "damaged file": BadInput(r"\S+rezonate\.vault is damaged: .*", file_with(b"$ANSIBLE_VAULT;1.2;AES256;rz\nzzzz\n"), True),
    "file that isn't encrypted": BadInput(
        r"\S+rezonate\.vault isn't encrypted with Ansible Vault .*", file_with(b"rezonate_credentials: {}\n"), True
    ),
    "unwritable directory": BadInput(r"\S+/rezonate\.vault can't be (written|read): .*rezonate_vault_file\.", below_a_file),
    "unknown scope": BadInput(
        r"rezonate_scopes: this org doesn't know the scope okta\.nosuch\.read; .*", scopes("okta.nosuch.read"), True, 1
    ),
    "malformed scope": BadInput(
        r"rezonate_scopes, rezonate_optional_scopes: 'okta users read' is not a valid scope, such as okta\.users\.read\.",
        scopes("okta users read"),
    ),
    "ambiguous label": BadInput(
        r"Several service apps have the label 'Rezonate' \(0oa\w+, 0oa\w+\): set rezonate_application_id to one of them, .*",
        two_apps,
        False,
        2,
    ),
    "full org": BadInput(
        r"Couldn't create the app 'Rezonate' \(POST /api/v1/apps\): .* Maximum number of instances has been reached.*",
        full_org,
        True,
        correct=lambda tenant: tenant.set(max_apps=None),
    ),
}
CORRECTED = [bad for bad in BAD_INPUTS if BAD_INPUTS[bad].apps == 1 or bad == "full org"]


@dataclass(frozen=True)
class BadInputFleet:
    """All invalid inputs in one run, together with a valid tenant; then a run after the states are corrected."""

    workspace: Workspace
    hosts: dict[str, Tenant]
    good: Tenant
    run: Run
    apps: dict[str, int]
    files: dict[str, bool]
    corrected: Run


@pytest.fixture(scope="module")
def bad_fleet(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> BadInputFleet:
    workspace = new_workspace()
    hosts = {bad: new_tenant() for bad in BAD_INPUTS}
    good = new_tenant()
    inventory = {
        tenant.name: own_token(tenant, **{**GOOD, **BAD_INPUTS[bad].variables(tenant, workspace)}) for bad, tenant in hosts.items()
    }
    run = workspace.fleet({**inventory, good.name: own_token(good, **GOOD)}, "-v", no_wait=True)
    apps = {bad: len(tenant.apps) for bad, tenant in hosts.items()}
    files = {bad: workspace.vault_file(tenant).exists() for bad, tenant in hosts.items()}
    for bad in CORRECTED:
        BAD_INPUTS[bad].correct(hosts[bad])
    corrected = workspace.fleet({hosts[bad].name: own_token(hosts[bad], **GOOD) for bad in CORRECTED}, no_wait=True)
    return BadInputFleet(workspace, hosts, good, run, apps, files, corrected)


@pytest.mark.parametrize("bad", BAD_INPUTS)
def test_it_ends_in_one_message_that_names_the_option(bad_fleet: BadInputFleet, bad: str) -> None:
    message = bad_fleet.run.failure(bad_fleet.hosts[bad].name)
    assert re.fullmatch(BAD_INPUTS[bad].sentence, message), message
    assert len(message) < 700


@pytest.mark.parametrize("bad", BAD_INPUTS)
def test_only_the_expected_file_and_apps_exist_afterwards(bad_fleet: BadInputFleet, bad: str) -> None:
    expected = BAD_INPUTS[bad]
    assert (bad_fleet.apps[bad], bad_fleet.files[bad]) == (expected.apps, expected.file)
    if not expected.apps:
        assert writes(bad_fleet.hosts[bad].requests) == [] or bad == "full org"


@pytest.mark.parametrize("bad", CORRECTED)
def test_the_next_run_continues_from_the_remaining_state(bad_fleet: BadInputFleet, bad: str) -> None:
    tenant = bad_fleet.hosts[bad]
    assert bad_fleet.corrected.stats[tenant.name]["failures"] == 0, bad_fleet.corrected.failure(tenant.name)
    (app,) = tenant.apps
    assert bad_fleet.workspace.credentials(tenant)["application_id"] == app["id"]
    assert tenant.scopes(app["id"]) == ["okta.users.read"]


def test_there_is_no_traceback(bad_fleet: BadInputFleet) -> None:
    assert "Traceback" not in bad_fleet.run.output
    assert "report this as a bug" not in bad_fleet.run.output


def test_a_valid_tenant_is_onboarded_in_the_same_run(bad_fleet: BadInputFleet) -> None:
    assert bad_fleet.run.stats[bad_fleet.good.name]["failures"] == 0
    assert len(bad_fleet.good.apps) == 1


def refused(run: Run, *tenants: Tenant) -> str:
    """Return the message with which a run ends for each of its tenants before the first call."""
    assert run.rc == 2, run.output
    assert "Traceback" not in run.output
    assert all(tenant.requests == [] for tenant in tenants)
    (message,) = {run.failure(tenant.name) for tenant in tenants}
    return message


def test_one_token_in_the_environment_is_not_sent_to_several_orgs(workspace: Workspace, new_tenant: Callable[..., Tenant]) -> None:
    one, other = new_tenant(), new_tenant()
    run = workspace.fleet({one.name: {}, other.name: {}}, "-v", env={"OKTA_API_TOKEN": one.api_token})
    message = refused(run, one, other)
    assert message.startswith("One API token in the environment (OKTA_CLIENT_TOKEN or OKTA_API_TOKEN) and 2 tenants: ")
    assert message.endswith("Give each tenant its own rezonate_okta_api_token, or set rezonate_shared_token if that is intended.")
    assert not workspace.vault_file(one).exists()


def test_a_run_without_a_vault_password_stops_immediately(workspace: Workspace, tenant: Tenant) -> None:
    message = refused(workspace.onboard(tenant, "-v", vault=False), tenant)
    assert message == "The run has no vault secret: add --vault-id or --ask-vault-pass; nothing was written."
    assert not workspace.vault_file(tenant).exists()


@pytest.mark.parametrize("library", ["requests", "jwcrypto"])
def test_a_missing_library_is_named(workspace: Workspace, tenant: Tenant, tmp_path: Path, library: str) -> None:
    (tmp_path / f"{library}.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    message = refused(workspace.onboard(tenant, "-v", env={"PYTHONPATH": str(tmp_path)}), tenant)
    assert re.fullmatch(rf"The Python that runs this, \S+, lacks {library}: install with '\S+ -m pip install {library}'\.", message)
    assert not workspace.vault_file(tenant).exists()


def test_a_request_to_an_org_that_hangs_times_out(workspace: Workspace, tenant: Tenant) -> None:
    tenant.emulator.fault("timeout", tenant=tenant.name, times=None, seconds=20)
    task = {
        "rezonate.okta.okta_api_token_info": {"timeout": 1, "max_retries": 0, "org_url": tenant.org_url, "ca_path": workspace.okta.ca_file}
    }
    run = workspace.play([{"name": "Hang", **task}], tenant)
    tenant.emulator.clear_faults(tenant=tenant.name)
    assert run.failure(tenant.name).startswith(f"GET {tenant.org_url}/api/v1/users/me: no complete answer in time.")
