# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings from states, without HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._audit.finding_types import FindingText
from ansible_collections.rezonate.okta.plugins.module_utils._audit.findings import (
    Age,
    AppFound,
    app_findings,
    find_app,
    integration_findings,
    key_age_findings,
    key_rows,
    privilege_findings,
    role_findings,
    scope_findings,
    secret_age_findings,
)
from ansible_collections.rezonate.okta.plugins.module_utils._okta.request_recovery import parse_timestamp
from ansible_collections.rezonate.okta.plugins.module_utils._resources.api_service_integration_plan import (
    DesiredIntegration,
    integration_from,
    secret_from,
)
from ansible_collections.rezonate.okta.plugins.module_utils._resources.app_credentials import key_from
from ansible_collections.rezonate.okta.plugins.module_utils._resources.privilege_visibility import PrivilegeSnapshot
from ansible_collections.rezonate.okta.plugins.module_utils._resources.resource import DesiredSet, Member, Members
from ansible_collections.rezonate.okta.plugins.module_utils._resources.service_app_plan import (
    App,
    DesiredApp,
    app_from,
    desired_keys,
    with_key_times,
)
from helpers.fake_okta import raw_app, raw_key, raw_secret, raw_service, rsa_key

MANAGED_KEYS = desired_keys([rsa_key(1).public_jwk()]) or ()
DESIRED = DesiredApp(label="Rezonate", keys=MANAGED_KEYS, exclusive_keys=True, dpop=False)
MADE = parse_timestamp("2026-01-06T19:50:58.000Z") or 0.0
DAY = 86400
LIMITED = Age(MADE + 91 * DAY, 90.0 * DAY, "90d")


def app(**changes: Any) -> App:
    return app_from(raw_app(**changes))


def with_auth(method: str) -> App:
    return app(credentials={"oauthClient": {"token_endpoint_auth_method": method}})


def kinds(texts: Iterator[FindingText]) -> list[str]:
    return sorted(one.kind for one in texts)


def members(*keys: str) -> Members:
    return {key: Member(key) for key in keys}


ZONED = app(settings={"network": {"connection": "ZONE", "include": ["nzo1"]}})
APPS: dict[str, tuple[App | None, DesiredApp, list[str]]] = {
    "in the desired state": (app(), DESIRED, []),
    "missing": (None, DESIRED, ["app_missing"]),
    "inactive": (app(status="INACTIVE"), DESIRED, ["app_inactive"]),
    "renamed": (app(label="Other"), DESIRED, ["app_renamed"]),
    "by secret": (with_auth("client_secret_basic"), DESIRED, ["app_by_secret"]),
    "no key": (app(keys=()), DESIRED, ["key_missing"]),
    "a surplus key": (app(keys=(1, 2)), DESIRED, ["key_unknown"]),
    "a surplus key, not exclusive": (app(keys=(1, 2)), replace(DESIRED, exclusive_keys=False), []),
    "another key": (app(keys=(2,)), DESIRED, ["key_missing", "key_unknown"]),
    "another key, file unread": (app(keys=(2,)), replace(DESIRED, keys=None), []),
    "key inactive": (app(settings={"jwks": {"keys": [raw_key(1, status="INACTIVE")]}}), DESIRED, ["key_inactive"]),
    "no DPoP": (app(), replace(DESIRED, dpop=True), ["dpop_off"]),
    "DPoP": (app(settings={"dpop_bound_access_tokens": True}), DESIRED, ["dpop_on"]),
    "no zones": (app(), replace(DESIRED, network_zones=("nzo1",)), ["network_open"]),
    "other zones": (ZONED, replace(DESIRED, network_zones=("nzo2",)), ["network_changed"]),
    "the desired zones": (ZONED, replace(DESIRED, network_zones=("nzo1",)), []),
    "zones not set": (ZONED, DESIRED, []),
    "all at once": (
        app(label="Other", status="INACTIVE", keys=(2,)),
        DESIRED,
        ["app_inactive", "app_renamed", "key_missing", "key_unknown"],
    ),
}


DATED = with_key_times(app(keys=(1, 2)), [key_from(raw_key(1)), key_from(raw_key(2))])


