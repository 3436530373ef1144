# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The merged results of a fleet: the published results of its jobs, counted and summarized."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import InputError
from .results import AUDIT_PREFIX, WORK_PREFIX
from .statuses import AUDIT, CHANGED, CLEAN, CREATED, FAILED, FINDINGS, LABELS, UNCHANGED, UNFINISHED, UNKNOWN, status_of_change

_LABELS = {**LABELS, FAILED: "that could not be audited", UNFINISHED: "without results"}
_TIME = re.compile(r"^(.{10}) (.{8}).*")  # the form of a time that ansible-core parsed from a string


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
        """Parse an artifact; one of an earlier release has no status."""
        work, message = str(value.get("work") or ""), value.get("says")
        is_changed = str(value.get("changed")).lower() == "true"
        status = str(value.get("status"))
        if status not in LABELS:
            status = status_of_change(work, created=False, check=False) if is_changed else UNCHANGED
        return cls(work, status, None if message is None else str(message), _TIME.sub(r"\1T\2Z", str(value["at"])))


@dataclass(frozen=True)
class Result:
    """The merged result of one tenant.

    Args:
        status: its status.
        message: the error, the findings, or the first sentence of the report.
    """

    status: str
    message: str | None = None


@dataclass(frozen=True)
class Artifacts:
    """All published results by store key, including those of tenants that aren't hosts of the play."""

    works: Mapping[str, Work]
    audits: Mapping[str, Mapping[str, Any]]

    def works_of(self, key: str) -> set[str]:
        """The kinds of published results of a tenant: its work, and whether it was audited."""
        found = {self.works[key].work} - {""} if key in self.works else set()
        return found | ({AUDIT} if key in self.audits else set())

    def result(self, key: str) -> Result:
        """Merge the results of a tenant: failures and findings of an audit take precedence over the status of work."""
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
    """Collect the artifacts from variables.

    Raises:
        InputError: an artifact is invalid.
    """
    works: dict[str, Work] = {}
    audits: dict[str, Mapping[str, Any]] = {}
    # work before audits, whatever the order of the variables
    for name, value in sorted(variables.items(), key=lambda item: (not item[0].startswith(WORK_PREFIX), item[0])):
        if name.startswith(WORK_PREFIX):
            if not isinstance(value, Mapping) or value.get("at") is None:
                raise _invalid_artifact(name)
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
        raise _invalid_artifact(name)
    return found


def _invalid_artifact(name: str) -> InputError:
    return InputError(f"{name} isn't an artifact of the playbook rezonate.okta.publish_rezonate_results: pass its artifacts on unchanged.")


@dataclass(frozen=True)
class Fleet:
    """The tenants of a play, and their published results.

    Args:
        keys: each host, and its tenant's store key; None where its settings can't be resolved.
        artifacts: the published results.
        required: the results that each tenant must have; empty for the latest work, and an audit if there are any audits.
    """

    keys: Mapping[str, str | None]
    artifacts: Artifacts
    required: Sequence[str] = ()

    @property
    def expected(self) -> list[str]:
        """The results that each tenant must have; empty where nothing was published."""
        if self.required:
            return list(self.required)
        works = sorted(self.artifacts.works.values(), key=lambda work: work.at)
        return [*(work.work for work in works[-1:]), *([AUDIT] if self.artifacts.audits else [])]

    @property
    def missing(self) -> list[str]:
        """The hosts that lack an expected result."""
        expected = set(self.expected)
        return [host for host, key in self.keys.items() if key is None or not expected or not expected <= self.artifacts.works_of(key)]

    @property
    def results(self) -> dict[str, Result]:
        """The result of each host; those without results last."""
        missing = self.missing
        complete = {host: self.artifacts.result(key) for host, key in self.keys.items() if key is not None and host not in missing}
        return {**complete, **{host: Result(UNFINISHED) for host in missing}}


def missing_results_message(fleet: Fleet) -> str:
    """The message that names the hosts without results, and how to repeat their jobs; empty where there are none."""
    if not fleet.missing:
        return ""
    expected = f" ({', '.join(fleet.expected)})" if fleet.expected else ""
    return (
        f"No results for {len(fleet.missing)} tenant{'' if len(fleet.missing) == 1 else 's'}{expected}: their jobs failed or were"
        f" cancelled. Repeat only these: --limit {','.join(fleet.missing)}"
    )


def merge_sentences(fleet: Fleet) -> list[str]:
    """Return the counts of the results as sentences."""
    counts = _counts(fleet.results.values())
    figures = [f"{counts[status]} {label}" for status, label in _LABELS.items() if counts[status] or status in (FAILED, UNFINISHED)]
    missing = missing_results_message(fleet)
    return [f"Tenants: {len(fleet.keys)}, of these {', '.join(figures)}.", *([missing] if missing else [])]


def merge_summary(fleet: Fleet, now: str) -> dict[str, Any]:
    """Return the summary, in the format of the callback C(fleet).

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
    """The messages of failures, sorted, each with its hosts."""
    found: dict[str, list[str]] = {}
    for host, result in results.items():
        if result.status == FAILED:
            found.setdefault(result.message or "", []).append(host)
    return [{"message": message, "tenants": found[message]} for message in sorted(found)]
