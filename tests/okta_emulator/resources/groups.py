# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups."""

from __future__ import annotations

from ..auth import may
from ..errors import invalid, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..paging import page
from ..roles import Need
from ..routing import Call, Route
from ..state import Doc


def _body(call: Call, group: Doc) -> Doc:
    base = f"{call.base}/api/v1/groups/{group['id']}"
    links = {"users": {"href": f"{base}/users"}, "apps": {"href": f"{base}/apps"}, "logo": []}
    return {name: value for name, value in group.items() if name != "sequence"} | {"_links": links}


def make_group(profile: Doc, now: float, sequence: int) -> Doc:
    """Build a group."""
    moment = timestamp(now)
    return {
        "id": new_id("00g"),
        "created": moment,
        "lastUpdated": moment,
        "lastMembershipUpdated": moment,
        "objectClass": ["okta:user_group"],
        "type": "OKTA_GROUP",
        "profile": {"description": None, **profile},
        "sequence": sequence,
    }


def _checked(call: Call, own: Doc | None = None) -> Doc:
    profile = call.json().get("profile")
    if not isinstance(profile, dict) or not profile.get("name"):
        raise invalid("name", "name: The field cannot be left blank")
    if any(group["profile"]["name"] == profile["name"] and group is not own for group in call.state.groups.values()):
        raise invalid("name", "name: An object with this field already exists in the current organization")
    return profile


def _group(call: Call) -> Doc:
    group = call.state.groups.get(call.params["group_id"])
    if group is None:
        raise missing(call.params["group_id"], "UserGroup")
    return group


def list_groups(call: Call) -> Reply:
    term = call.request.query.get("q", "").lower()
    seen = (item for item in call.state.groups.values() if may(call, Need.READ, _READ, item["id"]))
    groups = [item for item in seen if item["profile"]["name"].lower().startswith(term)]
    shown, headers = page(call, ((group["sequence"], group) for group in groups), 200, 10_000)
    return Reply(200, [_body(call, group) for group in shown], headers)


def create(call: Call) -> Reply:
    group = make_group(_checked(call), call.now, next(call.state.counter))
    call.state.groups[group["id"]] = group
    call.tenant.note("group.lifecycle.create", call.caller.actor, group["id"], group["profile"]["name"])
    return Reply(200, _body(call, group))


def get(call: Call) -> Reply:
    return Reply(200, _body(call, _group(call)))


def replace(call: Call) -> Reply:
    group = _group(call)
    group |= {"profile": {"description": None, **_checked(call, group)}, "lastUpdated": timestamp(call.now)}
    return Reply(200, _body(call, group))


_ALL, _ONE = "/api/v1/groups", "/api/v1/groups/{group_id}"
_READ, _MANAGE = "okta.groups.read", "okta.groups.manage"
ROUTES = [
    Route("GET", _ALL, list_groups, Need.READ, _READ, "groups"),
    Route("POST", _ALL, create, Need.MANAGE_GROUPS, _MANAGE, "groups"),
    Route("GET", _ONE, get, Need.READ, _READ, "groups"),
    Route("PUT", _ONE, replace, Need.MANAGE_GROUPS, _MANAGE, "groups"),
]
