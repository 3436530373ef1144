# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report of a tenant is made of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import CHANGING, RESULTS, Facts, Stored, public

SECRET = "made-up-secret-8d2a4c6e0f"
APP = {"app": {"id": "0oa1", "network_zones": []}}


def test_no_secret_comes_in() -> None:
    secret = {
        "client_secret": SECRET,
        "private_key": SECRET,
        "private_jwk": {"d": SECRET},
        "ciphertext": SECRET,
        "variables": {"a": SECRET},
    }
    assert public({**secret, "client_id": "0oa1", "changed": True}) == {"client_id": "0oa1", "changed": True}
    assert SECRET not in repr(public({"app": {"id": "0oa1", **secret}, "proved": [{"path": "/a", **secret}], "key_id": secret}))


def test_what_is_no_result_has_no_members() -> None:
    assert public(None) == public("text") == public(["text"]) == {}


@pytest.mark.parametrize(
    "part",
    [
        {"changed": True, "created": False, "changes": ["create"], "added": ["a"], "removed": ["b"], "roles_removed": ["c"]},
        {"left": "It was left.", "client_id": "0oa1", "key_id": "k1", "key_ids": ["k1"], "backup_file": "f~"},
        {"beyond": ["a"], "scopes": ["a"], "surplus": ["a"], "token_type": "DPoP", "unavailable": ["a"]},
        {"okta": {"status": 401, "error_code": "E0000011"}},
        {"proved": [{"path": "/a"}, {"path": "/b"}]},
        {"app": {"id": "0oa1", "client_id": "c", "label": "R", "status": "ACTIVE", "network_zones": ["nzo1"]}},
        {"apps": [{"id": "0oa1", "jwks": [{"kid": "k1"}], "authentication": [{"kid": "k1"}, {}]}]},
        {"inspected": {"exact": True, "other_owner": False, "privileged": False, "roles": ["A"], "verdict": "v", "owner": {"login": "l"}}},
        {"inspected": {"proved": [{"path": "/a"}]}},
        {"inspected": {"tokens": [{"name": "T", "network": {"connection": "ZONE", "include": ["nzo1"], "exclude": ["nzo2"]}}]}},
        {"integration": {"id": "0oa1", "secrets": [{"id": "ocs1"}]}},
        {"resource_set": {"id": "iam1", "label": "R"}, "role": {"id": "cr01", "label": "R"}},
        {"user": {"id": "00u1", "login": "l"}, "zone": {"id": "nzo1", "name": "Z"}},
    ],
)
def test_what_may_be_reported_comes_in(part: dict[str, Any]) -> None:
    assert public({**part, "none": None, "other": "x"}) == part


@pytest.mark.parametrize("member", ["app", "okta", "inspected"])
def test_a_member_of_another_type_is_left_out(member: str) -> None:
    assert public({member: "text", "key_id": None}) == {}


def test_the_stored_record_comes_in_without_its_secrets() -> None:
    result = {
        "path": "f",
        "method": "api_token",
        "vault_id": None,
        "known": {"owner": "l"},
        "stored": {"a": SECRET},
        "credentials": {"a": SECRET},
    }
    assert Stored.of(result) == Stored("f", method="api_token", known={"owner": "l"})


def test_of_a_record_that_is_not_there_nothing_is_known() -> None:
    stored = Stored.of({})
    assert (stored.method, stored.moves, stored.proven, stored.vault_id, stored.scopes_version) == ("oauth", False, False, None, 1)
    assert (stored.path, stored.view_command, stored.known, stored.methods, stored.rotation) == (
        "",
        "",
        {},
        {},
        {"stage": "none", "since": ""},
    )


def test_members_are_read_through_what_is_missing() -> None:
    facts = Facts("onboard", results={"app": APP, "grants": {"added": ["a"], "removed": None}})
    assert (facts.of("app", "app", "id"), facts.of("app", "role", "id"), facts.of("zone", "zone", "id")) == ("0oa1", None, None)
    assert (facts.of("grants", "added", "x"), facts.listed("grants", "added"), facts.listed("grants", "removed")) == (None, ["a"], [])


def test_options_that_are_not_set_are_false_or_empty() -> None:
    facts = Facts("onboard", options={"verify": True, "scopes": ["a"], "optional_scopes": None})
    assert (facts.flag("verify"), facts.flag("take_over")) == (True, False)
    assert (facts.words("scopes"), facts.words("optional_scopes"), facts.words("network_zones")) == (["a"], [], [])


def test_what_the_report_is_about() -> None:
    facts = Facts("onboard", tenant="acme", org_url="https://acme.okta.com", stored=Stored(known={"proven_at": "t"}))
    assert (facts.subject, facts.method, facts.credential) == ("Tenant acme (https://acme.okta.com)", "oauth", "key")
    assert (facts.known, facts.was_onboarded, Facts("onboard").was_onboarded) == ({"proven_at": "t"}, True, False)
    assert Facts("onboard", stored=Stored(method="api_service_integration")).credential == "client secret"


def test_a_run_is_verbose_in_no_way_unless_it_is_said() -> None:
    facts = Facts("onboard")
    assert (facts.check, facts.verbose, facts.new_token, facts.stage, facts.tenant, facts.org_url, facts.caller) == (False,) * 3 + ("",) * 4
    assert (facts.options, facts.results, facts.scope_sets, facts.stored) == ({}, {}, {}, Stored())


