# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error messages for calls without a response: errors of requests, urllib3, OpenSSL and the system, with remedies.

The text of these errors is never repeated as a whole, since it may hold the password of a proxy.
"""

from __future__ import annotations

import re
import ssl
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from .._core.errors import InputError, NoResponseError, RezonateError

try:
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError, ProxyError, ReadTimeoutError
    from urllib3.exceptions import HTTPError as Urllib3Error
except ImportError:
    pass  # reported before anything here is called (`_ansible.require_libraries`)

ADVICE = "Check org_url and the network, then run again: completed steps are preserved."
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3}) ?(.*)", re.DOTALL)
_CLIENT_SIDE_ERRORS = (
    "InvalidHeader",
    "InvalidJSONError",
    "InvalidSchema",
    "InvalidURL",
    "MissingSchema",
    "URLRequired",
    "UnrewindableBodyError",
)
# OpenSSL, x509_vfy.h: X509_V_ERR_…
_UNTRUSTED_CA = frozenset({2, 18, 19, 20, 21, 27})
_STRICT_RULES = range(80, 95)  # codes of X509_V_FLAG_X509_STRICT only, such as missing key identifiers


@dataclass(frozen=True)
class FailedCall:
    """The call that failed.

    Args:
        method: the HTTP method.
        url: the full URL.
        ca_path: the option; None if it isn't set.
        ca_variable: the environment variable that names CA certificates, if one is set.
        proxy: the proxy of the call, without user and password; None if there is none.
    """

    method: str
    url: str
    ca_path: str | None = None
    ca_variable: str | None = None
    proxy: str | None = None


def shown_proxy(url: str | None) -> str | None:
    """The URL of a proxy without user and password; None if there is no proxy."""
    if not url:
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "its URL can't be read"
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def classify_error(error: Exception, call: FailedCall) -> Urllib3Error | RezonateError:
    """Convert an error of requests: to one of urllib3, which the retry policy handles, or to one that a retry can't resolve."""
    bottom = innermost_error(error)
    if isinstance(bottom, ssl.SSLCertVerificationError):
        return NoResponseError(f"{call.url}: {_certificate_reason(bottom, call)}")
    if isinstance(error, requests.exceptions.RequestException):
        return _proxy_error(error, call) or _client_side_error(error, call) or _urllib3_error(error)
    if isinstance(error, OSError):
        # requests raises it if the file of CA certificates doesn't exist
        source = f"ca_path {call.ca_path!r}" if call.ca_path else f"{call.ca_variable or 'REQUESTS_CA_BUNDLE'} in the environment"
        return InputError(f"{source} can't be used: {error.strerror or error}.")
    if call.proxy:
        # urllib3 raises it for the scheme of a proxy, with the password of the proxy in its text
        return _invalid_proxy_error(call)
    return InputError(f"{call.url}: the request can't be sent ({type(error).__name__}). Check org_url.")


def _client_side_error(error: Exception, call: FailedCall) -> RezonateError | None:
    """An error that occurred before anything was sent, and that a retry can't resolve."""
    name, text = type(error).__name__, str(error)
    if name == "InvalidSchema" and "SOCKS" in text:
        return NoResponseError(
            f"{call.method} {call.url}: the proxy that the environment names ({call.proxy or 'SOCKS'}) needs the Python library PySocks. "
            f"Install it with '{sys.executable} -m pip install PySocks'."
        )
    if name == "InvalidProxyURL" or (name == "InvalidURL" and call.proxy):  # org_url is checked before
        return _invalid_proxy_error(call)
    if name in _CLIENT_SIDE_ERRORS:
        return InputError(f"{call.url}: the request can't be sent ({name}). Check org_url.")
    return None


def _invalid_proxy_error(call: FailedCall) -> NoResponseError:
    return NoResponseError(
        f"{call.method} {call.url}: the proxy that the environment names has no supported scheme or no host ({call.proxy}). "
        "Set it in the form http://proxy.example.com:3128."
    )


def _proxy_error(error: Exception, call: FailedCall) -> Urllib3Error | RezonateError | None:
    """The error of a proxy before the request was forwarded: a permanent refusal, or one that a retry can resolve."""
    inner = _inner_urllib3_error(error)
    if not isinstance(inner, ProxyError):
        return None
    refused = _TUNNEL.search(str(inner.original_error))
    start = f"{call.method} {call.url}: the proxy that the environment names ({call.proxy})"
    if refused and refused[1] == "407":
        return NoResponseError(
            f"{start} requires a user name and a password ({_printable_line(refused[0])}). Give them in its URL: http://USER:PASSWORD@HOST:PORT."
        )
    if refused and refused[1][0] == "4" and refused[1] not in ("408", "425", "429"):
        host = urlsplit(call.url).hostname
        return NoResponseError(
            f"{start} refuses the connection ({_printable_line(refused[0])}). Have it allow {host}, or list {host} in NO_PROXY."
        )
    if "only use HTTP and not HTTPS" in str(inner):
        return NoResponseError(f"{start} accepts plain HTTP only. Use http:// in its URL instead of https://.")
    # urllib3 retries after a connection error, but doesn't classify this as one
    return ProxyError("no tunnel", ConnectTimeoutError(refused[0])) if refused else None


