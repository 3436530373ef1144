# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts the name, host or URL of an Okta org to its URL."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from .._core.errors import InputError

# Okta's own domains; any other host is a custom domain.
OKTA_DOMAINS = (
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "okta-gov.com",
    "okta.mil",
)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_MAX_HOST = 253  # RFC 1035, 2.3.4


@dataclass(frozen=True)
class Org:
    """An Okta org.

    Args:
        url: scheme, host and, if it isn't the default, port; no trailing slash.
        is_custom: whether the host isn't below one of Okta's own domains, so that it must first be verified as an Okta org.
    """

    url: str
    is_custom: bool


def parse_org_url(given: str, option: str = "org_url") -> Org:
    """Read an org's name, host or URL.

    Args:
        given: ``acme``, ``acme.okta.com`` and ``https://acme.okta.com/`` are the same org.
        option: the name of the option, for messages.

    Raises:
        InputError: it is invalid, or no credential must be sent to it.
    """
    text = given.strip()
    if not text:
        raise InputError(f"{option} is empty: give the Okta org, such as acme or https://acme.okta.com.")
    if "@" in text:
        # checked first, and not repeated in the message: the text before the @ may be a password
        raise InputError(f"{option} holds a user name or password: give the org alone, like https://acme.okta.com.")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise InputError(f"{option} {given!r} holds characters that no host name has: give it like https://acme.okta.com.")
    parts, port = _split_url(text, option)
    host = (parts.hostname or "").lower()
    if not _is_host(host):
        raise InputError(f"{option} {text!r} names no host: give it like https://acme.okta.com.")
    if "." not in host and not _is_address(host) and not _is_loopback(host):
        host = f"{host}.{OKTA_DOMAINS[0]}"
    _refuse_admin_host(host, text, option)
    if parts.scheme == "http" and not _is_loopback(host):
        raise InputError(f"{option} {text!r} would send the credential unencrypted: use https://{host}.")
    shown = f"[{host}]" if ":" in host else host
    url = f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
    return Org(url, is_custom=not (_is_loopback(host) or _is_okta_host(host)))


def _split_url(text: str, option: str) -> tuple[SplitResult, int | None]:
    has_scheme = "://" in text
    no_url = InputError(f"{option} {text!r} is no URL: give it like https://acme.okta.com.")
    try:
        parts = urlsplit(text if has_scheme else f"https://{text}")
        port = parts.port
    except ValueError:
        raise no_url from None
    if port == 0 or parts.netloc.endswith(":"):
        raise no_url
    if parts.scheme not in ("https", "http"):
        raise InputError(f"{option} {text!r} must begin with https://: give it like https://acme.okta.com.")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "?" in text or "#" in text:
        raise InputError(f"{option} {text!r} has something after the host: use {parts.scheme}://{parts.netloc}.")
    default = 443 if parts.scheme == "https" else 80
    return parts, None if port == default else port


def _is_host(host: str) -> bool:
    if _is_address(host):
        return True
    return len(host) <= _MAX_HOST and all(_LABEL.fullmatch(label) for label in host.split("."))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_okta_host(host: str) -> bool:
    return any(host.endswith(f".{domain}") for domain in OKTA_DOMAINS)


def _refuse_admin_host(host: str, text: str, option: str) -> None:
    name, _dot, domain = host.partition(".")
    if name.endswith("-admin") and domain in OKTA_DOMAINS:
        right = f"https://{name.removesuffix('-admin')}.{domain}"
        raise InputError(f"{option} {text!r} is the Admin Console's host, which doesn't serve the API: use {right}.")
