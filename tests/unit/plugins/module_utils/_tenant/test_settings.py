# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tenant's settings: the org that they identify, and contradictions."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._audit.schema import METHODS
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.options import OPTIONS, STORES, Kind
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import check_settings, resolve_settings

ORGS: dict[str, tuple[dict[str, Any], str, str]] = {
    "host": ({}, "acme", "https://acme.okta.com"),
    "name": ({"rezonate_tenant_id": "globex"}, "globex", "https://globex.okta.com"),
    "digits in quotes": ({"rezonate_tenant_id": "0123"}, "0123", "https://0123.okta.com"),
    "capitals": ({"rezonate_tenant_id": "ACME", "rezonate_okta_domain": "Okta.Com"}, "acme", "https://acme.okta.com"),
    "host of the org in capitals": ({"rezonate_tenant_id": "acme.Okta.Com"}, "acme", "https://acme.okta.com"),
    "URL": ({"rezonate_tenant_id": "https://ACME.okta.com/"}, "acme", "https://acme.okta.com"),
    "other domain": ({"rezonate_okta_domain": "oktapreview.com"}, "acme", "https://acme.oktapreview.com"),
    "other domain as URL": ({"rezonate_okta_domain": "https://oktapreview.com/"}, "acme", "https://acme.oktapreview.com"),
    "variable that is not the role's": ({"ansible_host": "globex", "rezonate_waves": [1]}, "acme", "https://acme.okta.com"),
    "custom domain": ({"rezonate_org_url": "ID.Acme.example"}, "acme", "https://id.acme.example"),
    "custom domain as URL": ({"rezonate_org_url": "https://id.acme.example/"}, "acme", "https://id.acme.example"),
    "name in place of a URL": ({"rezonate_org_url": "acme"}, "acme", "https://acme.okta.com"),
    "empty URL": ({"rezonate_org_url": ""}, "acme", "https://acme.okta.com"),
}


@pytest.mark.parametrize("case", ORGS)
def test_an_org_is_resolved_from_any_of_its_names(case: str) -> None:
    variables, tenant, url = ORGS[case]
    settings = resolve_settings(variables, "acme")
    assert (settings.tenant, settings.org_url) == (tenant, url)


NAMES = ("tenant_id", "okta_domain", "org_url")


@pytest.mark.parametrize("value", [0o123, False, None, 1.5, ["acme"], {"a": 1}])
@pytest.mark.parametrize("name", NAMES)
def test_an_identifier_that_is_not_a_string_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=rf"^rezonate_{name} is .*put it in quotes"):
        resolve_settings({f"rezonate_{name}": value}, "acme")


@pytest.mark.parametrize("name", NAMES)
def test_a_number_in_quotes_is_accepted_as_an_identifier(name: str) -> None:
    assert "0123" in resolve_settings({f"rezonate_{name}": "0123"}, "acme").org_url


# An invalid name, and the nearest one that is valid.
BAD_NAMES = {
    "": "a",
    " ": "0",
    "acme rz": "acme-rz",
    "acme/x": "acme/",
    "a.b": "a.okta.com",
    "acme.oktapreview.com": "acme.okta.com",
    "acme-admin": "acme-admins",
    "-acme": "a-cme",
    "localhost": "localhosts",
    "user@acme": "user--acme",
    "acme\n": "acme",
    "{{ x }}": "x",
    "a" * 64: "a" * 63,
}


@pytest.mark.parametrize("name", BAD_NAMES)
def test_an_invalid_tenant_name_is_refused_and_the_nearest_valid_one_is_accepted(name: str) -> None:
    with pytest.raises(InputError, match=r"^rezonate_tenant_id '"):
        resolve_settings({"rezonate_tenant_id": name}, "acme")
    tenant = BAD_NAMES[name].removesuffix("/").removesuffix(".okta.com")
    assert resolve_settings({"rezonate_tenant_id": BAD_NAMES[name]}, "other").org_url == f"https://{tenant}.okta.com"


