# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reason why a call got no response: suitable advice, no useless retry, and never the password of a proxy."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import socket
import ssl
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import InputError, NoResponseError, RezonateError
from ansible_collections.rezonate.okta.plugins.module_utils._okta import tls as _tls
from ansible_collections.rezonate.okta.plugins.module_utils._okta.network_errors import FailedCall, classify_error, shown_proxy
from ansible_collections.rezonate.okta.plugins.module_utils._okta.transport import Attempt, Request, Transport, TransportSettings
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from helpers.fake_okta import Clock
from helpers.scripted_server import ScriptedServer, answer

PASSWORD = "made-up-proxy-password-15937284"
OKTA = "https://acme.okta.com/api/v1/users/me"
NOW = dt.datetime.now(dt.timezone.utc)
DAY = dt.timedelta(days=1)


def failure(url: str = OKTA, method: str = "GET", **settings: Any) -> tuple[RezonateError, int]:
    """Let a request fail; return the error, and the number of waits before a retry."""
    clock = Clock()
    transport = Transport(TransportSettings(**{"timeout": 5.0, **settings}), clock=clock, sleep=clock.sleep)
    with pytest.raises(RezonateError) as caught:
        transport.send(Request(method, url, Attempt))
    assert PASSWORD not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    return caught.value, len(clock.slept)


# Proxies.


@pytest.mark.parametrize(
    ("line", "advice", "tries"),
    [
        ("407 Proxy Authentication Required", "requires a user name and a password .* http://USER:PASSWORD@HOST:PORT", 1),
        ("403 Forbidden", r"refuses the connection .* Have it allow acme\.okta\.com", 1),
        ("404 Not Found", r"refuses the connection .* Have it allow acme\.okta\.com", 1),
        ("502 Bad Gateway", "can't connect .* Check org_url and the network", 3),
        ("503 Service Unavailable", "can't connect .* Check org_url and the network", 3),
        ("429 Too Many Requests", "can't connect .* Check org_url and the network", 3),
    ],
)
def test_a_proxy_that_refuses_is_named_and_retried_only_where_that_helps(
    monkeypatch: pytest.MonkeyPatch, line: str, advice: str, tries: int
) -> None:
    page = f"HTTP/1.1 {line}\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>".encode()
    with ScriptedServer(*[page] * 9) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", f"//me:{PASSWORD}@"))
        error, waits = failure(method="POST", max_retries=2)
    assert len(proxy.requests) == waits + 1 == tries
    assert isinstance(error, NoResponseError)
    assert not error.maybe_done
    assert re.match(rf"POST {OKTA}: the proxy that the environment names .*{advice}", str(error))
    assert proxy.url in str(error)
    assert line in str(error)


def test_a_proxy_with_plain_http_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=lambda: listener.accept()[0].sendall(answer(400)), daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"https://me:{PASSWORD}@127.0.0.1:{listener.getsockname()[1]}")
        error, waits = failure()
    assert str(error).endswith(" accepts plain HTTP only. Use http:// in its URL instead of https://.")
    assert waits == 0


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4"])
def test_a_socks_proxy_without_its_library_is_reported_with_the_command(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    def missing(*_given: Any, **_options: Any) -> None:
        raise requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support.")

    monkeypatch.setattr(requests.adapters, "SOCKSProxyManager", missing)
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://me:{PASSWORD}@127.0.0.1:9")
    error, waits = failure()
    assert str(error) == (
        f"GET {OKTA}: the proxy that the environment names ({scheme}://127.0.0.1:9) needs the Python library PySocks. "
        f"Install it with '{sys.executable} -m pip install PySocks'."
    )
    assert waits == 0


def test_an_unreachable_socks_proxy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"socks5h://me:{PASSWORD}@127.0.0.1:{port}")
    error, waits = failure(max_retries=1)
    assert str(error).endswith(f" The connection uses the proxy socks5h://127.0.0.1:{port}.")
    assert waits == 1


