# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the objects that Ansible passes to a callback, whose attributes differ between releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.template import Templar

from ...module_utils._tenant.statuses import AUDIT
from .audit_counts import AuditResult

_SUMMARY_FILE = "rezonate_summary_file"
_WRITES_ITSELF = "rezonate__writes_summary"
# With this variable a task or play of the collection sets the subject of its results: `tenant`, if it ends the tenant's work, or `fleet`.
_SUBJECT_VARIABLE = "rezonate__speaks_for"
_APPS = ("rezonate.okta.okta_service_app", "rezonate.okta.okta_api_service_integration")
_REPORT = "rezonate.okta.tenant_report"
_PLAN = "rezonate.okta.tenant_plan"
_REPORTING_ACTIONS = ("debug", "ansible.builtin.debug", "ansible.legacy.debug", _REPORT)


@dataclass(frozen=True)
class TaskResult:
    """The result of a task; a hidden one has only the value `censored`."""

    host: str
    task: Any
    values: dict[str, Any]

    @classmethod
    def of(cls, result: Any) -> TaskResult:
        """Read a result of Ansible; since ansible-core 2.19 its attributes are public."""
        if isinstance(result, cls):
            return result
        if hasattr(result, "result"):
            return cls(result.host.get_name(), result.task, result.result)
        return cls(result._host.get_name(), result._task, result._result)  # noqa: SLF001 - older releases have no others

    @property
    def task_id(self) -> str:
        """The id of the task."""
        return str(self.task._uuid)  # noqa: SLF001 - it has no public one

    @property
    def task_name(self) -> str:
        """The name of the task, with the name of the role."""
        return str(self.task.get_name()).strip()


def has_changed(parts: TaskResult) -> bool:
    """Whether the task changed something, or would change it."""
    return bool(parts.values.get("changed"))


def failure_message(parts: TaskResult) -> str:
    """The message of a failure, with the name of its task."""
    message = parts.values.get("msg")
    if isinstance(message, list):
        message = "\n".join(map(str, message))
    text = str(message).strip() if message else "its result is hidden (no_log)." if "censored" in parts.values else "it failed."
    return f"{parts.task_name.rpartition(' : ')[2]}: {text}"


def report_lines(parts: TaskResult) -> list[str]:
    """The lines of a debug task or of the role's report."""
    if parts.task.action not in _REPORTING_ACTIONS or parts.values.get("skipped"):
        return []
    message = parts.values.get("msg", [])
    return [str(line) for line in message] if isinstance(message, list) else str(message).splitlines()


def own_variables(owner: Any) -> Mapping[str, Any]:
    """The variables in the definition of a task or a play."""
    get_vars = getattr(owner, "get_vars", None)
    found = get_vars() if get_vars else {}
    return found if isinstance(found, Mapping) else {}


def result_subject(task: Any, play: Any) -> str:
    """The subject of a task's result: `tenant` if it ends the tenant's work, `fleet`, or empty."""
    given = own_variables(task).get(_SUBJECT_VARIABLE) or own_variables(play).get(_SUBJECT_VARIABLE)
    return str(given) if given else ""


def is_fleet_play(play: Any) -> bool:
    """Whether a play processes the fleet as a whole, on one host."""
    return bool(own_variables(play).get(_SUBJECT_VARIABLE) == "fleet")


def is_audit_task(task: Any) -> bool:
    """Whether the task is part of an audit."""
    return bool(own_variables(task).get("rezonate__work") == AUDIT)


def started_work(parts: TaskResult) -> str | None:
    """The work that the role starts for a tenant; None for any other task."""
    plan = parts.values.get("plan") if parts.task.action == _PLAN else None
    if not isinstance(plan, Mapping) or plan.get("work") == AUDIT:
        return None
    return f"rotate_{plan['options']['rotation']}" if plan["work"] == "rotate" else str(plan["work"])


def audit_result(parts: TaskResult) -> AuditResult | None:
    """The result of an audit; None for any other task."""
    return AuditResult.of(parts.values.get("tenant")) if parts.task.action == "rezonate.okta.okta_audit_info" else None


def is_creation(parts: TaskResult) -> bool:
    """Whether the task created the tenant's app, or reports that the tenant is new."""
    if parts.task.action == _REPORT:
        report = parts.values.get("rezonate")
        return isinstance(report, Mapping) and report.get("status") == "created"
    return parts.task.action in _APPS and parts.values.get("created") is True


def report_data_file(parts: TaskResult) -> str | None:
    """The data file of an audit report, which can be merged with others; None for any other task."""
    files = parts.values.get("files") if parts.task.action == "rezonate.okta.audit_report" else None
    return next((str(file) for file in files if str(file).endswith(".json")), None) if isinstance(files, list) else None


def is_in_rescued_block(task: Any) -> bool:
    """Whether the task is in a block that has a rescue."""
    node, parent = task, getattr(task, "_parent", None)
    while parent is not None:
        if getattr(parent, "rescue", None) and any(_is_same(node, child) for child in parent.block):
            return True
        node, parent = parent, getattr(parent, "_parent", None)
    return False


def summary_path(play: Any, hosts: Sequence[Any]) -> str | None:
    """The variable with the path of the summary, of the play or its first host; empty if no file must be written."""
    manager = play.get_variable_manager()
    variables: dict[str, Any] = manager.get_vars(play=play, host=hosts[0] if hosts else None)
    if variables.get(_WRITES_ITSELF):  # the play of merge_rezonate_results writes the summary of the fleet to this path
        return ""
    value = variables.get(_SUMMARY_FILE)
    if not value:
        return None
    return str(Templar(loader=play.get_loader(), variables=variables).template(value))


def _is_same(one: Any, other: Any) -> bool:
    return one is other or getattr(one, "_uuid", one) == getattr(other, "_uuid", other)
