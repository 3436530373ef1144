# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who else uses what is about to be deleted: a custom role, a resource set, a network zone, a user.

Each function gives the reasons to leave it, for a sentence that begins with its name; none where nobody else uses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from .._core.errors import ApiError, NothingShownError
from .._core.spec import Outcome
from .._okta.client import NOT_FOUND, OktaClient, inside, segment
from .._okta.visibility import find_unproven_absence

_SETS = "/api/v1/iam/resource-sets"
_HOLDER = re.compile(r"/(users|groups|clients|apps)/([^/?#]+)")
_KINDS = {"users": "the user", "groups": "the group", "clients": "the app", "apps": "the app"}
_REFUSALS = (400, 409)  # what Okta answers where something uses it all the same
_MOST = 5

Uses = Callable[[], list[str]]


def left_alone(name: str, uses: Uses) -> str:
    """Describe in a sentence why something is left; empty where it may be deleted.

    Args:
        name: what it is, with its id.
        uses: finds the reasons.
    """
    try:
        reasons = uses()
    except (ApiError, NothingShownError) as error:
        return f"The {name} was left, since who uses it can't be read: {error}"
    shown = [*reasons[:_MOST], *([f"{len(reasons) - _MOST} more"] if len(reasons) > _MOST else [])]
    return f"The {name} was left, since others use it: {', '.join(shown)}." if reasons else ""


def unless_used(name: str, uses: Uses, delete: Callable[[], Outcome], left: Outcome) -> Outcome:
    """Delete something where nobody else uses it. That Okta refuses, since something uses it, leaves it too and is no failure.

    Args:
        name: what it is, with its id.
        uses: finds the reasons to leave it.
        delete: deletes it.
        left: what to return where it is left.
    """
    sentence = left_alone(name, uses)
    if not sentence:
        try:
            outcome = delete()
        except ApiError as error:
            if error.status not in _REFUSALS or error.is_of_busy_roles:
                raise
            sentence = f"The {name} was left, since Okta doesn't delete it: {error}"
        else:
            return replace(outcome, values={**outcome.values, "left": None})
    return replace(left, values={**left.values, "left": sentence})


def uses_of_set(client: OktaClient, resource_set: str, own: Collection[str]) -> list[str]:
    """Who holds a role with a resource set.

    Args:
        own: client ids of apps that don't count.
    """
    found = client.side_by_side([partial(_holders, client, resource_set, role, own) for role in _bound_roles(client, resource_set)])
    return _once(holder for holders in found for holder in holders)


def uses_of_role(client: OktaClient, role: str, own: Collection[str]) -> list[str]:
    """Who holds a custom role, with whichever resource set.

    Args:
        own: client ids of apps that don't count.
    """
    sets = [str(entry["id"]) for entry in client.pages(_SETS, "list the resource sets", within="resource-sets") if entry.get("id")]
    bound = client.side_by_side([partial(_bound_roles, client, one) for one in sets])
    jobs = [partial(_holders, client, one, role, own) for one, roles in zip(sets, bound, strict=True) if role in roles]
    return _once(holder for holders in client.side_by_side(jobs) for holder in holders)


def uses_of_zone(client: OktaClient, zone: str, own: Collection[str]) -> list[str]:
    """Which apps and API tokens are limited to a network zone, or kept out of it. What policies say isn't read: Okta refuses then.

    Args:
        own: ids of apps that don't count.

    Raises:
        NothingShownError: the caller is shown no apps.
    """
    listed = list(client.pages("/api/v1/apps", "list the apps", params={"limit": 200}))
    if not listed and (doubt := find_unproven_absence(client, has_read=True)):
        raise NothingShownError(doubt.text("an app is limited to the zone"))
    apps = [
        f"the app {app.get('label')} ({app.get('id')})"
        for app in listed
        if app.get("id") not in own and _names_zone(inside(app, "settings", "oauthClient", "network"), zone)
    ]
    tokens = client.pages("/api/v1/api-tokens", "list the API tokens")
    return [*apps, *(f"the API token {token.get('name')}" for token in tokens if _names_zone(token.get("network"), zone))]


def tokens_of_user(client: OktaClient, user_id: str) -> list[str]:
    """The names of a user's API tokens."""
    tokens = client.pages("/api/v1/api-tokens", "list the API tokens")
    return [str(token.get("name")) for token in tokens if token.get("userId") == user_id]


def _names_zone(network: Any, zone: str) -> bool:
    return any(zone in (inside(network, member) or ()) for member in ("include", "exclude"))


def _bound_roles(client: OktaClient, resource_set: str) -> list[str]:
    try:
        entries = client.pages(f"{_SETS}/{segment(resource_set)}/bindings", "read who uses the resource set", within="roles")
        return [str(entry["id"]) for entry in entries if entry.get("id")]
    except ApiError as error:
        if error.status == NOT_FOUND:  # the set is no longer there
            return []
        raise


def _holders(client: OktaClient, resource_set: str, role: str, own: Collection[str]) -> list[str]:
    path = f"{_SETS}/{segment(resource_set)}/bindings/{segment(role)}/members"
    return [text for text in _members(client, path, own) if text]


def _members(client: OktaClient, path: str, own: Collection[str]) -> Iterator[str]:
    for member in client.pages(path, "read who holds the role", within="members"):
        found = _HOLDER.search(str(inside(member, "_links", "self", "href") or ""))
        if found is None:
            yield f"the member {member.get('id')}"
        elif found[2] not in own:
            yield f"{_KINDS[found[1]]} {found[2]}"


def _once(holders: Iterator[str]) -> list[str]:
    return sorted(set(holders))
