# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``publish_results``: takes from the host's variables what its tasks registered, and makes artifacts of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ...module_utils._core.errors import InputError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.results import Registered, artifacts
from .._runner.in_process import InProcessAction
from .._runner.plain_values import plain


def utc_now() -> str:
    """Give the time as artifacts have it."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def published(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give artifacts as the module set_stats returns them; AWX drops those of hosts."""
    return {"data": dict(data), "per_host": False, "aggregate": False}


class PublishResultsAction(InProcessAction):
    """Publishes as the module set_stats does, but its texts are never templated."""

    can_ship = False

    def run_in_process(self, call: Call) -> Outcome:  # noqa: ARG002 - the module has no options
        """Do the module's work."""
        data = results(self._variables)
        if not data:
            raise InputError(
                f"There is nothing to tell of {self._variables['inventory_hostname']}: name this playbook after one that onboards, rotates,"
                " offboards or audits, in the same ansible-playbook command."
            )
        return Outcome(values={"ansible_stats": published(data)})


def results(variables: Mapping[str, Any], audited: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """What there is to publish of a host, as artifacts; empty where nothing is.

    Args:
        variables: the host's variables, among them what tasks of the role registered.
        audited: the tenant as the task that is running audited it, instead of a registered one.
    """
    stands = _result(variables, "stands")
    says = [str(line) for line in stands.get("msg") or ()]
    report = {**stands["rezonate"], "tenant": stands["tenant"], "org_url": stands["org_url"]} if "rezonate" in stands else {}
    audit = audited or _result(variables, "audit").get("tenant") or {}
    found = Registered(str(variables["inventory_hostname"]), report=report, says=says[0] if says else "", audit=audit)
    return artifacts(found, utc_now())


def _result(variables: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What a task of the role has registered; empty where none has."""
    value = plain(variables.get(f"rezonate__{name}"))
    return value if isinstance(value, dict) else {}
