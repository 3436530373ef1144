# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identifiers of a tenant: one key for each org."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.identifiers import (
    display_names,
    org_host,
    org_key,
    store_key,
    tenant_name,
)

ACME, PREVIEW = "https://acme.okta.com", "https://acme.oktapreview.com"


@pytest.mark.parametrize(
    "given", [ACME, "https://ACME.Okta.com/", "acme.okta.com", "acme", " https://acme.okta.com:443 ", "https://acme.okta.com//"]
)
def test_all_forms_of_an_org_url_have_the_same_key(given: str) -> None:
    assert org_key(given) == ACME


@pytest.mark.parametrize("given", [PREVIEW, "https://acme.okta-emea.com", "https://login.acme.com", "https://acme.okta.com:8443", "acme-1"])
def test_another_org_has_another_key(given: str) -> None:
    assert org_key(given) != ACME


@pytest.mark.parametrize("given", [None, "", "https://", " / "])
def test_an_unknown_org_has_no_key(given: str | None) -> None:
    assert (org_key(given), org_host(given)) == ("", "")


def test_a_local_org_keeps_its_host_and_port() -> None:
    assert [org_key(url) for url in ("http://localhost", "http://127.0.0.1:8080/")] == ["http://localhost", "http://127.0.0.1:8080"]


@pytest.mark.parametrize(
    ("tenants", "names"),
    [
        ([("acme", ACME), ("globex", None)], ["acme", "globex"]),
        ([("acme", PREVIEW)], ["acme"]),
        ([("acme", ACME), ("acme", PREVIEW)], ["acme", "acme (acme.oktapreview.com)"]),
        ([("acme", "https://login.acme.com"), ("acme", None)], ["acme (login.acme.com)", "acme (unknown org)"]),
    ],
)  # fmt: skip
def test_tenants_with_the_same_tenant_id_are_distinguished_by_their_hosts(tenants: list[tuple[str, str | None]], names: list[str]) -> None:
    assert display_names(tenants) == names


@pytest.mark.parametrize(
    ("given", "domain", "name"),
    [
        ("acme", "okta.com", "acme"),
        ("ACME", "okta.com", "acme"),
        (" https://Acme.okta.com/ ", "Okta.com", "acme"),
        ("acme.okta.com", "okta.com", "acme"),
        ("acme.okta.com", "oktapreview.com", "acme.okta.com"),
        ("https://", "okta.com", "https://"),
        ("", "okta.com", ""),
    ],
)
def test_a_tenant_is_named_without_scheme_and_domain(given: str, domain: str, name: str) -> None:
    assert tenant_name(given, domain) == name


@pytest.mark.parametrize(
    ("org_url", "key"),
    [
        (ACME, "acme"),
        ("https://acme-test.okta.com", "acme__test"),
        (PREVIEW, "acme_oktapreview_com"),
        ("http://127.0.0.1:8080", "127_0_0_1_8080"),
        ("https://okta.com.example", "okta_com_example"),
    ],
)
def test_a_store_key_is_valid_in_the_name_of_a_variable(org_url: str, key: str) -> None:
    assert store_key(org_url) == key
