# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential for each org."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import resolve_settings
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.tokens import (
    CredentialChoice,
    TokenEntry,
    bootstrap_credential,
    calling_credential,
    map_entries,
    refuse_shared,
    used_credentials,
)
from helpers.acceptance import accepts
from hypothesis import given
from hypothesis import strategies as st

PREVIEW = {"rezonate_tenant_id": "acme", "rezonate_okta_domain": "oktapreview.com"}
Case = tuple[str, dict[str, Any], Any, Any]
# The host, its variables, the map of tokens; the token for its org.
MAPS: dict[str, Case] = {
    "own entry": ("acme", {}, {"acme": "A", "globex": "G"}, "A"),
    "own entry before the tenant's": ("acme-preview", PREVIEW, {"acme": "A", "acme-preview": "B"}, "B"),
    "own entry before the tenant's, in lines": ("acme-preview", PREVIEW, "acme: A\nacme-preview: B", "B"),
    "own entry before the tenant's, in reverse lines": ("acme-preview", PREVIEW, "acme-preview: B\nacme: A", "B"),
    "own entry before the tenant's, in JSON": ("acme-preview", PREVIEW, '{"acme": "A", "acme-preview": "B"}', "B"),
    "the tenant's entry, of another domain": ("acme-preview", PREVIEW, {"acme": "A"}, None),
    "the tenant's entry, of another domain, in lines": ("acme-preview", PREVIEW, "acme: A", None),
    "the tenant's entry, of a custom domain": (
        "h",
        {"rezonate_tenant_id": "acme", "rezonate_org_url": "id.acme.example"},
        {"acme": "A"},
        None,
    ),
    "the tenant's entry": ("h", {"rezonate_tenant_id": "acme"}, {"acme": "A"}, "A"),
    "by the org's host": ("h", PREVIEW, {"acme": "A", "acme.oktapreview.com": "B"}, "B"),
    "by the org's URL": ("h", PREVIEW, "https://acme.oktapreview.com: B", "B"),
    "by a custom domain": ("h", {"rezonate_org_url": "https://id.acme.example"}, {"ID.acme.example": "C"}, "C"),
    "capitals of the tenant": ("h", {"rezonate_tenant_id": "ACME"}, {"Acme": "A"}, "A"),
    "capitals of the host": ("Acme", {"rezonate_tenant_id": "globex"}, {"acme": "A"}, "A"),
    "hosts that differ in capitals": ("Acme", {"rezonate_tenant_id": "x"}, {"acme": "A", "Acme": "B"}, "B"),
    "a name that begins like another": ("acme", {}, "acme-two: T\nacme: A\nacme2: X", "A"),
    "a name that ends like another": ("acme", {}, "not-acme: T", None),
    "a dot in a name is a dot": ("a.me", {"rezonate_tenant_id": "x"}, "acme: A", None),
    "quotes, spaces, comments": ("acme", {}, "# fleet\r\n\r\n  \"acme\" : 'A'  # hers\r\n", "A"),
    "empty": ("acme", {}, {"acme": ""}, None),
    "empty line of a name": ("acme", {}, "acme:", None),
}


@pytest.mark.parametrize("case", MAPS)
def test_a_token_of_the_map_is_used_for_its_org_only(case: str) -> None:
    host, variables, tokens, expected = MAPS[case]
    found = bootstrap_credential(resolve_settings({**variables, "rezonate_okta_api_tokens": tokens}, host), host, {})
    assert (found.value if found else None) == expected


BAD_MAPS: dict[str, Any] = {
    "number as name": {0o123: "A"},
    "number as token": {"acme": 123},
    "null as token": {"acme": None},
    "no colon": "acme A-made-up",
    "broken JSON": '{"acme": "A-made-up"',
    "twice": "acme: A-made-up\nacme: B",
    "twice by case": {"ACME": "A-made-up", "Acme": "B"},
}


@pytest.mark.parametrize("case", BAD_MAPS)
def test_an_invalid_map_is_refused_without_its_values(case: str) -> None:
    with pytest.raises(InputError, match=r"^rezonate_okta_api_tokens") as caught:
        bootstrap_credential(resolve_settings({"rezonate_okta_api_tokens": BAD_MAPS[case]}, "acme"), "acme", {})
    assert "made-up" not in str(caught.value)


