# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates the plan of a tenant from its settings and its stored record, before calls to the org."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...module_utils._core.errors import RezonateError
from ...module_utils._core.spec import Call
from ...module_utils._tenant.audit import unreadable_record
from ...module_utils._tenant.plan import Plan
from ...module_utils._tenant.record import RecordError
from ...module_utils._tenant.scope_sets import choose_scope_set
from ...module_utils._tenant.settings import Settings
from ...module_utils._tenant.stores import check_artifact, store_location
from ...module_utils._tenant.tokens import CredentialChoice
from .._actions.tenant_settings import SettingsReader
from .._runner.plain_values import plain_value
from .._runner.tenant_context import Context
from .._runner.vault_cipher import VaultCipher, vault_secrets
from .stored_record import StoredRecord
from .stored_record import read_stored_record as read_stored

_FACTS = ("exists", "revision", "names", "view_command")


class Planner(SettingsReader):
    """Reads variables and the stored record in the worker; the plan holds no secrets of them."""

    def make_plan(self, call: Call, work: str, sets: Mapping[str, Any], ciphertext: str | None) -> Plan:
        """Create the plan. If the store isn't a file and wasn't read yet, reading it is the only step.

        Args:
            call: the module's run.
            work: the work of the run.
            sets: the default scopes by version.
            ciphertext: the content of a store that isn't a file; None if it wasn't read yet.

        Raises:
            RezonateError: a variable or the stored record is invalid.
        """
        settings, credential = self.resolve_settings(call, work)
        self._plan_members = {"credential": credential.reference() if credential else {}, "options": settings.public()}
        if settings.holds_text and ciphertext is None:
            return replace(
                self._plan(call, work, settings, credential, sets, StoredRecord(*unreadable_record(settings, ""))), steps=("load",)
            )
        stored = self._read_stored(call, work, settings, ciphertext)
        self._record = None if stored.facts.get("problem") else stored.record
        return self._plan(call, work, settings, credential, sets, stored)

    def context(self, plan: Plan) -> Context:
        """The context of the plan for its steps."""
        return Context(plan, self._variables, self._templar.template, self._loader, self._record)

    def _plan(
        self, call: Call, work: str, settings: Settings, credential: CredentialChoice | None, sets: Mapping[str, Any], stored: StoredRecord
    ) -> Plan:
        """The plan before calls to the org."""
        record, problem = stored.record, stored.facts.get("problem", "")
        known = {**record.public(), **({"moved_from": record.stored["method"]} if record.changes_method else {})}
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
            # offboarding needs no scopes, so that the record of a newer release can be removed
            scopes={} if work == "offboard" else choose_scope_set(sets, options["scopes_version"], known.get("scopes_version")),
            check=call.check_mode,
        )

    def _place(self, settings: Settings) -> Mapping[str, Any]:
        """The location of the stored record."""
        inventory = plain_value(self._variables.get("inventory_dir"))
        return store_location(settings, self.host, str(inventory) if inventory not in (None, "", "None") else None)

    def _read_stored(self, call: Call, work: str, settings: Settings, ciphertext: str | None) -> StoredRecord:
        """The stored record.

        Raises:
            RezonateError: it can't be read, wasn't passed to this run, or can't be used for this work.
        """
        store = self._place(settings)
        check_artifact(store, work, self._variables)
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
            return read_stored(replace(call, params=params), VaultCipher(vault_secrets(self._loader)))
        except RecordError:
            raise
        except RezonateError as error:
            if work != "audit":
                raise
            return StoredRecord(*unreadable_record(settings, str(error)))
