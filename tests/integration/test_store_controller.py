# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A credential of the controller for each tenant, kept by awx.awx itself in a controller that configure_awx has set up."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_run import COLLECTIONS, PLAYBOOK, Run
from awx_admin import Admin, new_controller
from controller import Controller
from controller.server import TOKEN
from desk import PASSWORD, Desk, own_token, writes
from okta_emulator import Tenant
from other_collections import FOLDER, missing

ROTATE, OFFBOARD = "rezonate.okta.rotate_rezonate_key", "rezonate.okta.offboard_rezonate"
VARIABLES = {
    "rezonate_scopes": ["okta.users.read", "okta.logs.read"],
    "rezonate_optional_scopes": [],
    "rezonate_credential_store": "controller",
    "rezonate_controller_organization": "Rezonate",
}
YEARS = {
    "check": (PLAYBOOK, "--check"),
    "onboarded": (PLAYBOOK,),
    "again": (PLAYBOOK,),
    "prepared": (ROTATE, "-e", "rezonate_rotation=prepare"),
    "finished": (ROTATE, "-e", "rezonate_rotation=finish"),
    "offboarded": (OFFBOARD, "-e", "rezonate_confirm=true"),
}


@dataclass
class Life:
    """Two tenants whose credentials are the controller's."""

    desk: Desk
    tenants: list[Tenant]
    controller: Controller
    runs: dict[str, Run] = field(default_factory=dict)
    held: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)

    def live(self, year: str, *args: str, token: str = TOKEN) -> Run:
        """Run once more."""
        self.controller.requests.clear()
        self.desk.okta.clear_requests()
        inventory = self.desk.folder / "tenants.json"
        hosts = {tenant.name: own_token(tenant) for tenant in self.tenants}
        common = {"rezonate_ca_path": self.desk.okta.ca_file, **VARIABLES}
        inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")
        env = {
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(COLLECTIONS), str(FOLDER)]),
            "CONTROLLER_HOST": self.controller.url,
            "CONTROLLER_OAUTH_TOKEN": token,
            "SSL_CERT_FILE": self.controller.ca_file,
            "NO_PROXY": "localhost",
        }
        self.runs[year] = self.desk.run("-i", inventory, *args, env=env)
        credentials = self.controller.objects.held["credentials"]
        self.held[year] = {
            item["name"]: dict(item["inputs"]) for item in credentials.values() if item["name"].startswith("Rezonate rezonate")
        }
        self.written[year] = self.controller.writes
        return self.runs[year]

    def kept(self, year: str, number: int = 0) -> dict[str, Any]:
        """Decrypt what is kept of a tenant, with Ansible's own means."""
        text = self.held[year][f"Rezonate {self.tenants[number].name.replace('-', '__')}"]["ciphertext"]
        vault = VaultLib([("rz", VaultSecret(PASSWORD.encode()))])
        return dict(yaml.safe_load(vault.decrypt(text.encode()))["rezonate_credentials"])


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controller]:
    """Set a controller up."""
    reason = missing("awx.awx")
    if reason:
        pytest.skip(f"awx.awx can't be had: {reason}")
    with new_controller() as made:
        run = Admin(tmp_path_factory.mktemp("admin"), made).configure(awx_project_url="https://git.example/rezonate-playbooks.git")
        assert run.rc == 0, run.failure("localhost")
        yield made


@pytest.fixture(scope="module")
def life(controller: Controller, new_desk: Callable[[], Desk], new_tenant: Callable[..., Tenant]) -> Life:
    """Live through all of it."""
    life = Life(new_desk(), [new_tenant(), new_tenant()], controller)
    for year, args in YEARS.items():
        life.live(year, *args)
    return life


@pytest.mark.parametrize("year", YEARS)
def test_every_year_goes_well(life: Life, year: str) -> None:
    assert life.runs[year].rc == 0, life.runs[year].output[-3000:]


def test_check_mode_writes_nothing(life: Life) -> None:
    assert (life.held["check"], life.written["check"]) == ({}, [])


def test_each_tenant_has_a_credential_with_its_proven_key(life: Life) -> None:
    assert sorted(life.held["onboarded"]) == sorted(f"Rezonate {tenant.name.replace('-', '__')}" for tenant in life.tenants)
    for number, tenant in enumerate(life.tenants):
        kept = life.kept("onboarded", number)
        assert (kept["tenant_id"], "proven_at" in kept, "private_key" in kept) == (tenant.name, True, True)


def test_a_second_run_writes_nothing(life: Life) -> None:
    assert [life.runs["again"].changed(tenant.name) for tenant in life.tenants] == [[], []]
    assert life.written["again"] == []
    assert life.held["again"] == life.held["onboarded"]


def test_a_rotation_goes_by_what_is_kept(life: Life) -> None:
    assert life.kept("finished")["key_id"] == life.kept("prepared")["next"]["key_id"] != life.kept("again")["key_id"]


def test_offboarding_takes_the_credentials_away(life: Life) -> None:
    assert life.held["offboarded"] == {}


def test_a_controller_that_does_not_let_us_in_ends_the_run_before_okta_is_asked(
    controller: Controller, desk: Desk, new_tenant: Callable[..., Tenant]
) -> None:
    life = Life(desk, [new_tenant()], controller)
    run = life.live("refused", PLAYBOOK, token="another")
    assert run.rc == 2
    assert life.tenants[0].requests == []


def test_no_secret_is_told(life: Life) -> None:
    parts = {
        line for year in ("onboarded", "prepared", "finished") for line in life.kept(year)["private_key"].splitlines() if len(line) == 64
    }
    told = "".join(run.output + json.dumps([event.result for event in run.events]) for run in life.runs.values())
    assert parts
    assert [part for part in [*parts, TOKEN, PASSWORD] if part in told] == []
    assert writes(life.tenants[0].requests) == []
