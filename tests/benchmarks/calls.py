# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a run from the request log of the emulator."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from okta_emulator.engine import ROUTER
from okta_emulator.options import FREE_ORG, PRINCIPAL_SHARE, RECORDED_LATENCY

Entry = dict[str, Any]
TOO_MANY = 429

# The calls of a first run that depend on each other, in any implementation: nothing is created before the token is checked (the search
# for the app can be concurrent), grants need the app, the verification needs grants and roles, and an org can assign a role to the
# app at any time until then. Concurrent grants count once.
CHAIN = (
    ("GET", "/api/v1/users/me"),
    ("GET", "/api/v1/users/00u1/roles"),
    ("POST", "/api/v1/apps"),
    ("POST", "/api/v1/apps/0oa1/grants"),
    ("POST", "/oauth2/v1/clients/0oa1/roles"),
    ("POST", "/oauth2/v1/token"),
    ("GET", "/api/v1/users"),
    ("GET", "/oauth2/v1/clients/0oa1/roles"),
)


def bucket(entry: Entry) -> str:
    """Return the group of endpoints that a call belongs to."""
    return ROUTER.find(entry["method"], entry["path"].partition("?")[0])[0].bucket


def latency(name: str) -> float:
    """Return the time for a call of a group with recorded latency."""
    return RECORDED_LATENCY.get(name, RECORDED_LATENCY.get(name.partition(".")[0], RECORDED_LATENCY["default"]))


def chain() -> float:
    """Return the time of the longest chain of calls with recorded latency, in seconds."""
    return sum(latency(bucket({"method": method, "path": path})) for method, path in CHAIN)


def covered(intervals: Iterable[tuple[float, float]]) -> float:
    """Return the total time that is covered by at least one interval."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(intervals):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def by_tenant(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Return the calls of each tenant."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry["tenant"], []).append(entry)
    return list(found.values())


def shortest(calls: Iterable[Entry]) -> float:
    """Return the minimum time of these calls with the rate limits of a free org, in seconds."""
    used: dict[str, int] = {}
    for entry in calls:
        if entry["status"] == TOO_MANY:
            continue
        name: str | int = bucket(entry)
        while isinstance(name, str) and isinstance(FREE_ORG.get(name), str):
            name = FREE_ORG[name]
        used[str(name)] = used.get(str(name), 0) + 1
    share = {name: int(int(FREE_ORG[name]) * PRINCIPAL_SHARE) for name in used if name in FREE_ORG}
    return max((60.0 * ((used[name] - 1) // limit) for name, limit in share.items()), default=0.0)


def summary(entries: list[Entry], setting: str) -> dict[str, Any]:
    """Return calls, connections and times, as medians or means of the tenants."""
    tenants = by_tenant(entries)
    if not tenants:
        return {"calls": 0, "connections": 0, "span": 0}
    times = [
        [(entry["time"], entry["time"] + (latency(bucket(entry)) if setting == "recorded" else 0)) for entry in own] for own in tenants
    ]
    return {
        "calls": len(entries) / len(tenants),
        "connections": sum(len({entry["connection"] for entry in own}) for own in tenants) / len(tenants),
        "span": statistics.median(max(end for _start, end in own) - min(start for start, _end in own) for own in times),
        "waited": statistics.median(map(covered, times)) if setting == "recorded" else None,
        "shortest": statistics.median(map(shortest, tenants)) if setting == "limits" else None,
        "refused": sum(entry["status"] == TOO_MANY for entry in entries) / len(tenants) if setting == "limits" else None,
    }
