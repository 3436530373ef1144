# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adoption of an app that the vendor's script or a person created: no second app is created, and existing credentials continue to work."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from emulator.contract import openapi
from helpers.ansible_run import CONFIRMED, Run
from helpers.okta_client import Api, public_jwk
from helpers.run_history import FEW, RunHistories
from helpers.workspace import Workspace, add_privileges, as_described, own_token, pem, stored_record
from okta_emulator import Emulator, Tenant

KEY_SET = "https://vendor.example/keys"
LABEL = "Made by the vendor's script"
SCOPES = sorted(FEW["rezonate_scopes"])


def create_script_app(tenant: Tenant) -> str:
    """Create an app as the vendor's script does: with its own label and key id, and more scopes than needed."""
    app = tenant.add_app(LABEL, [public_jwk("script")])
    tenant.grant(app, "okta.users.read", "okta.apps.manage")
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    return app


def with_key(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": create_script_app(tenant), "rezonate_private_key": pem("script")}


def adopted(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": create_script_app(tenant), "rezonate_adopt_existing": True}


def no_key(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": create_script_app(tenant)}


def with_secret(tenant: Tenant) -> dict[str, Any]:
    return {"rezonate_application_id": tenant.add_app(LABEL)}


def with_key_adopted(tenant: Tenant) -> dict[str, Any]:
    """Adopt an app with a network restriction, additional roles and an additional setting."""
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


def key_set_adopted(tenant: Tenant) -> dict[str, Any]:
    return {**key_set(tenant), "rezonate_adopt_existing": True}


def deactivated(tenant: Tenant) -> dict[str, Any]:
    given = adopted(tenant)
    tenant.set_app_status(given["rezonate_application_id"], "INACTIVE")
    return given


CASES = {
    "with its key": with_key,
    "adopted": adopted,
    "with its key, adopted": with_key_adopted,
    "with a key set, adopted": key_set_adopted,
    "without its key": no_key,
    "with a client secret": with_secret,
    "with a key set": key_set,
    "deactivated": deactivated,
}
WITH_NEW_KEY = ["adopted", "with its key, adopted", "with a key set, adopted"]
ADOPTED = ["with its key", *WITH_NEW_KEY]
SCRIPTS = [case for case in ADOPTED if case != "with a key set, adopted"]


@pytest.fixture(scope="module")
def histories(new_workspace: Callable[[], Workspace], new_tenant: Callable[..., Tenant], okta: Emulator) -> RunHistories:
    """Adopt apps, then onboard again without the variables, as documented."""
    hosts = {case: new_tenant() for case in CASES}
    histories = RunHistories(new_workspace(), hosts, {case: CASES[case](tenant) for case, tenant in hosts.items()})
    before.update({case: snapshot(tenant) for case, tenant in hosts.items()})
    works.extend(request_token(okta, tenant) for case, tenant in hosts.items() if case in SCRIPTS)
    histories.run("check", "--check")
    histories.run("first")
    works.extend(request_token(okta, tenant) for case, tenant in hosts.items() if case in SCRIPTS)
    histories.variables.update({case: {} for case in ADOPTED})
    histories.run("second", cases=ADOPTED)
    return histories


works: list[int] = []
before: dict[str, dict[str, Any]] = {}


def snapshot(tenant: Tenant) -> dict[str, Any]:
    """Return the state of the tenant's only app, independently of the collection."""
    (app,) = tenant.apps
    stored = tenant.state.apps[app["id"]]
    settings = {name: stored.oauth.get(name) for name in ("dpop_bound_access_tokens", "network", "jwks_uri", "grant_types")}
    keys = {(key["kid"], key["status"]) for key in stored.keys}
    rights = {"scopes": set(tenant.scopes(app["id"])), "roles": set(tenant.roles(app["id"])), "keys": keys}
    return {"label": stored.label, "status": stored.status, **settings, **rights}


def request_token(okta: Emulator, tenant: Tenant) -> int:
    """Request a token with the script's credentials, independently of the collection."""
    app = tenant.apps[0]["id"]
    api = Api(okta, tenant)
    if tenant.state.apps[app].oauth["dpop_bound_access_tokens"]:
        return api.dpop_token(app, "okta.users.read", key="script", kid="script").status_code
    return api.token(app, "okta.users.read", key="script", kid="script").status_code


def test_an_app_with_a_given_key_is_changed_to_the_desired_state(histories: RunHistories) -> None:
    (app,) = histories.hosts["with its key"].apps
    assert app["label"] == "Rezonate"
    assert histories.hosts["with its key"].scopes(app["id"]) == SCOPES
    assert histories.hosts["with its key"].roles(app["id"]) == ["CUSTOM", "READ_ONLY_ADMIN"]


@pytest.mark.parametrize("case", ADOPTED)
def test_no_second_app_is_created_and_the_record_marks_it_as_adopted(histories: RunHistories, case: str) -> None:
    (app,) = histories.hosts[case].apps
    record = histories.records["first"][case]
    assert (record["application_id"], record["adopted"], record.get("take_over", False)) == (app["id"], True, case in WITH_NEW_KEY)


@pytest.mark.parametrize("case", WITH_NEW_KEY)
def test_adoption_adds_what_is_needed_and_changes_and_removes_nothing(histories: RunHistories, case: str) -> None:
    had, has = before[case], snapshot(histories.hosts[case])
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
        ("adopted", ["the public key script (added ", f"the label {LABEL!r} instead of 'Rezonate'", "the scope okta.apps.manage"]),
        ("with its key, adopted", ["access tokens that are bound by DPoP", "the admin role ORG_ADMIN", "the admin role USER_ADMIN"]),
        ("with its key, adopted", ["the scope okta.users.manage", "the scope okta.apps.manage"]),
        ("with a key set, adopted", ["the keys at https://vendor.example/keys"]),
    ],
)
def test_the_report_lists_what_is_beyond_the_desired_state(histories: RunHistories, case: str, phrases: list[str], run: str) -> None:
    (line,) = [line for line in histories.report(run, case).splitlines() if line.startswith("Beyond the desired state")]
    assert [phrase for phrase in phrases if phrase not in line] == []


def test_existing_credentials_continue_to_work(histories: RunHistories) -> None:
    assert works == [200] * 2 * len(SCRIPTS), histories.records


def test_the_key_is_stored_with_the_key_id_of_the_app(histories: RunHistories) -> None:
    record = histories.records["first"]["with its key"]
    assert (record["key_id"], record["private_jwk"]["kid"], record["private_key"]) == ("script", "script", pem("script"))
    assert [key["kid"] for key in histories.hosts["with its key"].keys("Rezonate")] == ["script"]


def test_adoption_adds_a_key_to_the_existing_one(histories: RunHistories) -> None:
    kids = [key["kid"] for key in histories.hosts["adopted"].keys(LABEL)]
    assert kids == ["script", histories.records["first"]["adopted"]["key_id"]]
    assert "Unmanaged keys remain on the app until a rotation is finished" in histories.report("second", "adopted")


@pytest.mark.parametrize("case", ADOPTED)
def test_check_mode_predicts_it_and_the_next_run_changes_nothing(histories: RunHistories, case: str) -> None:
    assert histories.changed("check", case) == histories.changed("first", case) != []
    assert histories.writes("check", case) == []
    assert histories.writes("first", case) != []
    assert histories.changed("second", case) == []


@pytest.mark.parametrize("case", ADOPTED)
def test_requests_match_okta_s_api_description(histories: RunHistories, case: str) -> None:
    openapi.validate_logged(as_described(histories.requests["first"][case]))


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("without its key", "has none of the given keys but other credentials"),
        ("with a client secret", "client_secret_basic"),
        ("with a key set", "which may be in use: the keys at https://vendor.example/keys. Nothing was changed."),
        ("deactivated", "is inactive, and the status of an adopted app isn't changed. Nothing was changed."),
    ],
)
@pytest.mark.parametrize("run", ["check", "first"])
def test_an_app_that_the_adoption_would_break_is_refused(histories: RunHistories, case: str, sentence: str, run: str) -> None:
    assert sentence in histories.failure(run, case)
    assert histories.writes(run, case) == []


