# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an onboarding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_facts import Facts, Stored
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.report_onboarding import is_desired, onboarding

OLD, NEW, TIME = "0oaold00000000000001", "0oanew00000000000001", "2026-01-31T12:00:00Z"
ACME = "Tenant acme (https://acme.okta.com)"
VIEW = "ansible-vault view --vault-id rz@prompt acme.vault"
KNOWN = {"application_id": OLD, "proven_at": TIME}
EMPTY = Stored("acme.vault", VIEW)
APP = {"id": OLD, "client_id": OLD, "label": "Rezonate", "authentication": [{"kid": "k1"}]}
SCOPES = ["okta.users.read", "okta.logs.read"]
PROOF = {"token_type": "Bearer", "scopes": SCOPES, "proved": [{"path": "/api/v1/users?limit=1"}]}
SAME = {"app": {"changed": False, "app": APP}, "grants": {"changed": False}, "roles": {"changed": False}, "proof": PROOF}
CREATED = {"changed": True, "created": True, "app": {**APP, "id": NEW, "client_id": NEW}}
FIRST = {
    "app": CREATED,
    "made": {"changed": True, "key_id": "k1"},
    "grants": {"changed": True, "added": SCOPES},
    "proof": PROOF,
    "saved_proof": {"changed": True},
}
STAYS = "To do: nothing; what was entered in the Rezonate console stays valid."
DESIRED = f"{ACME}: as it should be; verified, 2 scopes."
WHERE = ["Credentials: acme.vault", f"View them: {VIEW}"]
CONSOLE = "In the Rezonate console, Settings > Cloud Integrations > New Integration > Okta"


def known(method: str = "oauth", **members: Any) -> Stored:
    """A record whose credentials were verified."""
    entry = {**KNOWN, **members}
    return Stored("acme.vault", VIEW, method=method, proven=True, known=entry, methods={method: entry})


def facts(stored: Stored | None = None, results: dict[str, Any] | None = None, **members: Any) -> Facts:
    """A run that found the desired state, unless something else is given."""
    options = {"verify": True, **members.pop("options", {})}
    found = SAME if results is None else results
    compared = {"compared": "app" in found or "integration" in found}
    given = {"stored": known() if stored is None else stored, "results": found, **compared, **members}
    return Facts("onboard", tenant="acme", org_url="https://acme.okta.com", options=options, **given)


def test_a_tenant_in_the_desired_state_is_one_line() -> None:
    assert onboarding(facts()) == [DESIRED]
    options = {"remediation": True, "retry_optional_scopes": False, "revoke_bootstrap_token": "false"}
    assert onboarding(facts(known(unavailable_scopes=["okta.realms.read"]), options=options, caller="api_token")) == [DESIRED]


def test_all_details_are_there_where_they_are_asked_for() -> None:
    stored = known(unavailable_scopes=["okta.realms.read"])
    assert onboarding(facts(stored, options={"remediation": True}, verbose=True)) == [
        DESIRED,
        (
            "Proof: an access token was minted with the key in the vault file, for 2 scopes (okta.users.read, okta.logs.read);"
            " tried with it: /api/v1/users?limit=1."
        ),
        "Optional scopes that this org does not have: okta.realms.read.",
        "Remediation: the app may act on users and groups.",
    ]


def test_the_first_run_says_where_the_credentials_are_and_what_to_enter() -> None:
    assert onboarding(facts(EMPTY, FIRST)) == [
        f"{ACME}: onboarded and proven.",
        "Proof: an access token was minted with the key in the vault file, for 2 scopes; tried with it: /api/v1/users?limit=1.",
        f"Changed: the app Rezonate is created, application id {NEW}; a key is made; 2 scopes added.",
        *WHERE,
        f"{CONSOLE}: tenant id acme, application id {NEW}, private key: rezonate_credentials.private_key of that file.",
    ]


def test_a_run_that_finishes_an_earlier_one_says_so_too() -> None:
    stored = replace(EMPTY, known={"application_id": OLD})
    lines = onboarding(facts(stored, {"proof": PROOF, "app": {"app": {}}, "saved_proof": {"changed": True}}))
    assert lines[-1].startswith(f"{CONSOLE}: tenant id acme, application id {OLD}, ")


