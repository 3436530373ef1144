# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scope grants."""

from __future__ import annotations

import time
from typing import Any

import pytest
from helpers.okta_client import Api, error_of
from okta_emulator import Emulator, Tenant


def grant(api: Api, app_id: str, scope: str = "okta.users.read", issuer: str | None = None) -> Any:
    return api("POST", f"/api/v1/apps/{app_id}/grants", json={"issuer": issuer or api.tenant.org_url, "scopeId": scope})


@pytest.mark.parametrize("suffix", ["/", "-admin", "custom"])
def test_the_issuer_must_be_the_org_url(api: Api, acme: Tenant, suffix: str) -> None:
    acme.set(custom_domain=f"id.{acme.name}.example")
    own = acme.org_url
    issuer = {"/": own + "/", "-admin": own.replace(".", "-admin.", 1), "custom": f"https://id.{acme.name}.example"}[suffix]
    status, code, cause = error_of(grant(api, api.app()["id"], issuer=issuer))
    assert (status, code) == (400, "E0000001")
    assert own in cause


def test_the_issuer_is_the_org_url_also_on_the_custom_domain(okta: Emulator, acme: Tenant) -> None:
    acme.set(custom_domain=f"id.{acme.name}.example")
    custom = Api(okta, acme, base=f"https://id.{acme.name}.example")
    app = custom.app()
    metadata = custom("GET", "/.well-known/okta-organization").json()["_links"]
    assert metadata["organization"]["href"] == acme.org_url
    assert metadata["alternate"]["href"] == custom.base
    assert grant(custom, app["id"], issuer=custom.base).status_code == 400
    assert grant(custom, app["id"]).status_code == 201


@pytest.mark.parametrize("scope", ["okta.no_such.read", "okta.domains.read", None, 5])
def test_an_unknown_scope_is_refused(api: Api, acme: Tenant, scope: Any) -> None:
    acme.set(unavailable_scopes=["okta.domains.read"])
    status, code, text = error_of(grant(api, api.app()["id"], scope))
    assert (status, code, text) == (400, "E0000001", "Api validation failed: scopeId")


def test_an_org_can_have_additional_scopes(api: Api, acme: Tenant) -> None:
    acme.set(extra_scopes=["okta.brandNew.read"], grant_status=200)
    assert grant(api, api.app()["id"], "okta.brandNew.read").status_code == 200


def test_granting_twice_is_an_error(api: Api, acme: Tenant) -> None:
    app = api.app()
    assert grant(api, app["id"]).status_code == 201
    status, code, cause = error_of(grant(api, app["id"]))
    assert (status, code, "already granted" in cause) == (400, "E0000001", True)
    assert acme.scopes("Rezonate") == ["okta.users.read"]


def test_grants_remain_after_an_app_with_a_separate_client_id(api: Api, acme: Tenant) -> None:
    acme.add_app("Own", client_id="own-client-id")
    acme.grant("own-client-id", "okta.users.read")
    other = acme.add_app("Other")
    acme.grant(other, "okta.users.read")
    acme.remove_app("Own")
    acme.remove_app("Other")
    assert acme.scopes("own-client-id") == ["okta.users.read"]
    assert acme.scopes(other) == []


def test_grants_are_listed_in_pages_read_and_deleted(api: Api, acme: Tenant) -> None:
    base = f"/api/v1/apps/{api.app()['id']}/grants"
    acme.grant("Rezonate", "okta.users.read", "okta.apps.read", "okta.logs.read")
    acme.set(page_size=2)
    first = api("GET", base)
    second = api.session.get(first.links["next"]["url"])
    grants = first.json() + second.json()
    assert [item["scopeId"] for item in grants] == ["okta.users.read", "okta.apps.read", "okta.logs.read"]
    assert api("DELETE", f"{base}/{grants[0]['id']}").status_code == 204
    assert error_of(api("GET", f"{base}/{grants[0]['id']}"))[:2] == (404, "E0000007")


@pytest.mark.parametrize("lost", [[], ["expand"]])
def test_a_link_to_the_next_page_can_lack_a_parameter(api: Api, acme: Tenant, lost: list[str]) -> None:
    base = f"/api/v1/apps/{api.app()['id']}/grants"
    acme.grant("Rezonate", "okta.users.read", "okta.apps.read")
    acme.set(page_size=1, lost_in_links=lost)
    first = api("GET", f"{base}?expand=scope")
    (second,) = api.session.get(first.links["next"]["url"]).json()
    assert ["_embedded" in grant for grant in (first.json()[0], second)] == [True, not lost]


def test_an_org_can_assign_super_admin_automatically(api: Api, acme: Tenant) -> None:
    acme.set(public_client_app_admins=True)
    app = api.app()
    assert acme.roles("Rezonate") == []
    grant(api, app["id"])
    assert [role["type"] for role in api("GET", f"/oauth2/v1/clients/{app['id']}/roles").json()] == ["SUPER_ADMIN"]


def test_an_org_can_assign_super_admin_late(api: Api, acme: Tenant) -> None:
    acme.set(public_client_app_admins=True, super_admin_delay=0.3)
    app = api.app()
    grant(api, app["id"])
    path = f"/oauth2/v1/clients/{app['id']}/roles"
    assert api("GET", path).json() == []
    time.sleep(0.35)
    assert len(api("GET", path).json()) == 1
