# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies and CA certificates from the environment only.

If the environment has no proxy, ``requests`` reads the settings of macOS (``_scproxy``). That call can crash a
forked process, such as Ansible's workers: https://github.com/python/cpython/issues/58037.
"""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]  # its stubs lack the second


def environment_proxies(url: str) -> dict[str, str]:
    """The proxies for a URL by scheme, as ``requests`` reads them from the environment; none if ``no_proxy`` lists the host."""
    parts = urlsplit(url)
    proxies = getproxies_environment()
    host = parts.hostname
    if host is None or _is_bypassed(host, parts.port) or proxy_bypass_environment(host, proxies):
        return {}
    return proxies


def environment_certificates() -> str | None:
    """The CA certificates that the environment names, as ``requests`` reads them."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or None


def _is_bypassed(host: str, port: int | None) -> bool:
    """Whether ``no_proxy`` lists the host in a form that ``requests`` supports and Python does not: by network or port."""
    listed = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").replace(" ", "").split(",")
    address = _address(host)
    if address is not None:
        return any(host == entry or _is_in_network(address, entry) for entry in listed)
    names = (host, f"{host}:{port}" if port else host)
    suffixes = [entry.lstrip(".") for entry in listed if entry]
    return any(name == suffix or name.endswith(f".{suffix}") for name in names for suffix in suffixes)


def _is_in_network(address: int, entry: str) -> bool:
    network, _slash, length = entry.partition("/")
    base = _address(network)
    if base is None or not length.isdecimal() or not 1 <= int(length) <= 32:
        return False
    return (address ^ base) >> (32 - int(length)) == 0


def _address(text: str) -> int | None:
    try:
        return int.from_bytes(socket.inet_aton(text), "big")
    except OSError:
        return None