@pytest.mark.parametrize("name", RESULTS)
def test_which_results_say_that_something_was_changed(name: str) -> None:
    facts = Facts("onboard", results={name: {"changed": True}})
    assert facts.is_changed == (name in CHANGING)
    assert facts.changes_tenant == (name in CHANGING and name != "revoked")
    assert not Facts("onboard", results={name: {"changed": False}}).is_changed


def test_each_result_that_is_read_is_one_that_the_role_registers() -> None:
    files = (Path(__file__).resolve().parents[5] / "roles" / "rezonate" / "tasks").rglob("*.yml")
    registered = {name for file in files for name in re.findall(r"register: rezonate__(\w+)", file.read_text(encoding="utf-8"))}
    assert set(RESULTS) - registered == set()
    assert set(RESULTS) - set(CHANGING) == {"found", "inspection", "made", "proof"}


DRIFTING = ("zone", "resource_set", "app", "integration", "custom_role", "grants", "roles")


@pytest.mark.parametrize("name", RESULTS)
def test_which_results_say_that_the_tenant_had_drifted(name: str) -> None:
    assert Facts("onboard", results={name: {"changed": True}}).is_drifted == (name in DRIFTING)


@pytest.mark.parametrize(
    ("method", "results", "compared"),
    [
        ("oauth", {}, False),
        ("oauth", {"app": {"okta": {"status": 401}}}, False),
        ("oauth", {"app": APP}, True),
        ("api_service_integration", {"integration": {"integration": {}}}, True),
        ("api_service_integration", {}, False),
        ("api_token", {}, True),
    ],
)
def test_a_tenant_is_compared_where_okta_answered(method: str, results: dict[str, Any], compared: bool) -> None:
    assert Facts("onboard", stored=Stored(method=method), results=results).is_compared == compared


@pytest.mark.parametrize(
    ("verify", "check", "results", "verified"),
    [
        (True, False, {}, False),
        (True, False, {"proof": {"proved": []}}, True),
        (True, False, {"inspection": {"inspected": {}}}, True),
        (True, True, {"app": {"changed": True}}, True),
        (True, True, {}, False),
        (True, False, {"app": {"changed": True}}, False),
        (False, True, {"app": {"changed": True}}, False),
    ],
)
def test_credentials_are_verified_or_would_be(verify: bool, check: bool, results: dict[str, Any], verified: bool) -> None:
    assert Facts("onboard", options={"verify": verify}, check=check, results=results).is_verified == verified


REFUSED = {"okta": {"status": 400, "error_code": "access_denied"}}


@pytest.mark.parametrize(
    ("options", "results", "zones"),
    [
        ({}, {"app": APP}, []),
        ({}, {"app": {"app": {"network_zones": ["nzo3"]}}}, ["nzo3"]),
        ({"network_zones": ["nzo1"]}, {"app": {"app": {"network_zones": ["nzo3"]}}}, ["nzo1"]),
        ({"network_zones": ["nzo1"]}, {"app": APP, "zone": {"zone": {"id": "nzo2"}}}, ["nzo1", "nzo2"]),
        ({}, {"app": APP, "zone": {"zone": {"name": "Z"}}}, []),
    ],
)
def test_from_which_networks_the_app_may_be_used(options: dict[str, Any], results: dict[str, Any], zones: list[str]) -> None:
    assert Facts("onboard", options=options, results=results).limits == zones
    assert Facts("onboard", options=options, results={**results, "proof": REFUSED}).is_barred == bool(zones)
    assert not Facts("onboard", options=options, results={**results, "proof": {"okta": {"error_code": "other"}}}).is_barred


def test_an_app_that_was_not_read_bars_nobody() -> None:
    assert not Facts("onboard", options={"network_zones": ["nzo1"]}, results={"proof": REFUSED}).is_barred


@pytest.mark.parametrize(
    ("option", "known", "adopting"),
    [(False, {}, False), (True, {}, True), (False, {"take_over": True}, True), (False, {"adopted": True}, False)],
)
def test_who_adopts(option: bool, known: dict[str, Any], adopting: bool) -> None:
    assert Facts("onboard", options={"take_over": option}, stored=Stored(known=known)).is_adopting == adopting


@pytest.mark.parametrize(
    ("option", "caller", "revokes"),
    [
        ("true", "api_token", True),
        ("always", "api_token", True),
        ("false", "api_token", False),
        ("true", "client", False),
        ("true", "", False),
    ],
)
def test_when_the_bootstrap_token_is_revoked(option: str, caller: str, revokes: bool) -> None:
    assert Facts("onboard", options={"revoke_bootstrap_token": option}, caller=caller).revokes_bootstrap_token == revokes


def test_that_the_bootstrap_token_is_revoked_is_a_sentence() -> None:
    results = {"revoked": {"changed": True}}
    assert list(Facts("onboard", results=results).revoked()) == ["The bootstrap API token was revoked."]
    assert list(Facts("onboard", results=results, check=True).revoked()) == ["The bootstrap API token would be revoked."]
    assert list(Facts("onboard", results={"revoked": {"changed": False}}).revoked()) == []
