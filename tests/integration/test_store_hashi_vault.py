# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example of a store: HashiCorp Vault's KV engine, with check-and-set, by community.hashi_vault's own modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from helpers import other_collections, store_life
from helpers.ansible_run import PLAYBOOK, Run
from helpers.desk import Desk, writes
from helpers.store_life import WITH_OTHERS, StoreLife, store_key
from kv_engine import TOKEN, KvEngine
from okta_emulator import Tenant

STORE = {"rezonate_credential_store": "custom", "rezonate_credential_store_tasks": "store/hashi_vault.yml"}
YEARS = {**store_life.YEARS, "anew": (PLAYBOOK,)}


@pytest.fixture(scope="module")
def vault() -> Iterator[KvEngine]:
    """Run the stand-in."""
    reason = other_collections.missing("community.hashi_vault")
    if reason:
        pytest.skip(f"community.hashi_vault can't be had: {reason}")
    with KvEngine().serving() as engine:
        yield engine


@dataclass(kw_only=True)
class Life(StoreLife):
    """A tenant whose credentials lie in the stand-in."""

    vault: KvEngine
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where its secret is."""
        return f"rezonate/{store_key(self.tenants[0])}"

    def live(self, year: str, *args: str, token: str = TOKEN) -> Run:
        """Run once more."""
        env = {**WITH_OTHERS, "VAULT_ADDR": self.vault.url, "VAULT_TOKEN": token, "NO_PROXY": "127.0.0.1"}
        run = self.run(year, *args, variables=STORE, env=env)
        self.versions[year] = len(self.vault.secrets.get(self.path, []))
        return run


@pytest.fixture(scope="module")
def life(vault: KvEngine, new_desk: Callable[[], Desk], new_tenant: Callable[..., Tenant]) -> Life:
    """Live through all of it."""
    life = Life(new_desk(), [new_tenant()], vault=vault)
    for year, args in YEARS.items():
        life.live(year, *args)
    return life


@pytest.mark.parametrize("year", YEARS)
def test_every_year_goes_well(life: Life, year: str) -> None:
    assert life.runs[year].rc == 0, life.runs[year].output[-3000:]


def test_each_change_is_one_version(life: Life) -> None:
    assert life.versions == {"check": 0, "onboarded": 3, "again": 3, "prepared": 5, "finished": 7, "offboarded": 8, "anew": 11}


def test_what_is_kept_is_ciphertext(life: Life) -> None:
    kept = [version["ciphertext"] for version in life.vault.secrets[life.path] if version is not None]
    assert [text.partition("\n")[0] for text in kept] == ["", *["$ANSIBLE_VAULT;1.2;AES256;rz"] * 3]


def test_offboarding_deletes_the_versions_before(life: Life) -> None:
    assert life.vault.secrets[life.path][:7] == [None] * 7


def test_the_token_of_the_store_is_not_told(life: Life) -> None:
    told = [event for run in life.runs.values() for event in run.events if TOKEN in str(event)]
    assert [(event.task, event.result) for event in told] == []
    assert [year for year, run in life.runs.items() if TOKEN in run.output] == []


def test_a_rival_write_is_noticed_before_okta_hears_of_the_key(vault: KvEngine, desk: Desk, new_tenant: Callable[..., Tenant]) -> None:
    life = Life(desk, [new_tenant()], vault=vault)
    vault.rivals.add(life.path)
    run = life.live("raced", PLAYBOOK)
    assert run.rc == 2
    assert [event.task.rpartition(" : ")[2] for event in run.events if event.failed] == ["Fail if the secret has a newer version"]
    assert [write for write in writes(life.tenants[0].requests) if "/iam/" not in write] == []  # the custom role stands by itself
    assert vault.secrets[life.path] == [{"ciphertext": "somebody else's"}]


def test_a_store_that_does_not_let_us_in_ends_the_run_before_the_first_call(
    vault: KvEngine, desk: Desk, new_tenant: Callable[..., Tenant]
) -> None:
    life = Life(desk, [new_tenant()], vault=vault)
    run = life.live("refused", PLAYBOOK, token="hvs.another")
    assert "permission denied" in run.failure(life.tenants[0].name).lower()
    assert life.tenants[0].requests == []


@pytest.mark.parametrize("gone", ["deleted", "destroyed"])
def test_a_newest_version_that_somebody_removed_counts(vault: KvEngine, desk: Desk, new_tenant: Callable[..., Tenant], gone: str) -> None:
    life = Life(desk, [new_tenant()], vault=vault)
    vault.secrets[life.path] = [{"ciphertext": "old"}, {"ciphertext": "newest"}]
    if gone == "deleted":
        vault.delete(life.path, {"versions": [2]})
    else:
        vault.destroy(life.path, 2)
    run = life.live("anew", PLAYBOOK)
    assert run.rc == 0, run.output[-3000:]
    assert life.versions["anew"] == 5
    newest = vault.secrets[life.path][-1]
    assert newest is not None
    assert newest["ciphertext"].startswith("$ANSIBLE_VAULT")


def test_a_removed_version_that_can_not_be_seen_is_a_sentence(
    vault: KvEngine, desk: Desk, new_tenant: Callable[..., Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(desk, [new_tenant()], vault=vault)
    vault.secrets[life.path] = [None]
    monkeypatch.setattr(vault, "hides_metadata", True)
    run = life.live("refused", PLAYBOOK)
    sentence = run.failure(life.tenants[0].name) or ""
    assert "newest version is not 0" in sentence
    assert "let the token read secret/metadata/rezonate/*" in sentence
    assert [write for write in writes(life.tenants[0].requests) if "/iam/" not in write] == []  # the custom role stands by itself


def test_without_a_right_to_the_metadata_a_new_tenant_is_stored(
    vault: KvEngine, desk: Desk, new_tenant: Callable[..., Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(desk, [new_tenant()], vault=vault)
    monkeypatch.setattr(vault, "hides_metadata", True)
    run = life.live("onboarded", PLAYBOOK)
    assert run.rc == 0, run.output[-3000:]
