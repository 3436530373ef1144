# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example of a custom store: the KV engine of HashiCorp Vault with check-and-set, with the modules of community.hashi_vault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from helpers import other_collections, store_lifecycle
from helpers.ansible_run import PLAYBOOK, Run
from helpers.store_lifecycle import WITH_OTHER_COLLECTIONS, StoreLifecycle, store_key
from helpers.workspace import Workspace, writes
from kv_engine import TOKEN, KvEngine
from okta_emulator import Tenant

STORE = {"rezonate_credential_store": "custom", "rezonate_credential_store_tasks": "store/hashi_vault.yml"}
PHASES = {**store_lifecycle.PHASES, "onboarded again": (PLAYBOOK,)}


@pytest.fixture(scope="module")
def vault() -> Iterator[KvEngine]:
    """Run the emulator of the KV engine."""
    reason = other_collections.missing("community.hashi_vault")
    if reason:
        pytest.skip(f"community.hashi_vault can't be had: {reason}")
    with KvEngine().serving() as engine:
        yield engine


@dataclass(kw_only=True)
class Lifecycle(StoreLifecycle):
    """A tenant whose credentials are stored in the emulator."""

    vault: KvEngine
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The path of its secret."""
        return f"rezonate/{store_key(self.tenants[0])}"

    def run_phase(self, phase: str, *args: str, token: str = TOKEN) -> Run:
        """Run a phase."""
        env = {**WITH_OTHER_COLLECTIONS, "VAULT_ADDR": self.vault.url, "VAULT_TOKEN": token, "NO_PROXY": "127.0.0.1"}
        run = self.run(phase, *args, variables=STORE, env=env)
        self.versions[phase] = len(self.vault.secrets.get(self.path, []))
        return run


@pytest.fixture(scope="module")
def lifecycle(vault: KvEngine, new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> Lifecycle:
    """Run all phases."""
    lifecycle = Lifecycle(new_workspace(), [new_tenant()], vault=vault)
    lifecycle.run_phases(PHASES)
    return lifecycle


@pytest.mark.parametrize("phase", PHASES)
def test_every_phase_succeeds(lifecycle: Lifecycle, phase: str) -> None:
    assert lifecycle.runs[phase].rc == 0, lifecycle.runs[phase].output[-3000:]


def test_each_change_is_one_version(lifecycle: Lifecycle) -> None:
    assert lifecycle.versions == {
        "check": 0,
        "onboarded": 3,
        "again": 3,
        "prepared": 5,
        "finished": 7,
        "offboarded": 8,
        "onboarded again": 11,
    }


def test_the_stored_text_is_ciphertext(lifecycle: Lifecycle) -> None:
    stored = [version["ciphertext"] for version in lifecycle.vault.secrets[lifecycle.path] if version is not None]
    assert [text.partition("\n")[0] for text in stored] == ["", *["$ANSIBLE_VAULT;1.2;AES256;rz"] * 3]


def test_offboarding_deletes_the_versions_before(lifecycle: Lifecycle) -> None:
    assert lifecycle.vault.secrets[lifecycle.path][:7] == [None] * 7


def test_the_token_of_the_store_is_not_printed(lifecycle: Lifecycle) -> None:
    events = [event for run in lifecycle.runs.values() for event in run.events if TOKEN in str(event)]
    assert [(event.task, event.result) for event in events] == []
    assert [phase for phase, run in lifecycle.runs.items() if TOKEN in run.output] == []


def test_a_concurrent_write_is_detected_before_the_key_is_sent_to_okta(
    vault: KvEngine, workspace: Workspace, new_tenant: Callable[..., Tenant]
) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], vault=vault)
    vault.rivals.add(lifecycle.path)
    run = lifecycle.run_phase("raced", PLAYBOOK)
    assert run.rc == 2
    assert [event.task.rpartition(" : ")[2] for event in run.events if event.failed] == ["Fail if the secret has a newer version"]
    assert [
        write for write in writes(lifecycle.tenants[0].requests) if "/iam/" not in write
    ] == []  # the custom role is independent of the key
    assert vault.secrets[lifecycle.path] == [{"ciphertext": "somebody else's"}]


def test_a_store_that_refuses_access_ends_the_run_before_the_first_call(
    vault: KvEngine, workspace: Workspace, new_tenant: Callable[..., Tenant]
) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], vault=vault)
    run = lifecycle.run_phase("refused", PLAYBOOK, token="hvs.another")
    assert "permission denied" in run.failure(lifecycle.tenants[0].name).lower()
    assert lifecycle.tenants[0].requests == []


@pytest.mark.parametrize("how", ["deleted", "destroyed"])
def test_a_removed_newest_version_is_counted(vault: KvEngine, workspace: Workspace, new_tenant: Callable[..., Tenant], how: str) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], vault=vault)
    vault.secrets[lifecycle.path] = [{"ciphertext": "old"}, {"ciphertext": "newest"}]
    if how == "deleted":
        vault.delete(lifecycle.path, {"versions": [2]})
    else:
        vault.destroy(lifecycle.path, 2)
    run = lifecycle.run_phase("onboarded again", PLAYBOOK)
    assert run.rc == 0, run.output[-3000:]
    assert lifecycle.versions["onboarded again"] == 5
    newest = vault.secrets[lifecycle.path][-1]
    assert newest is not None
    assert newest["ciphertext"].startswith("$ANSIBLE_VAULT")


def test_a_removed_version_that_is_not_readable_is_reported(
    vault: KvEngine, workspace: Workspace, new_tenant: Callable[..., Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], vault=vault)
    vault.secrets[lifecycle.path] = [None]
    monkeypatch.setattr(vault, "hides_metadata", True)
    run = lifecycle.run_phase("refused", PLAYBOOK)
    sentence = run.failure(lifecycle.tenants[0].name) or ""
    assert "newest version is not 0" in sentence
    assert "permit the token to read secret/metadata/rezonate/*" in sentence
    assert [
        write for write in writes(lifecycle.tenants[0].requests) if "/iam/" not in write
    ] == []  # the custom role is independent of the key


def test_without_access_to_the_metadata_a_new_tenant_is_stored(
    vault: KvEngine, workspace: Workspace, new_tenant: Callable[..., Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle = Lifecycle(workspace, [new_tenant()], vault=vault)
    monkeypatch.setattr(vault, "hides_metadata", True)
    run = lifecycle.run_phase("onboarded", PLAYBOOK)
    assert run.rc == 0, run.output[-3000:]