@pytest.mark.parametrize("url", ["socks9://me:{}@127.0.0.1:9", "http://", "htp://me:{}@proxy.example:8080", "http://me:{}@[bad:8080"])
def test_an_unusable_proxy_is_reported_without_a_retry(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url.format(PASSWORD))
    error, waits = failure()
    assert "the proxy that the environment names" in str(error)
    assert str(error).endswith("Set it in the form http://proxy.example.com:3128.")
    assert waits == 0


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (None, None),
        ("", None),
        (f"http://me:{PASSWORD}@proxy.example:3128/", "http://proxy.example:3128"),
        (f"me:{PASSWORD}@proxy.example:3128", "http://proxy.example:3128"),
        (f"https://{PASSWORD}@[::1]:3128", "https://[::1]:3128"),
        (f"http://me:{PASSWORD}@proxy.example:port", "its URL can't be read"),
        (f"http://me:{PASSWORD}@[bad", "its URL can't be read"),
    ],
)
def test_a_proxy_is_shown_without_user_and_password(url: str | None, shown: str | None) -> None:
    assert shown_proxy(url) == shown


# Requests that can't be sent.


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.InvalidSchema("No connection adapters were found for 'ftp://x'"),
        requests.exceptions.MissingSchema("x"),
        requests.exceptions.InvalidURL("x"),
        requests.exceptions.InvalidHeader("x"),
        ValueError("x"),
        UnicodeError("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_request_that_cannot_be_sent_is_not_reported_as_a_broken_connection(error: Exception) -> None:
    found = classify_error(error, FailedCall("GET", OKTA))
    assert isinstance(found, InputError)
    assert str(found) == f"{OKTA}: the request can't be sent ({type(error).__name__}). Check org_url."


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "no certificates"])
def test_unusable_ca_certificates_of_the_environment_are_named_by_their_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, content: str | None
) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content, encoding="utf-8")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(path))
    error, waits = failure("https://127.0.0.1:9/x")
    assert isinstance(error, InputError)
    assert str(error).startswith(f"{variable} in the environment can't be used: ")
    assert waits == 0


# Certificates.


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (
            9,
            r"^Check this machine's clock, which shows \d{4}-\d\d-\d\d \d\d:\d\d UTC: it is behind, or the certificate of acme\.okta\.com ",
        ),
        (10, r"^Check this machine's clock, which shows .* it is ahead, or the certificate of acme\.okta\.com .* has expired\.$"),
        (18, r"^Set ca_path to your company's CA certificates"),
        (19, r"^Set ca_path to your company's CA certificates"),
        (20, r"^Set ca_path to your company's CA certificates"),
        (21, r"^Set ca_path to your company's CA certificates"),
        (23, "revoked"),
        (62, r"^It is a certificate of another host: check org_url"),
        (64, r"^It is a certificate of another host: check org_url"),
        (68, "too weak for this machine's OpenSSL"),
        (85, r"^Python 3\.13 and newer require that .* set ca_path to the file of its certificates, for which it isn't required"),
        (89, r"^Python 3\.13 and newer require that "),
        (92, r"^Python 3\.13 and newer require that "),
        (79, r"^Have the issuer check "),
        (1, r"^Have the issuer check "),
    ],
)
def test_each_certificate_error_has_its_own_advice(code: int, advice: str) -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "made-up reason"
    found = classify_error(requests.exceptions.SSLError(error), FailedCall("GET", OKTA))
    start = f"{OKTA}: the server's certificate doesn't verify (made-up reason). "
    assert isinstance(found, NoResponseError)
    assert str(found).startswith(start)
    assert re.search(advice, str(found).removeprefix(start))


@pytest.mark.parametrize("code", [18, 19, 20, 21, 85, 86, 89, 62, 10])
def test_a_ca_path_that_is_set_is_not_recommended(code: int) -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "made-up reason"
    found = classify_error(requests.exceptions.SSLError(error), FailedCall("GET", OKTA, ca_path="/etc/company.pem"))
    assert not re.search(r"[Ss]et ca_path", str(found))


