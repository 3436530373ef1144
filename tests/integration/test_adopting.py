# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app that the vendor's script or a person made is kept: no second one, and what works goes on working."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from emulator.contract import openapi
from helpers.ansible_run import Run
from helpers.okta_client import Api, public_jwk
from helpers.run_history import FEW, RunHistories
from helpers.workspace import Workspace, add_privileges, as_described, own_token, pem, stored_record
from okta_emulator import Emulator, Tenant

KEY_SET = "https://vendor.example/keys"
LABEL = "Made by the vendor's script"
SCOPES = sorted(FEW["rezonate_scopes"])


def made_by_script(tenant: Tenant) -> str:
    """Make an app as the vendor's script does: a label and a key id of its own, more scopes than needed."""
    app = tenant.add_app(LABEL, [public_jwk("script")])
    tenant.grant(app, "okta.users.read", "okta.apps.manage")
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    return app


def with_key(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": made_by_script(tenant), "rezonate_private_key": pem("script")}


def take_over(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": made_by_script(tenant), "rezonate_adopt_existing": True}


def no_key(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": made_by_script(tenant)}


def with_secret(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": tenant.add_app(LABEL)}


def with_key_taken_over(tenant: Tenant) -> dict[str, Any]:
    """Adopt an app that is limited, and that holds roles and a setting that nobody asked for."""
    given = with_key(tenant)
    app = given["rezonate_application_id"]
    tenant.set_app(app, dpop_bound_access_tokens=True)
    tenant.grant(app, "okta.users.manage")
    for role in ("USER_ADMIN", "ORG_ADMIN"):
        tenant.assign_role(app, role)
    return {**given, "rezonate_adopt_existing": True}


def key_set(tenant: Tenant) -> dict[str, Any]:
    tenant.add_app("Rezonate", [public_jwk("script")])
    app = tenant.state.apps[tenant.apps[0]["id"]]
    app.keys.clear()
    app.oauth["jwks_uri"] = KEY_SET
    return {}


def key_set_taken_over(tenant: Tenant) -> dict[str, Any]:
    return {**key_set(tenant), "rezonate_adopt_existing": True}


def switched_off(tenant: Tenant) -> dict[str, Any]:
    given = take_over(tenant)
    tenant.set_app_status(given["rezonate_application_id"], "INACTIVE")
    return given


CASES = {
    "with its key": with_key,
    "taken over": take_over,
    "with its key, taken over": with_key_taken_over,
    "with a key set, taken over": key_set_taken_over,
    "without its key": no_key,
    "with a client secret": with_secret,
    "with a key set": key_set,
    "switched off": switched_off,
}
TAKEN = ["taken over", "with its key, taken over", "with a key set, taken over"]
ADOPTED = ["with its key", *TAKEN]
SCRIPTS = [case for case in ADOPTED if case != "with a key set, taken over"]


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant], okta: Emulator) -> RunHistories:
    """Adopt apps; then onboard again without the variables, as the guide says."""
    hosts = {case: new_tenant() for case in CASES}
    histories = RunHistories(new_workspace(), hosts, {case: CASES[case](tenant) for case, tenant in hosts.items()})
    before.update({case: held(tenant) for case, tenant in hosts.items()})
    works.extend(asks(okta, tenant) for case, tenant in hosts.items() if case in SCRIPTS)
    histories.run("check", "--check")
    histories.run("first")
    works.extend(asks(okta, tenant) for case, tenant in hosts.items() if case in SCRIPTS)
    histories.variables.update({case: {} for case in ADOPTED})
    histories.run("second", cases=ADOPTED)
    return histories


works: list[int] = []
before: dict[str, dict[str, Any]] = {}


def held(tenant: Tenant) -> dict[str, Any]:
    """Return what the tenant's one app has, independently of the collection."""
    (app,) = tenant.apps
    stored = tenant.state.apps[app["id"]]
    settings = {name: stored.oauth.get(name) for name in ("dpop_bound_access_tokens", "network", "jwks_uri", "grant_types")}
    keys = {(key["kid"], key["status"]) for key in stored.keys}
    rights = {"scopes": set(tenant.scopes(app["id"])), "roles": set(tenant.roles(app["id"])), "keys": keys}
    return {"label": stored.label, "status": stored.status, **settings, **rights}


def asks(okta: Emulator, tenant: Tenant) -> int:
    """Ask for a token with the script's credentials, independently of the collection."""
    app = tenant.apps[0]["id"]
    api = Api(okta, tenant)
    if tenant.state.apps[app].oauth["dpop_bound_access_tokens"]:
        return api.dpop_token(app, "okta.users.read", key="script", kid="script").status_code
    return api.token(app, "okta.users.read", key="script", kid="script").status_code


def test_an_app_whose_key_is_given_is_brought_to_the_desired_state(histories: RunHistories) -> None:
    (app,) = histories.hosts["with its key"].apps
    assert app["label"] == "Rezonate"
    assert histories.hosts["with its key"].scopes(app["id"]) == SCOPES
    assert histories.hosts["with its key"].roles(app["id"]) == ["CUSTOM", "READ_ONLY_ADMIN"]


@pytest.mark.parametrize("case", ADOPTED)
def test_there_is_no_second_app_and_the_record_says_that_it_is_adopted(histories: RunHistories, case: str) -> None:
    (app,) = histories.hosts[case].apps
    record = histories.records["first"][case]
    assert (record["application_id"], record["adopted"], record.get("take_over", False)) == (app["id"], True, case in TAKEN)


@pytest.mark.parametrize("case", TAKEN)
def test_taking_over_changes_and_removes_nothing_and_adds_what_is_needed(histories: RunHistories, case: str) -> None:
    had, has = before[case], held(histories.hosts[case])
    rights = ("scopes", "roles", "keys")
    assert {name: value for name, value in has.items() if name not in rights} == {
        name: value for name, value in had.items() if name not in rights
    }
    assert all(had[name] <= has[name] for name in rights)
    assert set(SCOPES) <= has["scopes"]
    assert "READ_ONLY_ADMIN" in has["roles"]


@pytest.mark.parametrize("run", ["check", "first", "second"])
@pytest.mark.parametrize(
    ("case", "phrases"),
    [
        ("taken over", ["the public key script (added ", f"the label {LABEL!r} instead of 'Rezonate'", "the scope okta.apps.manage"]),
        ("with its key, taken over", ["access tokens that are bound by DPoP", "the admin role ORG_ADMIN", "the admin role USER_ADMIN"]),
        ("with its key, taken over", ["the scope okta.users.manage", "the scope okta.apps.manage"]),
        ("with a key set, taken over", ["the keys at https://vendor.example/keys"]),
    ],
)
def test_the_report_lists_what_is_beyond_the_desired_state(histories: RunHistories, case: str, phrases: list[str], run: str) -> None:
    (line,) = [line for line in histories.report(run, case).splitlines() if line.startswith("Beyond the desired state")]
    assert [phrase for phrase in phrases if phrase not in line] == []


def test_what_worked_before_works_afterwards(histories: RunHistories) -> None:
    assert works == [200] * 2 * len(SCRIPTS), histories.records


def test_the_key_is_kept_by_the_name_that_the_app_knows(histories: RunHistories) -> None:
    record = histories.records["first"]["with its key"]
    assert (record["key_id"], record["private_jwk"]["kid"], record["private_key"]) == ("script", "script", pem("script"))
    assert [key["kid"] for key in histories.hosts["with its key"].keys("Rezonate")] == ["script"]


def test_taking_over_adds_a_key_beside_the_old_one(histories: RunHistories) -> None:
    kids = [key["kid"] for key in histories.hosts["taken over"].keys(LABEL)]
    assert kids == ["script", histories.records["first"]["taken over"]["key_id"]]
    assert "Unmanaged keys remain on the app until a rotation is finished" in histories.report("second", "taken over")


@pytest.mark.parametrize("case", ADOPTED)
def test_check_mode_predicts_it_and_the_next_run_changes_nothing(histories: RunHistories, case: str) -> None:
    assert histories.changed("check", case) == histories.changed("first", case) != []
    assert histories.writes("check", case) == []
    assert histories.writes("first", case) != []
    assert histories.changed("second", case) == []


@pytest.mark.parametrize("case", ADOPTED)
def test_requests_are_as_okta_describes_them(histories: RunHistories, case: str) -> None:
    openapi.validate_logged(as_described(histories.requests["first"][case]))


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("without its key", "has none of the given keys but other credentials"),
        ("with a client secret", "client_secret_basic"),
        ("with a key set", "which may be in use: the keys at https://vendor.example/keys. Nothing was changed."),
        ("switched off", "is inactive, and the status of an adopted app isn't changed. Nothing was changed."),
    ],
)
@pytest.mark.parametrize("run", ["check", "first"])
def test_what_would_break_something_is_refused(histories: RunHistories, case: str, sentence: str, run: str) -> None:
    assert sentence in histories.failure(run, case)
    assert histories.writes(run, case) == []


