# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network zones."""

from __future__ import annotations

import ipaddress
from typing import Any

from ..errors import OktaError, invalid, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..paging import page
from ..roles import Need
from ..routing import Call, Route
from ..state import Doc


def _body(call: Call, zone: Doc) -> Doc:
    base = f"{call.base}/api/v1/zones/{zone['id']}"
    other = "deactivate" if zone["status"] == "ACTIVE" else "activate"
    links = {
        "self": {"href": base, "hints": {"allow": ["GET", "PUT", "DELETE"]}},
        other: {"href": f"{base}/lifecycle/{other}", "hints": {"allow": ["POST"]}},
    }
    return {name: value for name, value in zone.items() if name != "sequence"} | {"_links": links}


def _zone(call: Call) -> Doc:
    zone = call.state.zones.get(call.params["zone_id"])
    if zone is None:
        raise missing(call.params["zone_id"], "NetworkZone")
    return zone


def _checked(call: Call) -> Doc:
    body = call.json()
    if not isinstance(body.get("name"), str) or not 1 <= len(body["name"]) <= 128:
        raise invalid("name", "name: The field cannot be left blank")
    if body.get("type") != "IP":
        raise invalid("type", "type: this org has IP zones only")
    for entry in (body.get("gateways") or []) + (body.get("proxies") or []):
        _check_entry(entry)
    return {"type": "IP", "name": body["name"], "usage": body.get("usage", "POLICY"), "system": False} | {
        name: body.get(name) for name in ("gateways", "proxies")
    }


def _check_entry(entry: Any) -> None:
    try:
        if entry["type"] == "CIDR":
            ipaddress.ip_network(entry["value"], strict=False)
            return
        if entry["type"] == "RANGE":
            for part in entry["value"].split("-"):
                ipaddress.ip_address(part)
            return
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    raise invalid("gateways", "gateways: Invalid IP address or range")


def list_zones(call: Call) -> Reply:
    zones = call.state.zones.values()
    shown, headers = page(call, ((zone["sequence"], zone) for zone in zones), 20)
    return Reply(200, [_body(call, zone) for zone in shown], headers)


def create(call: Call) -> Reply:
    checked = _checked(call)
    if any(zone["name"] == checked["name"] for zone in call.state.zones.values()):
        raise invalid("name", "name: A network zone with this name already exists.")
    moment = timestamp(call.now)
    zone = {"id": new_id("nzo"), "status": "ACTIVE", "created": moment, "lastUpdated": moment, **checked}
    zone["sequence"] = next(call.state.counter)
    call.state.zones[zone["id"]] = zone
    return Reply(200, _body(call, zone))


def get(call: Call) -> Reply:
    return Reply(200, _body(call, _zone(call)))


def replace(call: Call) -> Reply:
    zone = _zone(call)
    zone |= _checked(call) | {"lastUpdated": timestamp(call.now)}
    return Reply(200, _body(call, zone))


def delete(call: Call) -> Reply:
    zone = _zone(call)
    if zone["status"] == "ACTIVE":
        raise OktaError(403, "E0000006", "You do not have permission to perform the requested action")
    del call.state.zones[zone["id"]]
    return Reply(204)


def activate(call: Call) -> Reply:
    return _set_status(call, "ACTIVE")


def deactivate(call: Call) -> Reply:
    return _set_status(call, "INACTIVE")


def _set_status(call: Call, status: str) -> Reply:
    zone = _zone(call)
    zone |= {"status": status, "lastUpdated": timestamp(call.now)}
    return Reply(200, _body(call, zone))


_ALL, _ONE = "/api/v1/zones", "/api/v1/zones/{zone_id}"
_READ, _MANAGE = "okta.networkZones.read", "okta.networkZones.manage"
ROUTES = [
    Route("GET", _ALL, list_zones, Need.READ, _READ, "zones"),
    Route("POST", _ALL, create, Need.MANAGE_ORG, _MANAGE, "zones"),
    Route("GET", _ONE, get, Need.READ, _READ, "zones"),
    Route("PUT", _ONE, replace, Need.MANAGE_ORG, _MANAGE, "zones"),
    Route("DELETE", _ONE, delete, Need.MANAGE_ORG, _MANAGE, "zones"),
    Route("POST", _ONE + "/lifecycle/activate", activate, Need.MANAGE_ORG, _MANAGE, "zones"),
    Route("POST", _ONE + "/lifecycle/deactivate", deactivate, Need.MANAGE_ORG, _MANAGE, "zones"),
]
