# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network zones: the addresses from which something may be used."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from .._core.errors import ApiError, InputError, NoAnswerError, StateError
from .._core.input_values import each_once, text_of
from .._core.spec import Call, Outcome
from .._core.text import matching, same_text
from .._okta.client import NOT_FOUND, OktaClient, segment
from .._okta.connection import connect
from .resource import Plan, SingleResource, converge
from .usage import unless_used, uses_of_zone

_ZONES = "/api/v1/zones"
_ACTIVE, _INACTIVE = "ACTIVE", "INACTIVE"
_OURS = {"type": "IP", "usage": "POLICY"}


@dataclass(frozen=True)
class Zone:
    """An IP zone as far as we look after it; ``raw`` keeps the rest, for PUT replaces everything."""

    name: str
    gateways: tuple[str, ...]
    status: str = _ACTIVE
    id: str | None = field(default=None, compare=False)
    created: str | None = field(default=None, compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def facts(self) -> dict[str, Any]:
        """What is returned of it."""
        return {"id": self.id, **self.shown(), "created": self.created}

    def shown(self) -> dict[str, Any]:
        """What diff mode shows of it."""
        return {"name": self.name, "status": self.status, "gateways": list(self.gateways)}


@dataclass(frozen=True)
class DesiredZone:
    """What a zone is to be; without a name, Okta's is left alone."""

    present: bool = True
    id: str | None = None
    name: str | None = None
    gateways: tuple[str, ...] = ()


def span(text: str, *, strict: bool = False) -> str:
    """An address, a CIDR block or a range, spelled as everything that means the same: as a block where it is one.

    Args:
        strict: bits beyond the block are refused.

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
        InputError: one is no address, block or range.
    """
    return tuple(sorted({_wanted(gateway) for gateway in each_once(given, "gateways")}))


def zone_from(raw: Mapping[str, Any]) -> Zone:
    """A zone out of Okta's answer.

    Raises:
        StateError: it is none of those that we look after.
    """
    name, zone_id, created = str(raw.get("name", "")), raw.get("id"), raw.get("created")
    if not isinstance(zone_id, str) or not zone_id:
        raise NoAnswerError(f"{_ZONES}: Okta's answer names no zone.", maybe_done=True)
    if raw.get("system") is True:
        raise StateError(f"The network zone {name!r} ({zone_id}) is a system zone of Okta's own, which is left alone; choose another.")
    if any((raw.get(key) or value) != value for key, value in _OURS.items()):
        raise StateError(
            f"The network zone {name!r} ({zone_id}) is of type {raw.get('type')} and usage {raw.get('usage')}: "
            "only zones of type IP and usage POLICY are looked after."
        )
    gateways = raw.get("gateways")
    return Zone(
        name,
        tuple(sorted({_known(entry) for entry in gateways})) if isinstance(gateways, list) else (),
        str(raw.get("status") or _ACTIVE),
        zone_id,
        created if isinstance(created, str) else None,
        raw,
    )


def plan_zone(have: Zone | None, wanted: DesiredZone) -> Plan[Zone | None]:
    """Which changes lead there. An inactive zone gets its gateways before it is activated.

    Raises:
        InputError: no zone has the id.
    """
    if not wanted.present:
        was_active = have is not None and have.status == _ACTIVE
        return Plan(None, (*([("deactivate", None)] if was_active else []), *([("delete", was_active)] if have else [])))
    if have is None:
        if wanted.id or not wanted.name:
            raise InputError("id: this org has no network zone with that id. To make one, give name alone.")
        new = Zone(wanted.name, wanted.gateways)
        return Plan(new, (("create", new),))
    after, steps = have, list[tuple[str, Any]]()
    changes: dict[str, Any] = {"name": wanted.name} if wanted.name and not same_text(wanted.name, have.name) else {}
    if wanted.gateways and wanted.gateways != have.gateways:
        changes["gateways"] = wanted.gateways
    if changes:
        after = replace(after, **changes)
        steps.append(("replace", changes))
    if have.status != _ACTIVE:
        after = replace(after, status=_ACTIVE)
        steps.append(("activate", None))
    return Plan(after, tuple(steps))


class ZoneResource(SingleResource[Zone]):
    """One network zone in Okta.

    Args:
        wanted: what it is to be.
    """

    name = "zone"

    def __init__(self, client: OktaClient, wanted: DesiredZone) -> None:
        super().__init__(client)
        self._wanted = wanted

    def read(self) -> Zone | None:
        if self._wanted.id:
            try:
                return zone_from(self._client.get(f"{_ZONES}/{segment(self._wanted.id)}", "read the network zone"))
            except ApiError as error:
                if error.status == NOT_FOUND:
                    return None
                raise
        entries = self._client.pages(_ZONES, "list the network zones")
        found = matching(self._wanted.name or "", entries, lambda entry: entry.get("name"))
        return zone_from(found[0]) if found else None

    def plan(self, state: Zone | None) -> Plan[Zone | None]:
        return plan_zone(state, self._wanted)

    def _post(self, new: Zone) -> Zone:
        raw = self._client.write("POST", _ZONES, f"create the network zone {new.name!r}", body=_body(_OURS, new), expect=dict)
        made = zone_from(raw)
        made = replace(new, id=made.id, created=made.created, status=made.status, raw=raw)
        return made if made.status == _ACTIVE else self._activate(made, None)

    def _replace(self, zone: Zone, changes: Mapping[str, Any]) -> Zone:
        after = replace(zone, **changes)
        # the name is sent as the task has it: one that Okta stores escaped would be escaped once more
        sent = replace(after, name=self._wanted.name or after.name)
        # PUT replaces everything, so what we don't look after goes along
        kept = {name: zone.raw[name] for name in ("type", "usage", "status", "proxies") if name in zone.raw}
        self._client.write("PUT", _path(zone), f"change the network zone {zone.name!r}", body=_body(kept, sent))
        return after

    def _activate(self, zone: Zone, _argument: None) -> Zone:
        self._client.write("POST", f"{_path(zone)}/lifecycle/activate", f"activate the network zone {zone.name!r}", repeatable=True)
        return replace(zone, status=_ACTIVE)

    def _deactivate(self, zone: Zone, _argument: None) -> Zone:
        self._client.write("POST", f"{_path(zone)}/lifecycle/deactivate", f"deactivate the network zone {zone.name!r}", repeatable=True)
        return replace(zone, status=_INACTIVE)

    def _delete(self, zone: Zone, was_active: object) -> None:
        try:
            self._client.remove(_path(zone), f"delete the network zone {zone.name!r}")
        except ApiError as error:
            # a zone that something still uses isn't deleted (Okta: NetworkZone), and mustn't stay switched off either
            if was_active and error.status < 500:
                self._activate(zone, None)
            raise


def _wanted(gateway: str) -> str:
    try:
        return span(gateway, strict=True)
    except ValueError:
        pass
    try:
        block = span(gateway)
    except ValueError:
        raise InputError(
            f"gateways: {gateway!r} is no address, CIDR block or range, such as 203.0.113.7, 203.0.113.0/24 or 203.0.113.4-203.0.113.9."
        ) from None
    raise InputError(f"gateways: {gateway!r} is an address within a block: give {block} for the block, or the address alone.")


def _known(entry: Any) -> str:
    """A gateway of Okta's in our spelling; one that can't be read is like none of ours."""
    value = str(entry.get("value")) if isinstance(entry, dict) else str(entry)
    try:
        return span(value)
    except ValueError:
        return value


def _body(rest: Mapping[str, Any], zone: Zone) -> dict[str, Any]:
    gateways = [{"type": "CIDR" if "/" in gateway else "RANGE", "value": gateway} for gateway in zone.gateways]
    return {**rest, "name": zone.name, "gateways": gateways}


def _path(zone: Zone) -> str:
    return f"{_ZONES}/{segment(zone.id or '')}"


def manage_network_zone(call: Call) -> Outcome:
    """Do what the module `okta_network_zone` is asked."""
    params = call.params
    gateways = desired_gateways(params["gateways"] or ())
    wanted = DesiredZone(params["state"] == "present", text_of(params, "id"), text_of(params, "name"), gateways)
    if wanted.present and not wanted.gateways:
        raise InputError("gateways is empty: a zone needs at least one. To take the zone away, set state to absent.")
    only_unused = not wanted.present and call.params.get("only_unused")
    client = connect(call, ("okta.networkZones.manage", *(["okta.apps.read", "okta.apiTokens.read"] if only_unused else [])))
    zone = ZoneResource(client, wanted)
    have = zone.read() if only_unused else None
    if have is None:
        return converge(zone, check_mode=call.check_mode)
    left = Outcome(False, {"zone": have.facts(), "created": False, "changes": []}, have.shown(), have.shown())
    uses = partial(uses_of_zone, client, have.id or "", params.get("own_apps") or ())
    return unless_used(f"network zone {have.name} ({have.id})", uses, lambda: converge(zone, check_mode=call.check_mode), left)
