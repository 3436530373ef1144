# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a call got no answer: errors of requests, urllib3, OpenSSL and the system, made sentences that say what to do.

Never their own text as a whole, which may hold a proxy's password.
"""

from __future__ import annotations

import re
import ssl
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from .._core.errors import InputError, NoAnswerError, RezonateError

try:
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError, ProxyError, ReadTimeoutError
    from urllib3.exceptions import HTTPError as Urllib3Error
except ImportError:
    pass  # told in one sentence before anything here is called (`_module.missing_library`)

ADVICE = "Check org_url and the network, then run again: what was done is kept."
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3}) ?(.*)", re.DOTALL)
_CLIENT_SIDE = (
    "InvalidHeader",
    "InvalidJSONError",
    "InvalidSchema",
    "InvalidURL",
    "MissingSchema",
    "URLRequired",
    "UnrewindableBodyError",
)
# OpenSSL, x509_vfy.h: X509_V_ERR_…
_UNTRUSTED = frozenset({2, 18, 19, 20, 21, 27})
_INFORMAL = range(80, 95)  # what X509_V_FLAG_X509_STRICT alone demands, such as key identifiers


@dataclass(frozen=True)
class FailedCall:
    """The call that failed.

    Args:
        method: the HTTP method.
        url: the full URL.
        ca_path: the option; None where it isn't given.
        ca_variable: the variable of the environment that names CA certificates, where one does.
        proxy: the proxy that the call went to, without user and password; None where there is none.
    """

    method: str
    url: str
    ca_path: str | None = None
    ca_variable: str | None = None
    proxy: str | None = None


def shown_proxy(url: str | None) -> str | None:
    """A proxy's URL without user and password; None where there is no proxy."""
    if not url:
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "its URL can't be read"
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def classified(error: Exception, call: FailedCall) -> Urllib3Error | RezonateError:
    """What an error of requests means: an error of urllib3, of which the retry policy decides, or one that no retry helps."""
    bottom = innermost(error)
    if isinstance(bottom, ssl.SSLCertVerificationError):
        return NoAnswerError(f"{call.url}: {_certificate(bottom, call)}")
    if isinstance(error, requests.exceptions.RequestException):
        return _of_proxy(error, call) or _of_client(error, call) or _urllib3_error(error)
    if isinstance(error, OSError):
        # requests says so when the file of CA certificates isn't there
        whose = f"ca_path {call.ca_path!r}" if call.ca_path else f"{call.ca_variable or 'REQUESTS_CA_BUNDLE'} in the environment"
        return InputError(f"{whose} can't be used: {error.strerror or error}.")
    if call.proxy:
        # urllib3 says so of a proxy's scheme, and repeats the proxy with its password
        return _bad_proxy(call)
    return InputError(f"{call.url}: the request can't be sent ({type(error).__name__}). Check org_url.")


def _of_client(error: Exception, call: FailedCall) -> RezonateError | None:
    """What went wrong before anything was sent, and will every time."""
    name, text = type(error).__name__, str(error)
    if name == "InvalidSchema" and "SOCKS" in text:
        return NoAnswerError(
            f"{call.method} {call.url}: the proxy that the environment names ({call.proxy or 'SOCKS'}) needs the Python library PySocks. "
            f"Install it with '{sys.executable} -m pip install PySocks'."
        )
    if name == "InvalidProxyURL" or (name == "InvalidURL" and call.proxy):  # org_url is checked before
        return _bad_proxy(call)
    if name in _CLIENT_SIDE:
        return InputError(f"{call.url}: the request can't be sent ({name}). Check org_url.")
    return None


def _bad_proxy(call: FailedCall) -> NoAnswerError:
    return NoAnswerError(
        f"{call.method} {call.url}: the proxy that the environment names has no scheme that can be used or no host ({call.proxy}). "
        "Write it like http://proxy.example.com:3128."
    )


def _of_proxy(error: Exception, call: FailedCall) -> Urllib3Error | RezonateError | None:
    """A proxy's refusal: one of which another try makes no more, or one that may pass, before our request went anywhere."""
    inner = _reason_in(error)
    if not isinstance(inner, ProxyError):
        return None
    refused = _TUNNEL.search(str(inner.original_error))
    start = f"{call.method} {call.url}: the proxy that the environment names ({call.proxy})"
    if refused and refused[1] == "407":
        return NoAnswerError(
            f"{start} demands a user name and a password ({_line(refused[0])}). Give them in its URL: http://USER:PASSWORD@HOST:PORT."
        )
    if refused and refused[1][0] == "4" and refused[1] not in ("408", "425", "429"):
        host = urlsplit(call.url).hostname
        return NoAnswerError(f"{start} doesn't let us through ({_line(refused[0])}). Have it allow {host}, or list that in NO_PROXY.")
    if "only use HTTP and not HTTPS" in str(inner):
        return NoAnswerError(f"{start} speaks plain HTTP. Write http:// in its URL instead of https://.")
    # urllib3 repeats after a connection that wasn't made, but takes this for something else
    return ProxyError("no tunnel", ConnectTimeoutError(refused[0])) if refused else None


