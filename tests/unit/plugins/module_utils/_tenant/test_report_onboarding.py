# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an onboarding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, StoredFacts
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_onboarding import matches_desired_state, onboarding_report

OLD, NEW, TIME = "0oaold00000000000001", "0oanew00000000000001", "2026-01-31T12:00:00Z"
ACME = "Tenant acme (https://acme.okta.com)"
VIEW = "ansible-vault view --vault-id rz@prompt acme.vault"
KNOWN = {"application_id": OLD, "proven_at": TIME}
EMPTY = StoredFacts("acme.vault", VIEW)
APP = {"id": OLD, "client_id": OLD, "label": "Rezonate", "authentication": [{"kid": "k1"}]}
SCOPES = ["okta.users.read", "okta.logs.read"]
VERIFICATION = {"token_type": "Bearer", "scopes": SCOPES, "proved": [{"path": "/api/v1/users?limit=1"}]}
SAME = {"app": {"changed": False, "app": APP}, "grants": {"changed": False}, "roles": {"changed": False}, "verification": VERIFICATION}
CREATED = {"changed": True, "created": True, "app": {**APP, "id": NEW, "client_id": NEW}}
FIRST = {
    "app": CREATED,
    "made": {"changed": True, "key_id": "k1"},
    "grants": {"changed": True, "added": SCOPES},
    "verification": VERIFICATION,
    "saved_verification": {"changed": True},
}
VERIFIED_WITH_KEY = (
    "Verification: an access token was issued with the private key in the vault file, for 2 scopes; read with it: /api/v1/users?limit=1."
)
NOTHING_TO_DO = "To do: nothing; the entries in the Rezonate console remain valid."
DESIRED = f"{ACME}: matches the desired state; verified, 2 scopes."
WHERE = ["Credentials: acme.vault", f"View them: {VIEW}"]
CONSOLE = "In the Rezonate console, Settings > Cloud Integrations > New Integration > Okta"


def known(method: str = "oauth", **members: Any) -> StoredFacts:
    """A record whose credentials were verified."""
    entry = {**KNOWN, **members}
    return StoredFacts("acme.vault", VIEW, method=method, verified=True, known=entry, methods={method: entry})


def facts(stored: StoredFacts | None = None, results: dict[str, Any] | None = None, **members: Any) -> Facts:
    """A run, by default one that found the desired state."""
    options = {"verify": True, **members.pop("options", {})}
    found = SAME if results is None else results
    compared = {"compared": "app" in found or "integration" in found}
    given = {"stored": known() if stored is None else stored, "results": found, **compared, **members}
    return Facts("onboard", tenant="acme", org_url="https://acme.okta.com", options=options, **given)


def test_a_tenant_in_the_desired_state_is_one_line() -> None:
    assert onboarding_report(facts()) == [DESIRED]
    options = {"remediation": True, "retry_optional_scopes": False, "revoke_bootstrap_token": "false"}
    assert onboarding_report(facts(known(unavailable_scopes=["okta.realms.read"]), options=options, caller="api_token")) == [DESIRED]


def test_a_verbose_report_has_all_details() -> None:
    stored = known(unavailable_scopes=["okta.realms.read"])
    assert onboarding_report(facts(stored, options={"remediation": True}, verbose=True)) == [
        DESIRED,
        (
            "Verification: an access token was issued with the private key in the vault file, for 2 scopes (okta.users.read,"
            " okta.logs.read); read with it: /api/v1/users?limit=1."
        ),
        "Optional scopes that are not available in this org: okta.realms.read.",
        "Remediation: the app can manage users and groups.",
    ]


def test_the_first_run_reports_the_credentials_and_the_console_fields() -> None:
    assert onboarding_report(facts(EMPTY, FIRST)) == [
        f"{ACME}: onboarded and verified.",
        VERIFIED_WITH_KEY,
        f"Changed: the app Rezonate is created, application id {NEW}; a key is created; 2 scopes added.",
        *WHERE,
        f"{CONSOLE}: tenant id acme, application id {NEW}, private key: rezonate_credentials.private_key of that file.",
    ]


