# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a tenant beyond its plan, including secrets: read in the worker that needs it, and discarded with it."""

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
from ...module_utils._tenant.tokens import map_entries
from ...module_utils._vault.vars_file import manage_vars_file as run_vars_file
from .plain_values import plain_value
from .prompt import prompt_user
from .vault_cipher import VaultCipher, vault_secrets

STORED_TEXT = "rezonate_stored"  # the variable with the encrypted text of a store that isn't a file
_TOKENS_VARIABLE = "rezonate_okta_api_tokens"
_TRANSPORT_OPTIONS = ("ca_path", "validate_certs", "timeout", "max_retries", "concurrency")


class Context:
    """The tenant of a task.

    Args:
        plan: the tenant's plan.
        variables: the task's variables.
        template: resolves the templates in a value.
        loader: the run's loader, which holds the vault secrets.
        record: the stored record, if it was read already.
    """

    def __init__(
        self, plan: Plan, variables: Mapping[str, Any], template: Callable[[Any], Any], loader: Any, record: Record | None = None
    ) -> None:
        self.plan = plan
        self._variables = variables
        self._template = template
        self._cipher = VaultCipher(vault_secrets(loader))
        self._record = record

    def with_plan(self, plan: Plan) -> Context:
        """The same tenant with an updated plan."""
        other = copy.copy(self)
        other.plan = plan
        return other

    @property
    def record(self) -> Record:
        """The stored record.

        Raises:
            RezonateError: it can't be read, or has changed since the plan was made.
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
        """The connection options of the modules."""
        options = self.plan.options
        return {"org_url": self.plan.org_url, **{name: options[name] for name in _TRANSPORT_OPTIONS if options[name] not in ("", None)}}

    def credential(self) -> dict[str, Any]:
        """The options of the calling credential; empty if there is none."""
        found = self.plan.credential
        if not found:
            return {}
        if found["kind"] == "api_token":
            return {"api_token": self._token(found)}
        options = self.plan.options
        key = {"key_id": options["okta_key_id"]} if options["okta_key_id"] else {}
        return {"client_id": found["client_id"], "private_key": self._client_key(), "dpop": options["okta_dpop"], **key}

    def variable(self, name: str) -> str:
        """The value of a role variable that holds a secret; empty if it isn't set."""
        value = plain_value(self._template(self._variables.get(name, "")))
        return "" if value in (None, self._variables.get("omit")) else value if isinstance(value, str) else json.dumps(value)

    def ask(self, prompt: str) -> str:
        """The hidden input of a prompt; empty if no user can answer it, or several tenants would prompt at the same time."""
        hosts = self._variables.get("ansible_play_hosts_all") or ()
        return (prompt_user(prompt, self._variables, private=True) or "") if len(hosts) == 1 else ""

    def inventory(self) -> list[str]:
        """The sources of the inventory, as in the command."""
        return [str(source) for source in plain_value(self._variables.get("ansible_inventory_sources")) or ()]

    def save_record(self, current: Mapping[str, Any], call: Call) -> Outcome:
        """Store the record; the outcome is that of the module ``vault_vars_file``.

        Raises:
            RezonateError: it can't be stored, or another run has stored one meanwhile.
        """
        return self._stored({"state": "present", "variables": {NAME: dict(current)}}, call)

    def remove_record(self, call: Call) -> Outcome:
        """Remove the record; other variables of its file are preserved."""
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
        """The encrypted text of a store that isn't a file; empty if nothing is stored."""
        return self.variable(STORED_TEXT)

    def _token(self, found: Mapping[str, Any]) -> str:
        source, name = found["source"], str(found["name"])
        if source == "environment":
            token = os.environ.get(name, "")
        elif source == "variable":
            token = self.variable(name)
        else:
            given = plain_value(self._template(self._variables.get(_TOKENS_VARIABLE)))
            token = next((entry.value for entry in map_entries(given)[0] if entry.name == name and entry.line == found["line"]), "")
        if not token:
            raise StateError("The API token with which the run started no longer exists at its source.")
        return token

    def _client_key(self) -> str:
        key = self.variable("rezonate_okta_private_key") or os.environ.get("OKTA_CLIENT_PRIVATEKEY", "")
        if not key:
            raise InputError("rezonate_okta_private_key is missing: give the private key of rezonate_okta_client_id.")
        return key