def test_check_mode_of_a_new_tenant_has_no_credentials_yet() -> None:
    results = {"app": {**CREATED, "app": {"label": "Rezonate"}}, "saved_proof": {"changed": True}}
    assert onboarding(facts(EMPTY, results, check=True)) == [f"{ACME}: would be onboarded.", "Would change: the app Rezonate is created."]


def test_drift_that_is_corrected_leaves_what_was_entered() -> None:
    results = {**SAME, "grants": {"changed": True, "added": ["okta.logs.read"]}}
    lines = onboarding(facts(results=results))
    assert (lines[0], lines[2:]) == (f"{ACME}: onboarded and proven.", ["Changed: scopes added: okta.logs.read.", STAYS])
    assert onboarding(facts(results={**results, "proof": {}}, check=True)) == [
        f"{ACME}: would be changed.",
        "Would change: scopes added: okta.logs.read.",
        STAYS,
    ]


def test_an_app_that_is_created_anew_has_to_be_entered() -> None:
    lines = onboarding(facts(results={**SAME, "app": CREATED, "saved_app": {"changed": True}}))
    to_do = f"To do: In the Rezonate console, the application id {NEW} (before: {OLD}) has to be entered anew."
    assert lines[2:] == [f"Changed: the app Rezonate is created in place of {OLD}, application id {NEW}.", to_do, *WHERE]
    lines = onboarding(facts(results={**SAME, "app": CREATED}, check=True))
    assert lines[-1] == to_do.replace("has to be", "would have to be")


def test_another_method_is_entered_like_a_first_one() -> None:
    stored = replace(known(), moves=True, methods={"oauth": KNOWN, "api_token": {}})
    lines = onboarding(facts(stored, {**SAME, "saved_proof": {"changed": True}}))
    assert lines[0] == f"{ACME}: onboarded and proven."
    assert lines[-3:-1] == WHERE
    assert not [line for line in lines if line.startswith("To do")]


def test_credentials_that_are_verified_again_stay_valid() -> None:
    lines = onboarding(facts(results={**SAME, "saved_proof": {"changed": True}}))
    assert (lines[0], lines[2:]) == (f"{ACME}: onboarded and proven.", [STAYS])


def test_without_a_live_credential_it_is_verified_alone() -> None:
    assert onboarding(facts(results={"proof": PROOF})) == [
        f"{ACME}: proven, not compared with Okta, since no API token or OAuth client that is alive was given.",
        "Proof: an access token was minted with the key in the vault file, for 2 scopes; tried with it: /api/v1/users?limit=1.",
    ]


def test_without_verification_nothing_is_proven() -> None:
    results = {name: SAME[name] for name in ("app", "grants", "roles")}
    unverified = f"{ACME}: onboarded, not verified (rezonate_verify is false)."
    assert onboarding(facts(replace(EMPTY, known={"application_id": OLD}), results, options={"verify": False})) == [unverified]
    assert onboarding(facts(results=results, options={"verify": False})) == [unverified]


BARRED = {"app": {"app": {**APP, "network_zones": ["nzo1", "nzo2"]}}, "proof": {"barred": True}}


@pytest.mark.parametrize("stored", [EMPTY, known()])
def test_an_app_that_can_not_be_used_from_here_is_not_proven(stored: Stored) -> None:
    assert onboarding(facts(stored, BARRED)) == [
        f"{ACME}: onboarded; not proven, since the app can not be used from here.",
        "Not proven from here: the app may be used from the network zones nzo1, nzo2 only, and Okta refused this address.",
    ]


@pytest.mark.parametrize(
    ("stored", "results", "options", "desired"),
    [
        (known(), SAME, {}, True),
        (EMPTY, SAME, {}, False),
        (known(), {"proof": PROOF}, {}, False),
        (known(), SAME, {"verify": False}, False),
        (known(), BARRED, {}, False),
        (known(), {**SAME, "roles": {"changed": True}}, {}, False),
        (known(), {**SAME, "saved_proof": {"changed": True}}, {}, False),
        (known(), {**SAME, "revoked": {"changed": True}}, {}, True),
    ],
)
def test_what_the_desired_state_is(stored: Stored, results: dict[str, Any], options: dict[str, Any], desired: bool) -> None:
    assert is_desired(facts(stored, results, options=options)) == desired