def test_a_run_that_finishes_an_earlier_one_reports_the_credentials() -> None:
    stored = replace(EMPTY, known={"application_id": OLD})
    lines = onboarding_report(facts(stored, {"verification": VERIFICATION, "app": {"app": {}}, "saved_verification": {"changed": True}}))
    assert lines[-1].startswith(f"{CONSOLE}: tenant id acme, application id {OLD}, ")


def test_check_mode_of_a_new_tenant_has_no_credentials_yet() -> None:
    results = {"app": {**CREATED, "app": {"label": "Rezonate"}}, "saved_verification": {"changed": True}}
    assert onboarding_report(facts(EMPTY, results, check=True)) == [
        f"{ACME}: would be onboarded.",
        "Would change: the app Rezonate is created.",
    ]


def test_corrected_drift_needs_no_console_entries() -> None:
    results = {**SAME, "grants": {"changed": True, "added": ["okta.logs.read"]}}
    lines = onboarding_report(facts(results=results))
    assert (lines[0], lines[2:]) == (f"{ACME}: onboarded and verified.", ["Changed: scopes added: okta.logs.read.", NOTHING_TO_DO])
    assert onboarding_report(facts(results={**results, "verification": {}}, check=True)) == [
        f"{ACME}: would be changed.",
        "Would change: scopes added: okta.logs.read.",
        NOTHING_TO_DO,
    ]


def test_a_recreated_app_needs_console_entries() -> None:
    lines = onboarding_report(facts(results={**SAME, "app": CREATED, "saved_app": {"changed": True}}))
    to_do = f"To do: In the Rezonate console, the application id {NEW} (before: {OLD}) must be updated."
    assert lines[2:] == [f"Changed: the app Rezonate is created in place of {OLD}, application id {NEW}.", to_do, *WHERE]
    lines = onboarding_report(facts(results={**SAME, "app": CREATED}, check=True))
    assert lines[-1] == to_do.replace("must be", "would have to be")


def test_another_method_is_reported_like_the_first_run() -> None:
    stored = replace(known(), changes_method=True, methods={"oauth": KNOWN, "api_token": {}})
    lines = onboarding_report(facts(stored, {**SAME, "saved_verification": {"changed": True}}))
    assert lines[0] == f"{ACME}: onboarded and verified."
    assert lines[-3:-1] == WHERE
    assert not [line for line in lines if line.startswith("To do")]


def test_credentials_that_are_verified_again_remain_valid() -> None:
    lines = onboarding_report(facts(results={**SAME, "saved_verification": {"changed": True}}))
    assert (lines[0], lines[2:]) == (f"{ACME}: onboarded and verified.", [NOTHING_TO_DO])


def test_without_a_valid_credential_the_tenant_is_verified_but_not_compared() -> None:
    assert onboarding_report(facts(results={"verification": VERIFICATION})) == [
        f"{ACME}: verified; not compared with Okta, since no valid API token or OAuth client was given.",
        VERIFIED_WITH_KEY,
    ]


def test_without_verification_the_status_is_not_verified() -> None:
    results = {name: SAME[name] for name in ("app", "grants", "roles")}
    unverified = f"{ACME}: onboarded, not verified (rezonate_verify is false)."
    assert onboarding_report(facts(replace(EMPTY, known={"application_id": OLD}), results, options={"verify": False})) == [unverified]
    assert onboarding_report(facts(results=results, options={"verify": False})) == [unverified]


BARRED = {"app": {"app": {**APP, "network_zones": ["nzo1", "nzo2"]}}, "verification": {"barred": True}}


@pytest.mark.parametrize("stored", [EMPTY, known()])
def test_an_app_that_is_limited_to_other_networks_is_not_verified(stored: StoredFacts) -> None:
    assert onboarding_report(facts(stored, BARRED)) == [
        f"{ACME}: onboarded; not verified, since the app cannot be used from this address.",
        "Not verified from this address: the app can be used from the network zones nzo1, nzo2 only, and Okta refused this address.",
    ]


