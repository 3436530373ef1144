# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One tenant, as documented: check mode, onboarding, onboarding again, and check mode again."""

from __future__ import annotations

import importlib.util
import stat
from collections.abc import Callable

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from emulator.contract import openapi
from helpers import okta_sdk
from helpers.ansible_run import ROOT
from helpers.run_history import RunHistory
from helpers.workspace import Workspace, as_described, named, writes
from okta_emulator import Tenant

_SET = yaml.safe_load((ROOT / "roles/rezonate/vars/main/scopes.yml").read_text(encoding="utf-8"))["rezonate__scope_sets"]["2"]
SCOPES = sorted(_SET["scopes"] + _SET["optional_scopes"])
# The concurrent reads before the first write, and the concurrent reads after a change. A second run makes the same reads.
PRIVILEGES = "Rezonate%20privileges%20%28rezonate.okta%29"
FIRST_READS = [
    "GET /api/v1/apps?limit=1",
    "GET /api/v1/apps?q=Rezonate&limit=200",
    f"GET /api/v1/iam/resource-sets/{PRIVILEGES}",
    f"GET /api/v1/iam/roles/{PRIVILEGES}",
    "GET /api/v1/org/settings/clientPrivilegesSetting",
    "GET /api/v1/users/00u/roles",
    "GET /api/v1/users/me",
]
PRIVILEGES_LOOK = ["GET /api/v1/iam/resource-sets/iam/resources", "GET /api/v1/iam/roles/cr0/permissions"]
COVERAGE = [
    "GET /api/v1/apps?limit=1",
    "GET /api/v1/groups?limit=1",
    "GET /api/v1/iam/roles",
    "GET /api/v1/logStreams?limit=1",
    "GET /api/v1/logs?limit=1",
    "GET /api/v1/meta/schemas/user/default",
    "GET /api/v1/policies?type=OKTA_SIGN_ON",
    "GET /governance/api/v1/campaigns?limit=1",
    "GET /governance/api/v1/collections?limit=1",
    "GET /governance/api/v2/requests?limit=1",
    "GET /workload-principals/api/v1/ai-agents?limit=1",
]
SECOND_READS = ["GET /api/v1/apps/0oa", "GET /api/v1/apps/0oa/grants", "GET /oauth2/v1/clients/0oa/roles"]
# The maximum number of connections of a task.
SIDE_BY_SIDE = {
    "Grant the scopes": 15,
    "Find or create the service app": 2,
    "the custom role and resource set for privilege visibility": 2,
    "compare the tenant with the plan": 7,
    "compare the tenant again": 15,
}


@pytest.fixture(scope="module")
def history(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant]) -> RunHistory:
    """Onboard a tenant twice, with check mode before and after."""
    history = RunHistory(new_workspace(), new_tenant())
    history.run("check", "--check", "--diff")
    history.run("first")
    history.run("second")
    history.run("check again", "--check", "--diff")
    return history


@pytest.mark.parametrize("name", ["check", "first", "second", "check again"])
def test_a_run_succeeds_without_a_warning(history: RunHistory, name: str) -> None:
    run = history.runs[name]
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output
    assert "Traceback" not in run.output


def test_the_first_run_makes_exactly_these_calls(history: RunHistory) -> None:
    around = [name for name in named(history.requests["first"]) if name != "POST /api/v1/apps/0oa/grants"]
    # concurrently, in any order
    last = sorted(["GET /api/v1/users?limit=1", *COVERAGE, *SECOND_READS])
    for part in (slice(0, len(FIRST_READS)), slice(len(FIRST_READS), len(FIRST_READS) + 2), slice(-len(last), None)):
        around[part] = sorted(around[part])
    assert around == [
        *FIRST_READS,
        "POST /api/v1/iam/resource-sets",
        "POST /api/v1/iam/roles",
        "POST /api/v1/apps",
        "GET /api/v1/apps?q=Rezonate&limit=200",
        "POST /oauth2/v1/clients/0oa/roles",
        "POST /oauth2/v1/clients/0oa/roles",
        "POST /oauth2/v1/token",
        *last,
    ]


def test_the_first_run_grants_each_scope_with_one_call(history: RunHistory) -> None:
    granted = [entry for entry in history.requests["first"] if entry.path.endswith("/grants") and entry.method == "POST"]
    assert sorted(entry.body["scopeId"] for entry in granted) == SCOPES
    assert {entry.body["issuer"] for entry in granted} == {history.tenant.org_url}


def test_the_first_run_makes_eighteen_calls_without_grants_and_coverage(history: RunHistory) -> None:
    assert len(COVERAGE) <= 12
    assert len(history.requests["first"]) <= len(SCOPES) + len(COVERAGE) + 18


def test_the_second_run_makes_six_reads_and_requests_a_token(history: RunHistory) -> None:
    calls = named(history.requests["second"])
    assert sorted(calls) == sorted([*SECOND_READS, *PRIVILEGES_LOOK, "POST /oauth2/v1/token", "GET /api/v1/users?limit=1"])
    assert calls.index("POST /oauth2/v1/token") < calls.index("GET /api/v1/users?limit=1")


