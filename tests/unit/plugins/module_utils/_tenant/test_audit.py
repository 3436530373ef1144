# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state that an audit compares a tenant with, by settings and stored record."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.audit import (
    TenantAudit,
    append_audit,
    audit_summary,
    options_without_plan,
    own_credentials,
    own_jwks,
    unreadable_record,
)
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.plan import Plan
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import resolve_settings

STORE = {"path": "acme.vault", "problem": "", "exists": True, "holds_record": True, "label": None}
SCOPES = {"version": 1, "newest": 1, "scopes": ["okta.users.read"], "optional_scopes": ["okta.devices.read", "okta.risk.read"]}
INTEGRATION = "api_service_integration"
TIME, LATER = "2026-01-31T12:00:00Z", "2026-02-01T12:00:00Z"


def audit(known: dict[str, Any] | None = None, store: dict[str, Any] | None = None, **how: Any) -> TenantAudit:
    """An audit; members that the plan lacks are variables of the role. Without others, privilege visibility is off."""
    how = {"privilege_visibility": False, **how}
    plan = {name: how.pop(name) for name in ("method", "credential") if name in how}
    options = resolve_settings({f"rezonate_{name}": value for name, value in how.items()}, "acme").public()
    given = {"work": "audit", "host": "a", "tenant": "acme", "org_url": "https://acme.okta.com", "method": "oauth", "scopes": SCOPES}
    return TenantAudit(Plan(**{**given, **plan}, options=options, store={**STORE, **(store or {})}, known=known or {}))


PROBLEMS: dict[str, tuple[dict[str, Any], str | None, bool]] = {
    "known": ({}, None, True),
    "no file": ({"exists": False, "holds_record": False}, "acme.vault does not exist.", False),
    "another file": ({"holds_record": False}, "acme.vault holds no credentials.", False),
    "unreadable": ({"exists": None, "holds_record": False, "problem": "No vault secret."}, "No vault secret.", True),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_the_reason_for_unknown_credentials(case: str) -> None:
    store, problem, onboarded = PROBLEMS[case]
    found = audit(store=store)
    assert (found.record_problem, found.is_onboarded) == (problem, onboarded)
    assert (found.options()["vault_problem"], found.options()["onboarded"]) == (problem, onboarded)


@pytest.mark.parametrize("label", ["", "rz"])
def test_a_record_that_cannot_be_read_yields_only_the_reason(label: str) -> None:
    settings = resolve_settings({"rezonate_method": "api_token", "rezonate_vault_id": label}, "acme")
    record, facts = unreadable_record(settings, "No vault secret.")
    assert (record.stored, record.public(), record.method, record.changes_method) == ({}, {}, "api_token", False)
    assert facts == {
        "exists": None,
        "revision": None,
        "view_command": None,
        "names": [],
        "vault_id": label or None,
        "problem": "No vault secret.",
    }


APPS: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    "of the record": ({"application_id": "0oa1"}, {"application_id": "0oa2"}, "0oa1"),
    "set": ({}, {"application_id": "0oa2"}, "0oa2"),
    "unknown": ({}, {}, None),
    "integration": ({"client_id": "0oa3", "application_id": "0oa1"}, {"method": INTEGRATION}, "0oa3"),
    "unknown integration": ({}, {"method": INTEGRATION, "application_id": "0oa2"}, None),
}


@pytest.mark.parametrize("case", APPS)
def test_the_id_of_the_audited_app(case: str) -> None:
    known, how, expected = APPS[case]
    assert audit(known, **how).options()["app_id"] == expected


STAGES: dict[str, tuple[dict[str, Any], str | None, str | None]] = {
    "none": ({}, None, None),
    "none since": ({"proven_at": TIME}, None, TIME),
    "preparing": ({"proven_at": TIME, "next": {"requested_at": LATER}}, "preparing", LATER),
    "preparing, older": ({"proven_at": TIME, "next": {"key_id": "k2"}}, "preparing", TIME),
    "prepared": ({"next": {"requested_at": TIME, "proven_at": LATER}, "retiring": True, "take_over": True}, "prepared", LATER),
    "finishing": ({"proven_at": TIME, "retiring": True, "take_over": True}, "finishing", TIME),
    "taking over": ({"proven_at": TIME, "take_over": True}, "taking over", TIME),
}


@pytest.mark.parametrize("case", STAGES)
def test_the_stage_of_a_rotation_and_its_start(case: str) -> None:
    known, stage, since = STAGES[case]
    options = audit(known).options()
    assert (options["rotation"], options["rotation_since"]) == (stage, since)


