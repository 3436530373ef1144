# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_report``: takes from the host's variables what its tasks registered, and prints what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils._spec import Call, Outcome
from ..module_utils._tenant.report import RESULTS, Command, Facts, changes, public, report, status
from ._in_process import InProcessAction
from ._plain import plain

_PREFIX = "rezonate__"


class TenantReportAction(InProcessAction):
    """Reports as the module debug does: the result is printed whatever the verbosity."""

    can_ship = False
    _variables: Mapping[str, Any] = {}

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Keep the variables at hand, then run as the others do."""
        self._variables = task_vars or {}
        result = super().run(tmp, task_vars)
        result["_ansible_verbose_always"] = True
        return result

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        if call.params["tenant"]:
            return Outcome(
                values={
                    "msg": [f"Tenant {call.params['tenant']['tenant']}"],
                    "rezonate": {"work": "onboard", "status": "changed", "changed": []},
                }
            )
        work, params = str(call.params["work"]), call.params
        found = {name: public(plain(self._variables.get(f"{_PREFIX}{name}"))) for name in RESULTS}
        facts = Facts(work.partition("_")[0], params["method"], call.check_mode, params["before"] or {}, found, params["newly_handed_over"])
        command = Command(params["inventory"] or [], str(self._variables["inventory_hostname"]), params["vault_id"])
        lines = report(facts, params["lines"], command)
        return Outcome(values={"msg": lines, "rezonate": {"work": work, "status": status(facts), "changed": changes(facts)}})
