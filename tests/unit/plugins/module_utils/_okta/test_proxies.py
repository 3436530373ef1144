# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies are read from the environment only, as requests reads it."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
import requests
from ansible_collections.rezonate.okta.plugins.module_utils._okta.proxies import environment_certificates, environment_proxies
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Attempt, Request, Transport, TransportSettings
from helpers.scripted_server import ScriptedServer, answer
from hypothesis import given
from hypothesis import strategies as st
from okta_emulator import Emulator

NAMES = tuple(name for scheme in ("http", "https", "all", "no") for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()))
HOSTS = ("acme.okta.com", "okta.com", "ACME.okta.com", "192.0.2.7", "192.0.2.200", "localhost", "a-acme.okta.com", "[2001:db8::1]")
ENTRIES = (
    *("*", "okta.com", ".okta.com", "ACME.OKTA.COM", "acme.okta.com:443", "okta.com:8443", "com", "", " ", "localhost", "::1"),
    *("192.0.2.7", "192.0.2.0/25", "192.0.2.0/24", "192.0.2.7/32", "0.0.0.0/0", "192.0/16", "192.0.2.0/33", "192.0.2.0/x", "2001:db8::/32"),
)
PROXIES = st.sampled_from(["http://proxy.example:3128", "socks5://proxy.example", "proxy.example:80", ""])
EXCEPTIONS = st.lists(st.sampled_from(ENTRIES), max_size=4).map(", ".join)
ENVIRONMENTS = st.dictionaries(st.sampled_from(NAMES), st.none(), max_size=5).flatmap(
    lambda names: st.fixed_dictionaries({name: EXCEPTIONS if name.lower() == "no_proxy" else PROXIES for name in names})
)
URLS = st.builds(lambda host, port: f"https://{host}{port}/api/v1/users", st.sampled_from(HOSTS), st.sampled_from(["", ":443", ":8443"]))


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set these proxies and no others."""
    before = dict(os.environ)
    for name in (*NAMES, "REQUEST_METHOD"):
        os.environ.pop(name, None)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@given(URLS, ENVIRONMENTS)
def test_the_proxies_are_those_that_requests_finds(url: str, variables: dict[str, str]) -> None:
    with environment(variables):
        actual, expected = environment_proxies(url), requests.utils.get_environ_proxies(url)
        assert requests.utils.select_proxy(url, actual) == requests.utils.select_proxy(url, expected)


@pytest.mark.parametrize("first", [None, "", "/one.pem"])
@pytest.mark.parametrize("second", [None, "", "/two.pem"])
def test_the_certificates_are_those_that_requests_finds(monkeypatch: pytest.MonkeyPatch, first: str | None, second: str | None) -> None:
    for name, value in (("REQUESTS_CA_BUNDLE", first), ("CURL_CA_BUNDLE", second)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    expected = requests.Session().merge_environment_settings("https://acme.okta.com", {}, False, True, None)["verify"]
    assert (environment_certificates() or True) == expected


@pytest.fixture
def macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system on which reading the system proxies ends the process."""

    def end_process(*_args: object) -> object:
        raise SystemExit("the system was asked for proxies in a worker")

    for module in (urllib.request, requests.utils, requests.compat):
        for name in ("getproxies", "proxy_bypass"):
            monkeypatch.setattr(module, name, end_process)


@pytest.mark.usefixtures("macos")
@pytest.mark.parametrize("variables", [{}, {"no_proxy": "127.0.0.1"}, {"HTTPS_PROXY": "http://192.0.2.1:1"}, {"NO_PROXY": "*"}])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_direct_request_reads_the_proxies_of_the_system(variables: dict[str, str], method: str) -> None:
    with environment(variables), ScriptedServer(answer(200, {"ok": True})) as server:
        assert Transport(TransportSettings(timeout=5.0)).send(Request(method, f"{server.url}/x", Attempt, dict)).body == {"ok": True}


@pytest.mark.usefixtures("macos")
def test_no_request_through_a_proxy_reads_the_proxies_of_the_system() -> None:
    with Emulator() as okta, environment({"HTTPS_PROXY": okta.proxy_url}):
        tenant = okta.tenant("behind-a-proxy")
        transport = Transport(TransportSettings(timeout=5.0, ca_path=str(okta.ca_file)))
        assert transport.send(Request("GET", f"{tenant.org_url}/.well-known/okta-organization", Attempt, dict)).status == 200
