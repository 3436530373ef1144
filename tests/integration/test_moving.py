# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration between methods: the new credentials are verified first, and the previous ones are removed only on request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from helpers.okta_client import public_jwk
from helpers.run_history import RunHistories
from helpers.workspace import Workspace, pem
from okta_emulator import Tenant

OAUTH, SERVICE, TOKEN = "oauth", "api_service_integration", "api_token"
RETIRE = {"rezonate_retire_previous": True}
# The method of each run.
PATHS = {
    "token to app": [TOKEN, OAUTH, OAUTH],
    "app to integration and back": [OAUTH, SERVICE, OAUTH],
    "adopted app to integration": [OAUTH, SERVICE, SERVICE],
    "interrupted": [TOKEN, OAUTH, OAUTH],
}


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistories:
    """Onboard, migrate, migrate back or further, and retire."""
    hosts = {path: new_tenant() for path in PATHS}
    base: dict[str, dict[str, Any]] = {path: {} for path in PATHS}
    for path in ("token to app", "interrupted"):
        base[path]["rezonate_readonly_api_token"] = hosts[path].add_api_token("auditor")
    adopted = hosts["adopted app to integration"]
    key = {"rezonate_application_id": adopted.add_app("By hand", [public_jwk("hand")]), "rezonate_private_key": pem("hand")}

    def method(number: int, **more: Any) -> dict[str, dict[str, Any]]:
        return {path: {**base[path], "rezonate_method": PATHS[path][number], **more} for path in PATHS}

    histories = RunHistories(new_workspace(), hosts, method(0))
    histories.variables["adopted app to integration"] |= key
    histories.run("first")
    # Okta refuses the app's scopes once: the run ends after the app is created
    adopted.emulator.fault("status", tenant=hosts["interrupted"].name, method="POST", path="/grants$", status=400, times=None)
    histories.variables = method(1)
    histories.run("moved")
    adopted.emulator.clear_faults(tenant=hosts["interrupted"].name)
    histories.variables = method(2)
    histories.run("back")
    histories.variables = method(2, **RETIRE)
    histories.run("retire check", "--check")
    histories.run("retired")
    histories.run("again")
    return histories


@pytest.mark.parametrize("path", [path for path in PATHS if path != "interrupted"])
def test_the_new_credentials_are_verified_and_the_previous_ones_stored_under_previous(histories: RunHistories, path: str) -> None:
    assert histories.changed("moved", path)
    before, after = histories.records["first"][path], histories.records["moved"][path]
    assert after["method"] == PATHS[path][1]
    assert "proven_at" in after
    assert after["previous"] == {PATHS[path][0]: before}
    assert f"No longer used: the credentials of {PATHS[path][0]}, which are stored in the vault file under previous." in histories.report(
        "moved", path
    )


def test_an_interrupted_migration_loses_nothing(histories: RunHistories) -> None:
    assert "grants" in histories.failure("moved", "interrupted")
    before = histories.records["first"]["interrupted"]
    assert histories.records["moved"]["interrupted"]["previous"] == {TOKEN: before}
    assert histories.changed("back", "interrupted")
    assert histories.records["back"]["interrupted"]["previous"] == {TOKEN: before}
    assert [app["id"] for app in histories.hosts["interrupted"].apps] == [histories.records["moved"]["interrupted"]["application_id"]]


def test_migrating_back_uses_the_previous_credentials_again(histories: RunHistories) -> None:
    path = "app to integration and back"
    first, back = histories.records["first"][path], histories.records["back"][path]
    assert {name: back[name] for name in first if name != "proven_at"} == {name: first[name] for name in first if name != "proven_at"}
    assert list(back["previous"]) == [SERVICE]
    assert back["previous"][SERVICE]["client_secret"] == histories.records["moved"][path]["client_secret"]


@pytest.mark.parametrize("path", PATHS)
def test_retiring_removes_the_previous_credentials_in_okta_and_in_the_file(histories: RunHistories, path: str) -> None:
    assert histories.changed("retired", path) == histories.changed("retire check", path)
    assert histories.writes("retire check", path) == []
    assert histories.changed("again", path) == []
    if path != "adopted app to integration":
        assert "previous" not in histories.records["retired"][path]
        assert "Removed: the credentials of " in histories.report("retired", path)


def test_only_the_new_credentials_remain_in_okta(histories: RunHistories) -> None:
    hosts = histories.hosts
    for path in ("token to app", "interrupted"):
        assert [token.name for token in hosts[path].state.api_tokens.values()] == ["Bootstrap"]
        assert len(hosts[path].apps) == 1
    assert (len(hosts["app to integration and back"].apps), hosts["app to integration and back"].services) == (1, [])


def test_an_adopted_app_is_not_deleted_and_remains_in_the_file(histories: RunHistories) -> None:
    path = "adopted app to integration"
    assert len(histories.hosts[path].apps) == 1
    assert histories.records["retired"][path]["previous"][OAUTH]["private_key"] == histories.records["first"][path]["private_key"]
