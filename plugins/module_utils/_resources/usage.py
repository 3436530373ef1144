# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses of a resource by others, before its deletion: a custom role, a resource set, a network zone, a user.

Each function returns the uses as texts for a message; none where nobody else uses the resource.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from .._core.errors import ApiError, HiddenListError
from .._core.spec import Outcome
from .._okta.client import NOT_FOUND, OktaClient, nested_value, path_segment
from .._okta.visibility import find_uncertain_absence

_SETS = "/api/v1/iam/resource-sets"
_HOLDER = re.compile(r"/(users|groups|clients|apps)/([^/?#]+)")
_KINDS = {"users": "the user", "groups": "the group", "clients": "the app", "apps": "the app"}
_REFUSALS = (400, 409)  # Okta's responses where the resource is in use
_MAX_NAMED = 5

Uses = Callable[[], list[str]]


def reason_to_keep(name: str, uses: Uses) -> str:
    """Why a resource is kept, as a sentence; empty where it may be deleted.

    Args:
        name: the resource, with its id.
        uses: finds its uses.
    """
    try:
        reasons = uses()
    except (ApiError, HiddenListError) as error:
        return f"The {name} was left unchanged, since its uses can't be read: {error}"
    named = [*reasons[:_MAX_NAMED], *([f"{len(reasons) - _MAX_NAMED} more"] if len(reasons) > _MAX_NAMED else [])]
    return f"The {name} was left unchanged, since others use it: {', '.join(named)}." if reasons else ""


def delete_unless_used(name: str, uses: Uses, delete: Callable[[], Outcome], unchanged: Outcome) -> Outcome:
    """Delete a resource unless others use it. A refusal of Okta's, since it is in use, is no failure.

    Args:
        name: the resource, with its id.
        uses: finds its uses.
        delete: deletes it.
        unchanged: the outcome where it is kept.
    """
    sentence = reason_to_keep(name, uses)
    if not sentence:
        try:
            outcome = delete()
        except ApiError as error:
            if error.status not in _REFUSALS or error.is_concurrent_role_change:
                raise
            sentence = f"The {name} was left unchanged, since Okta refuses to delete it: {error}"
        else:
            return replace(outcome, values={**outcome.values, "left": None})
    return replace(unchanged, values={**unchanged.values, "left": sentence})


def uses_of_set(client: OktaClient, resource_set: str, own: Collection[str]) -> list[str]:
    """Who holds a role with a resource set.

    Args:
        own: client ids of apps to ignore.
    """
    found = client.in_parallel([partial(_holders, client, resource_set, role, own) for role in _bound_roles(client, resource_set)])
    return _each_once(holder for holders in found for holder in holders)


def uses_of_role(client: OktaClient, role: str, own: Collection[str]) -> list[str]:
    """Who holds a custom role, with any resource set.

    Args:
        own: client ids of apps to ignore.
    """
    sets = [str(entry["id"]) for entry in client.pages(_SETS, "list the resource sets", within="resource-sets") if entry.get("id")]
    bound = client.in_parallel([partial(_bound_roles, client, one) for one in sets])
    jobs = [partial(_holders, client, one, role, own) for one, roles in zip(sets, bound, strict=True) if role in roles]
    return _each_once(holder for holders in client.in_parallel(jobs) for holder in holders)


def uses_of_zone(client: OktaClient, zone: str, own: Collection[str]) -> list[str]:
    """Which apps and API tokens a network zone includes or excludes. Policies aren't read: Okta refuses to delete a zone that they use.

    Args:
        own: ids of apps to ignore.

    Raises:
        HiddenListError: Okta shows the caller no apps.
    """
    listed = list(client.pages("/api/v1/apps", "list the apps", params={"limit": 200}))
    if not listed and (doubt := find_uncertain_absence(client, has_read=True)):
        raise HiddenListError(doubt.text("an app is limited to the zone"))
    apps = [
        f"the app {app.get('label')} ({app.get('id')})"
        for app in listed
        if app.get("id") not in own and _names_zone(nested_value(app, "settings", "oauthClient", "network"), zone)
    ]
    tokens = client.pages("/api/v1/api-tokens", "list the API tokens")
    return [*apps, *(f"the API token {token.get('name')}" for token in tokens if _names_zone(token.get("network"), zone))]


def tokens_of_user(client: OktaClient, user_id: str) -> list[str]:
    """The names of a user's API tokens."""
    tokens = client.pages("/api/v1/api-tokens", "list the API tokens")
    return [str(token.get("name")) for token in tokens if token.get("userId") == user_id]


def _names_zone(network: Any, zone: str) -> bool:
    return any(zone in (nested_value(network, member) or ()) for member in ("include", "exclude"))


def _bound_roles(client: OktaClient, resource_set: str) -> list[str]:
    try:
        entries = client.pages(f"{_SETS}/{path_segment(resource_set)}/bindings", "read who uses the resource set", within="roles")
        return [str(entry["id"]) for entry in entries if entry.get("id")]
    except ApiError as error:
        if error.status == NOT_FOUND:  # the set no longer exists
            return []
        raise


def _holders(client: OktaClient, resource_set: str, role: str, own: Collection[str]) -> list[str]:
    path = f"{_SETS}/{path_segment(resource_set)}/bindings/{path_segment(role)}/members"
    return [text for text in _members(client, path, own) if text]


def _members(client: OktaClient, path: str, own: Collection[str]) -> Iterator[str]:
    for member in client.pages(path, "read who holds the role", within="members"):
        found = _HOLDER.search(str(nested_value(member, "_links", "self", "href") or ""))
        if found is None:
            yield f"the member {member.get('id')}"
        elif found[2] not in own:
            yield f"{_KINDS[found[1]]} {found[2]}"


def _each_once(holders: Iterator[str]) -> list[str]:
    return sorted(set(holders))
