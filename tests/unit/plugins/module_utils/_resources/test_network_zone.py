# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network zones: the normal form of addresses, the plan, and the exact calls."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rezonate.okta.plugins.module_utils._core.errors import ApiError, InputError, NoResponseError, StateError
from ansible_collections.rezonate.okta.plugins.module_utils._core.spec import Call, Outcome
from ansible_collections.rezonate.okta.plugins.module_utils._okta import connection
from ansible_collections.rezonate.okta.plugins.module_utils._resources.network_zone import (
    DesiredZone,
    Zone,
    desired_gateways,
    manage_network_zone,
    normalize_gateway,
    plan_zone,
)
from helpers.fake_okta import FakeOkta, forbidden, params, refusal, three_pages

ZONES = "/api/v1/zones"
ID = "nzomadeupmadeupmade1"
ONE = f"{ZONES}/{ID}"
LIST, READ, POST, PUT, DELETE = f"GET {ZONES}", f"GET {ONE}", f"POST {ZONES}", f"PUT {ONE}", f"DELETE {ONE}"
ACTIVATE, DEACTIVATE = f"POST {ONE}/lifecycle/activate", f"POST {ONE}/lifecycle/deactivate"
CREATED = "2026-01-06T19:50:57.000Z"
BLOCK, RANGE = {"type": "CIDR", "value": "198.51.100.0/28"}, {"type": "RANGE", "value": "203.0.113.4-203.0.113.9"}
PROXIES = [{"type": "CIDR", "value": "192.0.2.1/32"}]
GIVEN = ["203.0.113.4-203.0.113.9", "198.51.100.0-198.51.100.15"]
FACTS = {"id": ID, "name": "Rezonate", "status": "ACTIVE", "gateways": ["198.51.100.0/28", "203.0.113.4-203.0.113.9"], "created": CREATED}
LOST = NoResponseError(f"{POST}: no complete answer in time.", maybe_done=True)
IN_USE = refusal(400, "E0000001", "Api validation failed: id", "id: The zone is in use.")


