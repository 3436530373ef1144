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
from helpers.other_collections import missing
from helpers.store_lifecycle import PHASES, WITH_OTHER_COLLECTIONS, StoreLifecycle, decrypted, store_key
from helpers.workspace import PASSWORD, Workspace, writes
from okta_emulator import Tenant

STORE = {"rezonate_credential_store": "controller", "rezonate_controller_organization": "Rezonate"}


@dataclass(kw_only=True)
class Lifecycle(StoreLifecycle):
    """Two tenants whose credentials are the controller's."""

    controller: Controller
    held: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)

    def run_phase(self, phase: str, *args: str, token: str = TOKEN) -> Run:
        """Run once more."""
        self.controller.requests.clear()
        env = {
            **WITH_OTHER_COLLECTIONS,
            "CONTROLLER_HOST": self.controller.url,
            "CONTROLLER_OAUTH_TOKEN": token,
            "SSL_CERT_FILE": self.controller.ca_file,
            "NO_PROXY": "localhost",
        }
        run = self.run(phase, *args, variables=STORE, env=env)
        credentials = self.controller.objects.held["credentials"]
        ours = [item for item in credentials.values() if item["name"].startswith("Rezonate rezonate")]
        self.held[phase] = {item["name"]: dict(item["inputs"]) for item in ours}
        self.written[phase] = self.controller.writes
        return run

    def record(self, phase: str, number: int = 0) -> dict[str, Any]:
        """Return what is kept of a tenant."""
        return decrypted(self.held[phase][f"Rezonate {store_key(self.tenants[number])}"]["ciphertext"])


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
def lifecycle(controller: Controller, new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Lifecycle:
    """Live through all of it."""
    lifecycle = Lifecycle(new_workspace(), [new_tenant(), new_tenant()], controller=controller)
    for phase, args in PHASES.items():
        lifecycle.run_phase(phase, *args)
    return lifecycle


@pytest.mark.parametrize("phase", PHASES)
def test_every_year_goes_well(lifecycle: Lifecycle, phase: str) -> None:
    assert lifecycle.runs[phase].rc == 0, lifecycle.runs[phase].output[-3000:]


def test_check_mode_writes_nothing(lifecycle: Lifecycle) -> None:
    assert (lifecycle.held["check"], lifecycle.written["check"]) == ({}, [])


def test_each_tenant_has_a_credential_with_its_proven_key(lifecycle: Lifecycle) -> None:
    assert sorted(lifecycle.held["onboarded"]) == sorted(f"Rezonate {store_key(tenant)}" for tenant in lifecycle.tenants)
    for number, tenant in enumerate(lifecycle.tenants):
        record = lifecycle.record("onboarded", number)
        assert (record["tenant_id"], "proven_at" in record, "private_key" in record) == (tenant.name, True, True)


def test_a_second_run_writes_nothing(lifecycle: Lifecycle) -> None:
    assert [lifecycle.runs["again"].changed(tenant.name) for tenant in lifecycle.tenants] == [[], []]
    assert lifecycle.written["again"] == []
    assert lifecycle.held["again"] == lifecycle.held["onboarded"]


def test_a_rotation_goes_by_what_is_kept(lifecycle: Lifecycle) -> None:
    assert lifecycle.record("finished")["key_id"] == lifecycle.record("prepared")["next"]["key_id"] != lifecycle.record("again")["key_id"]


def test_offboarding_takes_the_credentials_away(lifecycle: Lifecycle) -> None:
    assert lifecycle.held["offboarded"] == {}


def test_a_controller_that_does_not_let_us_in_ends_the_run_before_okta_is_asked(
    controller: Controller, workspace: Workspace, new_tenant: Callable[..., Tenant]
) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], controller=controller)
    run = lifecycle.run_phase("refused", PLAYBOOK, token="another")
    assert run.rc == 2
    assert lifecycle.tenants[0].requests == []


def test_no_secret_is_told(lifecycle: Lifecycle) -> None:
    parts = {
        line
        for phase in ("onboarded", "prepared", "finished")
        for line in lifecycle.record(phase)["private_key"].splitlines()
        if len(line) == 64
    }
    told = "".join(run.output + json.dumps([event.result for event in run.events]) for run in lifecycle.runs.values())
    assert parts
    assert [part for part in [*parts, TOKEN, PASSWORD] if part in told] == []
    assert writes(lifecycle.tenants[0].requests) == []
