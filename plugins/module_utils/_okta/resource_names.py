# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of an org's resources: ORNs, and the URLs that mean the same (Okta: Roles, supported resources)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from .._core.errors import InputError

_ORN = re.compile(r"orn(:[\w.@+-]+){4,}", re.ASCII)
_URL = re.compile(r"https?://[^/\s?#]+/api/v1/[^\s#]+")
# What Okta documents as the ORN of a URL's path; an app's ORN can't be told from its URL, for it names the app's type.
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


_PLACEHOLDERS = ("{partition}", "{orgId}")  # as Okta's own documentation writes them


def org_id_in(orn: object) -> str | None:
    """The id of the org that an ORN names; None where it is no ORN."""
    return orn.split(":")[3] if isinstance(orn, str) and _ORN.fullmatch(orn) else None


@dataclass(frozen=True)
class ResourceNames:
    """How one org's resources are named.

    Args:
        org_id: the org's id.
        partition: where the org is, in Okta's words.
    """

    org_id: str
    partition: str

    @classmethod
    def like(cls, orn: object) -> ResourceNames | None:
        """As an ORN of the org's shows it; None where it is no ORN."""
        if not isinstance(orn, str) or not _ORN.fullmatch(orn):
            return None
        _orn, partition, _service, org_id, *_rest = orn.split(":")
        return cls(org_id, partition)

    @classmethod
    def by_url(cls, org_id: str, org_url: str) -> ResourceNames:
        """By the domain of the org's own URL, in the two partitions that Okta documents."""
        is_preview = (urlsplit(org_url).hostname or "").endswith(".oktapreview.com")
        return cls(org_id, "oktapreview" if is_preview else "okta")

    def name(self, service: str, rest: str) -> str:
        """The ORN of a resource."""
        return f"orn:{self.partition}:{service}:{self.org_id}:{rest}"

    def filled(self, resource: str) -> str:
        """A resource's name, with partition and id of the org in place of ``{partition}`` and ``{orgId}``."""
        for placeholder, value in zip(_PLACEHOLDERS, (self.partition, self.org_id), strict=True):
            resource = resource.replace(placeholder, value)
        return resource

    def group(self, group_id: str) -> tuple[str, str]:
        """The ORNs of a group itself, and of the users in it."""
        return self.name("directory", f"groups:{group_id}"), self.name("directory", f"groups:{group_id}:contained_resources")

    def of_url(self, url: str) -> str:
        """The ORN that means the same as a URL; the URL itself where none can be told."""
        place = _place(url)
        for pattern, service, rest in _PATHS:
            found = pattern.fullmatch(place)
            if found:
                return self.name(service, rest.format(*found.groups()))
        return url


def is_url(resource: str) -> bool:
    """Whether a resource is named by a URL."""
    return not resource.startswith("orn:")


def is_filled(resource: str) -> bool:
    """Whether a resource's name has no placeholder."""
    return not any(placeholder in resource for placeholder in _PLACEHOLDERS)


def check_resource(resource: str, option: str) -> None:
    """Make sure that this may be a resource's name.

    Raises:
        InputError: it can't be.
    """
    named = resource if is_url(resource) else ResourceNames("ORG_ID", "okta").filled(resource)
    if not (_URL if is_url(resource) else _ORN).fullmatch(named):
        raise InputError(
            f"{option}: {resource!r} is no resource: give an ORN, such as orn:okta:directory:ORG_ID:users, "
            "or a URL, such as https://acme.okta.com/api/v1/users."
        )


def identity(resource: str) -> str:
    """What two names of the same resource share.

    For an ORN all but the partition, which Okta itself spells in more than one way;
    for a URL all but the host, since an org may have several.
    """
    return f"/{_place(resource)}" if is_url(resource) else resource.split(":", 2)[-1]


def _place(url: str) -> str:
    """What a URL names below the API's root, read as Okta reads it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = "&".join(f"{name}={value}" for name, value in parse_qsl(parts.query))
    return parts.path.removeprefix("/api/v1/").rstrip("/") + (f"?{query}" if query else "")
