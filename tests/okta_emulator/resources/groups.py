# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups."""

from __future__ import annotations

from ..errors import invalid
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


def list_groups(call: Call) -> Reply:
    term = call.request.query.get("q", "").lower()
    groups = [item for item in call.state.groups.values() if item["profile"]["name"].lower().startswith(term)]
    shown, headers = page(call, ((group["sequence"], group) for group in groups), 200, 10_000)
    return Reply(200, [_body(call, group) for group in shown], headers)


def create(call: Call) -> Reply:
    profile = call.json().get("profile")
    if not isinstance(profile, dict) or not profile.get("name"):
        raise invalid("name", "name: The field cannot be left blank")
    if any(group["profile"]["name"] == profile["name"] for group in call.state.groups.values()):
        raise invalid("name", "name: An object with this field already exists in the current organization")
    moment = timestamp(call.now)
    group = {
        "id": new_id("00g"),
        "created": moment,
        "lastUpdated": moment,
        "lastMembershipUpdated": moment,
        "objectClass": ["okta:user_group"],
        "type": "OKTA_GROUP",
        "profile": {"description": None, **profile},
        "sequence": next(call.state.counter),
    }
    call.state.groups[str(group["id"])] = group
    return Reply(200, _body(call, group))


ROUTES = [
    Route("GET", "/api/v1/groups", list_groups, Need.READ, "okta.groups.read", "groups"),
    Route("POST", "/api/v1/groups", create, Need.MANAGE_GROUPS, "okta.groups.manage", "groups"),
]