def test_the_given_key_is_not_printed(histories: RunHistories) -> None:
    line = pem("script").splitlines()[5]
    assert [name for name, run in histories.runs.items() if line in run.output] == []


def run_playbook(workspace: Workspace, tenant: Tenant, playbook: str, **variables: Any) -> Run:
    inventory = workspace.folder / "one.json"
    given = own_token(tenant, rezonate_ca_path=workspace.okta.ca_file, **FEW, **variables)
    inventory.write_text(json.dumps({"all": {"hosts": {tenant.name: given}}}), encoding="utf-8")
    run = workspace.run("-i", inventory, f"rezonate.okta.{playbook}", *CONFIRMED)
    assert run.rc == 0, run.output[-3000:]
    return run


def adopted_app(workspace: Workspace, tenant: Tenant, **more: Any) -> str:
    """Create the state after the adoption of an app whose keys are also read from a URL."""
    app = tenant.add_app(LABEL, [public_jwk(tenant.name)], jwks_uri=KEY_SET)
    tenant.grant(app, *SCOPES, "okta.apps.manage")
    tenant.assign_role(app, "READ_ONLY_ADMIN")
    known = {"application_id": app, "adopted": True, "proven_at": "2026-01-31T12:00:00Z", "unavailable_scopes": []}
    workspace.store(tenant, stored_record(tenant, **known, made=add_privileges(tenant, app), **more))
    return app