@pytest.mark.parametrize(
    ("stored", "results", "options", "desired"),
    [
        (known(), SAME, {}, True),
        (EMPTY, SAME, {}, False),
        (known(), {"verification": VERIFICATION}, {}, False),
        (known(), SAME, {"verify": False}, False),
        (known(), BARRED, {}, False),
        (known(), {**SAME, "roles": {"changed": True}}, {}, False),
        (known(), {**SAME, "saved_verification": {"changed": True}}, {}, False),
        (known(), {**SAME, "revoked": {"changed": True}}, {}, True),
    ],
)
def test_when_the_desired_state_is_reported(stored: StoredFacts, results: dict[str, Any], options: dict[str, Any], desired: bool) -> None:
    assert matches_desired_state(facts(stored, results, options=options)) == desired


@pytest.mark.parametrize(
    ("method", "verification", "line"),
    [
        (
            "oauth",
            {**VERIFICATION, "token_type": "DPoP"},
            "the private key in the vault file, bound by DPoP, for 2 scopes; read with it: /api/v1/users?limit=1.",
        ),
        ("oauth", {**VERIFICATION, "proved": []}, "the private key in the vault file, for 2 scopes."),
        (
            "api_service_integration",
            {"scopes": ["a"], "proved": [{"path": "/a"}, {"path": "/b"}]},
            "the client secret in the vault file, for 1 scope; read with it: /a, /b.",
        ),
    ],
)
def test_how_the_credentials_were_verified(method: str, verification: dict[str, Any], line: str) -> None:
    lines = onboarding_report(facts(replace(EMPTY, method=method), {**FIRST, "verification": verification}))
    assert lines[1] == f"Verification: an access token was issued with {line}"


def test_objects_in_use_are_always_reported() -> None:
    assert onboarding_report(facts(results={**SAME, "resource_set": {"left": "It was left."}})) == [DESIRED, "It was left."]


READ_ONLY = {
    "exact": True,
    "roles": ["READ_ONLY_ADMIN"],
    "privileged": False,
    "other_owner": False,
    "owner": {"login": "auditor@acme.example"},
    "proved": [{"path": "/api/v1/users?limit=1"}],
    "verdict": "The verdict.",
    "tokens": [{"name": "Test"}],
}
TOKEN = known("api_token")


def owner(stored: StoredFacts = TOKEN, saved: bool = False, verbose: bool = False, **inspected: Any) -> list[str]:
    """The report of a tenant with an API token, without its first line."""
    results = {"inspection": {"inspected": {**READ_ONLY, **inspected}}, "saved_verification": {"changed": saved}}
    lines = onboarding_report(
        facts(stored, results, verbose=verbose, new_token=saved, options={"service_user": "" if saved else "rz@acme.example"})
    )
    return lines if saved or verbose else lines[1:]


def test_an_api_token_in_the_desired_state_is_one_line() -> None:
    assert onboarding_report(facts(TOKEN, {"inspection": {"inspected": READ_ONLY}})) == [f"{ACME}: matches the desired state; verified."]


@pytest.mark.parametrize("inspected", [{"exact": False}, {"privileged": True}, {"roles": []}])
def test_an_owner_that_is_not_known_to_be_read_only_is_reported(inspected: dict[str, Any]) -> None:
    assert owner(**inspected) == ["The verdict."]


def test_a_token_of_another_owner_is_a_warning() -> None:
    assert owner(other_owner=True) == ["Warning: the token belongs to auditor@acme.example, not to rz@acme.example."]
    words = "Warning: the token belongs to auditor@acme.example, not to the service user that was created for it."
    assert words in owner(saved=True, other_owner=True)


def test_a_new_api_token_is_reported_with_its_inspection() -> None:
    assert owner(replace(EMPTY, method="api_token"), saved=True) == [
        f"{ACME}: onboarded and verified.",
        "Verification: read with the token: /api/v1/users?limit=1.",
        "Changed: the API token is stored.",
        "The verdict.",
        "API tokens of that owner: Test.",
        *WHERE,
        f"{CONSOLE}: domain acme.okta.com, API key: rezonate_credentials.api_token of that file.",
    ]


