# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the module ``audit_report``: read the existing ones, plan all three, write those that change."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .._core.errors import FindingsError, InputError, StateError
from .._core.spec import Call, Outcome
from .._vault.locked_file import FILE_MODE, LockedFile, Snapshot
from .fleet_report import (
    NEVER,
    Report,
    exceeds,
    join_audits,
    join_run,
    make_report,
    parse_report,
    render_json,
    summary_sentence,
    tenant_key,
)
from .html_page import PageSource, render_page
from .junit import render_junit
from .schema import Tenant, as_utc, parse_tenant

PAGE, DATA, JUNIT = "audit.html", "audit.json", "audit.junit.xml"
# The report of a thousand tenants has a few MB.
_MAX_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class ReportRequest:
    """The options of the module.

    Args:
        directory: the absolute path of the report's directory.
        tenants: the tenants of this run.
        merge: the paths of other reports.
        generated_at: the time of the report; an otherwise unchanged report keeps its time.
    """

    directory: str
    tenants: tuple[Tenant, ...]
    merge: tuple[str, ...]
    generated_at: str

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> ReportRequest:
        """Read the options."""
        tenants = [parse_tenant(value, f"tenants[{number}]") for number, value in enumerate(params["tenants"] or [])]
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        return cls(
            directory=_absolute(params["path"], "path", "a directory"),
            tenants=tuple(join_run(tenants)),
            merge=tuple(_absolute(path, "merge", "a file") for path in params["merge"] or []),
            generated_at=as_utc(params["generated_at"] or now, "generated_at"),
        )


@dataclass(frozen=True)
class ReportPlan:
    """The existing report and the planned one.

    Args:
        before: the existing report; None if there is none.
        after: the planned report.
        contents: the planned content of each file.
        snapshots: the existing files.
    """

    before: Report | None
    after: Report
    contents: Mapping[str, bytes]
    snapshots: Mapping[str, Snapshot]

    @property
    def writes(self) -> tuple[str, ...]:
        """The files whose content changes."""
        return tuple(name for name, content in self.contents.items() if self.snapshots[name].data != content)

    @property
    def repairs(self) -> tuple[str, ...]:
        """The files whose permissions must be corrected."""
        return tuple(name for name in self.contents if name not in self.writes and self.snapshots[name].mode != FILE_MODE)

    @property
    def changes(self) -> bool:
        """Whether anything changes."""
        return bool(self.writes or self.repairs)


def write_audit_reports(call: Call, source: PageSource) -> Outcome:
    """Run the module `audit_report`.

    Args:
        call: the options.
        source: the sources of the HTML page.
    """
    request = ReportRequest.from_params(call.params)
    files = {name: LockedFile(os.path.join(request.directory, name), _MAX_BYTES) for name in (PAGE, JUNIT, DATA)}
    plan = _read_and_plan(request, files, source)
    if not call.check_mode:
        plan = _apply(call, request, plan, files, source)
    paths = sorted(file.path for file in files.values())
    found = plan.after["summary"]
    message = f"{summary_sentence(found)} Report: {paths[0]}"
    values = {"summary": found, "files": paths, "msg": message}
    if exceeds(found, call.params.get("fail_on") or NEVER):
        raise FindingsError(message, {**values, "changed": plan.changes})
    return Outcome(plan.changes, values, *_diff(request, plan))


def _absolute(path: str, option: str, what: str) -> str:
    expanded = os.path.expanduser(path)
    if not path or "\0" in path or expanded.startswith("~"):
        raise InputError(f"'{option}' must be the path of {what}, and a user named after '~' must exist.")
    return os.path.abspath(expanded)


def _read_and_plan(request: ReportRequest, files: Mapping[str, LockedFile], source: PageSource) -> ReportPlan:
    slices = [_read_slice(path) for path in request.merge]
    return _plan(request, slices, {name: file.read() for name, file in files.items()}, source)


def _read_slice(path: str) -> Report:
    try:
        with open(path, "rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise StateError(f"'merge': {path} can't be read: {error.strerror or type(error).__name__}; nothing was written.") from error
    if len(data) > _MAX_BYTES:
        raise InputError(f"'merge': {path} is larger than {_MAX_BYTES} bytes.")
    return parse_report(data, f"'merge': {path}")


def _plan(request: ReportRequest, slices: list[Report], snapshots: Mapping[str, Snapshot], source: PageSource) -> ReportPlan:
    """Plan the files; a pure function of the existing files and the request."""
    data = snapshots[DATA].data
    before = None if data is None else _parse_existing(data, os.path.join(request.directory, DATA))
    merged = [one for found in slices for one in found["tenants"]]
    after = make_report(join_audits([*merged, *request.tenants]), request.generated_at)
    if before and before["generated_at"] and before["tenants"] == after["tenants"]:
        # the same results at a later time are no change
        after = {**after, "generated_at": before["generated_at"]}
    return ReportPlan(before, after, {PAGE: render_page(source, after), JUNIT: render_junit(after), DATA: render_json(after)}, snapshots)


def _parse_existing(data: bytes, path: str) -> Report:
    """Read the existing report; other tools may have files named audit.json, too."""
    try:
        return parse_report(data, path)
    except InputError as error:
        raise StateError(f"{error} Nothing was written: move this file away or set another 'path'.") from None


def _apply(call: Call, request: ReportRequest, plan: ReportPlan, files: Mapping[str, LockedFile], source: PageSource) -> ReportPlan:
    """Write the files; returns the plan that was applied."""
    if plan.writes:
        # The holder of this lock writes the report. The data are written last: they decide whether the next run writes anything.
        with files[DATA].locked() as slot:
            # planned again, since another run may have written the report, or one of the slices, meanwhile
            plan = _read_and_plan(request, files, source)
            for name in plan.writes:
                if name == DATA:
                    slot.replace(plan.contents[DATA], plan.snapshots[DATA], call.before_write)
                    continue
                with files[name].locked() as other:
                    other.replace(plan.contents[name], files[name].read(), call.before_write)
    for name, file in files.items():
        if name not in plan.writes:
            file.remove_leftovers()
        if name in plan.repairs:
            call.before_write()
            file.repair_permissions()
    return plan


def _diff(request: ReportRequest, plan: ReportPlan) -> tuple[dict[str, Any], dict[str, Any]]:
    """The changes as counts for diff mode: thousands of findings would be unreadable."""
    old = {tenant_key(one): one for one in plan.before["tenants"]} if plan.before else {}
    new = {tenant_key(one): one for one in plan.after["tenants"]}
    before: dict[str, Any] = {"path": request.directory, "summary": plan.before["summary"] if plan.before else None}
    after: dict[str, Any] = {"path": request.directory, "summary": plan.after["summary"]}
    if plan.changes:
        after |= {
            "files_written": len(plan.writes),
            "modes_repaired": len(plan.repairs),
            "tenants_added": len(new.keys() - old.keys()),
            "tenants_changed": sum(1 for name in new.keys() & old.keys() if new[name] != old[name]),
            "tenants_removed": len(old.keys() - new.keys()),
        }
    return before, after