@pytest.mark.parametrize(
    ("method", "proof", "line"),
    [
        (
            "oauth",
            {**PROOF, "token_type": "DPoP"},
            "the key in the vault file, bound by DPoP, for 2 scopes; tried with it: /api/v1/users?limit=1.",
        ),
        ("oauth", {**PROOF, "proved": []}, "the key in the vault file, for 2 scopes."),
        (
            "api_service_integration",
            {"scopes": ["a"], "proved": [{"path": "/a"}, {"path": "/b"}]},
            "the client secret in the vault file, for 1 scope; tried with it: /a, /b.",
        ),
    ],
)
def test_how_the_credentials_were_verified(method: str, proof: dict[str, Any], line: str) -> None:
    lines = onboarding(facts(replace(EMPTY, method=method), {**FIRST, "proof": proof}))
    assert lines[1] == f"Proof: an access token was minted with {line}"


def test_what_others_use_is_reported_in_any_case() -> None:
    assert onboarding(facts(results={**SAME, "resource_set": {"left": "It was left."}})) == [DESIRED, "It was left."]


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


def owner(stored: Stored = TOKEN, saved: bool = False, verbose: bool = False, **inspected: Any) -> list[str]:
    """The report of a tenant with an API token, but for its first line."""
    results = {"inspection": {"inspected": {**READ_ONLY, **inspected}}, "saved_proof": {"changed": saved}}
    lines = onboarding(
        facts(stored, results, verbose=verbose, new_token=saved, options={"service_user": "" if saved else "rz@acme.example"})
    )
    return lines if saved or verbose else lines[1:]


def test_an_api_token_in_the_desired_state_is_one_line() -> None:
    assert onboarding(facts(TOKEN, {"inspection": {"inspected": READ_ONLY}})) == [f"{ACME}: as it should be; verified."]


@pytest.mark.parametrize("inspected", [{"exact": False}, {"privileged": True}, {"roles": []}])
def test_an_owner_that_is_not_known_to_be_read_only_is_reported(inspected: dict[str, Any]) -> None:
    assert owner(**inspected) == ["The verdict."]


def test_a_token_of_another_owner_is_a_warning() -> None:
    assert owner(other_owner=True) == ["Warning: the token belongs to auditor@acme.example, not to rz@acme.example."]
    words = "Warning: the token belongs to auditor@acme.example, not to the service user that was made for it."
    assert words in owner(saved=True, other_owner=True)


