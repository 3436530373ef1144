# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet: joined audits with a summary, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from .._core.errors import InputError
from .._tenant.identifiers import display_names, org_key
from .schema import SEVERITIES, STATUSES, Tenant, as_utc, parse_tenant, rank

VERSION = 1
NEVER = "never"
FAIL_ON = (NEVER, "critical", "high", "medium", "low")
GENERATOR = "rezonate.okta.audit_report"
Key = tuple[str, str]
_WORST_FIRST = ("failed", "findings", "unknown", "clean")
_LONGEST_NUMBER = 30  # digits; the schema has years, days and counts
_COUNTED = {"clean": "clean", "findings": "with_findings", "unknown": "unknown", "failed": "failed"}


class Report(TypedDict):
    """The content of ``audit.json``."""

    schema_version: int
    generator: str
    generated_at: str
    summary: dict[str, Any]
    tenants: list[Tenant]


def make_report(tenants: Iterable[Tenant], generated_at: str) -> Report:
    """Make the report of tenants, whatever their order."""
    ordered = sorted(tenants, key=lambda one: (one["tenant"].casefold(), one["tenant"], tenant_key(one)))
    return {
        "schema_version": VERSION,
        "generator": GENERATOR,
        "generated_at": generated_at,
        "summary": summary(ordered),
        "tenants": ordered,
    }


def tenant_key(one: Tenant) -> Key:
    """The key of a tenant in a report: its org, or its tenant id where the org is unknown."""
    org = org_key(one["org_url"])
    return org, "" if org else one["tenant"]


def tenant_names(found: Report) -> list[str]:
    """Unique names of the tenants of a report, in their order."""
    return display_names((one["tenant"], one["org_url"]) for one in found["tenants"])


def join_audits(tenants: Iterable[Tenant]) -> list[Tenant]:
    """Join tenants from several audits: the latest audit of an org counts, or else the last one given."""
    found: dict[Key, Tenant] = {}
    for key, one in _with_keys(tenants):
        known = found.get(key)
        if known is None:
            found[key] = one
            continue
        last, other = (one, known) if _audited(one) >= _audited(known) else (known, one)
        # an audit that failed early may not know the org
        found[key] = {**last, "org_url": last["org_url"] or other["org_url"]}
    return [one for one in found.values() if not _is_outdated(one, found.values())]


def join_run(tenants: Iterable[Tenant]) -> list[Tenant]:
    """Join tenants from one run: the latest audit of an org and host counts, and those of several hosts of one org are merged."""
    by_host: dict[tuple[Key, str], list[Tenant]] = {}
    for key, one in _with_keys(tenants):
        by_host.setdefault((key, one["host"] or ""), []).append(one)
    found: dict[Key, Tenant] = {}
    for (key, _host), audits in by_host.items():
        last = join_audits(audits)[0]
        found[key] = _merge_audits(found[key], last) if key in found else last
    return list(found.values())


def _with_keys(tenants: Iterable[Tenant]) -> list[tuple[Key, Tenant]]:
    """Each tenant with its key; one whose org is unknown belongs to the only org of its tenant id, or else to that of its host."""
    given = list(tenants)
    known = [one for one in given if one["org_url"]]

    def key_of(one: Tenant) -> Key:
        if one["org_url"]:
            return tenant_key(one)
        named = [other for other in known if other["tenant"] == one["tenant"]]
        of_host = [other for other in named if one["host"] and one["host"] == other["host"]]
        for orgs in ({tenant_key(other) for other in named}, {tenant_key(other) for other in of_host}):
            if len(orgs) == 1:
                return orgs.pop()
        return tenant_key(one)

    return [(key_of(one), one) for one in given]


def _is_outdated(one: Tenant, others: Iterable[Tenant]) -> bool:
    """Whether the org is unknown, and all orgs of that tenant id were audited later."""
    named = [] if one["org_url"] else [other for other in others if other["org_url"] and other["tenant"] == one["tenant"]]
    return bool(named) and all(_audited(other) > _audited(one) for other in named)


def _merge_audits(one: Tenant, other: Tenant) -> Tenant:
    """The later of two audits of one org, with the findings and the worse status of both."""
    first, last = (one, other) if _audited(other) >= _audited(one) else (other, one)
    findings = {rank(finding): finding for finding in (*first["findings"], *last["findings"])}
    statuses = {one["status"], other["status"]}
    return {
        **last,
        "org_url": last["org_url"] or first["org_url"],
        "status": next(status for status in _WORST_FIRST if status in statuses),
        "error": last["error"] or first["error"],
        "findings": [findings[key] for key in sorted(findings)],
    }


def _audited(one: Tenant) -> str:
    """The time of an audit for comparisons: times in UTC sort as text if all have a fraction."""
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


def exceeds(found: Mapping[str, Any], fail_on: str) -> bool:
    """Whether a summary counts a finding of this severity, or a worse one, or a tenant that couldn't be audited.

    Args:
        found: the summary.
        fail_on: a severity, or ``never``.
    """
    if fail_on == NEVER:
        return False
    counted = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return bool(found["failed"] or sum(found["by_severity"][severity] for severity in counted))


def summary_sentence(found: Mapping[str, Any]) -> str:
    """The summary as a sentence."""
    by = ", ".join(f"{found['by_severity'][severity]} {severity}" for severity in FAIL_ON[1:])
    return (
        f"Tenants: {found['tenants']}, of these {found['clean']} clean, {found['with_findings']} with findings ({by}), "
        f"{found['unknown']} not fully known, {found['failed']} that could not be audited."
    )


def render_json(found: Report) -> bytes:
    """The report as ``audit.json``."""
    return (json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")


def parse_report(data: bytes, place: str) -> Report:
    """Read an ``audit.json``.

    Args:
        data: its bytes.
        place: its name in messages.

    Raises:
        InputError: it isn't such a report.
    """
    try:
        found = json.loads(data, parse_int=_number)
    except (ValueError, RecursionError):
        raise InputError(f"{place} isn't JSON.") from None
    if not isinstance(found, Mapping) or not isinstance(found.get("tenants"), list):
        raise InputError(f"{place} isn't an audit report: it has no list 'tenants'.")
    version = found.get("schema_version", VERSION)
    if version != VERSION:
        raise InputError(
            f"{place} has the schema version {_describe_version(version)}; this release of the collection supports version {VERSION} only."
        )
    tenants = [parse_tenant(value, f"{place}, tenants[{number}]") for number, value in enumerate(found["tenants"])]
    time = found.get("generated_at")
    return make_report(tenants, as_utc(str(time), f"{place}, generated_at") if time else "")


def _number(digits: str) -> int:
    """Read a number of limited length: a longer one would take quadratic time where Python's own limit is disabled."""
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return int(digits)


def _describe_version(version: Any) -> str:
    return str(version) if isinstance(version, int) else "that isn't a number"
