# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identifiers of a tenant. Its org identifies it, since two orgs below different Okta domains can have the same tenant id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")
_DEFAULT_DOMAIN = ".okta.com"


def org_key(org_url: str | None) -> str:
    """The key of an org: its URL in normalized form, from any form that C(org_url) accepts; empty where it is unknown."""
    text = (org_url or "").strip().lower()
    scheme = _SCHEME.match(text)
    host = (text[scheme.end() :] if scheme else text).rstrip("/")
    if not host:
        return ""
    if not re.search(r"[.:]", host) and host != "localhost":
        host += _DEFAULT_DOMAIN
    return f"{scheme[0] if scheme else 'https://'}{host}".removesuffix(":443")


def org_host(org_url: str | None) -> str:
    """The host of an org, with its port where it has one."""
    return _SCHEME.sub("", org_key(org_url))


def tenant_name(given: str, domain: str) -> str:
    """A tenant id without scheme and domain: C(https://acme.okta.com/) is acme. An id without them is returned unchanged."""
    return _SCHEME.sub("", given.strip().lower()).rstrip("/").removesuffix(f".{domain.lower()}") or given


def store_key(org_url: str) -> str:
    """A tenant's part of the names of its artifacts and stored credentials: a dot becomes one underscore, a dash two."""
    host = _SCHEME.sub("", org_url).removesuffix(_DEFAULT_DOMAIN)
    return re.sub(r"[^A-Za-z0-9_]", "_", host.replace("-", "__"))


def is_default_org(tenant: str, org_url: str | None) -> bool:
    """Whether the org is the one below Okta's default domain that has this tenant id."""
    return org_host(org_url) == f"{tenant.lower()}{_DEFAULT_DOMAIN}"


def display_names(tenants: Iterable[tuple[str, str | None]]) -> list[str]:
    """One distinct name for each org: the tenant id, with the org's host where several orgs have that tenant id.

    Args:
        tenants: the tenant id and the org URL of each.
    """
    given: Sequence[tuple[str, str | None]] = list(tenants)
    uses = Counter(name for name, _url in given)
    return [name if uses[name] == 1 or is_default_org(name, url) else f"{name} ({org_host(url) or 'unknown org'})" for name, url in given]
