# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of one tenant: the exact calls and the report."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._audit.audit_methods import audit_tenant
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, NoResponseError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_audit import audit_sentence
from ansible_collections.rezonate.okta.plugins.modules.okta_audit_info import MODULE
from helpers.fake_okta import (
    APP_ID,
    SERVICE_ID,
    TOKEN,
    FakeOkta,
    forbidden,
    params,
    raw_app,
    raw_key,
    raw_secret,
    raw_service,
    refusal,
    rsa_key,
    three_pages,
)

SCOPES = ["okta.logs.read", "okta.users.read"]
APPS, APP = "GET /api/v1/apps?q=Rezonate&limit=200", f"GET /api/v1/apps/{APP_ID}"
GRANTS, ROLES = f"{APP}/grants", f"GET /oauth2/v1/clients/{APP_ID}/roles"
KEYS = f"{APP}/credentials/jwks"
TOKENS, MINT, ZONES = "GET /api/v1/api-tokens", "POST /oauth2/v1/token", "GET /api/v1/zones"
SERVICES = "GET /integrations/api/v1/api-services"
SECRETS = f"{SERVICES}/{SERVICE_ID}/credentials/secrets"
ME, READ = "GET /api/v1/users/me", "GET /api/v1/users?limit=1"
ONE_USER = [{"id": "00u1"}]
PROBE = "GET /api/v1/apps?limit=1"
SHOWN = (PROBE, [{"id": "0oasaasure0000000001", "name": "saasure"}])
GRANTED = [{"id": f"oag{scope}", "scopeId": scope, "status": "ACTIVE"} for scope in SCOPES]
READER = [{"id": "R1", "type": "READ_ONLY_ADMIN"}]
MINTED = {"access_token": "made-up-access-token-77120354", "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(SCOPES)}
INVALID_TOKEN = refusal(401, "E0000011", "Invalid token provided")
OWN = {"app_id": APP_ID, "own_private_key": rsa_key(1).pem(), "own_key_id": "made-up-kid-1", "jwks": [rsa_key(1).public_jwk()]}
RIGHTS = ((GRANTS, GRANTED), (ROLES, READER))
CLEAN = ((APPS, [raw_app()]), *RIGHTS, (MINT, MINTED))
STORED_TOKEN = "00made-up-token-that-was-stored-41f6d28c"


@pytest.fixture
def oktas() -> list[FakeOkta]:
    """The stand-ins for Okta, in the order of the runs."""
    return []


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch, oktas: list[FakeOkta]) -> Any:
    """Runs the module against scripted responses; its outcome contains no secret, and every call is a read."""

    def run_module(*script: tuple[str, Any], **given: Any) -> dict[str, Any]:
        okta = FakeOkta(*script)
        oktas.append(okta)
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        defaults = {name: option.get("default") for name, option in MODULE.options.items()}
        own = {
            "tenant": "acme",
            "wanted_scopes": SCOPES,
            "roles": ["READ_ONLY_ADMIN"],
            "proven_at": "2026-01-30T06:00:00Z",
            "app_dpop": False,
        }
        values = audit_tenant(Call({**defaults, **params(), **own, **given})).values
        tenant = dict(values["tenant"])
        assert values["msg"] == audit_sentence(tenant)
        assert okta.left == []
        assert set(okta.writes) <= {MINT}
        assert [secret for secret in (TOKEN, STORED_TOKEN, MINTED["access_token"]) if str(secret) in repr(tenant)] == []
        return tenant

    return run_module


def ids(tenant: dict[str, Any]) -> list[str]:
    return [finding["id"] for finding in tenant["findings"]]


def test_a_clean_tenant_takes_five_calls(audit: Any) -> None:
    tenant = audit(*CLEAN[:-1], (TOKENS, []), CLEAN[-1], **OWN, bootstrap_owner="00u1")
    assert (tenant["status"], tenant["findings"], tenant["audited_as"]) == ("clean", [], "api_token")
    assert tenant["app"] == {"id": APP_ID, "label": "Rezonate", "status": "ACTIVE", "created": "2026-01-06T19:50:57.000Z"}
    assert (tenant["scopes"], tenant["roles"]["held"]) == ({"wanted": SCOPES, "granted": SCOPES}, ["READ_ONLY_ADMIN"])
    assert (tenant["last_proof"], [key["ours"] for key in tenant["keys"]]) == ("2026-01-30T06:00:00Z", [True])


