# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's client with DPoP against the emulator: changing nonces and lost responses."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import KeyAuthentication, OAuthClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.client import OktaClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.dpop import DpopProofs
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import parse_org_url
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Transport, TransportSettings
from helpers.okta_client import public_jwk
from helpers.workspace import pem
from okta_emulator import Emulator, Tenant

USERS = "/api/v1/users?limit=1"
NEW = {"profile": {"name": "Made with a proof"}}


@pytest.fixture
def caller(okta: Emulator, tenant: Tenant) -> OktaClient:
    """Return a client of an app that requires DPoP."""
    app = tenant.add_app("Bound", [public_jwk("dpop")], dpop_bound_access_tokens=True)
    tenant.grant(app, "okta.users.read", "okta.groups.manage")
    tenant.assign_role(app, "USER_ADMIN")
    org = parse_org_url(okta.listen(tenant.name, tls=False))
    identity = KeyAuthentication(jwk.load_private_key(pem("dpop"), key_id="dpop"))
    credential = OAuthClient(org.url, app, identity, ("okta.users.read", "okta.groups.manage"), proofs=DpopProofs())
    return OktaClient(org, credential, Transport(TransportSettings(timeout=5), sleep=lambda _seconds: None))


def seen(tenant: Tenant) -> list[tuple[str, str, int | None]]:
    """Return the received requests in a short form."""
    return [(entry.method, entry.path.rpartition("/")[2], entry.status) for entry in tenant.requests]


FIRST = [("POST", "token", 400), ("POST", "token", 200)]


def test_a_nonce_is_requested_once(tenant: Tenant, caller: OktaClient) -> None:
    assert caller.get(USERS, "read", expect=list)
    assert caller.write("POST", "/api/v1/groups", "make", body=NEW)
    assert seen(tenant) == [*FIRST, ("GET", "users?limit=1", 200), ("POST", "groups", 200)]
    assert {entry.auth for entry in tenant.requests[2:]} == {"dpop"}


def test_an_api_that_requires_nonces_gets_the_current_one(tenant: Tenant, caller: OktaClient) -> None:
    tenant.set(dpop_api_nonce=True)
    assert caller.get(USERS, "read", expect=list)
    assert caller.get(USERS, "read", expect=list)
    tenant.rotate_nonce()
    assert caller.write("POST", "/api/v1/groups", "make", body=NEW)
    read, made = ("GET", "users?limit=1"), ("POST", "groups")
    assert seen(tenant) == [*FIRST, (*read, 400), (*read, 200), (*read, 200), (*made, 400), (*made, 200)]
    assert len(tenant.state.groups) == 1


def test_an_expired_nonce_of_the_token_endpoint_is_replaced(tenant: Tenant, caller: OktaClient) -> None:
    credential = caller.credential
    assert isinstance(credential, OAuthClient)
    for _time in range(2):
        credential.mint(caller.transport)
        tenant.rotate_nonce()
    assert seen(tenant) == FIRST * 2


@pytest.mark.parametrize("kind", ["close_after", "status"])
@pytest.mark.parametrize(("path", "skip"), [("/token$", 0), ("/token$", 1), ("/users", 0)])
def test_a_lost_response_takes_only_one_more_proof(tenant: Tenant, caller: OktaClient, kind: str, path: str, skip: int) -> None:
    more: dict[str, Any] = {"status": 503, "processed": True} if kind == "status" else {}
    tenant.emulator.fault(kind, tenant=tenant.name, path=path, skip=skip, **more)
    assert caller.get(USERS, "read", expect=list)
    assert len(tenant.requests) == len(FIRST) + 2


def test_concurrent_calls_share_a_token_and_no_proof(tenant: Tenant, caller: OktaClient) -> None:
    tenant.set(dpop_api_nonce=True)
    found = caller.in_parallel([lambda: caller.get(USERS, "read", expect=list)] * 20)
    assert len(found) == 20
    assert [entry.path for entry in tenant.requests].count("/oauth2/v1/token") == 2


def test_without_proofs_the_message_names_the_missing_option(tenant: Tenant, caller: OktaClient) -> None:
    bound = caller.credential
    assert isinstance(bound, OAuthClient)
    plain = OAuthClient(caller.org.url, bound.client_id, bound._authentication, bound._scopes)
    with pytest.raises(ApiError, match=r"Okta answered 400 invalid_dpop_proof .* The app demands DPoP: set dpop to true\.$"):
        plain.mint(caller.transport)
