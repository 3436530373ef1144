# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accepted and refused ways to name an org."""

from __future__ import annotations

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import OKTA_DOMAINS, Org, parse_org_url

PASSWORD = "made-up-password-in-a-url-77310"
USE = "give it like https://acme.okta.com."


@pytest.mark.parametrize(
    "given",
    [
        "acme",
        " acme\n",
        "ACME",
        "acme.okta.com",
        "acme.okta.com/",
        "https://acme.okta.com",
        "HTTPS://Acme.Okta.com/",
        "https://acme.okta.com:443",
    ],
)
def test_all_spellings_identify_the_same_org(given: str) -> None:
    assert parse_org_url(given) == Org("https://acme.okta.com", is_custom=False)


@pytest.mark.parametrize("domain", OKTA_DOMAINS)
def test_orgs_on_okta_s_own_domains_are_known(domain: str) -> None:
    assert parse_org_url(f"acme.{domain}") == Org(f"https://acme.{domain}", is_custom=False)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("id.acme.example", "https://id.acme.example"),
        ("https://id.acme.example:8443", "https://id.acme.example:8443"),
        ("login-admin.acme.example", "https://login-admin.acme.example"),
        ("acme.okta.com.evil.example", "https://acme.okta.com.evil.example"),
        ("evilokta.com", "https://evilokta.com"),
        ("okta.com", "https://okta.com"),
        ("10.1.2.3", "https://10.1.2.3"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_any_other_host_must_be_verified_as_okta(given: str, url: str) -> None:
    assert parse_org_url(given) == Org(url, is_custom=True)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "https://[::1]", "https://localhost", "http://127.9.9.9"],
)
def test_a_loopback_host_may_go_unencrypted(url: str) -> None:
    assert parse_org_url(url) == Org(url, is_custom=False)


@pytest.mark.parametrize(("given", "url"), [("http://localhost:80", "http://localhost"), ("acme:8443", "https://acme.okta.com:8443")])
def test_only_a_port_that_is_not_the_default_is_preserved(given: str, url: str) -> None:
    assert parse_org_url(given).url == url


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("", "org_url is empty: give the Okta org, such as acme or https://acme.okta.com."),
        ("  ", "org_url is empty: give the Okta org, such as acme or https://acme.okta.com."),
        ("a b", f"org_url 'a b' holds characters that no host name has: {USE}"),
        ("acme\n.okta.com", f"org_url 'acme\\n.okta.com' holds characters that no host name has: {USE}"),
        ("ácme", f"org_url 'ácme' holds characters that no host name has: {USE}"),
        ("acme_1", f"org_url 'acme_1' names no host: {USE}"),
        ("-acme", f"org_url '-acme' names no host: {USE}"),
        ("%61cme", f"org_url '%61cme' names no host: {USE}"),
        ("acme.okta.com.", f"org_url 'acme.okta.com.' names no host: {USE}"),
        ("https://", f"org_url 'https://' names no host: {USE}"),
        (f"{'a' * 64}.okta.com", f"org_url '{'a' * 64}.okta.com' names no host: {USE}"),
        ("a." * 126 + "ab", f"org_url '{'a.' * 126}ab' names no host: {USE}"),
        ("ftp://acme.okta.com", f"org_url 'ftp://acme.okta.com' must begin with https://: {USE}"),
        ("https://acme.okta.com:port", f"org_url 'https://acme.okta.com:port' is no URL: {USE}"),
        ("https://acme.okta.com:0", f"org_url 'https://acme.okta.com:0' is no URL: {USE}"),
        ("https://acme.okta.com:/", f"org_url 'https://acme.okta.com:/' is no URL: {USE}"),
        ("https://acme.okta.com:99999", f"org_url 'https://acme.okta.com:99999' is no URL: {USE}"),
        ("https://[::1", f"org_url 'https://[::1' is no URL: {USE}"),
        ("acme.okta.com/app", "org_url 'acme.okta.com/app' has something after the host: use https://acme.okta.com."),
        ("https://acme.okta.com?", "org_url 'https://acme.okta.com?' has something after the host: use https://acme.okta.com."),
        ("acme#x", "org_url 'acme#x' has something after the host: use https://acme."),
        ("http://acme.okta.com", "org_url 'http://acme.okta.com' would send the credential unencrypted: use https://acme.okta.com."),
        ("http://10.1.2.3", "org_url 'http://10.1.2.3' would send the credential unencrypted: use https://10.1.2.3."),
    ],
)
def test_an_invalid_org_is_refused_with_a_message(given: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_org_url(given)
    assert str(caught.value) == sentence


# Each of these is similar to a refused one above.
ACCEPTED = {
    "a-b": "https://a-b.okta.com",
    "acme-1": "https://acme-1.okta.com",
    "a-cme": "https://a-cme.okta.com",
    "acme.okta.com": "https://acme.okta.com",
    "https://a": "https://a.okta.com",
    f"{'a' * 63}.okta.com": f"https://{'a' * 63}.okta.com",
    "a." * 126 + "a": f"https://{'a.' * 126}a",
    "HTTPS://acme.okta.com": "https://acme.okta.com",
    "https://acme.okta.com:1": "https://acme.okta.com:1",
    "https://acme.okta.com:65535": "https://acme.okta.com:65535",
    "https://acme.okta.com:443/": "https://acme.okta.com",
    "https://[::1]": "https://[::1]",
    "acme.okta.com/": "https://acme.okta.com",
    "http://localhost": "http://localhost",
    "http://127.1.2.3": "http://127.1.2.3",
    "https://10.1.2.3": "https://10.1.2.3",
    "acme-admins": "https://acme-admins.okta.com",
    "admin.okta.com": "https://admin.okta.com",
    "acme-admin.example": "https://acme-admin.example",
}


@pytest.mark.parametrize("given", ACCEPTED)
def test_an_org_next_to_a_refused_one_is_accepted(given: str) -> None:
    assert parse_org_url(given).url == ACCEPTED[given]


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("acme-admin", "https://acme.okta.com"),
        ("acme-admin.okta.com", "https://acme.okta.com"),
        ("https://Acme-Admin.oktapreview.com/", "https://acme.oktapreview.com"),
    ],
)
def test_the_admin_console_host_is_refused_and_the_org_host_is_named(given: str, right: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_org_url(given)
    assert str(caught.value) == f"org_url {given!r} is the Admin Console's host, which doesn't serve the API: use {right}."


@pytest.mark.parametrize(
    "given",
    [
        f"https://user:{PASSWORD}@acme.okta.com",
        f"{PASSWORD}@acme.okta.com",
        f"https://user:{PASSWORD} and more@acme.okta.com",
        f"https://user:{PASSWORD}é@acme.okta.com",
        f"https://user:{PASSWORD}/x@acme.okta.com",
        f"https://user:[{PASSWORD}@acme.okta.com",
        f"https://user:12#{PASSWORD}@acme.okta.com",
        f"ftp://user:{PASSWORD}@acme.okta.com",
    ],
)
def test_a_password_in_the_url_is_never_repeated(given: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_org_url(given)
    assert str(caught.value) == "org_url holds a user name or password: give the org alone, like https://acme.okta.com."


def test_the_message_names_the_option() -> None:
    with pytest.raises(InputError, match=r"^rezonate_org_url 'a b'"):
        parse_org_url("a b", "rezonate_org_url")
