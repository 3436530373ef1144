# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API service integrations: created, verified, drifted, adopted and replaced."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from emulator.contract import openapi
from helpers.run_history import FEW, RunHistories, RunHistory
from helpers.workspace import Workspace, as_described, writes
from okta_emulator import Tenant

METHOD = {"rezonate_method": "api_service_integration"}
KIND = "rezonate_security"
SCOPES = FEW["rezonate_scopes"]
FIND, VERIFY = "Find or create the integration", "Verify the credentials and compare the tenant again"


@pytest.fixture(scope="module")
def history(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistory:
    """Onboard a tenant in check mode, twice for real, and without a token."""
    history = RunHistory(new_workspace(), new_tenant(), {**FEW, **METHOD})
    history.run("check", "--check", "--diff")
    history.run("first", "--diff")
    history.run("second")
    history.run("no token", token="")
    return history


@pytest.mark.parametrize("name", ["check", "first", "second", "no token"])
def test_a_run_succeeds_without_a_warning(history: RunHistory, name: str) -> None:
    assert history.runs[name].rc == 0, history.runs[name].output
    assert "WARNING" not in history.runs[name].output


def test_each_run_makes_exactly_these_calls(history: RunHistory) -> None:
    preflight = ["GET /api/v1/users/me", "GET /api/v1/users/00u/roles"]
    services = "/integrations/api/v1/api-services"
    verification = ["POST /oauth2/v1/token", "GET /api/v1/users?limit=1"]
    reads = [f"GET {services}/0oa", f"GET {services}/0oa/credentials/secrets"]
    assert history.calls("check") == [*preflight, f"GET {services}"]
    made = [
        f"GET {services}",
        f"POST {services}",
        *verification,
        f"GET {services}/0oa",
        f"GET {services}",
        f"GET {services}/0oa/credentials/secrets",
    ]
    assert history.calls("first") == [*preflight, *made]
    assert sorted(history.calls("second")) == sorted([*reads, *verification])  # concurrently
    assert history.calls("no token") == verification


@pytest.mark.parametrize("name", ["check", "first", "second"])
def test_requests_match_okta_s_api_description(history: RunHistory, name: str) -> None:
    openapi.validate_logged(as_described(history.requests[name]))


def test_check_mode_predicts_which_tasks_change_something_and_writes_nothing(history: RunHistory) -> None:
    assert history.changed("check") == history.changed("first") == ["Save the intent to create the integration", FIND, VERIFY]
    assert writes(history.requests["check"]) == []
    assert not history.existed["check"]


@pytest.mark.parametrize("name", ["second", "no token"])
def test_later_runs_change_nothing(history: RunHistory, name: str) -> None:
    assert history.changed(name) == []
    assert history.records[name] == history.records["first"]


def test_okta_has_one_integration_with_the_desired_scopes_and_one_secret(history: RunHistory) -> None:
    (service,) = history.tenant.services
    record = history.records["first"]
    assert (service["id"], service["type"], sorted(service["scopes"])) == (record["client_id"], KIND, sorted(SCOPES))
    (secret,) = service["secrets"]
    assert (secret["client_secret"], secret["secret_hash"]) == (record["client_secret"], record["secret_hash"])


def test_the_file_contains_what_rezonate_needs(history: RunHistory) -> None:
    fields = "bootstrap_owner client_id client_secret method org_url proven_at requested_at secret_hash service_type tenant_id"
    assert sorted(history.records["first"]) == fields.split()


def test_neither_diff_nor_report_shows_the_secret(history: RunHistory) -> None:
    secret = history.records["first"]["client_secret"]
    assert [name for name, run in history.runs.items() if secret in run.output] == []


def test_the_report_contains_the_steps_in_the_console(history: RunHistory) -> None:
    report = history.report("first")
    assert 'New Integration > Okta > "I have store integration": domain ' + f"{history.tenant.name}.okta.com, " in report
    assert f"client id {history.records['first']['client_id']}, client secret: rezonate_credentials.client_secret" in report
    assert "Verification: an access token was issued with the client secret" in report
    assert "verified; not compared with Okta" in history.report("no token")


def test_a_plain_oauth_client_works_with_the_stored_credentials(history: RunHistory) -> None:
    record, okta = history.records["first"], history.workspace.okta
    how: dict[str, Any] = {"proxies": {"https": okta.proxy_url}, "verify": okta.ca_file, "timeout": 20}
    form = {"grant_type": "client_credentials", "scope": " ".join(SCOPES)}
    asked = requests.post(
        f"{record['org_url']}/oauth2/v1/token", data=form, auth=(record["client_id"], record["client_secret"]), **how
    ).json()
    headers = {"Authorization": f"Bearer {asked['access_token']}"}
    assert requests.get(f"{record['org_url']}/api/v1/users", headers=headers, **how).status_code == 200


def service(tenant: Tenant) -> Any:
    """Return the only integration, to change it."""
    (found,) = tenant.state.services.values()
    return found


def other_secret(number: int) -> dict[str, Any]:
    moment = "2026-01-31T12:00:00.000Z"
    names = {"client_secret": f"nobodys-made-up-secret-{number}-4d1f", "secret_hash": f"nobodys-hash-{number}"}
    return {"id": f"ocsNobodys{number:010}", "created": moment, "lastUpdated": moment, "status": "ACTIVE", **names}


def change_scopes(tenant: Tenant) -> None:
    service(tenant).scopes[:] = ["okta.users.read", "okta.apps.read"]


INTEND, ANEW = "Save the intent to replace the client secret", "Create a replacement client secret"
# The drift, and the tasks that correct it.
DRIFTS: dict[str, tuple[Callable[[Tenant], Any], list[str]]] = {
    "integration deleted": (lambda t: t.state.services.clear(), [FIND, VERIFY]),
    "secret deactivated": (lambda t: service(t).secrets[0].update(status="INACTIVE"), [FIND]),
    "secret deleted": (lambda t: service(t).secrets.clear(), [INTEND, ANEW, VERIFY]),
    "unknown second secret": (lambda t: service(t).secrets.append(other_secret(1)), [FIND]),
}
# The drift with which a run fails before its first write, and the message.
STOPS: dict[str, tuple[Callable[[Tenant], Any], str]] = {
    "other secrets": (
        lambda t: service(t).secrets.__setitem__(slice(None), [other_secret(2)]),
        r"secret_hash: the API service integration 0oa\w+ doesn't hold this secret but others, .* Nothing was changed\. .*",
    ),
    "other scopes": (
        change_scopes,
        r"rezonate_scopes: .* has other scopes \(missing: okta\.logs\.read; surplus: okta\.apps\.read\), and .*rezonate_recreate.*",
    ),
}


@pytest.fixture(scope="module")
def drifted(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Tenants with drift: the next runs, the first one also in check mode."""
    cases = [*DRIFTS, *STOPS]
    histories = RunHistories(new_workspace(), {case: new_tenant() for case in cases}, {case: dict(METHOD) for case in cases})
    histories.run("first")
    for case, (meddle, _unused) in {**DRIFTS, **STOPS}.items():
        meddle(histories.hosts[case])
    histories.run("check", "--check")
    histories.run("next")
    histories.variables["other scopes"]["rezonate_recreate"] = True
    histories.variables["other secrets"]["rezonate_adopt_existing"] = True
    histories.run("after")
    return histories


@pytest.mark.parametrize("drift", DRIFTS)
def test_the_next_run_corrects_the_drift_and_check_mode_predicts_it(drifted: RunHistories, drift: str) -> None:
    assert drifted.changed("next", drift) == drifted.changed("check", drift) == DRIFTS[drift][1]
    assert drifted.writes("check", drift) == []
    record, found = drifted.records["next"][drift], service(drifted.hosts[drift])
    assert found.id == record["client_id"]
    (secret,) = found.secrets
    assert (secret["client_secret"], secret["status"]) == (record["client_secret"], "ACTIVE")


@pytest.mark.parametrize("drift", DRIFTS)
def test_the_run_after_that_changes_nothing(drifted: RunHistories, drift: str) -> None:
    assert drifted.changed("after", drift) == []


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("run", ["check", "next"])
def test_a_secret_that_can_be_in_use_stops_the_run(drifted: RunHistories, stop: str, run: str) -> None:
    message = drifted.failure(run, stop)
    assert re.fullmatch(STOPS[stop][1], message), message
    assert drifted.writes(run, stop) == []
    assert drifted.records[run][stop] == drifted.records["first"][stop]


def test_recreate_replaces_an_integration_with_other_scopes(drifted: RunHistories) -> None:
    assert drifted.changed("after", "other scopes") == [FIND, VERIFY]
    record, found = drifted.records["after"]["other scopes"], service(drifted.hosts["other scopes"])
    assert (found.id, sorted(found.scopes)) == (record["client_id"], sorted(SCOPES))
    assert record["client_id"] != drifted.records["first"]["other scopes"]["client_id"]


def test_adoption_adds_a_secret_to_the_others(drifted: RunHistories) -> None:
    assert drifted.changed("after", "other secrets") == [INTEND, ANEW, VERIFY]
    others, managed = service(drifted.hosts["other secrets"]).secrets
    assert (others["id"], managed["client_secret"]) == (other_secret(2)["id"], drifted.records["after"]["other secrets"]["client_secret"])


def foreign(tenant: Tenant) -> None:
    tenant.add_service(KIND, *SCOPES, age=3600)


# The state before the first run, and the message with which it ends.
REFUSED: dict[str, tuple[Callable[[Tenant], Any], str]] = {
    "unmanaged integration": (
        foreign,
        r"This org has an unmanaged API service integration of the type 'rezonate_security', .* rezonate_adopt_existing.*",
    ),
    "unknown type": (
        lambda t: t.set(catalogue=["anzennaapiservice"]),
        r"rezonate_api_service_type: this org can't create .* of the type 'rezonate_security'\. .* > API Service Integrations > .*",
    ),
    "weak token": (
        lambda t: t.remove_user_role("owner", "SUPER_ADMIN"),
        r"The API token belongs to owner@\S+, who has no permission to read its own roles: only a super admin may onboard; .*",
    ),
}


@pytest.fixture(scope="module")
def refused(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Tenants whose first run fails; then the cause is removed, or the adoption is requested."""
    histories = RunHistories(new_workspace(), {case: new_tenant() for case in REFUSED}, {case: dict(METHOD) for case in REFUSED})
    for case, (prepare, _unused) in REFUSED.items():
        prepare(histories.hosts[case])
    histories.run("first")
    histories.variables["unmanaged integration"]["rezonate_adopt_existing"] = True
    histories.hosts["unknown type"].set(catalogue=[KIND])
    histories.hosts["weak token"].assign_user_role("owner", "SUPER_ADMIN")
    histories.run("corrected")
    histories.run("again")
    return histories


@pytest.mark.parametrize("bad", REFUSED)
def test_the_run_fails_with_one_message(refused: RunHistories, bad: str) -> None:
    message = refused.failure("first", bad)
    assert re.fullmatch(REFUSED[bad][1], message), message


@pytest.mark.parametrize("bad", REFUSED)
def test_the_next_run_continues(refused: RunHistories, bad: str) -> None:
    assert FIND in refused.changed("corrected", bad)
    assert refused.changed("again", bad) == []
    assert service(refused.hosts[bad]).id == refused.records["corrected"][bad]["client_id"]


def test_an_adopted_integration_retains_its_secret_and_is_recorded_as_adopted(refused: RunHistories) -> None:
    record = refused.records["again"]["unmanaged integration"]
    assert (record["adopted"], record["take_over"]) == (True, True)
    others, managed = service(refused.hosts["unmanaged integration"]).secrets
    assert others["client_secret"] != managed["client_secret"] == record["client_secret"]


def test_a_wrong_secret_in_the_file_is_reported(history: RunHistory) -> None:
    good = history.workspace.credentials(history.tenant)
    history.workspace.store(history.tenant, {**good, "client_secret": "made-up-wrong-secret-8d5c1b7fa0"})
    history.run("wrong secret")
    history.run("wrong secret, no token", token="")
    history.workspace.store(history.tenant, good)
    for name in ("wrong secret", "wrong secret, no token"):
        assert re.search(r"Okta answered 401 invalid_client", history.failure(name)), history.failure(name)
        assert writes(history.requests[name]) == []
