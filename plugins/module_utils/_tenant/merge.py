# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The merged results of a fleet: what its jobs published about each tenant, counted and put into sentences."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import InputError
from .results import AUDIT_PREFIX, WORK_PREFIX
from .statuses import AUDIT, CHANGED, CLEAN, CREATED, FAILED, FINDINGS, LABELS, UNCHANGED, UNFINISHED, UNKNOWN, of_change

_LABELS = {**LABELS, FAILED: "that could not be audited", UNFINISHED: "of which nothing was told"}
_TIME = re.compile(r"^(.{10}) (.{8}).*")  # as ansible-core prints a time that it made of a text


@dataclass(frozen=True)
class Work:
    """The published result of work on a tenant.

    Args:
        work: what was done, such as ``onboard`` or ``rotate_prepare``.
        status: the tenant's status after it.
        message: the first sentence of its report.
        at: when it was published.
    """

    work: str
    status: str
    message: str | None
    at: str

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Work:
        """Read an artifact; one of an earlier release has no status."""
        work, message = str(value.get("work") or ""), value.get("says")
        is_changed = str(value.get("changed")).lower() == "true"
        status = str(value.get("status"))
        if status not in LABELS:
            status = of_change(work, created=False, check=False) if is_changed else UNCHANGED
        return cls(work, status, None if message is None else str(message), _TIME.sub(r"\1T\2Z", str(value["at"])))


@dataclass(frozen=True)
class Result:
    """The merged result of one tenant.

    Args:
        status: its status.
        message: why it failed, what was found, or the first sentence of its report.
    """

    status: str
    message: str | None = None


@dataclass(frozen=True)
class Artifacts:
    """All that was published, also about tenants that are no hosts here; by the tenants' store keys."""

    works: Mapping[str, Work]
    audits: Mapping[str, Mapping[str, Any]]

    def works_of(self, key: str) -> set[str]:
        """What was published about a tenant: the work that was done, and whether it was audited."""
        found = {self.works[key].work} - {""} if key in self.works else set()
        return found | ({AUDIT} if key in self.audits else set())

    def result(self, key: str) -> Result:
        """Merge what was published about a tenant: what an audit complains about wins over what work has changed."""
        work, audit = self.works.get(key), self.audits.get(key) or {}
        status = str(audit.get("status"))
        if status not in (FAILED, FINDINGS) and work is not None:
            status = work.status
        elif status not in (FAILED, FINDINGS, UNKNOWN):
            status = CLEAN
        return Result(status, audit.get("error") or _findings(audit) or (work.message if work else None))


def _findings(audit: Mapping[str, Any]) -> str | None:
    if audit.get("status") != FINDINGS:
        return None
    found = audit.get("findings")
    ids = [str(finding.get("id")) for finding in found if isinstance(finding, Mapping)] if isinstance(found, list) else []
    return f"Findings: {', '.join(ids)}."


def collect_artifacts(variables: Mapping[str, Any]) -> Artifacts:
    """Read the artifacts among some variables.

    Raises:
        InputError: one isn't what was published.
    """
    works: dict[str, Work] = {}
    audits: dict[str, Mapping[str, Any]] = {}
    # works first, whatever the order of the variables
    for name, value in sorted(variables.items(), key=lambda item: (not item[0].startswith(WORK_PREFIX), item[0])):
        if name.startswith(WORK_PREFIX):
            if not isinstance(value, Mapping) or value.get("at") is None:
                raise _foreign(name)
            works[name.removeprefix(WORK_PREFIX)] = Work.of(value)
        elif name.startswith(AUDIT_PREFIX):
            audits[name.removeprefix(AUDIT_PREFIX)] = _audit(name, value)
    return Artifacts(works, audits)


def _audit(name: str, value: Any) -> Mapping[str, Any]:
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        raise _foreign(name)
    return found


def _foreign(name: str) -> InputError:
    return InputError(f"{name} isn't what the playbook rezonate.okta.publish_rezonate_results told: hand its artifacts on as they are.")


