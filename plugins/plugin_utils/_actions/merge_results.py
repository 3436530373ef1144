# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``merge_results``: reads the artifacts from the variables of all hosts of the play."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.identifiers import store_key
from ...module_utils._tenant.merge import Fleet, collect_artifacts, merge_sentences, merge_summary, missing_results_message
from ...module_utils._tenant.results import AUDIT_PREFIX, WORK_PREFIX
from .._runner.in_process import InProcessAction
from .._runner.plain_values import plain_value
from .publish_results import artifact_stats, artifact_time


class MergeResultsAction(InProcessAction):
    """Merges the results of all hosts of the play."""

    can_ship = False

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        keys: dict[str, str | None] = {}
        values: dict[str, Any] = {}
        for host in map(str, self._variables["ansible_play_hosts_all"]):
            variables = self._variables["hostvars"].raw_get(host)
            keys[host] = _store_key(variables)
            new = {name for name in variables if str(name).startswith((WORK_PREFIX, AUDIT_PREFIX))} - values.keys()
            # artifacts of AWX aren't templates; those of a command line can be
            values.update({str(name): plain_value(self._templar.template(variables[name])) for name in new})
        artifacts = collect_artifacts(values)
        fleet = Fleet(keys, artifacts, call.params["required"])
        found = merge_summary(fleet, artifact_time())
        audits = [dict(artifacts.audits[key]) for key in sorted(artifacts.audits)]
        return Outcome(
            values={
                "msg": merge_sentences(fleet),
                "failure": missing_results_message(fleet),
                "summary": found,
                "audited": bool(audits),
                "audits": audits,
                "ansible_stats": artifact_stats({"rezonate_fleet_summary": found}),
            }
        )


def _store_key(variables: Mapping[str, Any]) -> str | None:
    """The store key of a host's tenant; None if its settings can't be resolved."""
    settings = variables.get("rezonate__settings")
    org_url = settings.get("org_url") if isinstance(settings, Mapping) else None
    return store_key(str(org_url)) if org_url else None
