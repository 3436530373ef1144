# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``collect_audits``: reads the registered audits from the variables of hosts."""

from __future__ import annotations

from ...module_utils._core.spec import Call, Outcome
from .._runner.in_process import InProcessAction
from .._runner.plain_values import plain_value


class CollectAuditsAction(InProcessAction):
    """Collects the audits of all hosts of the inventory."""

    can_ship = False

    def run_in_process(self, _call: Call) -> Outcome:
        """Do the module's work."""
        hosts = [
            plain_value(self._variables["hostvars"].raw_get(host).get("rezonate__audit")) or {} for host in self._variables["groups"]["all"]
        ]
        return Outcome(values={"tenants": [audit for registered in hosts for audit in registered.get("audits", ())]})
