# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TLS context for all connections with the same CA certificates.

``urllib3`` creates one for each connection and reads the CA certificates each time: those of certifi take 17 ms, 15 times a tenant.
"""

from __future__ import annotations

import contextlib
import functools
import os
import ssl
from typing import Any

try:
    from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:
    # reported before anything here is called (`_ansible.require_libraries`)
    HTTPAdapter = object  # type: ignore[assignment,misc]  # a placeholder, so that the class below can be defined


class SharedContextAdapter(HTTPAdapter):
    """An adapter of requests whose connections share a TLS context.

    Args:
        ca_path: CA certificates that the user has set for Okta.
        options: those of the adapter of requests.
    """

    def __init__(self, *, ca_path: str | None = None, **options: Any) -> None:
        self._ca_path = ca_path
        super().__init__(**options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Set the shared context for a connection pool, in place of the path of the certificates."""
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]  # its stubs have no types for it
        certificates = conn.ca_certs or conn.ca_cert_dir
        # the context isn't used for connections to a proxy with TLS
        if certificates and not (conn.proxy and conn.proxy.scheme == "https"):
            conn.conn_kw["ssl_context"] = _tls_context(certificates, is_strict=certificates != self._ca_path)
            conn.ca_certs = conn.ca_cert_dir = None


def preload_default_certificates() -> None:
    """Read the default CA certificates, for all forks of this process.

    Nothing else depends on it, so errors are ignored; the environment variable REZONATE_PRELOAD_CERTIFICATES switches it off.
    """
    if os.environ.get("REZONATE_PRELOAD_CERTIFICATES", "").strip().lower() in ("0", "false", "no", "off"):
        return
    with contextlib.suppress(Exception):  # the connection reports it
        certificates = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
        _tls_context(certificates, is_strict=True)


@functools.cache
def _tls_context(certificates: str, *, is_strict: bool) -> ssl.SSLContext:
    """A context that trusts these certificates.

    Args:
        certificates: a file or a directory of them.
        is_strict: whether the formal rules of RFC 5280 are enforced, as Python 3.13 does by default. Older CA certificates of companies'
            proxies may lack a key identifier, for example. curl, browsers and older Pythons accept such a CA; without this option
            users would have to disable verification. All other checks are unchanged.
    """
    context = create_urllib3_context()
    if not is_strict:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if os.path.isdir(certificates):
        context.load_verify_locations(capath=certificates)
    else:
        context.load_verify_locations(certificates)
    return context
