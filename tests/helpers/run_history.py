# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs of a tenant, or of several at once, with their results; many assertions use the same few runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpers.ansible_run import Run
from helpers.okta_client import public_jwk
from helpers.workspace import Workspace, named, own_token, pem, writes
from okta_emulator import Entry, Tenant

FEW: dict[str, Any] = {"rezonate_scopes": ["okta.users.read", "okta.logs.read"], "rezonate_optional_scopes": []}
REPORT = "Report the status of the tenant"


@dataclass
class RunHistory:
    """The runs of one tenant; runs with `no_wait` do not wait."""

    workspace: Workspace
    tenant: Tenant
    variables: Mapping[str, Any] = field(default_factory=dict)
    no_wait: bool = False
    runs: dict[str, Run] = field(default_factory=dict)
    requests: dict[str, list[Entry]] = field(default_factory=dict)
    existed: dict[str, bool] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, name: str, *args: str, token: str | None = None, env: Mapping[str, str] | None = None, **variables: Any) -> Run:
        """Run again, with the variables of the history and additional ones."""
        self.tenant.emulator.clear_requests(self.tenant.name)
        given = {**self.variables, **variables}
        more = ("-e", json.dumps(given)) if given else ()
        self.runs[name] = self.workspace.onboard(self.tenant, *args, *more, token=token, env=env or {}, no_wait=self.no_wait)
        self.requests[name] = self.tenant.requests
        self.existed[name] = self.workspace.vault_file(self.tenant).parent.parent.exists()
        self.records[name] = self.workspace.credentials(self.tenant) if self.workspace.vault_file(self.tenant).exists() else {}
        return self.runs[name]

    def calls(self, name: str) -> list[str]:
        """Return a run's requests."""
        return named(self.requests[name])

    def changed(self, name: str) -> list[str]:
        """Return the tasks that changed something in a successful run."""
        assert self.runs[name].rc == 0, self.runs[name].output[-3000:]
        return self.runs[name].changed(self.tenant.name)

    def report(self, name: str) -> str:
        """Return the report of a run."""
        return "\n".join(self.runs[name].result(REPORT, self.tenant.name)["msg"])

    def failure(self, name: str) -> str:
        """Return the message of the failed task of a run."""
        return self.runs[name].failure(self.tenant.name)

    def calls_of(self, run: str, task: str) -> list[Entry]:
        """Return the requests during a task."""
        events = [event for event in self.runs[run].tasks(self.tenant.name) if event.task.endswith(task)]
        return [entry for entry in self.requests[run] if any(event.started <= entry.time <= event.ended for event in events)]


@dataclass
class RunHistories:
    """The shared runs of several tenants, each of which is a case."""

    workspace: Workspace
    hosts: dict[str, Tenant]
    variables: dict[str, dict[str, Any]]
    runs: dict[str, Run] = field(default_factory=dict)
    requests: dict[str, dict[str, list[Entry]]] = field(default_factory=dict)
    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def run(self, name: str, *args: str, cases: Sequence[str] | None = None, **variables: Any) -> Run:
        """Run again for all or some of the cases, with the variables of the cases and additional ones."""
        chosen = {case: self.hosts[case] for case in (self.hosts if cases is None else cases)}
        self.workspace.okta.clear_requests()
        common = {**FEW, **variables}
        inventory = {tenant.name: own_token(tenant, **{**common, **self.variables[case]}) for case, tenant in chosen.items()}
        self.runs[name] = self.workspace.fleet(inventory, *args, no_wait=True)
        self.requests[name] = {case: tenant.requests for case, tenant in chosen.items()}
        self.records[name] = {case: self.workspace.credentials(t) for case, t in chosen.items() if self.workspace.vault_file(t).exists()}
        return self.runs[name]

    def calls(self, name: str, case: str) -> list[str]:
        """Return a case's requests in a run."""
        return named(self.requests[name][case])

    def writes(self, name: str, case: str) -> list[str]:
        """Return the writing requests of a case."""
        return writes(self.requests[name][case])

    def changed(self, name: str, case: str) -> list[str]:
        """Return the tasks that changed something for a successful case."""
        host, run = self.hosts[case].name, self.runs[name]
        assert run.stats[host]["failures"] == 0, run.failure(host)
        return run.changed(host)

    def failure(self, name: str, case: str) -> str:
        """Return the message of the failed task of a case."""
        return self.runs[name].failure(self.hosts[case].name)

    def report(self, name: str, case: str) -> str:
        """Return the report of a run."""
        return "\n".join(self.runs[name].result(REPORT, self.hosts[case].name)["msg"])


def bootstrap_client(tenant: Tenant, *scopes: str, **oauth: Any) -> dict[str, Any]:
    """Create an OAuth client that is a super admin with these scopes; return the variables to use it without a token."""
    client = tenant.add_app("Bootstrap", [public_jwk("bootstrap")], **oauth)
    tenant.grant(client, *scopes)
    tenant.assign_role(client, "SUPER_ADMIN")
    given = {"rezonate_okta_client_id": client, "rezonate_okta_private_key": pem("bootstrap"), "rezonate_okta_key_id": "bootstrap"}
    return {"rezonate_okta_api_token": "", **given}