@pytest.mark.parametrize("domain", ["okta.com", "okta.example"])
def test_the_name_of_the_admin_console_is_refused_with_that_of_the_org(domain: str) -> None:
    with pytest.raises(InputError, match=r"^rezonate_tenant_id 'acme-admin' is the Admin Console's name, .*: use 'acme'\.$"):
        resolve_settings({"rezonate_tenant_id": "acme-admin", "rezonate_okta_domain": domain}, "acme")


@pytest.mark.parametrize(
    ("url", "valid"),
    [
        ("https://acme-admin.okta.com", "https://acme-admins.okta.com"),
        ("http://acme.okta.com", "https://acme.okta.com"),
        ("acme.okta.com/x", "acme.okta.com/"),
    ],
)
def test_an_invalid_url_is_refused_by_the_name_of_its_variable(url: str, valid: str) -> None:
    with pytest.raises(InputError, match=r"^rezonate_org_url '"):
        resolve_settings({"rezonate_org_url": url}, "acme")
    assert resolve_settings({"rezonate_org_url": valid}, "acme").org_url.endswith(".okta.com")


@pytest.mark.parametrize("host", ["localhost", "acme-admin", "acme/x"])
def test_a_host_can_have_any_name_where_the_org_is_set(host: str) -> None:
    assert resolve_settings({"rezonate_org_url": "https://id.acme.example"}, host).org_url == "https://id.acme.example"


@pytest.mark.parametrize(
    ("domain", "valid"),
    [("", "a"), ("okta.com/evil", "okta.com/"), ("okta com", " okta.com "), ("a@b", "a.b"), ("..", ".a."), ("a..b", "a.b")],
)
def test_an_invalid_domain_is_refused(domain: str, valid: str) -> None:
    with pytest.raises(InputError, match=r"^rezonate_okta_domain '"):
        resolve_settings({"rezonate_okta_domain": domain}, "acme")
    assert resolve_settings({"rezonate_okta_domain": valid}, "acme").org_url == f"https://acme.{valid.strip(' ./')}"


