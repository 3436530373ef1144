# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app with DPoP, and an app that can be used only from some addresses."""

from __future__ import annotations

import importlib.util
import time
import uuid
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import requests
from emulator.contract import openapi
from helpers import okta_sdk
from helpers.okta_client import ASSERTION_TYPE, proof
from helpers.run_history import RunHistories
from helpers.workspace import Workspace, as_described
from okta_emulator import Tenant

APP = "Rezonate"
HERE, ELSEWHERE = "127.0.0.0/8", "198.51.100.0/24"
VERIFY = "Verify the credentials and compare the tenant again"
# The variables of each case.
CASES: dict[str, Callable[[Tenant], dict[str, Any]]] = {
    "DPoP": lambda _tenant: {"rezonate_dpop": True},
    "zone by name": lambda tenant: {"rezonate_network_zones": ["Cloud"] if tenant.add_zone("Cloud", ELSEWHERE) else []},
    "zone by id": lambda tenant: {"rezonate_network_zones": [tenant.add_zone("Cloud", ELSEWHERE)]},
    "addresses": lambda _tenant: {"rezonate_source_addresses": [ELSEWHERE]},
    "own addresses": lambda _tenant: {"rezonate_source_addresses": [HERE]},
}
BARRED = ["zone by name", "zone by id", "addresses"]


def network(tenant: Tenant) -> dict[str, Any]:
    found: dict[str, Any] = tenant.app(APP)["settings"]["oauthClient"].get("network") or {"connection": "ANYWHERE"}
    return found


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Onboard hardened tenants, then remove the restrictions."""
    hosts = {case: new_tenant() for case in CASES}
    histories = RunHistories(new_workspace(), hosts, {case: CASES[case](tenant) for case, tenant in hosts.items()})
    histories.run("check", "--check")
    histories.run("first")
    limits.update({case: network(tenant) for case, tenant in hosts.items()})
    histories.run("second")
    histories.variables.update({case: {} for case in CASES if case != "DPoP"})
    histories.run("lifted")
    histories.run("again")
    return histories


limits: dict[str, dict[str, Any]] = {}


@pytest.mark.parametrize("case", CASES)
def test_check_mode_predicts_which_tasks_change_something(histories: RunHistories, case: str) -> None:
    # only a real run can determine whether Okta accepts requests from this address
    expected = [task for task in histories.changed("check", case) if task != VERIFY or case not in BARRED]
    assert histories.changed("first", case) == expected != []
    assert histories.writes("check", case) == []


@pytest.mark.parametrize("case", CASES)
def test_a_second_run_changes_nothing(histories: RunHistories, case: str) -> None:
    assert histories.changed("second", case) == []
    assert histories.changed("again", case) == []


@pytest.mark.parametrize("case", BARRED)
def test_a_verification_that_is_refused_from_this_address_is_reported_and_not_a_failure(histories: RunHistories, case: str) -> None:
    for run in ("first", "second"):
        assert "onboarded; not verified, since the app cannot be used from this address" in histories.report(run, case)
        assert "Not verified from this address: the app can be used from the network zones" in histories.report(run, case)
        assert "proven_at" not in histories.records[run][case]


def test_from_an_address_in_the_zone_it_is_verified(histories: RunHistories) -> None:
    assert "onboarded and verified" in histories.report("first", "own addresses")
    assert "proven_at" in histories.records["first"]["own addresses"]


@pytest.mark.parametrize("case", [*BARRED, "own addresses"])
def test_the_app_is_restricted_to_the_zone_until_the_restriction_is_removed(histories: RunHistories, case: str) -> None:
    (zone,) = limits[case]["include"]
    made = histories.records["first"][case].get("made", {})
    assert (made.get("network_zone") == zone) == ("addresses" in case)
    assert network(histories.hosts[case])["connection"] == "ANYWHERE"
    assert "onboarded and verified" in histories.report("lifted", case) or case == "own addresses"


@pytest.mark.parametrize("case", CASES)
def test_requests_match_okta_s_api_description(histories: RunHistories, case: str) -> None:
    for run in ("first", "lifted"):
        openapi.validate_logged(as_described(histories.requests[run][case]))


def test_the_verification_of_an_app_with_dpop_uses_a_bound_token(histories: RunHistories) -> None:
    assert ", bound by DPoP," in histories.report("first", "DPoP")
    assert histories.records["first"]["DPoP"]["dpop"] is True
    assert histories.hosts["DPoP"].app(APP)["settings"]["oauthClient"]["dpop_bound_access_tokens"] is True
    read = next(entry for entry in histories.requests["first"]["DPoP"] if entry.path == "/api/v1/users?limit=1")
    assert read.auth == "dpop"


@pytest.mark.skipif(importlib.util.find_spec("okta") is None, reason="Okta's SDK isn't installed")
def test_the_official_sdk_works_with_an_app_with_dpop(histories: RunHistories) -> None:
    record, okta = histories.records["first"]["DPoP"], histories.workspace.okta
    given = (record["org_url"], record["application_id"], record["private_key"], record["key_id"], ["okta.users.read"])
    found = okta_sdk.list_users(*given, okta.ca_file, okta.proxy_url, dpop=record["dpop"])
    assert len(found) == len(histories.hosts["DPoP"].state.users)


def test_a_plain_client_works_with_an_app_with_dpop(histories: RunHistories) -> None:
    record, okta = histories.records["first"]["DPoP"], histories.workspace.okta
    how: dict[str, Any] = {"proxies": {"https": okta.proxy_url}, "verify": okta.ca_file, "timeout": 20}
    url, users = f"{record['org_url']}/oauth2/v1/token", f"{record['org_url']}/api/v1/users"

    def ask(nonce: str | None = None) -> requests.Response:
        form = {"grant_type": "client_credentials", "scope": "okta.users.read", "client_assertion_type": ASSERTION_TYPE}
        headers = {"DPoP": proof("POST", url, nonce=nonce)}
        return requests.post(url, data={**form, "client_assertion": signed(record, url)}, headers=headers, **how)

    token = ask(ask().headers["dpop-nonce"]).json()["access_token"]
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof("GET", users, token)}
    assert requests.get(users, headers=headers, **how).status_code == 200


def signed(record: dict[str, Any], url: str) -> str:
    """Sign an assertion with PyJWT, independently of the collection."""
    who = record["application_id"]
    claims = {"iss": who, "sub": who, "aud": url, "exp": int(time.time()) + 300, "jti": uuid.uuid4().hex}
    return jwt.encode(claims, record["private_key"], "RS256", headers={"kid": record["key_id"]})