@dataclass(frozen=True)
class Fleet:
    """The tenants of a play, and what was published about them.

    Args:
        keys: each host, and its tenant's store key; None where its settings can't be resolved.
        artifacts: what was published.
        required: what must have been published about each tenant; empty for what was published last, and audits if there are any.
    """

    keys: Mapping[str, str | None]
    artifacts: Artifacts
    required: Sequence[str] = ()

    @property
    def expected(self) -> list[str]:
        """What must have been published about each tenant; nothing is known of that where nothing was published."""
        if self.required:
            return list(self.required)
        works = sorted(self.artifacts.works.values(), key=lambda work: work.at)
        return [*(work.work for work in works[-1:]), *([AUDIT] if self.artifacts.audits else [])]

    @property
    def missing(self) -> list[str]:
        """The hosts about which not all that is expected was published."""
        expected = set(self.expected)
        return [host for host, key in self.keys.items() if key is None or not expected or not expected <= self.artifacts.works_of(key)]

    @property
    def results(self) -> dict[str, Result]:
        """The result of each host; those without results last."""
        missing = self.missing
        complete = {host: self.artifacts.result(key) for host, key in self.keys.items() if key is not None and host not in missing}
        return {**complete, **{host: Result(UNFINISHED) for host in missing}}


def failure(fleet: Fleet) -> str:
    """Name the hosts without results, and how to repeat their jobs; empty where there are none."""
    if not fleet.missing:
        return ""
    expected = f" ({', '.join(fleet.expected)})" if fleet.expected else ""
    return (
        f"Nothing was told of {len(fleet.missing)} tenant{'' if len(fleet.missing) == 1 else 's'}{expected}: their jobs failed or were"
        f" cancelled. Repeat only these: --limit {','.join(fleet.missing)}"
    )


def sentences(fleet: Fleet) -> list[str]:
    """Give the results in numbers, for people."""
    counts = _counts(fleet.results.values())
    figures = [f"{counts[status]} {label}" for status, label in _LABELS.items() if counts[status] or status in (FAILED, UNFINISHED)]
    missing = failure(fleet)
    return [f"Tenants: {len(fleet.keys)}, of these {', '.join(figures)}.", *([missing] if missing else [])]


def summary(fleet: Fleet, now: str) -> dict[str, Any]:
    """Give the summary, of the form that the fleet's callback writes.

    Args:
        fleet: the tenants.
        now: the time, in ISO 8601.
    """
    results, limit = fleet.results, ",".join(fleet.missing) or None
    counts = _counts(results.values())
    times = [work.at for work in fleet.artifacts.works.values()]
    times += [str(audit["audited_at"]) for audit in fleet.artifacts.audits.values() if audit.get("audited_at")]
    return {
        "started": min(times, default=None),
        "ended": now,
        "interrupted": False,
        "playbook": "rezonate.okta.merge_rezonate_results",
        "tenants": {
            "total": len(results),
            "onboarded": counts[CREATED] + counts[CHANGED],
            **{status: counts[status] for status in (UNCHANGED, FAILED, UNFINISHED)},
            **({FINDINGS: counts[FINDINGS]} if counts[FINDINGS] else {}),
        },
        "statuses": {status: counts[status] for status in LABELS if counts[status]},
        "causes": _causes(results),
        "repeat": f"--limit {limit}" if limit else None,
        "limit": limit,
        "results": {host: {"status": one.status, "seconds": None, "message": one.message} for host, one in results.items()},
    }


def _counts(results: Iterable[Result]) -> Counter[str]:
    return Counter(result.status for result in results)


def _causes(results: Mapping[str, Result]) -> list[dict[str, Any]]:
    """The sentences of failures in the order of the alphabet, each with its hosts."""
    found: dict[str, list[str]] = {}
    for host, result in results.items():
        if result.status == FAILED:
            found.setdefault(result.message or "", []).append(host)
    return [{"message": message, "tenants": found[message]} for message in sorted(found)]
