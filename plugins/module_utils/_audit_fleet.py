# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet: tenants joined from several audits, counted, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from ._audit_schema import SEVERITIES, STATUSES, Tenant, as_utc, tenant
from ._errors import InputError

VERSION = 1
GENERATOR = "rezonate.okta.audit_report"
_LONGEST_NUMBER = 30  # digits; the schema has years, days and counts
_COUNTED = {"clean": "clean", "findings": "with_findings", "unknown": "unknown", "failed": "failed"}


class Report(TypedDict):
    """What ``audit.json`` holds."""

    schema_version: int
    generator: str
    generated_at: str
    summary: dict[str, Any]
    tenants: list[Tenant]


def report(tenants: Iterable[Tenant], generated_at: str) -> Report:
    """Make the report of some tenants; their order says nothing."""
    ordered = sorted(tenants, key=lambda one: (one["tenant"].casefold(), one["tenant"]))
    return {
        "schema_version": VERSION,
        "generator": GENERATOR,
        "generated_at": generated_at,
        "summary": summary(ordered),
        "tenants": ordered,
    }


def joined(tenants: Iterable[Tenant]) -> list[Tenant]:
    """Join tenants from several audits: of the same tenant the one that was audited last counts, or else the last one given."""
    found: dict[str, Tenant] = {}
    for one in tenants:
        known = found.get(one["tenant"])
        if known is None or _audited(one) >= _audited(known):
            found[one["tenant"]] = one
    return list(found.values())


def _audited(one: Tenant) -> str:
    """Something to compare: times in UTC sort as text once the fraction is always there."""
    time = one["audited_at"] or ""
    return time if "." in time else time.replace("Z", ".000Z")


def summary(tenants: Iterable[Tenant]) -> dict[str, Any]:
    """Count tenants by their status and findings by their severity."""
    statuses = [one["status"] for one in tenants]
    severities = [finding["severity"] for one in tenants for finding in one["findings"]]
    return {
        "tenants": len(statuses),
        **{_COUNTED[status]: statuses.count(status) for status in STATUSES},
        "by_severity": {severity: severities.count(severity) for severity in SEVERITIES},
    }


def as_json(found: Report) -> bytes:
    """The report as ``audit.json``, for people and programs."""
    return (json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")


def parsed(data: bytes, place: str) -> Report:
    """Read an ``audit.json``.

    Args:
        data: its bytes.
        place: what to call it in messages.

    Raises:
        InputError: it is no such report.
    """
    try:
        found = json.loads(data, parse_int=_number)
    except (ValueError, RecursionError):
        raise InputError(f"{place} isn't JSON.") from None
    if not isinstance(found, Mapping) or not isinstance(found.get("tenants"), list):
        raise InputError(f"{place} is no audit report: it has no list 'tenants'.")
    version = found.get("schema_version", VERSION)
    if version != VERSION:
        raise InputError(f"{place} has the schema version {_shown(version)}; this release of the collection knows version {VERSION} only.")
    tenants = [tenant(value, f"{place}, tenants[{number}]") for number, value in enumerate(found["tenants"])]
    time = found.get("generated_at")
    return report(tenants, as_utc(str(time), f"{place}, generated_at") if time else "")


def _number(digits: str) -> int:
    """Read a number; one without end would take quadratic time, wherever Python's own limit is switched off."""
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return int(digits)


def _shown(version: Any) -> str:
    return str(version) if isinstance(version, int) else "that isn't a number"
