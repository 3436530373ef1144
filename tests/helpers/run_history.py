# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a tenant, or to many at once, run by run; many assertions look at the same few runs."""

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
    """What happened to one tenant, run by run; hasty runs don't wait."""

    workspace: Workspace
    tenant: Tenant
    variables: Mapping[str, Any] = field(default_factory=dict)
    hasty: bool = False
    runs: dict[str, Run] = field(default_factory=dict)
    requests: dict[str, list[Entry]] = field(default_factory=dict)
    existed: dict[str, bool] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, name: str, *args: str, token: str | None = None, env: Mapping[str, str] | None = None, **variables: Any) -> Run:
        """Run once more, with the history's variables and more."""
        self.tenant.emulator.clear_requests(self.tenant.name)
        given = {**self.variables, **variables}
        more = ("-e", json.dumps(given)) if given else ()
        self.runs[name] = self.workspace.onboard(self.tenant, *args, *more, token=token, env=env or {}, hasty=self.hasty)
        self.requests[name] = self.tenant.requests
        self.existed[name] = self.workspace.vault_file(self.tenant).parent.parent.exists()
        self.records[name] = self.workspace.credentials(self.tenant) if self.workspace.vault_file(self.tenant).exists() else {}
        return self.runs[name]

    def calls(self, name: str) -> list[str]:
        """Return a run's requests."""
        return named(self.requests[name])

    def changed(self, name: str) -> list[str]:
        """Return the tasks that changed something in a run that went well."""
        assert self.runs[name].rc == 0, self.runs[name].output[-3000:]
        return self.runs[name].changed(self.tenant.name)

    def report(self, name: str) -> str:
        """Return what a run says at its end."""
        return "\n".join(self.runs[name].result(REPORT, self.tenant.name)["msg"])

    def failure(self, name: str) -> str:
        """Return the one sentence that a run failed with."""
        return self.runs[name].failure(self.tenant.name)

    def calls_of(self, run: str, task: str) -> list[Entry]:
        """Return the requests that came while a task was running."""
        events = [event for event in self.runs[run].tasks(self.tenant.name) if event.task.endswith(task)]
        return [entry for entry in self.requests[run] if any(event.started <= entry.time <= event.ended for event in events)]


@dataclass
class RunHistories:
    """What happened to many tenants, each a case of its own, in runs that they share."""

    workspace: Workspace
    hosts: dict[str, Tenant]
    variables: dict[str, dict[str, Any]]
    runs: dict[str, Run] = field(default_factory=dict)
    requests: dict[str, dict[str, list[Entry]]] = field(default_factory=dict)
    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def run(self, name: str, *args: str, cases: Sequence[str] | None = None, **variables: Any) -> Run:
        """Run once more, for some of the cases if so, with the cases' variables and more."""
        chosen = {case: self.hosts[case] for case in (self.hosts if cases is None else cases)}
        self.workspace.okta.clear_requests()
        common = {**FEW, **variables}
        inventory = {tenant.name: own_token(tenant, **{**common, **self.variables[case]}) for case, tenant in chosen.items()}
        self.runs[name] = self.workspace.fleet(inventory, *args, hasty=True)
        self.requests[name] = {case: tenant.requests for case, tenant in chosen.items()}
        self.records[name] = {case: self.workspace.credentials(t) for case, t in chosen.items() if self.workspace.vault_file(t).exists()}
        return self.runs[name]

    def calls(self, name: str, case: str) -> list[str]:
        """Return a case's requests in a run."""
        return named(self.requests[name][case])

    def writes(self, name: str, case: str) -> list[str]:
        """Return those that change something."""
        return writes(self.requests[name][case])

    def changed(self, name: str, case: str) -> list[str]:
        """Return the tasks that changed something for a case that went well."""
        host, run = self.hosts[case].name, self.runs[name]
        assert run.stats[host]["failures"] == 0, run.failure(host)
        return run.changed(host)

    def failure(self, name: str, case: str) -> str:
        """Return the one sentence that a case failed with."""
        return self.runs[name].failure(self.hosts[case].name)

    def report(self, name: str, case: str) -> str:
        """Return what a run says at its end."""
        return "\n".join(self.runs[name].result(REPORT, self.hosts[case].name)["msg"])


def bootstrap_client(tenant: Tenant, *scopes: str, **oauth: Any) -> dict[str, Any]:
    """Make an OAuth client that is a super admin and holds these scopes; return the variables to call with it and no token."""
    client = tenant.add_app("Bootstrap", [public_jwk("bootstrap")], **oauth)
    tenant.grant(client, *scopes)
    tenant.assign_role(client, "SUPER_ADMIN")
    given = {"rezonate_okta_client_id": client, "rezonate_okta_private_key": pem("bootstrap"), "rezonate_okta_key_id": "bootstrap"}
    return {"rezonate_okta_api_token": "", **given}