def served(certificate: trustme.LeafCert, **settings: Any) -> str:
    """Call a server with a certificate; return the message."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with ScriptedServer(answer(), tls=context) as server:
        error, waits = failure(server.url, **settings)
    assert server.requests == []
    assert waits == 0
    return str(error)


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, str]:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return ca, str(tmp_path / "ca.pem")


def test_an_expired_certificate_yields_advice_about_the_clock(authority: tuple[trustme.CA, str]) -> None:
    certificate = authority[0].issue_cert("127.0.0.1", not_before=NOW - 9 * DAY, not_after=NOW - DAY)
    assert "(certificate has expired). Check this machine's clock, which shows" in served(certificate, ca_path=authority[1])


def test_a_certificate_that_is_not_valid_yet_yields_advice_about_the_clock(authority: tuple[trustme.CA, str]) -> None:
    certificate = authority[0].issue_cert("127.0.0.1", not_before=NOW + DAY, not_after=NOW + 9 * DAY)
    assert "(certificate is not yet valid). Check this machine's clock, which shows" in served(certificate, ca_path=authority[1])


@pytest.mark.parametrize("name", ["other.example", "192.0.2.1"])
def test_a_certificate_of_another_host_yields_advice_about_org_url(authority: tuple[trustme.CA, str], name: str) -> None:
    message = served(authority[0].issue_cert(name), ca_path=authority[1])
    assert "It is a certificate of another host: check org_url" in message


def test_a_ca_path_without_the_ca_is_named(authority: tuple[trustme.CA, str]) -> None:
    message = served(trustme.CA().issue_cert("127.0.0.1"), ca_path=authority[1])
    assert f"ca_path {authority[1]!r} doesn't hold the CA that signed it" in message


def test_a_variable_that_names_other_cas_is_named(monkeypatch: pytest.MonkeyPatch, authority: tuple[trustme.CA, str]) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority[1])
    message = served(trustme.CA().issue_cert("127.0.0.1"))
    assert "REQUESTS_CA_BUNDLE in the environment names other CA certificates. Set ca_path to your company's" in message


class OldAuthority:
    """A CA as companies created them ten years ago: without key identifiers."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Made-up proxy CA")])
        self._name, self._folder = name, folder
        self.path = str(folder / "old-ca.pem")
        self._write("old-ca.pem", self._signed(name, self._key, x509.BasicConstraints(ca=True, path_length=None)))

    def server(self) -> ssl.SSLContext:
        """Create the certificate and the key of a server."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        self._write("server.pem", self._signed(x509.Name([]), key, name))
        form = serialization.PrivateFormat.PKCS8
        (self._folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "server.pem", self._folder / "key.pem")
        return context

    def _signed(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType) -> x509.Certificate:
        made = x509.CertificateBuilder(self._name, subject, key.public_key(), x509.random_serial_number(), NOW - DAY, NOW + DAY)
        return made.add_extension(extension, critical=True).sign(self._key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate) -> None:
        (self._folder / name).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let certificates be verified as Python 3.13 does."""
    make = _tls.create_urllib3_context

    def context() -> ssl.SSLContext:
        made = make()
        made.verify_flags |= ssl.VERIFY_X509_STRICT
        return made

    monkeypatch.setattr(_tls, "create_urllib3_context", context)


@pytest.mark.usefixtures("strict")
def test_an_old_ca_in_ca_path_is_accepted(tmp_path: Path) -> None:
    ca = OldAuthority(tmp_path)
    with ScriptedServer(answer(), tls=ca.server()) as server:
        assert Transport(TransportSettings(ca_path=ca.path)).send(Request("GET", server.url, Attempt)).status == 200


@pytest.mark.usefixtures("strict")
def test_an_old_ca_of_the_environment_is_distinguished_from_an_unknown_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ca = OldAuthority(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca.path)
    with ScriptedServer(answer(), tls=ca.server()) as server:
        error, waits = failure(server.url)
    assert re.search(r"doesn't verify \(.*(?i:key).*\)\. Python 3\.13 and newer require that of certificates", str(error))
    assert waits == 0
