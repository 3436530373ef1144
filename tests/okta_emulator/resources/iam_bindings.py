# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bindings: the custom roles that are assigned with a resource set, and their assignees (Okta: RoleDResourceSetBinding and its members)."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import invalid, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..paging import page_within
from ..roles import Need
from ..routing import Call, Route
from ..state import Assignment, Doc

_SETS = "/api/v1/iam/resource-sets"


def _set_id(call: Call) -> str:
    name = call.params["set"]
    for item in call.state.resource_sets.values():
        if name in (item["id"], item["label"]):
            return str(item["id"])
    raise missing(name, "IAMPolicy")


def _bound(call: Call, set_id: str) -> Iterator[tuple[str, Assignment]]:
    """Return all assignments with a set, each with the path of its assignee."""
    for path, holders in (("/api/v1/users", call.state.user_roles), ("/oauth2/v1/clients", call.state.client_roles)):
        for holder, held in holders.items():
            for item in held.values():
                if item.resource_set == set_id:
                    yield f"{path}/{holder}", item


def _binding(call: Call, set_id: str, role: str) -> Doc:
    here = f"{call.base}{_SETS}/{set_id}/bindings/{role}"
    return {"id": role, "_links": {"self": {"href": f"{call.base}/api/v1/iam/roles/{role}"}, "members": {"href": f"{here}/members"}}}


def _member(call: Call, path: str, item: Assignment) -> Doc:
    moment = timestamp(item.created)
    return {"id": item.id, "created": moment, "lastUpdated": moment, "_links": {"self": {"href": call.base + path}}}


def list_bindings(call: Call) -> Reply:
    set_id = _set_id(call)
    roles = dict.fromkeys(str(item.role) for _holder, item in _bound(call, set_id))
    shown, more = page_within(call, enumerate(roles), 100)
    links = {"self": {"href": f"{call.base}{_SETS}/{set_id}/bindings"}, "resource-set": {"href": f"{call.base}{_SETS}/{set_id}"}}
    return Reply(200, {"roles": [_binding(call, set_id, role) for role in shown], "_links": {**links, **more}})


def list_members(call: Call) -> Reply:
    set_id, role = _set_id(call), call.params["role"]
    items = [(path, item) for path, item in _bound(call, set_id) if item.role == role]
    if not items:
        raise missing(role, "IAMPolicyBinding")
    shown, more = page_within(call, enumerate(items), 100)
    members = [
        {
            "id": item.id,
            "created": timestamp(item.created),
            "lastUpdated": timestamp(item.created),
            "_links": {"self": {"href": call.base + path}},
        }
        for path, item in shown
    ]
    binding = {"href": f"{call.base}{_SETS}/{set_id}/bindings/{role}"}
    return Reply(200, {"members": members, "_links": {"binding": binding, **more}})


def create_binding(call: Call) -> Reply:
    set_id, body = _set_id(call), call.json()
    role = body.get("role")
    if role not in call.state.iam_roles:
        raise missing(str(role), "CustomRole")
    users = [str(member).rpartition("/api/v1/users/")[2] for member in body.get("members") or ()]
    if not users or any(user not in call.state.users for user in users):
        raise invalid("members", "members: this org binds roles to users")
    for user in users:
        item = Assignment(new_id("irb"), "CUSTOM", call.now, call.now, call.now, role, set_id)
        call.state.user_roles.setdefault(user, {})[item.id] = item
    base = f"{call.base}{_SETS}/{set_id}"
    links = {
        name: {"href": href}
        for name, href in (("self", f"{base}/bindings/{role}"), ("bindings", f"{base}/bindings"), ("resource-set", base))
    }
    return Reply(200, {"_links": links})


_ALL = _SETS + "/{set}/bindings"
ROUTES = [
    Route("GET", _ALL, list_bindings, Need.READ_ROLES, "okta.roles.read", "iam"),
    Route("POST", _ALL, create_binding, Need.SUPER, "okta.roles.manage", "iam"),
    Route("GET", _ALL + "/{role}/members", list_members, Need.READ_ROLES, "okta.roles.read", "iam"),
]