NAME = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
TOKEN = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)


@accepts(0.25)
@given(st.dictionaries(NAME, TOKEN, min_size=1, max_size=6), st.sampled_from(["okta.com", "oktapreview.com", "okta-emea.com"]), st.data())
def test_lines_and_dictionary_are_equivalent_and_no_host_gets_the_token_of_another(
    tokens: dict[str, str], domain: str, data: st.DataObject
) -> bool:
    host = data.draw(NAME | st.sampled_from(sorted(tokens)))
    tenant = data.draw(st.sampled_from(sorted(tokens)) | NAME).strip("-")
    if tenant.endswith("-admin"):
        return False
    text = "\n".join(f"{name}: {value}" for name, value in tokens.items())
    variables = {"rezonate_tenant_id": tenant, "rezonate_okta_domain": domain}
    found = [
        bootstrap_credential(resolve_settings({**variables, "rezonate_okta_api_tokens": form}, host), host, {}) for form in (tokens, text)
    ]
    values = [choice.value if choice else None for choice in found]
    assert values == [tokens.get(host, tokens.get(tenant) if domain == "okta.com" else None)] * 2
    assert {(entry.name, entry.value) for entry in map_entries(text)[0]} == set(tokens.items())
    return values[0] is not None


OWN, MAPPED, ENV, OTHER = "T-own", "T-mapped", "T-environment", "T-other"
ENVIRONMENT = {"OKTA_API_TOKEN": ENV}
OF_VARIABLE = CredentialChoice("api_token", OWN, "variable", "rezonate_okta_api_token")
OF_ENVIRONMENT = CredentialChoice("api_token", ENV, "environment", "OKTA_API_TOKEN")
# Variables, environment; the chosen credential.
SOURCES: dict[str, tuple[dict[str, Any], dict[str, str], CredentialChoice | None]] = {
    "nothing": ({}, {}, None),
    "own": ({"rezonate_okta_api_token": OWN, "rezonate_okta_api_tokens": {"acme": MAPPED}}, ENVIRONMENT, OF_VARIABLE),
    "map": ({"rezonate_okta_api_tokens": {"acme": MAPPED}}, ENVIRONMENT, CredentialChoice("api_token", MAPPED, "map", "acme")),
    "map of lines": (
        {"rezonate_okta_api_tokens": f"globex: {OTHER}\nACME: {MAPPED}"},
        ENVIRONMENT,
        CredentialChoice("api_token", MAPPED, "lines", "ACME", 1),
    ),
    "client": ({"rezonate_okta_client_id": "0oa1"}, ENVIRONMENT, CredentialChoice("client", "0oa1", "variable", "rezonate_okta_client_id")),
    "client that is the environment's, and its token": (
        {"rezonate_okta_client_id": "0oa2"},
        {**ENVIRONMENT, "OKTA_CLIENT_CLIENTID": "0oa2"},
        OF_ENVIRONMENT,
    ),
    "client that is the environment's": (
        {"rezonate_okta_client_id": "0oa2"},
        {"OKTA_CLIENT_CLIENTID": "0oa2"},
        CredentialChoice("client", "0oa2", "environment", "OKTA_CLIENT_CLIENTID"),
    ),
    "environment": ({"rezonate_okta_api_token": ""}, ENVIRONMENT, OF_ENVIRONMENT),
    "both, the same": (
        {},
        {"OKTA_CLIENT_TOKEN": ENV, "OKTA_API_TOKEN": ENV},
        CredentialChoice("api_token", ENV, "environment", "OKTA_CLIENT_TOKEN"),
    ),
    "client of the environment": (
        {},
        {"OKTA_CLIENT_CLIENTID": "0oa2"},
        CredentialChoice("client", "0oa2", "environment", "OKTA_CLIENT_CLIENTID"),
    ),
    "org as name": ({}, {**ENVIRONMENT, "OKTA_CLIENT_ORGURL": "acme"}, OF_ENVIRONMENT),
    "org as URL in capitals": ({}, {**ENVIRONMENT, "OKTA_CLIENT_ORGURL": "https://ACME.Okta.com/"}, OF_ENVIRONMENT),
    "other org, shared": (
        {"rezonate_shared_token": "true"},
        {**ENVIRONMENT, "OKTA_CLIENT_ORGURL": "globex"},
        OF_ENVIRONMENT,
    ),
    "other org, own token": ({"rezonate_okta_api_token": OWN}, {**ENVIRONMENT, "OKTA_CLIENT_ORGURL": "globex"}, OF_VARIABLE),
    "two tokens, own token": ({"rezonate_okta_api_token": OWN}, {"OKTA_CLIENT_TOKEN": ENV, "OKTA_API_TOKEN": OTHER}, OF_VARIABLE),
}


