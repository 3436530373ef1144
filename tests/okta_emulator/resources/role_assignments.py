# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Admin roles of users and of clients."""

from __future__ import annotations

from ..errors import invalid, missing, role_conflict
from ..http import Reply
from ..ids import new_id, role_assignment_id, timestamp
from ..paging import page_within
from ..roles import LABELS, Need
from ..routing import Call, Route
from ..state import Assignment, Doc, State

_IAM_BASED = {
    "ACCESS_CERTIFICATIONS_ADMIN": "ACCESS_CERTIFICATIONS_IAM_POLICY",
    "ACCESS_REQUESTS_ADMIN": "ACCESS_CERTIFICATIONS_IAM_POLICY",
    "WORKFLOWS_ADMIN": "WORKFLOWS_IAM_POLICY",
}


def holder_of(state: State, kind: str, holder_id: str) -> dict[str, Assignment]:
    """Return the assignments of a user or a client that exists."""
    if kind == "USER":
        if holder_id not in state.users:
            raise missing(holder_id, "User")
        return state.user_roles.setdefault(holder_id, {})
    if not state.app_of_client(holder_id) and holder_id not in state.services:
        raise missing(holder_id, "PublicClientApp")
    return state.client_roles.setdefault(holder_id, {})


def make_assignment(role_type: str, now: float, visible: float, effective: float) -> Assignment:
    """Build the assignment of a standard role."""
    assignment_id = new_id("irb") if role_type in _IAM_BASED else role_assignment_id(role_type)
    assignment = Assignment(assignment_id, role_type, now, visible, effective)
    if role_type in _IAM_BASED:
        assignment.role, assignment.resource_set = role_type, _IAM_BASED[role_type]
    return assignment


def check_request(state: State, body: Doc) -> tuple[str, Doc | None, Doc | None]:
    """Refuse a request without a role; return its type and, for a custom role, role and resource set."""
    role_type = body.get("type")
    if role_type == "CUSTOM":
        if body.keys() != {"type", "role", "resource-set"}:
            raise invalid("role", "A custom role needs 'role' and 'resource-set', and nothing else.")
        role, resources = state.iam_roles.get(body["role"]), state.resource_sets.get(body["resource-set"])
        if role is None:
            raise missing(str(body["role"]), "CustomRole")
        if resources is None:
            raise missing(str(body["resource-set"]), "IAMPolicy")
        return "CUSTOM", role, resources
    if body.keys() != {"type"} or role_type not in LABELS:
        raise invalid("type", "type: 'type' must be one of the admin roles.")
    return str(role_type), None, None


def _kind(call: Call) -> tuple[str, str]:
    if "user_id" in call.params:
        user = call.tenant.find_user(call.params["user_id"])
        return "USER", user["id"] if user else call.params["user_id"]
    return "CLIENT", call.params["client_id"]


def _body(call: Call, item: Assignment, kind: str, holder_id: str) -> Doc:
    path = f"/api/v1/users/{holder_id}" if kind == "USER" else f"/oauth2/v1/clients/{holder_id}"
    links: Doc = {"assignee": {"href": call.base + path}}
    label = LABELS.get(item.type)
    body: Doc = {
        "id": item.id,
        "label": label,
        "type": item.type,
        "status": "ACTIVE",
        "created": timestamp(item.created),
        "lastUpdated": timestamp(item.created),
        "assignmentType": kind,
    }
    if item.role and item.resource_set:
        role = call.state.iam_roles.get(item.role)
        body["label"] = label or (role["label"] if role else None)
        body |= {"resource-set": item.resource_set, "role": item.role}
        iam = f"{call.base}/api/v1/iam"
        sets = f"{iam}/resource-sets/{item.resource_set}"
        links |= {
            "role": {"href": f"{iam}/roles/{item.role}"},
            "resource-set": {"href": sets},
            "permissions": {"href": f"{iam}/roles/{item.role}/permissions"},
            "member": {"href": f"{sets}/bindings/{item.role}/members/{item.id}"},
        }
    return {**body, "_links": links}


