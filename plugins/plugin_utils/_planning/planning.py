# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a tenant's plan of its settings and its stored record, where the variables are, before the org is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.errors import RezonateError
from ...module_utils._core.spec import Call
from ...module_utils._tenant.audit import unread
from ...module_utils._tenant.plan import Plan
from ...module_utils._tenant.record import RecordError
from ...module_utils._tenant.scope_sets import choose
from ...module_utils._tenant.settings import Settings
from ...module_utils._tenant.stores import place
from ...module_utils._tenant.tokens import Choice
from .._actions.tenant_settings import SettingsReader
from .._runner.plain_values import plain
from .._runner.tenant_context import Context
from .._runner.vault_cipher import VaultCipher, run_secrets
from .stored_record import Stored
from .stored_record import read_stored_record as read_stored

_FACTS = ("exists", "revision", "names", "view_command")


class Planner(SettingsReader):
    """Reads variables and stored record in the worker; what a plan has of them holds no secret."""

    def planned(self, call: Call, work: str, sets: Mapping[str, Any], ciphertext: str | None) -> Plan:
        """The plan. Where the store isn't a file and nobody has asked it yet, that is its only step.

        Args:
            call: how the module is called.
            work: what the run is for.
            sets: the default scopes by version.
            ciphertext: what a store that is no file holds; None where it wasn't asked yet.

        Raises:
            RezonateError: a variable or what is stored can't be used.
        """
        settings, credential = self.resolved(call, work)
        if settings.holds_text and ciphertext is None:
            return replace(self._plan(call, work, settings, credential, sets, Stored(*unread(settings, ""))), steps=("load",))
        stored = self._stored(call, work, settings, ciphertext)
        self._record = None if stored.facts.get("problem") else stored.record
        return self._plan(call, work, settings, credential, sets, stored)

    def context(self, plan: Plan) -> Context:
        """What the tasks of the plan need beyond it."""
        return Context(plan, self._variables, self._templar.template, self._loader, self._record)

    def _plan(self, call: Call, work: str, settings: Settings, credential: Choice | None, sets: Mapping[str, Any], stored: Stored) -> Plan:
        """The plan before the org is asked."""
        record, problem = stored.record, stored.facts.get("problem", "")
        known = {**record.public(), **({"moved_from": record.stored["method"]} if record.moves else {})}
        facts = {**{name: stored.facts[name] for name in _FACTS}, "holds_record": bool(record.stored), "problem": problem}
        options = settings.public()
        return Plan(
            work=work,
            host=self.host,
            tenant=settings.tenant,
            org_url=settings.org_url,
            method=record.method,
            options=options,
            credential=credential.reference() if credential else {},
            store={**self._place(settings), **facts, "label": stored.facts["vault_id"], "hands_over": False},
            known=known,
            # offboarding needs no scopes: a record of a newer release can be removed too
            scopes={} if work == "offboard" else choose(sets, options["scopes_version"], known.get("scopes_version")),
            check=call.check_mode,
        )

    def _place(self, settings: Settings) -> Mapping[str, Any]:
        """Where the record is stored."""
        inventory = plain(self._variables.get("inventory_dir"))
        return place(settings, self.host, str(inventory) if inventory not in (None, "", "None") else None)

    def _stored(self, call: Call, work: str, settings: Settings, ciphertext: str | None) -> Stored:
        """What is stored.

        Raises:
            RezonateError: it can't be read, or can't be used for this work.
        """
        store = self._place(settings)
        params = {
            **{name: store[name] for name in ("path", "vault_id")},
            "ciphertext": ciphertext if store["holds_text"] else None,
            "work": work,
            "method": settings.text("method"),
            "org_url": settings.org_url,
            "must_last": work != "audit" and "awx_job_id" in self._variables and not store["holds_text"],
            **{name: settings.public()[name] for name in ("validate_certs", "timeout", "max_retries")},
            "ca_path": settings.text("ca_path") or None,
        }
        try:
            return read_stored(replace(call, params=params), VaultCipher(run_secrets(self._loader)))
        except RecordError:
            raise
        except RezonateError as error:
            if work != "audit":
                raise
            return Stored(*unread(settings, str(error)))
