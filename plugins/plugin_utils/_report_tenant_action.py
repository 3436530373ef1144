# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_report``: takes from the host's variables what the role registered, and prints what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display

from ..module_utils._errors import InputError
from ..module_utils._spec import Call, Outcome
from ..module_utils._tenant.report import Command, report, summary
from ..module_utils._tenant.report_facts import RESULTS, Facts, Stored, public
from ._in_process import InProcessAction, plain

_PREFIX = "rezonate__"
_STORED = tuple(Stored.__dataclass_fields__)


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
        facts, host = self._facts(call), str(self._variables["inventory_hostname"])
        sources = plain(self._variables.get("ansible_inventory_sources")) or []
        lines = report(facts, Command(sources, host, facts.stored.vault_id))
        return Outcome(values={"msg": lines, "rezonate": {"work": call.params["work"], **summary(facts)}})

    def _facts(self, call: Call) -> Facts:
        """The facts of the run.

        Raises:
            InputError: the role hasn't registered any.
        """
        settings, file = self._registered("settings"), self._registered("file")
        if not isinstance(settings, Mapping) or not isinstance(file, Mapping):
            raise InputError("tenant_report reports what the role rezonate.okta.rezonate did: call the role.")
        work, _, stage = str(call.params["work"]).partition("_")
        return Facts(
            work,
            stage,
            tenant=str(settings["tenant"]),
            org_url=str(settings["org_url"]),
            options=plain(settings["options"]),
            caller=str(settings["caller"]),
            stored=Stored.of(plain({name: file[name] for name in _STORED if name in file})),
            results={name: public(plain(self._registered(name))) for name in RESULTS},
            scope_sets={int(version): plain(found["scopes"]) for version, found in (self._registered("scope_sets") or {}).items()},
            check=call.check_mode,
            verbose=Display().verbosity > 0,
            new_token=call.params["new_api_token"],
        )

    def _registered(self, name: str) -> Any:
        found = self._variables.get(f"{_PREFIX}{name}")
        return self._templar.template(found) if isinstance(found, str) else found  # a variable of the task itself
