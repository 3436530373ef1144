# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any name of a tenant: one https URL of the intended host, or one error."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError
from ansible_collections.rezonate.okta.plugins.module_utils._okta.org_url import OKTA_DOMAINS, Org, parse_org_url
from ansible_collections.rezonate.okta.plugins.module_utils._tenant.settings import resolve_settings
from helpers.acceptance import accepts, damaged, either
from hypothesis import example, given
from hypothesis import strategies as st

_PIECES = [
    *(
        "acme",
        "ACME",
        "-admin",
        "-",
        ".",
        "..",
        "okta.com",
        "oktapreview.com",
        "okta.com.example.com",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "::1",
    ),
    *("https://", "http://", "HTTPS://", "ftp://", "//", "/", "\\", "?", "#", "@", ":", ":443", ":80", ":99999", "user:pass", "%2e", "%00"),
    *(" ", "\n", "\t", "\r\n", "\x00", "\u3002", "\uff0e", "\u200b", "é", "xn--", "{{ 7*7 }}", "'", '"', "$", "0x7f.1", "169.254.169.254"),
]
LABELS = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?", fullmatch=True)
DOMAINS = st.sampled_from(["", *(f".{domain}" for domain in OKTA_DOMAINS), ".acme.example"])
VALID = st.tuples(st.sampled_from(["", "", "https://", "HTTPS://"]), LABELS, DOMAINS, st.sampled_from(["", "", "/", ":443", ":8443"])).map(
    "".join
)
# Valid names, slightly damaged names, and other texts.
NAMES = either(
    VALID,
    damaged(VALID, _PIECES)
    | st.text(max_size=80)
    | st.lists(st.sampled_from(_PIECES), max_size=7).map("".join)
    | st.text("aA0-.:/@", max_size=30),
)


def org_of(text: str) -> Org | None:
    """Parse a name; None where it is refused with a message."""
    try:
        return parse_org_url(text)
    except InputError:
        return None


@accepts(0.4)
@given(NAMES)
@example("https://acme.okta.com\n")
@example("acme.okta.com\\@evil.example")
@example("acme-admin.okta.com.")
@example("acme%2Eevil.example")
def test_an_org_is_https_and_nothing_but_a_host(text: str) -> bool:
    org = org_of(text)
    if org is None:
        return False
    url = urlsplit(org.url)
    host = url.hostname or ""
    assert url.scheme == "https" or host in ("localhost", "::1") or host.startswith("127.")
    assert (url.username, url.password, url.path, url.query, url.fragment) == (None, None, "", "", "")
    assert not any(host.endswith(f"-admin.{domain}") for domain in OKTA_DOMAINS)
    assert host.rpartition(".okta.com")[0] in text.lower() or host in text.lower()
    assert parse_org_url(org.url) == org
    return True


@accepts(0.9)
@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True), st.sampled_from(OKTA_DOMAINS))
def test_the_ways_to_name_an_org_mean_the_same(name: str, domain: str) -> bool:
    if name.endswith("-admin"):
        return False
    found = {
        parse_org_url(text).url
        for text in (f"{name}.{domain}", f"https://{name}.{domain}/", f" {name}.{domain}".upper().replace("HTTPS", "https"))
    }
    assert found == {f"https://{name}.{domain}"}
    assert parse_org_url(name).url == f"https://{name}.okta.com"
    return True


@pytest.mark.parametrize(
    "text",
    ["a" * 200_000, "a-" * 100_000, "a." * 100_000, "https://" * 50_000, "1" * 100_000, ":" * 100_000, "[" * 100_000],
    ids=lambda value: value[:8],
)
def test_a_long_name_is_refused_at_once(text: str) -> None:
    start = time.monotonic()
    assert org_of(text) is None
    assert time.monotonic() - start < 1


def resolved(tenant: str) -> tuple[str, str]:
    """The role's error for a tenant's name, and its URL."""
    try:
        return "", resolve_settings({"rezonate_tenant_id": tenant}, "host").org_url
    except InputError as error:
        return str(error), ""


@accepts(0.2)
@given(NAMES)
@example("acme\n")
@example("acme.okta.com/")
@example("HTTPS://acme.okta.com/")
@example("LOCALHOST")
@example("acme:")
@example("acme:0")
def test_a_tenant_that_the_role_accepts_is_that_org(text: str) -> bool:
    problem, url = resolved(text)
    org = org_of(text)
    if not problem:
        # longer than a host name may be: refused later
        assert (org is None and len(text) > 63) or org == Org(url, is_custom=False)
    elif org and org.url.endswith(".okta.com") and org.url.count(".") == 2:
        assert text != text.strip() or text.lower().startswith("https://") != text.startswith("https://") or ":443" in text
    return not problem


def test_the_role_s_pattern_takes_linear_time() -> None:
    start = time.monotonic()
    problem, _url = resolved("a-" * 50_000 + "!")
    assert problem
    assert time.monotonic() - start < 2