# What is done, the variables, the message, and the variables that make the settings valid.
REFUSED: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    "no scopes": ("onboard", {"rezonate_scopes": []}, "rezonate_scopes is empty: ", {"rezonate_scopes": ["okta.users.read"]}),
    "no scopes, as a string": ("onboard", {"rezonate_scopes": "[]"}, "rezonate_scopes is empty: ", {"rezonate_scopes": ""}),
    "no scopes, audited": ("audit", {"rezonate_scopes": []}, "rezonate_scopes is empty: ", {"rezonate_scopes": "ssf.read"}),
    "scope": (
        "onboard",
        {"rezonate_scopes": "okta users read"},
        "rezonate_scopes, rezonate_optional_scopes: 'okta users read'",
        {"rezonate_scopes": "okta.users.read"},
    ),
    "optional scope": (
        "rotate",
        {"rezonate_optional_scopes": "openid"},
        "rezonate_scopes, rezonate_optional_scopes: 'openid'",
        {"rezonate_optional_scopes": []},
    ),
    "scope for remediation": (
        "offboard",
        {"rezonate_remediation_scopes": "okta.users."},
        "rezonate_scopes, rezonate_optional_scopes: 'okta.users.'",
        {"rezonate_remediation_scopes": "okta.users"},
    ),
    "custom store": (
        "onboard",
        {"rezonate_credential_store": "custom"},
        "rezonate_credential_store custom needs ",
        {"rezonate_credential_store_tasks": "store.yml"},
    ),
    "controller": (
        "onboard",
        {"rezonate_credential_store": "controller"},
        "rezonate_credential_store controller needs ",
        {"rezonate_controller_organization": "Default"},
    ),
    "backup": (
        "offboard",
        {"rezonate_credential_store": "artifact", "rezonate_backup": "yes"},
        "rezonate_backup can be used with ",
        {"rezonate_credential_store": "file"},
    ),
    "remediation by a token": (
        "onboard",
        {"rezonate_method": "api_token", "rezonate_remediation": "true"},
        "rezonate_remediation cannot ",
        {"rezonate_method": "api_service_integration"},
    ),
    "id of an integration": (
        "onboard",
        {"rezonate_method": "api_service_integration", "rezonate_application_id": "0oa"},
        "rezonate_application_id and ",
        {"rezonate_application_id": ""},
    ),
    "key of a token": (
        "onboard",
        {"rezonate_method": "api_token", "rezonate_private_key": "made-up"},
        "rezonate_application_id and ",
        {"rezonate_method": "oauth"},
    ),
    "comparison without a credential": (
        "onboard",
        {"rezonate_require_drift_check": "true"},
        "rezonate_require_drift_check is set, ",
        {"rezonate_require_drift_check": "false"},
    ),
    "age without a unit": (
        "rotate",
        {"rezonate_rotation_max_age": "90"},
        "rezonate_rotation_max_age '90' is not an age",
        {"rezonate_rotation_max_age": "90d"},
    ),
    "age of another unit": (
        "rotate",
        {"rezonate_rotation_max_age": "90m"},
        "rezonate_rotation_max_age '90m' is not an age",
        {"rezonate_rotation_max_age": "90h"},
    ),
    "age of zero": (
        "rotate",
        {"rezonate_rotation_max_age": "0d"},
        "rezonate_rotation_max_age '0d' is not an age",
        {"rezonate_rotation_max_age": "1d"},
    ),
    "age of six digits": (
        "rotate",
        {"rezonate_rotation_max_age": "100000w"},
        "rezonate_rotation_max_age '100000w' is not an age",
        {"rezonate_rotation_max_age": "99999w"},
    ),
    "client without a key": (
        "audit",
        {"rezonate_audit_client_id": "0oa"},
        "rezonate_audit_private_key is missing",
        {"rezonate_audit_private_key": "made-up"},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_settings_that_contradict_each_other_are_refused(case: str) -> None:
    work, variables, sentence, _correction = REFUSED[case]
    with pytest.raises(InputError, match=f"^{sentence}"):
        check_settings(resolve_settings(variables, "acme"), work, has_credential=False)


@pytest.mark.parametrize("case", REFUSED)
def test_the_same_settings_are_accepted_with_one_correction(case: str) -> None:
    work, variables, _sentence, correction = REFUSED[case]
    check_settings(resolve_settings({**variables, **correction}, "acme"), work, has_credential=False)


# Settings that matter for one kind of work only: they are refused there and accepted elsewhere.
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "remediation by a token": ("rotate", "offboard", "audit", "merge"),
    "id of an integration": ("rotate", "offboard", "audit", "merge"),
    "comparison without a credential": ("rotate", "offboard", "audit", "merge"),
    "age without a unit": ("onboard", "offboard", "audit", "merge"),
    "client without a key": ("onboard", "rotate", "offboard", "merge"),
}


@pytest.mark.parametrize(("case", "work"), [(case, work) for case, works in ELSEWHERE.items() for work in works])
def test_settings_of_other_work_are_not_checked(case: str, work: str) -> None:
    check_settings(resolve_settings(REFUSED[case][1], "acme"), work, has_credential=False)


