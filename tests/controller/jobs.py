# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of job templates: which hosts each has, and its result. No playbook runs."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import prompts
from .notifications import Notifications
from .objects import Object, Objects
from .updates import previous

FINISHED = "2026-01-01T02:30:00Z"
NO_HOSTS = "ERROR! Specified inventory, host pattern and/or --limit leaves us with no hosts to target."
_NO_REVISION = "The project revision for this job template is unknown due to a failed update."


@dataclass(frozen=True)
class Outcome:
    """The result of a playbook.

    Args:
        status: `successful` or `failed`.
        output: what it prints.
        artifacts: what it sets with `set_stats`.
    """

    status: str = "successful"
    output: str = ""
    artifacts: Mapping[str, Any] = field(default_factory=dict)


def select(hosts: Iterable[str], limit: str | None) -> list[str]:
    """Return the hosts that a limit selects; all without one. Groups are not modelled, except `all`."""
    known, chosen, given = sorted(hosts), set[str](), [one for one in re.split(r"[,:\s]+", limit or "") if one]
    if not any(one[0] not in "!&" for one in given):
        chosen.update(known)
    for pattern in sorted(given, key=lambda one: "&!".find(one[0])):
        matching = set(known) if pattern.lstrip("!&") == "all" else set(fnmatch.filter(known, pattern.lstrip("!&")))
        if pattern[0] == "!":
            chosen -= matching
        else:
            chosen = chosen & matching if pattern[0] == "&" else chosen | matching
    return sorted(chosen)


def variables(template: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the extra variables: those of the template, the default answers of its survey, and the given ones."""
    return {**json.loads(template.get("extra_vars") or "{}"), **prompts.defaults(template), **given}


class Jobs:
    """The jobs of job templates. A job is finished at once.

    `play` gives its result, and gets its record; tests replace it. It isn't called for a job that fails before its playbook starts.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.notifications = Notifications(objects)
        self.play: Callable[[Object], Outcome] = _succeed

    def launch(self, template: Object, given: Mapping[str, Any]) -> tuple[str, Object]:
        """Run a job template with the prompts that it accepts; return the kind and the record of the job.

        The hosts that are known before the inventory is synced determine the number of slices.
        """
        inventory = given.get("inventory", template["inventory"])
        wanted = given.get("job_slice_count", template["job_slice_count"])
        count = min(wanted, len(self._objects.updates.hosts.get(inventory, [])))
        failure = self._sync(template, inventory)
        fields = {"inventory": inventory, "limit": given.get("limit", template["limit"]) or "", "failure": failure}
        fields["job_type"] = given.get("job_type", template["job_type"])
        fields["extra_vars"] = json.dumps(variables(template, given.get("extra_vars") or {}))
        if count < 2:
            return "jobs", self._run(template, 1, 0, fields)
        return "workflow_jobs", self._run_slices(template, count, fields)

    def _run_slices(self, template: Object, count: int, fields: Mapping[str, Any]) -> Object:
        parent = self._objects.add("workflow_jobs", **_record(template), is_sliced_job=True, job_template=template["id"])
        jobs = [self._run(template, count, number, {**fields, "workflow_job": parent["id"]}) for number in range(1, count + 1)]
        failed = any(job["failed"] for job in jobs)
        artifacts = {name: value for job in jobs for name, value in job["artifacts"].items()}
        limits = {name: fields[name] for name in ("inventory", "limit", "extra_vars")}
        return finish(parent, "failed" if failed else "successful", artifacts=artifacts, **limits)

    def _run(self, template: Object, count: int, number: int, fields: Mapping[str, Any]) -> Object:
        """Run one job: the inventory is sliced first, and the limit holds within the slice."""
        known = sorted(self._objects.updates.hosts.get(fields["inventory"], []))
        part = known[number - 1 :: count] if number else known
        hosts = select(part, fields["limit"])
        record = {**_record(template), "job_template": template["id"], "playbook": template["playbook"]}
        given = {name: value for name, value in fields.items() if name != "failure"}
        job = self._objects.add("jobs", **record, **given, job_slice_count=count, job_slice_number=number, hosts=hosts)
        self.notifications.send("job_templates", template, "started", job)
        prevented = bool(fields["failure"]) or (bool(part) and not hosts)
        outcome = Outcome("failed", "" if fields["failure"] else NO_HOSTS) if prevented else self.play(job)
        finish(job, outcome.status, output=outcome.output, artifacts=dict(outcome.artifacts), job_explanation=fields["failure"])
        self.notifications.finished("job_templates", template, job)
        return job

    def _sync(self, template: Object, inventory: int | None) -> str:
        """Update the project and the inventory, if that is due at a launch; return why the job can't start."""
        updates, project = self._objects.updates, self._objects.get("projects", template["project"])
        done = [updates.sync_project(project)] if project["scm_update_on_launch"] else []
        for source in self._objects.all("inventory_sources"):
            if source["inventory"] == inventory and source["update_on_launch"]:
                number = source["source_project"]
                done.append(updates.sync_inventory(source, self._objects.get("projects", number) if number else None))
        failed = next((one for one in done if one["failed"]), None)
        if failed:
            return previous(failed)
        return "" if updates.playbooks(project["id"]) else _NO_REVISION


def _succeed(job: Object) -> Outcome:
    return Outcome()


def _record(template: Object) -> Object:
    started = {"name": template["name"], "status": "running", "failed": False, "finished": None, "job_explanation": ""}
    return {**started, "unified_job_template": template["id"], "output": "", "artifacts": {}}


def finish(record: Object, status: str, **fields: Any) -> Object:
    """Finish a job of any kind."""
    record.update(status=status, failed=status != "successful", finished=FINISHED, **fields)
    return record
