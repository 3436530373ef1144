# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine with a wrong clock: its assertions are signed again with Okta's time, or a message names the clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError
from ansible_collections.rezonate.okta.plugins.module_utils._crypto import jwk
from ansible_collections.rezonate.okta.plugins.module_utils._okta.authentication import KeyAuthentication, OAuthClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.client import OktaClient
from ansible_collections.rezonate.okta.plugins.module_utils._okta.dpop import DpopProofs
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import parse_org_url
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Transport, TransportSettings
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace, pem
from okta_emulator import Emulator, Reply, Tenant

MINUTE, HOUR = 60.0, 3600.0
SKEWS = [-30 * HOUR, -3 * HOUR, -10 * MINUTE, -10.0, 10.0, 2 * MINUTE, 10 * MINUTE, 3 * HOUR, 30 * HOUR]
USERS = "/api/v1/users?limit=1"


@pytest.fixture(params=[False, True], ids=["bearer", "DPoP"])
def caller(request: pytest.FixtureRequest, okta: Emulator, tenant: Tenant) -> Callable[[], OktaClient]:
    """Return callers, each of which requests its own token."""
    app = tenant.add_app("Skewed", [public_jwk("skewed")], dpop_bound_access_tokens=request.param)
    tenant.grant(app, "okta.users.read")
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    org = parse_org_url(okta.listen(tenant.name, tls=False))

    def make() -> OktaClient:
        identity = KeyAuthentication(jwk.load_private_key(pem("skewed"), key_id="skewed"))
        credential = OAuthClient(org.url, app, identity, ("okta.users.read",), proofs=DpopProofs() if request.param else None)
        return OktaClient(org, credential, Transport(TransportSettings(timeout=5), sleep=lambda _seconds: None))

    return make


@pytest.mark.parametrize("skew", SKEWS)
def test_a_wrong_clock_takes_at_most_one_additional_call(tenant: Tenant, caller: Callable[[], OktaClient], skew: float) -> None:
    tenant.set(clock_skew=skew)
    client = caller()
    assert client.get(USERS, "read", expect=list)
    assert client.get(USERS, "read", expect=list)
    refused = [entry for entry in tenant.requests if entry.status == 401]
    assert len(refused) <= 1
    assert {entry.path for entry in refused} <= {"/oauth2/v1/token"}


@pytest.mark.parametrize(
    ("skew", "words"),
    [(600.0, "10 minutes behind"), (-600.0, "10 minutes ahead of"), (-30 * HOUR, "30 hours ahead of"), (30 * 24 * HOUR, "30 days behind")],
)
def test_if_okta_still_refuses_the_message_names_the_clock_and_the_difference(
    okta: Emulator, tenant: Tenant, caller: Callable[[], OktaClient], skew: float, words: str
) -> None:
    tenant.set(clock_skew=skew)
    body = {"error": "invalid_client", "error_description": "The client_assertion token must be issued before the current time."}
    okta.fault("status", tenant=tenant.name, path="/token$", status=401, body=body, times=None)
    with pytest.raises(ApiError, match=rf"Set this machine's clock: it is {words} Okta's\.$"):
        caller().get(USERS, "read", expect=list)
    assert len(tenant.requests) == 2
    okta.clear_faults(tenant=tenant.name)


def test_without_okta_s_time_the_message_quotes_okta_s_error_about_the_clock(
    okta: Emulator, tenant: Tenant, caller: Callable[[], OktaClient]
) -> None:
    tenant.set(clock_skew=-HOUR)

    def without_date(reply: Reply) -> Reply:
        return Reply(reply.status, reply.body, {**reply.headers, "Date": "none"})

    okta.fault("edit", tenant=tenant.name, times=None, call=without_date)
    with pytest.raises(ApiError, match=r"Check this machine's clock: Okta validates the issue and expiry times"):
        caller().get(USERS, "read", expect=list)
    okta.clear_faults(tenant=tenant.name)


@pytest.mark.parametrize("skew", [-3 * HOUR, 10 * MINUTE])
def test_a_machine_with_a_wrong_clock_onboards(workspace: Workspace, tenant: Tenant, skew: float) -> None:
    tenant.set(clock_skew=skew)
    run = workspace.onboard(tenant, no_wait=True)
    assert run.rc == 0, run.output
    assert workspace.credentials(tenant)["proven_at"]
