# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Launches: the requests that start jobs, decide approvals and read results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from . import prompts
from .jobs import Jobs
from .objects import Object, Objects, RefusedError
from .workflows import Workflows

_TEXTS = ("limit", "job_tags", "skip_tags", "scm_branch")
_COUNTS = ("job_slice_count", "forks", "verbosity", "timeout")


class Launches:
    """All jobs of a controller."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.jobs = Jobs(objects)
        self.workflows = Workflows(objects, self.jobs)

    def launch(self, kind: str, number: int, body: Mapping[str, Any] | None) -> tuple[str, Object, dict[str, Any]]:
        """Launch a template; return the kind and the record of the job, and the ignored fields."""
        template = self._objects.get(kind, number)
        given, ignored = _accepted(template, body or {})
        missing = prompts.answer_errors(template, given.get("extra_vars") or {}, required=True)
        if missing:
            raise RefusedError(400, {"variables_needed_to_start": missing})
        return (*self._start(kind, template, given), ignored)

    def run_schedule(self, name: str) -> tuple[str, Object]:
        """Launch what a schedule runs, with its prompts."""
        schedule = self._objects.one("schedules", name)
        template = next(one for one in self._objects.all("unified_job_templates") if one["id"] == schedule["unified_job_template"])
        given = {one: schedule[one] for one in prompts.PROMPTS if schedule.get(one)}
        return self._start(f"{template['type']}s", template, {**given, "extra_vars": schedule["extra_data"] or {}})

    def form(self, kind: str, number: int) -> dict[str, Any]:
        """Return what a template needs at its launch."""
        template = self._objects.get(kind, number)
        needed = [name for name, one in prompts.questions(template).items() if one["required"]]
        asked = {name: value for name, value in template.items() if name.startswith("ask_")}
        return {**asked, "survey_enabled": template["survey_enabled"], "variables_needed_to_start": needed}

    def nodes(self, number: int, wanted: Mapping[str, str], prefix: str) -> list[Object]:
        """Return the nodes of a workflow's job, with summaries of their jobs."""
        self._objects.get("workflow_jobs", number)
        found = []
        for node in self.workflows.nodes(number):
            job = self.workflows.job_of(node)
            shown = {**node, "summary_fields": {}, "related": {}}
            if job:
                shown["summary_fields"] = {"job": {name: job[name] for name in ("id", "name", "status", "failed")}}
                shown["related"] = {"job": f"{prefix}v2/{node['job_kind']}/{node['job']}/"}
            if wanted.get("job__name") in (None, job["name"] if job else ""):
                found.append(shown)
        return found

    def _start(self, kind: str, template: Object, given: Mapping[str, Any]) -> tuple[str, Object]:
        if kind == "workflow_job_templates":
            return "workflow_jobs", self.workflows.launch(template, given)
        if given.get("inventory", template["inventory"]) is None:
            raise RefusedError(400, {"inventory": ["Job Template 'inventory' is missing or undefined."]})
        return self.jobs.launch(template, given)


def _accepted(template: Object, body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the prompts that a template accepts, and those that it ignores."""
    _check_types(body)
    variables = _mapping(body.get("extra_vars") or {})
    questions = prompts.questions(template)
    kept = {name: value for name, value in variables.items() if name in questions or prompts.asks(template, "extra_vars")}
    given = {name: str(value) if name in _TEXTS else value for name, value in body.items() if prompts.asks(template, name)}
    ignored = {name: value for name, value in body.items() if name not in given and name != "extra_vars"}
    left = {name: value for name, value in variables.items() if name not in kept}
    return {**given, "extra_vars": kept}, {**ignored, **({"extra_vars": left} if left else {})}


def _check_types(body: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    for name in _TEXTS:
        if not isinstance(body.get(name, ""), (str, int)) or isinstance(body.get(name), bool):
            wrong[name] = ["Not a valid string."]
    for name in _COUNTS:
        if not isinstance(body.get(name, 0), int):
            wrong[name] = ["A valid integer is required."]
        elif body.get(name, 0) < 0:
            wrong[name] = ["Ensure this value is greater than or equal to 0."]
    if wrong:
        raise RefusedError(400, wrong)


def _mapping(value: Any) -> dict[str, Any]:
    try:
        read = yaml.safe_load(value) if isinstance(value, str) else value
    except yaml.YAMLError:
        read = None
    if not isinstance(read, dict):
        raise RefusedError(400, {"extra_vars": ["Must be valid JSON or YAML."]})
    return read