def test_a_new_api_token_is_reported_with_what_was_found() -> None:
    assert owner(replace(EMPTY, method="api_token"), saved=True) == [
        f"{ACME}: onboarded and proven.",
        "Proof: read with the token: /api/v1/users?limit=1.",
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
def test_from_where_an_owners_tokens_may_be_used(network: dict[str, Any] | None, where: str) -> None:
    tokens = [{"name": "One", "network": network}, {"name": "Two"}]
    assert owner(verbose=True, tokens=tokens)[-1] == f"API tokens of that owner: One{where}, Two."


ADOPTED = known(take_over=True)
TWO_KEYS = {**APP, "authentication": [{"kid": "k1"}, {"kid": "script"}]}
KEYS_STAY = "Keys that are not ours stay on the app until a rotation is finished (rezonate_adopt_existing)."


def test_what_is_beyond_the_desired_state_is_reported_in_each_run() -> None:
    results = {
        **SAME,
        "app": {"app": TWO_KEYS, "beyond": ["the public key script"]},
        "grants": {"surplus": ["okta.apps.manage"]},
        "roles": {"surplus": ["ORG_ADMIN"]},
    }
    assert onboarding(facts(ADOPTED, results)) == [
        DESIRED,
        KEYS_STAY,
        (
            "Beyond the desired state, and left alone since the app is adopted: the public key script; the scope okta.apps.manage;"
            " the admin role ORG_ADMIN. After a finished rotation (-e rezonate_rotation=finish) the next onboarding brings the app"
            " to the desired state."
        ),
    ]
    assert onboarding(facts(results=results)) == [DESIRED]


def test_an_app_that_this_run_made_has_nothing_beyond() -> None:
    results = {**FIRST, "app": {**CREATED, "beyond": ["a label"]}}
    assert not [line for line in onboarding(facts(EMPTY, results, options={"adopt_existing": True})) if line.startswith("Beyond")]


def test_what_was_not_compared_is_not_known_to_be_beyond() -> None:
    assert len(onboarding(facts(ADOPTED, {"proof": PROOF}))) == 2
    assert onboarding(facts(ADOPTED)) == [DESIRED]


SERVICE = known("api_service_integration", client_id=OLD)
SECRETS_STAY = "Secrets that are not ours stay until a rotation is finished (rezonate_adopt_existing)."


@pytest.mark.parametrize("beyond", [[], ["a secret", "a scope"]])
def test_an_adopted_integration_keeps_what_it_has(beyond: list[str]) -> None:
    results = {"integration": {"integration": {}, "beyond": beyond}, "proof": PROOF}
    sentence = "Beyond the desired state, and left alone since the integration is adopted: a secret; a scope."
    assert onboarding(facts(replace(SERVICE, known={**SERVICE.known, "take_over": True}), results)) == [
        DESIRED,
        SECRETS_STAY,
        *([sentence] if beyond else []),
    ]
    assert onboarding(facts(SERVICE, results)) == [DESIRED]


def test_an_api_token_adopts_nothing() -> None:
    assert onboarding(facts(TOKEN, {}, options={"adopt_existing": True})) == [f"{ACME}: as it should be; verified."]


def test_a_first_integration_has_its_own_place_in_the_console() -> None:
    results = {"integration": {"changed": True, "created": True, "client_id": NEW, "integration": {}}, "proof": PROOF}
    lines = onboarding(facts(replace(EMPTY, method="api_service_integration"), results, options={"remediation": True}))
    assert lines[3:] == [
        (
            "Remediation: an integration acts by its scopes alone. Okta can not change the scopes of one that is there;"
            " rezonate_recreate replaces it."
        ),
        *WHERE,
        (
            f'{CONSOLE} > "I have store integration": domain acme.okta.com, client id {NEW},'
            " client secret: rezonate_credentials.client_secret of that file."
        ),
    ]


def test_an_integration_that_was_there_is_entered_by_its_stored_id() -> None:
    stored = replace(SERVICE, proven=False, known={"client_id": OLD})
    results = {"integration": {"integration": {}}, "proof": PROOF, "saved_proof": {"changed": True}}
    assert f"client id {OLD}," in onboarding(facts(stored, results))[-1]


@pytest.mark.parametrize(("method", "results"), [("api_token", {}), ("oauth", SAME)])
def test_remediation_of_an_integration_is_of_no_other_method(method: str, results: dict[str, Any]) -> None:
    lines = onboarding(facts(known(method), {**results, "zone": {"changed": True}}, options={"remediation": True}))
    assert not [line for line in lines if "an integration acts" in line]


def details(stored: Stored, grants: dict[str, Any], **options: Any) -> list[str]:
    """The report of a run that granted something: its lines on optional scopes and remediation."""
    lines = onboarding(facts(stored, {**SAME, "grants": {"changed": True, **grants}}, options=options))
    return [line for line in lines if line.startswith(("Optional", "Remediation"))]


@pytest.mark.parametrize(
    ("stored", "options", "names"),
    [
        (known(unavailable_scopes=["okta.realms.read"]), {}, "okta.devices.read, okta.realms.read"),
        (known(unavailable_scopes=["okta.realms.read"]), {"retry_optional_scopes": True}, "okta.devices.read"),
        (replace(EMPTY, known={"unavailable_scopes": ["okta.realms.read"]}), {}, "okta.devices.read"),
    ],
)
def test_which_optional_scopes_the_org_does_not_have(stored: Stored, options: dict[str, Any], names: str) -> None:
    assert details(stored, {"unavailable": ["okta.devices.read"]}, **options) == [f"Optional scopes that this org does not have: {names}."]


def test_on_whom_the_app_may_act() -> None:
    assert details(known(), {}) == []
    assert details(known(), {}, remediation=True) == ["Remediation: the app may act on users and groups."]
    groups = {"remediation": True, "remediation_resource_groups": ["Contractors", "Staff"]}
    assert details(known(), {}, **groups) == ["Remediation: the app may act on users and groups of Contractors, Staff."]


SETS = {1: ["okta.users.read"], 2: ["okta.users.read", "okta.logs.read", "okta.realms.read"]}


def test_newer_default_scopes_are_offered() -> None:
    assert onboarding(facts(scope_sets=SETS)) == [
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
def test_the_newest_default_scopes_are_not_offered(stored: Stored, sets: dict[int, list[str]]) -> None:
    assert onboarding(facts(stored, scope_sets=sets)) == [DESIRED]


def test_newer_default_scopes_are_those_of_an_app() -> None:
    assert len(onboarding(facts(TOKEN, {}, scope_sets=SETS))) == 1


BEFORE = {"api_token": {}, "api_service_integration": {}}
UNUSED = (
    "No longer used: the credentials of {}, which the vault file keeps under previous."
    " When Rezonate uses the new ones, remove them with -e rezonate_retire_previous=true."
)
RETIRE = {"retire_previous": True}


def previous(methods: dict[str, Any], results: dict[str, Any] | None = None, **members: Any) -> list[str]:
    """What the report of a tenant says of the methods that were used before."""
    stored = replace(known(), methods={"oauth": KNOWN, **methods})
    lines = onboarding(facts(stored, results, **members))
    return [line for line in lines if line.startswith(("Taken", "No longer"))]


def test_what_is_no_longer_used_is_reported_until_it_is_removed() -> None:
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
        (BEFORE, {"caller": "client", "results": {"proof": PROOF}}, ""),
        (BEFORE, {"caller": "client", "results": {"app": {"app": APP}}}, ""),
    ],
)
def test_what_is_removed_is_what_was_replaced(methods: dict[str, Any], members: dict[str, Any], removed: str) -> None:
    expected = f"Taken away: the credentials of {removed}." if removed else UNUSED.format(", ".join(methods))
    assert previous(methods, **{"options": RETIRE, **members}) == [expected]
    assert previous(methods, **members) == [UNUSED.format(", ".join(methods))]


