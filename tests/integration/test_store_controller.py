# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller as credential store: one credential per tenant, saved with awx.awx in a controller that configure_awx has set up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from controller import Controller
from controller.server import TOKEN
from helpers.ansible_run import PLAYBOOK, Run
from helpers.awx_admin import configured_controller
from helpers.other_collections import missing
from helpers.store_lifecycle import PHASES, WITH_OTHER_COLLECTIONS, StoreLifecycle, decrypted, store_key
from helpers.workspace import PASSWORD, Workspace, writes
from okta_emulator import Tenant

STORE = {"rezonate_credential_store": "controller", "rezonate_controller_organization": "Rezonate"}


@dataclass(kw_only=True)
class Lifecycle(StoreLifecycle):
    """Two tenants whose credentials are stored in the controller."""

    controller: Controller
    credentials: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)

    def run_phase(self, phase: str, *args: str, token: str = TOKEN) -> Run:
        """Run a phase."""
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
        managed = [item for item in credentials.values() if item["name"].startswith("Rezonate rezonate")]
        self.credentials[phase] = {item["name"]: dict(item["inputs"]) for item in managed}
        self.written[phase] = self.controller.writes
        return run

    def record(self, phase: str, number: int = 0) -> dict[str, Any]:
        """Return the stored record of a tenant."""
        return decrypted(self.credentials[phase][f"Rezonate {store_key(self.tenants[number])}"]["ciphertext"])


@pytest.fixture(scope="module")
def controller() -> Iterator[Controller]:
    """Run a configured controller."""
    reason = missing("awx.awx")
    if reason:
        pytest.skip(f"awx.awx can't be had: {reason}")
    with configured_controller() as configured:
        yield configured


@pytest.fixture(scope="module")
def lifecycle(controller: Controller, new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Lifecycle:
    """Run all phases."""
    lifecycle = Lifecycle(new_workspace(), [new_tenant(), new_tenant()], controller=controller)
    lifecycle.run_phases(PHASES)
    return lifecycle


@pytest.mark.parametrize("phase", PHASES)
def test_every_phase_succeeds(lifecycle: Lifecycle, phase: str) -> None:
    assert lifecycle.runs[phase].rc == 0, lifecycle.runs[phase].output[-3000:]


def test_check_mode_writes_nothing(lifecycle: Lifecycle) -> None:
    assert (lifecycle.credentials["check"], lifecycle.written["check"]) == ({}, [])


def test_each_tenant_has_a_credential_with_its_verified_key(lifecycle: Lifecycle) -> None:
    assert sorted(lifecycle.credentials["onboarded"]) == sorted(f"Rezonate {store_key(tenant)}" for tenant in lifecycle.tenants)
    for number, tenant in enumerate(lifecycle.tenants):
        record = lifecycle.record("onboarded", number)
        assert (record["tenant_id"], "proven_at" in record, "private_key" in record) == (tenant.name, True, True)


def test_a_second_run_writes_nothing(lifecycle: Lifecycle) -> None:
    assert [lifecycle.runs["again"].changed(tenant.name) for tenant in lifecycle.tenants] == [[], []]
    assert lifecycle.written["again"] == []
    assert lifecycle.credentials["again"] == lifecycle.credentials["onboarded"]


def test_a_rotation_uses_the_stored_credentials(lifecycle: Lifecycle) -> None:
    assert lifecycle.record("finished")["key_id"] == lifecycle.record("prepared")["next"]["key_id"] != lifecycle.record("again")["key_id"]


def test_offboarding_deletes_the_credentials(lifecycle: Lifecycle) -> None:
    assert lifecycle.credentials["offboarded"] == {}


def test_a_controller_that_refuses_access_ends_the_run_before_the_first_call(
    controller: Controller, workspace: Workspace, new_tenant: Callable[..., Tenant]
) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], controller=controller)
    run = lifecycle.run_phase("refused", PLAYBOOK, token="another")
    assert run.rc == 2
    assert lifecycle.tenants[0].requests == []


def test_no_secret_is_printed(lifecycle: Lifecycle) -> None:
    parts = {
        line
        for phase in ("onboarded", "prepared", "finished")
        for line in lifecycle.record(phase)["private_key"].splitlines()
        if len(line) == 64
    }
    printed = "".join(run.output + json.dumps([event.result for event in run.events]) for run in lifecycle.runs.values())
    assert parts
    assert [part for part in [*parts, TOKEN, PASSWORD] if part in printed] == []
    assert writes(lifecycle.tenants[0].requests) == []
