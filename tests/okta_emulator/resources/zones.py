# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network zones."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from ..errors import OktaError, forbidden, invalid, missing
from ..http import Reply
from ..ids import new_id, timestamp
from ..paging import page
from ..roles import Need
from ..routing import Call, Route
from ..state import Doc
from ..stored_text import stored

_MAX_ENTRIES = 150
_NO_ENTRIES: Doc = {"gateways": None, "proxies": None}
_DYNAMIC: Doc = {name: {"include": [], "exclude": []} for name in ("asns", "locations", "ipServiceCategories")}
_SYSTEM: tuple[tuple[str, str, str, Doc], ...] = (
    ("LegacyIpZone", "IP", "POLICY", _NO_ENTRIES),
    ("BlockedIpZone", "IP", "BLOCKLIST", _NO_ENTRIES),
    ("DefaultEnhancedDynamicZone", "DYNAMIC_V2", "BLOCKLIST", _DYNAMIC),
    ("DefaultExemptIpZone", "IP", "POLICY", _NO_ENTRIES),
)


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


def _checked(call: Call, own: Doc | None = None) -> Doc:
    body = call.json()
    if not isinstance(body.get("name"), str) or not 1 <= len(body["name"]) <= 128:
        raise invalid("name", "name: The field cannot be left blank")
    if body.get("type") != "IP":
        raise invalid("type", "type: this org has IP zones only")
    name = stored(body["name"], call.tenant.options.stored_text)
    if any(zone["name"] == name and zone is not own for zone in call.state.zones.values()):
        raise invalid("name", "name: A network zone with this name already exists.")
    entries = {member: body.get(member) for member in ("gateways", "proxies")}
    if not any(entries.values()):
        raise invalid("gateways", "gateways: Either gateways or proxies must be given.")
    for member, given in entries.items():
        _check_entries(member, given or [])
    # Recorded: a new zone is active regardless of the sent status; a replaced zone gets the sent status.
    status = body.get("status", own["status"]) if own else "ACTIVE"
    if status not in ("ACTIVE", "INACTIVE"):
        raise invalid("status", "status: must be ACTIVE or INACTIVE")
    system = bool(own and own["system"])
    return {"type": "IP", "name": name, "status": status, "usage": body.get("usage", "POLICY"), "system": system, **entries}


def system_zones(now: float, counter: Iterator[int]) -> list[Doc]:
    """Build the system zones of each org."""
    moment = timestamp(now)
    return [
        {
            "type": kind,
            "id": new_id("nzo"),
            "name": name,
            "status": "ACTIVE",
            "usage": usage,
            "created": moment,
            "lastUpdated": moment,
            "system": True,
            **members,
            "sequence": next(counter),
        }
        for name, kind, usage, members in _SYSTEM
    ]


def _check_entries(name: str, given: Any) -> None:
    if not isinstance(given, list) or len(given) > _MAX_ENTRIES:
        raise invalid(name, f"{name}: must be a list of at most {_MAX_ENTRIES} entries")
    for entry in given:
        if not _is_entry(entry):
            raise invalid(name, f"{name}: Invalid IP address or range")


def _is_entry(entry: Any) -> bool:
    try:
        first, separator, last = entry["value"].partition("/" if entry["type"] == "CIDR" else "-")
        if entry["type"] == "CIDR":
            ipaddress.ip_network(entry["value"], strict=False)
            return bool(separator)
        low, high = ipaddress.ip_address(first), ipaddress.ip_address(last)
        return entry["type"] == "RANGE" and low.version == high.version and int(low) <= int(high)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def list_zones(call: Call) -> Reply:
    zones = call.state.zones.values()
    shown, headers = page(call, ((zone["sequence"], zone) for zone in zones), 20)
    return Reply(200, [_body(call, zone) for zone in shown], headers)


def create(call: Call) -> Reply:
    checked = _checked(call)
    moment = timestamp(call.now)
    zone = {"id": new_id("nzo"), "created": moment, "lastUpdated": moment, **checked}
    zone["sequence"] = next(call.state.counter)
    call.state.zones[zone["id"]] = zone
    call.tenant.note("zone.create", call.caller.actor, zone["id"], zone["name"])
    return Reply(200, _body(call, zone))


def get(call: Call) -> Reply:
    return Reply(200, _body(call, _zone(call)))


def replace(call: Call) -> Reply:
    zone = _zone(call)
    zone |= _checked(call, zone) | {"lastUpdated": timestamp(call.now)}
    call.tenant.note("zone.update", call.caller.actor, zone["id"], zone["name"])
    return Reply(200, _body(call, zone))


def delete(call: Call) -> Reply:
    zone = _zone(call)
    if zone["system"]:
        raise forbidden()
    if zone["status"] == "ACTIVE":
        # observed by users of Okta's Terraform provider (issue 1975)
        said = "is an active zone. Active zones cannot be deleted."
        raise OktaError(400, "E0000001", f"Api validation failed: The zone: {zone['name']} {said}", f"id: The zone: {zone['id']} {said}")
    if any(zone["id"] in ((app.oauth.get("network") or {}).get("include") or []) for app in call.state.apps.values()):
        raise invalid("id", f"id: The zone: {zone['id']} is in use.")
    del call.state.zones[zone["id"]]
    call.tenant.note("zone.delete", call.caller.actor, zone["id"], zone["name"])
    return Reply(204)


def activate(call: Call) -> Reply:
    return _set_status(call, "ACTIVE")


def deactivate(call: Call) -> Reply:
    return _set_status(call, "INACTIVE")


def _set_status(call: Call, status: str) -> Reply:
    zone = _zone(call)
    if zone["system"] and status == "INACTIVE":
        raise forbidden()
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