@pytest.mark.parametrize("case", APPS)
def test_the_findings_of_an_app_follow_the_plan_of_onboarding(case: str) -> None:
    found, desired, expected = APPS[case]
    assert kinds(app_findings(AppFound(found), desired)) == expected


def test_a_key_that_a_rotation_retires_is_managed() -> None:
    found = app(keys=(1, 2))
    assert kinds(app_findings(AppFound(found), DESIRED, "made-up-kid-2")) == []
    rows = key_rows(DATED, MANAGED_KEYS, Age(MADE + 3 * DAY + 1), "made-up-kid-2")
    assert [(row["kid"], row["ours"], row["age_days"]) for row in rows] == [("made-up-kid-1", True, 3), ("made-up-kid-2", True, 3)]


def test_without_the_vault_file_it_is_unknown_whether_a_key_is_managed() -> None:
    assert [row["ours"] for row in key_rows(app(keys=(1,)), None, Age(MADE))] == [None]
    assert [row["ours"] for row in key_rows(app(keys=(1,)), (), Age(MADE))] == [False]


def test_the_managed_app_has_the_id_or_a_managed_key() -> None:
    one, two = app(id="0oa1", keys=(1,)), app(id="0oa2", keys=(2,))
    assert find_app([one, two], "0oa2", MANAGED_KEYS) == AppFound(two, (one,))
    assert find_app([one, two], None, MANAGED_KEYS) == AppFound(one, (two,))
    assert find_app([two], None, ()) == AppFound(two)
    assert find_app([one, two], None, ()) == AppFound(None, (one, two))
    assert find_app([one], "0oa9", MANAGED_KEYS) == AppFound(None, (one,))


def test_several_apps_are_reported_with_the_consequences() -> None:
    one, two = app(id="0oa1"), app(id="0oa2")
    assert kinds(app_findings(AppFound(one, (two,)), DESIRED)) == ["app_duplicate"]
    assert kinds(app_findings(AppFound(None, (one, two)), replace(DESIRED, keys=None))) == ["app_duplicate", "app_unknown"]
    assert kinds(app_findings(AppFound(None, (one,)), DESIRED)) == ["app_duplicate", "app_missing"]


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        (["okta.users.read"], []),
        ([], ["scope_missing"]),
        (["okta.users.read", "okta.logs.read"], ["scope_surplus"]),
        (["okta.users.read", "okta.users.manage", "okta.apps.manage"], ["scope_manage_surplus"]),
        (["okta.logs.read", "okta.users.manage"], ["scope_manage_surplus", "scope_missing", "scope_surplus"]),
    ],
)
def test_scopes_are_compared(granted: list[str], expected: list[str]) -> None:
    assert kinds(scope_findings(members(*granted), DesiredSet(("okta.users.read",), exclusive=True))) == expected
    tolerated = [kind for kind in expected if "surplus" not in kind]
    assert kinds(scope_findings(members(*granted), DesiredSet(("okta.users.read",)))) == tolerated


@pytest.mark.parametrize(
    ("roles", "exclusive", "knows_custom", "expected"),
    [
        (["READ_ONLY_ADMIN"], True, True, []),
        ([], True, True, ["role_missing"]),
        (["READ_ONLY_ADMIN", "APP_ADMIN"], True, True, ["role_surplus"]),
        (["READ_ONLY_ADMIN", "APP_ADMIN"], False, True, []),
        (["READ_ONLY_ADMIN", "SUPER_ADMIN"], True, True, ["super_admin"]),
        (["READ_ONLY_ADMIN", "SUPER_ADMIN"], False, True, ["super_admin"]),
        (["READ_ONLY_ADMIN", "CUSTOM:cr01:iam1"], True, True, ["role_surplus"]),
        (["READ_ONLY_ADMIN", "CUSTOM:cr01:iam1"], True, False, ["roles_unknown"]),
    ],
)
def test_roles_are_compared(roles: list[str], exclusive: bool, knows_custom: bool, expected: list[str]) -> None:
    desired = DesiredSet(("READ_ONLY_ADMIN",), exclusive=exclusive)
    assert kinds(role_findings(members(*roles), desired, knows_custom=knows_custom)) == expected


def test_a_desired_super_admin_is_no_finding() -> None:
    assert kinds(role_findings(members("SUPER_ADMIN"), DesiredSet(("SUPER_ADMIN",), exclusive=True))) == []