def no_response_error(call: FailedCall, error: Exception) -> NoResponseError:
    """The error after the last attempt."""
    advice = ADVICE if call.proxy is None or isinstance(error, ProxyError) else f"{ADVICE} The connection uses the proxy {call.proxy}."
    return NoResponseError(
        f"{call.method} {call.url}: {_reason(error, call)}. {advice}",
        # the errors of a proxy occur before the request is forwarded
        maybe_done=not isinstance(error, (NewConnectionError, ConnectTimeoutError, ProxyError)),
    )


def _reason(error: Exception, call: FailedCall) -> str:
    """The reason why there is no response."""
    if isinstance(error, ProxyError):
        refused = _TUNNEL.search(str(error.original_error))
        why = _printable_line(refused[0]) if refused else innermost_message(error)
        return f"the proxy that the environment names can't connect ({call.proxy}: {why})"
    if isinstance(error, NewConnectionError):
        return f"no connection ({innermost_message(error)})"
    if isinstance(error, ConnectTimeoutError):
        return "no connection in time"
    if isinstance(error, ReadTimeoutError):
        return "no complete answer in time"
    if isinstance(error, ProtocolError) and len(error.args) == 1:
        return str(error.args[0])
    return f"the connection broke ({innermost_message(error)})"


def _inner_urllib3_error(error: Exception) -> object:
    """The urllib3 error that an error of requests wraps."""
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", None) or inner


def _urllib3_error(error: Exception) -> Urllib3Error:
    """The urllib3 error for an error of requests, as the retry policy requires it."""
    reason = _inner_urllib3_error(error)
    if isinstance(error, requests.exceptions.ReadTimeout):
        return ReadTimeoutError(None, None, "no answer in time")  # type: ignore[arg-type]  # no pool at hand
    # an interrupted TLS handshake is a broken connection
    if isinstance(reason, Urllib3Error) and not isinstance(error, requests.exceptions.SSLError) and not _may_have_passed_proxy(reason):
        return reason
    return ProtocolError(f"the connection broke ({innermost_message(error)})")


def _may_have_passed_proxy(error: Urllib3Error) -> bool:
    """Whether an error that urllib3 attributes to a proxy may have occurred after the proxy forwarded the request.

    urllib3 checks a connection that http.client has closed by then, and so attributes every lost response to the proxy.
    """
    if not isinstance(error, ProxyError):
        return False
    cause = error.original_error
    at_proxy = isinstance(cause, (NewConnectionError, ConnectTimeoutError)) or str(cause).startswith("Tunnel connection failed")
    return not at_proxy


def innermost_error(error: BaseException) -> BaseException:
    """The innermost error, of the operating system or of the TLS library."""
    met: list[BaseException] = []  # an error that was re-raised from a thread can be its own context
    while error not in met:
        met.append(error)
        candidates = [getattr(error, "reason", None), error.__cause__, *error.args, error.__context__]
        error = next((c for c in candidates if isinstance(c, BaseException) and c not in met), error)
    return error


def innermost_message(error: BaseException) -> str:
    """A short text of the innermost error."""
    bottom = innermost_error(error)
    return str(getattr(bottom, "verify_message", None) or getattr(bottom, "strerror", None) or type(bottom).__name__)


def _printable_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:100]


def _certificate_reason(error: ssl.SSLCertVerificationError, call: FailedCall) -> str:
    reason = _printable_line(innermost_message(error))
    return f"the server's certificate doesn't verify ({reason}). {_certificate_advice(error.verify_code, call)}"


def _certificate_advice(code: int, call: FailedCall) -> str:
    """The remedy for an invalid certificate, by its error: CA certificates resolve only one of them."""
    if code in _UNTRUSTED_CA:
        return _untrusted_ca_advice(call)
    if code in _STRICT_RULES:
        return _strict_rules_advice(call)
    for codes, advice in _CERTIFICATE_ADVICE:
        if code in codes:
            now = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
            return advice.format(host=urlsplit(call.url).hostname, now=now)
    return "Have the issuer check the certificates of the server and of its CA. Nothing was sent."


_CERTIFICATE_ADVICE = (
    ({9}, "Check this machine's clock, which shows {now}: it is behind, or the certificate of {host} isn't valid yet."),
    ({10}, "Check this machine's clock, which shows {now}: it is ahead, or the certificate of {host} or of its CA has expired."),
    (
        {62, 63, 64},
        "It is a certificate of another host: check org_url, and which system responds for {host} (DNS, a proxy).",
    ),
    ({3, 66, 67, 68}, "The certificate of {host} or that of its CA is too weak for this machine's OpenSSL: have it renewed."),
    ({23}, "The certificate of {host} is revoked: another system may respond in its place. Nothing was sent."),
)


def _untrusted_ca_advice(call: FailedCall) -> str:
    if call.ca_path:
        return (
            f"ca_path {call.ca_path!r} doesn't hold the CA that signed it: give the root CA of the proxy that re-signs connections, and "
            "its intermediate CA. Without ca_path the default CAs are used."
        )
    found = f"{call.ca_variable} in the environment names other CA certificates. " if call.ca_variable else ""
    return f"{found}Set ca_path to your company's CA certificates, if its proxy re-signs connections."


def _strict_rules_advice(call: FailedCall) -> str:
    """Python 3.13 and newer enforce all of RFC 5280; for CA certificates in ca_path `tls` does not."""
    if call.ca_path:
        return "This Python requires that of certificates (RFC 5280): have the certificates of the CA and of the server renewed."
    return (
        "Python 3.13 and newer require that of certificates (RFC 5280), and older company CAs lack it. If it is your company's CA, "
        "set ca_path to the file of its certificates, for which it isn't required; or have the certificate of the CA renewed."
    )
