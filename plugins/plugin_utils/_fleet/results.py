# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what Ansible hands to a callback; releases name things differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.template import Templar

from ...module_utils._tenant.statuses import AUDIT
from .audit_counts import Audit

_SUMMARY_FILE = "rezonate_summary_file"
_WRITES_ITSELF = "rezonate__writes_summary"
# A task of ours says by this variable whom its result is about: `tenant`, where it ends the tenant's work, or `fleet`.
_SPEAKS_FOR = "rezonate__speaks_for"
_APPS = ("rezonate.okta.okta_service_app", "rezonate.okta.okta_api_service_integration")
_REPORT = "rezonate.okta.tenant_report"
_PLAN = "rezonate.okta.tenant_plan"
_SAYING = ("debug", "ansible.builtin.debug", "ansible.legacy.debug", _REPORT)


@dataclass(frozen=True)
class Parts:
    """A result's parts; a hidden one has no values but `censored`."""

    host: str
    task: Any
    values: dict[str, Any]

    @classmethod
    def of(cls, result: Any) -> Parts:
        """Take a result apart: since ansible-core 2.19 its parts have public names."""
        if isinstance(result, cls):
            return result
        if hasattr(result, "result"):
            return cls(result.host.get_name(), result.task, result.result)
        return cls(result._host.get_name(), result._task, result._result)  # noqa: SLF001 - their only names until then

    @property
    def task_id(self) -> str:
        """What tells the task from others."""
        return str(self.task._uuid)  # noqa: SLF001 - it has no other

    @property
    def task_name(self) -> str:
        """The task's name, the role's before it."""
        return str(self.task.get_name()).strip()


def is_changed(parts: Parts) -> bool:
    """Whether the task changed something, or would have."""
    return bool(parts.values.get("changed"))


def message_of(parts: Parts) -> str:
    """Give the sentence of a failure, and which task it is from where that helps."""
    message = parts.values.get("msg")
    if isinstance(message, list):
        message = "\n".join(map(str, message))
    text = str(message).strip() if message else "its result is hidden (no_log)." if "censored" in parts.values else "it failed."
    return f"{parts.task_name.rpartition(' : ')[2]}: {text}"


def report_of(parts: Parts) -> list[str]:
    """Give what a debug task says, or the role's report."""
    if parts.task.action not in _SAYING or parts.values.get("skipped"):
        return []
    message = parts.values.get("msg", [])
    return [str(line) for line in message] if isinstance(message, list) else str(message).splitlines()


def variables_of(owner: Any) -> Mapping[str, Any]:
    """Give the variables that a task or a play was written with."""
    get_vars = getattr(owner, "get_vars", None)
    found = get_vars() if get_vars else {}
    return found if isinstance(found, Mapping) else {}


def speaks_for(task: Any, play: Any) -> str:
    """Say whom a task's result is about: `tenant` where it ends the tenant's work, `fleet`, or nobody in particular."""
    given = variables_of(task).get(_SPEAKS_FOR) or variables_of(play).get(_SPEAKS_FOR)
    return str(given) if given else ""


def is_of_fleet(play: Any) -> bool:
    """Whether a play works on the fleet as a whole, on one host."""
    return bool(variables_of(play).get(_SPEAKS_FOR) == "fleet")


def is_auditing(task: Any) -> bool:
    """Whether the task is part of an audit."""
    return bool(variables_of(task).get("rezonate__work") == AUDIT)


def work_of(parts: Parts) -> str | None:
    """Give the work that the role begins with a tenant; None for any other task."""
    plan = parts.values.get("plan") if parts.task.action == _PLAN else None
    if not isinstance(plan, Mapping) or plan.get("work") == AUDIT:
        return None
    return f"rotate_{plan['options']['rotation']}" if plan["work"] == "rotate" else str(plan["work"])


def audit_of(parts: Parts) -> Audit | None:
    """Give what an audit found; None for any other task."""
    return Audit.of(parts.values.get("tenant")) if parts.task.action == "rezonate.okta.okta_audit_info" else None


def creates(parts: Parts) -> bool:
    """Whether the task made the tenant's app, or reports that the tenant is new."""
    if parts.task.action == _REPORT:
        report = parts.values.get("rezonate")
        return isinstance(report, Mapping) and report.get("status") == "created"
    return parts.task.action in _APPS and parts.values.get("created") is True


def report_data(parts: Parts) -> str | None:
    """Give the file of an audit's report that others can be merged with; None for any other task."""
    files = parts.values.get("files") if parts.task.action == "rezonate.okta.audit_report" else None
    return next((str(file) for file in files if str(file).endswith(".json")), None) if isinstance(files, list) else None


def is_rescued(task: Any) -> bool:
    """Whether the task stands in a block that has a rescue."""
    node, parent = task, getattr(task, "_parent", None)
    while parent is not None:
        if getattr(parent, "rescue", None) and any(_is_same(node, child) for child in parent.block):
            return True
        node, parent = parent, getattr(parent, "_parent", None)
    return False


def summary_path(play: Any, hosts: Sequence[Any]) -> str | None:
    """Give the variable that names the summary's file, as the play or its first host has it; an empty text where there is to be none."""
    manager = play.get_variable_manager()
    variables: dict[str, Any] = manager.get_vars(play=play, host=hosts[0] if hosts else None)
    if variables.get(_WRITES_ITSELF):  # the play of merge_rezonate_results: the summary of a fleet goes there, not that of the play
        return ""
    value = variables.get(_SUMMARY_FILE)
    if not value:
        return None
    return str(Templar(loader=play.get_loader(), variables=variables).template(value))


def _is_same(one: Any, other: Any) -> bool:
    return one is other or getattr(one, "_uuid", one) == getattr(other, "_uuid", other)
