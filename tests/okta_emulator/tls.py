# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of the emulator's certificate authority."""

from __future__ import annotations

import ssl
import tempfile
import threading
from pathlib import Path

import trustme

# The domains of Okta; one wildcard certificate is valid for all their tenants, as in Okta.
OKTA_DOMAINS = ("okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil")


class Certificates:
    """Creates and caches server contexts, one per kind of host."""

    def __init__(self, ca_file: str | None = None) -> None:
        self._ca = trustme.CA()
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._directory = None if ca_file else tempfile.TemporaryDirectory(prefix="okta-emulator-")
        self.ca_file = ca_file or str(Path(self._directory.name if self._directory else ".") / "ca.pem")
        self._ca.cert_pem.write_to_path(self.ca_file)

    def context(self, host: str) -> ssl.SSLContext:
        """Return the server context of a host."""
        kind = host if host.partition(".")[2] not in OKTA_DOMAINS else "okta"
        with self._lock:
            if kind not in self._contexts:
                self._contexts[kind] = self._make(kind)
            return self._contexts[kind]

    def _make(self, kind: str) -> ssl.SSLContext:
        names = [kind]
        if kind == "okta":
            names = [f"*.{domain}" for domain in OKTA_DOMAINS]
        elif kind == "127.0.0.1":
            names = ["127.0.0.1", "localhost"]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._ca.issue_cert(*names).configure_cert(context)
        return context

    def close(self) -> None:
        """Remove the CA file if the emulator created it."""
        if self._directory:
            self._directory.cleanup()


def is_okta_host(host: str) -> bool:
    """Return whether a host name belongs to Okta."""
    return any(host.endswith("." + domain) for domain in OKTA_DOMAINS)