LONG_AGO, VERIFIED_RECENTLY = "2020-01-06T19:50:58.000Z", {"proven_at": f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"}


def aged(audit: Any, keys: Any, **given: Any) -> dict[str, Any]:
    """Audit a tenant whose key must not be older than 90 days."""
    return dict(audit(*CLEAN[:-1], (KEYS, keys), CLEAN[-1], **{**OWN, "key_max_age": "90d", **given}))


def test_a_maximum_key_age_requires_a_call_for_the_list_of_keys(audit: Any) -> None:
    tenant = aged(audit, {"jwks": {"keys": [raw_key(1, created=LONG_AGO)]}})
    assert (ids(tenant), tenant["keys"][0]["created"], tenant["keys"][0]["age_days"] > 2000) == (
        ["key_old"],
        "2020-01-06T19:50:58.000Z",
        True,
    )
    assert ids(aged(audit, [raw_key(1, created=f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}")])) == []


@pytest.mark.parametrize("keys", [[], [raw_key(2)], {"jwks": {}}, forbidden()])
def test_an_age_that_okta_does_not_return_is_unknown(audit: Any, keys: Any) -> None:
    tenant = aged(audit, keys, **VERIFIED_RECENTLY)
    assert (ids(tenant), tenant["status"], tenant["keys"][0]["age_days"]) == (["key_age_unknown"], "unknown", None)


def test_a_key_that_was_verified_long_ago_is_old_whatever_okta_returns(audit: Any) -> None:
    (finding,) = aged(audit, forbidden(), proven_at="2020-01-06T19:50:58Z")["findings"]
    assert (finding["id"], "is at least" in finding["message"]) == ("key_old", True)


LOGS = "GET /api/v1/logs?limit=1"


def covering(audit: Any, *reads: tuple[str, Any], roles: Any = None, **given: Any) -> Any:
    """Audit with coverage; returns the status of each scope and the missing role."""
    script = (CLEAN[0], (GRANTS, GRANTED), (ROLES, READER if roles is None else roles), (MINT, MINTED), *reads)
    found = audit(*script, **{**OWN, "coverage": True, "concurrency": 1, **given})
    return {one["scope"]: (one["status"], one["needs"]) for one in found["coverage"]}, ids(found)


def test_coverage_is_read_with_the_apps_own_token_and_is_no_finding(audit: Any) -> None:
    assert covering(audit, (READ, ONE_USER), (LOGS, forbidden())) == (
        {"okta.logs.read": ("refused_by_role", None), "okta.users.read": ("usable", None)},
        [],
    )
    shown = covering(audit, (READ, []), (LOGS, []), roles=[])[0]
    assert shown == {"okta.logs.read": ("empty", "needs READ_ONLY_ADMIN"), "okta.users.read": ("empty", "needs READ_ONLY_ADMIN")}


def test_surplus_scopes_are_checked_too(audit: Any) -> None:
    more = [*SCOPES, "okta.groups.read"]
    granted = [{"id": f"oag{scope}", "scopeId": scope, "status": "ACTIVE"} for scope in more]
    minted = (MINT, {**MINTED, "scope": " ".join(more)})
    script = (CLEAN[0], (GRANTS, granted), (ROLES, READER), (MINT, MINTED), minted)
    reads = ((READ, ONE_USER), ("GET /api/v1/groups?limit=1", []), (LOGS, ONE_USER))
    found = audit(*script, *reads, **OWN, coverage=True, concurrency=1)
    assert [(one["scope"], one["status"]) for one in found["coverage"]] == [(scope, "usable") for scope in sorted(more)]


def test_without_working_credentials_coverage_is_unknown(audit: Any) -> None:
    assert audit(*CLEAN[:-1], (MINT, INVALID_TOKEN), (MINT, INVALID_TOKEN), **OWN, coverage=True)["coverage"] is None
    assert audit(*CLEAN[:-1], **{**OWN, "own_private_key": None}, coverage=True)["coverage"] is None
    assert audit(*CLEAN, **OWN)["coverage"] is None


def test_what_a_custom_role_of_others_permits_is_not_guessed(audit: Any) -> None:
    custom = [*READER, {"id": "R2", "type": "CUSTOM", "role": "cr1", "resource-set": "iamoset1"}]
    granted = [*GRANTED, {"id": "oag3", "scopeId": "okta.schemas.read", "status": "ACTIVE"}]
    schemas = ("GET /api/v1/meta/schemas/user/default", forbidden())
    minted = (MINT, {**MINTED, "scope": f"{MINTED['scope']} okta.schemas.read"})
    script = (CLEAN[0], (GRANTS, granted), (ROLES, custom), (MINT, MINTED), minted, (READ, ONE_USER), (LOGS, ONE_USER), schemas)
    found = audit(*script, **OWN, coverage=True, concurrency=1, exclusive=False)
    assert found["coverage"][1] == {"scope": "okta.schemas.read", "status": "refused_by_role", "needs": None}


def test_another_error_in_the_list_of_keys_ends_the_audit(audit: Any) -> None:
    assert audit(*CLEAN[:-1], (KEYS, refusal(500)), **OWN, key_max_age="90d")["status"] == "failed"


def test_keys_with_creation_times_require_no_list(audit: Any) -> None:
    with_key_times = raw_app(settings={"jwks": {"keys": [raw_key(1, created=LONG_AGO)]}})
    assert ids(audit((APPS, [with_key_times]), *CLEAN[1:], **OWN, key_max_age="90d")) == ["key_old"]


def test_foreign_keys_are_listed_with_their_times(audit: Any) -> None:
    script = ((APPS, [raw_app(keys=(1, 2))]), *RIGHTS, (KEYS, [raw_key(1), raw_key(2, created=LONG_AGO)]), (MINT, MINTED))
    findings = audit(*script, **OWN, exclusive_keys=True, key_max_age="9999d")["findings"]
    assert [finding["message"] for finding in findings] == [f"The app has unmanaged public keys: made-up-kid-2 (active, added {LONG_AGO})."]


def test_with_its_own_credentials_the_verification_comes_first(audit: Any) -> None:
    script = ((MINT, MINTED), (APPS, [raw_app()]), (GRANTS, GRANTED), (ROLES, forbidden()))
    tenant = audit(*script, **OWN, own_credentials=True)
    assert (tenant["audited_as"], ids(tenant), tenant["status"]) == ("own_credentials", ["roles_unknown"], "unknown")
    assert tenant["roles"]["held"] is None


def test_invalid_own_credentials_end_the_audit(audit: Any) -> None:
    tenant = audit((MINT, refusal(401, "invalid_client", "")), **OWN, own_credentials=True)
    assert (ids(tenant), tenant["status"]) == (["credential_dead"], "failed")
    assert tenant["error"].startswith("Couldn't get an access token")


def test_without_a_credential_the_audit_fails(audit: Any) -> None:
    tenant = audit(own_credentials=True, vault_problem="The file is locked.")
    assert (tenant["status"], ids(tenant)) == ("failed", ["vault_unread"])
    assert tenant["error"].startswith("There is no credential for the audit. The file is locked. Set rezonate_audit_api_token")


def test_objects_that_the_auditor_may_not_read_are_unknown(audit: Any) -> None:
    refused = [(call, forbidden()) for call in (APPS, GRANTS, ROLES, TOKENS)]
    tenant = audit(*refused, (MINT, MINTED), **OWN, bootstrap_owner="00u1")
    assert ids(tenant) == ["app_unknown", "bootstrap_token_unknown", "roles_unknown", "scopes_unknown"]
    assert (tenant["status"], tenant["scopes"]["granted"]) == ("unknown", None)


@pytest.mark.parametrize("error", [INVALID_TOKEN, refusal(500), NoResponseError("acme.okta.com can't be reached.")])
def test_another_error_ends_the_audit_of_the_tenant_with_a_message(audit: Any, error: Any) -> None:
    tenant = audit((APPS, error), **OWN)
    assert (tenant["status"], ids(tenant)) == ("failed", [])
    assert tenant["error"].endswith(".")


def test_a_renamed_app_is_read_by_its_id(audit: Any) -> None:
    assert ids(audit((APPS, []), (APP, raw_app(label="Other")), *RIGHTS, (MINT, MINTED), **OWN)) == ["app_renamed"]


def test_a_deleted_app_requires_no_further_reads(audit: Any) -> None:
    assert ids(audit((APPS, []), (APP, 404), SHOWN, **OWN)) == ["app_missing"]


@pytest.mark.parametrize("roles", [[{"type": "ORG_ADMIN"}], [{"type": "CUSTOM"}], forbidden()])
def test_an_app_that_the_auditor_may_not_see_is_unknown_and_not_missing(audit: Any, roles: Any) -> None:
    who = ((PROBE, []), (ME, {"id": "00u1", "profile": {"login": "auditor@acme.example"}}), (OWNER_ROLES, roles))
    tenant = audit((APPS, []), (APP, 404), *who, *RIGHTS, (MINT, MINTED), **OWN)
    assert (ids(tenant), tenant["status"], tenant["app"]) == (["app_unknown"], "unknown", None)
    assert "auditor@acme.example, who" in tenant["findings"][0]["message"]
    assert ids(audit((APPS, []), *who, vault_problem="The file is locked.", proven_at=None)) == ["app_unknown", "vault_unread"]


def test_an_unusable_app_is_not_verified(audit: Any) -> None:
    assert ids(audit((APPS, [raw_app(status="INACTIVE")]), *RIGHTS, **OWN)) == ["app_inactive"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(401, "invalid_client"), "credential_dead"),
        (refusal(400, "invalid_scope"), "credential_dead"),
        (refusal(400, "access_denied"), "credential_unknown"),
        (refusal(503), "credential_unknown"),
        (NoResponseError("The connection was lost."), "credential_unknown"),
    ],
)
def test_findings_by_the_response_of_the_token_endpoint(audit: Any, answer: Any, kind: str) -> None:
    assert ids(audit(*CLEAN[:-1], (MINT, answer), **OWN)) == [kind]


def test_zones_by_name_are_resolved(audit: Any) -> None:
    zoned = raw_app(settings={"network": {"connection": "ZONE", "include": ["nzo1"]}})
    script = ((APPS, [zoned]), (ZONES, [{"id": "nzo1", "name": "Office"}]), *RIGHTS, (MINT, MINTED))
    assert ids(audit(*script, **OWN, network_zones=["Office"])) == []
    assert ids(audit(*script, **OWN, network_zones=["Office", "Gone"])) == ["network_changed"]
    assert ids(audit((APPS, [zoned]), (ZONES, forbidden()), *RIGHTS, (MINT, MINTED), **OWN, network_zones=["Office"])) == [
        "network_unknown"
    ]


def zoned(*zones: str) -> dict[str, Any]:
    """An app that is limited to network zones; without any, it can be used from anywhere."""
    network = {"connection": "ZONE", "include": list(zones)} if zones else {"connection": "ANYWHERE"}
    return raw_app(settings={"network": network})


TWO_ZONES = (ZONES, [{"id": "nzo1", "name": "Office"}, {"id": "nzo2", "name": "Home"}])
# The zones of the app, the desired zones, whether the zones of the org are listed, and the findings.
NETWORKS: dict[str, tuple[tuple[str, ...], list[str] | None, bool, list[str]]] = {
    "unmanaged": (("nzo1",), None, False, []),
    "none": ((), [], False, []),
    "none desired": (("nzo1",), [], False, ["network_changed"]),
    "by id": (("nzo1",), ["nzo1"], False, []),
    "by id, in any order": (("nzo1", "nzo2"), ["nzo2", "nzo1"], False, []),
    "another id": (("nzo1",), ["nzo2"], False, ["network_changed"]),
    "an additional id": (("nzo1",), ["nzo1", "nzo2"], False, ["network_changed"]),
    "by id, from anywhere": ((), ["nzo1"], False, ["network_open"]),
    "by name": (("nzo2",), ["Home"], True, []),
    "by name and id": (("nzo1", "nzo2"), ["nzo2", "Office"], True, []),
    "one zone by name and id": (("nzo1",), ["nzo1", "Office"], True, []),
    "another name": (("nzo1",), ["Home"], True, ["network_changed"]),
}


@pytest.mark.parametrize("case", NETWORKS)
def test_network_zones_are_compared_by_id_and_by_name(audit: Any, case: str) -> None:
    zones, desired, lists, found = NETWORKS[case]
    script = ((APPS, [zoned(*zones)]), *([TWO_ZONES] if lists else []), *RIGHTS, (MINT, MINTED))
    assert ids(audit(*script, **OWN, network_zones=desired)) == found


def test_the_zones_of_a_missing_app_are_not_read(audit: Any) -> None:
    assert ids(audit((APPS, []), (APP, 404), SHOWN, **OWN, network_zones=["Office"])) == ["app_missing"]


BOUND = {**MINTED, "token_type": "DPoP"}


def bound_mints(okta: FakeOkta) -> list[bool]:
    """Whether each access token was requested with a DPoP proof."""
    return ["DPoP" in headers for call, headers in zip(okta.calls, okta.headers, strict=True) if call == MINT]


@pytest.mark.parametrize("own_dpop", [True, False])
@pytest.mark.parametrize("dpop", [True, False])
def test_the_credentials_are_verified_with_the_dpop_setting_of_the_app(
    audit: Any, oktas: list[FakeOkta], dpop: bool, own_dpop: bool
) -> None:
    app = raw_app(settings={"dpop_bound_access_tokens": dpop})
    script = ((APPS, [app]), *RIGHTS, (MINT, BOUND if dpop else MINTED))
    assert ids(audit(*script, **OWN, own_dpop=own_dpop, app_dpop=dpop)) == []
    assert bound_mints(oktas[-1]) == [dpop]


@pytest.mark.parametrize("dpop", [True, False])
def test_own_credentials_are_used_with_the_dpop_setting_of_the_vault_file(audit: Any, oktas: list[FakeOkta], dpop: bool) -> None:
    app = raw_app(settings={"dpop_bound_access_tokens": dpop})
    script = ((MINT, BOUND if dpop else MINTED), (APPS, [app]), *RIGHTS)
    assert ids(audit(*script, **OWN, own_credentials=True, own_dpop=dpop, app_dpop=dpop)) == []
    assert bound_mints(oktas[-1]) == [dpop]


@pytest.mark.parametrize("is_own", [True, False])
@pytest.mark.parametrize("dpop", [True, False])
def test_coverage_of_other_scopes_needs_a_token_of_the_same_kind(audit: Any, oktas: list[FakeOkta], dpop: bool, is_own: bool) -> None:
    app = raw_app(settings={"dpop_bound_access_tokens": dpop})
    minted = (MINT, BOUND if dpop else MINTED)
    script = ((APPS, [app]), (GRANTS, GRANTED[1:]), (ROLES, READER))
    whole = (minted, *script, minted) if is_own else (*script, minted, minted)
    found = audit(*whole, (READ, ONE_USER), **OWN, own_credentials=is_own, own_dpop=dpop, app_dpop=dpop, coverage=True, concurrency=1)
    assert (ids(found), [one["scope"] for one in found["coverage"]]) == (["scope_missing"], ["okta.users.read"])
    assert bound_mints(oktas[-1]) == [dpop, dpop]


VERIFIED, APP_CREATED, LATER = "2026-01-30T06:00:00Z", "2026-01-06T19:50:57.000Z", "2026-02-20T06:00:00.000Z"


def api_token(number: int, owner: int = 2, created: str = "2026-01-01T00:00:00.000Z", used: str = LATER) -> dict[str, Any]:
    """An API token in Okta's format."""
    return {"id": f"00T{number}", "name": f"token {number}", "userId": f"00u{owner}", "created": created, "lastUpdated": used}


def bootstrapped(audit: Any, *tokens: dict[str, Any], me: str = "00u9", **given: Any) -> dict[str, Any]:
    """Audit a tenant whose bootstrap token was one of the user 00u2."""
    asks = [(ME, {"id": me})] if given.pop("asks", True) else []
    return dict(audit(*CLEAN[:-1], (TOKENS, list(tokens)), *asks, CLEAN[-1], **OWN, bootstrap_owner="00u2", **given))


def test_a_token_that_is_older_than_the_onboarding_and_was_used_since_is_a_finding(audit: Any) -> None:
    tenant = bootstrapped(audit, api_token(1, owner=1), api_token(2))
    assert [(finding["id"], finding["severity"]) for finding in tenant["findings"]] == [("bootstrap_token_alive", "medium")]
    message = tenant["findings"][0]["message"]
    assert "'token 2' (00T2, made 2026-01-01T00:00:00.000Z, last used 2026-02-20T06:00:00Z)" in message
    assert "token 1" not in message


OTHER_TOKENS = {
    "another user's": api_token(1, owner=1),
    "created after the onboarding": api_token(1, created="2026-01-06T21:50:57.000Z"),
    "not used since": api_token(1, used=VERIFIED),
    "used while onboarding": api_token(1, used="2026-01-30T06:59:59Z"),
    "of unknown use": {"id": "00T1", "userId": "00u2", "created": "2026-01-01T00:00:00.000Z"},
}


@pytest.mark.parametrize("which", OTHER_TOKENS)
def test_any_other_token_is_no_finding(audit: Any, which: str) -> None:
    assert bootstrapped(audit, OTHER_TOKENS[which], asks=False)["status"] == "clean"


def test_the_token_of_the_audit_is_no_finding(audit: Any) -> None:
    unused, calling = api_token(1, used=VERIFIED), api_token(2, used="2026-03-01T00:00:00.000Z")
    assert bootstrapped(audit, unused, calling, me="00u2")["status"] == "clean"
    assert "token 3" in bootstrapped(audit, calling, api_token(3), me="00u2")["findings"][0]["message"]


def test_the_window_of_a_token_shows_its_last_use(audit: Any) -> None:
    token = {**api_token(1, used=VERIFIED), "tokenWindow": "P30D", "expiresAt": "2026-03-22T06:00:00.000Z"}
    assert ids(bootstrapped(audit, token)) == ["bootstrap_token_alive"]


def test_for_an_adopted_app_the_verification_is_the_time_of_onboarding(audit: Any) -> None:
    token = api_token(1, created="2026-01-20T00:00:00.000Z")
    assert ids(bootstrapped(audit, token, adopting=True)) == ["bootstrap_token_alive"]


def test_without_a_verification_no_token_is_reported(audit: Any) -> None:
    assert ids(bootstrapped(audit, api_token(1), asks=False, proven_at=None)) == ["never_proven"]


def test_tokens_are_read_from_all_pages(audit: Any) -> None:
    script = (*CLEAN[:-1], *three_pages("/api/v1/api-tokens", [api_token(number) for number in (1, 2, 3)]), (ME, {"id": "00u9"}), CLEAN[-1])
    assert "token 3" in audit(*script, **OWN, bootstrap_owner="00u2")["findings"][0]["message"]


@pytest.mark.parametrize(
    ("stage", "days", "found"),
    [("prepared", 6, []), ("prepared", 8, ["rotation_unfinished"]), ("taking over", 6, []), ("finishing", 0, ["rotation_unfinished"])],
)
def test_a_rotation_that_waits_for_a_person_is_a_finding_after_a_week(audit: Any, stage: str, days: int, found: list[str]) -> None:
    since = (datetime.now(timezone.utc) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(audit(*CLEAN, **OWN, rotation=stage, rotation_since=since)) == found
    assert ids(audit(*CLEAN, **OWN, rotation=stage)) == ["rotation_unfinished"]


def test_credentials_that_cannot_be_verified_from_this_address_are_only_unknown(audit: Any) -> None:
    zoned = raw_app(settings={"network": {"connection": "ZONE", "include": ["nzo1"]}})
    script = ((APPS, [zoned]), *RIGHTS, (MINT, refusal(400, "access_denied")))
    tenant = audit(*script, **OWN, network_zones=["nzo1"], proven_at=None)
    assert (ids(tenant), tenant["status"]) == (["credential_unknown"], "unknown")


def test_the_label_of_an_adopted_app_is_its_own(audit: Any) -> None:
    script = ((APPS, []), (APP, raw_app(label="Other")), *RIGHTS, (MINT, MINTED))
    assert ids(audit(*script, **OWN, adopting=True)) == []


def test_surplus_access_of_an_adopted_app_is_corrected_by_finishing_the_adoption(audit: Any) -> None:
    more = [*GRANTED, {"id": "oag9", "scopeId": "okta.users.manage"}]
    (finding,) = audit((APPS, [raw_app()]), (GRANTS, more), (ROLES, READER), (MINT, MINTED), **OWN, adopting=True)["findings"]
    assert (finding["id"], finding["severity"]) == ("scope_manage_surplus", "critical")
    assert "rezonate.okta.rotate_rezonate --limit acme --vault-id @prompt -e rezonate_rotation=finish" in finding["remedy"]


@pytest.mark.parametrize(("days", "found"), [(6, []), (8, ["key_adopted", "rotation_unfinished"])])
def test_the_keys_of_an_adopted_app_are_a_finding_after_a_week(audit: Any, days: int, found: list[str]) -> None:
    since = (datetime.now(timezone.utc) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    script = ((APPS, [raw_app(keys=(1, 2))]), *RIGHTS, (MINT, MINTED))
    tenant = audit(*script, **OWN, adopting=True, exclusive_keys=True, rotation="taking over", rotation_since=since)
    assert sorted(ids(tenant)) == found


def test_the_remedy_for_a_tenant_that_was_never_onboarded_is_onboarding(audit: Any) -> None:
    unread = {"vault_problem": "acme.vault does not exist.", "onboarded": False, "proven_at": None, "inventory": ["acme,"]}
    tenant = audit((APPS, []), SHOWN, **unread)
    assert ids(tenant) == ["app_missing", "vault_unread"]
    assert all("rezonate.okta.onboard_rezonate --limit acme" in finding["remedy"] for finding in tenant["findings"])
    assert "Onboard the tenant if it never was." in audit(own_credentials=True, **unread)["error"]


def test_a_tenant_whose_audit_failed_before_has_the_same_shape(audit: Any) -> None:
    tenant = audit(problem="rezonate_audit_fail_on: sometimes is no choice.", host="acme-host")
    assert set(tenant) == set(audit(*CLEAN, **OWN))
    assert (tenant["status"], tenant["error"]) == ("failed", "rezonate_audit_fail_on: sometimes is no choice.")
    assert (tenant["tenant"], tenant["org_url"], tenant["host"]) == ("acme", "https://acme.okta.com", "acme-host")


@pytest.mark.parametrize("given", ["acme", "acme.oktapreview.com", "https://Acme.oktapreview.com/"])
def test_the_org_of_a_failed_audit_is_resolved_from_the_tenant_id(audit: Any, given: str) -> None:
    tenant = audit(problem="x", tenant=given, org_url=None, okta_domain="oktapreview.com")
    assert (tenant["tenant"], tenant["org_url"]) == ("acme", "https://acme.oktapreview.com")


def test_a_tenant_with_an_invalid_org_has_no_org_url(audit: Any) -> None:
    assert audit(problem="It names no tenant.", org_url="https://a b")["org_url"] is None


def test_without_the_vault_file_optional_scopes_and_keys_are_not_evaluated(audit: Any) -> None:
    unread = {"vault_problem": "The file is locked.", "optional_scopes": ["okta.devices.read"], "proven_at": None}
    tenant = audit((APPS, [raw_app(keys=(1, 2))]), *RIGHTS, **unread)
    assert (ids(tenant), [key["ours"] for key in tenant["keys"]]) == (["vault_unread"], [None, None])
    more = [*GRANTED, {"id": "oag9", "scopeId": "okta.devices.read"}]
    assert ids(audit((APPS, [raw_app()]), (GRANTS, more), (ROLES, READER), **unread)) == ["vault_unread"]


def test_an_integration_takes_three_calls(audit: Any) -> None:
    given = {
        "method": "api_service_integration",
        "app_id": SERVICE_ID,
        "own_client_secret": "made-up-secret",
        "secret_hash": "made-up-hash-1",
    }
    script = ((SERVICES, [raw_service()]), (SECRETS, [raw_secret(1)]), (MINT, MINTED))
    tenant = audit(*script, **given)
    assert (tenant["status"], tenant["app"]["id"], tenant["roles"]["wanted"]) == ("clean", SERVICE_ID, [])
    assert ids(audit((SERVICES, forbidden()), (MINT, MINTED), **given)) == ["app_unknown"]
    assert ids(audit(*script[:1], (SECRETS, forbidden()), script[2], **given)) == ["keys_unknown"]
    assert ids(audit(*script, **{**given, "secret_hash": None})) == ["keys_unknown"]


INTEGRATION = {
    "method": "api_service_integration",
    "service_type": "rezonate_security",
    "app_id": SERVICE_ID,
    "own_client_secret": "made-up-secret",
    "secret_hash": "made-up-hash-1",
}
OTHER_SERVICE = raw_service(id="0oaother")
# The integrations of the org, the secrets of the managed one, options, whether the credentials are verified, and the findings.
DRIFT: dict[str, tuple[list[Any], list[Any] | None, dict[str, Any], bool, list[str]]] = {
    "none": ([raw_service()], [raw_secret(1)], {}, True, []),
    "missing": ([], None, {}, False, ["app_missing"]),
    "missing, another exists": ([OTHER_SERVICE], None, {}, False, ["app_duplicate", "app_missing"]),
    "a second one": ([OTHER_SERVICE, raw_service()], [raw_secret(1)], {}, True, ["app_duplicate"]),
    "without an id": ([raw_service()], [raw_secret(1)], {"app_id": None}, False, []),
    "several without an id": ([OTHER_SERVICE, raw_service()], None, {"app_id": None}, False, ["app_duplicate", "app_unknown"]),
    "a missing scope": ([raw_service(grantedScopes=SCOPES[:1])], [raw_secret(1)], {}, True, ["scope_missing"]),
    "a surplus scope": (
        [raw_service(grantedScopes=[*SCOPES, "okta.apps.read"])],
        [raw_secret(1)],
        {"exclusive": True},
        True,
        ["scope_surplus"],
    ),
    "another secret": ([raw_service()], [raw_secret(2)], {"exclusive_keys": True}, False, ["secret_missing", "secret_unknown"]),
    "another secret that is permitted": ([raw_service()], [raw_secret(2)], {"exclusive_keys": False}, False, ["secret_missing"]),
    "an unmanaged secret": ([raw_service()], [raw_secret(1), raw_secret(2)], {"exclusive_keys": True}, True, ["secret_unknown"]),
    "an unmanaged secret that is permitted": ([raw_service()], [raw_secret(1), raw_secret(2)], {"exclusive_keys": False}, True, []),
    "an inactive secret": ([raw_service()], [raw_secret(1, status="INACTIVE")], {}, False, ["secret_inactive"]),
    "an old secret": ([raw_service()], [raw_secret(1, created=LONG_AGO)], {"key_max_age": "90d"}, True, ["key_old"]),
    "a secret that was verified long ago": (
        [raw_service()],
        [raw_secret(1, created=None)],
        {"key_max_age": "90d", "proven_at": "2020-01-30T06:00:00Z"},
        True,
        ["key_old"],
    ),
}


@pytest.mark.parametrize("case", DRIFT)
def test_the_drift_of_an_integration_is_found(audit: Any, case: str) -> None:
    services, secrets, more, verified, found = DRIFT[case]
    script = [(SERVICES, services), *([(SECRETS, secrets)] if secrets is not None else []), *([(MINT, MINTED)] if verified else [])]
    tenant = audit(*script, **{**INTEGRATION, **more})
    assert sorted(ids(tenant)) == found
    if secrets is not None:
        shown = {"id": SERVICE_ID, "label": "Rezonate Security", "status": None, "created": "2026-01-06T19:50:57.000Z"}
        assert tenant["app"] == shown
    else:
        assert tenant["app"] is None


def test_without_the_vault_file_the_managed_secret_is_unknown_and_no_finding(audit: Any) -> None:
    unread = {"vault_problem": "The file is locked.", "own_client_secret": None, "secret_hash": None, "proven_at": None}
    assert ids(audit((SERVICES, [raw_service()]), (SECRETS, [raw_secret(1)]), **{**INTEGRATION, **unread})) == ["vault_unread"]
    aged_secret = (SECRETS, [raw_secret(1, created=LONG_AGO)])
    found = audit((SERVICES, [raw_service()]), aged_secret, **{**INTEGRATION, **unread}, key_max_age="90d")
    assert sorted(ids(found)) == ["key_old", "vault_unread"]


OWNER_ROLES = "GET /api/v1/users/00u1/roles"
WHO = (ME, {"id": "00u1", "profile": {"login": "reader@acme.example"}})
OWNERS: dict[str, tuple[list[tuple[str, Any]], list[str]]] = {
    "read-only": ([WHO, (OWNER_ROLES, READER), (READ, ONE_USER)], []),
    "more roles": ([WHO, (OWNER_ROLES, [*READER, {"type": "APP_ADMIN"}]), (READ, ONE_USER)], ["owner_privileged"]),
    "super admin": ([WHO, (OWNER_ROLES, [{"type": "SUPER_ADMIN"}]), (READ, ONE_USER)], ["super_admin", "owner_privileged"]),
    "no roles": ([WHO, (OWNER_ROLES, [])], ["role_missing"]),
    "roles unknown": ([WHO, (OWNER_ROLES, forbidden()), (OWNER_ROLES, forbidden()), (READ, ONE_USER)], ["roles_unknown"]),
    "roles unknown, users forbidden": (
        [WHO, (OWNER_ROLES, forbidden()), (OWNER_ROLES, forbidden()), (READ, forbidden())],
        ["role_missing", "roles_unknown"],
    ),
    "the token can read roles": ([WHO, (OWNER_ROLES, forbidden()), (OWNER_ROLES, []), (READ, ONE_USER)], ["owner_privileged"]),
    "the token sees no users": (
        [WHO, (OWNER_ROLES, forbidden()), (OWNER_ROLES, forbidden()), (READ, [])],
        ["role_missing", "roles_unknown"],
    ),
    "invalid token": ([(ME, INVALID_TOKEN)], ["token_dead"]),
}


@pytest.mark.parametrize("case", OWNERS)
def test_a_stored_token_is_verified(audit: Any, case: str) -> None:
    script, expected = OWNERS[case]
    assert ids(audit(*script, method="api_token", own_api_token=STORED_TOKEN)) == expected


def test_a_token_audits_itself(audit: Any) -> None:
    tenant = audit(WHO, (OWNER_ROLES, forbidden()), (READ, ONE_USER), method="api_token", own_api_token=STORED_TOKEN, own_credentials=True)
    assert (ids(tenant), tenant["audited_as"]) == (["roles_unknown"], "own_credentials")
    tenant = audit((ME, INVALID_TOKEN), method="api_token", own_api_token=STORED_TOKEN, own_credentials=True)
    assert (ids(tenant), tenant["status"]) == (["token_dead"], "failed")


def test_a_file_without_a_token_is_a_finding(audit: Any) -> None:
    assert ids(audit(method="api_token", proven_at=None)) == ["token_dead", "never_proven"]
    assert ids(audit(method="api_token", vault_problem="The file is locked.")) == ["vault_unread"]


def test_an_invalid_option_is_a_failure(audit: Any) -> None:
    with pytest.raises(InputError, match="key_max_age"):
        audit(key_max_age="soon")
    with pytest.raises(InputError, match="wanted_scopes"):
        audit(wanted_scopes=["users"])