def test_the_given_key_is_printed_nowhere(histories: RunHistories) -> None:
    line = pem("script").splitlines()[5]
    assert [name for name, run in histories.runs.items() if line in run.output] == []


def run_playbook(workspace: Workspace, tenant: Tenant, playbook: str, **variables: Any) -> Run:
    inventory = workspace.folder / "one.json"
    given = own_token(tenant, rezonate_ca_path=workspace.okta.ca_file, **FEW, **variables)
    inventory.write_text(json.dumps({"all": {"hosts": {tenant.name: given}}}), encoding="utf-8")
    run = workspace.run("-i", inventory, f"rezonate.okta.{playbook}", "-e", "rezonate_confirm=true")
    assert run.rc == 0, run.output[-3000:]
    return run


def adopted(workspace: Workspace, tenant: Tenant, **more: Any) -> str:
    """Make what the adoption of an app leaves whose keys are read from a URL as well."""
    app = tenant.add_app(LABEL, [public_jwk(tenant.name)], jwks_uri=KEY_SET)
    tenant.grant(app, *SCOPES, "okta.apps.manage")
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    known = {"application_id": app, "adopted": True, "proven_at": "2026-01-31T12:00:00Z", "unavailable_scopes": []}
    workspace.store(tenant, stored_record(tenant, **known, made=add_privileges(tenant, app), **more))
    return app