@pytest.mark.parametrize(
    ("how", "following", "expected"),
    [
        ({}, {}, True),
        ({}, {"next": {}}, True),
        ({"exclusive": False}, {}, False),
        ({"method": INTEGRATION}, {}, True),
        ({"method": INTEGRATION}, {"next": {}}, False),
    ],
)
def test_an_integration_has_a_second_secret_while_it_is_rotated(how: dict[str, Any], following: dict[str, Any], expected: bool) -> None:
    assert audit(following, **how).options()["exclusive_keys"] is expected


ZONE, ADDRESSES = {"network_zones": ["Office"]}, {"source_addresses": ["192.0.2.1"], "network_zone_name": "Ours"}
ZONES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str] | None]] = {
    "no limit": ({}, {}, None),
    "set": ({}, ZONE, ["Office"]),
    "managed, by its name": ({}, {**ZONE, **ADDRESSES}, ["Office", "Ours"]),
    "managed, by its id": ({"made": {"network_zone": "nzo1"}}, ADDRESSES, ["nzo1"]),
    "managed, no longer desired": ({"made": {"network_zone": "nzo1"}}, {}, None),
    "a limit to be lifted": ({"network_limited": True}, {}, []),
}


@pytest.mark.parametrize("case", ZONES)
def test_the_network_zones(case: str) -> None:
    known, how, expected = ZONES[case]
    assert audit(known, **how).options()["network_zones"] == expected


GROUPS = {"remediation": True, "remediation_resource_groups": ["Contractors"]}
MADE = {"made": {"custom_role": "cr0ours", "resource_set": "iamours"}}
MANAGED, GIVEN = {"role": "cr0ours", "resource_set": "iamours"}, {"role": "cr0given", "resource_set": "iamgiven"}
VISIBLE = {"privilege_visibility": True}
PRIVILEGES_CREATED = {"made": {"privilege_role": "cr0sees", "privilege_set": "iamsees"}}
PRIVILEGE_ROLE = {"role": "cr0sees", "resource_set": "iamsees"}
ROLES: dict[str, tuple[dict[str, Any], dict[str, Any], list[dict[str, str]], bool]] = {
    "none": (MADE, {}, [], True),
    "managed": (MADE, GROUPS, [MANAGED], True),
    "managed, unknown": ({}, GROUPS, [], False),
    "managed, one part unknown": ({"made": {"custom_role": "cr0ours"}}, GROUPS, [], False),
    "set": ({}, {"remediation": True, "remediation_custom_roles": [GIVEN]}, [GIVEN], True),
    "set, without remediation": ({}, {"remediation_custom_roles": [GIVEN]}, [], True),
    "both": (MADE, {**GROUPS, "remediation_custom_roles": [GIVEN]}, [GIVEN, MANAGED], True),
    "another method": ({}, {**GROUPS, "method": INTEGRATION}, [], True),
    "privileges": (PRIVILEGES_CREATED, VISIBLE, [PRIVILEGE_ROLE], True),
    "privileges, unknown": ({}, VISIBLE, [], False),
    "privileges, refused": ({"proven_at": "2026-01-31T12:00:00Z", "privileges_refused": True}, VISIBLE, [], True),
    "privileges, another method": ({}, {**VISIBLE, "method": INTEGRATION}, [], True),
    "all managed ones": ({"made": {**MADE["made"], **PRIVILEGES_CREATED["made"]}}, {**GROUPS, **VISIBLE}, [MANAGED, PRIVILEGE_ROLE], True),
}


@pytest.mark.parametrize("case", ROLES)
def test_the_custom_roles_and_whether_they_are_complete(case: str) -> None:
    known, how, expected, are_complete = ROLES[case]
    options = audit(known, **how).options()
    assert (options["custom_roles"], options["custom_roles_known"]) == (expected, are_complete)


@pytest.mark.parametrize(
    ("known", "method", "expected"),
    [
        ({}, "oauth", ["okta.devices.read", "okta.risk.read"]),
        ({"proven_at": TIME, "unavailable_scopes": ["okta.risk.read"]}, "oauth", ["okta.devices.read"]),
        ({"proven_at": TIME}, INTEGRATION, []),
    ],
)
def test_the_scopes(known: dict[str, Any], method: str, expected: list[str]) -> None:
    options = audit(known, method=method).options()
    assert (options["wanted_scopes"], options["optional_scopes"]) == (["okta.users.read"], expected)


