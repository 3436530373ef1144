# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which credential goes to which org."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import resolve
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.tokens import Choice, bootstrap, caller, entries, refuse_shared, used
from hypothesis import given
from hypothesis import strategies as st

PREVIEW = {"rezonate_tenant_id": "acme", "rezonate_okta_domain": "oktapreview.com"}
Case = tuple[str, dict[str, Any], Any, Any]
# The host, its variables, the map of tokens, and the token that goes to its org.
MAPS: dict[str, Case] = {
    "own entry": ("acme", {}, {"acme": "A", "globex": "G"}, "A"),
    "own entry before the tenant's": ("acme-preview", PREVIEW, {"acme": "A", "acme-preview": "B"}, "B"),
    "own entry before the tenant's, in lines": ("acme-preview", PREVIEW, "acme: A\nacme-preview: B", "B"),
    "own entry before the tenant's, lines turned": ("acme-preview", PREVIEW, "acme-preview: B\nacme: A", "B"),
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
    "quotes, blanks, comments": ("acme", {}, "# fleet\r\n\r\n  \"acme\" : 'A'  # hers\r\n", "A"),
    "empty": ("acme", {}, {"acme": ""}, None),
    "empty line of a name": ("acme", {}, "acme:", None),
}


@pytest.mark.parametrize("case", MAPS)
def test_a_token_of_the_map_goes_to_the_org_that_it_was_given_for(case: str) -> None:
    host, variables, tokens, expected = MAPS[case]
    found = bootstrap(resolve({**variables, "rezonate_okta_api_tokens": tokens}, host), host, {})
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
def test_a_map_that_cannot_be_meant_is_refused_without_a_value(case: str) -> None:
    with pytest.raises(InputError, match=r"^rezonate_okta_api_tokens") as caught:
        bootstrap(resolve({"rezonate_okta_api_tokens": BAD_MAPS[case]}, "acme"), "acme", {})
    assert "made-up" not in str(caught.value)


NAME = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
TOKEN = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)


@given(st.dictionaries(NAME, TOKEN, min_size=1, max_size=6), st.sampled_from(["okta.com", "oktapreview.com", "okta-emea.com"]), st.data())
def test_lines_and_dictionary_mean_the_same_and_no_host_gets_anothers_token(
    tokens: dict[str, str], domain: str, data: st.DataObject
) -> None:
    host = data.draw(NAME)
    tenant = data.draw(st.sampled_from(sorted(tokens)) | NAME).strip("-")
    if tenant.endswith("-admin"):
        return
    text = "\n".join(f"{name}: {value}" for name, value in tokens.items())
    variables = {"rezonate_tenant_id": tenant, "rezonate_okta_domain": domain}
    found = [bootstrap(resolve({**variables, "rezonate_okta_api_tokens": form}, host), host, {}) for form in (tokens, text)]
    values = [choice.value if choice else None for choice in found]
    assert values == [tokens.get(host, tokens.get(tenant) if domain == "okta.com" else None)] * 2
    assert {(entry.name, entry.value) for entry in entries(text)[0]} == set(tokens.items())


OWN, MAPPED, ENV, OTHER = "T-own", "T-mapped", "T-environment", "T-other"
ENVIRONMENT = {"OKTA_API_TOKEN": ENV}
# Variables, environment, and where the credential is then.
SOURCES: dict[str, tuple[dict[str, Any], dict[str, str], tuple[str, str] | None]] = {
    "nothing": ({}, {}, None),
    "own": ({"rezonate_okta_api_token": OWN, "rezonate_okta_api_tokens": {"acme": MAPPED}}, ENVIRONMENT, ("variable", OWN)),
    "map": ({"rezonate_okta_api_tokens": {"acme": MAPPED}}, ENVIRONMENT, ("map", MAPPED)),
    "client": ({"rezonate_okta_client_id": "0oa1"}, ENVIRONMENT, ("variable", "0oa1")),
    "environment": ({"rezonate_okta_api_token": ""}, ENVIRONMENT, ("environment", ENV)),
    "both, the same": ({}, {"OKTA_CLIENT_TOKEN": ENV, "OKTA_API_TOKEN": ENV}, ("environment", ENV)),
    "client of the environment": ({}, {"OKTA_CLIENT_CLIENTID": "0oa2"}, ("environment", "0oa2")),
    "org as name": ({}, {**ENVIRONMENT, "OKTA_CLIENT_ORGURL": "acme"}, ("environment", ENV)),
    "org as URL in capitals": ({}, {**ENVIRONMENT, "OKTA_CLIENT_ORGURL": "https://ACME.Okta.com/"}, ("environment", ENV)),
    "other org, shared": (
        {"rezonate_shared_token": "true"},
        {**ENVIRONMENT, "OKTA_CLIENT_ORGURL": "globex"},
        ("environment", ENV),
    ),
    "other org, own token": ({"rezonate_okta_api_token": OWN}, {**ENVIRONMENT, "OKTA_CLIENT_ORGURL": "globex"}, ("variable", OWN)),
    "two tokens, own token": ({"rezonate_okta_api_token": OWN}, {"OKTA_CLIENT_TOKEN": ENV, "OKTA_API_TOKEN": OTHER}, ("variable", OWN)),
}


@pytest.mark.parametrize("case", SOURCES)
def test_what_is_given_for_the_host_comes_before_what_is_given_for_the_run(case: str) -> None:
    variables, environment, expected = SOURCES[case]
    found = bootstrap(resolve(variables, "acme"), "acme", environment)
    assert (found and (found.source, found.value)) == expected