def test_a_key_is_old_when_it_exceeds_the_maximum_age() -> None:
    rows = key_rows(DATED, MANAGED_KEYS, Age(MADE + 91 * DAY))
    assert kinds(key_age_findings(rows, Age(MADE + 91 * DAY, 90.0 * DAY, "90d"))) == ["key_old"]
    assert kinds(key_age_findings(rows, Age(MADE + 89 * DAY, 90.0 * DAY, "90d"))) == []
    assert kinds(key_age_findings(rows, Age(MADE + 900 * DAY))) == []


@pytest.mark.parametrize("created", [None, "yesterday"])
def test_a_key_of_unknown_age_is_unknown_and_not_new(created: str | None) -> None:
    undated = app(settings={"jwks": {"keys": [raw_key(1, created=created), raw_key(2, created=created, status="INACTIVE")]}})
    rows = key_rows(undated, MANAGED_KEYS, LIMITED)
    (found,) = key_age_findings(rows, LIMITED)
    assert (found.kind, [row["age_days"] for row in rows]) == ("key_age_unknown", [None, None])
    assert found.message == (
        "Okta doesn't show the credential of the audit when this was added, so it may be older than 90d: the public key made-up-kid-1."
    )
    assert kinds(key_age_findings(rows, Age(MADE))) == []


def test_the_record_can_show_that_a_key_is_old_but_not_that_it_is_new() -> None:
    rows = key_rows(app(), MANAGED_KEYS, LIMITED)
    (old,) = key_age_findings(rows, LIMITED, {"made-up-kid-1": "2026-01-06T19:50:58Z"})
    assert (old.kind, old.message) == ("key_old", "The public key made-up-kid-1 is at least 91 days old, more than 90d.")
    assert kinds(key_age_findings(rows, LIMITED, {"made-up-kid-1": "2026-02-06T19:50:58Z"})) == ["key_age_unknown"]
    assert kinds(key_age_findings(rows, LIMITED, {"made-up-kid-2": "2026-01-06T19:50:58Z"})) == ["key_age_unknown"]


def test_the_unknown_age_of_a_foreign_key_is_no_finding() -> None:
    assert kinds(key_age_findings(key_rows(app(keys=(2,)), MANAGED_KEYS, LIMITED), LIMITED)) == []


def test_an_invalid_time_yields_no_age() -> None:
    age = Age(MADE, 1.0, "1h")
    assert (age.days(None), age.days("yesterday"), age.exceeded("yesterday")) == (None, None, False)
    assert age.days("2027-01-01T00:00:00Z") == 0


HASH = DesiredIntegration(type="rezonate_security", secret_hash="made-up-hash-1", exclusive_secrets=True, take_over=True)
SECRETS: dict[str, tuple[list[dict[str, Any]], DesiredIntegration, list[str]]] = {
    "managed": ([raw_secret(1)], HASH, []),
    "managed and another": ([raw_secret(1), raw_secret(2)], HASH, ["secret_unknown"]),
    "managed and another, not exclusive": ([raw_secret(1), raw_secret(2)], replace(HASH, exclusive_secrets=False), []),
    "managed inactive": ([raw_secret(1, status="INACTIVE")], HASH, ["secret_inactive"]),
    "another": ([raw_secret(2)], HASH, ["secret_missing", "secret_unknown"]),
    "two others": ([raw_secret(2), raw_secret(3)], HASH, ["secret_missing", "secret_unknown"]),
    "none": ([], HASH, ["secret_missing"]),
    "managed one unknown": ([raw_secret(2), raw_secret(3)], replace(HASH, secret_hash=None), []),
}


@pytest.mark.parametrize("case", SECRETS)
def test_the_findings_of_secrets_follow_the_plan_of_onboarding(case: str) -> None:
    raws, desired, expected = SECRETS[case]
    mine = replace(integration_from(raw_service()), secrets=tuple(secret_from(raw) for raw in raws))
    assert kinds(integration_findings(mine, [], desired)) == expected


def test_a_missing_integration_and_several_integrations_are_findings() -> None:
    one = integration_from(raw_service())
    assert kinds(integration_findings(None, [], HASH)) == ["app_missing"]
    assert kinds(integration_findings(None, [one], replace(HASH, id="0oa9"))) == ["app_duplicate", "app_missing"]
    assert kinds(integration_findings(None, [one, one], HASH)) == ["app_duplicate", "app_unknown"]