def test_other_options_come_from_the_record_and_the_variables() -> None:
    known = {"key_id": "k1", "dpop": True, "take_over": True, "proven_at": TIME, "bootstrap_owner": "00u1"}
    variables = {"app_label": "Ours", "api_service_type": "ours", "exclusive": False, "dpop": True, "admin_roles": ["APP_ADMIN"]}
    options = audit(known, {"label": "rz"}, vault_id="other", audit_key_max_age="7d", **variables).options()
    expected = {
        "host": "a",
        "method": "oauth",
        "vault_id": "rz",
        "key_max_age": "7d",
        "adopting": True,
        "own_key_id": "k1",
        "own_dpop": True,
    }
    expected |= {"proven_at": TIME, "bootstrap_owner": "00u1", "app_label": "Ours", "service_type": "ours", "exclusive": False}
    expected |= {"app_dpop": True, "roles": ["APP_ADMIN"]}
    assert {name: options[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("method", "given", "expected"),
    [("oauth", True, True), ("oauth", False, False), (INTEGRATION, True, False), ("api_token", True, False)],
)
def test_coverage_is_read_where_it_is_requested_and_roles_apply(method: str, given: bool, expected: bool) -> None:
    assert audit({}, method=method, audit_coverage=given).options()["coverage"] is expected


def test_unknown_options_are_omitted() -> None:
    options = audit(audit_key_max_age="", vault_id="other").options()
    expected = {"vault_id": "other", "key_max_age": None, "adopting": False, "own_key_id": None, "own_dpop": False}
    expected |= {"proven_at": None, "bootstrap_owner": None}
    assert {name: options[name] for name in expected} == expected
    assert audit().options()["vault_id"] is None


@pytest.mark.parametrize(("credential", "expected"), [({}, True), ({"kind": "api_token"}, False)])
def test_the_app_audits_itself_where_there_is_no_other_credential(credential: dict[str, Any], expected: bool) -> None:
    assert audit(credential=credential).options()["own_credentials"] is expected


def test_the_own_credentials_are_those_of_the_record() -> None:
    secrets = {"private_key": "P", "client_secret": "S", "api_token": "T"}
    current = {**secrets, "retiring": ["k0"], "secret_hash": "H", "key_id": "k1", "next": {"private_key": "N"}}
    expected = {"own_private_key": "P", "own_client_secret": "S", "own_api_token": "T", "retiring_keys": ["k0"], "secret_hash": "H"}
    assert own_credentials(current) == expected
    assert own_credentials({"key_id": "k1"}) == {}


def test_the_managed_keys_are_the_current_and_the_next_one() -> None:
    current: dict[str, Any] = {"private_jwk": {"kid": "1"}}
    assert own_jwks({}) == []
    assert own_jwks(current) == own_jwks({**current, "next": {"key_id": "2"}}) == [{"kid": "1"}]
    assert own_jwks({**current, "next": {"private_jwk": {"kid": "2"}}}) == [{"kid": "1"}, {"kid": "2"}]


def test_a_plan_holds_status_error_and_finding_ids() -> None:
    found = [{"id": "key_old", "severity": "medium"}, {"id": "app_inactive", "severity": "high"}]
    tenant = {"status": "findings", "error": None, "findings": found, "keys": ["k1"]}
    assert audit_summary(tenant) == {"status": "findings", "error": None, "findings": ["key_old", "app_inactive"]}


@pytest.mark.parametrize(
    ("earlier", "tenant", "expected"),
    [
        (None, {"tenant": "b"}, [{"tenant": "b"}]),
        ({"audits": [{"tenant": "a"}]}, {"tenant": "b"}, [{"tenant": "a"}, {"tenant": "b"}]),
        ({"audits": [{"tenant": "a"}]}, None, [{"tenant": "a"}]),
        ({"failed": True}, None, []),
    ],
)
def test_all_audits_of_a_host_are_collected(earlier: Any, tenant: Any, expected: list[Any]) -> None:
    assert append_audit(earlier, tenant) == expected


VARIABLES = {"rezonate_org_url": "https://id.acme.example", "rezonate_okta_domain": "oktapreview.com", "rezonate_method": "api_token"}
WITHOUT_PLAN: dict[str, tuple[dict[str, Any], str | None, dict[str, Any]]] = {
    "nothing set": ({}, None, {"problem": "The audit failed.", "tenant": "a"}),
    "empty": (dict.fromkeys(VARIABLES, "") | {"rezonate_tenant_id": ""}, "", {"problem": "The audit failed.", "tenant": "a"}),
    "another tenant": ({"rezonate_tenant_id": "acme"}, "It is no tenant.", {"problem": "It is no tenant.", "tenant": "acme"}),
    "an org": (VARIABLES, "x", {"problem": "x", "tenant": "a", **{name.removeprefix("rezonate_"): VARIABLES[name] for name in VARIABLES}}),
    "no method": ({"rezonate_method": "password"}, "x", {"problem": "x", "tenant": "a"}),
}


@pytest.mark.parametrize("case", WITHOUT_PLAN)
def test_a_tenant_without_a_plan_is_named_by_its_variables(case: str) -> None:
    variables, problem, expected = WITHOUT_PLAN[case]
    assert options_without_plan(variables, "a", problem) == {**expected, "host": "a"}
