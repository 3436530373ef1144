# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The location of a tenant's record, and its name in messages."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import StateError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import resolve_settings
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.stores import check_artifact, store_key, store_location
from hypothesis import given
from hypothesis import strategies as st

KEYS = {
    "https://acme.okta.com": "acme",
    "https://acme.oktapreview.com": "acme_oktapreview_com",
    "https://acme-eu.okta.com": "acme__eu",
    "https://id.acme.example": "id_acme_example",
    "https://okta.com.example": "okta_com_example",
    "https://id.acme.example:8443": "id_acme_example_8443",
}


@pytest.mark.parametrize("url", KEYS)
def test_the_store_key_of_a_tenant(url: str) -> None:
    assert store_key(url) == KEYS[url]


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
DOMAIN = st.sampled_from(["okta.com", "oktapreview.com", "okta-emea.com"])


@given(LABEL, DOMAIN, LABEL, DOMAIN)
def test_two_orgs_have_two_keys(one: str, its_domain: str, other: str, other_domain: str) -> None:
    first, second = f"https://{one}.{its_domain}", f"https://{other}.{other_domain}"
    assert (store_key(first) == store_key(second)) == (first == second)


def placed(inventory: str | None = None, **variables: Any) -> dict[str, Any]:
    """The location of the record of acme."""
    return store_location(resolve_settings({f"rezonate_{name}": value for name, value in variables.items()}, "acme"), "acme", inventory)


PATHS: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "beside the inventory": ({}, "/srv/inventory", "/srv/inventory/host_vars/acme/rezonate.vault"),
    "no inventory": ({}, None, "host_vars/acme/rezonate.vault"),
    "named": ({"vault_file": "acme.vault"}, "/srv/inventory", "acme.vault"),
    "artifact": ({"credential_store": "artifact"}, None, "the artifact rezonate_stored_credentials_acme"),
    "controller": ({"credential_store": "controller"}, None, "the controller's credential 'Rezonate acme'"),
    "custom": ({"credential_store": "custom"}, None, "'acme' of your credential store"),
}


@pytest.mark.parametrize("case", PATHS)
def test_messages_name_the_store(case: str) -> None:
    variables, inventory, path = PATHS[case]
    found = placed(inventory, **variables)
    assert (found["path"], found["holds_text"]) == (path, found["store"] != "file")


STORES = {"file": "store/file.yml", "artifact": "store/artifact.yml", "controller": "store/controller.yml", "custom": "own/store.yml"}


@pytest.mark.parametrize("store", STORES)
def test_each_store_has_its_task_file(store: str) -> None:
    assert placed(credential_store=store, credential_store_tasks="own/store.yml") == {
        "store": store,
        "path": placed(credential_store=store)["path"],
        "holds_text": store != "file",
        "vault_id": None,
        "key": "acme",
        "artifact": "rezonate_stored_credentials_acme",
        "controller_name": "Rezonate acme",
        "tenant": "acme",
        "org_url": "https://acme.okta.com",
        "tasks": STORES[store],
    }


def test_the_vault_id_comes_from_the_settings() -> None:
    assert (placed(vault_id="prod")["vault_id"], placed(vault_id="")["vault_id"]) == ("prod", None)


@pytest.mark.parametrize("work", ["rotate", "offboard"])
def test_work_on_stored_credentials_needs_an_artifact(work: str) -> None:
    with pytest.raises(StateError, match=r"^No stored credentials were passed to this run: .* rezonate_stored_credentials_acme is not"):
        check_artifact(placed(credential_store="artifact"), work, {"rezonate_stored_credentials_globex": "text"})


ARTIFACT = "rezonate_stored_credentials_acme"
PASSED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "passed": ("artifact", "rotate", {ARTIFACT: "text"}),
    "offboarded before": ("artifact", "offboard", {ARTIFACT: ""}),
    "saved by this run": ("artifact", "rotate", {"rezonate__artifacts": {ARTIFACT: "text"}}),
    "a new tenant": ("artifact", "onboard", {}),
    "an audit": ("artifact", "audit", {}),
    **{store: (store, "offboard", {}) for store in ("file", "controller", "custom")},
}


@pytest.mark.parametrize("case", PASSED)
def test_other_runs_need_no_artifact(case: str) -> None:
    store, work, variables = PASSED[case]
    check_artifact(placed(credential_store=store, credential_store_tasks="own/store.yml"), work, variables)
