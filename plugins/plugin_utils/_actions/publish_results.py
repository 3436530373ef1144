# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``publish_results``: creates artifacts from the registered results of a host."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ...module_utils._core.errors import InputError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.results import Registered, result_artifacts
from .._runner.in_process import InProcessAction
from .._runner.plain_values import plain_value


def artifact_time() -> str:
    """The current time in the format of artifacts."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def artifact_stats(data: Mapping[str, Any]) -> dict[str, Any]:
    """Artifacts in the format of the module set_stats; AWX ignores those of single hosts."""
    return {"data": dict(data), "per_host": False, "aggregate": False}


class PublishResultsAction(InProcessAction):
    """Publishes as the module set_stats does, but its texts are never templated."""

    can_ship = False

    def run_in_process(self, call: Call) -> Outcome:  # noqa: ARG002 - the module has no options
        """Do the module's work."""
        data = host_artifacts(self._variables)
        if not data:
            raise InputError(
                f"There is nothing to publish for {self._variables['inventory_hostname']}: list this playbook after one that onboards,"
                " rotates, offboards or audits, in the same ansible-playbook command."
            )
        return Outcome(values={"ansible_stats": artifact_stats(data)})


def host_artifacts(variables: Mapping[str, Any], audited: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """The artifacts of a host; empty if it has no results.

    Args:
        variables: the host's variables, including those that tasks of the role registered.
        audited: the audit of the current task, in place of a registered one.
    """
    status = _registered_result(variables, "stands")
    lines = [str(line) for line in status.get("msg") or ()]
    report = {**status["rezonate"], "tenant": status["tenant"], "org_url": status["org_url"]} if "rezonate" in status else {}
    audit = audited or _registered_result(variables, "audit").get("tenant") or {}
    found = Registered(str(variables["inventory_hostname"]), report=report, message=lines[0] if lines else "", audit=audit)
    return result_artifacts(found, artifact_time())


def _registered_result(variables: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The registered result of a task of the role; empty if there is none."""
    value = plain_value(variables.get(f"rezonate__{name}"))
    return value if isinstance(value, dict) else {}
