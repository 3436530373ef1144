# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources of resource sets: ORNs, and the URLs that denote them (Okta: Roles, supported resources)."""

from __future__ import annotations

import re
import urllib.parse

from .errors import invalid
from .routing import Call

_ORN = re.compile(r"orn:[a-z]+:[a-z]+:\w+(:[\w.-]+)+")
# The ORN after service and org, and the path below /api/v1.
_FIXED = {
    "directory users": "users",
    "directory groups": "groups",
    "directory groups:{}": "groups/{}",
    "directory groups:{}:contained_resources": "groups/{}/users",
    "idp apps": "apps",
    "idp apps:{}": 'apps?filter=name eq "{}"',
    "idp authorization_servers": "authorizationServers",
    "idp authorization_servers:{}": "authorizationServers/{}",
}


def orn_of(call: Call, given: object) -> str:
    """Return the ORN of a resource that is given by ORN or by URL.

    An unknown id is accepted, as Okta is reported to do for apps.
    """
    text = str(given)
    if _ORN.fullmatch(text):
        return text
    path = _path(call, text)
    app = re.fullmatch(r"apps/(\w+)", path)
    if app:
        return call.tenant.orn("idp", f"apps:oidc_client:{app[1]}")
    for name, template in _FIXED.items():
        match = re.fullmatch(re.escape(template).replace(r"\{\}", r"([^/?]+)"), path)
        if match:
            service, _blank, rest = name.partition(" ")
            return call.tenant.orn(service, rest.format(*match.groups()))
    raise invalid("resources", f"resources: Invalid resource: {text}")


def url_of(call: Call, orn: str) -> str | None:
    """Return the URL of an ORN; None for resources without an API."""
    _orn, _partition, service, _org, *rest = orn.split(":")
    if service == "idp" and len(rest) == 3 and rest[0] == "apps":
        return f"{call.base}/api/v1/apps/{rest[2]}"
    for name, template in _FIXED.items():
        pattern = re.escape(name).replace(r"\{\}", "([^:]+)")
        match = re.fullmatch(pattern, f"{service} {':'.join(rest)}")
        if match:
            return f"{call.base}/api/v1/{template.format(*match.groups())}"
    return None


def _path(call: Call, url: str) -> str:
    """Return the path of a URL of this org below the API root; an empty text for other URLs."""
    parts = urllib.parse.urlsplit(url)
    ours = {*call.tenant.hosts, urllib.parse.urlsplit(call.base).netloc}
    if parts.scheme not in ("http", "https") or parts.netloc not in ours or not parts.path.startswith("/api/v1/"):
        return ""
    query = "&".join(f"{name}={value}" for name, value in urllib.parse.parse_qsl(parts.query))
    return parts.path.removeprefix("/api/v1/").rstrip("/") + (f"?{query}" if query else "")
