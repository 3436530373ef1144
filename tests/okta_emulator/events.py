# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events of the system log."""

from __future__ import annotations

from dataclasses import dataclass

from .ids import exact_timestamp, new_id
from .state import Doc

# The subject of an event, by the first part of its type.
_TARGETS = {"group": "UserGroup", "iam": "IAMPolicy", "system": "Token", "user": "User", "zone": "NetworkZone"}


@dataclass(frozen=True)
class Actor:
    """The actor of an event: a user or a client (`PublicClientApp`)."""

    id: str
    label: str
    type: str


def make_event(event_type: str, actor: Actor, target: str, display: str, now: float, sequence: int) -> Doc:
    """Build an event."""
    kind = _TARGETS.get(event_type.partition(".")[0], "AppInstance")
    failed = event_type.endswith(".violation")
    return {
        "sequence": sequence,
        "uuid": new_id("evt"),
        "published": exact_timestamp(now),
        "eventType": event_type,
        "version": "0",
        "severity": "WARN" if failed else "INFO",
        "displayMessage": event_type.replace(".", " "),
        "actor": {"id": actor.id, "type": actor.type, "displayName": actor.label, "alternateId": actor.label},
        "outcome": {"result": "DENY" if failed else "SUCCESS"},
        "target": [{"id": target, "type": kind, "displayName": display, "alternateId": display}],
    }