@pytest.mark.parametrize("case", SOURCES)
def test_credentials_of_the_host_take_precedence_over_those_of_the_environment(case: str) -> None:
    variables, environment, expected = SOURCES[case]
    assert bootstrap_credential(resolve_settings(variables, "acme"), "acme", environment) == expected


OTHERS: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "same name, other domain": (
        PREVIEW,
        {"OKTA_CLIENT_ORGURL": "acme"},
        "The API token in the environment is that of OKTA_CLIENT_ORGURL, acme, ",
    ),
    "other name": (
        {},
        {"OKTA_CLIENT_ORGURL": "https://globex.okta.com/"},
        "The API token in the environment is that of OKTA_CLIENT_ORGURL, .* Give the tenant its own rezonate_okta_api_token, or",
    ),
    "custom domain": (
        {"rezonate_org_url": "id.acme.example"},
        {"OKTA_CLIENT_ORGURL": "acme"},
        "The API token in the environment is that of ",
    ),
    "Admin Console": ({}, {"OKTA_CLIENT_ORGURL": "acme-admin.okta.com"}, "OKTA_CLIENT_ORGURL .* is the Admin Console's host"),
    "two tokens": ({}, {"OKTA_CLIENT_TOKEN": OTHER}, "OKTA_CLIENT_TOKEN and OKTA_API_TOKEN are both in the environment, with different"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_the_environments_token_of_another_org_is_refused(case: str) -> None:
    variables, environment, sentence = OTHERS[case]
    with pytest.raises(InputError, match=f"^{sentence}") as caught:
        bootstrap_credential(resolve_settings(variables, "acme"), "acme", {**ENVIRONMENT, **environment})
    assert ENV not in str(caught.value)


def test_the_environments_client_of_another_org_is_refused() -> None:
    environment = {"OKTA_CLIENT_CLIENTID": "0oa2", "OKTA_CLIENT_ORGURL": "globex"}
    sentence = "The OAuth client in the environment is that of OKTA_CLIENT_ORGURL, globex, .* its own rezonate_okta_client_id, or"
    with pytest.raises(InputError, match=f"^{sentence}"):
        bootstrap_credential(resolve_settings({}, "acme"), "acme", environment)


READONLY = CredentialChoice("api_token", "R", "variable", "rezonate_readonly_api_token")
READONLY_OF_ENVIRONMENT = CredentialChoice("api_token", "R", "environment", "REZONATE_READONLY_API_TOKEN")
IN_ENVIRONMENT = {"REZONATE_READONLY_API_TOKEN": "R"}
BY_TOKEN = {"rezonate_method": "api_token"}
AUDIT_TOKEN = CredentialChoice("api_token", "X", "variable", "rezonate_audit_api_token")
AUDIT_CLIENT = CredentialChoice("client", "0oa3", "variable", "rezonate_audit_client_id")
OF_AUDIT = {"rezonate_audit_api_token": "X", "rezonate_audit_client_id": "0oa3"}
USES: dict[str, tuple[str, dict[str, Any], dict[str, str], list[CredentialChoice]]] = {
    "onboard": ("onboard", {}, {}, [OF_VARIABLE]),
    "supplied": ("onboard", {**BY_TOKEN, "rezonate_readonly_api_token": "R"}, {}, [OF_VARIABLE, READONLY]),
    "supplied by the environment": ("onboard", BY_TOKEN, IN_ENVIRONMENT, [OF_VARIABLE, READONLY_OF_ENVIRONMENT]),
    "supplied for this tenant, and another in the environment": (
        "onboard",
        {**BY_TOKEN, "rezonate_readonly_api_token": "R"},
        {"REZONATE_READONLY_API_TOKEN": OTHER},
        [OF_VARIABLE, READONLY],
    ),
    "supplied by a variable from the environment": (
        "onboard",
        {**BY_TOKEN, "rezonate_readonly_api_token": "R"},
        IN_ENVIRONMENT,
        [OF_VARIABLE, READONLY_OF_ENVIRONMENT],
    ),
    "not supplied yet": ("onboard", BY_TOKEN, {}, [OF_VARIABLE]),
    "another method": ("onboard", {}, IN_ENVIRONMENT, [OF_VARIABLE]),
    "onboard, audited otherwise": ("onboard", OF_AUDIT, {}, [OF_VARIABLE]),
    "rotate": ("rotate", OF_AUDIT, {}, [OF_VARIABLE]),
    "offboard a token": ("offboard", BY_TOKEN, IN_ENVIRONMENT, [OF_VARIABLE]),
    "audit": ("audit", {}, {}, [OF_VARIABLE]),
    "audit token": ("audit", OF_AUDIT, {}, [AUDIT_TOKEN]),
    "audit client": ("audit", {"rezonate_audit_client_id": "0oa3"}, {}, [AUDIT_CLIENT]),
    "merge": ("merge", {}, {"OKTA_CLIENT_TOKEN": ENV, "OKTA_API_TOKEN": OTHER}, []),
}


@pytest.mark.parametrize("case", USES)
def test_the_credentials_that_a_kind_of_work_uses(case: str) -> None:
    work, variables, environment, expected = USES[case]
    settings = resolve_settings({"rezonate_okta_api_token": OWN, **variables}, "acme")
    assert used_credentials(settings, "acme", work, environment) == expected


SUPPLIED = {"rezonate_method": "api_token", "rezonate_readonly_api_token": "R"}
CALLERS = {
    "onboard": ("onboard", {}, OWN),
    "onboard with only a token to store": ("onboard", {"rezonate_okta_api_token": "", **SUPPLIED}, None),
    "audit": ("audit", {}, OWN),
    "audit token": ("audit", {"rezonate_audit_api_token": "X", "rezonate_audit_client_id": "0oa3"}, "X"),
    "audit client": ("audit", {"rezonate_audit_client_id": "0oa3"}, "0oa3"),
    "audit without": ("audit", {"rezonate_okta_api_token": ""}, None),
    "merge": ("merge", {}, None),
}


@pytest.mark.parametrize("case", CALLERS)
def test_the_calling_credential_of_a_kind_of_work(case: str) -> None:
    work, variables, expected = CALLERS[case]
    found = calling_credential(resolve_settings({"rezonate_okta_api_token": OWN, **variables}, "acme"), "acme", work, {})
    assert (found and found.value) == expected


OF_ANOTHER_ORG = {"OKTA_API_TOKEN": ENV, "OKTA_CLIENT_ORGURL": "https://other.okta.com"}


@pytest.mark.parametrize("name", ["rezonate_audit_api_token", "rezonate_okta_api_token"])
def test_the_org_of_the_environment_applies_to_credentials_of_the_environment_only(name: str) -> None:
    found = calling_credential(resolve_settings({name: OWN}, "acme"), "acme", "audit", OF_ANOTHER_ORG)
    assert found
    assert (found.value, found.name) == (OWN, name)
    with pytest.raises(InputError, match=r"would be sent to https://acme\.okta\.com, another org"):
        calling_credential(resolve_settings({}, "acme"), "acme", "audit", OF_ANOTHER_ORG)


def test_different_tokens_in_the_environment_are_refused_only_where_one_is_used() -> None:
    both = {"OKTA_CLIENT_TOKEN": ENV, "OKTA_API_TOKEN": OTHER}
    assert calling_credential(resolve_settings({"rezonate_audit_client_id": "0oa3"}, "acme"), "acme", "audit", both)
    with pytest.raises(InputError, match="with different tokens"):
        calling_credential(resolve_settings({}, "acme"), "acme", "audit", both)


TOKEN_ELSEWHERE = "it would be sent to orgs that it does not belong to. Give each tenant its own"
CLIENT_ELSEWHERE = "it would be used in orgs that it does not belong to. Give each tenant its own,"
# A credential, its description, and the message.
SHARED: list[tuple[CredentialChoice, str, str]] = [
    (
        CredentialChoice("api_token", "S-made-up", "environment", "OKTA_API_TOKEN"),
        "API token in the environment (OKTA_CLIENT_TOKEN or OKTA_API_TOKEN)",
        f"{TOKEN_ELSEWHERE} rezonate_okta_api_token,",
    ),
    (
        CredentialChoice("api_token", "S-made-up", "variable", "rezonate_okta_api_token"),
        "API token (rezonate_okta_api_token)",
        f"{TOKEN_ELSEWHERE} rezonate_okta_api_token,",
    ),
    (
        CredentialChoice("api_token", "S-made-up", "variable", "rezonate_audit_api_token"),
        "API token (rezonate_audit_api_token)",
        f"{TOKEN_ELSEWHERE} rezonate_audit_api_token,",
    ),
    (
        CredentialChoice("api_token", "S-made-up", "variable", "rezonate_readonly_api_token"),
        "API token (rezonate_readonly_api_token)",
        "give each tenant its own rezonate_readonly_api_token,",
    ),
    (
        CredentialChoice("api_token", "S-made-up", "environment", "REZONATE_READONLY_API_TOKEN"),
        "API token in the environment (REZONATE_READONLY_API_TOKEN)",
        "give each tenant its own rezonate_readonly_api_token,",
    ),
    *(
        (
            CredentialChoice("api_token", "S-made-up", form, "acme"),
            "API token (rezonate_okta_api_tokens, entry acme)",
            f"{TOKEN_ELSEWHERE} rezonate_okta_api_token,",
        )
        for form in ("map", "lines", "json")
    ),
    (
        CredentialChoice("client", "0oa-made-up", "variable", "rezonate_okta_client_id"),
        "OAuth client (rezonate_okta_client_id)",
        CLIENT_ELSEWHERE,
    ),
    (
        CredentialChoice("client", "0oa-made-up", "variable", "rezonate_audit_client_id"),
        "OAuth client (rezonate_audit_client_id)",
        CLIENT_ELSEWHERE,
    ),
    (
        CredentialChoice("client", "0oa-made-up", "environment", "OKTA_CLIENT_CLIENTID"),
        "OAuth client in the environment (OKTA_CLIENT_CLIENTID)",
        CLIENT_ELSEWHERE,
    ),
]


@pytest.mark.parametrize(("choice", "called", "advice"), SHARED, ids=lambda value: getattr(value, "name", ""))
def test_one_value_for_several_orgs_is_refused_from_any_source(choice: CredentialChoice, called: str, advice: str) -> None:
    refuse_shared(choice, ["https://acme.okta.com", "https://acme.okta.com"])
    with pytest.raises(InputError) as caught:
        refuse_shared(choice, ["https://acme.okta.com", "https://acme.oktapreview.com", "https://acme.okta.com"])
    assert str(caught.value) == f"One {called} and 2 tenants: {advice} or set rezonate_shared_token if that is intended."


def test_the_reference_to_a_credential_holds_no_token() -> None:
    token = CredentialChoice("api_token", OWN, "lines", "acme", 3)
    assert token.reference() == {"kind": "api_token", "source": "lines", "name": "acme", "line": 3}
    client = CredentialChoice("client", "0oa1", "variable", "rezonate_okta_client_id")
    assert client.reference() == {
        "kind": "client",
        "source": "variable",
        "name": "rezonate_okta_client_id",
        "line": None,
        "client_id": "0oa1",
    }


def test_the_repr_of_credentials_and_entries_shows_no_token() -> None:
    assert OWN not in repr(OF_VARIABLE) + repr(TokenEntry("acme", OWN, 0))


LINES = f"---\n# fleet\n\nacme: {OWN}\nhttps://globex.okta.com: {OTHER}\n..."
# The map of tokens, its entries, and its format.
FORMS: dict[str, tuple[Any, list[TokenEntry], str]] = {
    "dictionary": ({"acme": OWN, "globex": ""}, [TokenEntry("acme", OWN)], "map"),
    "JSON": (f' {{"acme": "{OWN}"}}', [TokenEntry("acme", OWN)], "json"),
    "lines": (LINES, [TokenEntry("acme", OWN, 3), TokenEntry("https://globex.okta.com", OTHER, 4)], "lines"),
    "nothing": ("", [], "lines"),
}


@pytest.mark.parametrize("case", FORMS)
def test_the_formats_of_the_map_of_tokens(case: str) -> None:
    given_map, expected, form = FORMS[case]
    assert map_entries(given_map) == (expected, form)