def unanswered(call: FailedCall, error: Exception) -> NoAnswerError:
    """The end of all tries."""
    advice = ADVICE if call.proxy is None or isinstance(error, ProxyError) else f"{ADVICE} The way to Okta is the proxy {call.proxy}."
    return NoAnswerError(
        f"{call.method} {call.url}: {_reason(error, call)}. {advice}",
        # a proxy's errors come before our request is sent through it
        maybe_done=not isinstance(error, (NewConnectionError, ConnectTimeoutError, ProxyError)),
    )


def _reason(error: Exception, call: FailedCall) -> str:
    """Why there is no answer."""
    if isinstance(error, ProxyError):
        refused = _TUNNEL.search(str(error.original_error))
        why = _line(refused[0]) if refused else said(error)
        return f"the proxy that the environment names doesn't connect us ({call.proxy}: {why})"
    if isinstance(error, NewConnectionError):
        return f"no connection ({said(error)})"
    if isinstance(error, ConnectTimeoutError):
        return "no connection in time"
    if isinstance(error, ReadTimeoutError):
        return "no complete answer in time"
    if isinstance(error, ProtocolError) and len(error.args) == 1:
        return str(error.args[0])
    return f"the connection broke ({said(error)})"


def _reason_in(error: Exception) -> object:
    """The urllib3 error in a requests one."""
    inner = error.args[0] if error.args else None
    return getattr(inner, "reason", None) or inner


def _urllib3_error(error: Exception) -> Urllib3Error:
    """The urllib3 error in a requests one; the retry policy tells them apart."""
    reason = _reason_in(error)
    if isinstance(error, requests.exceptions.ReadTimeout):
        return ReadTimeoutError(None, None, "no answer in time")  # type: ignore[arg-type]  # no pool at hand
    # TLS that breaks off is a broken connection like any other
    if isinstance(reason, Urllib3Error) and not isinstance(error, requests.exceptions.SSLError) and not _came_through(reason):
        return reason
    return ProtocolError(f"the connection broke ({said(error)})")


def _came_through(error: Urllib3Error) -> bool:
    """Whether what urllib3 puts down to a proxy may have come after the proxy let our request through.

    It asks a connection that http.client has closed by then, and so blames the proxy for every answer that is lost.
    """
    if not isinstance(error, ProxyError):
        return False
    cause = error.original_error
    at_proxy = isinstance(cause, (NewConnectionError, ConnectTimeoutError)) or str(cause).startswith("Tunnel connection failed")
    return not at_proxy


def innermost(error: BaseException) -> BaseException:
    """The error of the operating system or of the TLS library, at the bottom."""
    met: list[BaseException] = []  # an error that was carried from a thread can be its own context
    while error not in met:
        met.append(error)
        candidates = [getattr(error, "reason", None), error.__cause__, *error.args, error.__context__]
        error = next((c for c in candidates if isinstance(c, BaseException) and c not in met), error)
    return error


def said(error: BaseException) -> str:
    """The innermost error in few words."""
    bottom = innermost(error)
    return str(getattr(bottom, "verify_message", None) or getattr(bottom, "strerror", None) or type(bottom).__name__)


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:100]


def _certificate(error: ssl.SSLCertVerificationError, call: FailedCall) -> str:
    return f"the server's certificate doesn't verify ({_line(said(error))}). {_certificate_advice(error.verify_code, call)}"


def _certificate_advice(code: int, call: FailedCall) -> str:
    """What to do about a certificate, by what is wrong with it: CA certificates help against one fault alone."""
    if code in _UNTRUSTED:
        return _untrusted(call)
    if code in _INFORMAL:
        return _informal(call)
    for codes, advice in _CERTIFICATES:
        if code in codes:
            now = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
            return advice.format(host=urlsplit(call.url).hostname, now=now)
    return "Have whoever issued the server's certificate and its CA's look at it. Nothing was sent."


_CERTIFICATES = (
    ({9}, "Check this machine's clock, which says {now}: it is behind, or the certificate of {host} begins later."),
    ({10}, "Check this machine's clock, which says {now}: it is ahead, or the certificate of {host} or of its CA has expired."),
    (
        {62, 63, 64},
        "It is a certificate of another host: check org_url, and what answers for {host} (DNS, a proxy). No CA certificate helps.",
    ),
    ({3, 66, 67, 68}, "The certificate of {host} or that of its CA is too weak for this machine's OpenSSL: have it renewed."),
    ({23}, "The certificate of {host} is revoked: something else may answer in its place. Nothing was sent."),
)


def _untrusted(call: FailedCall) -> str:
    if call.ca_path:
        return (
            f"ca_path {call.ca_path!r} doesn't hold the CA that signed it: give the root CA of what re-signs connections, and with it the "
            "intermediate CA. Without ca_path the usual CAs count."
        )
    found = f"{call.ca_variable} in the environment names other CA certificates. " if call.ca_variable else ""
    return f"{found}Set ca_path to your company's CA certificates, if its proxy re-signs connections."


def _informal(call: FailedCall) -> str:
    """Python 3.13 and newer demand all of RFC 5280; for CA certificates of ca_path `_tls` doesn't."""
    if call.ca_path:
        return "This Python demands that of certificates (RFC 5280): have the CA's certificate and the server's renewed with it."
    return (
        "Python 3.13 and newer demand that of certificates (RFC 5280), and older company CAs lack it. If the CA is your company's, "
        "set ca_path to the file of its certificates, of which it isn't demanded; or have the CA's certificate renewed."
    )
