# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A credential of the controller for each tenant, kept by awx.awx itself in a controller that configure_awx has set up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from controller import Controller
from controller.server import TOKEN
from helpers.ansible_run import PLAYBOOK, Run
from helpers.awx_admin import Admin, new_controller
from helpers.desk import PASSWORD, Desk, writes
from helpers.other_collections import missing
from helpers.store_life import WITH_OTHERS, YEARS, StoreLife, opened, store_key
from okta_emulator import Tenant

STORE = {"rezonate_credential_store": "controller", "rezonate_controller_organization": "Rezonate"}


@dataclass(kw_only=True)
class Life(StoreLife):
    """Two tenants whose credentials are the controller's."""

    controller: Controller
    held: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)

    def live(self, year: str, *args: str, token: str = TOKEN) -> Run:
        """Run once more."""
        self.controller.requests.clear()
        env = {
            **WITH_OTHERS,
            "CONTROLLER_HOST": self.controller.url,
            "CONTROLLER_OAUTH_TOKEN": token,
            "SSL_CERT_FILE": self.controller.ca_file,
            "NO_PROXY": "localhost",
        }
        run = self.run(year, *args, variables=STORE, env=env)
        credentials = self.controller.objects.held["credentials"]
        ours = [item for item in credentials.values() if item["name"].startswith("Rezonate rezonate")]
        self.held[year] = {item["name"]: dict(item["inputs"]) for item in ours}
        self.written[year] = self.controller.writes
        return run

    def kept(self, year: str, number: int = 0) -> dict[str, Any]:
        """Give what is kept of a tenant."""
        return opened(self.held[year][f"Rezonate {store_key(self.tenants[number])}"]["ciphertext"])


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
    life = Life(new_desk(), [new_tenant(), new_tenant()], controller=controller)
    for year, args in YEARS.items():
        life.live(year, *args)
    return life


@pytest.mark.parametrize("year", YEARS)
def test_every_year_goes_well(life: Life, year: str) -> None:
    assert life.runs[year].rc == 0, life.runs[year].output[-3000:]


def test_check_mode_writes_nothing(life: Life) -> None:
    assert (life.held["check"], life.written["check"]) == ({}, [])


def test_each_tenant_has_a_credential_with_its_proven_key(life: Life) -> None:
    assert sorted(life.held["onboarded"]) == sorted(f"Rezonate {store_key(tenant)}" for tenant in life.tenants)
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
    life = Life(desk, [new_tenant()], controller=controller)
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