def test_a_verbose_report_has_the_owner_too() -> None:
    assert owner(verbose=True)[2:] == ["The verdict.", "API tokens of that owner: Test."]


@pytest.mark.parametrize(
    ("network", "where"),
    [
        (None, ""),
        ({"connection": "ANYWHERE", "include": ["nzo1"]}, ""),
        ({"include": ["nzo1"]}, ""),
        ({"connection": "ZONE", "include": ["nzo1", "nzo2"]}, " (only from the network zones nzo1, nzo2)"),
        ({"connection": "ZONE", "exclude": ["nzo1", "nzo2"]}, " (not from the network zones nzo1, nzo2)"),
    ],
)
def test_the_network_restrictions_of_an_owners_tokens(network: dict[str, Any] | None, where: str) -> None:
    tokens = [{"name": "One", "network": network}, {"name": "Two"}]
    assert owner(verbose=True, tokens=tokens)[-1] == f"API tokens of that owner: One{where}, Two."


ADOPTED = known(take_over=True)
TWO_KEYS = {**APP, "authentication": [{"kid": "k1"}, {"kid": "script"}]}
KEYS_REMAIN = "Unmanaged keys remain on the app until a rotation is finished (rezonate_adopt_existing)."


def test_the_surplus_of_an_adopted_app_is_reported_in_each_run() -> None:
    results = {
        **SAME,
        "app": {"app": TWO_KEYS, "beyond": ["the public key script"]},
        "grants": {"surplus": ["okta.apps.manage"]},
        "roles": {"surplus": ["ORG_ADMIN"]},
    }
    assert onboarding_report(facts(ADOPTED, results)) == [
        DESIRED,
        KEYS_REMAIN,
        (
            "Beyond the desired state, and retained since the app is adopted: the public key script; the scope okta.apps.manage;"
            " the admin role ORG_ADMIN. After a finished rotation (-e rezonate_rotation=finish) the next onboarding brings the app"
            " to the desired state."
        ),
    ]
    assert onboarding_report(facts(results=results)) == [DESIRED]


def test_an_app_that_this_run_created_has_no_surplus() -> None:
    results = {**FIRST, "app": {**CREATED, "beyond": ["a label"]}}
    assert not [line for line in onboarding_report(facts(EMPTY, results, options={"adopt_existing": True})) if line.startswith("Beyond")]


def test_without_a_comparison_no_surplus_is_reported() -> None:
    assert len(onboarding_report(facts(ADOPTED, {"verification": VERIFICATION}))) == 2
    assert onboarding_report(facts(ADOPTED)) == [DESIRED]


SERVICE = known("api_service_integration", client_id=OLD)
SECRETS_REMAIN = "Unmanaged secrets remain until a rotation is finished (rezonate_adopt_existing)."


@pytest.mark.parametrize("beyond", [[], ["a secret", "a scope"]])
def test_an_adopted_integration_retains_its_surplus(beyond: list[str]) -> None:
    results = {"integration": {"integration": {}, "beyond": beyond}, "verification": VERIFICATION}
    sentence = "Beyond the desired state, and retained since the integration is adopted: a secret; a scope."
    assert onboarding_report(facts(replace(SERVICE, known={**SERVICE.known, "take_over": True}), results)) == [
        DESIRED,
        SECRETS_REMAIN,
        *([sentence] if beyond else []),
    ]
    assert onboarding_report(facts(SERVICE, results)) == [DESIRED]


def test_an_api_token_adopts_nothing() -> None:
    assert onboarding_report(facts(TOKEN, {}, options={"adopt_existing": True})) == [f"{ACME}: matches the desired state; verified."]