def raw(**changes: Any) -> dict[str, Any]:
    """A zone in Okta's format."""
    plain = {"id": ID, "name": "Rezonate", "type": "IP", "usage": "POLICY", "status": "ACTIVE", "system": False, "created": CREATED}
    return {**plain, "gateways": [RANGE, BLOCK], "proxies": PROXIES, "lastUpdated": CREATED, "_links": {}, **changes}


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module against scripted responses; returns the outcome and the stand-in for Okta."""

    def run_module(*script: tuple[str, Any], check: bool = False, **options: Any) -> tuple[Outcome, FakeOkta]:
        okta = FakeOkta(*script)
        monkeypatch.setattr(connection, "Transport", lambda _settings, **_more: okta)
        outcome = manage_network_zone(
            Call(params(**{"state": "present", "id": None, "name": "Rezonate", "gateways": GIVEN, **options}), check)
        )
        assert okta.left == []
        return outcome, okta

    return run_module


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        (" 203.0.113.7 ", "203.0.113.7/32"),
        ("203.0.113.7/32", "203.0.113.7/32"),
        ("203.0.113.7-203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("203.0.113.9/24", "203.0.113.0/24"),
        ("203.0.113.0/255.255.255.0", "203.0.113.0/24"),
        ("203.0.113.0-203.0.113.255", "203.0.113.0/24"),
        ("203.0.113.0 - 203.0.113.254", "203.0.113.0-203.0.113.254"),
        ("203.0.113.1-203.0.113.2", "203.0.113.1-203.0.113.2"),
        ("0.0.0.0-255.255.255.255", "0.0.0.0/0"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:db8::-2001:db8::f", "2001:db8::/124"),
        ("2001:db8::1", "2001:db8::1/128"),
    ],
)
def test_equivalent_addresses_have_one_normal_form(text: str, spelled: str) -> None:
    assert normalize_gateway(text) == spelled
    assert normalize_gateway(spelled) == spelled


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "acme.example",
        "203.0.113",
        "203.0.113.7/33",
        "203.0.113.9-203.0.113.4",
        "203.0.113.1-2001:db8::1",
        "203.0.113.1-",
        "1.2.3.4-5",
    ],
)
def test_an_invalid_address_is_refused_with_a_message(text: str) -> None:
    with pytest.raises(InputError, match=r"^gateways(: '.*' isn't an address, CIDR block or range, such as .*| holds an empty entry)\.$"):
        desired_gateways([text])


@pytest.mark.parametrize(
    "text",
    [
        "203.0.113.0",
        "203.0.113.7/32",
        "203.0.113.0/24",
        "203.0.113.4-203.0.113.9",
        "203.0.113.4-203.0.113.4",
        "2001:db8::1-2001:db8::3",
        "1.2.3.4-1.2.3.5",
    ],
)
def test_an_address_next_to_a_refused_one_is_accepted(text: str) -> None:
    assert desired_gateways([text]) == (normalize_gateway(text),)


def test_host_bits_are_refused_with_the_alternatives() -> None:
    with pytest.raises(InputError) as caught:
        desired_gateways(["203.0.113.9/24"])
    message = "gateways: '203.0.113.9/24' has host bits set: use 203.0.113.0/24 for the block, or the address alone."
    assert str(caught.value) == message


def test_gateways_are_sorted_and_unique() -> None:
    assert desired_gateways(["203.0.113.7", "198.51.100.1", "203.0.113.7/32"]) == ("198.51.100.1/32", "203.0.113.7/32")


HAVE = Zone("Rezonate", ("198.51.100.0/28",), id=ID)


@pytest.mark.parametrize(
    ("current", "desired", "steps"),
    [
        (None, DesiredZone(name="Rezonate", gateways=("a",)), ["create"]),
        (HAVE, DesiredZone(name="Rezonate", gateways=HAVE.gateways), []),
        (HAVE, DesiredZone(id=ID, gateways=HAVE.gateways), []),
        (HAVE, DesiredZone(id=ID, name="New", gateways=("a",)), ["replace"]),
        (Zone("x", ("a",), "INACTIVE"), DesiredZone(name="x", gateways=("b",)), ["replace", "activate"]),
        (Zone("x", ("a",), "INACTIVE"), DesiredZone(name="x", gateways=("a",)), ["activate"]),
        (None, DesiredZone(present=False, name="x"), []),
        (HAVE, DesiredZone(present=False, name="x"), ["deactivate", "delete"]),
        (Zone("x", ("a",), "INACTIVE"), DesiredZone(present=False, name="x"), ["delete"]),
    ],
)
def test_a_plan_reaches_the_desired_state(current: Zone | None, desired: DesiredZone, steps: list[str]) -> None:
    assert [step.verb for step in plan_zone(current, desired).steps] == steps


def test_a_missing_zone_is_created_and_active(module: Any) -> None:
    outcome, okta = module((LIST, [raw(name="Other")]), (POST, raw()))
    assert okta.bodies == [{"type": "IP", "usage": "POLICY", "name": "Rezonate", "gateways": [BLOCK, RANGE]}]
    assert outcome.values == {"zone": FACTS, "created": True, "changes": ["create"]}


def test_check_mode_predicts_a_new_zone_except_its_id(module: Any) -> None:
    outcome, okta = module((LIST, []), check=True)
    assert okta.writes == []
    assert outcome.values == {"zone": {**FACTS, "id": None, "created": None}, "created": True, "changes": ["create"]}


def test_a_repetition_only_reads(module: Any) -> None:
    outcome, okta = module((LIST, [raw()]))
    assert (outcome.changed, okta.calls) == (False, [LIST])
    assert outcome.values == {"zone": FACTS, "created": False, "changes": []}


CHANGED = [{"type": "CIDR", "value": "203.0.113.7/32"}]


def test_gateways_are_replaced_and_other_members_are_retained(module: Any) -> None:
    script = ((LIST, [raw(status="INACTIVE")]), (PUT, raw(gateways=CHANGED, status="INACTIVE")), (ACTIVATE, raw(gateways=CHANGED)))
    outcome, okta = module(*script, gateways=["203.0.113.7"])
    unmanaged = {"type": "IP", "usage": "POLICY", "status": "INACTIVE", "proxies": PROXIES}
    assert okta.bodies == [{**unmanaged, "name": "Rezonate", "gateways": CHANGED}]
    assert outcome.values["changes"] == ["replace gateways", "activate"]
    shown = {"name": "Rezonate", "status": "INACTIVE", "gateways": FACTS["gateways"]}
    assert (outcome.before, outcome.after) == (shown, {**shown, "status": "ACTIVE", "gateways": ["203.0.113.7/32"]})


def test_check_mode_reads_and_predicts_the_result(module: Any) -> None:
    real, _okta = module((LIST, [raw()]), (PUT, raw(gateways=CHANGED)), gateways=["203.0.113.7"])
    predicted, okta = module((LIST, [raw()]), gateways=["203.0.113.7"], check=True)
    assert okta.writes == []
    assert predicted == real


def test_an_unknown_kind_of_gateway_is_removed(module: Any) -> None:
    odd = [{"type": "RANGE", "value": "15.5.6.7/24-15.5.6.9"}, BLOCK, None]
    outcome, _okta = module((LIST, [raw(gateways=odd)]), (PUT, raw()))
    assert outcome.values["zone"] == FACTS


def test_a_zone_is_found_by_id_and_renamed(module: Any) -> None:
    outcome, okta = module((READ, raw(name="Old")), (PUT, raw()), id=ID)
    assert (okta.bodies[0]["name"], outcome.values["changes"]) == ("Rezonate", ["replace name"])


def test_an_id_without_a_zone_is_reported(module: Any) -> None:
    with pytest.raises(InputError, match=r"^id: this org has no network zone with that id\. To create one, set name and omit id\.$"):
        module((READ, refusal(404, "E0000007")), id=ID)


def test_the_list_is_read_to_its_last_page(module: Any) -> None:
    others = [raw(id=f"nzo{number}", name=f"Zone {number}") for number in range(5)]
    outcome, _okta = module(*three_pages(ZONES, [*others, raw()]))
    assert not outcome.changed


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"system": True}, rf"The network zone 'Rezonate' \({ID}\) is a system zone of Okta, which is never changed; choose another\."),
        ({"type": "DYNAMIC"}, r".* is of type DYNAMIC and usage POLICY: only zones of type IP and usage POLICY are managed\."),
        ({"usage": "BLOCKLIST"}, r".* is of type IP and usage BLOCKLIST: only zones of .*"),
    ],
)
def test_a_zone_of_an_unmanaged_kind_is_refused(module: Any, state: str, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StateError, match=f"^{sentence}$"):
        module((LIST, [raw(**changes)]), state=state)


def test_absent_deactivates_and_deletes(module: Any) -> None:
    outcome, _okta = module((LIST, [raw()]), (DEACTIVATE, raw(status="INACTIVE")), (DELETE, 204), state="absent", gateways=None)
    assert outcome.values == {"zone": None, "created": False, "changes": ["deactivate", "delete"]}


def test_absent_without_a_resource_is_no_change(module: Any) -> None:
    outcome, okta = module((LIST, []), state="absent", gateways=None)
    assert (outcome.changed, okta.writes) == (False, [])


def test_a_zone_in_use_is_activated_again_and_okta_s_reason_is_reported(module: Any) -> None:
    script = ((LIST, [raw()]), (DEACTIVATE, raw(status="INACTIVE")), (DELETE, IN_USE), (ACTIVATE, raw()))
    with pytest.raises(ApiError, match=rf"^Couldn't delete the network zone 'Rezonate' \({DELETE}\): .*id: The zone is in use\."):
        module(*script, state="absent")


@pytest.mark.parametrize(("status", "answer"), [("INACTIVE", IN_USE), ("ACTIVE", refusal(503))])
def test_a_zone_that_was_inactive_or_may_be_deleted_isn_t_activated(module: Any, status: str, answer: Any) -> None:
    steps = [(DEACTIVATE, raw(status="INACTIVE"))] if status == "ACTIVE" else []
    with pytest.raises(ApiError, match="Couldn't delete the network zone"):
        module((LIST, [raw(status=status)]), *steps, (DELETE, answer), state="absent")


def test_after_a_lost_response_the_zone_is_found_and_corrected(module: Any) -> None:
    outcome, _okta = module((LIST, []), (POST, LOST), (LIST, [raw(gateways=CHANGED)]), (PUT, raw()))
    assert outcome.values == {"zone": FACTS, "created": True, "changes": ["create"]}


def test_a_zone_that_doesn_t_exist_after_a_lost_response_is_created_again(module: Any) -> None:
    outcome, _okta = module((LIST, []), (POST, LOST), (LIST, []), (POST, raw()))
    assert outcome.values["zone"] == FACTS


@pytest.mark.parametrize("at", [0, 1])
def test_a_missing_permission_is_an_okta_error(module: Any, at: int) -> None:
    script: list[tuple[str, Any]] = [(LIST, []), (POST, raw())][: at + 1]
    script[at] = (script[at][0], forbidden())
    with pytest.raises(ApiError, match=r"lacks an admin role for this; onboarding needs a super admin\.$"):
        module(*script)


def test_a_zone_without_gateways_is_refused(module: Any) -> None:
    with pytest.raises(InputError, match=r"^gateways is empty: a zone needs at least one\."):
        module(gateways=[])


def test_a_response_without_a_zone_is_an_error(module: Any) -> None:
    with pytest.raises(NoResponseError, match=rf"^{ZONES}: Okta's response contains no zone\.$"):
        module((READ, {"name": "Rezonate"}), id=ID)
