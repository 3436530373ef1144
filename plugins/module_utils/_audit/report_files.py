# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of the module ``audit_report``: read what is there, plan three files, write those that differ."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .._core.errors import FindingsError, InputError, StateError
from .._core.spec import Call, Outcome
from .._vault.locked_file import FILE_MODE, LockedFile, Snapshot
from .fleet_report import NEVER, Report, as_json, exceeds, identity, joined, of_one_run, parsed, report, sentence
from .html_page import PageSource, page
from .junit import junit
from .schema import Tenant, as_utc, tenant

PAGE, DATA, JUNIT = "audit.html", "audit.json", "audit.junit.xml"
# Of a thousand tenants it is a few MB.
_MAX_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Wanted:
    """What the user asks for.

    Args:
        directory: where the files are, absolute.
        tenants: the tenants of this run.
        merge: other reports.
        generated_at: what the report says of its time, unless only that would change.
    """

    directory: str
    tenants: tuple[Tenant, ...]
    merge: tuple[str, ...]
    generated_at: str

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Wanted:
        """Take the options over."""
        tenants = [tenant(value, f"tenants[{number}]") for number, value in enumerate(params["tenants"] or [])]
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        return cls(
            directory=_absolute(params["path"], "path", "a directory"),
            tenants=tuple(of_one_run(tenants)),
            merge=tuple(_absolute(path, "merge", "a file") for path in params["merge"] or []),
            generated_at=as_utc(params["generated_at"] or now, "generated_at"),
        )


@dataclass(frozen=True)
class Plan:
    """What there is, and what to do about it.

    Args:
        before: the report that is there; None if there is none.
        after: the report as it is to be.
        contents: the files as they are to be.
        snapshots: the files as they are.
    """

    before: Report | None
    after: Report
    contents: Mapping[str, bytes]
    snapshots: Mapping[str, Snapshot]

    @property
    def writes(self) -> tuple[str, ...]:
        """The files that get a new content."""
        return tuple(name for name, content in self.contents.items() if self.snapshots[name].data != content)

    @property
    def repairs(self) -> tuple[str, ...]:
        """The files that others can get at, or their owner can't."""
        return tuple(name for name in self.contents if name not in self.writes and self.snapshots[name].mode != FILE_MODE)

    @property
    def changes(self) -> bool:
        """Whether anything happens at all."""
        return bool(self.writes or self.repairs)


def write_audit_reports(call: Call, source: PageSource) -> Outcome:
    """Do what the module's options ask for.

    Args:
        call: the options.
        source: what the page is made of.
    """
    wanted = Wanted.of(call.params)
    files = {name: LockedFile(os.path.join(wanted.directory, name), _MAX_BYTES) for name in (PAGE, JUNIT, DATA)}
    plan = _read_and_plan(wanted, files, source)
    if not call.check_mode:
        plan = _apply(call, wanted, plan, files, source)
    paths = sorted(file.path for file in files.values())
    found = plan.after["summary"]
    message = f"{sentence(found)} Report: {paths[0]}"
    values = {"summary": found, "files": paths, "msg": message}
    if exceeds(found, call.params.get("fail_on") or NEVER):
        raise FindingsError(message, {**values, "changed": plan.changes})
    return Outcome(plan.changes, values, *_difference(wanted, plan))


def _absolute(path: str, option: str, what: str) -> str:
    expanded = os.path.expanduser(path)
    if not path or "\0" in path or expanded.startswith("~"):
        raise InputError(f"'{option}' has to be the path of {what}, and a user named after '~' has to exist.")
    return os.path.abspath(expanded)


def _read_and_plan(wanted: Wanted, files: Mapping[str, LockedFile], source: PageSource) -> Plan:
    slices = [_read_slice(path) for path in wanted.merge]
    return _plan(wanted, slices, {name: file.read() for name, file in files.items()}, source)


def _read_slice(path: str) -> Report:
    try:
        with open(path, "rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise StateError(f"'merge': {path} can't be read: {error.strerror or type(error).__name__}; nothing was written.") from error
    if len(data) > _MAX_BYTES:
        raise InputError(f"'merge': {path} is larger than {_MAX_BYTES} bytes.")
    return parsed(data, f"'merge': {path}")


def _plan(wanted: Wanted, slices: list[Report], snapshots: Mapping[str, Snapshot], source: PageSource) -> Plan:
    """Plan the files; a pure function of what is there and what is wanted."""
    data = snapshots[DATA].data
    before = None if data is None else _own(data, os.path.join(wanted.directory, DATA))
    merged = [one for found in slices for one in found["tenants"]]
    after = report(joined([*merged, *wanted.tenants]), wanted.generated_at)
    if before and before["generated_at"] and before["tenants"] == after["tenants"]:
        # The same findings a minute later are no other report.
        after = {**after, "generated_at": before["generated_at"]}
    return Plan(before, after, {PAGE: page(source, after), JUNIT: junit(after), DATA: as_json(after)}, snapshots)


def _own(data: bytes, path: str) -> Report:
    """Read the report that is there; other tools call their files audit.json as well."""
    try:
        return parsed(data, path)
    except InputError as error:
        raise StateError(f"{error} It is left alone and nothing was written: move it away or set another 'path'.") from None


def _apply(call: Call, wanted: Wanted, plan: Plan, files: Mapping[str, LockedFile], source: PageSource) -> Plan:
    """Carry the plan out; give the plan that was carried out in the end."""
    if plan.writes:
        # Whoever holds this lock writes the report. The data come last: they decide whether the next run has anything to do.
        with files[DATA].locked() as slot:
            # Planned anew, for another run may have written the report, or one of the slices, meanwhile.
            plan = _read_and_plan(wanted, files, source)
            for name in plan.writes:
                if name == DATA:
                    slot.replace(plan.contents[DATA], plan.snapshots[DATA], call.before_write)
                    continue
                with files[name].locked() as other:
                    other.replace(plan.contents[name], files[name].read(), call.before_write)
    for name, file in files.items():
        if name not in plan.writes:
            file.sweep()
        if name in plan.repairs:
            call.before_write()
            file.repair()
    return plan


def _difference(wanted: Wanted, plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    """Say what changes in counts: thousands of findings would be nothing to read."""
    old = {identity(one): one for one in plan.before["tenants"]} if plan.before else {}
    new = {identity(one): one for one in plan.after["tenants"]}
    before: dict[str, Any] = {"path": wanted.directory, "summary": plan.before["summary"] if plan.before else None}
    after: dict[str, Any] = {"path": wanted.directory, "summary": plan.after["summary"]}
    if plan.changes:
        after |= {
            "files_written": len(plan.writes),
            "modes_repaired": len(plan.repairs),
            "tenants_added": len(new.keys() - old.keys()),
            "tenants_changed": sum(1 for name in new.keys() & old.keys() if new[name] != old[name]),
            "tenants_removed": len(old.keys() - new.keys()),
        }
    return before, after
