# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TLS context for all connections to the same certificates.

``urllib3`` makes one for each connection and reads the CA certificates for it: certifi's take 17 ms, fifteen times a tenant.
"""

from __future__ import annotations

import functools
import os
import ssl
from typing import Any

try:
    from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:
    # told in one sentence before anything here is called (`_module.missing_library`)
    HTTPAdapter = object  # type: ignore[assignment,misc]  # a stand-in, so that the class below can be made


class Adapter(HTTPAdapter):
    """An adapter of requests whose connections share a context.

    Args:
        ca_path: CA certificates that the user names for Okta alone.
        options: those of the adapter of requests.
    """

    def __init__(self, *, ca_path: str | None = None, **options: Any) -> None:
        self._ca_path = ca_path
        super().__init__(**options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Give a pool of connections its certificates: a context that has read them, in place of their path."""
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]  # its stubs have no types for it
        certificates = conn.ca_certs or conn.ca_cert_dir
        # the context isn't used with a proxy that is itself spoken to by TLS
        if certificates and not (conn.proxy and conn.proxy.scheme == "https"):
            conn.conn_kw["ssl_context"] = _context(certificates, is_strict=certificates != self._ca_path)
            conn.ca_certs = conn.ca_cert_dir = None


def read_usual_certificates() -> None:
    """Read those that are used unless something else is said, for all that is forked from this process."""
    _context(os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH, is_strict=True)


@functools.cache
def _context(certificates: str, *, is_strict: bool) -> ssl.SSLContext:
    """A context that trusts these certificates.

    Args:
        certificates: a file or a folder of them.
        is_strict: whether the formal rules of RFC 5280 count. Python 3.13 has begun to demand them, and CA certificates that companies
            made for their proxies ten years ago lack a key identifier, say. Whoever names such a CA trusts it, as curl, browsers and
            older Pythons do; without this the way out would be no verification at all. All else is verified as ever.
    """
    context = create_urllib3_context()
    if not is_strict:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if os.path.isdir(certificates):
        context.load_verify_locations(capath=certificates)
    else:
        context.load_verify_locations(certificates)
    return context