def test_the_first_integration_has_its_own_console_fields() -> None:
    results = {"integration": {"changed": True, "created": True, "client_id": NEW, "integration": {}}, "verification": VERIFICATION}
    lines = onboarding_report(facts(replace(EMPTY, method="api_service_integration"), results, options={"remediation": True}))
    assert lines[3:] == [
        (
            "Remediation: an integration is limited by its scopes only. Okta cannot change the scopes of an existing integration;"
            " rezonate_recreate replaces it."
        ),
        *WHERE,
        (
            f'{CONSOLE} > "I have store integration": domain acme.okta.com, client id {NEW},'
            " client secret: rezonate_credentials.client_secret of that file."
        ),
    ]


def test_an_existing_integration_is_reported_by_its_stored_id() -> None:
    stored = replace(SERVICE, verified=False, known={"client_id": OLD})
    results = {"integration": {"integration": {}}, "verification": VERIFICATION, "saved_verification": {"changed": True}}
    assert f"client id {OLD}," in onboarding_report(facts(stored, results))[-1]


@pytest.mark.parametrize(("method", "results"), [("api_token", {}), ("oauth", SAME)])
def test_only_an_integration_has_the_remediation_sentence_of_an_integration(method: str, results: dict[str, Any]) -> None:
    lines = onboarding_report(facts(known(method), {**results, "zone": {"changed": True}}, options={"remediation": True}))
    assert not [line for line in lines if "an integration is limited" in line]


def details(stored: StoredFacts, grants: dict[str, Any], **options: Any) -> list[str]:
    """The sentences about optional scopes and remediation after a grant."""
    lines = onboarding_report(facts(stored, {**SAME, "grants": {"changed": True, **grants}}, options=options))
    return [line for line in lines if line.startswith(("Optional", "Remediation"))]


@pytest.mark.parametrize(
    ("stored", "options", "names"),
    [
        (known(unavailable_scopes=["okta.realms.read"]), {}, "okta.devices.read, okta.realms.read"),
        (known(unavailable_scopes=["okta.realms.read"]), {"retry_optional_scopes": True}, "okta.devices.read"),
        (replace(EMPTY, known={"unavailable_scopes": ["okta.realms.read"]}), {}, "okta.devices.read"),
    ],
)
def test_the_optional_scopes_that_are_unavailable(stored: StoredFacts, options: dict[str, Any], names: str) -> None:
    assert details(stored, {"unavailable": ["okta.devices.read"]}, **options) == [
        f"Optional scopes that are not available in this org: {names}."
    ]


def test_the_groups_that_remediation_covers() -> None:
    assert details(known(), {}) == []
    assert details(known(), {}, remediation=True) == ["Remediation: the app can manage users and groups."]
    groups = {"remediation": True, "remediation_resource_groups": ["Contractors", "Staff"]}
    assert details(known(), {}, **groups) == ["Remediation: the app can manage users and groups of Contractors, Staff."]


SETS = {1: ["okta.users.read"], 2: ["okta.users.read", "okta.logs.read", "okta.realms.read"]}


def test_newer_default_scopes_are_offered() -> None:
    assert onboarding_report(facts(scope_sets=SETS)) == [
        DESIRED,
        (
            "Newer default scopes exist (version 2); this tenant uses version 1."
            " To use them: -e rezonate_scopes_version=2. Added by them: okta.logs.read, okta.realms.read."
        ),
    ]


@pytest.mark.parametrize(
    ("stored", "sets"),
    [
        (replace(known(), scopes_version=2), SETS),
        (replace(known(), scopes_version=3), SETS),
        (known(), {1: ["a"]}),
        (known(), {}),
        (known(), {1: [], 2: []}),
    ],
)
def test_the_newest_default_scopes_are_not_offered(stored: StoredFacts, sets: dict[int, list[str]]) -> None:
    assert onboarding_report(facts(stored, scope_sets=sets)) == [DESIRED]


def test_newer_default_scopes_are_reported_for_apps_only() -> None:
    assert len(onboarding_report(facts(TOKEN, {}, scope_sets=SETS))) == 1


