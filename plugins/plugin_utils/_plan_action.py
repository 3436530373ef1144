# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``tenant_plan``: settings and stored record, compared with the org, become the plan of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..module_utils._errors import RezonateError, add_sentence
from ..module_utils._spec import Call, Outcome
from ..module_utils._tenant.audit import unread
from ..module_utils._tenant.plan import Plan
from ..module_utils._tenant.record import RecordError
from ..module_utils._tenant.revocation import is_due, is_wanted
from ..module_utils._tenant.scope_sets import choose
from ..module_utils._tenant.settings import Settings
from ..module_utils._tenant.stores import place
from ..module_utils._tenant.tokens import Choice
from ..module_utils._tenant_record import run as read_stored
from ..modules.okta_api_token import MODULE as API_TOKEN
from ._comparison import Block, run_blocks
from ._offboarding import plan_offboarding
from ._onboarding import compare_onboarding
from ._plain import plain
from ._rotation import compare_rotation
from ._settings_action import TenantSettingsAction
from ._tenant_context import STORED, Context
from ._token_steps import RevocationStep
from ._vault import VaultCipher, run_secrets

_FACTS = ("exists", "revision", "names", "view_command")
_COMPARE = {"onboard": compare_onboarding, "rotate": compare_rotation, "offboard": plan_offboarding}


class TenantPlanAction(TenantSettingsAction):
    """Reads variables and stored record in the worker; what it returns holds no secret."""

    def run_in_process(self, call: Call) -> Outcome:
        """Do the module's work."""
        work = str(call.params["work"])
        settings, credential = self.resolved(call, work)
        plan = self._plan(call, work, settings, credential)
        if work in _COMPARE:
            plan = self._compared(plan, call)
        if is_wanted(plan):
            plan = replace(plan, steps=("revoking",), parts=plan.steps)
            failed = replace(plan, failed=True)
            return Outcome(values={"plan": plan.as_dict(), "plan_of_failure": failed.as_dict()})
        return Outcome(values={"plan": plan.as_dict()})

    def _compared(self, plan: Plan, call: Call) -> Plan:
        """The plan, once the org was asked; where that fails, the bootstrap token goes all the same if that is always wanted."""
        try:
            return _COMPARE[plan.work](self._context(plan), call)
        except RezonateError as error:
            failed = replace(plan, failed=True)
            if is_wanted(failed) and is_due(failed):
                self._revoke(failed, call, error)
            raise

    def _revoke(self, plan: Plan, call: Call, error: RezonateError) -> None:
        step = RevocationStep(self._context(plan))
        revoked = run_blocks([Block(step.name, API_TOKEN, step.filled({}))], call)[step.name]
        if revoked.error:
            add_sentence(error, f"The bootstrap API token could not be revoked: {revoked.error}")
        elif revoked.drifted:
            add_sentence(error, f"The bootstrap API token {'would be' if call.check_mode else 'was'} revoked.")

    def _context(self, plan: Plan) -> Context:
        return Context(plan, self._variables, self._templar.template, self._loader)

    def _plan(self, call: Call, work: str, settings: Settings, credential: Choice | None) -> Plan:
        """The plan before the org is asked."""
        host = str(self._variables["inventory_hostname"])
        store = place(settings, host, self._inventory())
        stored = self._stored(call, work, settings, store)
        known = {**stored["known"], **({"moved_from": stored["stored"]["method"]} if stored.get("moves") else {})}
        facts = {**{name: stored[name] for name in _FACTS}, "holds_record": bool(stored["stored"]), "problem": stored.get("problem", "")}
        sets = call.params["scope_sets"]
        options = settings.public()
        return Plan(
            work=work,
            host=host,
            tenant=settings.tenant,
            org_url=settings.org_url,
            method=str(stored["method"]),
            options=options,
            credential=credential.reference() if credential else {},
            store={**store, **facts, "label": stored["vault_id"], "hands_over": False},
            known=known,
            # offboarding needs no scopes: a record of a newer release can be removed too
            scopes={} if work == "offboard" else choose(sets, options["scopes_version"], stored["known"].get("scopes_version")),
            check=call.check_mode,
        )

    def _inventory(self) -> str | None:
        found = plain(self._variables.get("inventory_dir"))
        return str(found) if found not in (None, "", "None") else None

    def _stored(self, call: Call, work: str, settings: Settings, store: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is stored, without its secrets.

        Raises:
            RezonateError: it can't be read, or can't be used for this work.
        """
        text = plain(self._templar.template(self._variables.get(STORED) or "")) if store["holds_text"] else None
        params = {
            **{name: store[name] for name in ("path", "vault_id")},
            "ciphertext": text,
            "work": work,
            "method": settings.text("method"),
            "org_url": settings.org_url,
            "must_last": work != "audit" and "awx_job_id" in self._variables and not store["holds_text"],
            **{name: settings.public()[name] for name in ("validate_certs", "timeout", "max_retries")},
            "ca_path": settings.text("ca_path") or None,
        }
        try:
            return read_stored(replace(call, params=params), VaultCipher(run_secrets(self._loader))).values
        except RecordError:
            raise
        except RezonateError as error:
            if work != "audit":
                raise
            return unread(settings, str(error))