def _visible(call: Call) -> tuple[dict[str, Assignment], str, str]:
    kind, holder_id = _kind(call)
    assignments = holder_of(call.state, kind, holder_id)
    shown = {key: item for key, item in assignments.items() if item.visible_from <= call.now}
    return shown, kind, holder_id


def list_roles(call: Call) -> Reply:
    shown, kind, holder_id = _visible(call)
    return Reply(200, [_body(call, item, kind, holder_id) for item in shown.values()])


def assign(call: Call) -> Reply:
    shown, kind, holder_id = _visible(call)
    role_type, role, resources = check_request(call.state, call.json())
    app = call.state.app_of_client(holder_id)
    if kind == "CLIENT" and app and app.oauth["application_type"] != "service":
        raise role_conflict("E0000227")
    # without a delay, effective since time 0: the clock of a test can go back
    effective = call.now + call.tenant.options.role_delay if call.tenant.options.role_delay else 0.0
    item = make_assignment(role_type, call.now, 0.0, effective)
    if role and resources:
        item.id, item.role, item.resource_set = new_id("irb"), role["id"], resources["id"]
    if any(_same(item, other) for other in shown.values()):
        raise role_conflict("E0000263" if role else "E0000090")
    holder_of(call.state, kind, holder_id)[item.id] = item
    call.tenant.note("user.account.privilege.grant", call.caller.actor, holder_id, role_type)
    return Reply(201, _body(call, item, kind, holder_id))


def _same(one: Assignment, other: Assignment) -> bool:
    return (one.type, one.role, one.resource_set) == (other.type, other.role, other.resource_set)


def _one(call: Call) -> tuple[Assignment, str, str]:
    shown, kind, holder_id = _visible(call)
    item = shown.get(call.params["role_id"])
    if item is None:
        raise missing(call.params["role_id"], "RoleAssignment")
    return item, kind, holder_id


def get(call: Call) -> Reply:
    return Reply(200, _body(call, *_one(call)))


def unassign(call: Call) -> Reply:
    item, kind, holder_id = _one(call)
    del holder_of(call.state, kind, holder_id)[item.id]
    call.tenant.note("user.account.privilege.revoke", call.caller.actor, holder_id, item.type)
    return Reply(204)


def targets(call: Call) -> Reply:
    _one(call)
    return Reply(200, [])


def list_assignees(call: Call) -> Reply:
    """Return the users with a role."""
    users = [(user["sequence"], user["id"]) for user in call.state.users.values() if call.state.user_roles.get(user["id"])]
    shown, more = page_within(call, users, 100)
    return Reply(200, {"value": [_assignee(call, user_id) for user_id in shown], "_links": more})


def _assignee(call: Call, user_id: str) -> Doc:
    here = f"{call.base}/api/v1/users/{user_id}"
    links = {"self": {"href": here}, "roles": {"href": f"{here}/roles"}}
    return {"id": user_id, "orn": call.tenant.orn("directory", f"users:{user_id}"), "_links": links}


_CLIENT = "/oauth2/v1/clients/{client_id}/roles"
_USER = "/api/v1/users/{user_id}/roles"
ROUTES = [
    Route("GET", "/api/v1/iam/assignees/users", list_assignees, Need.READ_ROLES, "okta.roles.read", "iam"),
]
ROUTES += [
    route
    for base, bucket in ((_CLIENT, "client_roles"), (_USER, "user_roles"))
    for route in (
        Route("GET", base, list_roles, Need.READ_ROLES, "okta.roles.read", bucket),
        Route("POST", base, assign, Need.SUPER, "okta.roles.manage", bucket),
        Route("GET", base + "/{role_id}", get, Need.READ_ROLES, "okta.roles.read", bucket),
        Route("DELETE", base + "/{role_id}", unassign, Need.SUPER, "okta.roles.manage", bucket),
        Route("GET", base + "/{role_id}/targets/groups", targets, Need.READ_ROLES, "okta.roles.read", bucket),
        Route("GET", base + "/{role_id}/targets/catalog/apps", targets, Need.READ_ROLES, "okta.roles.read", bucket),
    )
]