BEFORE = {"api_token": {}, "api_service_integration": {}}
UNUSED = (
    "No longer used: the credentials of {}, which are stored in the vault file under previous."
    " When Rezonate uses the new ones, remove them with -e rezonate_retire_previous=true."
)
RETIRE = {"retire_previous": True}


def previous(methods: dict[str, Any], results: dict[str, Any] | None = None, **members: Any) -> list[str]:
    """The sentences of a report about previous methods."""
    stored = replace(known(), methods={"oauth": KNOWN, **methods})
    lines = onboarding_report(facts(stored, results, **members))
    return [line for line in lines if line.startswith(("Removed", "No longer"))]


def test_previous_credentials_are_reported_until_they_are_removed() -> None:
    assert previous(BEFORE) == [UNUSED.format("api_token, api_service_integration")]
    assert previous({}) == []


@pytest.mark.parametrize(
    ("methods", "members", "removed"),
    [
        (BEFORE, {"caller": "api_token"}, "api_token, api_service_integration"),
        (BEFORE, {}, "api_token"),
        ({"api_service_integration": {}}, {}, ""),
        ({"api_service_integration": {"adopted": True}}, {"caller": "client"}, ""),
        (BEFORE, {"caller": "client", "check": True}, ""),
        (BEFORE, {"caller": "client", "results": {"verification": VERIFICATION}}, ""),
        (BEFORE, {"caller": "client", "results": {"app": {"app": APP}}}, ""),
    ],
)
def test_the_removed_credentials_are_those_of_previous_methods(methods: dict[str, Any], members: dict[str, Any], removed: str) -> None:
    expected = f"Removed: the credentials of {removed}." if removed else UNUSED.format(", ".join(methods))
    assert previous(methods, **{"options": RETIRE, **members}) == [expected]
    assert previous(methods, **members) == [UNUSED.format(", ".join(methods))]


def test_the_app_is_not_removed_without_a_credential() -> None:
    stored = replace(known("api_token"), methods={"api_token": {}, "oauth": {}})
    line = onboarding_report(facts(stored, {"inspection": {"inspected": READ_ONLY}}, options=RETIRE))[-1]
    assert line == UNUSED.format("oauth")


def test_the_revoked_bootstrap_token_is_reported_once() -> None:
    assert onboarding_report(facts(results={**SAME, "revoked": {"changed": True}})) == [DESIRED, "The bootstrap API token was revoked."]


@pytest.mark.parametrize(
    ("option", "results", "reported"),
    [
        ("true", {"app": {"app": APP}}, True),
        ("always", {"app": {"app": APP}}, False),
        ("true", SAME, False),
        ("false", {"app": {"app": APP}}, False),
    ],
)
def test_a_bootstrap_token_is_retained_where_nothing_was_verified(option: str, results: dict[str, Any], reported: bool) -> None:
    lines = onboarding_report(facts(results=results, caller="api_token", options={"revoke_bootstrap_token": option}))
    assert ("The bootstrap API token was not revoked, since the credentials are not verified." in lines) == reported


def test_details_are_reported_only_after_a_change() -> None:
    options = {"remediation": True}
    revoked = onboarding_report(facts(results={**SAME, "revoked": {"changed": True}}, options=options))
    assert revoked == [DESIRED, "The bootstrap API token was revoked."]
    assert len(onboarding_report(facts(results={"app": {"app": APP}}, options={**options, "verify": False}))) == 1


def test_an_integration_without_remediation_has_no_remediation_sentence() -> None:
    results = {"integration": {"changed": True, "changes": ["x"], "integration": {}}, "verification": VERIFICATION}
    assert not [line for line in onboarding_report(facts(SERVICE, results)) if line.startswith("Remediation")]


def test_without_a_comparison_no_unmanaged_secrets_are_reported() -> None:
    assert SECRETS_REMAIN not in onboarding_report(facts(SERVICE, {"verification": VERIFICATION}, options={"adopt_existing": True}))


def test_check_mode_without_drift_predicts_no_change() -> None:
    assert onboarding_report(facts(check=True)) == [DESIRED]