OTHERS: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "same name, other domain": (
        PREVIEW,
        {"OKTA_CLIENT_ORGURL": "acme"},
        "The API token in the environment is that of OKTA_CLIENT_ORGURL, acme, ",
    ),
    "other name": (
        {},
        {"OKTA_CLIENT_ORGURL": "https://globex.okta.com/"},
        "The API token in the environment is that of OKTA_CLIENT_ORGURL",
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
        bootstrap(resolve(variables, "acme"), "acme", {**ENVIRONMENT, **environment})
    assert ENV not in str(caught.value)


def test_the_environments_client_of_another_org_is_refused() -> None:
    environment = {"OKTA_CLIENT_CLIENTID": "0oa2", "OKTA_CLIENT_ORGURL": "globex"}
    with pytest.raises(InputError, match=r"^The OAuth client in the environment is that of OKTA_CLIENT_ORGURL, globex"):
        bootstrap(resolve({}, "acme"), "acme", environment)


USES: dict[str, tuple[str, dict[str, Any], dict[str, str], list[str]]] = {
    "onboard": ("onboard", {}, {}, [OWN]),
    "handed over": ("onboard", {"rezonate_method": "api_token", "rezonate_readonly_api_token": "R"}, {}, [OWN, "R"]),
    "handed over, of the environment": ("onboard", {"rezonate_method": "api_token"}, {"REZONATE_READONLY_API_TOKEN": "R"}, [OWN, "R"]),
    "another method": ("onboard", {}, {"REZONATE_READONLY_API_TOKEN": "R"}, [OWN]),
    "rotate": ("rotate", {"rezonate_audit_api_token": "X"}, {}, [OWN]),
    "audit": ("audit", {}, {}, [OWN]),
    "audit token": ("audit", {"rezonate_audit_api_token": "X"}, {}, ["X"]),
    "audit client": ("audit", {"rezonate_audit_client_id": "0oa3"}, {}, ["0oa3"]),
    "merge": ("merge", {}, {"OKTA_CLIENT_TOKEN": ENV, "OKTA_API_TOKEN": OTHER}, []),
}


@pytest.mark.parametrize("case", USES)
def test_what_a_kind_of_work_uses(case: str) -> None:
    work, variables, environment, expected = USES[case]
    settings = resolve({"rezonate_okta_api_token": OWN, **variables}, "acme")
    assert [choice.value for choice in used(settings, "acme", work, environment)] == expected


HANDED_OVER = {"rezonate_method": "api_token", "rezonate_readonly_api_token": "R"}
CALLERS = {
    "onboard": ("onboard", {}, OWN),
    "onboard with nothing but a token to hand over": ("onboard", {"rezonate_okta_api_token": "", **HANDED_OVER}, None),
    "audit": ("audit", {}, OWN),
    "audit token": ("audit", {"rezonate_audit_api_token": "X", "rezonate_audit_client_id": "0oa3"}, "X"),
    "audit client": ("audit", {"rezonate_audit_client_id": "0oa3"}, "0oa3"),
    "audit without": ("audit", {"rezonate_okta_api_token": ""}, None),
    "merge": ("merge", {}, None),
}


@pytest.mark.parametrize("case", CALLERS)
def test_what_a_kind_of_work_calls_the_org_with(case: str) -> None:
    work, variables, expected = CALLERS[case]
    found = caller(resolve({"rezonate_okta_api_token": OWN, **variables}, "acme"), "acme", work, {})
    assert (found and found.value) == expected


OF_ANOTHER_ORG = {"OKTA_API_TOKEN": ENV, "OKTA_CLIENT_ORGURL": "https://other.okta.com"}


@pytest.mark.parametrize("name", ["rezonate_audit_api_token", "rezonate_okta_api_token"])
def test_the_org_of_the_environment_is_held_against_tokens_of_the_environment_only(name: str) -> None:
    found = caller(resolve({name: OWN}, "acme"), "acme", "audit", OF_ANOTHER_ORG)
    assert found
    assert (found.value, found.name) == (OWN, name)
    with pytest.raises(InputError, match=r"would be sent to https://acme\.okta\.com, another org"):
        caller(resolve({}, "acme"), "acme", "audit", OF_ANOTHER_ORG)


def test_tokens_of_the_environment_that_contradict_each_other_matter_only_where_one_is_used() -> None:
    both = {"OKTA_CLIENT_TOKEN": ENV, "OKTA_API_TOKEN": OTHER}
    assert caller(resolve({"rezonate_audit_client_id": "0oa3"}, "acme"), "acme", "audit", both)
    with pytest.raises(InputError, match="with different tokens"):
        caller(resolve({}, "acme"), "acme", "audit", both)


CHOICES = [
    Choice("api_token", "S", "environment", "OKTA_API_TOKEN"),
    Choice("api_token", "S", "variable", "rezonate_okta_api_token"),
    Choice("api_token", "S", "variable", "rezonate_audit_api_token"),
    Choice("api_token", "S", "variable", "rezonate_readonly_api_token"),
    Choice("api_token", "S", "environment", "REZONATE_READONLY_API_TOKEN"),
    Choice("api_token", "S", "lines", "acme", 0),
    Choice("client", "0oa1", "variable", "rezonate_okta_client_id"),
]


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.name)
def test_one_value_for_several_orgs_is_refused_wherever_it_comes_from(choice: Choice) -> None:
    refuse_shared(choice, ["https://acme.okta.com", "https://acme.okta.com"])
    with pytest.raises(InputError, match=r"^One .* and 2 tenants: .*rezonate_shared_token") as caught:
        refuse_shared(choice, ["https://acme.okta.com", "https://acme.oktapreview.com", "https://acme.okta.com"])
    assert choice.name in str(caught.value) or choice.source == "environment"
