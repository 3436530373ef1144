# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Custom roles and resource sets."""

from __future__ import annotations

from ..errors import invalid, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..paging import self_link
from ..roles import Need
from ..routing import Call, Route
from ..state import Doc

_HIDDEN = {"permissions", "resources", "bindings", "sequence"}


def _found(items: dict[str, Doc], name: str, kind: str) -> Doc:
    """Find by id or by label, both of which the paths take."""
    item = items.get(name) or next((item for item in items.values() if item["label"] == name), None)
    if item is None:
        raise missing(name, kind)
    return item


def _checked(call: Call, items: dict[str, Doc], noun: str, own: Doc | None = None) -> Doc:
    body = call.json()
    if not body.get("label"):
        raise invalid("label", "label: Label must be specified")
    if not body.get("description"):
        raise invalid("description", "description: Description must be specified")
    if any(item["label"] == body["label"] and item is not own for item in items.values()):
        raise invalid("label", f"label: There is already {noun} with this name.")
    return {"label": body["label"], "description": body["description"]}


def _shown(call: Call, item: Doc, path: str, parts: tuple[str, ...]) -> Doc:
    base = f"{call.base}{path}/{item['id']}"
    links = {"self": {"href": base}} | {part: {"href": f"{base}/{part}"} for part in parts}
    return {name: value for name, value in item.items() if name not in _HIDDEN} | {"_links": links}


def _list(call: Call, items: dict[str, Doc], name: str, path: str, parts: tuple[str, ...]) -> Reply:
    body = {
        name: [_shown(call, item, path, parts) for item in items.values()],
        "_links": {"self": {"href": call.base + path}},
    }
    return Reply(200, body, self_link(call))


# Roles.

_ROLES = "/api/v1/iam/roles"
_ROLE_PARTS = ("permissions",)


def _role(call: Call) -> Doc:
    return _found(call.state.iam_roles, call.params["role"], "CustomRole")


def _role_reply(call: Call, role: Doc) -> Reply:
    return Reply(200, _shown(call, role, _ROLES, _ROLE_PARTS), self_link(call, f"{_ROLES}/{role['id']}"))


def list_roles(call: Call) -> Reply:
    return _list(call, call.state.iam_roles, "roles", _ROLES, _ROLE_PARTS)


def create_role(call: Call) -> Reply:
    checked = _checked(call, call.state.iam_roles, "an admin role")
    permissions = call.json().get("permissions")
    if not isinstance(permissions, list) or not permissions:
        raise invalid("permissions", "permissions: The field cannot be left blank")
    moment = timestamp(call.now)
    role = {"id": new_id("cr0"), "isCloneable": False, "created": moment, "lastUpdated": moment, **checked}
    role["permissions"] = permissions
    call.state.iam_roles[role["id"]] = role
    return _role_reply(call, role)


def get_role(call: Call) -> Reply:
    return _role_reply(call, _role(call))


def replace_role(call: Call) -> Reply:
    role = _role(call)
    role |= _checked(call, call.state.iam_roles, "an admin role", role) | {"lastUpdated": timestamp(call.now)}
    return _role_reply(call, role)


def delete_role(call: Call) -> Reply:
    del call.state.iam_roles[_role(call)["id"]]
    return Reply(204)


def list_permissions(call: Call) -> Reply:
    role = _role(call)
    base = f"{call.base}{_ROLES}/{role['id']}"
    permissions = [
        {
            "label": label,
            "created": role["created"],
            "lastUpdated": role["lastUpdated"],
            "_links": {"role": {"href": base}, "self": {"href": f"{base}/permissions/{label}"}},
        }
        for label in role["permissions"]
    ]
    return Reply(200, {"permissions": permissions})


# Resource sets.

_SETS = "/api/v1/iam/resource-sets"
_SET_PARTS = ("bindings", "resources")


def _set(call: Call) -> Doc:
    return _found(call.state.resource_sets, call.params["set"], "IAMPolicy")


def _set_reply(call: Call, item: Doc) -> Reply:
    return Reply(200, _shown(call, item, _SETS, _SET_PARTS), self_link(call, f"{_SETS}/{item['id']}"))