def test_the_second_run_changes_nothing(history: RunHistory) -> None:
    assert history.runs["second"].stats[history.tenant.name]["changed"] == 0


@pytest.mark.parametrize(("name", "most"), [("first", 16), ("second", 5)])
def test_a_tenant_takes_at_most_so_many_tasks(history: RunHistory, name: str, most: int) -> None:
    stats = history.runs[name].stats[history.tenant.name]
    assert sum(stats[kind] for kind in ("ok", "skipped", "failures")) <= most


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_task_has_one_connection_pool(history: RunHistory, name: str) -> None:
    tasks = {event.task for event in history.runs[name].tasks(history.tenant.name)}
    used = {task: {entry.connection for entry in history.calls_of(name, task)} for task in tasks}
    assert sum(map(len, used.values())) == len(set().union(*used.values()))
    for task, connections in used.items():
        assert len(connections) <= next((most for end, most in SIDE_BY_SIDE.items() if task.endswith(end)), 1), task


@pytest.mark.parametrize("name", ["check", "first", "second", "check again"])
def test_requests_match_okta_s_api_description(history: RunHistory, name: str) -> None:
    openapi.validate_logged(as_described(history.requests[name]))


def test_check_mode_predicts_which_tasks_change_something(history: RunHistory) -> None:
    predicted, real = (history.runs[name].changed(history.tenant.name) for name in ("check", "first"))
    # both runs create a key, and the key of check mode is discarded
    assert predicted == real != []
    assert history.runs["check again"].changed(history.tenant.name) == []


def test_check_mode_writes_nothing(history: RunHistory) -> None:
    assert writes(history.requests["check"]) == []
    assert writes(history.requests["check again"]) == []
    assert not history.existed["check"]


def test_the_diff_shows_the_predicted_state(history: RunHistory) -> None:
    result = history.runs["check"].result("Grant the scopes", history.tenant.name)
    assert result["diff"] == {"before": {"scopes": []}, "after": {"scopes": SCOPES}}
    assert '+        "READ_ONLY_ADMIN"' in history.runs["check"].output


def test_okta_has_one_app_with_the_managed_key_scopes_and_role(history: RunHistory) -> None:
    record = history.workspace.credentials(history.tenant)
    (app,) = history.tenant.apps
    assert (app["id"], app["label"], app["status"]) == (record["application_id"], "Rezonate", "ACTIVE")
    (key,) = history.tenant.keys(app["id"])
    assert (key["kid"], key["n"], key["status"]) == (record["key_id"], record["private_jwk"]["n"], "ACTIVE")
    assert history.tenant.scopes(app["id"]) == SCOPES
    assert sorted(history.tenant.roles(app["id"])) == ["CUSTOM", "READ_ONLY_ADMIN"]


def test_ansible_vault_shows_the_credentials(history: RunHistory) -> None:
    record = yaml.safe_load(history.workspace.view(history.tenant))["rezonate_credentials"]
    fields = "application_id bootstrap_owner key_id made method org_id org_url private_jwk private_key proven_at scopes_version tenant_id"
    assert sorted(record) == [*fields.split(), "unavailable_scopes"]
    facts = ["oauth", history.tenant.name, history.tenant.org_url, [], (history.tenant.find_user("owner") or {})["id"]]
    assert [record["method"], record["tenant_id"], record["org_url"], record["unavailable_scopes"], record["bootstrap_owner"]] == facts
    numbers = load_pem_private_key(record["private_key"].encode(), None).public_key().public_numbers()
    assert numbers.n.bit_length() == 2048
    assert record["private_key"].startswith("-----BEGIN PRIVATE KEY-----\n")


def test_only_the_owner_can_access_the_vault_file(history: RunHistory) -> None:
    path = history.workspace.vault_file(history.tenant)
    modes = [stat.S_IMODE(item.stat().st_mode) for item in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert [item.name for item in path.parent.iterdir()] == ["rezonate.vault"]


@pytest.mark.skipif(importlib.util.find_spec("okta") is None, reason="Okta's SDK isn't installed")
def test_the_official_sdk_lists_users_with_the_stored_credentials(history: RunHistory) -> None:
    record = history.workspace.credentials(history.tenant)
    okta = history.workspace.okta
    given = (
        record["org_url"],
        record["application_id"],
        record["private_key"],
        record["key_id"],
        ["okta.users.read"],
        okta.ca_file,
        okta.proxy_url,
    )
    assert len(okta_sdk.list_users(*given)) == len(history.tenant.state.users)


def test_the_report_contains_ids_and_paths(history: RunHistory) -> None:
    report = "\n".join(history.runs["first"].result("Report the status of the tenant", history.tenant.name)["msg"])
    path = history.workspace.vault_file(history.tenant)
    assert f"ansible-vault view --vault-id rz@prompt {path}" in report
    assert f"tenant id {history.tenant.name}," in report
    assert f"application id {history.tenant.apps[0]['id']}," in report
    assert "Settings > Cloud Integrations > New Integration > Okta" in report