ACCEPTED: dict[str, tuple[str, dict[str, Any]]] = {
    "custom store with its tasks": (
        "onboard",
        {"rezonate_credential_store": "custom", "rezonate_credential_store_tasks": "store.yml"},
    ),
    "controller with its organization": (
        "onboard",
        {"rezonate_credential_store": "controller", "rezonate_controller_organization": "Default"},
    ),
    "backup of a file": ("offboard", {"rezonate_backup": "yes"}),
    "remediation by an app": ("onboard", {"rezonate_remediation": "true"}),
    "remediation by an integration": ("onboard", {"rezonate_method": "api_service_integration", "rezonate_remediation": "true"}),
    "comparison with a credential": ("onboard", {"rezonate_require_drift_check": "true"}),
    "age in hours": ("rotate", {"rezonate_rotation_max_age": "1h"}),
    "age in days": ("rotate", {"rezonate_rotation_max_age": "90d"}),
    "age in weeks": ("rotate", {"rezonate_rotation_max_age": "12w"}),
    "any age": ("rotate", {"rezonate_rotation_max_age": ""}),
    "client with its key": ("audit", {"rezonate_audit_client_id": "0oa", "rezonate_audit_private_key": "made-up"}),
    "scopes": ("onboard", {"rezonate_scopes": "okta.users.read, okta.apps.read", "rezonate_optional_scopes": "okta.logs.read"}),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_compatible_settings_are_accepted(case: str) -> None:
    work, variables = ACCEPTED[case]
    check_settings(resolve_settings(variables, "acme"), work, has_credential=True)


@pytest.mark.parametrize("store", STORES)
def test_the_credentials_are_encrypted_text_for_every_store_but_the_file(store: str) -> None:
    assert resolve_settings({"rezonate_credential_store": store}, "acme").holds_text is (store != "file")


def test_a_variable_with_a_computed_default_is_an_empty_string_before() -> None:
    settings = resolve_settings({}, "acme")
    assert [settings.text(name) for name in ("okta_api_token", "org_url", "vault_file")] == ["", "", ""]


@pytest.mark.parametrize("name", ["private_key", "application_id"])
@pytest.mark.parametrize("method", METHODS)
def test_a_private_key_given_with_another_method_is_refused(method: str, name: str) -> None:
    settings = resolve_settings({"rezonate_method": method, f"rezonate_{name}": "made-up"}, "acme")
    if method == "oauth":
        check_settings(settings, "onboard", has_credential=True)
        return
    with pytest.raises(
        InputError, match=r"^rezonate_application_id and rezonate_private_key can be used with rezonate_method oauth only\.$"
    ):
        check_settings(settings, "onboard", has_credential=True)


@pytest.mark.parametrize("work", ["onboard", "rotate", "offboard", "audit", "merge"])
def test_the_string_false_is_false_for_flags(work: str) -> None:
    flags = {
        "rezonate_method": "api_token",
        "rezonate_remediation": "false",
        "rezonate_require_drift_check": "False",
        "rezonate_backup": "no",
    }
    check_settings(resolve_settings({**flags, "rezonate_credential_store": "artifact"}, "acme"), work, has_credential=False)


def test_the_default_of_scopes_is_left_to_the_version() -> None:
    public = resolve_settings({"rezonate_scopes": "", "rezonate_optional_scopes": ""}, "acme").public()
    assert (public["scopes"], public["optional_scopes"], public["admin_roles"]) == (None, None, ["READ_ONLY_ADMIN"])
    assert resolve_settings({"rezonate_optional_scopes": []}, "acme").public()["optional_scopes"] == []


def test_strings_are_public() -> None:
    variables = {
        "rezonate_revoke_bootstrap_token": "Always",
        "rezonate_rotation_max_age": "90d",
        "rezonate_service_user": "rz@acme.example",
    }
    public = resolve_settings(variables, "acme").public()
    assert {name: public[name.removeprefix("rezonate_")] for name in variables} == {
        **variables,
        "rezonate_revoke_bootstrap_token": "always",
    }
    assert public["app_label"] == "Rezonate"


def test_no_secret_is_public() -> None:
    secret = "made-up-secret-0b1c2d3e4f"
    variables = {"rezonate_okta_api_token": secret, "rezonate_okta_api_tokens": {"acme": secret}, "rezonate_private_key": secret}
    settings = resolve_settings(variables, "acme")
    assert secret not in repr(settings) + repr(settings.public())


SECRETS = [name for name, option in OPTIONS.items() if option.kind in (Kind.KEY, Kind.TOKENS) or name.endswith("_api_token")]


def test_all_variables_are_public_but_those_that_hold_secrets() -> None:
    public = resolve_settings({}, "acme").public()
    assert sorted(public) == sorted([*(name.removeprefix("rezonate_") for name in OPTIONS if name not in SECRETS), "private_key_given"])
    assert len(SECRETS) == 7
    assert (public["method"], public["revoke_bootstrap_token"], public["network_zones"]) == ("oauth", "false", [])


def test_it_is_public_whether_a_private_key_is_given() -> None:
    given = [
        resolve_settings({"rezonate_private_key": key}, "acme").public()["private_key_given"] for key in ("made-up", {"kty": "RSA"}, "")
    ]
    assert given == [True, True, False]
