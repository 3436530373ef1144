# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Okta's SDK works with the emulator."""

from __future__ import annotations

import importlib.util

import pytest
from cryptography.hazmat.primitives import serialization
from helpers import okta_sdk as sdk
from helpers.okta_client import private_key, public_jwk
from okta_emulator import Emulator, Tenant

pytestmark = pytest.mark.skipif(importlib.util.find_spec("okta") is None, reason="Okta's SDK isn't installed")


@pytest.fixture
def pem() -> str:
    key = private_key("sdk")
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


@pytest.fixture
def client_id(acme: Tenant) -> str:
    app = acme.add_app("SDK", [public_jwk("sdk"), public_jwk("other")])
    acme.grant(app, "okta.users.read")
    acme.assign_role(app, "READ_ONLY_ADMIN")
    return app


def test_the_sdk_lists_users_through_the_proxy(okta: Emulator, acme: Tenant, client_id: str, pem: str) -> None:
    users = sdk.list_users(acme.org_url, client_id, pem, "sdk", ["okta.users.read"], okta.ca_file, okta.proxy_url)
    assert sorted(users) == sorted(user["profile"]["login"] for user in acme.state.users.values())


def test_the_sdk_lists_users_at_the_port_of_a_tenant(okta: Emulator, acme: Tenant, client_id: str, pem: str) -> None:
    url = okta.listen(acme.name)
    assert len(sdk.list_users(url, client_id, pem, "sdk", ["okta.users.read"], okta.ca_file)) == 7


def test_the_sdk_lists_users_with_dpop(okta: Emulator, acme: Tenant, client_id: str, pem: str) -> None:
    acme.set_app(client_id, dpop_bound_access_tokens=True)
    users = sdk.list_users(acme.org_url, client_id, pem, "sdk", ["okta.users.read"], okta.ca_file, okta.proxy_url, dpop=True)
    assert len(users) == 7
    assert acme.requests[-1].auth == "dpop"


def test_the_sdk_is_refused_with_an_unknown_key(okta: Emulator, acme: Tenant, client_id: str, pem: str) -> None:
    acme.remove_key(client_id, "sdk")
    with pytest.raises(RuntimeError, match="the SDK failed"):
        sdk.list_users(acme.org_url, client_id, pem, "sdk", ["okta.users.read"], okta.ca_file, okta.proxy_url)
