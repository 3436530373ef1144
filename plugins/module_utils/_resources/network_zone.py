# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network zones: addresses to which access can be limited."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from .._core.errors import ApiError, InputError, NoResponseError, StateError
from .._core.input_values import optional_text, unique_values
from .._core.spec import Call, Outcome
from .._core.text import find_by_text, same_text
from .._okta.client import NOT_FOUND, OktaClient, path_segment
from .._okta.connection import connect
from .resource import Activate, Create, Deactivate, Delete, Plan, Replace, SingleResource, Step, converge
from .usage import delete_unless_used, uses_of_zone

_ZONES = "/api/v1/zones"
_ACTIVE, _INACTIVE = "ACTIVE", "INACTIVE"
_MANAGED = {"type": "IP", "usage": "POLICY"}


@dataclass(frozen=True)
class Zone:
    """The managed members of an IP zone; ``raw`` holds all members, since PUT replaces everything."""

    name: str
    gateways: tuple[str, ...]
    status: str = _ACTIVE
    id: str | None = field(default=None, compare=False)
    created: str | None = field(default=None, compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def facts(self) -> dict[str, Any]:
        """The members that a module returns."""
        return {"id": self.id, **self.diff_facts(), "created": self.created}

    def diff_facts(self) -> dict[str, Any]:
        """The members that diff mode shows."""
        return {"name": self.name, "status": self.status, "gateways": list(self.gateways)}


@dataclass(frozen=True)
class DesiredZone:
    """The desired state of a zone; without a name, its name is unchanged."""

    present: bool = True
    id: str | None = None
    name: str | None = None
    gateways: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeleteZone(Delete):
    """Delete the zone; one that was active is activated again where Okta refuses."""

    was_active: bool


def normalize_gateway(text: str, *, strict: bool = False) -> str:
    """The normal form of an address, a CIDR block or a range: a CIDR block wherever it is one.

    Args:
        strict: whether host bits in a block are refused.

    Raises:
        ValueError: it is none of these.
    """
    first, dash, last = text.partition("-")
    if not dash:
        return str(ipaddress.ip_network(text.strip(), strict=strict))
    low, high = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
    size = int(high) - int(low) + 1
    if low.version != high.version or size < 1:
        raise ValueError(text)
    is_block = size & (size - 1) == 0 and int(low) % size == 0
    return f"{low}/{low.max_prefixlen - size.bit_length() + 1}" if is_block else f"{low}-{high}"


def desired_gateways(given: Sequence[str]) -> tuple[str, ...]:
    """The gateways of the option, each once.

    Raises:
        InputError: one isn't an address, block or range.
    """
    return tuple(sorted({_checked_gateway(gateway) for gateway in unique_values(given, "gateways")}))


def zone_from(raw: Mapping[str, Any]) -> Zone:
    """Read a zone from Okta's response.

    Raises:
        StateError: it is of a kind that isn't managed here.
    """
    name, zone_id, created = str(raw.get("name", "")), raw.get("id"), raw.get("created")
    if not isinstance(zone_id, str) or not zone_id:
        raise NoResponseError(f"{_ZONES}: Okta's response contains no zone.", maybe_done=True)
    if raw.get("system") is True:
        raise StateError(f"The network zone {name!r} ({zone_id}) is a system zone of Okta, which is never changed; choose another.")
    if any((raw.get(key) or value) != value for key, value in _MANAGED.items()):
        raise StateError(
            f"The network zone {name!r} ({zone_id}) is of type {raw.get('type')} and usage {raw.get('usage')}: "
            "only zones of type IP and usage POLICY are managed."
        )
    gateways = raw.get("gateways")
    return Zone(
        name,
        tuple(sorted({_gateway_from(entry) for entry in gateways})) if isinstance(gateways, list) else (),
        str(raw.get("status") or _ACTIVE),
        zone_id,
        created if isinstance(created, str) else None,
        raw,
    )


def plan_zone(current: Zone | None, desired: DesiredZone) -> Plan[Zone | None]:
    """Plan the changes. An inactive zone gets its gateways before it is activated.

    Raises:
        InputError: no zone has the id.
    """
    if not desired.present:
        was_active = current is not None and current.status == _ACTIVE
        return Plan(None, (*([Deactivate()] if was_active else []), *([DeleteZone(was_active)] if current else [])))
    if current is None:
        if desired.id or not desired.name:
            raise InputError("id: this org has no network zone with that id. To create one, set name and omit id.")
        new = Zone(desired.name, desired.gateways)
        return Plan(new, (Create(new),))
    after, steps = current, list[Step]()
    changes: dict[str, Any] = {"name": desired.name} if desired.name and not same_text(desired.name, current.name) else {}
    if desired.gateways and desired.gateways != current.gateways:
        changes["gateways"] = desired.gateways
    if changes:
        after = replace(after, **changes)
        steps.append(Replace(changes))
    if current.status != _ACTIVE:
        after = replace(after, status=_ACTIVE)
        steps.append(Activate())
    return Plan(after, tuple(steps))


class ZoneResource(SingleResource[Zone]):
    """One network zone in Okta.

    Args:
        desired: the desired state.
    """

    name = "zone"

    def __init__(self, client: OktaClient, desired: DesiredZone) -> None:
        super().__init__(client)
        self._desired = desired

    def read_state(self) -> Zone | None:
        if self._desired.id:
            try:
                return zone_from(self._client.get(f"{_ZONES}/{path_segment(self._desired.id)}", "read the network zone"))
            except ApiError as error:
                if error.status == NOT_FOUND:
                    return None
                raise
        entries = self._client.pages(_ZONES, "list the network zones")
        found = find_by_text(self._desired.name or "", entries, lambda entry: entry.get("name"))
        return zone_from(found[0]) if found else None

    def plan(self, state: Zone | None) -> Plan[Zone | None]:
        return plan_zone(state, self._desired)

    def _perform(self, state: Zone, step: Step) -> Zone | None:
        match step:
            case Replace(changes):
                return self._replace(state, changes)
            case Activate():
                return self._activate(state)
            case Deactivate():
                return self._deactivate(state)
            case DeleteZone(was_active):
                self._delete(state, was_active=was_active)
                return None
        raise TypeError(step)

    def _post(self, new: Zone) -> Zone:
        raw = self._client.write("POST", _ZONES, f"create the network zone {new.name!r}", body=_body(_MANAGED, new), expect=dict)
        created = zone_from(raw)
        created = replace(new, id=created.id, created=created.created, status=created.status, raw=raw)
        return created if created.status == _ACTIVE else self._activate(created)

    def _replace(self, zone: Zone, changes: Mapping[str, Any]) -> Zone:
        after = replace(zone, **changes)
        # the name is sent as in the task: one that Okta stores escaped would be escaped again
        sent = replace(after, name=self._desired.name or after.name)
        # PUT replaces everything, so unmanaged members are sent too
        unmanaged = {name: zone.raw[name] for name in ("type", "usage", "status", "proxies") if name in zone.raw}
        self._client.write("PUT", _path(zone), f"change the network zone {zone.name!r}", body=_body(unmanaged, sent))
        return after

    def _activate(self, zone: Zone) -> Zone:
        self._client.write("POST", f"{_path(zone)}/lifecycle/activate", f"activate the network zone {zone.name!r}", repeatable=True)
        return replace(zone, status=_ACTIVE)

    def _deactivate(self, zone: Zone) -> Zone:
        self._client.write("POST", f"{_path(zone)}/lifecycle/deactivate", f"deactivate the network zone {zone.name!r}", repeatable=True)
        return replace(zone, status=_INACTIVE)

    def _delete(self, zone: Zone, *, was_active: bool) -> None:
        try:
            self._client.remove(_path(zone), f"delete the network zone {zone.name!r}")
        except ApiError as error:
            # Okta doesn't delete a zone that is in use (Okta: NetworkZone), and such a zone must not stay inactive
            if was_active and error.status < 500:
                self._activate(zone)
            raise


def _checked_gateway(gateway: str) -> str:
    try:
        return normalize_gateway(gateway, strict=True)
    except ValueError:
        pass
    try:
        block = normalize_gateway(gateway)
    except ValueError:
        raise InputError(
            f"gateways: {gateway!r} isn't an address, CIDR block or range, such as 203.0.113.7, 203.0.113.0/24 or 203.0.113.4-203.0.113.9."
        ) from None
    raise InputError(f"gateways: {gateway!r} has host bits set: use {block} for the block, or the address alone.")


def _gateway_from(entry: Any) -> str:
    """A gateway of Okta's response in its normal form; one of another kind as it is, so that it equals no desired one."""
    value = str(entry.get("value")) if isinstance(entry, dict) else str(entry)
    try:
        return normalize_gateway(value)
    except ValueError:
        return value


def _body(rest: Mapping[str, Any], zone: Zone) -> dict[str, Any]:
    gateways = [{"type": "CIDR" if "/" in gateway else "RANGE", "value": gateway} for gateway in zone.gateways]
    return {**rest, "name": zone.name, "gateways": gateways}


def _path(zone: Zone) -> str:
    return f"{_ZONES}/{path_segment(zone.id or '')}"


def manage_network_zone(call: Call) -> Outcome:
    """Run the module `okta_network_zone`."""
    params = call.params
    gateways = desired_gateways(params["gateways"] or ())
    desired = DesiredZone(params["state"] == "present", optional_text(params, "id"), optional_text(params, "name"), gateways)
    if desired.present and not desired.gateways:
        raise InputError("gateways is empty: a zone needs at least one. To delete the zone, set state to absent.")
    only_unused = not desired.present and call.params.get("only_unused")
    client = connect(call, ("okta.networkZones.manage", *(["okta.apps.read", "okta.apiTokens.read"] if only_unused else [])))
    zone = ZoneResource(client, desired)
    current = zone.read_state() if only_unused else None
    if current is None:
        return converge(zone, check_mode=call.check_mode)
    unchanged = Outcome(False, {"zone": current.facts(), "created": False, "changes": []}, current.diff_facts(), current.diff_facts())
    uses = partial(uses_of_zone, client, current.id or "", params.get("own_apps") or ())
    return delete_unless_used(
        f"network zone {current.name} ({current.id})", uses, lambda: converge(zone, check_mode=call.check_mode), unchanged
    )