def test_the_maximum_age_applies_to_secrets() -> None:
    secrets = [secret_from(raw_secret(1)), secret_from(raw_secret(2))]
    old = Age(MADE + 91 * DAY, 90.0 * DAY, "90d")
    assert [texts.message.split()[3] for texts in secret_age_findings(secrets, "made-up-hash-2", old)] == ["ocs2"]
    assert len(list(secret_age_findings(secrets, None, old))) == 2


def test_a_secret_of_unknown_age_is_unknown() -> None:
    secrets = [secret_from(raw_secret(1, created=None)), secret_from(raw_secret(2, created=None))]
    assert kinds(secret_age_findings(secrets, "made-up-hash-1", LIMITED)) == ["key_age_unknown"]
    (found,) = secret_age_findings(secrets, None, LIMITED, "2026-01-06T19:50:58Z")
    assert found.message.endswith("so they may be older than 90d: the client secret ocs1, the client secret ocs2.")
    assert kinds(secret_age_findings(secrets, "made-up-hash-1", LIMITED, "2026-01-06T19:50:58Z")) == ["key_old"]
    assert kinds(secret_age_findings(secrets, None, Age(MADE))) == []


READ, ALL = "okta.iam.read", "orn:{partition}:iam:{orgId}:contained_resources"
CONTAINED = "orn:okta:iam:00o1:contained_resources"
PRIVILEGES: dict[str, tuple[PrivilegeSnapshot, list[str]]] = {
    "in the desired state": (PrivilegeSnapshot([READ], [CONTAINED], ()), []),
    "in another cell": (PrivilegeSnapshot([READ], [CONTAINED.replace("orn:okta:", "orn:oktapreview:")], ()), []),
    "the role does not exist": (PrivilegeSnapshot(None, [CONTAINED], ()), ["privileges_missing"]),
    "the resource set does not exist": (PrivilegeSnapshot([READ], None, ()), ["privileges_missing"]),
    "neither exists": (PrivilegeSnapshot(None, None, ()), ["privileges_missing"]),
    "more permissions": (PrivilegeSnapshot([READ, "okta.users.manage"], [CONTAINED], ()), ["privileges_changed"]),
    "another permission": (PrivilegeSnapshot(["okta.users.read"], [CONTAINED], ()), ["privileges_changed"]),
    "no permission": (PrivilegeSnapshot([], [CONTAINED], ()), ["privileges_changed"]),
    "more resources": (PrivilegeSnapshot([READ], [CONTAINED, "orn:okta:directory:00o1:users"], ()), ["privileges_changed"]),
    "another resource": (PrivilegeSnapshot([READ], ["orn:okta:directory:00o1:users"], ()), ["privileges_changed"]),
    "no resource": (PrivilegeSnapshot([READ], [], ()), ["privileges_changed"]),
    "both changed": (PrivilegeSnapshot([], [], ()), ["privileges_changed", "privileges_changed"]),
    "assigned to others": (PrivilegeSnapshot([READ], [CONTAINED], ["the user 00u1"]), ["privileges_elsewhere"]),
    "no resource set, the role changed and assigned to others": (
        PrivilegeSnapshot([], None, ["the user 00u1"]),
        ["privileges_changed", "privileges_elsewhere", "privileges_missing"],
    ),
}


@pytest.mark.parametrize("case", PRIVILEGES)
def test_the_findings_of_the_privilege_role(case: str) -> None:
    seen, expected = PRIVILEGES[case]
    assert kinds(privilege_findings(seen, READ, ALL)) == expected


def test_the_findings_of_the_privilege_role_name_the_drift() -> None:
    texts = list(privilege_findings(PrivilegeSnapshot(["okta.users.manage"], None, ["the user 00u1", "the group 00g1"]), READ, ALL))
    assert [one.message for one in texts] == [
        "The resource set for reading privileges does not exist.",
        "The custom role permits okta.users.manage instead of okta.iam.read.",
        "The custom role is also held by the user 00u1, the group 00g1.",
    ]
    (both,) = privilege_findings(PrivilegeSnapshot(None, None, ()), READ, ALL)
    assert both.message == "The custom role and the resource set for reading privileges do not exist."
