# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts and variables of a list of tenants."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.row import Row, Value
from ansible_collections.rezonate.okta.plugins.plugin_utils._inventory.tenants import TenantHost, read_tenants

TOKEN = "00MadeUpTokenForTenants_0123456789-abcdefg"


def read(*rows: dict[str, Value], columns: dict[str, str] | None = None, plugins: tuple[str, ...] = ()) -> list[TenantHost]:
    return read_tenants([Row(line, cells) for line, cells in enumerate(rows, 2)], columns or {}, plugins)


def refusal(*rows: dict[str, Value], **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(*rows, **options)
    return str(caught.value)


def test_a_tenant_has_the_variables_of_the_role_and_those_of_its_columns() -> None:
    row: dict[str, Value] = {
        "tenant": "Acme",
        "domain": "oktapreview.com",
        "method": "api_token",
        "group": "emea",
        "token": "env:A",
        "wave": 2,
    }
    variables = {
        "tenant_group": "emea",
        "tenant_wave": 2,
        "rezonate_tenant_id": "acme",
        "rezonate_okta_domain": "oktapreview.com",
        "rezonate_method": "api_token",
    }
    assert read(row) == [TenantHost(2, "acme", "https://acme.oktapreview.com", variables, {"rezonate_okta_api_token": "env:A"})]


@pytest.mark.parametrize("name", ["acme", "ACME", "acme.okta.com", "https://acme.okta.com/"])
def test_a_tenant_has_the_names_that_the_role_accepts(name: str) -> None:
    (found,) = read({"tenant": name})
    assert (found.host, found.url, found.variables) == ("acme", "https://acme.okta.com", {"rezonate_tenant_id": "acme"})


@pytest.mark.parametrize("domain", ["login.acme.example", "https://Login.acme.example/"])
def test_a_domain_other_than_okta_s_is_a_custom_domain(domain: str) -> None:
    (found,) = read({"tenant": "acme", "domain": domain})
    assert found.variables == {"rezonate_tenant_id": "acme", "rezonate_org_url": "https://login.acme.example"}


def test_other_columns_for_secrets_contain_references() -> None:
    (found,) = read({"tenant": "acme", "client_secret": "var:x"})
    assert (found.variables, found.references) == ({"rezonate_tenant_id": "acme"}, {"tenant_client_secret": "var:x"})


def test_columns_can_be_renamed() -> None:
    (found,) = read({"org": "acme", "name": "a", "tenant": "t"}, columns={"tenant": "org", "host": "name"})
    assert (found.host, found.variables) == ("a", {"rezonate_tenant_id": "acme", "tenant_tenant": "t"})


def test_only_existing_columns_can_be_renamed() -> None:
    assert refusal(columns={"owner": "x"}).startswith("columns: 'owner' isn't a column of this plugin")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"owner": "x"}, "the column tenant is empty"),
        ({"tenant": "made up"}, "the column tenant names no Okta tenant below okta.com"),
        ({"tenant": "-made-up"}, "the column tenant names no Okta tenant below okta.com"),
        ({"tenant": "made-up.okta.com", "domain": "oktapreview.com"}, "the column tenant names no Okta tenant below oktapreview.com"),
        ({"tenant": "made-up-admin"}, "the column tenant has the Admin Console's name"),
        ({"tenant": 7}, "tenant must be a text: put it in quotes"),
        ({"tenant": "acme", "domain": "made-up"}, "the column domain holds no domain"),
        ({"tenant": "acme", "domain": "made-up@x.example"}, "the column domain holds no domain"),
        ({"tenant": "acme", "domain": "http://made-up.example"}, "the column domain holds no domain"),
        ({"tenant": "acme", "method": "made-up"}, "the column method holds no valid method: use oauth, "),
        ({"tenant": "acme", "host": "made-up!"}, "the column host holds no valid name of a host"),
        ({"tenant": "acme", "token": "made-up"}, "the column token holds no reference to a secret"),
        ({"tenant": "acme", "token": "lookup:made.up.x:y"}, "the column token holds a reference to a lookup plugin that"),
        ({"tenant": "acme", "token": "var:rezonate_okta_api_token"}, "the column token refers to the variable that it sets"),
        ({"tenant": "acme", "x_secret": "var:tenant_x_secret"}, "the column x_secret refers to the variable that it sets"),
        ({"tenant": "acme", "admin_password": 1234}, "the column admin_password holds no reference to a secret"),
        ({"tenant": "acme", "token": TOKEN}, "the column token looks like a plaintext token or key"),
        ({"tenant": "made up", "owner": f"x {TOKEN}"}, "the column owner looks like a plaintext token or key"),
    ],
)
def test_an_invalid_row_is_reported_with_its_line_and_not_repeated(row: dict[str, Value], message: str) -> None:
    found = refusal({"tenant": "globex"}, row)
    assert found.startswith(f"line 3: {message}")
    assert "made" not in found.removesuffix("variable that it sets: store the secret in another one.")
    assert TOKEN not in found


@pytest.mark.parametrize("duplicate", [{"tenant": "ACME"}, {"tenant": "x", "domain": "acme.okta.com"}, {"tenant": "acme", "host": "y"}])
def test_a_duplicate_tenant_is_refused(duplicate: dict[str, Value]) -> None:
    found = refusal({"tenant": "acme"}, {"tenant": "globex"}, duplicate)
    assert found == "line 4: the tenant https://acme.okta.com is in line 2 already: keep one of them."


def test_a_duplicate_host_is_refused() -> None:
    preview: dict[str, Value] = {"tenant": "acme", "domain": "oktapreview.com"}
    assert refusal({"tenant": "acme"}, preview).startswith("line 3: the host acme is in line 2 already")
    assert [tenant.host for tenant in read({"tenant": "acme"}, {**preview, "host": "acme_preview"})] == ["acme", "acme_preview"]
