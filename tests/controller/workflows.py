# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of workflows: their nodes, approvals and queues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import prompts
from .jobs import Jobs, finish, variables
from .links import LINKS, to_follow
from .objects import Object, Objects, RefusedError

_KINDS = ("job_templates", "workflow_approval_templates", "projects", "inventory_sources")
# Fields of a node that its job template must prompt for.
_PROMPTED = ("limit", "job_slice_count", "job_type")
_DECIDED = "This workflow step has already been approved or denied."


class Workflows:
    """The jobs of workflow job templates. Each advances until an approval is pending, or to its end."""

    def __init__(self, objects: Objects, jobs: Jobs) -> None:
        self._objects, self._jobs = objects, jobs
        self._clock = 0.0

    def launch(self, template: Object, given: Mapping[str, Any]) -> Object:
        """Launch a workflow with the prompts that it accepts.

        It waits for the previous one, unless simultaneous jobs are allowed. A given limit, an empty one too, overrides those of its
        workflow and of the job templates; otherwise theirs hold.
        """
        job = self._objects.add(
            "workflow_jobs",
            name=template["name"],
            unified_job_template=template["id"],
            workflow_job_template=template["id"],
            is_sliced_job=False,
            status="pending",
            failed=False,
            finished=None,
            job_explanation="",
            output="",
            artifacts={},
            limit=given.get("limit", template["limit"]),
            extra_vars=json.dumps(variables(template, given.get("extra_vars") or {})),
        )
        self._copy_nodes(job)
        active = [one for one in self._of(template) if one["status"] in ("running", "pending") and one["id"] != job["id"]]
        if active and not template["allow_simultaneous"]:
            job["job_explanation"] = f"waiting for workflowjob-{active[0]['id']} to finish"
            return job
        self._advance(job)
        return job

    def decide(self, number: int, *, approved: bool, timed_out: bool = False) -> None:
        """Approve or deny a pending approval, and continue its workflow."""
        approval = self._objects.get("workflow_approvals", number)
        if approval["status"] != "pending":
            raise RefusedError(400, {"error": _DECIDED})
        finish(approval, "successful" if approved else "failed", timed_out=timed_out)
        self._advance(self._objects.get("workflow_jobs", approval["workflow_job"]))

    def pass_time(self, seconds: float) -> None:
        """Let time pass: approvals whose timeout ends are denied."""
        self._clock += seconds
        for approval in self._objects.all("workflow_approvals"):
            if approval["status"] == "pending" and approval["timeout"] and self._clock >= approval["since"] + approval["timeout"]:
                self.decide(approval["id"], approved=False, timed_out=True)

    def nodes(self, job: int) -> list[Object]:
        """Return the nodes of a workflow's job."""
        return [one for one in self._objects.held.get("workflow_job_nodes", {}).values() if one["workflow_job"] == job]

    def job_of(self, node: Mapping[str, Any]) -> Object | None:
        """Return the job of a node, if it has started."""
        if node["job"] is None:
            return None
        kind, number = node["job_kind"], node["job"]
        updates = self._objects.updates.records
        return updates[kind][number] if kind in updates else self._objects.get(kind, number)

    def _of(self, template: Object) -> list[Object]:
        jobs = self._objects.held.get("workflow_jobs", {}).values()
        return [one for one in jobs if one.get("workflow_job_template") == template["id"]]

    def _copy_nodes(self, job: Object) -> None:
        copies: dict[int, Object] = {}
        for node in list(self._objects.all("workflow_job_template_nodes")):
            if node["workflow_job_template"] == job["workflow_job_template"]:
                same = {name: node.get(name) for name in ("identifier", "unified_job_template", "extra_data", *_PROMPTED)}
                same.update(workflow_job=job["id"], job=None, job_kind="", do_not_run=False)
                copies[node["id"]] = self._objects.add("workflow_job_nodes", **same)
        for original, copied in copies.items():
            copied.update({link: [copies[one]["id"] for one in self._objects.following(original, link)] for link in LINKS})

    def _advance(self, job: Object) -> None:
        job.update(status="running", job_explanation="")
        while ready := self._ready(job):
            for node in ready:
                self._start(job, node)
        nodes = self.nodes(job["id"])
        if all(node["do_not_run"] or (self.job_of(node) or {}).get("finished") for node in nodes):
            finish(job, "failed" if any(map(self._fails, nodes)) else "successful")
            template = self._objects.get("workflow_job_templates", job["workflow_job_template"])
            self._jobs.notifications.finished("workflow_job_templates", template, job)
            waiting = next((one for one in self._of(template) if one["status"] == "pending"), None)
            if waiting:
                self._advance(waiting)

    def _fails(self, node: Object) -> bool:
        """Return whether a node fails its workflow: it failed, and no link handles that."""
        job = self.job_of(node)
        return bool(job and job["failed"] and not node["failure_nodes"] and not node["always_nodes"])

    def _ready(self, workflow: Object) -> list[Object]:
        """Return the nodes that can start, and mark those that never will."""
        nodes = self.nodes(workflow["id"])
        while True:
            open_nodes = [one for one in nodes if one["job"] is None and not one["do_not_run"]]
            leads = {one["id"]: self._leads_to(one, nodes) for one in open_nodes}
            unreachable = [one for one in open_nodes if leads[one["id"]] is False]
            if not unreachable:
                return [one for one in open_nodes if leads[one["id"]]]
            for node in unreachable:
                node["do_not_run"] = True

    def _leads_to(self, node: Object, nodes: list[Object]) -> bool | None:
        """Return whether a finished node leads to a node; None as long as it isn't known."""
        parents = [one for one in nodes if any(node["id"] in one[link] for link in LINKS)]
        jobs = [(one, self.job_of(one)) for one in parents if not one["do_not_run"]]
        if not all(job and job["finished"] for _parent, job in jobs):
            return None
        return not parents or any(_leads(one, node["id"], job["status"]) for one, job in jobs if job)

    def _start(self, workflow: Object, node: Object) -> None:
        number = node["unified_job_template"]
        kind = next(one for one in _KINDS if number in self._objects.held.get(one, {}))
        template = self._objects.get(kind, number)
        node["job_kind"], made = self._run(kind, template, workflow, node)
        node["job"] = made["id"]

    def _run(self, kind: str, template: Object, workflow: Object, node: Object) -> tuple[str, Object]:
        if kind == "projects":
            return "project_updates", self._objects.updates.sync_project(template)
        if kind == "inventory_sources":
            project = template["source_project"]
            return "inventory_updates", self._objects.updates.sync_inventory(template, project and self._objects.get("projects", project))
        if kind == "workflow_approval_templates":
            return "workflow_approvals", self._request_approval(template, workflow)
        given: dict[str, Any] = {name: node[name] for name in _PROMPTED if node.get(name)}
        if workflow["limit"] is not None:
            given["limit"] = workflow["limit"]
        given = {name: value for name, value in given.items() if prompts.asks(template, name)}
        answers = {**self._artifacts(node), **(node["extra_data"] or {}), **json.loads(workflow["extra_vars"])}
        return self._jobs.launch(template, {**given, "extra_vars": answers})

    def _artifacts(self, node: Object) -> dict[str, Any]:
        """Return the artifacts of all nodes before a node."""
        before = [one for one in self.nodes(node["workflow_job"]) if any(node["id"] in one[link] for link in LINKS)]
        merged: dict[str, Any] = {}
        for one in before:
            merged.update(self._artifacts(one))
            merged.update((self.job_of(one) or {}).get("artifacts") or {})
        return merged

    def _request_approval(self, template: Object, workflow: Object) -> Object:
        record = {"status": "pending", "failed": False, "finished": None, "job_explanation": "", "timed_out": False}
        described = {name: template[name] for name in ("name", "description", "timeout")}
        belongs = {"unified_job_template": template["id"], "workflow_job": workflow["id"], "since": self._clock}
        approval = self._objects.add("workflow_approvals", **record, **described, **belongs)
        owner = self._objects.get("workflow_job_templates", workflow["workflow_job_template"])
        self._jobs.notifications.send("workflow_job_templates", owner, "approvals", approval)
        return approval


def _leads(parent: Mapping[str, Any], node: int, status: str) -> bool:
    return any(follows and node in parent[link] for link, follows in to_follow(status).items())
