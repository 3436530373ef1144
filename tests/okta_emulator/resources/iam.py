# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Custom roles and resource sets."""

from __future__ import annotations

import re
from typing import Any

from ..errors import invalid, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..orns import orn_of, url_of
from ..paging import page_within, self_link
from ..roles import Need
from ..routing import Call, Route
from ..state import Assignment, Doc
from ..stored_text import stored

_HIDDEN = {"permissions", "resources", "bindings", "sequence"}


def _found(items: dict[str, Doc], name: str, kind: str) -> Doc:
    """Return an object by id or label; paths accept both."""
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
    checked = {member: stored(body[member], call.tenant.options.stored_text) for member in ("label", "description")}
    if any(item["label"] == checked["label"] and item is not own for item in items.values()):
        raise invalid("label", f"label: There is already {noun} with this name.")
    return checked


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


def _holders(call: Call) -> list[dict[str, Assignment]]:
    """Return the assignments of all users and clients."""
    return [*call.state.user_roles.values(), *call.state.client_roles.values()]


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
    for permission in permissions:
        _check_permission(permission)
    moment = timestamp(call.now)
    role = {"id": new_id("cr0"), "isCloneable": False, "created": moment, "lastUpdated": moment, **checked}
    role["permissions"] = list(dict.fromkeys(permissions))
    call.state.iam_roles[role["id"]] = role
    call.tenant.note("iam.role.create", call.caller.actor, role["id"], role["label"])
    return _role_reply(call, role)


def get_role(call: Call) -> Reply:
    return _role_reply(call, _role(call))


def replace_role(call: Call) -> Reply:
    role = _role(call)
    role |= _checked(call, call.state.iam_roles, "an admin role", role) | {"lastUpdated": timestamp(call.now)}
    return _role_reply(call, role)


def delete_role(call: Call) -> Reply:
    role = _role(call)
    if any(item.role == role["id"] for held in _holders(call) for item in held.values()):
        raise invalid("role", "role: The role is assigned, so it can't be deleted.")
    del call.state.iam_roles[role["id"]]
    call.tenant.note("iam.role.delete", call.caller.actor, role["id"], role["label"])
    return Reply(204)


def _check_permission(label: Any) -> None:
    if not isinstance(label, str) or not re.fullmatch(r"okta(\.\w+)+", label):
        raise invalid("permissions", f"permissions: Invalid permission: {label}")


def _permission(call: Call, role: Doc, label: str) -> Doc:
    base = f"{call.base}{_ROLES}/{role['id']}"
    return {
        "label": label,
        "created": role["created"],
        "lastUpdated": role["lastUpdated"],
        "_links": {"role": {"href": base}, "self": {"href": f"{base}/permissions/{label}"}},
    }


def _held_permission(call: Call) -> tuple[Doc, str]:
    role, label = _role(call), call.params["permission"]
    if label not in role["permissions"]:
        raise missing(label, "Permission")
    return role, label


def list_permissions(call: Call) -> Reply:
    role = _role(call)
    return Reply(200, {"permissions": [_permission(call, role, label) for label in role["permissions"]]})


def get_permission(call: Call) -> Reply:
    return Reply(200, _permission(call, *_held_permission(call)))


def add_permission(call: Call) -> Reply:
    role, label = _role(call), call.params["permission"]
    _check_permission(label)
    if label in role["permissions"]:
        raise invalid("permissionType", f"permissionType: The role has the permission already: {label}")
    role["permissions"].append(label)
    role["lastUpdated"] = timestamp(call.now)
    return Reply(204)


def remove_permission(call: Call) -> Reply:
    role, label = _held_permission(call)
    if role["permissions"] == [label]:
        raise invalid("permissionType", "permissionType: A role needs at least one permission.")
    role["permissions"].remove(label)
    role["lastUpdated"] = timestamp(call.now)
    return Reply(204)


# Resource sets.

_SETS = "/api/v1/iam/resource-sets"
_SET_PARTS = ("bindings", "resources")
_MAX_RESOURCES = 1000


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
    item = {"id": new_id("iam"), **checked, "created": moment, "lastUpdated": moment, "resources": []}
    _put_in(call, item, resources)
    call.state.resource_sets[item["id"]] = item
    call.tenant.note("iam.resourceset.create", call.caller.actor, item["id"], item["label"])
    return _set_reply(call, item)


def get_set(call: Call) -> Reply:
    return _set_reply(call, _set(call))


def replace_set(call: Call) -> Reply:
    item = _set(call)
    checked = _checked(call, call.state.resource_sets, "a resource set", item)
    item |= checked | {"lastUpdated": timestamp(call.now)}
    return _set_reply(call, item)


def delete_set(call: Call) -> Reply:
    item = _set(call)
    gone = item["id"]
    del call.state.resource_sets[gone]
    call.tenant.note("iam.resourceset.delete", call.caller.actor, gone, item["label"])
    # its role assignments are removed too (Okta: Roles, delete a resource set)
    for held in _holders(call):
        for key in [key for key, item in held.items() if item.resource_set == gone]:
            del held[key]
    return Reply(204)