def test_offboarding_does_not_delete_an_adopted_app_with_keys_at_a_url(workspace: Workspace, tenant: Tenant) -> None:
    app = adopted_app(workspace, tenant)
    run_playbook(workspace, tenant, "offboard_rezonate")
    assert (tenant.app(app)["status"], tenant.keys(app)) == ("ACTIVE", [])
    assert tenant.state.apps[app].oauth["jwks_uri"] == KEY_SET
    assert not workspace.vault_file(tenant).exists()


def test_a_finished_rotation_ends_the_adoption_and_the_next_run_changes_the_app_to_the_desired_state(
    workspace: Workspace, tenant: Tenant
) -> None:
    app = adopted_app(workspace, tenant, take_over=True)
    assert run_playbook(workspace, tenant, "onboard_rezonate").changed(tenant.name) == []
    run_playbook(workspace, tenant, "rotate_rezonate", rezonate_rotation="finish")
    assert tenant.state.apps[app].oauth.get("jwks_uri") is None
    assert (tenant.app(app)["label"], "take_over" in workspace.credentials(tenant)) == (LABEL, False)
    run_playbook(workspace, tenant, "onboard_rezonate")
    assert (tenant.app(app)["label"], tenant.scopes(app)) == ("Rezonate", SCOPES)


def test_an_existing_unused_app_is_adopted_so_that_offboarding_does_not_delete_it(workspace: Workspace, tenant: Tenant) -> None:
    app = tenant.add_app("Rezonate", [public_jwk("old"), public_jwk("older")])
    for kid in ("old", "older"):
        tenant.set_key_status(app, kid, "INACTIVE")
    run_playbook(workspace, tenant, "onboard_rezonate")
    assert (workspace.credentials(tenant)["application_id"], workspace.credentials(tenant)["adopted"]) == (app, True)
    run_playbook(workspace, tenant, "offboard_rezonate")
    assert [found["id"] for found in tenant.apps] == [app]


def test_a_key_without_a_kid_in_okta_gets_one_and_the_record_contains_it(workspace: Workspace, tenant: Tenant) -> None:
    app = tenant.add_app("Rezonate", [public_jwk("script")])
    tenant.state.apps[app].keys[0]["kid"] = None
    run_playbook(workspace, tenant, "onboard_rezonate", rezonate_application_id=app, rezonate_private_key=pem("script"))
    known = workspace.credentials(tenant)["key_id"]
    assert known in [key["kid"] for key in tenant.keys(app)]
    assert known != "None"
    assert run_playbook(workspace, tenant, "onboard_rezonate").changed(tenant.name) == []
