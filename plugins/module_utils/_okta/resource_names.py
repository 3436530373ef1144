# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of an org's resources: ORNs, and the equivalent URLs (Okta: Roles, supported resources)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from .._core.errors import InputError

_ORN = re.compile(r"orn(:[\w.@+-]+){4,}", re.ASCII)
_URL = re.compile(r"https?://[^/\s?#]+/api/v1/[^\s#]+")
# The documented ORNs of URL paths; the ORN of an app can't be derived from its URL, since it holds the type of the app.
_PATHS = (
    (re.compile(r"users"), "directory", "users"),
    (re.compile(r"groups"), "directory", "groups"),
    (re.compile(r"groups/([^/]+)"), "directory", "groups:{}"),
    (re.compile(r"groups/([^/]+)/users"), "directory", "groups:{}:contained_resources"),
    (re.compile(r"apps"), "idp", "apps"),
    (re.compile(r"apps\?filter=name eq \"([^\"]+)\""), "idp", "apps:{}"),
    (re.compile(r"authorizationServers"), "idp", "authorization_servers"),
    (re.compile(r"authorizationServers/([^/]+)"), "idp", "authorization_servers:{}"),
)


_PLACEHOLDERS = ("{partition}", "{orgId}")  # as in Okta's documentation


def org_id_in(orn: object) -> str | None:
    """The id of the org in an ORN; None if it is no ORN."""
    return orn.split(":")[3] if isinstance(orn, str) and _ORN.fullmatch(orn) else None


@dataclass(frozen=True)
class ResourceNames:
    """Creates the names of the resources of an org.

    Args:
        org_id: the org's id.
        partition: Okta's partition of the org.
    """

    org_id: str
    partition: str

    @classmethod
    def from_orn(cls, orn: object) -> ResourceNames | None:
        """From an ORN of the org; None if it is no ORN."""
        if not isinstance(orn, str) or not _ORN.fullmatch(orn):
            return None
        _orn, partition, _service, org_id, *_rest = orn.split(":")
        return cls(org_id, partition)

    @classmethod
    def from_org_url(cls, org_id: str, org_url: str) -> ResourceNames:
        """From the domain of the org's own URL, for the two partitions that Okta documents."""
        is_preview = (urlsplit(org_url).hostname or "").endswith(".oktapreview.com")
        return cls(org_id, "oktapreview" if is_preview else "okta")

    def name(self, service: str, rest: str) -> str:
        """The ORN of a resource."""
        return f"orn:{self.partition}:{service}:{self.org_id}:{rest}"

    def fill_placeholders(self, resource: str) -> str:
        """The name of a resource, with ``{partition}`` and ``{orgId}`` replaced by those of the org."""
        for placeholder, value in zip(_PLACEHOLDERS, (self.partition, self.org_id), strict=True):
            resource = resource.replace(placeholder, value)
        return resource

    def group(self, group_id: str) -> tuple[str, str]:
        """The ORNs of a group and of its users."""
        return self.name("directory", f"groups:{group_id}"), self.name("directory", f"groups:{group_id}:contained_resources")

    def orn_of_url(self, url: str) -> str:
        """The ORN that is equivalent to a URL; the URL itself if there is none."""
        place = _path_below_api(url)
        for pattern, service, rest in _PATHS:
            found = pattern.fullmatch(place)
            if found:
                return self.name(service, rest.format(*found.groups()))
        return url


def is_url(resource: str) -> bool:
    """Whether the name of a resource is a URL."""
    return not resource.startswith("orn:")


def has_no_placeholder(resource: str) -> bool:
    """Whether the name of a resource has no placeholder."""
    return not any(placeholder in resource for placeholder in _PLACEHOLDERS)


def check_resource(resource: str, option: str) -> None:
    """Validate the name of a resource.

    Raises:
        InputError: it is invalid.
    """
    named = resource if is_url(resource) else ResourceNames("ORG_ID", "okta").fill_placeholders(resource)
    if not (_URL if is_url(resource) else _ORN).fullmatch(named):
        raise InputError(
            f"{option}: {resource!r} is no resource: give an ORN, such as orn:okta:directory:ORG_ID:users, "
            "or a URL, such as https://acme.okta.com/api/v1/users."
        )


def resource_identity(resource: str) -> str:
    """The part of a name that is the same for all names of the same resource.

    For an ORN all but the partition, which Okta spells in more than one way;
    for a URL all but the host, since an org can have several.
    """
    return f"/{_path_below_api(resource)}" if is_url(resource) else resource.split(":", 2)[-1]


def _path_below_api(url: str) -> str:
    """The path and query of a URL below the root of the API, as Okta parses them."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = "&".join(f"{name}={value}" for name, value in parse_qsl(parts.query))
    return parts.path.removeprefix("/api/v1/").rstrip("/") + (f"?{query}" if query else "")