def _put_in(call: Call, item: Doc, resources: list[Any], **more: Any) -> list[Doc]:
    """Add resources by ORN or URL to a set; existing resources are unchanged."""
    moment = timestamp(call.now)
    orns = dict.fromkeys(orn_of(call, resource) for resource in resources)
    added = [
        {"id": new_id("ire"), "orn": orn, "created": moment, "lastUpdated": moment, "sequence": next(call.state.counter), **more}
        for orn in orns
        if not any(resource["orn"] == orn for resource in item["resources"])
    ]
    if len(item["resources"]) + len(added) > _MAX_RESOURCES:
        raise invalid("resources", f"resources: A resource set has at most {_MAX_RESOURCES} resources.")
    item["resources"] += added
    return added


def _resource(call: Call) -> tuple[Doc, Doc]:
    item = _set(call)
    found = next((resource for resource in item["resources"] if resource["id"] == call.params["resource"]), None)
    if found is None:
        raise missing(call.params["resource"], "IAMPolicyResource")
    return item, found


def _resource_body(call: Call, item: Doc, resource: Doc) -> Doc:
    here = f"{call.base}{_SETS}/{item['id']}/resources/{resource['id']}"
    target = url_of(call, resource["orn"])
    links = {"resource": {"href": here}, **({"self": {"href": target}} if target else {})}
    return {name: value for name, value in resource.items() if name not in _HIDDEN} | {"_links": links}


def list_resources(call: Call) -> Reply:
    item = _set(call)
    shown, more = page_within(call, ((resource["sequence"], resource) for resource in item["resources"]), 100)
    links = {"resource-set": {"href": f"{call.base}{_SETS}/{item['id']}"}, **more}
    return Reply(200, {"resources": [_resource_body(call, item, resource) for resource in shown], "_links": links})


def add_resources(call: Call) -> Reply:
    item = _set(call)
    additions = call.json().get("additions")
    if not isinstance(additions, list):
        raise invalid("additions", "additions: The field cannot be left blank")
    _put_in(call, item, additions)
    return _set_reply(call, item)


def add_resource(call: Call) -> Reply:
    item = _set(call)
    body = call.json()
    if not body.get("resourceOrnOrUrl") or "conditions" not in body:
        raise invalid("resourceOrnOrUrl", "resourceOrnOrUrl: The field cannot be left blank")
    added = _put_in(call, item, [body["resourceOrnOrUrl"]], conditions=body["conditions"])
    if not added:
        raise invalid("resourceOrnOrUrl", "resourceOrnOrUrl: The resource is in the set already.")
    return Reply(200, _resource_body(call, item, added[0]))


def get_resource(call: Call) -> Reply:
    return Reply(200, _resource_body(call, *_resource(call)))


def remove_resource(call: Call) -> Reply:
    item, resource = _resource(call)
    item["resources"].remove(resource)
    return Reply(204)


_READ, _MANAGE = "okta.roles.read", "okta.roles.manage"
_ROLE, _ONE = _ROLES + "/{role}", _SETS + "/{set}"
_PERMISSION, _RESOURCE = _ROLE + "/permissions/{permission}", _ONE + "/resources/{resource}"
ROUTES = [
    Route("GET", _ROLES, list_roles, Need.READ_ROLES, _READ, "iam"),
    Route("POST", _ROLES, create_role, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _ROLE, get_role, Need.READ_ROLES, _READ, "iam"),
    Route("PUT", _ROLE, replace_role, Need.SUPER, _MANAGE, "iam"),
    Route("DELETE", _ROLE, delete_role, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _ROLE + "/permissions", list_permissions, Need.READ_ROLES, _READ, "iam"),
    Route("GET", _PERMISSION, get_permission, Need.READ_ROLES, _READ, "iam"),
    Route("POST", _PERMISSION, add_permission, Need.SUPER, _MANAGE, "iam"),
    Route("DELETE", _PERMISSION, remove_permission, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _SETS, list_sets, Need.READ_ROLES, _READ, "iam"),
    Route("POST", _SETS, create_set, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _ONE, get_set, Need.READ_ROLES, _READ, "iam"),
    Route("PUT", _ONE, replace_set, Need.SUPER, _MANAGE, "iam"),
    Route("DELETE", _ONE, delete_set, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _ONE + "/resources", list_resources, Need.READ_ROLES, _READ, "iam"),
    Route("PATCH", _ONE + "/resources", add_resources, Need.SUPER, _MANAGE, "iam"),
    Route("POST", _ONE + "/resources", add_resource, Need.SUPER, _MANAGE, "iam"),
    Route("GET", _RESOURCE, get_resource, Need.READ_ROLES, _READ, "iam"),
    Route("DELETE", _RESOURCE, remove_resource, Need.SUPER, _MANAGE, "iam"),
]
