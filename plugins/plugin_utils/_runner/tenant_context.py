# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task needs of its tenant beyond the plan, secrets among it: looked up in the worker that needs it, and gone with it."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from ...module_utils._core.errors import InputError, StateError
from ...module_utils._core.spec import Call, Outcome
from ...module_utils._tenant.plan import Plan
from ...module_utils._tenant.record import NAME, Record, read_record
from ...module_utils._tenant.tokens import entries
from ...module_utils._vault.vars_file import manage_vars_file as run_vars_file
from .plain_values import plain
from .prompt import ask
from .vault_cipher import VaultCipher, run_secrets

STORED = "rezonate_stored"  # the variable that holds the encrypted text of a store that is no file
_MAP = "rezonate_okta_api_tokens"
_TRANSPORT = ("ca_path", "validate_certs", "timeout", "max_retries", "concurrency")


class Context:
    """The tenant of a task.

    Args:
        plan: the tenant's plan.
        variables: the task's variables.
        template: resolves a value that may hold templates.
        loader: the run's loader, which knows the vault secrets.
        record: the stored record, where it was read already.
    """

    def __init__(
        self, plan: Plan, variables: Mapping[str, Any], template: Callable[[Any], Any], loader: Any, record: Record | None = None
    ) -> None:
        self.plan = plan
        self._variables = variables
        self._template = template
        self._cipher = VaultCipher(run_secrets(loader))
        self._record = record

    def of(self, plan: Plan) -> Context:
        """The same tenant, with a plan of more results."""
        other = copy.copy(self)
        other.plan = plan
        return other

    @property
    def record(self) -> Record:
        """The stored record.

        Raises:
            RezonateError: it can't be read, or isn't the one that the plan was made of.
        """
        if self._record is None:
            place = self.plan.store
            asked = {"state": "read", "names": [NAME], "expected_revision": place["revision"]}
            file = run_vars_file(self._call(asked, Call({})), self._cipher)
            record = read_record(file.values["variables"].get(NAME), str(place["path"]), self.plan.method)[0]
            has_moved = record.stored.get("org_url", self.plan.org_url) != self.plan.org_url
            self._record = record.of_org(self.plan.org_url, self.plan.known.get("org_id")) if has_moved else record
        return self._record

    def connection(self) -> dict[str, Any]:
        """The options by which the modules reach the org."""
        options = self.plan.options
        return {"org_url": self.plan.org_url, **{name: options[name] for name in _TRANSPORT if options[name] not in ("", None)}}

    def credential(self) -> dict[str, Any]:
        """The options of the credential that the org is called with; empty where there is none."""
        found = self.plan.credential
        if not found:
            return {}
        if found["kind"] == "api_token":
            return {"api_token": self._token(found)}
        options = self.plan.options
        key = {"key_id": options["okta_key_id"]} if options["okta_key_id"] else {}
        return {"client_id": found["client_id"], "private_key": self._client_key(), "dpop": options["okta_dpop"], **key}

    def variable(self, name: str) -> str:
        """A variable of the role that holds a secret; empty where it isn't set."""
        value = plain(self._template(self._variables.get(name, "")))
        return "" if value in (None, self._variables.get("omit")) else value if isinstance(value, str) else json.dumps(value)

    def ask(self, prompt: str) -> str:
        """What a person types at a prompt that doesn't show it; empty where none is there, or several tenants would ask at once."""
        hosts = self._variables.get("ansible_play_hosts_all") or ()
        return (ask(prompt, self._variables, private=True) or "") if len(hosts) == 1 else ""

    def inventory(self) -> list[str]:
        """The sources of the inventory, as the command named them."""
        return [str(source) for source in plain(self._variables.get("ansible_inventory_sources")) or ()]

    def save(self, current: Mapping[str, Any], call: Call) -> Outcome:
        """Store the record; the outcome is that of the module ``vault_vars_file``.

        Raises:
            RezonateError: it can't be stored, or somebody else has stored another one meanwhile.
        """
        return self._stored({"state": "present", "variables": {NAME: dict(current)}}, call)

    def forget(self, call: Call) -> Outcome:
        """Remove the record; other variables of its file stay."""
        others = [name for name in self.plan.store["names"] if name != NAME]
        backup = bool(self.plan.options["backup"]) and self.plan.work == "offboard"
        return self._stored({"state": "absent", "names": [NAME] if others else None, "backup": backup}, call)

    def _stored(self, params: Mapping[str, Any], call: Call) -> Outcome:
        outcome = run_vars_file(self._call({**params, "expected_revision": self.plan.store["revision"]}, call), self._cipher)
        self._record = None
        return outcome

    def _call(self, params: Mapping[str, Any], call: Call) -> Call:
        place = self.plan.store
        common = {"path": place["path"], "vault_id": place["vault_id"], "ciphertext": self.ciphertext() if place["holds_text"] else None}
        given = {"variables": None, "names": None, "backup": False, **common, **params}
        return Call(given, call.check_mode, call.warn, call.before_write)

    def ciphertext(self) -> str:
        """The encrypted text of a store that is no file; empty where nothing is stored."""
        return self.variable(STORED)

    def _token(self, found: Mapping[str, Any]) -> str:
        source, name = found["source"], str(found["name"])
        if source == "environment":
            token = os.environ.get(name, "")
        elif source == "variable":
            token = self.variable(name)
        else:
            given = plain(self._template(self._variables.get(_MAP)))
            token = next((entry.value for entry in entries(given)[0] if entry.name == name and entry.line == found["line"]), "")
        if not token:
            raise StateError("The API token that the run began with is no longer where it was.")
        return token

    def _client_key(self) -> str:
        key = self.variable("rezonate_okta_private_key") or os.environ.get("OKTA_CLIENT_PRIVATEKEY", "")
        if not key:
            raise InputError("rezonate_okta_private_key is missing: give the private key of rezonate_okta_client_id.")
        return key
