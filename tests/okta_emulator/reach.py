# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scope of a custom role: the users, groups and IAM resources of its resource set."""

from __future__ import annotations

from .routing import Call
from .state import Assignment

_LIMITED = ("users", "groups")


def reaches(call: Call, item: Assignment, scope: str, target: str | None = None) -> bool:
    """Return whether a role's resource set contains the object of a call, or the given user or group.

    Okta's description of resource sets: a permission on users applies to all users and to the users of a group, and a
    permission on groups applies to all groups and to a group itself. Okta's response for a user who does not exist, to a
    caller with a limited resource set, is unknown; here it is 403, as for any user outside the set.
    """
    kind = scope.split(".")[1] if scope else ""
    if kind == "roles":
        return call.tenant.orn("iam", "contained_resources") in _orns(call, item)
    if kind not in _LIMITED:
        return True
    held = _held(call, item)
    if kind in held:
        return True
    found = target or _target(call, kind)
    if found is None:
        # A list contains the objects in the set; creating an object requires all objects of its kind.
        return call.request.method == "GET" and any(_is_part(kind, name) for name in held)
    if kind == "groups":
        return f"groups/{found}" in held
    return any(found in members for group, members in call.state.members.items() if f"groups/{group}/users" in held)


def _is_part(kind: str, name: str) -> bool:
    return name.startswith("groups/") and name.endswith("/users") == (kind == "users")


def _target(call: Call, kind: str) -> str | None:
    if kind == "groups":
        return call.params.get("group_id")
    name = call.params.get("user_id")
    user = call.tenant.find_user(name) if name else None
    return user["id"] if user else name


def _held(call: Call, item: Assignment) -> set[str]:
    """Return the resources of a resource set in one form: `users`, `groups`, `groups/ID`, `groups/ID/users`."""
    return {_plain(call, orn) for orn in _orns(call, item)}


def _orns(call: Call, item: Assignment) -> list[str]:
    resources = call.state.resource_sets.get(item.resource_set or "", {}).get("resources", [])
    return [str(resource["orn"]) for resource in resources]


def _plain(call: Call, name: str) -> str:
    """Parse an ORN of the directory or a URL of the API; other texts are of another kind or another org."""
    orn = call.tenant.orn("directory", "")
    if name.startswith(orn):
        return name.removeprefix(orn).replace(":", "/").replace("/contained_resources", "/users")
    for base in (call.own_url, call.base):
        if name.startswith(f"{base}/api/v1/"):
            return name.removeprefix(f"{base}/api/v1/").rstrip("/")
    return ""