def test_offboarding_leaves_an_app_whose_keys_are_at_a_url_to_whoever_uses_it(workspace: Workspace, tenant: Tenant) -> None:
    app = adopted(workspace, tenant)
    run_playbook(workspace, tenant, "offboard_rezonate")
    assert (tenant.app(app)["status"], tenant.keys(app)) == ("ACTIVE", [])
    assert tenant.state.apps[app].oauth["jwks_uri"] == KEY_SET
    assert not workspace.vault_file(tenant).exists()


def test_a_finished_rotation_ends_the_adoption_and_the_next_onboarding_brings_the_app_to_the_desired_state(
    workspace: Workspace, tenant: Tenant
) -> None:
    app = adopted(workspace, tenant, take_over=True)
    assert run_playbook(workspace, tenant, "onboard_rezonate").changed(tenant.name) == []
    run_playbook(workspace, tenant, "rotate_rezonate", rezonate_rotation="finish")
    assert tenant.state.apps[app].oauth.get("jwks_uri") is None
    assert (tenant.app(app)["label"], "take_over" in workspace.credentials(tenant)) == (LABEL, False)
    run_playbook(workspace, tenant, "onboard_rezonate")
    assert (tenant.app(app)["label"], tenant.scopes(app)) == ("Rezonate", SCOPES)


def test_an_unused_app_that_was_there_is_adopted_so_that_offboarding_keeps_it(workspace: Workspace, tenant: Tenant) -> None:
    app = tenant.add_app("Rezonate", [public_jwk("old"), public_jwk("older")])
    for kid in ("old", "older"):
        tenant.set_key_status(app, kid, "INACTIVE")
    run_playbook(workspace, tenant, "onboard_rezonate")
    assert (workspace.credentials(tenant)["application_id"], workspace.credentials(tenant)["adopted"]) == (app, True)
    run_playbook(workspace, tenant, "offboard_rezonate")
    assert [found["id"] for found in tenant.apps] == [app]


def test_a_key_that_okta_knows_without_a_kid_gets_one_and_the_record_never_says_none(workspace: Workspace, tenant: Tenant) -> None:
    app = tenant.add_app("Rezonate", [public_jwk("script")])
    tenant.state.apps[app].keys[0]["kid"] = None
    run_playbook(workspace, tenant, "onboard_rezonate", rezonate_application_id=app, rezonate_private_key=pem("script"))
    known = workspace.credentials(tenant)["key_id"]
    assert known in [key["kid"] for key in tenant.keys(app)]
    assert known != "None"
    assert run_playbook(workspace, tenant, "onboard_rezonate").changed(tenant.name) == []