def list_sets(call: Call) -> Reply:
    return _list(call, call.state.resource_sets, "resource-sets", _SETS, _SET_PARTS)


def create_set(call: Call) -> Reply:
    checked = _checked(call, call.state.resource_sets, "a resource set")
    resources = call.json().get("resources")
    if not isinstance(resources, list) or not resources:
        raise invalid("resources", "resources: The field cannot be left blank")
    moment = timestamp(call.now)
    item = {"id": new_id("iam"), **checked, "created": moment, "lastUpdated": moment}
    item["resources"] = [_resource(name, moment) for name in resources]
    call.state.resource_sets[item["id"]] = item
    return _set_reply(call, item)


def get_set(call: Call) -> Reply:
    return _set_reply(call, _set(call))


def replace_set(call: Call) -> Reply:
    item = _set(call)
    checked = _checked(call, call.state.resource_sets, "a resource set", item)
    item |= checked | {"lastUpdated": timestamp(call.now)}
    return _set_reply(call, item)


def delete_set(call: Call) -> Reply:
    del call.state.resource_sets[_set(call)["id"]]
    return Reply(204)


def _resource(name: str, moment: str) -> Doc:
    return {"id": new_id("ire"), "orn": name, "created": moment, "lastUpdated": moment}


def _resource_body(call: Call, item: Doc, resource: Doc) -> Doc:
    here = f"{call.base}{_SETS}/{item['id']}/resources/{resource['id']}"
    return {**resource, "_links": {"resource": {"href": here}, "self": {"href": here}}}


def list_resources(call: Call) -> Reply:
    item = _set(call)
    resources = [_resource_body(call, item, resource) for resource in item["resources"]]
    links = {"resource-set": {"href": f"{call.base}{_SETS}/{item['id']}"}}
    return Reply(200, {"resources": resources, "_links": links})


def add_resources(call: Call) -> Reply:
    item = _set(call)
    additions = call.json().get("additions")
    if not isinstance(additions, list):
        raise invalid("additions", "additions: The field cannot be left blank")
    item["resources"] += [_resource(name, timestamp(call.now)) for name in additions]
    return _set_reply(call, item)


def add_resource(call: Call) -> Reply:
    item = _set(call)
    body = call.json()
    if not body.get("resourceOrnOrUrl") or "conditions" not in body:
        raise invalid("resourceOrnOrUrl", "resourceOrnOrUrl: The field cannot be left blank")
    resource = _resource(body["resourceOrnOrUrl"], timestamp(call.now)) | {"conditions": body["conditions"]}
    item["resources"].append(resource)
    return Reply(200, _resource_body(call, item, resource))


_READ, _MANAGE = "okta.roles.read", "okta.roles.manage"
_ROLE, _ONE = _ROLES + "/{role}", _SETS + "/{set}"
ROUTES = [
    Route("GET", _ROLES, list_roles, Need.READ_ROLES, _READ, "iam"),
    Route("POST", _ROLES, create_role, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _ROLE, get_role, Need.READ_ROLES, _READ, "iam"),
    Route("PUT", _ROLE, replace_role, Need.SUPER, _MANAGE, "iam"),
    Route("DELETE", _ROLE, delete_role, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _ROLE + "/permissions", list_permissions, Need.READ_ROLES, _READ, "iam"),
    Route("GET", _SETS, list_sets, Need.READ_ROLES, _READ, "iam"),
    Route("POST", _SETS, create_set, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _ONE, get_set, Need.READ_ROLES, _READ, "iam"),
    Route("PUT", _ONE, replace_set, Need.SUPER, _MANAGE, "iam"),
    Route("DELETE", _ONE, delete_set, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _ONE + "/resources", list_resources, Need.READ_ROLES, _READ, "iam"),
    Route("PATCH", _ONE + "/resources", add_resources, Need.SUPER, _MANAGE, "iam"),
    Route("POST", _ONE + "/resources", add_resource, Need.SUPER, _MANAGE, "iam"),
]
