# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TLS context for many connections; test_transport.py tests the verification of certificates."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import trustme
from ansible_collections.rezonate.okta.plugins.module_utils._okta import tls as _tls
from helpers.scripted_server import ScriptedServer, answer
from requests.adapters import DEFAULT_CA_BUNDLE_PATH


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return the certificate files that are read from now on."""
    files: list[str] = []

    class Context(ssl.SSLContext):
        def load_verify_locations(self, cafile: str | None = None, capath: str | None = None, cadata: None = None) -> None:  # type: ignore[override]
            files.append(str(cafile or capath))
            super().load_verify_locations(cafile, capath, cadata)

    monkeypatch.setattr(_tls, "create_urllib3_context", lambda: Context(ssl.PROTOCOL_TLS_CLIENT))
    _tls._tls_context.cache_clear()
    yield files
    _tls._tls_context.cache_clear()


def _get(url: str, verify: str) -> int:
    """Send a request on a new connection."""
    with requests.Session() as session:
        session.mount("https://", _tls.SharedContextAdapter())
        return session.get(url, verify=verify).status_code


def test_certificates_are_read_once_for_all_connections(read: list[str], tmp_path: Path) -> None:
    authority, path = trustme.CA(), str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ScriptedServer(answer(), answer(), tls=context) as server:
        assert [_get(server.url, path), _get(server.url, path)] == [200, 200]
    assert read == [path]


def test_the_default_certificates_are_those_of_requests(read: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    _tls.preload_default_certificates()
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    _tls.preload_default_certificates()
    assert read == [DEFAULT_CA_BUNDLE_PATH, str(tmp_path / "ca.pem")]


@pytest.mark.parametrize("value", ["0", "no", "False", " off "])
def test_the_environment_can_switch_preloading_off(read: list[str], monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("REZONATE_PRELOAD_CERTIFICATES", value)
    _tls.preload_default_certificates()
    assert read == []


def test_preloading_ignores_missing_certificates(read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/made-up/ca.pem")
    _tls.preload_default_certificates()
    assert read == ["/made-up/ca.pem"]
