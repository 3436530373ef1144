# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network zones."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.okta_client import Api, app_body, error_of
from okta_emulator import Tenant

ZONES = "/api/v1/zones"


def zone(name: str = "Office", *values: str, kind: str = "CIDR", **more: Any) -> dict[str, Any]:
    gateways = [{"type": kind, "value": value} for value in values or ("10.0.0.0/8",)]
    return {"type": "IP", "name": name, "gateways": gateways, **more}


def test_a_zone_name_is_unique(api: Api) -> None:
    first, second = (api("POST", ZONES, json=zone(name)).json() for name in ("Office", "Other"))
    assert error_of(api("POST", ZONES, json=zone()))[:2] == (400, "E0000001")
    assert error_of(api("PUT", f"{ZONES}/{second['id']}", json=zone()))[:2] == (400, "E0000001")
    assert api("PUT", f"{ZONES}/{first['id']}", json=zone()).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        zone("x", gateways=[]),
        zone("x", "10.0.0.1"),
        zone("x", "10.0.0.0/33"),
        zone("x", "10.0.0.1", kind="RANGE"),
        zone("x", "10.0.0.9-10.0.0.1", kind="RANGE"),
        zone("x", "10.0.0.1-::1", kind="RANGE"),
        zone("x", "10.0.0.0/8", kind="NET"),
        zone("x", gateways=["10.0.0.0/8"]),
        zone("x", proxies=[{"type": "CIDR", "value": "x"}]),
        zone("x", *["10.0.0.0/8"] * 151),
        zone(""),
        zone("x", type="DYNAMIC"),
    ],
)
def test_an_invalid_zone_is_refused(api: Api, body: dict[str, Any]) -> None:
    assert error_of(api("POST", ZONES, json=body))[:2] == (400, "E0000001")


def test_an_active_zone_cannot_be_deleted(api: Api) -> None:
    one = f"{ZONES}/{api('POST', ZONES, json=zone()).json()['id']}"
    message = f"id: The zone: {one.rpartition('/')[2]} is an active zone. Active zones cannot be deleted."
    assert error_of(api("DELETE", one)) == (400, "E0000001", message)
    api("POST", f"{one}/lifecycle/deactivate")
    assert api("DELETE", one).status_code == 204


def test_a_zone_in_use_by_an_app_cannot_be_deleted(api: Api, acme: Tenant) -> None:
    made = acme.add_zone("Office", "10.0.0.0/8")
    app = api("POST", "/api/v1/apps", json=app_body(network={"connection": "ZONE", "include": [made]})).json()["id"]
    api("POST", f"{ZONES}/{made}/lifecycle/deactivate")
    assert error_of(api("DELETE", f"{ZONES}/{made}")) == (400, "E0000001", f"id: The zone: {made} is in use.")
    acme.remove_app(app)
    assert api("DELETE", f"{ZONES}/{made}").status_code == 204


def test_each_org_lists_its_system_zones(api: Api) -> None:
    zones = api("GET", ZONES).json()
    shown = [(item["name"], item["type"], item["usage"]) for item in zones]
    assert shown == [
        ("LegacyIpZone", "IP", "POLICY"),
        ("BlockedIpZone", "IP", "BLOCKLIST"),
        ("DefaultEnhancedDynamicZone", "DYNAMIC_V2", "BLOCKLIST"),
        ("DefaultExemptIpZone", "IP", "POLICY"),
    ]
    assert {item["system"] for item in zones} == {True}
    assert [item["gateways"] for item in zones if item["type"] == "IP"] == [None, None, None]


def test_a_system_zone_cannot_be_changed(api: Api) -> None:
    one = f"{ZONES}/{api('GET', ZONES).json()[0]['id']}"
    assert api("PUT", one, json=zone("LegacyIpZone", "10.0.0.0/9")).json()["gateways"] == zone("x", "10.0.0.0/9")["gateways"]
    for method, path in (("POST", f"{one}/lifecycle/deactivate"), ("DELETE", one)):
        assert error_of(api(method, path))[:2] == (403, "E0000006")
    assert (api("GET", one).json()["system"], api("GET", one).json()["status"]) == (True, "ACTIVE")


def test_a_new_zone_is_active_regardless_of_the_sent_status(api: Api) -> None:
    assert api("POST", ZONES, json=zone(status="INACTIVE")).json()["status"] == "ACTIVE"


@pytest.mark.parametrize(("sent", "status"), [("INACTIVE", "INACTIVE"), ("ACTIVE", "ACTIVE"), (None, "ACTIVE")])
def test_a_put_sets_the_status(api: Api, sent: str | None, status: str) -> None:
    one = f"{ZONES}/{api('POST', ZONES, json=zone()).json()['id']}"
    assert api("PUT", one, json=zone(**({"status": sent} if sent else {}))).json()["status"] == status
    assert api("GET", one).json()["status"] == status


def test_an_invalid_status_is_refused(api: Api) -> None:
    one = f"{ZONES}/{api('POST', ZONES, json=zone()).json()['id']}"
    assert error_of(api("PUT", one, json=zone(status="PAUSED")))[:2] == (400, "E0000001")