def test_the_app_is_not_removed_without_a_credential_either() -> None:
    stored = replace(known("api_token"), methods={"api_token": {}, "oauth": {}})
    line = onboarding(facts(stored, {"inspection": {"inspected": READ_ONLY}}, options=RETIRE))[-1]
    assert line == UNUSED.format("oauth")


def test_the_bootstrap_token_that_is_revoked_is_reported_and_no_more() -> None:
    assert onboarding(facts(results={**SAME, "revoked": {"changed": True}})) == [DESIRED, "The bootstrap API token was revoked."]


@pytest.mark.parametrize(
    ("option", "results", "kept"),
    [
        ("true", {"app": {"app": APP}}, True),
        ("always", {"app": {"app": APP}}, False),
        ("true", SAME, False),
        ("false", {"app": {"app": APP}}, False),
    ],
)
def test_a_bootstrap_token_stays_where_nothing_was_verified(option: str, results: dict[str, Any], kept: bool) -> None:
    lines = onboarding(facts(results=results, caller="api_token", options={"revoke_bootstrap_token": option}))
    assert ("The bootstrap API token was not revoked, since the credentials are not proven." in lines) == kept


def test_details_are_those_of_a_run_that_changed_the_tenant() -> None:
    options = {"remediation": True}
    revoked = onboarding(facts(results={**SAME, "revoked": {"changed": True}}, options=options))
    assert revoked == [DESIRED, "The bootstrap API token was revoked."]
    assert len(onboarding(facts(results={"app": {"app": APP}}, options={**options, "verify": False}))) == 1


def test_an_integration_without_remediation_has_no_sentence_on_it() -> None:
    results = {"integration": {"changed": True, "changes": ["x"], "integration": {}}, "proof": PROOF}
    assert not [line for line in onboarding(facts(SERVICE, results)) if line.startswith("Remediation")]


def test_an_integration_that_was_not_compared_is_not_known_to_keep_secrets() -> None:
    assert SECRETS_STAY not in onboarding(facts(SERVICE, {"proof": PROOF}, options={"adopt_existing": True}))


def test_check_mode_without_drift_changes_no_tenant() -> None:
    assert onboarding(facts(check=True)) == [DESIRED]
